"""The sections of a digest: what stands in full, what by title, and what is pointed to.

Owns the values that templates walk through. Never decides an order of designs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from litwatch.decide.cards import Card, DigestPaper, Line, card, first_author, line, short_quote
from litwatch.decide.facts import Labels, SubscriptionFacts, Topic, WatchFacts, label
from litwatch.decide.ordering import ELSEWHERE, GUIDELINES, OTHER, Lead, by_turns, is_guideline, order_key
from litwatch.decide.quoting import Quote, harm_quote

#: Papers of other settings with one of these topics are quoted.
QUOTED_TOPICS = frozenset({"efficacy", "safety"})


@dataclass(frozen=True, slots=True)
class Pointer:
    """A paper that stands elsewhere in the mail (`here`: there is a place to jump to).

    `quote` is its harm, in a section on harms. `author`: the first one's name.
    """

    pmid: int
    title: str
    here: bool = True
    quote: Quote | None = None
    author: str = ""


@dataclass(frozen=True, slots=True)
class SectionOfCards:
    """Papers in full, then papers by title, then pointers to papers of this topic that stand elsewhere.

    `papers` counts them all; `beyond` are PMIDs that only the text part lists.
    """

    id: str
    heading: str
    papers: int
    cards: tuple[Card, ...]
    lines: tuple[Line, ...]
    also: tuple[Pointer, ...] = ()
    beyond: tuple[int, ...] = ()

    @property
    def titles(self) -> tuple[Line, ...]:
        """Every paper that has its place here, by its title, as it stands."""
        return (*(each.line for each in self.cards), *self.lines)


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
    """A topic and the papers of this mail that have it, as they stand in it.

    `count` are all of them; a page that was made shorter points to fewer.
    """

    topic: Topic
    papers: tuple[Pointer, ...]
    count: int


def tags_of(owed: DigestPaper) -> frozenset[str]:
    return frozenset(owed.findings.tags) if owed.findings else frozenset()


def section_of(owed: DigestPaper, leads: Sequence[Lead], chosen: frozenset[str]) -> str:
    """The first lead topic that the paper has, one that the reader chose if there is one; else where guidelines
    stand, or all other papers."""
    ids = [lead.topic for lead in leads if lead.topic in tags_of(owed)]
    none = GUIDELINES if is_guideline(owed) else OTHER
    return next((topic for topic in ids if topic in chosen), ids[0] if ids else none.topic)


def sections_of_cards(
    places: Mapping[str, Sequence[DigestPaper]],
    leads: Sequence[Lead],
    watch: WatchFacts,
    subscription: SubscriptionFacts,
    corrected: set[int],
) -> tuple[SectionOfCards, ...]:
    named = {lead.topic for lead in leads}
    every = (
        *(() if GUIDELINES.topic in named else (GUIDELINES,)),
        *leads,
        *(() if OTHER.topic in named else (OTHER,)),
    )
    ordered = {
        lead.topic: sorted(
            places.get(lead.topic, ()),
            key=partial(order_key, cohorts_rank_with_trials=lead.cohorts_rank_with_trials),
        )
        for lead in every
    }
    full = _in_full(ordered, subscription)
    all_of_them = [owed for papers in ordered.values() for owed in papers]
    sections = []
    for lead in every:
        own = ordered[lead.topic]
        also = _also(lead, all_of_them, {owed.paper.pmid for owed in own})
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
                        turn=full[owed.paper.pmid],
                    )
                    for owed in own
                    if owed.paper.pmid in full
                ),
                lines=tuple(
                    line(owed, watch.labels, words=short_quote(owed, harms=lead.harms))
                    for owed in own
                    if owed.paper.pmid not in full
                ),
                also=also,
            )
        )
    return tuple(sections)


def _in_full(ordered: Mapping[str, Sequence[DigestPaper]], subscription: SubscriptionFacts) -> dict[int, int]:
    """Which papers get a card, with the turn in their section: the first of each lead, then the second.

    Guidelines come before all, the papers of no lead last. In a section syntheses take turns with primary studies.
    """
    turns = [
        (not is_guideline(owed), section == OTHER.topic, turn, number, owed.paper.pmid)
        for number, (section, papers) in enumerate(ordered.items())
        for turn, owed in enumerate(
            by_turns([owed for owed in papers if _wanted_in_full(owed, subscription)])
        )
    ]
    limit = 0 if subscription.detail == "brief" else max(0, subscription.limit)
    return {pmid: turn for _, _, turn, _, pmid in sorted(turns)[:limit]}


def _wanted_in_full(owed: DigestPaper, subscription: SubscriptionFacts) -> bool:
    """Whether it has a topic and the design that the reader chose."""
    design = owed.findings.design if owed.findings else None
    return (not subscription.topics or bool(tags_of(owed) & subscription.topics)) and (
        not subscription.designs or design in subscription.designs
    )


def _also(lead: Lead, papers: Iterable[DigestPaper], own: set[int]) -> tuple[Pointer, ...]:
    found = []
    for owed in papers:
        paper, findings = owed.paper, owed.findings
        if paper.pmid in own or findings is None:
            continue
        marks = tuple(span for spans in findings.tags.values() for span in spans)
        harm = harm_quote(paper, findings, marks) if lead.harms else None
        if harm or lead.topic in findings.tags:
            found.append(Pointer(paper.pmid, paper.title or paper.vernacular_title, quote=harm))
    return tuple(found)


def sections_of_titles(
    places: Mapping[str, Sequence[DigestPaper]], labels: Labels
) -> tuple[SectionOfTitles, ...]:
    found = []
    for section, heading in ELSEWHERE:
        papers = sorted(places.get(section, ()), key=order_key)
        grouped: dict[str, list[Line]] = {}
        for owed in papers:
            setting = owed.findings.setting if section == "settings" and owed.findings else None
            group = label(labels, "setting", setting) if setting else ""
            words = short_quote(owed) if section == "settings" and tags_of(owed) & QUOTED_TOPICS else None
            grouped.setdefault(group, []).append(line(owed, labels, owed.failure, words))
        if papers:
            groups = tuple(Group(name, tuple(grouped[name])) for name in sorted(grouped))
            found.append(SectionOfTitles(section, heading, len(papers), groups))
    return tuple(found)


def index_by_topic(
    watch: WatchFacts, sections: Sequence[SectionOfCards], papers: Iterable[DigestPaper]
) -> tuple[IndexRow, ...]:
    """For each topic that does not head a section, the papers of the sections that have it, as they stand."""
    heads = {section.id for section in sections}
    known = {owed.paper.pmid: owed for owed in papers}
    places = [each for section in sections for each in section.titles]
    rows = []
    for topic in watch.topics:
        having = tuple(
            Pointer(each.pmid, each.title, author=first_author(known[each.pmid].paper))
            for each in places
            if topic.id in tags_of(known[each.pmid])
        )
        if having and topic.id not in heads:
            rows.append(IndexRow(topic, having, len(having)))
    return tuple(rows)
