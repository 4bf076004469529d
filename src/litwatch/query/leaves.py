"""Owns what a term of a query asks of one paper: leaves that are looked up, and how they are joined.

Never looks at a paper; match.py does, and spans.py finds where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from litwatch.query.dates import Days, Lately, read_dates
from litwatch.query.mesh import Asked, Mesh, asked_headings, asked_subheadings
from litwatch.query.nlm_tables import (
    Filter,
    find_filter,
    narrower_type_keys,
    stop_words,
    type_keys,
)
from litwatch.query.numbers import article_id_key, asked_identifier_keys, number_keys
from litwatch.query.record import zone_names
from litwatch.query.stars import FEW
from litwatch.query.tokens import NO_APOSTROPHES, normal, query_words, without_idle_stars
from litwatch.query.tree import Term

_TAGS_OF_FILTER_WORDS = frozenset(("", "all", "tw"))
_PMCID = re.compile(r"PMC\d{1,9}", re.IGNORECASE)
_FULL_NAMES = frozenset(("fau", "fir"))
_ARTICLE = re.compile(r"\Athe\s+(?=\S)", re.IGNORECASE)
#: What stands between words of their own; hyphens, apostrophes and chemical brackets within.
_APART = re.compile(r"[\s!#$%+.,;:<>=?\\^_{}~/|&@\"]+")


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
        """Whether one needle says it all: a phrase of FEW words whose only `*` is its last character.

        The automaton goes back over the blanks of a needle at each place of a text that it stands at in part.
        """
        few = self.distance is None and len(self.words) <= FEW
        return few and "*" not in " ".join(self.words)[:-1]

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
    """A value of the record that equals one of `keys` or, where a `*` cuts it, fits `pattern` (stars.fits).

    A heading must have one of `qualifiers` on it, where they are asked for.
    """

    values: str
    keys: frozenset[str]
    pattern: str = ""
    qualifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """A name in the author index; without quotes the initials may go on ("smith j" finds Smith JB).

    `cut`: a `*` stands in it, for any letters of its word and, at the end, for all that follows. `full`: only full
    names count, not initials. `inverted`: a comma says that the last name comes first.
    """

    people: str
    name: str
    quoted: bool = False
    cut: bool = False
    full: bool = False
    inverted: bool = False


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
    """The MeSH that headings and subheadings are looked up in, handed in from outside.

    Without one, a heading is only itself, by the name that the query gives it. What a heading asks is worked out
    once: a broad one has thousands below it.
    """

    mesh: Mesh | None = None
    _asked: dict[tuple[str, bool], tuple[Asked, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def headings(self, text: str, *, explode: bool) -> tuple[Asked, ...]:
        """What text[mh] asks (mesh.asked_headings)."""
        if self.mesh is None:
            return asked_headings(text, None, explode=explode)
        if (text, explode) not in self._asked:
            self._asked[text, explode] = asked_headings(text, self.mesh, explode=explode)
        return self._asked[text, explode]


BY_NAME = Vocabulary()


def only_pubmed_knows(term: Term) -> bool:
    """Whether no record can answer the term: an unknown filter, a pharmacological action."""
    found = filter_of(term)
    if term.field.kind == "filter":
        return found is None or found.pubmed
    return term.field.kind == "pubmed" or (found is not None and found.pubmed)


def filter_of(term: Term) -> Filter | None:
    """The filter that the term is: one tagged [sb], or a word such as hasabstract that is one without a tag."""
    if term.field.kind == "filter":
        return find_filter(term.text)
    found = find_filter(term.text) if term.tag in _TAGS_OF_FILTER_WORDS else None
    return found if found is not None and found.untagged else None


def counts_from_today(term: Term) -> bool:
    """Whether it asks for dates that move with the day: last 30 days, published last week."""
    joined = term_leaves(term, frozenset(), BY_NAME)
    return joined is not None and any(
        isinstance(leaf, When) and isinstance(leaf.days, Lately) for leaf in joined.leaves
    )


def is_approximate(term: Term) -> bool:
    """Whether the term has no tag: PubMed maps it or searches all its fields, and here it is plain words."""
    return not term.tag and filter_of(term) is None and not _PMCID.fullmatch(term.text)


def term_leaves(term: Term, sections: frozenset[str], vocabulary: Vocabulary) -> Joined | None:
    """What the term asks of a paper, text only in `sections` (empty: everywhere); None: only PubMed knows."""
    if only_pubmed_knows(term):
        return None
    field = term.field
    named = filter_of(term)
    if named is not None and named.tag:
        return term_leaves(Term(named.text, named.tag), sections, vocabulary)
    if named is not None:
        return Joined("any", (Subset(named),))
    if not term.tag and _PMCID.fullmatch(term.text):  # User Guide: PMC2600426 without a tag is a PMCID
        return Joined("any", (Whole("pmcid", frozenset((normal(term.text),))),))
    if field.kind == "words":
        return _words(term, sections)
    if field.kind == "person":
        return Joined("any", (_person(term),))
    if field.kind == "date":
        return Joined("any", (When(field.values, read_dates(term.text), term),))
    if field.kind == "uid":
        return Joined("any", (_uids(term.text),))
    return Joined("any", _wholes(term, vocabulary))


def _words(term: Term, sections: frozenset[str]) -> Joined:
    zones = zone_names(term.field.zones)
    roles: frozenset[str] | None = None
    if sections and ("title" in zones or "abstract" in zones):
        roles = sections - {"title"} if "abstract" in zones else frozenset()
        zones = tuple(
            zone
            for zone in zones
            if (zone == "title" and "title" in sections) or (zone == "abstract" and roles)
        )
    text = without_idle_stars(term.text)
    if not term.tag and not term.quoted:
        return Joined("all", tuple(Words(words, zones, roles) for words in untagged_phrases(text)))
    words = query_words(text)
    distance = None if "*" in term.text else term.distance
    return Joined("any", (Words(words, zones, roles, distance),))


def untagged_phrases(text: str) -> list[tuple[str, ...]]:
    """Words of their own, stop words left out; a hyphen makes a phrase (User Guide, "Searching for a phrase")."""
    phrases = [words for part in _APART.split(text) if (words := query_words(part))]
    kept = [words for words in phrases if len(words) > 1 or words[0] not in stop_words()]
    return kept or phrases


def _person(term: Term) -> Person:
    text = without_idle_stars(term.text).translate(NO_APOSTROPHES)
    name = " ".join(query_words(text))
    full = term.field.tag in _FULL_NAMES
    return Person(term.field.values, name, term.quoted, "*" in name, full, inverted="," in text)


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


def _wholes(term: Term, vocabulary: Vocabulary) -> tuple[Whole, ...]:
    values, mesh = term.field.values, vocabulary.mesh
    term = replace(term, text=without_idle_stars(term.text)) if "*" in term.text else term
    if values in ("mesh", "major_mesh"):
        asked = vocabulary.headings(term.text, explode=term.explode)
        return tuple(Whole(values, one.keys, one.pattern, one.qualifiers) for one in asked)
    if values == "subheadings":
        return (Whole(values, asked_subheadings(term.text, mesh, explode=term.explode)),)
    return (_whole(term),)


def _whole(term: Term) -> Whole:
    values = term.field.values
    if values == "journal":  # a record's title counts with its article and without
        term = replace(term, text=_ARTICLE.sub("", term.text))
    if values in ("doi", "article_ids") and (key := article_id_key(term.text)) != normal(term.text):
        return Whole(values, frozenset(), key) if "*" in key else Whole(values, frozenset((key,)))
    if "*" in term.text:
        return Whole(values, frozenset(), " ".join(query_words(term.text)))
    if values == "publication_types":
        return Whole(values, narrower_type_keys(term.text) if term.explode else type_keys(term.text))
    if values == "author_identifiers":
        return Whole(values, frozenset(asked_identifier_keys(term.text)))
    return Whole(values, frozenset(number_keys(term.text)))
