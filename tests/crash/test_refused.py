"""Proves that a store which refuses (full, read-only, locked, another host at work) costs a run and never a paper."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crash.killing import command, differences, mails, state, step, unsound
from litwatch.edge.store.open import open_store
from litwatch.edge.store.past import NAME
from world import Outcome, World, litwatch, powerless, world

SUNDAY_RUN = ("run", "--now", "2026-03-08T07:05:00Z")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("refused"), today="2026-03-08") as here:
        yield here


@pytest.fixture(scope="module")
def undisturbed(made: World) -> dict[str, Any]:
    """What a first run leaves when nothing refuses."""
    assert step(made, 0).code == 0
    return state(made)


@pytest.fixture
def here(made: World, undisturbed: dict[str, Any]) -> Iterator[World]:
    """The same world without a store."""
    made.begin_anew()
    made.store.parent.mkdir()
    made.pubmed.set_today("2026-03-08")
    yield made
    made.store.parent.chmod(0o755)


def receipt_on_stderr(told: Outcome) -> dict[str, Any]:
    """The one line of JSON there."""
    (line,) = [line for line in told.err.splitlines() if line.startswith("{")]
    receipt: dict[str, Any] = json.loads(line)
    return receipt


def is_failure(told: Outcome, *words: str, code: int = 1) -> None:
    """One clear message, the receipt as JSON, the right code, no traceback."""
    assert told.code == code, told.err
    messages = [line for line in told.err.splitlines() if "Z litwatch: " in line]
    assert len(messages) == 1, told.err
    for word in words:
        assert word in messages[0]
    receipt = receipt_on_stderr(told)
    assert receipt["ok"] is False
    assert any(word in failure for word in words for failure in receipt["failures"])
    assert "Traceback" not in told.err


@pytest.fixture
def small_disk(here: World) -> Iterator[Path]:
    """A disk of half a megabyte, where the store is to be."""
    folder = here.store.parent
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "litwatch-test", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


# A disk with room for nothing at all, for some tables, and for some of the papers.
@pytest.mark.parametrize("free", [0, 190, 330])
def test_on_a_full_disk_a_run_fails_with_its_receipt_and_the_next_makes_it_good(
    here: World, undisturbed: dict[str, Any], small_disk: Path, free: int
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes((512 - free) * 1024))
    told = here.litwatch(*SUNDAY_RUN)
    is_failure(told, "disk")
    assert unsound(here.store) is None
    status = here.litwatch("status", "--json")  # what is there can be read, on a full disk too
    assert status.code in (0, 1)
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    again = here.litwatch(*SUNDAY_RUN)
    assert again.code == 0, again.err
    assert differences(undisturbed, state(here)) == []


@pytest.mark.parametrize("limit", [4_000, 150_000])
def test_a_limit_on_the_size_of_files_kills_nothing_silently(
    here: World, undisturbed: dict[str, Any], limit: int
) -> None:
    told = litwatch(
        *SUNDAY_RUN,
        folder=here.folder,
        environment=here.environment,
        before=("prlimit", f"--fsize={limit}"),
    )
    is_failure(told, "disk")
    assert unsound(here.store) is None
    again = here.litwatch(*SUNDAY_RUN)
    assert again.code == 0, again.err
    assert differences(undisturbed, state(here)) == []


def test_a_mail_for_which_the_outbox_has_no_room_goes_out_later(
    here: World, undisturbed: dict[str, Any], small_disk: Path
) -> None:
    store = here.folder / "elsewhere.sqlite3"
    here.environment["LITWATCH_STORE__URL"] = f"sqlite:///{store}"
    try:
        assert here.litwatch(*SUNDAY_RUN).code == 0
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(510 * 1024))
        here.pubmed.set_today("2026-03-09")
        told = here.litwatch("run", "--now", "2026-03-09T07:05:00Z")
        assert told.code == 1
        assert "the outbox" in told.err
        assert "No space left" in told.err
        assert mails(here.outbox) == {}
        ballast.unlink()
        again = here.litwatch("run", "--now", "2026-03-09T07:20:00Z")
        assert again.code == 0, again.err
        assert len(here.mails()) == 1
    finally:
        del here.environment["LITWATCH_STORE__URL"]
        for path in here.folder.glob("elsewhere.*"):
            path.unlink()


def test_a_store_that_may_not_be_written_is_said_to_be_read_only(
    here: World, undisturbed: dict[str, Any]
) -> None:
    assert here.litwatch(*SUNDAY_RUN).code == 0
    for path in here.store.parent.iterdir():
        path.chmod(0o444 if path.is_file() else 0o555)
    here.store.parent.chmod(0o555)
    here.pubmed.set_today("2026-03-10")
    for job in ("run", "collect", "deliver"):
        told = litwatch(
            job,
            "--now",
            "2026-03-10T07:05:00Z",
            folder=here.folder,
            environment=here.environment,
            before=powerless(),
        )
        is_failure(told, "read-only")
        assert receipt_on_stderr(told)["job"] == job
    here.store.parent.chmod(0o755)
    for path in here.store.parent.iterdir():
        path.chmod(0o644 if path.is_file() else 0o755)
    assert differences(undisturbed, state(here)) == []


def test_a_store_on_a_file_system_that_takes_no_changes_is_said_to_be_read_only(
    here: World, undisturbed: dict[str, Any], small_disk: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    assert here.litwatch(*SUNDAY_RUN).code == 0
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for job in ("run", "collect", "deliver"):
        is_failure(here.litwatch(job, "--now", "2026-03-10T07:05:00Z"), "read-only, as the whole file system")
    assert here.litwatch("status", "--json").code in (0, 1)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert differences(undisturbed, state(here)) == []


def test_a_store_that_another_program_keeps_locked_is_exit_3_and_the_next_run_does_it(
    here: World, undisturbed: dict[str, Any]
) -> None:
    assert here.litwatch("run", "--now", "2026-03-07T07:05:00Z").code == 0
    with closing(sqlite3.connect(here.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # a backup with a mind of its own, or somebody's open sqlite3
        told = here.litwatch("run", "--now", "2026-03-09T07:05:00Z")
        is_failure(told, "another program kept it locked", code=3)
        assert here.litwatch("papers", "--limit", "1").code == 0
        other.execute("ROLLBACK")
    again = here.litwatch("run", "--now", "2026-03-09T07:20:00Z")
    assert again.code == 0, again.err
    assert len(here.mails()) == 1


def test_while_another_run_collects_the_mail_is_left_to_it_but_not_for_more_than_a_day(
    here: World, undisturbed: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    other = here.config / "watches" / "another.toml"
    shutil.copy(here.config / "watches" / "ketamine-depression.toml", other)
    request.addfinalizer(other.unlink)
    assert here.litwatch(*SUNDAY_RUN).code == 0
    here.pubmed.set_today("2026-03-09")
    assert here.litwatch("run", "--now", "2026-03-09T07:05:00Z").code == 0
    store = open_store(f"sqlite:///{here.store}", create=True, now=datetime.now(UTC))
    with store.lock("collect"):
        told = here.litwatch("run", "--now", "2026-03-16T07:05:00Z")
        assert told.code == 3
        assert told.err.count("another collect is at work") == 1
        assert len(here.mails()) == 1
        lock = here.store.with_name(f"{here.store.name}.collect.lock")
        os.utime(lock, times=(time.time() - 90_000, time.time() - 90_000))
        # By then the digest has waited a day for the search that the other did not end.
        assert here.litwatch("run", "--now", "2026-03-17T07:20:00Z").code == 0
        assert len(here.mails()) == 2
    store.close()


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_a_store_that_was_there_and_is_gone_is_no_first_run(
    here: World, undisturbed: dict[str, Any], left: str
) -> None:
    assert here.litwatch(*SUNDAY_RUN).code == 0
    kept = here.store.read_bytes()
    here.store.unlink()
    if left == "an empty file":
        here.store.touch()
    here.pubmed.requests.clear()
    for job in ("run", "collect", "deliver"):
        told = here.litwatch(job, "--now", "2026-03-09T07:05:00Z")
        assert told.code == 1
        assert ("is not there" if left == "nothing" else "is empty") in told.err
        assert "litwatch.sqlite3.collect.lock" in told.err
        assert "Traceback" not in told.err
    said = told.err.splitlines()[-1].partition(" litwatch: ")[2]
    reading = (
        ["status"],
        ["status", "--json"],
        ["papers"],
        ["trace", "you@example.org"],
        ["subscribers", "list"],
    )
    for words in reading:
        shown = here.litwatch(*words)
        assert (shown.code, shown.out, shown.err) == (1, "", f"litwatch: {said}\n"), words
    check = here.litwatch("status", "--check")
    assert (check.code, check.out) == (2, f"LITWATCH CRITICAL - {said}\n")
    assert (list(here.pubmed.requests), here.mails()) == ([], [])
    here.store.write_bytes(kept)
    assert here.litwatch("run", "--now", "2026-03-09T07:05:00Z").code == 0
    assert len(here.mails()) == 1


@pytest.mark.parametrize("left", ["no folder", "an empty folder", "no folder and no note"])
def test_a_disk_that_is_not_mounted_is_no_first_run(here: World, left: str) -> None:
    """The issue's story: who had left was subscribed again, and all was mailed as new."""
    assert here.litwatch(*SUNDAY_RUN).code == 0
    away = here.folder / "away"
    here.store.parent.rename(away)
    if left == "an empty folder":
        here.store.parent.mkdir()
    if left == "no folder and no note":
        (here.config / NAME).unlink()
        here.environment["LITWATCH_STORE__CREATE"] = "false"
    said = ""
    for job in ("run", "collect", "deliver"):
        told = here.litwatch(job, "--now", "2026-03-09T07:05:00Z")
        assert (told.code, told.err.count("Z litwatch: ")) == (1, 1)
        said = told.err.splitlines()[-1].partition(" litwatch: ")[2]
        for way in ("Mount its disk", "`litwatch store restore FILE`", "`litwatch store create`"):
            assert way in said
    check = here.litwatch("status", "--check")
    assert (check.code, check.out) == (2, f"LITWATCH CRITICAL - {said}\n")
    assert here.store.parent.exists() is (left == "an empty folder")
    # Three ways on: it is mounted, or put back, or given up.
    backup = here.folder / "backup"
    shutil.copy(away / here.store.name, backup)
    if left == "no folder":
        away.rename(here.store.parent)
    else:
        here.store.parent.mkdir(exist_ok=True)
        words = ("restore", str(backup)) if left == "an empty folder" else ("create",)
        assert here.litwatch("store", *words).code == 0
        shutil.rmtree(away)
    here.environment.pop("LITWATCH_STORE__CREATE", None)
    assert here.litwatch("run", "--now", "2026-03-09T07:05:00Z").code == 0
    assert len(here.mails()) == (1 if "no note" not in left else 0)
    backup.unlink()


