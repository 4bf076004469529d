"""`litwatch audit`: holds the store against PubMed's own files, an independent road to the same list.

Owns the receipt, and when it may say that nothing is missing. Never files a paper and never asks PubMed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from litwatch.decide.auditing import Audited, audited
from litwatch.edge.config import Watch
from litwatch.edge.nlm.files import gaps, out_of_order
from litwatch.edge.store import balancing, collecting
from litwatch.edge.store.open import Store
from litwatch.edge.store.records import filed_records
from litwatch.errors import LitwatchError
from litwatch.jobs.attempt import Progress, quiet
from litwatch.jobs.receipt import listed
from litwatch.jobs.scanning.found import Newest
from litwatch.jobs.scanning.many_files import Way, scan
from litwatch.jobs.scanning.one_file import Asked
from litwatch.paper import Paper
from litwatch.query.leaves import Vocabulary
from litwatch.query.match import pubmed_only
from litwatch.reading.batching import batches
from litwatch.reading.pubmed_xml import BATCH, records_of


@dataclass(slots=True)
class AuditReceipt:
    """What one audit of one watch found.

    `through`: the last file's name. `incomplete`: why the files are not all of PubMed, or could not all be read; while
    it holds anything, nobody can say that nothing is missing. `not_auditable`: clauses that only PubMed can answer.
    """

    watch: str
    started_at: datetime
    through: str
    files: int
    records: int
    found: Audited | None = None
    incomplete: list[str] = field(default_factory=list)
    not_auditable: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is missing, and that is sure (exit 0)."""
        return not self.failures

    def one_line(self) -> str:
        """For the log."""
        if self.found is None:
            return f"audit {self.watch}: {'; '.join(self.failures)}"
        missing = len(self.found.missing)
        whole = "at least " if self.incomplete or self.not_auditable else ""
        verdict = (
            f"{whole}{missing:,} missing"
            if missing or not whole
            else "none seen to be missing, but not all was seen"
        )
        return (
            f"audit {self.watch}: audited to {self.through}: {verdict} of {self.found.matching:,} that match"
            + "".join(f" | {why}" for why in self.incomplete)
        )

    def in_lines(self) -> Iterable[str]:
        """For a terminal."""
        yield self.one_line().removeprefix("audit ")
        if self.found is None:
            return
        told = {
            "missing": "match, and the store does not know them",
            "newer": "were created since the last good search, which will find them",
            "left": "match, and PubMed's list had dropped them when last searched",
            "unmatched": "are held as matching; in the files they do not match as litwatch reads them",
            "unseen": "are held as matching, and no file has them (newer than the last file?)",
            "books": "are books of NCBI's Bookshelf, and NLM's files hold articles alone",
            "deleted": "are held as matching, and the files took them away: `litwatch refresh --from` marks them",
        }
        for name, words in told.items():
            pmids = getattr(self.found, name)
            if pmids:
                yield f"  {name:<10} {len(pmids):>6,} {words}: {listed(pmids, 10)}"
        for clause in self.not_auditable:
            yield f"  not auditable: only PubMed can answer {clause}"
        for why in (*self.incomplete, *self.notes):
            yield f"  note: {why}"
        for why in self.failures:
            yield f"  FAILED: {why}"

    def to_json(self) -> dict[str, Any]:
        """The receipt as it is kept."""
        return {
            "job": "audit",
            "watch": self.watch,
            "started_at": self.started_at.isoformat(),
            "ok": self.ok,
            "through": self.through,
            "files": self.files,
            "records": self.records,
            **(asdict(self.found) if self.found else {}),
            "incomplete": self.incomplete,
            "not_auditable": self.not_auditable,
            "notes": self.notes,
            "failures": self.failures,
        }


