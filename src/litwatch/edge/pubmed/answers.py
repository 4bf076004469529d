"""Reads E-utilities' control answers, and says of any answer whether it can be trusted.

Owns what a good answer looks like. Never asks, waits or tries again (`asking` does).

Most of PubMed's errors come with HTTP 200: `<ERROR>`, an HTML page, JSON, nothing at all, half an answer.
None of them is "0 results".
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from litwatch.reading.records import PMID_DIGITS

SEARCH_DOCTYPE = (
    b'<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    b'"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">'
)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*>")
_PROLOG = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>", re.DOTALL)
_ENCODING = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_PMID = re.compile(rf"[1-9][0-9]{{0,{PMID_DIGITS - 1}}}")
_MARKUP = re.compile(r"<[^>]*>")
_PASSING = re.compile(
    r"search backend failed|rate limit|timed? ?out|temporar|unavailable|try again|internal error|"
    r"unable to obtain query|overload|bad gateway|cannot (?:get|retrieve)",
    re.IGNORECASE,
)


class Untrustworthy(Exception):
    """An answer that is none.

    Attributes:
        cause: a short name to count retries by ("error-body", "html", "cut", ...).
        passing: whether it is known to pass (an overload), so that waiting long is worth it.
    """

    def __init__(self, cause: str, message: str, *, passing: bool = False) -> None:
        self.cause = cause
        self.passing = passing
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What one ESearch said; `errors` and `warnings` are (NLM's name, text): ("FieldNotFound", "tiba")."""

    count: int
    pmids: tuple[int, ...]
    translation: str
    errors: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()


def refuse_non_answers(body: bytes) -> None:
    """Raise Untrustworthy for a body that is empty, HTML, JSON or no XML at all, or XML of another encoding.

    E-utilities answer in UTF-8. What calls itself something else is mislabelled: read as declared, every accent in it
    would be wrong, and nothing would tell.
    """
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise Untrustworthy("empty", "an empty answer", passing=True)
    if start.startswith((b"{", b"[")):
        said = _json_error(body)
        raise Untrustworthy("json-error", f"an error: {said}", passing=bool(_PASSING.search(said)))
    lowered = start.lower()
    if lowered.startswith((b"<!doctype html", b"<html")) or b"<html" in lowered:
        raise Untrustworthy("html", f"a web page: {_page_text(body)}", passing=True)
    if not start.startswith(b"<"):
        raise Untrustworthy("no-xml", f"something that is no XML: {shorten(body)}")
    if len(body) < len(start) + 100 and not _PROLOG.sub(b"", start).strip():
        raise Untrustworthy("prolog-only", "an XML declaration and nothing after it", passing=True)
    declared = _ENCODING.match(start)
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        other = declared.group(1).decode()
        raise Untrustworthy("encoding", f"an answer that declares another encoding than UTF-8 ({other})")


def refuse_error_bodies(body: bytes) -> None:
    """Raise Untrustworthy for an `<ERROR>` answer of any E-utility."""
    found = re.search(rb"<(?:ERROR|Error|error)>(.*?)</(?:ERROR|Error|error)>", body[:20_000], re.DOTALL)
    if found and b"<PubmedArticle" not in body[: found.start()]:
        said = shorten(found.group(1))
        passing = bool(_PASSING.search(said))
        raise Untrustworthy("backend" if passing else "error-body", f"an error: {said}", passing=passing)


