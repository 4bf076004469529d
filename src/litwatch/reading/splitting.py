"""Cuts a stream of PubMed XML into the bytes of its records, without parsing them.

Owns record boundaries, cut files, and saying what is no PubMed XML at all. Never looks into a record.

Each record is then parsed alone, so a broken one harms none, and no DTD or entity of the stream comes in.
Between records stand the prolog, set tags and comments; anything else is handed on as if it were a record, so
that it is reported and not lost. Several documents in one file (`cat *.xml`) are fine.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO

from litwatch.errors import CutFile, NotRecords, ReadError
from litwatch.reading.misfits import Readable, Recoded, Rejoined, read_head, unwrap

CHUNK = 1 << 17
RECORD_LIMIT = 64 << 20
"""No record is larger, in bytes; the largest that NLM has published are below 10 MB."""
NO_OFFSET = -1
"""The offset of a record that had to be recoded or unwrapped."""

_NAMES = rb"(?:PubmedArticle|PubmedBookArticle|MedlineCitation|DeleteCitation|DeleteDocument)"
_SETS = rb"(?:PubmedArticleSet|PubmedBookArticleSet|MedlineCitationSet)"
_HEAD = 1 << 16
_LOOK_AHEAD = 4096
_BLANK = re.compile(rb"\s*")
_RECORD = re.compile(rb"<(" + _NAMES[3:-1] + rb")(\s[^>]*)?(/?)>")
_SET = re.compile(rb"<(/?)" + _SETS + rb"(?:\s[^>]*?)?(/?)>")
_EXPECTED = re.compile(rb"<" + _NAMES + rb"[\s/>]|</?" + _SETS + rb"[\s/>]")
_KNOWN = re.compile(_EXPECTED.pattern + rb"|<\?xml\s")
_MISFIT = re.compile(
    rb"<[\w.-]+:(?:" + _NAMES + rb"|" + _SETS + rb")[\s/>]|<" + _SETS + rb"\s[^>]*xmlns:|</" + _NAMES + rb"\s"
)
_ENCODING = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_PROLOG = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_HIDING = re.compile(rb"<!--|<!\[CDATA\[")
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_PMID = re.compile(rb"<PMID[^<>]*>\s*(\d{1,9})\s*</PMID>")
_ARTICLE = b"<PubmedArticle>"
_ARTICLE_MARK = _ARTICLE[1:]
_LAST_CHILDREN = (b"</PubmedData>", b"</MedlineCitation>", b"</PubmedBookData>", b"</BookDocument>")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)


def split(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """(offset, raw) of every record and DeleteCitation of an uncompressed stream, in order.

    `stream[offset:offset + len(raw)] == raw`; the offset is NO_OFFSET where the stream is not UTF-8 or its
    tags have prefixes: then `raw` is UTF-8 without prefixes. Memory: a chunk and a record. What is no
    record but stands where one should is yielded too, and fails when it is read.

    Raises NotRecords where the stream is something else (the first words are quoted), and, after everything
    that is whole has been yielded, CutFile where it ends in the middle.
    """
    head = read_head(stream, _HEAD)
    encoding = _encoding(head)
    if encoding in {"utf-8", "utf8", "us-ascii", "ascii"}:
        yield from _cut_or_unwrap(head, stream)
        return
    recoded = Recoded(Rejoined(head, stream), encoding)
    for _, raw in _cut_or_unwrap(read_head(recoded, _HEAD), recoded):
        yield NO_OFFSET, raw


def pmid_in(raw: bytes) -> int | None:
    """The first PMID in a record's bytes, however broken the record; None where there is none."""
    found = _PMID.search(raw)
    return int(found.group(1)) if found else None


def _encoding(head: bytes) -> str:
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name
    declared = _ENCODING.match(head)
    return declared.group(1).decode().lower() if declared else "utf-8"


def _cut_or_unwrap(head: bytes, stream: Readable) -> Iterator[tuple[int, bytes]]:
    if _MISFIT.search(head):
        for raw in unwrap(Rejoined(head, stream)):
            yield NO_OFFSET, raw
        return
    if not _EXPECTED.search(head):
        raise NotRecords(_what_it_is(head))
    yield from _cut(_Window(head, stream))


def _what_it_is(head: bytes) -> str:
    if not head.strip():
        return "it is empty"
    if _PROLOG.match(head) and not _MARKUP.sub(b"", _PROLOG.sub(b"", head)).strip():
        return "it holds no PubMed records"
    words = _MARKUP.sub(b" ", head[:20000]).decode("utf-8", "replace").split()
    quoted = " ".join(words)[:100] or repr(head[:40])
    return f"it holds no PubMed records, but begins: {quoted}"


class _Window:
    """The part of a stream that is looked at: `buffer` from `place` on; `failure` is why it ended too early."""

    __slots__ = ("_base", "_stream", "buffer", "ended", "failure", "place")

    def __init__(self, head: bytes, stream: Readable) -> None:
        self.buffer, self.place, self.ended = head, 0, False
        self._stream, self._base = stream, 0
        self.failure: ReadError | None = None

    @property
    def offset(self) -> int:
        """Where `place` is in the stream."""
        return self._base + self.place

    def more(self) -> bool:
        """Forgets what was passed (`place` becomes 0) and reads a chunk; False where nothing was left."""
        if self.ended:
            return False
        try:
            chunk = self._stream.read(CHUNK)
        except ReadError as error:  # what came before it is cut first
            self.failure, chunk = error, b""
        self.buffer = self.buffer[self.place :] + chunk
        self._base += self.place
        self.place = 0
        self.ended = not chunk
        return not self.ended

    def skip_blank(self) -> bool:
        """Goes to what comes next, with enough of it to see what it is; False at the end."""
        while True:
            place = _BLANK.match(self.buffer, self.place).end()  # type: ignore[union-attr]
            self.place = place
            if len(self.buffer) - place >= _LOOK_AHEAD or not self.more():
                return self.place < len(self.buffer)

    def take(self, end: int) -> bytes:
        """What stands from `place` to `end`; `place` moves on."""
        raw = self.buffer[self.place : end]
        self.place = end
        return raw


