"""What each entry of the facets makes of one paper: given, or why not.

Owns the reasons: `unless`, `sections`, an earlier entry, a paper off the subject. Never overrules
study.findings: what the rules gave stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.paper import Paper, Passage, Span
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.query.match import Reading, Scope, compile_scopes
from litwatch.study.facets import Entry, Facet, Rules
from litwatch.study.findings import Findings
from litwatch.study.placed import Placed, place, placed

#: What may become of an entry; in this order they are shown.
GIVEN, TAKEN_AWAY, ELSEWHERE, PASSED_OVER, ABSENT = (
    "given", "taken away", "elsewhere", "passed over", "absent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry. `reason` says why it was not given, or what of it was read (evidence.py).

    `spans` are the words that earned it, or that took it away, or that stand where they do not count.
    """

    id: str
    label: str
    state: str
    reason: str = ""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetOutcome:
    """A facet and all its entries, in their order."""

    name: str
    entries: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where an entry's queries are among the scopes: as they count, anywhere, in any sentences; -1: it has none."""

    counts: Placed
    everywhere: int
    apart: int


class EntryReader:
    """All facets of some rules made ready, each entry with and without its `unless` and `sections`."""

    def __init__(self, rules: Rules, vocabulary: Vocabulary = BY_NAME) -> None:
        relevance = (Facet("relevance", (rules.relevance,)),) if rules.relevance is not None else ()
        self.facets = (*relevance, *rules.facets)
        self._scopes: list[Scope] = []
        self._places = {id(entry): self._placed(entry) for facet in self.facets for entry in facet.entries}
        self._matcher = compile_scopes(self._scopes, vocabulary)

    def _placed(self, entry: Entry) -> _Places:
        return _Places(
            placed(entry, self._scopes),
            place(Scope(entry.query), self._scopes) if entry.sections else -1,
            place(Scope(entry.sentence), self._scopes) if entry.sentence is not None else -1,
        )

    def read(
        self,
        paper: Paper,
        passages: Sequence[Passage],
        sentences: Sequence[tuple[int, int]],
        findings: Findings,
        *,
        off_subject: bool,
        today: date | None = None,
    ) -> tuple[FacetOutcome, ...]:
        """What became of every entry; `findings` are what the rules gave, `off_subject` as Student.dismiss."""
        reading = self._matcher.read(paper, passages, today, sentences=sentences)
        matched = frozenset(reading.matching())
        return tuple(
            FacetOutcome(
                facet.name,
                tuple(
                    self._outcome(facet, entry, reading, matched, findings, off_subject=off_subject)
                    for entry in facet.entries
                ),
            )
            for facet in self.facets
        )

    def _outcome(
        self,
        facet: Facet,
        entry: Entry,
        reading: Reading,
        matched: frozenset[int],
        findings: Findings,
        *,
        off_subject: bool,
    ) -> Outcome:
        places = self._places[id(entry)]
        counts = places.counts
        given = given_entries(findings, facet.name)
        if entry.id in given or (facet.name == "relevance" and findings.relevant):
            return Outcome(entry.id, entry.label, GIVEN, spans=counts.spans(reading))
        if counts.earned_among(matched):
            if counts.unless in matched:
                spans = reading.spans(counts.unless)
                return Outcome(entry.id, entry.label, TAKEN_AWAY, "its `unless` holds", spans)
            reason = _passed_over(facet, given, findings, off_subject=off_subject)
            return Outcome(entry.id, entry.label, PASSED_OVER, reason, counts.spans(reading))
        if places.everywhere in matched:
            reason = f"only outside its sections ({', '.join(sorted(entry.sections))})"
            return Outcome(entry.id, entry.label, ELSEWHERE, reason, reading.spans(places.everywhere))
        if places.apart in matched:
            outside = ", or outside its sections" if entry.sections else ""
            spans = reading.spans(places.apart)
            return Outcome(entry.id, entry.label, ELSEWHERE, f"not in one sentence{outside}", spans)
        return Outcome(entry.id, entry.label, ABSENT)


def given_entries(findings: Findings, facet: str) -> tuple[str, ...]:
    """The entries of a facet that the rules gave a paper."""
    if facet == "topics":
        return tuple(findings.tags)
    found = getattr(findings, facet, None)
    return (found,) if isinstance(found, str) else found if isinstance(found, tuple) else ()


def _passed_over(facet: Facet, given: Sequence[str], findings: Findings, *, off_subject: bool) -> str:
    if facet.first_only and given:
        return f"{given[0]} comes first"
    if off_subject:
        return "the paper is off the subject: it names none of the watch's drugs"
    if facet.name == "topics" and findings.design == "notice":
        return "a notice is given no topics"
    if facet.name == "topics" and not findings.drugs:
        return "none of the watch's drugs is named where it counts"
    if facet.name == "routes":
        return "its words tell how another drug was given"
    return "the rules did not give it"
