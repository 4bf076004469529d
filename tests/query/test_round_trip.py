"""Proves that a query written down means what was read: the same tree, the same matches."""

from __future__ import annotations

import copy
import pickle
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from litwatch.errors import QueryError
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.parse import parse
from litwatch.query.tree import Query, Term, clauses, leaves
from query.test_match import record

TODAY = date(2024, 2, 4)
RECORDS = [record(name) for name in ("trial", "retraction", "bare")]

BARE = """
    ketamine Ketamine depression mice (S)-ketamine S(+)-ketamine [18F]FDG β-blockers treatment-resistant 5-HT2A
    d’Azur naïve and or not the 0.5 mg/kg ketam* cat* randomi*ed 2024 40000001 PMC1234567 hasabstract Ketamine/ae
    humans/dh 3. C# :x &amp; ½ trial: ' - #x x# 1.
"""
NAMES = """
    ti Title tiab Title/Abstract tw Text all mh MeSH_Terms majr mh:noexp sh:noexp pt nm au 1au fau ad la ta ot pl
    orgn ORGANISM sb pa dp crdt uid tiab:~3 Title:~0
"""
WORDS = st.sampled_from(BARE.split())
TAGS = st.sampled_from(NAMES.split()).map(lambda name: f"[{name.replace('_', ' ')}]")
SPACED = st.builds(
    lambda tag, blank: tag.replace("[", f"[{blank}").replace(":", f": {blank}"), TAGS, st.just(" ")
)
PHRASES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
QUOTED = st.builds(
    lambda phrase, marks: marks[0] + phrase + marks[1], PHRASES, st.sampled_from(["“”", '""', "«»", '"”'])
)
DATES = st.sampled_from(
    [
        "2024[dp]",
        "2024/03[ppdat]",
        '"2024/01/01"[crdt] : "2024/06/30"[crdt]',
        "2023 : 3000[Date - Publication]",
        '"last 30 days"[crdt]',
        "last year[dp]",
        "40000001[uid]",
        "5 1:9[pmid]",
    ]
)
TERMS = st.one_of(
    st.builds(lambda text, tag: text + tag, PHRASES | QUOTED, TAGS | SPACED | st.just("")), QUOTED, DATES
)
OPERATORS = st.sampled_from([" AND ", " OR ", " NOT ", " & ", "|", " ", "\n", "AND", " # remark\nOR "])


def joined(first: str, rest: list[tuple[str, str]]) -> str:
    return first + "".join(operator + clause for operator, clause in rest)


QUERIES = st.recursive(
    TERMS,
    lambda inner: st.builds(
        joined, inner, st.lists(st.tuples(OPERATORS, st.one_of(inner, inner.map("({})".format))), max_size=3)
    ),
    max_leaves=12,
)


@st.composite
def strategies(draw: st.DrawFn) -> str:
    lines = [draw(QUERIES).replace("\n", " ").replace(" # remark ", " ")]
    for number in range(2, draw(st.integers(2, 5)) + 1):
        reference = st.integers(1, number - 1).map("#{}".format)
        lines.append(
            draw(st.builds(joined, reference, st.lists(st.tuples(OPERATORS, reference | TERMS), max_size=2)))
        )
    form = draw(st.sampled_from(["{}. {}", "#{} {}", "{}) {}"]))
    return "\n".join(form.format(number, line) for number, line in enumerate(lines, 1))


def read(text: str) -> Query | None:
    try:
        return parse(text)
    except QueryError:
        return None


@given(QUERIES | strategies())
def test_a_query_written_down_is_the_same_query_and_finds_the_same_papers(text: str) -> None:
    query = read(text)
    if query is None:
        return
    again = parse(str(query))
    assert again == query
    assert leaves(again) == leaves(query)
    assert all(0 <= term.start < term.end <= len(text) for term in leaves(query))
    matcher = compile_scopes([Scope(query), Scope(again)])
    for paper in RECORDS:
        reading = matcher.read(paper, (), TODAY)
        assert reading.matches(0) is reading.matches(1)
        assert reading.spans(0) == reading.spans(1)


def facts(query: Query) -> list[object]:
    """All that a query is, clause by clause."""
    found: list[object] = [query.source, query.canonical, query.lines]
    for one in clauses(query.root):
        if isinstance(one, Term):
            found.append((one, one.start, one.end))
        else:
            found.append((one.operator, len(one.children), one.start, one.end))
    return found


def copies(query: Query) -> list[Query]:
    return [pickle.loads(pickle.dumps(query)), copy.deepcopy(query)]


@given(QUERIES | strategies())
def test_a_query_that_is_pickled_or_copied_is_the_same_query(text: str) -> None:
    query = read(text)
    if query is not None:
        assert [facts(one) for one in copies(query)] == [facts(query)] * 2


def test_a_query_of_ten_thousand_brackets_goes_to_another_process() -> None:
    depth = 10_000
    query = parse("(a[ti] OR b[ti] & " * depth + "c[ti]" + ")" * depth)
    assert [facts(one) for one in copies(query)] == [facts(query)] * 2
    term = parse("ketamine[ti]")  # not every root is a group
    assert copies(term) == [term] * 2


def test_most_of_what_is_tried_is_a_query() -> None:
    """A generator that made nothing but mistakes would prove nothing."""
    tried: list[bool] = []

    @given(QUERIES | strategies())
    def count(text: str) -> None:
        tried.append(read(text) is not None)

    count()
    assert sum(tried) > len(tried) / 3 > 10
