"""What of a paper goes into the index: its texts as words, and all values and dates that a query can ask for.

Owns how they are written down and read back. Never says what matches: the matcher's own tests are put to what is
read back here.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Sequence
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
NAMES = "names"
"""The column of words by which people are found that their names as written do not have."""


@dataclass(frozen=True, slots=True)
class Room:
    """A part of the index: the columns of its words, and the kinds of whole values in it."""

    name: str
    columns: tuple[str, ...]
    values: tuple[str, ...]


_ASKED_MOST = (
    "title", "abstract", "other_abstracts", "collection_title", "keywords", "vernacular_title", "mesh", "subheadings",
    "publication_types", "substances", "supplementary_concepts", "gene_symbols", "book_title",
)  # fmt: skip
_VALUES_ASKED_MOST = (
    "mesh", "major_mesh", "subheadings", "publication_types", "substances", "registry_numbers", "languages",
)  # fmt: skip
#: What searches by subject ask for, with dates and filters: it needs no author, and is a good half of the work.
SUBJECTS = Room("words", _ASKED_MOST, _VALUES_ASKED_MOST)
#: People, places, journals, numbers: gathered once a search asks for one of them.
REST = Room(
    "rest",
    (*(name for name in ZONES if name not in _ASKED_MOST), NAMES),
    tuple(name for name in VALUES if name not in ("uid", *_VALUES_ASKED_MOST)),
)
ROOMS = (SUBJECTS, REST)

_APOSTROPHE = re.compile(f"[{''.join(map(chr, NO_APOSTROPHES))}]")
_LIST = "\x1e"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What rooms of the index take of some papers, each named by its place among them."""

    pmids: tuple[int, ...]
    texts: dict[str, list[tuple[int, list[str]]]]
    """By room, of the papers whose record can be read."""
    values: dict[tuple[str, str], list[int]]
    """The papers of each (kind, value)."""


def gathered(papers: Iterable[tuple[int, Paper | None]], rooms: Sequence[Room] = ROOMS) -> Gathered:
    """What these rooms take of these papers; one that cannot be read (None) matches nothing."""
    with _no_garbage():
        return _gathered(papers, rooms)


def _gathered(papers: Iterable[tuple[int, Paper | None]], rooms: Sequence[Room]) -> Gathered:
    pmids: list[int] = []
    every_text: dict[str, list[tuple[int, list[str]]]] = {room.name: [] for room in rooms}
    shown: dict[tuple[str, str], list[int]] = {}
    for place, (pmid, paper) in enumerate(papers):
        pmids.append(pmid)
        if paper is None:
            continue
        for room in rooms:
            every_text[room.name].append((place, texts(paper, room)))
            for each in values(paper, room):
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


def texts(paper: Paper, room: Room) -> list[str]:
    """A text for each column of a room, folded as the matcher folds it; one that comes twice stands once."""
    every: list[str] = []
    columns: list[tuple[int, int]] = []
    for name in room.columns:
        some = ZONES[name].texts(paper) if name != NAMES else (" ".join(_odd_names(paper)),)
        begin = len(every)
        every.extend(some if len(some) == 1 else dict.fromkeys(some))
        columns.append((begin, len(every)))
    folded = fold_each(every)
    return [
        folded[begin] if end == begin + 1 else APART.join(folded[begin:end]) if end > begin else ""
        for begin, end in columns
    ]


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


def values(paper: Paper, room: Room) -> Iterator[tuple[str, str]]:
    """(kind, value) of everything else that a query can ask for; dates and filters are in the first room."""
    for kind in room.values:
        for keys in VALUES[kind].keys(paper):
            if keys:
                yield kind, BETWEEN.join(keys)
    if room != SUBJECTS:
        return
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
