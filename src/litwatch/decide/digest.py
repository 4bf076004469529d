"""Composes a digest: what stands in it, where, and in which order; nothing that is owed is ever left out.

Owns the Digest and what it is made of. Never renders, never reads a store, a file or a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from litwatch.decide.alerts import Alert, NoticeFacts, alerts
from litwatch.decide.cards import (
    Card,
    DigestPaper,
    Earlier,
    Labels,
    Line,
    Quote,
    Topic,
    card,
    label,
    line,
    quote,
)
from litwatch.decide.ordering import ELSEWHERE, LEADS, ORDER_IN_WORDS, Lead, elsewhere, order_key
from litwatch.study.facets import Rules

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
    "WatchFacts",
    "compose",
    "shorten",
    "watch_facts",
]

#: Full cards in one mail, unless the subscription says otherwise.
FULL_CARDS = 7
#: The id of the section of papers without a lead topic.
OTHER = "other"
#: Levels of a bar; the lowest is nothing at all.
BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class WatchFacts:
    """A watch as its digest speaks of it. `labels`: facet name -> entry id -> what it is called."""

    name: str
    title: str
    topics: tuple[Topic, ...]
    labels: Labels = field(default_factory=dict)
    leads: tuple[Lead, ...] = LEADS


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """Who reads, and what they asked for. Times are aware UTC; `time_zone` is the reader's (IANA name).

    `topics` empty: all; otherwise papers without a chosen topic are listed by title. `unsubscribe` is a
    mailto or https address. `operator` is whom to tell when no mail comes.
    """

    address: str
    name: str = ""
    topics: frozenset[str] = frozenset()
    limit: int = FULL_CARDS
    frequency: str = "weekly"
    time_zone: str = "UTC"
    period_id: str = ""
    period_start: datetime | None = None
    period_end: datetime | None = None
    next_due: datetime | None = None
    operator: str = ""
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """The receipt: what was asked of PubMed and what came back; None where it is not known.

    `not_searched_since`: the last good search, where PubMed has not been searched in this period (with
    `failed` true also where it never was). `new` and `late` count the period's arrivals in the watch.
    """

    last_searched: datetime | None = None
    searches: int | None = None
    matches: int | None = None
    new: int | None = None
    late: int | None = None
    wanted: tuple[int, ...] = ()
    held: int = 0
    balanced: bool | None = None
    query: str = ""
    translation: str = ""
    failed: bool = False
    not_searched_since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the subject and the first sentence say. `new` is every paper in the mail that stands as a finding."""

    new: int
    randomised: int
    late: int
    in_sections: int
    retractions: int
    concerns: int
    corrections: int