def audit(
    watches: Sequence[Watch],
    store: Store,
    paths: Sequence[Path],
    vocabulary: Vocabulary,
    now: datetime,
    *,
    way: Way,
    kept: Path | None = None,
    progress: Progress = quiet,
) -> tuple[AuditReceipt, ...]:
    """One receipt for each watch, kept in the store; the files are read once for all of them.

    Raises StoreError.
    """
    remembered = {}
    with store.reading() as connection:
        for watch in watches:
            remembered[watch.name] = collecting.remembered(connection, watch.name, now)
    known = frozenset(pmid for one in remembered.values() if one for pmid in one.kept)
    newest, incomplete = Newest(), list(gaps(paths))
    asked = Asked(tuple(str(watch.query) for watch in watches), now.date())
    wrong = out_of_order(paths)
    present: set[int] = set()
    highest = 0
    slow: dict[int, str] = {}
    try:
        for done, (_, found) in enumerate(scan(paths, asked, vocabulary, way=way, kept=kept), 1):
            newest.add(found)
            if found.usual and not slow:
                slow = {one.query: one.words(watches[one.query].name) for one in found.usual}
            present.update(known.intersection(found.pmids))
            highest = max(highest, max(found.pmids, default=0))
            if found.cut:
                incomplete.append(f"{found.cut}: what it held beyond that is not known")
            progress("reading", done, len(paths))
    except LitwatchError as error:
        incomplete.append(str(error))
    incomplete += [wrong] if wrong else []
    incomplete += [f"PMID {pmid} could not be read: {why}" for pmid, why in newest.unreadable.items()]
    incomplete += [f"a record without a PMID could not be read: {why}" for why in newest.nameless]
    books = frozenset[int]() if incomplete else _books(store, known - present)
    receipts = []
    for number, watch in enumerate(watches):
        receipt = AuditReceipt(watch.name, now, paths[-1].name if paths else "", len(paths), newest.records)
        receipt.incomplete = incomplete
        receipt.notes += [slow[number]] if number in slow else []
        receipt.not_auditable = list(dict.fromkeys(str(term) for term in pubmed_only(watch.query)))
        watched = remembered[watch.name]
        if watched is None:
            receipt.failures.append("it was never searched well; run `litwatch collect` first")
        else:
            matching = _created(newest, number)
            receipt.found = audited(matching, frozenset(present), frozenset(newest.deleted), watched, books)
            if watched.query != str(watch.query):
                receipt.notes.append(
                    "the query was edited since the last good search, and the new one is audited"
                )
            lacking = [pmid for pmid in receipt.found.unseen if pmid < highest]
            if lacking:
                words = "stand in no file, though files hold later ones (books never do; `litwatch backfill` tells)"
                receipt.incomplete = [
                    *incomplete,
                    f"{len(lacking):,} papers that the store holds {words}: {listed(lacking, 10)}",
                ]
            _judge(receipt)
        receipts.append(receipt)
    with store.writing() as connection:
        for receipt in receipts:
            document: Mapping[str, Any] = receipt.to_json()
            balancing.save_receipt(connection, "audit", receipt.watch, now, now, document, ok=receipt.ok)
    return tuple(receipts)


def _books(store: Store, pmids: frozenset[int]) -> frozenset[int]:
    """Those of these papers whose filed record is a book's."""
    with store.reading() as connection:
        return frozenset(
            pmid for pmid, raw in filed_records(connection, pmids) if raw.startswith(b"<PubmedBookArticle")
        )


def _judge(receipt: AuditReceipt) -> None:
    assert receipt.found is not None
    if receipt.found.missing:
        receipt.failures.append(
            f"{len(receipt.found.missing):,} papers that match are not in the store: {listed(receipt.found.missing)}; "
            "`litwatch collect` asks PubMed for all that matches"
        )
    if receipt.incomplete:
        receipt.failures.append(
            "not all of PubMed's files could be read: nobody can say that nothing is missing"
        )


def _created(newest: Newest, number: int) -> dict[int, date | None]:
    """Each record that matches a watch -> its create date."""
    matching = {pmid: one.raw for pmid, one in newest.matches.items() if number in one.watches}
    created: dict[int, date | None] = dict.fromkeys(matching)
    for some in batches(matching.values(), BATCH):
        for paper in records_of(some, 1):
            if isinstance(paper, Paper):
                created[paper.pmid] = paper.create_date
    return created
