"""An explanation as a reader is shown it: rows of a tree, what decided first, what says nothing folded away.

Owns the order and the folding. Never matches; knows no terminal and no HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from litwatch.paper import Span
from litwatch.query.explain import Explanation
from litwatch.query.leaves import is_approximate
from litwatch.query.pasting import STAR_PASSED_OVER, passes_over_star
from litwatch.query.tree import Term, leaves
from litwatch.query.verdict import deciding, part_of
from litwatch.study.places import Place, Places

MOST_PLACES = 3
DEEPEST = 40  # levels that a reader is shown: more are no reading matter


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree.

    `holds` is None where only PubMed knows. `label` is a term, or says what a group is and how much of it
    holds; `about` what a reader must know of it. `values` are the record's own (see Explanation), `places`
    the first sentences that hold its words and `more` how many others do. `folded` are the terms of a line
    that stands for many.
    """

    depth: int
    holds: bool | None
    label: str
    about: tuple[str, ...] = ()
    takes_away: bool = False
    values: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    more: int = 0
    folded: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()


def rows(
    explanation: Explanation, places: Places, *, everything: bool = False, deepest: int | None = None
) -> tuple[Row, ...]:
    """The tree from the top, what decided first; OR operands that hold nothing in one line.

    With `everything` each clause has its line and all its places, in the order of the query. What stands more than
    `deepest` levels down is one line.
    """
    found: list[Row] = []
    pending: list[tuple[int, Explanation, str] | Row] = [(0, explanation, "")]
    while pending:
        top = pending.pop()
        if isinstance(top, Row):
            found.append(top)
            continue
        depth, one, part = top
        if depth == deepest and one.children:
            found.append(_row(one, depth, part, places, everything=everything))
            found.append(_levels(one, depth + 1))
            continue
        below = list(_below(one, depth, everything=everything))
        # A group of which nothing is shown is one line itself.
        if len(below) == 1 and isinstance(below[0], Row) and one.matched is False:
            folded = below[0].folded
            label = f"none of {len(folded):,} terms"
            about = (*_about(one), *below[0].about)
            found.append(Row(depth, one.matched, _numbered(label, part), about, folded=folded))
            continue
        found.append(_row(one, depth, part, places, everything=everything))
        pending.extend(reversed(below))
    return tuple(found)


def _below(one: Explanation, depth: int, *, everything: bool) -> Iterator[tuple[int, Explanation, str] | Row]:
    """What stands under a clause, in the order in which it is shown."""
    numbered = [
        (child, part_of(number, len(one.children)) if one.label == "AND" else "")
        for number, child in enumerate(one.children, 1)
    ]
    if everything:
        yield from ((depth + 1, child, number) for child, number in numbered)
        return
    decided = set(map(id, deciding(one)))
    numbered.sort(key=lambda pair: (id(pair[0]) not in decided, pair[0].matched is False))
    silent = [child for child in one.children if child.matched is False] if one.label == "OR" else []
    yield from (
        (depth + 1, child, number)
        for child, number in numbered
        if one.label != "OR" or child.matched is not False
    )
    if len(silent) == 1:
        yield depth + 1, silent[0], ""
    elif silent:
        terms = [term for child in silent for term in leaves(child.clause)]
        approximate = sum(map(is_approximate, terms))
        about = [f"{approximate:,} of them approximate: no tag"] if approximate else []
        short = [term.key for term in terms if passes_over_star(term)]
        about += [f"{', '.join(short)}: {STAR_PASSED_OVER}"] if short else []
        yield Row(
            depth + 1,
            holds=False,
            label=f"none of the other {len(terms):,} terms",
            about=tuple(about),
            folded=tuple(term.key for term in terms),
        )


def _levels(one: Explanation, depth: int) -> Row:
    """The line that stands for all levels below a clause."""
    levels = max(below for below, _ in one.walk())
    said = f"... {levels:,} more {'level' if levels == 1 else 'levels'}"
    return Row(depth, one.matched, said, ("--json has all of it",))


def _row(one: Explanation, depth: int, part: str, places: Places, *, everything: bool) -> Row:
    if not isinstance(one.clause, Term):
        return Row(depth, one.matched, _numbered(_group(one), part), _about(one), _takes_away(one))
    # A heading is a value and a Span; the value says more (its subheading).
    shown = places.of(one.spans) if not one.values or one.clause.field.kind == "words" else ()
    kept = shown if everything else shown[:MOST_PLACES]
    return Row(
        depth, one.matched, _numbered(one.label, part), _about(one), _takes_away(one), one.values, kept,
        len(shown) - len(kept), spans=one.spans,
    )  # fmt: skip


def _takes_away(one: Explanation) -> bool:
    return one.takes_away and bool(one.matched)


def _about(one: Explanation) -> tuple[str, ...]:
    found = []
    if one.takes_away:
        found.append("takes the paper away" if one.matched else "under NOT")
    if one.only_pubmed:
        found.append("only PubMed knows")
    elif one.matched is None:
        found.append("hangs on what only PubMed knows")
    if one.approximate:
        found.append("approximate: no tag; PubMed maps it to headings and synonyms")
    if isinstance(one.clause, Term) and passes_over_star(one.clause):
        found.append(STAR_PASSED_OVER)
    return tuple(found)


def _group(one: Explanation) -> str:
    held = sum(child.matched is True for child in one.children)
    if one.label == "NOT":
        return "NOT"
    parts = " parts" if one.label == "AND" else ""
    return f"{one.label}: {held} of {len(one.children)}{parts} {'holds' if held == 1 else 'hold'}"


def _numbered(label: str, part: str) -> str:
    return f"{part}: {label}" if part else label
