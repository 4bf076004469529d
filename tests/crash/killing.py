"""Kills a litwatch command as it is at work, lets it run again, and says what then differs from a quiet life.

Owns the story that is disturbed, where it is killed, and what is compared. Never asserts; tests/crash/test_killed.py
and scripts/soak do.

A moment is chosen by what the command did, not by the clock: after so many requests to PubMed, changes of SQLite's
log and files in the outbox, and then a few milliseconds more. So a busy machine is disturbed in the same places.
"""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from crash.keeping import keep, put_back
from litwatch.edge.store.balancing import books
from litwatch.edge.store.frozen import unpacked
from litwatch.edge.store.open import open_store
from litwatch.edge.store.tables import claim, metadata, watch
from warm import Command
from world import World, read_mail, surroundings

SUNDAY, MONDAY, SECOND, THIRD = "2026-03-08", "2026-03-09", "2026-03-16", "2026-03-23"

# What a person's cron would do in three weeks: the first run, each Monday's mail, a retraction.
STORY: tuple[tuple[str, tuple[str, ...]], ...] = (
    (SUNDAY, ("run",)),
    (MONDAY, ("collect",)),
    (MONDAY, ("refresh",)),
    (MONDAY, ("deliver",)),
    (SECOND, ("run",)),
    (THIRD, ("run",)),
)

