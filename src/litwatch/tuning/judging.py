"""Holds what the rules found in a paper against its labels.

Owns what counts as right, wrong, missed and invented. Never counts over papers (scores.py does).

A quote is right when it overlaps one of the accepted sentences, with white space and case folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from litwatch.paper import Paper, Span
from litwatch.study.findings import Findings
from litwatch.tuning.labels import MANY, NONE, NUMBERS, ONE, PHRASES, QUOTES, YES_NO, Labels

YES = "yes"
RIGHT, WRONG, MISSED, INVENTED, RIGHTLY_NONE = "right", "wrong", "missed", "invented", "rightly none"
BEFORE, AFTER = 40, 30  # characters round a Span, so that it can be judged


@dataclass(frozen=True, slots=True)
class Values:
    """A facet of one paper: the values that its label names, and those that were found."""

    facet: str
    labelled: frozenset[str]
    found: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A number, a quote, a phrase or a whole set of one paper; `outcome` is one of the five above."""

    name: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where the rules and a label differ. `value` is the facet's value, or ""; `misled` the words that did it."""

    pmid: int
    title: str
    facet: str
    value: str
    kind: str
    labelled: str
    found: str
    misled: tuple[tuple[str, str, str], ...] = ()

    @property
    def key(self) -> tuple[int, str, str, str]:
        """What makes it the same mistake in another evaluation."""
        return self.pmid, self.facet, self.value, self.kind


def values(labels: Labels, findings: Findings) -> Iterator[Values]:
    """Every facet that is labelled; yes-or-no labels have the one value `yes`."""
    for name in YES_NO:
        if name in labels:
            said, found = labels[name], getattr(findings, name)
            yield Values(name, frozenset([YES] if said else ()), frozenset([YES] if found else ()))
    for name in MANY:
        if name in labels:
            yield Values(name, labels[name], _many(findings, name))
    for name in ONE:
        if name in labels:
            yield Values(name, frozenset([labels[name]]), frozenset([getattr(findings, name) or NONE]))


def answers(labels: Labels, findings: Findings) -> Iterator[Answer]:
    """Every number, quote and phrase that is labelled, and the routes as one."""
    for name in NUMBERS:
        if name in labels:
            said, found = labels[name], getattr(findings, name)
            yield Answer(name, _outcome(said is not None, found is not None, right=said == found))
    if "routes" in labels:
        routes = frozenset(findings.routes)
        yield Answer(
            "routes", _outcome(bool(labels["routes"]), bool(routes), right=labels["routes"] == routes)
        )
    for name in QUOTES:
        if name in labels:
            span = getattr(findings.quotes, name)
            right = span is not None and any(overlap(span.text, text) for text in labels[name])
            yield Answer(name, _outcome(bool(labels[name]), span is not None, right=right))
    for name in PHRASES:
        if name in labels:
            phrases = getattr(findings, name)
            right = any(overlap(phrase, text) for phrase in phrases for text in labels[name])
            yield Answer(name, _outcome(bool(labels[name]), bool(phrases), right=right))


def mistakes(paper: Paper, labels: Labels, findings: Findings) -> Iterator[Mistake]:
    """All that the rules got wrong in a paper, with the words that misled them."""
    for each in values(labels, findings):
        if each.facet in ONE:
            if each.labelled != each.found:
                (said,), (found,) = each.labelled, each.found
                yield _mistake(
                    paper, each.facet, said, WRONG, said, found, findings.spans.get(each.facet, ())
                )
            continue
        for value in sorted(each.labelled - each.found):
            yield _mistake(paper, each.facet, value, MISSED, value, "")
        for value in sorted(each.found - each.labelled):
            yield _mistake(
                paper, each.facet, value, INVENTED, "", value, _earned_by(findings, each.facet, value)
            )
    for answer in answers(labels, findings):
        if answer.outcome in (WRONG, MISSED, INVENTED) and answer.name != "routes":
            span = getattr(findings.quotes, answer.name) if answer.name in QUOTES else None
            found = span.text if span is not None else _written(getattr(findings, answer.name, None))
            spans = () if answer.name in QUOTES else findings.spans.get(answer.name, ())
            yield _mistake(
                paper, answer.name, "", answer.outcome, _written(labels[answer.name]), found, spans
            )


def overlap(one: str, other: str) -> bool:
    """Whether one text holds the other, with white space and case folded."""
    first, second = " ".join(one.split()).casefold(), " ".join(other.split()).casefold()
    return first in second or second in first


def _outcome(said: bool, found: bool, *, right: bool) -> str:  # noqa: FBT001 - a truth table
    if said and found:
        return RIGHT if right else WRONG
    if said:
        return MISSED
    return INVENTED if found else RIGHTLY_NONE


def _many(findings: Findings, name: str) -> frozenset[str]:
    return frozenset(findings.tags if name == "topics" else getattr(findings, name))


def _earned_by(findings: Findings, facet: str, value: str) -> tuple[Span, ...]:
    if facet == "topics":
        return findings.tags.get(value, ())
    return findings.spans.get(facet if value == YES else f"{facet}.{value}", ())


def _written(value: object) -> str:
    if value is None:
        return ""
    return " | ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _mistake(
    paper: Paper, facet: str, value: str, kind: str, labelled: str, found: str, spans: Iterable[Span] = ()
) -> Mistake:
    misled = tuple(_around(paper, span) for span in list(spans)[:6])
    return Mistake(paper.pmid, paper.title, facet, value, kind, labelled, found, misled)


def _around(paper: Paper, span: Span) -> tuple[str, str, str]:
    """The words of a Span, and what stands before and after them."""
    text = paper.text(span.field)
    return text[max(0, span.start - BEFORE) : span.start], span.text, text[span.end : span.end + AFTER]
