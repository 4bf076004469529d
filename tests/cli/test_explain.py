"""explain as a user calls it: why a paper is here, or is not.

Owns what is told of made-up papers, from files, the store and PubMed; as text, JSON and a page.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html

from world import ROOT, Outcome, World, world
from world import litwatch as run

HOSTILE = 'Ketamine <script>alert("x")</script> & </title><img src=x onerror=alert(1)> for depression'


def article(pmid: int, title: str, abstract: str = "", inside: str = "", types: str = "") -> str:
    """One record; titles and abstracts are escaped here."""
    from xml.sax.saxutils import escape

    body = f"<Abstract>{abstract}</Abstract>" if abstract else ""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article><Journal>'
        f"<Title>Made-up Journal</Title></Journal><ArticleTitle>{escape(title)}</ArticleTitle>{body}{types}"
        f'</Article>{inside}</MedlineCitation><PubmedData><History><PubMedPubDate PubStatus="entrez">'
        "<Year>2026</Year><Month>3</Month><Day>6</Day></PubMedPubDate></History></PubmedData></PubmedArticle>"
    )


LABELLED = (
    '<AbstractText Label="METHODS" NlmCategory="METHODS">We gave 20 patients ketamine. Rats were not used.'
    '</AbstractText><AbstractText Label="RESULTS" NlmCategory="RESULTS">Mood rose, e.g. within hours. '
    "Ketamine was liked. Ketamine was cheap. Ketamine was safe. Depression fell.</AbstractText>"
)
MESH = (
    '<MeshHeadingList><MeshHeading><DescriptorName UI="D061218" MajorTopicYN="Y">Depressive Disorder, '
    'Treatment-Resistant</DescriptorName><QualifierName UI="Q000188" MajorTopicYN="N">drug therapy'
    "</QualifierName></MeshHeading></MeshHeadingList>"
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("records") / "records.xml"
    articles = (
        article(99000001, "Ketamine for depression", LABELLED, MESH),
        article(99000002, "Ketamine for anaesthesia"),
        article(99000003, HOSTILE),
    )
    path.write_text(f"<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>", "utf-8")
    return path


def explained(file: Path, *words: str, columns: str = "80") -> Outcome:
    return run("explain", *words, str(file), folder=file.parent, environment={"COLUMNS": columns})


def lines(outcome: Outcome) -> list[str]:
    assert outcome.code == 0, outcome.err
    return outcome.out.splitlines()


def test_the_verdict_comes_first_then_what_decided_then_the_rest_in_a_line(file: Path) -> None:
    query = "(ketamine[tiab] OR esketamine[tiab] OR mice[tiab]) AND (depression[ti] OR mood[ti]) NOT mice[ti]"
    told = explained(file, "99000001", "--query", query)
    assert lines(told) == [
        "99000001  Ketamine for depression",
        "  from records.xml",
        "",
        "  your query: matches; decided by ketamine[tiab]; depression[ti]",
        "    + NOT",
        "      + AND: 2 of 2 parts hold",
        "        + part 1 of 2: OR: 1 of 3 holds",
        "          + ketamine[tiab]",
        "                title: «Ketamine» for depression",
        "                abstract (methods): We gave 20 patients «ketamine».",
        "                abstract (results): «Ketamine» was liked.",
        "                and 2 more places",
        "          - none of the other 2 terms (esketamine[tiab], mice[tiab])",
        "        + part 2 of 2: OR: 1 of 2 holds",
        "          + depression[ti]",
        "                title: Ketamine for «depression»",
        "          - mood[ti]",
        "      - mice[ti] (under NOT)",
        "",
        "To paste into PubMed: your query",
        "  ((ketamine[tiab] OR esketamine[tiab] OR mice[tiab]) AND (depression[ti] OR",
        "  mood[ti])) NOT mice[ti]",
    ]


def test_why_a_paper_is_not_here_is_said_at_once(file: Path) -> None:
    query = "ketamine[ti] AND (" + " OR ".join(f"depress{n}[tiab]" for n in range(23)) + ")"
    told = lines(explained(file, "99000002", "--query", query))
    assert " ".join(told[3].split() + told[4].split()) == (
        "your query: does not match: no clause of part 2 of 2 joined by AND (depress0[tiab] and 22 others) holds"
    )
    assert told[5:7] == ["    - AND: 1 of 2 parts holds", told[6]]
    assert told[6].startswith("      - part 2 of 2: none of 23 terms (depress0[tiab], ")
    assert "      + part 1 of 2: ketamine[ti]" in told
    everything = lines(explained(file, "99000002", "--query", query, "--all"))
    assert sum("- depress" in line for line in everything) == 23


def test_what_takes_a_paper_away_is_marked(file: Path) -> None:
    told = lines(explained(file, "99000001", "--query", "ketamine[ti] NOT (mice[tiab] OR rats[tiab])"))
    assert told[3] == "  your query: does not match: rats[tiab] takes it away"
    assert "      ! OR: 1 of 2 holds (takes the paper away)" in told
    assert told.index("        + rats[tiab]") < told.index("      + ketamine[ti]")


def test_what_only_pubmed_knows_and_what_is_approximate_is_said(file: Path) -> None:
    told = explained(file, "99000001", "--query", "ketamine AND systematic[sb]")
    assert "only PubMed can tell: it hangs on systematic[sb]" in told.out
    assert "? AND: 1 of 2 parts holds (hangs on what only PubMed knows)" in told.out
    assert "systematic[sb] (only PubMed knows)" in told.out
    assert "ketamine (approximate: no tag; PubMed maps it to headings and synonyms)" in " ".join(
        told.out.split()
    )
    folded = explained(file, "99000001", "--query", "ketamine[ti] OR mice OR sad[ti] OR glad")
    said = "- none of the other 3 terms (2 of them approximate: no tag) (mice, sad[ti], glad)"
    assert said in " ".join(folded.out.split())


def test_a_star_that_was_passed_over_is_said_of_its_clause(file: Path) -> None:
    said = "dep*[tiab] (PubMed passes the star over, fewer than four characters before it)"
    alone = explained(file, "99000001", "--query", "dep*[tiab]").out
    assert f"- {said}" in " ".join(alone.split())
    folded = explained(file, "99000001", "--query", "ketamine[ti] AND (dep*[tiab] OR sad[ti])").out
    assert f"none of 2 terms (dep*[tiab]: {said[12:-1]})" in " ".join(folded.split())


def test_what_is_to_be_pasted_holds_no_operator_in_small_letters(file: Path) -> None:
    told = explained(file, "99000001", "--query", "ketamine[tiab] or esketamine[tiab]").out
    paste = " ".join(told[told.index("To paste into PubMed") :].split())
    assert "ketamine[tiab] AND esketamine[tiab] ! `or` in small letters joins nothing" in paste
    assert "PubMed may read it otherwise: write OR, or take it out" in paste


def test_a_heading_is_told_as_the_record_has_it_and_a_date_even_where_it_fails(file: Path) -> None:
    told = explained(
        file, "99000001", "--query",
        '"depressive disorder, treatment-resistant/drug therapy"[mh] AND 2020[crdt]',
    )  # fmt: skip
    assert "[mh] by Depressive Disorder, Treatment-Resistant/drug therapy" in " ".join(told.out.split())
    assert "2020[crdt]: the record has 2026-03-06" in told.out


def test_what_cannot_be_pasted_is_said_and_the_query_printed_so_that_it_can(file: Path) -> None:
    query = 'ketamine[ti] # by name\nOR "two words"[tiab] OR (S)-ketamine[tiab]'
    told = explained(file, "99000001", "--query", query).out
    paste = told[told.index("To paste into PubMed") :]
    assert 'ketamine[ti] OR "two words"[tiab] OR "(S)-ketamine"[tiab]' in paste
    assert "remarks (# to the end of the line) are litwatch's own" in paste
    assert '"(S)-ketamine"[tiab]: read as one word here' in paste
    clean = explained(file, "99000001", "--query", "ketamine[ti]").out
    assert "!" not in clean[clean.index("To paste into PubMed") :]


@pytest.mark.parametrize("columns", ["80", "40"])
def test_everything_fits_the_width_and_nothing_is_coloured_in_a_file(file: Path, columns: str) -> None:
    told = explained(file, columns=columns)
    assert max(len(line) for line in told.out.splitlines()) <= int(columns)
    assert "\x1b" not in told.out


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose facets show each way in which an entry is not given."""
    from config.good_config import write

    folder = tmp_path_factory.mktemp("rules") / "config"
    folder.mkdir()
    design = (
        '[design.safety]\nlabel = "Safety"\nquery = "safe[tiab]"\n'
        '[design.cost]\nlabel = "Cost"\nquery = "cheap[tiab]"\n'
    )
    topics = (
        'title = "Ketamine"\nquery = "ketamine[tiab]"\n'
        '[topics.liking]\nlabel = "Liking"\nquery = "liked[tiab]"\n'
        '[topics.animals]\nlabel = "Animals"\nquery = "rats[tiab]"\nunless = "patients[tiab]"\n'
        '[topics.method]\nlabel = "Method"\nquery = "cheap[tiab]"\nsections = ["methods"]\n'
        '[topics.nothing]\nlabel = "Nothing"\nquery = "nothing[tiab]"\n'
        '[topics.hours]\nlabel = "Hours"\nquery = "fast[tiab]"\nsentence = "mood[tiab] AND hours[tiab]"\n'
        '[topics.risk]\nlabel = "Risk"\nquery = "risk[tiab]"\nsentence = "safe[tiab] AND hours[tiab]"\n'
    )
    return write(folder, {"facets.toml": design, "watches/ketamine.toml": topics})