# What a second try may leave otherwise, and should: how often it was tried, and the receipts of both.
# Each store has a key of its own, and its tokens by it.
VOLATILE = {
    "receipt": None,
    "claim": {"id", "attempts"},
    "arrival": {"wanted_tries"},
    "signing_key": {"secret", "made_at"},
}
BUSY = 3
LONGEST_MILLISECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command that may have been killed ended; `events` is what it had done by then."""

    killed: bool
    code: int
    events: int
    said: str


def command(here: World, words: Sequence[str]) -> Command:
    """Start litwatch as its user does."""
    return Command(words, here.folder, surroundings(here.environment))


def step(here: World, number: int, *, moment: tuple[int, float] | None = None) -> Ending:
    """One step of the story; with `moment` killed after so many events and so many milliseconds more."""
    day, words = STORY[number]
    here.pubmed.set_today(day)
    return supervised(here, (*words, "--now", f"{day}T07:05:00Z"), moment, lambda: _done(here))


def supervised(
    here: World, words: Sequence[str], moment: tuple[int, float] | None, done: Callable[[], object]
) -> Ending:
    """Run one command, counting the changes of `done`; kill it at the moment, if it gets that far."""
    events, before = 0, done()
    process = command(here, words)
    killed = False
    while process.poll() is None:
        if moment is not None and events >= moment[0]:
            time.sleep(moment[1] / 1000)
            process.send_signal(signal.SIGKILL)
            killed = True
            break
        time.sleep(0.001)
        after = done()
        if after != before:
            events, before = events + 1, after
    said = process.communicate(timeout=110)[1]
    code = process.returncode
    assert code is not None
    return Ending(killed and code == -signal.SIGKILL, code, events, said)


def _done(here: World) -> tuple[object, ...]:
    """What of a command at work can be seen from outside."""
    var = here.store.parent
    sizes = []
    for path in (here.store, here.store.with_name(f"{here.store.name}-wal")):
        try:
            found = path.stat()
            sizes.append((found.st_size, found.st_mtime_ns))
        except FileNotFoundError:
            sizes.append((0, 0))
    try:
        mails = sum(1 for _ in (var / "outbox").iterdir())
    except FileNotFoundError:
        mails = 0
    return (len(here.pubmed.requests), mails, *sizes)


def until_done(again: Callable[[], Ending]) -> Ending:
    """Run until it ends with 0, as cron does: a database may notice a killed client a moment later (exit 3)."""
    for _ in range(20):
        ending = again()
        if ending.code != BUSY:
            break
        time.sleep(0.1)
    return ending


def state(here: World) -> dict[str, Any]:
    """All that must be the same after a disturbed and an undisturbed run: rows, books and mails."""
    url = here.environment.get("LITWATCH_STORE__URL", f"sqlite:///{here.store}")
    seen: dict[str, Any] = {"mails": mails(here.outbox)}
    store = open_store(url, create=False, now=datetime.now(UTC))
    if store is None:
        return seen
    try:
        with store.reading() as connection:
            claims = {
                row.id: f"{row.subscriber} {row.watch} {row.period}"
                for row in connection.execute(
                    select(claim.c.id, claim.c.subscriber, claim.c.watch, claim.c.period)
                )
            }
            for table in metadata.sorted_tables:
                left_out = VOLATILE.get(table.name, set())
                if left_out is None:
                    continue
                columns = [column for column in table.columns if column.name not in left_out]
                seen[table.name] = sorted(
                    _written(_named(table.name, dict(row._mapping), claims))
                    for row in connection.execute(select(*columns))
                )
            names = connection.execute(select(watch.c.name)).scalars().all()
            seen["books"] = {name: str(books(connection, name)) for name in names}
    finally:
        store.close()
    return seen


def _named(table: str, row: dict[str, Any], claims: Mapping[int, str]) -> dict[str, Any]:
    """A claim by what it is for (its number is the database's own business), a mail as it is read."""
    if "message" in row:
        row = {**row, "message": as_read(unpacked(row["message"]))}
    return {**row, "claim": claims[row["claim"]]} if table.startswith("claim_") else row


def _written(row: Mapping[str, Any]) -> str:
    return json.dumps({name: row[name] for name in sorted(row)}, default=repr, sort_keys=True)


def mails(outbox: Path) -> dict[str, str]:
    """Every file of the outbox, as it is read."""
    return {
        path.name: as_read(path.read_bytes()) if path.suffix == ".eml" else _settled(path.read_text("utf-8"))
        for path in outbox.glob("*")
        if not path.name.startswith(".")
    }


def as_read(message: bytes) -> str:
    """Who gets a mail, under which number and subject, and what both of its parts say."""
    mail = read_mail(message)
    heads = [f"{name}: {mail[name]}" for name in ("To", "Subject", "Date", "Message-ID")]
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return "\n".join([*heads, *(_settled(str(part.get_content())) for part in parts if part is not None)])


def _settled(text: str) -> str:
    """Without what is added up from receipts (requests, seconds): a run that was killed leaves none."""
    whole = re.sub(r"-[a-z2-7]{10}-[a-z2-7]{16}\b", "-TOKEN", " ".join(text.split()))
    whole = re.sub(r"In this period: .*? seconds?\.", "In this period: ...", whole)
    return re.sub(r"\(\d+ search(es)? since the last mail\)", "", whole)


def differences(undisturbed: Mapping[str, Any], disturbed: Mapping[str, Any]) -> list[str]:
    """What differs, in lines that a person can go by."""
    lines = []
    for name in sorted({*undisturbed, *disturbed}):
        wanted, found = undisturbed.get(name), disturbed.get(name)
        if wanted == found:
            continue
        if isinstance(wanted, list) and isinstance(found, list):
            lines += [f"{name}: lacks {row[:600]}" for row in wanted if row not in found]
            lines += [f"{name}: has besides {row[:600]}" for row in found if row not in wanted]
            lines += [] if set(wanted) ^ set(found) else [f"{name}: the same rows, another number of times"]
        else:
            lines.append(f"{name}: {wanted!s:.300} became {found!s:.300}")
    return lines


def unsound(path: Path) -> str | None:
    """What SQLite finds wrong with its file; None where all is well, or nothing is there yet."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    return None if found == [("ok",)] and not broken else f"{found} {broken}"


@dataclass(frozen=True, slots=True)
class Quiet:
    """The story as it goes when nothing disturbs it: before and after each step, and how much each does."""

    states: tuple[dict[str, Any], ...]
    folders: tuple[Path, ...]
    events: tuple[int, ...]


def quiet(here: World, kept: Path) -> Quiet:
    """Play the story undisturbed, keeping the folder of store and outbox before each step."""
    states, folders, events = [state(here)], [], []
    for number in range(len(STORY)):
        folders.append(kept / str(number))
        keep(here, folders[-1])
        ending = step(here, number)
        if ending.code != 0:
            raise AssertionError(f"undisturbed, step {number} ended with {ending.code}: {ending.said}")
        states.append(state(here))
        events.append(ending.events)
    return Quiet(tuple(states), tuple(folders), tuple(events))


def disturbed(here: World, life: Quiet, random: Random, kills: int = 1) -> tuple[list[str], int]:
    """One step of the story, killed at a random moment (again and again), then run to its end.

    What is wrong afterwards (nothing, if all is well), and how many kills hit it at work.
    """
    number = random.randrange(len(STORY))
    put_back(here, life.folders[number])
    hits, wrong = 0, []
    for _ in range(kills):
        # Mostly at once: what lies between two events is over in a few milliseconds.
        longest = random.choice((1.0, 5.0, LONGEST_MILLISECONDS))
        moment = (random.randint(0, life.events[number]), random.uniform(0, longest))
        ending = step(here, number, moment=moment)
        hits += ending.killed
        found = unsound(here.store)
        if found is not None:
            wrong.append(f"after a kill at {moment}: {found}")
        if not ending.killed and ending.code not in (0, BUSY):
            wrong.append(f"before it was killed it ended with {ending.code}: {ending.said}")
    ending = until_done(lambda: step(here, number))
    if ending.code != 0:
        wrong.append(f"the run after it ended with {ending.code}: {ending.said}")
    wrong += differences(life.states[number + 1], state(here))
    return [f"step {number} ({STORY[number]}): {each}" for each in wrong], hits


def upgrade(here: World, moment: tuple[int, float] | None = None) -> Ending:
    """`litwatch store upgrade` of the store of the world, killed at the moment."""
    return supervised(here, ("store", "upgrade"), moment, lambda: _done_beside(here.store))


def _done_beside(store: Path) -> tuple[object, ...]:
    """What of an upgrade at work can be seen from outside: every file beside the store, as it grows."""
    seen = []
    for path in sorted(store.parent.iterdir()):
        try:
            seen.append((path.name, path.stat().st_size, path.stat().st_mtime_ns))
        except FileNotFoundError:
            continue
    return tuple(seen)


def upgraded(path: Path) -> dict[str, list[str]]:
    """Every row of a SQLite store, table by table, and its layout."""
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in names}
