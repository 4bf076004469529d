"""Proves what `status` shows of the last runs, how it ends, and what it answers a monitoring system."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from litwatch.cli.monitoring import judged
from litwatch.cli.status import overdue, print_status
from litwatch.cli.unnoticed import NOTHING
from litwatch.decide.due import Schedule
from litwatch.edge.store.open import open_store
from litwatch.edge.store.tables import arrival, receipt
from world import World, litwatch, powerless, world


@pytest.fixture(scope="module")
def up_to_date(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two looks at the real time, both good."""
    with world(tmp_path_factory.mktemp("status"), today="2026-03-08") as here:
        assert here.litwatch("run").code == 0
        assert here.litwatch("collect").code == 0
        yield here


def test_the_last_runs_are_a_table_with_what_each_found_and_cost(up_to_date: World) -> None:
    outcome = up_to_date.litwatch("status")
    assert outcome.code == 0
    lines = outcome.out.split("\n")
    assert lines[1].strip().startswith("28 matches = ")
    table = lines[lines.index("") + 1 :]
    assert table[0].split() == [
        "job", "watch", "when", "(UTC)", "enumerated", "new", "wanted", "requests", "seconds", "result",
    ]  # fmt: skip
    collects = [line.split() for line in table if line.startswith("collect ")]
    assert len(collects) == 2
    # After the time: enumerated, new, wanted, requests, seconds, result. The latest first.
    assert [line[4:7] for line in collects] == [["28", "0", "0"], ["28", "0", "0"]]
    assert int(collects[0][7]) < int(collects[1][7])
    assert all(line[-1] == "good" for line in collects)
    [told] = up_to_date.litwatch("status", "--json", "--last", "1").objects()
    [last] = told["last_runs"]
    assert (last["job"], last["enumerated"], last["new"], last["requests"], last["retries"]) == (
        "collect",
        28,
        0,
        1,
        {},
    )
    assert {run["job"] for run in told["runs"]} >= {"collect", "refresh"}


def test_a_monitoring_system_gets_one_line_and_0(up_to_date: World) -> None:
    outcome = up_to_date.litwatch("status", "--check")
    assert outcome.code == 0
    assert outcome.out.count("\n") == 1
    assert outcome.out.startswith(
        "LITWATCH OK - 1 searched in time, no digest is late, every last run was good | "
    )
    assert "'ketamine-depression matches'=28" in outcome.out


def changed(here: World, url: str, **values: object) -> None:
    store = open_store(url, create=True, now=datetime.now(UTC))
    with store.writing() as connection:
        connection.execute(update(arrival).values(**values))
    store.close()


def test_late_papers_that_are_held_are_a_warning(up_to_date: World, tmp_path: Path) -> None:
    up_to_date.environment["LITWATCH_STORE__URL"] = url = f"sqlite:///{tmp_path}/held.sqlite3"
    try:
        assert up_to_date.litwatch("collect").code == 0
        changed(up_to_date, url, state="held")
        outcome = up_to_date.litwatch("status", "--check")
    finally:
        del up_to_date.environment["LITWATCH_STORE__URL"]
    assert outcome.code == 1
    assert outcome.out.startswith("LITWATCH WARNING - ketamine-depression: late papers are held | ")


def test_a_run_that_failed_says_so_in_the_table_below_it_and_to_monitoring(
    up_to_date: World, tmp_path: Path
) -> None:
    up_to_date.environment["LITWATCH_STORE__URL"] = f"sqlite:///{tmp_path}/failed.sqlite3"
    base = up_to_date.environment["LITWATCH_PUBMED__BASE_URL"]
    try:
        assert up_to_date.litwatch("collect").code == 0
        up_to_date.environment["LITWATCH_PUBMED__BASE_URL"] = "http://127.0.0.1:1/entrez/eutils/"
        up_to_date.environment["LITWATCH_PUBMED__RETRY_BUDGET_SECONDS"] = "0"
        assert up_to_date.litwatch("collect").code == 1
        table, check = up_to_date.litwatch("status"), up_to_date.litwatch("status", "--check")
    finally:
        up_to_date.environment["LITWATCH_PUBMED__BASE_URL"] = base
        del up_to_date.environment["LITWATCH_STORE__URL"]
        del up_to_date.environment["LITWATCH_PUBMED__RETRY_BUDGET_SECONDS"]
    assert table.code == 1
    [row, *_] = [line for line in table.out.split("\n") if line.startswith("collect ")]
    assert row.rstrip().endswith("...")
    assert (
        "collect ketamine-depression: 127.0.0.1:1 (esearch.fcgi) cannot be reached: connection refused"
        in table.out
    )
    assert check.code == 1
    assert check.out.startswith("LITWATCH WARNING - collect ketamine-depression: 127.0.0.1:1")


