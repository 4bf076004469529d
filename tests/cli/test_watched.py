"""Proves what a run tells those who watch it: JSON lines, a ping, a file for Prometheus, a mail to the operator."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from litwatch.cli.context import Context
from litwatch.cli.serve import Kept, do_what_is_due
from litwatch.decide.overdue import silence
from litwatch.edge.store.open import open_store
from world import World, litwatch, powerless, world

OPERATOR = "it@example.org"
SECRET = "5c1e-made-up"
DEAD = "http://127.0.0.1:9/entrez/eutils/"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.environment["LITWATCH_OPERATOR__ADDRESS"] = OPERATOR
        made.environment["LITWATCH_PUBMED__RETRY_BUDGET_SECONDS"] = "0"
        yield made


def pubmed_is(here: World, answers: bool) -> None:
    here.environment["LITWATCH_PUBMED__BASE_URL"] = here.pubmed.base_url if answers else DEAD


def to_operator(here: World) -> list[str]:
    """Subjects of the mails to the operator, the host's name taken out."""
    return [
        str(mail["Subject"]).removeprefix(f"litwatch on {socket.gethostname()}: ")
        for mail in here.mails()
        if mail["To"] == OPERATOR
    ]


def test_the_operator_is_told_once_of_each_state_and_once_when_all_is_well_again(here: World) -> None:
    assert here.run("2026-03-09T05:05:00Z").code == 0
    assert to_operator(here) == []
    pubmed_is(here, answers=False)
    for clock in ("05:05", "05:20", "05:35"):
        assert here.run(f"2026-03-10T{clock}:00Z").code == 1
    assert len(to_operator(here)) == 1
    assert to_operator(here)[0].startswith("collect ketamine-depression: 127.0.0.1:9")
    # A new state is told, and what was told before stands below it.
    assert here.run("2026-03-10T07:05:00Z").code == 1
    *_, last = [mail for mail in here.mails() if mail["To"] == OPERATOR]
    assert to_operator(here)[1:] == ["ketamine-depression: its search of PubMed is overdue"]
    above, _, below = str(last.get_content()).partition("Told before")
    assert "! ketamine-depression: its search of PubMed is overdue" in above
    assert "cannot be reached" in below
    assert last.get_content_type() == "text/plain"
    pubmed_is(here, answers=True)
    well = here.run("2026-03-10T07:20:00Z")
    assert well.code == 0
    assert "the operator was told" in well.err
    assert here.run("2026-03-10T07:35:00Z").err == ""
    assert to_operator(here)[2:] == ["all is well again"]
    # What comes back is told anew.
    pubmed_is(here, answers=False)
    assert here.run("2026-03-11T05:05:00Z").code == 1
    assert len(to_operator(here)) == 4
    assert here.litwatch("status", "--json").objects()[0]["runs"][0]["job"] == "alarm"


def test_what_the_operator_could_not_be_told_the_next_run_tells(here: World) -> None:
    assert here.run("2026-03-10T05:05:00Z").code == 0
    pubmed_is(here, answers=False)
    here.outbox.write_text("in the way")
    failed = here.run("2026-03-11T05:05:00Z")
    assert failed.code == 1
    assert "the operator could not be told: the outbox" in failed.err
    here.outbox.unlink()
    assert here.run("2026-03-11T05:20:00Z").code == 1
    assert len(to_operator(here)) == 1


def to_mistake(here: World, wrong: str) -> Path:
    """A configuration that no run can work with; the file, to be mended."""
    file = here.config / wrong
    file.write_text("[pubmed]\ntol = 'x'\n" if wrong == "litwatch.toml" else "no TOML", encoding="utf-8")
    return file


