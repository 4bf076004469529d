"""`litwatch tune` as a researcher calls it, on a sandbox: tables, JSON, exit codes; and that the store stays as it is.

Owns what is printed. What hangs on a clause tests/tuning proves, what a term matches tests/workbook.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from litwatch.edge.tuning_schema import json_schema
from litwatch.query.parse import parse
from litwatch.query.tree import clauses
from litwatch.tuning.editing import without_clause
from world import World, world

SCHEMA = jsonschema.Draft202012Validator(json_schema("tune"))
NOW = "2026-03-16T07:05:00Z"
QUERY = "(ketamine[tiab] OR esketamine[tiab] OR nosuchword[tiab]) AND depress*[tiab] NOT mice[tiab]"


def edited(made: World, query: str) -> None:
    """The shipped watch with another search."""
    path = made.config / "watches" / "ketamine-depression.toml"
    text = path.read_text("utf-8")
    begin = text.index("query = '''")
    end = text.index("'''", begin + 11) + 3
    path.write_text(f"{text[:begin]}query = '''{query}'''{text[end:]}", "utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("tune"), synthetic=200) as one:
        one.pubmed.set_today("2026-03-08")
        edited(one, "ketamine[tiab] OR depress*[tiab]")
        assert one.litwatch("collect", "--now", "2026-03-08T07:00:00Z").code == 0
        assert one.litwatch("backfill", "--now-anyway").code == 0
        edited(one, QUERY)
        yield one


def told(made: World, *words: str) -> dict[str, Any]:
    done = made.litwatch("tune", "ketamine-depression", *words, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    SCHEMA.validate(found)
    return found


def clause(found: dict[str, Any], number: str) -> dict[str, Any]:
    (one,) = [each for each in found["clauses"] if each["number"] == number]
    return dict(one)


def test_each_clause_with_what_it_finds_in_pubmed_and_in_the_store_and_what_hangs_on_it(made: World) -> None:
    found = told(made, "--leaves")
    assert found["pubmed"]["count"] == found["store"]["found"] > 20
    whole, kept = clause(found, "0"), clause(found, "1")
    assert whole["operator"] == "NOT"
    assert kept["operator"] == "AND"
    drugs, mood, mice = clause(found, "1.1"), clause(found, "1.2"), clause(found, "2")
    assert [one["role"] for one in (drugs, mood, mice)] == ["narrows", "narrows", "removes"]
    assert drugs["pubmed"] >= drugs["store"] > whole["store"]
    without = told(made, "--query", "(ketamine[tiab] OR esketamine[tiab]) NOT mice[tiab]")["change"]
    assert mood["pubmed_alone"] == without["gained"]["pubmed"] - without["lost"]["pubmed"] > 0
    assert mice["pubmed_alone"] == kept["pubmed"] - whole["pubmed"]
    assert mood["alone"] > 0  # the store holds papers on ketamine in anaesthesia
    assert mice["alone"] == kept["store"] - whole["store"]
    assert clause(found, "1.1.1")["alone"] > 0
    nothing = clause(found, "1.1.3")
    assert (nothing["store"], nothing["alone"], nothing["pubmed"]) == (0, 0, 0)


def test_a_table_of_concepts_that_fits_eighty_columns(made: World) -> None:
    made.environment["COLUMNS"] = "80"
    done = made.litwatch("tune", "ketamine-depression")
    assert done.code == 0, done.err
    assert all(len(line) <= 80 for line in done.out.splitlines())
    assert "1.1 ketamine[tiab] and 2 others" in done.out
    assert "2 NOT mice[tiab]" in done.out
    assert "nosuchword" not in done.out
    assert "nosuchword[tiab]" in made.litwatch("tune", "--leaves").out


def test_leaves_says_first_how_many_requests_and_how_long_and_the_day_keeps_the_answers(made: World) -> None:
    asked = len(made.pubmed.requests)
    edited(made, QUERY.replace("mice", "rats"))
    done = made.litwatch("tune", "--leaves")
    first = len(made.pubmed.requests) - asked
    assert f"asking PubMed for {first} counts, about 1 s; they are kept for today" in done.err
    again = made.litwatch("tune", "--leaves")
    assert len(made.pubmed.requests) == asked + first
    assert again.out == done.out
    assert again.err == ""
    edited(made, QUERY)


def test_lint_is_told_with_what_to_write_instead_and_what_that_brings(made: World, tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    stored = made.litwatch("papers", "--json").objects()
    people = [
        one["pmid"] for one in stored if {each["descriptor"] for each in one["mesh"]} >= {"Humans", "Animals"}
    ]
    path.write_text("\n".join(people or ["99100001"]), "utf-8")
    query = "(ketamine[tiab] OR depress*[tiab]) NOT animals[mh]"
    found = told(made, "--query", query, "--seeds", str(path), "--unblind")
    (one,) = [each for each in found["lint"] if "NOT" in each["instead"]]
    assert one["instead"] == "(animals[mh] NOT humans[mh])"
    before = found["change"]["store"]
    after = told(made, "--query", query.replace("animals[mh]", one["instead"]))["change"]["store"]
    assert one["store"] == {"gained": after - before, "lost": 0}
    text = made.litwatch("tune", "--query", query).out
    assert "What lint warns of" in text
    assert f"write {one['instead']}" in " ".join(text.split())


def test_a_change_is_told_first_in_one_sentence(made: World, seeds: Path) -> None:
    query = "(ketamine[tiab] OR esketamine[tiab]) NOT mice[tiab]"
    change = told(made, "--query", query)["change"]
    found, read = told(made, "--query", query), change["number_needed_to_read_by_rules"]
    text = " ".join(made.litwatch("tune", "--query", query, "--seeds", str(seeds)).out.split())
    tried = told(made, "--query", query, "--seeds", str(seeds))["tried"]
    assert len({one["query"] for one in tried}) == len(tried) > 1
    gained, lost = (f"{change[name]['pubmed']:,} paper" for name in ("gained", "lost"))
    assert "Tried with these seeds: " in text
    assert text.startswith(f"The change gains {gained}")
    assert f"and loses {lost}" in text
    assert (
        f"{change['last_52_weeks'] / 52:.1f} papers a week, {found['pubmed']['last_52_weeks'] / 52:.1f} before"
        in text
    )
    assert read["after"] > read["before"] >= 1  # without its mood words the search brings anaesthesia
    said = f"about {read['after']:.1f} read for one relevant, {read['before']:.1f} before (an estimate"
    assert said in text


def test_pubmed_away_is_exit_1_with_what_the_store_says(made: World) -> None:
    away = dict(made.environment)
    made.environment["LITWATCH_PUBMED__BASE_URL"] = "http://127.0.0.1:9/entrez/eutils/"
    made.environment["LITWATCH_PUBMED__RETRY_BUDGET_SECONDS"] = "0"
    done = made.litwatch("tune", "--json")
    offline = made.litwatch("tune", "--json", "--offline")
    made.environment.clear()
    made.environment.update(away)
    assert done.code == 1
    assert "PubMed cannot be asked" in done.err
    assert json.loads(done.out)["pubmed"] is None
    assert json.loads(done.out)["store"]["found"] > 20
    assert offline.code == 0
    assert json.loads(offline.out) == json.loads(done.out)


def test_nothing_in_the_store_changes(made: World) -> None:
    before = sha256(made.store.read_bytes()).hexdigest()
    made.litwatch("tune", "--leaves")
    assert sha256(made.store.read_bytes()).hexdigest() == before
    assert Path(f"{made.store}.workbook").exists()


def test_without_a_store_it_says_what_pubmed_has(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        done = made.litwatch("tune")
        assert done.code == 0, done.err
        assert "`litwatch backfill`" in done.out
        assert not made.store.exists()


def test_a_watch_that_is_not_there_is_wrong_use(made: World) -> None:
    done = made.litwatch("tune", "ketamine-depresion")
    assert done.code == 2
    assert "did you mean `ketamine-depression`?" in done.err


def test_the_shell_offers_the_names_of_watches(made: World) -> None:
    asked = {
        **made.environment,
        "_LITWATCH_COMPLETE": "complete_bash",
        "COMP_WORDS": "litwatch tune ket",
        "COMP_CWORD": "2",
    }
    made.environment, kept = asked, made.environment
    done = made.litwatch()
    made.environment = kept
    assert done.out.split() == ["ketamine-depression"]


@pytest.fixture
def seeds(made: World, tmp_path: Path) -> Path:
    """Ten papers on ketamine and depression that the store has, two on other things, one that PubMed has not."""
    stored = [one for one in made.litwatch("papers", "--json").objects() if one["title"]]
    both = [one for one in stored if one["title"].startswith("Ketamine for depression")][:10]
    others = [one for one in stored if "anaesthesia" in one["title"]][:2]
    assert len(both) == 10
    assert len(others) == 2
    path = tmp_path / "seeds.txt"
    path.write_text("".join(f"{one['pmid']}\n" for one in [*both, *others]) + "99999999\n", "utf-8")
    return path


def test_seeds_in_two_halves_with_the_reason_for_each_that_is_missed(made: World, seeds: Path) -> None:
    found = told(made, "--seeds", str(seeds))["seeds"]
    assert (found["all"]["hits"], found["all"]["of"]) == (10, 12)
    assert found["developing"]["of"] == found["validating"]["of"] == 6
    assert found["all"]["low"] < found["all"]["share"] < found["all"]["high"]
    by_half = {
        half: [one for one in found["papers"] if one["half"] == half] for half in ("developing", "validating")
    }
    assert {one["found"] for one in by_half["validating"]} == {None}
    assert {one["why_not"] for one in by_half["validating"]} == {None}
    shown = told(made, "--seeds", str(seeds), "--unblind")["seeds"]["papers"]
    missed = [one for one in shown if one["found"] is False]
    assert len(missed) == 2
    assert all(one["why_not"].startswith("fails at depress*[tiab]") for one in missed)
    (gone,) = [one for one in shown if one["half"] is None]
    assert gone["why_not"] == "PubMed has no record of this number"


def test_seeds_by_clause_count_what_each_brings_and_holds_back(made: World, seeds: Path) -> None:
    found = told(made, "--seeds", str(seeds), "--unblind", "--leaves")
    assert clause(found, "1.1")["seeds"] == 12
    assert (clause(found, "1.2")["seeds"], clause(found, "1.2")["seeds_alone"]) == (10, 2)
    assert clause(found, "1.1.1")["seeds_alone"] == 10
    assert clause(found, "2")["seeds"] == 0


def test_seeds_that_the_store_lacks_come_from_pubmed_by_number_and_by_doi(
    made: World, tmp_path: Path
) -> None:
    from litwatch.sandbox.synthetic import FIRST_PMID

    path = tmp_path / "seeds.txt"
    path.write_text(f"{FIRST_PMID + 50}\n10.9999/no.such.doi\n", "utf-8")
    done = made.litwatch("tune", "--seeds", str(path), "--json", "--unblind")
    assert done.code == 0, done.err
    first, second = json.loads(done.out)["seeds"]["papers"]
    assert first["in_store"] is False
    assert first["title"].startswith("What is known of")
    assert second["why_not"] == "no paper in PubMed has this DOI"
    assert made.litwatch("tune", "--seeds", str(path)).out.count("no paper in PubMed has this DOI") == 1


def test_what_of_a_seed_file_names_no_paper_is_told_and_the_rest_is_used(made: World, tmp_path: Path) -> None:
    path = tmp_path / "seeds.txt"
    path.write_text("99100001\nhello\n", "utf-8")
    done = made.litwatch("tune", "--seeds", str(path))
    assert done.code == 1
    assert "line 2: no PMID and no DOI: hello" in done.err
    assert "Seeds: 1, 1 of them with a record" in done.out
    path.write_text("hello\n", "utf-8")
    done = made.litwatch("tune", "--seeds", str(path))
    assert (done.code, done.out) == (2, "")
    assert "names no paper by PMID or DOI: line 1: no PMID and no DOI: hello" in done.err
    assert made.litwatch("tune", "--seeds", "no-such-file").code == 2


def test_another_search_what_it_gains_and_loses_with_the_words_that_decided(made: World, seeds: Path) -> None:
    new = "ketamine[tiab] AND (depress*[tiab] OR anaesth*[tiab]) NOT (mice[tiab] OR made[ti] AND school[ti])"
    found = told(made, "--query", new, "--seeds", str(seeds), "--unblind")
    change = found["change"]
    assert (
        change["pubmed"] - found["pubmed"]["count"] == change["gained"]["pubmed"] - change["lost"]["pubmed"]
    )
    assert change["store"] - found["store"]["found"] == change["gained"]["store"] - change["lost"]["store"]
    assert change["gained"]["pubmed"] > 10
    assert change["kept"] == found["store"]["found"] - change["lost"]["store"]
    first = change["gained"]["papers"][0]
    assert "ketamine" in [word.casefold() for word in first["words"]]
    assert first["why"] == "fails at depress*[tiab]"
    assert {one["relevant"] for one in change["gained"]["papers"]} == {False}
    facets = {row["facet"]: row for row in change["gained"]["facets"]}
    assert facets["drugs"]["label"] == "Ketamine"
    assert facets["drugs"]["counted"] == facets["drugs"]["of_all"] == len(change["gained"]["papers"])
    assert (found["seeds"]["all"]["hits"], change["seeds"]["all"]["hits"]) == (10, 12)
    text = made.litwatch("tune", "--query", new, "--seeds", str(seeds), "--unblind").out
    assert "found now:" in text
    assert f"+{change['gained']['pubmed']}" in text


def test_a_copy_of_the_watch_file_also_says_what_its_facets_would_change(made: World, tmp_path: Path) -> None:
    text = (made.config / "watches" / "ketamine-depression.toml").read_text("utf-8")
    assert "[topics.safety]" in text
    begin = text.index("query = ", text.index("[topics.safety]"))
    end = text.index("'''", text.index("'''", begin) + 3) + 3
    path = tmp_path / "new.toml"
    path.write_text(f"{text[:begin]}query = '''nosuchword[tiab]'''{text[end:]}", "utf-8")
    found = told(made, "--against", str(path))
    change = found["change"]
    assert change["gained"]["pubmed"] == change["lost"]["pubmed"] == 0
    assert change["tags"]["papers"] > 20
    (row,) = change["tags"]["changed"]
    assert (row["facet"], row["entry"], row["gained"], row["after"]) == ("topics", "safety", 0, 0)
    assert row["before"] == row["lost"] > 0
    path.write_text("query = 3", "utf-8")
    done = made.litwatch("tune", "--against", str(path))
    assert done.code == 2
    assert "new.toml: query" in done.err


def test_a_change_is_one_change_in_pubmeds_language(made: World, tmp_path: Path) -> None:
    path = tmp_path / "new.txt"
    path.write_text("1. ketamine[tiab]\n2. depress*[tiab]\n3. #1 AND #2\n", "utf-8")
    assert told(made, "--against", str(path))["change"]["query"] == "ketamine[tiab] AND depress*[tiab]"
    done = made.litwatch("tune", "--against", "nowhere.toml")
    assert done.code == 2
    assert "nowhere.toml: there is no such file; --against takes a changed copy" in done.err
    both = made.litwatch("tune", "--against", str(path), "--query", "ketamine[tiab]")
    assert (both.code, both.out) == (2, "")
    wrong = made.litwatch("tune", "--query", "ketamine[tiba]")
    assert (wrong.code, wrong.out) == (2, "")
    assert "tiba" in wrong.err


def test_suggestions_with_their_prices_and_nothing_applied(made: World, seeds: Path) -> None:
    narrow = "ketamine[ti] AND (depressive[ti] OR nosuchword[ti]) NOT mice[tiab]"
    before = (made.config / "watches" / "ketamine-depression.toml").read_text("utf-8")
    edited(made, narrow)
    found = told(made, "--seeds", str(seeds), "--unblind", "--suggest")["suggestions"]
    kinds = {one["kind"] for one in found}
    assert {"add", "no effect"} <= kinds
    adding = [one for one in found if one["kind"] == "add"]
    assert adding[0]["seeds"] == {"gained": 10, "lost": 0}
    assert "depress" in adding[0]["says"]
    for one in adding:
        price = told(made, "--query", one["query"])["change"]
        assert one["store"] == {"gained": price["gained"]["store"], "lost": price["lost"]["store"]}
        assert one["pubmed"] == {"gained": price["gained"]["pubmed"], "lost": price["lost"]["pubmed"]}
    (idle,) = [one for one in found if one["kind"] == "no effect"]
    assert "nosuchword[ti]" in idle["says"]
    assert idle["store"] == {"gained": 0, "lost": 0}
    text = made.litwatch("tune", "--suggest").out
    assert "Suggestions (nothing is changed; try one with --query)" in text
    edited(made, QUERY)
    assert (made.config / "watches" / "ketamine-depression.toml").read_text("utf-8") == before


def test_a_search_is_worked_on_with_query_alone_round_after_round(made: World, seeds: Path) -> None:
    draft = "ketamine[tiab] AND depressive[ti] NOT mice[tiab]"
    words = ("--query", draft, "--seeds", str(seeds), "--unblind", "--suggest")
    found = told(made, *words)
    assert [one["clause"] for one in found["change"]["clauses"]][1:3] == [
        "ketamine[tiab] AND depressive[ti]",
        "ketamine[tiab]",
    ]
    missed = [one for one in found["change"]["seeds"]["papers"] if one["found"] is False]
    assert len(missed) == 12
    assert all(one["why_not"].startswith("fails at depressive[ti]") for one in missed)
    adding = [one for one in found["suggestions"] if one["kind"] == "add"]
    assert adding
    assert all("depressive[ti]" in one["query"] for one in adding)
    text = made.litwatch("tune", *words).out
    assert "1.2 depressive[ti]" in text
    assert "fails at depressive[ti]" in text
    assert "seeds to develop on" in text  # beside it what the watch's own search finds


def test_no_term_of_another_concept_is_offered_and_no_phrase_whose_word_is(made: World, seeds: Path) -> None:
    found = told(
        made, "--query", "ketamine[tiab] AND depressive[ti] NOT mice[tiab]", "--seeds", str(seeds), "--unblind",
        "--suggest",
    )["suggestions"]  # fmt: skip
    adding = [one["says"] for one in found if one["kind"] == "add"]
    assert adding
    assert not [one for one in adding if "ketamine" in one.partition(" beside ")[0].casefold()]
    rates = [one["seeds"]["gained"] / (one["pubmed"]["gained"] + 5) for one in found if one["kind"] == "add"]
    assert rates == sorted(rates, reverse=True)
    assert {"add depressive[tiab]", "add depressi*[tiab]"} <= {one.partition(" beside ")[0] for one in adding}
    assert not [one for one in adding if one.startswith('add "') and "[tiab]" in one and "depress" in one]


def test_what_pubmed_would_lose_by_is_never_called_without_effect(made: World) -> None:
    query = "ketamine[tiab] OR depress*[tiab] OR made[ti] OR nosuchword[ti]"
    (idle,) = [
        one for one in told(made, "--query", query, "--suggest")["suggestions"] if one["kind"] == "no effect"
    ]
    assert (
        idle["says"] == "take out nosuchword[ti]"
    )  # the store has nothing that made[ti] alone finds; PubMed has
    assert idle["pubmed"] == {"gained": 0, "lost": 0}
    offline = told(made, "--query", query.replace("nosuchword", "nosuchterm"), "--suggest", "--offline")
    assert not [one for one in offline["suggestions"] if one["kind"] == "no effect"]


def test_a_sample_to_mark_is_written_read_back_and_grows_with_a_change(made: World, tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    done = made.litwatch("tune", "--sample", "8", "--marks", str(path))
    assert done.code == 0, done.err
    assert f"wrote {path}: 8 papers to judge; write yes or no into its column `relevant`" in done.err
    assert "0 judged, 8 to judge" in done.out
    head, *lines = path.read_text("utf-8-sig").splitlines()
    path.write_text(
        "\n".join(
            [
                head,
                *(line.replace(",,", ",yes,", 1) for line in lines[:6]),
                *(line.replace(",,", ",no,", 1) for line in lines[6:]),
            ]
        ),
        "utf-8",
    )
    found = told(made, "--sample", "8", "--marks", str(path))["sample"]
    assert (found["judged"], found["to_judge"], found["drawn"]) == (8, 0, [])
    assert found["precision"]["share"] == 0.75
    assert found["precision"]["number_needed_to_read"] == pytest.approx(4 / 3)
    wider = ("--query", "ketamine[tiab]", "--sample", "8", "--marks", str(path))
    changed = made.litwatch("tune", *wider, "--json")
    more = json.loads(changed.out)["sample"]
    assert 0.6 < more["precision"]["share"] < 0.9  # now weighed by what the other search keeps and loses
    assert more["precision_after"] is None
    assert more["drawn"]
    text = path.read_text("utf-8-sig")
    assert text.count(",yes,") == 6
    path.write_text(text.replace(",,", ",no,"), "utf-8")
    after = told(made, *wider)["sample"]
    assert after["to_judge"] == 0
    assert after["precision_after"]["share"] < after["precision"]["share"]


def test_an_empty_sample_and_a_table_that_is_none_are_told(made: World, tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    edited(made, "nosuchword[tiab]")
    done = made.litwatch("tune", "--sample", "8", "--marks", str(path))
    edited(made, QUERY)
    assert done.code == 0
    assert "The search finds nothing to draw from." in done.out
    assert not path.exists()
    path.write_text("hello", "utf-8")
    done = made.litwatch("tune", "--sample", "8", "--marks", str(path))
    assert (done.code, done.out) == (2, "")
    assert "is no table of marks: it has no columns `pmid` and `relevant`" in done.err
    path.write_text("pmid,relevant\n99100001,perhaps\n", "utf-8")
    done = made.litwatch("tune", "--sample", "8", "--marks", str(path))
    assert done.code == 1
    assert "line 2: 'perhaps' is neither yes nor no" in done.err


def test_the_strategy_for_publication_as_markdown_and_as_a_table(made: World, tmp_path: Path) -> None:
    done = made.litwatch("tune", "--log", str(tmp_path / "strategy.md"))
    assert done.code == 0, done.err
    report = (tmp_path / "strategy.md").read_text("utf-8")
    count = told(made)["pubmed"]["count"]
    assert f"PubMed: {count} records." in report
    assert "The watch was last searched well on 2026-03-08." in report
    assert (tmp_path / "strategy.csv").read_text("utf-8-sig").startswith("line,search,results")
    assert made.litwatch("tune", "--query", "ketamine[ti]", "--log", str(tmp_path / "draft.md")).code == 0
    draft = (tmp_path / "draft.md").read_text("utf-8")
    assert (
        "a draft that is not the search of the watch `ketamine-depression`:\n\n```\nketamine[ti]\n```"
        in draft
    )
    assert "No watch runs this search yet" in draft
    assert "Held by the watch" not in draft
    assert made.litwatch("tune", "--log", str(tmp_path / "no" / "folder.md")).code == 2


def test_a_term_behind_not_that_takes_seeds_away_is_told_with_its_price(made: World, seeds: Path) -> None:
    edited(made, "ketamine[tiab] AND depress*[tiab] NOT (score[tiab] OR mice[tiab])")
    found = told(made, "--seeds", str(seeds), "--unblind", "--suggest")["suggestions"]
    text = made.litwatch("tune", "--seeds", str(seeds), "--unblind").out
    edited(made, QUERY)
    (one,) = [each for each in found if each["kind"] == "not"]
    assert one["says"] == "take score[tiab] out of the NOT"
    assert one["seeds"] == {"gained": 10, "lost": 0}
    assert one["pubmed"]["gained"] > 0
    assert "score[tiab] takes it away" in text
    assert not [each for each in found if each["kind"] == "no effect"]


def test_alone_says_on_what_it_is_counted_and_is_pubmeds_own_count_where_that_can_be_had(made: World) -> None:
    query = "ketamine[tiab] AND made[ti]"  # the store has what ketamine or depress* finds, PubMed more
    edited(made, query)
    offline, online = (" ".join(made.litwatch("tune", *some).out.split()) for some in (("--offline",), ()))
    found = told(made)
    without = told(made, "--query", "made[ti]")["change"]["gained"]["pubmed"]
    edited(made, QUERY)
    ketamine = clause(found, "1")
    assert ketamine["pubmed_alone"] == without > ketamine["alone"]
    assert f"holds back {without} " in online
    assert "Alone: counted by PubMed, which was asked for the search without the clause." in online
    assert "≥" not in online
    assert f"holds back ≥ {ketamine['alone']}" in offline
    assert "Alone: ≥, at least so many, for only the" in offline


@pytest.mark.parametrize(
    ("query", "roles"),
    [
        ("ketamine[tiab] NOT (made[ti] NOT school[ti])", {"2": "removes", "2.1": "saves", "2.2": "saves"}),
        (
            "ketamine[tiab] NOT (made[ti] NOT (depress*[tiab] NOT (score[tiab] OR mice[tiab])))",
            {"2.2": "saves", "2.2.1": "narrows", "2.2.2": "removes", "2.2.2.1": "removes"},
        ),
    ],
)
def test_signs_behind_nots_are_what_pubmed_and_the_store_say_without_the_clause(
    made: World, tmp_path: Path, query: str, roles: dict[str, str]
) -> None:
    stored = [one["pmid"] for one in made.litwatch("papers", "--json").objects() if one["title"]]
    path = tmp_path / "seeds.txt"
    path.write_text("\n".join(stored), "utf-8")
    edited(made, query)
    found = told(made, "--leaves", "--seeds", str(path), "--unblind")
    parsed = parse(query)
    counted = 0
    for row in found["clauses"]:
        (here,) = {id(one): one for one in clauses(parsed.root) if str(one) == row["clause"]}.values()
        shorter = without_clause(parsed, here)
        if row["role"] == "whole" or shorter is None:
            continue
        edited(made, str(shorter))
        then = told(made)
        sign = 1 if row["role"] in ("brings", "saves") else -1
        for where, alone in (("store", "alone"), ("pubmed", "pubmed_alone")):
            key = "found" if where == "store" else "count"
            assert found[where][key] - then[where][key] == sign * row[alone], (where, row)
        assert row["seeds_alone"] == row["alone"], row
        counted += row["alone"]
    assert counted > 0
    for number, role in roles.items():
        row = clause(found, number)
        assert (row["role"], row["behind_not"]) == (role, True)
    edited(made, query)
    text = made.litwatch("tune", "--leaves", "--seeds", str(path), "--unblind").out
    edited(made, QUERY)
    saver = clause(found, "2.2")
    (line,) = [one for one in text.splitlines() if one.strip().startswith("2.2 NOT ")]
    assert f"saves {saver['pubmed_alone']}" in line
    assert saver["seeds_alone"] == 0 or line.rstrip().endswith(f"+{saver['seeds_alone']}")


def test_where_pubmed_reads_the_search_differently_both_counts_and_the_clause_are_told(
    tmp_path: Path,
) -> None:
    with world(tmp_path, synthetic=100, mappings={"depression": "anaesth*[tiab]"}) as made:
        made.pubmed.set_today("2026-03-08")
        edited(made, "ketamine[tiab]")
        assert made.litwatch("collect", "--now", "2026-03-08T07:00:00Z").code == 0
        assert made.litwatch("backfill", "--now-anyway").code == 0
        edited(made, "ketamine[tiab] AND depression")
        differ = told(made)["pubmed"]["differences"]
        assert differ["only_pubmed"] > 0
        assert differ["only_here"] > 0
        clauses = {(one["listed"], one["clause"]) for one in differ["papers"]}
        assert clauses == {(True, "depression"), (False, "ketamine[tiab] AND depression")}
        assert all(one["approximate"] for one in differ["papers"])
        said = " ".join(made.litwatch("tune").out.split())
        assert (
            "PubMed and litwatch read the search differently: of the stored papers PubMed alone lists" in said
        )
        edited(made, "ketamine[tiab]")
        assert told(made)["pubmed"]["differences"] is None


def test_what_came_since_is_in_the_next_answer_and_a_store_that_is_gone_leaves_nothing(
    tmp_path: Path,
) -> None:
    with world(tmp_path, synthetic=100) as made:
        for day in ("2026-03-08", "2026-03-20"):
            made.pubmed.set_today(day)
            assert made.litwatch("collect", "--now", f"{day}T07:00:00Z").code == 0
            whole = told(made)
            found, pubmed = whole["store"], whole["pubmed"]
            if day == "2026-03-08":  # its backlog is not in the store
                assert sum(pubmed["weekly"]) == pubmed["last_52_weeks"] > sum(found["weekly"])
            stored = [one for one in made.litwatch("papers", "--json").objects() if one["title"]]
            assert found["papers"] == len(stored) > 0
        assert told(made)["store"] == found
        for path in made.store.parent.glob(f"{made.store.name}*"):
            if not path.name.endswith(".workbook"):
                path.unlink()
        assert made.litwatch("store", "create").code == 0
        assert told(made)["store"]["papers"] == 0


def test_a_workbook_that_is_locked_or_damaged_inside_is_one_line(made: World) -> None:
    told(made)
    path = Path(f"{made.store}.workbook")
    with sqlite3.connect(path) as broken:
        broken.execute("DROP TABLE shown")
    broken.close()
    done = made.litwatch("tune", "--offline")
    assert done.code == 1
    assert f"the workbook {path} cannot be used: no such table: shown; it can be deleted" in done.err
    path.unlink()
    assert told(made)["store"]["found"] > 20


_RECORD = (
    '<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>'
    '<Article PubModel="Print"><Journal><Title>Made Up</Title></Journal><ArticleTitle>{title}</ArticleTitle>'
    "<Language>eng</Language></Article></MedlineCitation><PubmedData><History>"
    '<PubMedPubDate PubStatus="entrez"><Year>2026</Year><Month>3</Month><Day>5</Day></PubMedPubDate>'
    '<PubMedPubDate PubStatus="pubmed"><Year>2026</Year><Month>3</Month><Day>5</Day></PubMedPubDate>'
    "</History></PubmedData></PubmedArticle>"
)


def test_neither_the_word_that_was_meant_nor_an_ending_that_finds_a_seed_is_noise(tmp_path: Path) -> None:
    titles = ["Ketamine in a zoo", "Ketamine in a stable", "Ketaminergic robots", "Ketaminelike robots"]
    corpus = tmp_path / "made-up.xml"
    records = "".join(_RECORD.format(pmid=99300000 + at, title=title) for at, title in enumerate(titles, 1))
    corpus.write_text(f"<PubmedArticleSet>{records}</PubmedArticleSet>", "utf-8")
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("99300004\n", "utf-8")
    with world(tmp_path / "world", corpus) as made:
        made.pubmed.set_today("2026-03-08")
        edited(made, "ketamine*[tiab]")
        assert made.litwatch("collect", "--now", "2026-03-08T07:00:00Z").code == 0
        assert made.litwatch("backfill", "--now-anyway").code == 0
        found = told(made, "--seeds", str(seeds), "--unblind", "--suggest")["suggestions"]
    assert [one["says"] for one in found if one["kind"] == "truncation"] == [
        "write the endings of ketamine*[tiab] out, without `ketaminergic`"
    ]
