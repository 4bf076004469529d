"""What another search would gain and lose against a watch's own: counts, and the papers with what decided.

Owns the order of the questions. Never changes the watch or the store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from litwatch.decide.guarding import sample
from litwatch.edge.pubmed.client import PAGE
from litwatch.jobs.tune.desk import Desk
from litwatch.jobs.tune.figures import Figures, figures_of
from litwatch.paper import Paper
from litwatch.query.explain import Explainer
from litwatch.query.tree import Query
from litwatch.query.verdict import verdict
from litwatch.study.facets import Facet, Rules
from litwatch.study.findings import Findings
from litwatch.study.student import compile_rules
from litwatch.tuning.changed import Change, ChangedPaper, by_facet, deciding_spans, deciding_words
from litwatch.tuning.missing import failing
from litwatch.tuning.reading_cost import to_read
from litwatch.tuning.recall import Share

READ = 200
"""So many papers of each direction are read; of more, a random sample."""
STUDIED = 500
"""So many papers of the store are studied by changed facets."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Another search beside a watch's own.

    Attributes:
        new: the sheet of the other search.
        gained, lost: what only the other search finds, and what only the watch's own does.
        kept: how many papers of the store both find.
        facets: the facets by which the papers are counted.
        changed_tags: (facet, entry, tagged before, tagged with the new rules, gained, lost) of each entry that the
            new watch file changes, on `tagged_of` papers of the store.
        kept_judged: how many of a sample of the stored papers that both find the watch's rules call relevant; None
            without such rules. kept_in_pubmed: how many PubMed finds for both.
    """

    new: Figures
    gained: Change
    lost: Change
    kept: int
    facets: tuple[Facet, ...]
    changed_tags: tuple[tuple[str, str, int, int, int, int], ...] = ()
    tagged_of: int = 0
    kept_judged: Share | None = None
    kept_in_pubmed: int | None = None

    @property
    def to_read(self) -> tuple[float | None, float | None]:
        """Papers read for one that the watch's rules call relevant, before and after; an estimate."""
        kept = self.kept if self.kept_in_pubmed is None else self.kept_in_pubmed
        return to_read(kept, self.kept_judged, self.lost), to_read(kept, self.kept_judged, self.gained)


def compare(
    desk: Desk,
    old: Query,
    new: Query,
    rules: Rules,
    new_rules: Rules | None = None,
    *,
    every_leaf: bool = False,
) -> Comparison:
    """What `new` would gain and lose; `new_rules` where its watch file has other facets, too."""
    figures = figures_of(desk, new, every_leaf=every_leaf)
    before, after = desk.weigh(old).papers or 0, desk.weigh(new).papers or 0
    read = _Reader(desk, old, new, rules)
    gained = read.change(new, old, after & ~before, "gained")
    lost = read.change(old, new, before & ~after, "lost")
    tags: tuple[tuple[str, str, int, int, int, int], ...] = ()
    studied: list[Paper] = []
    if new_rules is not None and new_rules.facets != rules.facets:
        chosen = sample(desk.answers.pmids_of(before | after), STUDIED, f"{old} {new}")
        studied = list(desk.answers.read(desk.answers.papers_of(chosen)))
        tags = tuple(_changed_tags(desk, studied, rules, new_rules))
    kept = (before & after).bit_count()
    answer = desk.search(str(old), PAGE)
    both = None if answer is None or lost.in_pubmed is None else max(0, answer.count - lost.in_pubmed)
    judged = read.judged(before & after)
    return Comparison(figures, gained, lost, kept, rules.facets, tags, len(studied), judged, both)


class _Reader:
    """Reads the papers of a change by the rules of a watch."""

    def __init__(self, desk: Desk, old: Query, new: Query, rules: Rules) -> None:
        self._desk = desk
        self._explainers = {one: Explainer(one, vocabulary=desk.vocabulary) for one in (old, new)}
        self._study = compile_rules(rules, desk.vocabulary).study
        self._judges = rules.relevance is not None

    def change(self, finding: Query, other: Query, in_store: int, called: str) -> Change:
        """What `finding` finds and `other` does not."""
        desk = self._desk
        answer = desk.search(f"({finding}) NOT ({other})", PAGE)
        stored = desk.answers.pmids_of(in_store)
        listed = stored if answer is None else list(answer.pmids)
        chosen = sample(listed, READ, f"{called} {finding} {other}")
        here = {paper.pmid: paper for paper in desk.answers.read(desk.answers.papers_of(chosen))}
        fetched = desk.fetch([pmid for pmid in chosen if pmid not in here])
        papers = [here.get(pmid) or fetched.get(pmid) for pmid in sorted(chosen, reverse=True)]
        read: list[ChangedPaper] = []
        for place, paper in enumerate(filter(None, papers), 1):
            desk.told(f"reading what is {called}", place, len(chosen))
            read.append(self._read(paper, finding, other, in_store=paper.pmid in here))
        return Change(None if answer is None else answer.count, len(stored), tuple(read))

    def judged(self, in_store: int) -> Share | None:
        """How many of these papers, of many a sample, the watch's rules call relevant; None without such rules."""
        if not self._judges:
            return None
        desk = self._desk
        chosen = sample(desk.answers.pmids_of(in_store), READ, "kept")
        told = [self._study(paper).relevant for paper in desk.answers.read(desk.answers.papers_of(chosen))]
        return Share(sum(one is True for one in told), len(told))

    def _read(self, paper: Paper, finding: Query, other: Query, *, in_store: bool) -> ChangedPaper:
        found = self._explainers[finding].explain(paper, (), self._desk.today)
        not_found = self._explainers[other].explain(paper, (), self._desk.today)
        findings = self._study(paper)
        reasons = failing(not_found, paper)
        return ChangedPaper(
            paper,
            in_store,
            deciding_words(found),
            deciding_spans(found),
            "; ".join(one.clause_only for one in reasons) or verdict(not_found).sentence,
            findings.relevant if self._judges else None,
            by_facet(findings),
        )


def _changed_tags(
    desk: Desk, papers: list[Paper], old: Rules, new: Rules
) -> list[tuple[str, str, int, int, int, int]]:
    """Per entry of a facet how many papers have it by either rules; only those that differ."""
    before = _tags(desk, papers, compile_rules(old, desk.vocabulary).study, "old facets")
    after = _tags(desk, papers, compile_rules(new, desk.vocabulary).study, "new facets")
    rows = []
    for key in sorted(before.keys() | after.keys()):
        was, is_now = before.get(key, set()), after.get(key, set())
        if was != is_now:
            rows.append((*key, len(was), len(is_now), len(is_now - was), len(was - is_now)))
    return rows


def _tags(
    desk: Desk, papers: list[Paper], study: Callable[[Paper], Findings], called: str
) -> dict[tuple[str, str], set[int]]:
    found: dict[tuple[str, str], set[int]] = {}
    for place, paper in enumerate(papers, 1):
        desk.told(f"studying by the {called}", place, len(papers))
        for facet, values in by_facet(study(paper)).items():
            for value in values:
                found.setdefault((facet, value), set()).add(paper.pmid)
    return found
