"""Which records match a query on a day: one bit a record, one mask a term.

Owns the masks, the date columns and the order of results. Never parses a query and never writes an answer.

A term is looked for once in every version of every record and its mask is kept, so a repeated query, an
added PMID or date range, or a moved clock costs a few operations on long ints. Synthetic records are looked
at once for each of their kinds. All new terms of a query are learnt in one pass over the corpus.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from litwatch.edge.mesh import MeshFile
from litwatch.errors import ReadError
from litwatch.paper import Paper
from litwatch.query.dates import Days, Lately, day_number, of_date, read_dates, read_publication_date
from litwatch.query.leaves import Vocabulary
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.tree import Query, Term, evaluate, leaves
from litwatch.reading.pubmed_xml import read_article, without_references
from litwatch.sandbox.synthetic import FIRST_PMID, PERIOD, Synthetic
from litwatch.sandbox.timeline import Timeline

KEPT_RESULTS = 64
"""Results of the last searches, so that paging through one costs nothing."""

_DATE_TAGS = ("crdt", "edat", "mhda", "lr", "dcom", "ppdat", "epdat")
_PUBLISHED = ("dp", "ppdat", "epdat")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: PMIDs, newest first, and the terms that stand nowhere in the corpus."""

    pmids: Sequence[int]
    nowhere: tuple[Term, ...] = ()


