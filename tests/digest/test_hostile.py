"""What a record may hold and must not do: each attack in every text of it, and the mail that comes of it parsed back.

Owns these attacks. Never judges how they look.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import lxml.html
import pytest

from digest.samples import HERE, READER, TEMPLATES, digest, made_up
from litwatch.decide.digest import NoticeFacts
from litwatch.decide.related import report_of, version_of
from litwatch.edge.message import Mail, message_bytes
from litwatch.edge.render import Renderer
from litwatch.paper import Paper
from litwatch.sandbox.timeline import SHIPPED
from world import read_mail, world

ATTACKS: dict[str, str] = tomllib.loads((HERE / "attacks.toml").read_text("utf-8"))["attack"]
ATTACKS |= {"100 KB of words": "ketamine " * 12_000, "100 KB without a blank": "W" * 100_000}
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted", "MIME-Version",
    "Content-Type", "Content-Language", "Precedence",
}  # fmt: skip
#: All that our own templates write.
TAGS = {
    "html", "head", "meta", "title", "style", "body", "table", "caption", "thead", "tbody", "tr", "th", "td", "div",
    "p", "h1", "h2", "h3", "a", "span", "strong", "br", "ul", "li", "blockquote", "mark",
}  # fmt: skip
SHOWN_BADLY = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def mail_of(attack: str) -> EmailMessage:
    """A digest in which every text is the attack, as a mail program reads it from the wire."""
    owed = made_up(
        {
            "pmid": 99300001,
            "title": attack,
            "journal": attack,
            "date": attack[:60],
            "authors": [f"{attack[:300]} X"],
            "design": "rct",
            "participants": 60,
            "result": attack + " was found.",
            "harm": attack + " harmed.",
            "conclusion": attack + " works.",
            "dose": [attack],
            "registrations": [attack[:200], "NCT12345678"],
            "doi": attack[:200],
            "pmcid": attack[:200],
            "tags": {"efficacy": ["found"], "safety": ["harmed"]},
        }
    )
    sent = datetime(2026, 1, 12, tzinfo=UTC)
    old = Paper(pmid=99300005, title=attack, journal=attack, publication_date=attack, doi=attack)
    owed = replace(
        owed,
        failure=attack,
        paper=replace(owed.paper, publication_date=attack),
        earlier=(report_of(replace(old, pmid=99300002), attack[:200], sent_at=sent),),
        versions=(version_of(replace(old, pmid=99300003)),),
    )
    other = replace(owed, paper=replace(owed.paper, pmid=99300004), findings=None)
    notice = NoticeFacts(99300005, "RetractionIn", None, attack, attack, paper=old, sent_at=sent)
    made = digest(
        (owed, other),
        (notice,),
        watch=replace(digest().watch, title=attack),
        subscription=replace(READER, name=attack[:60]),
    )
    rendered = Renderer(TEMPLATES).render(made)
    return read_mail(
        message_bytes(
            Mail(
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
                sender="litwatch@example.org",
                recipient="you@example.org",
                message_id="<litwatch.0123@example.org>",
                date=datetime(2026, 3, 9, 7, 5, tzinfo=UTC),
                list_id="ketamine.litwatch.example.org",
                list_unsubscribe=("mailto:litwatch@example.org?subject=unsubscribe",),
            )
        )
    )


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Text and HTML."""
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    text, html = (part.get_content() for part in mail.iter_parts() if isinstance(part, EmailMessage))
    return str(text).replace("\r\n", "\n"), str(html).replace("\r\n", "\n")


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_reaches_no_header_no_markup_and_no_template_engine(name: str) -> None:
    attack = ATTACKS[name]
    mail = mail_of(attack)
    assert set(mail.keys()) <= HEADERS
    assert len(mail.keys()) == len(set(mail.keys()))
    assert [each.addr_spec for each in mail["To"].addresses] == ["you@example.org"]
    assert [each.addr_spec for each in mail["From"].addresses] == ["litwatch@example.org"]
    for value in mail.values():
        assert not SHOWN_BADLY.search(str(value))
    text, html = parts(mail)
    assert not SHOWN_BADLY.search(text + html)
    assert len(html.encode()) <= 102_000
    page: Any = lxml.html.document_fromstring(html)
    for element in page.iter():
        assert element.tag in TAGS, element.tag
        assert not [key for key in element.attrib if key.lower().startswith("on")]
        assert element.get("href", "#").startswith(("https://", "mailto:", "#"))
        assert "url(" not in element.get("style", "").lower()
    assert len(page.xpath("//h1")) == 1
    links = set(page.xpath("//a/@href"))
    assert {f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" for pmid in (99300001, 99300004, 99300005)} <= links
    assert not [link for link in links if "evil.example" in link and not link.startswith("https://doi.org/")]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a script", "<script>alert('x')</script> ketamine"),
        ("a Jinja expression", "{{ 7*7 }} {% for x in y %}{{ x.__class__ }}{% endfor %} ketamine"),
        ("emoji of several code points", "ketamine \N{GRINNING FACE} \N{WOMAN}\u200d\N{PERSONAL COMPUTER}"),
        ("a header behind a line break", "ketamine Bcc: victim@evil.example"),
        ("reading order overridden", "ketamine desrever eno"),
    ],
)
def test_what_cannot_harm_is_shown_as_it_stands(name: str, shown: str) -> None:
    text, html = parts(mail_of(ATTACKS[name]))
    assert shown in " ".join(text.split())
    page: Any = lxml.html.document_fromstring(html)
    assert shown in [" ".join(title.text_content().split()) for title in page.xpath("//h3")]


def test_a_day_of_hostile_records_goes_from_pubmed_to_a_whole_mail(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(SHIPPED, corpus)
    attacks = [attack for attack in ATTACKS.values() if attack.isprintable() and len(attack) < 1000]
    waiting = iter([*attacks, "ketamine " * 12_000, "W" * 100_000])
    for path in sorted(corpus.glob("madeup-2026*.xml"), reverse=True):  # the newest are mailed
        replaced = re.sub(
            r"(<ArticleTitle>)([^<]*)",
            lambda found: found[1] + escape(next(waiting, found[2])),
            path.read_text("utf-8"),
        )
        path.write_text(replaced, "utf-8")
    assert next(waiting, None) is None
    with world(tmp_path / "here", corpus, today="2026-03-28") as here:
        assert here.run("2026-03-28T07:05:00Z").code == 0
        assert here.run("2026-03-30T07:05:00Z").code == 0
        [mail] = here.mails()
    text, html = parts(mail)
    assert "<script>alert('x')</script> ketamine" in " ".join(text.split())
    page: Any = lxml.html.document_fromstring(html)
    assert {element.tag for element in page.iter()} <= TAGS
    assert all(link.startswith(("https://", "mailto:", "#")) for link in page.xpath("//a/@href"))
    assert not SHOWN_BADLY.search(text + html)
