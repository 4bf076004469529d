"""`litwatch recall` as a researcher calls it: completeness, currency, what is lacking and why, the guard over time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli.test_tune import edited
from litwatch.edge.tuning_schema import json_schema
from world import World, world

BEGAN, LATER = "2026-03-08", "2026-03-20"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A watch that began on the 8th, and has looked again on the 20th."""
    with world(tmp_path_factory.mktemp("recall"), synthetic=100) as one:
        edited(one, "ketamine[tiab] AND depress*[tiab]")
        path = one.config / "watches" / "ketamine-depression.toml"
        text = path.read_text("utf-8")
        path.write_text(text.replace("sentinels = []", "sentinels = []\nguard = 'ketamine[tiab]'"), "utf-8")
        for day in (BEGAN, LATER):
            one.pubmed.set_today(day)
            done = one.litwatch("collect", "--now", f"{day}T07:00:00Z")
            assert done.code == 0, done.err
        yield one


def seeds(made: World, tmp_path: Path, *more: str) -> tuple[Path, int, int]:
    """A file of all that the watch has (and more); how many came on the first day, and later."""
    stored = made.litwatch("papers", "--json").objects()
    path = tmp_path / "seeds.txt"
    path.write_text("\n".join([*(one["pmid"] for one in stored), *more]), "utf-8")
    first = sum(one["first_seen"].startswith(BEGAN) for one in stored)
    return path, first, len(stored) - first


def told(made: World, path: Path, *words: str) -> dict[str, Any]:
    done = made.litwatch("recall", "ketamine-depression", "--seeds", str(path), "--json", *words)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    jsonschema.Draft202012Validator(json_schema("recall")).validate(found)
    return found


def test_completeness_is_what_the_watch_holds_and_currency_what_it_held_that_day(
    made: World, tmp_path: Path
) -> None:
    path, first, later = seeds(made, tmp_path, "99100051")  # the last one is on neither
    assert first > 5
    assert later > 0
    found = told(made, path, "--searched", "2026-03-10")
    assert (found["completeness"]["hits"], found["completeness"]["of"]) == (first + later, first + later + 1)
    assert (found["currency"]["hits"], found["currency"]["of"]) == (first, first + later + 1)
    assert told(made, path, "--searched", "2026-04-01")["currency"]["hits"] == first + later
    assert told(made, path)["currency"] is None
    assert 0 <= found["median_days"] <= 14
    lacking = [one for one in found["papers"] if one["state"] is None]
    assert [one["pmid"] for one in lacking] == ["99100051"]
    assert lacking[0]["why_not"].startswith("fails at ketamine[tiab]")


def test_what_was_named_and_has_no_record_or_no_number_was_not_found(made: World, tmp_path: Path) -> None:
    path, first, later = seeds(made, tmp_path)
    held = first + later
    numbers = path.read_text("utf-8").split()
    lines = [f"{place}. Author A. Made up. PMID: {one}" for place, one in enumerate(numbers, 1)]
    lines += [
        f"{held + 1}. Author B. Gone. PMID: 98999999",
        f"{held + 2}. Author C. A report without a number. 2019.",
    ]
    path.write_text("\n".join(["Included studies", *lines]), "utf-8")
    done = made.litwatch("recall", "--seeds", str(path), "--searched", LATER)
    assert done.code == 1
    assert f"completeness  {held} of {held + 2} (" in done.out
    assert f"{held} of {held} (100%" in done.out
    assert "1 named without a PMID or DOI" in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines())
    found = json.loads(made.litwatch("recall", "--seeds", str(path), "--searched", LATER, "--json").out)
    assert [found[name]["of"] for name in ("completeness", "currency")] == [held + 2, held + 2]
    assert [found[f"{name}_with_record"]["of"] for name in ("completeness", "currency")] == [held, held]
    assert found["without_number"] == 1


def test_a_day_that_is_none_or_has_not_been_is_refused(made: World, tmp_path: Path) -> None:
    path, _, _ = seeds(made, tmp_path)
    for day, said in (("2999-01-01", "is in the future"), ("yesterday", "takes a day as YYYY-MM-DD")):
        done = made.litwatch("recall", "--seeds", str(path), "--searched", day)
        assert done.code == 2
        assert said in done.err
        assert done.out == ""


def test_a_list_of_windows_is_read_and_a_doi_beside_another_papers_pmid_is_a_seed(
    made: World, tmp_path: Path
) -> None:
    stored = [one for one in made.litwatch("papers", "--json").objects() if one["doi"]]
    one, other = stored[:2]
    path = tmp_path / "seeds.txt"
    for coding in ("utf-16", "utf-16-le", "utf-16-be"):
        path.write_bytes(f"Müller A. PMID: {one['pmid']} doi:{other['doi']}".encode(coding))
        found = told(made, path)
        assert [each["pmid"] for each in found["papers"]] == [one["pmid"], other["pmid"]]


def test_how_long_papers_of_a_changed_search_took_is_no_delay(tmp_path: Path) -> None:
    with world(tmp_path, synthetic=100) as edit:
        edited(edit, "esketamine[tiab] AND depress*[tiab]")
        for day, query in ((BEGAN, ""), (LATER, "(esketamine[tiab] OR ketamine[tiab]) AND depress*[tiab]")):
            if query:
                edited(edit, query)
            edit.pubmed.set_today(day)
            assert edit.litwatch("collect", "--now", f"{day}T07:00:00Z").code == 0
        stored = edit.litwatch("papers", "--json").objects()
        edits = [one["pmid"] for one in stored if one["arrival"] == "by-edit"]
        assert edits
        path = tmp_path / "seeds.txt"
        path.write_text("\n".join(edits), "utf-8")
        found = told(edit, path)
        assert (found["median_days"], found["came_in_time"], found["by_edit"]) == (None, 0, len(edits))
        assert (
            "came when the search was changed (by-edit): in no median"
            in edit.litwatch("recall", "--seeds", str(path)).out
        )


def test_of_a_day_before_the_watch_began_nothing_is_known(made: World, tmp_path: Path) -> None:
    path, _, _ = seeds(made, tmp_path)
    assert told(made, path, "--searched", "2026-01-01")["currency"] is None
    text = made.litwatch("recall", "--seeds", str(path), "--searched", "2026-01-01").out
    assert "unknown: the watch began on 2026-03-08, after 2026-01-01" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_the_guard_over_time(made: World, tmp_path: Path) -> None:
    path, _, _ = seeds(made, tmp_path)
    assert told(made, path)["guard"] == []
    assert made.litwatch("guard", "--now", f"{LATER}T08:00:00Z").code == 0
    (run,) = told(made, path)["guard"]
    assert run["outside"] > 0
    assert run["recall"] is None
    drawn = made.litwatch("guard", "--list", "--json").objects()
    lines = "".join(f"{one['pmid']} no\n" for one in drawn)
    assert made.litwatch("guard", "--judgements", "-", stdin=lines).code == 0
    (run,) = told(made, path)["guard"]
    assert run["judged"] == len(drawn)
    assert run["recall"]["share"] == 1
    assert f"{LATER}" in made.litwatch("recall", "--seeds", str(path)).out


def test_without_a_store_the_watch_holds_nothing(tmp_path: Path) -> None:
    with world(tmp_path, synthetic=100) as fresh:
        path = tmp_path / "seeds.txt"
        path.write_text("99100001", "utf-8")
        found = told(fresh, path, "--searched", "2026-03-10")
        assert (found["completeness"]["hits"], found["completeness"]["of"]) == (0, 1)
        assert found["papers"][0]["why_not"].startswith("the search finds it now")
        assert fresh.litwatch("recall").code == 2
