"""`serve`, cron and both together: what is due is done once, whoever comes first."""

from __future__ import annotations

import os
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from litwatch.cli.context import Context
from litwatch.cli.serve import Kept
from litwatch.edge.config import Config
from litwatch.errors import ConfigError
from world import World, world


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, by_create_date=False) as made:
        yield made


def started(here: World, *words: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LITWATCH_")}
    return subprocess.Popen(
        [sys.executable, "-m", "litwatch", *words],
        cwd=here.folder,
        env=environment | here.environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_serve_does_what_is_due_and_stops_when_told(here: World) -> None:
    server = started(here, "serve", "--every", "1")
    assert server.stderr is not None
    lines = [server.stderr.readline(), server.stderr.readline()]
    server.send_signal(signal.SIGTERM)
    rest = server.communicate(timeout=60)[1]
    assert server.returncode == 0
    assert "serving" in lines[0]
    assert "collect ketamine-depression" in lines[1]
    assert "stopped" in rest
    assert "Traceback" not in rest
    asked = len(here.pubmed.requests)
    assert asked > 0
    again = here.litwatch("run")
    assert (again.code, again.err) == (0, "")
    assert len(here.pubmed.requests) == asked


def test_serve_reads_the_configuration_anew_only_where_a_file_of_it_has_changed(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers, key = here.folder / "readers.csv", here.folder / "key"
    readers.write_text("address,watches\none@example.org,ketamine-depression\n", encoding="utf-8")
    key.write_text("made-up-1\n", encoding="utf-8")
    monkeypatch.setenv("LITWATCH_PUBMED__API_KEY_FILE", str(key))
    subscribers = here.config / "subscribers.toml"
    subscribers.write_text(f'csv = "{readers}"\n' + subscribers.read_text("utf-8"), encoding="utf-8")
    kept, now = Kept(Context(here.config)), datetime.now(UTC)

    def settled() -> Config:
        """One that was read once its files had lain still for as long as a file system's clock may."""
        while (config := kept.config(now)) is not kept.config(now):
            pass
        return config

    watch = here.config / "watches" / "another.toml"
    before = settled()
    for change in (
        lambda: readers.write_text(readers.read_text("utf-8").replace("one@", "two@"), encoding="utf-8"),
        lambda: key.write_text("made-up-2\n", encoding="utf-8"),
        lambda: shutil.copy(here.config / "watches" / "ketamine-depression.toml", watch),
        watch.unlink,
    ):
        change()
        after = settled()
        assert (after.settings, after.watches, after.subscribers) != (
            before.settings,
            before.watches,
            before.subscribers,
        )
        before = after
    (here.config / "facets.toml").write_text("no TOML", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ConfigError):
            kept.config(now)


def test_runs_at_the_same_moment_search_once_and_send_once(here: World) -> None:
    here.pubmed.set_today("2026-03-08")
    assert here.litwatch("run", "--now", "2026-03-08T07:05:00Z").code == 0
    here.pubmed.set_today("2026-03-09")
    runs = [started(here, "run", "--now", "2026-03-09T07:05:00Z") for _ in range(4)]
    endings = [(run.communicate(timeout=110)[1], run.returncode) for run in runs]
    assert {code for _, code in endings} <= {0, 3}, endings
    assert 0 in {code for _, code in endings}
    last = here.litwatch("run", "--now", "2026-03-09T07:20:00Z")
    assert last.code == 0
    assert len(here.mails()) == 1
    books = here.litwatch("status", "--json").objects()[0]["watches"][0]
    assert books["owed"] == 0


class Silent(socketserver.BaseRequestHandler):
    """Takes a connection and never answers."""

    def handle(self) -> None:
        self.server.asked.set()  # type: ignore[attr-defined]
        while self.request.recv(65_536):
            pass


@pytest.fixture
def silent_pubmed() -> Iterator[socketserver.ThreadingTCPServer]:
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
        server.asked = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("words", [("serve",), ("run",)])
def test_a_signal_ends_what_pubmed_keeps_waiting(
    here: World, silent_pubmed: socketserver.ThreadingTCPServer, words: tuple[str, ...]
) -> None:
    port = silent_pubmed.server_address[1]
    address = here.environment["LITWATCH_PUBMED__BASE_URL"]
    here.environment["LITWATCH_PUBMED__BASE_URL"] = f"http://127.0.0.1:{port}/entrez/eutils/"
    process = started(here, *words)
    assert silent_pubmed.asked.wait(60)  # type: ignore[attr-defined]
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=30)[1]
    assert "Traceback" not in said
    assert process.returncode == (0 if words == ("serve",) else 130)
    here.environment["LITWATCH_PUBMED__BASE_URL"] = address
    status = here.litwatch("status", "--json")
    assert status.code == 1
    assert status.objects()[0]["watches"][0]["overdue"]
    if words == ("run",):
        assert "stopped by a signal" in str(status.objects()[0]["runs"])
    assert here.litwatch("run").code == 0
    assert here.litwatch("status").code == 0


def test_a_refresh_that_failed_is_owed_to_the_next_run(here: World) -> None:
    here.pubmed.set_today("2026-03-08")
    assert here.litwatch("run", "--now", "2026-03-08T07:05:00Z").code == 0
    here.environment["LITWATCH_PUBMED__RETRY_BUDGET_SECONDS"] = "0"
    here.pubmed.set_today("2026-03-11")
    assert here.litwatch("collect", "--now", "2026-03-11T07:05:00Z").code == 0
    here.pubmed.fault("500", 50, "efetch")
    assert here.litwatch("run", "--now", "2026-03-11T07:06:00Z").code == 1
    here.pubmed.faults.planned.clear()
    again = here.litwatch("run", "--now", "2026-03-11T07:15:00Z")
    assert again.code == 0
    assert "refresh: " in again.err
    assert here.litwatch("run", "--now", "2026-03-11T07:30:00Z").err == ""
