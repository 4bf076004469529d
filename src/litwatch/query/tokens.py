"""Owns how text becomes words: one rule for what a researcher writes and for what a record says.

Never knows fields, queries or papers.

The rule, and where it comes from:

- Case does not count (PubMed User Guide, "Using search field tags": "Case and spacing do not matter").
- Accents do not count: "cáncer" is "cancer" (NLM, "Diacritics in PubMed Displays and Searching").
- A Greek letter is its name, so that β and beta find the same records (J. Shore, MEDLINE Character Set
  Expansion, NLM Tech Bull 2010 Jul-Aug;(375):e13). It stays inside its word: 17β is 17beta.
- Hyphens, dashes, slashes, full stops, apostrophes and all other marks part words (PubMed User Guide,
  "PubMed character conversions"): 5-HT2A is "5 ht2a", (S)-ketamine "s ketamine", Alzheimer's
  "alzheimer s" (as QueryTranslation prints it), P<0.05 "p 0 05".
- What one typeset character stands for is written out (ß ss, æ ae, ﬁ fi, ² 2); invisible characters
  (soft hyphen, zero width, direction marks) are nothing; ™ ® ° and other symbols part words.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

#: To take out the signs that people type for an apostrophe, or to make blanks of them.
NO_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019\u2018\u02bc\u00b4`\u2032"), "")
APOSTROPHES_APART = dict.fromkeys(NO_APOSTROPHES, " ")
_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_ASCII_BYTES = bytes(ord(_ASCII.get(code, " ")) for code in range(256))
_APART = "\0"
_ASCII_BYTES_APART = bytes(
    code if code in (0, *range(128, 256)) else _ASCII_BYTES[code] for code in range(256)
)
_ASCII_ALL = bytes(range(128))
#: So many different characters are replaced one after the other sooner than in one pass.
_FEW_OTHERS = 20
_ASCII_WITH_STAR = {**_ASCII, ord("*"): "*"}
# Written out, because NFKD leaves them alone.
_SPELLED = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i",
    "ħ": "h", "ŋ": "ng",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu",
    "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip


class _Folds(dict[str, str]):
    """What a character outside ASCII becomes; each is worked out once."""

    def __missing__(self, character: str) -> str:
        folded = _fold_character(character)
        self[character] = folded
        return folded


def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    if category[0] not in "LNM":
        return " "
    folded = ""
    small = unicodedata.normalize("NFKD", character).casefold()  # 𝝖 is a capital alpha only once it is plain
    for part in unicodedata.normalize("NFKD", small):
        part = "σ" if part == "ς" else part
        if unicodedata.combining(part):
            continue
        plain = _SPELLED.get(part) or _GREEK.get(part) or part
        folded += plain if plain.isalnum() else " "
    return folded


_folds = _Folds()


def _fold_match(match: re.Match[str]) -> str:
    return _folds[match[0]]


def outside_ascii(text: str) -> set[str]:
    """The characters outside ASCII."""
    return set(
        text.encode("utf-8", "surrogatepass").translate(None, _ASCII_ALL).decode("utf-8", "surrogatepass")
    )


def _written_out(text: str) -> str:
    """`text` with what each character outside ASCII becomes; that of what it became is itself."""
    others = outside_ascii(text)
    if len(others) > _FEW_OTHERS:
        return _OUTSIDE_ASCII.sub(_fold_match, text)
    for other in others:
        text = text.replace(other, _folds[other])
    return text


def fold(text: str) -> str:
    """Small letters and digits, each other character a blank.

    As long as `text` where every character folds to one; `offsets` tells where not.
    """
    if not text.isascii():
        text = _written_out(text)
        if not text.isascii():
            return text.translate(_ASCII)
    return text.encode("ascii").translate(_ASCII_BYTES).decode("ascii")  # four times as fast as str.translate


def fold_each(texts: Sequence[str]) -> list[str]:
    """`fold` of each, in one pass over all."""
    if not texts:
        return []
    whole = _APART.join(texts)
    if whole.count(_APART) != len(texts) - 1:  # JSON may hold one
        return list(map(fold, texts))
    if not whole.isascii():
        whole = _written_out(whole)
    return whole.encode().translate(_ASCII_BYTES_APART).decode().split(_APART)


def normal(text: str) -> str:
    """The words of `text`, one blank between them."""
    return " ".join(fold(text).split())


def words(text: str) -> tuple[str, ...]:
    """The words of `text` in order."""
    return tuple(fold(text).split())


def query_words(text: str) -> tuple[str, ...]:
    """The words of a term as a researcher wrote it; a `*` stays where it stands."""
    if not text.isascii():
        text = _OUTSIDE_ASCII.sub(_fold_match, text)
    return tuple(re.sub(r"\*+", "*", text.translate(_ASCII_WITH_STAR)).split())


#: PubMed wants as many characters before a wildcard (NLM Tech Bull 2024 May-Jun;(458):e5).
LEAST_BEFORE_STAR = 4


def without_idle_stars(text: str) -> str:
    """`text` with a blank for each star that PubMed passes over, because too little stands before it.

    The characters count from the beginning of the term, blanks left out: in "scratch cat*" the star stays. User
    Guide, "Character conversions": a star becomes a blank "when a term is too short".
    """
    if "*" not in text:
        return text
    kept: list[str] = []
    before = 0
    for character in text:
        if character == "*":
            character = "*" if before >= LEAST_BEFORE_STAR else " "
        elif not character.isspace():
            before += 1
        kept.append(character)
    return "".join(kept)


class Offsets(Sequence[int]):
    """For each place in fold(text), its place in `text`, and one more at the end.

    Both go on alike but at characters that do not fold to one: `_folded` and `_text` say where each stretch begins.
    """

    __slots__ = ("_folded", "_text")

    def __init__(self, text: str) -> None:
        self._folded, self._text = [0], [0]
        behind = 0  # by so much the folded place is behind that of the text
        for place in sorted(match.start() for match in _OUTSIDE_ASCII.finditer(text)):
            width = len(_folds[text[place]])
            if width == 1:
                continue
            if width:
                self._add(place - behind, place)
            behind += 1 - width
            self._add(place + 1 - behind, place + 1)
        self._add(len(text) - behind, len(text))

    def _add(self, folded: int, place: int) -> None:
        self._folded.append(folded)
        self._text.append(place)

    def __len__(self) -> int:
        return self._folded[-1] + 1

    def __getitem__(self, folded: int) -> int:  # type: ignore[override]
        if folded > self._folded[-1]:
            raise IndexError(folded)
        stretch = bisect_right(self._folded, folded) - 1
        place = self._text[stretch] + folded - self._folded[stretch]
        # All that one character became stands where it does.
        return min(place, self._text[stretch + 1] - 1) if stretch + 1 < len(self._text) else place

    def first_from(self, place: int) -> int:
        """The first place of the folded text that stands there or behind it."""
        stretch = bisect_right(self._text, place) - 1
        folded = self._folded[stretch] + place - self._text[stretch]
        return min(folded, self._folded[stretch + 1]) if stretch + 1 < len(self._folded) else folded


def offsets(text: str) -> Offsets | None:
    """For each place in fold(text), its place in `text` (one more at the end); None where all agree."""
    if text.isascii() or all(len(_folds[other]) == 1 for other in outside_ascii(text)):
        return None
    return Offsets(text)
