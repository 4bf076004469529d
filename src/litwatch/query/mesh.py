"""Owns what the rest of the core may ask of NLM's Medical Subject Headings (MeSH), and what a term of them asks.

Never opens a file; edge/mesh answers from the one that is shipped, or from a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from litwatch.query.nlm_tables import (
    Subheading,
    find_subheading,
    shipped_subheadings,
    subheading_family,
    subheading_key,
    subheading_words,
)
from litwatch.query.stars import fits
from litwatch.query.tokens import normal, query_words
from litwatch.query.tree import Query, leaves

NAMELESS = "?"
"""Stands before a name that finds only a heading without a UI: by the name that NLM gives it now, each is found."""
UNDER = "/"
"""Stands before the key of a subheading."""

_ANSWERED = frozenset(("mesh", "major_mesh", "subheadings"))


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

    def find_subheading(self, name: str) -> Subheading | None:
        """The subheading of that name or abbreviation; None where it is not loaded."""

    def all_subheadings(self) -> tuple[Subheading, ...]:
        """Every subheading."""


def asks_mesh(query: Query) -> bool:
    """Whether any term of the query is a heading or a subheading."""
    return any(term.field.values in _ANSWERED for term in leaves(query))


@dataclass(frozen=True, slots=True)
class Named:
    """What a term of headings names: `name` before the slash, `subheading` behind it, "" for none.

    `heading` is that of the name, None where it is not loaded or a `*` stands for several.
    """

    name: str
    subheading: str
    heading: Heading | None


def named(text: str, mesh: Mesh | None) -> Named:
    """What text[mh] names: the matcher and lint ask here, so that they speak of the same headings.

    "eye/injuries" is the heading Eye, though there is a heading Eye Injuries; "N/OFQ" is a name that holds a slash.
    """
    head, slash, tail = (part.strip() for part in text.rpartition("/"))
    if not slash or not normal(head) or not normal(tail) or _is_named_with_slash(text, mesh):
        return Named(text, "", _loaded(text, mesh))
    return Named(head, tail, _loaded(head, mesh))


def _loaded(name: str, mesh: Mesh | None) -> Heading | None:
    return mesh.find(name) if mesh is not None and "*" not in name else None


def _is_named_with_slash(text: str, mesh: Mesh | None) -> bool:
    heading = _loaded(text, mesh)
    if heading is None:
        return False
    return any("/" in name and normal(name) == normal(text) for name in (heading.name, *heading.entry_terms))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a term asks of one heading of a record: to stand under one of `keys` or to fit `pattern` (stars.fits).

    Where `qualifiers` are asked for, one of them must stand on the heading.
    """

    keys: frozenset[str]
    pattern: str = ""
    qualifiers: frozenset[str] = frozenset()


def asked_headings(text: str, mesh: Mesh | None, *, explode: bool) -> tuple[Asked, ...]:
    """What text[mh] asks; any of these will do. Heading and subheading explode both, or neither (:noexp).

    Terms with a subheading: PubMed User Guide, "MeSH Terms": "hypertension/therapy also retrieves
    hypertension/diet therapy; ... hypertension, malignant/drug therapy, and so on".
    """
    found = named(text, mesh)
    heading = _asked(found, mesh, explode=explode)
    if not found.subheading:
        return (heading,)
    asked = asked_subheadings(found.subheading, mesh, explode=explode)
    with_subheading = Asked(heading.keys, heading.pattern, frozenset(UNDER + key for key in asked))
    if known_subheading(found.subheading, mesh) is not None or "*" in text:
        return (with_subheading,)
    # A heading that is not loaded, and has a "/" in its name.
    return (with_subheading, Asked(frozenset((normal(text),))))


def _asked(found: Named, mesh: Mesh | None, *, explode: bool) -> Asked:
    if "*" in found.name:
        return Asked(frozenset(), " ".join(query_words(found.name)))
    if found.heading is None or mesh is None:
        return Asked(frozenset((normal(found.name),)))
    headings = mesh.explode(found.heading) if explode else (found.heading,)
    return Asked(frozenset(key for one in headings for key in heading_keys(one)))


def heading_keys(heading: Heading) -> Iterator[str]:
    """What a record may call the heading: its name, its UI, and any other name where the record has no UI.

    By its name even beside another UI: a newer MeSH may have given the name to another heading, and PubMed goes
    by the newest.
    """
    yield normal(heading.name)
    if heading.ui:
        yield heading.ui.lower()
    for name in heading.entry_terms:
        yield NAMELESS + normal(name)


def known_subheading(name: str, mesh: Mesh | None) -> Subheading | None:
    """The subheading of that name or abbreviation that is loaded; without MeSH, that is shipped."""
    return find_subheading(name) if mesh is None else mesh.find_subheading(name)


def asked_subheadings(text: str, mesh: Mesh | None, *, explode: bool) -> frozenset[str]:
    """The keys of the subheadings that text[sh] finds: by name, abbreviation ("dh") or with a `*`."""
    if "*" in text:
        pattern = " ".join(word for word in query_words(text) if word != "and")
        every = shipped_subheadings() if mesh is None else mesh.all_subheadings()
        names = {one.name for one in every if fits(pattern, subheading_key(one.name))}
    else:
        known = known_subheading(text, mesh)
        names = {text if known is None else subheading_words(known.name)}
    if explode:
        family = subheading_family if mesh is None else mesh.subheadings
        names = {one for name in names for one in family(name)}
    return frozenset(map(subheading_key, names))
