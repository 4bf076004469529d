"""Proves that what happens to a paper is told once to each reader, whichever record says it first.

Weeks are played with PubMed's clock; every record is fetched again many times in them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from litwatch.edge.store.subscriptions import sync_subscriptions
from litwatch.query.parse import parse
from notices.noticeworld import ME, SHE, World, day, record, world

KINDS = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text("utf-8"))["kind"]
PAPER, NOTICE = 99000001, 99000091
BEFORE = day(0) - timedelta(days=1)
DAY = timedelta(days=1)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.publish(BEFORE, record(99000002, created=BEFORE))
        yield made


def times(here: World, words: str, address: str = ME) -> list[int]:
    """In how many places each mail says that."""
    return [text.count(words) for text in here.texts(address)]


@pytest.mark.parametrize("first", ["paper", "notice", "both"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind["is"]))
def test_each_kind_is_told_once_whichever_record_pubmed_changes_first(
    kind: dict[str, Any], first: str, here: World
) -> None:
    here.publish(BEFORE, record(PAPER, created=BEFORE))
    here.play(BEFORE, day(0))
    of_paper = record(PAPER, created=BEFORE, links=[(kind["paper"], NOTICE)])
    of_notice = record(
        NOTICE,
        created=day(1),
        title="Ketamine: what was wrong",
        links=[(kind["notice"], PAPER)],
        abstract="Because.",
    )
    here.publish(
        day(1) + DAY,
        *(raw for name, raw in (("paper", of_paper), ("notice", of_notice)) if first in (name, "both")),
    )
    here.publish(day(2) + DAY, of_paper, of_notice)
    here.play(day(1), day(2), day(3), day(4))
    assert here.notices() == [(PAPER, kind["is"], NOTICE)]
    assert times(here, kind["told"]) == [0, 0, 1, 0, 0]
    assert times(here, kind["told"].split("Ketamine")[0]) == [0, 0, 1, 0, 0]
    _, _, told, after, *_ = here.mails()
    assert kind["subject"] in told["Subject"]
    assert not kind["subject"] or kind["subject"] not in after["Subject"]
    html = told.get_body(("html",))
    assert html is not None
    assert str(PAPER) in html.get_content()
    # Both ways: the paper names its notice, and the notice is found by its own number.
    assert [each.notice.notice_pmid for each in here.shown(PAPER).notices] == [NOTICE]


def test_a_retraction_that_pubmed_first_tells_by_its_type_alone_gets_its_notice_later_and_is_told_once(
    here: World,
) -> None:
    here.publish(BEFORE, record(PAPER, created=BEFORE))
    here.play(BEFORE, day(0))
    retracted = ("D016441", "Retracted Publication")
    here.publish(day(0) + DAY, record(PAPER, created=BEFORE, types=[retracted]))
    here.play(day(1))
    assert here.notices() == [(PAPER, "retraction", 0)]
    here.publish(
        day(1) + DAY, record(PAPER, created=BEFORE, types=[retracted], links=[("RetractionIn", NOTICE)])
    )
    here.play(day(2), day(3))
    assert here.notices() == [(PAPER, "retraction", NOTICE)]
    assert times(here, "*** RETRACTED ***") == [0, 1, 0, 0]


def test_every_erratum_is_told_once_with_or_without_a_pmid(here: World) -> None:
    def corrected(*errata: tuple[int | None, str]) -> bytes:
        raw = record(PAPER, created=BEFORE, links=[("ErratumIn", pmid) for pmid, _ in errata])
        for _, source in errata:
            raw = raw.replace(b"J Made-Up. 2026 Mar 9;1(1):1", source.encode(), 1)
        return raw

    here.publish(BEFORE, record(PAPER, created=BEFORE))
    here.play(BEFORE, day(0))
    in_print, later = (None, "J. 2026 Mar 9;1:2"), (None, "J. 2026 Apr;4:9")
    here.publish(day(0) + DAY, corrected(in_print))
    here.play(day(1))
    here.publish(day(1) + DAY, corrected(in_print, later))
    here.play(day(2))
    here.publish(day(2) + DAY, corrected((NOTICE, in_print[1]), later))
    here.play(day(3), day(4))
    assert here.notices() == [(PAPER, "erratum", -1), (PAPER, "erratum", NOTICE)]
    assert times(here, "Correction: Ketamine paper 99000001") == [0, 1, 1, 0, 0]


def test_a_concern_and_then_a_retraction_are_two_events(here: World) -> None:
    here.publish(BEFORE, record(PAPER, created=BEFORE))
    here.play(BEFORE, day(0))
    concern = ("ExpressionOfConcernIn", 99000090)
    here.publish(day(0) + DAY, record(PAPER, created=BEFORE, links=[concern]))
    here.play(day(1))
    here.publish(day(60), record(PAPER, created=BEFORE, links=[concern, ("RetractionIn", NOTICE)]))
    here.play(day(60) + DAY, day(61), day(62))
    assert times(here, "*** EXPRESSION OF CONCERN ***")[1] == 1
    assert sum(times(here, "*** RETRACTED ***")) == 1
    assert sum(times(here, "*** EXPRESSION OF CONCERN ***")) == 1


@pytest.mark.parametrize("came", ["backlog", "first list", "old", "by-edit", "mailed"])
def test_a_retraction_after_a_concern_is_told_within_a_day_however_the_paper_came(
    came: str, here: World
) -> None:
    concern, retraction = ("ExpressionOfConcernIn", 99000090), ("RetractionIn", NOTICE)
    mailed, known = came == "mailed", came in ("first list", "by-edit")
    created = BEFORE if mailed else day(-300)
    title = "Esketamine paper" if came == "by-edit" else "Ketamine paper"

    def paper(*links: tuple[str, int]) -> bytes:
        return record(PAPER, created=created, title=title, links=links)

    here.publish(day(0) if came == "old" else created, paper(*([concern] if known else [])))
    if came == "old":
        here.publish(created, record(PAPER, created=created, title="Esmolol", abstract="No."))
    here.play(BEFORE, day(0))
    if came == "by-edit":
        here.ask("ketamine[tiab] OR esketamine[tiab]")
    here.play(day(1))
    here.publish(day(1) + 5 * DAY, paper(concern))
    here.play(day(1) + 5 * DAY, day(2))
    here.publish(day(2) + DAY, paper(concern, retraction))
    here.play(day(2) + DAY)
    assert [kind for _, kind, _ in here.notices()] == ["expression-of-concern", "retraction"]
    here.play(day(3), day(4))
    assert times(here, f"*** RETRACTED *** {title}") == [0, 0, 0, 1, 0]
    assert sum(times(here, "*** EXPRESSION OF CONCERN ***")) == (not known)
    assert ("We had not sent it to you" in here.texts()[3]) == (not mailed)


def test_a_correction_of_a_final_paper_is_found_years_later_and_a_second_one_within_a_week_or_two(
    here: World,
) -> None:
    here.publish(BEFORE, record(PAPER, created=BEFORE))
    here.play(BEFORE, day(0))
    here.publish(day(150), record(PAPER, created=BEFORE, links=[("ErratumIn", NOTICE)]))
    here.publish(
        day(150) + DAY, record(PAPER, created=BEFORE, links=[("ErratumIn", NOTICE), ("ErratumIn", 99000092)])
    )
    here.play(day(150), day(151), day(152), day(153))
    assert here.notices() == [(PAPER, "erratum", NOTICE), (PAPER, "erratum", 99000092)]
    assert sum(times(here, "Correction: Ketamine paper 99000001")) == 2


@pytest.mark.parametrize("first", ["paper", "notice"])
def test_an_old_paper_that_nobody_was_sent_is_an_alert_once_to_everyone_when_it_is_retracted(
    first: str, here: World
) -> None:
    old = day(-300)
    here.publish(old, record(PAPER, created=old))
    here.readers(ME, SHE)
    here.play(BEFORE, day(0))
    of_paper = record(PAPER, created=old, links=[("RetractionIn", NOTICE)])
    of_notice = record(
        NOTICE, created=day(1), title="Ketamine: retraction notice", links=[("RetractionOf", PAPER)]
    )
    here.publish(day(0) + DAY, of_paper if first == "paper" else of_notice)
    here.publish(day(1) + DAY, of_paper, of_notice)
    here.play(day(0) + DAY, day(1), day(1) + DAY, day(2), day(3))
    for address in (ME, SHE):
        assert times(here, "*** RETRACTED *** Ketamine paper 99000001", address) == [0, 1, 0, 0]
        assert "We had not sent it to you" in here.texts(address)[1]
    assert here.shown(PAPER).paper is not None


def test_what_was_retracted_before_the_watch_began_is_known_and_no_news(here: World) -> None:
    old = day(-300)
    here.publish(old, record(PAPER, created=old, links=[("RetractionIn", NOTICE)]))
    here.play(BEFORE, day(0), day(1), day(2))
    assert sum(times(here, "RETRACTED")) == 0
    assert here.shown(PAPER).paper is None


def test_what_an_edit_of_the_query_brings_was_retracted_before_and_is_no_news(here: World) -> None:
    old = day(-300)
    here.publish(old, record(PAPER, created=old, title="Esketamine", links=[("RetractionIn", NOTICE)]))
    other = 99000003
    here.publish(old, record(other, created=old, title="Esketamine again"))
    here.play(BEFORE, day(0))
    here.ask("ketamine[tiab] OR esketamine[tiab]")
    here.play(day(1), day(2))
    assert here.shown(PAPER).arrival == "by-edit"
    assert sum(times(here, "RETRACTED")) == 0
    here.publish(
        day(2) + DAY, record(other, created=old, title="Esketamine again", links=[("RetractionIn", 99000093)])
    )
    here.play(day(3), day(4))
    assert times(here, "*** RETRACTED *** Esketamine again") == [0, 0, 0, 1, 0]


@pytest.mark.parametrize("way", ["renamed", "removed", "the last one"])
def test_what_a_watch_mailed_that_is_no_more_is_told_in_another_digest_of_its_readers(
    way: str, tmp_path_factory: pytest.TempPathFactory, backend: str
) -> None:
    with world(tmp_path_factory.mktemp("world"), backend) as here:
        here.publish(BEFORE, record(PAPER, created=BEFORE))
        old = here.mails_of.watches[0]
        query = "ketamine[tiab]" if way == "renamed" else "esmolol[tiab]"
        other = replace(old, name="other", query=parse(query), query_text=query)
        here.publish(BEFORE, record(99000002, created=BEFORE, title="Esmolol", abstract="Of rats."))
        both = (old, other) if way == "removed" else (old,)
        here.get(both, ME, SHE)
        here.play(BEFORE, day(0))
        here.get((other,), *([] if way == "the last one" else [ME]), "new@example.org")
        here.play(day(0) + DAY)
        here.publish(day(0) + 2 * DAY, record(PAPER, created=BEFORE, links=[("RetractionIn", NOTICE)]))
        (done,) = here.play(day(0) + 3 * DAY)
        here.play(day(1), day(2))
        assert here.notices() == [(PAPER, "retraction", NOTICE)]
        told = {ME: way != "the last one", SHE: False, "new@example.org": way == "renamed"}
        for address, is_told in told.items():
            assert sum(times(here, "*** RETRACTED ***", address)) == is_told, address
        sent = [mail for mail in here.mails() if "1 retraction (sent to you)" in mail["Subject"]]
        assert len(sent) == told[ME]
        assert done.refreshed is not None
        (note,) = [said for said in done.refreshed.notes if "is no more" in said]
        assert note.startswith(f"{PAPER} retracted or questioned: mailed by a watch that is no more to ")
        assert ("1 reader " if way != "the last one" else "2 readers ") in note


def test_a_reader_who_begins_later_is_not_told_what_was_told_before(here: World) -> None:
    here.publish(BEFORE, record(PAPER, created=BEFORE))
    here.play(BEFORE, day(0))
    here.publish(day(0) + DAY, record(PAPER, created=BEFORE, links=[("RetractionIn", NOTICE)]))
    here.play(day(1))
    here.readers(ME, SHE)
    here.play(day(1) + DAY, day(2), day(3))
    assert times(here, "RETRACTED") == [0, 1, 0, 0]
    assert sum(times(here, "RETRACTED", SHE)) == 0


def test_a_reader_who_begins_while_a_refresh_is_at_work_is_told_what_it_finds(here: World) -> None:
    old = day(-300)
    here.publish(old, record(PAPER, created=old))
    here.play(BEFORE, day(0))
    here.publish(day(0) + DAY, record(PAPER, created=old, links=[("RetractionIn", NOTICE)]))
    here.readers(ME, SHE)
    world = here.mails_of
    pairs = [(address, world.watches[0].name) for address in (ME, SHE)]
    sync_subscriptions(world.store, pairs, datetime.combine(day(1), time(7, 25), UTC))
    here.play(day(1))  # which began at five past seven, and files what it found at half past
    here.play(day(2), day(3))
    for address in (ME, SHE):
        assert sum(times(here, "*** RETRACTED *** Ketamine paper 99000001", address)) == 1


@pytest.mark.parametrize(
    "struck",
    [
        {"links": [("RetractionIn", NOTICE)]},
        {"types": [("D016441", "Retracted Publication")]},
        {"title": "RETRACTED: Ketamine paper 99000001"},
        {"title": "[Retracted] Ketamine paper 99000001"},
    ],
    ids=["link", "type", "title", "title in brackets"],
)
def test_a_paper_that_is_retracted_when_it_is_found_is_never_shown_as_a_finding(
    struck: dict[str, Any], here: World
) -> None:
    here.play(BEFORE, day(0))
    here.publish(day(0) + DAY, record(PAPER, created=day(0) + DAY, **struck))
    here.play(day(1), day(2))
    _, told, after = here.texts()
    assert "*** RETRACTED ***" in told
    assert "New in this search, not shown as a finding" in told
    assert "It was efficacious" not in told
    assert "No new papers." in told
    assert "RETRACTED" not in after


def test_a_notice_that_has_the_title_of_its_paper_is_told_as_a_notice(here: World) -> None:
    here.publish(BEFORE, record(PAPER, created=BEFORE))
    here.play(BEFORE, day(0))
    here.publish(
        day(0) + DAY,
        record(
            NOTICE,
            created=day(0) + DAY,
            title="Retracted: Ketamine paper 99000001",
            links=[("RetractionOf", PAPER)],
        ),
    )
    here.play(day(1))
    assert here.notices() == [(PAPER, "retraction", NOTICE)]
    assert times(here, "*** RETRACTED *** Ketamine paper 99000001") == [0, 1]


def test_a_run_that_fails_in_the_middle_tells_it_once_when_it_is_made_good(here: World) -> None:
    here.publish(BEFORE, record(PAPER, created=BEFORE))
    here.play(BEFORE, day(0))
    here.publish(day(0) + DAY, record(PAPER, created=BEFORE, links=[("RetractionIn", NOTICE)]))
    here.faults = (("500", "efetch"),) * 20
    assert here.run(day(0) + DAY).exit_code == 1
    assert here.notices() == []
    here.play(day(0) + 2 * DAY, day(1), day(2))
    assert times(here, "*** RETRACTED ***") == [0, 1, 0]


def test_while_retractions_could_not_be_looked_for_each_mail_says_since_when(here: World) -> None:
    here.publish(BEFORE, record(PAPER, created=BEFORE))
    here.play(BEFORE, day(0))
    none, unasked = (
        "No retraction, expression of concern or correction became known.",
        "have not been looked for",
    )
    here.dropped = ("hasexpressionofconcernin",)
    here.publish(day(1), record(99000003, created=day(1)))
    assert [here.run(each).exit_code for each in (day(0) + DAY, day(1), day(2))] == [1, 1, 1]
    here.dropped = ()
    here.publish(day(3), record(99000004, created=day(3)))
    here.play(day(3), day(4))
    said = f"Retractions, expressions of concern and corrections {unasked} since 2 March 2026, 07:05"
    assert times(here, said) == [0, 1, 1, 0, 0]
    assert times(here, none) == [1, 0, 0, 1, 0]
    assert times(here, "A quiet week") == [0, 0, 0, 0, 1]
    for mail, is_said in zip(here.mails(), (False, True, True, False, False), strict=True):
        html = mail.get_body(("html",))
        assert html is not None
        assert (said in " ".join(html.get_content().split())) == is_said
        assert ("retractions not looked for" in mail["Subject"]) == is_said


def test_a_search_that_fails_the_first_time_makes_no_old_retraction_news(here: World) -> None:
    old = day(-300)
    here.publish(old, record(PAPER, created=old, links=[("RetractionIn", NOTICE)]))
    here.faults = (("500", "esearch"),) * 40
    assert here.run(BEFORE).exit_code == 1
    here.play(BEFORE + DAY, day(1), day(2))
    assert sum(times(here, "RETRACTED")) == 0


@pytest.mark.parametrize("first", ["preprint", "article", "both"])
def test_the_published_version_of_a_preprint_that_was_sent_is_told_once(first: str, here: World) -> None:
    preprint = ("D000076942", "Preprint")
    here.publish(BEFORE, record(PAPER, created=BEFORE, types=[preprint]))
    here.play(BEFORE, day(0))
    of_preprint = record(PAPER, created=BEFORE, types=[preprint], links=[("UpdateIn", NOTICE)])
    article = record(
        NOTICE, created=day(0) + DAY, title="Ketamine, as published", links=[("UpdateOf", PAPER)]
    )
    sides = (("preprint", of_preprint), ("article", article))
    here.publish(day(0) + DAY, *(raw for name, raw in sides if first in (name, "both")))
    here.publish(day(1) + DAY, of_preprint, article)
    here.play(day(1), day(2), day(3))
    assert here.notices() == [(PAPER, "update", NOTICE)]
    assert times(here, "Published version of a preprint") == [0, 1, 0, 0]
    # The article is shown when its own record comes, as the news itself or after it.
    assert [text.count("Ketamine, as published") > 0 for text in here.texts()].count(True) == 1
