"""docs/templates.md names every value and filter that templates get.

Owns that comparison. Never renders.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from litwatch.cli.explain import page as explain_page
from litwatch.decide import alerts, badges, cards, digest, facts, glance, related, sections
from litwatch.edge.render.filters import FILTERS
from litwatch.study import account

TEXT = (Path(__file__).parent.parent.parent / "docs/templates.md").read_text("utf-8")
TYPES: tuple[type, ...] = (
    digest.Digest, facts.WatchFacts, facts.Topic, facts.SubscriptionFacts, facts.SearchFacts, facts.Ledger,
    digest.Counts, alerts.Alert, glance.GlanceRow, glance.DesignCount, sections.SectionOfCards,
    sections.SectionOfTitles, sections.Group,
    sections.IndexRow, sections.Pointer, cards.Card, cards.Line, cards.Quote, cards.Piece, badges.Badge,
    cards.Reason, related.Earlier, related.Version, related.Thread, explain_page.Page,
    explain_page.PageQuery, explain_page.PagePaper,
    explain_page.PageTree, explain_page.PageRow, explain_page.PagePlace, explain_page.PageFacet,
    explain_page.PageEntry, account.Row,
)  # fmt: skip


@pytest.mark.parametrize("value", TYPES, ids=lambda value: str(value.__name__))
def test_every_value_of_the_context_is_documented_and_nothing_else(value: type) -> None:
    section = re.search(rf"^### {value.__name__}\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert section
    documented = re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE)
    expected = {each.name for each in fields(value)}
    expected |= {name for name, each in vars(value).items() if isinstance(each, property)}
    assert sorted(documented) == sorted(expected)


def test_every_filter_is_documented_and_nothing_else() -> None:
    documented = re.findall(r"^\| `(\w+)", TEXT[TEXT.index("## Filters") :], re.MULTILINE)
    assert sorted(documented) == sorted(FILTERS)
