"""Owns clauses that change nothing: written twice, found by a broader one, or never able to match.

Never says that a repeat loses papers, for it does not; it hides what a search really is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.covering import cover_of, wording
from litwatch.query.lint.facts import facts
from litwatch.query.lint.structure import HEADING_TAGS, TEXT_WIDTH, Structure, required_terms, same_as
from litwatch.query.mesh import Heading, Mesh, named
from litwatch.query.nlm_tables import narrower_type_keys, type_keys
from litwatch.query.tokens import normal, query_words
from litwatch.query.tree import Group, Term


def repeat_findings(structure: Structure, mesh: Mesh | None) -> Iterator[Finding]:
    """Repeats within each OR and AND, and what takes itself away."""
    for group in structure.alternatives:
        if len(group.terms) > 1:
            yield from _repeated(group.terms, mesh)
    required = _required(structure)
    for clause in structure.groups:
        if clause.operator == "AND":
            yield from _same_twice(clause, structure.identities)
            if id(clause) not in structure.inner_ands:
                yield from _needless(clause, mesh)
        elif clause.operator == "NOT":
            yield from _itself(clause, structure.identities, required=id(clause) in required)
        else:
            yield from _shared(clause, structure.identities)


def _repeated(terms: tuple[Term, ...], mesh: Mesh | None) -> Iterator[Finding]:
    known: dict[Hashable, Term] = {}
    different: list[Term] = []
    for term in terms:
        first = known.setdefault(same_as(term), term)
        if first is term:
            different.append(term)
        elif _hyphens(first) != _hyphens(term):
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
            if broader is not None and _surely_finds(broader, term):
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


def _hyphens(term: Term) -> str:
    """What of a phrase PubMed's phrase index may hold in one form and not in the other."""
    return (
        " ".join(term.text.casefold().split()) if "-" in term.text and len(query_words(term.text)) > 1 else ""
    )


def _surely_finds(broader: Term, term: Term) -> bool:
    """Whether no gap of the phrase index can make the broader one find less."""
    hyphens = _hyphens(broader)
    return not hyphens or hyphens in " ".join(term.text.casefold().split())


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
    headings = [(term, named(term.text, mesh)) for term in terms if term.tag in HEADING_TAGS]
    above: dict[str, list[Term]] = {}
    for term, found in headings:
        if term.explode and not found.subheading and found.heading:
            for number in found.heading.trees:
                above.setdefault(number, []).append(term)
    for term, found in headings:
        numbers = found.heading.trees if found.heading else ()
        broader = next(
            (
                one
                for number in numbers
                for prefix in _prefixes(number)
                for one in above.get(prefix, ())[:2]
                if one is not term
                and (one.tag == "mh" or term.tag == "majr")
                and (prefix != number or found.subheading or one.tag != term.tag or not term.explode
                     or one.start < term.start)
            ),
            None,
        )  # fmt: skip
        if broader is not None:
            yield _dead(term, broader, 3)


def _prefixes(number: str) -> list[str]:
    parts = number.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


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


def _needless(clause: Group, mesh: Mesh | None) -> Iterator[Finding]:
    """What must match anyway, because a narrower term beside it must, however AND is bracketed."""
    terms = required_terms(clause)
    if len(terms) < 2:
        return
    if mesh is not None:
        yield from _headings_required(terms, mesh)
    cover = cover_of(terms)
    for term in terms:
        if term.tag in TEXT_WIDTH and term.distance is None and (term.quoted or term.tag):
            broader = cover.by(wording(term), term.tag, term)
            if broader is not None and same_as(broader) != same_as(term) and _surely_finds(broader, term):
                yield Finding(
                    "needless-term", "hint", broader.start, broader.end,
                    f"{broader.key[:60]} must match wherever {term.key[:60]} does",
                    "ANDed with the narrower one it changes nothing; perhaps OR was meant", "", 2,
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


def _required(structure: Structure) -> set[int]:
    """The id() of each group without which nothing matches: no OR stands above it, and no NOT takes it away."""
    required = {id(group) for group in structure.groups[:1]}
    for group in structure.groups:  # outer ones first
        if id(group) in required and group.operator != "OR":
            required.update(map(id, group.children if group.operator == "AND" else group.children[:1]))
    return required


def _itself(clause: Group, identities: dict[int, Hashable], *, required: bool) -> Iterator[Finding]:
    first = clause.children[0]
    needed = {identities[id(first)]}
    if isinstance(first, Group) and first.operator == "AND":
        needed.update(identities[id(child)] for child in first.children)
    for child in clause.children[1:]:
        taken = {identities[id(child)]}
        if isinstance(child, Group) and child.operator == "OR":
            taken.update(identities[id(one)] for one in child.children)
        if needed & taken:
            yield Finding(
                "takes-itself-away", "error" if required else "warning", child.start, child.end,
                "NOT takes away what must match",
                "nothing can be found" if required else "nothing can be found by this part of the query", "", 2,
            )  # fmt: skip


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
