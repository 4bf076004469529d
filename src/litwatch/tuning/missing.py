"""Why a search misses a seed, and what in the seed comes near to what is missing.

Owns those words. Never looks a paper up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from litwatch.paper import Paper
from litwatch.query.explain import Explanation
from litwatch.query.nlm_tables import stop_words
from litwatch.query.tokens import query_words, words
from litwatch.query.tree import Term, leaves
from litwatch.query.verdict import counted, deciding, held, shortened

NEAR = 80.0  # of 100: rapidfuzz's ratio
PREFIX = 5
ENDING = 4  # letters that may differ at the end of a word
SHOWN = 6
_HEADINGS = ("mesh", "major_mesh", "subheadings")


@dataclass(frozen=True, slots=True)
class Failing:
    """A clause for which a paper is not found.

    Attributes:
        clause: what failed, in few words; of what stands behind NOT, what of it holds.
        takes_away: whether it stands behind NOT and holds.
        near: (word of the paper, where it stands) that come near to words of the clause, the nearest first.
        unindexed: whether it asks for headings, and the paper has none yet.
    """

    clause: str
    takes_away: bool
    near: tuple[tuple[str, str], ...] = ()
    unindexed: bool = False

    @property
    def clause_only(self) -> str:
        """What failed, in words."""
        return f"{self.clause} takes it away" if self.takes_away else f"fails at {self.clause}"

    @property
    def text(self) -> str:
        """The same with what comes near."""
        said = self.clause_only
        if self.near:
            places: dict[str, list[str]] = {}
            for word, place in self.near:
                places.setdefault(place, []).append(word)
            listed = "; ".join(f"{place}: {', '.join(some)}" for place, some in places.items())
            said += f"; near to it in the {listed}"
        if self.unindexed:
            said += "; it is not indexed yet, so that no heading can find it"
        return said


def failing(explanation: Explanation, paper: Paper) -> tuple[Failing, ...]:
    """The clauses for which the paper is not found; () where it is, or where only PubMed can say."""
    if explanation.matched is not False:
        return ()
    return tuple(_failing(explanation, paper))


def _failing(explanation: Explanation, paper: Paper) -> Iterator[Failing]:
    pending = [explanation]
    while pending:
        one = pending.pop()
        if one.matched:
            yield Failing(shortened(held(one)), takes_away=True)
        elif one.label in ("AND", "NOT") and one.children:
            pending.extend(reversed([each for each in deciding(one) if each.matched is not None]))
        elif (nearest := _nearest(one)) is not None:
            pending.append(nearest)
        else:
            terms = leaves(one.clause)
            unindexed = not paper.mesh and any(term.field.values in _HEADINGS for term in terms)
            yield Failing(
                shortened(one.clause) if len(terms) == 1 else counted(one.clause),
                takes_away=False,
                near=tuple(near(terms, paper))[:SHOWN],
                unindexed=unindexed,
            )


def _nearest(one: Explanation) -> Explanation | None:
    """Of the ways an OR leaves open, the one of which most holds; None where of each nothing does."""
    ways = [child for child in one.children if child.matched is False and child.children]
    holding = [(_held_of(way), way) for way in ways]
    best = max((share for share, _ in holding), default=0.0)
    return next((way for share, way in holding if share == best), None) if best else None


def _held_of(one: Explanation) -> float:
    """How much of a clause holds, from 0 to 1: of an AND and a NOT the mean, of an OR its best."""
    done: list[float] = []
    for each in reversed([each for _, each in one.walk()]):
        if not each.children:
            done.append(float(each.matched is True))
            continue
        below = [done.pop() for _ in each.children]
        if each.label == "NOT":
            below = [below[0]]
        done.append(max(below) if each.label == "OR" else sum(below) / len(below))
    return done[0]


def near(terms: tuple[Term, ...], paper: Paper) -> Iterator[tuple[str, str]]:
    """Words of the paper that are spelt like words of the terms, or begin as they do; the nearest first."""
    asked = {word.replace("*", "") for term in terms for word in query_words(term.text)}
    asked = {word for word in asked if len(word) >= PREFIX and word not in stop_words()}
    best: dict[str, tuple[float, str]] = {}
    for place, text in (
        ("title", paper.title),
        ("keywords", "; ".join(paper.keywords)),
        ("headings", "; ".join(one.descriptor for one in paper.mesh)),
        ("abstract", paper.abstract),
    ):
        for word in words(text):
            if len(word) >= PREFIX and word not in best and word not in stop_words():
                likeness = max((_likeness(word, one) for one in asked), default=0.0)
                if likeness >= NEAR:
                    best[word] = (likeness, place)
    ordered = sorted(best.items(), key=lambda it: -it[1][0])
    yield from ((word, place) for word, (_, place) in ordered)


def _likeness(word: str, asked: str) -> float:
    if word.startswith(asked) or asked.startswith(word):
        return 95.0
    if asked[: max(PREFIX, len(asked) - ENDING)] in word:
        return 90.0
    return fuzz.ratio(word, asked)
