"""`preview`: what it shows, follows, sends and explains.

Owns that it claims and writes nothing. Never judges the digest itself (tests/digest does).
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from deliver.mailservers import Answers, mail_server
from litwatch.decide.digest import Digest
from world import ROOT, Outcome, litwatch, read_mail, surroundings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration and templates of one's own."""
    shutil.copytree(ROOT / "config", tmp_path / "config", ignore=shutil.ignore_patterns("var"))
    (tmp_path / "ours").mkdir()
    return tmp_path


def preview(folder: Path, *words: str, **environment: str) -> Outcome:
    return litwatch("preview", "--sample", *words, folder=folder, environment=environment)


def mails(folder: Path) -> list[EmailMessage]:
    return [read_mail(path.read_bytes()) for path in (folder / "config/var/outbox").glob("*.eml")]


def test_the_sample_has_a_retraction_and_twelve_weeks_and_touches_no_store(folder: Path) -> None:
    shown = preview(folder)
    assert shown.code == 0
    assert "*** RETRACTED ***" in shown.out
    assert "We sent it to you on" in shown.out
    assert re.search(r"Does it work\? +\d+ +\d+  [▁-█]{12}\n", shown.out)
    assert not (folder / "config/var").exists()


def test_what_a_reader_asks_for_in_subscribers_toml_is_what_they_get(folder: Path) -> None:
    readers = folder / "config/subscribers.toml"
    readers.write_text(readers.read_text().replace('# detail = "full"', 'detail = "brief"'))
    shown = preview(folder).out
    assert "All stand by title." in " ".join(shown.split())
    assert "weekly; every paper by its title." in " ".join(shown.split())
    assert "Authors’ conclusion" not in shown


def test_send_brings_a_marked_mail_to_that_address_alone_through_the_folder(folder: Path) -> None:
    done = preview(folder, "--send", "me@example.org")
    assert done.code == 0
    assert "sent to me@example.org through " in done.err
    [mail] = mails(folder)
    assert (mail["To"], mail["Subject"].startswith("[Preview] Ketamine & depression: ")) == (
        "me@example.org",
        True,
    )
    assert mail["List-Unsubscribe"] is None
    assert not (folder / "config/var/litwatch.sqlite3").exists()


def test_send_goes_through_the_mail_server_that_digests_go_through(folder: Path) -> None:
    answers = Answers()
    with mail_server(answers) as port:
        done = preview(
            folder,
            "--send",
            "me@example.org",
            LITWATCH_MAIL__TRANSPORT="smtp",
            LITWATCH_MAIL__HOST="127.0.0.1",
            LITWATCH_MAIL__PORT=str(port),
            LITWATCH_MAIL__SECURITY="none",
            LITWATCH_MAIL__FROM="litwatch@example.org",
        )
    assert done.code == 0, done.err
    [taken] = answers.taken
    assert taken.recipients == ("me@example.org",)
    assert read_mail(taken.content)["Subject"].startswith("[Preview] ")


def test_a_mail_server_that_refuses_is_told_in_a_line(folder: Path) -> None:
    done = preview(
        folder,
        "--send",
        "me@example.org",
        LITWATCH_MAIL__TRANSPORT="smtp",
        LITWATCH_MAIL__HOST="127.0.0.1",
        LITWATCH_MAIL__PORT="9",
        LITWATCH_MAIL__SECURITY="none",
        LITWATCH_MAIL__FROM="litwatch@example.org",
    )
    assert done.code == 1
    assert "127.0.0.1" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--send", "nobody"), "--send nobody: "),
        (("--send", "a@b\nBcc: c@example.org"), "--send "),
        (("--templates", "ours"), "ours/_card.html:2: "),
    ],
    ids=["no address", "a newline", "a template"],
)
def test_what_is_wrong_is_said_in_a_line_with_exit_2(folder: Path, words: tuple[str, ...], said: str) -> None:
    (folder / "ours/_card.html").write_text("<p>\n{{ card.titel }}", "utf-8")
    done = preview(folder, *words)
    assert (done.code, done.err.count("litwatch: ")) == (2, 1), done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert mails(folder) == []


