"""NLM's own files at /pubmed/baseline/ and /pubmed/updatefiles/, as they are at the sandbox's date.

Owns their names, listings and checksums. A corpus file without a date is a baseline file, one with a date an update
file from that day on (timeline.py). Shapes: https://ftp.ncbi.nlm.nih.gov/pubmed/updatefiles/, an Apache listing; a .md5
for each file; byte ranges.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import deque
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from litwatch.sandbox.shapes import TEXT, Answer, Sending
from litwatch.sandbox.timeline import ALWAYS, corpus_files, file_date

PREFIX = "/pubmed/"
_PATH = re.compile(r"/pubmed/(?P<folder>baseline|updatefiles)/?(?P<name>[\w.]*)")
_RANGE = re.compile(r"bytes=(\d+)-")
YEAR = 26


class NlmFolder:
    """The files of a corpus under NLM's names.

    `sendings` says how each of the next answers with a file goes over the wire; `spoilt` are the names of files that do
    not have the sum of their .md5.
    """

    def __init__(self, corpus: Path | None) -> None:
        self.sendings: deque[Sending] = deque()
        self.spoilt: set[str] = set()
        files = corpus_files(corpus)
        self._files = {f"pubmed{YEAR}n{number:04}.xml.gz": path for number, path in enumerate(files, 1)}

    def answer(self, path: str, wanted: str, today: date) -> Answer:
        """A listing, a file or its .md5; `wanted` is the Range header."""
        asked = _PATH.fullmatch(path)
        if asked is None:
            return Answer(404, TEXT, b"nothing here\n")
        here = [
            name
            for name, file in self._files.items()
            if (file_date(file.name) == ALWAYS) is (asked["folder"] == "baseline")
            and file_date(file.name) <= today.toordinal()
        ]
        name = asked["name"].removesuffix(".md5")
        if not asked["name"]:
            return Answer(200, "text/html;charset=UTF-8", _listing(asked["folder"], here))
        if name not in here:
            return Answer(404, TEXT, b"not found\n")
        packed = _packed(self._files[name])
        if asked["name"] == name and name in self.spoilt:
            packed = packed[:-1] + b"?"
        if asked["name"].endswith(".md5"):
            digest = hashlib.md5(packed, usedforsecurity=False).hexdigest()
            return Answer(200, TEXT, f"MD5({name})= {digest}\n".encode())
        whole = _part(packed, wanted)
        return replace(whole, sending=self.sendings.popleft()) if self.sendings else whole


def _part(packed: bytes, wanted: str) -> Answer:
    begin = _RANGE.fullmatch(wanted)
    if begin is None:
        return Answer(200, "application/x-gzip", packed, {"Accept-Ranges": "bytes"})
    start = int(begin[1])
    if start >= len(packed):
        return Answer(416, TEXT, b"", {"Content-Range": f"bytes */{len(packed)}"})
    told = {"Content-Range": f"bytes {start}-{len(packed) - 1}/{len(packed)}"}
    return Answer(206, "application/x-gzip", packed[start:], told)


def _listing(folder: str, names: list[str]) -> bytes:
    rows = [
        f'<a href="{name}{end}">{name}{end}</a>  2026-01-01 12:00   1K  '
        for name in names
        for end in ("", ".md5")
    ]
    title = f"Index of /pubmed/{folder}"
    head = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>\n<pre>Name\n<hr>"
    return (head + "\n".join(rows) + "\n<hr></pre></body></html>\n").encode()


@lru_cache(maxsize=64)
def _packed(path: Path) -> bytes:
    content = path.read_bytes()
    return content if path.name.endswith(".gz") else gzip.compress(content, mtime=0)
