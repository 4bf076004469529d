"""Proves that several processes gather what one does, also where one of them is killed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from multiprocessing import active_children

import pytest

from litwatch.edge.workbook.shown import ROOMS, Gathered, gathered
from litwatch.jobs.tune.gathering import Parcels, gather_from
from litwatch.jobs.tune.parcels import Parcel, papers_in

XML = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">%d</PMID><Article PubModel="Print">
<Journal><Title>A journal</Title></Journal><ArticleTitle>Apples, part %d</ArticleTitle></Article></MedlineCitation>
</PubmedArticle>"""
PMIDS = range(99000001, 99000021)
RAWS = {pmid: (XML % (pmid, pmid % 7)).encode() for pmid in PMIDS} | {99000011: b"no XML"}


def parcels(*, killing_after: int = 0) -> Parcels:
    """Five records in each; before one of them all processes are killed."""

    def dealt(pmids: Sequence[int]) -> Iterator[Parcel]:
        for number, start in enumerate(range(0, len(pmids), 5)):
            if killing_after and number == killing_after:
                for child in active_children():
                    child.kill()
                    child.join()
            yield [(pmid, zlib.compress(RAWS[pmid])) for pmid in pmids[start : start + 5]]

    return dealt


@pytest.mark.parametrize("killing_after", [0, 1, 3])
def test_several_processes_gather_what_one_does_also_where_they_are_killed(killing_after: int) -> None:
    whole: list[Gathered] = list(gather_from(parcels(killing_after=killing_after), 2)(PMIDS, ROOMS))
    assert whole == [
        gathered(papers_in((pmid, RAWS[pmid]) for pmid in PMIDS[start : start + 5]))
        for start in range(0, len(PMIDS), 5)
    ]
    assert sum(len(some.texts["words"]) for some in whole) == len(PMIDS) - 1
    assert {kind for some in whole for kind, _ in some.values} >= {"date:create_date", "subset", "journal"}
