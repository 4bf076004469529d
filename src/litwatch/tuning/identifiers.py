"""The PMIDs and DOIs of a line or a reference, every one of them, as people paste them.

Owns how they are written. Never knows where in a file the text stands, and never looks a paper up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.numbers import article_id_key

Identifier = tuple[int | None, str]
"""A PMID, a DOI, or both of one paper."""

_ALSO = r"\s*(?:[,;/&|]|\band\b|\bor\b)\s*(?:(?:and|or)\s+)?"
_PMID = re.compile(
    rf"(?:\bPMID(?P<plural>s)?\b\s*[:#=-]?\s*|\bpubmed(?:\.ncbi\.nlm\.nih\.gov)?/|\[?\bPubMed\b(?:\s+ID)?\s*:\s*)"
    rf"(?P<first>\d{{1,8}})(?!\d)(?P<more>(?:(?:{_ALSO}|(?(plural)\s+|(?!)))\d{{1,8}}(?![\w(:/-]|\.\d))*)",
    re.IGNORECASE,
)
_TAGGED = re.compile(r"\b(\d{1,8})\s*\[(?:pmid|uid)\]", re.IGNORECASE)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+", re.IGNORECASE)
_PMC = re.compile(r"\bPMC\s?(\d{3,9})\b", re.IGNORECASE)
_NUMBER = r"\d{1,8}(?:\s*\[(?:pmid|uid)\])?"
_BETWEEN = r"(?:[\s\"'’,;|()\[\]]|\bor\b|\band\b)"
_NUMBERS = re.compile(rf"{_BETWEEN}*{_NUMBER}(?:{_BETWEEN}+{_NUMBER})*{_BETWEEN}*", re.IGNORECASE)
_FIRST_CELL = re.compile(r"\s*\"?(\d{5,8})\"?\s*[,;\t]")
_LONG = 5  # digits: shorter numbers behind a PMID are years and volumes


def identifiers(text: str) -> list[Identifier]:
    """Every PMID and DOI of a text in its order; a PMID and a DOI are one paper's where they alternate."""
    if _NUMBERS.fullmatch(text):
        return [(int(number), "") for number in re.findall(r"\d+", text)]
    found: list[tuple[int, int | str]] = [*_pmids(text)]
    found += [(one.start(), doi_in(one[0])) for one in _DOI.finditer(text)]
    found.sort(key=_place)
    if not any(isinstance(one, int) for _, one in found) and (cell := _FIRST_CELL.match(text)):
        found.insert(0, (cell.start(1), int(cell[1])))
    return _paired(list(dict.fromkeys(one for _, one in found if one)))


def central_numbers(text: str) -> list[str]:
    """The numbers of PubMed Central, which are none of PubMed's."""
    return list(dict.fromkeys(f"PMC{one[1]}" for one in _PMC.finditer(text)))


def names_paper(line: str) -> bool:
    """Whether a line has a PMID or a DOI."""
    return bool(_NUMBERS.fullmatch(line) or _PMID.search(line) or _TAGGED.search(line) or _DOI.search(line))


def first_pmid(text: str) -> int | None:
    """The first PMID that is called one."""
    found = _PMID.search(text)
    return int(found["first"]) if found else None


def doi_in(text: str) -> str:
    """The first DOI, without the sentence around it."""
    found = _DOI.search(text)
    if not found:
        return ""
    doi = found[0].rstrip(".,;:'")
    while (
        doi and doi[-1] in ")]}" and doi.count(doi[-1]) > doi.count({")": "(", "]": "[", "}": "{"}[doi[-1]])
    ):
        doi = doi[:-1].rstrip(".,;:'")
    return article_id_key(doi)


def _place(one: tuple[int, int | str]) -> int:
    return one[0]


def _pmids(text: str) -> Iterator[tuple[int, int]]:
    for one in _PMID.finditer(text):
        yield one.start("first"), int(one["first"])
        short = one["plural"] or len(one["first"]) < _LONG
        for other in re.finditer(r"\d+", one["more"]):
            if short or len(other[0]) >= _LONG:
                yield one.start("more") + other.start(), int(other[0])
    for one in _TAGGED.finditer(text):
        yield one.start(1), int(one[1])


def _paired(found: list[int | str]) -> list[Identifier]:
    numbers = [isinstance(one, int) for one in found]
    alternate = len(found) % 2 == 0 and all(one != numbers[0] for one in numbers[1::2])
    if alternate and all(one == numbers[0] for one in numbers[::2]):
        pairs = zip(found[::2], found[1::2], strict=True)
        return [
            (int(one), str(other)) if isinstance(one, int) else (int(other), str(one)) for one, other in pairs
        ]
    return [(one, "") if isinstance(one, int) else (None, one) for one in found]
