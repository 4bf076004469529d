"""Plays the year: litwatch looks, fails, looks again and mails; PubMed itself is asked, without faults, what is true.

Owns the order of days and what stands in the mails. Never judges (balance.py does).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from faults.faultyworld import Ending, FaultyWorld
from litwatch.edge.pubmed import PubMed
from litwatch.sandbox.server import Sandbox
from world import read_mail
from year.papers import FIRST_DAY, KETAMINE, QUERY, Subject
from year.usual import Script, bio_entrez

LOOKS = (0, 2, 4)  # Monday, Wednesday, Friday
TRIES = ("07:05:00", "07:20:00", "07:35:00")  # cron comes every quarter of an hour
# What a digest looks like is not the point here: every paper in it, and which of them come again with their abstract.
TEMPLATE = """{% for pmid in digest.pmids %}
PAPER {{ pmid }}
{% endfor %}
{% for section in digest.sections %}{% for line in section.titles %}{% if line.sent_without_abstract %}
AGAIN {{ line.pmid }}
{% endif %}{% endfor %}{% endfor %}
{% for section in digest.elsewhere %}{% for group in section.groups %}{% for line in group.lines %}
{% if line.sent_without_abstract %}
AGAIN {{ line.pmid }}
{% endif %}{% endfor %}{% endfor %}{% endfor %}
"""


@dataclass(frozen=True, slots=True)
class Week:
    """How a week ended. `true` is PubMed's own list on its last morning, asked without faults."""

    monday: date
    true: frozenset[int]
    ending: Ending
    mailed: Counter[int]
    again: Counter[int]
    runs: int
    failed: int
    faults: int
    retries: int
    accepted: bool


def watch_of(subject: Subject) -> str:
    """A watch's file: the subject's papers, and one topic."""
    return f"""
title = "{subject.drug}"
query = "{subject.query}"
[relevance]
query = "{subject.query}"
[drugs.{subject.drug.lower()}]
label = "{subject.drug}"
query = "{subject.query}"
[topics.safety]
label = "Safety"
query = "tolerated[tiab]"
"""


def prepare(world: FaultyWorld) -> None:
    """The year's watch, a weekly reader, and the plain template."""
    config = world.folder / "config"
    (config / "watches" / "ketamine.toml").write_text(watch_of(KETAMINE))
    readers = config / "subscribers.toml"
    readers.write_text(readers.read_text().replace('"daily"', '"weekly"\nweekday = "monday"'))
    (config / "templates" / "digest.txt").write_text(TEMPLATE)


def play(
    world: FaultyWorld, truth: Sandbox, usual: dict[str, Script], weeks: int, quiet_from: int
) -> Iterator[Week]:
    """Week by week; from week `quiet_from` on nothing goes wrong any more."""
    entrez = bio_entrez()
    for number in range(weeks):
        monday = FIRST_DAY + timedelta(weeks=number)
        if number == quiet_from:
            for sandbox in (world.pubmed, *(script.pubmed for script in usual.values())):
                sandbox.faults.end()
        before = world.pubmed.faults.played.total()
        counted: Counter[str] = Counter()
        # The last day is a Monday: what has come by then is mailed by then.
        days = LOOKS if number < weeks - 1 else LOOKS[:1]
        for day in days:
            look(world, monday + timedelta(days=day), counted)
            if day == 0:
                for script in usual.values():
                    script.monday(entrez, QUERY, monday)
        truth.set_today(monday + timedelta(days=days[-1]))
        mailed, again = mails(world.folder)
        yield Week(
            monday,
            matches(truth),
            world.ending(),
            mailed,
            again,
            counted["runs"],
            counted["failed"],
            world.pubmed.faults.played.total() - before,
            counted["retries"],
            bool(counted["accepted"]),
        )


def look(world: FaultyWorld, day: date, counted: Counter[str]) -> None:
    """One morning: `litwatch run`, again a quarter of an hour later where it failed; what is held is accepted."""
    for moment in TRIES:
        done, report = world.run(f"{day}T{moment}")
        counted["runs"] += 1
        counted["retries"] += sum(
            sum(one["retries"].values())
            for one in (*report.get("collected", ()), report.get("refreshed"))
            if one
        )
        if done.code == 0:
            return
        if done.code != 1:
            raise RuntimeError(f"{day}: exit {done.code}: {done.err}")
        counted["failed"] += 1
        if any(one["held"] for one in report["collected"]):
            # The receipt says so, and a person agrees.
            world.litwatch("collect", "--accept", "--now", f"{day}T{moment}Z")
            counted["accepted"] += 1


def matches(truth: Sandbox) -> frozenset[int]:
    """PubMed's list, from a PubMed in which nothing goes wrong."""
    pubmed = PubMed(truth.base_url, requests_per_second=1000)
    try:
        return frozenset(pubmed.enumerate(QUERY).pmids)
    finally:
        pubmed.close()


def mails(folder: Path) -> tuple[Counter[int], Counter[int]]:
    """In how many mails of the outbox each paper stands, and in how many of them because its abstract came."""
    papers: Counter[int] = Counter()
    again: Counter[int] = Counter()
    for path in (folder / "config" / "var" / "outbox").glob("*.eml"):
        body: Any = read_mail(path.read_bytes()).get_body(("plain",))
        text = body.get_content()
        papers.update(set(map(int, re.findall(r"^PAPER (\d+)", text, re.MULTILINE))))
        again.update(set(map(int, re.findall(r"^AGAIN (\d+)", text, re.MULTILINE))))
    return papers, again


def faulty(orders: tuple[str, ...], corpus: Path, second: float) -> Callable[[], Sandbox]:
    """Makes a PubMed of that year in which these faults come."""
    return lambda: Sandbox(corpus, today=FIRST_DAY, faults=orders, second=second)
