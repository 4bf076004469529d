"""Owns operators that PubMed takes for words: and, or, not in small letters, AND/OR.

Never looks at operators that are some (operators.py), nor at misspelt ones (slips.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from litwatch.query.fields import find_field
from litwatch.query.finding import Finding, Severity
from litwatch.query.lexemes import QUOTES
from litwatch.query.lint.rough_reading import Level, Operand
from litwatch.query.mesh import Mesh, known_subheading
from litwatch.query.nlm_tables import subheading_words, type_keys
from litwatch.query.tokens import normal

LOWER = ("and", "or", "not")
_LONGEST_NAME = 6
#: Set phrases of English in which `or` and `not` are words.
_IDIOMS = (
    "plus or minus", "whether or not", "more or less", "life or death", "deaf or hard of hearing", "with or without",
    "one or more", "two or more", "three or more", "fight or flight", "hit or miss", "not otherwise specified",
    "not elsewhere classified", "not for profit", "do not", "does not", "did not", "is not", "are not", "was not",
    "were not",
)  # fmt: skip


def lower_case_findings(
    level: Level, position: int, operand: Operand, mesh: Mesh | None
) -> Iterator[Finding]:
    """Of one term: and, or, not in small letters."""
    words = operand.words
    field = find_field(operand.tag.text[1:-1].partition(":")[0]) if operand.tag else None
    found = [
        one
        for one, piece in enumerate(words)
        if piece.kind == "word" and piece.text.lower() in (*LOWER, "and/or")
    ]
    run = " ".join(piece.text for piece in words) if found else ""
    if not found or _is_name(run, mesh) or any(idiom in run.lower() for idiom in _IDIOMS):
        return
    pairs = tuple(_and_not(level, position))
    for start, end, told in pairs:
        yield Finding(
            "lower-case-operator", "error", start, end,
            "`and not` in lower case are words to PubMed, no operator",
            "read as words, both sides may be ANDed, and nothing is taken away", "NOT", 2,
        )  # fmt: skip
        found = [one for one in found if one not in told]
    if field is not None and len(words) > _LONGEST_NAME:
        found = [one for one in found if one == 0]  # a title, looked for as a whole
    carried = _with_the_tag(level, position, found) if field is not None and field.kind == "words" else None
    if carried is not None:
        yield carried
    for one in found:
        piece = words[one]
        alone = len(words) == 1 and operand.tag is None
        # A word at the edge of a run touches a tag, a bracket or a quotation mark: it was meant to join.
        joins = alone or (one == 0 and position > 0) or (one == len(words) - 1 and operand.tag is None)
        if not joins and (one in (0, len(words) - 1) or carried is not None):
            continue
        word = piece.text.lower()
        between = not joins
        if between and field is not None and field.kind != "words":
            continue  # a name: lint of headings, types and journals speaks of it
        if word == "and/or":
            yield Finding(
                "lower-case-operator", "error", piece.start, piece.end,
                f"{piece.text} is no operator", "PubMed reads it as words",
                "OR" if field is None and may_join(level, position, one) else "", 2,
            )  # fmt: skip
            continue
        severity: Severity = "error"
        if between and word == "and":
            severity = "hint" if operand.tag or len(words) > 3 else "warning"
        elif between and field is not None:
            severity = "warning"  # to be or not to be [ti]
        meant = word.upper() if may_join(level, position, one) and (joins or field is None) else ""
        named = severity == "hint"
        yield Finding(
            "lower-case-operator", severity, piece.start, piece.end,
            f"`{piece.text}` in lower case is a word to PubMed, not an operator",
            _why_lower(word, level, position, joined=joins), "" if named else meant, 2,
            "put a name in quotation marks; if both sides were meant, write AND and a tag on each" if named else "",
        )  # fmt: skip


def _and_not(level: Level, position: int) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Where `and not`, `AND not` or `and NOT` was meant to join, and the words of the term in it."""
    operand = level.operands[position]
    words, last = operand.words, len(operand.words) - 1
    said = [piece.text.lower() if piece.kind == "word" else "" for piece in words]
    before = level.joins[position - 1] if position else []
    open_end = operand.tag is None and position + 1 < len(level.operands)
    after = level.joins[position] if open_end else []
    goes_on = open_end and not after
    for one in range(last):
        begins = one > 0 if operand.tag is None and one else position > 0 and one == 0 and not before
        if said[one : one + 2] == ["and", "not"] and begins and (one + 1 < last or operand.tag or goes_on):
            yield words[one].start, words[one + 1].end, (one, one + 1)
    if said[0] == "not" and (last or goes_on) and [piece.text for piece in before] == ["AND"]:
        yield before[0].start, words[0].end, (0,)
    if said[last] == "and" and (last or position) and [piece.text for piece in after] == ["NOT"]:
        yield words[last].start, after[0].end, (last,)


def _with_the_tag(level: Level, position: int, found: Sequence[int]) -> Finding | None:
    """sham or placebo[tiab] as two terms, each with the tag; None where something else was meant.

    `and` is left alone: vitamin d and k[tiab] may be one name.
    """
    operand = level.operands[position]
    words, tag = operand.words, operand.tag
    inner = [one for one in found if 0 < one < len(words) - 1]
    kinds = {words[one].text.lower().replace("and/or", "or") for one in inner}
    if tag is None or len(kinds) != 1 or "and" in kinds:
        return None
    meant = kinds.pop().upper()
    first = 1 if 0 in found else 0
    parts, begun = [], first
    for one in (*inner, len(words)):
        parts.append(" ".join(piece.text for piece in words[begun:one]))
        begun = one + 1
    if not all(any(map(str.isalnum, part)) for part in parts):
        return None
    joined = f" {meant} ".join(part + tag.text for part in parts)
    beside = level.joins[max(position - 1, 0) : position + 1]
    bare = not beside or (meant == "OR" and all(joins and joins[0].text == "OR" for joins in beside))
    return Finding(
        "lower-case-operator", "error" if meant == "OR" else "warning", words[first].start, operand.end,
        f"`{words[inner[0]].text}` in lower case is a word to PubMed, not an operator",
        "read as a word, it makes a phrase of them, and papers are lost", joined if bare else f"({joined})", 2,
    )  # fmt: skip


def may_join(level: Level, position: int, one: int) -> bool:
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
    return not any(piece.text.lower() in (*LOWER, "and/or") for piece in beside)


def _begins_lower(operand: Operand) -> bool:
    return bool(operand.words) and operand.words[0].text.lower() in (*LOWER, "and/or")


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
