"""Proves that `trace` tells the whole story of a paper and of a reader, as it stands in the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import jsonschema
import pytest

from litwatch.decide.due import Schedule
from litwatch.decide.standing import next_digest, why_not_owed
from litwatch.edge.document_schema import json_schema
from world import World, world

SINCE = datetime(2026, 3, 8, 7, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def after_a_retraction(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A first look, a mail, papers that changed, and a mail with a retraction."""
    with world(tmp_path_factory.mktemp("trace"), today="2026-03-08") as here:
        for outcome in here.weeks("2026-03-08", "2026-03-09", "2026-03-12", "2026-03-16", "2026-03-23"):
            assert outcome.code == 0, outcome.err
        yield here


def papers(here: World) -> list[dict[str, Any]]:
    return here.litwatch("papers", "--json").objects()


def traced(here: World, target: str) -> dict[str, Any]:
    [told] = here.litwatch("trace", target, "--json").objects()
    return told


def test_a_paper_that_was_sent_and_then_retracted_has_its_whole_story(after_a_retraction: World) -> None:
    here = after_a_retraction
    [paper] = [one for one in papers(here) if any(told["kind"] == "retraction" for told in one["notices"])]
    [told] = [told for told in paper["notices"] if told["kind"] == "retraction"]
    story = traced(here, paper["pmid"])
    [watch] = story["watches"]
    assert (story["title"], watch["arrival"], watch["tags"]) == (paper["title"], "new", list(paper["tags"]))
    assert watch["first_seen"] == watch["arrived"] == paper["first_seen"]
    [reader] = watch["readers"]
    assert (reader["address"], reader["standing"], reader["owed"]) == ("you@example.org", "active", False)
    [sent] = reader["digests"]
    assert (sent["state"], sent["attempts"]) == ("sent", 1)
    assert reader["verdict"] == f"sent {sent['sent'][:10]} 07:05 UTC, in the digest {sent['period']}"
    assert any("links" in change["parts"] for change in story["changes"])
    [notice] = [one for one in story["notices"] if one["kind"] == "retraction"]
    assert notice["notice_pmid"] == told["pmid"]
    assert [one["period"] for one in notice["digests"]] == ["2026-W13"]
    text = here.litwatch("trace", paper["pmid"]).out
    assert text.startswith(f"{paper['pmid']}  {paper['title']}\n")
    for said in ("it came as new", reader["verdict"], f"retraction: told by {told['pmid']}", "changed "):
        assert said in text
    # The notice's own record tells of whom it speaks.
    assert f"retraction: of {paper['pmid']}" in here.litwatch("trace", told["pmid"]).out


def test_other_records_of_a_paper_stand_beside_it_in_trace_and_in_papers(after_a_retraction: World) -> None:
    here = after_a_retraction
    validator = jsonschema.Draft202012Validator(json_schema())
    listed = {one["pmid"]: one for one in papers(here)}
    for one in listed.values():
        validator.validate(one)
        assert one["gone"] is None
    [pair] = {frozenset((pmid, each["pmid"])) for pmid, one in listed.items() for each in one["versions"]}
    preprint, article = sorted(pair)
    assert listed[preprint]["preprint"]
    for one, other in ((preprint, article), (article, preprint)):
        assert listed[one]["versions"] == traced(here, one)["versions"] == [{"pmid": other, "how": "pubmed"}]
        assert f"  the same paper: {other} (PubMed links them)\n" in here.litwatch("trace", one).out


def test_a_paper_of_the_backlog_was_not_sent_and_it_says_why(after_a_retraction: World) -> None:
    backlog = next(
        one for one in papers(after_a_retraction) if one["arrival"] == "backlog" and one["title"] is None
    )
    story = traced(after_a_retraction, backlog["pmid"])
    [watch] = story["watches"]
    assert (story["title"], story["fetched"], watch["tags"]) == (None, None, None)
    assert [one["verdict"] for one in watch["readers"]] == ["not sent: it was there before the watch began"]
    assert "(never fetched)" in after_a_retraction.litwatch("trace", backlog["pmid"]).out


def test_a_reader_has_each_digest_what_is_owed_and_when_the_next_one_comes(after_a_retraction: World) -> None:
    story = traced(after_a_retraction, " You@Example.org ")
    [one] = story["subscriptions"]
    assert (story["address"], one["frequency"], one["standing"]) == ("you@example.org", "weekly", "active")
    assert [each["period"] for each in one["digests"]] == ["2026-W11", "2026-W12", "2026-W13"]
    arrived = [paper for paper in papers(after_a_retraction) if paper["arrival"] in ("new", "late")]
    assert sum(each["papers"] for each in one["digests"]) == len(arrived)
    assert one["owed"] == []
    assert one["next"] is not None
    text = after_a_retraction.litwatch("trace", "you@example.org").out
    assert "2026-W13  2026-03-23T07:05:00Z  sent" in text
    assert "owed now: 0 papers, 0 notices" in text
    assert "next digest: " in text


