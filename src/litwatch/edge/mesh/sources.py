"""Owns reading what NLM publishes of MeSH, and our own table of it: a file to headings or subheadings.

Never holds more of an XML file than one record, and never writes.

NLM's files (https://www.nlm.nih.gov/databases/download/mesh.html): desc2026.xml, qual2026.xml, mtrees2026.bin.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from lxml import etree

from litwatch.errors import CutFile, ReadError, UsageError
from litwatch.query.mesh import Heading
from litwatch.query.nlm_tables import Subheading
from litwatch.query.tokens import normal

_GZIP = b"\x1f\x8b"
_HEAD = 1 << 14
_COLUMNS = "ui\tname\ttree_numbers\tentry_terms"
_ROOT = re.compile(rb"<([A-Za-z][\w.:-]*)")
_TREE_LINE = re.compile(r"(?P<name>[^;\t]*[^;\t ])\s*;\s*(?P<number>[A-Z]\d\d(?:\.\d{3})*)")
_NAMED_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_DTD_YEAR = re.compile(r"recordset_((?:19|20)\d\d)\d{4}\.dtd")


@dataclass(frozen=True, slots=True)
class Source:
    """What one file gives. A tree file knows neither UIs nor entry terms, and no heading that stands in no tree."""

    path: Path
    kind: Literal["descriptors", "tree", "qualifiers"]
    year: str
    headings: tuple[Heading, ...] = ()
    subheadings: tuple[Subheading, ...] = ()


def read_source(path: Path) -> Source:
    """The file as a Source: what it is, its content says; the year its name, or the DTD that it names.

    Raises CutFile or ReadError where it cannot be read to its end, UsageError where it is something else.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as opened:
            head = opened.peek(_HEAD)[:_HEAD]
            return _reader(path, head)(path, cast("IO[bytes]", opened), _year(path, head))
    except EOFError as error:
        raise CutFile(f"{path}: the gzip file ends in the middle") from error
    except zlib.error as error:
        raise ReadError(f"{path}: the gzip file is damaged: {error}") from error
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror or error}") from error


_Reader = Callable[[Path, IO[bytes], str], Source]


def _reader(path: Path, head: bytes) -> _Reader:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        root = _ROOT.search(re.sub(rb"<!--.*?-->", b"", start, flags=re.DOTALL))
        name = root[1].decode() if root else ""
        if name in _XML_READERS:
            return _XML_READERS[name]
        raise _wrong(path, f"its root is <{name}>" if name else "it has no root")
    first = start.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    if first == _COLUMNS:
        return _read_table
    if _TREE_LINE.fullmatch(first):
        return _read_tree
    raise _wrong(path, "it is empty" if not first else f"it begins with {first[:40]!r}")


def _wrong(path: Path, reason: str) -> UsageError:
    return UsageError(
        f"{path}: is no MeSH that litwatch can read ({reason}); it takes NLM's descriptors (desc2026.xml, .gz),"
        " qualifiers (qual2026.xml) and tree file (mtrees2026.bin), from"
        " https://www.nlm.nih.gov/databases/download/mesh.html"
    )


def _year(path: Path, head: bytes) -> str:
    named = _NAMED_YEAR.search(path.name) or _DTD_YEAR.search(head.decode("ascii", "replace"))
    if named is None:
        raise UsageError(
            f"{path}: does not say of which year it is; give it NLM's name back, such as desc2026.xml"
        )
    return named[1]


# XML


def _read_descriptors(path: Path, opened: IO[bytes], year: str) -> Source:
    found: dict[str, Heading] = {}
    for record in _records(path, opened, "DescriptorRecord"):
        one = _descriptor(path, record)
        if one.ui in found:
            raise _twice(path, f"a {record.tag} near line {record.sourceline}", found[one.ui], one)
        found[one.ui] = one
    return Source(path, "descriptors", year, tuple(found.values()))


def _read_qualifiers(path: Path, opened: IO[bytes], year: str) -> Source:
    found = tuple(_qualifier(path, record) for record in _records(path, opened, "QualifierRecord"))
    return Source(path, "qualifiers", year, subheadings=found)


def _twice(path: Path, place: str, first: Heading, second: Heading) -> ReadError:
    return ReadError(
        f"{path}: {place}, `{second.name}`, has the UI {second.ui} of `{first.name}` above: a UI means one heading;"
        " take the file anew from NLM"
    )


