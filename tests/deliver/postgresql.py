"""A PostgreSQL of our own, in a folder, for as long as the tests run.

Owns its start and stop. Never touches a server that was there before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_USER = "postgres"


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Its address, for store.url; skips the test where PostgreSQL or psycopg is not installed."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = [_program(name) for name in ("initdb", "postgres")]
    if None in programs:
        pytest.skip("PostgreSQL is not installed")
    initdb, postgres = (str(program) for program in programs)
    # PostgreSQL does not run as root.
    user: dict[str, Any] = {"user": _USER, "group": _USER} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="litwatch-pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, _USER, _USER)
    try:
        cluster = folder / "cluster"
        command = [initdb, "-D", str(cluster), "-A", "trust", "-U", "litwatch", "-E", "UTF8", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [postgres, "-D", str(cluster), "-k", str(folder), "-h", "127.0.0.1", "-p", str(port), "-F"],
                stdout=log,
                stderr=log,
                cwd=folder,
                **user,
            )
        try:
            _wait(port, server)
            yield f"postgresql://litwatch@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    """Where a program of the server is; Debian keeps them off the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else None)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    deadline = time.monotonic() + 30
    while server.poll() is None:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=litwatch dbname=postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
    raise AssertionError("PostgreSQL did not start")


def empty(url: str) -> None:
    """Drops every table."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
