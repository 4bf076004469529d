"""Owns NLM's small lists: stop words, languages, subheadings, publication types, filters.

Never reads a paper; the facts stand in vocabulary.toml, publication_types.toml and filters.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from litwatch.query.tokens import normal


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


@cache
def stop_words() -> frozenset[str]:
    """PubMed's stop words."""
    return frozenset(_load("vocabulary.toml")["stopwords"].split())


@cache
def language_names() -> Mapping[str, str]:
    """The name of a language by NLM's three-letter code; both as words."""
    return {code: normal(name) for code, name in _load("vocabulary.toml")["languages"].items()}


@cache
def subheading_names() -> Mapping[str, str]:
    """The name of a subheading, as words, by its two-letter abbreviation."""
    return {code: normal(name) for code, name in _load("vocabulary.toml")["subheadings"].items()}


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
    """A filter that a record answers: one of the attributes says how (see filters.toml)."""

    names: tuple[str, ...]
    untagged: bool = False
    status: tuple[str, ...] = ()
    link: str = ""
    mesh: str = ""
    type: str = ""
    language: str = ""
    has: str = ""


@cache
def _filters() -> Mapping[str, Filter]:
    rows = _load("filters.toml")["filter"]
    lists = ("names", "status")
    known = [Filter(**{**row, **{key: tuple(row.get(key, ())) for key in lists}}) for row in rows]
    return {normal(name): one for one in known for name in one.names}


def find_filter(name: str) -> Filter | None:
    """The filter of that name, or None where only PubMed knows it."""
    return _filters().get(normal(name))
