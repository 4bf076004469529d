"""A published filter is known inside any query, whatever its layout and order, and is left alone but for errors.

Owns a filter made up here; the real ones are third parties' texts, looked at where they lie beside the repository.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from litwatch.edge.mesh import MeshFile
from litwatch.query.lint import lint
from litwatch.query.lint.published import fingerprints, published_filters, published_places
from litwatch.query.lint.structure import structure_of
from litwatch.query.parse import parse

STRATEGIES = Path("/work/notes/strategies/index.json")
FILTER = "mood disorder[tiab] OR randomized[tiab] OR cohort[mh]"


def mark(text: str) -> str:
    root = parse(text).root
    return fingerprints(root)[id(root)]


@pytest.mark.parametrize(
    "written",
    [
        "randomized [Title/Abstract] OR\n  cohort[MeSH Terms] OR Mood Disorder[tiab]",
        "((cohort[mesh] OR mood disorder[tiab] OR randomized[tiab]))",
    ],
)
def test_layout_order_and_long_tags_do_not_change_a_fingerprint(written: str) -> None:
    assert mark(written) == mark(FILTER)


@pytest.mark.parametrize(
    "other", [FILTER.replace("mh]", "mh:noexp]"), FILTER.replace(" OR c", " NOT c"), f"x[ti] OR {FILTER}"]
)
def test_another_meaning_has_another_fingerprint(other: str) -> None:
    assert mark(other) != mark(FILTER)


def test_the_filter_is_found_where_it_stands() -> None:
    query = f"ketamine[tiab] AND ({FILTER}) NOT animals[mh]"
    [(start, end)] = published_places(structure_of(parse(query)), {mark(FILTER): "ours"})
    assert query[start:end] == FILTER


def strategies() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(STRATEGIES.read_text("utf-8")) if STRATEGIES.exists() else []
    return [one for one in found if one["name"].startswith(("haynes_", "cochrane_", "nlm_systematic"))]


@pytest.mark.skipif(
    not STRATEGIES.exists(), reason="the published strategies are third parties', and not shipped"
)
@pytest.mark.parametrize("strategy", strategies(), ids=lambda strategy: strategy["name"])
def test_nothing_but_errors_is_said_of_a_published_filter(strategy: dict[str, Any]) -> None:
    whole = strategy["query"].strip()
    assert {one.severity for one in lint(whole, MeshFile())} <= {"error"}
    assert set(fingerprints(parse(whole).root).values()) & set(published_filters())
    inside = f"ketamine[tiab] AND ({whole})"
    at = inside.index(whole)
    loud = [one.code for one in lint(inside, MeshFile()) if one.start > at and one.severity != "error"]
    assert loud == []


def test_a_misspelt_heading_is_offered_by_the_shipped_mesh() -> None:
    [found] = [
        one
        for one in lint('"Depresion"[mh] OR depression[tiab]', MeshFile())
        if one.code == "unknown-heading"
    ]
    assert found.instead == '"Depression"[mh]'
