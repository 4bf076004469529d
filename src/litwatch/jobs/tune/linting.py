"""What lint warns of in a search, each with what is to be written instead, and what that would bring.

Owns how the price is found. Never looks for a mistake (query.lint does) and asks PubMed nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from litwatch.errors import QueryError
from litwatch.jobs.tune.desk import Desk
from litwatch.jobs.tune.seeding import weigh_on
from litwatch.paper import Paper
from litwatch.query.finding import Finding, Severity
from litwatch.query.lint import lint
from litwatch.query.mesh import asks_mesh
from litwatch.query.parse import parse
from litwatch.query.tree import Query

MOST = 8
"""So many are told and priced; `check` tells all."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A mistake that lint sees.

    Attributes:
        says: what stands there; instead: what to write there; advice: what to do where nothing can be pasted.
        seeds, store: seeds to develop on, and papers of the store, that `instead` would gain and lose; None without it.
    """

    severity: Severity
    code: str
    says: str
    instead: str
    advice: str
    seeds: tuple[int, int] | None = None
    store: tuple[int, int] | None = None


def warned(desk: Desk, query: Query, seeds: list[Paper]) -> tuple[Warned, ...]:
    """The errors and warnings of a search, errors first, each kind of words once."""
    mesh = desk.vocabulary.mesh if asks_mesh(query) else None
    findings = [one for one in lint(query, mesh) if one.severity != "hint"]
    findings.sort(key=lambda one: (one.severity != "error", one.start))
    distinct = {one.message: one for one in reversed(findings)}
    told = [one for one in dict.fromkeys(findings) if distinct[one.message] is one][:MOST]
    return tuple(_priced(desk, query, seeds, one) for one in told)


def _priced(desk: Desk, query: Query, seeds: list[Paper], one: Finding) -> Warned:
    bare = Warned(one.severity, one.code, one.message, one.instead, one.advice)
    if not one.instead:
        return bare
    with suppress(QueryError):
        new = parse(f"{query.source[: one.start]}{one.instead}{query.source[one.end :]}")
        stored = [desk.weigh(each).papers or 0 for each in (query, new)]
        found = [weigh_on(desk, each, seeds).papers or 0 for each in (query, new)] if seeds else None
        return replace(
            bare, seeds=_gained_and_lost(*found) if found else None, store=_gained_and_lost(*stored)
        )
    return bare


def _gained_and_lost(before: int, after: int) -> tuple[int, int]:
    return (after & ~before).bit_count(), (before & ~after).bit_count()
