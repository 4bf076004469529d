"""The watches in config/examples: a subject is configuration. Taken as a user takes them, without a line of Python.

Owns their made-up papers (examples/*.toml), from the file to the digest. Never asks how well they do on real records.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from jsonschema import Draft202012Validator

from config.test_shipped import TOPICS
from litwatch.edge.config import Watch, json_schema, load, load_watch
from litwatch.paper import Paper, PublicationType
from litwatch.query.match import matches
from litwatch.study.findings import Findings
from litwatch.study.student import Student, compile_rules
from world import ROOT, World, litwatch, world

FOLDER = ROOT / "config" / "examples"
EXAMPLES = ("neurosteroids-postpartum", "psilocybin-depression")
LISTS = ("drugs", "routes", "registrations")
VALUES = ("relevant", "design", "setting", "subjects", "participants")
QUOTES = ("result", "conclusion", "harm")
READERS = """
[[subscriber]]
address = "all@example.org"
watches = ["ketamine-depression", "psilocybin-depression", "neurosteroids-postpartum"]

[[subscriber]]
address = "harms@example.org"
watches = ["psilocybin-depression", "neurosteroids-postpartum"]
topics = ["safety"]
"""
#: What each search found long ago (PubMed that lists nothing at first is a failure), and a paper of the first watch.
OLD = [
    {"pmid": pmid, "title": f"{drug} and depression after childbirth: a letter", "abstract": ""}
    for pmid, drug in ((99000302, "Ketamine"), (99000303, "Psilocybin"), (99000304, "Brexanolone"))
]
KETAMINE = {
    "pmid": 99000301,
    "title": "Ketamine for major depression: a randomised trial",
    "abstract": "METHODS: We randomised 50 adults with depression to ketamine or midazolam. "
    "RESULTS: Depression scores fell by 9 points with ketamine and by 4 with midazolam (P = 0.01).",
}


def papers(watch: str) -> list[dict[str, Any]]:
    text = (Path(__file__).parent / "examples" / f"{watch}.toml").read_text("utf-8")
    made: list[dict[str, Any]] = tomllib.loads(text)["paper"]
    return made


ALL = [(name, case) for name in EXAMPLES for case in papers(name)]
CASES = [pytest.param(name, case, id=f"{name}: {case['name']}") for name, case in ALL]
FOUND = [one for one, (_, case) in zip(CASES, ALL, strict=True) if case.get("found", True)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped configuration, with the examples copied into watches/ and named in subscribers.toml."""
    return taken(tmp_path_factory.mktemp("taken") / "config")


def taken(folder: Path) -> Path:
    if not folder.exists():
        shutil.copytree(ROOT / "config", folder, ignore=shutil.ignore_patterns("var"))
    for name in EXAMPLES:
        shutil.copy(folder / "examples" / f"{name}.toml", folder / "watches")
    (folder / "subscribers.toml").write_text(READERS, "utf-8")
    return folder


@cache
def watch(name: str) -> Watch:
    """As it stands in examples/, among the shipped facets."""
    return load_watch(FOLDER / f"{name}.toml", ROOT / "config", name)


@cache
def student(name: str) -> Student:
    return compile_rules(watch(name).rules)


def paper(case: dict[str, Any]) -> Paper:
    types = tuple(PublicationType(name) for name in case.get("publication_types", ()))
    return Paper(pmid=case["pmid"], title=case["title"], abstract=case["abstract"], publication_types=types)


def studied(name: str, case: dict[str, Any]) -> Findings:
    return student(name).study(paper(case))


