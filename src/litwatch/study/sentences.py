"""Sentences of a text, and where each one ends.

Owns the splitting. Never gives a sentence a role (study.roles does).
"""

from __future__ import annotations

import re


def _words(text: str) -> list[str]:
    return text.split()


# A full stop, question or exclamation mark with what closes after it (";" where paragraphs were joined), then a blank
# (or, where a publisher lost it, a capital at once: "ketamine.Results"). It begins with the mark, for which `re` looks
# at once.
_STOP = re.compile(r"[.!?](?<![.!?][.!?])[.!?]*+[\"'”’)\];]*+(?:\s+|(?<=[a-z)][.])(?=[A-Z][a-z]+\s))")

# A figure whose decimals a publisher put apart ("0. 91 ± 0. 19", "P = 0. 04"), up to its point.
_FIGURE = re.compile(r"(?:[±=<>≤≥(,;×]|\bvs\.?|\bto)\s?\d{0,3}$|(?<![\d.,])0$")

# Words whose full stop ends no sentence, in lower case, without that full stop.
_ABBREVIATIONS = frozenset(
    _words(
        """
    vs v e.g eg i.e ie cf ca approx al fig figs no nos dr prof mr mrs ms st jr sr resp esp incl est
    i.v i.m i.n i.p s.c p.o b.i.d q.d iv im sc subsp spp sp var u.s u.k e.u a.m p.m ph.d m.d inc ltd
    co corp dept univ vol pp ed eds ref refs eq min max avg std wk wks mo yr yrs hr hrs sec dist etc
    """
    )
)
# Of those, the ones that may end a sentence too, when what follows opens one.
_MAY_END = frozenset(
    _words(
        """
    etc i.v i.m i.n i.p s.c p.o iv im sc a.m p.m min max hr hrs wk wks mo yr yrs sec inc
    """
    )
)

_OPENERS = frozenset(
    _words(
        """
    the this these those we our it in a an to for of both all no there here however moreover
    furthermore additionally although after at by from on patients participants results
    conclusions conclusion methods thus therefore overall while when with it's its as one two three
    further future their they
    """
    )
)


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Where the sentences of `text[start:end]` begin and end, in code points of `text`, without blanks around.

    "0.5 mg/kg", "P = .03", "vs.", "e.g. Placebo", "J. Smith" and "i.v. bolus" end none.
    """
    if end is None:
        end = len(text)
    found: list[tuple[int, int]] = []
    begin = start
    for stop in _STOP.finditer(text, start, end):
        after = stop.end()
        if after >= end:
            break
        if _ends_here(text, begin, stop.start(), after):
            found.append((begin, begin + len(text[begin:after].rstrip().rstrip(";"))))
            begin = after
    while begin < end and text[begin].isspace():
        begin += 1
    last = begin + len(text[begin:end].rstrip())
    if last > begin:
        found.append((begin, last))
    return found


def _ends_here(text: str, begin: int, stop: int, after: int) -> bool:
    """Whether the mark at `stop` ends the sentence from `begin`, when `after` is where the next would begin."""
    following = text[after]
    if (
        not (following.isupper() or following.isdigit() or following in "\"'“‘([©≥≤<>~α-ωβγ")
        and not following.isalpha()
    ):
        return False
    if following.islower() and text[stop] == ".":
        # A sentence may begin with a small letter ("mTOR", "s-ketamine"), not one that follows an abbreviation.
        word = text[after : after + 12].split(" ", 1)[0]
        if word.isalpha() and not any(c.isupper() for c in word):
            return False
    if text[stop] != ".":
        return True
    if following.isdigit() and _FIGURE.search(text, max(begin, stop - 12), stop):
        return False
    left = max(
        text.rfind(" ", begin, stop),
        text.rfind("(", begin, stop),
        text.rfind("\u00a0", begin, stop),
        begin - 1,
    )
    word = text[left + 1 : stop]
    if len(word) == 1:
        # An initial or "no." of a list, unless the next word opens a sentence ("vitamin D. The ...").
        return (word.isupper() and _opens(text, after)) or word.isdigit() or word in "%)"
    lowered = word.casefold()
    if lowered in _ABBREVIATIONS:
        # "ED" and "MIN" are names, which any sentence may end with.
        return (lowered in _MAY_END or word.isupper()) and _opens(text, after)
    return True


def _opens(text: str, after: int) -> bool:
    """Whether the word at `after` is one that opens sentences."""
    word = re.match(r"[\w']+", text[after : after + 16])
    return bool(word) and word[0][0].isupper() and word[0].casefold() in _OPENERS if word else False