def test_each_facet_tells_what_holds_and_what_unless_sections_or_order_took_away(
    file: Path, rules: Path
) -> None:
    told = run(
        "--config", str(rules), "explain", "99000001", str(file), folder=file.parent,
        environment={"COLUMNS": "100"},
    )  # fmt: skip
    facets = told.out[told.out.index("  Facets") : told.out.index("To paste")].rstrip().splitlines()
    [evidence] = [
        at for at, line in enumerate(facets) if line.startswith("    evidence: participants, result")
    ]
    assert facets[evidence + 1].startswith("      + participants  (20; by ")
    assert facets[:evidence] == [
        "  Facets",
        "    topics: liking, hours",
        "      + liking  abstract (results): Ketamine was «liked».",
        "      + hours  abstract (results): «Mood» rose, e.g. within «hours».",
        "      ~ animals, not given: its `unless` holds; abstract (methods): We gave 20 «patients»",
        "        ketamine.",
        "      ~ method, not given: only outside its sections (methods); abstract (results): Ketamine was",
        "        «cheap».",
        "      ~ risk, not given: not in one sentence; abstract (results): Mood rose, e.g. within «hours».",
        "        and 1 more",
        "      - not nothing",
        "    design: safety",
        "      + safety  abstract (results): Ketamine was «safe».",
        "      ~ cost: would hold, but safety comes first",
    ]


