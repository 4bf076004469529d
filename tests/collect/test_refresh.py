"""Proves on the sandbox that what happens to a paper after it was filed is found, told once, and never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from collect.collectworld import after, day, record, retracted_by, settings, watch
from litwatch.edge.pubmed import PubMed
from litwatch.edge.store import showing
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import claim, claim_paper, tag
from litwatch.jobs.collect import collect
from litwatch.jobs.receipt import Receipt
from litwatch.jobs.refresh import refresh
from litwatch.sandbox.server import Sandbox

FINAL = "MEDLINE"


class World:
    """A sandbox whose files are written as we go, and a store that looks at it."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.store = store

    def file(self, days: int, *records: bytes) -> None:
        """An update file of that day."""
        whole = b'<?xml version="1.0"?>\n<PubmedArticleSet>' + b"".join(records) + b"</PubmedArticleSet>\n"
        (self.corpus / f"update-{day(days).isoformat()}.xml").write_bytes(whole)

    def run(
        self, days: float, *, again: bool = True, dropped: tuple[str, ...] = (), accept: bool = False
    ) -> tuple[Receipt, Receipt | None]:
        """Collect and refresh on that day, at a PubMed that knows no more what it `dropped`."""
        with Sandbox(self.corpus, today=day(days), dropped=dropped) as sandbox:
            pubmed = PubMed(sandbox.base_url, requests_per_second=1000, retry_budget_seconds=1)
            found = collect(watch(), pubmed, self.store, after(days), settings(), accept=accept)
            refreshed = refresh(self.store, pubmed, [watch()], after(days)) if again else None
            pubmed.close()
        return found, refreshed

    def mail(self, *pmids: int) -> None:
        """Say that these were mailed."""
        with self.store.writing() as connection:
            number = connection.execute(
                insert(claim).values(
                    subscriber="a@x",
                    watch="w",
                    period="1",
                    claimed_at=after(0),
                    message_id="1",
                    envelope_from="x",
                    state="sent",
                )
            ).inserted_primary_key
            assert number is not None
            connection.execute(insert(claim_paper), [{"claim": number[0], "pmid": pmid} for pmid in pmids])


@pytest.fixture
def world(tmp_path: Path, store: Store) -> World:
    return World(tmp_path, store)


def test_a_final_paper_that_was_mailed_is_found_when_it_is_retracted_years_later(world: World) -> None:
    world.file(0, record(1, day(-1), status=FINAL), record(2, day(-1), status=FINAL))
    world.run(0)
    world.mail(1)
    retraction = retracted_by(9) + (
        '<PublicationTypeList><PublicationType UI="D016441">Retracted Publication</PublicationType>'
        "</PublicationTypeList>"
    )
    inside, types = retraction.split("<PublicationTypeList>")
    struck = record(1, day(-1), status=FINAL, inside=inside).replace(
        b"</Article>", f"<PublicationTypeList>{types}</Article>".encode()
    )
    world.file(1000, struck)
    _, refreshed = world.run(1000)
    assert refreshed is not None
    assert [(told.pmid, told.kind, told.notice_pmid) for told in refreshed.notices] == [(1, "retraction", 9)]
    assert refreshed.changed == 1
    (shown,) = showing.papers(world.store, pmid=1)
    assert shown.notices[0].notice.date == "2026 Mar 9"
    assert shown.paper is not None
    assert [link.kind for link in shown.paper.links] == ["RetractionIn"]
    _, once_more = world.run(1001)
    assert once_more is not None
    assert once_more.notices == []


def test_what_is_final_old_and_unharmed_is_not_fetched_again(world: World) -> None:
    world.file(0, record(1, day(-1), status=FINAL), record(2, day(-1), status="Publisher"))
    world.run(0)
    _, young = world.run(50)
    _, old = world.run(200)
    assert young is not None
    assert old is not None
    assert (young.refreshed, young.changed) == (2, 0)
    assert (old.refreshed, old.changed) == (1, 0)


