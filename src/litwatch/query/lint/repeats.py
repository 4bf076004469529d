"""Owns alternatives that change nothing: written twice, or found by a broader one.

Never says that a repeat loses papers, for it does not; it hides what a search really is. What AND and NOT join is
required.py's.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.above import Above
from litwatch.query.lint.covering import cover_of, hyphens, surely_finds, wording
from litwatch.query.lint.facts import facts
from litwatch.query.lint.structure import TEXT_WIDTH, Structure, same_as
from litwatch.query.mesh import Mesh
from litwatch.query.nlm_tables import narrower_type_keys, type_keys
from litwatch.query.tree import Group, Term


def repeat_findings(structure: Structure, mesh: Mesh | None) -> Iterator[Finding]:
    """Repeats within each OR, and a clause that several of its alternatives share."""
    for group in structure.alternatives:
        if len(group.terms) > 1:
            yield from _repeated(group.terms, mesh)
    for clause in structure.groups:
        if clause.operator == "OR":
            yield from _shared(clause, structure.identities)


def _repeated(terms: tuple[Term, ...], mesh: Mesh | None) -> Iterator[Finding]:
    known: dict[Hashable, Term] = {}
    different: list[Term] = []
    for term in terms:
        first = known.setdefault(same_as(term), term)
        if first is term:
            different.append(term)
        elif hyphens(first) != hyphens(term):
            # Where the phrase index lacks one of them, PubMed finds nothing for it, and other papers for the other.
            continue
        elif (first.start, first.end) != (term.start, term.end):
            yield Finding(
                "duplicate-term", "hint", term.start, term.end,
                f"{term.key[:60]} stands here twice" if first.key == term.key
                else f"{term.key[:60]} is {first.key[:60]} to PubMed",
                "the second changes nothing", "", 2, "one of the two may be taken out",
            )  # fmt: skip
    cover = cover_of(different)
    for term in different:
        if term.tag in TEXT_WIDTH and term.distance is None:
            broader = cover.by(wording(term), term.tag, term)
            if broader is not None and surely_finds(broader, term):
                yield _dead(term, broader, 2)
    yield from _below_types(different)
    if mesh is not None:
        yield from _below_headings(different, mesh)
        yield from _below_subheadings(different, mesh)


def _dead(term: Term, broader: Term, press: int) -> Finding:
    return Finding(
        "subsumed-term", "hint", term.start, term.end,
        f"{term.key[:60]} adds nothing to {broader.key[:60]}",
        "whatever it finds the other one finds, too", "", press, "the narrower one may be taken out",
    )  # fmt: skip


def _below_types(terms: list[Term]) -> Iterator[Finding]:
    types = [term for term in terms if term.tag == "pt"]
    broader: dict[str, Term] = {}
    for term in types:
        keys = narrower_type_keys(term.text) if term.explode else type_keys(term.text)
        keys -= facts().made_up - type_keys(term.text)
        for key in keys:
            broader.setdefault(key, term)
    for term in types:
        own = type_keys(term.text)
        above = next((broader[key] for key in own if broader.get(key, term) is not term), None)
        if above is not None and not (type_keys(above.text) == own and above.start > term.start):
            yield _dead(term, above, 3)


def _below_headings(terms: list[Term], mesh: Mesh) -> Iterator[Finding]:
    above = Above.of(terms, mesh)
    for term in terms:
        broader = above.broader(term, one_of_them=True)
        if broader is not None:
            yield _dead(term, broader, 3)


def _below_subheadings(terms: list[Term], mesh: Mesh) -> Iterator[Finding]:
    floating = [term for term in terms if term.tag == "sh"]
    broader: dict[frozenset[str], Term] = {}  # there are few families, however many terms there are
    for term in floating:
        family = mesh.subheadings(term.text) if term.explode else frozenset()
        if len(family) > 1:
            broader.setdefault(family, term)
    for term in floating:
        own = mesh.subheadings(term.text)
        above = next((other for family, other in broader.items() if own and own < family), None)
        if above is not None:
            yield _dead(term, above, 3)


def _shared(clause: Group, identities: dict[int, Hashable]) -> Iterator[Finding]:
    seen: dict[Hashable, Group] = {}
    alone = {identities[id(child)]: child for child in clause.children if isinstance(child, Term)}
    for child in clause.children:
        if not (isinstance(child, Group) and child.operator == "AND"):
            continue
        broader = next(
            (alone[one] for part in child.children if (one := identities[id(part)]) in alone), None
        )
        if broader is not None:
            yield Finding(
                "subsumed-term", "hint", child.start, child.end,
                f"this AND adds nothing to {broader.key[:60]}, which is enough by itself",
                "whatever it finds the other one finds, too", "", 2, "it may be taken out, or stay for readers",
            )  # fmt: skip
            continue
        for part in child.children:
            first = seen.setdefault(identities[id(part)], child)
            if first is not child:
                yield Finding(
                    "repeated-clause", "hint", part.start, part.end,
                    "this clause stands in several of these alternatives",
                    "the same can be said once: A AND (x OR y) instead of (A AND x) OR (A AND y)",
                    "", 2,
                )  # fmt: skip
