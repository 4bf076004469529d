"""Where a reader finds the words of Spans: the sentence or the value that holds them, with the words marked.

Owns which stretch of a record is shown around a Span. Never decides what matches and writes no words of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from litwatch.paper import Paper, Span
from litwatch.study.labels import OTHER
from litwatch.study.roles import sentences_with_roles
from litwatch.study.sentences import sentences

AROUND = 70  # characters on either side of words that stand in no sentence
LONGEST = {"title": 110}  # the whole title stands above; a longer one is cut around the words
LONGEST_SENTENCE = 320
_FIELD_NAMES = {"mesh": "heading", "publication_types": "publication type"}
LISTS = ("keywords", "mesh", "substances", "publication_types", "affiliations")


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of `field`, verbatim, and the words in it (`marks`: from, to, in code points of `text`).

    `role` is what its part of the abstract says (background, aim, methods, results, conclusion) or "";
    `cut_before` and `cut_after` tell that its sentence goes on.
    """

    field: str
    role: str
    text: str
    marks: tuple[tuple[int, int], ...]
    cut_before: bool = False
    cut_after: bool = False

    @property
    def where(self) -> str:
        """Field and role for a reader: "abstract (methods)", "heading"."""
        name = _FIELD_NAMES.get(self.field, self.field.replace("_", " "))
        return f"{name} ({self.role})" if self.role else name

    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """The text in order, each piece with whether it is marked; put together they are the text."""
        found: list[tuple[str, bool]] = []
        position = 0
        for start, end in self.marks:
            found += [(self.text[position:start], False), (self.text[start:end], True)]
            position = end
        found.append((self.text[position:], False))
        return tuple(piece for piece in found if piece[0])


class Places:
    """The sentences of one paper, split once."""

    __slots__ = ("_paper", "_sentences")

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._sentences: dict[str, Sequence[tuple[int, int, str]]] = {}

    def of(self, spans: Iterable[Span]) -> tuple[Place, ...]:
        """A place for each sentence or value that holds some of the Spans, in the order of the Spans."""
        held: dict[tuple[str, int, int, str], list[tuple[int, int]]] = {}
        for span in spans:
            held.setdefault(self._around(span), []).append((span.start, span.end))
        return tuple(self._place(*stretch, _joined(marks)) for stretch, marks in held.items())

    def _around(self, span: Span) -> tuple[str, int, int, str]:
        """Field, from, to and role of what holds the Span."""
        text = self._paper.text(span.field)
        if span.field in LISTS:
            start = text.rfind("; ", 0, span.start) + 2 if "; " in text[: span.start] else 0
            end = text.find("; ", span.end)
            return span.field, start, end if end >= 0 else len(text), ""
        for start, end, role in self._split(span.field, text):
            if start <= span.start < end:
                return span.field, start, max(end, span.end), "" if role == OTHER else role
        # A label, or what stands before the first one.
        return span.field, max(0, span.start - AROUND), min(len(text), span.end + AROUND), ""

    def _split(self, field: str, text: str) -> Sequence[tuple[int, int, str]]:
        known = self._sentences.get(field)
        if known is None:
            if field == "abstract":
                known = [(one.start, one.end, one.role) for one in sentences_with_roles(self._paper)]
            elif field == "title":
                known = [(0, len(text), "")]
            else:
                known = [(start, end, "") for start, end in sentences(text)]
            self._sentences[field] = known
        return known

    def _place(self, field: str, start: int, end: int, role: str, marks: Sequence[tuple[int, int]]) -> Place:
        text = self._paper.text(field)
        first, last = start, end
        longest = LONGEST.get(field, LONGEST_SENTENCE)
        if end - start > longest:
            first = max(start, min(marks[0][0] - AROUND, end - longest))
            first = first if first == start else text.find(" ", first, marks[0][0]) + 1 or first
            last = max(first + longest, marks[0][1])
            last = end if last >= end else max(text.rfind(" ", marks[0][1], last), marks[0][1])
        inside = tuple((a - first, b - first) for a, b in marks if first <= a and b <= last)
        return Place(field, role, text[first:last], inside, first > start, last < end)


def marked(text: str, start: int, end: int, spans: Iterable[Span]) -> tuple[tuple[str, bool], ...]:
    """`text[start:end]` in pieces, each with whether it is the words of a Span (in code points of `text`)."""
    inside = [
        (max(one.start, start), min(one.end, end)) for one in spans if one.start < end and one.end > start
    ]
    marks = tuple((a - start, b - start) for a, b in _joined(inside))
    return Place("", "", text[start:end], marks).pieces()


def _joined(marks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches in order, those that overlap or touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
