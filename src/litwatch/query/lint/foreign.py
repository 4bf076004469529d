"""Owns what is left to say of a text that another database's syntax stands in.

Never looks for that syntax (platforms.py).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from litwatch.query.finding import Finding
from litwatch.query.lint.platforms import tagged_words
from litwatch.query.lint.rough_reading import Reading

#: What is right on the other platform, and needs no word once it has been said that the text is from there.
_FOREIGN_TOO = frozenset({
    "lower-case-operator", "untagged-term", "untagged-acronym", "untagged-stop-word", "blanked-character",
    "implicit-and", "missing-operator", "leading-star", "quote-inside-word", "unused-line", "needless-brackets",
    "unquoted-phrase", "misspelt-operator", "mixed-operators", "dangling-operator", "single-quotes",
})  # fmt: skip
#: What lint says of a tag that is another database's own.
_OF_TAGS = frozenset({"misspelt-tag", "tag-on-bracket"})


@dataclass(frozen=True, slots=True)
class Foreign:
    """`places` of another database's syntax, and of PubMed's terms that hold some; `whole`: the text is from there.

    In a term that has one of PubMed's tags only that term is in doubt, and the rest is judged as always.
    """

    places: tuple[tuple[int, int], ...]
    whole: bool


def foreign_places(found: Sequence[Finding], reading: Reading) -> Foreign:
    """Where other-platform stands among `found`."""
    told = sorted((one.start, one.end) for one in found if one.code == "other-platform")
    if not told:
        return Foreign((), whole=False)
    tagged = tagged_words(reading)
    terms = sorted((term.start, term.end) for term in reading.terms if term.words[0].start in tagged)
    begins = [start for start, _ in terms]
    places, whole = [], False
    for start, end in told:
        near, last = bisect_right(begins, start) - 1, bisect_right(begins, end - 1) - 1
        if near >= 0 and end <= terms[near][1]:
            places.append(terms[near])
        elif last >= 0 and end == terms[last][1]:
            places.append((min(start, terms[last][0]), end))
        else:
            places.append((start, end))
            whole = True
    return Foreign(tuple(places), whole)


def without_foreign(found: list[Finding], foreign: Foreign) -> list[Finding]:
    """Without what the other platform's syntax explains."""
    if not foreign.places:
        return found
    begins = [start for start, _ in foreign.places]

    def explained(one: Finding) -> bool:
        if foreign.whole and one.code in _FOREIGN_TOO:
            return True
        before = bisect_left(begins, one.end) - 1
        if one.code == "other-platform" or before < 0 or foreign.places[before][1] <= one.start:
            return False
        within = foreign.places[before][0] <= one.start and one.end <= foreign.places[before][1]
        return one.code in _FOREIGN_TOO or one.code in _OF_TAGS or (within and one.severity != "error")

    return [one for one in found if not explained(one)]
