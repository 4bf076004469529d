"""Proves that seeds are found in the files that people have, and which half each is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.tuning.seeds import halves, read_seeds

NBIB = """PMID- 99000001
OWN - NLM
TI  - Made-up ketamine.
LID - 10.9999/made.1 [doi]

PMID- 99000002
OWN - NLM
TI  - Made-up esketamine.
"""
RIS = """TY  - JOUR
TI  - Made-up ketamine
AN  - 99000001
ER  -

TY  - JOUR
T1  - From Zotero
N1  - PMID: 99000002
DO  - 10.9999/made.2
ER  -

TY  - JOUR
TI  - From somewhere else
DO  - https://doi.org/10.9999/MADE.3
ER  -

TY  - BOOK
TI  - A book without a number
ER  -
"""
REFERENCES = """1. Author A, Writer B. A made-up trial of ketamine. J Made Up. 2020;1(2):3-4.
   doi: 10.9999/made(20)1. PMID: 99000001
2. Author C. Another. J Made Up. 2021.
   https://doi.org/10.9999/made.2.
3. Author D. No number at all. 2019.
[4] Author E. On the web. https://pubmed.ncbi.nlm.nih.gov/99000004/
"""
PARAGRAPHS = """Author A. A made-up trial,
told on two lines. doi:10.9999/made.1

Author B. Another,
told on two lines, too. PubMed PMID: 99000002.
"""
TWO_IN_ONE = """Author A. doi:10.9999/made.1 PMID: 99000001
Author B. doi:10.9999/made.2
PMID: 99000002

Author C,
of two lines. 10.9999/made.3 10.9999/made.4 PMID: 99000005
"""
CASES = [
    ("one a line", "99000001\n99000002\n", [99000001, 99000002], 0),
    (
        "with blanks, commas and a byte order mark of Windows",
        " 99000001 , 99000002;99000003\r\n",
        [99000001, 99000002, 99000003],
        0,
    ),
    ("each once", "99000001\n99000001\nPMID:99000001", [99000001], 0),
    ("old numbers are short", "7\n123", [7, 123], 0),
    ("remarks and a head", "# my seeds\nPMID\n99000001\n", [99000001], 0),
    (
        "DOIs, bare and as addresses",
        "10.9999/made.1\nhttps://doi.org/10.9999/MADE.2\ndoi:10.9999/made.2",
        ["10.9999/made.1", "10.9999/made.2"],
        0,
    ),
    (
        "PubMed's CSV",
        'PMID,Title,DOI\n99000001,"A, b",10.9999/made.1\n99000002,c,\n',
        [99000001, 99000002],
        0,
    ),
    (
        "addresses",
        "https://pubmed.ncbi.nlm.nih.gov/99000001/\nhttps://www.ncbi.nlm.nih.gov/pubmed/99000002",
        [99000001, 99000002],
        0,
    ),
    ("what names no paper is told with its line", "99000001\nhello\n123456789012\n", [99000001], 2),
    ("nbib", NBIB, [99000001, 99000002], 0),
    ("RIS", RIS, [99000001, 99000002, "10.9999/made.3"], 1),
    ("a numbered reference list", REFERENCES, [99000001, "10.9999/made.2", 99000004], 1),
    ("a reference list in paragraphs", PARAGRAPHS, ["10.9999/made.1", 99000002], 0),
    ("several behind one PMID", "PubMed PMID: 99000001; 99000002", [99000001, 99000002], 0),
    ("PMIDs", "PMIDs: 1, 2 and 99000003", [1, 2, 99000003], 0),
    ("PMIDs with blanks in a sentence", "See PMIDs 99000001 99000002.", [99000001, 99000002], 0),
    (
        "a search",
        "(99000001 OR 99000002)\n99000003[pmid] or 99000004[uid]",
        list(range(99000001, 99000005)),
        0,
    ),
    ("tags in a search", "ketamine[ti] AND 99000001[pmid]", [99000001], 0),
    ("no year, volume or page is a PMID", "PMID: 99000001, 2020; 33, 10101-7.", [99000001], 0),
    (
        "two references of one paragraph, and one below",
        TWO_IN_ONE,
        [99000001, 99000002, "10.9999/made.3", "10.9999/made.4", 99000005],
        0,
    ),
    ("numbers of PubMed Central are told", "PMC7000001\nPMID: 99000001 PMCID: PMC7000002", [99000001], 1),
    ("nothing", "", [], 0),
]


@pytest.mark.parametrize(
    ("text", "expected", "unread"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_seeds_are_found_in_what_people_have(text: str, expected: list[int | str], unread: int) -> None:
    found = read_seeds(text)
    assert [one.pmid if one.pmid is not None else one.doi for one in found.seeds] == expected
    assert len(found.unread) == unread, found.unread


def test_what_is_not_read_says_where_it_stands() -> None:
    assert read_seeds("99000001\nhello there\n").unread == ("line 2: no PMID and no DOI: hello there",)
    assert read_seeds(RIS).unread == ("record 4: no PMID and no DOI: A book without a number",)


def test_a_number_of_pubmed_central_is_no_number_of_pubmed() -> None:
    (said,) = read_seeds("99000001\nPMC7000001").unread
    assert said.startswith(
        "line 2: PMC7000001: PubMed Central's number, not PubMed's; give the PMID or the DOI"
    )


def test_references_without_a_number_are_counted_and_what_is_no_reference_is_not() -> None:
    assert read_seeds(REFERENCES).without_number == 1
    assert read_seeds(RIS).without_number == 1
    with_head = read_seeds(f"Included studies\n{REFERENCES}")
    assert (len(with_head.unread), with_head.without_number) == (2, 1)


def test_a_pmid_and_a_doi_of_one_reference_are_one_seed() -> None:
    found = read_seeds(
        "Author A. doi:10.9999/made.1 PMID: 99000001 Author B. doi:10.9999/made.2 PMID: 99000002"
    )
    assert [(one.pmid, one.doi) for one in found.seeds] == [
        (99000001, "10.9999/made.1"),
        (99000002, "10.9999/made.2"),
    ]


def test_a_doi_keeps_its_own_brackets_and_loses_the_sentence_around_it() -> None:
    (seed,) = read_seeds("(see doi:10.9999/made(20)1-x).").seeds
    assert seed.doi == "10.9999/made(20)1-x"


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    found = read_seeds(text)
    assert len({(one.pmid, one.doi) for one in found.seeds}) == len(found.seeds)


@given(st.sets(st.integers(1, 99_999_999), max_size=60), st.integers(1, 99_999_999))
def test_halves_are_halves_and_a_new_seed_moves_at_most_one(pmids: set[int], more: int) -> None:
    first, second = halves(pmids)
    assert first | second == pmids
    assert not first & second
    assert 0 <= len(first) - len(second) <= 1
    first_then, second_then = halves(pmids | {more})
    assert len((first - first_then) | (second - second_then)) <= 1
