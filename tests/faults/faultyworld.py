"""A small watch on the sandbox's made-up papers, a daily digest, and what has become of every paper.

Owns the configuration and the reading of the store. Never asserts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from faults.program import litwatch
from litwatch.edge.shipped import config_directory
from litwatch.edge.store.open import open_store
from litwatch.sandbox.server import Sandbox
from world import Outcome

WATCH = """
title = "Ketamine"
query = "ketamine*[tiab] OR esketamine*[tiab]"
[relevance]
query = "ketamine*[tiab] OR esketamine*[tiab]"
[drugs.ketamine]
label = "Ketamine"
query = "ketamine*[tiab] OR esketamine*[tiab]"
[topics.safety]
label = "Safety"
query = "adverse[tiab] OR safety[tiab]"
"""
SUBSCRIBERS = """
[[subscriber]]
address = "reader@example.org"
name = "Reader"
watches = ["ketamine"]
frequency = "daily"
time = "07:00"
time_zone = "UTC"
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """What has become of every paper: how each arrived, what was mailed how often, and which notices."""

    arrived: dict[int, str]
    mailed: Counter[int]
    told: Counter[tuple[int, str, int]]
    books: dict[str, Any]


@dataclass(slots=True)
class FaultyWorld:
    """A PubMed in which things go wrong, and the program that asks it."""

    folder: Path
    pubmed: Sandbox
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, moment: str, **settings: object) -> tuple[Outcome, dict[str, Any]]:
        """`litwatch run --json` at that moment of the sandbox's; what came out, and its receipts."""
        self.pubmed.set_today(moment[:10])
        done = self.litwatch("run", "--json", "--now", f"{moment}Z", **settings)
        return done, json.loads(done.out) if done.out else {}

    def litwatch(self, *words: str, **settings: object) -> Outcome:
        """One command; `settings` are those of [pubmed]."""
        own = {f"LITWATCH_PUBMED__{name.upper()}": str(value) for name, value in settings.items()}
        address = {"LITWATCH_PUBMED__BASE_URL": self.pubmed.base_url}
        return litwatch(*words, folder=self.folder, environment={**self.settings, **address, **own})

    def ending(self) -> Ending:
        """Everything that counts, from the store."""
        file = self.folder / "config" / "var" / "litwatch.sqlite3"
        url = self.settings.get("LITWATCH_STORE__URL", f"sqlite:///{file}")
        store = open_store(url, create=False, now=datetime.now(UTC))
        assert store is not None
        with closing(store), store.reading() as connection:

            def rows(query: str) -> list[Any]:
                return [tuple(row) for row in connection.execute(text(query))]

            arrived = dict(rows("SELECT pmid, state FROM arrival WHERE unmatched_since IS NULL"))
            sent = "JOIN claim ON claim.id = claim WHERE claim.state = 'sent'"
            mailed = Counter(pmid for (pmid,) in rows(f"SELECT pmid FROM claim_paper {sent}"))
            told: Counter[tuple[int, str, int]] = Counter(
                rows(f"SELECT pmid, kind, notice_pmid FROM claim_notice {sent}")
            )
        books = json.loads(self.litwatch("status", "--json").out.splitlines()[0])["watches"][0]
        named = ("matches", "backlog", "mailed", "owed", "held", "excluded", "wanted")
        return Ending(arrived, mailed, told, {name: books[name] for name in named})


@contextmanager
def faulty_world(folder: Path, **sandbox: Any) -> Iterator[FaultyWorld]:
    """A fresh world; settings that wait for next to nothing."""
    write_config(folder / "config")
    with Sandbox(**{"second": 0.005, **sandbox}) as pubmed:
        settings = {
            "LITWATCH_MAIL__TEMPLATES": "config/templates",  # what a digest looks like is not the point here
            "LITWATCH_PUBMED__REQUESTS_PER_SECOND": "1000",
            "LITWATCH_PUBMED__RETRY_PAUSE_SECONDS": "0.01",
            "LITWATCH_PUBMED__RETRY_BUDGET_SECONDS": "5",
        }
        yield FaultyWorld(folder, pubmed, settings)


def write_config(folder: Path) -> None:
    """The configuration of the small watch."""
    (folder / "watches").mkdir(parents=True)
    (folder / "templates").mkdir()
    for name in ("digest.subject.txt", "digest.txt", "digest.html"):
        (folder / "templates" / name).write_text("{{ digest.watch.title }}\n")
    (folder / "watches" / "ketamine.toml").write_text(WATCH)
    (folder / "subscribers.toml").write_text(SUBSCRIBERS)
    (folder / "facets.toml").write_text('[design.other]\nlabel = "Other"\nquery = "all[sb]"\n')
    (folder / "litwatch.toml").write_bytes((config_directory() / "litwatch.toml").read_bytes())
