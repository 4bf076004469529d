"""Every fault does what its name says, when it was ordered, and no longer.

Owns faults. Never proves how a client survives them (tests/faults does).
"""

from __future__ import annotations

import http.client
import re
import socket
import time
import zlib
from collections.abc import Callable
from datetime import date

import pytest
from lxml import etree

from litwatch.errors import UsageError
from litwatch.sandbox.answers import Request
from litwatch.sandbox.faults import ADDRESSES, FAULTS
from litwatch.sandbox.server import Sandbox
from sandbox.asking import Got, ask, send

IDS = "99000001,99000002,99000003,99000004"
SEARCH = {"term": "ketamine[tiab]", "retmax": 9_999}


def broken_xml(got: Got) -> bool:
    try:
        etree.fromstring(got.body)
    except etree.XMLSyntaxError:
        return True
    return False


def not_gzip(got: Got) -> bool:
    try:
        zlib.decompress(got.body, 31)
    except zlib.error:
        return True
    return False


def page(got: Got, status: int) -> bool:
    return got.status == status and b"<html" in got.body and "html" in got.headers["Content-Type"]


def pmids(got: Got) -> list[str | None]:
    return [one.findtext("MedlineCitation/PMID") for one in got.xml]


def error(got: Got) -> str:
    return got.xml.findtext("ERROR", "")


# What an answer looks like that takes the place of any other.
REFUSED: dict[str, Callable[[Got], bool]] = {
    "429": lambda got: (
        got.status == 429 and "Retry-After" not in got.headers and "rate limit" in got.json["error"]
    ),
    "429-retry-after": lambda got: got.status == 429 and got.headers["Retry-After"] == "1",
    "429-tomorrow": lambda got: got.status == 429 and got.headers["Retry-After"] == "86400",
    "500": lambda got: page(got, 500),
    "502": lambda got: page(got, 502),
    "503": lambda got: page(got, 503) and got.headers["Retry-After"] == "1",
    "html": lambda got: page(got, 200),
    "html-400": lambda got: page(got, 400),
    "redirect": lambda got: got.status == 302 and "login" in got.headers["Location"],
    "key-refused": lambda got: got.status == 400 and got.json["error"] == "API key invalid",
    "error": lambda got: got.status == 200 and "exLinkSrv2" in error(got),
    "backend": lambda got: got.status == 200 and error(got).startswith("Search Backend failed"),
    "json-error": lambda got: got.status == 200 and "rate limit" in got.json["error"],
    "history-expired": lambda got: "Unable to obtain query #1" in error(got),
    "empty": lambda got: got.status == 200 and got.body == b"",
    "prolog-only": lambda got: got.body.startswith(b"<?xml") and got.body.endswith(b"?>\n"),
    "cut": lambda got: got.status == 200 and len(got.body) > 100 and broken_xml(got),
    "wrong-encoding": lambda got: b'encoding="ISO-8859-1"' in got.body[:60] and not broken_xml(got),
    "entities": lambda got: b"<!ENTITY b" in got.body[:300],
    "other-time": lambda got: got.status == 200 and " 2021 " in got.headers["Date"],
    "gzip-garbage": lambda got: got.headers["Content-Encoding"] == "gzip" and not_gzip(got),
}
# What EFetch answers instead of four records, the first of which is 99000001.
FETCHED: dict[str, Callable[[Got], bool]] = {
    "left-out": lambda got: pmids(got) == ["99000002", "99000004"],
    "no-records": lambda got: got.xml.tag == "PubmedArticleSet" and pmids(got) == [],
    "others-records": lambda got: len(pmids(got)) == 4 and not set(pmids(got)) & set(IDS.split(",")),
    "record-twice": lambda got: pmids(got)[:2] == ["99000001", "99000001"] and len(pmids(got)) == 5,
    "merged": lambda got: pmids(got) == ["999000001", "99000002", "99000003", "99000004"],
    "deleted": lambda got: pmids(got) == ["99000002", "99000003", "99000004"],
    "changed-record": lambda got: len(pmids(got)) == 4 and got.body.count(b"<Abstract>") == 3,
    "unknown-element": lambda got: len(got.xml.findall(".//Article/PlainSummary")) == 1,
    "unreadable-record": lambda got: broken_xml(got) and got.body.count(b"</ArticleTitel>") == 1,
    "not-utf8": lambda got: broken_xml(got) and got.body.count(b"\xc9tude") == 1,
    "control-characters": lambda got: broken_xml(got) and b"\x00\x0b" in got.body,
}
# What ESearch answers, held against the answer without the fault.
LISTED: dict[str, Callable[[Got, Got], bool]] = {
    "retstart-refused": lambda got, good: "'retstart' cannot be larger" in error(got),
    "wrong-count": lambda got, good: got.pmids == good.pmids and got.count == good.count + 7,
    "count-changes": lambda got, good: got.count == good.count + 1 == len(set(got.pmids) | set(good.pmids)),
    "duplicate-pmids": lambda got, good: len(got.pmids) == got.count == good.count == len(set(got.pmids)) + 1,
    "no-pmid": lambda got, good: b"<Id>PMC" in got.body,
    "nothing-found": lambda got, good: got.count == 0 and got.xml.find("ErrorList") is None,
    "short-list": lambda got, good: 0 < got.count == len(got.pmids) < good.count,
    "dead-heading": lambda got, good: got.count == 0 and bool(got.xml.findtext("ErrorList/PhraseNotFound")),
    "half-dead": lambda got, good: (
        0 < got.count < good.count and bool(got.xml.findtext("ErrorList/PhraseNotFound"))
    ),
    "field-dropped": lambda got, good: (
        got.count > good.count and bool(got.xml.findtext("ErrorList/FieldNotFound"))
    ),
    "translated-anew": lambda got, good: (
        got.pmids == good.pmids
        and got.xml.findtext("QueryTranslation") != good.xml.findtext("QueryTranslation")
    ),
    "clock-in-the-past": lambda got, good: set(got.pmids) < set(good.pmids),
}
WIRES: dict[str, type[Exception]] = {
    "refused": ConnectionResetError,
    "hung-up": http.client.RemoteDisconnected,
    "closed-early": http.client.IncompleteRead,
    "reset": ConnectionResetError,
    "slow-headers": TimeoutError,
    "trickle": TimeoutError,
}


