"""Proves that a receipt says all that the run did: on stdout, as JSON, in the store, and in the digest's foot."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from litwatch.decide.facts import Ledger
from world import World, world

# What every receipt of a look has to say (issue 5).
TOLD = {
    "query", "translation", "count", "enumerated", "arrivals", "fetched", "unreadable", "wanted", "disagreements",
    "unlisted", "refreshed", "notices", "requests", "retries", "seconds", "failures", "books", "balanced",
}  # fmt: skip


@pytest.fixture(scope="module")
def after_a_fault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A first look in which PubMed said 429 once, by its command."""
    with world(tmp_path_factory.mktemp("receipt"), today="2026-03-08") as here:
        yield here


def test_the_receipt_of_a_look_is_told_line_by_line_and_as_json(after_a_fault: World) -> None:
    here = after_a_fault
    here.environment["LITWATCH_PUBMED__RETRY_PAUSE_SECONDS"] = "0.01"
    here.pubmed.fault("429")
    outcome = here.litwatch("collect", "--now", "2026-03-08T07:05:00Z")
    assert outcome.code == 0, outcome.err
    lines = {line[2:14].strip(): line[15:] for line in outcome.out.splitlines() if line.startswith("  ")}
    assert outcome.out.startswith("collect ketamine-depression 2026-03-08T07:05:00")
    assert lines["query"].startswith("(ketamine*[tiab] OR ")
    assert re.search(r"\.\.\. \([\d,]+ characters\)$", lines["query"])
    assert lines["read as"]
    assert lines["PubMed"] == "28 papers, 28 enumerated"
    assert lines["came"] == "18 backlog, 10 new"
    assert lines["fetched"] == "10"
    assert lines["books"].endswith("they balance")
    assert lines["books"].startswith("28 = 18 backlog + 10 mailed + 0 owed") or "10 owed" in lines["books"]
    assert re.match(r"6, asked again for 429: 1 \(\d", lines["requests"])
    # Logs get one line.
    assert outcome.err.count("\n") == 1
    [told] = here.litwatch("collect", "--now", "2026-03-08T07:06:00Z", "--json").objects()
    assert set(told) >= TOLD
    assert told["balanced"] is True
    refreshed = here.litwatch("refresh", "--now", "2026-03-08T12:00:00Z")
    assert refreshed.out.startswith("refresh 2026-03-08T12:00:00")
    assert re.search(r"^  requests     \d, ", refreshed.out, re.MULTILINE)


def test_a_look_that_failed_says_why_in_its_receipt(after_a_fault: World) -> None:
    here = after_a_fault
    here.environment["LITWATCH_PUBMED__RETRY_BUDGET_SECONDS"] = "0"
    here.pubmed.fault("500", 5)
    outcome = here.litwatch("collect", "--now", "2026-03-08T08:00:00Z")
    del here.environment["LITWATCH_PUBMED__RETRY_BUDGET_SECONDS"]
    here.pubmed.faults.planned.clear()
    assert outcome.code == 1
    assert re.search(r"^  FAILED       127\.0\.0\.1.* HTTP 500", outcome.out, re.MULTILINE)
    assert "books        28 = 18 backlog" in outcome.out


def test_deliver_says_what_went_to_whom_and_the_foot_of_the_mail_holds_the_receipts(
    after_a_fault: World,
) -> None:
    here = after_a_fault
    assert here.run("2026-03-09T06:00:00Z").code == 0
    outcome = here.litwatch("deliver", "--now", "2026-03-09T07:05:00Z")
    assert "  sent         you@example.org, ketamine-depression 2026-W11\n" in outcome.out
    [mail] = here.mails()
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        text = " ".join(str(part.get_content()).split())
        for said in (
            "In this period: 28 papers enumerated; came: 18 backlog, 10 new; 10 fetched, none unreadable; ",
            "0 disagreements with PubMed; ",
            " asked again for 429: 1; ",
            "When PubMed was last searched, 28 matches were 18 backlog + 0 mailed + 10 owed",
            "What failed: 127.0.0.1",
        ):
            assert said in text, kind


def test_the_ledger_says_what_there_is_and_no_more() -> None:
    assert Ledger().in_words == (
        "In this period: nothing came; 0 fetched, none unreadable; 0 fetched again, 0 of them changed; 0 notices; "
        "0 disagreements with PubMed; 0 requests; 0 seconds."
    )
    full = Ledger(
        enumerated=5912,
        arrivals={"new": 14, "late": 1, "old": 0},
        fetched=15,
        unreadable=(99_000_007,),
        disagreements=1,
        refreshed=120,
        changed=3,
        notices=1,
        requests=1,
        retries={"429": 2, "cut": 1},
        seconds=12.4,
        books={"backlog": 5000, "mailed": 912},
        failures=("a", "b"),
    )
    assert full.in_words == (
        "In this period: 5,912 papers enumerated; came: 14 new, 1 late; 15 fetched, unreadable 99000007; 120 fetched "
        "again, 3 of them changed; 1 notice; 1 disagreement with PubMed; 1 request, asked again for 429: 2, cut: 1; "
        "12 seconds. When PubMed was last searched, 5,912 matches were 5,000 backlog + 912 mailed. What failed: a; b."
    )