@pytest.mark.parametrize("wrong", ["litwatch.toml", "subscribers.toml"])
def test_a_mistake_in_the_configuration_is_told_once_to_all_who_watch(
    here: World, pings: PingServer, wrong: str
) -> None:
    file = here.folder / "litwatch.prom"
    here.environment["LITWATCH_MONITORING__TEXTFILE"] = str(file)
    assert here.run("2026-03-09T05:05:00Z").code == 0
    good = (here.config / wrong).read_bytes()
    mistaken = to_mistake(here, wrong)
    for _ in range(2):
        told = here.run("2026-03-09T05:20:00Z")
        assert (told.code, told.err.count("litwatch: ")) == (2, 1)
    path = f"/ping/{SECRET}"
    assert pings.asked[2:] == [f"{path}/start", f"{path}/fail"] * 2
    assert figures(file)["litwatch_run_exit_code", ""] == 2
    [subject] = to_operator(here)
    assert subject.startswith("the configuration has a mistake, and no run works: ")
    check = here.litwatch("status", "--check")
    assert (check.code, check.out.startswith("LITWATCH CRITICAL - ")) == (2, True)
    mistaken.write_bytes(good)
    assert here.run("2026-03-09T05:35:00Z").code == 0
    assert sorted(to_operator(here)) == ["all is well again", subject]


@pytest.mark.parametrize("wrong", ["[mail]\nhost = 3\n", "no TOML", "[store]\nurl = 'x'\n"])
def test_what_a_mistake_leaves_in_doubt_is_not_relied_on(here: World, pings: PingServer, wrong: str) -> None:
    assert here.run("2026-03-09T05:05:00Z").code == 0
    (here.config / "litwatch.toml").write_text(wrong, encoding="utf-8")
    assert here.run("2026-03-09T05:20:00Z").code == 2
    assert pings.asked[-1] == f"/ping/{SECRET}/fail"
    assert to_operator(here) == []


