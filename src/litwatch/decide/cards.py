"""How one paper stands in a digest: its card, and the single line of it where there is no room for a card.

Owns author lines, reasons and which quotes stand on it. Never decides where a paper goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from litwatch.decide.badges import Badge, badges, flags, participants
from litwatch.decide.doubts import doubt
from litwatch.decide.facts import Labels, Topic, label
from litwatch.decide.languages import not_english
from litwatch.decide.quoting import (
    CONCLUSION,
    LONGEST_SHORT_QUOTE,
    RESULT,
    Quote,
    beside,
    beside_result,
    harm_quote,
    quote,
    result_label,
    stands,
)
from litwatch.decide.related import Earlier, Thread, Version, threads
from litwatch.decide.shown import cut
from litwatch.paper import Author, Paper

if TYPE_CHECKING:  # reading a digest needs no matcher
    from litwatch.study.findings import Findings

#: Designs whose result is quoted even where the paper stands by its title.
QUOTED_BY_TITLE = frozenset({"rct", "meta-analysis", "systematic-review", "trial"})
#: Words shown for each topic under "why this is here".
REASON_WORDS = 3


@dataclass(frozen=True, slots=True)
class DigestPaper:
    """A paper that is owed: what PubMed has, what the rules found (None: they could not), how it arrived.

    `sent_without_abstract`: when this reader was sent it, before it had an abstract; it is owed once more.
    `versions`: other records of the same paper. `earlier`: other reports of its trial, those that were sent first;
    `more_earlier` there are besides.
    """

    paper: Paper
    findings: Findings | None
    arrival: str = "new"
    first_seen: datetime | None = None
    failure: str = ""
    earlier: tuple[Earlier, ...] = ()
    sent_without_abstract: datetime | None = None
    versions: tuple[Version, ...] = ()
    more_earlier: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a paper is here: a topic, and words of its record that earned it."""

    label: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A paper by its title; `quote` is its result (in a section on harms its harm), cut short, `beside` what it hides.

    `versions` and `earlier` as on a card. `language`: "in French"; empty where there is an English text. `doubt`: a
    mark where title or quote may promise more than the abstract found ("No difference"), else empty.
    """

    pmid: int
    title: str
    journal: str
    date: str
    design: str
    participants: int | None
    flags: tuple[str, ...]
    late: bool
    note: str = ""
    quote: Quote | None = None
    beside: Quote | None = None
    sent_without_abstract: datetime | None = None
    versions: tuple[Version, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    language: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A paper in full, as the digest shows it. `line` is the same paper by its title.

    `turn`: the card's turn when the cards of its section were chosen; where there is less room, the last
    to be chosen goes first.
    """

    pmid: int
    title: str
    journal: str
    date: str
    authors: tuple[str, ...]
    more_authors: int
    flags: tuple[str, ...]
    late: bool
    badges: tuple[Badge, ...]
    topics: tuple[Topic, ...]
    quotes: tuple[Quote, ...]
    has_abstract: bool
    doi: str
    pmcid: str
    registrations: tuple[str, ...]
    threads: tuple[Thread, ...]
    reasons: tuple[Reason, ...]
    corrected: bool
    line: Line
    turn: int = 0
    sent_without_abstract: datetime | None = None
    versions: tuple[Version, ...] = ()


def _name(author: Author) -> str:
    person = " ".join(part for part in (author.last_name, author.initials, author.suffix) if part)
    return person or author.collective_name


def first_author(paper: Paper) -> str:
    """By whose name a paper goes in a list; a group's where a group comes first."""
    first = paper.authors[0] if paper.authors else None
    return (first.last_name or first.collective_name) if first else ""


def _authors(paper: Paper) -> tuple[tuple[str, ...], int]:
    names = [name for name in map(_name, paper.authors) if name]
    if len(names) <= 3:
        return tuple(names), 0
    return (names[0], names[-1]), len(names) - 2


def _reasons(owed: DigestPaper, topics: Iterable[Topic]) -> tuple[Reason, ...]:
    reasons = []
    for topic in topics:
        words: dict[str, str] = {}
        for span in (owed.findings.tags if owed.findings else {}).get(topic.id, ()):
            text = " ".join(span.text.split())
            if stands(owed.paper, span) and len(text) <= 60:
                words.setdefault(text.casefold(), text)
        telling = [
            text
            for folded, text in words.items()
            if not any(folded in other for other in words if other != folded)
        ]
        reasons.append(Reason(topic.label, tuple(telling[:REASON_WORDS])))
    return tuple(reasons)


