"""Compares two titles: the same, the same but for its design or subtitle, longer, reworded, or another's.

Owns how a title is folded into words, and which words tell one paper of a team from another. Knows no subject.
"""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA, Indel

from litwatch.decide.opposites import (
    contradict,
    differ,
    say_otherwise,
    with_hands_spelt_out,
    without_akin,
)

#: What comparing two titles says, from nearest to farthest. ANOTHER is another item of a series, whatever its abstract.
SAME, DESIGN, SUBTITLED, LONGER, REWORDED, APART, ANOTHER = (
    "same", "design", "subtitled", "longer", "reworded", "apart", "another",
)  # fmt: skip

#: Part of all words, in order, that reworded titles must share.
SHARED = 0.35
#: Below this no spelling can help.
FAR = 0.2
#: Below this two titles of the same words say them in another order ("sleep on mood", "mood on sleep").
SAME_ORDER = 0.75

_NUMBERS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
#: Numbers that are written out.
NUMBERS = {word: str(number) for number, word in enumerate(_NUMBERS)}
_NUMBER_WORDS = NUMBERS | _ROMAN
_LONE = {"i": "1", "v": "5", "x": "10", "a": "A", "b": "B", "c": "C", "d": "D"}

_GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "kappa", "lambda", "mu", "omega")
# What has no accent that could be taken off.
_LETTERS = {ord(letter): f" {name} " for letter, name in zip("αβγδεκλμω", _GREEK, strict=True)} | {
    ord(letter): plain
    for letter, plain in zip("øłđıæœþ", ("o", "l", "d", "i", "ae", "oe", "th"), strict=True)
}
# British to American, as far as a title of medicine needs it.
_AMERICAN = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"isation", "ization"), (r"(?<=[a-z]{3})is(e[dsr]?|ing)\b", r"iz\1"), (r"ys(e[dsr]?|ing)\b", r"yz\1"),
        (r"aem(?=[io])", "em"), (r"haem", "hem"), (r"aesth", "esth"), (r"paed", "ped"), (r"gynaec", "gynec"),
        (r"oed(?=em)", "ed"), (r"\boest", "est"), (r"foet", "fet"), (r"\bcentre", "center"),
        (r"programme", "program"), (r"(behavi|tum|col|hum|lab|fav|neighb|od)our", r"\1or"),
        (r"diarrhoe", "diarrhe"), (r"leuk?caem", "leukem"), (r"ageing", "aging"), (r"sulph", "sulf"),
        (r"counsell", "counsel"), (r"orthopaed", "orthoped"), (r"caes", "ces"), (r"faec", "fec"),
    )
)  # fmt: skip
_BRITISH = re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in _AMERICAN))
_TAGS = re.compile(r"</?[a-z]{1,5}(?:\s[^<>]*)?>", re.IGNORECASE)
_STATE = re.compile(r"^\W*(?:retracted|withdrawn|removed|preprint)(?:\s+article)?\s*[:\]-]\s*", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\s*[(\[](?=[^a-z]*[A-Z])[A-Z][\w-]{1,8}[)\]]")
_REVIEWED = re.compile(r"\s*\[v(?:ersion)?\s?\d+\s*;[^\]]*\]\W*$", re.IGNORECASE)
_SUBTITLE = re.compile(r"[:?]\s|\s[-–—]\s|\.\s(?=[A-Z])")
_WORD = re.compile(rf"\d+(?=(?:{'|'.join(_GREEK)})\b)|[^\W_]+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Title:
    """The words of a title that say something, folded, in order; the first `main` stand before a subtitle."""

    words: tuple[str, ...] = ()
    main: int = 0

    @property
    def telling(self) -> tuple[str, ...]:
        """Those that say more than how a study was made."""
        return tuple(word for word in self.words if word not in _NEUTRAL and word not in _FAMILY_OF)


def fold(text: str) -> str:
    """Lower case without accents, markup and Greek letters."""
    if "<" in text or "&" in text:
        text = _TAGS.sub("", html.unescape(text))
    text = text.casefold()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(each for each in plain if not unicodedata.combining(each))
    return text.replace("'", "").replace("’", "")


@lru_cache(maxsize=100_000)
def american(word: str) -> str:
    """One lower-case word in American spelling, in the singular as far as a final s goes."""
    if word.endswith("analyses"):
        word = word.removesuffix("es") + "is"
    if _BRITISH.search(word):
        for pattern, to in _AMERICAN:
            word = pattern.sub(to, word)
    if word.endswith("s") and len(word) > 3:
        word = word[:-1]
    return word


_TABLE = tomllib.loads(files(__package__).joinpath("titles.toml").read_text("utf-8"))


def _listed(words: str) -> frozenset[str]:
    return frozenset(map(american, words.split()))


_STOP = frozenset(_TABLE["stop"].split())
_NEUTRAL, _SERIES, _REPORT, _TELLING = (
    _listed(_TABLE[name]) for name in ("neutral", "series", "report", "telling")
)
_NUMBERED = _listed(_TABLE["numbered"])
_FAMILY_OF = {word: family for family, words in _TABLE["families"].items() for word in _listed(words)}
#: Families whose name alone makes another paper of it: a team has a trial and its review under one title.
_KIND_OF_WORK = frozenset({"synthesis", "case", "qualitative"})


def title(text: str) -> Title:
    """The title's words; brackets of a translation, [Preprint], RETRACTED: and abbreviations in brackets go."""
    if not text:
        return Title()
    words: list[str] = []
    main = 0
    whole = _ABBREVIATED.sub("", _STATE.sub("", _REVIEWED.sub("", text)))
    for number, part in enumerate(_SUBTITLE.split(whole, maxsplit=1)):
        for word in _WORD.findall(with_hands_spelt_out(fold(part))):
            if word in _LONE and words and words[-1] in _NUMBERED:
                words.append(_LONE[word])
            elif word in _NUMBER_WORDS:
                words.append(_NUMBER_WORDS[word])
            elif word not in _STOP:
                words.append(american(word))
        main = main if number else len(words)
    return Title(tuple(words), main)


def likeness(one: Title, other: Title) -> str:
    """SAME, DESIGN (differs in words on the study's design), SUBTITLED, LONGER, REWORDED, APART or ANOTHER."""
    if not one.words or not other.words:
        return APART
    if one.words == other.words:
        return SAME
    in_order = Indel.normalized_similarity(one.words, other.words)
    if in_order < FAR:
        return APART
    ours, theirs = _differences(one.words, other.words)
    if not ours and not theirs:
        reordered = sorted(one.words) == sorted(other.words) and in_order < SAME_ORDER
        return REWORDED if reordered else SAME
    if _of_two_papers(ours, theirs):
        return ANOTHER
    ours, theirs = without_akin(ours, theirs)
    if _apart(ours, theirs):
        return APART
    if say_otherwise(ours, theirs):
        return REWORDED
    more, fewer = (side - _NEUTRAL - _FAMILY_OF.keys() for side in (ours, theirs))
    named = {_FAMILY_OF[word] for word in ours | theirs if word in _FAMILY_OF}
    if not more and not fewer and not named & _KIND_OF_WORK:
        return DESIGN
    if _subtitled(one, other) and not (ours | theirs) & _TELLING:
        return SUBTITLED
    if not (more and fewer) and not (ours | theirs) & _TELLING:
        return LONGER
    return REWORDED if in_order >= SHARED else APART


def own_words(one: Title, other: Title) -> tuple[frozenset[str], frozenset[str]]:
    """The words that only one of two titles has and that say more than how a study was made; no numbers."""
    ours, theirs = (
        frozenset(word for word in side - _NEUTRAL - _FAMILY_OF.keys() if not _is_number(word))
        for side in _differences(one.words, other.words)
    )
    return ours, theirs


def is_telling(word: str) -> bool:
    """Whether a word tells two papers of one team apart."""
    return word in _TELLING


def _of_two_papers(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    numbered = any(map(_is_number, ours)) and any(map(_is_number, theirs))
    return bool((ours | theirs) & _SERIES) or numbered or contradict(ours, theirs)


def _apart(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    if (ours | theirs) & _REPORT or (ours & _TELLING and theirs & _TELLING):
        return True
    return _two_designs(ours, theirs) or differ(ours, theirs)


def _subtitled(one: Title, other: Title) -> bool:
    """One has a subtitle more, or another one, or none."""
    long, short = (one, other) if len(one.words) >= len(other.words) else (other, one)
    ours, theirs = _differences(long.words[: long.main], short.words)
    return not (ours | theirs) - _NEUTRAL


def _two_designs(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    left, right = ({_FAMILY_OF[word] for word in side if word in _FAMILY_OF} for side in (ours, theirs))
    return bool(left and right and (left ^ right) & _KIND_OF_WORK)


def _is_number(word: str) -> bool:
    return word[0].isdecimal() or word in ("i", "v", "x", "A", "B", "C", "D")


def _differences(one: Sequence[str], other: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The words that only one title has, without spellings, joined words and abbreviations of the other's."""
    ours, theirs = Counter(one) - Counter(other), Counter(other) - Counter(one)
    for left, right, text in ((ours, theirs, other), (theirs, ours, one)):
        for word in list(left):
            for run in _spelt_out(word, text):
                del left[word]
                for part in run:
                    right.pop(part, None)
                break
    for word in list(ours):
        same = next((each for each in theirs if _same_word(word, each)), None)
        if same is not None:
            del ours[word], theirs[same]
    return frozenset(ours), frozenset(theirs)


def _spelt_out(word: str, words: Sequence[str]) -> Iterable[Sequence[str]]:
    """Runs of words that a word joins ("posttraumatic") or is the initials of ("ptsd")."""
    if not word.isalpha():
        return
    if 2 < len(word) < 7:
        for at in range(len(words)):
            for length in (len(word), len(word) - 1):
                run = words[at : at + length]
                if len(run) == length > 1 and _initials(word, run):
                    yield run
    if word in "".join(words):
        for at in range(len(words)):
            for length in (2, 3, 4):
                if "".join(words[at : at + length]) == word:
                    yield words[at : at + length]


def _initials(word: str, run: Sequence[str]) -> bool:
    """The first letters of these words, or one more from inside the first (ptsd: posttraumatic stress disorder)."""
    first = "".join(each[0] for each in run)
    inside = word[0] + word[2:] == first and word[1] in run[0][1:] and len(run[0]) > 8
    return first == word or inside


def _same_word(one: str, other: str) -> bool:
    """Two spellings of a long word: one letter apart, and not at its beginning, where drugs differ."""
    if min(len(one), len(other)) < 6 or one[:2] != other[:2] or not (one.isalpha() and other.isalpha()):
        return False
    return OSA.distance(one, other, score_cutoff=1) <= 1
