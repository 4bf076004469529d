"""What a change of the rules gained and lost: two evaluations of the same records held against each other.

Owns what counts as mended and as new, and reading an evaluation back. Never evaluates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from litwatch.errors import ReadError
from litwatch.tuning.evaluation import Evaluation
from litwatch.tuning.judging import Mistake

_AGREEMENT = ("right", "wrong", "missed")


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier evaluation, as far as it is compared."""

    records: int
    with_mesh: bool
    figures: Mapping[str, float]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Figures that changed, and mistakes that are mended or new; `notes` say what keeps the two apart."""

    changes: tuple[Change, ...]
    mended: tuple[Mistake, ...]
    new: tuple[Mistake, ...]
    notes: tuple[str, ...]


def figures(evaluation: Evaluation) -> dict[str, float]:
    """Every figure of an evaluation by one name: those that sum up, each value's F1, each answer's shares."""
    return dict(_figures(evaluation.to_json()))


def read_evaluation(document: Any) -> Before:
    """What `eval --json` printed. Raises ReadError where it is something else."""
    try:
        return Before(
            int(document["records"]),
            bool(document["with_mesh"]),
            dict(_figures(document)),
            tuple(_mistake(each) for each in document["mistakes"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ReadError("it is not what `litwatch eval --json` prints") from None


def compare(before: Before, after: Evaluation) -> Comparison:
    """What changed from one to the other."""
    now = figures(after)
    was, are = ({each.key: each for each in some} for some in (before.mistakes, after.mistakes))
    notes = []
    if before.records != after.records:
        notes.append(f"it was measured on {before.records:,} records, now on {after.records:,}")
    if before.with_mesh != after.with_mesh:
        notes.append(f"it was measured {'with' if before.with_mesh else 'without'} MeSH")
    return Comparison(
        tuple(
            Change(name, before.figures[name], now[name])
            for name in now
            if name in before.figures and abs(before.figures[name] - now[name]) > 1e-9
        ),
        tuple(each for key, each in was.items() if key not in are),
        tuple(each for key, each in are.items() if key not in was),
        tuple(notes),
    )


def _figures(document: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, figure in document["figures"].items():
        yield name, float(figure["value"])
    for facet, values in document["facets"].items():
        for value, scores in values.items():
            yield f"{facet}.{value} F1", float(scores["f1"]["value"])
    for name, agreement in document["answers"].items():
        for share in _AGREEMENT:
            yield f"{name} {share}", float(agreement[share]["value"])


def _mistake(told: Mapping[str, Any]) -> Mistake:
    title, facet, value, kind, labelled, found = (
        str(told[name]) for name in ("title", "facet", "value", "kind", "labelled", "found")
    )
    misled = tuple((str(before), str(words), str(after)) for before, words, after in told["misled"])
    return Mistake(int(told["pmid"]), title, facet, value, kind, labelled, found, misled)