def read_search(body: bytes, retstart: int, retmax: int) -> SearchAnswer:
    """An ESearch answer in XML, checked: Count is a number and the PMIDs are as many as it promises.

    Raises Untrustworthy.
    """
    refuse_non_answers(body)
    refuse_error_bodies(body)
    if b"<eSearchResult" not in body[:4000]:
        raise Untrustworthy("not-esearch", f"something that is no search result: {shorten(body)}")
    if b"</eSearchResult>" not in body[-200:]:
        raise Untrustworthy("cut", "an answer that is cut off in the middle", passing=True)
    found = read_control(body, SEARCH_DOCTYPE)
    errors = _messages(found.get("ErrorList"))
    warnings = _messages(found.get("WarningList"))
    count_text = str(found.get("Count", ""))
    if not (count_text.isascii() and count_text.isdecimal() and len(count_text) <= PMID_DIGITS):
        raise Untrustworthy("no-count", "a search result without a Count")
    count = int(count_text)
    listed = [str(pmid) for pmid in found.get("IdList", ())]
    if not all(_PMID.fullmatch(pmid) for pmid in listed):
        raise Untrustworthy("bad-pmid", "a search result with something in it that is no PMID")
    pmids = tuple(int(pmid) for pmid in listed)
    if len(set(pmids)) != len(pmids):
        raise Untrustworthy("duplicate-pmids", "a search result that lists a PMID twice")
    promised = max(0, min(retmax, count - retstart))
    if len(pmids) != promised:
        raise Untrustworthy("count-mismatch", f"{len(pmids)} PMIDs where its Count promises {promised}")
    return SearchAnswer(count, pmids, str(found.get("QueryTranslation", "")), errors, warnings)


def read_control(body: bytes, doctype: bytes) -> Mapping[str, Any]:
    """A control answer read by Bio.Entrez.read, against the DTD that Biopython ships.

    The DOCTYPE is put right first: Bio.Entrez.read fetches a DTD that it does not ship from the network.
    Raises Untrustworthy.
    """
    if b"<!ENTITY" in body:
        raise Untrustworthy("entity", "an answer that declares entities")
    clean = _DOCTYPE.sub(b"", body, count=1)
    declaration, mark, rest = clean.partition(b"?>")
    if not mark or not declaration.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        declaration, rest = b'<?xml version="1.0" encoding="UTF-8" ', clean
    whole = declaration.lstrip() + b"?>\n" + doctype + rest
    try:
        found = _reader()(io.BytesIO(whole), validate=False, ignore_errors=True)
    except (ValueError, RuntimeError, LookupError) as error:
        raise Untrustworthy("broken-xml", f"an answer that cannot be read: {shorten(str(error))}") from error
    if not isinstance(found, Mapping):
        raise Untrustworthy("not-esearch", "an answer of another shape")
    return found


class _Reader(Protocol):
    def __call__(self, source: io.BytesIO, *, validate: bool, ignore_errors: bool) -> Any: ...


@cache
def _reader() -> _Reader:
    """Bio.Entrez, imported so that it makes no ~/.config/biopython and needs no writable home.

    Importing Bio.Entrez.Parser makes a cache folder for DTDs; pointed at the folder that Biopython itself
    lies in, it finds all folders there already and makes none. Afterwards it has no cache at all.
    """
    entrez: Any = import_module("Bio.Entrez")
    before = entrez.local_cache
    entrez.local_cache = str(Path(entrez.__file__).resolve().parents[2])
    try:
        parser: Any = import_module("Bio.Entrez.Parser")
    finally:
        entrez.local_cache = before
    parser.DataHandler.local_dtd_dir = None
    parser.DataHandler.local_xsd_dir = None
    reader: _Reader = entrez.read
    return reader


def _messages(found: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(text)) for name, texts in sorted((found or {}).items()) for text in texts)


def _json_error(body: bytes) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return shorten(body)
    said = found.get("error") if isinstance(found, dict) else None
    return shorten(str(said)) if said else shorten(body)


def what_it_says(body: bytes) -> str:
    """An error's body in a line: JSON's error, a page's title, or its words."""
    start = body[:2000].lstrip()
    if start.startswith(b"{"):
        return _json_error(body)
    return _page_text(body) if b"<html" in start.lower() else shorten(body)


def _page_text(body: bytes) -> str:
    page = body.decode("utf-8", "replace")
    title = re.search(r"<title[^>]*>(.*?)</title>", page, re.IGNORECASE | re.DOTALL)
    return shorten(title.group(1) if title else page)


def shorten(said: bytes | str, most: int = 160) -> str:
    """One line of what a server said, without markup or control characters."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = " ".join("".join(c if c.isprintable() else " " for c in _MARKUP.sub(" ", text[:2000])).split())
    return text if len(text) <= most else text[: most - 3] + "..."
