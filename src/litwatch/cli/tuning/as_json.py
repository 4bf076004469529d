"""What `tune --json` prints.

Owns the names of its keys. Never works a figure out.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from litwatch.cli.tuning.outcome import Outcome, Sought
from litwatch.jobs.tune.changing import Comparison
from litwatch.jobs.tune.figures import Differences, Figures
from litwatch.jobs.tune.linting import Warned
from litwatch.jobs.tune.sampling import Sample
from litwatch.jobs.tune.seeding import Held
from litwatch.jobs.tune.suggesting import Suggestion
from litwatch.query.tree import Group
from litwatch.tuning.changed import Change, estimated
from litwatch.tuning.clauses import hanging
from litwatch.tuning.marking import Precision
from litwatch.tuning.recall import Share
from litwatch.tuning.sheet import Line


def document(outcome: Outcome) -> dict[str, Any]:
    """One object: the watch, its query, what PubMed says, a row for each clause shown, and what was asked for."""
    figures = outcome.figures
    sheet, answer = figures.sheet, figures.pubmed
    return {
        "watch": outcome.watch,
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
            "weekly": None if figures.weekly is None else list(figures.weekly),
            "translation": answer.translation,
            "differences": None if figures.differences is None else _differences(figures.differences),
            "errors": [list(one) for one in answer.errors],
            "warnings": [list(one) for one in answer.warnings],
        },
        "lint": list(map(_warned, outcome.warned)),
        "clauses": [_clause(line, figures, outcome.sought) for line in sheet.lines],
        "seeds": None if outcome.sought is None else seeds_document(outcome.sought),
        "change": None if outcome.comparison is None else _comparison(outcome.comparison, outcome.resought),
        "sample": None if outcome.sample is None else _sample(outcome.sample),
        "tried": [{"query": query, **told} for query, told in outcome.tried],
        "suggestions": None if outcome.suggestions is None else list(map(_suggestion, outcome.suggestions)),
    }


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        "papers": sample.papers,
        "drawn": [str(paper.pmid) for paper in sample.asked],
        "judged": sample.judged,
        "to_judge": sample.waiting,
        "from_store": sample.from_store,
        "precision": _precision(sample.before),
        "precision_after": _precision(sample.after),
    }


def _precision(found: Precision | None) -> dict[str, Any] | None:
    if found is None:
        return None
    read, least, most = found.to_read
    return {
        "share": found.share,
        "low": found.low,
        "high": found.high,
        "judged": found.judged,
        "number_needed_to_read": _finite(read),
        "number_needed_to_read_low": _finite(least),
        "number_needed_to_read_high": _finite(most),
    }


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None


def _warned(one: Warned) -> dict[str, Any]:
    return {
        "severity": one.severity,
        "code": one.code,
        "says": one.says,
        "instead": one.instead or None,
        "advice": one.advice or None,
        "seeds": None if one.seeds is None else _price(one.seeds),
        "store": None if one.store is None else _price(one.store),
    }


def _suggestion(one: Suggestion) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "says": one.says,
        "why": one.why,
        "query": str(one.query),
        "store": _price(one.store),
        "seeds": _price(one.seeds),
        "pubmed": None if one.pubmed is None else _price(one.pubmed),
    }


def _price(gained_and_lost: tuple[int, int]) -> dict[str, int]:
    return dict(zip(("gained", "lost"), gained_and_lost, strict=True))


def _comparison(comparison: Comparison, resought: Sought | None) -> dict[str, Any]:
    figures = comparison.new
    return {
        "query": str(figures.sheet.query),
        "pubmed": figures.pubmed.count if figures.pubmed is not None else None,
        "last_52_weeks": figures.lately,
        "store": figures.sheet.found.bit_count(),
        "clauses": [_clause(line, figures, resought) for line in figures.sheet.lines],
        "kept": comparison.kept,
        "number_needed_to_read_by_rules": dict(zip(("before", "after"), comparison.to_read, strict=True)),
        "gained": _change(comparison.gained, comparison),
        "lost": _change(comparison.lost, comparison),
        "seeds": None if resought is None else seeds_document(resought),
        "tags": {
            "papers": comparison.tagged_of,
            "changed": [
                dict(zip(("facet", "entry", "before", "after", "gained", "lost"), row, strict=True))
                for row in comparison.changed_tags
            ],
        },
    }


def _change(change: Change, comparison: Comparison) -> dict[str, Any]:
    return {
        "pubmed": change.in_pubmed,
        "store": change.in_store,
        "read": len(change.papers),
        "relevant": None if change.relevant is None else _estimate(change.relevant, change.total),
        "facets": [
            {"facet": facet, "label": label, **_estimate(found, change.total)}
            for facet, label, found in change.facets(comparison.facets)
        ],
        "papers": [
            {
                "pmid": str(one.paper.pmid),
                "title": one.paper.title,
                "in_store": one.in_store,
                "words": list(one.words),
                "why": one.why,
                "relevant": one.relevant,
                **{facet: list(found) for facet, found in one.findings.items()},
            }
            for one in change.papers
        ],
    }


def _estimate(found: Share, total: int) -> dict[str, Any]:
    """Counted in what was read, and what that says of all."""
    of_all, low, high = estimated(found, total)
    return {"counted": found.hits, "of_all": of_all, "low": low, "high": high}


def _differences(differ: Differences) -> dict[str, Any]:
    return {
        "only_pubmed": differ.only_listed,
        "only_here": differ.only_here,
        "papers": [
            {
                "pmid": str(one.pmid),
                "listed": one.listed,
                "clause": one.clause,
                "approximate": one.approximate,
            }
            for one in differ.named
        ],
    }


def seeds_document(sought: Sought) -> dict[str, Any]:
    """The recall of both halves, and each seed; of those to validate on only whether they have a record."""
    seeds = sought.seeds
    return {
        "developing": share(seeds.recall(to_validate=False)),
        "validating": share(seeds.recall(to_validate=True)),
        "all": share(seeds.recall()),
        "unread": list(seeds.unread),
        "papers": [_seed(one, shown=sought.unblind or not one.to_validate) for one in seeds.held],
    }


def share(some: Share) -> dict[str, Any]:
    """A share with its interval."""
    low, high = some.interval or (None, None)
    return {"hits": some.hits, "of": some.of, "share": some.value, "low": low, "high": high}


def _seed(one: Held, *, shown: bool) -> dict[str, Any]:
    return {
        "pmid": None if one.known.pmid is None else str(one.known.pmid),
        "doi": one.known.seed.doi or (one.known.paper.doi if one.known.paper else "") or None,
        "title": one.known.paper.title if one.known.paper else None,
        "in_store": one.known.in_store,
        "half": None if one.known.problem else "validating" if one.to_validate else "developing",
        "found": one.found if shown else None,
        "found_here": one.here if shown else None,
        "why_not": one.why if shown and one.found is not True else None,
    }


def _clause(line: Line, figures: Figures, sought: Sought | None) -> dict[str, Any]:
    clause = line.weighed.clause
    on_seeds = sought.clauses[line.number] if sought is not None else None
    return {
        "number": line.number or "0",
        "depth": line.depth,
        "clause": line.text,
        "operator": clause.operator if isinstance(clause, Group) else None,
        "role": line.role,
        "behind_not": line.weighed.nots > 0,
        "pubmed": figures.counts.get(line.text),
        "store": line.hits,
        "alone": line.alone,
        "pubmed_alone": figures.apart.get(line.number),
        "a_week": round(line.a_week, 3),
        "only_pubmed": list(line.unknown),
        "seeds": None if on_seeds is None else on_seeds.hits,
        "seeds_alone": None if on_seeds is None else hanging(on_seeds).bit_count(),
    }