@dataclass(frozen=True, slots=True)
class GlanceRow:
    """One lead section in figures; `weeks` are twelve counts, oldest first (empty: not known), `bars` the same drawn."""

    id: str
    heading: str
    new: int
    randomised: int
    weeks: tuple[int, ...]
    bars: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """A paper whose card or line stands elsewhere in the mail; `quote` is its harm, in a section on harms."""

    pmid: int
    title: str
    has_card: bool
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class SectionOfCards:
    """Papers in full, then papers by title, then pointers to papers of this topic that stand elsewhere.

    `papers` counts cards, lines and pointers that have this topic; `beyond` are PMIDs that only the text part lists.
    """

    id: str
    heading: str
    papers: int
    cards: tuple[Card, ...]
    lines: tuple[Line, ...]
    also: tuple[Pointer, ...] = ()
    beyond: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a small heading ("" where the section needs none)."""

    label: str
    lines: tuple[Line, ...]
    beyond: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionOfTitles:
    """Papers by title, in groups."""

    id: str
    heading: str
    papers: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A topic and the papers of this mail that have it, as they stand in it."""

    topic: Topic
    papers: tuple[Pointer, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest, ready to be rendered. `state` is normal, quiet (nothing to tell) or failed (not searched)."""

    state: str
    watch: WatchFacts
    subscription: SubscriptionFacts
    search: SearchFacts
    now: datetime
    counts: Counts
    alerts: tuple[Alert, ...]
    corrections: tuple[Alert, ...]
    glance: tuple[GlanceRow, ...]
    sections: tuple[SectionOfCards, ...]
    elsewhere: tuple[SectionOfTitles, ...]
    index: tuple[IndexRow, ...]
    order_in_words: str = ORDER_IN_WORDS
    left_out_of_html: int = 0

    @property
    def full_cards(self) -> int:
        """How many papers stand in it in full."""
        return sum(len(section.cards) for section in self.sections)

    @property
    def pmids(self) -> tuple[int, ...]:
        """Every paper that it holds, alerts of owed papers among them, each once, ascending."""
        found = {alert.pmid for alert in self.alerts if alert.owed}
        for section in self.sections:
            found.update(each.pmid for each in (*section.cards, *section.lines))
            found.update(section.beyond)
        for titles in self.elsewhere:
            for group in titles.groups:
                found.update(each.pmid for each in group.lines)
                found.update(group.beyond)
        return tuple(sorted(found))


def watch_facts(name: str, title: str, rules: Rules) -> WatchFacts:
    """The facts of a watch from its rules: topics in their order, and every entry's label."""
    topics = rules.facet("topics")
    return WatchFacts(
        name=name,
        title=title,
        topics=tuple(Topic(entry.id, entry.label or entry.id) for entry in topics.entries) if topics else (),
        labels={facet.name: {entry.id: entry.label for entry in facet.entries} for facet in rules.facets},
    )


def compose(
    papers: Sequence[DigestPaper],
    notices: Sequence[NoticeFacts],
    weeks: Mapping[str, Sequence[int]],
    *,
    watch: WatchFacts,
    subscription: SubscriptionFacts,
    search: SearchFacts,
    now: datetime,
) -> Digest:
    """What a digest of everything that is owed holds.

    `papers`: every owed paper, in any order. `notices`: every notice owed, and every known retraction or
    concern of an owed paper. `weeks`: lead topic id -> arrivals in each of the last twelve weeks, oldest first.
    Each paper has one place; a retracted paper or one under an expression of concern stands in the alerts only.
    """
    once = {owed.paper.pmid: owed for owed in papers}
    told = alerts(tuple(once.values()), notices)
    grave = tuple(alert for alert in told if alert.kind in ("retraction", "concern"))
    minor = tuple(alert for alert in told if alert.kind not in ("retraction", "concern"))
    withdrawn = {alert.pmid for alert in grave}
    corrected = {alert.pmid for alert in minor if alert.kind == "correction"}
    standing = [owed for pmid, owed in once.items() if pmid not in withdrawn]

    leads = leads_of(watch)
    topic_ids = tuple(topic.id for topic in watch.topics)
    places: dict[str, list[DigestPaper]] = {}
    for owed in standing:
        place = elsewhere(owed, topic_ids) or _section(owed, leads, subscription.topics)
        places.setdefault(place, []).append(owed)
    sections = _sections(places, leads, watch, subscription, corrected)
    failed = search.failed or search.not_searched_since is not None
    return Digest(
        state="failed" if failed else "normal" if standing or told else "quiet",
        watch=watch,
        subscription=subscription,
        search=search,
        now=now,
        counts=_counts(standing, sections, told),
        alerts=grave,
        corrections=minor,
        glance=_glance(leads, sections, standing, weeks) if standing else (),
        sections=sections,
        elsewhere=_elsewhere(places, watch.labels),
        index=_index(watch, sections),
    )


def leads_of(watch: WatchFacts) -> tuple[Lead, ...]:
    """The leading topics that the watch has; its first three where it has none of them."""
    ids = {topic.id for topic in watch.topics}
    found = tuple(lead for lead in watch.leads if lead.topic in ids)
    return found or tuple(Lead(topic.id, topic.label) for topic in watch.topics[:3])


def _tags(owed: DigestPaper) -> frozenset[str]:
    return frozenset(owed.findings.tags) if owed.findings else frozenset()


def _section(owed: DigestPaper, leads: Sequence[Lead], chosen: frozenset[str]) -> str:
    """The first lead topic that the paper has, one that the reader chose if there is one."""
    ids = [lead.topic for lead in leads if lead.topic in _tags(owed)]
    return next((topic for topic in ids if topic in chosen), ids[0] if ids else OTHER)


def _sections(
    places: Mapping[str, Sequence[DigestPaper]],
    leads: Sequence[Lead],
    watch: WatchFacts,
    subscription: SubscriptionFacts,
    corrected: set[int],
) -> tuple[SectionOfCards, ...]:
    ordered = {
        lead.topic: sorted(
            places.get(lead.topic, ()),
            key=lambda owed, lead=lead: order_key(  # type: ignore[misc]
                owed, cohorts_rank_with_trials=lead.cohorts_rank_with_trials
            ),
        )
        for lead in leads
    }
    ordered[OTHER] = sorted(places.get(OTHER, ()), key=order_key)
    full = _in_full(ordered, subscription)
    all_of_them = [owed for papers in ordered.values() for owed in papers]
    sections = []
    for lead in (*leads, Lead(OTHER, "Other new papers")):
        own = ordered[lead.topic]
        also = _also(lead, all_of_them, {owed.paper.pmid for owed in own}, full)
        if lead.harms and subscription.topics and lead.topic not in subscription.topics:
            also = tuple(pointer for pointer in also if pointer.quote is None)
        if not own and not also:
            continue
        sections.append(
            SectionOfCards(
                id=lead.topic,
                heading=lead.heading,
                papers=len(own) + len(also),
                cards=tuple(
                    card(
                        owed,
                        watch.topics,
                        watch.labels,
                        harms=lead.harms,
                        corrected=owed.paper.pmid in corrected,
                    )
                    for owed in own
                    if owed.paper.pmid in full
                ),
                lines=tuple(line(owed, watch.labels) for owed in own if owed.paper.pmid not in full),
                also=also,
            )
        )
    return tuple(sections)


def _in_full(ordered: Mapping[str, Sequence[DigestPaper]], subscription: SubscriptionFacts) -> frozenset[int]:
    """Which papers get a card: by turns the first of each lead section, then the second; the others last."""
    turns = [
        (section == OTHER, turn, number, owed.paper.pmid)
        for number, (section, papers) in enumerate(ordered.items())
        for turn, owed in enumerate(
            owed for owed in papers if not subscription.topics or _tags(owed) & subscription.topics
        )
    ]
    return frozenset(pmid for _, _, _, pmid in sorted(turns)[: max(0, subscription.limit)])


def _also(
    lead: Lead, papers: Iterable[DigestPaper], own: set[int], full: frozenset[int]
) -> tuple[Pointer, ...]:
    found = []
    for owed in papers:
        paper, findings = owed.paper, owed.findings
        if paper.pmid in own or findings is None:
            continue
        marks = tuple(span for spans in findings.tags.values() for span in spans)
        harm = quote("Harm", paper, findings.quotes.harm, marks) if lead.harms else None
        if harm or lead.topic in findings.tags:
            found.append(Pointer(paper.pmid, paper.title or paper.vernacular_title, paper.pmid in full, harm))
    return tuple(found)


def _counts(
    standing: Sequence[DigestPaper], sections: Iterable[SectionOfCards], told: Iterable[Alert]
) -> Counts:
    kinds = [alert.kind for alert in told]
    return Counts(
        new=len(standing),
        randomised=sum(owed.findings is not None and owed.findings.design == "rct" for owed in standing),
        late=sum(owed.arrival == "late" for owed in standing),
        in_sections=sum(len(section.cards) + len(section.lines) for section in sections),
        retractions=kinds.count("retraction"),
        concerns=kinds.count("concern"),
        corrections=kinds.count("correction"),
    )


def _glance(
    leads: Sequence[Lead],
    sections: Sequence[SectionOfCards],
    standing: Sequence[DigestPaper],
    weeks: Mapping[str, Sequence[int]],
) -> tuple[GlanceRow, ...]:
    shown = {each.pmid for section in sections for each in (*section.cards, *section.lines)}
    top = max([8, *(count for counts in weeks.values() for count in counts)])
    rows = []
    for lead in leads:
        having = [owed for owed in standing if owed.paper.pmid in shown and lead.topic in _tags(owed)]
        counts = tuple(weeks.get(lead.topic, ()))
        rows.append(
            GlanceRow(
                id=lead.topic,
                heading=lead.heading,
                new=len(having),
                randomised=sum(
                    owed.findings is not None and owed.findings.design == "rct" for owed in having
                ),
                weeks=counts,
                bars="".join(BARS[0 if count <= 0 else max(1, round(count * 7 / top))] for count in counts),
            )
        )
    return tuple(rows)


def _elsewhere(places: Mapping[str, Sequence[DigestPaper]], labels: Labels) -> tuple[SectionOfTitles, ...]:
    found = []
    for section, heading in ELSEWHERE:
        papers = sorted(places.get(section, ()), key=order_key)
        grouped: dict[str, list[Line]] = {}
        for owed in papers:
            setting = owed.findings.setting if section == "settings" and owed.findings else None
            group = label(labels, "setting", setting) if setting else ""
            grouped.setdefault(group, []).append(line(owed, labels, owed.failure))
        if papers:
            groups = tuple(Group(name, tuple(grouped[name])) for name in sorted(grouped))
            found.append(SectionOfTitles(section, heading, len(papers), groups))
    return tuple(found)


def _index(watch: WatchFacts, sections: Sequence[SectionOfCards]) -> tuple[IndexRow, ...]:
    """For each topic that does not head a section, the papers in full that have it."""
    heads = {section.id for section in sections}
    rows = []
    for topic in watch.topics:
        papers = tuple(
            Pointer(each.pmid, each.title, has_card=True)
            for section in sections
            for each in section.cards
            if topic in each.topics
        )
        if papers and topic.id not in heads:
            rows.append(IndexRow(topic, papers))
    return tuple(rows)


def shorten(digest: Digest, cards: int, lines: int | None = None) -> Digest:
    """The same digest with at most `cards` papers in full and `lines` titles a list (None: all).

    The first card of each section stays longest. What is not even listed is in `beyond`, by PMID.
    """
    turns = sorted(
        (turn, number, each.pmid)
        for number, section in enumerate(digest.sections)
        for turn, each in enumerate(section.cards)
    )
    kept = {pmid for _, _, pmid in turns[:cards]}
    sections = []
    for section in digest.sections:
        titles = (*(each.line for each in section.cards if each.pmid not in kept), *section.lines)
        listed = titles[:lines]
        sections.append(
            replace(
                section,
                cards=tuple(each for each in section.cards if each.pmid in kept),
                lines=listed,
                also=tuple(replace(each, has_card=each.pmid in kept) for each in section.also)[:lines],
                beyond=(*section.beyond, *(each.pmid for each in titles[len(listed) :])),
            )
        )
    elsewhere_ = tuple(
        replace(
            titles_,
            groups=tuple(
                replace(
                    group,
                    lines=group.lines[:lines],
                    beyond=(*group.beyond, *(each.pmid for each in group.lines[len(group.lines[:lines]) :])),
                )
                for group in titles_.groups
            ),
        )
        for titles_ in digest.elsewhere
    )
    index = tuple(
        IndexRow(row.topic, papers)
        for row in digest.index
        if (papers := tuple(pointer for pointer in row.papers if pointer.pmid in kept))
    )
    left_out = sum(len(section.beyond) for section in sections) + sum(
        len(group.beyond) for titles_ in elsewhere_ for group in titles_.groups
    )
    return replace(
        digest, sections=tuple(sections), elsewhere=elsewhere_, index=index, left_out_of_html=left_out
    )
