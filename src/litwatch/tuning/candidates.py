"""Terms that might be added to a search: words, pairs of words and headings that are frequent in some papers.

Owns how they are counted and ranked. Never says what one costs.

The rank is Dunning's log-likelihood ratio (Computational Linguistics 1993;19:61-74) of a term's document frequencies:
it holds for rare words, too, where chi-square does not.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise, takewhile
from pathlib import Path

from litwatch.paper import Paper
from litwatch.query.nlm_tables import stop_words
from litwatch.query.tokens import query_words, words
from litwatch.query.tree import Term

SHORTEST = 4
STEM = 5
RECKONED = 5
"""Papers reckoned to each term beside those that it adds: a word of one paper alone is no bargain."""
_EMPTY = frozenset(tomllib.loads(Path(__file__).with_name("empty_words.toml").read_text("utf-8"))["words"])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term that might stand beside a concept, with the seeds and the stored papers that it would gain."""

    term: Term
    count: int
    rank: float
    is_near: bool
    seeds: frozenset[int]
    gains: int

    @property
    def order(self) -> tuple[float, bool, float, str]:
        """The best first: seeds for a paper added, among the papers stored."""
        return -len(self.seeds) / (self.gains + RECKONED), not self.is_near, -self.rank, self.term.key

    @property
    def alike(self) -> tuple[bool, bool, bool, frozenset[int]]:
        """Of those that gain the very same seeds one word, one stem, one phrase and one heading is enough."""
        return self.term.tag == "mh", " " in self.term.text, "*" in self.term.text, self.seeds


def log_likelihood(inside: int, of_inside: int, outside: int, of_outside: int) -> float:
    """How surely a term is more frequent inside than outside; negative where it is rarer."""
    if not of_inside or not of_outside:
        return 0.0
    share = (inside + outside) / (of_inside + of_outside)
    ratio = 2 * sum(
        seen * math.log(seen / expected)
        for seen, expected in (
            (inside, share * of_inside),
            (of_inside - inside, (1 - share) * of_inside),
            (outside, share * of_outside),
            (of_outside - outside, (1 - share) * of_outside),
        )
        if seen and expected
    )
    return ratio if inside * of_outside >= outside * of_inside else -ratio


def terms_of(paper: Paper) -> set[Term]:
    """The terms that would find a paper: words and pairs of words of its title, abstract and keywords; its headings."""
    found: set[Term] = set()
    for text in (paper.title, paper.abstract, *paper.keywords):
        run = words(text)
        found.update(Term(word, "tiab") for word in run if _tells(word))
        found.update(
            Term(f"{first} {second}", "tiab", quoted=True)
            for first, second in pairwise(run)
            if _tells(first) and _tells(second)
        )
    for heading in paper.mesh:
        if not set(words(heading.descriptor)) <= _EMPTY:
            found.add(Term(heading.descriptor, "mh", quoted=True))
    return found


def stems(asked: Iterable[str], near: Iterable[str]) -> Iterator[Term]:
    """What words asked for and words near to them begin with alike, with a star: suicid* of suicide and suicidal."""
    groups: dict[str, set[str]] = {}
    for word in (*asked, *near):
        groups.setdefault(word[:STEM], set()).add(word)
    for beginning, group in sorted(groups.items()):
        if len(group) > 1 and len(beginning) == STEM:
            alike = (
                some[0] for some in takewhile(lambda some: len(set(some)) == 1, zip(*group, strict=False))
            )
            yield Term(f"{''.join(alike)}*", "tiab")


def begins(term: Term, stem: Term) -> bool:
    """Whether a word of the term begins with the stem."""
    return term.tag == stem.tag and any(word.startswith(stem.text[:-1]) for word in words(term.text))


def general(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Those that tell of more papers than the seeds: the concept's own words, and others where none of them stands.

    A phrase that holds a near word which is a candidate itself ("term suicidal", of one seed and no other paper) is
    that seed's own; a word that only goes with the concept is one of another subject.
    """
    listed = list(candidates)
    near = [one for one in listed if one.is_near and not _is_phrase(one)]
    alone = {one.term.text for one in near if one.term.tag == "tiab"}
    found = frozenset(pmid for one in near for pmid in one.seeds)
    for one in listed:
        own = _is_phrase(one) and not alone.isdisjoint(words(one.term.text))
        if not own and (one.is_near or not one.seeds or not one.seeds <= found):
            yield one


def _is_phrase(one: Candidate) -> bool:
    return one.term.tag != "mh" and " " in one.term.text


def _tells(word: str) -> bool:
    return len(word) >= SHORTEST and not word.isdigit() and word not in _EMPTY and word not in stop_words()


def frequent(papers: Iterable[Paper], at_least: int) -> Iterator[tuple[Term, int]]:
    """(term, in how many of the papers it stands), of those that stand in enough of them."""
    counts: Counter[Term] = Counter()
    for paper in papers:
        counts.update(terms_of(paper))
    for term, count in counts.items():
        if count >= at_least:
            yield term, count


def is_said_by(asked: Term, term: Term) -> bool:
    """Whether the words that a query asks for, in whatever field, stand in a term."""
    wanted, run = query_words(asked.text), words(term.text)
    starts = range(len(run) - len(wanted) + 1) if wanted else ()
    return any(all(map(_is_word, wanted, run[start:])) for start in starts)


def _is_word(asked: str, word: str) -> bool:
    return fnmatchcase(word, asked) if "*" in asked else word == asked