@pytest.mark.parametrize(
    ("style", "said"),
    [
        (
            "h1 { color: red;\np { margin: 0; }\n",
            "digest.css:1: a rule does not end before `p`: } is missing",
        ),
        ("p { margin: 0; }\nh1 { color red; }\n", "digest.css:2: no `property: value;`: `color red`"),
        ("h1 {\n  color: red\n  margin: 0;\n}\n", "digest.css:2: a ; is missing at the end of the line"),
        ("h1 { color: red; }\n}\n", "digest.css:2: there is a } too many"),
        ("@media print {\n  h1 { margin: 0; }\n", "digest.css:1: a rule does not end: } is missing"),
        ('h1 { font-family: "Serif; }\n', "digest.css:1: a text in quotation marks does not end"),
        ("/* colours\nh1 { color: red; }\n", "digest.css:1: a comment does not end: */ is missing"),
    ],
)
def test_a_broken_stylesheet_is_told_with_its_line(folder: Path, style: str, said: str) -> None:
    (folder / "ours/digest.css").write_text(style)
    done = preview(folder, "--templates", "ours", "--output", "page.html")
    assert done.code == 2
    assert said in done.err
    assert len(done.err.strip().splitlines()) <= 2
    assert not (folder / "page.html").exists()


def test_a_template_that_nothing_takes_is_a_warning_and_a_partial_of_ones_own_is_none(folder: Path) -> None:
    (folder / "ours/_mastheed.html").write_text("<h1>Ours</h1>\n")
    (folder / "ours/_foot.html").write_text('{% include "_ours.html" %}\n')
    (folder / "ours/_ours.html").write_text("<p>Ours too</p>\n")
    (folder / "ours/digest.css").write_text((ROOT / "templates/digest.css").read_text())
    (folder / "ours/README.md").write_text("What we changed.\n")
    done = preview(folder, "--templates", "ours", "--output", "page.html")
    assert done.code == 0
    warnings = [line for line in done.err.splitlines() if "warning" in line]
    assert len(warnings) == 1
    assert warnings[0].endswith(
        "_mastheed.html: no template takes a file of this name; did you mean _masthead.html?"
    )
    assert "Ours too" in (folder / "page.html").read_text()


def test_nothing_is_sent_by_the_shipped_configuration(tmp_path: Path) -> None:
    done = preview(tmp_path, "--send", "me@example.org")
    assert done.code == 2
    assert "run `litwatch init config`" in done.err
    assert list(tmp_path.iterdir()) == []


def test_reload_writes_the_page_anew_when_a_template_is_saved_and_outlives_a_mistake(folder: Path) -> None:
    page, ours = folder / "page.html", folder / "ours/_masthead.html"
    command = [sys.executable, "-m", "litwatch", "preview", "--sample", "--reload", "--templates", "ours"]
    running = subprocess.Popen(
        [*command, "--output", page.name],
        cwd=folder,
        env=surroundings({}),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        soon(page.exists)
        assert 'http-equiv="refresh"' in page.read_text("utf-8")
        ours.write_text("<h1>{{ digest.nothing }}</h1>", "utf-8")
        assert running.stderr
        mistake = next(line for line in running.stderr if "_masthead.html:1: " in line)
        assert "nothing" in mistake
        ours.write_text("<h1>Ours now</h1>", "utf-8")
        soon(lambda: "Ours now" in page.read_text("utf-8"))
    finally:
        running.send_signal(signal.SIGINT)
        _, rest = running.communicate(timeout=20)
    assert running.returncode == 0
    assert "Traceback" not in rest


def soon(true: object) -> None:
    assert callable(true)
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("not within 30 seconds")


def test_explain_context_lists_every_variable_and_filter_with_its_type(tmp_path: Path) -> None:
    done = litwatch("preview", "--explain-context", folder=tmp_path)
    assert done.code == 0
    for name in Digest.__dataclass_fields__:
        assert re.search(rf"^  {name} +\S", done.out, re.MULTILINE), name
    assert re.search(r"^  name +text +as in the file's name$", done.out, re.MULTILINE)
    assert re.search(r"^  next_due +time\? +when the next mail comes$", done.out, re.MULTILINE)
    assert re.search(r"^  ordinal +third$", done.out, re.MULTILINE)
    assert "|" not in done.out
