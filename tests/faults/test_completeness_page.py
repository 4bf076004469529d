"""docs/completeness.md names every fault that the sandbox plays, in its words, and only tests that are there."""

from __future__ import annotations

import re

from litwatch.sandbox.faults import ADDRESSES, FAULTS
from world import ROOT

PAGE = (ROOT / "docs" / "completeness.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table in a section, without its two head lines."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_fault_has_its_row_and_no_cell_is_empty() -> None:
    faults = {name: fault.says for name, fault in FAULTS.items()}
    faults |= {name: says for name, (_, says) in ADDRESSES.items()}
    table = rows("Every fault")
    assert {cells[0].strip("`"): cells[1] for cells in table} == faults
    assert len(table) == len(faults)
    assert all(len(cells) == 5 and all(cells) for cells in table)


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) >= len(rows("Faults together, and of our own"))
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text("utf-8"), f"{path}::{name}"


def test_how_when_is_read_stands_there() -> None:
    for order in ("NAME[:WHEN]", "cut:efetch,3", "500:always,2026-03-10", "mix:7,30%", "`@5`"):
        assert order in PAGE
