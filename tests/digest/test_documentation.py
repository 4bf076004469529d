"""docs/templates.md names every value and filter that templates get.

Owns that comparison. Never renders.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from litwatch.cli.explain import page as explain_page
from litwatch.decide import alerts, badges, cards, digest, facts, feeds, glance, quoting, related, sections
from litwatch.edge.render.filters import FILTERS
from litwatch.study import account

DOCUMENT = Path(__file__).parent.parent.parent / "docs/templates.md"
TEXT = DOCUMENT.read_text("utf-8")
OF_A_DIGEST: tuple[type, ...] = (
    digest.Digest, facts.WatchFacts, facts.Topic, facts.SubscriptionFacts, facts.SearchFacts, facts.Ledger,
    digest.Counts, alerts.Alert, glance.GlanceRow, glance.DesignCount, sections.SectionOfCards,
    sections.SectionOfTitles, sections.Group, sections.IndexRow, sections.Pointer, cards.Card, cards.Line,
    quoting.Quote, quoting.Piece, badges.Badge, cards.Reason, related.Earlier, related.Version, related.Thread,
    feeds.Feed, feeds.Entry,
)  # fmt: skip
TYPES: tuple[type, ...] = (
    *OF_A_DIGEST, explain_page.Page, explain_page.PageQuery, explain_page.PagePaper, explain_page.PageTree,
    explain_page.PageRow, explain_page.PagePlace, explain_page.PageFacet, explain_page.PageEntry, account.Row,
)  # fmt: skip


@pytest.mark.parametrize("value", TYPES, ids=lambda value: str(value.__name__))
def test_every_value_of_the_context_is_documented_and_nothing_else(value: type) -> None:
    section = re.search(rf"^### {value.__name__}\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert section
    documented = re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE)
    expected = {each.name for each in fields(value)}
    expected |= {name for name, each in vars(value).items() if isinstance(each, property)}
    assert sorted(documented) == sorted(expected)


def in_words(annotation: str) -> str:
    """A type as the document writes it."""
    words = {
        "str": "text",
        "int": "number",
        "float": "number",
        "bool": "yes or no",
        "datetime": "time",
        "Labels": "table",
        "Mapping[str, int]": "text -> number",
    }
    optional = annotation.endswith(" | None")
    annotation = annotation.removesuffix(" | None")
    held = re.fullmatch(r"(tuple|frozenset)\[(\w+)(?:, \.\.\.)?\]", annotation)
    if held:
        kind = "set" if held[1] == "frozenset" else "list"
        inner = {"str": "texts", "int": "numbers"}.get(held[2], held[2])
        return f"{kind} of {inner}" + ("?" if optional else "")
    return words.get(annotation, annotation) + ("?" if optional else "")


@pytest.mark.parametrize("value", OF_A_DIGEST, ids=lambda value: str(value.__name__))
def test_the_type_of_every_value_of_a_digest_is_as_documented(value: type) -> None:
    section = re.search(rf"^### {value.__name__}\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert section
    documented = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", section[1], re.MULTILINE))
    expected = {each.name: in_words(str(each.type)) for each in fields(value)}
    assert {name: documented[name] for name in expected} == expected


def test_every_filter_is_documented_and_nothing_else() -> None:
    documented = re.findall(r"^\| `(\w+)", TEXT[TEXT.index("## Filters") :], re.MULTILINE)
    assert sorted(documented) == sorted(FILTERS)


def test_every_template_is_documented_and_nothing_else() -> None:
    table = TEXT[TEXT.index("## The files") : TEXT.index("## Trying a change")]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(.+?)`", row)
    }
    assert named == {path.name for path in (DOCUMENT.parent.parent / "templates").iterdir()}
