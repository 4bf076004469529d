"""Proves that a copied store is the same store, whatever the database, and that a copy is whole or nothing."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, text

from collect.collectworld import FakePubMed, day, new_store, settings, watch
from deliver import mailworld
from deliver.mailworld import at
from litwatch.edge.store import migrations
from litwatch.edge.store.copying import copy_store
from litwatch.edge.store.open import open_store
from litwatch.edge.store.tables import metadata, paper
from litwatch.errors import LockHeld, StoreError, StoreLost, UsageError
from litwatch.jobs.collect import collect
from store.test_migrations import columns_of, engine_of, filled, rows
from world import litwatch

SUNDAY = at("2026-11-22T05:00")


@pytest.fixture
def original(tmp_path: Path) -> str:
    """A store of SQLite's with something in every table of the first layout, brought up."""
    url = f"sqlite:///{tmp_path}/original.sqlite3"
    filled(url)
    open_store(url, create=True, now=SUNDAY).close()
    with engine_of(url) as engine, engine.begin() as connection:
        # JSON's null and SQL's are not the same; a text may hold anything but NUL.
        connection.execute(text("UPDATE finding SET document = 'null' WHERE pmid = 99000104"))
        connection.execute(
            text("UPDATE receipt SET document = :said WHERE job = 'deliver'"),
            {"said": json.dumps({"failures": ["“Größe” 𝛼 \\u0000 : % ' \" \n"]}, ensure_ascii=False)},
        )
    return url


def everything(url: str) -> dict[str, list[str]]:
    """What a store holds, in words that both databases share."""
    names = {
        name: [f"CAST({each} AS TEXT)" if each in ("document", "spans") else each for each in columns]
        for name, columns in columns_of(url).items()
    }
    return {
        name: [row.replace("True", "1").replace("False", "0") for row in found]
        for name, found in rows(url, names).items()
    }


def test_a_copy_holds_the_same_there_and_back(original: str, backend: str, tmp_path: Path) -> None:
    back = f"sqlite:///{tmp_path}/back.sqlite3"
    there = copy_store(original, backend, SUNDAY)
    again = copy_store(backend, back, SUNDAY)
    assert there.rows == again.rows
    assert there.rows["paper"] == 8
    assert everything(original) == everything(backend) == everything(back)
    with engine_of(backend) as engine:
        assert set(metadata.tables) < set(inspect(engine).get_table_names())


def test_a_copy_is_worked_with_as_the_original_would_be(original: str, backend: str, tmp_path: Path) -> None:
    copy_store(original, backend, SUNDAY)
    with mailworld.world(tmp_path, backend) as here:
        here.readers(["you@example.org"])
        here.collected(SUNDAY, [99000150])
        receipt = here.deliver(mailworld.MONDAY)
        assert receipt.ok  # a claim and a receipt were numbered behind those that were copied
        assert len(receipt.sent) == 1
        if here.store.path is not None:
            with here.store.reading() as connection:
                assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_store_that_is_there_is_never_written_over(original: str, backend: str) -> None:
    open_store(backend, create=True, now=SUNDAY).close()
    with pytest.raises(UsageError, match="holds a store already; nothing was copied"):
        copy_store(original, backend, SUNDAY)
    assert everything(backend)["paper"] == []
    with pytest.raises(UsageError, match="holds a store already"):
        copy_store(original, original, SUNDAY)


