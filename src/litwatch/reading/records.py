"""What a reader yields beside papers.

Owns Unreadable, Deleted and the Record union. Never reads bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.paper import Paper

PMID_DIGITS = 9
"""Figures of a PMID at most; today's have eight. A longer number is a mistake, and no store holds it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not be read.

    `position` counts records from 1 (lines, in a JSON-lines file); `pmid` is what could be made out, or None.
    """

    position: int
    pmid: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A DeleteCitation of an NLM update file: PMIDs that are no longer in PubMed, and which version of each."""

    pmids: tuple[int, ...]
    versions: tuple[int, ...]


Record = Paper | Unreadable | Deleted
