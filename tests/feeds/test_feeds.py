"""Atom feeds: what stands in them, that they are Atom, and that nothing of a record becomes markup.

Owns the promises of decide/feeds.py and `feeds`. Never judges cards (tests/digest does).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import lxml.etree
import pytest

from digest.samples import HOSTILE_TITLES, TEMPLATES, WATCH, hostile, papers
from litwatch.decide.digest import NoticeFacts
from litwatch.decide.feeds import Feed, FeedPaper, compose_feed
from litwatch.edge.render import Renderer
from world import World, world

ATOM = "{http://www.w3.org/2005/Atom}"
BEGUN = datetime(2026, 3, 1, 7, tzinfo=UTC)


def feed_of(owed: Any = None, **facts: Any) -> Feed:
    came = [
        FeedPaper(each, BEGUN + timedelta(hours=number), BEGUN)
        for number, each in enumerate(papers() if owed is None else owed)
    ]
    return compose_feed(WATCH, None, came, begun=BEGUN, **facts)


def rendered(feed: Feed) -> str:
    return Renderer(TEMPLATES).page("feed.xml", feed=feed)


def text_of(entry: Any) -> str:
    """The words of an entry as a reader shows them."""
    return " ".join(re.sub(r"<[^>]+>", " ", entry.content[0].value).split())


def test_a_feed_is_atom_with_what_the_standard_asks_for() -> None:
    feed = feed_of(address="https://example.org/feeds/")
    page: Any = lxml.etree.fromstring(rendered(feed).encode())
    for element in (page, *page.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert element.findtext(f"{ATOM}id")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(element.findtext(f"{ATOM}updated")))
    links: dict[Any, Any] = {link.get("rel"): link.get("href") for link in page.findall(f"{ATOM}link")}
    assert links == {"self": "https://example.org/feeds/ketamine-depression.atom"}
    ids = [entry.findtext(f"{ATOM}id") for entry in page.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) == len(papers())
    assert all(entry.find(f"{ATOM}link").get("rel") == "alternate" for entry in page.findall(f"{ATOM}entry"))


def test_a_feed_reader_shows_the_result_before_the_conclusion_and_knows_the_topics() -> None:
    read = feedparser.parse(rendered(feed_of()))
    assert not read.bozo
    [entry] = [each for each in read.entries if each.id.endswith("/99100001/")]
    words = text_of(entry)
    assert words.index("-1.9 points") < words.index("Authors’ conclusion: “Esketamine was not superior")
    assert "174 participants" in words
    assert {tag.term for tag in entry.tags} == {"efficacy", "safety", "treatment_resistance"}
    assert entry.title.startswith("[Industry] ")
    [protocol] = [each for each in read.entries if each.id.endswith("/99100013/")]
    assert [tag.label for tag in protocol.tags if tag.term == "elsewhere"] == [
        "Protocols, comments and notices"
    ]
    assert "Result:" not in text_of(protocol)


def test_a_retracted_paper_says_so_in_its_title_and_is_no_finding() -> None:
    owed = papers()[0]
    told = NoticeFacts(owed.paper.pmid, "RetractionIn", 99100900, "4 March 2026")
    later = BEGUN + timedelta(days=9)
    came = FeedPaper(owed, BEGUN, later, (told,))
    before, after = (
        compose_feed(WATCH, None, [each], begun=BEGUN) for each in (replace(came, notices=()), came)
    )
    [entry] = feedparser.parse(rendered(after)).entries
    assert entry.title.startswith("RETRACTED: ")
    assert "Result" not in text_of(entry)
    assert "https://pubmed.ncbi.nlm.nih.gov/99100900/" in entry.content[0].value
    assert (after.entries[0].updated, after.id, after.updated) == (later, before.id, later)
    assert "Result" in text_of(feedparser.parse(rendered(before)).entries[0])


def test_nothing_that_a_record_says_becomes_markup_or_a_template() -> None:
    page = rendered(feed_of(hostile()))
    read = feedparser.parse(page, sanitize_html=False)
    assert not read.bozo
    assert len(read.entries) == len(HOSTILE_TITLES)
    for entry in read.entries:
        content: Any = lxml.etree.fromstring(f"<div>{entry.content[0].value}</div>".encode())
        assert {element.tag for element in content.iter()} <= {
            "div",
            "p",
            "a",
            "blockquote",
            "strong",
            "mark",
        }
        assert all(link.get("href").startswith("https://") for link in content.iter("a"))
        assert not [name for element in content.iter() for name in element.attrib if name.startswith("on")]
    assert "49" not in [entry.title for entry in read.entries]
    assert any("{{ 7*7 }}" in entry.title for entry in read.entries)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08]", page)


def test_an_empty_feed_is_as_old_as_its_watch() -> None:
    feed = feed_of(())
    assert feed.updated == BEGUN
    assert not feedparser.parse(rendered(feed)).bozo


@pytest.fixture
def watched(tmp_path: Path) -> Any:
    with world(tmp_path, today="2026-03-08") as made:
        yield made


def test_run_writes_the_feeds_after_a_look_and_touches_no_file_without_news(watched: World) -> None:
    folder = watched.folder / "www"
    watched.environment["LITWATCH_FEEDS__FOLDER"] = str(folder)
    assert watched.run("2026-03-08T07:05:00Z").code == 0
    names = {path.name for path in folder.iterdir()}
    assert {"ketamine-depression.atom", "ketamine-depression.efficacy.atom"} <= names
    assert len(names) == 14
    whole, efficacy = (
        feedparser.parse((folder / f"ketamine-depression{end}.atom").read_bytes())
        for end in ("", ".efficacy")
    )
    assert {each.id for each in efficacy.entries} < {each.id for each in whole.entries}
    assert all("efficacy" in {tag.term for tag in each.tags} for each in efficacy.entries)
    at = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = watched.litwatch("feeds")
    assert (again.code, again.out) == (0, "")
    assert "the feeds are as they were" in again.err
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == at
    watched.run("2026-03-10T07:05:00Z")
    newer = feedparser.parse((folder / "ketamine-depression.atom").read_bytes())
    assert (newer.feed.id, len(newer.entries) > len(whole.entries)) == (whole.feed.id, True)
    assert {each.id: each.updated for each in whole.entries}.items() <= {
        each.id: each.updated for each in newer.entries
    }.items()


def test_a_folder_that_cannot_be_written_fails_the_run_and_mail_goes_out(watched: World) -> None:
    (watched.folder / "file").write_text("in the way")
    watched.environment["LITWATCH_FEEDS__FOLDER"] = str(watched.folder / "file" / "www")
    watched.run("2026-03-08T07:05:00Z")
    done = watched.run("2026-03-09T07:05:00Z")
    assert done.code == 1
    assert "feeds: " in done.err + done.out
    assert len(watched.mails()) == 1


def test_feeds_needs_a_folder_and_writes_to_the_one_named(watched: World) -> None:
    nowhere = watched.litwatch("feeds")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "--output" in nowhere.err
    assert "there is no store yet" in watched.litwatch("feeds", "--output", "www").err
    watched.run("2026-03-08T07:05:00Z")
    done = watched.litwatch("feeds", "--output", "www", "--watch", "ketamine-depression", "--json")
    assert done.code == 0
    assert len(done.objects()[0]["written"]) == 14
