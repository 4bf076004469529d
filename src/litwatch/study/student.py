"""Reads a paper by the rules of a watch: facets with the Spans that earned them, and what Python reads.

Owns the one pass that makes Findings. Never fetches, stores or shows anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from litwatch.paper import Paper, Span
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.query.match import Matcher, Reading, Scope, compile_scopes
from litwatch.query.texts import Texts
from litwatch.study.beside import beside
from litwatch.study.choosing import Count
from litwatch.study.controls import compared_with
from litwatch.study.dosing import doses
from litwatch.study.facets import Rules
from litwatch.study.findings import Findings
from litwatch.study.followup import followup
from litwatch.study.in_step import Steps, alone, in_step
from litwatch.study.included import studies
from litwatch.study.participants import participants
from litwatch.study.placed import PlacedFacets, first_of, holds
from litwatch.study.provenance import industry_reader, secondary
from litwatch.study.quotes import quotes
from litwatch.study.registrations import is_preprint, listed_registrations, registrations
from litwatch.study.repeated import told_of_people
from litwatch.study.roles import passages_of, sentences_with_roles
from litwatch.study.statements import Statement
from litwatch.study.whose_route import of_the_drugs

_NONE: Mapping[str, tuple[Span, ...]] = {}

# The facets that a paper off the subject is given.
_BRIEF = frozenset(("design", "setting", "subjects", "population"))


class Student:
    """Rules made ready to read many papers by; `found` says that a search for the subject found them.

    Of any papers most are off the subject, which a smaller matcher finds out first; of found ones and of those
    whose title or abstract names a drug hardly any, and all is looked for at once. What is found is the same.
    """

    def __init__(self, rules: Rules, vocabulary: Vocabulary = BY_NAME, *, found: bool = False) -> None:
        self.rules = rules
        self._vocabulary, self._found = vocabulary, found
        self._full = PlacedFacets(rules.facets, rules.relevance)
        self._brief = PlacedFacets((facet for facet in rules.facets if facet.name in _BRIEF), rules.relevance)
        drugs = rules.facet("drugs")
        named = drugs.entries if drugs is not None else ()
        #: Where a watch has drugs, topics are theirs: a paper that names them only in its background earns none.
        self._has_drugs = bool(named)
        #: A paper that matches none of these is off the subject.
        self._subject = [Scope(entry.query) for entry in (*named, *filter(None, (rules.relevance,)))]
        self._matcher = compile_scopes([*self._full.scopes, *self._subject], vocabulary)
        before = len(self._full.scopes)
        self._names = self._matcher.needles(range(before, before + len(named)))
        self._industry = industry_reader(rules.makers)

    @cached_property
    def _glance(self) -> Matcher:
        return compile_scopes([*self._brief.scopes, *self._subject], self._vocabulary)

    @property
    def needs_authors(self) -> bool:
        """Whether `dismiss` looks at authors."""
        return self._glance.lookup.asks_for_people

    def study(self, paper: Paper) -> Findings:
        """All that the rules and Python's own readers find in `paper`.

        A paper off the subject (it names no drug of the watch, and cannot be relevant) is given the facets that
        its title, keywords and publication types earn, and no topics, evidence or Spans: topics, routes,
        doses and harms are those of the watch's drugs.
        """
        return alone(self._studied(paper))

    def study_each(self, papers: Iterable[Paper]) -> Iterator[Findings]:
        """What `study` finds in each of many papers, in order: sooner, for they are read in step."""
        return in_step(map(self._studied, papers))

    def _studied(self, paper: Paper) -> Steps[Findings]:
        texts = Texts(paper)
        glances = not (self._found or self._names_a_drug(texts))
        if glances and (dismissed := self._dismissed(paper, self._glance.read(paper, texts=texts))):
            return dismissed
        yield
        parts, reading = yield from self._read(paper, texts)
        matched = frozenset(reading.matching())
        if not glances and self._is_off_subject(matched, self._full):
            return self._off_subject(paper, frozenset(self._glance.read(paper, texts=texts).matching()))
        return (yield from self._examined(paper, parts, reading, matched))

    def _names_a_drug(self, texts: Texts) -> bool:
        """Whether title or abstract holds a word of the subject's drugs."""
        for zone in ("title", "abstract"):
            text = texts.zone(zone)
            for name in self._names:
                if name in text:
                    return True
        return False

    def dismiss(self, paper: Paper) -> Findings | None:
        """What `study` finds in a paper off the subject; None for any other. Looks at authors if `needs_authors`."""
        return self._dismissed(paper, self._glance.read(paper))

    def _dismissed(self, paper: Paper, glanced: Reading) -> Findings | None:
        matched = frozenset(glanced.matching())
        return self._off_subject(paper, matched) if self._is_off_subject(matched, self._brief) else None

    def _is_off_subject(self, matched: frozenset[int], before: PlacedFacets) -> bool:
        """Whether none of the subject's scopes matched, which stand after those of some facets."""
        return bool(self._subject) and max(matched, default=-1) < len(before.scopes)

    def _off_subject(self, paper: Paper, matched: frozenset[int]) -> Findings:
        facets = self._brief
        listed = listed_registrations(paper)
        return Findings(
            relevant=None if facets.relevance is None else False,
            design=first_of(facets.holding(matched, "design")),
            setting=first_of(facets.holding(matched, "setting")),
            subjects=first_of(facets.holding(matched, "subjects")),
            population=tuple(entry.id for entry in facets.holding(matched, "population")),
            preprint=is_preprint(paper),
            registrations=listed,
        )

    def examine_each(self, papers: Iterable[Paper]) -> Iterator[Findings]:
        """What `study` finds in each of papers that `dismiss` does not dismiss, in order."""
        return in_step(map(self._all_of, papers))

    def _all_of(self, paper: Paper) -> Steps[Findings]:
        parts, reading = yield from self._read(paper, Texts(paper))
        return (yield from self._examined(paper, parts, reading, frozenset(reading.matching())))

    def _read(self, paper: Paper, texts: Texts) -> Steps[tuple[Sequence[Statement], Reading]]:
        parts = sentences_with_roles(paper)
        yield
        passages = passages_of(paper.abstract, parts)
        yield
        bounds = [(part.start, part.end) for part in parts] if self._matcher.in_sentence else ()
        reading = self._matcher.read(paper, passages, texts=texts, sentences=bounds)
        yield
        return parts, reading

    def _examined(
        self, paper: Paper, parts: Sequence[Statement], reading: Reading, matched: frozenset[int]
    ) -> Steps[Findings]:
        facets = self._full
        spans: dict[str, tuple[Span, ...]] = {}

        def earned(name: str) -> dict[str, tuple[Span, ...]]:
            return {entry.id: entry.spans(reading) for entry in facets.holding(matched, name)}

        def first(name: str) -> str | None:
            for entry in facets.holding(matched, name):
                spans[name] = entry.spans(reading)
                return entry.id
            return None

        def every(name: str) -> tuple[str, ...]:
            found = earned(name)
            spans.update({f"{name}.{known}": words for known, words in found.items()})
            return tuple(found)

        yield
        relevant = None if facets.relevance is None else holds(matched, facets.relevance)
        if relevant and facets.relevance is not None:
            spans["relevant"] = facets.relevance.spans(reading)
        design = first("design")
        setting = first("setting")
        subjects = first("subjects")
        population = every("population")
        # The names of the drugs are what doses are read by.
        drugs = every("drugs")
        routes = of_the_drugs(paper, every("routes"), spans, _named(spans))
        tags = earned("topics") if design != "notice" and (drugs or not self._has_drugs) else _NONE
        yield
        evidence = yield from self._evidence(paper, parts, design, subjects, setting, spans, tags)
        return Findings(
            relevant=relevant,
            tags=tags,
            design=design,
            setting=setting,
            subjects=subjects,
            preprint=is_preprint(paper),
            spans=spans,
            population=population,
            drugs=drugs,
            routes=routes,
            **evidence,
        )

    def _evidence(
        self,
        paper: Paper,
        parts: Sequence[Statement],
        design: str | None,
        subjects: str | None,
        setting: str | None,
        spans: dict[str, tuple[Span, ...]],
        tags: Mapping[str, tuple[Span, ...]],
    ) -> Steps[dict[str, Any]]:
        found: dict[str, Any] = {}
        numbers = registrations(paper)
        found["registrations"] = tuple(number for number, _ in numbers)
        _keep(spans, "registrations", (span for _, span in numbers if span is not None))
        found["industry"], maker = self._industry(paper)
        _keep(spans, "industry", (maker,) if maker is not None else ())
        yield
        found["secondary"], words = secondary(paper, parts, design)
        _keep(spans, "secondary", (words,) if words is not None else ())
        yield
        has_people = subjects not in ("animal", "laboratory")
        told, design_told = told_of_people(parts, design)
        if has_people:
            people = participants(paper, told, design_told, humans_too=subjects == "mixed")
            _count(found, spans, "participants", people)
        yield
        if has_people:
            _count(found, spans, "studies", studies(told, design_told))
        yield
        if has_people:
            _count(found, spans, "followup_days", followup(told, design_told))
        yield
        if has_people and design != "notice" and setting != "ect-anaesthesia":
            phrases = doses(paper, parts, _named(spans))
            found["dose"] = tuple(phrase.text for phrase in phrases)
            _keep(spans, "dose", phrases)
        yield
        if design == "rct" and (against := compared_with(parts)) is not None:
            spans["comparator"] = (against,)
        yield
        found["quotes"] = quotes(paper, parts, design, harm="safety" in tags)
        yield
        spans.update(beside(paper.title, parts, found["quotes"]))
        return found


def _count(found: dict[str, Any], spans: dict[str, tuple[Span, ...]], name: str, count: Count | None) -> None:
    if count is not None:
        found[name] = count.number
        spans[name] = (count.span,)


def compile_rules(rules: Rules, vocabulary: Vocabulary = BY_NAME, *, found: bool = False) -> Student:
    """The rules made ready: every query of every facet in one matcher, so that a paper is read once.

    `found`: for papers that a search for the subject found (Student).
    """
    return Student(rules, vocabulary, found=found)


def _keep(spans: dict[str, tuple[Span, ...]], name: str, found: Iterable[Span]) -> None:
    kept = tuple(found)
    if kept:
        spans[name] = kept


def _named(spans: Mapping[str, tuple[Span, ...]]) -> list[Span]:
    """Where the drugs of the watch stand."""
    return [span for name, given in spans.items() if name.startswith("drugs.") for span in given]
