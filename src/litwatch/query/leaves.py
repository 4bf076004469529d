"""Owns what a term of a query asks of one paper: leaves that are looked up, and how they are joined.

Never looks at a paper; match.py does, and spans.py finds where.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from litwatch.query.dates import Days, Lately, read_dates
from litwatch.query.record import number_keys, zone_names
from litwatch.query.tokens import normal, query_words
from litwatch.query.tree import Term
from litwatch.query.vocabulary import (
    Filter,
    find_filter,
    narrower_type_keys,
    stop_words,
    subheading_names,
    type_keys,
)

_EDGE_WORDS = frozenset(("and", "or", "not"))


@dataclass(frozen=True, slots=True)
class Words:
    """A word or phrase in zones of text; a `*` in a word stands for any letters and digits.

    `roles` says in which passages of the abstract it counts (None: in the whole abstract).
    `distance` is the N of [tiab:~N]: the words in any order, at most N other words between them.
    """

    words: tuple[str, ...]
    zones: tuple[str, ...]
    roles: frozenset[str] | None = None
    distance: int | None = None

    @property
    def plain(self) -> bool:
        """Whether one needle says it all: a phrase whose only `*` is its last character."""
        return self.distance is None and "*" not in " ".join(self.words)[:-1]

    @property
    def needle(self) -> str:
        """What stands in the normal text of every paper that matches; of a plain leaf, only there."""
        if self.plain:
            phrase = " ".join(self.words)
            return f" {phrase[:-1]}" if phrase.endswith("*") else f" {phrase} "
        heads = [f" {word.split('*')[0]}" if "*" in word else f" {word} " for word in self.words]
        return max(heads, key=len)


@dataclass(frozen=True, slots=True)
class Whole:
    """A value of the record that equals one of `keys` or, where a `*` cuts it, fits `pattern`."""

    values: str
    keys: frozenset[str]
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A name in the author index; without quotes the initials may go on ("smith j" finds Smith JB).

    `cut`: a `*` ends it, and the name itself may go on.
    """

    people: str
    name: str
    quoted: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A date of the record inside a stretch of days."""

    values: str
    days: Days | Lately
    term: Term


@dataclass(frozen=True, slots=True)
class Uids:
    """PMIDs by their numbers and by ranges, ends included."""

    numbers: frozenset[int]
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Subset:
    """A filter that the record answers."""

    filter: Filter


Leaf = Words | Whole | Person | When | Uids | Subset


@dataclass(frozen=True, slots=True)
class Joined:
    """Leaves of one term: all of them must hold, or any."""

    how: Literal["all", "any"]
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is narrower than a heading or a subheading, itself included; as it comes, only itself.

    Both take a name as the researcher wrote it. The whole of MeSH is handed in from outside.
    """

    headings: Callable[[str], frozenset[str]] = lambda name: frozenset((name,))
    subheadings: Callable[[str], frozenset[str]] = lambda name: frozenset((name,))


def only_pubmed_knows(term: Term) -> bool:
    """Whether no record can answer the term: an unknown filter, a pharmacological action."""
    if term.field.kind == "filter":
        return find_filter(term.text) is None
    return term.field.kind == "pubmed"


def term_leaves(term: Term, sections: frozenset[str], vocabulary: Vocabulary) -> Joined | None:
    """What the term asks of a paper, text only in `sections` (empty: everywhere); None: only PubMed knows."""
    if only_pubmed_knows(term):
        return None
    field = term.field
    if field.kind == "words":
        return _words(term, sections)
    if field.kind == "person":
        return Joined("any", (_person(term),))
    if field.kind == "date":
        return Joined("any", (When(field.values, read_dates(term.text), term),))
    if field.kind == "uid":
        return Joined("any", (_uids(term.text),))
    if field.kind == "filter":
        found = find_filter(term.text)
        assert found is not None
        return Joined("any", (Subset(found),))
    return Joined("any", (_whole(term, vocabulary),))


def _words(term: Term, sections: frozenset[str]) -> Joined:
    found = find_filter(term.text) if not term.quoted and term.tag in ("", "all", "tw") else None
    if found is not None and found.untagged:
        return Joined("any", (Subset(found),))
    zones = zone_names(term.field.zones)
    roles: frozenset[str] | None = None
    if sections and ("title" in zones or "abstract" in zones):
        roles = sections - {"title"} if "abstract" in zones else frozenset()
        zones = tuple(
            zone
            for zone in zones
            if (zone == "title" and "title" in sections) or (zone == "abstract" and roles)
        )
    words = query_words(term.text)
    if not term.tag and not term.quoted:
        kept = [word for word in words if word not in stop_words()] or words
        return Joined("all", tuple(Words((word,), zones, roles) for word in kept))
    if not term.quoted:
        words = _without_edge_words(words)
    distance = None if "*" in term.text else term.distance
    return Joined("any", (Words(words, zones, roles, distance),))


def _without_edge_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """A lower-case and, or, not at the edge of an unquoted term is a stop word between two terms."""
    first, last = 0, len(words)
    while first < last - 1 and words[first] in _EDGE_WORDS:
        first += 1
    while last > first + 1 and words[last - 1] in _EDGE_WORDS:
        last -= 1
    return words[first:last]


def _person(term: Term) -> Person:
    head, star, _ = term.text.replace("'", "").replace("\u2019", "").partition("*")
    return Person(term.field.values, normal(head), term.quoted, bool(star))


def _uids(text: str) -> Uids:
    numbers: set[int] = set()
    ranges: list[tuple[int, int]] = []
    for part in text.split():
        low, colon, high = part.partition(":")
        if colon:
            ranges.append((int(low), int(high)))
        else:
            numbers.add(int(low))
    return Uids(frozenset(numbers), tuple(ranges))


def _whole(term: Term, vocabulary: Vocabulary) -> Whole:
    values = term.field.values
    if "*" in term.text:
        parts = (" ".join(query_words(part)) for part in term.text.split("/"))
        pattern = "/" if values in ("mesh", "major_mesh") else " "
        written = pattern.join(parts)
        return Whole(values, frozenset(), "".join(".*" if c == "*" else re.escape(c) for c in written))
    if values in ("mesh", "major_mesh"):
        return Whole(values, _heading_keys(term, vocabulary))
    if values == "subheadings":
        name = _subheading(term.text)
        names = vocabulary.subheadings(name) if term.explode else frozenset((name,))
        return Whole(values, frozenset(map(normal, names)))
    if values == "publication_types":
        return Whole(values, narrower_type_keys(term.text) if term.explode else type_keys(term.text))
    return Whole(values, frozenset(number_keys(term.text)))


def _subheading(text: str) -> str:
    return subheading_names().get(text.strip().lower(), text)


def _heading_keys(term: Term, vocabulary: Vocabulary) -> frozenset[str]:
    """Headings by name, with a subheading as "heading/subheading"; a name itself may hold a "/" too."""

    def headings(name: str) -> frozenset[str]:
        return frozenset(map(normal, vocabulary.headings(name) if term.explode else (name,)))

    keys = headings(term.text)
    name, slash, qualifier = term.text.rpartition("/")
    if slash and normal(name) and normal(qualifier):
        qualifier = _subheading(qualifier)
        qualifiers = vocabulary.subheadings(qualifier) if term.explode else frozenset((qualifier,))
        keys |= {f"{heading}/{normal(one)}" for heading in headings(name) for one in qualifiers}
    return keys
