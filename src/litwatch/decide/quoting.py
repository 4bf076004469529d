"""A sentence of a record as a digest quotes it: under what it tells of, its telling words marked, cut where it is long.

Owns the values and the labels. Never chooses a sentence: study/ does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from litwatch.decide.denials import denied
from litwatch.decide.harms import HARM, harm_label
from litwatch.paper import Paper, Span

if TYPE_CHECKING:  # reading a digest needs no matcher
    from litwatch.study.findings import Findings

RESULT, CONCLUSION = "Result", "Authors’ conclusion"
#: Who sums up what others found, or says what to do, has no result of their own.
OF_WRITING = {"review": "From the review", "guideline": "From the guideline"}

#: What stands beside a quote, under its name among the Spans of the findings (study.beside).
BESIDE = {"not_met": "But", "no_difference": "No difference", "caveat": "But", "common_harm": HARM}
#: Which of them stand beside a result; the first that there is.
BESIDE_RESULT = ("not_met", "no_difference")

#: A quoted sentence longer than this is cut at a blank; the cut shows, the words stay PubMed's.
LONGEST_QUOTE = 600
#: The same where a paper stands by its title.
LONGEST_SHORT_QUOTE = 320


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a quote; `marked` where it is a word that earned a tag."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of PubMed's record: where they stand, the Spans marked inside, and whether it goes on."""

    label: str
    span: Span
    marks: tuple[Span, ...] = ()
    cut: bool = False

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The quote in runs, marked or not; joined they are `span.text`."""
        pieces: list[Piece] = []
        at = self.span.start
        for mark in self.marks:
            if mark.start > at:
                pieces.append(Piece(self._text(at, mark.start), marked=False))
            pieces.append(Piece(self._text(mark.start, mark.end), marked=True))
            at = mark.end
        if at < self.span.end:
            pieces.append(Piece(self._text(at, self.span.end), marked=False))
        return tuple(pieces)

    def _text(self, start: int, end: int) -> str:
        return self.span.text[start - self.span.start : end - self.span.start]


def result_label(findings: Findings) -> str:
    """What the result is called: by the paper's design, or that its figures alone tell no difference."""
    return (
        BESIDE["no_difference"] if "null" in findings.spans else OF_WRITING.get(findings.design or "", RESULT)
    )


def stands(paper: Paper, span: Span) -> bool:
    """Whether a Span still says what the record says (it may have been fetched again since)."""
    try:
        return bool(span.text) and paper.text(span.field)[span.start : span.end] == span.text
    except (ValueError, AttributeError):
        return False


def quote(
    name: str, paper: Paper, span: Span | None, marks: Iterable[Span] = (), longest: int = LONGEST_QUOTE
) -> Quote | None:
    """That sentence with the words marked that lie in it, but for denials; None where the record does not say it.

    A mark on "superior" in "was not superior" would tell a reader who looks at marks the opposite.
    """
    if span is None or not stands(paper, span):
        return None
    sentence = span.text
    cut = len(sentence) > longest
    if cut:
        blank = span.text.rfind(" ", longest // 2, longest)
        kept = span.text[: blank if blank > 0 else longest]
        span = Span(span.field, span.start, span.start + len(kept), kept)
    closed = [(span.start + start, span.start + end) for start, end in denied(sentence)] if marks else []
    inside: list[Span] = []
    for mark in sorted(set(marks), key=lambda mark: (mark.start, -mark.end)):
        fits = mark.field == span.field and span.start <= mark.start < mark.end <= span.end
        silent = any(start < mark.end and mark.start < end for start, end in closed)
        if fits and not silent and (not inside or mark.start >= inside[-1].end):
            inside.append(mark)
    return Quote(name, span, tuple(inside), cut)


def beside(
    name: str, paper: Paper, findings: Findings, marks: Iterable[Span] = (), longest: int = LONGEST_QUOTE
) -> Quote | None:
    """The sentence without which the result (BESIDE_RESULT) or the conclusion ("caveat") would mislead, if any."""
    span = next(iter(findings.spans.get(name, ())), None)
    return quote(BESIDE[name], paper, span, marks, longest)


def beside_result(
    paper: Paper, findings: Findings, marks: Iterable[Span] = (), longest: int = LONGEST_QUOTE
) -> Quote | None:
    """The sentence without which the result would mislead, if any."""
    return next(filter(None, (beside(name, paper, findings, marks, longest) for name in BESIDE_RESULT)), None)


def harm_quote(
    paper: Paper, findings: Findings, marks: Iterable[Span] = (), longest: int = LONGEST_QUOTE
) -> Quote | None:
    """The sentence of its harm, under what it tells of: an event, or that all was well."""
    harm = findings.quotes.harm
    return quote(harm_label(harm.text), paper, harm, marks, longest) if harm else None
