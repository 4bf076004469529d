"""Proves over real HTTP that no answer that is none is believed, and that asking again has its manners."""

from __future__ import annotations

import re
import socket
import tomllib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from collect.eutilities import Asked, Eutilities, Reply, eutilities, in_turn, search_answer
from litwatch.edge.pubmed import PubMed
from litwatch.errors import PubMedError, PubMedRefused, PubMedUnreachable

CASES = tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))
GOOD = Reply(search_answer([2, 1]))


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def asking(server: Eutilities | str, clock: Clock | None = None, **changed: Any) -> PubMed:
    """A client that waits in no time."""
    clock = clock or Clock()
    values: dict[str, Any] = {
        "email": "ops@example.org",
        "requests_per_second": 1000.0,
        "timeout_seconds": 5.0,
        "retry_budget_seconds": 100.0,
        "clock": clock,
        "sleep": clock.sleep,
        "random": Random(1),
    }
    base_url = server if isinstance(server, str) else server.base_url
    return PubMed(base_url, **(values | changed))


@pytest.mark.parametrize(
    "case", CASES["passing"], ids=lambda case: f"{case['cause']}: {case.get('body', '')[:30]}"
)
def test_an_answer_that_is_none_is_asked_for_again_and_counted(case: dict[str, Any]) -> None:
    headers = {"Content-Encoding": case["encoding"]} if "encoding" in case else {}
    bad = Reply(case.get("body", "").encode(), case.get("status", 200), headers, case.get("cut"))
    with eutilities(in_turn(bad, GOOD)) as server:
        pubmed = asking(server)
        found = pubmed.search("x")
        pubmed.close()
    assert found.pmids == (2, 1)
    assert pubmed.tally.retries == {case["cause"]: 1}
    assert pubmed.tally.requests == 2


@pytest.mark.parametrize(
    "case", CASES["passing"], ids=lambda case: f"{case['cause']}: {case.get('body', '')[:30]}"
)
def test_an_answer_that_stays_none_is_an_error_and_never_zero_results(case: dict[str, Any]) -> None:
    headers = {"Content-Encoding": case["encoding"]} if "encoding" in case else {}
    bad = Reply(case.get("body", "").encode(), case.get("status", 200), headers, case.get("cut"))
    with eutilities(in_turn(bad)) as server:
        pubmed = asking(server, retry_budget_seconds=20.0)
        with pytest.raises(
            PubMedRefused, match=r"127\.0\.0\.1:\d+ \(esearch\.fcgi\) gave .*; asked \d+ times"
        ):
            pubmed.search("x")
        pubmed.close()
    assert pubmed.tally.waited <= 20


@pytest.mark.parametrize("case", CASES["final"], ids=lambda case: str(case["status"]))
def test_a_no_that_is_meant_is_told_at_once_with_what_to_do(case: dict[str, Any]) -> None:
    headers = {"Location": case["location"]} if "location" in case else {}
    with eutilities(in_turn(Reply(case.get("body", "").encode(), case["status"], headers))) as server:
        pubmed = asking(server)
        with pytest.raises(PubMedRefused, match=re.escape(case["says"])):
            pubmed.search("x")
        pubmed.close()
    assert pubmed.tally.requests == case["requests"]


HERE = datetime(2026, 3, 9, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("apart", "believed"),
    [
        (timedelta(hours=-23), True),
        (timedelta(hours=23), True),
        (timedelta(hours=-25), False),
        (timedelta(hours=25), False),
        (timedelta(days=-1800), False),
        (timedelta(days=1800), False),
    ],
    ids=str,
)
def test_no_answer_is_believed_while_our_clock_is_more_than_a_day_off_pubmeds(
    apart: timedelta, believed: bool
) -> None:
    dated = Reply(GOOD.body, headers={"Date": format_datetime(HERE + apart, usegmt=True)})
    with eutilities(in_turn(dated)) as server:
        pubmed = asking(server, wall_clock=HERE.timestamp)
        if believed:
            assert pubmed.search("x").pmids == (2, 1)
        else:
            with pytest.raises(
                PubMedRefused, match=r"clock says 2026-03-09 07:05 UTC, more than a day apart"
            ):
                pubmed.search("x")
            assert pubmed.tally.retries == {"clock": 1}
        pubmed.close()


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Mar 2026 07:05:00 GMT"])
def test_an_answer_without_a_date_that_can_be_read_is_an_answer(date: str) -> None:
    with eutilities(in_turn(Reply(GOOD.body, headers={"Date": date}))) as server:
        pubmed = asking(server)
        assert pubmed.search("x").pmids == (2, 1)
        pubmed.close()


def test_every_call_is_a_post_with_tool_and_email_and_no_key_in_its_url() -> None:
    with eutilities(in_turn(GOOD)) as server:
        pubmed = asking(server, api_key="s3cret")
        pubmed.search("a OR b")
        pubmed.close()
    (asked,) = server.asked
    assert asked.form | {"term": "(a OR b)"} == asked.form
    assert (asked.form["tool"], asked.form["email"], asked.form["api_key"]) == (
        "litwatch",
        "ops@example.org",
        "s3cret",
    )
    assert "s3cret" not in asked.path
    assert "s3cret" not in str(asked.headers)


