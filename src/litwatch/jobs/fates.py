"""The search half of `refresh`: which papers of the watches something befell.

Owns which of PubMed's filters are asked of what. Never fetches a record; what is news is decided in
decide/refreshed.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from litwatch.decide.changes import GRAVE
from litwatch.edge.pubmed import SearchAnswer
from litwatch.edge.store import noticing, refreshing
from litwatch.edge.store.open import Store
from litwatch.errors import PubMedRefused, TooManyMatches
from litwatch.jobs import stopping
from litwatch.jobs.looking import Lists
from litwatch.jobs.receipt import Receipt

SEARCHED_AT_ONCE = 1_000
STRUCK_LIMIT = 100_000

# What PubMed knows of a paper's fate (pubmed-facts 15). One that it should drop vanishes from an OR without
# harm (and is noted), so old and new names stand side by side.
GRAVE_FATES = (
    '"retracted publication"[pt] OR hasretractionin OR hasexpressionofconcernin '
    "OR hasretractedandrepublishedin"
)
FATES = f"{GRAVE_FATES} OR hascorrectedrepublishedin OR haserratumin OR hasupdatein"


class AsksFates(Lists, Protocol):
    """What is asked of PubMed here (edge.pubmed.PubMed)."""

    def search(self, query: str, retstart: int = 0, retmax: int = 9_999) -> SearchAnswer:
        """One search."""
        ...


class Fates:
    """The searches of one refresh; what goes wrong with one watch's goes into the receipt."""

    def __init__(self, store: Store, pubmed: AsksFates, now: datetime, receipt: Receipt) -> None:
        self.store, self.pubmed, self.now, self.receipt = store, pubmed, now, receipt

    def look_for_struck(self, name: str, *, first_too: bool = True) -> None:
        """Ask which matches of a watch are retracted or under concern; what is new there will be read.

        By the query of the last list that was believed: the edited one is listed by `collect` first.
        """
        with self.store.reading() as connection:
            asked = noticing.query_of(connection, name)
        if asked is None:
            return
        query, asked_before = asked
        if not (asked_before or first_too):
            return
        try:
            listed = self.list_of_struck(query)
            # What the first list lacks would be told as news later.
            agreed = asked_before or self.list_of_struck(query) == listed
        except (PubMedRefused, TooManyMatches) as error:
            self.receipt.failures.append(f"the retracted papers of {name} were not listed: {error}")
            return
        if not agreed:
            self.receipt.failures.append(
                f"PubMed's list of the retracted papers of {name} was another at once; the next run asks again"
            )
            return
        with self.store.writing() as connection:
            noticing.file_struck(connection, name, listed, self.now)

    def list_of_struck(self, query: str) -> tuple[int, ...]:
        """The matches of a query that are retracted or under concern."""
        with stopping.waiting():
            found = self.pubmed.enumerate(f"({query}) AND ({GRAVE_FATES})", STRUCK_LIMIT)
        if not found.understood:
            raise PubMedRefused("PubMed did not understand the search; nothing is concluded from it")
        self.note_unknown(found.errors)
        return found.pmids

    def of_mailed(self, names: Collection[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Of all that was ever mailed: what something befell that we do not know, and the rest of what is marked."""
        anew: list[int] = []
        again: list[int] = []
        above = 0
        while True:
            with self.store.reading() as connection:
                some = refreshing.mailed_pmids(connection, names, above, SEARCHED_AT_ONCE)
            if not some:
                return tuple(anew), tuple(again)
            above = some[-1]
            marked = self.those_of(some, FATES)
            with self.store.reading() as connection:
                known = refreshing.kinds_of_notices(connection, marked)
            # What only a correction is known of may have been retracted since.
            lesser = [pmid for pmid in known if not known[pmid] & set(GRAVE)]
            worse = self.those_of(lesser, GRAVE_FATES) if lesser else frozenset()
            anew.extend(sorted((marked - known.keys()) | worse))
            again.extend(sorted(known.keys() - worse))

    def those_of(self, pmids: Sequence[int], fates: str) -> frozenset[int]:
        """Those of these papers that PubMed's filters find."""
        with stopping.waiting():
            found = self.pubmed.search(f"({_any_of(pmids)}) AND ({fates})")
        self.note_unknown(found.errors)
        return frozenset(found.pmids) & frozenset(pmids)

    def note_unknown(self, errors: Iterable[tuple[str, str]]) -> None:
        """Say which of the filters found nothing at all: one that PubMed has dropped vanishes without a word else."""
        for kind, text in errors:
            said = f"PubMed finds nothing for the filter {text}: what it stood for may be found late"
            if kind == "PhraseNotFound" and text in FATES and said not in self.receipt.notes:
                self.receipt.notes.append(said)


def _any_of(pmids: Iterable[int]) -> str:
    return " OR ".join(f"{pmid}[uid]" for pmid in pmids)
