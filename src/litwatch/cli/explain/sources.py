"""Where `explain` finds papers: in the files that are named, in the store, at PubMed.

Owns that order and what is said of papers that are nowhere. Never changes any of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from re import fullmatch
from typing import TYPE_CHECKING

from litwatch.errors import LitwatchError
from litwatch.paper import Paper
from litwatch.reading.records import Unreadable

if TYPE_CHECKING:
    from litwatch.edge.config import Config

#: How long PubMed is waited for while somebody sits at the terminal.
PATIENCE_SECONDS = 15.0


class Sources:
    """The papers of `targets`: PMIDs (anywhere) and files (all their papers, or only the PMIDs that are named).

    `complaints` grow as papers are asked for: what could not be read, or found.
    """

    def __init__(self, config: Config, targets: Sequence[str], now: datetime) -> None:
        self.complaints: list[str] = []
        self._config = config
        self._targets = tuple(targets)
        self._now = now
        self._known: dict[int, str] = {}

    def papers(self) -> Iterator[tuple[Paper, str]]:
        """Each paper with a line that says where its record came from."""
        # Nine digits are room enough for PMIDs; a longer number is no PMID, and nobody could look for it.
        numbers = [one for one in self._targets if fullmatch("[0-9]{1,9}", one) and not Path(one).exists()]
        wanted = dict.fromkeys(map(int, numbers))
        found: set[int] = set()
        for target in self._targets:
            if target not in numbers:
                for paper in self._in_file(Path(target), wanted):
                    found.add(paper.pmid)
                    yield paper, f"from {Path(target).name}"
        left = [pmid for pmid in wanted if pmid not in found]
        if left:
            for paper in self._in_store(left):
                found.add(paper.pmid)
                yield paper, "from the store"
        left = [pmid for pmid in left if pmid not in found]
        if left:
            for paper in self._at_pubmed(left):
                yield (
                    paper,
                    f"from PubMed, just now: {self._known.get(paper.pmid, 'it is in neither file nor store')}",
                )

    def _in_file(self, path: Path, wanted: Collection[int]) -> Iterator[Paper]:
        from litwatch.edge.files import records

        try:
            for record in records(path):
                if isinstance(record, Paper) and (not wanted or record.pmid in wanted):
                    yield record
        except LitwatchError as error:
            self.complaints.append(str(error))

    def _in_store(self, pmids: Sequence[int]) -> Iterator[Paper]:
        from litwatch.cli.wiring import store_to_read
        from litwatch.edge.store import showing

        with store_to_read(self._config, self._now) as store:
            if store is None:
                return
            for pmid in pmids:
                # Every watch that has it shows the same record.
                for shown in showing.papers(store, pmid=pmid):
                    if shown.paper is not None:
                        yield shown.paper
                        break
                    why = f" ({shown.wanted_reason})" if shown.wanted_reason else ""
                    self._known[pmid] = f"the store knows it as {shown.arrival}, without a record{why}"

    def _at_pubmed(self, pmids: Sequence[int]) -> Iterator[Paper]:
        from litwatch.cli.wiring import opened_pubmed

        patient = self._config.settings.pubmed
        seconds = min(patient.retry_budget_seconds, PATIENCE_SECONDS)
        hasty = replace(patient, retry_budget_seconds=seconds)
        settings = replace(self._config.settings, pubmed=hasty)
        with opened_pubmed(replace(self._config, settings=settings)) as pubmed:
            for batch in pubmed.fetch(pmids):
                for record, _ in batch.records:
                    if isinstance(record, Paper):
                        yield record
                    elif isinstance(record, Unreadable):
                        number = f" of PMID {record.pmid}" if record.pmid is not None else ""
                        self.complaints.append(f"PubMed's record{number} cannot be read: {record.reason}")
                for pmid in batch.missing:
                    nowhere = f"PMID {pmid}: {self._known.get(pmid, 'it is in neither file nor store')}"
                    if batch.failed:
                        self.complaints.append(f"{nowhere}, and PubMed cannot be asked: {batch.failed}")
                    else:
                        self.complaints.append(f"{nowhere}, and PubMed has no record of that number")
