"""Proves what explain shows of a record that is no running text: dates, names, groups, headings."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.paper import Author, Grant, MeshHeading, Paper, Qualifier
from litwatch.query.explain import explain
from litwatch.query.parse import parse

PAPER = Paper(
    99000001,
    authors=(Author("Almond", "Ada B", "AB"), Author(collective_name="KETA Study Group")),
    publication_date="2026 Mar-Apr",
    electronic_date="2026 Jan 5",
    entry_date=date(2026, 1, 7),
    create_date=date(2026, 1, 6),
    mesh_date=date(2026, 2, 1),
    grants=(Grant("R01 MH000001", "MH", "NIMH NIH HHS", "United States"),),
    mesh=(MeshHeading("Neoplasms", "D009369", qualifiers=(Qualifier("prevention & control"),)),),
)
UNINDEXED = Paper(99000002, publication_date="2026", entry_date=date(2026, 1, 7))

CASES: list[tuple[str, Paper, tuple[str, ...]]] = [
    ("2026/01[dp]", PAPER, ("2026 Mar-Apr", "2026 Jan 5")),
    ("2026/03[ppdat]", PAPER, ("2026 Mar-Apr",)),
    ("2026/01[epdat]", PAPER, ("2026 Jan 5",)),
    ("2026/01/07[edat]", PAPER, ("2026-01-07",)),
    ("2026/01/06[crdt]", PAPER, ("2026-01-06",)),
    ("2026/02/01[mhda]", PAPER, ("2026-02-01",)),
    ("2026/01/07[mhda]", UNINDEXED, ("2026-01-07",)),
    ("2026[dcom]", UNINDEXED, ()),
    ("2026[dp]", UNINDEXED, ("2026",)),
    ("almond a[au]", PAPER, ("Almond AB",)),
    ("keta study group[au]", PAPER, ("KETA Study Group",)),
    ("study group[cn]", PAPER, ("KETA Study Group",)),
    ("NIMH[gr]", PAPER, ("R01 MH000001 MH/NIMH NIH HHS/United States",)),
    ("NIMH*[gr]", PAPER, ("R01 MH000001 MH/NIMH NIH HHS/United States",)),
    ("neoplasms/pc[mh]", PAPER, ("Neoplasms/prevention & control",)),
    ('"prevention and control"[tw]', PAPER, ("prevention and control",)),
]


@pytest.mark.parametrize(("query", "paper", "expected"), CASES)
def test_what_the_record_says_is_shown(query: str, paper: Paper, expected: tuple[str, ...]) -> None:
    assert explain(parse(query), paper).values == expected
