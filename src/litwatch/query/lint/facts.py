"""Owns lint's tables of facts: old names (old_names.toml), spellings and word forms (variants.toml), filters.

Never reads a query.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from litwatch.query.tokens import normal

Renamed = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Facts:
    """`types`, `headings`, `subheadings`: old name (as words) -> the new one and since when.

    `american_beginnings` and `british_beginnings` are the other spelling of a beginning of a word, the `..._words` of
    a word; `joined` are pairs of a beginning and the two words that it is written as, `nouns` heads of phrases that
    have a plural, `plurals` and `singulars` of those that make it by no rule, `dated` words that no name with them is
    asked for. `made_up` are
    types whose place among the others is second-hand (publication_types.toml).
    """

    types: Renamed
    headings: Renamed
    subheadings: Renamed
    unassigned: frozenset[str]
    new_types: frozenset[str]
    type_names: tuple[str, ...]
    american_beginnings: Mapping[str, str]
    british_beginnings: Mapping[str, str]
    american_words: Mapping[str, str]
    british_words: Mapping[str, str]
    joined: tuple[tuple[str, tuple[str, str]], ...]
    nouns: frozenset[str]
    plurals: Mapping[str, str]
    singulars: Mapping[str, str]
    dated: frozenset[str]
    made_up: frozenset[str]
    filters: frozenset[str]
    filter_beginnings: tuple[str, ...]


def _load(package: str, name: str) -> dict[str, Any]:
    return tomllib.loads(files(package).joinpath(name).read_text("utf-8"))


def _renamed(rows: Mapping[str, tuple[str, str]]) -> Renamed:
    return {normal(name): (now, since) for name, (now, since) in rows.items()}


@cache
def facts() -> Facts:
    """All tables, read once."""
    old = _load(__package__, "old_names.toml")
    variants = _load(__package__, "variants.toml")
    listed = [name.strip() for name in _load(__package__, "known_filters.toml")["names"].split(",")]
    listed += [name for row in _load("litwatch.query", "filters.toml")["filter"] for name in row["names"]]
    types = _load("litwatch.query", "publication_types.toml")["type"]
    return Facts(
        _renamed(old["types"]),
        _renamed(old["headings"]),
        _renamed(old["subheadings"]),
        frozenset(map(normal, old["no_longer_assigned"]["names"])),
        frozenset(map(normal, old["new_types"]["names"])),
        tuple(normal(name) for row in types for name in row["names"]),
        *_there_and_back(variants["spellings"]),
        *_there_and_back(variants["whole_words"]),
        tuple((joined, _two(parted)) for joined, parted in _pairs(variants["joined"])),
        frozenset(variants["nouns"].split()),
        *_there_and_back(variants["plurals"]),
        frozenset(variants["dated"].split()),
        frozenset(
            normal(name)
            for row in types
            if any(".x-" in number for number in row["tree"])
            for name in (row["ui"], *row["names"])
            if name
        ),
        frozenset(normal(name) for name in listed if "*" not in name),
        tuple(normal(name.partition("*")[0]) for name in listed if "*" in name),
    )


def _there_and_back(text: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """From the first of each pair to the second and, where `=` and no `>` stands between, from that to the first."""
    there = dict(_pairs(text.replace(">", "=")))
    only_there = {
        pair.partition(">")[0].strip() for pair in text.replace("\n", ",").split(",") if ">" in pair
    }
    return there, {second: first for first, second in there.items() if first not in only_there}


def _pairs(text: str) -> list[tuple[str, str]]:
    """`a=b` or `a=b c`, one on each line or parted by commas."""
    found = [part.strip().partition("=") for part in text.replace("\n", ",").split(",") if part.strip()]
    return [(first.strip(), second.strip()) for first, _, second in found]


def _two(parted: str) -> tuple[str, str]:
    first, _, second = parted.partition(" ")
    return first, second
