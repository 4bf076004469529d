"""A sample of what searches find, to be judged by a person; and the precision that the judgements say.

Owns which papers are drawn. Never writes a file.
"""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.decide.guarding import sample
from litwatch.jobs.tune.desk import Desk
from litwatch.jobs.tune.figures import Figures
from litwatch.paper import Paper
from litwatch.tuning.marking import Marks, Part, Precision, precision, shares_of


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample and what is known from it.

    Attributes:
        asked: the papers to judge that are not in the table yet.
        papers: how many papers the searches find together, of which the sample is drawn.
        waiting: how many are not judged yet, those asked for included.
        before, after: the precision of the watch's own search, and of the other one; None where too little is judged.
        from_store: whether it is drawn from the store, because PubMed lists too many or cannot be asked.
    """

    asked: tuple[Paper, ...]
    papers: int
    waiting: int
    judged: int
    before: Precision | None
    after: Precision | None
    from_store: bool


def draw(desk: Desk, name: str, old: Figures, new: Figures | None, size: int, marks: Marks) -> Sample:
    """As many papers as are missing from a sample of that size, and what the judged ones say."""
    listed = (old.listed, new.listed if new is not None else frozenset())
    from_store = None in listed
    found = desk.answers.pmids_of(old.sheet.found)
    before = frozenset(found) if from_store or listed[0] is None else listed[0]
    after: frozenset[int] = frozenset()
    if new is not None:
        stored = desk.answers.pmids_of(new.sheet.found)
        after = frozenset(stored) if from_store or listed[1] is None else listed[1]
    parts = (before, frozenset[int](), frozenset[int]())
    if new is not None:
        parts = (before & after, before - after, after - before)
    asked: list[int] = []
    for part, wanted in zip(parts, shares_of(size, [len(part) for part in parts]), strict=True):
        there = sum(pmid in part for pmid in marks.verdicts)
        left = sorted(part - marks.verdicts.keys())
        asked += sample(left, max(0, wanted - there), f"{name} {len(marks.verdicts)}")
    here = {paper.pmid: paper for paper in desk.answers.read(desk.answers.papers_of(asked))}
    fetched = desk.fetch([pmid for pmid in asked if pmid not in here])
    papers = tuple(paper for pmid in asked if (paper := here.get(pmid) or fetched.get(pmid)) is not None)
    kept, lost, gained = (_part(part, marks) for part in parts)
    return Sample(
        papers,
        len(before | after),
        len(marks.verdicts) - marks.judged + len(papers),
        marks.judged,
        precision((kept, lost)),
        precision((kept, gained)) if new is not None else None,
        from_store,
    )


def _part(pmids: frozenset[int], marks: Marks) -> Part:
    judged = [verdict for pmid, verdict in marks.verdicts.items() if pmid in pmids and verdict is not None]
    return Part(len(pmids), len(judged), sum(judged))
