"""Composes a digest: what stands in it, where, and in which order; nothing that is owed is ever left out.

Owns the Digest and what its subject says. Never renders, never reads a store, a file or a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from litwatch.decide.alerts import GRAVE, Alert, NoticeFacts, Told, alert_kind, alerts
from litwatch.decide.cards import Card, DigestPaper
from litwatch.decide.facts import (
    SearchFacts,
    SubscriptionFacts,
    Topic,
    WatchFacts,
    label,
    leads_of,
    watch_facts,
)
from litwatch.decide.glance import DesignCount, GlanceRow, designs, glance, new_ones, primary_trial
from litwatch.decide.one_card import on_one_card, sent_before, with_merged, with_versions
from litwatch.decide.ordering import ORDER_IN_WORDS, elsewhere, is_guideline
from litwatch.decide.related import Earlier, Version
from litwatch.decide.sections import (
    IndexRow,
    SectionOfCards,
    SectionOfTitles,
    index_by_topic,
    section_of,
    sections_of_cards,
    sections_of_titles,
)

__all__ = [
    "Alert",
    "Card",
    "Digest",
    "DigestPaper",
    "Earlier",
    "NoticeFacts",
    "SearchFacts",
    "SubscriptionFacts",
    "Topic",
    "Version",
    "WatchFacts",
    "compose",
    "watch_facts",
]


@dataclass(frozen=True, slots=True)
class Counts:
    """What the subject and the first sentence say.

    `new` are all papers but those withdrawn, notices told in the alerts, and those shown `again` (now with
    abstract); `in_sections` those of them on treatment of people, `guidelines` among these. `randomised` are the
    randomised trials in people among them (secondary analyses are not trials anew), `randomised_on_treatment`
    those of them in the sections on treatment. `retractions_of_sent` and `concerns_of_sent` are those about papers
    that this reader was sent.
    """

    new: int
    again: int
    randomised: int
    randomised_on_treatment: int
    late: int
    in_sections: int
    guidelines: int
    retractions: int
    retractions_of_sent: int
    concerns: int
    concerns_of_sent: int
    corrections: int


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest, ready to be rendered.

    `state`: quiet (PubMed was searched well since the last digest, and nothing matches that was not told but for what
    it has never given), failed (PubMed was not searched), normal (all else).

    `folded`: papers that stand on the card of another version of theirs. `guidelines`: those on treatment, as
    they stand.
    """

    state: str
    watch: WatchFacts
    subscription: SubscriptionFacts
    search: SearchFacts
    now: datetime
    counts: Counts
    alerts: tuple[Alert, ...]
    corrections: tuple[Alert, ...]
    glance: tuple[GlanceRow, ...]
    designs: tuple[DesignCount, ...]
    sections: tuple[SectionOfCards, ...]
    elsewhere: tuple[SectionOfTitles, ...]
    index: tuple[IndexRow, ...]
    order_in_words: str = ORDER_IN_WORDS
    left_out_of_html: int = 0
    folded: frozenset[int] = frozenset()
    guidelines: tuple[int, ...] = ()

    @property
    def wishes(self) -> tuple[str, ...]:
        """What this reader asked for beyond the usual, each a phrase."""
        reader = self.subscription
        if reader.detail == "brief":
            wishes = ["every paper by its title"]
        else:
            topics = [topic.label for topic in self.watch.topics if topic.id in reader.topics]
            designs = [label(self.watch.labels, "design", each) for each in sorted(reader.designs)]
            wishes = [
                f"these {what} in full: {', '.join(labels)}"
                for what, labels in (("topics", topics), ("study designs", designs))
                if labels
            ]
        settings = [label(self.watch.labels, "setting", each) for each in sorted(reader.settings)]
        return (*wishes, *([f"beside treatment: {', '.join(settings)}"] if settings else []))

    @property
    def full_cards(self) -> int:
        """How many papers stand in it in full."""
        return sum(len(section.cards) for section in self.sections)

    @property
    def pmids(self) -> tuple[int, ...]:
        """Every paper that it holds, alerts of owed papers and owed notices among them, each once, ascending."""
        found = {alert.pmid for alert in self.alerts if alert.owed} | self.folded
        for alert in (*self.alerts, *self.corrections):
            if alert.notice_owed and alert.notice_pmid:
                found.add(alert.notice_pmid)
        for section in self.sections:
            found.update(each.pmid for each in section.titles)
            found.update(section.beyond)
        for titles in self.elsewhere:
            for group in titles.groups:
                found.update(each.pmid for each in group.lines)
                found.update(group.beyond)
        return tuple(sorted(found))


