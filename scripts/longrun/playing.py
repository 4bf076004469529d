"""Plays the long run: one litwatch process, day after day, with what goes wrong; PubMed's truth moves beside it.

Owns the order of days, the faults of each, and what is measured. Never judges what readers got (judging.py does).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import IO, Any

from longrun.post import Letter, PostOffice
from longrun.truth import Truth
from world import World, surroundings
from year.balance import BOOKS
from year.papers import FIRST_DAY, Subject
from year.play import watch_of

QUIET_WEEKS = 3  # at the end, so that what is owed can be mailed
TRIES = ("07:05", "07:20")  # while it fails
NOON = "12:05"  # readers in New York on Mondays, and what the morning left
IDLE_SHARE = 0.25  # of the days on which it is asked again though nothing is due
AWAY = ("500:always", "html:always", "nothing-found:always")
FACETS = '[design.other]\nlabel = "Other"\nquery = "all[sb]"\n'
ZONES = ("UTC", "America/New_York")
_PAPERS = re.compile(r'^litwatch_papers\{watch="([^"]+)",where="([^"]+)"\} (\d+)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Size:
    """How much the litwatch process keeps, and its store: megabytes, handles, threads, bytes."""

    memory: float
    handles: int
    threads: int
    store: int


@dataclass(slots=True)
class Week:
    """What a week did and how it ended; `new` is what PubMed's lists showed for the first time, by watch."""

    number: int
    monday: date
    new: dict[str, frozenset[int]] = field(default_factory=dict)
    books: dict[str, dict[str, int]] = field(default_factory=dict)
    size: Size = Size(0.0, 0, 0, 0)
    did: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)


