"""Reads PubMed XML (EFetch answers, NLM's update files, books) as a stream of records.

Owns the parsing of one record's bytes, and going on after a broken one. Never opens a file.

libxml2 gets one record at a time, without DTD, network or entities: &lt; and &#8805; are read, &nbsp; makes
the record Unreadable, since only a DTD could say what it means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import IO, TypeVar

from litwatch.errors import ReadError
from litwatch.paper import Paper
from litwatch.reading.article import finish, paper_of
from litwatch.reading.batching import batches
from litwatch.reading.blocks import take_blocks
from litwatch.reading.book import book_of
from litwatch.reading.elements import Fields
from litwatch.reading.identifiers import version_of
from litwatch.reading.parsing import BlanksMatter, Element, parse
from litwatch.reading.records import Deleted, Record, Unreadable
from litwatch.reading.splitting import pmid_in, split

__all__ = [
    "BATCH",
    "cut",
    "read",
    "read_article",
    "read_with_raw",
    "record_of",
    "records_of",
    "split",
    "whole",
    "without_references",
]

Given = TypeVar("Given")
Done = TypeVar("Done")

BATCH = 32
"""How many records are read together: enough for the code of each step to stay in the processor's cache."""
_REFERENCES = b"<ReferenceList"
_REFERENCES_END = b"</ReferenceList>"
_BEFORE_REFERENCES = (
    *(b"/>", b"<PubmedData>", b"</ArticleIdList>", b"</ObjectList>", b"</PublicationStatus>", b"</History>"),
    *(
        b"</ItemList>",
        b"</GrantList>",
        b"</DateRevised>",
        b"</ContributionDate>",
        b"</KeywordList>",
        b"</Sections>",
    ),
)
_DELETIONS = (b"<DeleteCitation", b"<DeleteDocument")


def read_article(raw: bytes) -> Paper:
    """The Paper of one <PubmedArticle>, <PubmedBookArticle> or <MedlineCitation>, given as UTF-8.

    Raises ReadError with the reason where it is broken or something else, ValueError where it has no PMID.
    """
    rest, fields = _take(raw)
    return _paper(_parse(rest), rest, fields)


def _take(raw: bytes) -> tuple[bytes, Fields]:
    return take_blocks((raw,))[0]


def _parse(rest: bytes) -> Element | None:
    return parse(rest) if rest else None


def _paper(element: Element | None, rest: bytes, fields: Fields) -> Paper:
    if element is None:
        return finish(fields)
    try:
        return _paper_of(element, dict(fields))
    except BlanksMatter:
        return _paper_of(parse(rest, keep_blanks=True), fields)


def _paper_of(element: Element, fields: Fields) -> Paper:
    if element.tag == "PubmedArticle" or element.tag == "MedlineCitation":
        return paper_of(element, fields)
    if element.tag == "PubmedBookArticle":
        return book_of(element)
    raise ReadError(f"no PubMed record, but <{element.tag}>")


def read(stream: IO[bytes]) -> Iterator[Record]:
    """Every record of an uncompressed stream, in order; a broken one is Unreadable, and the rest go on.

    Raises NotRecords where the stream is something else, CutFile at the end where it is cut (see `split`).
    """
    for record, _ in read_with_raw(stream):
        yield record


def read_with_raw(stream: IO[bytes]) -> Iterator[tuple[Record, bytes]]:
    """As `read`, each record with its bytes (UTF-8, without its reference list): what the store keeps."""
    position = 1
    for batch in batches(cut(stream), BATCH):
        yield from zip(records_of(batch, position), batch, strict=True)
        position += len(batch)


def cut(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of every record as `record_of` takes them: UTF-8, without reference list. Raises as `read` does."""
    return map(without_references, whole(stream))


def whole(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of every record, UTF-8, as they are. Raises as `read` does."""
    return map(itemgetter(1), split(stream))


def without_references(raw: bytes) -> bytes:
    """A record without its <ReferenceList>s: 40 % of the bytes of the average record, and never used.

    They are cut only from where they belong; what looks like one elsewhere (in CDATA, say) stays.
    """
    start = raw.find(_REFERENCES)
    if start < 0 or not raw[max(0, start - 200) : start].rstrip().endswith(_BEFORE_REFERENCES):
        return raw
    end = raw.rfind(_REFERENCES_END, start)
    if end < 0:
        return raw
    whole = memoryview(raw)
    return b"".join((whole[:start], whole[end + len(_REFERENCES_END) :]))


def record_of(raw: bytes, position: int) -> Record:
    """What the bytes of one record are; Unreadable, with `position`, where they cannot be read."""
    return records_of((raw,), position)[0]


def records_of(raws: Sequence[bytes], position: int) -> list[Record]:
    """What the bytes of some records are, as `record_of` says of each, the first of which is at `position`.

    BATCH records at a time, step by step, take a quarter less time than one by one: the code of a step stays in the
    processor's cache.
    """
    together = _tried(take_blocks, raws)
    taken = [_tried(_take, raw) for raw in raws] if isinstance(together, Exception) else together
    parsed = [_tried(_parse, each[0]) if isinstance(each, tuple) else each for each in taken]
    return [
        _record(*each, place) for place, each in enumerate(zip(raws, taken, parsed, strict=True), position)
    ]


def _tried(step: Callable[[Given], Done], given: Given) -> Done | Exception:
    try:
        return step(given)
    except Exception as error:  # noqa: BLE001 - per record: one that we cannot digest must not stop the rest
        return error


def _record(
    raw: bytes, taken: tuple[bytes, Fields] | Exception, parsed: Element | Exception | None, position: int
) -> Record:
    if isinstance(taken, Exception):
        return _unreadable(raw, taken, position)
    if isinstance(parsed, Exception):
        return _unreadable(raw, parsed, position)
    try:
        if parsed is not None and raw.startswith(_DELETIONS):
            named = [child for child in parsed if child.tag == "PMID"]
            return Deleted(tuple(int(one.text or "") for one in named), tuple(map(version_of, named)))
        return _paper(parsed, *taken)
    except Exception as error:  # noqa: BLE001 - as in _tried
        return _unreadable(raw, error, position)


def _unreadable(raw: bytes, error: Exception, position: int) -> Unreadable:
    expected = isinstance(error, (ReadError, ValueError))
    return Unreadable(position, pmid_in(raw), str(error) if expected else f"{type(error).__name__}: {error}")
