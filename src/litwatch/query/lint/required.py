"""Owns what AND and NOT make of clauses: those that must match anyway, and those that can never match.

Never looks at alternatives among themselves (repeats.py does).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.above import Above
from litwatch.query.lint.covering import cover_of, surely_finds, wording
from litwatch.query.lint.structure import (
    HEADING_TAGS,
    TEXT_WIDTH,
    Chain,
    Structure,
    alternatives_of,
    enough,
    same_as,
)
from litwatch.query.mesh import Heading, Mesh, named
from litwatch.query.tokens import normal
from litwatch.query.tree import Clause, Group, Term


def required_findings(structure: Structure, mesh: Mesh | None) -> Iterator[Finding]:
    """What is ANDed with itself or with what it must find, and what NOT takes away again."""
    for clause in structure.groups:
        if clause.operator == "AND":
            yield from _same_twice(clause, structure.identities)
    for place, chain in enumerate(structure.chains):
        if mesh is not None:
            yield from _headings_required(chain.terms, mesh)
        yield from _needless(chain, structure.identities)
        # Without the first, nothing matches: no OR stands above it, and no NOT takes it away.
        whole = place == 0 and chain.kept[0] is structure.groups[0]
        yield from _itself(chain, structure.identities, mesh, required=whole)


def _same_twice(clause: Group, identities: dict[int, Hashable]) -> Iterator[Finding]:
    seen: dict[Hashable, int] = {}
    for child in clause.children:
        first = seen.setdefault(identities[id(child)], child.start)
        if first != child.start:
            yield Finding(
                "duplicate-clause", "warning", child.start, child.end,
                "this clause is ANDed with itself", "it changes nothing; perhaps another one was meant",
                "", 2, "one of the two may be taken out",
            )  # fmt: skip


def _needless(chain: Chain, identities: dict[int, Hashable]) -> Iterator[Finding]:
    """What must match anyway, because a narrower term beside it must."""
    asked = [term for term in chain.terms if _is_asked(term)]
    cover = cover_of(chain.terms)
    for term in asked:
        broader = cover.by(wording(term), term.tag, term)
        if broader is not None and same_as(broader) != same_as(term) and surely_finds(broader, term):
            yield Finding(
                "needless-term", "hint", broader.start, broader.end,
                f"{broader.key[:60]} must match wherever {term.key[:60]} does",
                "ANDed with the narrower one it changes nothing; perhaps OR was meant", "", 2,
            )  # fmt: skip
    for clause, term in _needless_groups(chain, asked, identities):
        yield Finding(
            "needless-term", "hint", clause.start, clause.end,
            f"one of these alternatives matches wherever {term.key[:60]} does",
            "ANDed with it they change nothing, whatever the others are; perhaps OR was meant", "", 2,
        )  # fmt: skip


def _is_asked(term: Term) -> bool:
    return term.tag in TEXT_WIDTH and term.distance is None and (term.quoted or bool(term.tag))


def _needless_groups(
    chain: Chain, asked: list[Term], identities: dict[int, Hashable]
) -> Iterator[tuple[Clause, Term]]:
    """A AND (A OR B) is A: the alternatives, and the term that one of them finds."""
    groups = [one for one in chain.kept if isinstance(one, Group) and one.operator == "OR"]
    if not groups:
        return
    owners = {id(one): group for group in groups for one in alternatives_of(group)}
    same = {identities[id(term)]: term for term in chain.terms}
    told: set[int] = set()
    for group in groups:
        equal = next(
            (same[one] for term in alternatives_of(group) if (one := identities[id(term)]) in same), None
        )
        if equal is not None:
            told.add(id(group))
            yield group, equal
    cover = cover_of(term for group in groups for term in alternatives_of(group))
    for term in asked:
        broader = cover.by(wording(term), term.tag)
        if broader is not None and surely_finds(broader, term) and id(owners[id(broader)]) not in told:
            told.add(id(owners[id(broader)]))
            yield owners[id(broader)], term


def _itself(
    chain: Chain, identities: dict[int, Hashable], mesh: Mesh | None, *, required: bool
) -> Iterator[Finding]:
    """NOT with a clause that finds all that some clause which must match does."""
    if not chain.taken:
        return
    needed = {identities[id(one)] for one in chain.kept}
    owners = {id(one): child for child in chain.taken for one in enough(child)}
    dead = {id(child) for child in chain.taken if any(identities[id(one)] in needed for one in enough(child))}
    takers = [term for child in chain.taken for term in alternatives_of(child)]
    cover, above = cover_of(takers), Above.of(takers, mesh) if mesh is not None else None

    def taker(clause: Clause) -> Term | None:
        """Of the terms that NOT takes away, one that finds all that the clause does."""
        if isinstance(clause, Group):
            return None
        broader = cover.by(wording(clause), clause.tag) if _is_asked(clause) else None
        if broader is not None and surely_finds(broader, clause):
            return broader
        return above.broader(clause, one_of_them=False) if above is not None else None

    for clause in chain.kept:
        parts = (clause,) if isinstance(clause, Term) else clause.children if clause.operator == "OR" else ()
        found = [one for part in parts if (one := taker(part)) is not None]
        if parts and len(found) == len(parts):
            dead.add(id(owners[id(found[0])]))
    for child in chain.taken:
        if id(child) in dead:
            yield Finding(
                "takes-itself-away", "error" if required else "warning", child.start, child.end,
                "NOT takes away what must match",
                "nothing can be found" if required else "nothing can be found by this part of the query", "", 2,
            )  # fmt: skip


def _headings_required(terms: tuple[Term, ...], mesh: Mesh) -> Iterator[Finding]:
    """Two headings of one subject joined by AND: a paper must have been given both."""
    known = [(term, named(term.text, mesh)) for term in terms if term.tag in HEADING_TAGS]
    subjects = [(term, found.heading) for term, found in known if found.heading and not found.subheading]
    by_word: dict[str, tuple[Term, Heading]] = {}
    for term, heading in subjects:
        first = normal(heading.name).split()[0][:_STEM]
        other, other_heading = by_word.setdefault(first, (term, heading))
        if other is term or heading.name == other_heading.name or len(first) < _LEAST_STEM:
            continue
        above = _is_below(heading, other_heading) or _is_below(other_heading, heading)
        yield Finding(
            "headings-anded", "warning" if above or len(first) == _STEM else "hint", term.start, term.end,
            f"{other_heading.name[:50]} AND {heading.name[:50]}: a paper must be indexed with both",
            "the one stands below the other in MeSH, and indexers give the narrower one alone" if above
            else "they name one subject, and most papers are given only one of them", "", 2,
            "perhaps OR was meant",
        )  # fmt: skip


_STEM, _LEAST_STEM = 8, 5


def _is_below(narrower: Heading, broader: Heading) -> bool:
    below = tuple(f"{number}." for number in broader.trees)
    return bool(below) and any(number.startswith(below) for number in narrower.trees)
