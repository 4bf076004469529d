"""Judges the long run: is a paper lost to a reader, or mailed twice, and is each mail what the store says it was?

Owns the comparison of store, mails and truth, reader by reader (year/balance.py has the rules of one). Never plays.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from faults.faultyworld import Ending
from litwatch.edge.store.open import open_store
from longrun.playing import Week
from longrun.post import Letter
from longrun.truth import Truth
from world import World
from year import play
from year.balance import judge
from year.papers import Life, Subject


def wrong(
    world: World,
    lives: Mapping[int, Life],
    subjects: Sequence[Subject],
    subscribers: int,
    weeks: Sequence[Week],
    letters: Sequence[Letter],
    truth: Truth,
) -> Iterator[str]:
    """Everything that is not as it should be, in sentences."""
    kept = _Kept(world)
    yield from unlike(kept.claims, letters)
    for number in range(subscribers):
        subject = subjects[number % len(subjects)]
        address, watch = f"reader{number}@example.org", subject.drug.lower()
        if (address, watch) not in kept.mailed and weeks[-1].did["mails"]:
            yield f"{address} got no mail"
        year = [
            play.Week(
                week.monday,
                frozenset(truth.listed[subject.drug]) if week is weeks[-1] else week.new[subject.drug],
                Ending(kept.arrived[watch], Counter(), kept.told[address, watch], week.books[watch]),
                kept.mailed[address, watch],
                kept.again[address, watch],
                *(0, 0, 0, 0),
                accepted=False,
            )
            for week in weeks
        ]
        verdict = judge(lives, year)
        for what in ("lost", "twice", "undue", "untold", "imbalanced"):
            if found := sorted(getattr(verdict, what)):
                yield f"{address}, {watch}: {what}: {found[:5]} ({len(found)})"


class _Kept:
    """What the store keeps: how papers arrived by watch, and what was sent by reader."""

    def __init__(self, world: World) -> None:
        self.arrived: defaultdict[str, dict[int, str]] = defaultdict(dict)
        self.mailed: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        self.again: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        self.told: defaultdict[tuple[str, str], Counter[tuple[int, str, int]]] = defaultdict(Counter)
        self.claims: dict[str, tuple[str, set[int]]] = {}
        store = open_store(f"sqlite:///{world.store}", create=False, now=datetime.now(UTC))
        assert store is not None
        with closing(store), store.reading() as connection:

            def rows(query: str) -> Iterator[Any]:
                return (tuple(row) for row in connection.execute(text(query)))

            for watch, pmid, state in rows(
                "SELECT watch, pmid, state FROM arrival WHERE unmatched_since IS NULL"
            ):
                self.arrived[watch][pmid] = state
            by_number: dict[int, tuple[str, str, set[int]]] = {}
            for number, reader, watch, message in rows(
                "SELECT id, subscriber, watch, message_id FROM claim WHERE state = 'sent'"
            ):
                pmids: set[int] = set()
                by_number[number] = reader, watch, pmids
                self.claims[message] = reader, pmids
            for number, pmid, again in rows("SELECT claim, pmid, again FROM claim_paper"):
                if number in by_number:
                    reader, watch, pmids = by_number[number]
                    pmids.add(pmid)
                    self.mailed[reader, watch][pmid] += 1
                    self.again[reader, watch][pmid] += bool(again)
            for number, *notice in rows("SELECT claim, pmid, kind, notice_pmid FROM claim_notice"):
                if number in by_number:
                    reader, watch, _ = by_number[number]
                    self.told[reader, watch][tuple(notice)] += 1


def unlike(claims: Mapping[str, tuple[str, set[int]]], letters: Sequence[Letter]) -> Iterator[str]:
    """Where the mails that were taken are not those that the store calls sent.

    `claims`: the reader and the papers of what was sent, by Message-ID.
    """
    times = Counter(letter.message_id for letter in letters if not letter.recipient.startswith("operator@"))
    for message, often in times.items():
        if often > 1:
            yield f"{message} was mailed {often} times"
        if message not in claims:
            yield f"{message} was mailed, and the store does not know it as sent"
    for message in claims.keys() - times.keys():
        yield f"{message} is called sent, and was not mailed"
    for letter in letters:
        reader, pmids = claims.get(letter.message_id, (letter.recipient, set()))
        if reader != letter.recipient:
            yield f"{letter.message_id} is {reader}'s and went to {letter.recipient}"
        if missing := pmids - letter.pmids:
            yield f"{letter.message_id} does not show {sorted(missing)[:5]} ({len(missing)})"
