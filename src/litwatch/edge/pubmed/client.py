"""What litwatch asks of PubMed: which PMIDs match, and the records themselves.

Owns ESearch, bisection and EFetch. Never concludes anything from what came.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litwatch.edge.pubmed.ahead import one_ahead
from litwatch.edge.pubmed.answers import (
    SearchAnswer,
    Untrustworthy,
    read_search,
    refuse_error_bodies,
    refuse_non_answers,
)
from litwatch.edge.pubmed.asking import Asker, PerhapsPoisoned, Tally
from litwatch.edge.pubmed.fault import PATIENCE
from litwatch.edge.pubmed.summaries import read_missing
from litwatch.errors import PubMedError, PubMedRefused, ReadError, TooManyMatches
from litwatch.paper import Paper
from litwatch.reading.records import Record, Unreadable

PAGE = 9_999  # ESearch gives no more of one PubMed search
BATCH = 200  # a fault stays small, and one POST holds them
HIGHEST_PMID = 999_999_999
TAKES = 4  # how often a search whose Count changes under our hands is taken again
POISON = 3  # so many records of a batch may be unobtainable before the batch counts as failed
SPLITS = 40  # how many smaller requests one bad batch may cost


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Every PMID that matches, sorted; as many as `count`, or there is no Enumeration.

    `errors` and `warnings` are what ESearch's ErrorList and WarningList said, (NLM's name, text).
    """

    pmids: tuple[int, ...]
    count: int
    translation: str
    errors: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def understood(self) -> bool:
        """Whether PubMed knew every field that was asked for; else it searched all fields for its words."""
        return all(name != "FieldNotFound" for name, _ in self.errors)


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of asking for `asked`.

    `records` are those asked for, each once, with the bytes that the store keeps; `missing` did not come.
    With `failed` the asking itself failed (the words of the error), and `missing` are not known to be gone.
    """

    asked: tuple[int, ...]
    records: tuple[tuple[Record, bytes], ...]
    missing: tuple[int, ...]
    failed: str | None = None


class PubMed:
    """PubMed at `base_url` (ends in /entrez/eutils/), asked politely.

    Keyword arguments besides those of [pubmed] are Asker's: on_wait(cause, seconds), clock, sleep, random.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tool: str = "litwatch",
        email: str = "",
        api_key: str = "",
        requests_per_second: float = 3.0,
        timeout_seconds: float = 60.0,
        retry_budget_seconds: float = 300.0,
        retry_pause_seconds: float = 1.0,
        on_wait: Any = None,
        **for_tests: Any,
    ) -> None:
        self._asker = Asker(
            base_url,
            tool=tool,
            email=email,
            api_key=api_key,
            requests_per_second=requests_per_second,
            timeout_seconds=timeout_seconds,
            retry_budget_seconds=retry_budget_seconds,
            retry_pause_seconds=retry_pause_seconds,
            on_wait=on_wait,
            **for_tests,
        )

    @property
    def tally(self) -> Tally:
        """What asking cost so far."""
        return self._asker.tally

    def close(self) -> None:
        """Close the connections."""
        self._asker.close()

    def search(self, query: str, retstart: int = 0, retmax: int = PAGE) -> SearchAnswer:
        """One ESearch of `(query)`. Raises PubMedUnreachable, PubMedRefused."""
        fields = {
            "db": "pubmed",
            "term": f"({query})",
            "retstart": str(retstart),
            "retmax": str(retmax),
            "retmode": "xml",
        }
        return self._asker.ask("esearch.fcgi", fields, lambda body: read_search(body, retstart, retmax))

    def without_summary(self, pmids: Sequence[int]) -> frozenset[int]:
        """Those of `pmids` that ESummary names as unknown: PubMed deleted them, or merged them into others.

        Raises PubMedUnreachable, PubMedRefused.
        """
        missing: set[int] = set()
        for start in range(0, len(pmids), BATCH):
            asked = pmids[start : start + BATCH]
            fields = {"db": "pubmed", "id": ",".join(map(str, asked)), "retmode": "xml"}
            missing.update(self._asker.ask("esummary.fcgi", fields, read_missing))
        return frozenset(missing & set(pmids))

    def enumerate(self, query: str, limit: int = 100_000) -> Enumeration:
        """All PMIDs that match `query`.

        Beyond 9,999 by bisection (`(QUERY) AND lo:hi[uid]`, as NLM's EDirect does): it always ends, and a
        PMID never moves between parts. Where the parts do not add up, Count changed meanwhile, and the whole
        is taken again.

        Raises PubMedUnreachable, PubMedRefused, TooManyMatches.
        """
        for _ in range(TAKES):
            whole = self.search(query)
            if whole.count > limit:
                raise TooManyMatches(
                    f"the query matches {whole.count:,} papers, more than pubmed.enumerate_limit "
                    f"({limit:,}); narrow it, or raise the limit"
                )
            pmids = self._parts(query, whole)
            if pmids is not None:
                ordered = tuple(sorted(pmids))
                return Enumeration(ordered, whole.count, whole.translation, whole.errors, whole.warnings)
            self.tally.retries["count-changed"] += 1
        raise PubMedRefused(
            f"{self._asker.host} gave parts of the search that do not add up to its Count, {TAKES} times; "
            "nothing is concluded from it: the next run asks again"
        )

    def _parts(self, query: str, whole: SearchAnswer) -> set[int] | None:
        """The PMIDs of a search, by bisection where it is too large; None where the parts do not add up."""
        if whole.count <= PAGE:
            return set(whole.pmids)
        found: set[int] = set()
        waiting = [(1, HIGHEST_PMID, whole)]
        while waiting:
            low, high, part = waiting.pop()
            if low == high:
                return None
            middle = _middle(low, high, part)
            lower = self.search(f"({query}) AND {low}:{middle}[uid]")
            upper_count = part.count - lower.count
            if upper_count < 0:
                return None
            halves = [(low, middle, lower)]
            if upper_count > 0:
                upper = self.search(f"({query}) AND {middle + 1}:{high}[uid]")
                if upper.count != upper_count:
                    return None
                halves.append((middle + 1, high, upper))
            for start, end, half in halves:
                if half.count <= PAGE:
                    if any(not start <= pmid <= end for pmid in half.pmids):
                        return None
                    found.update(half.pmids)
                else:
                    waiting.append((start, end, half))
        return found if len(found) == whole.count else None

    def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
        """The records of `pmids`, 200 a POST, as they come.

        A batch that fails is asked for again in halves, so that one poisonous record cannot take the others
        with it. Never raises for PubMed's faults: `Batch.failed` says what happened. While one batch is used, the next
        one is fetched.
        """
        return one_ahead(self._batches(pmids))

    def _batches(self, pmids: Sequence[int]) -> Iterator[Batch]:
        outages = 0
        for start in range(0, len(pmids), BATCH):
            asked = tuple(pmids[start : start + BATCH])
            if outages >= 2:  # PubMed is away: do not knock for every batch
                yield Batch(asked, (), asked, "not asked for: PubMed had stopped answering")
                continue
            batch = self._fetch(asked, [SPLITS], tries=PATIENCE)
            if batch.failed and batch.records and len(batch.missing) <= POISON:
                # The rest came: these records cannot be had, PubMed can. They stay wanted.
                batch = replace(batch, failed=None)
            outages = outages + 1 if batch.failed and not batch.records else 0
            yield batch

    def _fetch(self, asked: tuple[int, ...], splits: list[int], tries: int) -> Batch:
        fields = {
            "db": "pubmed",
            "id": ",".join(map(str, asked)),
            "rettype": "xml",
            "retmode": "xml",
            "retmax": str(len(asked)),
        }
        wanted = frozenset(asked)
        try:
            records = self._asker.ask(
                "efetch.fcgi", fields, lambda body: read_records(body, wanted), tries=tries
            )
        except PerhapsPoisoned as error:
            if len(asked) == 1 or splits[0] < 2 or self._asker.worn_out:
                return Batch(asked, (), asked, str(error))
            splits[0] -= 2
            middle = len(asked) // 2
            halves = [self._fetch(half, splits, tries=2) for half in (asked[:middle], asked[middle:])]
            return Batch(
                asked,
                tuple(record for half in halves for record in half.records),
                tuple(pmid for half in halves for pmid in half.missing),
                next((half.failed for half in halves if half.failed), None),
            )
        except PubMedError as error:
            return Batch(asked, (), asked, str(error))
        came = {_pmid(record) for record, _ in records}
        return Batch(asked, records, tuple(pmid for pmid in asked if pmid not in came))


