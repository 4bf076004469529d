"""Faults together, and faults that no sandbox plays: a mix of all, parts of a large list, our own clock, a certificate.

Owns what a table of single faults cannot say. Never proves one fault alone (test_faults.py does).
"""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from faults.faultyworld import Ending, faulty_world
from litwatch.edge.pubmed import PubMed
from litwatch.errors import PubMedRefused
from litwatch.sandbox.server import Sandbox
from world import ROOT

DAYS = tuple(f"2026-03-{day:02}" for day in (8, 10, 12, 14, 24))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Ending:
    with faulty_world(tmp_path_factory.mktemp("undisturbed")) as here:
        for day in DAYS:
            assert here.run(f"{day}T07:05:00")[0].code == 0
        return here.ending()


@pytest.mark.parametrize("seed", range(1, 5))
def test_whatever_goes_wrong_together_the_end_is_the_same(
    seed: int, tmp_path: Path, undisturbed: Ending
) -> None:
    with faulty_world(tmp_path, second=0.001) as here:
        here.settings |= {
            "LITWATCH_PUBMED__TIMEOUT_SECONDS": "1",
            "LITWATCH_PUBMED__RETRY_BUDGET_SECONDS": "2",
        }
        for day in DAYS[:-1]:
            here.pubmed.faults.plan_text(f"mix:{seed},40%")
            done, report = here.run(f"{day}T07:05:00")
            assert done.code in (0, 1), done.err
            here.pubmed.faults.end()
            if done.code:
                assert not report["collected"][0]["ok"] or not report["refreshed"]["ok"]
                assert here.run(f"{day}T07:20:00")[0].code == 0
        assert here.pubmed.faults.played.total() > 5
        assert here.run(f"{DAYS[-1]}T07:05:00")[0].code == 0
        ending = here.ending()
    assert ending == undisturbed


def test_a_run_that_was_told_to_wait_asks_nothing_more_in_any_of_its_steps(tmp_path: Path) -> None:
    with faulty_world(tmp_path) as here:
        assert here.run(f"{DAYS[0]}T07:05:00")[0].code == 0
        here.pubmed.requests.clear()
        here.pubmed.faults.plan_text("429-tomorrow:always")
        done, report = here.run(f"{DAYS[1]}T07:05:00")
        assert done.code == 1
        assert "was not asked" in str(report["refreshed"]["failures"])
        assert len(here.pubmed.requests) == 1


def test_a_pmid_that_is_listed_for_ever_and_was_deleted_fails_one_run_and_is_excluded(tmp_path: Path) -> None:
    with faulty_world(tmp_path) as here:
        assert here.run("2026-03-08T07:05:00")[0].code == 0
        here.pubmed.faults.plan_text("count-changes:esearch,always")
        codes, wanted, gone = [], [], []
        for day in ("2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12", "2026-04-20"):
            done = here.litwatch("collect", "--json", "--now", f"{day}T07:05:00Z")
            collected = json.loads(done.out)
            assert collected["balanced"], collected
            codes.append(done.code)
            wanted.append(len(collected["wanted"]))
            gone.append(len(collected["gone"]))
        assert (codes, wanted, gone) == ([0, 0, 1, 0, 0], [1, 1, 0, 0, 0], [0, 0, 1, 0, 0])
        (guest,) = (pmid for pmid, state in here.ending().arrived.items() if state == "wanted")
        assert "deleted" in here.litwatch("trace", str(guest)).out


def test_a_list_in_parts_is_whole_or_none() -> None:
    """Each of these looks right alone; but the parts have to add up."""
    with Sandbox(today="2026-03-10", shipped=False, synthetic=10_050) as sandbox:
        pubmed = PubMed(sandbox.base_url, requests_per_second=1000, retry_pause_seconds=0.001)
        for name in ("short-list", "nothing-found", "half-dead", "count-changes"):
            sandbox.faults.plan_text(f"{name}:@2")
            assert len(pubmed.enumerate("all[sb]").pmids) == 10_050
            assert sandbox.faults.played[name] == 1
        retries = pubmed.tally.retries
        assert retries["count-changed"] + retries["count-mismatch"] >= 4
        sandbox.faults.plan_text("short-list:always,@2")
        with pytest.raises(PubMedRefused, match=r"(?i)nothing is concluded"):
            pubmed.enumerate("all[sb]")
        pubmed.close()


def test_a_clock_that_goes_back_loses_nothing(tmp_path: Path, undisturbed: Ending) -> None:
    with faulty_world(tmp_path) as here:
        for day in DAYS[:3]:
            assert here.run(f"{day}T07:05:00")[0].code == 0
        for wrong in ("1970-01-01T00:00:10", "2026-02-01T07:05:00"):
            done = here.litwatch("run", "--now", f"{wrong}Z")
            assert done.code in (0, 1), done.err
        for day in DAYS[3:]:
            assert here.run(f"{day}T07:05:00")[0].code == 0
        assert here.ending() == undisturbed


class Silent(BaseHTTPRequestHandler):
    """Never gets to speak: the handshake fails."""


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(tmp_path: Path, undisturbed: Ending) -> None:
    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A handshake that the client breaks off is what this is about."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server = Quiet(("127.0.0.1", 0), Silent)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        with faulty_world(tmp_path) as here:
            impostor = f"https://127.0.0.1:{server.server_port}/entrez/eutils/"
            honest = here.pubmed.base_url
            done = here.litwatch(
                "run", "--now", f"{DAYS[0]}T07:05:00Z", base_url=impostor, retry_budget_seconds=0.05
            )
            assert done.code == 1
            assert "its certificate is not accepted" in done.err
            assert here.pubmed.base_url == honest
            here.pubmed.set_today(DAYS[0])
            for day in DAYS:
                assert here.run(f"{day}T07:20:00")[0].code == 0
            assert here.ending() == undisturbed
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_two_weeks_of_the_year_of_faults_balance() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "year-of-faults"), "--weeks", "2", "--share", "40"],
        capture_output=True,
        text=True,
        timeout=115,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost: 0; mailed twice: 0" in done.stdout
