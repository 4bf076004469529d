"""Owns which letters the text of every match of a query must hold: what a look at raw bytes may ask for.

Never looks at a record (sieve.py does). A literal is a part of one word in the normal form of tokens.py:
whatever a clause wants of a text, that text's normal form holds its literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from litwatch.query.leaves import BY_NAME, Joined, Leaf, Vocabulary, Whole, Words, term_leaves
from litwatch.query.record import ZONES_OF_PEOPLE
from litwatch.query.tree import Group, Query, Term, clauses

#: A shorter one stands in every record.
LEAST = 3
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
        return sum(8.0 ** -min(len(one), 9) for one in self.literals)

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
        parts = (part for word in leaf.words for part in word.split("*"))
        letters = _longest(part for part in parts if part not in _MADE)
        if letters:
            yield Cover(frozenset((letters,)), not _ELSEWHERE.isdisjoint(leaf.zones))
    elif isinstance(leaf, Whole) and leaf.values in _VERBATIM_VALUES:
        keys = [leaf.pattern] if leaf.pattern else leaf.keys
        letters_of_keys = [_longest(_parts(key, leaf.values)) for key in keys]
        if letters_of_keys and all(letters_of_keys):
            yield Cover(frozenset(letters_of_keys))


def _parts(key: str, values: str) -> Sequence[str]:
    """What of a key stands in the record in one piece: of a number without its marks (6740881) its letters alone."""
    joined = values == "substances" and " " not in key and any(each.isdecimal() for each in key)
    return (_LETTERS if joined else _PART).findall(key)


def _longest(parts: Iterable[str]) -> str:
    """The longest part that tells anything and is all ASCII, as far as it is used; "" where there is none."""
    telling = [part for part in parts if len(part) >= LEAST and part.isascii() and part.isalnum()]
    return max(telling, key=len, default="")[:MOST]
