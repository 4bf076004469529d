"""Streams that cannot be cut as they are: in another encoding, or with prefixed tags.

Owns recoding to UTF-8 and the slow way through iterparse. Never used for what PubMed itself sends.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO, Protocol

from lxml import etree

from litwatch.errors import CutFile, NotRecords, ReadError
from litwatch.reading.parsing import Element

_XML_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml.*?\?>", re.DOTALL)
_RECORDS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation", "DeleteCitation", "DeleteDocument")


class Readable(Protocol):
    """All that is asked of a stream."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, b"" at the end."""


class Recoded:
    """A stream in another encoding, read as UTF-8; its XML declaration goes away with the encoding.

    Raises NotRecords for an encoding that does not exist, ReadError where the bytes are not in it.
    """

    def __init__(self, stream: Readable, encoding: str) -> None:
        try:
            self._decoder = codecs.getincrementaldecoder(encoding)()
            known = isinstance(self._decoder.decode(b""), str)  # base64 and zlib are codecs, and no encodings
        except (LookupError, ValueError):
            known = False
        if not known:
            raise NotRecords(f"its encoding is said to be {encoding}, which is unknown")
        self._stream, self._encoding, self._first = stream, encoding, True

    def read(self, size: int, /) -> bytes:
        """Up to `size` characters as UTF-8, b"" at the end."""
        while True:
            taken = self._stream.read(size)
            try:
                text = self._decoder.decode(taken, final=not taken)
            except UnicodeError as error:
                raise ReadError(f"it is not {self._encoding}, as it says: {error}") from error
            if self._first:
                self._first = False
                text = _XML_DECLARATION.sub("", text, count=1)
            # A chunk may hold half a character and so become nothing, which is not the end.
            if text or not taken:
                return text.encode()


class Rejoined:
    """A stream whose head has been read already."""

    def __init__(self, head: bytes, stream: IO[bytes] | Readable) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int, /) -> bytes:
        """The head first, whatever its size."""
        head, self._head = self._head, b""
        return head or self._stream.read(size)


def read_head(stream: IO[bytes] | Readable, size: int) -> bytes:
    """The first `size` bytes, or more; fewer only where the stream ends or fails first.

    A failure (a gzip file that is cut) is left to the next read, so that what comes before it is read.
    """
    pieces: list[bytes] = []
    missing = size
    while missing > 0:
        try:
            taken = stream.read(missing)
        except ReadError:
            if not pieces:
                raise
            break
        if not taken:
            break
        pieces.append(taken)
        missing -= len(taken)
    return b"".join(pieces)


def unwrap(stream: Readable) -> Iterator[bytes]:
    """The records of a well-formed document, as UTF-8 and without prefixes (those of MathML stay).

    One broken record ends it, because the document is parsed as a whole: raises CutFile where it ends in the
    middle, ReadError where it is broken. Entities are not expanded; a record that uses one fails when read.
    """
    found = 0
    # mypy's stubs want a file with every method; lxml calls read.
    events = etree.iterparse(
        stream,  # type: ignore[arg-type,unused-ignore]
        events=("end",),
        tag=[f"{{*}}{name}" for name in _RECORDS],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            parent = element.getparent()
            if parent is not None and etree.QName(parent).localname in _RECORDS:
                continue
            yield _plain(element)
            found += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]  # type: ignore[union-attr,unused-ignore]
    except etree.XMLSyntaxError as error:
        reason = f"after {found} records: {error.msg}"
        if "Premature end" in str(error.msg):
            raise CutFile(f"it ends in the middle, {reason}") from error
        raise ReadError(f"it is broken {reason}") from error


def _plain(element: Element) -> bytes:
    for part in element.iter(etree.Element):
        name = etree.QName(part)
        if name.namespace and "MathML" not in name.namespace:
            part.tag = name.localname
    etree.cleanup_namespaces(element)
    return etree.tostring(element, encoding="utf-8", with_tail=False)
