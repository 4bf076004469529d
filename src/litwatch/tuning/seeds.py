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
from litwatch.tuning.identifiers import central_numbers, doi_in, first_pmid, identifiers, names_paper

_NUMBERED = re.compile(r"\s*(?:\[\d{1,4}\]|\d{1,4}[.)])\s+\S")
_HEAD = re.compile(r"\W*(?:pmids?|dois?|title)\b[\w\s,;|\"/()-]*", re.IGNORECASE)
_RIS = re.compile(r"^\s*TY\s{1,2}-", re.MULTILINE)
_NBIB = re.compile(r"^\s*(?:PMID|OWN |STAT)- ?\S")
_SHOWN = 70
CONVERTER = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/ turns one into the other"


class Unnumbered(str):
    """What is said of a reference that has neither PMID nor DOI: a paper was named, and cannot be looked up."""

    __slots__ = ()


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
    """The seeds of a file, each once, in its order; `unread`: what of it names no paper by a number, with its place.

    `without_number` counts the references among the latter: a file of 14 references of which 2 have neither PMID nor
    DOI has named 14 papers.
    """

    seeds: tuple[Seed, ...]
    unread: tuple[str, ...]
    without_number: int = 0


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
    unread = tuple(one for one in found if isinstance(one, str))
    return SeedFile(tuple(seeds.values()), unread, sum(isinstance(one, Unnumbered) for one in unread))


def _of_nbib(text: str) -> Iterator[Seed | str]:
    from litwatch.reading import nbib

    number = 0
    try:
        for number, record in enumerate(nbib.read(io.BytesIO(text.encode())), 1):
            if isinstance(record, Paper):
                yield Seed(record.pmid, article_id_key(record.doi) if record.doi else "", f"record {number}")
            else:
                yield Unnumbered(f"record {number}: it cannot be read")
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
        named = first_pmid(whole)
        doi = doi_in(str(record.get("doi", ""))) or doi_in(whole)
        if re.fullmatch(r"\d{1,8}", accession):
            yield Seed(int(accession), doi, place)
        elif named is not None:
            yield Seed(named, doi, place)
        elif doi:
            yield Seed(None, doi, place)
        else:
            title = str(record.get("title") or record.get("primary_title") or "no title")
            yield Unnumbered(f"{place}: no PMID and no DOI: {_short(title)}")


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _texts(value)


def _of_text(text: str) -> Iterator[Seed | str]:
    for first, entry, is_reference in _entries(text):
        place = f"line {first}"
        found = identifiers(entry)
        yield from (Seed(pmid, doi, place) for pmid, doi in found)
        central = central_numbers(entry)
        if len(central) > len(found):
            say = f"{', '.join(central)}: PubMed Central's number, not PubMed's; give the PMID or the DOI"
            yield _told(f"{place}: {say} ({CONVERTER})", is_reference=is_reference and not found)
        elif not found and not _HEAD.fullmatch(entry):
            yield _told(f"{place}: no PMID and no DOI: {_short(entry)}", is_reference=is_reference)


def _told(text: str, *, is_reference: bool) -> str:
    return Unnumbered(text) if is_reference else text


def _entries(text: str) -> Iterator[tuple[int, str, bool]]:
    """(number of its first line, text, whether it is a reference) of each: a line, or all up to a blank or a number.

    What stands above, between and below the numbers of a numbered list is none.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if not line.startswith("#")]
    starts = [bool(_NUMBERED.match(line)) for _, line in lines]
    numbered = sum(starts) > 1
    paragraphs = numbered or _is_in_paragraphs([line for _, line in lines])
    waiting: list[str] = []
    first, is_reference = 0, True
    for (number, line), begins in zip(lines, starts, strict=True):
        if waiting and (not line.strip() or not paragraphs or (numbered and begins)):
            yield first, " ".join(waiting), is_reference
            waiting = []
        if line.strip():
            if not waiting:
                first, is_reference = number, begins or not numbered
            waiting.append(line.strip())
    if waiting:
        yield first, " ".join(waiting), is_reference


def _is_in_paragraphs(lines: Sequence[str]) -> bool:
    """Whether references of several lines are parted by blank ones: some line of such a one names no paper."""
    if not any(not line.strip() for line in "\n".join(lines).strip().split("\n")):
        return False
    return any(
        before.strip() and after.strip() and not (names_paper(before) and names_paper(after))
        for before, after in pairwise(lines)
    )


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
