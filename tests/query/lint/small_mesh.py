"""A MeSH of a few headings in memory, so that what lint says of headings is proved without the shipped file.

Owns answering as edge/mesh does. Never tests anything.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from litwatch.query.mesh import Heading
from litwatch.query.nlm_tables import Subheading, find_subheading, shipped_subheadings, subheading_family
from litwatch.query.tokens import normal


@dataclass(frozen=True, slots=True)
class SmallMesh:
    """The headings by every name; all of them in order."""

    names: dict[str, Heading]
    headings: tuple[Heading, ...]
    version: str = "small"

    def find(self, name: str) -> Heading | None:
        return self.names.get(normal(name))

    def explode(self, heading: Heading) -> tuple[Heading, ...]:
        below = tuple(f"{number}." for number in heading.trees)
        return (heading, *(one for one in self.headings if any(n.startswith(below) for n in one.trees)))

    def subheadings(self, name: str) -> frozenset[str]:
        return subheading_family(name)

    def find_subheading(self, name: str) -> Subheading | None:
        return find_subheading(name)

    def all_subheadings(self) -> tuple[Subheading, ...]:
        return shipped_subheadings()


def small_mesh() -> SmallMesh:
    """The headings of mesh.toml."""
    rows = tomllib.loads(Path(__file__).with_name("mesh.toml").read_text("utf-8"))["heading"]
    headings = tuple(
        Heading(row["ui"], row["name"], tuple(row["trees"]), tuple(row["entry_terms"])) for row in rows
    )
    names = {normal(name): one for one in headings for name in (one.ui, *one.entry_terms)}
    names.update({normal(one.name): one for one in headings})
    return SmallMesh(names, headings)
