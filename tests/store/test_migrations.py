"""Proves that a store that was brought up is the same as one made new, and that nothing in it was lost."""

from __future__ import annotations

import re
import shutil
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, select, text

from collect.collectworld import FakePubMed, settings, states
from deliver import mailworld
from deliver.mailworld import MONDAY, at
from litwatch.edge.store import migrations, noticing, refreshing
from litwatch.edge.store.migrating import layout_of
from litwatch.edge.store.open import open_store
from litwatch.edge.store.tables import create_all, metadata, notice, struck
from litwatch.errors import StoreError
from litwatch.jobs.collect import collect

FIRST = Path(__file__).with_name("layout_0001.sql")
SUNDAY = at("2026-11-22T05:00")
MESSAGE = (
    b"Date: Mon, 16 Nov 2026 07:00:00 +0000\r\nFrom: litwatch <litwatch@clinic.example>\r\n"
    b"To: colleague@example.org\r\nSubject: Ketamine: 2 papers\r\nMessage-ID: <3@clinic.example>\r\n"
    b"List-Id: <ketamine.litwatch.clinic.example>\r\n\r\nPMID 99000101, PMID 99000109\r\n"
)


@contextmanager
def engine_of(url: str) -> Iterator[Engine]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture
def first(backend: str) -> str:
    """A store of the first layout, with something in every table."""
    filled(backend)
    return backend


def filled(url: str, papers: int = 0) -> None:
    """Make such a store there, and so many papers more."""
    with engine_of(url) as engine, engine.begin() as connection:
        migrations.upgrade(connection, "0001")
        for statement in FIRST.read_text().removesuffix(";\n").split(";\n"):
            values = {
                name: MESSAGE if name == "message" else zlib.compress(mailworld.record(int(name[7:])))
                for name in re.findall(r"(?<=:)(?:message\b|record_\d+)", statement)
            }
            connection.execute(text(statement), values)
        for pmid in range(99_100_000, 99_100_000 + papers):
            row = {"pmid": pmid, "record": mailworld.record(pmid) * 4}
            connection.execute(
                text(
                    "INSERT INTO paper (pmid, record, content_hash, status, fetched_at) "
                    "VALUES (:pmid, :record, '', 'MEDLINE', '2026-11-19T05:00:02.000000Z')"
                ),
                row,
            )
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as raw:
            raw.execute("PRAGMA journal_mode=WAL")


