"""Proves that a store is made whole or not at all, and that its faults are told in words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, inspect, select, text

from collect.collectworld import MONDAY, new_store
from litwatch.edge.store import migrations
from litwatch.edge.store.open import Store, open_store
from litwatch.edge.store.tables import metadata, paper, watch
from litwatch.errors import LockHeld, StoreError, StoreTooNew, UsageError
from world import powerless


def opened(path: Path, *, create: bool = True) -> Store | None:
    return open_store(f"sqlite:///{path}", create=create, now=MONDAY)


def python(
    code: str, *arguments: object, before: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    return subprocess.run(
        [*before, sys.executable, "-W", "error", "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


def test_a_store_that_is_not_there_is_nothing_to_show_and_is_not_made(tmp_path: Path) -> None:
    assert opened(tmp_path / "no.sqlite3", create=False) is None
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_nothing_to_show_and_is_filled_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    path.touch()  # what a kill during the making leaves
    assert opened(path, create=False) is None
    store = opened(path)
    assert store is not None
    with store.reading() as connection:
        assert set(metadata.tables) < set(inspect(connection).get_table_names())
    store.close()


def test_a_new_store_is_safe_against_a_power_cut_and_checks_its_keys(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
    store.close()


def test_a_transaction_that_fails_leaves_nothing_not_even_a_table(tmp_path: Path) -> None:
    store = new_store(tmp_path)

    def half() -> None:
        with store.writing() as connection:
            connection.execute(text("CREATE TABLE half (x INTEGER)"))
            connection.execute(insert(watch).values(name="w", query="q", translation="t"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with store.reading() as connection:
        assert "half" not in inspect(connection).get_table_names()
        assert connection.execute(select(watch)).all() == []
    store.close()


def test_one_missing_directory_is_made_but_a_mistyped_path_is_not(tmp_path: Path) -> None:
    store = opened(tmp_path / "var" / "store.sqlite3")
    assert store is not None
    store.close()
    with pytest.raises(StoreError, match=r"there is no directory .*/not"):
        opened(tmp_path / "not" / "there" / "store.sqlite3")
    assert not (tmp_path / "not").exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_an_address_that_is_no_store_is_wrong_use(url: str) -> None:
    with pytest.raises(UsageError, match=r"store\.url"):
        open_store(url, create=True, now=MONDAY)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_text("just a letter to somebody, and longer than a header of SQLite\n" * 20)
    with pytest.raises(StoreError, match="no SQLite database"):
        opened(path)
    assert path.read_text().startswith("just a letter")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (x)")
    connection.close()
    with pytest.raises(StoreError, match="another program's database"):
        opened(path)


def test_a_store_from_a_newer_litwatch_is_named_and_not_touched(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    store.close()
    before = (tmp_path / "store.sqlite3").read_bytes()
    for create in (True, False):
        with pytest.raises(StoreTooNew) as error:
            opened(tmp_path / "store.sqlite3", create=create)
        assert error.value.exit_code == 2
        assert "0999" in str(error.value)
        assert migrations.NEWEST in str(error.value)
        assert "\n" not in str(error.value)
    assert (tmp_path / "store.sqlite3").read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["store.sqlite3"]


def test_the_newest_layout_is_what_alembic_thinks_it_is() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == migrations.NEWEST


def test_migrating_from_nothing_makes_the_tables_of_tables_py(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(f"sqlite:///{tmp_path}/migrated.sqlite3")
    with engine.begin() as connection:
        migrations.upgrade(connection)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_full_disk_is_said_and_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    told = python(
        """
        import resource, signal, sys
        from datetime import UTC, datetime
        from sqlalchemy import insert, select
        from litwatch.edge.store.open import open_store
        from litwatch.edge.store.tables import paper
        from litwatch.errors import StoreError

        now = datetime(2026, 3, 2, tzinfo=UTC)
        store = open_store(f"sqlite:///{sys.argv[1]}", create=True, now=now)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        row = dict(record=b"x" * 10_000, content_hash="", status="", fetched_at=now)
        try:
            with store.writing() as connection:
                connection.execute(insert(paper), [dict(row, pmid=pmid) for pmid in range(1, 200)])
        except StoreError as error:
            print(error)
        with store.reading() as connection:
            print(connection.execute(select(paper.c.pmid)).all())
        """,
        tmp_path / "store.sqlite3",
    )
    assert told.stderr == ""
    said, rows = told.stdout.strip().split("\n")
    assert "disk" in said
    assert "run again" in said
    assert rows == "[]"


def test_on_a_full_disk_what_a_killed_run_left_in_its_log_is_read(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as connection:
        connection.execute(insert(watch).values(name="w", query="q", translation="t"))
    killed = tmp_path / "killed.sqlite3"
    for end in ("", "-wal"):
        killed.with_name(killed.name + end).write_bytes((tmp_path / f"store.sqlite3{end}").read_bytes())
    store.close()
    told = python(
        """
        import resource, sys
        from datetime import UTC, datetime
        from sqlalchemy import select
        from litwatch.edge.store.open import open_store
        from litwatch.edge.store.tables import watch

        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        now = datetime(2026, 3, 2, tzinfo=UTC)
        store = open_store(f"sqlite:///{sys.argv[1]}", create=False, now=now)
        with store.reading() as connection:
            print(connection.execute(select(watch.c.name)).scalar_one())
        store.close()
        """,
        killed,
    )
    assert (told.stdout, told.stderr) == ("w\n", "")


def test_a_collect_on_a_full_disk_fails_with_its_receipt_and_loses_nothing(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    told = python(
        """
        import resource, signal, sys
        sys.path[:0] = [sys.argv[2]]
        from collectworld import FakePubMed, day, after, new_store, record, settings, states, watch
        from litwatch.errors import StoreError
        from litwatch.jobs.collect import collect
        from pathlib import Path
        from random import Random

        noise = Random(1)
        pubmed = FakePubMed(batch_size=20)
        pubmed.add(*range(1, 101), created=day(-1))
        for pmid in pubmed.created:
            words = "".join(noise.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9_000))
            pubmed.records[pmid] = record(pmid, day(-1), title="Ketamine " + words)
        store = new_store(Path(sys.argv[1]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
        try:
            collect(watch(), pubmed, store, after(0), settings())
        except StoreError as error:
            print("disk" in str(error), error.receipt["ok"], error.receipt["failures"] == [str(error)])
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        receipt = collect(watch(), pubmed, store, after(1), settings())
        print(receipt.ok, set(states(store).values()), len(states(store)))
        """,
        tmp_path,
        Path(__file__).parent,
    )
    assert told.stderr == ""
    assert told.stdout == "True False True\nTrue {'new'} 100\n"


def test_a_read_only_store_can_be_read_and_says_so_when_written(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as connection:
        connection.execute(insert(watch).values(name="w", query="q", translation="t"))
    store.close()
    (tmp_path / "store.sqlite3").chmod(0o444)
    tmp_path.chmod(0o555)
    told = python(
        """
        import sys
        from datetime import UTC, datetime
        from sqlalchemy import insert, select
        from litwatch.edge.store.open import open_store
        from litwatch.edge.store.tables import watch
        from litwatch.errors import StoreError

        now = datetime(2026, 3, 2, tzinfo=UTC)
        store = open_store(f"sqlite:///{sys.argv[1]}", create=False, now=now)
        with store.reading() as connection:
            print(connection.execute(select(watch.c.name)).scalar_one())
        try:
            with store.lock("collect"):
                pass
        except StoreError as error:
            print(error)
        try:
            with store.writing() as connection:
                connection.execute(insert(watch).values(name="v", query="q", translation="t"))
        except StoreError as error:
            print(error)
        """,
        tmp_path / "store.sqlite3",
        before=powerless(),
    )
    tmp_path.chmod(0o755)
    assert told.stderr == ""
    name, locked, written = told.stdout.splitlines()
    assert name == "w"
    assert "cannot be opened (Permission denied)" in locked
    assert "it is read-only" in written


def test_a_store_that_was_read_only_once_is_mended_with_its_rights(tmp_path: Path) -> None:
    place, copies = tmp_path / "place", tmp_path / "copies"
    place.mkdir()
    copies.mkdir()
    path = place / "store.sqlite3"
    new_store(place).close()
    assert [each.stat().st_mode & 0o777 for each in place.iterdir()] == [0o600], "it is this user's alone"
    path.chmod(0o444)
    code = """
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from sqlalchemy import insert
        from litwatch.edge.store.backup import back_up
        from litwatch.edge.store.open import open_store
        from litwatch.edge.store.tables import watch
        from litwatch.errors import StoreError

        now = datetime(2026, 3, 2, tzinfo=UTC)
        if sys.argv[2] == "backs up":
            back_up(sys.argv[1], Path(sys.argv[3]), now)
            sys.exit()
        store = open_store(sys.argv[1], create=sys.argv[2] == "writes", now=now)
        if sys.argv[2] != "reads":
            try:
                with store.writing() as connection:
                    connection.execute(insert(watch).values(name="v", query="q", translation="t"))
            except StoreError as error:
                print(error)
        store.close()
        """

    def said(does: str) -> str:
        told = python(code, f"sqlite:///{path}", does, str(copies), before=powerless())
        assert told.stderr == ""
        return told.stdout

    assert said("reads") == said("backs up") == ""
    assert [each.stat().st_size for each in copies.iterdir()] == [path.stat().st_size]
    assert [each.name for each in path.parent.iterdir()] == [path.name], "a look leaves nothing"
    assert "it is read-only: give this user the right to write it and its directory" in said("writes")
    index = Path(f"{path}-shm")
    assert index.stat().st_mode & 0o777 == 0o444
    path.chmod(0o640)
    assert f"give this user the right to write {index}" in said("writes as a look")
    assert said("writes") == ""


def test_the_lock_is_held_against_another_process_and_dies_with_it(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    hold = (
        "import sys; from collectworld import new_store; from pathlib import Path\n"
        "with new_store(Path(sys.argv[1])).lock('collect'):\n print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(LockHeld, match=f"process {holder.pid} on") as error, store.lock("collect"):
        pass
    assert error.value.exit_code == 3
    with store.lock("deliver"):  # another lock altogether
        pass
    holder.kill()
    holder.communicate()
    with store.lock("collect"):
        pass
    store.close()


def test_what_is_being_written_is_seen_by_others_only_when_it_is_whole(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.writing() as connection:
        connection.execute(
            insert(paper).values(pmid=1, record=b"", content_hash="", status="", fetched_at=MONDAY)
        )
        with store.reading() as other:
            assert other.execute(select(paper.c.pmid)).all() == []
    store.close()


def test_a_transaction_that_writes_has_the_write_lock_from_its_first_moment(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    other = sqlite3.connect(tmp_path / "store.sqlite3", timeout=0, isolation_level=None)
    with store.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")  # else two runs could both read, then both insert
    with store.reading():
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()
    store.close()
