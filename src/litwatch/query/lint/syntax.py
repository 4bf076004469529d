"""Owns brackets, quotation marks, field tags and operators that PubMed would not read as they were meant.

Never reads the tree: it works on a text that does not parse, too, and names every place, not only the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from litwatch.errors import QueryError
from litwatch.query.fields import find_field, near_names
from litwatch.query.finding import Finding
from litwatch.query.lexemes import QUOTES, one_line
from litwatch.query.lint.rough_reading import Level, Operand, Piece, Reading
from litwatch.query.parse import parse
from litwatch.query.terms import known_tag

#: To look for near names takes a millisecond each; who has more wrong tags than this knows by then.
MOST_ADVICE = 200
_LOWER = ("and", "or", "not")
_NEAR_SLIP = re.compile(r"(?P<name>[^~:;,]*)[:;,]?\s?[~:≈]{1,2}\s?(?P<distance>\d{1,4})")
_NOEXP_SLIP = re.compile(
    r"(?P<name>[^:;,]+?)\s?[:;,. -]\s?(?:non?|not)[ _-]?exp?(?:lode|lod|loded|losion|anded|and|anding)?\.?",
    re.IGNORECASE,
)
_OPERATORS = re.compile(r"[()&|]|\b(?:AND|OR|NOT)\b")


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
            "", 5, "open the group that it should close, or leave it out",
        )  # fmt: skip
    for level in reading.levels:
        if level.depth and not level.closed:
            yield Finding(
                "unbalanced-bracket", "error", level.start, level.start + 1,
                "this bracket is never closed",
                "PubMed mends brackets by a guess, and searches something else",
                "", 5, _closing(reading.text, level),
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
            yield _unclosed(piece, pieces[position - 1] if position and piece.glued else None)
        elif piece.kind == "quote":
            yield from _inside_word(reading, position)
            tagged = position + 1 < len(pieces) and pieces[position + 1].kind == "tag"
            yield from _whole_query(piece, tagged=tagged)


def _unclosed(piece: Piece, before: Piece | None) -> Finding:
    """With a guess where it should close: before the field tag that follows, if the words are a phrase by then."""
    words, bracket, rest = piece.text[1:].partition("[")
    tag, closed, _ = rest.partition("]")
    start, end, guess = piece.start, piece.start + 1, ""
    visible = len(piece.text) == piece.end - piece.start  # or no place in it is known
    if visible and bracket and closed and find_field(tag.partition(":")[0]) is not None:
        if not words.strip() and before is not None and before.kind == "word":
            start, guess = before.start, f'"{before.text}"[{tag}]'
        elif words.strip() and not _OPERATORS.search(words) and before is None:
            guess = f'"{" ".join(words.split())}"[{tag}]'
        if guess:
            end = piece.start + len(words) + len(tag) + 3
    return Finding(
        "unbalanced-quote", "error", start, end,
        "this quotation mark is never closed",
        "PubMed reads everything behind it as something else than was meant",
        guess, 5, "" if guess else "close it where the phrase ends",
    )  # fmt: skip


def _inside_word(reading: Reading, position: int) -> Iterator[Finding]:
    piece, pieces = reading.pieces[position], reading.pieces
    before = pieces[position - 1] if position else None
    after = pieces[position + 1] if position + 1 < len(pieces) else None
    glued_before = before is not None and piece.glued and before.kind in ("word", "quote")
    # A range has its colon there: "2020"[dp]:"2024"[dp]; what Web of Science writes ends in "=".
    if glued_before and before and not before.text.endswith((":", "=")):
        if position > 1 and before.glued and pieces[position - 2].kind == "quote":
            return  # told at the first quotation mark of the word
        run = [before, piece, *_glued_on(pieces, position + 1)]
        whole = before.kind == "word" and all(len(one.text) > 2 for one in run if one.kind == "quote")
        yield Finding(
            "quote-inside-word", "warning", before.start, run[-1].end,
            "a quotation mark inside a word",
            "PubMed parts the word there",
            f'"{"".join(one.text.strip(QUOTES) for one in run)}"' if whole else "", 5,
            "write it as one phrase, or with an operator between",
        )  # fmt: skip
    elif after is not None and after.glued and after.kind == "word" and not after.text.startswith(":"):
        yield Finding(
            "quote-inside-word", "warning", piece.start, after.end,
            "a word is glued to the quotation mark",
            "a blank, an operator or a field tag is missing here",
            f"{piece.text} {after.text}", 5,
        )  # fmt: skip


def _glued_on(pieces: Sequence[Piece], position: int) -> list[Piece]:
    """The words and phrases that go on without a blank."""
    found: list[Piece] = []
    while position < len(pieces) and pieces[position].glued and pieces[position].kind in ("word", "quote"):
        found.append(pieces[position])
        position += 1
    return found


def _whole_query(piece: Piece, *, tagged: bool) -> Iterator[Finding]:
    inside = piece.text[1:-1]
    if tagged and "[" not in inside and inside.isupper():
        return  # "DEPRESSION AND ANXIETY"[ta] is a name in capitals
    tags = any(find_field(part.partition("]")[0].partition(":")[0]) for part in inside.split("[")[1:])
    if tags or " AND " in inside or " OR " in inside or " NOT " in inside:
        yield Finding(
            "query-in-quotes", "error", piece.start, piece.end,
            "a query stands in quotation marks, and is a phrase to PubMed",
            "operators, brackets and field tags inside quotation marks are searched as words",
            f"({inside.strip()})" if not tagged and is_query(inside) else "", 5,
            "leave the outer quotation marks out",
        )  # fmt: skip


def _tags(reading: Reading) -> Iterator[Finding]:
    told = 0
    before: Piece | None = None
    for piece in reading.pieces:
        last, before = before, piece
        if piece.kind != "tag" or not piece.text.endswith("]"):
            continue
        inside = one_line(piece.text[1:-1])
        name = inside.partition(":")[0]
        if known_tag(inside) is None and (meant := _suffix_meant(inside)) is not None:
            yield Finding(
                "misspelt-tag", "error", piece.start, piece.end,
                f"PubMed has no field tag [{inside[:60]}]",
                "PubMed drops the tag without a word and searches all fields", meant, 5,
                "" if meant else "PubMed has proximity in [ti], [tiab] and [ad] alone",
            )  # fmt: skip
        elif find_field(name) is None and name.strip():
            told += 1
            near = near_names(name) if told <= MOST_ADVICE else ()
            shown = name.strip()[:60]
            yield Finding(
                "misspelt-tag", "error", piece.start, piece.end,
                f"PubMed has no field tag [{shown}]",
                "PubMed drops the tag without a word and searches all fields",
                _right_tag(piece, near, last), 5,
                "did you mean " + " or ".join(f"[{one}]" for one in near) + "?" if near else "",
            )  # fmt: skip
    for operand in reading.operands:
        if operand.inside is not None and operand.tag is not None:
            spread = _distributed(reading.text, operand)
            yield Finding(
                "tag-on-bracket", "error", operand.start if spread else operand.tag.start, operand.end,
                f"PubMed has no field tag for a whole bracket: {operand.tag.text[:30]}",
                "it drops the tag and searches the words in all fields",
                spread, 2, "write the field tag after each term inside the brackets",
            )  # fmt: skip


def _suffix_meant(inside: str) -> str | None:
    """The tag with the suffix that was meant: [tiab~3], [tiab:3], [mesh:noexplode]; "" where it can have none."""
    if near := _NEAR_SLIP.fullmatch(inside):
        name = near["name"].strip() or "tiab"
        field = find_field(name)
        if field is None or not {"~", ":"} & set(inside):
            return None
        return f"[{name}:~{near['distance']}]" if field.proximity else ""
    if noexp := _NOEXP_SLIP.fullmatch(inside):
        field = find_field(noexp["name"])
        return f"[{noexp['name']}:noexp]" if field is not None and field.explodes else None
    return None


def _right_tag(piece: Piece, near: tuple[str, ...], before: Piece | None) -> str:
    """The tag that was meant, where the term can have it."""
    field = find_field(near[0]) if near else None
    _, colon, suffix = piece.text[1:-1].partition(":")
    fits = before is not None and before.kind in ("word", "quote") and field is not None
    if (
        not fits
        or field is None
        or field.kind not in ("words", "whole")
        or field.tag in ("pmc", "doi", "isbn")
    ):
        return ""
    if colon and not (field.proximity if suffix.startswith("~") else field.explodes):
        return ""
    return f"[{near[0]}{colon}{suffix}]"


def _distributed(text: str, operand: Operand) -> str:
    """The bracket with the tag on each of its terms; "" where that is no matter of form."""
    inside, tag = operand.inside, operand.tag
    if inside is None or tag is None or find_field(tag.text[1:-1].partition(":")[0]) is None:
        return ""
    if inside.left or inside.first or not inside.operands or any(len(joins) > 1 for joins in inside.joins):
        return ""
    if all(piece.text.strip(",;").isdecimal() for term in inside.operands for piece in term.words):
        return ""  # PMIDs, which are no words of a title
    parts: list[str] = []
    for position, term in enumerate(inside.operands):
        if term.inside is not None or any(piece.text.lower() in _LOWER for piece in term.words):
            return ""
        if position:
            joins = inside.joins[position - 1]
            parts.append(joins[0].text if joins else "AND")
        parts.append(text[term.start : term.end] + ("" if term.tag else tag.text))
    return f"({' '.join(parts)})"


def is_query(text: str) -> bool:
    """Whether the text parses."""
    try:
        parse(text)
    except QueryError:
        return False
    return True


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
