"""What a run of `collect`, `refresh`, `backfill` or `guard` did, asked and left undone.

Owns the receipt's values and words. Never asks PubMed and never reads a store.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from litwatch.decide.agreement import Disagreement
from litwatch.decide.changes import Notice
from litwatch.decide.guarding import Recall
from litwatch.reading.records import Unreadable

if TYPE_CHECKING:  # `status` asks for words only
    from litwatch.edge.pubmed import Batch, Enumeration, Tally
    from litwatch.edge.store.balancing import Books
    from litwatch.edge.store.collecting import Studied

LISTED = 100  # disagreements of either direction that a receipt names; all are counted


PUBMED_SAYS = "PubMed says"
"""How a note begins that repeats ESearch's ErrorList or WarningList."""

NO_RECEIPT = "no receipt was left by the run of"
"""How a note begins of a run that was killed."""

EDIT_LOST = "the edited query no longer finds"
"""How a note begins of known papers that an edit lost."""


@dataclass(slots=True)
class Receipt:
    """Filled while the run goes on.

    Attributes:
        edited, accepted: whether a person had a hand in it: another query than before, or --accept.
        count, enumerated: what PubMed said how many match (a backfill: when last searched), and how many PMIDs it
        listed; None before.
        backlog_left: how many papers of the backlog are not read yet, after a backfill.
        arrivals: how many came as new, late, old, by-edit, backlog; `held` are among those that wait.
        wanted: PMID -> why it could not be filed yet. unreadable: those of them that came but broken.
        untagged: PMID -> why the rules failed on it; it is filed all the same.
        compared: how many papers were matched here, too, and held against PubMed's list.
        disagreements: PMID -> the smallest clause by which it does not match here though PubMed lists it.
        unlisted: PMID -> what of the query it matches here though PubMed does not list it.
        disagreeing: how many of both there are, by name, and how many of them are `approximate` (words without
        a tag); the two tables hold the first 100 each.
        studied_anew: how many filed papers were read again because the rules changed.
        no_longer_matching: how many known papers left PubMed's list.
        notices: those that were not known yet.
        guard: what a guard run found outside of the search, and what is known of what the watch misses.
        books: where every match stands, counted from the store; None before a list was ever believed.
        mailed_to_nobody: how many of the books' mailed no reader was sent, because none was entitled to them.
        notes: worth knowing, no failure. failures: each one sentence; any of them is exit 1.
    """

    job: str
    watch: str | None
    started_at: datetime
    query: str = ""
    translation: str = ""
    edited: bool = False
    accepted: bool = False
    translation_changed: bool = False
    count: int | None = None
    enumerated: int | None = None
    arrivals: dict[str, int] = field(default_factory=dict)
    held: int = 0
    backlog_left: int | None = None
    no_longer_matching: int = 0
    fetched: int = 0
    refreshed: int = 0
    changed: int = 0
    studied_anew: int = 0
    gone: list[int] = field(default_factory=list)
    wanted: dict[int, str] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)
    untagged: dict[int, str] = field(default_factory=dict)
    compared: int = 0
    disagreements: dict[int, str] = field(default_factory=dict)
    unlisted: dict[int, str] = field(default_factory=dict)
    disagreeing: dict[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    requests: int = 0
    retries: dict[str, int] = field(default_factory=dict)
    waited_seconds: float = 0.0
    seconds: float = 0.0
    guard: dict[str, Any] | None = None
    books: Books | None = None
    mailed_to_nobody: int = 0
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def compare(self, disagreement: Disagreement | None) -> None:
        """Count a paper that was held against PubMed's list, and what came of it (None: agreement)."""
        self.compared += 1
        if disagreement is None:
            return
        name = "disagreements" if disagreement.listed else "unlisted"
        for counted in (name, *(("approximate",) if disagreement.approximate else ())):
            self.disagreeing[counted] = self.disagreeing.get(counted, 0) + 1
        table = self.disagreements if disagreement.listed else self.unlisted
        if len(table) < LISTED:
            table[disagreement.pmid] = str(disagreement)

    def take_list(self, found: Enumeration) -> None:
        """Note what PubMed listed, and what it said of the query."""
        self.count, self.enumerated, self.translation = found.count, len(found.pmids), found.translation
        self.notes.extend(f"{PUBMED_SAYS} {name}: {text}" for name, text in (*found.errors, *found.warnings))

    def take_missing(self, batch: Batch) -> dict[int, str]:
        """Note what of a batch could not be had, and give it back: PMID -> why."""
        if batch.failed is not None:
            self.failures.append(
                f"{len(batch.missing)} of {len(batch.asked)} papers could not be fetched: {batch.failed}"
            )
        unreadable = {
            record.pmid: f"unreadable: {record.reason}"
            for record, _ in batch.records
            if isinstance(record, Unreadable) and record.pmid is not None
        }
        self.unreadable.update(unreadable)
        return (
            dict.fromkeys(batch.missing, batch.failed or "PubMed lists it but did not send it") | unreadable
        )

    def take_studied(self, studied: Iterable[Studied]) -> None:
        """Note the papers on which the rules failed."""
        self.untagged.update((each.paper.pmid, each.failure) for each in studied if each.failure is not None)

    @property
    def ok(self) -> bool:
        """Nothing failed (exit 0)."""
        return not self.failures

    @property
    def quiet(self) -> bool:
        """Nothing came, nothing changed and nothing failed."""
        return self.ok and not (self.arrivals or self.changed or self.gone or self.notices or self.wanted)

    @property
    def finished_at(self) -> datetime:
        """When it ended, on the clock of `started_at`."""
        return self.started_at + timedelta(seconds=self.seconds)

    @property
    def balanced(self) -> bool | None:
        """Whether the books add up to what PubMed said; None where there is nothing to compare."""
        if self.books is None or self.count is None:
            return None
        return self.books.total == self.count

    def to_json(self) -> dict[str, Any]:
        """The receipt as plain values, PMIDs as strings."""
        document = asdict(self)
        document["started_at"] = self.started_at.isoformat()
        document["finished_at"] = self.finished_at.isoformat()
        document["ok"] = self.ok
        document["balanced"] = self.balanced
        for name in ("wanted", "unreadable", "untagged", "disagreements", "unlisted"):
            document[name] = {str(pmid): said for pmid, said in document[name].items()}
        document["gone"] = [str(pmid) for pmid in self.gone]
        for told in document["notices"]:
            told["pmid"] = str(told["pmid"])
            told["notice_pmid"] = str(told["notice_pmid"]) if told["notice_pmid"] > 0 else None
        return document

    def one_line(self) -> str:
        """The receipt in one line, the failures last."""
        words = f"{self.job} {self.watch}: " if self.watch else f"{self.job}: "
        words += ", ".join(self._parts())
        if self.failures:
            words += " - FAILED: " + "; ".join(self.failures)
        return words

    def _found(self) -> list[str]:
        """What this kind of job is there for."""
        if self.backlog_left is not None:
            return [f"{self.fetched:,} of the backlog fetched", f"{self.backlog_left:,} left"]
        if self.guard is not None:
            listed = f"{self.count or 0:,} outside of the search, {self.guard['new']:,} of them new"
            return [*([listed] if self.count is not None else []), recall_in_words(self.guard)]
        if self.count is None:
            return []
        came = [f"{count} {state}" for state, count in self.arrivals.items() if count]
        return [
            _number(self.count, "match", "matches"),
            " ".join(("came:", ", ".join(came))) if came else "nothing new",
        ]

    def _parts(self) -> list[str]:
        parts = self._found()
        if self.held:
            parts.append(f"{self.held} held")
        if self.wanted:
            parts.append(f"{len(self.wanted)} wanted")
        if self.refreshed:
            parts.append(f"{self.refreshed} fetched again, {self.changed} changed")
        if self.studied_anew:
            parts.append(f"{self.studied_anew} tagged anew, for the rules changed")
        if self.gone:
            parts.append(f"{len(self.gone)} no longer in PubMed")
        if self.notices:
            parts.append(_number(len(self.notices), "notice", "notices"))
        parts += [note for note in self.notes if note.startswith((PUBMED_SAYS, NO_RECEIPT, EDIT_LOST))]
        if self.disagreeing:
            parts.append(disagreeing_in_words(self.disagreeing))
        if self.balanced:
            parts.append("the books balance")
        retried = _retried(self.retries)
        parts.append(_number(self.requests, "request", "requests") + (f" ({retried})" if retried else ""))
        parts.append(f"{self.seconds:.1f} s")
        return parts


def disagreeing_in_words(counts: Mapping[str, int]) -> str:
    """How often we differ from PubMed, in which direction; "" where nowhere."""
    there, here = counts.get("disagreements", 0), counts.get("unlisted", 0)
    if not there + here:
        return ""
    sides = [f"{there:,} listed only there"] if there else []
    sides += [f"{here:,} matched only here"] if here else []
    sides += [f"{counts['approximate']:,} approximate"] if counts.get("approximate") else []
    return f"{_number(there + here, 'disagreement', 'disagreements')} with PubMed ({', '.join(sides)})"


def recall_in_words(told: Mapping[str, Any]) -> str:
    """What is known of what a watch misses, in a sentence (`told`: edge.store.guarding.standing)."""
    if told["last_run"] is None:
        return "the guard has not run yet"
    waiting = f"{told['to_judge']:,} to judge" if told["to_judge"] else ""
    if told.get("broader") is False:
        return (
            f"recall unknown: the guard is not broader than the search ({told['outside_now']:,} papers outside of the "
            f"search, and it misses {told['lacking']:,} of the {told['matching']:,} that the search finds)"
        )
    if told["recall"] is None:
        unjudged = "not judged yet" if told["outside"] else "no new paper stood outside of the search yet"
        why = "no paper on the subject came yet" if told["judged"] else unjudged
        return f"recall unknown: {why}" + (f" ({waiting})" if waiting else "")
    estimate = Recall(**told["recall"])
    interval = f"95 % interval {100 * estimate.low:.1f} to {100 * estimate.high:.1f} %"
    counted = f"{estimate.judged:,} of {estimate.outside:,} outside papers judged"
    facts = ", ".join(filter(None, (interval, counted, waiting)))
    return f"estimated recall {100 * estimate.share:.1f} % ({facts})"


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _retried(retries: Mapping[str, int]) -> str:
    return ", ".join(f"{cause}: {count} retried" for cause, count in sorted(retries.items()))


class Measured:
    """Counts what a job cost, from now until `stop`, into its receipt."""

    def __init__(self, tally: Tally, receipt: Receipt) -> None:
        self._tally, self._receipt = tally, receipt
        self._began = time.monotonic()
        self._requests, self._retries, self._waited = tally.requests, tally.retries.copy(), tally.waited

    def stop(self) -> None:
        """Write the figures down."""
        self._receipt.requests = self._tally.requests - self._requests
        self._receipt.retries = dict(self._tally.retries - self._retries)
        self._receipt.waited_seconds = round(self._tally.waited - self._waited, 3)
        self._receipt.seconds = round(time.monotonic() - self._began, 3)


def listed(pmids: Iterable[int], most: int = 20) -> str:
    """PMIDs in a sentence, the first twenty."""
    ordered = sorted(pmids)
    more = f" and {len(ordered) - most} more" if len(ordered) > most else ""
    return ", ".join(map(str, ordered[:most])) + more
