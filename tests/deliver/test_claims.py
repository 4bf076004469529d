"""Claims: whatever several runs do at once, a period is claimed once and a paper stands in one claim.

Owns these races, on SQLite and PostgreSQL. Never relies on the lock: it is left out on purpose.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from deliver.mailservers import Answers, mail_server
from deliver.mailworld import BEGIN, MONDAY, World, at, world
from litwatch.edge.store import claiming, delivering, owing, subscriptions
from litwatch.edge.store.claiming import Draft
from litwatch.edge.store.frozen import packed, unpacked
from litwatch.errors import StoreError

ME = "you@example.org"


@pytest.fixture
def clinic(backend: str, tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, backend) as built:
        built.begin()
        yield built


def draft(period: str, pmids: tuple[int, ...] = (), notices: tuple[owing.NoticeKey, ...] = ()) -> Draft:
    return Draft(
        ME, "ketamine", period, pmids, notices, "<x@y>", "b@example.org", b"bytes of " + period.encode()
    )


def test_a_period_is_claimed_once_however_many_try(clinic: World) -> None:
    clinic.collected(MONDAY, [101])
    start = threading.Barrier(8)

    def attempt(number: int) -> bool:
        mine = replace(draft("2026-W48", (101,)), message=b"%d" % number)
        start.wait(10)
        return claiming.make_claim(clinic.store, mine, MONDAY) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert clinic.held() == [(ME, "ketamine", 101)]


def test_two_runs_with_different_periods_cannot_both_claim_a_paper(clinic: World) -> None:
    clinic.collected(MONDAY, [101, 102])
    start = threading.Barrier(6)

    def attempt(number: int) -> bool:
        mine = draft(f"2026-W{number:02d}", (101, 100 + number))
        start.wait(10)
        return claiming.make_claim(clinic.store, mine, MONDAY) is not None

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(40, 46))) == 1
    held = clinic.held()
    assert len(held) == 2
    assert (ME, "ketamine", 101) in held


# On SQLite every transaction that writes waits (tests/collect/test_store.py).
@pytest.mark.full
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_claim_waits_until_the_one_before_it_is_whole(clinic: World) -> None:
    clinic.collected(MONDAY, [101])

    def impatient() -> None:
        with clinic.store.writing() as second:
            second.execute(text("SET LOCAL lock_timeout = '50ms'"))
            claiming._claim(second, draft("2026-W49", (101,)), MONDAY)

    with clinic.store.writing() as first:
        claiming._claim(first, draft("2026-W48", (101,)), MONDAY)
        with pytest.raises(StoreError, match="lock timeout"):
            impatient()
    assert clinic.claims() == [(ME, "ketamine", "2026-W48", "open")]


def test_a_claim_that_comes_too_late_leaves_nothing_behind(clinic: World) -> None:
    clinic.collected(MONDAY, [101, 102])
    assert claiming.make_claim(clinic.store, draft("2026-W48", (101,)), MONDAY)
    assert claiming.make_claim(clinic.store, draft("2026-W49", (102, 101)), MONDAY) is None
    assert clinic.claims() == [(ME, "ketamine", "2026-W48", "open")]
    assert claiming.make_claim(clinic.store, draft("2026-W49", (102,)), MONDAY)


def test_a_notice_stands_in_one_claim(clinic: World) -> None:
    clinic.noticed(BEGIN, 101)
    clinic.noticed(BEGIN, 101, "erratum")
    told = (101, "retraction", 0)
    assert claiming.make_claim(clinic.store, draft("2026-W48", notices=(told,)), MONDAY)
    assert claiming.make_claim(clinic.store, draft("2026-W49", notices=(told,)), MONDAY) is None
    other = (101, "erratum", 0)
    assert claiming.make_claim(clinic.store, draft("2026-W50", notices=(other,)), MONDAY)


def test_a_reader_who_left_while_the_digest_was_made_is_not_claimed_for(clinic: World) -> None:
    subscriptions.unsubscribe(clinic.store, ME, None, MONDAY)
    assert claiming.make_claim(clinic.store, draft("2026-W48"), MONDAY) is None
    assert clinic.claims() == []


def test_an_attempt_is_begun_by_one_run_only(clinic: World) -> None:
    claiming.make_claim(clinic.store, draft("2026-W48"), MONDAY)
    (claim,) = delivering.open_claims(clinic.store, MONDAY)
    start = threading.Barrier(6)

    def attempt(_: int) -> bytes | None:
        start.wait(10)
        return delivering.begin_attempt(clinic.store, claim)

    with ThreadPoolExecutor(6) as pool:
        begun = [each for each in pool.map(attempt, range(6)) if each is not None]
    assert begun == [b"bytes of 2026-W48"]


def test_what_was_given_up_is_owed_again_and_what_was_sent_is_not(clinic: World) -> None:
    clinic.collected(at("2026-11-18 05:00"), [101, 102])
    claims = [
        claiming.make_claim(clinic.store, draft("2026-W47", (101,)), MONDAY),
        claiming.make_claim(clinic.store, draft("2026-W48", (102,)), MONDAY),
    ]
    assert owing.owed(clinic.store, ME, "ketamine", BEGIN).pmids == ()
    first, second = (claim for claim in claims if claim)
    delivering.give_up(clinic.store, first.id, "no")
    delivering.mark_sent(clinic.store, second.id, MONDAY)
    delivering.give_up(clinic.store, second.id, "too late: it is sent")
    assert owing.owed(clinic.store, ME, "ketamine", BEGIN).pmids == (101,)


def test_an_attempt_that_a_wrong_clock_put_into_next_year_is_made_now(clinic: World) -> None:
    claim = claiming.make_claim(clinic.store, draft("2026-W48"), MONDAY)
    assert claim
    delivering.mark_postponed(clinic.store, claim.id, "450", MONDAY + timedelta(days=365))
    assert len(delivering.open_claims(clinic.store, MONDAY)) == 1
    delivering.mark_postponed(clinic.store, claim.id, "450", MONDAY + timedelta(hours=12))
    assert delivering.open_claims(clinic.store, MONDAY) == ()


def test_a_whole_delivery_works_on_either_database(clinic: World) -> None:
    clinic.collected(at("2026-11-18 05:00"), [101])
    clinic.noticed(MONDAY, 101)
    clinic.collected(MONDAY)
    assert len(clinic.deliver(MONDAY).sent) == 1
    assert clinic.deliver(MONDAY).sent == []
    (kept,) = subscriptions.subscriptions(clinic.store, ME.upper())
    assert kept.last_sent == MONDAY
    assert owing.weeks(clinic.store, "ketamine", MONDAY) == {}


RUN = """
import sys
from pathlib import Path
from deliver.mailworld import MONDAY, World, reader
from litwatch.edge.store.open import open_store
from litwatch.edge.transports import SmtpTransport
from litwatch.errors import LockHeld

