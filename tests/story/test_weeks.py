"""The story of the README, as its user sees it: from an empty folder to a retraction in the mailbox."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import jsonschema
import pytest

from world import World, world

SUNDAY, MONDAY = "2026-03-08", "2026-03-09"
SECOND_WEEK = ["2026-03-12", "2026-03-16"]
THIRD_WEEK = ["2026-03-19", "2026-03-23"]


@pytest.fixture(scope="module")
def after_three_weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("weeks"), today=SUNDAY) as here:
        for outcome in here.weeks(SUNDAY, MONDAY, *SECOND_WEEK, *THIRD_WEEK):
            assert outcome.code == 0, outcome.err
        yield here


def pmids(text: str) -> set[str]:
    return set(re.findall(r"pubmed\.ncbi\.nlm\.nih\.gov/(\d+)", text))


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_each_monday_brings_one_mail(after_three_weeks: World) -> None:
    dates = [str(mail["Date"]) for mail in after_three_weeks.mails()]
    assert [date[:16] for date in dates] == ["Mon, 09 Mar 2026", "Mon, 16 Mar 2026", "Mon, 23 Mar 2026"]


def test_no_paper_is_mailed_twice_as_new_and_none_is_forgotten(after_three_weeks: World) -> None:
    mails = after_three_weeks.mails()
    papers = after_three_weeks.litwatch("papers", "--json").objects()
    arrived = {paper["pmid"] for paper in papers if paper["arrival"] in ("new", "late")}
    mailed = [pmids(part(mail, "plain")) for mail in mails]
    assert arrived, "nothing arrived in three weeks"
    assert arrived <= set().union(*mailed)
    struck = {paper["pmid"] for paper in papers if paper["notices"]}
    told = {notice["pmid"] for paper in papers for notice in paper["notices"]}
    for earlier, later in ((0, 1), (0, 2), (1, 2)):
        assert mailed[earlier] & mailed[later] <= struck | told


def test_backlog_is_known_and_not_mailed(after_three_weeks: World) -> None:
    papers = after_three_weeks.litwatch("papers", "--json", "--arrival", "backlog").objects()
    assert len(papers) > 10
    everything = "".join(part(mail, "plain") for mail in after_three_weeks.mails())
    told_of = {paper["pmid"] for paper in papers if paper["notices"]}  # a retraction is told, sent or not
    assert {paper["pmid"] for paper in papers} & pmids(everything) <= told_of
    assert all(paper["title"] is None and paper["tags"] == {} for paper in papers if not paper["notices"])


def test_a_retraction_of_a_paper_that_was_sent_leads_the_next_mail(after_three_weeks: World) -> None:
    first, second, third = after_three_weeks.mails()
    retracted = [
        paper["pmid"]
        for paper in after_three_weeks.litwatch("papers", "--json").objects()
        if any(notice["kind"] == "retraction" for notice in paper["notices"])
    ]
    assert len(retracted) == 1
    assert retracted[0] in pmids(part(first, "plain")) | pmids(part(second, "plain"))
    assert "retract" in str(third["Subject"]).lower()
    assert "retract" not in str(second["Subject"]).lower()
    text = part(third, "plain")
    assert retracted[0] in pmids(text)
    assert "“The editors retract this article because" in text  # the notice's own words
    assert text.lower().index("retracted") < text.index("DOES IT WORK?")


def test_every_quote_stands_in_the_record(after_three_weeks: World) -> None:
    papers = after_three_weeks.litwatch("papers", "--json").objects()
    quotes = [(paper, quote) for paper in papers for quote in paper["quotes"].values() if quote is not None]
    assert len(quotes) > 20
    for paper, quote in quotes:
        assert quote in paper["abstract"]
    for paper in papers:
        for spans in [*paper["tags"].values(), *paper["spans"].values()]:
            for span in spans:
                if span["field"] in ("title", "abstract"):
                    assert paper[span["field"]][span["start"] : span["end"]] == span["text"]


def test_papers_are_printed_as_their_schema_says(after_three_weeks: World) -> None:
    schema = json.loads(after_three_weeks.litwatch("schema", "papers").out)
    papers = after_three_weeks.litwatch("papers", "--json").objects()
    assert {paper["arrival"] for paper in papers} == {"new", "backlog"}
    for paper in papers:
        jsonschema.validate(paper, schema)
        assert list(paper) == list(schema["properties"])


def test_explain_finds_the_papers_of_the_store_by_their_pmids(after_three_weeks: World) -> None:
    titles = {
        paper["pmid"]: paper["title"]
        for paper in after_three_weeks.litwatch("papers", "--json", "--arrival", "new").objects()
    }
    older, newer = sorted(titles)[:2]
    told = after_three_weeks.litwatch("explain", older, newer)
    assert told.code == 0, told.err
    heads = re.findall(r"^(\d+)  (.*(?:\n {10}.*)*)", told.out, re.MULTILINE)
    assert [(pmid, " ".join(title.split())) for pmid, title in heads] == [
        (older, titles[older]),
        (newer, titles[newer]),
    ]
    assert told.out.count("from the store") == 2
    for unknown in ("1", "99999999999999999999"):
        nothing = after_three_weeks.litwatch("explain", unknown)
        assert (nothing.code, nothing.out) == (1, "")
        assert unknown in nothing.err


def test_a_notice_is_quoted_where_it_says_why(after_three_weeks: World) -> None:
    papers = after_three_weeks.litwatch("papers", "--json").objects()
    (retraction,) = [
        notice for paper in papers for notice in paper["notices"] if notice["kind"] == "retraction"
    ]
    assert retraction["quote"].startswith("The editors retract this article because")


def test_a_struck_paper_that_was_never_fetched_is_told_by_its_title(after_three_weeks: World) -> None:
    papers = after_three_weeks.litwatch("papers", "--json", "--arrival", "backlog").objects()
    (struck,) = [paper for paper in papers if paper["notices"]]
    third = re.sub(r"\s+", " ", part(after_three_weeks.mails()[2], "plain"))
    assert struck["title"] in third


def test_running_again_at_the_same_time_does_nothing(after_three_weeks: World) -> None:
    requests = len(after_three_weeks.pubmed.requests)
    mails = sorted(after_three_weeks.outbox.iterdir())
    again = after_three_weeks.run("2026-03-23T07:20:00Z")
    assert (again.code, again.err, again.out) == (0, "", "")
    assert len(after_three_weeks.pubmed.requests) == requests
    assert sorted(after_three_weeks.outbox.iterdir()) == mails


def test_a_run_with_nothing_to_do_pays_for_nothing(after_three_weeks: World) -> None:
    program = (
        "import sys, litwatch.cli.main as main\n"
        f"sys.argv = ['litwatch', 'run', '--now', '{THIRD_WEEK[-1]}T07:05:00Z']\n"
        "try:\n    main.main()\nexcept SystemExit as ending:\n    print(ending.code or 0)\n"
        "print(*{'requests', 'jinja2', 'lxml', 'alembic', 'rich', 'Bio', 'litwatch.study.findings'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=after_three_weeks.folder,
        env={**os.environ, **after_three_weeks.environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "0", "")


def test_the_books_balance(after_three_weeks: World) -> None:
    status = after_three_weeks.litwatch("status", "--json").objects()[0]
    watch = status["watches"][0]
    parts = ("backlog", "mailed", "owed", "held", "excluded", "wanted")
    listed = len(after_three_weeks.litwatch("papers", "--json").objects())
    assert watch["matches"] == sum(watch[name] for name in parts) == listed
    assert watch["owed"] == 0
    assert all(run["ok"] for run in status["runs"])


def test_a_missed_week_is_caught_up_in_one_mail(tmp_path: Path) -> None:
    with world(tmp_path, today=SUNDAY) as here:
        here.weeks(SUNDAY)
        outcome = here.weeks("2026-03-24")[0]
        assert outcome.code == 0, outcome.err
        (mail,) = here.mails()
        arrived = {
            paper["pmid"]
            for paper in here.litwatch("papers", "--json").objects()
            if paper["arrival"] in ("new", "late")
        }
        assert arrived <= pmids(part(mail, "plain"))
