"""Benchmarks of query/: parsing a strategy, and matching 600 phrases and the shipped rules on real records.

Owns what is measured, not how (measuring.py).
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import tomllib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.measuring import Benchmark, Mark, Subject
from litwatch.paper import Paper
from litwatch.query.match import Matcher, Scope, compile_scopes
from litwatch.query.parse import parse
from litwatch.query.tokens import normal
from litwatch.query.tree import leaves
from litwatch.reading import json_lines, pubmed_xml

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
MESH = ROOT.parent / "shared" / "mesh" / "descriptors-2021.tsv.gz"
RECORDS = 1_000
PASSES = 5


def shipped_scopes() -> list[Scope]:
    """Every query of the shipped facets and watch, with its sections."""
    found: list[Scope] = []
    for name in ("facets.toml", "watches/ketamine-depression.toml"):
        found.extend(_scopes(tomllib.loads((ROOT / "config" / name).read_text("utf-8"))))
    return found


def _scopes(table: dict[str, Any]) -> Iterator[Scope]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _scopes(value)
        elif key == "query":
            yield Scope(parse(value), frozenset(table.get("sections", ())))
        elif key == "unless":
            yield Scope(parse(value))


def phrases(count: int = 600) -> list[str]:
    """The words and phrases of the shipped rules without wildcards, filled up with MeSH headings."""
    terms = (term for scope in shipped_scopes() for term in leaves(scope.query) if term.field.kind == "words")
    found = dict.fromkeys(normal(term.text) for term in terms if "*" not in term.text)
    with gzip.open(MESH, "rt", encoding="utf-8") as stream:
        headings = [normal(row["name"]) for row in csv.DictReader(stream, delimiter="\t")]
    found.update(dict.fromkeys(headings[:: len(headings) // count]))
    return list(found)[:count]


def large_records() -> list[Paper]:
    """The first records of the large real file."""
    with gzip.open(CORPUS / "nlm-update-2021.xml.gz") as stream:
        papers = (
            record for record in pubmed_xml.read(io.BufferedReader(stream)) if isinstance(record, Paper)
        )
        return list(islice(papers, RECORDS))


def ketamine_records() -> list[Paper]:
    """The records on ketamine, in which nearly every rule finds something."""
    with (CORPUS / "ketamine.jsonl").open("rb") as stream:
        return [record for record in json_lines.read(stream) if isinstance(record, Paper)]


def _presence(prepared: tuple[Matcher, list[Paper]]) -> int:
    matcher, papers = prepared
    for paper in papers:
        matcher.read(paper).matching()
    return len(papers)


def _searches(prepared: tuple[list[re.Pattern[str]], list[Paper]]) -> int:
    patterns, papers = prepared
    for paper in papers:
        text = f"{paper.title} {paper.abstract}".lower()
        for pattern in patterns:
            pattern.search(text)
    return len(papers)


def _with_spans(prepared: tuple[Matcher, list[Paper]]) -> int:
    matcher, papers = prepared
    for paper in papers:
        reading = matcher.read(paper)
        for index in reading.matching():
            reading.spans(index)
    return len(papers)


def _phrase_matcher() -> Matcher:
    return compile_scopes([Scope(parse(f'"{phrase}"[tiab]')) for phrase in phrases()])


def _patterns() -> list[re.Pattern[str]]:
    return [re.compile(r"\b" + r"\W+".join(phrase.split()) + r"\b") for phrase in phrases()]


def _everywhere() -> Matcher:
    return compile_scopes([Scope(scope.query) for scope in shipped_scopes()])


def strategy(length: int) -> str:
    """A search strategy of about so many characters, made of MeSH headings."""
    blocks = [
        f'("{one}"[MeSH Terms] OR {one}*[tiab] OR "{one} trial"[Title/Abstract:~3])' for one in phrases()
    ]
    text = " OR ".join(blocks)
    return " OR ".join([text] * (length // len(text) + 1))[: length - 200].rpartition(" OR (")[0]


def _parse(text: str) -> int:
    for _ in range(PASSES):
        parse(text)
    return PASSES


BENCHMARKS = (
    Benchmark(
        name="phrases",
        title="600 phrases, the first 1,000 records of the large real file (reading excluded, folding included)",
        unit="records",
        anchor="a loop of re.search",
        subjects=(
            Subject("litwatch", _presence, lambda: (_phrase_matcher(), large_records() * 1)),
            Subject("a loop of re.search", _searches, lambda: (_patterns(), large_records())),
        ),
        marks=(
            Mark("litwatch", times=100, of="a loop of re.search"),
            Mark("litwatch", cpu_below=RECORDS / 10_000),
        ),
    ),
    Benchmark(
        name="rules",
        title="the shipped rules on ketamine.jsonl, where everything matches",
        unit="records",
        anchor="litwatch, presence",
        subjects=(
            Subject("litwatch, presence", _presence, lambda: (_everywhere(), ketamine_records() * PASSES)),
            Subject(
                "litwatch, 600 phrases", _presence, lambda: (_phrase_matcher(), ketamine_records() * PASSES)
            ),
            Subject(
                "litwatch, with every span", _with_spans, lambda: (_everywhere(), ketamine_records() * PASSES)
            ),
        ),
        marks=(Mark("litwatch, 600 phrases", cpu_below=1_168 * PASSES / 7_000),),
    ),
    Benchmark(
        name="parse",
        title="parsing a strategy",
        unit="strategies",
        anchor="2 KB",
        subjects=(
            Subject("2 KB", _parse, lambda: strategy(2_000)),
            Subject("100 KB", _parse, lambda: strategy(100_000)),
        ),
        note="search-query (CoLRev) took 125 ms for 2 KB where the issue was written.",
    ),
)
