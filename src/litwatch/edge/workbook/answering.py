"""Which papers a term matches, from the index.

Owns how each kind of leaf is looked up. Every answer is the matcher's: words are the same words, the tests put to
values and dates are the matcher's own, and where the index can only say which papers may match (a star inside a
phrase, proximity, names), the matcher itself reads those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import reduce
from operator import and_, or_

import numpy as np

from litwatch.edge.workbook.file import Workbook
from litwatch.edge.workbook.filling import Papers, has_rest
from litwatch.edge.workbook.shown import (
    BETWEEN,
    DATE,
    NAMES,
    REST,
    ROOMS,
    SUBSET,
    Room,
    dates_in,
    paper_of_subset,
)
from litwatch.paper import Paper
from litwatch.query.dates import day_of, found_by
from litwatch.query.leaves import (
    Joined,
    Leaf,
    Person,
    Subset,
    Uids,
    Vocabulary,
    When,
    Whole,
    Words,
    term_leaves,
)
from litwatch.query.lookup import asked_days, in_subset
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.spans import whole_holds
from litwatch.query.tokens import query_words
from litwatch.query.tree import Query, Term, leaves
from litwatch.tuning.bits import set_of, slots_of

_TOGETHER = 500
_ALL = frozenset[str]()
_PEOPLE = ("authors", "collective_names", "personal_name_subjects", NAMES)


class Answers:
    """The index of a workbook, asked term by term; each term is worked out once.

    `add_rest` fills the second room, once a term needs it.
    """

    def __init__(
        self,
        workbook: Workbook,
        papers: Papers,
        vocabulary: Vocabulary,
        today: date,
        add_rest: Callable[[], None],
    ) -> None:
        self._add_rest = add_rest
        self._has_rest = has_rest(workbook)
        self._connection = workbook.connection
        self._papers = papers
        self._vocabulary = vocabulary
        self._today = today
        self._known: dict[str, int | None] = {}
        rows = self._connection.execute("SELECT slot, pmid FROM paper WHERE alive ORDER BY slot").fetchall()
        #: PMID by slot, and slot by PMID, of the papers that count.
        self.pmids = dict(rows)
        self.slots = {pmid: slot for slot, pmid in rows}
        self.universe = set_of(np.fromiter(self.pmids, dtype=np.uint32, count=len(rows)))

    def term(self, term: Term) -> int | None:
        """The papers that the term matches; None where only PubMed can say."""
        if term.key not in self._known:
            joined = term_leaves(term, _ALL, self._vocabulary)
            self._known[term.key] = None if joined is None else self._of(term, joined) & self.universe
        return self._known[term.key]

    def pmids_of(self, papers: int) -> list[int]:
        """The PMIDs of a set."""
        return [self.pmids[slot] for slot in slots_of(papers)]

    def papers_of(self, pmids: Iterable[int]) -> int:
        """The set of those of these PMIDs that are in the index."""
        slots = [self.slots[pmid] for pmid in pmids if pmid in self.slots]
        return set_of(np.array(slots, dtype=np.uint32))

    def by_create_date(self) -> dict[date, int]:
        """The papers of each day on which one was created."""
        found: dict[date, int] = {}
        for value, papers in self._shown(f"{DATE}create_date"):
            for day in dates_in(value):
                if isinstance(day, date):
                    found[day] = found.get(day, 0) | papers & self.universe
        return found

    def endings(self, beginning: str, most: int = 60) -> list[str]:
        """The words of the papers that begin so, those of most papers first."""
        word = "".join(query_words(beginning))
        found: Counter[str] = Counter()
        for room in ROOMS if self._has_rest else ROOMS[:1]:
            name = f"endings_{room.name}"
            self._connection.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name} USING fts5vocab(main, {room.name}, row)"
            )
            rows = self._connection.execute(
                f"SELECT term, doc FROM temp.{name} WHERE term >= ? AND term < ?",  # noqa: S608 names of our own
                (word, word + chr(0x10FFFF)),
            )
            found.update(dict(rows))
        return [term for term, _ in sorted(found.items(), key=lambda it: (-it[1], it[0]))[:most]]

    def read(self, papers: int) -> Iterator[Paper]:
        """The papers of a set, those that can be read."""
        for _, paper in self._papers(self.pmids_of(papers & self.universe)):
            if paper is not None:
                yield paper

    def _of(self, term: Term, joined: Joined) -> int:
        found = [self._leaf(leaf) for leaf in joined.leaves]
        sets = [papers for papers, _ in found]
        papers = reduce(and_, sets, self.universe) if joined.how == "all" else reduce(or_, sets, 0)
        return papers if all(sure for _, sure in found) else self._verified(term, papers & self.universe)

    def _verified(self, term: Term, papers: int) -> int:
        """Those of the papers that the matcher finds."""
        matcher = compile_scopes([Scope(Query(term.key, term, term.key))], self._vocabulary)
        return self.papers_of(
            paper.pmid for paper in self.read(papers) if matcher.read(paper, (), self._today).matches(0)
        )

    def _leaf(self, leaf: Leaf) -> tuple[int, bool]:
        """The papers for which a leaf holds, and whether that is sure: else it holds for no others."""
        if isinstance(leaf, Words):
            return self._words(leaf)
        if isinstance(leaf, Whole):
            return self._whole(leaf), True
        if isinstance(leaf, Person):
            head, star, _ = leaf.name.partition(" ")[0].partition("*")
            return (
                self._matched(_PEOPLE, _quoted((head,), cut=bool(star))) if head else self.universe
            ), False
        if isinstance(leaf, When):
            days = asked_days(leaf, self._today)
            return self._where(
                DATE + leaf.values, lambda it: found_by(days, *map(day_of, dates_in(it)))
            ), True
        if isinstance(leaf, Uids):
            return self._uids(leaf), True
        return self._subset(leaf), True

    def _words(self, leaf: Words) -> tuple[int, bool]:
        words = leaf.words
        if not words or leaf.roles is not None or not leaf.zones:
            return self.universe, False
        *before, last = words
        if leaf.distance is None and not any("*" in word for word in (*before, last[:-1])):
            if last == "*":
                return (
                    (self._matched(leaf.zones, _quoted(before)), True) if before else (self.universe, False)
                )
            asked = _quoted((*before, last.removesuffix("*")), cut=last[-1] == "*")
            return self._matched(leaf.zones, asked), True
        heads = [(word.partition("*")[0], "*" in word) for word in words]
        found = [self._matched(leaf.zones, _quoted((head,), cut=cut)) for head, cut in heads if head]
        return reduce(and_, found, self.universe), False

    def _matched(self, zones: Sequence[str], question: str) -> int:
        """The papers in one of whose zones stands what is asked."""
        found = 0
        for room in ROOMS:
            some = [zone for zone in zones if zone in room.columns]
            if some:
                self._need(room)
                rows = self._connection.execute(
                    f"SELECT rowid FROM {room.name} WHERE {room.name} MATCH ?",  # noqa: S608 names of our own
                    (f"{{{' '.join(some)}}} : {question}",),
                ).fetchall()
                found |= set_of(np.fromiter((slot for (slot,) in rows), dtype=np.uint32, count=len(rows)))
        return found

    def _need(self, room: Room) -> None:
        if room == REST and not self._has_rest:
            self._add_rest()
            self._has_rest = True

    def _whole(self, leaf: Whole) -> int:
        if leaf.values in REST.values:
            self._need(REST)
        if leaf.pattern:
            return self._where(leaf.values, lambda value: whole_holds(leaf, value.split(BETWEEN)))
        found: list[bytes] = []
        keys = sorted(leaf.keys - {""})
        for start in range(0, len(keys), _TOGETHER):
            some = keys[start : start + _TOGETHER]
            marks = ", ".join("?" * len(some))
            asked = f"SELECT id FROM shown_key WHERE kind = ? AND key IN ({marks})"  # noqa: S608 question marks
            rows = self._connection.execute(
                f"SELECT value, slots FROM shown WHERE kind = ? AND id IN ({asked})",  # noqa: S608 the same
                (leaf.values, leaf.values, *some),
            )
            found += [
                slots
                for value, slots in rows
                if not leaf.qualifiers or whole_holds(leaf, value.split(BETWEEN))
            ]
        return _joined(found)

    def _where(self, kind: str, holds: Callable[[str], bool]) -> int:
        """The papers of each value of a kind that passes a test."""
        rows = self._connection.execute("SELECT value, slots FROM shown WHERE kind = ?", (kind,))
        known: dict[str, bool] = {}
        found: list[bytes] = []
        for value, slots in rows:
            if value not in known:
                known[value] = holds(value)
            if known[value]:
                found.append(slots)
        return _joined(found)

    def _shown(self, kind: str) -> Iterator[tuple[str, int]]:
        for value, slots in self._connection.execute(
            "SELECT value, slots FROM shown WHERE kind = ?", (kind,)
        ):
            yield value, _joined([slots])

    def _uids(self, leaf: Uids) -> int:
        ranged = (
            (pmid for pmid in self.slots if any(low <= pmid <= high for low, high in leaf.ranges))
            if leaf.ranges
            else ()
        )
        return self.papers_of((*leaf.numbers, *ranged))

    def _subset(self, leaf: Subset) -> int:
        return self._where(SUBSET, lambda value: in_subset(leaf, paper_of_subset(value)))


def needs_rest(query: Query, vocabulary: Vocabulary) -> bool:
    """Whether a term of the query is looked up in the second room."""
    for term in leaves(query):
        joined = term_leaves(term, _ALL, vocabulary)
        for leaf in joined.leaves if joined is not None else ():
            if (
                isinstance(leaf, Person)
                or (isinstance(leaf, Words) and not set(leaf.zones).isdisjoint(REST.columns))
                or (isinstance(leaf, Whole) and leaf.values in REST.values)
            ):
                return True
    return False


def _quoted(words: Iterable[str], *, cut: bool = False) -> str:
    """A phrase as FTS5 takes it; `cut`: its last word goes on."""
    return f'"{" ".join(words)}"{" *" if cut else ""}'


def _joined(slots: list[bytes]) -> int:
    return set_of(np.frombuffer(b"".join(slots), dtype=np.uint32))