def rows(url: str, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """What stands in these columns, table by table."""
    with engine_of(url) as engine, engine.begin() as connection:
        return {
            name: sorted(
                str(tuple(row)) for row in connection.execute(text(f"SELECT {', '.join(some)} FROM {name}"))
            )
            for name, some in columns.items()
        }


def columns_of(url: str) -> dict[str, list[str]]:
    with engine_of(url) as engine:
        seen = inspect(engine)
        return {
            name: [column["name"] for column in seen.get_columns(name)]
            for name in seen.get_table_names()
            if name != migrations.TABLE
        }


def what_stands_in(url: str) -> tuple[dict[str, list[str]], dict[str, list[str]], list[str]]:
    """Columns, their rows, and the bytes of mails, which stand in a table of their own since layout 0005."""
    columns = columns_of(url)
    if "message" not in columns["claim"]:
        return (
            columns,
            rows(url, columns),
            rows(url, {"claim_message": ["claim", "message"]})["claim_message"],
        )
    columns["claim"].remove("message")
    return columns, rows(url, columns), rows(url, {"claim": ["id", "message"]})["claim"]


def layouts() -> list[str]:
    """Every layout that was ever released, the first one first."""
    folder = Path(migrations.__file__).parent / "versions"
    return sorted(path.stem.removeprefix("layout_") for path in folder.glob("layout_*.py"))


@pytest.mark.parametrize("layout", layouts())
def test_a_store_of_each_released_layout_is_brought_up_and_worked_with(backend: str, layout: str) -> None:
    filled(backend)
    with engine_of(backend) as engine, engine.begin() as connection:
        migrations.upgrade(connection, layout)
    columns, before, messages = what_stands_in(backend)
    store = open_store(backend, create=True, now=SUNDAY)
    try:
        assert (rows(backend, columns), what_stands_in(backend)[2]) == (before, messages)
        with store.reading() as connection:
            assert layout_of(connection, store.place) == migrations.NEWEST
        pubmed = FakePubMed()
        pubmed.add(*range(99000101, 99000110), 99000112, created=at("2026-11-15").date())
        assert collect(mailworld.watch(), pubmed, store, SUNDAY, settings()).balanced
    finally:
        store.close()


def test_a_store_brought_up_from_the_first_layout_is_as_a_new_one(backend: str) -> None:
    with engine_of(backend) as engine:
        with engine.begin() as connection:
            migrations.upgrade(connection, "0001")
            migrations.upgrade(connection)
            brought_up = schema(connection)
        with engine.begin() as connection:
            old = MetaData()
            old.reflect(connection)
            old.drop_all(connection)
            create_all(connection)
            new = schema(connection)
    assert brought_up == new


def test_the_made_up_store_has_something_in_every_table_of_the_first_layout(first: str) -> None:
    empty = [name for name, found in rows(first, columns_of(first)).items() if not found]
    assert empty == []


def test_bringing_a_store_up_changes_nothing_that_stood_in_it(first: str) -> None:
    columns, before, messages = what_stands_in(first)
    assert messages
    open_store(first, create=True, now=SUNDAY).close()
    assert (rows(first, columns), what_stands_in(first)[2]) == (before, messages)


def test_a_store_that_was_brought_up_is_collected_into_and_mailed_from(first: str, tmp_path: Path) -> None:
    pubmed = FakePubMed()
    before = (101, 102, 103, 104, 105, 106, 107, 108, 109, 112)
    pubmed.add(*(99000000 + number for number in before), created=at("2026-11-15").date())
    pubmed.add(99000120, created=at("2026-11-21").date())
    with mailworld.world(tmp_path, first) as here:
        here.readers(["you@example.org", "colleague@example.org"])
        receipt = collect(here.watches[0], pubmed, here.store, SUNDAY, settings())
        assert receipt.balanced
        kept = {101: "new", 102: "new", 103: "late", 104: "old", 105: "by-edit", 106: "backlog", 107: "new"}
        kept |= {108: "held", 109: "new", 111: "new", 112: "new", 120: "new"}
        assert states(here.store) == {99000000 + number: state for number, state in kept.items()}
        assert here.deliver(MONDAY).ok
        holding = {
            who: sorted(pmid - 99000000 for one, _, pmid in here.held() if one == who)
            for who in ("you@example.org", "colleague@example.org")
        }
        mails = [str(mail["To"]) + " " + str(mail["Message-ID"]) for mail in here.mails()]
        period = {claim[2:] for claim in here.claims() if claim[0] == "colleague@example.org"}
    # Each paper once; what had been given up goes to the colleague after all; 111 is gone from PubMed.
    assert holding == {
        "you@example.org": [101, 102, 103, 107, 109, 112, 120],
        "colleague@example.org": [101, 102, 103, 107, 109, 112, 120],
    }
    assert len(mails) == 3
    assert "colleague@example.org <3@clinic.example>" in mails  # the bytes that the older litwatch had frozen
    assert period == {("2026-W46", "given-up"), ("2026-W47", "sent"), ("2026-W48", "sent")}


def test_what_was_struck_before_kinds_were_kept_stays_and_a_retraction_since_is_news(backend: str) -> None:
    """A: a concern was told. B: on the first list, a concern among others. C: retracted on the first list. D: told."""
    a, b, c, d, lost = range(99000101, 99000106)
    filled(backend)
    with engine_of(backend) as engine, engine.begin() as connection:
        migrations.upgrade(connection, "0005")
        (name,) = connection.execute(text("SELECT name FROM watch")).scalars()
        for statement in ("DELETE FROM notice", "UPDATE watch SET struck_at = '2026-11-19T05:00:02.000000Z'"):
            connection.execute(text(statement))
        for pmid, is_news in ((a, True), (b, False), (c, False), (d, True), (lost, True)):
            connection.execute(
                text("INSERT INTO struck VALUES (:name, :pmid, '2026-11-18T05:00:00.000000Z', :news)"),
                {"name": name, "pmid": pmid, "news": is_news},
            )
        for pmid, kind in ((a, "expression-of-concern"), (d, "retraction")):
            connection.execute(
                text("INSERT INTO notice VALUES (:pmid, :kind, 0, '', '', '2026-11-18T05:00:00.000000Z')"),
                {"pmid": pmid, "kind": kind},
            )
    store = open_store(backend, create=True, now=SUNDAY)
    lists = {"retraction": [a, b, c, d], "expression-of-concern": [a, b]}
    with store.writing() as connection:
        for _ in range(2):
            assert noticing.file_struck(connection, name, lists, SUNDAY) == 0
        found = {
            (row.pmid - a, row.kind): (row.news, row.first_seen == SUNDAY)
            for row in connection.execute(select(struck))
        }
        read = set(refreshing.befallen(connection, [name], 100))
    store.close()
    assert found == {
        (0, "retraction"): (True, True),
        (0, "expression-of-concern"): (True, False),
        (1, "retraction"): (True, True),
        (1, "expression-of-concern"): (False, False),
        (2, "retraction"): (False, False),
        (3, "retraction"): (True, False),
        (4, ""): (True, False),
    }
    assert {a, b, lost} <= read
    assert c not in read


@pytest.mark.parametrize("ending", ["", "?timeout=5"])
def test_a_sqlite_store_is_copied_aside_before_and_the_message_says_where(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, ending: str
) -> None:
    path = tmp_path / "store.sqlite3"
    filled(f"sqlite:///{path}")
    path.chmod(0o600)
    before = rows(f"sqlite:///{path}", columns_of(f"sqlite:///{path}"))
    open_store(f"sqlite:///{path}{ending}", create=True, now=SUNDAY).close()
    copy = tmp_path / "store.sqlite3.layout-0001.20261122T050000Z"
    assert sorted(tmp_path.iterdir()) == [path, copy]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert rows(f"sqlite:///{copy}", columns_of(f"sqlite:///{copy}")) == before
    said = (
        f"the store {path} was brought up from layout 0001 to {migrations.NEWEST}; as it was, it is kept in {copy}: "
        "delete that when all is well"
    )
    assert [each.getMessage() for each in caplog.records] == [said]


def test_nothing_is_copied_where_nothing_is_to_be_brought_up(tmp_path: Path) -> None:
    for _ in range(2):
        open_store(f"sqlite:///{tmp_path}/store.sqlite3", create=True, now=SUNDAY).close()
    assert [path.name for path in tmp_path.iterdir()] == ["store.sqlite3"]


def test_without_room_for_the_copy_nothing_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.sqlite3"
    filled(f"sqlite:///{path}")
    before = path.read_bytes()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000))
    with pytest.raises(StoreError, match=r"needs 0\.1 MB and there is room for 0\.0 MB; nothing was changed"):
        open_store(f"sqlite:///{path}", create=True, now=SUNDAY)
    assert [each.name for each in tmp_path.iterdir()] == ["store.sqlite3"]
    assert path.read_bytes() == before


