"""`check` looks over every query, prints a form for a peer review and asks PubMed; `match --lint` looks over one.

Owns the commands and their exit codes. Never tests single findings (tests/query/lint/found.toml).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from collect.eutilities import Reply, eutilities, in_turn, search_answer
from config.good_config import write
from litwatch import __version__
from litwatch.cli import operating
from litwatch.cli.check import command as checking
from litwatch.cli.context import Context
from litwatch.cli.research import app as research
from litwatch.errors import ConfigError, UsageError
from world import world

app = typer.Typer()
for part in (operating, checking):
    app.add_typer(part.app)

WATCH = """
title = "Ketamine"
query = '''
# By its names.
ketamine[tiab] OR esketamine[tiab]
AND randomized[tiab] NOT animals[mh]
'''
[topics.safety]
label = "Safety"
query = "safety[tiab]"
"""
WRONG = WATCH.replace("NOT animals[mh]", "not animals[mh]")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory, and no variable of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("LITWATCH_"):
            monkeypatch.delenv(name)


def check(watch: str, *words: str) -> Result:
    config = write(Path.cwd(), {"watches/ketamine.toml": watch})
    return CliRunner().invoke(app, ["check", *words], obj=Context(config))


def match(*words: str) -> Result:
    # A second command, or typer takes the only one for the whole program.
    return CliRunner().invoke(research, ["match", *words], obj=Context(None))


def test_check_shows_file_key_caret_reason_and_advice_and_ends_well_with_warnings() -> None:
    result = check(WATCH)
    assert result.exit_code == 0
    assert f"{Path.cwd() / 'watches' / 'ketamine.toml'}: query\n" in result.stdout
    lines = result.stdout.split("\n")
    [place] = [number for number, line in enumerate(lines) if "[not-loses]" in line]
    source, caret, why, instead = lines[place + 1 : place + 5]
    assert "line 3: AND randomized[tiab] NOT animals[mh]" in source
    assert source.index("animals[mh]") == caret.index("^")
    assert caret.strip() == "^" * len("animals[mh]")
    assert why.startswith("    why: ")
    assert instead == "    instead: (animals[mh] NOT humans[mh])"
    # Mixed operators, no British spelling, NOT animals.
    assert result.stdout.endswith("no mistakes, 3 warnings\n")


def test_check_ends_with_2_for_errors_alone() -> None:
    result = check(WRONG)
    assert result.exit_code == 2
    assert "[lower-case-operator]" in result.stdout
    assert "\n1 mistake, " in result.stdout


def test_hints_are_counted_and_all_shows_them() -> None:
    assert "[publication-date]" not in check(WATCH.replace("AND", "AND 2020:3000[dp] AND")).stdout
    few = check(WATCH.replace("AND", "AND 2020:3000[dp] AND"))
    assert "; --all shows them\n" in few.stdout
    every = check(WATCH.replace("AND", "AND 2020:3000[dp] AND"), "--all")
    assert "[publication-date]" in every.stdout
    assert "--all shows them" not in every.stdout


def test_findings_of_one_kind_are_shown_once_and_named_behind_it_all_of_them_with_all() -> None:
    words = " OR ".join(f"w{number}*[tiab]" for number in range(10))
    few, every = (
        check(WATCH.replace("randomized[tiab]", f"({words})"), *more).stdout for more in ((), ("--all",))
    )
    assert few.count("[short-truncation]") == every.count("[short-truncation]") == 1
    told = [line for line in few.split("\n") if line.startswith("    also: w")]
    assert [line.partition("*")[0] for line in told] == [f"    also: w{number}" for number in range(1, 7)]
    assert "    and 3 more\n" in few
    assert "    also: w9*" in every


def test_each_finding_of_a_kind_is_told_in_its_own_words() -> None:
    wide = "(mood*[tiab] OR moodiness[ti] OR depress*[tiab] OR depression[ti])"
    result = check(WATCH.replace("randomized[tiab]", wide), "--all", "--press")
    told = [line for line in result.stdout.split("\n") if "adds nothing to" in line]
    assert "moodiness\\[ti\\] adds nothing to mood\\*\\[tiab\\]" in told[0]
    assert "depression\\[ti\\] adds nothing to depress\\*\\[tiab\\]" in told[1]
    every = check(WATCH.replace("randomized[tiab]", wide), "--all").stdout
    assert "    also: depression[ti] adds nothing to depress*[tiab]; advice: " in every


def test_check_for_programs_has_every_finding_with_its_place() -> None:
    result = check(WRONG, "--json")
    assert result.exit_code == 2
    report = json.loads(result.stdout)
    assert report["ok"] is False
    [found] = [
        one
        for one in report["findings"]
        if one["code"] == "lower-case-operator" and "ketamine.toml" in one["file"]
    ]
    assert (found["key"], found["severity"], found["line"], found["column"]) == ("query", "error", 3, 22)
    assert (found["text"], found["instead"], found["press"]) == ("not", "NOT", 2)


def test_the_shipped_configuration_has_no_error_and_few_warnings() -> None:
    result = CliRunner().invoke(app, ["check", "--json"], obj=Context(None))
    assert result.exit_code == 0
    loud = [one for one in json.loads(result.stdout)["findings"] if one["severity"] != "hint"]
    assert [one["code"] for one in loud] == []
    assert len(json.loads(result.stdout)["findings"]) < 170


def test_a_query_that_does_not_parse_is_looked_over_beside_the_mistake() -> None:
    broken = WATCH.replace("esketamine[tiab]", "esketamine[tiba] OR cat*[titel]")
    result = check(broken)
    assert isinstance(result.exception, ConfigError)
    assert result.stdout.count("[misspelt-tag]") == 1
    assert "also: PubMed has no field tag [titel]; " in result.stdout
    assert "[short-truncation]" in result.stdout
    report = json.loads(check(broken, "--json").stdout)
    assert [one["key"] for one in report["mistakes"]] == ["query"]
    assert {"misspelt-tag", "not-loses"} <= {one["code"] for one in report["findings"]}


def test_the_form_of_press_has_six_elements_boxes_and_a_line_to_sign() -> None:
    result = check(WATCH, "--press")
    form = result.stdout.split("\n---\n")[0]
    assert result.exit_code == 0
    assert [
        line.partition(". ")[0] for line in form.split("\n") if line.startswith("## ") and ". " in line
    ] == [f"## {number}" for number in range(1, 7)]
    assert form.count("- [ ] no revision\n") == 7  # six elements and the whole
    for line in ("Reviewer: ", "Date: ", "Signature: ", "- Records found: "):
        assert f"\n{line}____" in form
    operators = form.partition("## 2. ")[2].partition("## 3. ")[0]
    assert "(not-loses)" in operators
    assert "(mixed-operators)" in operators
    assert "AND randomized[tiab] NOT animals[mh]" in form
    assert "# Peer review of a search (PRESS 2015): Psilocybin" in result.stdout


def test_the_form_names_question_filters_and_versions_and_reviews_relevance() -> None:
    relevance = '\n[relevance]\nquery = "cat*[tiab] OR ketamine[ti]"\n'
    form = check(WATCH + relevance, "--press").stdout.split("\n---\n")[0]
    for line in ("  - Population: ", "  - Outcomes: ", "- Sources of filters used "):
        assert f"\n{line}" in form
    assert f"litwatch {__version__}, MeSH 2" in form
    assert "## Relevance as written" in form
    words = form.partition("## 4. ")[2].partition("## 5. ")[0]
    assert "(short-truncation)" in words.partition("In the relevance query:")[2]
    assert "(short-truncation)" not in words.partition("In the relevance query:")[0]


def test_match_lint_needs_no_file_and_ends_with_2_for_errors() -> None:
    good = match("--lint", "(ketamine[tiab] OR ketamine[mh]) AND randomi*[tiab]")
    assert good.exit_code == 0
    wrong = match("--lint", "ketamine[tiba] AND cat*[tiab]")
    assert wrong.exit_code == 2
    assert "[misspelt-tag]" in wrong.stdout
    assert "[short-truncation]" in wrong.stdout
    assert wrong.stdout.endswith("1 error, 1 warning\n")


def test_match_lint_says_so_where_nothing_was_found() -> None:
    assert match("--lint", "arketamine[tiab]").stdout == "nothing found\n"


def test_match_without_lint_and_without_a_file_is_wrong_use() -> None:
    assert isinstance(match("ketamine[tiab]").exception, UsageError)


def test_match_lint_with_a_file_matches_it_and_tells_the_findings_aside() -> None:
    path = Path("papers.jsonl")
    path.write_text(
        '{"pmid": 99000001, "title": "Randomized ketamine", "abstract": "None."}\n', encoding="utf-8"
    )
    result = match("--lint", "randomized[tiab]", str(path))
    assert result.exit_code == 0
    assert result.stdout == "99000001\n"
    assert "[missing-spelling]" in result.stderr


ERRORS = "<ErrorList><PhraseNotFound>gone[pt]</PhraseNotFound></ErrorList>"
WARNINGS = "<WarningList><QuotedPhraseNotFound>odd phrase</QuotedPhraseNotFound></WarningList>"


def test_online_shows_what_pubmed_says_and_its_errors_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    replies = [
        Reply(search_answer([], count=41, more=ERRORS + WARNINGS, translation="ketamine[Title/Abstract]"))
    ]
    replies.append(Reply(search_answer([], count=0)))
    with eutilities(in_turn(*replies)) as server:
        monkeypatch.setenv("LITWATCH_PUBMED__BASE_URL", server.base_url)
        result = check(WATCH, "--online")
        form = check(WATCH, "--press", "--online")
    assert result.exit_code == 2
    assert "online       ketamine: 41 matches\n" in result.stdout
    assert "  error: PubMed says PhraseNotFound: gone[pt]\n" in result.stdout
    assert "  warning: PubMed says QuotedPhraseNotFound: odd phrase\n" in result.stdout
    assert "  translation: ketamine[Title/Abstract]\n" in result.stdout
    assert "  since the last run: there was none\n" in result.stdout
    assert "- Records found: 0\n" in form.stdout
    assert {asked.form["retmax"] for asked in server.asked} == {"0"}


def test_online_compares_the_translation_with_that_of_the_last_run(tmp_path: Path) -> None:
    with world(tmp_path / "world") as made:
        assert made.run("2026-03-02T07:05:00Z").code == 0
        same = made.litwatch("check", "--online")
        assert same.code == 0, same.err
        assert "  since the last run: translated the same\n" in same.out
        before = json.loads(made.litwatch("check", "--online", "--json").out)["online"][0]
        assert before["translation"] == before["translation_before"]
        assert before["changes"] == []
        otherwise = before["translation"].replace('"spravato"[Title/Abstract]', '"spravato"[Text Word]', 1)
        assert otherwise != before["translation"]
        with eutilities(in_turn(Reply(search_answer([], count=7, translation=otherwise)))) as server:
            made.environment["LITWATCH_PUBMED__BASE_URL"] = server.base_url
            changed = made.litwatch("check", "--online")
    assert "  warning: PubMed translates the query otherwise than at the last run:\n" in changed.out
    lines = [line.strip() for line in changed.out.split("\n") if line.startswith(("    - ", "    + "))]
    assert lines == ['- OR "spravato"[Title/Abstract]', '+ OR "spravato"[Text Word]']


def test_a_guard_that_is_the_search_itself_is_warned_of() -> None:
    itself = WATCH.replace(
        "[topics.safety]", "guard = '''{}'''\n[topics.safety]".format(WATCH.split("'''")[1])
    )
    outcome = check(itself)
    assert outcome.exit_code == 0
    assert "the guard is the search itself" in outcome.stderr
    broader = WATCH.replace("[topics.safety]", 'guard = "ketamine[tiab]"\n[topics.safety]')
    assert "guard" not in check(broader).stderr


def test_a_store_on_postgresql_without_its_driver_is_a_mistake_and_no_other_store_needs_it(
    tmp_path: Path,
) -> None:
    without = tmp_path / "without"
    without.mkdir()
    (without / "psycopg.py").write_text("raise ImportError('not installed')")
    with world(tmp_path / "here") as here:
        here.environment |= {"PYTHONPATH": str(without)}
        assert here.litwatch("check").code == 0
        here.environment |= {"LITWATCH_STORE__URL": "postgresql://me@127.0.0.1:1/papers"}
        for command in ("check", "status"):
            done = here.litwatch(command)
            assert done.code == 2
            assert "pip install 'litwatch[postgresql]'" in done.err
