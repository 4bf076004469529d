"""Bad input, as a user gives it: one clear message, the right exit code, nothing lost or half-written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.sandbox.timeline import SHIPPED
from world import Outcome, World, litwatch, powerless, world

SUNDAY, MONDAY = "2026-03-08T07:05:00Z", "2026-03-09T07:05:00Z"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, today="2026-03-08") as made:
        yield made


@pytest.fixture(scope="module")
def after_sunday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store with papers, and a file of more records than a pipe holds; for tests that only read."""
    with world(tmp_path_factory.mktemp("sunday"), today="2026-03-08") as made:
        made.run(SUNDAY)
        records = "".join(
            f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><Journal><Title>J</Title>'
            "</Journal><ArticleTitle>Ketamine</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
            for pmid in range(99000001, 99000301)
        )
        (made.folder / "records.xml").write_text(f"<PubmedArticleSet>{records}</PubmedArticleSet>", "utf-8")
        yield made


def refused(outcome: Outcome, code: int, *said: str) -> None:
    """One message that says all of this, on stderr, and no traceback."""
    assert outcome.code == code, outcome.err
    assert "Traceback" not in outcome.err + outcome.out
    assert outcome.err.count("litwatch: ") == 1
    for words in said:
        assert words in outcome.err


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("command", ["collect", "refresh", "deliver", "run", "papers", "status"])
def test_a_command_that_works_with_a_store_needs_a_configuration_of_ones_own(
    tmp_path: Path, command: str
) -> None:
    refused(litwatch(command, folder=tmp_path), 2, "run `litwatch init config`")
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_tries_rules_does_without_one(tmp_path: Path) -> None:
    outcome = litwatch(
        "check", "--json", folder=tmp_path, environment={"LITWATCH_STORE__URL": "sqlite:///none.sqlite3"}
    )
    assert outcome.code == 0, outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_that_is_named_must_be_there(tmp_path: Path) -> None:
    refused(litwatch("--config", "elsewhere", "papers", folder=tmp_path), 2, "elsewhere", "init elsewhere")


def test_broken_toml_is_told_with_its_place(here: World) -> None:
    edit(here.config / "litwatch.toml", "[store]", "[store")
    refused(here.litwatch("run"), 2, "litwatch.toml", "line ")


def test_a_query_that_is_none_gets_a_caret_under_the_place(here: World) -> None:
    watch = here.config / "watches" / "ketamine-depression.toml"
    text = watch.read_text()
    start = text.index('query = """') if 'query = """' in text else text.index("query = '''")
    watch.write_text(text[:start] + 'query = "(ketamine[tiab] AND depress*[tiba])"\n[x]\n' + text[start:])
    outcome = here.litwatch("check")
    assert outcome.code == 2
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("query", "column"),
    [("ketamine[tiba]", 8), ("(ketamine[tiab]", 0), ("ketamine[tiab] AND", 15), ("", 0)],
)
def test_match_points_at_the_place_in_a_query(tmp_path: Path, query: str, column: int) -> None:
    outcome = litwatch("match", query, str(next(SHIPPED.glob("*.xml"))), folder=tmp_path)
    refused(outcome, 2)
    lines = outcome.err.splitlines()
    caret = next(number for number, line in enumerate(lines) if set(line.strip()) == {"^"})
    assert lines[caret].index("^") == 2 + column
    assert lines[caret - 1] == "  " + query


def test_an_unknown_topic_of_a_subscriber_is_told_with_what_is_near(here: World) -> None:
    edit(
        here.config / "subscribers.toml",
        '# topics = ["efficacy", "safety", "long_term"]',
        'topics = ["saftey"]',
    )
    refused(here.litwatch("run"), 2, "subscribers.toml", "saftey", "`safety`")


