"""Proves that a backup made while others write is whole, and that putting one back loses nothing that it held."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest

from litwatch.edge.store.open import open_store
from world import Outcome, World, litwatch, powerless, world

SUNDAY, MONDAY, NEXT_SUNDAY, NEXT_MONDAY, NEXT_TUESDAY = (
    f"2026-03-{day}T07:05:00Z" for day in ("08", "09", "15", "16", "17")
)


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world after its first digest."""
    with world(tmp_path_factory.mktemp("backup"), by_create_date=False) as made:
        for moment in (SUNDAY, MONDAY):
            assert made.run(moment).code == 0
        yield made


@pytest.fixture
def here(mailed: World, tmp_path: Path) -> World:
    """A copy of it for one test."""
    shutil.copytree(mailed.folder, tmp_path / "here")
    return World(tmp_path / "here", mailed.pubmed, dict(mailed.environment))


def told(outcome: Outcome) -> str:
    assert outcome.code == 0, outcome
    return outcome.out


def pmids_in(mail: EmailMessage) -> set[str]:
    """The papers that a digest shows."""
    text = mail.get_body(("plain",))
    assert text is not None
    return set(re.findall(r"pubmed\.ncbi\.nlm\.nih\.gov/(\d+)", str(text.get_content())))


def test_a_backup_is_put_back_and_what_was_sent_since_is_told_and_owed_again(
    here: World, tmp_path: Path
) -> None:
    backup = tmp_path / "monday.sqlite3"
    assert "it is sound" in told(here.litwatch("store", "backup", str(backup)))
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    books = here.litwatch("status", "--json").objects()[0]["watches"]
    for moment in (NEXT_SUNDAY, NEXT_MONDAY):
        assert here.run(moment).code == 0
    assert len(here.mails()) == 2
    said = told(here.litwatch("store", "restore", str(backup)))
    assert "1 digest was sent that the backup does not know" in said
    [aside] = here.store.parent.glob("*.replaced.*Z")
    assert str(aside) in said
    assert here.litwatch("status", "--json").objects()[0]["watches"] == books
    # The week is played again, a day later: its digest is another mail, which no mailbox may take for the first.
    for moment in (NEXT_SUNDAY, NEXT_TUESDAY):
        assert here.run(moment).code == 0
    monday, first, second = (pmids_in(mail) for mail in here.mails())
    assert monday
    assert first != monday
    assert first < second
    assert len({mail["Message-ID"] for mail in here.mails()}) == 3
    # What was kept aside is a whole store, too.
    shutil.copy(aside, here.store)
    assert len(here.litwatch("status", "--json").objects()[0]["watches"]) == 1


def test_who_left_after_the_backup_stays_out(here: World, tmp_path: Path) -> None:
    backup = tmp_path / "monday.sqlite3"
    told(here.litwatch("store", "backup", str(backup)))
    token = unquote(str(here.mails()[0]["List-Unsubscribe"])).rpartition(" ")[2].rstrip(">")
    told(here.litwatch("unsubscribe", token))
    [(address, watch)] = {
        (one["address"], one["watch"]) for one in standings(here) if one["standing"] == "unsubscribed"
    }
    restored = here.litwatch("store", "restore", str(backup))
    said = told(restored)
    assert restored.err == ""
    assert f"{address} left {watch} after the backup, and stays out." in said
    assert [one["standing"] for one in standings(here) if one["address"] == address] == ["unsubscribed"]
    again = json.loads(told(here.litwatch("store", "restore", str(backup), "--json")))
    assert again["left_since"] == [{"address": address, "watch": watch}]


def standings(here: World) -> list[dict[str, str]]:
    return here.litwatch("subscribers", "list", "--json").objects()


def test_a_backup_into_a_folder_that_is_not_there_makes_it(here: World, tmp_path: Path) -> None:
    told(here.litwatch("store", "backup", f"{tmp_path}/nightly/"))
    [file] = (tmp_path / "nightly").iterdir()
    assert re.fullmatch(r"litwatch-\d{8}T\d{6}Z\.sqlite3", file.name)
    nowhere = here.litwatch("store", "backup", str(tmp_path / "no" / "nightly"))
    assert (nowhere.code, "cannot be made" in nowhere.err) == (1, True)


