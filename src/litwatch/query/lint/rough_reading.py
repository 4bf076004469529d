"""Owns the rough reading of a query that lint does itself: operands, and what stands at one depth of brackets.

Never fails, whatever is written: parse.py says what is wrong, this only says what stands where. Never cuts a text
itself: its pieces are those of lexemes.py, its lines those of strategy.py, so that both readings are of one text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from litwatch.errors import QueryError
from litwatch.query.fields import find_field
from litwatch.query.lexemes import UNREAD, Lexeme, lexemes, one_line
from litwatch.query.strategy import numbered_lines
from litwatch.query.terms import end_of_place

_WORDS = ("quote", "unclosed", "word", "reference")


@dataclass(frozen=True, slots=True)
class Piece:
    """A lexeme: `kind` is quote, unclosed, word, tag, stray, open, close, operator or reference.

    `text` has no invisible characters; a tag that is never closed lacks its "]".
    """

    kind: str
    text: str
    start: int
    end: int
    glued: bool  # nothing between it and the piece before


@dataclass(slots=True)
class Operand:
    """A term, a range of two, or a bracket: its words, its (last) tag if it has one; what stands in a bracket."""

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
    marks: tuple[Piece, ...] = ()  # that belong to no word

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
    pieces: list[Piece] = []
    levels: list[Level] = []
    strays: list[Piece] = []
    unread: list[Lexeme] = []
    lines = _lines(text, unread)
    for line in lines:
        found = _pieces(text, line.start, line.end, unread)
        pieces.extend(found)
        _levels(found, line, levels, strays)
    comments = tuple((one.start, one.end) for one in unread if one.kind == "comment")
    marks = tuple(Piece(*one, glued=False) for one in unread if one.kind == "mark")
    return Reading(text, lines, tuple(pieces), tuple(levels), tuple(strays), comments, marks)


def _lines(text: str, unread: list[Lexeme]) -> tuple[Line, ...]:
    """The lines as the parser has them, one where it has none; what stands above the first are comments."""
    try:
        numbered = numbered_lines(text)
    except QueryError:
        numbered = ()
    if not numbered:
        return (Line(None, 0, len(text)),)
    _pieces(text, 0, numbered[0].label, unread)
    return tuple(Line(one.number, one.start, one.end) for one in numbered)


def _pieces(text: str, start: int, end: int, unread: list[Lexeme]) -> list[Piece]:
    found: list[Piece] = []
    for lexeme in lexemes(text, start, end, tolerant=True):
        if lexeme.kind in UNREAD:
            unread.append(lexeme)
            continue
        kind = "word" if lexeme.kind == "colon" else lexeme.kind
        before = found[-1] if found else None
        glued = before is not None and before.end == lexeme.start
        if before is not None and glued and kind == before.kind == "word":
            # S(+)-ketamine is one word, as in terms.py; and so is the :ti,ab that other databases hang on a phrase.
            found[-1] = Piece(kind, before.text + lexeme.text, before.start, lexeme.end, before.glued)
        else:
            found.append(Piece(kind, lexeme.text, lexeme.start, lexeme.end, glued))
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
            operand, position = _term(pieces, position - 1)
            _add(stack[-1], pending, operand)
    while stack:
        level = stack.pop()
        level.left, level.end, level.closed = pending.pop(), line.end, not stack


def _term(pieces: Sequence[Piece], position: int) -> tuple[Operand, int]:
    first = pieces[position]
    operand = Operand(first.start, first.end, [first])
    position += 1
    while first.kind == "word" and position < len(pieces) and pieces[position].kind == "word":
        operand.words.append(pieces[position])
        position += 1
    if first.kind == "word" and (place_ends := end_of_place(pieces, position)):
        operand.words.extend(pieces[position + 1 : place_ends - 1])
        position = place_ends
    if position < len(pieces) and pieces[position].kind == "tag":
        operand.tag = pieces[position]
        position += 1
    if operand.tag is not None or first.kind == "quote":
        position = _range_end(pieces, position, operand)
    operand.end = pieces[position - 1].end
    return operand, position


def _range_end(pieces: Sequence[Piece], position: int, operand: Operand) -> int:
    """The position after the end of a range of dates or PMIDs, which joins the operand; `position` for no range."""
    if position == len(pieces) or pieces[position].kind != "word" or pieces[position].text[0] != ":":
        return position
    after = position + 1
    if pieces[position].text == ":" and after < len(pieces) and pieces[after].kind == "quote":
        after += 1
    else:
        while after < len(pieces) and pieces[after].kind == "word":
            after += 1
    if after == len(pieces) or pieces[after].kind != "tag":
        return position
    ending = find_field(one_line(pieces[after].text[1:-1]))
    if ending is None or ending.kind not in ("date", "uid"):
        return position
    operand.words.extend(pieces[position:after])
    operand.tag = pieces[after]
    return after + 1


def _add(level: Level, pending: list[list[Piece]], operand: Operand) -> None:
    before, pending[-1] = pending[-1], []
    if level.operands:
        level.joins.append(before)
    else:
        level.first = before
    level.operands.append(operand)
