"""Owns what decided: which clauses made a query hold or fail, in one line, and which differ from PubMed's answer.

Never matches anything; it goes by what explain.py found of each clause. Walks without recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from litwatch.query.explain import Explanation
from litwatch.query.leaves import is_approximate
from litwatch.query.tree import Clause, Group, Term, leaves, written

LONGEST_CLAUSE = 120
NAMED = 3  # clauses that one line names; the others are counted


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the paper matches (None: only PubMed can tell), the line that says so, and the clauses it names."""

    matches: bool | None
    sentence: str
    decided_by: tuple[str, ...]


def verdict(explanation: Explanation) -> Verdict:
    """Why the paper is here, or is not, in a line."""
    if explanation.matched:
        parts = _parts(explanation)
        named = [_holding(part) for part in parts]
        said = f"matches; decided by {_listed(named, '; ')}{_doubt([held(part) for part in parts])}"
        return Verdict(matches=True, sentence=said, decided_by=tuple(named))
    if explanation.matched is None:
        unknown = tuple(dict.fromkeys(one.label for one in _unknown_terms(explanation)))
        return Verdict(None, f"only PubMed can tell: it hangs on {_listed(unknown)}", unknown)
    failing = _failing(explanation)
    reasons = _listed([reason for _, reason in failing], "; ")
    said = f"does not match: {reasons}{_doubt([clause for clause, _ in failing])}"
    return Verdict(matches=False, sentence=said, decided_by=tuple(shortened(clause) for clause, _ in failing))


def deciding(one: Explanation) -> tuple[Explanation, ...]:
    """The children that made a clause what it is."""
    first, others = one.children[:1], one.children[1:]
    if one.label != "NOT" or one.matched is None or (first and first[0].matched is one.matched):
        alike = tuple(child for child in one.children if child.matched is one.matched)
        return first if one.label == "NOT" and one.matched is not None else alike
    return tuple(child for child in others if child.matched)


@dataclass(frozen=True, slots=True, eq=False)
class Odds:
    """A clause on which PubMed and we must differ, and whether it holds here.

    `or_behind_not`: clauses behind a NOT that do not hold here. If one holds at PubMed, that is the difference:
    headings come weeks after a record, so that PubMed may know animals[mh] before our copy does.
    """

    clause: Clause
    holds: bool
    or_behind_not: tuple[Clause, ...] = ()


def at_odds(explanation: Explanation, *, wanted: bool) -> tuple[Odds, ...]:
    """The smallest clauses that must differ if PubMed's answer is `wanted`, each once.

    Empty where we agree, or where what only PubMed knows decides. One clause of an AND that should hold can be
    told; which of an OR's should have held cannot: then it is the OR. Of what holds here and should not, only
    what holds of it is given back, for that is what PubMed does not see, and what its NOTs leave out, for that
    is what we may not see.
    """
    if explanation.matched is None or explanation.matched is wanted:
        return ()
    found: dict[tuple[str, ...], Odds] = {}
    pending = [(explanation, wanted)]
    while pending:
        one, wanted = pending.pop()
        below: list[tuple[Explanation, bool]] = []
        if one.label == "NOT" and wanted:
            first, *others = one.children
            below = [(first, True)] if first.matched is False else []
            below += [(child, False) for child in others if child.matched]
        elif isinstance(one.clause, Group) and one.label != "NOT" and (one.label == "AND") is wanted:
            below = [(child, wanted) for child in one.children if child.matched is (not wanted)]
        if below:
            pending.extend(reversed(below))
            continue
        odds = Odds(one.clause, holds=False)
        if one.matched:
            odds = Odds(held(one), holds=True, or_behind_not=_left_out(one))
        texts = map(written, (odds.clause, *odds.or_behind_not))
        found.setdefault((str(odds.holds), *texts), odds)
    return tuple(found.values())


def _left_out(explanation: Explanation) -> tuple[Clause, ...]:
    """What the NOTs of a clause that holds leave out, each once: none of it holds."""
    found: dict[str, Clause] = {}
    pending = [explanation]
    while pending:
        one = pending.pop()
        kept = one.children
        if one.label == "NOT":
            kept = one.children[:1]
            for child in one.children[1:]:
                found.setdefault(written(child.clause), child.clause)
        pending.extend(child for child in reversed(kept) if child.matched)
    return tuple(found.values())