def test_a_backup_into_a_folder_has_the_time_in_its_name(here: World, tmp_path: Path) -> None:
    facts = json.loads(told(here.litwatch("store", "backup", str(tmp_path), "--json")))
    file = Path(facts["to"])
    assert file.parent == tmp_path
    assert file.name.startswith(f"litwatch-{datetime.now(UTC):%Y%m%d}T")
    assert facts["bytes"] == file.stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([file.name, "here"])


def test_a_backup_made_while_others_write_is_of_one_moment(here: World, tmp_path: Path) -> None:
    over = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(here.store, timeout=30)) as raw:
            number = 0
            while not over.is_set():
                number += 1
                with raw:  # both or neither
                    raw.execute("UPDATE watch SET query = ?", (str(number),))
                    raw.execute("UPDATE watch SET translation = ?", (str(number),))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            told(here.litwatch("store", "backup", str(tmp_path / f"{number}.sqlite3")))
    finally:
        over.set()
        writer.join()
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"{number}.sqlite3")) as raw:
            query, translation = raw.execute("SELECT query, translation FROM watch").fetchone()
            assert query == translation
            assert raw.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_what_a_killed_program_left_in_the_log_is_in_the_backup(here: World, tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    killed.mkdir()
    with closing(sqlite3.connect(here.store)) as raw, raw:
        raw.execute("PRAGMA wal_autocheckpoint=0")
        raw.execute("UPDATE watch SET query = 'in the log'")
        raw.commit()
        for end in ("", "-wal"):
            shutil.copy(f"{here.store}{end}", killed / f"litwatch.sqlite3{end}")
    given = {"LITWATCH_STORE__URL": f"sqlite:///{killed}/litwatch.sqlite3"}
    backup = tmp_path / "backup.sqlite3"
    told(litwatch("store", "backup", str(backup), folder=here.folder, environment=given))
    with closing(sqlite3.connect(backup)) as raw:
        assert raw.execute("SELECT query FROM watch").fetchone() == ("in the log",)
    # The log of the store that is replaced is not read into the one that is put there.
    with closing(sqlite3.connect(backup)) as raw, raw:
        raw.execute("UPDATE watch SET query = 'restored'")
    told(litwatch("store", "restore", str(backup), folder=here.folder, environment=given))
    with closing(sqlite3.connect(killed / "litwatch.sqlite3")) as raw:
        assert raw.execute("SELECT query FROM watch").fetchone() == ("restored",)


@pytest.mark.parametrize("how", ["gone", "header", "empty"])
def test_a_store_that_cannot_be_asked_is_replaced_and_the_command_says_what_it_does_not_know(
    here: World, tmp_path: Path, how: str
) -> None:
    backup = tmp_path / "backup.sqlite3"
    told(here.litwatch("store", "backup", str(backup)))
    match how:
        case "gone":
            here.store.unlink()
            assert here.run(NEXT_SUNDAY).code == 1
        case "header":
            with here.store.open("rb+") as stream:
                stream.write(bytes(4096))
        case "empty":
            here.store.write_bytes(b"")
    restored = here.litwatch("store", "restore", str(backup))
    assert ("kept" in told(restored)) is (how != "gone")
    [line] = restored.err.splitlines()
    assert "who left and how many digests were sent since the backup is not known" in line
    assert "litwatch subscribers pause ADDRESS" in line
    if how == "gone":
        assert here.run(NEXT_SUNDAY).code == 0
        here.store.unlink()
        again = here.litwatch("store", "restore", str(backup), "--json")
        assert json.loads(told(again)) | {"left_since": None, "sent_since": None} == json.loads(again.out)


@pytest.mark.parametrize(
    ("damage", "code", "said"),
    [
        ("cut", 1, "nothing was changed"),
        ("text", 1, "is no SQLite database"),
        ("empty", 1, "holds no store of litwatch"),
        ("other", 1, "another program's database"),
        ("newer", 2, "from a newer litwatch"),
        ("gone", 2, "there is no file"),
        ("itself", 2, "is the store itself"),
    ],
)
def test_what_is_no_sound_backup_is_not_put_back(
    here: World, tmp_path: Path, damage: str, code: int, said: str
) -> None:
    backup = tmp_path / "backup.sqlite3"
    told(here.litwatch("store", "backup", str(backup)))
    match damage:
        case "cut":
            with backup.open("rb+") as stream:
                stream.truncate(backup.stat().st_size // 2)
        case "text":
            backup.write_text("no store " * 1000)
        case "empty":
            backup.write_bytes(b"")
        case "other":
            backup.unlink()
            with closing(sqlite3.connect(backup)) as raw, raw:
                raw.execute("CREATE TABLE other (id)")
        case "newer":
            with closing(sqlite3.connect(backup)) as raw, raw:
                raw.execute("UPDATE alembic_version SET version_num = '9999'")
        case "gone":
            backup.unlink()
        case "itself":
            backup = here.store
    before = here.store.read_bytes()
    files = sorted(here.store.parent.iterdir())
    outcome = here.litwatch("store", "restore", str(backup))
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert here.store.read_bytes() == before
    beside = (".lock", "-wal", "-shm")
    assert {path for path in here.store.parent.iterdir() if not path.name.endswith(beside)} <= set(files)


def test_nothing_is_put_back_while_a_run_is_at_work_and_nothing_is_overwritten(
    here: World, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.sqlite3"
    told(here.litwatch("store", "backup", str(backup)))
    again = here.litwatch("store", "backup", str(backup))
    assert (again.code, "is there already" in again.err) == (2, True)
    store = open_store(f"sqlite:///{here.store}", create=False, now=datetime.now(UTC))
    assert store is not None
    with store.lock("deliver"):
        assert here.litwatch("store", "restore", str(backup)).code == 3
    store.close()
    nowhere = here.litwatch("store", "backup", str(tmp_path / "nowhere" / "backup.sqlite3"))
    assert (nowhere.code, "cannot be written: No such file" in nowhere.err) == (1, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_puts_back_belongs_to_whom_the_store_belonged_to(here: World, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite3"
    told(here.litwatch("store", "backup", str(backup)))
    os.chown(here.store, 12345, 12345)
    here.store.chmod(0o640)
    told(here.litwatch("store", "restore", str(backup)))
    found = here.store.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12345, 12345, 0o640)
    locks = list(here.store.parent.glob("*.lock"))
    assert {"backfill", "inbox"} <= {path.suffixes[-2].removeprefix(".") for path in locks}
    assert {(path.stat().st_uid, path.stat().st_gid) for path in locks} == {(12345, 12345)}


@pytest.mark.parametrize("shut", ["file", "folder"])
def test_a_backup_that_this_user_may_not_read_is_one_line(here: World, tmp_path: Path, shut: str) -> None:
    backup = tmp_path / "shut" / "backup.sqlite3"
    backup.parent.mkdir()
    backup.touch()
    (backup if shut == "file" else backup.parent).chmod(0)
    refused = litwatch("store", "restore", str(backup), folder=here.folder, before=powerless())
    backup.parent.chmod(0o755)
    assert (refused.code, refused.out) == (1, "")
    [line] = refused.err.splitlines()
    assert f"{backup} cannot be read (Permission denied)" in line
    assert "nothing was changed" in line


@pytest.mark.parametrize("verb", ["backup", "restore"])
def test_postgresql_has_programs_of_its_own(here: World, tmp_path: Path, verb: str) -> None:
    given = {"LITWATCH_STORE__URL": "postgresql://litwatch:s3cret@127.0.0.1:9/litwatch"}
    outcome = litwatch("store", verb, str(tmp_path / "file"), folder=here.folder, environment=given)
    assert outcome.code == 2
    assert ("pg_dump" if verb == "backup" else "pg_restore") in outcome.err
    assert "s3cret" not in outcome.err