def test_a_misspelt_name_in_a_template_stops_the_mail_and_loses_nothing(here: World) -> None:
    templates = here.folder / "templates"
    templates.mkdir()
    (templates / "digest.subject.txt").write_text("{{ digest.wach.title }}\n")
    here.environment["LITWATCH_MAIL__TEMPLATES"] = "templates"
    assert here.run(SUNDAY).code == 0
    refused(here.run(MONDAY), 2, "digest.subject.txt:1", "wach")
    assert here.mails() == []
    (templates / "digest.subject.txt").write_text("Mended: {{ digest.watch.title }}\n")
    assert here.run("2026-03-09T07:20:00Z").code == 0
    (mail,) = here.mails()
    assert str(mail["Subject"]) == "Mended: Ketamine & depression"


def test_pubmed_that_cannot_be_reached_is_a_failure_and_loses_nothing(here: World) -> None:
    address = here.environment["LITWATCH_PUBMED__BASE_URL"]
    here.environment["LITWATCH_PUBMED__BASE_URL"] = "http://127.0.0.1:9/entrez/eutils/"
    here.environment["LITWATCH_PUBMED__RETRY_BUDGET_SECONDS"] = "0"
    refused(here.run(SUNDAY), 1, "127.0.0.1:9", "cannot be reached")
    assert not here.litwatch("status", "--json").objects()[0]["runs"][0]["ok"]
    here.environment["LITWATCH_PUBMED__BASE_URL"] = address
    assert here.run("2026-03-08T07:20:00Z").code == 0
    assert len(here.litwatch("papers", "--json", "--arrival", "new").objects()) == 10


@pytest.mark.parametrize(
    ("frequency", "due", "day_later", "since"),
    [
        ("daily", "2026-03-10", "2026-03-11", "9 March"),
        ("weekly", "2026-03-16", "2026-03-17", "9 March"),
        ("monthly", "2026-04-01", "2026-04-02", "9 March"),
    ],
)
def test_a_digest_whose_last_look_failed_waits_a_day_and_then_says_since_when(
    here: World, frequency: str, due: str, day_later: str, since: str
) -> None:
    file = here.config / "subscribers.toml"
    said = file.read_text("utf-8").replace('frequency = "weekly"', f'frequency = "{frequency}"')
    file.write_text(said, encoding="utf-8")
    assert here.run(SUNDAY).code == 0
    # A search in the very run that sent a digest is none of the next period.
    assert here.run(MONDAY).code == 0
    before = len(here.mails())
    here.environment["LITWATCH_PUBMED__BASE_URL"] = "http://127.0.0.1:9/entrez/eutils/"
    here.environment["LITWATCH_PUBMED__RETRY_BUDGET_SECONDS"] = "0"
    assert here.run(f"{due}T07:05:00Z").code == 1
    assert len(here.mails()) == before, "it waits a day for a search"
    assert here.run(f"{day_later}T07:05:00Z").code == 1
    (mail,) = here.mails()[before:]
    assert f"PubMed not searched since {since}, " in str(mail["Subject"])
    text = mail.get_body(("plain",))
    assert text is not None
    assert "PUBMED WAS NOT SEARCHED SINCE" in text.get_content()
    assert "PubMed was searched and nothing new" not in text.get_content()


def test_a_store_of_a_newer_litwatch_is_left_alone(here: World) -> None:
    here.run(SUNDAY)
    with sqlite3.connect(here.store) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = here.store.read_bytes()
    refused(here.run(MONDAY), 2, "9999", "newer litwatch")
    assert here.store.read_bytes() == before


def test_a_file_that_is_no_store_is_left_alone(here: World) -> None:
    here.store.parent.mkdir(parents=True)
    here.store.write_bytes(b"these are somebody's notes, not a database\n" * 40)
    before = here.store.read_bytes()
    refused(here.run(SUNDAY), 1, str(here.store.name))
    assert here.store.read_bytes() == before