def short_quote(owed: DigestPaper, *, harms: bool = False) -> Quote | None:
    """The result of a trial or synthesis, cut short; where harms are asked for its harm, whatever its design."""
    paper, findings = owed.paper, owed.findings
    if findings is None:
        return None
    harm = harm_quote(paper, findings, longest=LONGEST_SHORT_QUOTE) if harms else None
    if harm or findings.design not in QUOTED_BY_TITLE:
        return harm
    return quote(RESULT, paper, findings.quotes.result, longest=LONGEST_SHORT_QUOTE)


def line(owed: DigestPaper, labels: Labels, note: str = "", words: Quote | None = None) -> Line:
    """That paper by its title, with those words of it."""
    paper, findings = owed.paper, owed.findings
    alike = None
    if findings is not None and words is not None and words.label == RESULT:
        alike = beside_result(paper, findings, longest=LONGEST_SHORT_QUOTE)
    return Line(
        pmid=paper.pmid,
        title=paper.title or paper.vernacular_title or paper.book_title,
        journal=paper.journal_abbreviation or paper.journal or paper.book_title,
        date=cut(paper.publication_date),
        design=label(labels, "design", findings.design) if findings and findings.design else "",
        participants=participants(findings),
        flags=flags(findings),
        late=owed.arrival == "late",
        note=note,
        quote=words,
        beside=alike,
        sent_without_abstract=owed.sent_without_abstract,
        versions=owed.versions,
        earlier=owed.earlier,
        language=not_english(paper),
        doubt=doubt(findings, told=alike is not None),
    )


def card(
    owed: DigestPaper,
    topics: Iterable[Topic],
    labels: Labels,
    *,
    harms: bool,
    corrected: bool,
    turn: int = 0,
) -> Card:
    """That paper in full.

    `topics` are all of the watch, in its order; `harms` puts the harm before the result (in the Harms
    section). The result always stands before the authors' conclusion: a conclusion alone, where there is a
    result, can call a null trial a success; so can a result without the outcomes in which groups did not differ,
    and a conclusion without the sentence that takes part of it back. A narrative review has no result of its own:
    its conclusion stands, or else what it says.
    """
    paper, findings = owed.paper, owed.findings
    if findings is None:
        raise ValueError(f"PMID {paper.pmid} has no findings to make a card of")
    marks = tuple(span for spans in findings.tags.values() for span in spans)
    result = quote(result_label(findings), paper, findings.quotes.result, marks)
    conclusion = quote(CONCLUSION, paper, findings.quotes.conclusion, marks)
    harm = harm_quote(paper, findings, marks) if harms else None
    if harm and result and harm.span == result.span:
        result = None
    if conclusion and any(other and other.span == conclusion.span for other in (result, harm)):
        conclusion = None
    if conclusion and findings.design == "review":
        result = None
    shown = {each.span for each in (harm, result, conclusion) if each}
    alike = beside_result(paper, findings, marks) if result else None
    caveat = beside("caveat", paper, findings, marks) if conclusion else None
    common = beside("common_harm", paper, findings, marks) if harm else None
    more_harm, but = (each if each and each.span not in shown else None for each in (common, caveat))
    quotes = (harm, more_harm, result, alike, conclusion, but)
    tagged = tuple(topic for topic in topics if topic.id in findings.tags)
    authors, more_authors = _authors(paper)
    short = line(owed, labels, words=short_quote(owed, harms=harms))
    return Card(
        pmid=paper.pmid,
        title=short.title,
        journal=short.journal,
        date=short.date,
        authors=authors,
        more_authors=more_authors,
        flags=short.flags,
        late=short.late,
        badges=badges(
            findings, labels, [each.span for each in (result, harm, conclusion) if each], paper.title
        ),
        topics=tagged,
        quotes=tuple(each for each in quotes if each),
        has_abstract=bool(paper.abstract.strip()),
        doi=paper.doi,
        pmcid=paper.pmcid,
        registrations=findings.registrations,
        threads=threads(paper.pmid, owed.earlier, owed.more_earlier),
        reasons=_reasons(owed, tagged),
        corrected=corrected,
        line=short,
        turn=turn,
        sent_without_abstract=owed.sent_without_abstract,
        versions=owed.versions,
    )