@pytest.mark.parametrize("target", ["nobody@example.org", "1", "99999999"])
def test_what_is_not_known_is_one_line_and_exit_1(after_a_retraction: World, target: str) -> None:
    outcome = after_a_retraction.litwatch("trace", target)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (1, "", 1)
    assert target in outcome.err


@pytest.mark.parametrize("target", ["ketamine", "", "1234567890", "-3"])
def test_what_is_neither_a_pmid_nor_an_address_is_wrong_use(after_a_retraction: World, target: str) -> None:
    outcome = after_a_retraction.litwatch("trace", target)
    assert (outcome.code, outcome.out) == (2, "")


def test_before_anything_ran_the_readers_of_the_file_are_known_and_no_paper_is(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with world(tmp_path_factory.mktemp("empty"), today="2026-03-08") as here:
        assert here.litwatch("trace", "99000021").code == 1
        outcome = here.litwatch("trace", "you@example.org")
        assert outcome.code == 0
        assert "begins with the first run" in outcome.out


def test_a_mail_that_no_server_takes_is_told_with_its_error_and_its_papers_are_not_lost(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with world(tmp_path_factory.mktemp("smtp"), today="2026-03-08") as here:
        here.environment |= {
            "LITWATCH_MAIL__TRANSPORT": "smtp",
            "LITWATCH_MAIL__HOST": "127.0.0.1",
            "LITWATCH_MAIL__PORT": "1",
            "LITWATCH_MAIL__SECURITY": "none",
            "LITWATCH_MAIL__FROM": "litwatch@example.org",
        }
        here.weeks("2026-03-08", "2026-03-09")
        [one] = traced(here, "you@example.org")["subscriptions"]
        [digest] = one["digests"]
        assert (digest["state"], digest["sent"], digest["attempts"]) == ("open", None, 1)
        assert "127.0.0.1" in digest["last_error"]
        new = next(paper for paper in papers(here) if paper["arrival"] == "new")
        [watch] = traced(here, new["pmid"])["watches"]
        assert watch["readers"][0]["verdict"].startswith(
            "not taken by the mail server yet, in the digest 2026-W11"
        )
        assert here.litwatch("subscribers", "pause", "you@example.org").code == 0
        [watch] = traced(here, new["pmid"])["watches"]
        assert watch["readers"][0]["verdict"] == "not sent: the subscription is paused"
        assert watch["readers"][0]["digests"][0]["state"] == "given-up"
        [one] = traced(here, "you@example.org")["subscriptions"]
        assert (one["standing"], one["next"]) == ("paused", None)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": "backlog"}, "not sent: it was there before the watch began"),
        ({"state": "old"}, "not sent: it was too old when it came"),
        ({"state": "by-edit"}, "not sent: an edit of the query brought it"),
        ({"state": "wanted", "arrived_at": None}, "not yet: PubMed listed it and has not sent it yet"),
        ({"state": "held", "arrived_at": None}, "not yet: it is held until `litwatch collect --accept`"),
        ({"gone": "deleted"}, "not sent: PubMed no longer has it"),
        ({"standing": "unsubscribed"}, "not sent: the subscription is unsubscribed"),
        (
            {"arrived_at": datetime(2026, 3, 8, 7, 4, tzinfo=UTC)},
            "not sent: it came before the subscription began or resumed (2026-03-08 07:05 UTC)",
        ),
    ],
)
def test_why_a_paper_is_not_owed_is_said_in_words(facts: dict[str, Any], words: str) -> None:
    usual: dict[str, Any] = {
        "state": "new",
        "arrived_at": SINCE,
        "gone": None,
        "standing": "active",
        "since": SINCE,
    }
    wanted = {**usual, **facts}
    assert why_not_owed(wanted.pop("state"), wanted.pop("arrived_at"), **wanted) == words


@pytest.mark.parametrize(
    ("now", "last_claim", "last_good", "when", "why"),
    [
        ("2026-03-10T09:00Z", "2026-03-09T07:05Z", "2026-03-10T05:00Z", "2026-03-16T07:00Z", ""),
        (
            "2026-03-16T07:05Z",
            "2026-03-09T07:05Z",
            "2026-03-16T05:00Z",
            "2026-03-16T07:05Z",
            "is due with the next",
        ),
        (
            "2026-03-16T07:05Z",
            "2026-03-09T07:05Z",
            "2026-03-08T05:00Z",
            "2026-03-17T07:00Z",
            "waits for a search",
        ),
    ],
)
def test_when_the_next_digest_comes_is_what_deliver_would_do(
    now: str, last_claim: str, last_good: str, when: str, why: str
) -> None:
    moment, said = next_digest(
        Schedule("weekly", "monday", 1, time(7), "UTC"),
        datetime.fromisoformat(now),
        since=SINCE,
        last_claim=datetime.fromisoformat(last_claim),
        look=Schedule("daily", time=time(5)),
        last_good=datetime.fromisoformat(last_good),
    )
    assert moment == datetime.fromisoformat(when)
    assert why in said
    assert bool(why) == bool(said)
