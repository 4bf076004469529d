"""Where our reading of a query and PubMed's differ: each match of PubMed's is matched here too.

Owns which clause disagrees. Never asks PubMed and never overrules it: a disagreement is told, that is all.
"""

from __future__ import annotations

from datetime import date

from litwatch.paper import Paper
from litwatch.query.match import Scope, compile_scopes, pubmed_only
from litwatch.query.tree import Clause, Group, Query, written

LONGEST_CLAUSE = 120


class Agreement:
    """A query made ready to be asked of many papers, clause by clause."""

    def __init__(self, query: Query) -> None:
        root = query.root
        self._negative = isinstance(root, Group) and root.operator == "NOT"
        clauses: tuple[Clause, ...] = (root,)
        if isinstance(root, Group) and root.operator in ("AND", "NOT"):
            clauses = root.children
        asked = [Query(query.source, clause, written(clause)) for clause in clauses]
        # A clause of nothing but what only PubMed can answer matches nothing here, and says nothing.
        self._clauses = [
            (position, each.canonical)
            for position, each in enumerate(asked)
            if len(pubmed_only(each)) == 0 or compile_scopes([Scope(each)]).programs[0].positive
        ]
        self._matcher = compile_scopes([Scope(asked[position]) for position, _ in self._clauses])

    def clause_against(self, paper: Paper, today: date) -> str | None:
        """The clause by which this paper would not match here, shortened; None where we agree with PubMed."""
        reading = self._matcher.read(paper, (), today)
        for index, (position, clause) in enumerate(self._clauses):
            excluding = self._negative and position > 0
            if reading.matches(index) == excluding:
                said = f"NOT {clause}" if excluding else clause
                return said if len(said) <= LONGEST_CLAUSE else said[: LONGEST_CLAUSE - 3] + "..."
        return None