@dataclass(slots=True)
class Index:
    """Masks over a timeline's rows, followed by the synthetic records. Not safe to share between threads."""

    timeline: Timeline
    synthetic: Synthetic
    # PubMed explodes headings and subheadings.
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary(MeshFile()))
    _masks: dict[str, int] = field(default_factory=dict)
    _columns: dict[str, tuple[array[int], array[int]]] = field(default_factory=dict)
    _visible: dict[tuple[int, int], int] = field(default_factory=dict)
    _results: OrderedDict[tuple[str, int, int, int], Found] = field(default_factory=OrderedDict)

    def visible(self, day: int) -> int:
        """The records that are there on a day (a date ordinal)."""
        key = (self.timeline.last_change(day), self.synthetic.seen_on(day))
        if key not in self._visible:
            line = self.timeline
            rows = _mask(
                line_row
                for line_row in range(len(line))
                if line.seen_from[line_row] <= day < line.seen_until[line_row]
            )
            self._visible = {key: rows | _ones(key[1]) << len(line)}
        return self._visible[key]

    def search(self, query: Query, today: date) -> Found:
        """What `query` finds on `today`."""
        day = today.toordinal()
        relative = any(isinstance(_dates(term), Lately) for term in leaves(query))
        state = (self.timeline.last_change(day), self.synthetic.seen_on(day))
        key = (str(query), *state, day if relative else 0)
        if key in self._results:
            self._results.move_to_end(key)
            return self._results[key]
        terms = leaves(query)
        self._learn(terms)
        universe = self.visible(day)
        mask = evaluate(query, lambda term: self._truth(term, today), universe)
        nowhere = tuple(term for term in dict.fromkeys(terms) if self._masks.get(term.key) == 0)
        found = Found(self.pmids(mask), nowhere)
        self._results[key] = found
        if len(self._results) > KEPT_RESULTS:
            self._results.popitem(last=False)
        return found

    def pmids(self, mask: int) -> Sequence[int]:
        """The PMIDs of a mask, highest first: PubMed's order "most recent"."""
        rows = len(self.timeline)
        found = array("q", (self.timeline.pmids[row] for row in _bits(mask & _ones(rows))))
        found.extend(FIRST_PMID + number for number in _bits(mask >> rows))
        return array("q", sorted(found, reverse=True))

    def publication_day(self, pmid: int, today: date) -> int:
        """The day to sort by publication date; 0 where there is none."""
        number = self.synthetic.number_of(pmid)
        if number is not None:
            return day_number(date.fromordinal(self.synthetic.created(number)))
        row = self.timeline.row_at(pmid, today.toordinal())
        return max(self._column(tag)[0][row] for tag in ("ppdat", "epdat")) if row is not None else 0

    # Masks of terms

    def _truth(self, term: Term, today: date) -> int:
        if term.tag == "uid":
            return self._uids(term.text)
        if _is_everything(term):
            return _ones(len(self.timeline) + self.synthetic.count)
        dates = _dates(term)
        if dates is not None:
            if isinstance(dates, Lately):
                dates = dates.days(today, published=term.tag in _PUBLISHED)
            return self._dated(term.tag, dates)
        return self._masks[term.key]

    def _uids(self, text: str) -> int:
        mask, rows = 0, len(self.timeline)
        for part in text.split():
            first, colon, last = part.partition(":")
            low, high = int(first), int(last) if colon else int(first)
            if high < low:
                continue
            pmids = self.timeline.pmids
            mask |= _stretch(bisect_left(pmids, low), bisect_right(pmids, high))
            numbers = max(low - FIRST_PMID, 0), min(high - FIRST_PMID + 1, self.synthetic.count)
            mask |= _stretch(*numbers) << rows
        return mask

    def _dated(self, tag: str, days: Days) -> int:
        if tag == "dp":
            # User Guide, Publication Date [dp]: the print or the electronic date, a later one by a range only.
            electronic = self._dated("epdat", days)
            if not days.ranged:
                both = enumerate(zip(self._column("ppdat")[0], self._column("epdat")[0], strict=True))
                electronic &= _mask(row for row, (printed, online) in both if not 0 < printed < online)
            return self._dated("ppdat", days) | electronic
        firsts, lasts = self._column(tag)
        pairs = enumerate(zip(firsts, lasts, strict=True))
        mask = _mask(row for row, (first, last) in pairs if first <= days.last and days.first <= last)
        if tag in ("dcom", "epdat") or not self.synthetic.count:
            return mask
        low, high = days.first, days.last
        if tag == "ppdat":  # printed in a month, which PubMed takes for its first day
            low = low if low % 100 == 1 else low // 100 * 100 + 100
            high = high // 100 * 100 + 31
        numbers = range(self.synthetic.count)
        begin = bisect_left(numbers, low, key=self._synthetic_day)
        end = bisect_right(numbers, high, key=self._synthetic_day)
        return mask | _stretch(begin, end) << len(self.timeline)

    def _synthetic_day(self, number: int) -> int:
        return day_number(date.fromordinal(self.synthetic.created(number)))

    def _learn(self, terms: Iterable[Term]) -> None:
        """Look for every term without a mask in the whole corpus, in one pass."""
        new = {term.key: term for term in terms if _looked_for(term) and term.key not in self._masks}
        if new:
            self._pass_over(new)

    def _column(self, tag: str) -> tuple[array[int], array[int]]:
        if not self._columns:
            self._pass_over({})
        return self._columns[tag]

    def _pass_over(self, new: dict[str, Term]) -> None:
        matcher = compile_scopes([Scope(Query(key, term, key)) for key, term in new.items()], self.vocabulary)
        rows = len(self.timeline)
        bits = [bytearray(rows // 8 + 1) for _ in new]
        columns = None if self._columns else {tag: (array("l"), array("l")) for tag in _DATE_TAGS}
        for row in range(rows):
            paper = _read(self.timeline.raw(row))
            if columns is not None:
                _add_dates(columns, paper)
            if paper is None:
                continue
            for position in matcher.read(paper).matching():
                bits[position][row >> 3] |= 1 << (row & 7)
        patterns = [0] * len(new)
        for kind in range(min(PERIOD, self.synthetic.count)):
            for position in matcher.read(read_article(self.synthetic.raw(kind))).matching():
                patterns[position] |= 1 << kind
        self._columns = columns or self._columns
        for key, own, pattern in zip(new, bits, patterns, strict=True):
            made_up = _repeated(pattern, self.synthetic.count)
            self._masks[key] = int.from_bytes(own, "little") | made_up << rows


def _read(raw: bytes) -> Paper | None:
    """A Paper, or None where our reader cannot read it: then no query finds it, but EFetch hands it out."""
    try:
        return read_article(without_references(raw))
    except (ReadError, ValueError):
        return None


def _looked_for(term: Term) -> bool:
    return term.tag != "uid" and term.field.kind != "date" and not _is_everything(term)


def _is_everything(term: Term) -> bool:
    return term.tag == "sb" and term.text.lower() == "all"


def _dates(term: Term) -> Days | Lately | None:
    return read_dates(term.text) if term.tag and term.field.kind == "date" else None


def _add_dates(columns: dict[str, tuple[array[int], array[int]]], paper: Paper | None) -> None:
    found: dict[str, Days | None] = dict.fromkeys(_DATE_TAGS)
    if paper is not None:
        found = {
            "crdt": of_date(paper.create_date),
            "edat": of_date(paper.entry_date),
            "mhda": of_date(paper.mesh_date or paper.entry_date),
            "lr": of_date(paper.revised_date),
            "dcom": of_date(paper.completed_date),
            "ppdat": read_publication_date(paper.publication_date),
            "epdat": read_publication_date(paper.electronic_date),
        }
    for tag, (firsts, lasts) in columns.items():
        days = found[tag]
        firsts.append(days.first if days else 0)
        lasts.append(days.last if days else 0)


# Bits


def _ones(count: int) -> int:
    return (1 << count) - 1


def _stretch(begin: int, end: int) -> int:
    return _ones(end - begin) << begin if end > begin else 0


def _mask(positions: Iterable[int]) -> int:
    own = bytearray()
    for position in positions:
        byte = position >> 3
        if byte >= len(own):
            own.extend(bytes(byte - len(own) + 1))
        own[byte] |= 1 << (position & 7)
    return int.from_bytes(own, "little")


def _bits(mask: int) -> Iterable[int]:
    digits = bin(mask)[:1:-1]
    position = digits.find("1")
    while position >= 0:
        yield position
        position = digits.find("1", position + 1)


def _repeated(pattern: int, count: int) -> int:
    """`pattern` over PERIOD bits, again and again, `count` bits in all."""
    mask, width = pattern, PERIOD
    while width < count:
        mask |= mask << width
        width *= 2
    return mask & _ones(count)
