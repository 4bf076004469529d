"""MEDLINE format: the same Paper as from XML, as far as the format carries it."""

from __future__ import annotations

import io
from datetime import date

import pytest

from litwatch.errors import NotRecords
from litwatch.paper import (
    Author,
    DataBank,
    Grant,
    Link,
    MeshHeading,
    OtherAbstract,
    Paper,
    PublicationType,
    Qualifier,
    Section,
    Substance,
)
from litwatch.reading.nbib import read, sections_in
from litwatch.reading.records import Unreadable

RECORD = """
PMID- 99000101
OWN - NLM
STAT- MEDLINE
DCOM- 20240301
LR  - 20240302
IS  - 1234-567X (Electronic)
IS  - 1234-5670 (Linking)
VI  - 7
IP  - 2
DP  - 2024 Jan-Feb
TI  - A made-up trial of a
      drug.
PG  - 10-9
LID - 10.1/made [doi]
LID - S1 [pii]
AB  - BACKGROUND: It was not known. METHODS: We asked DNA: it said no. RESULTS AND
      SIGNIFICANCE: n=3.
CI  - Copyright 2024.
OAB - Publisher: Abstract available from the publisher.
OABL- fre
FAU - de Vries, Ann B
AU  - de Vries AB
AUID- ORCID: 0000-0001
AD  - One Place, Leiden.
AD  - Another Place, Leiden.
FAU - Group Leader, Otto
AU  - Group Leader O
CN  - The Group
FAU - Last, Zoe
AU  - Last Z
AD  - Third Place.
LA  - eng
LA  - dut
SI  - ClinicalTrials.gov/NCT00000001
SI  - ClinicalTrials.gov/NCT00000002
GR  - R01/MH/1/MH/NIMH NIH HHS/United States
PT  - Journal Article
PT  - Randomized Controlled Trial
TT  - Een verzonnen onderzoek.
DEP - 20231205
PL  - Netherlands
TA  - J Made Up
JT  - Journal of made-up things
JID - 1234567
RN  - 690G0D6V8H (Ketamine)
RN  - 0 (Drugs (Old))
SB  - IM
EIN - J Made Up. 2024 Mar;7(3):1. PMID: 99000102
MH  - *Ketamine/administration & dosage/*therapeutic use
MH  - Humans
OT  - *first
OT  - second
COIS- None.
EDAT- 2023/12/06 06:00
MHDA- 2024/03/01 06:00
CRDT- 2023/12/05 23:59
AID - 10.1/made [doi]
PMC - PMC123
PST - ppublish
"""


def test_every_field_is_read() -> None:
    (paper,) = read(io.BytesIO(RECORD.encode()))

    assert paper == Paper(
        pmid=99000101,
        title="A made-up trial of a drug.",
        vernacular_title="Een verzonnen onderzoek.",
        abstract="BACKGROUND: It was not known. METHODS: We asked DNA: it said no. "
        "RESULTS AND SIGNIFICANCE: n=3.",
        sections=(
            Section("BACKGROUND", "", 12, 29),
            Section("METHODS", "", 39, 64),
            Section("RESULTS AND SIGNIFICANCE", "", 91, 95),
        ),
        other_abstracts=(OtherAbstract("Publisher", "fre", "Abstract available from the publisher."),),
        copyright="Copyright 2024.",
        authors=(
            Author(
                "de Vries",
                "Ann B",
                "AB",
                affiliations=("One Place, Leiden.", "Another Place, Leiden."),
                identifiers=("ORCID: 0000-0001",),
            ),
            Author("Group Leader", "Otto", "O"),
            Author(collective_name="The Group"),
            Author("Last", "Zoe", "Z", affiliations=("Third Place.",)),
        ),
        journal="Journal of made-up things",
        journal_abbreviation="J Made Up",
        issn=("1234-567X", "1234-5670"),
        nlm_id="1234567",
        volume="7",
        issue="2",
        pages="10-9",
        publication_date="2024 Jan-Feb",
        electronic_date="2023 Dec 5",
        create_date=date(2023, 12, 5),
        entry_date=date(2023, 12, 6),
        mesh_date=date(2024, 3, 1),
        completed_date=date(2024, 3, 1),
        revised_date=date(2024, 3, 2),
        status="MEDLINE",
        publication_status="ppublish",
        languages=("eng", "dut"),
        country="Netherlands",
        doi="10.1/made",
        pmcid="PMC123",
        article_ids=(("pubmed", "99000101"), ("doi", "10.1/made"), ("pii", "S1"), ("pmc", "PMC123")),
        publication_types=(
            PublicationType("Journal Article"),
            PublicationType("Randomized Controlled Trial"),
        ),
        mesh=(
            MeshHeading(
                "Ketamine",
                major=True,
                qualifiers=(Qualifier("administration & dosage"), Qualifier("therapeutic use", major=True)),
            ),
            MeshHeading("Humans"),
        ),
        substances=(Substance("Ketamine", "", "690G0D6V8H"), Substance("Drugs (Old)", "", "0")),
        keywords=("first", "second"),
        subsets=("IM",),
        grants=(Grant("R01/MH/1", "MH", "NIMH NIH HHS", "United States"),),
        data_banks=(DataBank("ClinicalTrials.gov", ("NCT00000001", "NCT00000002")),),
        conflict_of_interest="None.",
        links=(Link("ErratumIn", 99000102, "J Made Up. 2024 Mar;7(3):1."),),
    )


@pytest.mark.parametrize("size", [1, 9, 1 << 20])
def test_a_bad_record_harms_none(size: int) -> None:
    body = RECORD.encode() + b"\nPMID- x1\nTI  - No\n\nPMID- 5\nTI  - \xe9\n\r\nPMID- 6\r\nTI  - Yes\r\n"

    class Dribble(io.BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            return super().read(size)

    first, no_number, not_utf8, last = read(Dribble(body))

    assert isinstance(first, Paper)
    assert no_number == Unreadable(2, None, "its PMID is no number: 'x1'")
    assert isinstance(not_utf8, Unreadable)
    assert (not_utf8.position, not_utf8.pmid) == (3, 5)
    assert last == Paper(6, title="Yes", article_ids=(("pubmed", "6"),))


def test_a_file_without_records_is_refused() -> None:
    with pytest.raises(NotRecords):
        list(read(io.BytesIO(b"STAT- MEDLINE\nTI  - x\n")))


@pytest.mark.parametrize(
    ("abstract", "labels"),
    [
        ("Plain words. They say: nothing.", []),
        ("AIM: a. METHODS: b.", ["AIM", "METHODS"]),
        ("Words first. RESULTS: b.", ["RESULTS"]),
        ("We used DNA: and RNA: here.", []),
        ("TRIAL REGISTRATION: NCT1. FUNDING: none.", ["TRIAL REGISTRATION", "FUNDING"]),
        ("", []),
    ],
)
def test_labels_within_an_abstract(abstract: str, labels: list[str]) -> None:
    found = sections_in(abstract)

    assert [section.label for section in found] == labels
    for section in found:
        assert abstract[: section.start].endswith(f"{section.label}: ")
        assert abstract[section.start : section.end].endswith(".")
