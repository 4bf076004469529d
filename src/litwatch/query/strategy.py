"""Owns numbered strategies: which lines a text has, and the last one with the lines that it needs written out.

Never groups clauses (parse.py does), never checks what a line holds (references.py), and never knows PubMed's own
search history.

A strategy begins with "1. ", "1) ", "1: ", "#1 " or "1 " before its first line; every line with a number in that form
begins a new one, all others go on. "#1" stands for line 1 as if it were in brackets; the last line is the query.
That one needs no number where it is made of references alone ("#1 AND #2").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from litwatch.errors import QueryError
from litwatch.query.lexemes import INVISIBLE, UNREAD, Lexeme, lexemes

#: The most words, tags, brackets and operators that a query may have once its lines are written out: twenty times
#: the longest published strategy that we know.
LONGEST = 100_000
_LABEL = re.compile(
    rf"(?:[^\S\r\n]|[{INVISIBLE}])*(?P<hash>#)?(?P<number>\d{{1,6}})(?P<mark>[.:)]?)(?P<gap>[^\S\r\n]*)"
)
_LINE = re.compile(r"[^\r\n]+")
_NEWLINE = re.compile(r"[\r\n]")
_OPERATOR = re.compile(r"(?:AND|OR|NOT|and|or|not)\b(?!/\d)|[&|)\[]|$")
_REFERENCE = re.compile(r"#\d")
#: 3 1 and 2, 4 or/1-3: a line that names others as Ovid does, which check_line refuses.
_LINE_OF_LINES = re.compile(
    r"^[ \t]*\d{1,3}[ \t]+(?:(?:\([ \t]*)?\d{1,3}[ \t]+(?:and|or|not)[ \t]|(?:and|or)/\d|\d[\d,-]{0,80}/(?:and|or)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_LETTER = re.compile(r"[^\W\d_]")
#: Above this a number at the head of a line may be a year or a PMID: it numbers the line only where it goes on from
#: the line above, with a gap of at most so many.
_SURE, _GAP = 999, 100


class NumberedLine(NamedTuple):
    """A line of a strategy: where its number begins, and from where to where its query goes (code points)."""

    number: int
    label: int
    start: int
    end: int


def numbered_lines(text: str) -> tuple[NumberedLine, ...]:
    """The lines of a numbered strategy in order; () where the text is one query.

    Raises QueryError where the numbers do not rise.
    """
    found: list[NumberedLine] = []
    form = ""
    for start, number, style, begin in _labels(text):
        above = found[-1].number if found else 0
        if not found:
            if style == "" or number > _SURE or not _begins_strategy(text, style, begin):
                return ()
            form = style
        elif style != form or number > max(_SURE, above + _GAP):
            continue
        elif number <= above:
            if form == "bare":
                continue
            raise _falling(text, found, number, start, begin)
        if found:
            found[-1] = found[-1]._replace(end=_trimmed(text, found[-1].start, start))
        found.append(NumberedLine(number, start, begin, len(text)))
    if not found:
        return ()
    found[-1] = found[-1]._replace(end=_trimmed(text, found[-1].start, len(text)))
    last, below = found[-1], _unnumbered(text, found[-1])
    if below is not None:
        found[-1] = last._replace(end=_trimmed(text, last.start, below))
        found.append(NumberedLine(last.number + 1, below, below, last.end))
        further = _unnumbered(text, found[-1])
        if further is not None:
            hint = "write the number before each line"
            raise QueryError(
                "a second line without a number", text, further, _trimmed(text, further, last.end), hint
            )
    return () if form in ("bare", "hash", ":") and len(found) < 2 else tuple(found)


def _unnumbered(text: str, last: NumberedLine) -> int | None:
    """Where a line without a number begins below the last numbered one: "#1 AND #2", "(#1 OR #2) AND english[la]".

    Only a reference can begin it, and only where the line above is complete: no open bracket, no operator at its end.
    """
    found = lexemes(text, last.start, last.end, tolerant=True)
    pieces = [piece for piece in found if piece.kind not in UNREAD]
    depth = 0
    for position, piece in enumerate(pieces):
        above = pieces[position - 1] if position else None
        if (
            above is not None
            and not depth
            and above.kind != "operator"
            and _NEWLINE.search(text, above.end, piece.start)
            and _begins_with_reference(pieces, position, last.number)
        ):
            return piece.start
        depth += (piece.kind == "open") - (piece.kind == "close")
    return None


def _begins_with_reference(pieces: Sequence[Lexeme], position: int, highest: int) -> bool:
    while position < len(pieces) and pieces[position].kind == "open":
        position += 1
    return (
        position < len(pieces)
        and pieces[position].kind == "reference"
        and 0 < int(pieces[position].text[1:]) <= highest
    )


def _labels(text: str) -> Iterator[tuple[int, int, str, int]]:
    """Start, number, form and end of each label; first, the form "" where the text begins without one."""
    first = True
    for match in _LINE.finditer(text):
        line = match[0].strip()
        if not line or (line[0] == "#" and (len(line) == 1 or line[1].isspace())):
            continue
        style, label = _style(text, match.start(), match.end())
        if label is not None:
            yield match.start(), int(label["number"]), style, label.end()
        elif first:
            yield match.start(), 0, "", match.start()
        first = False


def _style(text: str, start: int, end: int) -> tuple[str, re.Match[str] | None]:
    label = _LABEL.match(text, start, end)
    if label is None:
        return "", None
    gap, rest = label["gap"], text[label.end() : label.end() + 4]
    at_end = label.end() == end
    if label["hash"]:
        if gap and not at_end and not _OPERATOR.match(rest):
            return "hash", label
    elif label["mark"]:
        if gap or at_end or rest[:1] in '("“':
            return label["mark"], label
    elif not label["mark"] and gap and not at_end and not _OPERATOR.match(rest):
        return "bare", label
    return "", None


def _begins_strategy(text: str, style: str, begin: int) -> bool:
    """Whether a first line can be one of a strategy: two PMIDs are none, nor is "5 HT2A" without a reference."""
    if style not in ("bare", ":"):
        return True
    line = _LINE.match(text, begin)
    if line is None or not _LETTER.search(line[0]):
        return False
    return style == ":" or any(one.search(text) for one in (_REFERENCE, _LINE_OF_LINES))


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _falling(text: str, found: Sequence[NumberedLine], number: int, start: int, begin: int) -> QueryError:
    end = _trimmed(text, start, begin)
    if any(line.number == number for line in found):
        return QueryError(
            f"there is a line {number} above already", text, start, end, "give it another number"
        )
    hint = "write the lines from the first to the last; the last one is searched"
    return QueryError(f"line {number} stands below line {found[-1].number}", text, start, end, hint)


def written_out(
    source: str, lines: Sequence[NumberedLine], cut: Sequence[Sequence[Lexeme]]
) -> tuple[list[Lexeme], frozenset[int]]:
    """The pieces of the last line, each reference replaced by its line in brackets, and the lines in use.

    Every piece keeps its place in the source; the brackets have that of the reference. Raises QueryError where
    the whole would be longer than LONGEST pieces (lines that each refer twice to the one above double each time),
    and where lines numbered #1 never refer to each other: they may be remarks without their blank.
    """
    alone = not any(piece.kind == "reference" for pieces in cut for piece in pieces)
    if alone and "#" in source[lines[0].label : lines[0].start]:
        message = f"#{lines[0].number} numbers a line of a strategy, and no line refers to another"
        hint = "a remark needs a blank after its #; the last line of a strategy joins the others: #1 AND #2"
        raise QueryError(message, source, lines[0].label, lines[0].start, hint)
    pieces_of = {line.number: pieces for line, pieces in zip(lines, cut, strict=True)}
    sizes: dict[int, int] = {}
    for line in lines:
        size = 0
        for piece in pieces_of[line.number]:
            size += sizes[int(piece.text[1:])] + 2 if piece.kind == "reference" else 1
            if size > LONGEST:
                message = f"with its lines written out this query has more than {LONGEST:,} words and marks"
                hint = "PubMed would not take it either; refer to each line once"
                raise QueryError(message, source, piece.start, piece.end, hint)
        sizes[line.number] = size
    whole: list[Lexeme] = []
    used = {lines[-1].number}
    pending: list[Iterator[Lexeme]] = [iter(pieces_of[lines[-1].number])]
    references: list[Lexeme] = []
    while pending:
        for piece in pending[-1]:
            if piece.kind == "reference":
                used.add(int(piece.text[1:]))
                references.append(piece)
                whole.append(Lexeme("open", "(", piece.start, piece.end))
                pending.append(iter(pieces_of[int(piece.text[1:])]))
                break
            whole.append(piece)
        else:
            pending.pop()
            if references and pending:
                piece = references.pop()
                whole.append(Lexeme("close", ")", piece.start, piece.end))
    return whole, frozenset(used)