def test_serve_tells_of_a_mistake_that_comes_while_it_runs(
    here: World, pings: PingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in here.environment.items():
        monkeypatch.setenv(name, value)
    here.pubmed.set_today("2026-03-09")
    moment = datetime(2026, 3, 9, 5, 5, tzinfo=UTC)
    kept = Kept(Context(here.config))
    assert do_what_is_due(kept, moment) is not None
    to_mistake(here, "litwatch.toml")
    assert do_what_is_due(kept, moment + timedelta(minutes=1)) is None
    assert pings.asked[-1] == f"/ping/{SECRET}/fail"
    assert len(to_operator(here)) == 1


def test_a_bug_that_ends_a_run_is_told(here: World) -> None:
    assert here.run("2026-03-09T05:05:00Z").code == 0
    with closing(sqlite3.connect(here.store)) as store, store:
        [since] = store.execute("SELECT since FROM subscription").fetchone()
        store.execute("UPDATE subscription SET since = 'no instant'")
    for clock in ("05:20", "05:35"):
        assert here.run(f"2026-03-09T{clock}:00Z").code == 70
    [subject] = to_operator(here)
    assert subject.startswith("the last run ended early: ValueError: ")
    with closing(sqlite3.connect(here.store)) as store, store:
        store.execute("UPDATE subscription SET since = ?", (since,))
    assert here.run("2026-03-09T05:50:00Z").code == 0
    assert to_operator(here)[1:] == ["all is well again"]


def test_a_broken_template_is_told_before_a_digest_is_due_and_keeps_nothing_else(here: World) -> None:
    """First its folder is not there; then the mistake stands where no sample gets to; then all samples meet one."""
    here.environment["LITWATCH_MAIL__TEMPLATES"] = str(here.config / ".." / "templates")
    first = here.run("2026-03-08T07:05:00Z")
    assert (first.code, "28 matches" in first.err) == (2, True)
    assert [subject[:27] for subject in to_operator(here)] == ["no digest can be made: ther"]
    template = here.folder / "templates" / "digest.subject.txt"
    template.parent.mkdir()
    for broken, said in (
        ("{% if digest.now == 1 %}{{ digest.watch.nam }}{% endif %}", "`digest.watch` has no `nam`"),
        ("{{ titel }}", "`titel` is undefined"),
    ):
        template.write_text(broken, encoding="utf-8")
        check, told = here.litwatch("status", "--check"), here.litwatch("check")
        assert (check.code, told.code) == (2, 2)
        assert f"no digest can be made: {template}:1: {said}" in check.out
        assert f"mail.templates: {template}:1: {said}" in told.err
    template.write_text("{% for each in digest.sections %}{{ each.nam }}{% endfor %}", encoding="utf-8")
    assert "has no attribute 'nam'" in here.litwatch("check").err
    assert here.run("2026-03-09T07:05:00Z").code == 2
    template.write_text("Mended\n", encoding="utf-8")
    assert here.run("2026-03-09T07:20:00Z").code == 0
    assert [str(mail["Subject"]) for mail in here.mails() if mail["To"] != OPERATOR] == ["Mended"]
    assert to_operator(here)[-1] == "all is well again"


def test_what_this_user_may_not_read_of_the_configuration_is_a_mistake_and_no_bug(here: World) -> None:
    templates = here.config / "templates"
    template = templates / "digest.subject.txt"
    templates.mkdir()
    template.write_text("Own\n", encoding="utf-8")
    here.environment["LITWATCH_MAIL__TEMPLATES"] = str(templates)
    here.pubmed.set_today("2026-03-08")
    for forbidden, rights, said, commands in (
        (templates, 0o755, "may not read the folder", ("run", "check", "status --check")),
        (template, 0o644, f"{template}: it cannot be read: Permission denied", ("check", "status --check")),
        (here.folder, 0o755, f"{here.config}: cannot be read: Permission denied", ("run", "status --check")),
    ):
        forbidden.chmod(0)
        for command in commands:
            words = ("--config", str(here.config), *command.split())
            told = litwatch(*words, folder=Path("/"), environment=here.environment, before=powerless())
            assert told.code == 2, (forbidden, told)
            assert said in told.out + told.err
            assert told.out.startswith("LITWATCH CRITICAL - ") == ("--check" in command)
        forbidden.chmod(rights)


def test_a_run_that_only_met_the_lock_tells_nothing_of_what_the_other_run_makes_up_for(here: World) -> None:
    assert here.run("2026-03-09T05:05:00Z").code == 0
    store = open_store(f"sqlite:///{here.store}", create=True, now=datetime.now(UTC))
    with closing(store), store.lock("collect"):
        assert here.run("2026-03-10T09:05:00Z").code == 3
        assert here.litwatch("deliver", "--now", "2026-03-10T09:05:00Z").code == 0
        assert to_operator(here) == []
    pubmed_is(here, answers=False)
    assert here.run("2026-03-10T09:20:00Z").code == 1
    assert len(to_operator(here)) == 1


def test_nobody_is_told_where_no_operator_is_named(here: World) -> None:
    del here.environment["LITWATCH_OPERATOR__ADDRESS"]
    pubmed_is(here, answers=False)
    assert here.run("2026-03-10T05:05:00Z").code == 1
    assert here.mails() == []


class Pinged(BaseHTTPRequestHandler):
    """Notes each address that was told, or never answers."""

    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, PingServer)
        server.asked.append(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        server.bodies.append(self.rfile.read(length))
        if server.silent.is_set():
            server.ended.wait(60)
            return
        self.send_response(server.code)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class PingServer(ThreadingHTTPServer):
    """What healthchecks.io is to a run."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Pinged)
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        self.silent, self.ended = threading.Event(), threading.Event()
        self.code = 200

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/ping/{SECRET}"


@pytest.fixture
def pings(here: World) -> Iterator[PingServer]:
    with PingServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        here.environment["LITWATCH_MONITORING__PING_URL"] = server.address
        yield server
        server.ended.set()
        server.shutdown()
        thread.join()


def test_each_run_tells_its_start_and_its_end_and_nothing_else(here: World, pings: PingServer) -> None:
    assert here.run("2026-03-09T05:05:00Z").code == 0
    assert here.run("2026-03-09T05:20:00Z").code == 0
    assert here.run("2026-03-09T05:35:00Z").err == ""  # nothing is due; it was there all the same
    path = f"/ping/{SECRET}"
    assert pings.asked == [f"{path}/start", path] * 3
    pubmed_is(here, answers=False)
    failed = here.run("2026-03-10T05:05:00Z")
    assert (failed.code, pings.asked[6:]) == (1, [f"{path}/start", f"{path}/fail"])
    here.store.write_bytes(b"no store" * 1000)
    assert here.run("2026-03-10T05:20:00Z").code == 1
    assert pings.asked[8:] == [f"{path}/start", f"{path}/fail"]
    assert set(pings.bodies) == {b""}


@pytest.mark.parametrize("way", ["refused", "500", "silent"])
def test_a_ping_server_that_is_dead_hinders_no_run_and_its_address_is_not_told(
    here: World, pings: PingServer, way: str
) -> None:
    if way == "refused":
        here.environment["LITWATCH_MONITORING__PING_URL"] = f"http://127.0.0.1:9/{SECRET}"
    elif way == "500":
        pings.code = 500
    else:
        pings.silent.set()
    began = time.monotonic()
    done = here.run("2026-03-09T05:05:00Z")
    assert done.code == 0
    assert time.monotonic() - began < 40
    assert done.err.count("the ping server 127.0.0.1") == 1
    assert "the run is not hindered" in done.err
    assert SECRET not in done.err + done.out


@pytest.mark.parametrize("wrong", ["ftp://127.0.0.1/x", "hc-ping.com/x", "http://[1/x"])
def test_what_is_no_address_to_ping_is_a_mistake_that_does_not_show_it(here: World, wrong: str) -> None:
    told = litwatch(
        "check", folder=here.folder, environment={"LITWATCH_MONITORING__PING_URL": wrong + SECRET}
    )
    assert told.code == 2
    assert "LITWATCH_MONITORING__PING_URL: is no http or https address" in told.err
    assert SECRET not in told.err


def test_prometheus_reads_the_figures_of_the_last_run(here: World) -> None:
    file = here.folder / "litwatch.prom"
    here.environment["LITWATCH_MONITORING__TEXTFILE"] = str(file)
    assert here.run("2026-03-09T07:05:00Z").code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    found = figures(file)
    papers = {where: value for (name, where), value in found.items() if name == "litwatch_papers"}
    assert papers.pop("matches") == sum(papers.values()) > 0
    assert found["litwatch_run_exit_code", ""] == 0
    assert found["litwatch_state", ""] == 0
    assert (
        found["litwatch_search_timestamp_seconds", ""] == datetime(2026, 3, 9, 7, 5, tzinfo=UTC).timestamp()
    )
    assert found["litwatch_run_timestamp_seconds", ""] == pytest.approx(time.time(), abs=120)
    assert "@" not in file.read_text(encoding="utf-8")  # no reader's address
    pubmed_is(here, answers=False)
    assert here.run("2026-03-10T07:05:00Z").code == 1
    found = figures(file)
    assert (found["litwatch_run_exit_code", ""], found["litwatch_state", ""]) == (1, 2)
    assert found["litwatch_job_ok", "collect"] == 0
    here.store.write_bytes(b"no store" * 1000)
    assert here.run("2026-03-10T07:20:00Z").code == 1
    assert set(figures(file)) == {
        (f"litwatch_run_{name}", "") for name in ("exit_code", "seconds", "timestamp_seconds")
    }


def test_between_two_looks_serve_goes_on_telling_how_things_stand(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = here.folder / "litwatch.prom"
    for name, value in {**here.environment, "LITWATCH_MONITORING__TEXTFILE": str(file)}.items():
        monkeypatch.setenv(name, value)
    here.pubmed.set_today("2026-03-09")
    told, idle, kept = [], [], Kept(Context(here.config))
    for minute in (5, 6, 7):
        done = do_what_is_due(kept, datetime(2026, 3, 9, 7, minute, tzinfo=UTC))
        assert done is not None
        idle.append(done.idle)
        told.append({name for name, _ in figures(file)})
    assert (idle[0], idle[2]) == (False, True)
    assert "litwatch_papers" in told[0]
    assert told[0] == told[1] == told[2]


def figures(file: Path) -> dict[tuple[str, str], float]:
    """Metric and what it is of -> value."""
    families = text_string_to_metric_families(file.read_text(encoding="utf-8"))
    return {
        (sample.name, sample.labels.get("where") or sample.labels.get("job") or ""): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_file_for_prometheus_that_cannot_be_written_hinders_no_run(here: World) -> None:
    here.environment["LITWATCH_MONITORING__TEXTFILE"] = str(here.folder / "nowhere" / "litwatch.prom")
    done = here.run("2026-03-09T07:05:00Z")
    assert done.code == 0
    assert "litwatch.prom cannot be written: No such file or directory" in done.err


def test_the_log_of_a_job_is_json_where_the_settings_say_so(here: World) -> None:
    settings = here.config / "litwatch.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('log = "text"', 'log = "json"'), encoding="utf-8"
    )
    [line] = here.run("2026-03-09T07:05:00Z").err.splitlines()
    told = json.loads(line)
    assert datetime.fromisoformat(told.pop("time")).tzinfo is not None
    assert told.pop("message").startswith("collect ketamine-depression: 28 matches")
    assert told == {"level": "info", "program": "litwatch", "job": "run", "exit_code": 0}
    pubmed_is(here, answers=False)
    for words in (("run", "--now", "2026-03-10T07:05:00Z"), ("collect",)):
        *_, last = here.litwatch(*words).err.splitlines()
        assert json.loads(last)["level"] == "error"
    here.store.write_bytes(b"no store" * 1000)
    receipt, error = map(json.loads, here.run("2026-03-10T07:20:00Z").err.splitlines())
    assert receipt["receipt"]["ok"] is False
    assert (error["level"], error["exit_code"]) == ("error", 1)
    # What is no job goes on in sentences.
    assert here.litwatch("trace", "99000999").err.startswith("litwatch: ")


def test_even_a_mistake_in_the_settings_is_json_where_the_environment_says_so(here: World) -> None:
    (here.config / "litwatch.toml").write_text("[pubmed]\ntol = 'x'\n", encoding="utf-8")
    told = litwatch("run", folder=here.folder, environment={"LITWATCH_MONITORING__LOG": "json"})
    assert told.code == 2
    error = json.loads(told.err)
    assert (error["level"], error["exit_code"]) == ("error", 2)
    assert "did you mean" in error["message"]


def test_a_watch_that_has_fallen_silent_is_told(here: World) -> None:
    assert here.run("2026-03-09T07:05:00Z").code == 0
    with closing(sqlite3.connect(here.store)) as store, store:
        query = "SELECT pmid FROM arrival WHERE state IN ('new', 'backlog') LIMIT 12"
        pmids = [pmid for (pmid,) in store.execute(query)]
        assert len(pmids) == 12
        for number, pmid in enumerate(pmids):
            came = f"{datetime(2026, 1, 25, 5, tzinfo=UTC) + 3 * number * DAY:%Y-%m-%dT%H:%M:%S.%fZ}"
            store.execute("UPDATE arrival SET state = 'new', arrived_at = ? WHERE pmid = ?", (came, pmid))
        store.execute("UPDATE arrival SET state = 'backlog' WHERE arrived_at IS NULL")
        store.execute(
            f"DELETE FROM arrival WHERE state = 'new' AND pmid NOT IN ({', '.join(map(str, pmids))})"
        )
        now = datetime.now(UTC)  # an overdue search would be the reason
        store.execute("UPDATE watch SET last_good_run = ?", (f"{now:%Y-%m-%dT%H:%M:%S.%fZ}",))
    words = "no new paper since 2026-02-27T05:00:00Z: more than twice its longest gap so far (3 days)"
    assert words in here.litwatch("status").out
    assert f"ketamine-depression: {words}" in here.litwatch("status", "--check").out


DAY = timedelta(days=1)
START = datetime(2026, 1, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "now", "silent"),
    [
        (range(0, 44, 4), 48.0, False),  # twice the longest gap of four days, not longer
        (range(0, 44, 4), 48.1, True),
        ([*range(0, 40, 4), 50], 78.0, False),  # there was a gap of 14 days before
        (range(0, 40, 4), 300.0, False),  # ten papers, nine gaps: too little is known
        (range(20), 300.0, False),  # three weeks: too little is known
        ([], 300.0, False),
    ],
)
def test_a_watch_is_silent_after_twice_its_longest_gap(days: list[int], now: float, *, silent: bool) -> None:
    found = silence([START + day * DAY for day in days], START + now * DAY)
    assert (found is not None) is silent
    if found is not None:
        assert (found.since, found.longest_gap) == (START + 40 * DAY, 4 * DAY)
