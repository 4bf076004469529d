"""Owns finding which of many leaves hold in one paper, in one pass over each of its texts.

Never knows queries or how leaves are joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter

import ahocorasick

from litwatch.errors import QueryError
from litwatch.paper import Paper
from litwatch.query.dates import Days, day_of, found_by
from litwatch.query.hits import Hits, Searched
from litwatch.query.leaves import Leaf, Person, Subset, Uids, When, Whole, Words
from litwatch.query.names import NameIndex
from litwatch.query.pieces import Pieces
from litwatch.query.proximity import near
from litwatch.query.record import DATES, PEOPLE, VALUES, ZONES_OF_PEOPLE
from litwatch.query.spans import Sought, sought, whole_holds
from litwatch.query.stars import stands_in

_NUMBERS = itemgetter(1)


def _automaton(needles: Mapping[str, Sequence[int]]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for needle, numbers in needles.items():
        automaton.add_word(needle, tuple(numbers))
    automaton.make_automaton()
    return automaton


class Lookup:
    """Leaves by number, and the tables that find them. Add all leaves, then build once.

    A number in a table is a leaf that holds; ~number one that must be looked at more closely.
    """

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        #: What is looked for where a leaf holds.
        self.sought: list[Sought | Whole | None] = []
        #: How long the needle of a leaf is that is nothing else; 0 for any other.
        self.lengths: list[int] = []
        self._numbers: dict[Leaf, int] = {}
        self._passes: list[tuple[ahocorasick.Automaton, tuple[str, ...]]] = []
        self._by_role: dict[str, ahocorasick.Automaton] = {}
        self._values: dict[str, dict[str, list[int]]] = {}
        self._uids: dict[int, list[int]] = {}
        self._people: dict[str, NameIndex] = {}
        self._others: list[int] = []
        self._pending = False

    def add(self, leaf: Leaf) -> int:
        """The number of the leaf; equal leaves have one."""
        number = self._numbers.setdefault(leaf, len(self.leaves))
        if number == len(self.leaves):
            self.leaves.append(leaf)
            self.sought.append(sought(leaf, leaf.needle if isinstance(leaf, Words) else ""))
            self.lengths.append(len(leaf.needle) if isinstance(leaf, Words) and leaf.plain else 0)
        return number

    def build(self) -> None:
        """Makes the tables."""
        zones: dict[str, dict[str, list[int]]] = {}
        roles: dict[str, dict[str, list[int]]] = {}
        for number, leaf in enumerate(self.leaves):
            if isinstance(leaf, Words):
                self._pending = self._pending or not leaf.plain
                needle = leaf.needle
                marked = number if leaf.plain else ~number
                for zone in leaf.zones:
                    if zone == "abstract" and leaf.roles is not None:
                        for role in leaf.roles:
                            roles.setdefault(role, {}).setdefault(needle, []).append(marked)
                    else:
                        zones.setdefault(zone, {}).setdefault(needle, []).append(marked)
            elif isinstance(leaf, Whole) and not leaf.pattern:
                table = self._values.setdefault(leaf.values, {})
                for key in leaf.keys - {""}:
                    table.setdefault(key, []).append(~number if leaf.qualifiers else number)
            elif isinstance(leaf, Person):
                self._people.setdefault(leaf.people, NameIndex()).add(leaf, number)
            elif isinstance(leaf, Uids) and not leaf.ranges:
                for uid in leaf.numbers:
                    self._uids.setdefault(uid, []).append(number)
            else:
                self._others.append(number)
        self._by_role = {role: _automaton(needles) for role, needles in roles.items()}
        # Zones that are searched for the same needles are searched as one text.
        alike: dict[tuple[tuple[str, tuple[int, ...]], ...], list[str]] = {}
        for zone, needles in zones.items():
            alike.setdefault(
                tuple((needle, tuple(numbers)) for needle, numbers in needles.items()), []
            ).append(zone)
        self._passes = [(_automaton(dict(needles)), tuple(names)) for needles, names in alike.items()]

    @property
    def asks_for_people(self) -> bool:
        """Whether any leaf looks at authors, their names, places or identifiers."""
        return any(
            isinstance(leaf, Person)
            or (isinstance(leaf, Words) and not ZONES_OF_PEOPLE.isdisjoint(leaf.zones))
            or (isinstance(leaf, Whole) and leaf.values == "author_identifiers")
            for leaf in self.leaves
        )

    def find(self, pieces: Pieces, today: date | None) -> tuple[set[int], list[Hits]]:
        """The numbers of the leaves that hold, and where needles were met."""
        paper = pieces.texts.paper
        found: set[int] = set()
        hits: list[Hits] = []
        for automaton, zones in self._passes:
            text = "|".join([text for zone in zones if (text := pieces.texts.zone(zone))])
            if text and (met := list(automaton.iter(text))):
                found.update(*map(_NUMBERS, met))
                hits.append(Hits(met, zones))
        if self._by_role and paper.abstract:
            for role, (worded, begin, ((low, high),)) in pieces.by_role:
                if role in self._by_role and (
                    met := list(self._by_role[role].iter(worded.normal, low, high))
                ):
                    found.update(*map(_NUMBERS, met))
                    hits.append(Hits(met, (Searched(0, worded, begin, "abstract"),)))
        for number in [number for number in found if number < 0] if self._pending else ():
            found.discard(number)
            if isinstance(leaf := self.leaves[~number], Words) and _words_hold(leaf, pieces):
                found.add(~number)
        found.update(self._of_values(paper))
        found.update(self._uids.get(paper.pmid, ()))
        for people, index in self._people.items():
            found.update(*map(index.named, PEOPLE[people](paper)))
        found.update(number for number in self._others if _holds(self.leaves[number], paper, today))
        return found, hits

    def _of_values(self, paper: Paper) -> Iterator[int]:
        for name, table in self._values.items():
            for keys in VALUES[name].keys(paper):
                for key in keys:
                    for number in table.get(key, ()):
                        if number >= 0:
                            yield number
                        elif isinstance(leaf := self.leaves[~number], Whole) and whole_holds(leaf, keys):
                            yield ~number


def _words_hold(leaf: Words, pieces: Pieces) -> bool:
    if leaf.distance is None:
        return any(stands_in(text, leaf.words) for text in pieces.allowed(leaf))
    return any(
        any(True for _ in near(text.split(), leaf.words, leaf.distance)) for text in pieces.allowed(leaf)
    )


def _holds(leaf: Leaf, paper: Paper, today: date | None) -> bool:
    if isinstance(leaf, Whole):
        return any(whole_holds(leaf, keys) for keys in VALUES[leaf.values].keys(paper))
    if isinstance(leaf, When):
        return _is_when(leaf, paper, today)
    if isinstance(leaf, Uids):
        return paper.pmid in leaf.numbers or any(low <= paper.pmid <= high for low, high in leaf.ranges)
    return isinstance(leaf, Subset) and in_subset(leaf, paper)


def _is_when(leaf: When, paper: Paper, today: date | None) -> bool:
    return found_by(asked_days(leaf, today), *map(day_of, DATES[leaf.values].written(paper)))


def asked_days(leaf: When, today: date | None) -> Days:
    """The stretch of days that the leaf asks for. Raises QueryError for a relative date without a today."""
    wanted = leaf.days
    if isinstance(wanted, Days):
        return wanted
    if today is None:
        term = leaf.term
        raise QueryError("a relative date needs to be told what today is", term.text, 0, len(term.text))
    return wanted.days(today, published=DATES[leaf.values].published)


def in_subset(leaf: Subset, paper: Paper) -> bool:
    """Whether the record is in the subset."""
    asked = leaf.filter
    if asked.status:
        return paper.status in asked.status
    if asked.publication_status:
        return paper.publication_status == asked.publication_status
    if asked.link:
        return any(link.kind == asked.link for link in paper.links)
    if asked.identifier:
        return any(kind == asked.identifier for kind, _ in paper.article_ids)
    if asked.foreign_abstract:
        return any(other.language not in ("", "eng") for other in paper.other_abstracts)
    if asked.book:
        whole = paper.title == paper.book_title
        return bool(paper.book_title) and whole == (asked.book == "whole")
    return bool(getattr(paper, asked.has))