def test_who_says_so_begins_anew_and_so_does_who_was_killed_before_there_was_a_table(
    here: World, undisturbed: dict[str, Any]
) -> None:
    here.store.touch()
    assert here.litwatch(*SUNDAY_RUN).code == 0
    again = here.litwatch("store", "create")
    assert (again.code, "there is a store" in again.err) == (2, True)
    here.store.unlink()
    assert "Made " in here.litwatch("store", "create").out
    assert here.litwatch(*SUNDAY_RUN).code == 0
    assert differences(undisturbed, state(here)) == []


def test_a_new_store_in_another_place_is_said_and_so_is_a_folder_that_takes_no_note(here: World) -> None:
    assert here.litwatch(*SUNDAY_RUN).code == 0
    here.environment["LITWATCH_STORE__URL"] = f"sqlite:///{here.config}/var/other.sqlite3"
    told = here.litwatch(*SUNDAY_RUN)
    (here.config / NAME).unlink()
    (here.config / NAME).symlink_to(here.config / "nowhere" / NAME)
    here.environment["LITWATCH_STORE__URL"] = f"sqlite:///{here.config}/var/third.sqlite3"
    silent = here.litwatch(*SUNDAY_RUN)
    words = "third.sqlite3: once lost, that is taken for a first run"
    now = f"--now {SUNDAY_RUN[-1]}"
    for create, warned in (("true", True), ("false", False)):
        here.environment["LITWATCH_STORE__CREATE"] = create
        for words_of in ("check", f"status {now}", f"status --check {now}"):
            shown = here.litwatch(*words_of.split())
            assert (shown.code, words in shown.out + shown.err) == (0, warned), shown
    del here.environment["LITWATCH_STORE__URL"], here.environment["LITWATCH_STORE__CREATE"]
    assert (told.code, silent.code) == (0, 0)
    assert f"before, this configuration had its store in {here.store}" in told.err
    assert "store.made cannot be written (No such file or directory): set store.create = false" in silent.err