def compose(
    papers: Sequence[DigestPaper],
    notices: Sequence[NoticeFacts],
    weeks: Mapping[str, Sequence[int]],
    *,
    watch: WatchFacts,
    subscription: SubscriptionFacts,
    search: SearchFacts,
    now: datetime,
    told: Collection[Told] = (),
) -> Digest:
    """What a digest of everything that is owed holds.

    `papers`: every owed paper, in any order. `notices`: every notice owed, and every known retraction or
    concern of an owed paper. `weeks`: lead topic id -> arrivals in each of the last twelve weeks, oldest
    first. `told`: the notices about these papers, or by these records, that the reader has had already. Each paper
    has one place; one that is retracted or under an expression of concern stands in the
    alerts only, and so does the record of a notice that an alert or a correction tells. Versions of
    one paper have one place; a version of a paper that this reader was sent is told among the corrections only.
    """
    once = {owed.paper.pmid: owed for owed in papers}
    befell = with_merged(alerts(tuple(once.values()), notices, told), once)
    grave = tuple(alert for alert in befell if alert.kind in GRAVE)
    withdrawn = {alert.pmid for alert in grave}
    of_notices = {alert.notice_pmid for alert in befell if alert.notice_owed}
    left = [owed for pmid, owed in once.items() if pmid not in withdrawn | of_notices]
    # Where the reader has heard of the new version before its record came, it stands as what it is: a paper.
    heard = {(pmid, number) for pmid, kind, number in told if alert_kind(kind) == "version"}
    again = [
        (owed, sent)
        for owed in left
        if (sent := sent_before(owed)) and (sent.pmid, owed.paper.pmid) not in heard
    ]
    had = {owed.paper.pmid for owed, _ in again}
    standing, folded = on_one_card([owed for owed in left if owed.paper.pmid not in had])
    befell = with_versions(befell, again, standing)
    minor = tuple(alert for alert in befell if alert.kind not in GRAVE)
    corrected = {alert.pmid for alert in minor if alert.kind == "correction"}
    corrected |= {pmid for pmid, kind, _ in told if alert_kind(kind) == "correction"}
    corrected |= {
        owed.paper.pmid for owed in standing if any(each.pmid in corrected for each in owed.versions)
    }

    leads = leads_of(watch)
    topic_ids = tuple(topic.id for topic in watch.topics)
    places: dict[str, list[DigestPaper]] = {}
    for owed in standing:
        place = elsewhere(owed, topic_ids, subscription.settings) or section_of(
            owed, leads, subscription.topics
        )
        places.setdefault(place, []).append(owed)
    sections = sections_of_cards(places, leads, watch, subscription, corrected)
    recommending = {owed.paper.pmid for owed in standing if is_guideline(owed)}
    return Digest(
        state=_state(search, subscription, something=bool(standing or befell)),
        watch=watch,
        subscription=subscription,
        search=search,
        now=now,
        counts=_counts(standing, sections, befell),
        alerts=grave,
        corrections=minor,
        glance=glance(leads, sections, standing, weeks) if standing else (),
        designs=designs(standing, watch.labels),
        sections=sections,
        elsewhere=sections_of_titles(places, watch.labels),
        index=index_by_topic(watch, sections, standing),
        folded=folded,
        guidelines=tuple(
            each.pmid for section in sections for each in section.titles if each.pmid in recommending
        ),
    )


def _state(search: SearchFacts, subscription: SubscriptionFacts, *, something: bool) -> str:
    if search.failed or search.not_searched_since is not None:
        return "failed"
    begin = subscription.period_start
    searched = search.last_searched is not None and (begin is None or search.last_searched > begin)
    doubtful = search.awaited or search.held or search.reason or search.fates_unasked
    return "quiet" if searched and not (something or doubtful) else "normal"


def _counts(
    standing: Sequence[DigestPaper], sections: Iterable[SectionOfCards], told: Iterable[Alert]
) -> Counts:
    told = tuple(told)
    kinds = [alert.kind for alert in told]
    kinds_of_sent = [alert.kind for alert in told if alert.sent_at]
    shown = {each.pmid for section in sections for each in section.titles}
    new = new_ones(standing)
    return Counts(
        new=len(new),
        again=len(standing) - len(new),
        randomised=sum(map(primary_trial, new)),
        randomised_on_treatment=sum(primary_trial(owed) for owed in new if owed.paper.pmid in shown),
        late=sum(owed.arrival == "late" for owed in new),
        in_sections=sum(owed.paper.pmid in shown for owed in new),
        guidelines=sum(is_guideline(owed) for owed in new if owed.paper.pmid in shown),
        retractions=kinds.count("retraction"),
        retractions_of_sent=kinds_of_sent.count("retraction"),
        concerns=kinds.count("concern"),
        concerns_of_sent=kinds_of_sent.count("concern"),
        corrections=kinds.count("correction"),
    )
