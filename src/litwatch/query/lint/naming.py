"""Owns what a term tagged [mh] or [majr] names: a heading, a subheading of it, an old name.

Never says what is wrong with it; headings.py does.
"""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.query.mesh import Heading, Mesh
from litwatch.query.tokens import normal
from litwatch.query.tree import Term
from litwatch.query.vocabulary import subheading_names


@dataclass(frozen=True, slots=True)
class Named:
    """`name` before the slash, `subheading` behind it ("" for none), the heading where it is loaded."""

    name: str
    subheading: str
    heading: Heading | None


def heading_of(term: Term, mesh: Mesh) -> Named | None:
    """What the term names; None for a wildcard."""
    if "*" in term.text:
        return None
    whole = mesh.find(term.text)
    name, slash, subheading = term.text.rpartition("/")
    if whole is not None or not slash:
        return Named(term.text, "", whole)
    return Named(name.strip(), subheading.strip(), mesh.find(name.strip()))


def full_subheading(name: str) -> str | None:
    """The full name, as words, of a subheading by its name or abbreviation; None where there is none."""
    key = name.strip().lower()
    if key in subheading_names():
        return subheading_names()[key]
    plain = without_and(normal(name))
    return next((one for one in subheading_names().values() if without_and(one) == plain), None)


def without_and(words: str) -> str:
    """`administration and dosage`, as PubMed prints it, and `administration & dosage`, as MeSH does, are one."""
    return " ".join(word for word in words.split() if word != "and")
