"""Where our reading of a query and PubMed's differ: what PubMed lists is matched here too, and what it does not.

Owns which clause disagrees. Never asks PubMed and never overrules it: a disagreement is told, that is all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from litwatch.paper import Paper
from litwatch.query.explain import Explainer
from litwatch.query.leaves import BY_NAME, Vocabulary, is_approximate
from litwatch.query.texts import Texts
from litwatch.query.tree import Clause, Query, Term, leaves
from litwatch.query.verdict import Odds, at_odds, shortened

NAMED = 3  # clauses of one paper that are named; more say little


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One paper on which PubMed and litwatch differ, and the smallest clauses by which they do, as text.

    `listed`: PubMed lists the paper and we do not match it; else we match it and PubMed does not list it.
    `approximate`: a term without a tag is among the clauses, which PubMed maps to headings and synonyms and
    we read as plain words, so that this is no surprise.
    """

    pmid: int
    listed: bool
    clause: str
    approximate: bool = False

    def __str__(self) -> str:
        return self.clause + (" (approximate: a term without a tag)" if self.approximate else "")


class Agreement:
    """A query made ready to be asked of many papers; where one disagrees, clause by clause."""

    def __init__(self, query: Query, vocabulary: Vocabulary = BY_NAME) -> None:
        self._query = query
        self._explainer = Explainer(query, vocabulary=vocabulary)

    def disagreement(
        self, paper: Paper, today: date, *, listed: bool, texts: Texts | None = None
    ) -> Disagreement | None:
        """How we differ from PubMed, which lists the paper for this query or does not; None where we agree.

        What hangs on a clause that only PubMed knows is no disagreement. `texts` are the paper's, where it is asked
        of several queries.
        """
        reading = self._explainer.read(paper, (), today, texts)
        matched = self._explainer.holds(reading)
        if matched is None or matched is listed:
            return None
        odds = at_odds(self._explainer.decided(reading), wanted=listed)
        told = [_told(one, listed=listed) for one in odds[:NAMED]]
        if len(odds) > NAMED:
            told.append(f"{len(odds) - NAMED} more")
        approximate = any(
            is_approximate(term)
            for one in odds
            for clause in (one.clause, *one.or_behind_not)
            for term in leaves(clause)
        )
        return Disagreement(paper.pmid, listed, "; ".join(told), approximate)


def _told(odds: Odds, *, listed: bool) -> str:
    """A clause that differs: `ketamine[tiab], or NOT animals[mh]: it may hold at PubMed`."""
    # Listed though it holds here: it stands behind a NOT itself, and what its own NOT leaves out behind two.
    said = _negated(odds.clause) if listed and odds.holds else shortened(odds.clause)
    if not odds.or_behind_not:
        return said
    shown = [shortened(one) if listed else _negated(one) for one in odds.or_behind_not[:NAMED]]
    more = len(odds.or_behind_not) - NAMED
    if more > 0:
        shown.append(f"{more} more")
    may = "it may hold" if len(shown) == 1 else "one of them may hold"
    return f"{said}, or {', or '.join(shown)}: {may} at PubMed"


def _negated(clause: Clause) -> str:
    return f"NOT {shortened(clause)}" if isinstance(clause, Term) else f"NOT ({shortened(clause)})"