folder, url, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
readers = tuple(reader(f"reader{number:02d}@example.org") for number in range(12))
clinic = World(folder, open_store(url, create=True, now=MONDAY), readers)
sys.stdin.readline()
try:
    sent = len(clinic.deliver(MONDAY, SmtpTransport("127.0.0.1", port, "none")).sent)
except LockHeld:
    sent = 0
print(sent)
"""


def test_two_processes_that_deliver_at_once_send_each_reader_one_mail(clinic: World, tmp_path: Path) -> None:
    addresses = [f"reader{number:02d}@example.org" for number in range(12)]
    clinic.readers(addresses)
    clinic.begin()
    clinic.collected(MONDAY, [101])
    url = clinic.store.engine.url.render_as_string(hide_password=False)
    answers = Answers()
    with mail_server(answers) as port:
        runs = [
            subprocess.Popen(
                [sys.executable, "-c", RUN, str(tmp_path), url, str(port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=Path(__file__).parent.parent,
            )
            for _ in range(2)
        ]
        for run in runs:
            assert run.stdin is not None
            run.stdin.write("go\n")
            run.stdin.flush()
        printed = [run.communicate(timeout=100)[0] for run in runs]
    assert all(run.returncode == 0 for run in runs)
    assert sum(int(text) for text in printed) == 12
    assert sorted(taken.recipients[0] for taken in answers.taken) == addresses


REPLIES = ("", "450 later", "550 5.1.1 no", "550 5.7.1 no", "552 big")

steps = st.lists(
    st.one_of(
        st.tuples(st.just("collect"), st.integers(1, 3)),
        st.tuples(st.just("wait"), st.integers(1, 30)),
        st.tuples(
            st.just("deliver"), st.sampled_from(["", "450 later", "550 5.1.1 no", "550 5.7.1 no", "552 big"])
        ),
        st.tuples(st.sampled_from(["pause", "resume", "leave", "return"]), st.just(0)),
    ),
    max_size=25,
)


@given(steps)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_happens_nothing_owed_is_sent_twice_or_lost(steps: list[tuple[str, object]]) -> None:
    answers, now, pmid, excused = Answers(), BEGIN, 100, set[int]()
    with (
        tempfile.TemporaryDirectory() as folder,
        world(Path(folder)) as clinic,
        mail_server(answers) as port,
    ):
        from litwatch.edge.transports import SmtpTransport

        clinic.begin(now)
        for step, how in steps:
            now += timedelta(minutes=15)
            if step == "wait":
                now += timedelta(hours=8) * int(str(how))
            elif step == "collect":
                fresh = range(pmid + 1, pmid + 1 + int(str(how)))
                clinic.collected(now, fresh)
                pmid = fresh[-1]
            elif step == "deliver":
                answers.replies = {ME: str(how)} if how else {}
                clinic.deliver(now, SmtpTransport("127.0.0.1", port, "none"))
            elif step == "leave":
                clinic.readers([])
            elif step == "return":
                clinic.readers([ME])
            elif step == "resume" and subscriptions.resume(clinic.store, ME, None, now):
                excused = set(range(101, pmid + 1))
            elif step == "pause":
                subscriptions.pause(clinic.store, ME, None, now)
            held = clinic.held()
            assert len(held) == len(set(held)), "a paper stands in two claims"
        # in the end the reader is there, the server is well, and PubMed was searched
        answers.replies = {}
        clinic.readers([ME])
        if subscriptions.resume(clinic.store, ME, None, now):
            excused = set(range(101, pmid + 1))
        now += timedelta(days=9)
        clinic.collected(now)
        clinic.deliver(now, SmtpTransport("127.0.0.1", port, "none"))
        sent = {each for _, _, each in clinic.held()}
        assert set(range(101, pmid + 1)) - excused <= sent
        assert all(state in ("sent", "given-up") for *_, state in clinic.claims())
        told = [each for taken in answers.taken for each in numbers(taken.content)]
        assert len(told) == len(set(told)), "a paper was mailed twice"
        assert set(told) == sent


def numbers(content: bytes) -> set[int]:
    """The papers that a mail names."""
    from deliver.mailworld import opened, plain

    words = plain(opened(content)).split("Paper number ")[1:]
    return {int(word.split()[0]) for word in words}


def test_the_bytes_of_a_mail_are_forgotten_a_month_after_it_was_taken_and_never_while_it_is_owed(
    clinic: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "FORGOTTEN_AT_ONCE", 2)

    def kept() -> list[bytes]:
        with clinic.store.reading() as connection:
            query = text("SELECT message FROM claim_message ORDER BY claim")
            return [unpacked(bytes(message)) for message in connection.execute(query).scalars()]

    pmids = range(101, 109)
    clinic.collected(MONDAY, [*pmids])
    for pmid in pmids:
        made = claiming.make_claim(clinic.store, draft(f"2026-W{pmid - 60}", (pmid,)), MONDAY)
        assert made is not None
        if pmid == 104:
            delivering.give_up(clinic.store, made.id, "nobody took it")
        elif pmid != 103:
            delivering.mark_sent(clinic.store, made.id, MONDAY)
    later = MONDAY + delivering.BYTES_KEPT
    fresh = claiming.make_claim(clinic.store, draft("2026-W49", (101 + 100,)), MONDAY + timedelta(days=1))
    assert fresh is not None
    delivering.mark_sent(clinic.store, fresh.id, MONDAY + timedelta(days=1))
    delivering.forget_bytes(clinic.store, later)
    assert len(kept()) == 9
    delivering.forget_bytes(clinic.store, later + timedelta(hours=1))
    assert kept() == [b"bytes of 2026-W43", b"bytes of 2026-W49"]
    sent = [pmid for _, _, pmid in clinic.held()]
    assert {101, 102, 105, 106, 107, 108} <= set(sent)


def test_a_mail_is_kept_packed_and_one_that_was_kept_before_is_read_as_it_is() -> None:
    mail = b"From: us\r\n\r\n" + b"A line of a mail.\r\n" * 2000
    assert len(packed(mail)) < len(mail) / 20
    assert unpacked(packed(mail)) == unpacked(mail) == mail
