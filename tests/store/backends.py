"""Both kinds of store for the same test: a file of SQLite's, and a database of a PostgreSQL of our own.

Owns the fixtures `backend` (an address of an empty store) and `store` (opened). A test that takes one of them
runs twice: on PostgreSQL in `./scripts/test --full`. Never touches a server that was there before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collect.collectworld import MONDAY
from deliver.postgresql import empty, postgresql
from litwatch.edge.store.open import Store, open_store

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.full))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of one PostgreSQL for all tests of this process."""
    with postgresql() as url:
        yield url


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address, with nothing there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite3"
    url: str = request.getfixturevalue("server")
    empty(url)
    return url


@pytest.fixture
def store(backend: str) -> Iterator[Store]:
    """A new store."""
    opened = open_store(backend, create=True, now=MONDAY)
    yield opened
    opened.close()
