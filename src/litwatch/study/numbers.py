"""Whole numbers as abstracts write them: 1254, 1,254, 1 254, twenty-four, one hundred seventy-five.

Owns the pattern and its value. Never decides what a number counts.
"""

from __future__ import annotations

import re

from litwatch.study.cues import Cued


def _words(text: str) -> list[str]:
    return text.split()


_ONES = {
    word: value
    for value, word in enumerate(
        _words(
            """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
    """
        )
    )
}
_TENS = {
    word: 10 * (place + 2)
    for place, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    )
}
_WORD = "|".join(sorted([*_ONES, *_TENS, "hundred", "thousand"], key=len, reverse=True))

#: A whole number, in figures with separators or in words; for use inside other patterns (no group, any case).
NUMBER = (
    r"(?:(?<![\d.,:/×*=<>≤≥±-])\d{1,3}(?:[,\u202f\u2009\u00a0 ]\d{3})+(?![\d%])|"
    r"(?<![\d.,:/×*<>≤≥±-])\d+(?!\d|[.,·]\d|\s?%)|"
    rf"\b(?:{_WORD})(?:[-‐‑ ](?:{_WORD})|(?:(?<=hundred)|(?<=thousand)) and (?:{_WORD}))*\b)"
)

_FIGURE = re.compile(r"\d+")
IN_WORDS = Cued(rf"\b(?:{_WORD})")

_FIGURES = re.compile(r"[\d,\s]+")
_MOST_FIGURES = 12


def value(text: str) -> int | None:
    """What a match of NUMBER counts; None for words that make no number, and for more than anyone counts."""
    if _FIGURES.fullmatch(text):
        figures = re.sub(r"[,\s]", "", text)
        return int(figures) if len(figures) <= _MOST_FIGURES else None
    total = current = 0
    for word in re.split(r"[-‐‑ ]+", text.casefold()):
        if word in _ONES:
            current += _ONES[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current = max(1, current) * 100
        elif word == "thousand":
            total += max(1, current) * 1000
            current = 0
        elif word != "and":
            return None
    return total + current


def number_starts(lowered: str, *, in_words: bool) -> list[int]:
    """Where in a text in small letters a NUMBER may begin, ascending; `in_words`: whether IN_WORDS may match it."""
    starts = [figure.start() for figure in _FIGURE.finditer(lowered)]
    if in_words:
        starts.extend(word.start() for word in IN_WORDS.compiled.finditer(lowered))
        starts.sort()
    return starts