def _cut(window: _Window) -> Iterator[tuple[int, bytes]]:
    open_sets = found = 0
    raw = b""
    while window.skip_blank():
        before = found
        for offset, raw in _articles(window):
            found += 1
            yield offset, raw
        if found > before:
            continue
        record = _RECORD.match(window.buffer, window.place)
        if record is None:
            between = _between(window)
            if between is not None:
                open_sets += between
                continue
            end = _next_known(window)
        elif record.group(3):
            end = record.end()
        else:
            end = _end_of_record(window, record.group(1))
            if end < 0:
                if window.failure is not None:
                    raise window.failure
                pmid = pmid_in(window.buffer[window.place :])
                which = f"PMID {pmid}" if pmid else f"record {found + 1}"
                raise CutFile(f"it ends in the middle of {which}, after {found} whole records")
        offset = window.offset
        raw = window.take(end)
        found += 1
        yield offset, raw
    if window.failure is not None:
        raise window.failure
    if open_sets > 0:
        last_pmid = pmid_in(raw)
        after = f" (the last is PMID {last_pmid})" if last_pmid else ""
        raise CutFile(f"it ends after {found} records{after}, without the tag that closes the set")


def _articles(window: _Window) -> Iterator[tuple[int, bytes]]:
    """What comes next of usual articles in what was read already, as nearly all of a file of NLM's is."""
    buffer = window.buffer
    begin = place = window.place
    base = window.offset - begin
    while buffer.startswith(_ARTICLE, place):
        found = buffer.find(_ARTICLE_MARK, place + len(_ARTICLE))
        if found < 0 or not _closes(buffer, place, found):
            break
        begin, place = place, found + len(_ARTICLE_MARK)
        window.place = place
        yield base + begin, buffer[begin:place]
        place = _BLANK.match(buffer, place).end()  # type: ignore[union-attr]


def _closes(buffer: bytes, begin: int, found: int) -> bool:
    """Whether the mark that was found ends the record beyond doubt: nearly always."""
    return buffer.startswith(b"</", found - 2) and buffer[
        max(begin, found - 100) : found - 2
    ].rstrip().endswith(_LAST_CHILDREN)


def _between(window: _Window) -> int | None:
    """Passes a set tag or a part of the prolog: sets opened (1, 0 or -1); None where it is neither."""
    set_tag = _SET.match(window.buffer, window.place)
    if set_tag:
        window.place = set_tag.end()
        if set_tag.group(2):
            return 0
        return -1 if set_tag.group(1) else 1
    if window.buffer.startswith((b"<?", b"<!"), window.place):
        while True:
            prolog = _PROLOG.match(window.buffer, window.place)
            if prolog:
                window.place = prolog.end()
                return 0
            if len(window.buffer) - window.place > CHUNK or not window.more():
                return None
    return None


def _next_known(window: _Window) -> int:
    """The end of what is no record: where the next thing that we know begins."""
    while True:
        known = _KNOWN.search(window.buffer, window.place + 1)
        if known:
            return known.start()
        if len(window.buffer) - window.place > CHUNK or not window.more():
            return len(window.buffer)


def _end_of_record(window: _Window, name: bytes) -> int:
    """Where the record ends that begins at `place`; -1 where the stream ends first."""
    mark = name + b">"
    searched = window.place + 1 + len(name)
    clear = window.place  # no comment or CDATA that began before it reaches beyond it
    while True:
        found = window.buffer.find(mark, searched)
        before = window.place
        if found < 0:
            searched = max(searched, len(window.buffer) - len(mark)) - before
            if len(window.buffer) - before > RECORD_LIMIT:
                raise ReadError(
                    f"a record of more than {RECORD_LIMIT >> 20} MB begins at byte {window.offset}"
                )
            if not window.more():
                closing_set = _SET.search(window.buffer, window.place)
                return closing_set.start() if closing_set else -1
            clear -= before
            continue
        is_end = window.buffer.startswith(b"</", found - 2)
        if is_end and _closes(window.buffer, before, found):
            return found + len(mark)
        if len(window.buffer) - found < _LOOK_AHEAD and not window.ended:
            window.more()
            searched = found - before
            clear -= before
            continue
        hidden_until = _end_of_hiding(window.buffer, clear, found)
        if hidden_until:
            searched = clear = hidden_until
        elif is_end:
            return found + len(mark)
        elif window.buffer.startswith(b"<", found - 1):
            return found - 1  # the next record begins: this one was never closed
        else:
            searched = found + len(mark)


def _end_of_hiding(buffer: bytes, clear: int, place: int) -> int:
    """Where the comment or CDATA ends that hides `place`; 0 where none does, or where it never ends."""
    while opening := _HIDING.search(buffer, clear, place):
        closing = b"-->" if opening.group() == b"<!--" else b"]]>"
        end = buffer.find(closing, opening.end())
        if end < 0:
            return 0
        clear = end + len(closing)
        if clear > place:
            return clear
    return 0
