"""PubMed as the oracle: what it lists and we do not match, and the other way round, stands in the receipt.

Owns both directions, on a store and over HTTP against a sandbox that maps words without a tag as it is told.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import date

import pytest

from collect.collectworld import FakePubMed, after, day, record, settings, watch
from config.good_config import write
from litwatch.decide.agreement import Agreement, Disagreement
from litwatch.edge.config import Watch
from litwatch.edge.store.open import Store
from litwatch.jobs import comparing
from litwatch.jobs.collect import collect
from litwatch.jobs.receipt import LISTED, Receipt
from litwatch.jobs.refresh import refresh
from litwatch.paper import Paper
from litwatch.query.parse import parse
from litwatch.query.texts import Texts
from world import World, world

UNTAGGED = "dejection (approximate: a term without a tag)"


def named(name: str, query: str) -> Watch:
    from dataclasses import replace

    return replace(watch(query), name=name)


def run(store: Store, pubmed: FakePubMed, days: float, of: Watch, *, accept: bool = False) -> Receipt:
    return collect(of, pubmed, store, after(days), settings(), accept=accept)


def pubmed_of(**titles: str) -> FakePubMed:
    """A PubMed of the last week: p31="Ketamine" is PMID 31."""
    pubmed = FakePubMed()
    for name, title in titles.items():
        pmid = int(name[1:])
        pubmed.add(pmid, created=day(-3))
        pubmed.records[pmid] = record(pmid, day(-3), title=title)
    return pubmed


def test_what_pubmed_lists_and_we_do_not_match_is_named_with_the_part_that_fails(store: Store) -> None:
    pubmed = pubmed_of(p31="Ketamine", p32="Ketamine for depression", p33="Ketamine for depression in rats")
    receipt = run(
        store, pubmed, 0, watch("ketamine[ti] AND (mood[ti] OR depression[ti]) NOT (rats[ti] OR mice[ti])")
    )
    assert receipt.disagreements == {31: "mood[ti] OR depression[ti]", 33: "NOT rats[ti]"}
    assert receipt.disagreeing == {"disagreements": 2}
    assert receipt.compared == 3
    assert receipt.ok
    assert "2 disagreements with PubMed (2 listed only there)" in receipt.one_line()


def test_what_only_pubmed_knows_is_no_disagreement(store: Store) -> None:
    receipt = run(store, pubmed_of(p31="Mood"), 0, watch("mood[ti] AND systematic[sb]"))
    assert (receipt.disagreements, receipt.compared) == ({}, 1)
    assert "disagreement" not in receipt.one_line()


def test_a_paper_of_another_watch_that_we_match_and_pubmed_does_not_list_is_named(store: Store) -> None:
    pubmed = pubmed_of(p31="Ketamine", p32="Ketamine for depression", p33="Esketamine")
    narrow = "ketamine[ti] AND (mood[ti] OR depression[ti])"
    pubmed.matching[narrow] = lambda pmid: False
    run(store, pubmed, 0, named("wide", "ketamine[ti] OR esketamine[ti]"))
    receipt = run(store, pubmed, 0.1, named("narrow", narrow), accept=True)
    assert receipt.unlisted == {32: "ketamine[ti] AND depression[ti]"}
    assert receipt.disagreeing == {"unlisted": 1}
    assert receipt.compared == 3
    assert receipt.ok
    assert "1 disagreement with PubMed (1 matched only here)" in receipt.one_line()
    # Nothing was fetched since: nothing is told twice.
    assert run(store, pubmed, 1, named("narrow", narrow)).compared == 0


def test_a_paper_that_left_the_list_is_compared_once_it_was_fetched_again(store: Store) -> None:
    pubmed = pubmed_of(p31="Ketamine", p32="Ketamine")
    of = watch("ketamine[ti]")
    run(store, pubmed, 0, of)
    pubmed.matching["ketamine[ti]"] = lambda pmid: pmid != 32
    left = run(store, pubmed, 1, of)
    assert (left.no_longer_matching, left.unlisted) == (1, {})
    refresh(store, pubmed, [of], after(1))
    assert run(store, pubmed, 2, of).unlisted == {32: "ketamine[ti]"}
    # What PubMed has dropped altogether is no disagreement.
    del pubmed.created[32]
    refresh(store, pubmed, [of], after(2))
    assert run(store, pubmed, 3, of).unlisted == {}


def test_a_refreshed_paper_that_pubmed_lists_and_we_no_longer_match_is_named(store: Store) -> None:
    pubmed = pubmed_of(p31="Ketamine")
    of = watch("ketamine[ti]")
    assert run(store, pubmed, 0, of).disagreements == {}
    pubmed.records[31] = record(31, day(-3), title="Another title")
    refresh(store, pubmed, [of], after(0.6))
    assert run(store, pubmed, 1, of).disagreements == {31: "ketamine[ti]"}


def test_all_are_counted_and_the_first_hundred_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pubmed = FakePubMed()
    pubmed.add(*range(1, 131), created=day(-1))
    narrow = "ketamine[ti]"
    receipt = run(store, pubmed, 0, named("a", "psilocybin[ti]"))
    assert (len(receipt.disagreements), receipt.disagreeing) == (LISTED, {"disagreements": 130})
    pubmed.matching[narrow] = lambda pmid: False
    receipt = run(store, pubmed, 0.1, named("b", narrow), accept=True)
    assert (len(receipt.unlisted), receipt.disagreeing) == (LISTED, {"unlisted": 130})
    monkeypatch.setattr(comparing, "MOST", 7)
    assert run(store, pubmed, 0.2, named("c", narrow), accept=True).compared == 7


def test_of_too_many_papers_those_that_pubmed_does_not_list_go_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pubmed = FakePubMed()
    pubmed.add(*range(1, 31), created=day(-1))
    of = watch("ketamine[ti]")
    run(store, pubmed, 0, of)
    pubmed.matching["ketamine[ti]"] = lambda pmid: pmid != 5
    run(store, pubmed, 1, of)
    refresh(store, pubmed, [of], after(1))
    monkeypatch.setattr(comparing, "MOST", 1)
    receipt = run(store, pubmed, 2, of)
    assert (receipt.compared, receipt.unlisted) == (1, {5: "ketamine[ti]"})


def test_a_filed_paper_is_read_once_for_all_watches_and_anew_where_its_record_is_another() -> None:
    filed = comparing.Filed()
    records = {
        (pmid, title): zlib.compress(ARTICLE.format(pmid=pmid, title=title).encode())
        for pmid in range(1, comparing.KEPT + 3)
        for title in ("Ketamine", "Esketamine")
    }
    first = filed.texts(1, records[1, "Ketamine"])
    assert filed.texts(1, records[1, "Ketamine"]) is first
    assert filed.texts(1, records[1, "Esketamine"]).paper.title == "Esketamine"
    for pmid in range(1, comparing.KEPT + 3):
        filed.texts(pmid, records[pmid, "Esketamine"])
    assert filed.texts(1, records[1, "Ketamine"]) is not first
    assert len(filed._known) == comparing.KEPT


def test_a_paper_that_cannot_be_matched_is_noted_and_stops_nothing() -> None:
    class Poisoned(Agreement):
        def disagreement(
            self, paper: Paper, today: date, *, listed: bool, texts: Texts | None = None
        ) -> Disagreement | None:
            raise RuntimeError("poison")

    receipt = Receipt("collect", "w", after(0))
    comparing.compare(Poisoned(parse("ketamine[ti]")), Paper(31), day(0), receipt, listed=True)
    assert receipt.notes == ["PMID 31 could not be matched here: RuntimeError: poison"]
    assert receipt.ok


# Over HTTP: a PubMed that maps "dejection" to a heading and a synonym, as it maps words without a tag.

ARTICLE = (
    '<PubmedArticle><MedlineCitation Status="Publisher"><PMID Version="1">{pmid}</PMID><Article><Journal>'
    "<Title>Made-up Journal</Title></Journal><ArticleTitle>{title}</ArticleTitle></Article></MedlineCitation>"
    '<PubmedData><History><PubMedPubDate PubStatus="entrez"><Year>2026</Year><Month>3</Month><Day>6</Day>'
    "</PubMedPubDate></History></PubmedData></PubmedArticle>"
)
TITLES = {
    99000101: "Ketamine for melancholy",
    99000102: "Ketamine for dejection",
    99000103: "Ketamine for pain",
}


@pytest.fixture(scope="module")
def two_watches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("mapped")
    corpus = folder / "corpus.xml"
    articles = "".join(ARTICLE.format(pmid=pmid, title=title) for pmid, title in TITLES.items())
    corpus.write_text(f"<PubmedArticleSet>{articles}</PubmedArticleSet>", "utf-8")
    mappings = {"dejection": '"depressive disorder"[mh] OR melancholy[tiab]'}
    with world(folder / "here", corpus, today=date(2026, 3, 9), mappings=mappings) as here:
        (here.config / "watches/ketamine-depression.toml").unlink()
        mapped, wide = "ketamine[tiab] AND dejection", "ketamine[tiab]"
        files = {
            "watches/mapped.toml": f'title = "Mapped"\nquery = "{mapped}"\n',
            "watches/wide.toml": f'title = "Wide"\nquery = "{wide}"\n',
            "watches/ketamine.toml": "-",
            "watches/psilocybin.toml": "-",
            "subscribers.toml": '[[subscriber]]\naddress = "you@example.org"\nwatches = ["wide"]\n',
        }
        write(here.config, files)
        yield here


def test_both_directions_stand_in_receipt_log_line_and_status_over_http(two_watches: World) -> None:
    first = two_watches.run("2026-03-09T07:05:00Z", "--json")
    assert first.code == 0, first.err
    receipts = {one["watch"]: one for one in json.loads(first.out)["collected"]}
    assert receipts["mapped"]["disagreements"] == {"99000101": UNTAGGED}
    assert receipts["wide"]["disagreements"] == {}
    assert "1 disagreement with PubMed (1 listed only there, 1 approximate)" in first.err
    second = two_watches.run("2026-03-10T07:05:00Z", "--json")
    assert second.code == 0, second.err
    receipts = {one["watch"]: one for one in json.loads(second.out)["collected"]}
    assert receipts["mapped"]["disagreements"] == {"99000101": UNTAGGED}
    assert receipts["mapped"]["unlisted"] == {"99000102": f"ketamine[tiab] AND {UNTAGGED}"}
    assert receipts["mapped"]["disagreeing"] == {"disagreements": 1, "unlisted": 1, "approximate": 2}
    assert receipts["wide"]["disagreeing"] == {}
    assert (
        "2 disagreements with PubMed (1 listed only there, 1 matched only here, 2 approximate)" in second.err
    )
    status = two_watches.litwatch("status")
    assert "collect mapped: 2 disagreements with PubMed" in status.out
    assert f"99000101: PubMed lists it; not found here: {UNTAGGED}" in status.out
    assert f"99000102: PubMed does not list it; found here: ketamine[tiab] AND {UNTAGGED}" in status.out
    standing = json.loads(two_watches.litwatch("status", "--json").out)
    (told,) = [one for one in standing["runs"] if (one["job"], one["watch"]) == ("collect", "mapped")]
    assert told["unlisted"] == {"99000102": f"ketamine[tiab] AND {UNTAGGED}"}
