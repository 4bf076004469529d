"""How the mixed content of a record becomes plain text.

Owns white space, markup and the layout of abstracts. Never drops a letter of the record.

The choices:
- All text counts: of <i>, <b>, <u>, <sup>, <sub>, of MathML, and what stands after a child.
- A run of white space (line breaks and no-break blanks too) is one blank; none at either end.
- Markup adds no blank, because it stands inside words: "CO<sub>2</sub>" is "CO2", "m<sup>2</sup>" is "m2",
  as in PubMed's own text formats, so that a search word matches here what it matches there.
  A literal "²" stays "²".
- But where plain text would turn one number into another, superscripts keep their height:
  "10<sup>6</sup>" is "10⁶", not "106"; "10<sup>-3</sup>" is "10⁻³". NFKC folds them to the plain digits.
- MathML is read in document order; white space between its elements means nothing and is dropped; a fraction
  gets its stroke ("1/2", not "12"), exponents follow the rule above. A formula on a line of its own
  (DispFormula) is set off by blanks.
- A labelled part of an abstract is "LABEL: text", parts are one blank apart (PubMed's MEDLINE format).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from litwatch.paper import Section
from litwatch.reading.parsing import BlanksMatter, Element, dropped_blanks
from litwatch.reading.patterns import LESS
from litwatch.reading.quick import quick

# All that str.split() takes for white space and XML allows, but for the plain blank.
_BLANKS = "\n\t\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_SHORT = 100
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_RAISABLE = frozenset("0123456789+-−–")
_INLINE = frozenset({"i", "b", "u", "sub"})
_INLINE_TAG = re.compile("</?(?:i|b|u|sub)>")
_make_section = quick(Section)
_MATHML = "{http://www.w3.org/1998/Math/MathML}"


def text_of(element: Element) -> str:
    """All text of an element, tidied (see the module's docstring).

    Raises BlanksMatter where the parser may have dropped a blank between words (see parsing.py).
    """
    text = _text_with_markup(element) if len(element) else element.text
    return tidy(text) if text else ""


def tidy(text: str) -> str:
    """Runs of white space become one blank; none at either end."""
    # Most texts are tidy already, and asking is many times cheaper than splitting and joining. How to ask depends
    # on the length: isprintable (no white space but the plain blank is) goes by letters, `in` by whole lines.
    if text.isalnum():
        return text
    if len(text) < _SHORT:
        untidy = not text.isprintable()
    elif text.isascii():
        untidy = "\n" in text or "\t" in text or "\r" in text
    else:
        untidy = False
        for blank in _BLANKS:
            if blank in text:
                text = text.replace(blank, " ")
    return " ".join(text.split()) if untidy or "  " in text else text.strip()


def words_of(text: str) -> str:
    """As text_of, of a text with its MARKED tags and LESS still in it (see patterns.py)."""
    if "<" in text:
        text = _without_marks(text)
    if LESS in text:
        text = text.replace(LESS, "<")
    return tidy(text)


def _without_marks(text: str) -> str:
    before, *raised = _INLINE_TAG.sub("", text).split("<sup>")
    pieces = [before] if before else []
    for each in raised:
        inside, _, after = each.partition("</sup>")
        _raise(inside, pieces)
        if after:
            pieces.append(after)
    return "".join(pieces)


def abstract_of(parts: Iterable[tuple[str, str, str]]) -> tuple[str, tuple[Section, ...]]:
    """The abstract and its sections from (label, category, text) parts; a part without text is left out."""
    pieces: list[str] = []
    sections: list[Section] = []
    position = 0
    for label, category, text in parts:
        if not text:
            continue
        if pieces:
            position += 1
        if label:
            pieces.append(f"{label}: {text}")
            start = position + len(label) + 2
            sections.append(_make_section(label, category, start, start + len(text)))
            position = start + len(text)
        else:
            pieces.append(text)
            if category:
                sections.append(_make_section("", category, position, position + len(text)))
            position += len(text)
    return " ".join(pieces), tuple(sections)


def _text_with_markup(element: Element) -> str:
    # A blank at either end does not matter here, as it does within nested markup.
    if (
        element.text is None
        and any(child.tail is None for child in list(element)[:-1])
        and dropped_blanks(element)
    ):
        raise BlanksMatter
    pieces: list[str] = []
    _gather(element, pieces)
    return "".join(pieces)


def _gather(element: Element, pieces: list[str]) -> None:
    if element.text:
        pieces.append(element.text)
    for child in element:
        tag, text = child.tag, child.text
        if tag == "sup" and not len(child):
            _raise(text or "", pieces)
        elif not len(child) and tag in _INLINE:
            if text:
                pieces.append(text)
        else:
            _gather_nested(child, pieces)
        if child.tail:
            pieces.append(child.tail)


def _gather_nested(child: Element, pieces: list[str]) -> None:
    """Markup within markup, formulas, and what we have never seen."""
    if child.text is None and len(child) and dropped_blanks(child):
        raise BlanksMatter
    tag = child.tag
    if tag == "sup":
        raised: list[str] = []
        _gather(child, raised)
        _raise("".join(raised), pieces)
    elif tag == "DispFormula":
        pieces.append(" ")
        _gather(child, pieces)
        pieces.append(" ")
    elif tag.startswith(_MATHML):
        _gather_formula(child, pieces)
    else:
        _gather(child, pieces)


def _raise(text: str, pieces: list[str]) -> None:
    """Adds a superscript: at its height after a digit, where it would otherwise become part of the number."""
    plain = text.strip()
    after_digit = bool(pieces) and pieces[-1][-1:].isdecimal()
    if after_digit and _RAISABLE.issuperset(plain) and any(sign.isdecimal() for sign in plain):
        pieces.append(plain.translate(_RAISED))
    elif text:
        pieces.append(text)


def _gather_formula(element: Element, pieces: list[str]) -> None:
    name = element.tag.removeprefix(_MATHML)
    if element.text and element.text.strip():
        pieces.append(element.text.strip() if len(element) == 0 else element.text)
    for ordinal, child in enumerate(element):
        if ordinal == 1 and name == "mfrac":
            pieces.append("/")
        if ordinal == 1 and name == "msup":
            raised: list[str] = []
            _gather_formula(child, raised)
            _raise("".join(raised), pieces)
        else:
            _gather_formula(child, pieces)
        if child.tail and child.tail.strip():
            pieces.append(child.tail)