@pytest.mark.full
def test_two_hosts_on_one_postgresql_search_once_and_send_once(server: str, tmp_path: Path) -> None:
    from deliver.postgresql import empty

    empty(server)
    with world(tmp_path / "one", today="2026-03-08") as one:
        one.environment["LITWATCH_STORE__URL"] = server
        shutil.copytree(one.config, tmp_path / "two" / "config")
        two = World(tmp_path / "two", one.pubmed, one.environment)
        for day in ("2026-03-08", "2026-03-09", "2026-03-16"):
            one.pubmed.set_today(day)
            runs = [command(each, ("run", "--now", f"{day}T07:05:00Z")) for each in (one, two, one, two)]
            endings = [(run.communicate(timeout=110)[1], run.returncode) for run in runs]
            assert {code for _, code in endings} <= {0, 3}, endings
            assert 0 in {code for _, code in endings}
            assert all("another" in said for said, code in endings if code == 3), endings
            # Who had nothing to search may have been at the mail while another searched: cron comes again.
            assert one.litwatch("run", "--now", f"{day}T07:20:00Z").code == 0
        assert len(one.mails()) + len(two.mails()) == 2
        watch = one.litwatch("status", "--json").objects()[0]["watches"][0]
        assert watch["owed"] == 0
        # Another database, or one that was emptied, is no first run.
        empty(server)
        for each in (one, two):
            lost = each.litwatch("run", "--now", "2026-03-17T07:05:00Z")
            assert (lost.code, "is empty, and this is no first run" in lost.err) == (1, True), lost
        assert one.litwatch("store", "create").code == 0
        assert two.litwatch("run", "--now", "2026-03-17T07:05:00Z").code == 0
