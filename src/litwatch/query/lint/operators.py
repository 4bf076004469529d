"""Owns what mixed, missing and odd operators do to a search.

Never reads the tree: what brackets a researcher wrote can be seen in the text alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from litwatch.query.fields import find_field
from litwatch.query.finding import Finding
from litwatch.query.lint.lower_case import LOWER, lower_case_findings
from litwatch.query.lint.rough_reading import Level, Operand, Piece, Reading
from litwatch.query.lint.slips import slip_findings
from litwatch.query.mesh import Mesh
from litwatch.query.parse import SIGNS

_LONGEST = 200
#: What may stand between two terms and is a blank to PubMed.
_MARKS = " \t\r\n.,;!?+"


def operator_findings(reading: Reading, mesh: Mesh | None) -> Iterator[Finding]:
    """Operators that PubMed does not take for one, or takes in another order than was meant."""
    for level in reading.levels:
        yield from _mixed(reading.text, level)
        yield from _missing(reading, level)
        for position, operand in enumerate(level.operands):
            yield from slip_findings(reading.text, level, position, tagged=_has_tag(operand))
            yield from lower_case_findings(level, position, operand, mesh)


def _has_tag(operand: Operand) -> bool:
    return operand.tag is not None and find_field(operand.tag.text[1:-1].partition(":")[0]) is not None


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
    return SIGNS.get(piece.text, piece.text)


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
    return whole if len(whole) <= _LONGEST and not text[left.end : right.start].strip(_MARKS) else ""


def _is_lower(operand: Operand) -> bool:
    return any(piece.text.lower() in LOWER for piece in (operand.words[:1] + operand.words[-1:]))


def _are_numbers(left: Operand, right: Operand) -> bool:
    def number(operand: Operand) -> bool:
        return bool(operand.words) and all(piece.text.strip(":,;").isdigit() for piece in operand.words)

    return (number(left) and number(right)) or any(
        operand.words and ":" in (operand.words[0].text[:1], operand.words[-1].text[-1:])
        for operand in (left, right)
    )
