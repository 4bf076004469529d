"""Which part of an abstract says what: background, aim, methods, results or conclusion.

Owns the roles of passages and sentences, by labels or else by words. Never decides what a paper is about.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from operator import add, itemgetter

import ahocorasick

from litwatch.paper import Paper, Passage
from litwatch.reading.quick import quick
from litwatch.study.cues import Cued
from litwatch.study.headings import parts
from litwatch.study.labels import OTHER, ROLE_NAMES
from litwatch.study.sentences import sentences
from litwatch.study.statements import Statement
from litwatch.study.wishes import stated

_passage = quick(Passage)
_NUMBER = re.compile(r"\d[\d.,·]*")
_WORD = re.compile(r"[^\W\d_]+|[#%=<>±]")
# The same within ASCII, in half the time: a number, the marks, and a blank for each character that is neither.
_ASCII_NUMBER = re.compile(r"[0-9][0-9.,]*")
_MARKS = "#%=<>"
_BLANKS = bytes(
    code if (code < 128 and chr(code).isalpha()) or chr(code) in _MARKS else 32 for code in range(256)
)
_OPENS = "^"
_PLACE = itemgetter(1)
# Five weights are packed into one integer so that a sentence costs one C-speed sum; each has 16 bits, signed.
_BITS = 16
_HALF = 1 << (_BITS - 1)
# Added to a sum, it makes every weight in it one without a sign.
_ALL_HALVES = sum(_HALF << (_BITS * place) for place in range(len(ROLE_NAMES)))
_LANES = struct.Struct(f"<{len(ROLE_NAMES)}H")
# The last bits of a sum say which role it is of, the first by the highest: the best of several tells whence it came.
_MARKS_OF_PLACES = 7
# What the step from one role to the next weighs against the words: 3 to 5 (tried on labelled abstracts: 0.5 to 0.8 is
# best), in whole numbers that leave the marks alone.
_WEIGHT, _STEP = 5 * (_MARKS_OF_PLACES + 1), 3 * (_MARKS_OF_PLACES + 1)


# What a sentence says that asks for more research; and what shows that it says more than that.
WISH = Cued(
    r"\b(?:further|future|additional|more|larger|long(?:er)?-term|prospective|well-designed|high-quality|"
    r"controlled)\b[^.;]{0,90}?"
    r"\b(?:research|stud(?:y|ies)|trials?|investigations?|work|data|evidence|exploration|follow-up)\b|"
    r"\b(?:(?:is|are|be|been|still|also|urgently|clearly|therefore|thus)\s(?:needed|warranted|required|"
    r"necessary)|needs to be|remains? (?:to be|unclear|unknown|uncertain)|(?:not|un)(?: yet|"
    r" fully)? ?known|lacking)\b",
)
_FINDS = Cued(
    r"\b(?:although|while|whilst|but|however,? (?:the|these|our)|suggests?|indicates?|demonstrates?d?|"
    r"appears?|reduces?|can|is associated|was associated|highlights?|adds|showed|shows?|found|supports?|"
    r"findings?|results?|conclude|provides|we provide|seems|sheds|emphasi[sz]es|did not|reflects|reveals|"
    r"in (?:the )?(?:light|view) of (?:the |an? )?(?:increased|higher|high|observed|these)|"
    r"(?:are|is) (?:increasing|decreasing|promising|rising))\b|"
    r"^(?:the )?(?:higher|lower|greater|increased|reduced|fewer|more frequent) [\w +-]{3,60}? "
    r"(?:warrants?|needs?|merits?|requires?|calls?)\b",
)
# A statement, to which the wish is joined: "Memory declines, so monitoring is needed".
_JOINED = re.compile(r",? (?:and|so|therefore|thus|hence|but|however|yet)\b")
_STATES = re.compile(
    r"^(?!whether\b|how\b|what\b|if\b|further\b|future\b|more\b|larger\b).*?"
    r"\b(?:is|are|was|were|has|have|had|may|might|does|did|fell|rose|died|lowered|improved|"
    r"(?:increas|decreas|declin|reduc|caus|produc|induc|develop|attempt)ed|"
    r"(?:increas|decreas|declin|improv|reduc|rais|caus|produc|induc|los|ris)es|falls|grows|fades|lasts|remains)\b"
)
_SHORTEST = 25  # characters


_CLAUSE_BEFORE = re.compile(r"[^;]{30,};")


@dataclass(frozen=True, slots=True)
class Weights:
    """The table of roles.tsv: packed weights of words and pairs of words, of tenths, and those of a step between roles.

    An automaton finds the places of the words and pairs in a text that has a blank around each.
    """

    places: ahocorasick.Automaton
    packed: tuple[int, ...]
    tenths: tuple[int, ...]
    steps: tuple[tuple[int, ...], ...]

    def weigh(self, words: Sequence[str], tenth: int) -> int:
        """The packed sum of all that stands in a sentence of these words, each once."""
        met = self.places.iter(f" {_OPENS} {' '.join(words)} ")
        return sum(map(self.packed.__getitem__, set(map(_PLACE, met))), self.tenths[tenth])


@cache
def weights() -> Weights:
    """The weights that scripts/learn-roles wrote, read once."""
    words: dict[str, int] = {}
    steps: dict[str, tuple[int, ...]] = {}
    table = resources.files("litwatch.study").joinpath("roles.tsv").read_text("utf-8")
    for line in table.splitlines():
        if line.startswith(("# ", "word\t")) and line.count("\t") != len(ROLE_NAMES):
            continue
        name, *cells = line.split("\t")
        if name == "word" and cells[0] == "background":
            continue
        numbers = [int(cell) for cell in cells]
        if name.startswith(">"):
            steps[name[1:]] = tuple(numbers)
        else:
            words[name] = sum(number << (_BITS * place) for place, number in enumerate(numbers))
    tenths = tuple(words.pop(f"@{tenth}", 0) for tenth in range(10))
    places = ahocorasick.Automaton()
    for place, word in enumerate(words):
        places.add_word(f" {word} ", place)
    places.make_automaton()
    return Weights(places, tuple(words.values()), tenths, tuple(steps[name] for name in ROLE_NAMES))


def passages(paper: Paper) -> tuple[Passage, ...]:
    """The abstract cut into stretches that play one role each, in order; neighbours of one role are one.

    Labels decide, of the record or inline ("METHODS:"); where they are missing or say two things
    ("METHODS AND RESULTS"), the words of each sentence do. Labels themselves are in no passage.
    """
    return passages_of(paper.abstract, sentences_with_roles(paper))


def passages_of(text: str, statements: Iterable[Statement]) -> tuple[Passage, ...]:
    """The passages of an abstract that these sentences are."""
    found: list[tuple[str, int, int]] = []
    for one in statements:
        for start, end in stated(one):
            if found and found[-1][0] == one.role and not text[found[-1][2] : start].strip():
                found[-1] = (one.role, found[-1][1], end)
            else:
                found.append((one.role, start, end))
    return tuple([_passage(*one) for one in found])


def sentences_with_roles(paper: Paper) -> tuple[Statement, ...]:
    """Each sentence of the abstract with its role; those of a conclusion that only wish for more research play none."""
    text = paper.abstract
    found: list[Statement] = []
    for part in parts(paper) if text else ():
        bounds = sentences(text, part.start, part.end)
        labelled = len(part.roles) == 1
        roles = part.roles * len(bounds) if labelled else _decode(text, bounds, part.roles)
        for (start, end), role in zip(bounds, roles, strict=True):
            one = Statement(role, start, end, text[start:end], labelled=labelled)
            if role == "conclusion" and is_wish(one):
                one.role = OTHER
            found.append(one)
    return tuple(found)


def is_wish(sentence: Statement) -> bool:
    """Whether a sentence only says that more research is needed, or what is not known."""
    wish = sentence.find(WISH)
    if wish is None or sentence.has(_FINDS):
        return False
    # "It did no harm; data on longer use are lacking" says more than the wish.
    return not (_CLAUSE_BEFORE.match(sentence.small, 0, wish.start()) or _states_first(sentence.small))


def _states_first(small: str) -> bool:
    """Whether a clause that states something and wishes nothing stands before another."""
    joined = _JOINED.search(small, _SHORTEST)
    if joined is None:
        return False
    first = small[: joined.start()]
    return _STATES.match(first) is not None and WISH.compiled.search(first) is None


def _decode(text: str, bounds: list[tuple[int, int]], allowed: tuple[str, ...]) -> list[str]:
    """The likeliest run of roles for those sentences (Viterbi over words, place and order)."""
    if not bounds:
        return []
    places, steps = _steps_among(allowed)
    if not places:
        return [allowed[0]] * len(bounds)
    table, length = weights(), max(1, len(text))
    came: list[list[int]] = []
    best: list[int] = []
    for start, end in bounds:
        weighed = _unpack(table.weigh(_words(text[start:end]), _tenth(start, length)))
        here = [_WEIGHT * weighed[place] + mark for place, mark in places]
        if best:
            ways = [max(map(add, best, to_here)) for to_here in steps]
            came.append(ways)
            here = [(way & ~_MARKS_OF_PLACES) + score for way, score in zip(ways, here, strict=True)]
        best = here
    path = [max(best)]
    for ways in reversed(came):
        path.append(ways[_MARKS_OF_PLACES - (path[-1] & _MARKS_OF_PLACES)])
    roles = [ROLE_NAMES[place] for place, _ in places]
    return [roles[_MARKS_OF_PLACES - (way & _MARKS_OF_PLACES)] for way in reversed(path)]


@cache
def _steps_among(allowed: tuple[str, ...]) -> tuple[list[tuple[int, int]], list[list[int]]]:
    """The places of these roles among all, each with its mark; for each what the steps to it weigh from all of them."""
    places = [place for place, name in enumerate(ROLE_NAMES) if name in allowed]
    steps = [[_STEP * weights().steps[before][place] for before in places] for place in places]
    return [(place, _MARKS_OF_PLACES - rank) for rank, place in enumerate(places)], steps


def words_of(sentence: str, start: int, length: int) -> set[str]:
    """What roles are told by: the words and pairs of words of a sentence, and its tenth of the abstract."""
    words = _words(sentence)
    return {*words, *map(" ".join, pairwise((_OPENS, *words))), f"@{_tenth(start, length)}"}


def _words(sentence: str) -> list[str]:
    lowered = sentence.lower()
    if not lowered.isascii():
        return _WORD.findall(_NUMBER.sub("#", lowered))
    spaced = _ASCII_NUMBER.sub("#", lowered).encode().translate(_BLANKS).decode()
    for mark in _MARKS:
        if mark in spaced:
            spaced = spaced.replace(mark, f" {mark} ")
    return spaced.split()


def _tenth(start: int, length: int) -> int:
    return min(9, 10 * start // max(1, length))


def _unpack(packed: int) -> tuple[int, ...]:
    """The five weights of a packed sum, each so much higher that none has a sign."""
    return _LANES.unpack((packed + _ALL_HALVES).to_bytes(_LANES.size, "little"))