def _middle(low: int, high: int, part: SearchAnswer) -> int:
    """Where to cut a part that is too large.

    Up to half as many again as a search gives: in the middle of those that it gave. In whatever order PubMed lists,
    neither half can then be too large, for all that was not given would fit into it. Beyond, in the middle of the
    range; PMIDs stand at the low end of all that are possible, so the first cuts are there.
    """
    if part.count <= PAGE + PAGE // 2:
        middle = sorted(part.pmids)[len(part.pmids) // 2 - 1]
        if low <= middle < high:
            return middle
    if high == HIGHEST_PMID and low < 1 << 27:
        return (1 << 26) - 1 if low < (1 << 26) - 1 else (1 << 27) - 1
    return (low + high) // 2


def _pmid(record: Record) -> int | None:
    return record.pmid if isinstance(record, Paper | Unreadable) else None


def read_records(body: bytes, wanted: frozenset[int]) -> tuple[tuple[Record, bytes], ...]:
    """The records of an EFetch answer that were asked for, each PMID once (its highest version).

    Raises Untrustworthy where the answer is an error, cut, or holds none of many.
    """
    from litwatch.reading.pubmed_xml import read_with_raw

    refuse_non_answers(body)
    refuse_error_bodies(body)
    found: dict[int, tuple[Record, bytes]] = {}
    try:
        for number, (read, raw) in enumerate(read_with_raw(io.BytesIO(body)), 1):
            record = _worth_keeping(read, number)
            pmid = _pmid(record)
            if pmid is None or pmid not in wanted:
                continue
            held = found.get(pmid)
            if held is None or _worth(record) >= _worth(held[0]):
                found[pmid] = (record, raw)
    except ReadError as error:
        raise Untrustworthy(
            "cut", f"records that cannot be read to their end ({error})", passing=True
        ) from error
    if not found and len(wanted) >= 20:
        raise Untrustworthy("none-came", f"none of {len(wanted)} records that were asked for")
    return tuple(found.values())


def _worth_keeping(record: Record, position: int) -> Record:
    """The record; Unreadable where it says nothing of its paper, for it would take the place of a whole one."""
    if isinstance(record, Paper) and not (record.title or record.vernacular_title or record.journal):
        return Unreadable(position, record.pmid, "a stub: it has neither title nor journal")
    return record


def _worth(record: Record) -> int:
    return record.version if isinstance(record, Paper) else 0
