"""Turns the bytes of one record into elements: no DTD, no network, no entities, no comments.

Owns the settings of libxml2. Never knows what an element means.
"""

from __future__ import annotations

from lxml import etree

from litwatch.errors import ReadError

Element = etree._Element  # noqa: SLF001 - lxml has no public name for the type


class BlanksMatter(Exception):
    """A blank between two tags may have stood between two words, and the parser dropped it."""


def _parser(*, drop_blanks: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        collect_ids=False,  # a third of the time would go into a table of ids that nobody asks
        remove_blank_text=drop_blanks,
    )


_DROPPING = _parser(drop_blanks=True)
_KEEPING = _parser(drop_blanks=False)


def parse(raw: bytes, *, keep_blanks: bool = False) -> Element:
    """The element of one record, given as UTF-8.

    NLM's files are half indentation, and without it all goes a fifth faster. But blanks between tags are
    dropped inside texts, too, where no word came before them in the same element; who reads a text says so by
    raising BlanksMatter, and the record is parsed again with `keep_blanks`.

    Raises ReadError with the reason.
    """
    try:
        element = etree.fromstring(raw, _KEEPING if keep_blanks else _DROPPING)
    except etree.XMLSyntaxError as error:
        raise ReadError(_reason(raw, error)) from error
    # Only a record that brings a DOCTYPE of its own gets this far with an entity.
    if b"<!DOCTYPE" in raw[:1000] and next(element.iter(etree.Entity), None) is not None:
        raise ReadError("it uses entities that it defines itself, which are not expanded")
    return element


def dropped_blanks(element: Element) -> bool:
    """Whether the element was parsed without the blanks between tags."""
    return element.getroottree().parser is _DROPPING


def _reason(raw: bytes, error: etree.XMLSyntaxError) -> str:
    if not raw.lstrip().startswith(b"<"):
        words = " ".join(raw[:200].decode("utf-8", "replace").split())
        return f"no record stands there, but: {words[:100]}"
    return f"broken XML: {error.msg}"
