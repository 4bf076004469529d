"""Owns the rough reading of a query that lint does itself: pieces, and what stands at one depth of brackets.

Never fails, whatever is written: parse.py says what is wrong, this only says what stands where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: What opens or closes a phrase: the straight mark, and what word processors make of it (lexemes.py reads them so).
QUOTES = '"“”„‟«»＂'
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_STOP = rf"\s()\[\]&|{QUOTES}"
_PIECE = re.compile(
    rf"""(?P<blank>[\s{_INVISIBLE}]+)
    |(?P<comment>\#(?=\s|\Z)[^\n]*)
    |(?P<chemical>(?:\([^{_STOP}]{{1,20}}\)-){{1,3}}[^{_STOP}]+)
    |(?P<open>\()
    |(?P<close>\))
    |(?P<quote>[{QUOTES}][^{QUOTES}]*[{QUOTES}])
    |(?P<unclosed>[{QUOTES}][^{QUOTES}]*\Z)
    |(?P<tag>\[[^\[\]]*\]?)
    |(?P<stray>\])
    |(?P<operator>[&|]|(?:AND|OR|NOT)(?![^{_STOP}{_INVISIBLE}]))
    |(?P<reference>\#\d{{1,9}}(?![^{_STOP}{_INVISIBLE}]))
    |(?P<word>[^{_STOP}]+)""",
    re.VERBOSE,
)
_NUMBERED = re.compile(r"[ \t]*#?(\d{1,4})(?:[.):][ \t]*|[ \t]+)(?=\S)", re.MULTILINE)
_WORDS = ("quote", "unclosed", "word", "reference")


@dataclass(frozen=True, slots=True)
class Piece:
    """A token: `kind` is quote, unclosed, word, tag, stray, open, close, operator or reference."""

    kind: str
    text: str
    start: int
    end: int
    glued: bool  # no blank before it


@dataclass(slots=True)
class Operand:
    """A term or a bracket: its words, its tag if it has one; of a bracket, what stands inside."""

    start: int
    end: int
    words: list[Piece] = field(default_factory=list)
    tag: Piece | None = None
    inside: Level | None = None


@dataclass(slots=True)
class Level:
    """What stands at one depth of brackets; `joins` holds the operator before each operand but the first.

    None stands for "nothing written", a list of several for doubled operators. `left` are operators at the end.
    """

    start: int
    end: int = 0
    depth: int = 0
    closed: bool = True
    operands: list[Operand] = field(default_factory=list)
    joins: list[list[Piece]] = field(default_factory=list)
    first: list[Piece] = field(default_factory=list)
    left: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a numbered strategy, without its number; a text without numbers is one line."""

    number: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as lint sees it. `levels` holds every level, outer ones before what they hold."""

    text: str
    lines: tuple[Line, ...]
    pieces: tuple[Piece, ...]
    levels: tuple[Level, ...]
    stray_closes: tuple[Piece, ...]
    comments: tuple[tuple[int, int], ...]

    @property
    def operands(self) -> list[Operand]:
        """Every term and bracket, in the order of the levels."""
        return [operand for level in self.levels for operand in level.operands]

    @property
    def terms(self) -> list[Operand]:
        """Every term."""
        return [operand for operand in self.operands if operand.inside is None]


def read_roughly(text: str) -> Reading:
    """The pieces and levels of any text."""
    lines = strategy_lines(text)
    pieces: list[Piece] = []
    levels: list[Level] = []
    strays: list[Piece] = []
    comments: list[tuple[int, int]] = []
    for line in lines:
        found = _pieces(text, line.start, line.end, comments)
        pieces.extend(found)
        _levels(found, line, levels, strays)
    return Reading(text, lines, tuple(pieces), tuple(levels), tuple(strays), tuple(comments))


def strategy_lines(text: str) -> tuple[Line, ...]:
    """The lines of a numbered strategy: 1. ketamine[tiab], #2 ..., two of them at least, the numbers rising."""
    starts: list[tuple[int, int, int]] = []
    offset = 0
    for row in text.splitlines(keepends=True):
        match = _NUMBERED.match(row)
        if match and (not starts or int(match[1]) > starts[-1][0]) and not _is_uid_row(row):
            starts.append((int(match[1]), offset, offset + match.end()))
        elif not starts and row.strip() and not re.match(r"\s*#\s", row):
            return (Line(None, 0, len(text)),)
        offset += len(row)
    if len(starts) < 2:
        return (Line(None, 0, len(text)),)
    ends = [start for _, start, _ in starts[1:]] + [len(text)]
    return tuple(Line(number, begin, end) for (number, _, begin), end in zip(starts, ends, strict=True))


def _is_uid_row(row: str) -> bool:
    return re.fullmatch(r"[\d\s,;]+", row) is not None


def _pieces(text: str, start: int, end: int, comments: list[tuple[int, int]]) -> list[Piece]:
    found: list[Piece] = []
    position, after_blank = start, True
    while position < end:
        match = _PIECE.match(text, position, end)
        assert match is not None  # every character begins some piece
        kind = str(match.lastgroup)
        position = match.end()
        if kind == "comment":
            comments.append(match.span())
        if kind in ("blank", "comment"):
            after_blank = True
            continue
        if kind == "chemical":
            kind = "word"
        found.append(Piece(kind, match[0], match.start(), position, not after_blank))
        after_blank = False
    return found


def _levels(pieces: list[Piece], line: Line, levels: list[Level], strays: list[Piece]) -> None:
    stack = [Level(line.start)]
    pending: list[list[Piece]] = [[]]
    levels.append(stack[0])
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        position += 1
        if piece.kind == "operator":
            pending[-1].append(piece)
        elif piece.kind == "open":
            inner = Level(piece.start, depth=len(stack))
            _add(stack[-1], pending, Operand(piece.start, piece.end, inside=inner))
            stack.append(inner)
            pending.append([])
            levels.append(inner)
        elif piece.kind == "close":
            if len(stack) == 1:
                strays.append(piece)
                continue
            done = stack.pop()
            done.left, done.end = pending.pop(), piece.end
            stack[-1].operands[-1].end = piece.end
            if position < len(pieces) and pieces[position].kind == "tag":
                stack[-1].operands[-1].tag = pieces[position]
                stack[-1].operands[-1].end = pieces[position].end
                position += 1
        elif piece.kind in _WORDS:
            operand = Operand(piece.start, piece.end, [piece])
            if piece.kind == "word":
                while position < len(pieces) and pieces[position].kind == "word":
                    operand.words.append(pieces[position])
                    position += 1
            if position < len(pieces) and pieces[position].kind == "tag":
                operand.tag = pieces[position]
                position += 1
            operand.end = pieces[position - 1].end
            _add(stack[-1], pending, operand)
    while stack:
        level = stack.pop()
        level.left, level.end, level.closed = pending.pop(), line.end, not stack


def _add(level: Level, pending: list[list[Piece]], operand: Operand) -> None:
    before, pending[-1] = pending[-1], []
    if level.operands:
        level.joins.append(before)
    else:
        level.first = before
    level.operands.append(operand)