def test_a_store_to_be_read_is_not_brought_up_and_the_message_says_what_to_do(first: str) -> None:
    with pytest.raises(StoreError, match=r"has layout 0001, this litwatch needs .* `litwatch store upgrade`"):
        open_store(first, create=False, now=SUNDAY)


def test_a_copy_that_is_no_longer_written_ahead_is_again(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    filled(f"sqlite:///{path}")
    open_store(f"sqlite:///{path}", create=True, now=SUNDAY).close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    store = open_store(f"sqlite:///{path}", create=True, now=SUNDAY)
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.close()


def test_a_migration_that_would_leave_rows_without_what_they_refer_to_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    filled(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("DELETE FROM claim WHERE state = 'sent'")  # foreign keys are off in a plain sqlite3
    with pytest.raises(StoreError, match=r"rows of claim_(paper|notice) refer to nothing in claim"):
        open_store(f"sqlite:///{path}", create=True, now=SUNDAY)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_table_that_is_made_anew_takes_no_row_of_another_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `op.batch_alter_table` does: SQLite's ON DELETE CASCADE must not empty what refers to it."""

    def made_anew(connection: Connection, layout: str = "head") -> None:
        connection.execute(text("CREATE TABLE other AS SELECT * FROM claim"))
        connection.execute(text("DROP TABLE claim"))
        metadata.tables["claim"].create(connection)
        connection.execute(text(f"INSERT INTO claim ({columns}) SELECT {columns} FROM other"))
        connection.execute(text("DROP TABLE other"))

    path = tmp_path / "store.sqlite3"
    filled(f"sqlite:///{path}")
    columns = ", ".join(column.name for column in metadata.tables["claim"].columns)
    before = rows(f"sqlite:///{path}", {"claim_paper": ["claim", "pmid"]})
    monkeypatch.setattr(migrations, "upgrade", made_anew)
    open_store(f"sqlite:///{path}", create=True, now=SUNDAY).close()
    assert rows(f"sqlite:///{path}", {"claim_paper": ["claim", "pmid"]}) == before


def test_all_that_is_read_in_one_go_is_of_the_same_moment(first: str) -> None:
    store, other = (open_store(first, create=True, now=SUNDAY) for _ in range(2))
    with store.reading() as connection:
        before = connection.execute(select(notice)).all()
        with other.writing() as writing:
            writing.execute(notice.delete())
        assert connection.execute(select(notice)).all() == before
    with store.reading() as connection:
        assert connection.execute(select(notice)).all() == []
    store.close()
    other.close()


def schema(connection: Connection) -> dict[str, Any]:
    """Every table: columns, keys and indexes, whatever their order and the names of unnamed keys."""
    seen = inspect(connection)
    return {
        name: {
            "columns": {
                column["name"]: (
                    str(column["type"]),
                    column["nullable"],
                    column["default"],
                    column.get("autoincrement"),
                )
                for column in seen.get_columns(name)
            },
            "primary": seen.get_pk_constraint(name)["constrained_columns"],
            "foreign": sorted(
                str(
                    (
                        each["constrained_columns"],
                        each["referred_table"],
                        each["referred_columns"],
                        each["options"],
                    )
                )
                for each in seen.get_foreign_keys(name)
            ),
            "unique": sorted(
                (each["name"] or "", each["column_names"]) for each in seen.get_unique_constraints(name)
            ),
            "indexes": sorted(
                (each["name"] or "", each["column_names"], each["unique"]) for each in seen.get_indexes(name)
            ),
            "checks": sorted(each["sqltext"] for each in seen.get_check_constraints(name)),
        }
        for name in seen.get_table_names()
        if name != migrations.TABLE
    }
