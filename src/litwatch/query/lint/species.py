"""Owns what a NOT of animals does to indexed papers on people: in MeSH Humans stands below Animals, and [mh] explodes.

Never says anything of papers that are not indexed, nor of words without a heading beside them (negated.py).

Each clause is worked out for two papers, one on people and one on people and animals. What it does to each is one of
four, in this order: AND takes the lesser, OR the greater, and behind a NOT they change places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from litwatch.query.finding import Finding
from litwatch.query.lint.structure import HEADING_TAGS, enough, wanted_terms
from litwatch.query.mesh import Heading, Mesh, named
from litwatch.query.tokens import normal
from litwatch.query.tree import Clause, Group, Term, clauses


class Does(IntEnum):
    """Whether a clause matches such a paper."""

    NEVER = 0
    WHERE_IT_SAYS_SO = 1  # as any word may, or another heading
    UNLESS_IT_SAYS_SO = 2
    ALWAYS = 3


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a clause does to a paper on people, and to one on people and animals."""

    people: Does
    both: Does


_WORDS = _Effect(Does.WHERE_IT_SAYS_SO, Does.WHERE_IT_SAYS_SO)
_EVERYONE = _Effect(Does.ALWAYS, Does.ALWAYS)
_EFFECTS = {
    "people": _EVERYONE,
    "above people": _EVERYONE,
    "animals": _Effect(
        Does.NEVER, Does.ALWAYS
    ),  # rats, or the check tag Animals without what stands below it
    "": _WORDS,
}
_SAFE = "NOT humans[mh]"
_LONGEST = 200
PEOPLE = ("humans", "human")
ANIMALS = ("animals", "animal")
_OTHER_ANIMALS = ("otheranimals", "other animals")
_STARRED = {"people": "humans", "animals": "animals"}
_BELOW = "in MeSH Humans stands below it, and [mh] finds what is below"
_MIXED = "a trial in people with an animal part has both headings"


def species_findings(taken: Clause, text: str, mesh: Mesh | None) -> Iterator[Finding]:
    """Of a clause that a NOT takes away: each part of it that takes papers on people with it."""
    kinds = {id(one): _kind(one, mesh) for one in clauses(taken) if isinstance(one, Term)}
    if not any(kinds.values()):
        return
    effects = _effects(taken, kinds)
    told: set[int] = set()
    for clause in enough(taken):
        if id(clause) in told:
            continue
        if isinstance(clause, Term):
            yield from _term(clause, kinds[id(clause)])
        elif clause.operator != "OR":
            yield from _group(clause, effects[id(clause)], kinds, text)
        elif all(kinds.get(id(child)) == "animals" for child in clause.children):
            told.update(id(child) for child in clause.children)
            yield from _group(clause, effects[id(clause)], kinds, text)


def _effects(taken: Clause, kinds: Mapping[int, str]) -> dict[int, _Effect]:
    """The effect of each clause of the tree by its id()."""
    found: dict[int, _Effect] = {}
    for clause in clauses(taken):
        if isinstance(clause, Term):
            found[id(clause)] = _EFFECTS[kinds[id(clause)]]
            continue
        below = [found[id(child)] for child in clause.children]
        if clause.operator == "NOT":
            below[1:] = [_Effect(_turned(one.people), _turned(one.both)) for one in below[1:]]
        choose = max if clause.operator == "OR" else min
        found[id(clause)] = _Effect(choose(one.people for one in below), choose(one.both for one in below))
    return found


def _turned(does: Does) -> Does:
    return Does(Does.ALWAYS - does)


def _kind(term: Term, mesh: Mesh | None) -> str:
    """Which of _EFFECTS the term has."""
    name = normal(term.text)
    if term.tag == "sb":
        return "people" if name in PEOPLE else "animals" if name in (*ANIMALS, *_OTHER_ANIMALS) else ""
    if term.tag in ("tw", "all", ""):
        # These fields hold the headings' own words, and text without a tag is mapped to the heading.
        said = name in ("humans", "human*", "humans*") or (name in PEOPLE and not term.tag)
        return "people" if said else ""
    if term.tag not in HEADING_TAGS:
        return ""
    if "*" in term.text:  # which is not exploded
        stem = normal(term.text.partition("*")[0])
        return next((kind for kind, one in _STARRED.items() if stem and one.startswith(stem)), "")
    return _kind_of_heading(term, name, mesh)


