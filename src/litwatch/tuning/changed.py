"""What a change of a search gains or loses: the papers of a sample of it, and what they say of all of it.

Owns that arithmetic. Never finds out which papers they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from litwatch.paper import Paper, Span
from litwatch.query.explain import Explanation
from litwatch.study.facets import Facet
from litwatch.study.findings import Findings
from litwatch.tuning.recall import Share

WORDS = 6


@dataclass(frozen=True, slots=True)
class ChangedPaper:
    """One paper that a change gains or loses.

    Attributes:
        words: its words and headings for which the search that finds it does so; `spans`: where they stand.
        why: by which clauses the other search does not find it.
        relevant: whether the watch's own rules call it relevant; None where there are no such rules.
        findings: what the rules find in it, by facet.
    """

    paper: Paper
    in_store: bool
    words: tuple[str, ...]
    spans: tuple[Span, ...]
    why: str
    relevant: bool | None
    findings: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """What is gained, or lost. `in_pubmed` is None where PubMed was not asked, `in_store` counts those stored.

    `papers` are all of them, or a random sample: figures of it stand for all, with their intervals.
    """

    in_pubmed: int | None
    in_store: int
    papers: tuple[ChangedPaper, ...]

    @property
    def total(self) -> int:
        """How many there are, as far as is known."""
        return self.in_store if self.in_pubmed is None else max(self.in_pubmed, self.in_store)

    @property
    def is_sample(self) -> bool:
        """Whether not all of them were read."""
        return len(self.papers) < self.total

    @property
    def relevant(self) -> Share | None:
        """How many the watch's own rules call relevant; None without such rules."""
        told = [one.relevant for one in self.papers if one.relevant is not None]
        return Share(sum(told), len(told)) if told else None

    def facets(self, facets: Sequence[Facet]) -> Iterator[tuple[str, str, Share]]:
        """(facet, label, share) of each entry that stands in any of the papers, in the order of the rules."""
        for facet in facets:
            for entry in facet.entries:
                hits = sum(entry.id in one.findings.get(facet.name, ()) for one in self.papers)
                if hits:
                    yield facet.name, entry.label or entry.id, Share(hits, len(self.papers))


def estimated(share: Share, total: int) -> tuple[int, int, int]:
    """How many of all that is, with its interval; exact where all were read, and never beyond what was seen."""
    if share.of >= total or share.value is None or share.interval is None:
        return share.hits, share.hits, share.hits
    low, high = share.interval
    at_least, at_most = share.hits, total - (share.of - share.hits)
    inside = (max(at_least, round(low * total)), min(at_most, round(high * total)))
    return min(max(round(share.value * total), inside[0]), inside[1]), *inside


def by_facet(findings: Findings) -> dict[str, tuple[str, ...]]:
    """What was found in each facet."""
    found = {
        "topics": tuple(findings.tags),
        "population": findings.population,
        "drugs": findings.drugs,
        "routes": findings.routes,
    }
    for name in ("design", "setting", "subjects"):
        value = getattr(findings, name)
        found[name] = (value,) if value else ()
    return found


def deciding_words(explanation: Explanation) -> tuple[str, ...]:
    """The paper's words and headings for which it is found, each once, in small letters."""
    found: dict[str, str] = {}
    for _, one in explanation.walk():
        if one.matched and not one.takes_away and not one.children:
            for text in (*(span.text for span in one.spans), *one.values):
                found.setdefault(text.casefold(), " ".join(text.split()))
    return tuple(found.values())[:WORDS]


def deciding_spans(explanation: Explanation) -> tuple[Span, ...]:
    """Where in title and abstract the words stand for which it is found."""
    found = {
        span
        for _, one in explanation.walk()
        if one.matched and not one.takes_away
        for span in one.spans
        if span.field in ("title", "abstract")
    }
    return tuple(sorted(found, key=lambda span: (span.field, span.start, span.end)))
