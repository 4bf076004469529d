"""Proves over real HTTP that all PMIDs are listed at any size, and that batches lose no record."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from collect.collectworld import record
from collect.eutilities import Asked, Reply, eutilities, in_turn, search_answer, searching
from collect.test_asking import Clock, asking
from litwatch.edge.pubmed import Batch
from litwatch.edge.pubmed.answers import Untrustworthy, read_search
from litwatch.errors import PubMedRefused, TooManyMatches
from litwatch.paper import Paper
from world import shared


@pytest.mark.parametrize(
    ("pmids", "most_requests"),
    [
        pytest.param(range(1, 101), 1, id="a hundred"),
        pytest.param(range(1, 10_000), 1, id="9,999: the most that one search gives"),
        pytest.param(range(5, 10_005), 3, id="10,000, all in one corner"),
        pytest.param(range(30_000_000, 30_011_033), 3, id="11,033"),
        pytest.param(
            (*range(1, 5_001), *range(38_000_000, 38_009_998)), 3, id="14,998 in two heaps, the most for 3"
        ),
        pytest.param(range(1, 41_000_000, 1640), 11, id="25,000 over all of PubMed"),
        pytest.param((*range(30_000_000, 30_015_000), *range(99_000_001, 99_012_000)), 40, id="two heaps"),
        pytest.param((), 1, id="none"),
    ],
)
def test_every_pmid_is_listed_once_at_any_size(pmids: range, most_requests: int) -> None:
    with eutilities(searching(pmids)) as server:
        pubmed = asking(server)
        found = pubmed.enumerate("ketamine[tiab] OR x[tiab]")
        pubmed.close()
    assert found.pmids == tuple(pmids)
    assert found.count == len(pmids)
    assert len(server.asked) <= most_requests
    assert all("(ketamine[tiab] OR x[tiab])" in asked.form["term"] for asked in server.asked)


def test_three_requests_do_in_whatever_order_pubmed_lists() -> None:
    pmids = range(30_000_000, 30_014_998)
    for shuffled in (sorted(pmids), Random(1).sample(pmids, len(pmids)), [*pmids[5_000:], *pmids[:5_000]]):
        with eutilities(searching(shuffled, as_given=True)) as server:
            pubmed = asking(server)
            assert pubmed.enumerate("x").pmids == tuple(pmids)
            pubmed.close()
        assert len(server.asked) == 3


def test_a_count_that_changes_between_parts_is_taken_again() -> None:
    before, after = searching(range(1, 30_001)), searching(range(1, 30_002))
    asked_before = 4

    def answer(asked: Asked) -> Reply:
        return (before if len(server.asked) <= asked_before else after)(asked)

    with eutilities(answer) as server:
        pubmed = asking(server)
        found = pubmed.enumerate("x")
        pubmed.close()
    assert found.pmids == tuple(range(1, 30_002))
    assert pubmed.tally.retries == {"count-changed": 1}


def test_a_count_that_never_stands_still_is_refused() -> None:
    def answer(asked: Asked) -> Reply:
        return searching(range(1, 30_001 + len(server.asked)))(asked)

    with eutilities(answer) as server:
        pubmed = asking(server)
        with pytest.raises(PubMedRefused, match="do not add up"):
            pubmed.enumerate("x")
        pubmed.close()


def test_a_part_that_holds_pmids_of_another_is_not_believed() -> None:
    def answer(asked: Asked) -> Reply:
        reply = searching(range(1, 30_001))(asked)
        if "1:14648[uid]" in asked.form["term"] or ":" in asked.form["term"]:
            return Reply(reply.body.replace(b"<Id>7</Id>", b"<Id>29999</Id>"))
        return reply

    with eutilities(answer) as server:
        pubmed = asking(server)
        with pytest.raises(PubMedRefused):
            pubmed.enumerate("x")
        pubmed.close()


def test_a_query_beyond_the_limit_is_refused_with_advice_and_never_truncated() -> None:
    with eutilities(searching(range(1, 2_000))) as server:
        pubmed = asking(server)
        with pytest.raises(TooManyMatches, match=r"1,999 papers.*enumerate_limit \(1,000\).*narrow it"):
            pubmed.enumerate("x", 1_000)
        pubmed.close()
    assert len(server.asked) == 1


def fetching(spoil: Callable[[list[int], bytes], Reply] | None = None) -> Callable[[Asked], Reply]:
    """An EFetch that knows every PMID; `spoil` may make another reply of (PMIDs, good body)."""

    def answer(asked: Asked) -> Reply:
        pmids = [int(pmid) for pmid in asked.form["id"].split(",")]
        body = _set(record(pmid, date(2026, 3, 1)) for pmid in pmids)
        return spoil(pmids, body) if spoil else Reply(body)

    return answer


def _set(records: Iterable[bytes]) -> bytes:
    return (
        b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>'
        + b"".join(records)
        + b"</PubmedArticleSet>"
    )


def fetched(answer: Callable[[Asked], Reply], pmids: range, **changed: Any) -> tuple[list[Batch], int]:
    with eutilities(answer) as server:
        pubmed = asking(server, **changed)
        batches = list(pubmed.fetch(tuple(pmids)))
        pubmed.close()
    return batches, len(server.asked)


def pmids_of(batches: list[Batch]) -> list[int]:
    return [paper.pmid for batch in batches for paper, _ in batch.records if isinstance(paper, Paper)]


def test_records_come_200_a_request_with_their_bytes() -> None:
    batches, requests = fetched(fetching(), range(1, 502))
    assert requests == 3
    assert [len(batch.records) for batch in batches] == [200, 200, 101]
    assert pmids_of(batches) == list(range(1, 502))
    assert batches[2].records[-1][1] == record(501, date(2026, 3, 1))


def test_what_does_not_come_is_missing_and_what_was_not_asked_for_is_ignored() -> None:
    def spoil(pmids: list[int], body: bytes) -> Reply:
        return Reply(_set(record(pmid, date(2026, 3, 1)) for pmid in (*pmids[1:], 999)))

    (batch,), _ = fetched(fetching(spoil), range(1, 11))
    assert batch.missing == (1,)
    assert pmids_of([batch]) == list(range(2, 11))
    assert batch.failed is None


def test_an_answer_without_any_of_many_records_is_asked_for_again_but_one_of_few_may_be_gone() -> None:
    empty = Reply(_set(()))
    with eutilities(
        in_turn(empty, Reply(_set(record(pmid, date(2026, 3, 1)) for pmid in range(1, 21))))
    ) as server:
        pubmed = asking(server)
        (batch,) = pubmed.fetch(tuple(range(1, 21)))
        pubmed.close()
    assert batch.missing == ()
    assert pubmed.tally.retries == {"none-came": 1}
    (batch,), requests = fetched(in_turn(empty), range(1, 4))
    assert (batch.missing, batch.failed, requests) == ((1, 2, 3), None, 1)


def test_of_two_versions_the_higher_is_taken() -> None:
    def spoil(pmids: list[int], body: bytes) -> Reply:
        old, new = record(7, date(2026, 3, 1), title="old"), record(7, date(2026, 3, 1), title="new")
        new = new.replace(b'Version="1"', b'Version="2"')
        return Reply(_set((new, old)))

    (batch,), _ = fetched(fetching(spoil), range(7, 8))
    assert [paper.title for paper, _ in batch.records if isinstance(paper, Paper)] == ["new"]


@pytest.mark.parametrize("status", [200, 500])
def test_one_poisonous_record_takes_no_other_with_it(status: int) -> None:
    def spoil(pmids: list[int], body: bytes) -> Reply:
        return Reply(body[: len(body) // 2], status) if 137 in pmids else Reply(body)

    batches, requests = fetched(fetching(spoil), range(1, 401))
    assert [batch.missing for batch in batches] == [(137,), ()]
    assert batches[0].failed is None  # PubMed is there, this record is not: it stays wanted
    assert sorted(pmids_of(batches)) == [pmid for pmid in range(1, 401) if pmid != 137]
    assert requests < 40


def test_an_outage_is_not_knocked_at_for_every_batch() -> None:
    batches, requests = fetched(lambda asked: Reply(status=503), range(1, 2_001), retry_budget_seconds=10.0)
    assert all(batch.failed and batch.missing == batch.asked for batch in batches)
    assert len(batches) == 10
    assert requests < 12


def test_failures_that_take_long_are_not_tried_again_in_halves_for_hours() -> None:
    clock = Clock()

    def slowly_bad(asked: Asked) -> Reply:
        clock.now += 15.0
        return Reply(b"<PubmedArticleSet>", 500)

    batches, requests = fetched(slowly_bad, range(1, 401), clock=clock, retry_budget_seconds=1_000.0)
    assert all(batch.failed and batch.missing == batch.asked for batch in batches)
    assert len(batches) == 2
    assert requests < 8  # ten timeouts of five seconds, then nothing a second time


def test_a_good_answer_ends_what_failures_before_it_had_worn_out() -> None:
    clock = Clock()

    def answer(asked: Asked) -> Reply:
        if len(server.asked) <= 5:
            clock.now += 15.0
            return Reply(b"", 500)
        return Reply(search_answer([1])) if len(server.asked) != 7 else Reply(b"", 500)

    with eutilities(answer) as server:
        pubmed = asking(server, clock, retry_budget_seconds=1_000.0)
        with pytest.raises(PubMedRefused):
            pubmed.search("x")
        while len(server.asked) < 6:
            with contextlib.suppress(PubMedRefused):
                pubmed.search("x")
        assert pubmed.search("y").pmids == (1,)  # asked twice
        pubmed.close()
    assert len(server.asked) == 8


@pytest.mark.parametrize("number", [6, 7])
def test_a_real_answer_of_another_database_lists_what_can_be_no_pmid(number: int) -> None:
    with pytest.raises(Untrustworthy, match="no PMID"):
        read_search(shared(f"eutils/esearch{number}.xml").read_bytes(), 0, 20)


@pytest.mark.parametrize("number", [1, 2, 3, 5, 8])
def test_real_answers_are_read_as_bio_entrez_reads_them(number: int) -> None:
    from Bio import Entrez

    path = shared(f"eutils/esearch{number}.xml")
    body = path.read_bytes()
    with path.open("rb") as stream:
        theirs = Entrez.read(stream)  # type: ignore[no-untyped-call]
    ours = read_search(body, int(theirs["RetStart"]), int(theirs["RetMax"]))
    assert ours.count == int(theirs["Count"])
    assert list(map(str, ours.pmids)) == list(theirs["IdList"])
    assert ours.translation == theirs["QueryTranslation"]
    assert bool(ours.errors) == ("ErrorList" in theirs)


def test_reading_answers_needs_no_home_no_network_and_leaves_no_folder(tmp_path: Path) -> None:
    body = search_answer([3, 1]).replace(b"dtd/20060628/esearch.dtd", b"dtd/20990101/not-shipped.dtd")
    (tmp_path / "answer.xml").write_bytes(body)
    home = tmp_path / "home"
    home.mkdir()
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('the network')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from litwatch.edge.pubmed.answers import read_search\n"
        "print(read_search(open(sys.argv[1], 'rb').read(), 0, 9999).pmids)"
    )
    for place in (home, Path("/proc/nowhere")):
        told = subprocess.run(
            [sys.executable, "-W", "error::UserWarning", "-c", code, str(tmp_path / "answer.xml")],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "HOME": str(place)},
        )
        assert (told.stdout, told.stderr) == ("(3, 1)\n", "")
    assert list(home.iterdir()) == []


def test_an_answer_of_every_fault_in_turn_still_ends_well() -> None:
    faults = [Reply(status=503), Reply(b""), Reply(b"<html>"), Reply(search_answer([1, 2], count=3))]
    with eutilities(in_turn(*faults, Reply(search_answer([1, 2])))) as server:
        pubmed = asking(server)
        assert pubmed.enumerate("x").pmids == (1, 2)
        pubmed.close()
    assert sum(pubmed.tally.retries.values()) == 4
