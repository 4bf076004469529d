"""Proves that queries read as PubMed's documentation says, and that nothing that can be typed does worse."""

from __future__ import annotations

import time
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import litwatch
from litwatch.errors import QueryError
from litwatch.query.fields import fields, find_field
from litwatch.query.lexemes import lexemes
from litwatch.query.parse import parse
from litwatch.query.tree import Group, Query, Term, clauses, evaluate, leaves

HERE = Path(__file__).parent


def cases(name: str) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text("utf-8"))["case"]
    return table


@pytest.mark.parametrize("case", cases("parsed.toml"), ids=lambda case: case["rule"])
def test_a_query_reads_as_documented_and_reads_the_same_once_written_down(case: dict[str, Any]) -> None:
    query = parse(case["query"])
    assert str(query) == case["reads"]
    assert str(parse(str(query))) == str(query)


@pytest.mark.parametrize("case", cases("mistakes.toml"), ids=lambda case: case["query"])
def test_a_mistake_is_told_with_its_place_and_what_to_write(case: dict[str, Any]) -> None:
    with pytest.raises(QueryError) as caught:
        parse(case["query"])
    error = caught.value
    assert case["says"] in error.message
    assert case["query"][error.start : error.end] == case["at"]
    assert error.hint.startswith(case.get("hint", ""))
    assert "hint" in case or "did you mean" not in error.hint


def test_places_of_terms_and_groups_are_places_in_the_text() -> None:
    text = '  (ketamine [tiab] OR\n "a  b"[ti]) # c\n AND 12345678 '
    query = parse(text)
    assert [text[term.start : term.end] for term in leaves(query)] == [
        "ketamine [tiab]",
        '"a  b"[ti]',
        "12345678",
    ]
    group = next(clause for clause in clauses(query.root) if isinstance(clause, Group))
    assert text[group.start : group.end] == 'ketamine [tiab] OR\n "a  b"[ti]'


def test_no_field_tag_is_taken_for_an_isotope_however_it_is_typed() -> None:
    for name in fields():
        for typed in (name, name.upper(), name.title(), name.swapcase(), name[:-1] + name[-1].upper()):
            assert [one.kind for one in lexemes(f"2001[{typed}]OR 2002")] == [
                "word",
                "tag",
                "operator",
                "word",
            ], typed


def test_equal_queries_are_equal_wherever_their_terms_stand() -> None:
    assert parse("a[ti]  OR b[Title]") == parse("(a[ti]) OR b[ti]")
    assert len({parse("a[ti]"), parse(" a [Title]"), parse('"a"[ti]')}) == 2
    assert leaves(parse("a[ti] OR a[title]"))[0] == leaves(parse("a[ti] OR a[title]"))[1]


def test_sets_are_combined_from_left_to_right() -> None:
    masks = {"a": 0b1100, "b": 0b1010, "c": 0b0110}

    def truth(term: Term) -> int:
        return masks[term.text]

    assert evaluate(parse("a[ti] OR b[ti] AND c[ti]"), truth, 0b1111) == (0b1100 | 0b1010) & 0b0110
    assert evaluate(parse("a[ti] OR (b[ti] AND c[ti])"), truth, 0b1111) == 0b1110
    assert evaluate(parse("a[ti] NOT b[ti]"), truth, 0b1111) == 0b0100
    assert evaluate(parse("a[ti] OR b[ti]"), truth, 0b0111) == 0b0110


def test_every_name_of_a_field_means_one_field() -> None:
    names = [name for field in fields().values() for name in (field.tag, *field.names)]
    assert len(names) == len(set(names))
    for field in fields().values():
        for name in (field.tag, *field.names):
            assert find_field(f"  {name.upper()} ") is field


def test_every_tag_of_the_guide_is_known() -> None:
    tags = (
        "ti tiab mh majr sh pt nm tw ot rn la ta jour au 1au lastau fau ir fir cn auid ad"
        " gr ps cois is vi ip pg pa pl pubn lid aid doi pmc pmid uid dp epdat ppdat edat crdt"
        " mhda dcom lr sb filter si tt book ed isbn jid"
    )
    assert [tag for tag in tags.split() if find_field(tag) is None] == []
    assert [
        tag for tag in ("ab", "kw", "keyword", "mj", "mesh heading", "pmid number") if find_field(tag)
    ] == []