def test_every_example_is_here_with_its_papers() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == list(EXAMPLES)
    for name in EXAMPLES:
        assert len(papers(name)) >= 8


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_whole_watch(name: str) -> None:
    toml = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    assert list(Draft202012Validator(json_schema("watch")).iter_errors(toml)) == []
    assert {"title", "query", "relevance", "drugs", "makers", "topics", "sentinels"} <= set(toml)
    assert {"sections", "unless", "query"} == set(toml["relevance"])
    # A reader's `topics` hold for all watches; the first three lead the digest. One more is the subject's own.
    assert set(toml["topics"]) > TOPICS
    assert list(toml["topics"])[:3] == ["efficacy", "safety", "long_term"]
    # Its name is in the line that a user copies from its head.
    head = (FOLDER / f"{name}.toml").read_text("utf-8").partition("title = ")[0]
    assert f"config/examples/{name}.toml config/watches/" in head
    assert f'watches = ["{name}"]' in head


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_query_of_it_asks_for_the_subject_that_it_was_made_from(name: str) -> None:
    """Ketamine is named only where that takes a paper away."""
    toml = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    entries = [toml, toml["relevance"], *toml["topics"].values(), *toml["drugs"].values()]
    assert [entry["query"] for entry in entries if "ketamin" in entry["query"].lower()] == []


def test_its_guard_is_a_query_once_the_mark_is_taken_away(folder: Path, tmp_path: Path) -> None:
    here = tmp_path / "config"
    shutil.copytree(folder, here)
    for name in EXAMPLES:
        path = here / "watches" / f"{name}.toml"
        lines = path.read_text("utf-8").split("\n")
        first = next(number for number, line in enumerate(lines) if line.startswith("# guard = "))
        while lines[first].startswith("# "):
            lines[first] = lines[first][2:]
            first += 1
        path.write_text("\n".join(lines), "utf-8")
    guarded = {one.name: one.guard for one in load(here, {}).watches}
    assert all(guarded[name] is not None for name in EXAMPLES)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_the_search_finds_what_it_should(name: str, case: dict[str, Any]) -> None:
    assert matches(watch(name).query, paper(case)) == case.get("found", True)


@pytest.mark.parametrize(("name", "case"), FOUND)
def test_a_made_up_paper_earns_its_topics_and_no_others(name: str, case: dict[str, Any]) -> None:
    tags = set(studied(name, case).tags)
    assert set(case.get("has", ())) <= tags
    assert not set(case.get("has_not", ())) & tags


@pytest.mark.parametrize(("name", "case"), FOUND)
def test_a_made_up_paper_is_what_it_is(name: str, case: dict[str, Any]) -> None:
    findings = studied(name, case)
    expected = {key: None if case[key] == "none" else case[key] for key in VALUES if key in case}
    assert {key: getattr(findings, key) for key in expected} == expected
    assert {key: list(getattr(findings, key)) for key in LISTS if key in case} == {
        key: case[key] for key in LISTS if key in case
    }
    quoted = {
        key: span.text if (span := getattr(findings.quotes, key)) else None for key in QUOTES if key in case
    }
    assert quoted == {key: None if case[key] == "none" else case[key] for key in quoted}


