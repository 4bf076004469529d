"""What of a paper goes into the index: its texts as words, and all values and dates that a query can ask for.

Owns how they are written down and read back. Never says what matches: the matcher's own tests are put to what is
read back here.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from litwatch.paper import Author, Link, OtherAbstract, Paper
from litwatch.query.names import first_words
from litwatch.query.nlm_tables import attributes_asked
from litwatch.query.record import DATES, VALUES, ZONES, remembered
from litwatch.query.tokens import NO_APOSTROPHES, fold_each

APART = " \ue000 "
"""A word of its own between the texts of a zone, so that no phrase runs over their border; no text can hold it."""
BETWEEN = "\x1f"
"""Between the parts of a value; XML cannot hold it."""
SUBSET = "subset"
DATE = "date:"
WHOLE_VALUES = tuple(name for name in VALUES if name != "uid")

_APOSTROPHE = re.compile(f"[{''.join(map(chr, NO_APOSTROPHES))}]")
_ZONE_TEXTS = tuple(zone.texts for zone in ZONES.values())
_LIST = "\x1e"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the index takes of some papers, each named by its place among them."""

    pmids: tuple[int, ...]
    texts: list[tuple[int, list[str]]]
    """Of those whose record can be read."""
    values: dict[tuple[str, str], list[int]]
    """The papers of each (kind, value)."""


def gathered(papers: Iterable[tuple[int, Paper | None]]) -> Gathered:
    """What the index takes of these papers; one that cannot be read (None) matches nothing."""
    with _no_garbage():
        return _gathered(papers)


def _gathered(papers: Iterable[tuple[int, Paper | None]]) -> Gathered:
    pmids: list[int] = []
    every_text: list[tuple[int, list[str]]] = []
    shown: dict[tuple[str, str], list[int]] = {}
    for place, (pmid, paper) in enumerate(papers):
        pmids.append(pmid)
        if paper is None:
            continue
        every_text.append((place, texts(paper)))
        for each in values(paper):
            places = shown.get(each)
            if places is None:
                shown[each] = [place]
            else:
                places.append(place)
    return Gathered(tuple(pmids), every_text, shown)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """No search for cycles, of which papers have none: it took a tenth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def texts(paper: Paper) -> list[str]:
    """A text for each column of the index, folded as the matcher folds it; one that comes twice stands once."""
    every: list[str] = []
    columns: list[tuple[int, int]] = []
    for of_zone in _ZONE_TEXTS:
        some = of_zone(paper)
        begin = len(every)
        every.extend(some if len(some) == 1 else dict.fromkeys(some))
        columns.append((begin, len(every)))
    folded = fold_each(every)
    found = [
        folded[begin] if end == begin + 1 else APART.join(folded[begin:end]) if end > begin else ""
        for begin, end in columns
    ]
    found.append(" ".join(_odd_names(paper)))
    return found


def _odd_names(paper: Paper) -> set[str]:
    """The words by which people are found (names.first_words) that are not words of the zones of people."""
    people = [author for author in (*paper.authors, *paper.investigators) if _is_odd(author)]
    people += [
        author
        for author in (*paper.personal_name_subjects, *paper.editors)
        if author.collective_name or _is_odd(author)  # groups among the others stand in `collective_names`
    ]
    return {word for author in people for word in first_words(author)}


def _is_odd(author: Author) -> bool:
    """Whether an apostrophe stands in the name, or a letter alone begins it: O'Brien is found as obrien, too."""
    begin = author.last_name[:2]
    if not (begin.isascii() and begin.isalnum()) and remembered(author.last_name)[1:2] == " ":
        return True
    whole = f"{author.last_name}{author.fore_name}{author.collective_name}"
    return _APOSTROPHE.search(whole) is not None


def values(paper: Paper) -> Iterator[tuple[str, str]]:
    """(kind, value) of everything else that a query can ask for."""
    for kind in WHOLE_VALUES:
        for keys in VALUES[kind].keys(paper):
            if keys:
                yield kind, BETWEEN.join(keys)
    for name, dates in DATES.items():
        yield DATE + name, BETWEEN.join(map(_written, dates.written(paper)))
    yield SUBSET, _subset(paper)


def _written(day: str | date | None) -> str:
    if day is None:
        return ""
    return f"t{day}" if isinstance(day, str) else f"d{day.isoformat()}"


def dates_in(value: str) -> Iterator[str | date | None]:
    """The dates of a value, as the record has them."""
    for part in value.split(BETWEEN):
        if not part:
            yield None
        else:
            yield part[1:] if part[0] == "t" else date.fromisoformat(part[1:])


def _subset(paper: Paper) -> str:
    """All that filters ask of a record (lookup.in_subset)."""
    book = "" if not paper.book_title else "whole" if paper.title == paper.book_title else "part"
    return BETWEEN.join((
        paper.status,
        paper.publication_status,
        _LIST.join(sorted({link.kind for link in paper.links})),
        _LIST.join(sorted({kind for kind, _ in paper.article_ids})),
        _LIST.join(sorted({other.language for other in paper.other_abstracts})),
        book,
        _LIST.join(name for name in attributes_asked() if getattr(paper, name)),
    ))  # fmt: skip


def paper_of_subset(value: str) -> Paper:
    """A paper of which the same filters are true as of the one that the value is of."""
    status, publication, links, identifiers, languages, book, has = value.split(BETWEEN)
    made = Paper(
        pmid=1,
        status=status,
        publication_status=publication,
        links=tuple(Link(kind) for kind in links.split(_LIST) if kind),
        article_ids=tuple((kind, "") for kind in identifiers.split(_LIST) if kind),
        other_abstracts=tuple(OtherAbstract("", one, "") for one in languages.split(_LIST))
        if languages
        else (),
    )
    filled = {name: _something(getattr(made, name)) for name in has.split(_LIST) if name and name != "pmid"}
    if book:
        filled |= {"book_title": "b", "title": "b" if book == "whole" else "t"}
    return replace(made, **filled)


def _something(empty: object) -> Any:
    """Something true of the same kind."""
    return "x" if isinstance(empty, str) else ("x",)