def test_every_fault_has_a_test() -> None:
    assert {*REFUSED, *FETCHED, *LISTED, *WIRES} == set(FAULTS)
    assert len(FAULTS) + len(ADDRESSES) >= 30


@pytest.mark.parametrize("name", REFUSED | FETCHED)
def test_a_fault_comes_as_often_as_it_was_ordered(name: str) -> None:
    looks = {**REFUSED, **FETCHED}[name]
    with Sandbox(today="2026-03-30") as sandbox:
        before = ask(sandbox, "efetch", id=IDS)
        sandbox.fault(name, 2)
        assert looks(ask(sandbox, "efetch", id=IDS))
        assert sandbox.faults.played == {name: 1}
        ask(sandbox, "efetch", id=IDS)
        sandbox.set_today("2026-03-31")  # what is withdrawn is so for a day
        assert ask(sandbox, "efetch", id=IDS).body == before.body
        assert sandbox.faults.played == {name: 2}


@pytest.mark.parametrize("name", REFUSED)
def test_a_fault_spoils_searches_too(name: str) -> None:
    with Sandbox(today="2026-03-30", faults=[name]) as sandbox:
        assert REFUSED[name](ask(sandbox, "esearch", **SEARCH))
        assert ask(sandbox, "esearch", **SEARCH).count > 0


@pytest.mark.parametrize("name", LISTED)
def test_a_list_goes_wrong_once(name: str) -> None:
    with Sandbox(today="2026-03-14", faults=[name]) as sandbox:
        wrong, good = ask(sandbox, "esearch", **SEARCH), ask(sandbox, "esearch", **SEARCH)
        assert LISTED[name](wrong, good)
        assert wrong.body != good.body


def test_a_fault_is_not_spent_on_an_answer_in_which_nothing_could_go_wrong() -> None:
    with Sandbox(today="2026-03-30", faults=["left-out", "duplicate-pmids"]) as sandbox:
        assert len(ask(sandbox, "efetch", id="1").xml) == 0
        assert ask(sandbox, "esearch", term="99000001[uid]").count == 1
        assert sandbox.faults.played == {}
        assert len(ask(sandbox, "efetch", id=IDS).xml) == 2


@pytest.mark.parametrize("name", WIRES)
def test_a_connection_fails_and_the_next_one_does_not(name: str) -> None:
    with Sandbox(today="2026-03-30", second=0.3) as sandbox:
        before = ask(sandbox, "esearch", **SEARCH)
        sandbox.fault(name)
        connection = http.client.HTTPConnection("127.0.0.1", int(sandbox.address.rpartition(":")[2]), 0.2)
        connection.request("POST", "/entrez/eutils/esearch.fcgi", "db=pubmed&term=ketamine[tiab]")
        with pytest.raises(WIRES[name]):
            connection.getresponse().read()
        connection.close()
        if name == "refused":
            with pytest.raises(ConnectionRefusedError):
                ask(sandbox, "esearch", **SEARCH)
            time.sleep(0.7)
        assert ask(sandbox, "esearch", **SEARCH).body == before.body


def test_what_goes_wrong_before_a_connection_lies_in_the_address() -> None:
    for name in ADDRESSES:
        with Sandbox(faults=[name]) as sandbox:
            assert sandbox.base_url.startswith("https://")
            assert sandbox.base_url.endswith("/entrez/eutils/")
            sandbox.faults.end()
            assert sandbox.base_url.startswith("http://127.0.0.1:")
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("no-such-host.invalid", 443)
    for name in ADDRESSES:
        with pytest.raises(UsageError):
            Sandbox(faults=[f"{name}:3"])