def test_another_programs_file_is_left_alone(original: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (x)")
    with pytest.raises(StoreError, match="another program's database"):
        copy_store(original, f"sqlite:///{tmp_path}/other.sqlite3", SUNDAY)


def test_what_cannot_be_copied_whole_is_not_copied_at_all(original: str, backend: str) -> None:
    path = Path(original.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection, connection:
        # The last table to be copied refers to nothing.
        connection.execute("INSERT INTO claim_paper (claim, pmid) VALUES (77, 1)")
    with pytest.raises(StoreError, match=r"does not take what .* holds \(.*(?i:foreign key)"):
        copy_store(original, backend, SUNDAY)
    assert open_store(backend, create=False, now=SUNDAY) is None
    if backend.startswith("sqlite"):
        assert not Path(backend.removeprefix("sqlite:///")).exists()


def test_a_store_that_moved_takes_no_orders_any_more(original: str, backend: str, tmp_path: Path) -> None:
    path = Path(original.removeprefix("sqlite:///"))
    before = everything(original)
    stayed = litwatch("store", "copy", original, f"sqlite:///{tmp_path}/second.sqlite3", folder=tmp_path)
    assert f"{path} still takes commands" in stayed.out
    moved = copy_store(original, backend, SUNDAY, retire=True)
    assert moved.retired is not None
    assert everything(backend) == everything(f"sqlite:///{moved.retired}") == before
    for create in (True, False):
        with pytest.raises(StoreLost, match=rf"put aside as {moved.retired.name}: name the new"):
            open_store(original, create=create, now=SUNDAY)
    assert not path.exists()
    moved.retired.rename(path)
    open_store(original, create=True, now=SUNDAY).close()


def test_no_job_runs_on_a_store_while_it_is_copied(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with store.lock("deliver"), pytest.raises(LockHeld, match="another deliver is at work"):
        copy_store(f"sqlite:///{store.path}", f"sqlite:///{tmp_path}/copy.sqlite3", SUNDAY)
    store.close()


def test_no_store_and_an_older_store_are_said_to_be_such(tmp_path: Path) -> None:
    to = f"sqlite:///{tmp_path}/copy.sqlite3"
    with pytest.raises(StoreError, match=r"no store to copy at .*none\.sqlite3"):
        copy_store(f"sqlite:///{tmp_path}/none.sqlite3", to, SUNDAY)
    filled(f"sqlite:///{tmp_path}/older.sqlite3")
    with pytest.raises(StoreError, match=f"has layout 0001, this litwatch needs {migrations.NEWEST}"):
        copy_store(f"sqlite:///{tmp_path}/older.sqlite3", to, SUNDAY)
    assert not (tmp_path / "copy.sqlite3").exists()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://litwatch:s3cret@127.0.0.1:1/none",
        "postgresql://litwatch@127.0.0.1:1/none?password=s3cret",
        "postgresql://litwatch:s3cret@127.0.0.1:port/none",
        "mysql://litwatch:s3cret@127.0.0.1/none",
    ],
)
@pytest.mark.parametrize("way", ["from", "to"])
def test_no_password_is_ever_shown(original: str, url: str, way: str, tmp_path: Path) -> None:
    words = (url, f"sqlite:///{tmp_path}/copy.sqlite3") if way == "from" else (original, url)
    told = litwatch("store", "copy", *words, folder=tmp_path)
    assert told.code in (1, 2)
    assert "s3cret" not in told.out + told.err
    assert len(told.err.splitlines()) == 1
    assert not (tmp_path / "copy.sqlite3").exists()


def test_ops_copy_a_store_with_a_command_and_read_what_was_copied(original: str, tmp_path: Path) -> None:
    told = litwatch("store", "copy", original, f"sqlite:///{tmp_path}/copy.sqlite3", folder=tmp_path)
    assert (told.code, told.err) == (0, "")
    assert "8 paper" in told.out
    assert "compared" in told.out
    again = litwatch("store", "copy", original, f"sqlite:///{tmp_path}/copy.sqlite3", folder=tmp_path)
    assert again.code == 2
    assert "holds a store already" in again.err


def test_a_large_store_is_copied_in_parts(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    pubmed = FakePubMed()
    pubmed.add(*range(1, 1_300), created=day(-3))
    assert collect(watch(), pubmed, store, SUNDAY, settings()).ok
    with store.writing() as connection:
        connection.execute(
            insert(paper),
            [
                {"pmid": pmid, "record": b"\x00\xff", "content_hash": "", "status": "", "fetched_at": SUNDAY}
                for pmid in range(2_000, 3_234)
            ],
        )
    store.close()
    told: list[tuple[str, int, int]] = []
    copied = copy_store(
        f"sqlite:///{store.path}",
        f"sqlite:///{tmp_path}/copy.sqlite3",
        SUNDAY,
        lambda doing, done, of: told.append((doing, done, of)),
    )
    assert copied.rows["arrival"] == 1_299
    assert ("copying paper", 500, copied.rows["paper"]) in told
    assert ("comparing paper", copied.rows["paper"], copied.rows["paper"]) in told
