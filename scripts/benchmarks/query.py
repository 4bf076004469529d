"""Benchmarks of query/: parsing a strategy, and matching 600 phrases and the shipped rules on real records.

Owns what is measured, not how (measuring.py). spaCy and search-query are measured where they are installed
(pip install --group bench).
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import re
import tomllib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.measuring import Benchmark, Mark, Subject
from litwatch.edge.mesh.file import MeshFile
from litwatch.paper import Paper
from litwatch.query.leaves import Vocabulary
from litwatch.query.lint import lint
from litwatch.query.match import Matcher, Scope, compile_scopes
from litwatch.query.parse import parse
from litwatch.query.tokens import normal
from litwatch.query.tree import leaves
from litwatch.reading import json_lines, pubmed_xml

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
MESH = ROOT.parent / "shared" / "mesh" / "descriptors-2021.tsv.gz"
EACH = 20
PASSES = 5
HAS_SPACY = find_spec("spacy") is not None
HAS_SEARCH_QUERY = find_spec("search_query") is not None


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
    """Every twentieth record of the large real file; re.search would take minutes for all."""
    with gzip.open(CORPUS / "nlm-update-2021.xml.gz") as stream:
        papers = (
            record for record in pubmed_xml.read(io.BufferedReader(stream)) if isinstance(record, Paper)
        )
        return list(islice(papers, 0, None, EACH))


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
    return compile_scopes([Scope(scope.query) for scope in shipped_scopes()], Vocabulary(MeshFile()))


def _spacy() -> tuple[Callable[[str], object], list[str]]:
    """spaCy's PhraseMatcher with the same phrases; it cuts words its own way, and so finds fewer."""
    import spacy
    from spacy.matcher import PhraseMatcher

    language = spacy.blank("en")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    for phrase in phrases():
        matcher.add(phrase, [language.make_doc(phrase)])
    return lambda text: matcher(language.make_doc(text)), [
        f"{paper.title} {paper.abstract}" for paper in large_records()
    ]


def _each_text(prepared: tuple[Callable[[str], object], list[str]]) -> int:
    find, texts = prepared
    for text in texts:
        find(text)
    return len(texts)


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


def _lint(prepared: tuple[str, MeshFile]) -> int:
    text, mesh = prepared
    lint(text, mesh)
    return 1


def _search_query(text: str) -> int:
    from search_query.parser import parse as their_parse

    with contextlib.redirect_stdout(io.StringIO()):
        their_parse(text, platform="pubmed")
    return 1


BENCHMARKS = (
    Benchmark(
        name="phrases",
        title="600 phrases, every twentieth record of the large real file (reading excluded, folding included)",
        unit="records",
        anchor="a loop of re.search",
        subjects=(
            Subject("litwatch", _presence, lambda: (_phrase_matcher(), large_records())),
            Subject("litwatch, with every span", _with_spans, lambda: (_phrase_matcher(), large_records())),
            *((Subject("spaCy's PhraseMatcher", _each_text, _spacy),) if HAS_SPACY else ()),
            Subject("a loop of re.search", _searches, lambda: (_patterns(), large_records())),
        ),
        marks=(
            Mark("litwatch", times=100, of="a loop of re.search"),
            *((Mark("litwatch", times=12, of="spaCy's PhraseMatcher"),) if HAS_SPACY else ()),
        ),
        note="" if HAS_SPACY else "spaCy is not installed (pip install --group bench).",
    ),
    Benchmark(
        name="rules",
        title="ketamine.jsonl, five times, where everything matches (reading excluded, folding included)",
        unit="records",
        anchor="litwatch, 600 phrases",
        subjects=(
            Subject(
                "litwatch, 600 phrases", _presence, lambda: (_phrase_matcher(), ketamine_records() * PASSES)
            ),
            Subject(
                "litwatch, the shipped rules", _presence, lambda: (_everywhere(), ketamine_records() * PASSES)
            ),
            Subject(
                "litwatch, 600 phrases with every span",
                _with_spans,
                lambda: (_phrase_matcher(), ketamine_records() * PASSES),
            ),
            Subject(
                "litwatch, the shipped rules with every span",
                _with_spans,
                lambda: (_everywhere(), ketamine_records() * PASSES),
            ),
        ),
        marks=(
            Mark("litwatch, 600 phrases", cpu_below=1_168 * PASSES / 7_000),
            Mark("litwatch, the shipped rules", cpu_below=1_168 * PASSES / 7_000),
        ),
        note="The shipped rules are every query of config/facets.toml and of the watch, headings exploded by MeSH.",
    ),
    Benchmark(
        name="parse",
        title="Parsing and linting a strategy",
        unit="strategies",
        anchor="litwatch parses 2 KB",
        subjects=(
            Subject("litwatch parses 2 KB", _parse, lambda: strategy(2_000)),
            Subject("litwatch lints 2 KB", _lint, lambda: (strategy(2_000), MeshFile())),
            *(
                (Subject("search-query parses and lints 2 KB", _search_query, lambda: strategy(2_000)),)
                if HAS_SEARCH_QUERY
                else ()
            ),
            Subject("litwatch parses 100 KB", _parse, lambda: strategy(100_000)),
            Subject("litwatch lints 100 KB", _lint, lambda: (strategy(100_000), MeshFile())),
        ),
        note="search-query refuses this text of 100 KB; one of phrases joined by OR took it 43 s, litwatch 0.05 s."
        if HAS_SEARCH_QUERY
        else "search-query is not installed (pip install --group bench).",
    ),
)