_XML_READERS: dict[str, _Reader] = {
    "DescriptorRecordSet": _read_descriptors,
    "QualifierRecordSet": _read_qualifiers,
}


def _records(path: Path, opened: IO[bytes], tag: str) -> Iterator[etree._Element]:
    """Each record in turn; what was read is let go of, so that 300 MB of XML stand in a few MB."""
    found = False
    try:
        parser = etree.iterparse(
            opened, tag=tag, no_network=True, load_dtd=False, resolve_entities=False, huge_tree=True
        )
        for _, record in parser:
            found = True
            yield record
            record.clear()
            while record.getprevious() is not None:
                del record.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise CutFile(f"{path}: ends in the middle, or is damaged: {error.msg}") from error
    if not found:
        raise ReadError(f"{path}: holds no {tag}")


def _text(path: Path, record: etree._Element, where: str) -> str:
    text = (record.findtext(where) or "").strip()
    if not text:
        raise ReadError(
            f"{path}: a {record.tag} near line {record.sourceline} has no {where.partition('/')[0]}"
        )
    return text


def _texts(record: etree._Element, where: str) -> tuple[str, ...]:
    found = (" ".join((one.text or "").split()) for one in record.findall(where))
    return tuple(dict.fromkeys(text for text in found if text))


def _descriptor(path: Path, record: etree._Element) -> Heading:
    name = _text(path, record, "DescriptorName/String")
    terms = _texts(record, "ConceptList/Concept/TermList/Term/String")
    return Heading(
        _text(path, record, "DescriptorUI"),
        name,
        _texts(record, "TreeNumberList/TreeNumber"),
        tuple(term for term in terms if term != name),
    )


def _qualifier(path: Path, record: etree._Element) -> Subheading:
    abbreviations = _texts(record, "ConceptList/Concept/TermList/Term/Abbreviation")
    return Subheading(
        abbreviations[0].lower() if abbreviations else "",
        _text(path, record, "QualifierName/String"),
        _texts(record, "TreeNumberList/TreeNumber"),
    )


# Lines


def _lines(path: Path, opened: IO[bytes]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(opened, 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n")
        except UnicodeDecodeError as error:
            raise ReadError(f"{path}: line {number} is not UTF-8") from error
        if text:
            yield number, text


def _read_tree(path: Path, opened: IO[bytes], year: str) -> Source:
    """mtrees2026.bin: "Depressive Disorder, Major;F03.600.300.375", one line for each place in the tree."""
    places: dict[str, list[str]] = {}
    for number, line in _lines(path, opened):
        found = _TREE_LINE.fullmatch(line.strip())
        if found is None:
            raise ReadError(
                f"{path}: line {number} is no `name;tree number`: {line[:60]!r}; is the file cut?"
            )
        places.setdefault(found["name"].strip(), []).append(found["number"])
    return Source(
        path, "tree", year, tuple(Heading("", name, tuple(trees)) for name, trees in places.items())
    )


def _read_table(path: Path, opened: IO[bytes], year: str) -> Source:
    """Tab-separated: ui, name, tree numbers (";"), entry terms ("|")."""
    headings: list[Heading] = []
    by_ui: dict[str, Heading] = {}
    for number, line in _lines(path, opened):
        fields = line.split("\t")
        if number == 1:
            continue
        if len(fields) != 4 or not fields[1]:
            raise ReadError(f"{path}: line {number} has not the four fields {_COLUMNS!r}; is the file cut?")
        ui, name, trees, terms = fields
        one = Heading(ui, name, tuple(filter(None, trees.split(";"))), tuple(filter(None, terms.split("|"))))
        if ui and by_ui.setdefault(ui, one) is not one:
            raise _twice(path, f"line {number}", by_ui[ui], one)
        headings.append(one)
    if not headings:
        raise ReadError(f"{path}: holds no heading")
    return Source(path, "descriptors", year, _one_each(headings))


def _one_each(headings: list[Heading]) -> tuple[Heading, ...]:
    """Rows without a UI that are an older spelling of a heading with one are that heading."""
    known = {normal(one.name): one for one in headings if one.ui}
    kept: dict[str, Heading] = {one.ui: one for one in headings if one.ui}
    for one in headings:
        if one.ui:
            continue
        same = known.get(normal(one.name))
        if same is None:
            kept[one.name] = one
        else:
            now = kept[same.ui]
            kept[same.ui] = Heading(
                now.ui, now.name, tuple(dict.fromkeys(now.trees + one.trees)), now.entry_terms
            )
    return tuple(kept.values())