@pytest.mark.parametrize("job", ["run", "collect", "deliver", "backfill", "guard", "refresh", "serve"])
def test_a_line_in_the_log_of_a_job_begins_with_its_time_and_one_of_another_command_does_not(
    tmp_path: Path, job: str
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    [line] = litwatch(job, folder=tmp_path).err.splitlines()
    at, _, said = line.partition(" ")
    assert before <= datetime.strptime(at, "%Y-%m-%dT%H:%M:%S%z") <= datetime.now(UTC)
    assert said.startswith("litwatch: there is no configuration")
    assert litwatch("status", folder=tmp_path).err.startswith("litwatch: ")


def test_without_a_store_there_is_nothing_to_show_and_monitoring_is_told_unknown(tmp_path: Path) -> None:
    with world(tmp_path, today="2026-03-08") as here:
        shown = here.litwatch("status", "--json")
        names = ("watches", "warnings", "templates", "late_digests", "runs", "last_runs", "without_receipt")
        nothing: dict[str, list[object]] = {name: [] for name in names}
        assert (shown.code, shown.objects()) == (0, [nothing])
        assert here.litwatch("status").code == 0
        check = here.litwatch("status", "--check")
        assert (check.code, check.out) == (3, "LITWATCH UNKNOWN - nothing has run yet\n")
        here.store.parent.mkdir(exist_ok=True)
        here.store.write_bytes(b"no database" * 500)
        check = here.litwatch("status", "--check")
        assert check.code == 2
        assert check.out.startswith("LITWATCH CRITICAL - the store ")
        # Whoever looks may not read it: then it is the look that failed.
        for forbidden, rights in ((here.store, 0o600), (here.store.parent, 0o700)):
            forbidden.chmod(0)
            check = litwatch(
                "status", "--check", folder=here.folder, environment=here.environment, before=powerless()
            )
            forbidden.chmod(rights)
            assert (check.code, check.out.startswith("LITWATCH UNKNOWN - the store ")) == (3, True), check
        (here.config / "litwatch.toml").write_text("[mial]", encoding="utf-8")
        assert here.litwatch("status", "--check").code == 2
        assert here.litwatch("status").code == 2


def test_a_look_is_overdue_an_hour_after_it_was_due() -> None:
    now = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)  # half past six; due at five
    assert overdue(Schedule("daily"), now - timedelta(days=2), now)
    early = Schedule("daily", time=datetime(2026, 1, 1, 5).time())  # noqa: DTZ001 a time of day
    assert overdue(early, now - timedelta(days=1), now)
    assert not overdue(early, now - timedelta(hours=1), now)
    assert not overdue(early, now - timedelta(days=1), now, at_work=True)
    assert not overdue(early, now, now, at_work=True)
    assert overdue(early, now - timedelta(days=2), now, at_work=True)
    assert not overdue(early, now - timedelta(days=1), now - timedelta(minutes=31))


@pytest.mark.parametrize(
    ("late", "failed", "code", "said"),
    [
        (False, None, 0, "1 searched in time"),
        (True, None, 2, "w: its search of PubMed is overdue"),
        (False, ("refresh", "w"), 1, "refresh w: a / b"),
        (False, ("deliver", None), 2, "deliver: a / b"),
        (False, ("collect", "gone"), 0, "every last run was good"),
        (True, ("refresh", "w"), 2, "w: its search of PubMed is overdue; refresh w"),
    ],
)
def test_what_monitoring_is_told(
    late: bool, failed: tuple[str, str | None] | None, code: int, said: str
) -> None:
    books = dict.fromkeys(("matches", "held", "owed", "wanted", "wanted_for_long"), 0)
    standing = {
        "warnings": [],
        "templates": [],
        "late_digests": [],
        "without_receipt": [],
        "watches": [
            {"name": "w", "configured": True, "overdue": late, **NOTHING, **books},
            {"name": "gone", "configured": False, "overdue": False, **books},
        ],
        "runs": [{"job": failed[0], "watch": failed[1], "ok": False, "failures": ["a | b"], "late": []}]
        if failed
        else [],
    }
    answer, words = judged(standing)
    assert answer == code
    assert said in words
    assert words.count("|") == 1


def test_the_newest_receipt_of_each_job_decides_how_status_ends(up_to_date: World) -> None:
    store = open_store(f"sqlite:///{up_to_date.store}", create=True, now=datetime.now(UTC))
    with store.writing() as connection:
        connection.execute(update(receipt).where(receipt.c.id == 1).values(ok=False))
    store.close()
    outcome = up_to_date.litwatch("status")
    assert outcome.code == 0  # that look is long over
    assert "failed" in outcome.out


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["status"],
        ["status", "--json"],
        ["papers"],
        ["trace", "you@example.org"],
        ["subscribers", "list"],
    ],
)
def test_in_a_folder_without_a_configuration_what_works_with_the_store_says_so(
    tmp_path: Path, words: list[str]
) -> None:
    told = litwatch(*words, folder=tmp_path)
    assert (told.code, told.out) == (2, "")
    assert f"there is no configuration in {tmp_path / 'config'}" in told.err
    check = litwatch("status", "--check", folder=tmp_path)
    assert check.code == 3
    assert check.out.startswith(f"LITWATCH UNKNOWN - there is no configuration in {tmp_path / 'config'}")