def test_the_key_stands_in_no_error_even_where_the_server_repeats_it() -> None:
    bad = Reply(b'{"error":"API key invalid","api-key":"s3cret"}', 400)
    with eutilities(in_turn(bad)) as server:
        pubmed = asking(server, api_key="s3cret")
        with pytest.raises(PubMedRefused) as error:
            pubmed.search("x")
        pubmed.close()
    causes: list[BaseException] = [error.value]
    while causes[-1].__cause__ is not None:
        causes.append(causes[-1].__cause__)
    assert not [cause for cause in causes if "s3cret" in str(cause) + repr(cause)]


def test_pubmed_that_is_not_there_is_unreachable_and_says_what_to_look_at() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pubmed = asking(f"http://127.0.0.1:{port}/entrez/eutils/", api_key="s3cret")
    with pytest.raises(
        PubMedUnreachable, match=r"connection refused; asked \d+ times.*pubmed\.base_url"
    ) as error:
        pubmed.search("x")
    assert "s3cret" not in str(error.value)
    assert pubmed.tally.retries["refused"] > 3
    assert pubmed.tally.waited <= 100


def test_a_server_asks_for_patience_and_gets_it() -> None:
    clock = Clock()
    told: list[tuple[str, float]] = []
    with eutilities(in_turn(Reply(status=429, headers={"Retry-After": "17"}), GOOD)) as server:
        pubmed = asking(server, clock, on_wait=lambda cause, seconds: told.append((cause, seconds)))
        pubmed.search("x")
        pubmed.close()
    assert told == [("429", 17.0)]


def test_patience_may_be_asked_for_by_a_date() -> None:
    clock = Clock()
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    with eutilities(in_turn(Reply(status=503, headers={"Retry-After": later}), GOOD)) as server:
        pubmed = asking(server, clock)
        pubmed.search("x")
        pubmed.close()
    assert 25 < max(clock.slept) <= 30


@pytest.mark.parametrize(("after", "asked"), [("60", 1), ("20", 2)])
def test_what_one_step_was_told_to_wait_the_next_step_of_the_run_waits_too(after: str, asked: int) -> None:
    busy = Reply(b"busy", 429, {"Retry-After": after})
    clock = Clock()
    with eutilities(in_turn(busy, GOOD)) as server:
        pubmed = asking(server, clock, retry_budget_seconds=25.0)
        pubmed.tally.waited = 10.0
        with pytest.raises(PubMedRefused, match="asked once"):
            pubmed.search("x")
        pubmed.tally.waited = 0.0  # a budget that holds the shorter wait by now
        if asked == 1:
            with pytest.raises(PubMedRefused, match=r"was not asked: .* 60 s more \(Retry-After\)"):
                pubmed.search("y")
            (batch,) = pubmed.fetch([1, 2])
            assert batch.missing == (1, 2)
            assert "was not asked" in (batch.failed or "")
        else:
            assert pubmed.search("y").pmids == (2, 1)
            assert clock.slept == [20.0]
        assert len(server.asked) == asked
        clock.now += 61
        assert pubmed.search("z").pmids == (2, 1)
        pubmed.close()


def test_more_patience_than_the_budget_holds_is_not_waited_for() -> None:
    clock = Clock()
    with eutilities(in_turn(Reply(status=429, headers={"Retry-After": "3600"}))) as server:
        pubmed = asking(server, clock)
        with pytest.raises(PubMedError, match="HTTP 429"):
            pubmed.search("x")
        pubmed.close()
    assert clock.now < 1


def test_pauses_grow_and_no_two_clients_wait_alike() -> None:
    slept = []
    for seed in (1, 2):
        clock = Clock()
        with eutilities(in_turn(Reply(status=503))) as server:
            pubmed = asking(server, clock, random=Random(seed))
            with pytest.raises(PubMedRefused):
                pubmed.search("x")
            pubmed.close()
        slept.append([seconds for seconds in clock.slept if seconds > 0.1])
        assert all(0.5 * 2**tried <= seconds <= 2**tried for tried, seconds in enumerate(slept[-1]))
    assert slept[0] != slept[1]


def test_requests_keep_their_distance_whatever_asks() -> None:
    clock = Clock()
    with eutilities(in_turn(GOOD)) as server:
        pubmed = asking(server, clock, requests_per_second=3.0)
        for _ in range(7):
            pubmed.search("x")
        pubmed.close()
    assert clock.now == pytest.approx(2.0)


def test_an_answer_that_trickles_is_given_up() -> None:
    class Ticking(Clock):
        def __call__(self) -> float:
            self.now += 20  # however many bytes the kernel hands over at once
            return self.now

    def answer(asked: Asked) -> Reply:
        return Reply(search_answer(range(1, 100)), drip=True)

    with eutilities(answer) as server:
        pubmed = asking(server, Ticking(), retry_budget_seconds=0.0)
        with pytest.raises(PubMedRefused, match="no whole answer in 15 s"):
            pubmed.search("x")
        pubmed.close()


def test_a_misspelt_field_and_warnings_come_through() -> None:
    more = (
        "<ErrorList><PhraseNotFound>abcxyz</PhraseNotFound><FieldNotFound>tiba</FieldNotFound></ErrorList>"
        "<WarningList><QuotedPhraseNotFound>a b</QuotedPhraseNotFound></WarningList>"
    )
    with eutilities(in_turn(Reply(search_answer([1], more=more)))) as server:
        pubmed = asking(server)
        found = pubmed.search("x")
        pubmed.close()
    assert found.errors == (("FieldNotFound", "tiba"), ("PhraseNotFound", "abcxyz"))
    assert found.warnings == (("QuotedPhraseNotFound", "a b"),)
    assert found.translation == "t"
