"""Owns which letters the text of every match of a query must hold: what a look at raw bytes may ask for.

Never looks at a record (sieve.py does). A literal is a part of one word in the normal form of tokens.py, with a blank
where that word begins or ends (" ect ", " depr"): whatever a clause wants of a text, that text's normal form holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from litwatch.query.leaves import BY_NAME, Joined, Leaf, Vocabulary, Whole, Words, term_leaves
from litwatch.query.nlm_tables import stop_words
from litwatch.query.record import ZONES_OF_PEOPLE
from litwatch.query.tree import Group, Query, Term, clauses

#: A shorter part of a word stands in every record.
LEAST = 3
#: A shorter word tells something only as a word of its own: "sect" and "effect" hold "ect".
LONG = 6
#: So many ways of covering one query are kept, to be tried on records.
WAYS = 6
#: More of one word tells nothing more.
MOST = 40
# What a text says where the record may say it otherwise: a month of a publication date (03), "&" in a subheading.
_MADE = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "and"])
# Zones that lie outside of what is read of a citation without its authors and its PubmedData.
_ELSEWHERE = ZONES_OF_PEOPLE | {"numbers"}
# Values that stand in the record as they are asked for. The keys of the others are made (languages, types).
_VERBATIM_VALUES = frozenset(("mesh", "major_mesh", "substances"))
_PART = re.compile(r"[a-z0-9]+")
_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Cover:
    """Letters of which every match holds at least one; `everywhere`: perhaps only among authors or numbers."""

    literals: frozenset[str]
    everywhere: bool = False

    @property
    def cost(self) -> float:
        """How much of all text it lets through, by its letters alone: the less the better."""
        return sum(map(_cost, self.literals))

    def __or__(self, other: Cover) -> Cover:
        return Cover(self.literals | other.literals, self.everywhere or other.everywhere)


def covers(query: Query, vocabulary: Vocabulary = BY_NAME) -> tuple[Cover, ...]:
    """Ways to find every match of a query by letters, the most telling first; none: it can only be read.

    A clause that only PubMed can answer counts as what match.py takes it for: it is left out of its group.
    """
    done: list[_Known] = []
    for clause in clauses(query.root):
        if isinstance(clause, Term):
            done.append(_of_term(clause, vocabulary))
        else:
            operands = done[-len(clause.children) :]
            del done[-len(clause.children) :]
            done.append(_of_group(clause, operands))
    return tuple(done[0] or ())


_Known = Sequence[Cover] | None
"""Covers of a clause, perhaps none at all; None where the clause is left out."""


def _of_group(group: Group, operands: Sequence[_Known]) -> _Known:
    if group.operator == "NOT":
        return operands[0]
    known = [one for one in operands if one is not None]
    if not known:
        return None
    if group.operator == "AND":
        return _best(cover for one in known for cover in one)
    return _either(known)


def _either(known: Sequence[Sequence[Cover]]) -> Sequence[Cover]:
    """Any of several may be what matched: the best cover of each, together."""
    if len(known) == 1:
        return known[0]
    if not all(known):
        return ()
    together = known[0][0]
    for one in known[1:]:
        together |= one[0]
    return (together,)


def _best(found: Iterable[Cover]) -> Sequence[Cover]:
    return sorted(dict.fromkeys(found), key=lambda cover: cover.cost)[:WAYS]


def _of_term(term: Term, vocabulary: Vocabulary) -> _Known:
    joined: Joined | None = term_leaves(term, frozenset(), vocabulary)
    if joined is None:
        return None
    known = [list(_of_leaf(leaf)) for leaf in joined.leaves]
    if joined.how == "all":
        return _best(cover for one in known for cover in one)
    return _either(known)


def _of_leaf(leaf: Leaf) -> Iterator[Cover]:
    if isinstance(leaf, Words):
        elsewhere = not _ELSEWHERE.isdisjoint(leaf.zones)
        numbers = "numbers" in leaf.zones
        letters = dict.fromkeys(one for word in leaf.words for one in _of_word(word, numbers=numbers))
        for each in sorted(letters, key=_cost)[:WAYS]:
            yield Cover(frozenset((each,)), elsewhere)
    elif isinstance(leaf, Whole) and leaf.values in _VERBATIM_VALUES:
        whole = not leaf.pattern
        keys = leaf.keys if whole else [leaf.pattern]
        letters_of_keys = [min(_of_key(key, leaf.values, whole=whole), key=_cost, default="") for key in keys]
        if letters_of_keys and all(letters_of_keys):
            yield Cover(frozenset(letters_of_keys))


def _of_key(key: str, values: str, *, whole: bool) -> Iterator[str]:
    """The parts of a value; of a number, which stands here without its marks (6740881), its letters alone."""
    joined = values == "substances" and " " not in key and any(each.isdecimal() for each in key)
    blanks = " {} " if whole and not joined else "{}"
    for part in (_LETTERS if joined else _PART).findall(key):
        yield from _bounded(part, blanks, numbers=False)


def _of_word(word: str, *, numbers: bool) -> Iterator[str]:
    """The parts of a word around its stars; short ones with the blank where the word begins or ends.

    `numbers`: it may stand among the record's numbers, which the reader cuts out of what stands there.
    """
    first, *others = word.split("*")
    last = others.pop() if others else None
    for part, blanks in ((first, " {}" if last is not None else " {} "), *((one, "{}") for one in others)):
        yield from _bounded(part, blanks, numbers=numbers)
    if last is not None:
        yield from _bounded(last, "{} ", numbers=numbers)


def _bounded(part: str, blanks: str, *, numbers: bool) -> Iterator[str]:
    if part in _MADE or not (part.isascii() and part.isalnum()):
        return
    one = blanks.format(part) if len(part) < LONG and not (numbers and not part.isalpha()) else part[:MOST]
    if len(one) >= LEAST + (" " in one):
        yield one


def _cost(literal: str) -> float:
    part = literal.strip()
    if part in stop_words():
        return 1.0
    return 8.0 ** -min(len(literal), 9) * (1.5 if part.isdecimal() else 1)
