"""Owns what [tiab:~N] means: words in any order, at most N other words in each gap.

Never knows fields or papers.

PubMed User Guide, "Affiliation [ad]": of more than two words, at most N others stand between each. A place of the
text is chosen for each word that is asked for (two where it is asked for twice), and between two neighbours of these
places stand at most N words, whatever they are: a word of the query that was not chosen counts like any other.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Six different words, or a few that come again: each choice of words that a chain can have is remembered.
_MOST_CHOICES = 64


@dataclass(frozen=True, slots=True)
class _Asked:
    """How often each word is asked for; `choices` is how many choices of them there are, 0 for too many.

    A choice is a number with one digit for each word: how often it was used. Using a word once more adds its `worth`,
    which can be done to the choices under its name in `usable`, the largest first.
    """

    wanted: Mapping[str, int]
    choices: int
    worth: Mapping[str, int]
    usable: Mapping[str, Sequence[int]]


@lru_cache(maxsize=4096)
def _asked(words: tuple[str, ...]) -> _Asked:
    wanted = Counter(words)
    worth: dict[str, int] = {}
    choices = 1
    for word, count in wanted.items():
        worth[word] = choices
        choices *= count + 1
        if choices > _MOST_CHOICES:
            return _Asked(wanted, 0, {}, {})
    usable = {
        word: [one for one in reversed(range(choices)) if one // worth[word] % (count + 1) < count]
        for word, count in wanted.items()
    }
    return _Asked(wanted, choices, worth, usable)


def near(found: Sequence[str], words: tuple[str, ...], distance: int) -> Iterator[tuple[int, int]]:
    """Windows (first and last position in `found`): for each place that can end one, the shortest that ends there.

    Of very many words, a window is also one that holds them all and leaves no gap, where a word that stands there
    twice may bridge one: more than is asked for, and never less.
    """
    asked = _asked(words)
    if not asked.wanted.keys() <= set(found):
        return iter(())
    return _chains(found, asked, distance) if asked.choices else _windows(found, asked.wanted, distance)


def _chains(found: Sequence[str], asked: _Asked, distance: int) -> Iterator[tuple[int, int]]:
    """Exactly: of each choice of words, the chains that can still go on, with their ends and beginnings.

    Of two chains of one choice, the later is worth more unless it begins earlier; so the beginnings of those that are
    kept fall, and the first that is within reach is the best.
    """
    usable, worth, all_of_them = asked.usable, asked.worth, asked.choices - 1
    kept: list[deque[tuple[int, int]]] = [deque() for _ in range(asked.choices)]
    for position, word in enumerate(found):
        if word not in usable:
            continue
        # The larger choice first: what is added at this position goes on from earlier ones only.
        for choice in usable[word]:
            chains = kept[choice]
            while chains and chains[0][0] < position - distance - 1:
                chains.popleft()
            if choice and not chains:
                continue
            begin = chains[0][1] if choice else position
            longer = choice + worth[word]
            if longer == all_of_them:
                yield begin, position
                continue
            others = kept[longer]
            while others and others[-1][1] <= begin:
                others.pop()
            others.append((position, begin))


def _windows(found: Sequence[str], wanted: Mapping[str, int], distance: int) -> Iterator[tuple[int, int]]:
    """The shortest windows that hold all words, each asked word at most `distance` others behind the one before."""
    size = sum(wanted.values())
    places: deque[int] = deque()
    missing, left = dict(wanted), size
    for position, word in enumerate(found):
        if word not in wanted:
            continue
        if places and position - places[-1] - 1 > distance:
            while places:
                missing[found[places.popleft()]] += 1
            left = size
        places.append(position)
        left -= missing[word] > 0
        missing[word] -= 1
        while missing[found[places[0]]] < 0:
            missing[found[places.popleft()]] += 1
        if not left and position - places[0] + 1 - size <= distance * (size - 1):
            yield places[0], position
