"""All measures of a watch's rules on labelled records.

Owns which figures there are and what they are called. Never reads a file and never prints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from litwatch.paper import Paper
from litwatch.study.findings import Findings
from litwatch.tuning import judging
from litwatch.tuning.judging import Answer, Mistake, Values
from litwatch.tuning.labels import MANY, NUMBERS, ONE, PHRASES, QUOTES, YES_NO, Labelled
from litwatch.tuning.scores import Array, Counts, Estimate, Resampling, estimate, mean, summed

MACRO_F1 = "topic-macro-F1"
LEAD_MACRO_F1 = "lead-topic-macro-F1"
_FACETS = (*YES_NO, *MANY, *ONE)
_ANSWERS = (*NUMBERS, "routes", *QUOTES, *PHRASES)


@dataclass(frozen=True, slots=True)
class Value:
    """How well one value of a facet is found; `labelled` is in how many papers it is there."""

    precision: Estimate
    recall: Estimate
    f1: Estimate
    labelled: int
    hit: int
    extra: int
    missed: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """A number, a quote or a set: of the `stated` papers that have it, which shares were right, wrong and missed.

    `invented` counts the papers that have none, and for which something was found.
    """

    right: Estimate
    wrong: Estimate
    missed: Estimate
    stated: int
    invented: int
    silent: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One watch measured on one set of records.

    `figures` are the shares and means that sum it up, by name; `confused` counts (facet, label, found) where one of
    design, setting and subjects was wrong.
    """

    watch: str
    records: int
    with_mesh: bool
    figures: Mapping[str, Estimate]
    facets: Mapping[str, Mapping[str, Value]]
    answers: Mapping[str, Agreement]
    confused: Mapping[tuple[str, str, str], int]
    mistakes: tuple[Mistake, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, as `eval --json` prints and `--compare` reads them."""
        document = asdict(replace(self, confused={}))
        document["confused"] = [
            {"facet": facet, "labelled": label, "found": found, "papers": count}
            for (facet, label, found), count in self.confused.items()
        ]
        for mistake in document["mistakes"]:
            mistake["pmid"] = str(mistake["pmid"])
        return document


def evaluate(
    labelled: Sequence[Labelled],
    study: Callable[[Paper], Findings],
    watch: str,
    leads: Sequence[str] = (),
    *,
    with_mesh: bool = False,
) -> Evaluation:
    """Every measure of what `study` finds; `leads` are the topics whose mean is given beside that of all.

    Without `with_mesh` the records' MeSH is taken away first: fresh papers have none.
    """
    papers = [each.paper if with_mesh else replace(each.paper, mesh=()) for each in labelled]
    found = [study(paper) for paper in papers]
    values = [
        _by_facet(judging.values(each.labels, here)) for each, here in zip(labelled, found, strict=True)
    ]
    answers = [
        _by_name(judging.answers(each.labels, here)) for each, here in zip(labelled, found, strict=True)
    ]
    facets, figures = _facets(values, leads)
    agreements = {name: _agreement(some) for name in _ANSWERS if (some := _known(answers, name))}
    confused = Counter(_confused(values))
    return Evaluation(
        watch,
        len(labelled),
        with_mesh,
        figures,
        facets,
        agreements,
        dict(confused.most_common()),
        tuple(
            mistake
            for each, paper, here in zip(labelled, papers, found, strict=True)
            for mistake in judging.mistakes(paper, each.labels, here)
        ),
    )


def _by_facet(some: Iterable[Values]) -> dict[str, Values]:
    return {each.facet: each for each in some}


def _by_name(some: Iterable[Answer]) -> dict[str, Answer]:
    return {each.name: each for each in some}


def _known(answers: Sequence[Mapping[str, Answer]], name: str) -> list[str]:
    return [each[name].outcome for each in answers if name in each]


def _confused(values: Sequence[Mapping[str, Values]]) -> Iterator[tuple[str, str, str]]:
    for each in values:
        for facet in ONE:
            if facet in each and each[facet].labelled != each[facet].found:
                (label,), (found,) = each[facet].labelled, each[facet].found
                yield facet, label, found


def _facets(
    values: Sequence[Mapping[str, Values]], leads: Sequence[str]
) -> tuple[dict[str, dict[str, Value]], dict[str, Estimate]]:
    facets: dict[str, dict[str, Value]] = {}
    figures: dict[str, Estimate] = {}
    for facet in _FACETS:
        known = [each[facet] for each in values if facet in each]
        if not known:
            continue
        resampling = Resampling(len(known))
        counted = dict(_counted(known, resampling))
        facets[facet] = {value: _value(counts) for value, counts in counted.items()}
        there = {value: counts for value, counts in counted.items() if counts.hit[0] + counts.missed[0]}
        figures |= {
            name: estimate(figure) for name, figure in _summed_up(facet, there, known, resampling, leads)
        }
    return facets, figures


def _counted(known: Sequence[Values], resampling: Resampling) -> Iterator[tuple[str, Counts]]:
    """The counts of every value that is labelled or found anywhere."""
    for value in sorted({value for each in known for value in each.labelled | each.found}):
        yield (
            value,
            resampling.counts(
                [value in each.labelled for each in known], [value in each.found for each in known]
            ),
        )


def _value(counts: Counts) -> Value:
    hit, extra, missed = (int(each[0]) for each in (counts.hit, counts.extra, counts.missed))
    return Value(
        estimate(counts.precision()),
        estimate(counts.recall()),
        estimate(counts.f1()),
        hit + missed,
        hit,
        extra,
        missed,
    )


def _summed_up(
    facet: str,
    there: Mapping[str, Counts],
    known: Sequence[Values],
    resampling: Resampling,
    leads: Sequence[str],
) -> Iterator[tuple[str, Array]]:
    """The figures that sum a facet up; values that no label names have no part in a mean."""
    if facet in ONE:
        right = [each.labelled == each.found for each in known]
        yield f"{facet}-right", resampling.share(right, [True] * len(known))
    elif facet in MANY and there:
        name = "topic" if facet == "topics" else facet
        yield f"{name}-macro-F1", mean(counts.f1() for counts in there.values())
        yield f"{name}-micro-F1", summed(there.values()).f1()
        if facet == "topics" and set(leads) <= there.keys() and leads:
            yield LEAD_MACRO_F1, mean(there[lead].f1() for lead in leads)


def _agreement(outcomes: Sequence[str]) -> Agreement:
    resampling = Resampling(len(outcomes))
    stated = [each in (judging.RIGHT, judging.WRONG, judging.MISSED) for each in outcomes]

    def share(outcome: str) -> Estimate:
        return estimate(resampling.share([each == outcome for each in outcomes], stated))

    counted = Counter(outcomes)
    return Agreement(
        share(judging.RIGHT),
        share(judging.WRONG),
        share(judging.MISSED),
        sum(stated),
        counted[judging.INVENTED],
        counted[judging.INVENTED] + counted[judging.RIGHTLY_NONE],
    )
