"""Record files on disk: opens them, unpacks them, and picks the reader by their content.

Owns paths, gzip, and errors that name the file. Never reads a record itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from litwatch.edge.inflate import ERRORS, inflater
from litwatch.errors import CutFile, NotRecords, ReadError
from litwatch.reading import json_lines, nbib, pubmed_xml
from litwatch.reading.batching import batches
from litwatch.reading.misfits import Rejoined, read_head
from litwatch.reading.records import Record

Reader = Callable[[IO[bytes]], Iterator[Record] | Iterator[bytes]]

_GZIP = b"\x1f\x8b"
_HEAD = 1 << 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def records(path: Path) -> Iterator[Record]:
    """Every record of a PubMed XML, MEDLINE (.nbib) or JSON-lines file, packed with gzip or not.

    What the file is, its content says, not its name. Errors come as they are met, after what could be read:
    CutFile, NotRecords or another ReadError, each one line that begins with the file's name.
    """
    position = 1
    for batch in batches(parts(path), pubmed_xml.BATCH):
        raws = [part for part in batch if isinstance(part, bytes)]  # a file holds either all XML or none
        records = [part for part in batch if not isinstance(part, bytes)]
        yield from records or pubmed_xml.records_of(raws, position)
        position += len(batch)


def parts(path: Path, *, uncut: bool = False) -> Iterator[Record | bytes]:
    """As `records`, but each record of PubMed XML as the bytes that `pubmed_xml.record_of` reads.

    `uncut`: with its reference list, for one who reads few of them (`pubmed_xml.without_references` takes it off).
    """
    try:
        with path.open("rb") as file:
            stream = _unpacked(file)
            head = read_head(stream, _HEAD)
            yield from _reader(head, uncut=uncut)(Rejoined(head, stream))  # type: ignore[arg-type]
    except ReadError as error:
        raise type(error)(f"{path}: {error}") from error
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror or error}") from error


def _unpacked(file: IO[bytes]) -> Unpacked | Rejoined:
    start = file.read(2)
    joined = Rejoined(start, file)
    return Unpacked(joined) if start == _GZIP else joined


class Unpacked:
    """A gzip stream (one member or several), read to the last byte that can be unpacked.

    Raises CutFile where it ends in the middle and ReadError where it is damaged, but only when everything
    before that has been handed out; gzip.GzipFile would swallow the last part of it.
    """

    def __init__(self, packed: Rejoined) -> None:
        self._packed = packed
        self._waiting = b""
        self._unpacker = inflater()
        self._begun = False

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, b"" at the end."""
        while True:
            if not self._waiting:
                self._waiting = self._packed.read(_HEAD)
            if not self._waiting:
                if self._begun and not self._unpacker.eof:
                    raise CutFile("the gzip file ends in the middle")
                return b""
            if self._unpacker.eof:
                self._next_member()
                continue
            try:
                unpacked = self._unpacker.decompress(self._waiting, size)
            except ERRORS as error:
                raise ReadError(f"the gzip file is damaged: {error}") from error
            self._begun = True
            self._waiting = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            if unpacked:
                return unpacked

    def _next_member(self) -> None:
        # Zeros after the last member are padding (tapes, block devices); gzip(1) ignores them too.
        self._waiting = self._waiting.lstrip(b"\0")
        if self._waiting:
            if not self._waiting.startswith(_GZIP[:1]):
                raise ReadError("something that is no gzip stands behind the end of the gzip file")
            self._unpacker = inflater()
            self._begun = False


def _reader(head: bytes, *, uncut: bool) -> Reader:
    start = head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if not start:
        raise NotRecords("it is empty")
    if start.startswith(b"{"):
        return json_lines.read
    if nbib.begins(start):
        return nbib.read
    return pubmed_xml.whole if uncut else pubmed_xml.cut
