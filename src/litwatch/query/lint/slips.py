"""Owns operators with a slip in them, or glued to a word or a mark: ADN, AND,, ANDdepression.

Never looks at operators in small letters (lower_case.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.finding import Finding, Severity
from litwatch.query.lint.lower_case import may_join
from litwatch.query.lint.rough_reading import Level, Operand

#: DNA and NAD are words.
_SLIPS = {
    "ADN": "AND", "NDA": "AND", "ANDD": "AND", "AAND": "AND", "AMD": "AND", "RO": "OR", "ORR": "OR", "0R": "OR",
    "NTO": "NOT", "ONT": "NOT", "N0T": "NOT", "NO": "NOT", "XOR": "",
}  # fmt: skip
#: Those that stand for nothing else; ORR is a response rate, ONT a sequencer, RO 25-6981 a drug.
_NO_WORDS = ("ANDD", "AAND", "0R", "N0T")
#: Acronyms, which are none where the words that they stand for are near: macular degeneration, nitric oxide.
_ACRONYMS = {
    "AMD": re.compile("macula", re.IGNORECASE),
    "NO": re.compile(r"nitric|nitrogen|\bNO[ -](?:synth|donor|release|product|level)", re.IGNORECASE),
}
_MARKED = re.compile(r"[,.;:]*(AND|OR|NOT)[,.;:]*")
_BEFORE_A_WORD = re.compile(r"(AND|OR|NOT)([a-z]{3}\S*)")
_BEHIND_A_WORD = re.compile(r"(\S*[a-z]{3})(AND|OR|NOT)")
_WHY = "it is searched, and joined by AND"


def slip_findings(text: str, level: Level, position: int, *, tagged: bool) -> Iterator[Finding]:
    """Of one term: operators that PubMed takes for words."""
    operand = level.operands[position]
    for one, piece in enumerate(operand.words):
        if piece.kind != "word":
            continue
        if (marked := _MARKED.fullmatch(piece.text)) and may_join(level, position, one):
            yield _glued(operand, one, marked[1])
        elif piece.text in _SLIPS and may_join(level, position, one):
            yield from _slip(text, operand, one, tagged=tagged)
        elif match := _BEFORE_A_WORD.fullmatch(piece.text):
            if one == 0 and position and not level.joins[position - 1]:
                yield _glued(operand, one, f"{match[1]} {match[2]}")
        elif (match := _BEHIND_A_WORD.fullmatch(piece.text)) and _goes_on(level, position, one):
            yield _glued(operand, one, f"{match[1]} {match[2]}")


def _goes_on(level: Level, position: int, one: int) -> bool:
    """Whether another word or term follows without an operator."""
    operand = level.operands[position]
    if one < len(operand.words) - 1:
        return True
    return operand.tag is None and position + 1 < len(level.operands) and not level.joins[position]


def _glued(operand: Operand, one: int, meant: str) -> Finding:
    piece = operand.words[one]
    return Finding(
        "misspelt-operator", "error", piece.start, piece.end,
        f"did you mean {meant[:40]}? {piece.text[:40]} is a word to PubMed", _WHY, meant, 2,
    )  # fmt: skip


def _slip(text: str, operand: Operand, one: int, *, tagged: bool) -> Iterator[Finding]:
    """ADN for AND: behind a term surely, among words where it can be none of them."""
    piece, behind = operand.words[one], operand.words[one + 1 : one + 2]
    meant, first = _SLIPS[piece.text], one == 0 and not (behind and behind[0].text[0].isdigit())
    sure = piece.text in _NO_WORDS or (first and piece.text not in _ACRONYMS)
    known = _ACRONYMS.get(piece.text)
    if known is not None and (not first or known.search(text)):
        return
    if (not sure and not first and tagged) or (one and len(operand.words) < 3):
        return
    severity: Severity = "error" if sure else "warning"
    yield Finding(
        "misspelt-operator", severity, piece.start, piece.end,
        f"did you mean {meant}? {piece.text} is a word to PubMed" if meant
        else f"PubMed has no {piece.text}, and takes it for a word", _WHY, meant, 2,
        "" if meant else "a XOR b is (a OR b) NOT (a AND b)",
    )  # fmt: skip
