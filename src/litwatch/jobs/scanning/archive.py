"""Answers from PubMed's own files what the jobs ask of PubMed: lists, records, and what it no longer has.

Owns what a list means that comes from files: it is believed only where every file could be read to its end. Never
opens a connection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from litwatch.edge.nlm.files import gaps, out_of_order
from litwatch.edge.pubmed import Batch, Enumeration, SearchAnswer, Tally
from litwatch.errors import PubMedRefused, TooManyMatches
from litwatch.jobs.attempt import Progress, quiet
from litwatch.jobs.scanning.found import Newest
from litwatch.jobs.scanning.many_files import Way, scan
from litwatch.jobs.scanning.one_file import Asked
from litwatch.paper import Paper
from litwatch.query.leaves import Vocabulary
from litwatch.query.match import Scope, compile_scopes, pubmed_only
from litwatch.query.parse import parse
from litwatch.reading.batching import batches
from litwatch.reading.pubmed_xml import BATCH, records_of

FETCHED_AT_ONCE = 200


@dataclass(slots=True)
class Archive:
    """Files in NLM's order, as far as `queries` and `pmids` ask of them; they are read when first something is asked.

    Another query is answered from what these found where it narrows one of them (`(QUERY) AND ...`); else the files are
    read once more for it.
    """

    paths: Sequence[Path]
    queries: tuple[str, ...]
    vocabulary: Vocabulary
    today: date
    way: Way
    kept: Path | None = None
    pmids: frozenset[int] = frozenset()
    progress: Progress = quiet
    tally: Tally = field(default_factory=Tally)
    _read: dict[tuple[str, ...], Newest] = field(default_factory=dict)

    @property
    def gaps(self) -> tuple[str, ...]:
        """Which of NLM's files are not among these, in sentences."""
        return gaps(self.paths)

    def newest(self) -> Newest:
        """All that the queries and PMIDs found. Raises PubMedRefused where a file could not be read to its end."""
        return self._newest(self.queries)

    def _newest(self, queries: tuple[str, ...]) -> Newest:
        if queries not in self._read:
            wrong = out_of_order(self.paths)
            if wrong:
                raise PubMedRefused(f"{wrong}; nothing is concluded")
            together = Newest()
            asked = Asked(queries, self.today, self.pmids if queries == self.queries else frozenset())
            files = scan(self.paths, asked, self.vocabulary, way=self.way, kept=self.kept)
            for done, (path, found) in enumerate(files, 1):
                if found.cut:
                    raise PubMedRefused(f"{found.cut}; nothing is concluded from these files")
                if any(not one.raw for one in found.matches.values()):
                    raise PubMedRefused(f"{path} is no PubMed XML, and the store keeps records as that alone")
                together.add(found)
                self.progress("reading", done, len(self.paths))
            self._read[queries] = together
        return self._read[queries]

    def known_here(self) -> tuple[int, ...]:
        """Of the PMIDs that were asked for, those that the files hold or took away."""
        newest = self.newest()
        return tuple(sorted(self.pmids & (newest.matches.keys() | newest.deleted)))

    def enumerate(self, query: str, limit: int = 100_000) -> Enumeration:
        """All PMIDs that match, those that cannot be read among them. Raises PubMedRefused, TooManyMatches."""
        pmids = tuple(sorted(self._matching(query)))
        if len(pmids) > limit:
            raise TooManyMatches(
                f"the query matches {len(pmids):,} papers, more than pubmed.enumerate_limit ({limit:,}); narrow it, "
                "or raise the limit"
            )
        warnings = tuple(("record that cannot be read", why) for why in self.newest().nameless)
        return Enumeration(pmids, len(pmids), query, warnings=warnings)

    def search(self, query: str, retstart: int = 0, retmax: int = 9_999) -> SearchAnswer:
        """One search, as `enumerate`, of what is asked for by PMID, too."""
        pmids = sorted(self._matching(query))
        return SearchAnswer(len(pmids), tuple(pmids[retstart : retstart + retmax]), query)

    def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
        """The records of PMIDs, batch by batch, the highest first; what no file holds is missing."""
        newest = self.newest()
        for some in batches(sorted(pmids, reverse=True), FETCHED_AT_ONCE):
            here = [(pmid, newest.matches[pmid].raw) for pmid in some if pmid in newest.matches]
            raws = [raw for _, raw in here]
            records = tuple(zip(records_of(raws, 1), raws, strict=True))
            missing = tuple(pmid for pmid in some if pmid not in newest.matches)
            yield Batch(tuple(some), records, missing)

    def without_summary(self, pmids: Sequence[int]) -> frozenset[int]:
        """Those that the files took away."""
        return frozenset(pmids).intersection(self.newest().deleted)

    def _matching(self, query: str) -> frozenset[int]:
        if query in self.queries:
            if self.gaps:
                raise PubMedRefused(
                    f"{'; '.join(self.gaps)}: files list all that matches only where all are there"
                )
            number = self.queries.index(query)
            newest = self.newest()
            listed = (pmid for pmid, one in newest.matches.items() if number in one.watches)
            return frozenset((*listed, *newest.unreadable))
        wider = next((one for one in self.queries if query.startswith(f"({one}) AND ")), None)
        if wider is None and not _names_only_pmids(query):
            newest = self._newest((query,))
            return frozenset((*newest.matches, *newest.unreadable))
        return self._among(query, self.newest())

    def _among(self, query: str, newest: Newest) -> frozenset[int]:
        parsed = parse(query)
        unknown = pubmed_only(parsed)
        if unknown:
            raise PubMedRefused(f"only PubMed can answer {unknown[0]}; files cannot")
        matcher = compile_scopes([Scope(parsed)], self.vocabulary)
        found: set[int] = set()
        for some in batches((one.raw for one in newest.matches.values()), BATCH):
            for paper in records_of(some, 1):
                if isinstance(paper, Paper) and matcher.read(paper, today=self.today).matches(0):
                    found.add(paper.pmid)
        return frozenset(found)


def _names_only_pmids(query: str) -> bool:
    """Whether the query begins with a list of PMIDs, as refresh asks what befell papers."""
    first = query.removeprefix("(").partition("[uid]")[0]
    return first.isdecimal()