def test_check_finds_nothing_to_mend_in_them(folder: Path) -> None:
    done = litwatch("--config", str(folder), "check", "--json", folder=folder)
    assert done.code == 0, done.err
    loud = [one for one in json.loads(done.out)["findings"] if one["severity"] != "hint"]
    assert loud == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_tag_reads_records_by_the_watch_that_was_taken(name: str, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    lines = ({key: case[key] for key in ("pmid", "title", "abstract")} for case in papers(name))
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    done = litwatch("--config", str(folder), "tag", str(file), "--watch", name, "--json", folder=tmp_path)
    assert done.code == 0, done.err
    told = {int(one["pmid"]): one for one in done.objects()}
    assert {pmid: set(one["tags"]) for pmid, one in told.items()} == {
        case["pmid"]: set(studied(name, {**case, "publication_types": []}).tags) for case in papers(name)
    }


def record(case: dict[str, Any], day: date) -> str:
    types = "".join(
        f'<PublicationType UI="">{escape(name)}</PublicationType>'
        for name in case.get("publication_types", ["Journal Article"])
    )
    abstract = f"<Abstract><AbstractText>{escape(case['abstract'])}</AbstractText></Abstract>"
    when = f"<Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}</Day>"
    return (
        f'<PubmedArticle><MedlineCitation Status="PubMed-not-MEDLINE"><PMID Version="1">{case["pmid"]}</PMID>'
        f"<Article><Journal><JournalIssue><PubDate><Year>{day.year}</Year></PubDate></JournalIssue>"
        f"<Title>Made-up Journal</Title></Journal><ArticleTitle>{escape(case['title'])}</ArticleTitle>"
        f"{abstract if case['abstract'] else ''}<Language>eng</Language>"
        f"<PublicationTypeList>{types}</PublicationTypeList></Article></MedlineCitation><PubmedData><History>"
        f'<PubMedPubDate PubStatus="entrez">{when}</PubMedPubDate>'
        f'<PubMedPubDate PubStatus="pubmed">{when}</PubMedPubDate></History><PublicationStatus>epublish'
        f'</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{case["pmid"]}</ArticleId>'
        "</ArticleIdList></PubmedData></PubmedArticle>"
    )


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A Monday after the papers came: collected, tagged and mailed, three watches side by side."""
    made = tmp_path_factory.mktemp("three")
    corpus = made / "corpus"
    corpus.mkdir()
    for day, cases in ((date(2026, 1, 5), OLD), (date(2026, 3, 5), [KETAMINE, *(case for _, case in ALL)])):
        records = "".join(record(case, day) for case in cases)
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>{records}</PubmedArticleSet>\n'
        (corpus / f"{day}.xml").write_text(text, "utf-8")
    with world(made / "here", corpus, today=date(2026, 3, 2)) as here:
        taken(here.config)
        for now in ("2026-03-02T06:00:00Z", "2026-03-09T07:05:00Z"):
            outcome = here.run(now)
            assert outcome.code == 0, outcome.err
        yield here


def test_the_whole_path_runs_for_all_three_watches(mailed: World) -> None:
    held = {(one["watch"], int(one["pmid"])) for one in mailed.litwatch("papers", "--json").objects()}
    for name in EXAMPLES:
        expected = {case["pmid"] for case in papers(name) if case.get("found", True)}
        assert {pmid for watch, pmid in held if watch == name} >= expected
        missed = {case["pmid"] for case in papers(name)} - expected
        assert not {(name, pmid) for pmid in missed} & held
    assert ("ketamine-depression", 99000301) in held


def digest(here: World, address: str, watch: str) -> str:
    title = tomllib.loads((here.config / "watches" / f"{watch}.toml").read_text("utf-8"))["title"]
    [mail] = [
        one for one in here.mails() if one["To"] == address and str(one["Subject"]).startswith(f"{title}: ")
    ]
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def test_each_subject_has_its_digest_beside_that_of_ketamine(mailed: World) -> None:
    ours, women, mind = (
        digest(mailed, "all@example.org", name) for name in ("ketamine-depression", *EXAMPLES)
    )
    assert "ketamine and 4 with midazolam" not in women + mind
    assert "Depression scores fell by 9 points with ketamine and by 4 with midazolam" in ours
    assert "the HAMD-17 score had fallen by 15.4 points with zuranolone" in women
    assert "the MADRS score had fallen by 11.2 points with 25 mg" in mind
    # The labels of each, and the topic of its own.
    assert "zuranolone, oral | zuranolone 50 mg | compared with placebo | follow-up 15 days" in women
    assert "Mother and child: - " in women
    assert "psilocybin, oral" in mind
    assert "Psychological support: - " in mind
    # What is off the subject is found and stands by its title, not in full.
    assert "Brexanolone in super-refractory status epilepticus" in women
    assert "Weaning succeeded" not in women
    assert "Psilocybin and smoking cessation" in mind
    assert "Twelve were abstinent" not in mind


def test_one_choice_of_topics_holds_for_both_subjects(mailed: World) -> None:
    women, mind = (digest(mailed, "harms@example.org", name) for name in EXAMPLES)
    assert "Somnolence was the most common adverse event (24% v 6%)." in women
    assert "Headache (31% v 12%) and nausea were the most common adverse events." in mind
    # Money and durability are no harms: these stand by title.
    assert "Costs per quality-adjusted life year" not in women
    assert "Why it is here: Efficacy, Long-term effects, Relapse and durability" in digest(
        mailed, "all@example.org", EXAMPLES[1]
    )
    assert "Why it is here: Efficacy, Long-term effects, Relapse and durability" not in mind
