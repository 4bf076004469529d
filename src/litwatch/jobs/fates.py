"""The search half of `refresh`: which papers of the watches something befell.

Owns which of PubMed's filters are asked of what. Never fetches a record; what is news is decided in
decide/refreshed.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from litwatch.decide.changes import CONCERN, GRAVE, RETRACTION
from litwatch.edge.pubmed import SearchAnswer
from litwatch.edge.store import noticing, refreshing
from litwatch.edge.store.open import Store
from litwatch.errors import PubMedError, PubMedRefused, PubMedUnreachable
from litwatch.jobs import stopping
from litwatch.jobs.looking import Lists
from litwatch.jobs.receipt import Receipt

SEARCHED_AT_ONCE = 1_000
STRUCK_LIMIT = 100_000
STOPPED = "PubMed had stopped answering"

# What PubMed knows of a paper's fate (pubmed-facts 15). One that it should drop vanishes from an OR without
# harm (and is noted), so old and new names stand side by side.
STRUCK = {
    RETRACTION: '"retracted publication"[pt] OR hasretractionin OR hasretractedandrepublishedin',
    CONCERN: "hasexpressionofconcernin",
}
GRAVE_FATES = " OR ".join(STRUCK.values())
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
        self.listed: list[str] = []  # the watches whose lists came
        self.mailed_asked = True
        self._away = False

    def look_for_struck(self, name: str, *, first_too: bool = True) -> None:
        """Ask which matches of a watch are retracted, and which under concern; what is new there will be read.

        Each by itself: most papers that are retracted were under concern before, and are news once more.
        By the query of the last list that was believed: the edited one is listed by `collect` first.
        """
        with self.store.reading() as connection:
            asked = noticing.query_of(connection, name)
        if asked is None:
            return
        query, asked_before = asked
        if not (asked_before or first_too):
            return
        if self._away:
            self.receipt.failures.append(f"the retracted papers of {name} were not listed: {STOPPED}")
            return
        try:
            lists = self.lists_of_struck(query, first=not asked_before)
            # What the first lists lack would be told as news later.
            agreed = asked_before or self.lists_of_struck(query, first=True) == lists
        except PubMedError as error:
            self._away = isinstance(error, PubMedUnreachable)
            self.receipt.failures.append(f"the retracted papers of {name} were not listed: {error}")
            return
        if not agreed:
            self.receipt.failures.append(
                f"PubMed's list of the retracted papers of {name} was another at once; the next run asks again"
            )
            return
        with self.store.writing() as connection:
            held = noticing.file_struck(connection, name, lists, self.now)
        self.listed.append(name)
        if held:
            self.receipt.failures.append(
                f"{held} papers of {name} are retracted or questioned at once, which PubMed did not say before: they "
                "are held, and told to those alone who were sent them; look at some with `litwatch trace PMID`, and if "
                "that is right, `litwatch collect --accept`"
            )

    def lists_of_struck(self, query: str, *, first: bool) -> dict[str, tuple[int, ...]]:
        """The matches of a query that are retracted, and those under concern, by kind of notice.

        Raises PubMedRefused, too, where PubMed knows none of the filters of a kind; on the first lists, where it does
        not know one of them: what that filter stands for would come as news once PubMed knows it again.
        """
        found: dict[str, tuple[int, ...]] = {}
        for kind, fates in STRUCK.items():
            with stopping.waiting():
                listed = self.pubmed.enumerate(f"({query}) AND ({fates})", STRUCK_LIMIT)
            if not listed.understood:
                raise PubMedRefused("PubMed did not understand the search; nothing is concluded from it")
            unknown = self.note_unknown(listed.errors)
            if _filters(fates) <= _filters(" OR ".join(unknown)) or (first and unknown):
                raise PubMedRefused(
                    f"PubMed does not know the filter {', '.join(unknown)}; nothing is concluded from its list"
                )
            found[kind] = listed.pmids
        return found

    def of_mailed(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Of all that was ever mailed: what something befell that we do not know, and the rest of what is marked.

        A thousand that PubMed does not answer for keeps nothing else from being asked or read.
        """
        anew: list[int] = []
        again: list[int] = []
        above = 0
        while True:
            with self.store.reading() as connection:
                some = refreshing.mailed_pmids(connection, above, SEARCHED_AT_ONCE)
            if not some:
                return tuple(anew), tuple(again)
            above = some[-1]
            try:
                if self._away:
                    raise PubMedUnreachable(STOPPED)
                newly, rest = self.befell(some)
            except PubMedError as error:
                self._away = isinstance(error, PubMedUnreachable)
                said = f"what befell papers that were mailed was not found out: {error}"
                if said not in self.receipt.failures:
                    self.receipt.failures.append(said)
                self.mailed_asked = False
            else:
                anew.extend(newly)
                again.extend(rest)

    def befell(self, mailed: Sequence[int]) -> tuple[list[int], list[int]]:
        """The same of some papers that were mailed."""
        marked = self.those_of({FATES: mailed})
        with self.store.reading() as connection:
            known = refreshing.kinds_of_notices(connection, marked)
        # What only a correction, or only a concern, is known of may have been retracted since.
        worse = self.those_of(
            {
                GRAVE_FATES: [pmid for pmid in known if not known[pmid] & set(GRAVE)],
                STRUCK[RETRACTION]: [pmid for pmid in known if known[pmid] & set(GRAVE) == {CONCERN}],
            }
        )
        return sorted((marked - known.keys()) | worse), sorted(known.keys() - worse)

    def those_of(self, asked: Mapping[str, Sequence[int]]) -> frozenset[int]:
        """Those of these papers that PubMed's filters find, in one search: filters -> papers."""
        parts = [f"({_any_of(pmids)}) AND ({fates})" for fates, pmids in asked.items() if pmids]
        if not parts:
            return frozenset()
        with stopping.waiting():
            found = self.pubmed.search(" OR ".join(f"({part})" for part in parts) if parts[1:] else parts[0])
        self.note_unknown(found.errors)
        return frozenset(found.pmids) & {pmid for pmids in asked.values() for pmid in pmids}

    def note_unknown(self, errors: Iterable[tuple[str, str]]) -> list[str]:
        """Those of the filters that PubMed says it does not know; in an OR they vanish without a word else."""
        asked = _filters(FATES)
        unknown = [text for kind, text in errors if kind == "PhraseNotFound" and _filters(text) <= asked]
        for text in unknown:
            said = f"PubMed finds nothing for the filter {text}: what it stood for may be found late"
            if said not in self.receipt.notes:
                self.receipt.notes.append(said)
        return unknown


def _filters(fates: str) -> frozenset[str]:
    """The names of filters in an OR of them, however PubMed writes them."""
    return frozenset(part.partition("[")[0].strip(' "').lower() for part in fates.split(" OR "))


def _any_of(pmids: Iterable[int]) -> str:
    return " OR ".join(f"{pmid}[uid]" for pmid in pmids)
