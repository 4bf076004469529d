"""Every mistake in the config files is named, with its place and what is near; all of them at once.

Owns the reading of mistakes.toml, and what cannot be written in a table. Never checks a good config.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from config.good_config import GOOD, write
from litwatch.edge.config import load
from litwatch.errors import ConfigError, QueryError
from litwatch.query.parse import parse
from world import litwatch, powerless

CASES = tomllib.loads((Path(__file__).parent / "mistakes.toml").read_text(encoding="utf-8"))["case"]


def mistakes(directory: Path, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(directory, environ or {})
    assert caught.value.exit_code == 2
    return [str(problem).replace(str(directory), "DIR") for problem in caught.value.problems]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_is_named(case: dict[str, Any], tmp_path: Path) -> None:
    said = mistakes(write(tmp_path, case.get("files", {})), case.get("environ"))
    assert said == case["says"]


def test_no_mistake_repeats_a_secret() -> None:
    said = [line for case in CASES if "hunter2" in str(case) for line in case["says"]]
    assert len(said) >= 5
    assert not [line for line in said if "hunter2" in line]


def test_mistakes_of_all_files_come_together(tmp_path: Path) -> None:
    broken = {
        "litwatch.toml": "[mail",
        "facets.toml": "x = 1",
        "watches/ketamine.toml": "query = 1",
        "subscribers.toml": "y = 1",
    }
    files = {
        problem.partition(": ")[0]
        for problem in mistakes(write(tmp_path, broken), {"LITWATCH_MAIL__PORT": "x"})
    }
    assert files == {f"DIR/{name}" for name in broken} | {"LITWATCH_MAIL__PORT"}


def test_what_is_no_toml_has_its_line_its_place_and_advice_for_queries(tmp_path: Path) -> None:
    query = 'query = "treatment-resistant depression"[tiab]'
    [said] = mistakes(write(tmp_path, {"watches/ketamine.toml": f'title = "x"\n{query}\n'}))
    first, line, pointer = said.split("\n")
    assert first.startswith("DIR/watches/ketamine.toml: line 2, column 41: ")
    assert first.endswith("such as a query, goes between '''three single quotes''')")
    assert line.index("[tiab]") == pointer.index("^")


@pytest.mark.parametrize("rest", ["", "\nquery = 'x'\n"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_forgotten_quote_is_called_so(tmp_path: Path, quote: str, rest: str) -> None:
    [said] = mistakes(write(tmp_path, {"watches/ketamine.toml": f"title = {quote}x{rest}"}))
    assert said.split("\n")[0] == (
        "DIR/watches/ketamine.toml: line 1, column 11: the text is not closed on its line"
    )


def test_a_query_that_cannot_be_read_shows_its_place(tmp_path: Path) -> None:
    query = "'''\nketamine[tiab]\nAND (depression[tiab]\n'''"
    [said] = mistakes(write(tmp_path, {"watches/ketamine.toml": f"title = 'x'\nquery = {query}"}))
    first, line, pointer = said.split("\n")
    assert first.startswith("DIR/watches/ketamine.toml: query: ")
    # TOML drops the newline after the quotes, so the query's second line is the one with the bracket.
    assert line == "  line 2: AND (depression[tiab]"
    assert pointer == "              ^"


@pytest.mark.parametrize("key", ["query", "unless", "sentence"])
def test_a_query_of_a_facet_is_read_too(tmp_path: Path, key: str) -> None:
    other = {"query": "unless"}.get(key, "query")
    facet = f"[design.rct]\nlabel = 'x'\n{other} = 'x[ti]'\n{key} = 'random[nonsense]'"
    [said] = mistakes(write(tmp_path, {"facets.toml": facet}))
    first, shown, pointer = said.split("\n")
    assert first.startswith(f"DIR/facets.toml: design.rct.{key}: ")
    assert shown.index("[nonsense]") == pointer.index("^")


def test_what_the_query_language_advises_stands_in_the_first_line(tmp_path: Path) -> None:
    query = "ketamine[tiba]"
    with pytest.raises(QueryError) as refused:
        parse(query)
    [said] = mistakes(write(tmp_path, {"watches/ketamine.toml": f"title = 'x'\nquery = '{query}'"}))
    assert refused.value.hint
    assert said.split("\n")[0].endswith(f"({refused.value.hint})")


def test_what_only_pubmed_can_answer_is_no_facet(tmp_path: Path) -> None:
    facet = "[design.review]\nlabel = 'x'\nquery = 'reviews[tiab] OR systematic[sb]'"
    [said] = mistakes(write(tmp_path, {"facets.toml": facet}))
    assert said.startswith("DIR/facets.toml: design.review.query: only PubMed can answer this (")
    assert said.split("\n")[1].index("systematic") == said.split("\n")[2].index("^")


@pytest.mark.parametrize("key", ["query", "unless", "sentence"])
def test_text_without_a_tag_is_no_facet(tmp_path: Path, key: str) -> None:
    """PubMed alone can map it; every query that is asked of papers here says where it looks."""
    other = {"query": "unless"}.get(key, "query")
    facet = f"[design.rct]\nlabel = 'x'\n{other} = 'x[ti]'\n{key} = 'trial[ti] OR randomized study OR hasabstract'"
    [said] = mistakes(write(tmp_path, {"facets.toml": facet}))
    first, shown, pointer = said.split("\n")
    assert first.startswith(f"DIR/facets.toml: design.rct.{key}: this has no field tag")
    assert first.endswith('(write "randomized study"[tiab])')
    assert shown.index("randomized study") == pointer.index("^")
    assert pointer.count("^") == len("randomized study")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("mood[tiab] AND mice[mh]", "mice[mh]"),
        ("mood[ti] OR trial[pt]", "trial[pt]"),
        ("mood[ot]", "mood[ot]"),
    ],
)
def test_what_stands_in_no_sentence_is_asked_of_none(tmp_path: Path, query: str, place: str) -> None:
    facet = f"[design.rct]\nlabel = 'x'\nquery = 'x[ti]'\nsentence = '{query}'"
    [said] = mistakes(write(tmp_path, {"facets.toml": facet}))
    first, shown, pointer = said.split("\n")
    assert first.startswith(
        "DIR/facets.toml: design.rct.sentence: this stands in no sentence of title or abstract"
    )
    assert first.endswith("(write [tiab] or [ti]; what else the record says is for `query` and `unless`)")
    assert shown.index(place) == pointer.index("^")


@pytest.mark.parametrize("table", ["relevance", "drugs.x"])
def test_the_subject_is_told_of_the_whole_paper(tmp_path: Path, table: str) -> None:
    label = "label = 'x'\n" if "." in table else ""
    watch = f"title = 'x'\nquery = 'x[ti]'\n[{table}]\n{label}query = 'x[ti]'\nsentence = 'x[ti]'"
    [said] = mistakes(write(tmp_path, {"watches/ketamine.toml": watch}))
    assert said.startswith(f"DIR/watches/ketamine.toml: {table}.sentence: ")


def test_text_without_a_tag_is_no_relevance(tmp_path: Path) -> None:
    watch = "title = 'x'\nquery = 'ketamine[tiab]'\n[relevance]\nquery = 'ketamine'"
    [said] = mistakes(write(tmp_path, {"watches/ketamine.toml": watch}))
    assert said.startswith("DIR/watches/ketamine.toml: relevance.query: this has no field tag")
    assert said.split("\n")[0].endswith("(write ketamine[tiab])")


def test_a_folder_that_is_not_there_is_told_how_to_make_one(tmp_path: Path) -> None:
    [said] = mistakes(tmp_path / "nothing")
    assert (
        said == "DIR: does not exist (run `litwatch init DIR` to write one, or name yours with --config DIR)"
    )


def test_a_file_for_a_folder_is_no_config(tmp_path: Path) -> None:
    path = tmp_path / "litwatch.toml"
    path.touch()
    [said] = mistakes(path)
    assert said.startswith("DIR: is no folder (run `litwatch init")


def test_a_folder_for_a_file_is_named(tmp_path: Path) -> None:
    directory = write(tmp_path, {"facets.toml": "-"})
    (directory / "facets.toml").mkdir()
    (directory / "watches" / "other.toml").mkdir()
    assert mistakes(directory) == [
        "DIR/facets.toml: cannot be read: it is a folder",
        "DIR/watches/other.toml: cannot be read: it is a folder",
    ]


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    directory = write(tmp_path, {})
    (directory / "subscribers.toml").chmod(0)
    outcome = litwatch("--config", str(directory), "check", folder=tmp_path, before=powerless())
    assert outcome.code == 2
    assert "subscribers.toml: cannot be read: Permission denied" in outcome.err


def test_a_watch_whose_drugs_are_another_watchs_is_warned_of(tmp_path: Path) -> None:
    drugs = '[drugs.one]\nlabel = "One"\nquery = "%s[tiab]"\n[relevance]\nquery = "%s[tiab]"\n'

    def warned(word: str) -> list[str]:
        watch = GOOD["watches/ketamine.toml"] + drugs % (word, word)
        directory = write(tmp_path, {"watches/ketamine.toml": watch})
        return [problem.key for problem in load(directory, {}).warnings]

    assert warned("ketamine") == []
    assert warned("psilocybin") == ["relevance.query", "drugs"]


def test_a_pipe_for_a_file_does_not_hang(tmp_path: Path) -> None:
    directory = write(tmp_path, {"facets.toml": "-"})
    os.mkfifo(directory / "facets.toml")
    assert mistakes(directory) == ["DIR/facets.toml: cannot be read: it is no ordinary file"]


def test_a_file_in_another_encoding_is_named_with_the_line(tmp_path: Path) -> None:
    directory = write(tmp_path, {})
    (directory / "subscribers.toml").write_bytes("# one\n# Mürau\n".encode("latin-1"))
    assert mistakes(directory) == [
        "DIR/subscribers.toml: line 2 is not UTF-8 (save the file as UTF-8 in your editor)"
    ]


def test_brackets_without_end_are_a_mistake_and_no_crash(tmp_path: Path) -> None:
    assert mistakes(write(tmp_path, {"facets.toml": "x = " + "[" * 100_000})) == [
        "DIR/facets.toml: is nested too deeply to be a config file"
    ]


def test_ten_thousand_mistakes_take_no_time_that_grows_with_their_square(tmp_path: Path) -> None:
    readers = "".join(
        f"[[subscriber]]\naddress = 'you{number % 5000}@example.org'\nwatches = ['ketamin{number % 5000}']\n"
        for number in range(10_000)
    )
    said = mistakes(write(tmp_path, {"subscribers.toml": readers}))
    assert len(said) == 15_000
