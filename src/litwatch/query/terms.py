"""Owns reading one term: its words, its field tag, what they can mean together.

Never knows brackets or operators between terms (parse.py does).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from litwatch.errors import QueryError
from litwatch.query.dates import read_dates, written_dates
from litwatch.query.fields import Field, fields, find_field, near_names, organism_heading
from litwatch.query.lexemes import Lexeme, one_line
from litwatch.query.nlm_tables import find_subheading
from litwatch.query.numbers import is_doi
from litwatch.query.tokens import normal, query_words
from litwatch.query.tree import Term

WORDINGS = frozenset(("quote", "word"))
_NUMBERS = re.compile(r"\d{1,9}(?:[\s,;]+\d{1,9})*[,;]?")
_UIDS = re.compile(r"\d{1,9}(?:\s*:\s*\d{1,9})?(?:[\s,;]+\d{1,9}(?:\s*:\s*\d{1,9})?)*")
#: 15,012: a count with its thousands parted, as PubMed's history prints it.
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_PROXIMITY = re.compile(r"~\s?(\d{1,4})")
#: "Proc Natl Acad Sci U S A"[Journal:__jid7505876], as PubMed's translation names a journal: by NLM's number.
_JOURNAL_NUMBER = re.compile(r"\s*(?:journal|jour|ta)\s*:\s*__jid(\w{1,12})\s*", re.IGNORECASE)
#: What a text may not begin with when it is written down, or it would read as line 1 of a strategy.
_LABEL = re.compile(r"\d{1,3}\.(?:\s|\Z)")
LONGEST_SHOWN = 60
_LONGEST_PLACE = 8
#: In small letters these join nothing; between two terms they are stop words (NLM Tech Bull, Nov-Dec 1997).
_IDLE = frozenset(("and", "or", "not"))
#: Values in whose names none of them stands first or last. A journal (OR Manager) or a person (Or D) may begin so.
_NEVER_BEGIN_SO = frozenset(
    ("mesh", "major_mesh", "subheadings", "publication_types", "substances", "languages")
)


def read_term(source: str, pieces: Sequence[Lexeme], position: int) -> tuple[Term, int]:
    """The term, or the range of two, that begins at `position`, and the position after it."""
    term, field, position = _wording(source, pieces, position)
    if position < len(pieces) and pieces[position].kind == "colon":
        colon = pieces[position]
        position += 1
        if position == len(pieces) or pieces[position].kind not in WORDINGS:
            raise QueryError("this range has no end", source, colon.start, colon.end)
        last, last_field, position = _wording(source, pieces, position)
        if not last_field or (field and field != last_field):
            hint = 'write "2024/01/01"[crdt] : "2024/06/30"[crdt], or 2024/01/01:2024/06/30[crdt]'
            message = "both ends of a range need the same field tag"
            raise QueryError(message, source, term.start, last.end, hint)
        if last_field.kind not in ("date", "uid"):
            raise QueryError("only dates and PMIDs have ranges", source, colon.start, colon.end)
        text = f"{term.text}:{last.text}"
        term, field = Term(text, last.tag, start=term.start, end=last.end), last_field
    return _checked(source, term, field), position


def _wording(source: str, pieces: Sequence[Lexeme], position: int) -> tuple[Term, Field | None, int]:
    first, begin = pieces[position], position
    quoted = first.kind == "quote"
    position += 1
    while not quoted and position < len(pieces) and pieces[position].kind == "word":
        position += 1
    if not quoted and (place_ends := end_of_place(pieces, position)):
        position = place_ends
    last = tag = pieces[position - 1]
    found, distance, explode = None, None, True
    journal: re.Match[str] | None = None
    if position < len(pieces) and pieces[position].kind == "tag":
        tag = pieces[position]
        journal = _JOURNAL_NUMBER.fullmatch(tag.text[1:-1]) if "__" in tag.text else None
        found, distance, explode = (
            _read_tag(source, tag) if journal is None else (fields()["jid"], None, True)
        )
        position += 1
    if journal is not None:
        text, quoted = journal[1].upper(), False
    elif quoted:
        text = one_line(first.text[1:-1])
    else:
        run = pieces[begin : position - (tag is not last)]
        text = _run_together(without_idle(run, found))
        quoted = "(" in text or "[" in text or _LABEL.match(text) is not None
    name = found.tag if found is not None else ""
    return (
        Term(text, name, quoted, distance, explode=explode, start=first.start, end=tag.end),
        found,
        position,
    )


class _Piece(Protocol):
    """A piece of a query, the parser's or lint's."""

    @property
    def kind(self) -> str: ...

    @property
    def text(self) -> str: ...


def end_of_place(pieces: Sequence[_Piece], position: int) -> int:
    """The position behind the place that NLM adds to the title of a journal, where [ta] follows it; else 0.

    Pharmaceuticals (Basel, Switzerland) [ta]: only words with a comma among them, for in ketamine (Lancet)[ta] a tag
    stands on a bracket.
    """
    if position == len(pieces) or pieces[position].kind != "open":
        return 0
    close = position + 1
    while close < len(pieces) and close - position <= _LONGEST_PLACE and pieces[close].kind == "word":
        close += 1
    if close + 1 >= len(pieces) or pieces[close].kind != "close" or pieces[close + 1].kind != "tag":
        return 0
    journal = find_field(pieces[close + 1].text[1:-1])
    parted = any(piece.text.endswith(",") for piece in pieces[position + 1 : close - 1])
    return close + 1 if parted and journal is not None and journal.tag == "ta" else 0


def _run_together(run: Sequence[Lexeme]) -> str:
    text, end = run[0].text, run[0].end
    for piece in run[1:]:
        # Nothing between two words but the bracket of a chemical name: S(+)-ketamine is one.
        text += piece.text if piece.start == end else f" {piece.text}"
        end = piece.end
    return one_line(text)


def without_idle(run: Sequence[Lexeme], field: Field | None) -> Sequence[Lexeme]:
    """Words that stand together, without each lower-case and, or, not at their edges; one word stays."""
    first, last = 0, len(run)
    if field is not None and field.kind not in ("words", "filter") and field.values not in _NEVER_BEGIN_SO:
        return run
    while first < last - 1 and is_idle(run[first].text):
        first += 1
    while last > first + 1 and is_idle(run[last - 1].text):
        last -= 1
    return run[first:last]


def is_idle(word: str) -> bool:
    """Whether it is one of and, or, not in small letters: a word that was meant to join."""
    return len(word) < 4 and word.lower() in _IDLE


def _read_tag(source: str, tag: Lexeme) -> tuple[Field, int | None, bool]:
    """The field of a tag, the N of :~N, and whether narrower terms count."""
    known = known_tag(tag.text[1:-1])
    if known is None:
        raise _tag_error(source, tag)
    return known


@lru_cache(maxsize=4096)
def known_tag(inside: str) -> tuple[Field, int | None, bool] | None:
    """The field of what stands in square brackets, the N of :~N, whether narrower terms count; None for no tag."""
    name, colon, suffix = one_line(inside).partition(":")
    found = find_field(name)
    suffix = suffix.strip().lower()
    if found is None:
        return None
    if not colon:
        return found, None, True
    if found.explodes and "".join(suffix.split()) == "noexp":
        return found, None, False
    near_by = _PROXIMITY.fullmatch(suffix)
    return (found, int(near_by[1]), True) if near_by and found.proximity else None


def _tag_error(source: str, tag: Lexeme) -> QueryError:
    name, _, suffix = one_line(tag.text[1:-1]).partition(":")
    suffix = "".join(suffix.split()).lower()
    found = find_field(name)
    if not name.strip():
        return QueryError("an empty field tag", source, tag.start, tag.end)
    if found is None:
        near = near_names(name)
        hint = "did you mean " + " or ".join(f"[{one}]" for one in near) + "?" if near else ""
        message = f"PubMed has no field tag [{name.strip()[:LONGEST_SHOWN]}]"
        return QueryError(message, source, tag.start, tag.end, hint)
    if found.proximity and suffix.startswith("~"):
        hint = f'write how many words may stand between: "ketamine depression"[{found.tag}:~5]'
        message = f"the N of :~N is a whole number below 10,000, not {suffix[1:][:20] or 'nothing'}"
        return QueryError(message, source, tag.start, tag.end, hint)
    hint = "PubMed knows :noexp and :~N"
    if suffix == "noexp" or _PROXIMITY.fullmatch(suffix):
        able = (
            one.tag for one in fields().values() if (one.explodes if suffix == "noexp" else one.proximity)
        )
        hint = "it goes with " + ", ".join(f"[{one}]" for one in able)
    return QueryError(f"[{found.tag}] takes no :{suffix[:20]}", source, tag.start, tag.end, hint)


def _checked(source: str, term: Term, field: Field | None) -> Term:
    """The term with its kind made sure of; raises QueryError where it can mean nothing."""
    kind = field.kind if field else "words"
    if kind == "date":
        try:
            read_dates(term.text)
        except ValueError as error:
            hint = 'write 2024/01/31, 2024/01, 2024, a range 2024/01/01:2024/06/30, or "last 30 days"'
            raise QueryError(str(error), source, term.start, term.end, hint) from error
        text = written_dates(term.text)
        return replace(term, text=text, quoted=" " in text)
    if kind == "uid" or (not field and not term.quoted and _is_uids(term.text)):
        if not _UIDS.fullmatch(term.text):
            hint = "write numbers, or a range 1:500"
            message = f"{term.text[:LONGEST_SHOWN]!r} is no PMID"
            raise QueryError(message, source, term.start, term.end, hint)
        if count := next(filter(_THOUSANDS.fullmatch, re.split(r"[\s:;]+", term.text)), None):
            hint = f"leave it out; if PMIDs are meant, put blanks between them: {count.replace(',', ' ')}"
            message = f"{count[:LONGEST_SHOWN]} looks like a count with its thousands parted, not like PMIDs"
            raise QueryError(message, source, term.start, term.end, hint)
        text = _plain_uids(term.text)
        if any(_ends_before_it_begins(part) for part in text.split()):
            message = f"the range {text[:LONGEST_SHOWN]} ends before it begins"
            raise QueryError(
                message, source, term.start, term.end, "write the smaller number first: 1:500[uid]"
            )
        return replace(term, text=text, tag="uid", quoted=False)
    if not (term.text.isascii() and term.text[:1].isalnum() and "*" not in term.text):
        _check_words(source, term, field)
    if field and field.stands_for:
        return replace(term, text=organism_heading(term.text), tag=field.stands_for)
    if not field and "/" in term.text and _names_subheading(term.text):
        return replace(term, tag="mh")
    return term


def _check_words(source: str, term: Term, field: Field | None) -> None:
    if field and field.values in ("doi", "article_ids") and is_doi(term.text):
        return  # 10.1016/*: marks are part of a DOI, and part no words in it
    found = query_words(term.text)
    if not any(word.strip("*") for word in found):
        raise QueryError("there is nothing to search for here", source, term.start, term.end)
    if any(word.startswith("*") for word in found):
        hint = "PubMed wants at least four characters before it; the star of Ovid for a main topic is [majr] here"
        raise QueryError("a * needs the beginning of a word before it", source, term.start, term.end, hint)


def _names_subheading(text: str) -> bool:
    """Whether untagged text is heading/subheading, which needs no [mh] (User Guide, "MeSH Terms").

    By the subheadings that are shipped: what a text means must not hang on the MeSH that is loaded, which the parser
    does not have. A subheading of a newer one needs its [mh].
    """
    heading, _, subheading = text.partition("/")
    return bool(normal(heading)) and "*" not in text and find_subheading(subheading) is not None


def _is_uids(text: str) -> bool:
    """Whether untagged numbers are PMIDs: more than one, or one that is too long for a year."""
    return (
        text[0].isdigit()
        and _NUMBERS.fullmatch(text) is not None
        and (" " in text or len(text.strip(",;")) > 4)
    )


def _ends_before_it_begins(uids: str) -> bool:
    low, colon, high = uids.partition(":")
    return bool(colon) and int(high) < int(low)


def _plain_uids(text: str) -> str:
    return " ".join(re.sub(r"\s*:\s*", ":", text).replace(",", " ").replace(";", " ").split())