def test_a_new_abstract_tags_the_paper_anew(world: World) -> None:
    world.file(0, record(1, day(-1)))
    world.run(0)
    with world.store.reading() as connection:
        assert connection.execute(select(tag)).all() == []
    better = record(1, day(-1)).replace(
        b"</ArticleTitle>",
        b"</ArticleTitle><Abstract><AbstractText>It was harmful.</AbstractText></Abstract>",
    )
    world.file(3, better)
    _, refreshed = world.run(3)
    assert refreshed is not None
    assert refreshed.changed == 1
    with world.store.reading() as connection:
        row = connection.execute(select(tag)).one()
    assert (row.topic, row.spans[0]["text"]) == ("safety", "harmful")


def test_what_only_nlms_date_of_revision_changed_is_no_change(world: World) -> None:
    world.file(0, record(1, day(-1)))
    world.run(0)
    revised = b"<DateRevised><Year>2026</Year><Month>03</Month><Day>04</Day></DateRevised>"
    world.file(3, record(1, day(-1)).replace(b"<Article>", revised + b"<Article>"))
    _, refreshed = world.run(3)
    assert refreshed is not None
    assert (refreshed.refreshed, refreshed.changed) == (1, 0)


def test_a_paper_that_pubmed_deleted_is_marked_and_never_dropped(world: World) -> None:
    world.file(0, record(1, day(-1)), record(2, day(-1)))
    world.run(0)
    world.file(3, b"<DeleteCitation><PMID>1</PMID></DeleteCitation>")
    found, refreshed = world.run(3)
    assert refreshed is not None
    assert refreshed.gone == [1]
    assert found.balanced
    shown = {each.pmid: (each.gone, each.matching) for each in showing.papers(world.store)}
    assert shown == {1: ("deleted", False), 2: (None, True)}
    world.file(5, record(1, day(-1)))
    again, refreshed = world.run(5)
    assert again.balanced
    shown = {each.pmid: (each.gone, each.matching) for each in showing.papers(world.store)}
    assert shown == {1: (None, True), 2: (None, True)}


def test_a_record_that_is_only_mislaid_is_not_called_gone(world: World) -> None:
    world.file(0, record(1, day(-1)), record(2, day(-1)))
    world.run(0)
    with Sandbox(world.corpus, today=day(2)) as sandbox:
        pubmed = PubMed(sandbox.base_url, requests_per_second=1000, retry_budget_seconds=1)
        sandbox.fault("left-out", 1, "efetch")
        refreshed = refresh(world.store, pubmed, [watch()], after(2))
        pubmed.close()
    assert refreshed.refreshed == 1
    assert refreshed.gone == []


def test_what_was_fetched_in_the_same_run_is_not_fetched_twice(world: World) -> None:
    world.file(0, record(1, day(-1)))
    _, refreshed = world.run(0)
    assert refreshed is not None
    assert refreshed.refreshed == 0
    # Which matches are retracted, and which under concern, is asked twice before it is believed for the first time.
    assert refreshed.requests == 4


def test_the_most_stale_come_first_within_the_budget(world: World) -> None:
    world.file(0, *(record(pmid, day(-1)) for pmid in range(1, 301)))
    world.run(0)
    with Sandbox(world.corpus, today=day(1)) as sandbox:
        pubmed = PubMed(sandbox.base_url, requests_per_second=1000, retry_budget_seconds=1)
        fetched: list[int] = []
        for hours in (24, 25):
            receipt = refresh(
                world.store, pubmed, [watch()], after(0) + timedelta(hours=hours), request_budget=1
            )
            fetched.append(receipt.refreshed)
        pubmed.close()
        asked = [
            request.params["id"].split(",") for request in sandbox.requests if request.endpoint == "efetch"
        ]
    assert fetched == [200, 100]
    assert set(asked[0]) | set(asked[1]) == {str(pmid) for pmid in range(1, 301)}


