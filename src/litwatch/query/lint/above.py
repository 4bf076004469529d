"""Owns which headings of a query stand above others in MeSH, so that they find all that those find.

Never says what that means for the query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from litwatch.query.lint.structure import HEADING_TAGS
from litwatch.query.mesh import Mesh, named
from litwatch.query.tree import Term


@dataclass(slots=True)
class Above:
    """Exploded headings by tree number; at most two a number, one of which may be the term that is asked about."""

    mesh: Mesh
    numbers: dict[str, list[Term]] = field(default_factory=dict)

    @classmethod
    def of(cls, terms: Iterable[Term], mesh: Mesh) -> Above:
        """The exploded headings among `terms`."""
        above = cls(mesh)
        for term in terms:
            if term.tag not in HEADING_TAGS or not term.explode:
                continue
            found = named(term.text, mesh)
            if found.heading and not found.subheading:
                for number in found.heading.trees:
                    alike = above.numbers.setdefault(number, [])
                    if sum(one.tag == term.tag for one in alike) < _OTHER_AND_ONE:
                        alike.append(term)
        return above

    def broader(self, term: Term, *, one_of_them: bool) -> Term | None:
        """A term that finds every paper that `term` does; where it is one of them, of two that are equal the first."""
        if term.tag not in HEADING_TAGS:
            return None
        found = named(term.text, self.mesh)
        for number in found.heading.trees if found.heading else ():
            for prefix in _prefixes(number):
                for one in self.numbers.get(prefix, ()):
                    if one is term or not (one.tag == "mh" or term.tag == "majr"):
                        continue
                    narrower = prefix != number or found.subheading or one.tag != term.tag or not term.explode
                    if narrower or not one_of_them or one.start < term.start:
                        return one
        return None


_OTHER_AND_ONE = 2


def _prefixes(number: str) -> list[str]:
    parts = number.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
