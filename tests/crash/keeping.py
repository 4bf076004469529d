"""Keeps what a world has written (its store and outbox), and puts it back: a folder, and a database on PostgreSQL.

Owns those copies. Never looks at what is in them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy.engine import make_url

from world import World


def keep(here: World, place: Path) -> None:
    """Keep store and outbox of this moment at `place`."""
    _copy(here.store.parent, place)
    if (url := _postgresql(here)) is not None:
        clone(url, make_url(url).database or "", _kept(place))


def put_back(here: World, place: Path) -> None:
    """Store and outbox as they were kept at `place`; that there was a store, the next run notes."""
    here.begin_anew()
    _copy(place, here.store.parent)
    if (url := _postgresql(here)) is not None:
        clone(url, _kept(place), make_url(url).database or "")


def _postgresql(here: World) -> str | None:
    url = here.environment.get("LITWATCH_STORE__URL", "")
    return url if url.startswith("postgresql:") else None


def _kept(place: Path) -> str:
    return f"kept_{place.name}"


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)


def clone(url: str, source: str, target: str) -> None:
    """One database as a copy of another; who was killed may still be in it, for a moment."""
    import psycopg
    from psycopg import sql

    beside = make_url(url).set(database="template1").render_as_string(hide_password=False)
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = ANY(%s) AND pid <> pg_backend_pid()",
            ([source, target],),
        )
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source))
        )
