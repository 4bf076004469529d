"""The usual alert script on Bio.Entrez, in three ways of choosing what is new.

Owns what such a script does each Monday: search, fetch, mail, remember. It is written kindly: it never mails twice,
a crash moves no watermark, and whatever of Bio.Entrez raises is caught by cron, which runs it again next week.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

from litwatch.sandbox.faults import FAULTS
from litwatch.sandbox.server import Sandbox

WAYS = {
    "the last 8 days by entry date": ("edat", 8),
    "since the last good run, by entry date": ("edat", 0),
    "since the last good run, by create date": ("crdt", 0),
}


def bio_entrez() -> Any:
    """Bio.Entrez, told to write its cache of DTDs into a folder that goes, and to wait for nobody."""
    entrez: Any = import_module("Bio.Entrez")
    entrez.local_cache = tempfile.mkdtemp(prefix="litwatch-year-")
    entrez.email, entrez.sleep_between_tries = "year@example.org", 0
    entrez.time = SimpleNamespace(time=time.time, sleep=lambda seconds: None)
    return entrez


@dataclass(slots=True)
class Script:
    """One of WAYS; `mailed` is every PMID that it ever mailed, `crashes` how many Mondays ended in an error."""

    datetype: str
    window: int
    pubmed: Sandbox
    since: date
    mailed: set[int] = field(default_factory=set)
    crashes: int = 0

    def monday(self, entrez: Any, query: str, today: date) -> None:
        """Search, fetch, mail, remember."""
        self.pubmed.set_today(today)
        entrez.urlopen = self._opened
        first = today - timedelta(days=self.window) if self.window else self.since
        try:
            found = entrez.read(
                entrez.esearch(
                    db="pubmed",
                    term=query,
                    retmax=9_999,
                    datetype=self.datetype,
                    mindate=f"{first:%Y/%m/%d}",
                    maxdate=f"{today:%Y/%m/%d}",
                )
            )
            news = [pmid for pmid in found["IdList"] if int(pmid) not in self.mailed]
            if news:
                records = entrez.read(entrez.efetch(db="pubmed", id=",".join(news), retmode="xml"))
                self.mailed |= {
                    int(article["MedlineCitation"]["PMID"]) for article in records["PubmedArticle"]
                }
        except Exception:  # noqa: BLE001 - whatever it is, the script ends and cron mails a traceback
            self.crashes += 1
        else:
            self.since = today

    def _opened(self, request: Request) -> Any:
        path = request.full_url.rpartition("/entrez/eutils/")[2]
        request.full_url = self.pubmed.base_url + path
        return urlopen(request, timeout=10)


def scripts(sandbox: Callable[[], Sandbox], first: date) -> dict[str, Script]:
    """Each way, with a PubMed of its own (so that the faults come to all alike)."""
    return {
        way: Script(datetype, window, sandbox(), first - timedelta(days=7))
        for way, (datetype, window) in WAYS.items()
    }


def alone(query: str) -> dict[str, dict[str, str]]:
    """What each fault does to each way, where it comes to every answer of one Monday: fault -> way -> words.

    On the made-up papers that the sandbox ships. `lost` and `wrong` are held against the same way without a fault,
    after another Monday on which nothing goes wrong.
    """
    entrez = bio_entrez()
    good = {way: _three_mondays(entrez, query, way, "").mailed for way in WAYS}
    found: dict[str, dict[str, str]] = {}
    for fault in FAULTS:
        found[fault] = {}
        for way, should in good.items():
            script = _three_mondays(entrez, query, way, f"{fault}:always")
            words = ["crashes"] if script.crashes else []
            words += [f"{len(should - script.mailed)} lost"] if should - script.mailed else []
            words += [f"{len(script.mailed - should)} wrong"] if script.mailed - should else []
            found[fault][way] = ", ".join(words) or "-"
    return found


def _three_mondays(entrez: Any, query: str, way: str, fault: str) -> Script:
    datetype, window = WAYS[way]
    first = date(2026, 3, 9)
    with Sandbox(today=first, second=0.0) as pubmed:
        script = Script(datetype, window, pubmed, first - timedelta(days=7))
        for week in range(3):
            if week == 1 and fault:
                pubmed.faults.plan_text(fault)
            script.monday(entrez, query, first + timedelta(weeks=week))
            pubmed.faults.end()
            time.sleep(0.05)  # after a refused connection the sandbox has to hear again
    return script
