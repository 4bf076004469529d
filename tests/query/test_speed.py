"""A long phrase costs no more than the text and the phrase together, whatever they hold.

Owns the shapes that once cost their product. Never measures how fast an ordinary query is: scripts/bench does.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from litwatch.paper import Paper
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.parse import parse
from query.growth import MOST, growth

PHRASES: dict[str, tuple[Callable[[int], str], str]] = {
    "a star and a word that never comes": (lambda size: "aaaa " * size + "aaaa* bbbb", ""),
    "a plain phrase in a text of its one word": (lambda size: "aaaa " * size, "aaaa " * 3 + "bbbb "),
    "a star that is true everywhere": (lambda size: "aaaa* " * size + "bbbb", "bbbb"),
    "stars that all begin alike": (
        lambda size: " ".join(f"aaaa*{number}" for number in range(size)),
        "aaaa9",
    ),
}


@pytest.mark.parametrize(("phrase", "end"), PHRASES.values(), ids=PHRASES)
def test_the_length_of_a_phrase_does_not_multiply_that_of_a_text(
    phrase: Callable[[int], str], end: str
) -> None:
    def reading(size: int) -> Callable[[], object]:
        matcher = compile_scopes([Scope(parse(f'"{phrase(size).strip()}"[tiab]'))])
        paper = Paper(1, title=phrase(size).replace("*", ""), abstract="aaaa " * 20 * size + end)
        return lambda: matcher.read(paper).spans(0)

    assert growth(reading, 150) < MOST
