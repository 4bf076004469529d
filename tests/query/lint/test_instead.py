"""What `instead` says can be pasted in place of what the carets stand under: it parses, and the finding is gone.

Owns the contract for every table case. Never says what lint should find.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from litwatch.errors import QueryError
from litwatch.query.finding import Finding
from litwatch.query.lint import lint
from litwatch.query.mesh import Mesh
from litwatch.query.parse import parse
from query.lint.small_mesh import small_mesh
from query.test_round_trip import QUERIES
from query.test_round_trip import strategies as numbered

HERE = Path(__file__).parent


def cases() -> Iterator[tuple[str, Any]]:
    """Every query of found.toml and quiet.toml, and the kind that it is for."""
    for case in tomllib.loads(HERE.joinpath("found.toml").read_text("utf-8"))["case"]:
        yield case["query"], case.get("kind", "watch")
    for case in tomllib.loads(HERE.joinpath("quiet.toml").read_text("utf-8"))["case"]:
        yield from ((query, "watch") for query in case["queries"])


def broken(text: str) -> bool:
    """Whether the text is refused."""
    try:
        parse(text)
    except QueryError:
        return True
    return False


def told(text: str, mesh: Mesh, kind: Any) -> list[Finding]:
    return list(lint(text, mesh, kind))


def faults(query: str, mesh: Mesh, kind: Any) -> Iterator[str]:
    """What breaks the contract."""
    findings = told(query, mesh, kind)
    was_broken = broken(query)
    places = [(one.start, one.end) for one in findings if one.instead]
    if len(places) > len(set(places)):
        yield "two offers for one place, of which one can be pasted"
    for one in findings:
        if not one.instead:
            continue
        spliced = query[: one.start] + one.instead + query[one.end :]
        said = f"{one.code} {query[one.start : one.end]!r} -> {one.instead!r}"
        others = [other for other in findings if other.severity == "error" and other is not one]
        if broken(spliced) and not (was_broken and others):
            yield f"{said}: does not parse"
        written = query[one.start : one.end]
        for left in told(spliced, mesh, kind):
            place = spliced[left.start : left.end]
            if left.code == one.code and left.start == one.start and place in (written, one.instead):
                yield f"{said}: is still there"


@pytest.mark.parametrize(("query", "kind"), list(dict.fromkeys(cases())))
def test_what_is_offered_can_be_pasted_and_mends_it(query: str, kind: Any) -> None:
    assert list(faults(query, small_mesh(), kind)) == []


@settings(max_examples=150, deadline=None)
@given(QUERIES | numbered())
def test_what_is_offered_for_any_query_can_be_pasted_and_mends_it(query: str) -> None:
    assert list(faults(query, small_mesh(), "watch")) == []
