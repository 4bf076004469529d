"""Where a study is registered, and whether a record is a preprint.

Owns the shapes of registration numbers. Never asks a registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.paper import Paper, Span

# How the number looks in each registry; group "number" is what the registry calls it.
_PATTERNS = (
    ("NCT", re.compile(r"\bNCT[\s:#-]{0,2}(\d{8})\b"), "NCT{}"),
    ("ISRCTN", re.compile(r"\bISRCTN[\s:#-]{0,2}(\d{8})\b"), "ISRCTN{}"),
    ("ChiCTR", re.compile(r"\bChiCTR\s?((?:-?[A-Z]{2,4}-?|-)?\d{8,10})\b"), "ChiCTR{}"),
    ("UMIN", re.compile(r"\bUMIN(?:-CTR)?[\s:#-]{0,2}(\d{9})\b"), "UMIN{}"),
    ("ACTRN", re.compile(r"\bACTRN[\s:#-]{0,2}(\d{14})\b"), "ACTRN{}"),
    ("CTRI", re.compile(r"\bCTRI[\s:/-]{0,2}(\d{4}/\d{2,3}/\d{6})\b"), "CTRI/{}"),
    ("CRD", re.compile(r"\bCRD[\s:#-]{0,2}(\d{11})\b"), "CRD{}"),
    ("DRKS", re.compile(r"\bDRKS[\s:#-]{0,2}(\d{8})\b"), "DRKS{}"),
    ("IRCT", re.compile(r"\bIRCT[\s:#-]{0,2}(\d{8,}N\d+)\b"), "IRCT{}"),
    ("jRCT", re.compile(r"\bjRCTs?(\d{9,})\b"), "jRCT{}"),
    ("KCT", re.compile(r"\bKCT(\d{7})\b"), "KCT{}"),
    ("TCTR", re.compile(r"\bTCTR(\d{11})\b"), "TCTR{}"),
    ("PACTR", re.compile(r"\bPACTR(\d{15,})\b"), "PACTR{}"),
    ("NTR", re.compile(r"\bNTR[\s:-]?(\d{3,5})\b"), "NTR{}"),
    ("RBR", re.compile(r"\bRBR-(\w{6,8})\b"), "RBR-{}"),
    # EudraCT, and its successor CTIS ("2023-504321-10-00"); bare numbers of that shape only beside the name.
    ("udra", re.compile(r"EudraCT\D{0,20}((?:19|20)\d{2}-\d{6}-\d{2})\b", re.IGNORECASE), "{}"),
    ("EU", re.compile(r"\b(20\d{2}-5\d{5}-\d{2}(?:-\d{2})?)\b"), "{}"),
)
_LINKS = (
    (re.compile(r"NCT\d{8}"), "https://clinicaltrials.gov/study/{}"),
    (re.compile(r"ISRCTN\d{8}"), "https://www.isrctn.com/{}"),
    (re.compile(r"CRD\d{11}"), "https://www.crd.york.ac.uk/prospero/display_record.php?RecordID={digits}"),
    (re.compile(r"ACTRN\d{14}"), "https://www.anzctr.org.au/{}.aspx"),
    (re.compile(r"DRKS\d{8}"), "https://drks.de/search/en/trial/{}"),
    (re.compile(r"20\d{2}-5\d{5}-\d{2}(?:-\d{2})?"), "https://euclinicaltrials.eu/ctis-public/view/{}"),
    (
        re.compile(r"\d{4}-\d{6}-\d{2}"),
        "https://www.clinicaltrialsregister.eu/ctr-search/search?query={}",
    ),
)
_PREPRINT_SERVERS = (
    "medrxiv",
    "biorxiv",
    "psyarxiv",
    "research square",
    "res sq",
    "ssrn",
    "preprints.org",
    "arxiv",
)


def registrations(paper: Paper) -> tuple[tuple[str, Span | None], ...]:
    """The registration numbers of a paper, each once: those that NLM lists first, then those in title and abstract.

    The number is spelt as its registry spells it; the Span is where the text has it (None: only NLM's list does).
    """
    found: dict[str, Span | None] = dict.fromkeys(listed_registrations(paper))
    for field, text in (("abstract", paper.abstract), ("title", paper.title)):
        for number, start, end in _numbers(text):
            if found.get(number) is None:
                found[number] = Span(field, start, end, text[start:end])
    return tuple(found.items())


def listed_registrations(paper: Paper) -> tuple[str, ...]:
    """The registration numbers in NLM's own list (DataBankList), which holds gene banks and the like, too."""
    if not paper.data_banks:
        return ()
    accessions = (
        f"EudraCT {number}" if bank.name == "EudraCT" else number
        for bank in paper.data_banks
        for number in bank.accession_numbers
    )
    return tuple(number for accession in accessions for number, _, _ in _numbers(accession))


def _numbers(text: str) -> Iterator[tuple[str, int, int]]:
    hits: list[tuple[int, str, int]] = []
    for cue, pattern, spelling in _PATTERNS:
        if cue in text:
            hits.extend(
                (match.start(), spelling.format(match[1]), match.end()) for match in pattern.finditer(text)
            )
    for start, number, end in sorted(hits):
        yield number, start, end


def registration_link(number: str) -> str | None:
    """The registry's page of that number; None where the registry has no address by number."""
    for shape, address in _LINKS:
        if shape.fullmatch(number):
            return address.format(number, digits=number.lstrip("CRD"))
    return None


def is_preprint(paper: Paper) -> bool:
    """Whether NLM calls the record a preprint, or its journal is a preprint server."""
    if any(kind.ui == "D000076942" or kind.name == "Preprint" for kind in paper.publication_types):
        return True
    journal = paper.journal.casefold()
    return any(server in journal for server in _PREPRINT_SERVERS)
