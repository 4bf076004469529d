"""Proves the same story on PostgreSQL: the store, its locks, and collecting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import create_engine, insert, inspect, select, text

from collect.collectworld import MONDAY, FakePubMed, after, day, settings, states, watch
from deliver.postgresql import postgresql
from litwatch.edge.pubmed import Batch
from litwatch.edge.store import migrations, showing
from litwatch.edge.store.open import Store, open_store
from litwatch.edge.store.tables import metadata
from litwatch.edge.store.tables import watch as watches
from litwatch.errors import LockHeld, StoreBusy, StoreError, StoreTooNew
from litwatch.jobs.collect import collect
from litwatch.jobs.refresh import refresh


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    opened = open_store(address, create=True, now=MONDAY)
    yield opened
    opened.close()


def test_an_empty_database_is_nothing_to_show_until_it_is_filled(address: str, store: Store) -> None:
    with store.writing() as connection:
        assert set(metadata.tables) < set(inspect(connection).get_table_names())
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    assert open_store(address, create=False, now=MONDAY) is None


def test_migrating_from_nothing_makes_the_tables_of_tables_py(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.writing() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        migrations.upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_newer_store_is_not_touched(address: str, store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(StoreTooNew, match="0999"):
        open_store(address, create=True, now=MONDAY)


def test_the_lock_is_held_against_another_session_and_ends_with_its_own(address: str, store: Store) -> None:
    other = open_store(address, create=True, now=MONDAY)
    with store.lock("collect"):
        with pytest.raises(LockHeld, match=r"process \d+ of"), other.lock("collect"):
            pass
        with other.lock("deliver"):
            pass
    with other.lock("collect"):
        pass
    other.close()


def test_a_run_whose_lock_was_lost_writes_nothing_more_and_says_so(address: str, store: Store) -> None:
    """A firewall, or the database, ends the session that holds the lock; another host begins at once."""

    class Ending(FakePubMed):
        def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
            with other.reading() as connection:
                held = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                assert connection.execute(text(held)).scalars().all() == [True]
            yield from super().fetch(pmids)

    other = open_store(address, create=True, now=MONDAY)
    pubmed = Ending()
    pubmed.add(1, 2, created=day(-2))
    with pytest.raises(StoreBusy, match="lock of collect was ended") as lost:
        collect(watch(), pubmed, store, MONDAY, settings())
    assert lost.value.exit_code == 3
    assert lost.value.receipt is not None
    assert set(states(store).values()) == {"wanted"}
    assert collect(watch(), FakePubMed(created=pubmed.created), other, after(0.1), settings()).ok
    assert set(states(other).values()) == {"new"}
    other.close()


def test_a_database_that_is_not_there_is_said_without_its_password() -> None:
    with pytest.raises(StoreError) as error:
        open_store("postgresql://litwatch:s3cret@127.0.0.1:1/none", create=True, now=MONDAY)
    assert "s3cret" not in str(error.value)
    assert "refused" in str(error.value)


def test_weeks_are_collected_and_refreshed_as_on_sqlite(store: Store) -> None:
    pubmed = FakePubMed()
    pubmed.add(*range(1, 31), created=day(-60))
    pubmed.add(31, 32, created=day(-3))
    assert collect(watch(), pubmed, store, after(0), settings()).ok
    pubmed.add(40, created=day(1))
    pubmed.withheld = {40}
    assert collect(watch(), pubmed, store, after(2), settings()).balanced
    pubmed.withheld = set()
    receipt = collect(watch(), pubmed, store, after(3), settings())
    assert receipt.ok
    assert states(store) == dict.fromkeys(range(1, 31), "backlog") | {31: "new", 32: "new", 40: "new"}
    assert refresh(store, pubmed, [watch()], after(4)).refreshed == 3
    assert [each.pmid for each in showing.papers(store, limit=2)] == [40, 32]
    assert [each.job for each in showing.latest_receipts(store)] == ["collect", "refresh"]


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def half() -> None:
        with store.writing() as connection:
            connection.execute(insert(watches).values(name="w", query="q", translation="t"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with store.reading() as connection:
        assert connection.execute(select(watches)).all() == []
