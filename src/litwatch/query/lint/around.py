"""Owns what a page prints, or a program wants, around a query, pasted together with it.

Never reads the query itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.rough_reading import Reading
from litwatch.query.lint.syntax import is_query

_PREFIX = re.compile(
    r"\s*(?:via |in )?(?:pub ?med|medline|embase|ovid|cochrane|cinahl|scopus|psycinfo|web of science)\b"
    r"[^\"()\[\]\n:]{0,60}:(?=\s|\()",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\b(?:sort(?:ed)? by\s?:|filters(?: applied)?\s?:|limits\s?:)[^\n]{0,200}", re.IGNORECASE
)


_COMMAND = re.compile(r"\s*(?:\$ )?(esearch|efilter|einfo|xfetch|phrase-search)(?=\s+-)")
_ASKED = re.compile(r"\s-query\s+(['\"])")


def around_findings(reading: Reading) -> Iterator[Finding]:
    """Prefixes and suffixes, and a command line."""
    yield from _command(reading.text)
    if match := _PREFIX.match(reading.text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        yield Finding(
            "prefix", "error", start, match.end(),
            f"{match[0].strip()} is no part of a query",
            "PubMed searches its words, too, and joins them by AND", "", 5, "leave it out",
        )  # fmt: skip
    words = [piece for piece in reading.pieces if piece.kind == "word"]
    hits = {piece.start for piece in words if piece.text.lower() in _SUFFIX_WORDS or ":" in piece.text}
    for match in _SUFFIX.finditer(reading.text) if hits else ():
        if match.start() in hits:
            yield Finding(
                "suffix", "error", match.start(), match.end(),
                f"{match[0].strip()[:40]} is no part of a query",
                "it belongs to PubMed's page; pasted into a query its words are searched, joined by AND",
                "", 5, "leave it out" if match[0].lower().startswith("sort")
                else "write each limit as a term: english[la], 2020:3000[crdt]",
            )  # fmt: skip


_SUFFIX_WORDS = ("sort", "sorted", "filters", "limits")


def _command(text: str) -> Iterator[Finding]:
    """esearch -db pubmed -query "..." of NCBI's EDirect."""
    match = _COMMAND.match(text)
    if match is None:
        return
    query, asked = "", _ASKED.search(text)
    if asked is not None:
        end = text.rfind(asked[1])
        query = (
            text[asked.end() : end].replace(f"\\{asked[1]}", asked[1]).strip() if end >= asked.end() else ""
        )
    yield Finding(
        "command-line", "error", match.start(1), len(text.rstrip()),
        f"this is a command line of EDirect ({match[1]}), not a query",
        "PubMed searches the words of the command, too", query if is_query(query) else "", 5,
        "take what stands in quotation marks behind -query",
    )  # fmt: skip
