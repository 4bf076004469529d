"""Proves that the index answers as the matcher does, on every query of the tables that prove the matcher.

Owns that comparison. What the right answer is, those tables say (tests/query).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from litwatch.edge.mesh import MeshFile
from litwatch.edge.workbook.answering import Answers
from litwatch.edge.workbook.file import open_workbook
from litwatch.edge.workbook.filling import add_rest, bring_up, in_turn
from litwatch.edge.workbook.shown import ROOMS, texts
from litwatch.errors import QueryError
from litwatch.paper import Author, MeshHeading, Paper
from litwatch.query.leaves import Vocabulary
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.names import first_words
from litwatch.query.parse import parse
from litwatch.query.tree import Query
from litwatch.tuning.clauses import weigh
from query.test_match import CASES as MATCHED
from query.test_match import record
from query.test_rules import CASES, TODAY, paper

SHIPPED = Vocabulary(mesh=MeshFile())
Read = Callable[[Sequence[int]], Iterator[tuple[int, Paper | None]]]


def reader(papers: Mapping[int, Paper | None]) -> Read:
    return lambda pmids: ((pmid, papers[pmid]) for pmid in pmids if pmid in papers)


def answers(
    path: Path, papers: Mapping[int, Paper | None], today: date = TODAY, *, whole: bool = False
) -> Answers:
    workbook = open_workbook(path)
    gather = in_turn(reader(papers))
    bring_up(workbook, dict.fromkeys(papers, "1"), gather, whole=whole)
    return Answers(workbook, reader(papers), SHIPPED, today, partial(add_rest, workbook, gather))


def asked() -> dict[str, tuple[Query, date]]:
    """Every query of the tables that can be parsed."""
    found: dict[str, tuple[Query, date]] = {}
    for text, today in (*((case.query, case.today) for case in CASES), *((row[0], TODAY) for row in MATCHED)):
        try:
            found[f"{text} on {today}"] = (parse(text), today)
        except QueryError:
            continue
    return found


def every_paper() -> dict[int, Paper | None]:
    """Every record of the tables, under PMIDs of their own."""
    made = [paper(case.record) for case in CASES]
    made += [record(name) for name in sorted({name for _, name, _ in MATCHED})]
    different = {replace(one, pmid=1): one for one in made}
    # The PMIDs that queries ask for stay.
    found: dict[int, Paper | None] = {}
    for number, one in enumerate(different.values(), 99_500_001):
        pmid = one.pmid if one.pmid not in found else number
        found[pmid] = replace(one, pmid=pmid)
    return found


NAMES = st.text(st.sampled_from("aboO'’ʼ -.é|Ø"), max_size=6)
AUTHORS = st.builds(Author, NAMES, NAMES, NAMES, st.just(""), st.sampled_from(["", "A Group", "O'Group"]))


@given(st.lists(AUTHORS, max_size=3), st.lists(AUTHORS, max_size=2), st.lists(AUTHORS, max_size=2))
def test_everybody_can_be_found_by_the_words_that_the_index_has_of_people(
    authors: list[Author], editors: list[Author], subjects: list[Author]
) -> None:
    one = Paper(1, authors=tuple(authors), editors=tuple(editors), personal_name_subjects=tuple(subjects))
    columns = {
        column: text for room in ROOMS for column, text in zip(room.columns, texts(one, room), strict=True)
    }
    people = ("authors", "collective_names", "personal_name_subjects", "names")
    there = {word for column in people for word in columns[column].split()}
    for author in (*authors, *editors, *subjects):
        assert first_words(author) <= there


WORDS = st.sampled_from(
    (
        "ketamine",
        "s-ketamine",
        "esketamine",
        "O'Brien",
        "β-block",
        "beta",
        "block",
        "x",
        "of",
        "17β",
        "naïve",
        "naive",
    )
)
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)
PEOPLE = st.builds(
    Author, st.sampled_from(("O'Brien", "O Brien", "Naïve", "Ket-amine")), st.just("Ann"), st.just("A")
)
PAPERS = st.builds(
    Paper,
    st.just(1),
    title=TEXTS,
    abstract=TEXTS,
    keywords=st.lists(TEXTS, max_size=3).map(tuple),
    authors=st.lists(PEOPLE, max_size=2).map(tuple),
    mesh=st.lists(st.sampled_from((MeshHeading("Ketamine", "D007649"), MeshHeading("Beta"))), max_size=2).map(
        tuple
    ),
)
TERMS = st.one_of(
    st.tuples(
        TEXTS.filter(bool), st.sampled_from(("", "[ti]", "[tiab]", "[tw]", "[ot]", "[au]", "[all]", "[mh]"))
    ),
    st.tuples(
        WORDS.filter(lambda word: len(word) > 3).map(lambda word: f"{word[: len(word) - 1]}*"),
        st.sampled_from(("[ti]", "[tiab]", "[tw]", "[all]")),
    ),
    st.tuples(
        TEXTS.filter(bool).map(lambda text: f'"{text}"'), st.sampled_from(("[tiab]", "[ti:~1]", "[tiab:~3]"))
    ),
)


@settings(max_examples=40)
@given(st.lists(PAPERS, min_size=1, max_size=6), st.lists(TERMS.map("".join), min_size=4, max_size=8))
def test_the_index_answers_any_query_of_any_papers_as_the_matcher_does(
    made: list[Paper], terms: list[str]
) -> None:
    papers: dict[int, Paper | None] = {
        pmid: replace(one, pmid=pmid) for pmid, one in enumerate(made, 99_600_001)
    }
    with tempfile.TemporaryDirectory() as folder:
        found = answers(Path(folder) / "a.workbook", papers)
        for text in terms:
            try:
                query = parse(text)
            except QueryError:
                continue
            matcher = compile_scopes([Scope(query)], SHIPPED)
            weighed = weigh(query, found.term, found.universe)
            got = set(found.pmids_of(weighed.papers or 0))
            assert got == {
                pmid for pmid, one in papers.items() if one and matcher.read(one, (), TODAY).matches(0)
            }, text


def test_the_index_answers_every_query_of_the_tables_as_the_matcher_does(tmp_path: Path) -> None:
    papers = every_paper()
    assert len(papers) > 150
    queries = asked()
    by_day: dict[date, Answers] = {}
    wrong = []
    for name, (query, today) in queries.items():
        if today not in by_day:
            whole = len(by_day) % 2 == 0  # both rooms at once, or the second when it is asked for
            by_day[today] = answers(tmp_path / f"{today}.workbook", papers, today, whole=whole)
        found = by_day[today]
        matcher = compile_scopes([Scope(query)], SHIPPED)
        expected = {pmid for pmid, one in papers.items() if one and matcher.read(one, (), today).matches(0)}
        weighed = weigh(query, found.term, found.universe)
        got = set(found.pmids_of(weighed.papers or 0))
        if got != expected:
            wrong.append((name, sorted(got - expected), sorted(expected - got)))
    assert not wrong
    assert len(queries) > 1000