def test_a_withdrawn_pmid_is_in_no_list_either_and_is_back_the_next_day() -> None:
    with Sandbox(today="2026-03-30", faults=["deleted"]) as sandbox:
        ask(sandbox, "efetch", id=IDS)
        assert ask(sandbox, "esearch", term="99000001[uid]").count == 0
        sandbox.set_today("2026-03-31")
        assert ask(sandbox, "esearch", term="99000001[uid]").count == 1


def test_a_fault_waits_for_its_endpoint() -> None:
    with Sandbox(today="2026-03-30", faults=["left-out"]) as sandbox:
        sandbox.fault("500", endpoint="epost")
        assert ask(sandbox, "esearch", term="ketamine[tiab]").status == 200
        assert len(ask(sandbox, "efetch", id=IDS).xml) == 2
        assert len(ask(sandbox, "efetch", id=IDS).xml) == 4
        assert ask(sandbox, "epost", id=IDS).status == 500


def statuses(sandbox: Sandbox, *days: str) -> list[int]:
    """The status of an EInfo on each of these days."""
    seen = []
    for day in days:
        sandbox.set_today(day)
        seen.append(ask(sandbox, "einfo").status)
    return seen


MONDAY, TUESDAY, WEDNESDAY, THURSDAY = "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"


@pytest.mark.parametrize(
    ("when", "seen"),
    [
        ("500", [500, 200, 200, 200]),
        ("500:2", [500, 500, 200, 200]),
        ("500:always", [500, 500, 500, 500]),
        ("500:@3", [200, 200, 500, 200]),
        ("500:@2,2", [200, 500, 500, 200]),
        ("500:efetch,always", [200, 200, 200, 200]),
        ("500:einfo,@4", [200, 200, 200, 500]),
        ("500:2026-03-10", [200, 500, 200, 200]),
        ("500:always,2026-03-10..2026-03-11", [200, 500, 500, 200]),
    ],
)
def test_a_fault_comes_when_it_was_ordered_for(when: str, seen: list[int]) -> None:
    with Sandbox(faults=[when]) as sandbox:
        assert statuses(sandbox, MONDAY, TUESDAY, WEDNESDAY, THURSDAY) == seen


def test_faults_come_in_the_order_of_the_command_line() -> None:
    with Sandbox(today="2026-03-30", faults=["empty:2", "500"]) as sandbox:
        seen = [
            ask(sandbox, "einfo").status if number == 2 else len(ask(sandbox, "einfo").body)
            for number in range(3)
        ]
        assert seen == [0, 0, 500]


@pytest.mark.parametrize(
    "wrong",
    [
        "nonsense",
        "empty:0",
        "empty:x",
        "empty:",
        "left-out:esearch",
        "mix",
        "mix:x",
        "mix:1,101%",
        "500:2026-13-01",
        "500:2026-03-12..2026-03-01",
    ],
)
def test_an_order_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError):
        Sandbox(faults=[wrong])


def mixed(order: str) -> tuple[int, dict[str, int]]:
    """How many of 120 requests went wrong, and how often each fault came."""
    with Sandbox(today="2026-03-30", faults=[order]) as sandbox:
        for number in range(120):
            form = {"db": "pubmed", "term": "ketamine[tiab]", "id": IDS}
            sandbox.respond(Request("efetch" if number % 2 else "esearch", form))
        return sandbox.faults.played.total(), dict(sandbox.faults.played)


def test_a_mix_is_the_same_for_the_same_seed_and_has_its_share() -> None:
    count, played = mixed("mix:7,50%")
    assert 40 < count < 80
    assert len(played) > 15
    assert mixed("mix:7,50%") == (count, played)
    assert mixed("mix:8,50%")[1] != played
    assert mixed("mix:7,0%") == (0, {})


def test_faults_are_ordered_and_ended_over_http() -> None:
    with Sandbox(today="2026-03-30") as sandbox:
        assert send(sandbox, "POST", "/fault", "name=500%3Aalways").json == {"planned": ["500"]}
        assert ask(sandbox, "einfo").status == 500
        assert send(sandbox, "POST", "/fault", "name=none").json == {"planned": []}
        assert ask(sandbox, "einfo").status == 200
        assert send(sandbox, "POST", "/fault", "name=nonsense").status == 400


def test_five_days_ago_is_five_days_ago() -> None:
    with Sandbox(today="2026-03-14", faults=["clock-in-the-past"]) as sandbox:
        past = ask(sandbox, "esearch", **SEARCH)
        sandbox.today = date(2026, 3, 9)
        assert ask(sandbox, "esearch", **SEARCH).pmids == past.pmids
        assert re.search(rb"<Count>[1-9]", past.body)


def test_whoever_is_refused_is_heard_again_however_often() -> None:
    with Sandbox(today="2026-03-30", second=0.05) as sandbox:
        for _ in range(4):
            sandbox.fault("refused")
            with pytest.raises(ConnectionError):
                ask(sandbox, "einfo")
            time.sleep(0.3)
            assert ask(sandbox, "einfo").status == 200