def _kind_of_heading(term: Term, name: str, mesh: Mesh | None) -> str:
    found, exploded = named(term.text, mesh), term.explode and term.tag == "mh"
    people, animals = (mesh.find("Humans"), mesh.find("Animals")) if mesh is not None else (None, None)
    if found.heading is None or people is None or animals is None:
        if name in PEOPLE:
            return "people" if term.tag == "mh" else ""
        return ("above people" if exploded else "animals") if name in ANIMALS else ""
    if found.heading.name == people.name:
        return "people" if term.tag == "mh" and not found.subheading else ""
    if _stands_below(people, found.heading):
        if exploded and not found.subheading:
            return "above people"
        return "animals" if found.heading.name == animals.name else ""
    of_animals = _stands_below(found.heading, animals) or set(ANIMALS) & set(
        normal(found.heading.name).split()
    )
    return "animals" if of_animals else ""


def _stands_below(narrower: Heading, broader: Heading) -> bool:
    above = tuple(f"{number}." for number in broader.trees)
    return bool(above) and any(number.startswith(above) for number in narrower.trees)


def _term(term: Term, kind: str) -> Iterator[Finding]:
    if not kind or term.tag not in (*HEADING_TAGS, "sb"):
        return
    message, why, instead = {
        "people": ("throws out all papers on people", "papers on both are lost", ""),
        "above people": ("throws out every indexed paper on people", _BELOW, f"({term.key} {_SAFE})"),
        "animals": ("throws out papers on animals and people", _MIXED, f"({term.key} {_SAFE})"),
    }[kind]
    yield Finding(
        "not-loses", "warning", term.start, term.end, f"NOT {term.key[:40]} {message}", why, instead, 2
    )


def _group(group: Group, effect: _Effect, kinds: Mapping[int, str], text: str) -> Iterator[Finding]:
    """NOT (animals AND humans), NOT (animals NOT human[tiab]), NOT (rats OR mice)."""
    wanted = {kinds[id(term)] for term in wanted_terms(group)}
    worst = max(effect.people, effect.both)
    if not wanted & {"above people", "animals"} or worst is Does.NEVER:
        return  # who names people alone wants them taken away
    if worst is Does.WHERE_IT_SAYS_SO and "above people" not in wanted:
        return
    people = effect.people is not Does.NEVER
    which = {
        Does.ALWAYS: "",
        Does.UNLESS_IT_SAYS_SO: " but those that the rest of it spares",
        Does.WHERE_IT_SAYS_SO: " that matches the rest of it",
    }[effect.people if people else effect.both]
    mended = _mended(group, kinds, text)
    yield Finding(
        "not-loses", "error" if effect.people is Does.ALWAYS else "warning", group.start, group.end,
        f"this NOT throws out every indexed paper on {'people' if people else 'animals and people'}{which}",
        _BELOW if people else _MIXED,
        mended if len(mended) <= _LONGEST else "", 2,
        "" if len(mended) <= _LONGEST else f"put {_SAFE} behind what is taken away, inside its brackets",
    )  # fmt: skip


def _mended(group: Group, kinds: Mapping[int, str], text: str) -> str:
    """The group without papers on people: a term for people that is ANDed goes, whatever else is written stays."""
    kept = list(group.children)
    if group.operator == "AND":
        kept = [one for one in kept if kinds.get(id(one)) != "people"] or kept
    written = f" {group.operator} ".join(text[one.start : one.end] for one in kept)
    if len(kept) == len(group.children):
        written = text[group.start : group.end]
    return f"({written}) {_SAFE}" if group.operator == "OR" else f"{written} {_SAFE}"
