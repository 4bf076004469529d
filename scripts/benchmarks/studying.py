"""What the rules and the readers of evidence take for a paper, reading it excluded.

Owns those rows. Never measures anything itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from benchmarks.measuring import Benchmark, Mark, Subject
from benchmarks.query import ROOT, ketamine_records
from litwatch.edge.config import load
from litwatch.edge.mesh import SHIPPED, MeshFile
from litwatch.paper import Paper
from litwatch.query.leaves import Vocabulary
from litwatch.reading.pubmed_xml import read_article
from litwatch.sandbox.synthetic import Synthetic
from litwatch.study import quote_cues
from litwatch.study.cues import Cued
from litwatch.study.student import Student, compile_rules

PASSES = 3
RECORDS = 1_168  # ketamine.jsonl
MADE_UP = 12_000  # of which a tenth is on the subject
TWENTY = 20

Prepared = tuple[Student, list[Paper]]


def _student() -> Student:
    rules = load(ROOT / "config", {}).watches[0].rules
    return compile_rules(rules, Vocabulary(MeshFile(SHIPPED)), found=True)


def _real() -> Prepared:
    return _warm(_student(), ketamine_records())


def _made_up() -> Prepared:
    student, made = _student(), Synthetic(MADE_UP)
    papers = [read_article(made.raw(number)) for number in range(MADE_UP)]
    return _warm(student, [paper for paper in papers if student.study(paper).relevant][:RECORDS])


def _warm(student: Student, papers: list[Paper]) -> Prepared:
    for paper in papers[:100]:
        student.study(paper)
    return student, papers


def _study(prepared: Prepared) -> int:
    student, papers = prepared
    for _ in range(PASSES):
        for _findings in student.study_each(papers):
            pass
    return PASSES * len(papers)


def _patterns() -> tuple[list[Callable[[str], object]], list[str]]:
    cued = [one.pattern for one in vars(quote_cues).values() if isinstance(one, Cued)]
    searches: list[Callable[[str], object]] = [
        re.compile(pattern, re.IGNORECASE).search for pattern in cued[:TWENTY]
    ]
    return searches, [f"{paper.title} {paper.abstract}" for paper in ketamine_records()]


def _search(prepared: tuple[list[Callable[[str], object]], list[str]]) -> int:
    searches, texts = prepared
    for _ in range(PASSES):
        for text in texts:
            for search in searches:
                search(text)
    return PASSES * len(texts)


BENCHMARKS = (
    Benchmark(
        name="study",
        title="Facets and evidence of records that are in memory, by the shipped rules",
        unit="records",
        anchor="twenty patterns of re",
        subjects=(
            Subject("litwatch, ketamine.jsonl", _study, _real),
            Subject("litwatch, made up, on the subject", _study, _made_up),
            Subject("twenty patterns of re", _search, _patterns),
        ),
        marks=(Mark("litwatch, ketamine.jsonl", cpu_below=PASSES * RECORDS / 3_000),),
        note="In step, as collect and tag read them. The anchor searches ketamine.jsonl with twenty of the hundred "
        "patterns that litwatch asks for.",
    ),
)
