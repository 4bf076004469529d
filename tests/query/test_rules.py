"""Proves that litwatch answers as PubMed's documentation says, case by case (issue 4, "It is done when").

Owns the reading of tests/query/rules/*.toml. Never says what is expected: the tables do, each beside its rule.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from litwatch.edge.mesh import MeshFile
from litwatch.errors import QueryError
from litwatch.paper import (
    Author,
    DataBank,
    Grant,
    Link,
    MeshHeading,
    OtherAbstract,
    Paper,
    PublicationType,
    Qualifier,
    Section,
    Substance,
)
from litwatch.query.fields import fields
from litwatch.query.leaves import Vocabulary
from litwatch.query.match import Scope, compile_scopes, pubmed_only
from litwatch.query.parse import parse
from litwatch.query.record import DATES, PEOPLE, VALUES, ZONES
from litwatch.query.tree import leaves

RULES = Path(__file__).parent / "rules"
TODAY = date(2024, 2, 4)
SHIPPED = Vocabulary(mesh=MeshFile())
EXPECTED = (True, False, "error", "pubmed only")


@dataclass(frozen=True, slots=True)
class Case:
    """One row: `expected` is True, False, "error" (refused) or "pubmed only" (no record can answer it).

    `silent` marks what the documentation leaves open: there the answer is the one that loses no paper.
    """

    area: str
    name: str
    query: str
    record: dict[str, Any]
    expected: bool | str
    rule: str
    source: str
    today: date
    silent: bool


def person(row: str | dict[str, Any]) -> Author:
    """A table of the fields, "Last|Fore|Initials|Suffix" or "=Group"."""
    if isinstance(row, dict):
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
        }
        return Author(**values)
    if row.startswith("="):
        return Author(collective_name=row[1:])
    last, fore, initials, suffix = (row.split("|") + [""] * 3)[:4]
    return Author(last, fore, initials, suffix)


def heading(row: str) -> MeshHeading:
    """NLM's notation, after the UI: "D006973 *Hypertension/*drug therapy"."""
    ui, _, name = row.partition(" ")
    descriptor, *qualifiers = name.split("/")
    return MeshHeading(
        descriptor.lstrip("*"),
        ui.strip("-"),
        descriptor.startswith("*"),
        tuple(Qualifier(one.lstrip("*"), "", one.startswith("*")) for one in qualifiers),
    )


def publication_type(row: str) -> PublicationType:
    ui, _, name = row.partition(" ")
    return PublicationType(name, ui.strip("-"))


def substance(row: str) -> Substance:
    ui, name, number = row.split("|")
    return Substance(name, ui, number)


def link(row: str) -> Link:
    kind, _, rest = row.partition(" ")
    pmid, _, note = rest.partition(" ")
    return Link(kind, int(pmid) if pmid else None, "", note)


def data_bank(row: dict[str, Any]) -> DataBank:
    return DataBank(row["name"], tuple(row.get("accession_numbers", ())))


READERS: dict[str, Callable[[Any], Any]] = {
    "authors": person, "investigators": person, "personal_name_subjects": person, "editors": person,
    "mesh": heading, "publication_types": publication_type, "substances": substance, "links": link,
    "data_banks": data_bank, "grants": lambda row: Grant(**row), "other_abstracts": lambda row: OtherAbstract(**row),
    "sections": lambda row: Section(**row), "article_ids": tuple,
}  # fmt: skip


@cache
def named_records() -> dict[str, dict[str, Any]]:
    return tomllib.loads((RULES / "records.toml").read_text("utf-8"))


def paper(row: dict[str, Any]) -> Paper:
    values: dict[str, Any] = {
        key: tuple(READERS[key](one) if key in READERS else one for one in value)
        if isinstance(value, list)
        else value
        for key, value in row.items()
    }
    return Paper(**{"pmid": 99000001, **values})


def row_of(record: str | dict[str, Any]) -> dict[str, Any]:
    return named_records()[record] if isinstance(record, str) else record


def cases() -> list[Case]:
    return [
        Case(
            path.stem,
            row["name"],
            row["query"],
            row_of(row.get("record", rule.get("record", "empty"))),
            row["expected"],
            rule["says"],
            rule["source"],
            row.get("today", rule.get("today", TODAY)),
            row.get("silent", rule.get("silent", False)),
        )
        for path in sorted(RULES.glob("*.toml"))
        if path.stem != "records"
        for rule in tomllib.loads(path.read_text("utf-8"))["rule"]
        for row in rule["cases"]
    ]


CASES = cases()


def answer(case: Case) -> bool | str:
    """What litwatch says, with the MeSH that is shipped, as the commands use it."""
    try:
        query = parse(case.query)
    except QueryError:
        return "error"
    if case.expected == "pubmed only":
        return "pubmed only" if pubmed_only(query) else "answered here"
    return compile_scopes([Scope(query)], SHIPPED).read(paper(case.record), (), case.today).matches(0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.area}: {case.name}")
def test_litwatch_answers_as_pubmed_documents(case: Case) -> None:
    assert answer(case) == case.expected, f"{case.query}\n{case.rule}\n{case.source}"


def test_the_table_is_whole() -> None:
    """Two hundred cases and more, each named once, each with a rule and where it stands; both answers in each area."""
    assert len(CASES) >= 220
    assert len({(case.area, case.name) for case in CASES}) == len(CASES)
    for case in CASES:
        assert case.expected in EXPECTED, case.name
        assert case.rule.endswith("."), case.rule
        assert case.source.startswith(("https://", "http://", "issue 4", "pubmed-facts")), case.source
    for area in {case.area for case in CASES}:
        answers = {case.expected for case in CASES if case.area == area}
        assert True in answers, area
        assert answers - {True}, area


def tags_of(query: str) -> set[str]:
    try:
        return {term.tag for term in leaves(parse(query))}
    except QueryError:
        return set()


def test_every_field_names_what_a_record_has_and_is_asked_for_by_a_case() -> None:
    """A slip in fields.toml would be found by the first researcher who writes the tag."""
    places: dict[str, Container[str]] = {"person": PEOPLE, "date": DATES, "whole": VALUES}
    asked = {tag for case in CASES for tag in tags_of(case.query)}
    for field in fields().values():
        assert set(field.zones) <= {*ZONES, "*"}, field.tag
        assert bool(field.zones) is (field.kind == "words"), field.tag
        assert field.values in places.get(field.kind, ("",)), field.tag
        assert (field.stands_for or field.tag) in asked, field.tag