def test_every_tag_stands_in_the_manual() -> None:
    manual = HERE.parents[1].joinpath("docs", "query-language.md").read_text("utf-8")
    table = manual.partition("## Field tags")[2].partition("## Filters")[0]
    assert [tag for tag in fields() if f"`{tag}`" not in table] == []


def test_every_field_of_einfo_is_known_by_both_its_names() -> None:
    rows = [
        line.split("\t")
        for line in Path(litwatch.__file__)
        .with_name("sandbox")
        .joinpath("fields.tsv")
        .read_text("utf-8")
        .splitlines()
        if not line.startswith("#")
    ]
    assert len(rows) > 40
    unlike = {"FULL": "fau", "FINV": "fir"}  # their full names are those of [au] and [ir]
    for tag, name, full_name, *_ in rows:
        field, long = find_field(name), find_field(full_name)
        assert field is not None
        assert field.tag == unlike.get(name, tag)
        assert long is not None
        assert long.tag == tag


def parsed_or_told(text: str) -> Query | None:
    """The query, or None where there was one error whose place lies in the text."""
    problem: QueryError | None = None
    try:
        return parse(text)
    except QueryError as error:
        problem = error
    assert 0 <= problem.start < problem.end
    assert problem.start <= len(text)
    return None


def test_ten_thousand_brackets_are_a_tree_or_one_error() -> None:
    depth = 10_000
    assert str(parse("(" * depth + "a[ti]" + ")" * depth)) == "a[ti]"
    with pytest.raises(QueryError):
        parse("(" * depth)
    nested = parse("(a[ti] OR " * depth + "b[ti]" + ")" * depth)
    assert parse(str(nested)) == nested
    assert len(leaves(nested)) == depth + 1


def test_long_queries_take_time_in_proportion() -> None:
    def seconds(text: str) -> float:
        begin = time.process_time()
        parse(text)
        return time.process_time() - begin

    for text in (
        "a[ti] AND b[ti] OR ",
        "(a[ti]) ",
        "12345678 ",
        '"',
        "[",
        "a ",
        "# ",
        "(a-",
        "12345678[uid] ",
        "“",
        "(S)-",
        "[18F]",
        "\u200ba",
        "1. a[ti]\n",
        "1. a\n2 ",
        "#",
        "#1-",
        "a* ",
        "1:",
        "1/or",
        "2020:",
        "\ud800",
        "/ae",
    ):
        whole = text * (100_000 // len(text)) + "c[ti]"
        with suppress(QueryError):
            assert seconds(whole) < 5


BARE = """ketamine a* and AND OR NOT & | ( ) " [ ] [ti] [mh:noexp] [tiab:~2] [dp] [uid] [sb] [zz] 2020 2020/01/01
    : 1:5 12345678 # #1 (S)-x β ' - * medline "x" """
ODD = ("[ Title ]", '"a b"', "last 30 days", "# c\n", "\n", " ", "\u200f", "\x00", "\ud800", "“", "”", "عربي")
LINES = (
    "\n1. ",
    "\n2. ",
    "\n3. ",
    "\n#1 ",
    "\n#2 ",
    "\n4) ",
    "#2",
    "#1-#2",
    "or/1-2",
    "Limits:",
    "[18F]FDG",
    "a/ae",
)
PIECES = st.sampled_from([*BARE.split(), *ODD, *LINES])


@given(
    st.lists(PIECES, max_size=14).map(" ".join)
    | st.lists(PIECES, max_size=14).map("".join)
    | st.text(max_size=60)
    | st.text(st.characters(), max_size=20)
)
def test_whatever_is_typed_is_a_tree_that_reads_the_same_again_or_one_error(text: str) -> None:
    query = parsed_or_told(text)
    if query is None:
        return
    again = parse(str(query))
    assert str(again) == str(query)
    assert leaves(again) == leaves(query)
    for term in leaves(query):
        assert 0 <= term.start < term.end <= len(text)
