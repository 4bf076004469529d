"""Made-up papers, studied by the shipped rules: what is found, and above all what is not.

Owns the tables papers.toml and quoted.toml. Never reads a real record (test_gold does).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from litwatch.paper import Paper, PublicationType
from litwatch.study.findings import Findings
from study.rules import student

PAPERS: list[dict[str, Any]] = [
    paper
    for name in ("papers.toml", "quoted.toml")
    for paper in tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))["paper"]
]
LISTS = ("dose", "routes", "drugs", "registrations")
VALUES = (
    "relevant",
    "design",
    "setting",
    "subjects",
    "participants",
    "studies",
    "followup_days",
    "secondary",
)


def studied(case: dict[str, Any]) -> Findings:
    types = tuple(map(PublicationType, case.get("types", ())))
    return student().study(
        Paper(pmid=99999999, title=case["title"], abstract=case["abstract"], publication_types=types)
    )


@pytest.mark.parametrize("case", PAPERS, ids=[case["name"] for case in PAPERS])
def test_a_made_up_paper_earns_its_topics_and_no_others(case: dict[str, Any]) -> None:
    tags = set(studied(case).tags)
    assert set(case.get("has", ())) <= tags
    assert not set(case.get("has_not", ())) & tags


@pytest.mark.parametrize("case", PAPERS, ids=[case["name"] for case in PAPERS])
def test_a_made_up_paper_is_what_it_is(case: dict[str, Any]) -> None:
    findings = studied(case)
    expected = {name: None if case[name] == "none" else case[name] for name in VALUES if name in case}
    assert {name: getattr(findings, name) for name in expected} == expected
    lists = {name: tuple(case[name]) for name in LISTS if name in case}
    assert {name: getattr(findings, name) for name in lists} == lists


@pytest.mark.parametrize("case", PAPERS, ids=[case["name"] for case in PAPERS])
def test_a_made_up_paper_is_quoted_by_whole_sentences(case: dict[str, Any]) -> None:
    quotes = studied(case).quotes
    expected = {
        name: None if case[name] == "none" else case[name]
        for name in ("result", "conclusion", "harm")
        if name in case
    }
    found = {name: span.text if (span := getattr(quotes, name)) else None for name in expected}
    assert found == expected


def test_papers_that_are_read_in_step_are_read_as_each_by_itself() -> None:
    made = [Paper(pmid=99000001, title=case["title"], abstract=case["abstract"]) for case in PAPERS]
    made.insert(
        3, Paper(pmid=99000002, title="Wheat in dry summers", abstract="Yields fell. RESULTS: So did rain.")
    )
    assert list(student().study_each(made)) == [student().study(each) for each in made]
