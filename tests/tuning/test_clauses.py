"""Proves what hangs on a clause: against the query worked out again with the clause put to the other answer."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from litwatch.query.parse import parse
from litwatch.query.tree import Clause, Group, Query, Term, clauses, evaluate
from litwatch.tuning.clauses import GAINS, Weighed, concepts, hanging, weigh
from litwatch.tuning.editing import without_clause

UNIVERSE = (1 << 24) - 1
WORDS = ("apple", "berry", "cherry", "damson", "elder")
SETS = dict(zip((*WORDS, "fig"), (0xF0F0F0, 0xFF00FF, 0x0F0F0F, 0xCCCCCC, 0xAAAAAA, 0x123456), strict=True))

terms = st.sampled_from(WORDS).map(lambda word: f"{word}[ti]")
queries = st.recursive(
    terms,
    lambda some: st.tuples(st.lists(some, min_size=2, max_size=4), st.sampled_from(("AND", "OR", "NOT"))).map(
        lambda made: f"({f' {made[1]} '.join(made[0])})"
    ),
    max_leaves=12,
)


def truth(term: Term) -> int:
    return SETS[term.text]


def with_clause_as(query: Query, at: int, papers: int) -> int:
    """The query's answer where its clause at that place (children first) matched just these papers."""
    done: list[int] = []
    for place, clause in enumerate(clauses(query.root)):
        if isinstance(clause, Term):
            found = truth(clause)
        else:
            operands = done[-len(clause.children) :]
            del done[-len(clause.children) :]
            found = operands[0]
            for operand in operands[1:]:
                joined = {"AND": found & operand, "OR": found | operand, "NOT": found & ~operand}
                found = joined[clause.operator]
        done.append(papers if place == at else found)
    return done[0] & UNIVERSE


def from_below(weighed: Weighed) -> Iterator[Weighed]:
    for child in weighed.children:
        yield from from_below(child)
    yield weighed


@given(queries)
def test_every_clause_finds_what_it_says_and_the_answer_hangs_on_it_where_it_says(text: str) -> None:
    query = parse(text)
    weighed = weigh(query, truth, UNIVERSE)
    assert weighed.papers == evaluate(query, truth, UNIVERSE)
    for place, one in enumerate(from_below(weighed)):
        assert one.papers is not None
        none, every = with_clause_as(query, place, 0), with_clause_as(query, place, UNIVERSE)
        assert one.alone == none ^ every, str(one.clause)
        lost = with_clause_as(query, place, one.papers) ^ none
        assert one.only_this == lost
        assert one.takes_away is (one.alone != 0 and not none <= every and none & ~every == one.alone) or (
            one.alone == 0
        )


def test_what_only_pubmed_knows_is_left_out_of_its_group_as_the_matcher_leaves_it_out() -> None:
    def knows(term: Term) -> int | None:
        return None if term.tag == "sb" else truth(term)

    for text, same in (
        ("apple[ti] AND systematic[sb]", "apple[ti]"),
        ("apple[ti] OR systematic[sb]", "apple[ti]"),
        ("apple[ti] NOT systematic[sb]", "apple[ti]"),
        ("berry[ti] AND (apple[ti] OR systematic[sb])", "berry[ti] AND apple[ti]"),
    ):
        weighed = weigh(parse(text), knows, UNIVERSE)
        assert weighed.papers == evaluate(parse(same), truth, UNIVERSE), text
    alone = weigh(parse("systematic[sb]"), knows, UNIVERSE)
    assert alone.papers is None
    assert alone.hits is None


def roles(text: str) -> dict[str, tuple[str, bool]]:
    return {
        str(one.clause): (one.role, one.takes_away) for _, one in weigh(parse(text), truth, UNIVERSE).walk()
    }


def test_roles_and_what_stands_behind_not() -> None:
    found = roles("(apple[ti] OR berry[ti]) NOT (cherry[ti] NOT damson[ti])")
    assert found["apple[ti]"] == ("brings", False)
    assert found["apple[ti] OR berry[ti]"] == ("narrows", False)
    assert found["cherry[ti] NOT damson[ti]"] == ("removes", True)
    assert found["cherry[ti]"] == ("saves", True)
    assert found["damson[ti]"] == ("saves", False)


def test_roles_behind_one_two_and_three_nots() -> None:
    found = roles("apple[ti] NOT ((berry[ti] OR cherry[ti]) NOT (damson[ti] NOT (elder[ti] OR fig[ti])))")
    assert {key: role for key, (role, _) in found.items() if "[" in key and " " not in key} == {
        "apple[ti]": "narrows",
        "berry[ti]": "removes",
        "cherry[ti]": "removes",
        "damson[ti]": "narrows",
        "elder[ti]": "removes",
        "fig[ti]": "removes",
    }
    assert found["berry[ti] OR cherry[ti]"][0] == "saves"
    assert found["elder[ti] OR fig[ti]"][0] == "removes"
    (saver,) = [key for key in found if key.startswith("damson[ti] NOT")]
    assert found[saver][0] == "saves"
    assert roles("apple[ti] NOT (berry[ti] NOT (cherry[ti] OR damson[ti]))")["damson[ti]"][0] == "saves"


@given(queries)
def test_what_hangs_on_a_clause_is_what_the_search_would_gain_or_lose_without_it(text: str) -> None:
    query = parse(text)
    now = evaluate(query, truth, UNIVERSE)
    for place, one in enumerate(from_below(weigh(query, truth, UNIVERSE))):
        if one.role == "whole":
            continue
        then = with_clause_as(query, place, UNIVERSE if one.joined == "AND" else 0)
        assert hanging(one) == (now & ~then if one.role in GAINS else then & ~now), (text, str(one.clause))
        shorter = without_clause(query, one.clause)
        if shorter is not None:
            assert evaluate(shorter, truth, UNIVERSE) == then, (text, str(one.clause))


def names(text: str) -> list[str]:
    whole = weigh(parse(text), truth, UNIVERSE)
    return [written(one.clause) for one in concepts(whole)]


def written(clause: Clause) -> str:
    return f"{clause.operator} of {len(clause.children)}" if isinstance(clause, Group) else clause.key


def test_concepts_are_what_and_joins_and_not_takes_away() -> None:
    assert names("(apple[ti] OR berry[ti]) AND cherry[ti] NOT damson[ti]") == [
        "OR of 2",
        "cherry[ti]",
        "damson[ti]",
    ]
    assert names("apple[ti] OR berry[ti] OR (cherry[ti] AND damson[ti])") == [
        "apple[ti]",
        "berry[ti]",
        "cherry[ti]",
        "damson[ti]",
    ]
    assert names("apple[ti]") == ["apple[ti]"]
