"""Owns what the rest of the core may ask of NLM's Medical Subject Headings (MeSH).

Never opens a file; edge/mesh.py answers from the one that is shipped, or from a newer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Heading:
    """A descriptor: its unique identifier ("D007649"; "" where the source has none), name, and other names.

    `trees` are its tree numbers ("F03.600.300.375"); what is narrower begins with one of them and a full stop.
    `entry_terms` are as the source has them, inverted forms ("depression, postpartum") among them.
    """

    ui: str
    name: str
    trees: tuple[str, ...] = ()
    entry_terms: tuple[str, ...] = ()


class Mesh(Protocol):
    """MeSH as far as it is loaded. Case and marks of a name do not count, as `tokens.normal` reads it."""

    @property
    def version(self) -> str:
        """The year and source: "2021, NLM"."""

    def find(self, name: str) -> Heading | None:
        """The heading of that name, entry term or UI; None where it is not loaded."""

    def explode(self, heading: Heading) -> tuple[Heading, ...]:
        """The heading and every one below it, by tree number."""

    def subheadings(self, name: str) -> frozenset[str]:
        """The subheading of that name or abbreviation and those of its family, as words; only itself where unknown."""
