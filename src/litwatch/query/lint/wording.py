"""Owns how one term is written: proximity, phrases, text without a field tag, dates and numbers.

Never compares terms with each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.errors import QueryError
from litwatch.query.fields import Field, find_field
from litwatch.query.finding import Finding, Severity
from litwatch.query.leaves import is_approximate
from litwatch.query.lexemes import QUOTES, Lexeme
from litwatch.query.lint.kinds import Kind
from litwatch.query.lint.rough_reading import Operand, Piece, Reading
from litwatch.query.lint.species import ANIMALS, PEOPLE
from litwatch.query.lint.truncation import truncation_findings, wildcard_findings
from litwatch.query.nlm_tables import stop_words
from litwatch.query.pasting import untagged_reading
from litwatch.query.terms import read_term
from litwatch.query.tokens import words
from litwatch.query.tree import Term

_OPERATORS = ("and", "or", "not")
_APOSTROPHES = "'’‘‛`"
_NEAR = re.compile(r"\s*:\s*~\s*(\S*)\s*")


def wording_findings(reading: Reading, kind: Kind) -> Iterator[Finding]:
    """What is wrong with single terms."""
    yield from wildcard_findings(reading)
    for term in reading.terms:
        if term.words[0].kind in ("unclosed", "reference"):
            continue
        if (single := _single_quotes(reading.text, term, kind)) is not None:
            yield single
            continue
        name, _, suffix = term.tag.text[1:].rstrip("]").partition(":") if term.tag else ("", "", "")
        field = find_field(name) if term.tag else None
        text = _text(term)
        if term.tag and field is None:
            yield from truncation_findings(term, text, None, near=":~" in term.tag.text)
            continue
        near = _NEAR.fullmatch(":" + suffix) if suffix else None
        yield from truncation_findings(term, text, field, near=near is not None)
        if near:
            yield from _proximity(term, text, field, near[1])
        elif field is None:
            yield from _untagged(term, text, kind)
        elif field.kind == "words":
            yield from _phrase(term, text, field, kind)
        elif field.tag in ("doi", "isbn"):
            yield from _number(term, text, field)


def _single_quotes(text: str, term: Operand, kind: Kind) -> Finding | None:
    """'treatment resistant depression'[tiab], as Embase and Cochrane write a phrase."""
    first, last = term.words[0].text, term.words[-1].text
    tag = term.tag.text if term.tag else ""
    field = find_field(tag[1:-1].partition(":")[0]) if tag else None
    if len(term.words) < 2 or first[0] not in _APOSTROPHES or last[-1] not in _APOSTROPHES:
        return None
    if tag and (field is None or field.kind != "words"):
        return None
    inside = " ".join(piece.text for piece in term.words)[1:-1].strip()
    certain = inside and not set(inside) & set(_APOSTROPHES + QUOTES)
    return Finding(
        "single-quotes", "error" if kind == "facet" and not tag else "warning", term.start, term.end,
        f"single quotation marks make no phrase in PubMed: {text[term.start : term.end][:60]}",
        "PubMed passes over them; straight double ones mark a phrase",
        f'"{inside}"{tag or "[tiab]"}' if certain else "", 5, "write double ones",
    )  # fmt: skip


def _text(term: Operand) -> str:
    text = " ".join(piece.text.strip(QUOTES) for piece in term.words)
    return text[1:-1] if re.fullmatch(r"'\w[\w-]*'", text) else text  # 'ketamine', as Embase has it


def _proximity(term: Operand, text: str, field: Field | None, distance: str) -> Iterator[Finding]:
    tag = field.tag if field and field.proximity else "tiab"
    plain = "*" not in text and len(words(text)) > 1
    if field is not None and not field.proximity:
        yield Finding(
            "proximity-field", "error", term.start, term.end,
            f"[{field.tag}] takes no proximity", "PubMed has it in [ti], [tiab] and [ad] alone",
            f'"{text}"[tiab:~{distance}]' if plain and distance.isdigit() and len(distance) < 5 else "", 2,
        )  # fmt: skip
        return
    if not re.fullmatch(r"\d{1,4}", distance):
        yield Finding(
            "proximity-distance", "error", term.start, term.end,
            f"~{distance[:12]} is no number of words", "it is a whole number, from 0 to 1000",
            f'"{text}"[{tag}:~3]' if plain else "", 2, "write a number",
        )  # fmt: skip
        return
    if "*" in text:
        yield Finding(
            "proximity-star", "error", term.start, term.end,
            "a * inside a proximity search",
            "PubMed ignores the proximity then, and looks for the phrase as it stands",
            "", 2, "write the forms out, each as a proximity search of its own",
        )  # fmt: skip
    if term.words[0].kind != "quote":
        yield Finding(
            "proximity-quotes", "error", term.start, term.end,
            "a proximity search without quotation marks",
            "PubMed knows it only around words in double quotes",
            f'"{text}"[{tag}:~{distance}]' if plain else "", 2, "put them in double quotes",
        )  # fmt: skip
    elif len(words(text)) < 2:
        yield Finding(
            "proximity-one-word", "warning", term.start, term.end,
            "a proximity search of one word", "there is nothing that it could be near to", f'"{text}"[{tag}]', 2,
        )  # fmt: skip


def _untagged(term: Operand, text: str, kind: Kind) -> Iterator[Finding]:
    found = words(text)
    read = _read(term)
    if read is None or not is_approximate(read) or all(map(_is_lower_operator, term.words)):
        return  # of a lower-case operator operators.py speaks
    text = text.strip(_APOSTROPHES)
    if kind == "watch" and all(word in stop_words() for word in found):
        yield Finding(
            "untagged-stop-word", "hint", term.start, term.end,
            f"`{text[:40]}` is a stop word", "PubMed passes over it", "", 4, "it may be taken out",
        )  # fmt: skip
        return
    severity: Severity = "error" if kind == "facet" else "warning"
    words_in = any(word in ("and", "or", "not") for word in found)
    phrase = term.words[0].kind == "quote"
    advice = (
        ""
        if phrase or len(found) < 2
        else f'"{text[:60]}"[tiab] if it is a phrase; or a field tag on each word'
    )
    if re.fullmatch(r"[A-Z][A-Z0-9]{1,5}", text) and any(map(str.isalpha, text)):
        yield Finding(
            "untagged-acronym", severity, term.start, term.end,
            f"the acronym {text} has no field tag",
            "PubMed maps it to whatever it may stand for, authors and journals too; the map changes each year",
            f"{text}[tiab]", 4,
        )  # fmt: skip
        return
    if kind == "watch" and text.lower() in (
        *PEOPLE,
        *ANIMALS,
    ):  # looked for as headings; words find something else
        heading = "humans" if text.lower() in PEOPLE else "animals"
        advice = f"{heading}[mh] if the indexers' heading is meant, {text}[tiab] if the word is"
    yield Finding(
        "untagged-term", severity, term.start, term.end,
        f"`{text[:60]}` has no field tag", _why_untagged(read, kind),
        "" if advice or (words_in and not phrase)
        else f'"{text}"[tiab]' if len(found) > 1 or phrase else f"{text}[tiab]", 4,
        "" if words_in and not phrase else advice,
    )  # fmt: skip


def _why_untagged(term: Term, kind: Kind) -> str:
    if kind == "facet":
        return "a facet is read here, where there is no term mapping: say which field"
    if "*" in term.text or term.quoted:
        return untagged_reading(term)
    return "PubMed maps it to headings, journals and authors by a table that changes each year"


def _read(term: Operand) -> Term | None:
    """The words as the core has them: PMIDs, filters and neoplasms/dh are more than words. None: they are refused."""
    pieces = [Lexeme(piece.kind, piece.text, piece.start, piece.end) for piece in term.words]
    try:
        read, _ = read_term("", pieces, 0)
    except QueryError:
        return None  # the parser speaks of it
    return read


def _phrase(term: Operand, text: str, field: Field, kind: Kind) -> Iterator[Finding]:
    if kind == "facet":
        return  # facets are matched here, without a phrase index
    found = words(text)
    quoted = term.words[0].kind == "quote"
    if "*" in text:
        return  # User Guide, "Truncating search terms": breast feed*[tiab] is right as it stands
    if not quoted and len(term.words) > 1 and not any(map(_is_lower_operator, term.words)):
        certain = field.proximity and len(found) > 1
        yield Finding(
            "unquoted-phrase", "hint", term.start, term.end,
            f"{text[:60]} is a phrase without quotation marks",
            "where PubMed's phrase index does not hold it, only the last word keeps the field tag; "
            "the others are mapped and searched in all fields",
            f'"{text}"[{field.tag}:~0]' if certain else "", 4,
            "" if certain else "`litwatch check --online` shows what PubMed makes of it",
        )  # fmt: skip
        return
    if not field.proximity or not (quoted or _is_hyphenated(text)):
        return
    inner = [word for word in found if word in stop_words()]
    if "-" in text and len(found) > 2:
        yield Finding(
            "hyphenated-phrase", "hint", term.start, term.end,
            f"{text[:60]} is a hyphenated phrase of {len(found)} words",
            "where PubMed's phrase index does not hold it, "
            + ("the quotation marks are ignored, and its words are searched" if quoted else "it finds nothing"),
            f'"{text}"[{field.tag}:~0]', 4,
        )  # fmt: skip
    elif inner and len(found) > 2:
        yield Finding(
            "stop-word-phrase", "hint", term.start, term.end,
            f'"{text[:60]}" holds the stop word {inner[0]}',
            "PubMed's phrase index misses many such phrases; then the quotation marks are ignored",
            f'"{text}"[{field.tag}:~0]', 4,
        )  # fmt: skip
    elif len(found) > 4:
        yield Finding(
            "long-phrase", "hint", term.start, term.end,
            f'"{text[:60]}" is a phrase of {len(found)} words',
            "PubMed's phrase index holds few so long; then the quotation marks are ignored",
            f'"{text}"[{field.tag}:~0]', 4,
        )  # fmt: skip


def _is_hyphenated(text: str) -> bool:
    """Whether it is words of English, not the name of a substance: state-of-the-art, not N,N-dimethyl-tryptamine."""
    parts = text.split("-")
    return len(parts) > 2 and all(part.isalpha() and part.islower() and len(part) > 1 for part in parts)


def _is_lower_operator(piece: Piece) -> bool:
    return piece.text.lower() in _OPERATORS


def _number(term: Operand, text: str, field: Field) -> Iterator[Finding]:
    plain = re.sub(r"^(?:https?://)?(?:dx\.)?doi\.org/", "", text)
    if field.tag == "doi" and not re.fullmatch(r"10\.\d{4,9}/\S+", text):
        yield Finding(
            "doi-shape", "hint", term.start, term.end,
            f"{text[:60]} does not look like a DOI", "a DOI is 10., a number, a slash and more",
            f"{plain}[doi]" if re.fullmatch(r"10\.\d{4,9}/\S+", plain) else "", 5,
        )  # fmt: skip
    if field.tag == "isbn" and len(re.sub(r"[^0-9Xx]", "", text)) not in (10, 13):
        yield Finding(
            "isbn-shape", "hint", term.start, term.end,
            f"{text[:60]} does not look like an ISBN", "an ISBN has 10 or 13 digits", "", 5,
        )  # fmt: skip