class Served:
    """The litwatch process."""

    def __init__(self, world: World, log: IO[str]) -> None:
        program = Path(__file__).with_name("served.py")
        self._process = subprocess.Popen(
            [sys.executable, str(program), str(world.config)],
            cwd=world.folder,
            env=surroundings(world.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

    def run(self, moment: str) -> dict[str, Any]:
        """What is due at that instant. Raises RuntimeError where the process has ended."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{moment}+00:00\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{moment}: litwatch has ended with {process.wait()}")
        told: dict[str, Any] = json.loads(answer)
        return told

    def size(self, store: Path) -> Size:
        """What it keeps now."""
        here = Path("/proc") / str(self._process.pid)
        status = dict(line.split(":", 1) for line in (here / "status").read_text().splitlines())
        beside = [store, *(store.with_name(f"{store.name}-{end}") for end in ("wal", "shm"))]
        return Size(
            int(status["VmRSS"].split()[0]) / 1024,
            sum(1 for _ in (here / "fd").iterdir()),
            int(status["Threads"]),
            sum(path.stat().st_size for path in beside if path.exists()),
        )

    def end(self) -> None:
        """Let it end by itself."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def prepare(world: World, subjects: Sequence[Subject], subscribers: int, port: int) -> None:
    """The watches, the readers, the mail server, an operator, and a textfile to read the books from."""
    watches = world.config / "watches"
    for path in watches.glob("*.toml"):
        path.unlink()
    for subject in subjects:
        (watches / f"{subject.drug.lower()}.toml").write_text(watch_of(subject))
    # Making the shipped facets ready for each watch on each day would be a third of all time here.
    (world.config / "facets.toml").write_text(FACETS)
    (world.config / "subscribers.toml").write_text(
        "\n".join(
            f'[[subscriber]]\naddress = "reader{number}@example.org"\nname = "Reader {number}"\n'
            f'watches = ["{subjects[number % len(subjects)].drug.lower()}"]\nfrequency = "weekly"\n'
            f'weekday = "monday"\ntime = "07:00"\ntime_zone = "{ZONES[number // len(subjects) % len(ZONES)]}"\n'
            for number in range(subscribers)
        )
    )
    world.environment |= {
        "LITWATCH_PUBMED__RETRY_PAUSE_SECONDS": "0.01",
        "LITWATCH_PUBMED__RETRY_BUDGET_SECONDS": "1",
        "LITWATCH_PUBMED__TIMEOUT_SECONDS": "0.3",
        "LITWATCH_MAIL__TRANSPORT": "smtp",
        "LITWATCH_MAIL__HOST": "127.0.0.1",
        "LITWATCH_MAIL__PORT": str(port),
        "LITWATCH_MAIL__SECURITY": "none",
        "LITWATCH_MAIL__FROM": "litwatch@example.org",
        "LITWATCH_OPERATOR__ADDRESS": "operator@example.org",
        "LITWATCH_MONITORING__TEXTFILE": str(textfile(world)),
    }


def textfile(world: World) -> Path:
    """Where litwatch writes its figures."""
    return world.folder / "litwatch.prom"


@contextmanager
def served(world: World) -> Iterator[Served]:
    """The process; what it says is in serve.log."""
    with (world.folder / "serve.log").open("a") as log:
        process = Served(world, log)
        try:
            yield process
        finally:
            process.end()


@dataclass(slots=True)
class LongRun:
    """The world, the process and the truth, week by week."""

    world: World
    process: Served
    post: PostOffice
    truth: Truth
    subjects: Sequence[Subject]
    weeks: int
    random: Random
    letters: list[Letter] = field(default_factory=list)
    seen: dict[str, set[int]] = field(default_factory=dict)

    def play(self) -> Iterator[Week]:
        """Each week; the last one is its Monday alone, so that what has come is mailed."""
        for number in range(self.weeks):
            week = Week(number + 1, FIRST_DAY + timedelta(weeks=number))
            quiet = number >= self.weeks - QUIET_WEEKS
            for day in range(7 if number < self.weeks - 1 else 1):
                self._day(week.monday + timedelta(days=day), week, quiet=quiet)
            self._count(week)
            yield week

    def _day(self, today: date, week: Week, *, quiet: bool) -> None:
        """A morning, noon and evening, with the day's faults."""
        faults = self.world.pubmed.faults
        self.world.pubmed.set_today(today)
        self.truth.move_to(today)
        played = faults.played.total()
        # The first search has to see what there is: it says what is backlog.
        kind = "good" if quiet or today == FIRST_DAY else self._spoil(today)
        week.did[f"{kind} days"] += 1
        done = any(self._look(f"{today}T{moment}:00", week) for moment in TRIES)
        self.post.open()
        if not done or today.weekday() == 0 or self.random.random() < IDLE_SHARE:
            self._look(f"{today}T{NOON}:00", week)
        faults.end()
        week.did["faults"] += faults.played.total() - played
        self._balance(today, week, exactly=kind in ("good", "no mail"))

    def _spoil(self, today: date) -> str:
        """What goes wrong on a day: mostly nothing, or some answers, or all of them, or no mail is taken."""
        faults = self.world.pubmed.faults
        kind = self.random.choices(("good", "bad", "away", "no mail"), (55, 30, 8, 7))[0]
        if kind == "bad":
            share = self.random.choice((5, 15, 30))
            faults.plan_text(f"mix:{self.random.randrange(1_000_000)},{share}%")
        elif kind == "away":
            faults.plan_text(self.random.choice(AWAY))
        elif kind == "no mail":
            self.post.close()
        return kind

    def _look(self, moment: str, week: Week) -> bool:
        """One run; a person accepts what it holds. Whether it did all that was due."""
        told = self.process.run(moment)
        report = told["report"]
        week.did["runs"] += 1
        week.seconds["idle" if told["idle"] else "busy"].append(told["cpu"])
        if report is None:
            week.wrong.append(f"{moment}: the run could not begin")
            return False
        for one in (*report["collected"], *([report["refreshed"]] if report["refreshed"] else ())):
            week.did["retries"] += sum(one["retries"].values())
        held = [one["watch"] for one in report["collected"] if one["held"]]
        for watch in held:
            accepted = self.world.litwatch("collect", "--accept", "--watch", watch, "--now", f"{moment}Z")
            week.did["accepted"] += accepted.code == 0
        if report["exit_code"] not in (0, 1):
            week.wrong.append(f"{moment}: exit code {report['exit_code']}: {report['failures']}")
        week.did["failed"] += report["exit_code"] == 1
        return bool(report["exit_code"] == 0)

    def _balance(self, today: date, week: Week, *, exactly: bool) -> None:
        """The books of the day, as litwatch shows them; after a good day they hold just what PubMed lists."""
        books: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for watch, where, papers in _PAPERS.findall(textfile(self.world).read_text()):
            books[watch][where] = int(papers)
        week.books = dict(books)
        for subject in self.subjects:
            own, true = books[subject.drug.lower()], len(self.truth.listed[subject.drug])
            total = sum(own[where] for where in BOOKS)
            week.did["books"] += 1
            if total != own["matches"]:
                week.wrong.append(f"{today} {subject.drug}: the books hold {total}, not {own['matches']}")
            if exactly and own["matches"] != true:
                week.wrong.append(f"{today} {subject.drug}: {own['matches']} match, PubMed lists {true}")

    def _count(self, week: Week) -> None:
        """What the week left."""
        for subject in self.subjects:
            listed, seen = self.truth.listed[subject.drug], self.seen.setdefault(subject.drug, set())
            week.new[subject.drug] = frozenset(listed - seen)
            seen |= listed
        week.size = self.process.size(self.world.store)
        week.did["requests"] = len(self.world.pubmed.requests)
        self.world.pubmed.requests.clear()
        arrived, self.post.letters = self.post.letters, []
        week.did["mails"] = len(arrived)
        week.did["mail bytes"] = sum(letter.size for letter in arrived)
        self.letters += arrived
