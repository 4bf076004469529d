"""What `tune --json` prints.

Owns the names of its keys. Never works a figure out.
"""

from __future__ import annotations

from typing import Any

from litwatch.jobs.tune.figures import Figures
from litwatch.query.tree import Group
from litwatch.tuning.sheet import Line


def document(watch: str, figures: Figures) -> dict[str, Any]:
    """One object: the watch, its query, what PubMed says and a row for each clause that is shown."""
    sheet, answer = figures.sheet, figures.pubmed
    return {
        "watch": watch,
        "query": str(sheet.query),
        "store": {
            "papers": sheet.papers,
            "found": sheet.found.bit_count(),
            "weekly": list(sheet.weekly),
        },
        "pubmed": None
        if answer is None
        else {
            "count": answer.count,
            "last_52_weeks": figures.lately,
            "translation": answer.translation,
            "errors": [list(one) for one in answer.errors],
            "warnings": [list(one) for one in answer.warnings],
        },
        "clauses": [_clause(line, figures) for line in sheet.lines],
    }


def _clause(line: Line, figures: Figures) -> dict[str, Any]:
    clause = line.weighed.clause
    return {
        "number": line.number or "0",
        "depth": line.depth,
        "clause": line.text,
        "operator": clause.operator if isinstance(clause, Group) else None,
        "role": line.role,
        "behind_not": line.weighed.takes_away,
        "pubmed": figures.counts.get(line.text),
        "store": line.hits,
        "alone": line.alone,
        "a_week": round(line.a_week, 3),
        "only_pubmed": list(line.unknown),
    }