def test_a_filter_that_pubmed_does_not_know_is_named_and_the_others_still_find(world: World) -> None:
    world.file(0, record(1, day(-1)))
    world.run(0)
    world.file(1, record(1, day(-1), inside=retracted_by(9)))
    _, refreshed = world.run(1, dropped=("hasretractedandrepublishedin",))
    assert refreshed is not None
    assert refreshed.ok
    (unknown,) = refreshed.notes
    assert "the filter hasretractedandrepublishedin" in unknown
    assert [told.kind for told in refreshed.notices] == ["retraction"]


def test_a_kind_of_fate_of_which_pubmed_knows_no_filter_is_a_failure_that_names_them(world: World) -> None:
    world.file(0, record(1, day(-1)))
    world.run(0)
    _, refreshed = world.run(1, dropped=("hasexpressionofconcernin",))
    assert refreshed is not None
    assert "PubMed does not know the filter hasexpressionofconcernin" in refreshed.failures[0]


def test_a_first_list_without_a_filter_is_no_list_and_what_it_lacked_is_no_news(world: World) -> None:
    world.file(
        0, *(record(pmid, day(-300), status=FINAL, inside=retracted_by(900 + pmid)) for pmid in (1, 2))
    )
    _, refreshed = world.run(0, dropped=("hasretractionin",))
    assert refreshed is not None
    (failure,) = refreshed.failures
    assert failure.startswith(
        "the retracted papers of w were not listed: PubMed does not know the filter hasretr"
    )
    _, refreshed = world.run(1)
    assert refreshed is not None
    assert (refreshed.ok, refreshed.notices, refreshed.refreshed) == (True, [], 0)


@pytest.mark.parametrize("fault", ["error", "500"])
def test_fates_that_pubmed_does_not_answer_keep_nothing_that_can_change_from_being_read(
    fault: str, world: World
) -> None:
    world.file(0, record(1, day(-1)))
    world.run(0)
    world.mail(1)
    world.file(3, record(1, day(-1), title="Ketamine was harmful"))
    with Sandbox(world.corpus, today=day(3)) as sandbox:
        pubmed = PubMed(sandbox.base_url, requests_per_second=1000, retry_budget_seconds=0.1)
        sandbox.fault(fault, 100, "esearch")
        refreshed = refresh(world.store, pubmed, [watch(), replace(watch(), name="v")], after(3))
        pubmed.close()
    assert [said.partition(":")[0] for said in refreshed.failures] == [
        "the retracted papers of w were not listed",
        "what befell papers that were mailed was not found out",
    ]
    assert (refreshed.refreshed, refreshed.changed) == (1, 1)


def test_a_flood_of_retractions_is_held_until_a_person_agrees(world: World) -> None:
    papers = {pmid: day(-900 if pmid < 25 else -1) for pmid in range(1, 26)}
    world.file(0, *(record(pmid, created, status=FINAL) for pmid, created in papers.items()))
    world.run(0)
    world.mail(25)
    struck = {pmid: retracted_by(900 + pmid) for pmid in papers}
    world.file(1, *(record(pmid, papers[pmid], status=FINAL, inside=struck[pmid]) for pmid in papers))
    _, refreshed = world.run(1)
    assert refreshed is not None
    (failure,) = refreshed.failures
    assert failure.startswith("25 papers of w are retracted or questioned at once")
    assert [told.pmid for told in refreshed.notices] == [25]  # it was mailed
    found, refreshed = world.run(2)
    assert found.failures[0].startswith("25 papers that were listed as retracted")
    assert refreshed is not None
    assert (refreshed.ok, refreshed.notices) == (True, [])
    found, refreshed = world.run(3, accept=True)
    assert found.ok
    assert refreshed is not None
    assert [told.pmid for told in refreshed.notices] == list(range(1, 25))
    assert world.run(4)[0].ok
