"""Seeds: papers that a search must find, as people have them in files; and the two halves they are split into.

Owns how PMIDs and DOIs are found in a file. Never looks a paper up.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Any

from litwatch.errors import ReadError
from litwatch.paper import Paper
from litwatch.query.numbers import article_id_key

_PMID = re.compile(
    r"(?:\bPMID\b\s*[:#-]?\s*|\bpubmed(?:\.ncbi\.nlm\.nih\.gov)?/|\[?\bPubMed\b(?:\s+ID)?\s*:\s*)(\d{1,8})(?!\d)",
    re.IGNORECASE,
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+", re.IGNORECASE)
_NUMBERS = re.compile(r"[\s\"']*\d{1,8}(?:[\s\"',;|]+\d{1,8})*[\s\"',;|]*")
_FIRST_CELL = re.compile(r"\s*\"?(\d{5,8})\"?\s*[,;\t]")
_NUMBERED = re.compile(r"\s*(?:\[\d{1,4}\]|\d{1,4}[.)])\s+\S")
_HEAD = re.compile(r"\W*(?:pmids?|dois?|title)\b[\w\s,;|\"/()-]*", re.IGNORECASE)
_RIS = re.compile(r"^\s*TY\s{1,2}-", re.MULTILINE)
_NBIB = re.compile(r"^\s*(?:PMID|OWN |STAT)- ?\S")
_SHOWN = 70


@dataclass(frozen=True, slots=True)
class Seed:
    """A paper by its PMID or its DOI (or both); `place` says where it stands in the file."""

    pmid: int | None
    doi: str
    place: str

    @property
    def name(self) -> str:
        """What it is called."""
        return f"PMID {self.pmid}" if self.pmid is not None else f"doi:{self.doi}"


@dataclass(frozen=True, slots=True)
class SeedFile:
    """The seeds of a file, each once, in its order; `unread`: what of it names no paper, with its place."""

    seeds: tuple[Seed, ...]
    unread: tuple[str, ...]


def read_seeds(text: str) -> SeedFile:
    """The seeds of a text: PMIDs or DOIs a line, a reference list that names them, .nbib or RIS."""
    if _NBIB.match(text):
        found = list(_of_nbib(text))
    elif _RIS.search(text):
        found = list(_of_ris(text))
    else:
        found = list(_of_text(text))
    seeds: dict[int | str, Seed] = {}
    known: set[str] = set()
    for one in found:
        if isinstance(one, Seed):
            key = one.pmid if one.pmid is not None else one.doi
            if key not in seeds and (one.pmid is not None or one.doi not in known):
                seeds[key] = one
                known.add(one.doi)
    return SeedFile(tuple(seeds.values()), tuple(one for one in found if isinstance(one, str)))


def _of_nbib(text: str) -> Iterator[Seed | str]:
    from litwatch.reading import nbib

    number = 0
    try:
        for number, record in enumerate(nbib.read(io.BytesIO(text.encode())), 1):
            if isinstance(record, Paper):
                yield Seed(record.pmid, article_id_key(record.doi) if record.doi else "", f"record {number}")
            else:
                yield f"record {number}: it cannot be read"
    except ReadError as error:
        yield f"after record {number}: {error}"


def _of_ris(text: str) -> Iterator[Seed | str]:
    """Where programs put a PMID differs: PubMed, EndNote and Ovid in AN, Zotero in a note or an address."""
    import rispy

    text = re.sub(r"^[ \t]*([A-Z][A-Z0-9])[ \t]{1,2}-[ \t]?", r"\1  - ", text.replace("\r", "\n"), flags=re.M)
    try:
        records: list[dict[str, Any]] = rispy.loads(text, skip_unknown_tags=True)
    except (OSError, ValueError) as error:
        yield f"this RIS file cannot be read: {error}"
        return
    for number, record in enumerate(records, 1):
        place = f"record {number}"
        whole = "\n".join(_texts(record.values()))
        accession = str(record.get("accession_number", "")).strip()
        named = _PMID.search(whole)
        doi = _doi_in(str(record.get("doi", ""))) or _doi_in(whole)
        if re.fullmatch(r"\d{1,8}", accession):
            yield Seed(int(accession), doi, place)
        elif named:
            yield Seed(int(named[1]), doi, place)
        elif doi:
            yield Seed(None, doi, place)
        else:
            title = str(record.get("title") or record.get("primary_title") or "no title")
            yield f"{place}: no PMID and no DOI: {_short(title)}"


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _texts(value)


def _of_text(text: str) -> Iterator[Seed | str]:
    for first, entry in _entries(text):
        place = f"line {first}"
        dois = list(dict.fromkeys(filter(None, map(_doi_in, _DOI.findall(entry)))))
        named = list(dict.fromkeys(map(int, _PMID.findall(entry))))
        if _NUMBERS.fullmatch(entry):
            for number in re.findall(r"\d+", entry):
                yield Seed(int(number), "", place)
        elif len(named) == 1:
            yield Seed(named[0], dois[0] if len(dois) == 1 else "", place)
        elif named:
            yield from (Seed(pmid, "", place) for pmid in named)
        elif cell := _FIRST_CELL.match(entry):
            yield Seed(int(cell[1]), dois[0] if len(dois) == 1 else "", place)
        elif dois:
            yield from (Seed(None, doi, place) for doi in dois)
        elif not _HEAD.fullmatch(entry):
            yield f"{place}: no PMID and no DOI: {_short(entry)}"


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """(number of its first line, text) of each reference: a line, or all lines up to a blank one or the next number."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if not line.startswith("#")]
    starts = [bool(_NUMBERED.match(line)) for _, line in lines]
    numbered = sum(starts) > 1
    paragraphs = numbered or _is_in_paragraphs([line for _, line in lines])
    waiting: list[str] = []
    first = 0
    for (number, line), begins in zip(lines, starts, strict=True):
        if waiting and (not line.strip() or not paragraphs or (numbered and begins)):
            yield first, " ".join(waiting)
            waiting = []
        if line.strip():
            first = first if waiting else number
            waiting.append(line.strip())
    if waiting:
        yield first, " ".join(waiting)


def _is_in_paragraphs(lines: Sequence[str]) -> bool:
    """Whether references of several lines are parted by blank ones: some line of such a one names no paper."""
    if not any(not line.strip() for line in "\n".join(lines).strip().split("\n")):
        return False
    return any(
        before.strip() and after.strip() and not (_names_paper(before) and _names_paper(after))
        for before, after in pairwise(lines)
    )


def _names_paper(line: str) -> bool:
    return bool(_NUMBERS.fullmatch(line) or _PMID.search(line) or _DOI.search(line))


def _doi_in(text: str) -> str:
    found = _DOI.search(text)
    if not found:
        return ""
    doi = found[0].rstrip(".,;:'")
    while (
        doi and doi[-1] in ")]}" and doi.count(doi[-1]) > doi.count({")": "(", "]": "[", "}": "{"}[doi[-1]])
    ):
        doi = doi[:-1].rstrip(".,;:'")
    return article_id_key(doi)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def halves(pmids: Iterable[int]) -> tuple[frozenset[int], frozenset[int]]:
    """Two halves: to develop on, and to validate on. The first has one more where they are odd.

    Which half a paper is in hangs on its number alone, so that a paper keeps its half while others come and go (one
    near the border may change).
    """
    ordered = sorted(set(pmids), key=lambda pmid: sha256(str(pmid).encode()).digest())
    middle = (len(ordered) + 1) // 2
    return frozenset(ordered[:middle]), frozenset(ordered[middle:])
