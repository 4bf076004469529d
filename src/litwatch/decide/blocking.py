"""Which records are worth comparing: those that share a key, so that a store of any size is read once.

Owns the keys. Never compares two records: a shared key is no answer.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from litwatch.decide.sketches import (
    SAME_LINKS,
    UPDATE_LINKS,
    Sketch,
    name_of,
    named_links,
    normal_doi,
    sketch,
    title_of,
)
from litwatch.decide.titles import Title, title
from litwatch.decide.versions import same_paper
from litwatch.paper import Paper

#: Words of a title that are keys together with its first author. Chosen by a hash, so that two wordings of
#: one title choose mostly the same.
WORDS = 6
#: Titles of fewer telling words are known by all their words.
TELLING = 4
#: Of these keys two records must share so many; of the others one is enough.
ENOUGH = 2
#: A key that more records have says nothing ("Zhang Y" and "depression").
CROWD = 50

_LINKS = SAME_LINKS | UPDATE_LINKS | {f"{kind}Preprint" for kind in UPDATE_LINKS}


@dataclass(frozen=True, slots=True)
class Keys:
    """What a record is found by: any of `sure` is enough, of `words` two. `own` finds records that name this one.

    `named` are the PMIDs that it names itself.
    """

    own: int
    named: frozenset[int]
    sure: frozenset[int]
    words: frozenset[int]

    @property
    def kept(self) -> frozenset[int]:
        """What others find it by."""
        return self.sure | self.words


def keys(paper: Paper) -> Keys:
    """The keys of a record, as 64-bit numbers."""
    read = title_of(paper)
    sure = {_of_title(read)} if read.words else set()
    if paper.vernacular_title and paper.title:
        sure.add(_of_title(title(paper.vernacular_title)))
    if doi := normal_doi(paper.doi)[0]:
        sure.add(_key("doi", doi))
    named = [target for kind, target in named_links(paper) if kind in _LINKS]
    for target in named:
        sure.add(_key("pmid" if isinstance(target, int) else "doi", str(target)))
    words: set[int] = set()
    if paper.authors:
        first = name_of(paper.authors[0])
        chosen = sorted(set(read.telling), key=lambda word: (zlib.crc32(word.encode()), word))[:WORDS]
        words = {_key("word", first.last, first.initials[:1], word) for word in chosen}
    return Keys(
        own=_key("pmid", str(paper.pmid)),
        named=frozenset(target for target in named if isinstance(target, int)),
        sure=frozenset(sure),
        words=frozenset(words),
    )


def _of_title(read: Title) -> int:
    """By a title without the words on its design, if enough are left; whoever its first author is."""
    return _key("title", *sorted(read.telling if len(read.telling) >= TELLING else read.words))


def _key(*parts: str) -> int:
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big", signed=True)


def candidates(sought: Keys, holders: Mapping[int, Sequence[int]]) -> frozenset[int]:
    """The records worth comparing with one: `holders` has for each of its keys the PMIDs that have it, too."""
    found = set(sought.named)
    for key in (sought.own, *sought.sure):
        if len(holders.get(key, ())) <= CROWD:
            found.update(holders.get(key, ()))
    shared: Counter[int] = Counter()
    for key in sought.words:
        if len(holders.get(key, ())) <= CROWD:
            shared.update(holders.get(key, ()))
    return frozenset(found | {pmid for pmid, times in shared.items() if times >= ENOUGH})


def pairs(papers: Iterable[Paper]) -> Iterator[tuple[int, int, str]]:
    """Every pair of versions among these papers, the lower PMID first, with how it is known."""
    by_pmid = {each.pmid: each for each in papers}
    of_each = {pmid: keys(each) for pmid, each in by_pmid.items()}
    holders: dict[int, list[int]] = {}
    for pmid, each in of_each.items():
        for key in (each.own, *each.sure, *each.words):
            holders.setdefault(key, []).append(pmid)
    sketches: dict[int, Sketch] = {}
    for pmid in sorted(by_pmid):
        for other in sorted(candidates(of_each[pmid], holders)):
            if other > pmid and other in by_pmid:
                one, two = (
                    sketches.get(each) or sketches.setdefault(each, sketch(by_pmid[each]))
                    for each in (pmid, other)
                )
                if how := same_paper(one, two):
                    yield pmid, other, how