def test_an_xml_file_that_is_cut_gives_what_was_read(tmp_path: Path) -> None:
    whole = max((path.read_bytes() for path in SHIPPED.glob("*.xml")), key=len)
    cut = tmp_path / "cut.xml"
    cut.write_bytes(whole[: whole.index(b"</PubmedArticle>", len(whole) // 2) + 40])
    outcome = litwatch("tag", "cut.xml", "--json", folder=tmp_path)
    refused(outcome, 1, "cut.xml")
    assert len(outcome.objects()) == cut.read_bytes().count(b"</PubmedArticle>") > 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--now", "2026-03-09T07:00:00"], "time zone"),
        (["run", "--now", "yesterday"], "ISO 8601"),
        (["collect", "--now", "9999-12-31T23:59:59Z"], "1900 to 2999"),
        (["run", "--now", "0001-01-01T00:00:00+14:00"], "1900 to 2999"),
        (["backfill", "--since", "9999-01-01"], "no day between 1800 and today"),
        (["sandbox", "--fault", "500:2026-03-12..2026-03-01"], "2026-03-01 comes before 2026-03-12"),
        (["collect", "--watch", "ketamin-depression"], "did you mean `ketamine-depression`?"),
        (["subscribers", "pause", "nobody@example.org"], "nobody@example.org"),
        (["schema", "watchs"], "did you mean `watch`?"),
        (["tag", "nothing-here.xml"], "nothing-here.xml"),
        (["preview", "--templates", "nowhere"], "nowhere"),
        (["init", "config"], "already"),
    ],
)
def test_wrong_words_are_told_what_to_do(here: World, words: list[str], said: str) -> None:
    outcome = here.litwatch(*words)
    refused(outcome, 1 if words[0] == "tag" else 2, said)


@pytest.mark.parametrize(
    "words",
    [
        ["colect"],
        ["run", "--nwo"],
        ["papers", "--limit", "none"],
        ["papers", "--limit", "9" * 24],
        ["status", "--last", "9" * 24],
        ["match"],
    ],
)
def test_a_mistyped_command_line_is_wrong_use(tmp_path: Path, words: list[str]) -> None:
    outcome = litwatch(*words, folder=tmp_path)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err


def test_the_clock_cannot_be_set_aside_while_mail_really_goes_out(here: World) -> None:
    here.environment |= {
        "LITWATCH_MAIL__TRANSPORT": "smtp",
        "LITWATCH_MAIL__HOST": "mail.example.org",
        "LITWATCH_MAIL__FROM": "litwatch@example.org",
    }
    refused(here.run(SUNDAY), 2, "mail.example.org", "--now")
    assert not here.store.exists()


@pytest.mark.parametrize(
    "words",
    [
        "papers --json",
        "papers",
        "status",
        "--version",
        "tag --json records.xml",
        "tag --json --jobs 2 records.xml",
    ],
)
def test_the_reader_of_our_output_may_leave(after_sunday: World, words: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "litwatch", *words.split()],
        cwd=after_sunday.folder,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("command", ["status", "papers --json"])
def test_what_the_store_holds_is_shown_on_a_full_disk(after_sunday: World, command: str) -> None:
    # No file can grow over 1000 bytes, and SQLite wants 32 KB beside the store even to read it.
    full = ("prlimit", "--fsize=1000")
    before = after_sunday.litwatch(*command.split())
    shown = litwatch(*command.split(), folder=after_sunday.folder, before=full)
    assert (shown.code, shown.out, shown.err) == (before.code, before.out, before.err)
    assert shown.out


@pytest.mark.parametrize("log_left", [False, True])
def test_what_the_store_holds_is_shown_where_nothing_may_be_written(
    after_sunday: World, tmp_path: Path, log_left: bool
) -> None:
    copy = tmp_path / "still" / "store.sqlite3"
    copy.parent.mkdir()
    copy.write_bytes(after_sunday.store.read_bytes())
    if log_left:
        copy.with_name("store.sqlite3-wal").touch()
    for path in (*copy.parent.iterdir(), copy.parent):
        path.chmod(0o555)
    shown = litwatch(
        "status",
        folder=after_sunday.folder,
        environment={"LITWATCH_STORE__URL": f"sqlite:///{copy}"},
        before=powerless(),
    )
    copy.parent.chmod(0o755)
    before = after_sunday.litwatch("status")
    assert (shown.code, shown.out, shown.err) == (before.code, before.out, before.err)


def test_head_gets_its_line_and_nobody_hears_of_the_rest(after_sunday: World) -> None:
    pipe = f"{sys.executable} -m litwatch papers --json | head -n 1"
    done = subprocess.run(
        pipe, shell=True, cwd=after_sunday.folder, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
