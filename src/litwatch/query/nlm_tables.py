"""Owns NLM's small lists: stop words, languages, subheadings, publication types, filters.

Never reads a paper; the facts stand in nlm_tables.toml, publication_types.toml and filters.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from litwatch.query.tokens import normal


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


@cache
def stop_words() -> frozenset[str]:
    """PubMed's stop words."""
    return frozenset(_load("nlm_tables.toml")["stopwords"].split())


@cache
def language_names() -> Mapping[str, tuple[str, ...]]:
    """The names of a language by NLM's three-letter code, as words."""
    rows = _load("nlm_tables.toml")["languages"].items()
    return {code: tuple(map(normal, names)) for code, names in rows}


@dataclass(frozen=True, slots=True)
class Subheading:
    """A MeSH qualifier: "dt", "drug therapy", ("Y11.020",); its family stands below its tree numbers."""

    abbreviation: str
    name: str
    trees: tuple[str, ...]


@cache
def shipped_subheadings() -> tuple[Subheading, ...]:
    """All 76, by abbreviation."""
    rows = _load("nlm_tables.toml")["subheadings"].items()
    return tuple(Subheading(code, row["name"], tuple(row["trees"])) for code, row in rows)


def subheading_words(name: str) -> str:
    """The name as words: MeSH has "administration & dosage", PubMed prints "administration and dosage"."""
    return normal(name.replace("&", " and "))


@lru_cache(maxsize=4096)
def subheading_key(name: str) -> str:
    """One key for each way to write a subheading: with "&", with "and", or with a blank for either."""
    return " ".join(word for word in normal(name).split() if word != "and")


def subheadings_by_key(subheadings: Sequence[Subheading]) -> Mapping[str, Subheading]:
    """Each of them by its abbreviation and by the `subheading_key` of its name."""
    return {key: one for one in subheadings for key in (one.abbreviation, subheading_key(one.name))}


@cache
def _shipped_by_key() -> Mapping[str, Subheading]:
    return subheadings_by_key(shipped_subheadings())


def find_subheading(name: str) -> Subheading | None:
    """The subheading of that name or abbreviation among those that are shipped; where MeSH is at hand, ask it."""
    return _shipped_by_key().get(subheading_key(name))


@cache
def subheading_family(name: str) -> frozenset[str]:
    """The subheading of that name or abbreviation and all below it, as words; only itself where unknown."""
    return family_of(name, shipped_subheadings())


def family_of(name: str, subheadings: Sequence[Subheading]) -> frozenset[str]:
    """The same among `subheadings`."""
    key = subheading_key(name)
    asked = [one for one in subheadings if key in (subheading_key(one.name), one.abbreviation)]
    below = tuple(f"{number}." for one in asked for number in one.trees)
    found = [one for one in subheadings if any(number.startswith(below) for number in one.trees)]
    return frozenset(subheading_words(one.name) for one in (*asked, *found)) or frozenset(
        (subheading_words(name),)
    )


@dataclass(frozen=True, slots=True)
class _Type:
    keys: frozenset[str]
    tree: tuple[str, ...]


@cache
def _types() -> Mapping[str, _Type]:
    found: dict[str, _Type] = {}
    for row in _load("publication_types.toml")["type"]:
        keys = frozenset(normal(name) for name in (row["ui"], *row["names"]) if name)
        found.update(dict.fromkeys(keys, _Type(keys, tuple(row["tree"]))))
    return found


def type_keys(name: str) -> frozenset[str]:
    """Every name and the UI, as words, of the publication type that `name` (old or new name, or UI) means."""
    key = normal(name)
    known = _types().get(key)
    return known.keys if known else frozenset((key,))


@cache
def narrower_type_keys(name: str) -> frozenset[str]:
    """`type_keys` of the type and of all types below it: what [pt] without :noexp finds."""
    known = _types().get(normal(name))
    if known is None:
        return type_keys(name)
    below = tuple(f"{number}." for number in known.tree)
    narrower = (
        kind.keys for kind in _types().values() if any(number.startswith(below) for number in kind.tree)
    )
    return known.keys.union(*narrower)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter, and what of a record answers it (see filters.toml).

    `tag` and `text` say it as a term of the query language; `pubmed` that no record can answer it.
    """

    names: tuple[str, ...]
    untagged: bool = False
    status: tuple[str, ...] = ()
    publication_status: str = ""
    link: str = ""
    identifier: str = ""
    foreign_abstract: bool = False
    book: str = ""
    has: str = ""
    tag: str = ""
    text: str = ""
    pubmed: bool = False


@cache
def _filters() -> Mapping[str, Filter]:
    rows = _load("filters.toml")["filter"]
    lists = ("names", "status")
    known = [Filter(**{**row, **{key: tuple(row.get(key, ())) for key in lists}}) for row in rows]
    named = {normal(name): one for one in known for name in one.names}
    for names in language_names().values():
        for name in names:
            named.setdefault(name, Filter((name,), tag="la", text=name))
    for kind in _types().values():
        for name in kind.keys:
            for written in (name, name.replace(" ", "")):
                named.setdefault(written, Filter((name,), tag="pt", text=name))
    return named


def find_filter(name: str) -> Filter | None:
    """The filter of that name, or None where it is not known here; names of types and languages are filters."""
    return _filters().get(normal(name))


@cache
def attributes_asked() -> tuple[str, ...]:
    """The parts of a record of which some filter asks whether they are there."""
    return tuple(sorted({one.has for one in _filters().values() if one.has}))