def test_an_entry_is_explained_alone_with_its_unless(file: Path, rules: Path) -> None:
    words = ("--config", str(rules), "explain", "99000001", str(file), "--entry", "topics.animals")
    told = run(*words, folder=file.parent)
    assert "topics.animals: matches; decided by rats[tiab]" in told.out
    assert "unless of topics.animals: matches; decided by patients[tiab]" in told.out
    assert "Facets" not in told.out
    wrong = run(*words[:-1], "topics.animal", folder=file.parent)
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean `topics.animals`?" in wrong.err


def test_an_entry_is_explained_alone_with_its_sentence(file: Path, rules: Path) -> None:
    def told(entry: str) -> str:
        words = ("--config", str(rules), "explain", "99000001", str(file), "--entry", entry)
        return " ".join(run(*words, folder=file.parent).out.split())

    assert "one sentence of topics.hours: matches; decided by mood[tiab]; hours[tiab]" in told("topics.hours")
    assert "one sentence of topics.risk: does not match: safe[tiab] (part 1 of 2" in told("topics.risk")


def test_json_tells_the_same_without_folding(file: Path) -> None:
    told = explained(file, "99000001", "--query", "(mood[ti] OR ketamine[ti]) AND rats[tiab]", "--json")
    (one,) = told.objects()
    assert (one["pmid"], one["record"]) == ("99000001", "from records.xml")
    (query,) = one["queries"]
    assert query["matches"] is True
    assert query["decided_by"] == ["ketamine[ti]", "rats[tiab]"]
    assert query["to_paste"] == "(mood[ti] OR ketamine[ti]) AND rats[tiab]"
    assert [(row["depth"], row["label"], row["holds"]) for row in query["tree"]] == [
        (0, "AND: 2 of 2 parts hold", True),
        (1, "part 1 of 2: OR: 1 of 2 holds", True),
        (2, "mood[ti]", False),
        (2, "ketamine[ti]", True),
        (1, "part 2 of 2: rats[tiab]", True),
    ]
    rats = query["tree"][4]
    assert rats["spans"] == [{"field": "abstract", "start": 39, "end": 43, "text": "Rats"}]
    assert rats["sentences"] == [
        {"field": "abstract", "role": "methods", "text": "Rats were not used.", "marks": [[0, 4]]}
    ]


