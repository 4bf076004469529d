"""The sandbox as a server: its clock over HTTP, keys, the rate limit, threads, starting and stopping.

Owns HTTP. Never looks at what E-utilities say.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from litwatch.errors import UsageError
from litwatch.sandbox.server import Sandbox
from sandbox.asking import ask, send


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/today", "date=2026-03-16"),
        ("/today?date=2026-03-16", ""),
        ("/today", "date=2026-03-16T07%3A00%3A00Z"),
        ("/today", '{"date": "2026-03-16"}'),
    ],
)
def test_the_clock_is_set_by_a_post(path: str, body: str) -> None:
    with Sandbox(today="2026-03-09") as sandbox:
        assert send(sandbox, "GET", "/today").json == {"today": "2026-03-09"}
        answer = send(sandbox, "POST", path, body)
        assert (answer.status, answer.json) == (200, {"today": "2026-03-16"})
        assert sandbox.today == date(2026, 3, 16)


def test_a_date_that_is_none_is_refused_and_the_clock_stays() -> None:
    with Sandbox(today="2026-03-09") as sandbox:
        assert send(sandbox, "POST", "/today", "date=tomorrow").status == 400
        assert send(sandbox, "POST", "/today").status == 400
        assert sandbox.today == date(2026, 3, 9)


def test_without_a_date_today_is_the_real_one() -> None:
    with Sandbox() as sandbox:
        before = datetime.now(UTC).date()
        assert before <= sandbox.today <= datetime.now(UTC).date()


def test_what_is_no_endpoint_is_not_found() -> None:
    with Sandbox(today="2026-03-09") as sandbox:
        assert ask(sandbox, "elink").status == 404
        assert send(sandbox, "GET", "/entrez/eutils/esearch?db=pubmed&term=x").status == 404
        assert send(sandbox, "GET", "/").status == 404


def test_requests_are_kept_for_tests_to_look_at() -> None:
    with Sandbox(today="2026-03-09") as sandbox:
        ask(sandbox, "esearch", "GET", term="a b", api_key="k")
        ask(sandbox, "efetch", id="1,2", api_key="k")
        first, second = sandbox.requests
        assert (first.endpoint, first.method, first.params["term"]) == ("esearch", "GET", "a b")
        assert "api_key=k" in first.url
        assert (second.endpoint, second.method, second.params["id"]) == ("efetch", "POST", "1,2")
        assert "api_key" not in second.url


def test_repeated_ids_are_one_list() -> None:
    with Sandbox(today="2026-03-09") as sandbox:
        path = "/entrez/eutils/efetch.fcgi?db=pubmed&rettype=uilist&id=99000001&id=99000002"
        assert send(sandbox, "GET", path).text == "99000001\n99000002\n"


def test_a_wrong_key_is_refused_as_ncbi_does() -> None:
    with Sandbox(today="2026-03-09", api_keys=["right"]) as sandbox:
        assert ask(sandbox, "einfo", api_key="right").status == 200
        assert ask(sandbox, "einfo").status == 200
        refused = ask(sandbox, "einfo", api_key="wrong")
        assert (refused.status, refused.json["error"]) == (400, "API key invalid")


def test_too_many_requests_in_a_second_are_refused() -> None:
    with Sandbox(today="2026-03-09", requests_per_second=3) as sandbox:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: ask(sandbox, "einfo", db=""), range(12)))
        refused = [answer for answer in answers if answer.status == 429]
        assert 1 <= len(refused) <= 9
        assert refused[0].json["error"] == "API rate limit exceeded"


def test_many_clients_at_once_get_what_one_gets() -> None:
    with Sandbox(today="2026-03-30", synthetic=500) as sandbox:
        alone = ask(sandbox, "esearch", term="depression[tiab]", retmax=999).body
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(
                    lambda _: ask(sandbox, "esearch", term="depression[tiab]", retmax=999).body, range(40)
                )
            )
        assert set(answers) == {alone}


def test_it_listens_on_loopback_only_and_a_taken_port_is_an_error() -> None:
    with Sandbox(today="2026-03-09") as sandbox:
        assert sandbox.base_url.startswith("http://127.0.0.1:")
        port = int(sandbox.address.rpartition(":")[2])
        with pytest.raises(UsageError, match=str(port)):
            Sandbox(today="2026-03-09", port=port)


SERVE = """
import sys
from litwatch.sandbox.server import serve_forever
serve_forever(ready=lambda address: print(address, flush=True))
print("ended", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        port = int(address.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"GET /today HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        assert "today" in json.loads(answer.rpartition(b"\r\n\r\n")[2])
        os.kill(process.pid, number)
        assert process.stdout.read() == "ended\n"
        assert process.wait(10) == 0
