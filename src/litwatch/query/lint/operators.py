"""Owns what lower-case, mixed, missing and odd operators do to a search.

Never reads the tree: what brackets a researcher wrote can be seen in the text alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from litwatch.query.fields import find_field
from litwatch.query.finding import Finding, Severity
from litwatch.query.lexemes import QUOTES
from litwatch.query.lint.rough_reading import Level, Operand, Piece, Reading
from litwatch.query.mesh import Mesh, known_subheading
from litwatch.query.nlm_tables import subheading_words, type_keys
from litwatch.query.tokens import normal

_LOWER = ("and", "or", "not")
#: Operators with two letters changed over; DNA and NAD are words.
_SLIPS = {
    "ADN": "AND",
    "NDA": "AND",
    "ANDD": "AND",
    "AAND": "AND",
    "RO": "OR",
    "ORR": "OR",
    "NTO": "NOT",
    "ONT": "NOT",
}
_LONGEST = 200
#: Set phrases of English in which `or` and `not` are words.
_IDIOMS = ("plus or minus", "whether or not", "more or less", "life or death", "deaf or hard of hearing")


def operator_findings(reading: Reading, mesh: Mesh | None) -> Iterator[Finding]:
    """Operators that PubMed does not take for one, or takes in another order than was meant."""
    for level in reading.levels:
        yield from _mixed(reading.text, level)
        yield from _missing(reading, level)
        for position, operand in enumerate(level.operands):
            yield from _lower_case(level, position, operand, mesh)
    for piece in reading.pieces:
        if piece.kind == "operator" and piece.text in "&|":
            word = "AND" if piece.text == "&" else "OR"
            yield Finding(
                "operator-as-sign", "hint", piece.start, piece.end,
                f"{piece.text} means {word}", "readers and other databases may not know it",
                _parted(reading.text, piece, word), 2,
            )  # fmt: skip


def _parted(text: str, piece: Piece, word: str) -> str:
    """The word, with a blank on each side that has none."""
    before = "" if text[piece.start - 1 : piece.start].isspace() else " "
    return before + word + ("" if text[piece.end : piece.end + 1].isspace() else " ")


def _lower_case(level: Level, position: int, operand: Operand, mesh: Mesh | None) -> Iterator[Finding]:
    words = operand.words
    for one, piece in enumerate(words):
        meant = "OR" if piece.text.lower() == "and/or" else _SLIPS.get(piece.text, "")
        if piece.kind != "word" or not meant:
            continue
        fits = _may_join(level, position, one)
        if piece.text.lower() == "and/or":
            yield Finding(
                "lower-case-operator", "error", piece.start, piece.end,
                f"{piece.text} is no operator", "PubMed reads it as words", meant if fits else "", 2,
            )  # fmt: skip
        elif fits and (one == 0 or len(words) > 2):
            yield Finding(
                "misspelt-operator", "error", piece.start, piece.end,
                f"did you mean {meant}? {piece.text} is a word to PubMed", "it is searched, and joined by AND",
                meant, 2,
            )  # fmt: skip
    found = [one for one, piece in enumerate(words) if piece.kind == "word" and piece.text.lower() in _LOWER]
    if not found:
        return
    run = " ".join(piece.text for piece in words)
    if _is_name(run, mesh) or any(idiom in run.lower() for idiom in _IDIOMS):
        return
    for one in found:
        piece = words[one]
        alone = len(words) == 1 and operand.tag is None
        # A word at the edge of a run touches a tag, a bracket or a quotation mark: it was meant to join.
        joins = alone or (one == 0 and position > 0) or (one == len(words) - 1 and operand.tag is None)
        if not joins and (one in (0, len(words) - 1)):
            continue
        word = piece.text.lower()
        between = not joins
        field = find_field(operand.tag.text[1:-1].partition(":")[0]) if operand.tag else None
        if between and field is not None and field.kind != "words":
            continue  # a name: lint of headings, types and journals speaks of it
        severity: Severity = "error"
        if between and word == "and":
            severity = "hint" if operand.tag or len(words) > 3 else "warning"
        meant = word.upper() if _may_join(level, position, one) else ""
        named = severity == "hint"
        yield Finding(
            "lower-case-operator", severity, piece.start, piece.end,
            f"`{piece.text}` in lower case is a word to PubMed, not an operator",
            _why_lower(word, level, position, joined=joins), "" if named else meant, 2,
            "put a name in quotation marks; if both sides were meant, write AND and a tag on each" if named else "",
        )  # fmt: skip


def _may_join(level: Level, position: int, one: int) -> bool:
    """Whether the word could be an operator where it stands: a term on each side, and no operator beside it."""
    operand = level.operands[position]
    last = len(operand.words) - 1
    first, end = one == 0, one == last
    if first and (position == 0 or level.joins[position - 1]):
        return False
    if end and (operand.tag is not None or position + 1 >= len(level.operands) or level.joins[position]):
        return False
    if end and position + 1 < len(level.operands) and _begins_lower(level.operands[position + 1]):
        return False
    beside = operand.words[max(one - 1, 0) : one] + operand.words[one + 1 : one + 2]
    if not all(any(map(str.isalnum, piece.text)) for piece in beside):
        return False
    return not any(piece.text.lower() in (*_LOWER, "and/or") for piece in beside)


def _begins_lower(operand: Operand) -> bool:
    return bool(operand.words) and operand.words[0].text.lower() in (*_LOWER, "and/or")


def _why_lower(word: str, level: Level, position: int, *, joined: bool) -> str:
    if joined and word == "not":
        before = level.operands[position - 1] if position else None
        name = before.words[0].text.strip(QUOTES).lower() if before and before.words else ""
        if name in ("animals", "animal") or level.depth:
            return "what stands on both sides of it is ANDed: read so, " + (
                "NOT (animals AND humans) throws out every paper indexed with both"
                if name.startswith("animal")
                else "nothing is taken away"
            )
        return "read as a word, nothing is taken away: both sides are ANDed"
    if word == "or":
        return "read as a word, it makes an AND or a phrase of what should be alternatives: papers are lost"
    if word == "not":
        return "read as a word, nothing is taken away"
    if joined:
        return "the word itself may be searched; NLM promises operators only in capitals"
    return "the words around it are looked for as one phrase first"


def _is_name(run: str, mesh: Mesh | None) -> bool:
    known = known_subheading(run, mesh)
    if len(type_keys(run)) > 1 or (known is not None and subheading_words(known.name) == normal(run)):
        return True
    return mesh is not None and mesh.find(run) is not None


def _mixed(text: str, level: Level) -> Iterator[Finding]:
    """AND, OR and NOT beside each other, where brackets would change what is found."""
    written = [(_operator(joins[0]), joins[0]) for joins in level.joins if joins]
    kinds = [kind for kind, _ in written]
    for position in range(1, len(kinds)):
        before, now = kinds[position - 1], kinds[position]
        if before == now or (before == "AND" and now == "NOT"):
            continue
        piece = written[position][1]
        yield Finding(
            "mixed-operators", "warning", piece.start, piece.end,
            f"{', '.join(dict.fromkeys(kinds))} stand on one level without brackets",
            "PubMed reads from left to right, without precedence", "", 2, _bracketed(text, level),
        )  # fmt: skip
        return


def _operator(piece: Piece) -> str:
    return {"&": "AND", "|": "OR"}.get(piece.text, piece.text)


def _bracketed(text: str, level: Level) -> str:
    """The level with the brackets that reading from left to right implies; long stretches are cut short."""
    steps: list[tuple[str, list[str]]] = []  # operator, the operands that it adds
    for joins, operand in zip(level.joins, level.operands[1:], strict=True):
        kind = _operator(joins[0]) if joins else "AND"
        if not steps or steps[-1][0] != kind:
            steps.append((kind, []))
        steps[-1][1].append(_short(text, operand.start, operand.end))
    if len(steps) > 8:
        return "bracket what belongs together"
    shown = _short(text, level.operands[0].start, level.operands[0].end)
    for number, (kind, added) in enumerate(steps):
        if len(added) > 2:
            added = ["...", added[-1]]
        shown = f" {kind} ".join((shown, *added))
        if number < len(steps) - 1:
            shown = f"({shown})"
    return f"PubMed reads {shown}"


def _short(text: str, start: int, end: int) -> str:
    if end - start > 400:  # brackets in brackets are not read to their end once a level
        one_line = " ".join(f"{text[start : start + 200]} {text[end - 200 : end]}".split())
    else:
        one_line = " ".join(text[start:end].split())
    return one_line if len(one_line) <= 30 else f"{one_line[:20]} ...{one_line[-6:]}"


def _missing(reading: Reading, level: Level) -> Iterator[Finding]:
    """No operator between two terms, beside OR: an OR was forgotten, most likely."""
    ors = [bool(joins) and _operator(joins[0]) == "OR" for joins in level.joins]
    for position, joins in enumerate(level.joins):
        if joins:
            continue
        left, right = level.operands[position], level.operands[position + 1]
        if _is_lower(left) or _is_lower(right) or _are_numbers(left, right):
            continue
        if any(ors[max(position - 1, 0) : position]) or any(ors[position + 1 : position + 2]):
            yield Finding(
                "missing-operator", "warning", left.start, right.end,
                "no operator between two terms, beside OR",
                "PubMed joins them by AND, and reads from left to right: all before it must match, too",
                _between(reading.text, left, right, "OR"), 2, "write OR between them, if that was meant",
            )  # fmt: skip
        elif left.tag is not None or left.inside is not None or left.words[0].kind == "quote":
            yield Finding(
                "implicit-and", "hint", left.start, right.end,
                "no operator between two terms", "PubMed joins them by AND; readers may miss it",
                _between(reading.text, left, right, "AND"), 2, "write AND between them",
            )  # fmt: skip


def _between(text: str, left: Operand, right: Operand, operator: str) -> str:
    """Both with the operator between them; "" where that is too long to be looked at."""
    whole = f"{text[left.start : left.end]} {operator} {text[right.start : right.end]}"
    return whole if len(whole) <= _LONGEST and not text[left.end : right.start].strip() else ""


def _is_lower(operand: Operand) -> bool:
    return any(piece.text.lower() in _LOWER for piece in (operand.words[:1] + operand.words[-1:]))


def _are_numbers(left: Operand, right: Operand) -> bool:
    def number(operand: Operand) -> bool:
        return bool(operand.words) and all(piece.text.strip(":,;").isdigit() for piece in operand.words)

    return (number(left) and number(right)) or any(
        operand.words and ":" in (operand.words[0].text[:1], operand.words[-1].text[-1:])
        for operand in (left, right)
    )
