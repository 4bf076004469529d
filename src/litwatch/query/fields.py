"""Owns PubMed's field tags: what a name in square brackets means and where it looks.

Never parses a query and never reads a paper; the facts stand in fields.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One row of fields.toml: a field tag of PubMed, and what of a Paper it searches."""

    tag: str
    names: tuple[str, ...]
    kind: str
    zones: tuple[str, ...] = ()
    values: str = ""
    explodes: bool = False
    proximity: bool = False
    stands_for: str = ""
    source: str = ""


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("fields.toml").read_text("utf-8"))


@cache
def fields() -> Mapping[str, Field]:
    """Every field by its short tag, in the order of fields.toml."""
    return {row["tag"]: _field(row) for row in _table()["field"]}


def _field(row: dict[str, Any]) -> Field:
    lists = {key: tuple(row.get(key, ())) for key in ("names", "zones")}
    return Field(**{**row, **lists})


@cache
def _by_name() -> Mapping[str, Field]:
    return {_plain(name): field for field in fields().values() for name in (field.tag, *field.names)}


def _plain(name: str) -> str:
    """Lower case, one blank between words, none around "/"; "Date-Create" is "date - create"."""
    plain = " ".join(name.lower().split())
    return re.sub(r"\s?-\s?", " - ", re.sub(r"\s?/\s?", "/", plain))


def find_field(name: str) -> Field | None:
    """The field that a researcher means by `name` (any case, long or short), or None."""
    return _by_name().get(_plain(name))


def organism_heading(name: str) -> str:
    """The MeSH heading of an organism as [ORGN] names it; most have the same name there."""
    heading: str = _table()["organisms"].get(name.lower(), name)
    return heading


def near_names(name: str) -> tuple[str, ...]:
    """Up to three known names that look like `name`, the nearest first."""
    plain = _plain(name)
    meant: str | None = _table()["meant"].get(plain)
    if meant is not None:
        return (meant,)
    return tuple(get_close_matches(plain[:60], list(_by_name()), n=3, cutoff=0.6))
