"""Lint finds what loses papers, at its place and with what to write instead, and keeps quiet about the rest.

Owns the tables found.toml and quiet.toml. Never uses the shipped MeSH (mesh.toml is enough).
"""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litwatch.query.lint import lint
from litwatch.query.parse import parse
from query.lint.small_mesh import small_mesh

MESH = small_mesh()
HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs" / "lint.md"


def table(name: str) -> list[dict[str, Any]]:
    return list(tomllib.loads(HERE.joinpath(name).read_text("utf-8"))["case"])


@pytest.mark.parametrize("case", table("found.toml"), ids=lambda case: f"{case['code']}: {case['rule'][:60]}")
def test_what_loses_papers_is_found_at_its_place(case: dict[str, Any]) -> None:
    query = case["query"]
    findings = lint(query, MESH, case.get("kind", "watch"))
    there = [one for one in findings if one.code == case["code"] and query[one.start : one.end] == case["at"]]
    told = [(one.code, one.severity, query[one.start : one.end]) for one in findings]
    assert there, told
    assert there[0].severity == case["severity"]
    assert case.get("instead", "") in there[0].instead
    assert case.get("why", "") in there[0].why
    assert case.get("advice", "") in there[0].advice
    if case.get("nothing_instead"):
        assert not there[0].instead


@pytest.mark.parametrize(
    ("query", "absent"),
    [(query, case["absent"]) for case in table("quiet.toml") for query in case["queries"]],
)
def test_what_is_right_raises_no_alarm(query: str, absent: list[str]) -> None:
    told = [(one.code, query[one.start : one.end]) for one in lint(query, MESH) if one.code in absent]
    assert told == []
    if "*" in absent:
        loud = [(one.code, one.message) for one in lint(query, MESH) if one.severity != "hint"]
        assert loud == []


def test_without_mesh_only_what_needs_it_is_left_out() -> None:
    query = "ketamine[tiab] AND (kettamine[mh] OR mood[tiab]) NOT animals[mh]"
    without, with_mesh = ({one.code for one in lint(query, mesh)} for mesh in (None, MESH))
    assert "unknown-heading" in with_mesh
    assert with_mesh - without <= {"unknown-heading", "text-only-concept", "missing-entry-terms"}
    assert "not-loses" in without


def test_without_mesh_no_heading_is_offered_for_emtree_and_ovids_are() -> None:
    offered = [one.instead for one in lint("'ketamine'/exp OR exp Ketamine/ OR \"mood\"/exp", None)]
    assert [one for one in offered if one] == ['"Ketamine"[mh]']


def test_a_misspelt_tag_does_not_hide_what_the_tree_shows() -> None:
    codes = {one.code for one in lint("ketamine[tiba] NOT animals[mh]", MESH)}
    assert {"misspelt-tag", "not-loses"} <= codes
    assert "syntax" not in codes


def test_text_and_query_give_the_same_findings() -> None:
    query = "ketamine[tiab] OR cat*[tiab] AND randomized[ti]"
    assert lint(query, MESH) == lint(parse(query), MESH)


def test_more_than_two_hundred_wildcards_are_a_warning_and_more_than_256_an_error() -> None:
    def severity(count: int) -> list[str]:
        query = " OR ".join(f"word{number}*[tiab]" for number in range(count))
        return [one.severity for one in lint(query) if one.code == "too-many-wildcards"]

    assert [severity(count) for count in (200, 201, 256, 257)] == [[], ["warning"], ["warning"], ["error"]]


def test_every_finding_says_where_why_and_which_element_of_press() -> None:
    for case in table("found.toml"):
        for one in lint(case["query"], MESH, case.get("kind", "watch")):
            assert 0 <= one.start <= one.end <= len(case["query"])
            assert one.message
            assert one.why
            assert 1 <= one.press <= 6


SOURCES = HERE.parents[2] / "src" / "litwatch" / "query" / "lint"


def codes_in_source() -> set[str]:
    """Every code that lint can give, as its modules spell it."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.py"))
    found = set(re.findall(r'Finding\(\s*"([a-z-]+)"', text))
    found |= set(re.findall(r'^\s+"([a-z]+(?:-[a-z]+)+)" if ', text, re.MULTILINE))
    return found | {
        "mesh-only-concept",
        "type-only-concept",
        "date-in-subquery",
        "journal-in-subquery",
        "syntax",
        "date-format",
    }


def test_every_code_is_in_the_documentation() -> None:
    documented = set(re.findall(r"^\| `([a-z-]+)`", DOCS.read_text("utf-8"), re.MULTILINE))
    assert codes_in_source() <= documented
    assert {case["code"] for case in table("found.toml")} <= documented


def test_every_code_of_search_query_for_pubmed_is_had_or_answered_for() -> None:
    rows = re.findall(
        r"^\| ((?:PARSE|STRUCT|TERM|FIELD|QUALITY|PUBMED)_\d{4}) \| (.+?) \|$",
        DOCS.read_text("utf-8"),
        re.MULTILINE,
    )
    said = dict(rows)
    for case in table("found.toml"):
        if "colrev" in case:
            assert f"`{case['code']}`" in said[case["colrev"]], case["colrev"]
    for code, text in said.items():
        assert "`" in text or text.startswith("no:"), code


PIECES = st.sampled_from(
    ["ketamine", "[tiab]", "[mh]", "[mh:noexp]", "[tiab:~3]", "[tiba]", "[", "]", "(", ")", '"', "“", "”", "*",
     " ", "\n", "#1", "# ", "1. ", "AND", "OR", "NOT", "and", "not", "&", "|", "/", ":", "2020", "[dp]", "[pt]",
     "review", "[sh]", "exp ", ".ti,ab.", "animals", "\u200b", "\u202e", "ß", "é", "\x00", "🙂", "[la]", "[ta]"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=30).map("".join)),
    st.sampled_from(["watch", "facet"]),
)
def test_whatever_is_typed_lint_answers(text: str, kind: Any) -> None:
    for one in lint(text, MESH, kind):
        assert 0 <= one.start <= one.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "a[tiab]" + ")" * 10_000,
        "(" * 10_000,
        '"' * 10_001,
        " OR ".join(f"word{number}x[tiab]" for number in range(5_000)),
        " OR ".join(f"(a{number}[ti] AND 2020[dp])" for number in range(4_000)),
        " OR ".join(f"aaaaaa{number}*[tiab]" for number in range(5_000)),
        "ketamine[tiab] and " * 5_000,
    ],
    ids=["deep", "open", "quotes", "words", "dates", "alike", "lower"],
)
def test_a_hundred_thousand_characters_are_looked_over_in_seconds(text: str) -> None:
    started = time.monotonic()
    lint(text, MESH)
    assert time.monotonic() - started < 20  # two or three here; what is not linear takes minutes


def test_no_other_field_is_offered_for_a_publication_date_and_none_named_for_a_range_that_is_over() -> None:
    (closed,) = (one for one in lint("ketamine[tiab] AND 2018:2024[dp]") if one.code == "publication-date")
    (open_end,) = (one for one in lint("ketamine[tiab] AND 2018:3000[dp]") if one.code == "publication-date")
    assert (closed.instead, open_end.instead) == ("", "")
    assert (closed.advice, "[crdt]" in open_end.advice) == ("", True)


def test_a_new_name_without_a_page_of_nlms_is_called_second_hand() -> None:
    for query, code in (
        ('"depressive disorder, major"[mh]', "renamed-heading"),
        ("congress[pt]", "renamed-type"),
    ):
        (found,) = (one for one in lint(query, MESH) if one.code == code)
        assert "second-hand" in found.message