# The page


def page_of(file: Path, folder: Path, *words: str) -> tuple[str, html.HtmlElement]:
    path = folder / "page.html"
    told = explained(file, *words, "--html", str(path))
    assert (told.code, told.out) == (0, ""), told.err
    assert f"wrote {path}" in told.err
    text = path.read_text("utf-8")
    return text, html.fromstring(text)


def test_the_page_stands_alone_and_is_made_of_headings_lists_and_marks(file: Path, tmp_path: Path) -> None:
    text, page = page_of(file, tmp_path, "99000001")
    assert not re.search(r"\b(?:src|srcset)\s*=|@import|url\(|<script|<link|<iframe", text)
    assert all(link.startswith(("#", "https://pubmed.ncbi.nlm.nih.gov/")) for link in page.xpath("//a/@href"))
    assert page.xpath("count(//h1)") == 1
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.xpath("//html/@lang") == ["en"]
    marked = {one.text_content() for one in page.iter("mark")}
    assert {"Ketamine", "ketamine", "depression", "Depression"} <= marked
    assert page.xpath("//details/summary[contains(., 'none of the other')]")
    # Every list in a list stands inside an item.
    assert not page.xpath("//ul/ul")
    assert all(child.tag == "li" for one in page.iter("ul") for child in one)
    assert "litwatch" in page.xpath("string(//footer)")
    assert str(tmp_path) not in text


def test_a_hostile_title_is_only_text(file: Path, tmp_path: Path) -> None:
    text, page = page_of(file, tmp_path, "99000003")
    assert "<script" not in text
    assert not page.xpath("//script | //img | //*[@onerror]")
    assert page.xpath("string(//h2)") == HOSTILE


def test_a_page_that_cannot_be_written_is_one_clear_message(file: Path, tmp_path: Path) -> None:
    told = explained(file, "99000001", "--html", str(tmp_path / "none" / "page.html"))
    assert (told.code, told.out) == (2, "")
    assert "page.html cannot be written: No such file or directory" in told.err
    assert "Traceback" not in told.err


# Where papers come from


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, file: Path) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("sources") / "here", file, today="2026-03-09") as made:
        assert made.run("2026-03-09T07:05:00Z").code == 0
        yield made


