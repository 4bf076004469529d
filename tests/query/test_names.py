"""Names are looked up by their first words, and nobody is lost by it.

Owns the comparison of the index with asking each leaf of each author. Never says who is called what: people.toml does.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from litwatch.paper import Author, Paper
from litwatch.query.leaves import BY_NAME, Person, term_leaves
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.names import NameIndex, is_named
from litwatch.query.parse import parse
from litwatch.query.tree import leaves
from query.growth import MOST, growth

PARTS = st.sampled_from(
    ["", "Li", "Ma", "O'Brien", "O Brien", "de la Cruz", "García López", "Jean Paul", "J", "Jr", "β"]
)
AUTHORS = st.builds(
    Author, last_name=PARTS, fore_name=PARTS, initials=PARTS, suffix=PARTS, collective_name=PARTS
)
ASKED = st.sampled_from(
    ["li", "li m", "ma li", "obrien j", "o brien", "brien", "de la cruz", "de l", "garcia", "garcia lopez j", "jean ma",
     "jean paul li", "jp", "li, ma", "li jr", "beta", "li ma*", "l*", "de la*", "o'b*", "garcia l*", "β*"]
)  # fmt: skip


def asked(text: str, quoted: bool) -> Person:
    (term,) = leaves(parse(f'"{text}"[au]' if quoted else f"{text}[au]"))
    joined = term_leaves(term, frozenset(), BY_NAME)
    assert joined is not None
    (leaf,) = joined.leaves
    assert isinstance(leaf, Person)
    return leaf


@given(
    st.lists(AUTHORS, min_size=1, max_size=6), st.lists(st.builds(asked, ASKED, st.booleans()), max_size=8)
)
@example(
    [Author("O'Brien", "Jean Paul", "JP")], [asked("obrien j", quoted=False), asked("o b*", quoted=False)]
)
def test_the_index_finds_whom_asking_each_finds(authors: list[Author], names: list[Person]) -> None:
    index = NameIndex()
    for number, leaf in enumerate(names):
        index.add(leaf, number)
    for author in authors:
        assert set(index.named(author)) == {
            number for number, leaf in enumerate(names) if is_named(leaf, author)
        }


def test_many_names_and_many_authors_are_not_multiplied() -> None:
    def asking(size: int) -> Callable[[], object]:
        matcher = compile_scopes([Scope(parse(f"name{number}x a[au]")) for number in range(size)])
        paper = Paper(1, authors=tuple(Author(f"Name{number}y", "Anna", "A") for number in range(size)))
        return lambda: matcher.read(paper)

    assert growth(asking, 200) < MOST