def test_a_watch_whose_file_was_renamed_is_named_with_what_it_owed_once_by_a_run_and_always_by_status_and_check(
    tmp_path: Path,
) -> None:
    with world(tmp_path, today="2026-03-08") as here:
        first = here.litwatch("run", "--now", "2026-03-08T07:05:00Z")
        assert f"a new store was made: {here.store}" in first.err
        owed = here.litwatch("status", "--json").objects()[0]["watches"][0]["owed"]
        assert owed > 1
        subscribers = here.config / "subscribers.toml"
        named, text = here.config / "watches" / "ketamine-depression.toml", subscribers.read_text()
        named.rename(named.with_name("ketamine.toml"))
        subscribers.write_text(text.replace('"ketamine-depression"', '"ketamine"'))
        said = (
            f"watch ketamine-depression is not configured any more: {owed} papers were owed to 1 reader; name"
        )
        check = here.litwatch("check")
        assert f"warning: watches/ketamine-depression.toml: {said.partition(';')[0]}" in check.err
        runs = [here.litwatch("run", "--now", f"2026-03-08T{hour}:05:00Z") for hour in ("08", "09")]
        assert [run.err.count(said) for run in runs] == [1, 0]
        assert "new store" not in runs[0].err
        assert said in here.litwatch("status").out
        named.with_name("ketamine.toml").rename(named)
        subscribers.write_text(text)
        assert here.litwatch("run", "--now", "2026-03-08T10:05:00Z").code == 0
        assert "watch ketamine-depression is" not in here.litwatch("check").err
        [again] = [
            watch
            for watch in here.litwatch("status", "--json").objects()[0]["watches"]
            if watch["name"] == "ketamine-depression"
        ]
        assert (again["owed"], again["left_behind"]) == (owed, None)


def test_an_address_that_was_changed_while_papers_were_owed_is_told_once_and_can_be_mended(
    tmp_path: Path,
) -> None:
    with world(tmp_path, today="2026-03-08") as here:
        assert here.litwatch("run", "--now", "2026-03-08T07:05:00Z").code == 0
        owed = here.litwatch("status", "--json").objects()[0]["watches"][0]["owed"]
        subscribers = here.config / "subscribers.toml"
        text = subscribers.read_text()
        subscribers.write_text(text.replace("you@example.org", "new@example.org"))
        said = "papers were owed to you@example.org, whose subscription is in the configuration no more"
        runs = [here.litwatch("run", "--now", f"2026-03-08T{hour}:05:00Z") for hour in ("08", "09")]
        assert [run.err.count(said) for run in runs] == [1, 0]
        searched = here.litwatch("collect", "--json", "--now", "2026-03-08T10:05:00Z").objects()[0]
        assert searched["mailed_to_nobody"] == searched["books"]["mailed"] == owed
        told = here.litwatch("collect", "--now", "2026-03-08T10:20:00Z").out
        assert f" + {owed} mailed ({owed} of them to nobody) + 0 owed" in told
        subscribers.write_text(text)
        again = here.litwatch("run", "--now", "2026-03-08T11:05:00Z")
        assert "were owed" not in again.err
        assert here.litwatch("status", "--json").objects()[0]["watches"][0]["owed"] == owed


def test_a_watch_that_ended_after_its_reader_had_left_owes_nobody(tmp_path: Path) -> None:
    with world(tmp_path, today="2026-03-08") as here:
        named = here.config / "watches" / "ketamine-depression.toml"
        shutil.copy(named, named.with_name("kept.toml"))
        subscribers = here.config / "subscribers.toml"
        assert here.litwatch("run", "--now", "2026-03-08T07:05:00Z").code == 0
        subscribers.write_text(subscribers.read_text().replace('"ketamine-depression"', '"kept"'))
        assert here.litwatch("collect", "--now", "2026-03-08T08:05:00Z").code == 0
        named.unlink()
        assert "any more" not in here.litwatch("run", "--now", "2026-03-08T09:05:00Z").err
        assert "were owed" not in here.litwatch("status").out + here.litwatch("check").err


def test_of_the_mailed_what_went_to_nobody_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    books = {"backlog": 1, "mailed": 3, "owed": 0, "held": 0, "excluded": 0, "wanted": 0}
    watch = {
        "name": "w",
        "configured": True,
        "overdue": False,
        "last_good_search": "2026-03-09T07:00:00Z",
        "matches": 4,
        **books,
        "guard": None,
        "left_behind": None,
        "silent": None,
        "retractions_unasked": None,
    }
    parts = ("warnings", "templates", "late_digests", "runs", "last_runs", "without_receipt")
    standing: dict[str, Any] = {part: [] for part in parts}
    print_status(standing | {"watches": [watch | {"mailed_to_nobody": 2}]})
    assert "    2 of the mailed went to nobody: no reader was entitled" in capsys.readouterr().out
    print_status(standing | {"watches": [watch | {"mailed_to_nobody": 0}]})
    assert "nobody" not in capsys.readouterr().out