def test_a_pmid_is_taken_from_the_file_then_the_store_then_pubmed(here: World, file: Path) -> None:
    before = len(here.pubmed.requests)
    assert "from records.xml" in here.litwatch("explain", "99000001", str(file)).out
    assert "from the store" in here.litwatch("explain", "99000001").out
    assert len(here.pubmed.requests) == before
    told = here.litwatch("explain", "99000002")  # no match, so never collected
    assert told.code == 0, told.err
    assert "from PubMed, just now" in told.out
    assert "does not match" in told.out
    assert [one.endpoint for one in list(here.pubmed.requests)[before:]] == ["efetch"]


def test_a_pmid_that_is_nowhere_is_said_and_the_others_are_explained(here: World) -> None:
    told = here.litwatch("explain", "99000001", "99000999")
    assert told.code == 1
    assert "99000001  Ketamine for depression" in told.out
    assert (
        "PMID 99000999: it is in neither file nor store, and PubMed has no record of that number" in told.err
    )


def test_where_pubmed_cannot_be_reached_that_is_said(here: World) -> None:
    away = {
        "LITWATCH_PUBMED__BASE_URL": "http://127.0.0.1:9/entrez/eutils/",
        "LITWATCH_PUBMED__RETRY_BUDGET_SECONDS": "1",
    }
    told = run("explain", "99000002", folder=here.folder, environment=here.environment | away)
    assert (told.code, told.out) == (1, "")
    assert "PMID 99000002: it is in neither file nor store, and PubMed cannot be asked" in told.err
    assert "Traceback" not in told.err


def test_of_a_wanted_paper_explain_says_what_trace_knows_and_of_a_broken_record_why_in_words(
    tmp_path: Path, file: Path
) -> None:
    with world(tmp_path / "wanted", file, today="2026-03-09") as here:
        here.pubmed.fault("unreadable-record", 100, "efetch")
        here.litwatch("run", "--now", "2026-03-09T07:05:00Z")
        told = here.litwatch("explain", "99000001")
        assert told.code == 1
        assert "Unreadable(" not in told.err
        assert "PubMed's record of PMID 99000001 cannot be read: " in told.err
        here.pubmed.faults.planned.clear()
        assert "the store knows it as wanted, without a record" in here.litwatch("explain", "99000001").out


def test_a_broken_file_does_not_hide_the_other(file: Path, tmp_path: Path) -> None:
    told = explained(file, str(tmp_path / "none.xml"), "--query", "ketamine[ti]")
    assert told.code == 1
    assert "none.xml: No such file" in told.err
    assert "99000002  Ketamine for anaesthesia" in told.out


def test_json_of_every_paper_is_one_line_each(file: Path) -> None:
    told = explained(file, "--json")
    assert [json.loads(line)["pmid"] for line in told.out.splitlines()] == [
        "99000001",
        "99000002",
        "99000003",
    ]


def test_on_a_terminal_the_words_are_styled_instead(file: Path) -> None:
    from io import StringIO

    from rich.console import Console

    from litwatch.cli.explain.terminal import Printer
    from litwatch.edge.files import records
    from litwatch.paper import Paper
    from litwatch.query.parse import parse
    from litwatch.study.explained import Asked, PaperExplainer

    (paper, *_) = (one for one in records(file) if isinstance(one, Paper))
    explained_paper = PaperExplainer([Asked("q", parse("ketamine[ti]"))]).explain(paper, "", date(2026, 3, 9))
    out = StringIO()
    Printer(Console(file=out, force_terminal=True, width=80, highlight=False)).paper(explained_paper)
    assert "\x1b[1;33m«Ketamine»\x1b[0m" in out.getvalue()


@pytest.mark.full
@pytest.mark.timeout(300)
def test_the_page_fits_a_phone_and_has_a_dark_side(file: Path, tmp_path: Path) -> None:
    page_of(file, tmp_path)
    script = ROOT / "scripts/screenshots"
    done = subprocess.run(
        [sys.executable, script, tmp_path / "page.html", tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""  # it tells of pages that scroll sideways
    for width in (700, 360):
        light, dark = (tmp_path / f"page-{width}-{scheme}.png" for scheme in ("light", "dark"))
        assert light.read_bytes() != dark.read_bytes()