def held(explanation: Explanation) -> Clause:
    """Of a clause that holds, what of it does: of each OR the operands that hold, of a NOT what it keeps."""
    done: list[Clause] = []
    pending: list[tuple[Explanation, bool]] = [(explanation, False)]
    while pending:
        one, opened = pending.pop()
        if isinstance(one.clause, Term):
            done.append(one.clause)
            continue
        kept = one.children[:1] if one.label == "NOT" else [child for child in one.children if child.matched]
        if not kept:  # asked about what does not hold, or only PubMed knows
            done.append(one.clause)
        elif not opened:
            pending.append((one, True))
            pending.extend((child, False) for child in reversed(kept))
        else:
            parts = tuple(done[-len(kept) :])
            del done[-len(kept) :]
            done.append(parts[0] if len(parts) == 1 else Group(one.label, parts))
    return done[0]


def shortened(clause: Clause, most: int = LONGEST_CLAUSE) -> str:
    """The clause as it is written, cut where it is long."""
    text = written(clause)
    return text if len(text) <= most else f"{text[: most - 3]}..."


def counted(clause: Clause) -> str:
    """The first term of a clause and how many others it has: "depress*[tiab] and 70 others"."""
    terms = leaves(clause)
    others = len(terms) - 1
    return terms[0].key + (f" and {others} other{'s' if others > 1 else ''}" if others else "")


def part_of(number: int, of: int) -> str:
    """Which of the clauses that AND joins: "part 1 of 2"."""
    return f"part {number} of {of}"


def _parts(explanation: Explanation) -> Sequence[Explanation]:
    """What must hold together at the top: the operands of its AND, without what NOT leaves out."""
    while explanation.label == "NOT" and explanation.children:
        explanation = explanation.children[0]
    return explanation.children if explanation.label == "AND" and explanation.children else (explanation,)


def _holding(part: Explanation) -> str:
    clause = held(part)
    if isinstance(clause, Group) and clause.operator == "OR":
        return counted(clause)
    return shortened(clause)


def _unknown_terms(explanation: Explanation) -> list[Explanation]:
    found: list[Explanation] = []
    pending = [explanation]
    while pending:
        one = pending.pop()
        if one.only_pubmed:
            found.append(one)
        pending.extend(reversed(deciding(one)))
    return found


def _failing(explanation: Explanation) -> list[tuple[Clause, str]]:
    """What fails, each with the words that say so."""
    found: list[tuple[Clause, str]] = []
    pending: list[tuple[Explanation, str]] = [(explanation, "")]  # with its place in an AND
    joined = " joined by AND"  # said once
    while pending:
        one, place = pending.pop()
        if one.matched:  # behind NOT
            clause = held(one)
            found.append((clause, f"{shortened(clause)} takes it away"))
        elif one.label == "AND" and one.children:
            parts = [(child, part_of(at, len(one.children))) for at, child in enumerate(one.children, 1)]
            pending.extend((child, part) for child, part in reversed(parts) if child.matched is False)
        elif one.label == "NOT" and one.children:
            pending.extend((child, place) for child in reversed(deciding(one)))
        elif one.children:
            said = f"no clause of {place}{joined}" if place else "no clause"
            found.append((one.clause, f"{said} ({counted(one.clause)}) holds"))
            joined = "" if place else joined
        else:
            where = f" ({place}{joined})" if place else ""
            found.append((one.clause, f"{one.label}{where} does not hold"))
            joined = "" if place else joined
    return found


def _doubt(deciding_clauses: Sequence[Clause]) -> str:
    """What must be added where PubMed may see it otherwise."""
    if any(is_approximate(term) for one in deciding_clauses for term in leaves(one)):
        return " (approximate: a term without a tag)"
    return ""


def _listed(texts: Sequence[str], joined: str = ", ") -> str:
    more = len(texts) - NAMED
    return joined.join(texts[:NAMED]) + (f" and {more} more" if more > 0 else "")
