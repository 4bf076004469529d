"""What a digest is made for, and what makes words of it; known before there is anything to compose.

Owns these two types. Never composes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from litwatch.edge.config import Subscriber, SubscriptionSetting

if TYPE_CHECKING:
    from litwatch.decide.digest import Digest
    from litwatch.edge.render import Rendered


class Renders(Protocol):
    """Turns a digest into words."""

    def render(self, digest: Digest) -> Rendered:
        """Subject, text and HTML."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Whose digest, for which period, since when, and since when PubMed was not searched (None: it was)."""

    subscriber: Subscriber
    setting: SubscriptionSetting
    period: str
    begun: datetime
    """When the subscription began or resumed: what arrived from then on is owed."""
    start: datetime
    """When its last digest was claimed, or `begun`."""
    not_searched_since: datetime | None = None
