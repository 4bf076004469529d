"""Owns brackets, quotation marks, field tags and operators that PubMed would not read as they were meant.

Never reads the tree: it works on a text that does not parse, too, and names every place, not only the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from litwatch.query.fields import find_field, near_names
from litwatch.query.finding import Finding
from litwatch.query.lexemes import one_line
from litwatch.query.lint.lexical import Level, Operand, Reading

#: To look for near names takes a millisecond each; who has more wrong tags than this knows by then.
_MOST_ADVICE = 200


def syntax_findings(reading: Reading) -> Iterator[Finding]:
    """What is not PubMed's language, whatever it means."""
    yield from _brackets(reading)
    yield from _quotes(reading)
    yield from _tags(reading)
    for level in reading.levels:
        yield from _doubled(level)


def _brackets(reading: Reading) -> Iterator[Finding]:
    for stray in reading.stray_closes:
        yield Finding(
            "unbalanced-bracket", "error", stray.start, stray.end,
            "a closing bracket ) without its (",
            "PubMed mends brackets by a guess, and searches something else",
            "take it out, or open the group that it should close", 5,
        )  # fmt: skip
    for level in reading.levels:
        if level.depth and not level.closed:
            yield Finding(
                "unbalanced-bracket", "error", level.start, level.start + 1,
                "this bracket is never closed",
                "PubMed mends brackets by a guess, and searches something else",
                _closing(reading.text, level), 5,
            )  # fmt: skip
        elif level.depth and not level.operands:
            yield Finding(
                "empty-brackets", "error", level.start, level.end,
                "there is nothing in these brackets", "a group without a term finds nothing", "", 5,
            )  # fmt: skip


def _closing(text: str, level: Level) -> str:
    """Where the bracket may have been meant to end: at the end of its line, or before the first other operator."""
    used = [joins[0].text for joins in level.joins if joins]
    for position, joins in enumerate(level.joins):
        if joins and joins[0].text != used[0] and position:
            end = level.operands[position].end
            return f"perhaps a ) is missing after {_shown(text[level.operands[position].start : end])}"
    newline = text.find("\n", level.start)
    if 0 < newline < level.end and text[newline:].strip():
        return "perhaps a ) is missing at the end of its line"
    return "perhaps a ) is missing at the end"


def _quotes(reading: Reading) -> Iterator[Finding]:
    pieces = reading.pieces
    for position, piece in enumerate(pieces):
        if piece.kind == "unclosed":
            before, bracket, _ = piece.text.partition("[")
            wording = " ".join(before[1:].split())
            tag = piece.text[len(before) :].partition("]")[0] + "]" if bracket else ""
            guess = f'"{wording}"{tag}' if wording and len(wording) < 80 else ""
            after = position and pieces[position - 1].kind == "word" and piece.glued
            if after and not wording:
                guess = f'"{pieces[position - 1].text}"{tag}'
            yield Finding(
                "unbalanced-quote", "error", piece.start, piece.start + 1,
                "this quotation mark is never closed",
                "PubMed reads everything behind it as something else than was meant",
                guess, 5,
            )  # fmt: skip
        elif piece.kind == "quote":
            yield from _inside_word(reading, position)
            yield from _whole_query(piece.text, piece.start, piece.end)


def _inside_word(reading: Reading, position: int) -> Iterator[Finding]:
    piece, pieces = reading.pieces[position], reading.pieces
    before = pieces[position - 1] if position else None
    after = pieces[position + 1] if position + 1 < len(pieces) else None
    glued_before = before is not None and piece.glued and before.kind in ("word", "quote")
    # A range has its colon there: "2020"[dp]:"2024"[dp]; what Web of Science writes ends in "=".
    if glued_before and before and not before.text.endswith((":", "=")):
        yield Finding(
            "quote-inside-word", "warning", before.start, piece.end,
            "a quotation mark inside a word",
            "PubMed parts the word there",
            f'"{(before.text + piece.text).replace(chr(34), "")}"', 5,
        )  # fmt: skip
    elif after is not None and after.glued and after.kind == "word" and not after.text.startswith(":"):
        yield Finding(
            "quote-inside-word", "warning", piece.start, after.end,
            "a word is glued to the quotation mark",
            "a blank, an operator or a field tag is missing here",
            f"{piece.text} {after.text}", 5,
        )  # fmt: skip


def _whole_query(text: str, start: int, end: int) -> Iterator[Finding]:
    inside = text[1:-1]
    tagged = any(find_field(part.partition("]")[0].partition(":")[0]) for part in inside.split("[")[1:])
    if tagged or " AND " in inside or " OR " in inside or " NOT " in inside:
        yield Finding(
            "query-in-quotes", "error", start, end,
            "a query stands in quotation marks, and is a phrase to PubMed",
            "operators, brackets and field tags inside quotation marks are searched as words",
            _shown(inside.strip()), 5,
        )  # fmt: skip


def _tags(reading: Reading) -> Iterator[Finding]:
    told = 0
    for piece in reading.pieces:
        if piece.kind != "tag" or not piece.text.endswith("]"):
            continue
        name = one_line(piece.text[1:-1]).partition(":")[0]
        if find_field(name) is None and name.strip():
            told += 1
            near = near_names(name) if told <= _MOST_ADVICE else ()
            shown = name.strip()[:60]
            yield Finding(
                "misspelt-tag", "error", piece.start, piece.end,
                f"PubMed has no field tag [{shown}]",
                "PubMed drops the tag without a word and searches all fields",
                "did you mean " + " or ".join(f"[{one}]" for one in near) + "?" if near else "", 5,
            )  # fmt: skip
    for operand in reading.operands:
        if operand.inside is not None and operand.tag is not None:
            yield Finding(
                "tag-on-bracket", "error", operand.tag.start, operand.tag.end,
                f"PubMed has no field tag for a whole bracket: {operand.tag.text[:30]}",
                "it drops the tag and searches the words in all fields",
                _distributed(reading.text, operand), 2,
            )  # fmt: skip


def _distributed(text: str, operand: Operand) -> str:
    inside, tag = operand.inside, operand.tag
    if inside is None or tag is None or len(inside.operands) > 6 or operand.end - operand.start > 160:
        return "write the field tag after each term inside the brackets"
    parts: list[str] = []
    for position, term in enumerate(inside.operands):
        if position:
            joins = inside.joins[position - 1]
            parts.append(joins[0].text if joins else "AND")
        own = "" if term.tag or term.inside else tag.text
        parts.append(text[term.start : term.end] + own)
    return f"({' '.join(parts)})"


def _doubled(level: Level) -> Iterator[Finding]:
    for joins in level.joins:
        if len(joins) > 1:
            told = " and ".join(piece.text for piece in joins[:3])
            negated = joins[0].text in ("AND", "&") and joins[1].text == "NOT" and len(joins) == 2
            yield Finding(
                "doubled-operator", "error", joins[0].start, joins[-1].end,
                f"{told} stand side by side", "a term is missing between them, or one operator is too many",
                "NOT" if negated else joins[0].text if joins[0].text == joins[1].text else "", 2,
            )  # fmt: skip
    for piece, where in [
        *((one, "before") for one in level.first[:1]),
        *((one, "after") for one in level.left),
    ]:
        yield Finding(
            "dangling-operator", "error", piece.start, piece.end,
            f"{piece.text} has nothing {where} it", "an operator joins two terms", "", 2,
        )  # fmt: skip


def _shown(text: str) -> str:
    one_line = " ".join(text.split())
    return f"{one_line[:117]}..." if len(one_line) > 120 else one_line
