"""Owns what a NOT takes away that was wanted: papers on people, on several groups, reviews, papers that mention a word.

Never speaks of a NOT that takes away what must match (required.py). What it does to papers on people: species.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from litwatch.query.finding import Finding
from litwatch.query.lint.headings import CHECK_TAGS
from litwatch.query.lint.species import ANIMALS, PEOPLE, species_findings
from litwatch.query.lint.structure import HEADING_TAGS, TEXT_WIDTH, Structure, alternatives_of
from litwatch.query.mesh import Mesh
from litwatch.query.tokens import normal
from litwatch.query.tree import Clause, Group, Term

AGES = frozenset({
    "infant", "infant newborn", "child", "child preschool", "adolescent", "adult", "young adult", "middle aged", "aged",
    "aged 80 and over",
})  # fmt: skip
#: Types that say what a paper is not, rather than what it is about.
_LETTERS = frozenset({
    "letter", "comment", "editorial", "news", "newspaper article", "published erratum", "retraction notice",
    "retraction of publication", "retracted publication", "preprint", "biography",
})  # fmt: skip


def negation_findings(structure: Structure, text: str, mesh: Mesh | None) -> Iterator[Finding]:
    """Of every clause that a NOT takes away."""
    for group in structure.negations:
        for taken in group.children[1:]:
            yield from species_findings(taken, text, mesh)
            yield from _taken_away(taken)
    for group in structure.negations:
        yield from _reversed(group, text)


def _reversed(group: Group, text: str) -> Iterator[Finding]:
    """NOT (humans NOT animals): Humans stands below Animals in MeSH, so that nothing is left to take away."""
    for taken in group.children[1:]:
        if not (isinstance(taken, Group) and taken.operator == "NOT" and len(taken.children) == 2):
            continue
        first, second = taken.children
        if not (_is_heading(first, "human") and _is_heading(second, "animal")) or not second.explode:
            continue
        mended = f"{second.key} NOT {first.key}"
        written = text[taken.start : taken.end]
        yield Finding(
            "reversed-filter", "warning", taken.start, taken.end,
            "NOT (humans NOT animals) takes nothing away: in MeSH Humans stands below Animals",
            "papers on animals alone stay in", f"({mended})" if written.startswith(("(", "#")) else mended, 2,
        )  # fmt: skip


def _is_heading(clause: Clause, name: str) -> TypeGuard[Term]:
    return (
        isinstance(clause, Term)
        and clause.tag in HEADING_TAGS
        and normal(clause.text).removesuffix("s") == name
    )


def _taken_away(taken: Clause) -> Iterator[Finding]:
    for term in alternatives_of(taken):
        name = normal(term.text)
        if term.tag in HEADING_TAGS and name in (*PEOPLE, *ANIMALS):
            continue
        if term.tag in HEADING_TAGS and (name in AGES or name in CHECK_TAGS):
            other = "adult" if name.startswith(("child", "infant", "adolescent")) else "child"
            if name in CHECK_TAGS:
                other = "female" if name == "male" else "male"
            yield Finding(
                "not-loses", "warning", term.start, term.end,
                f"NOT {term.key[:40]} throws out papers on several groups",
                "most papers are indexed with more than one", f"({term.key} NOT {other}[mh])", 2,
            )  # fmt: skip
        elif term.tag == "pt" and name == "review":
            yield Finding(
                "not-loses", "warning", term.start, term.end,
                "NOT review throws out systematic reviews and meta-analyses",
                "many of them are indexed as reviews, too",
                f"({term.key} NOT (systematic review[pt] OR meta-analysis[pt]))", 2,
            )  # fmt: skip
        elif term.tag == "pt" and name not in _LETTERS:
            yield Finding(
                "not-type", "hint", term.start, term.end,
                f"NOT {term.key[:40]} throws out papers with several types",
                "a paper has several types, and one of them may be wanted", "", 2,
            )  # fmt: skip
        elif term.tag in TEXT_WIDTH and TEXT_WIDTH[term.tag] > 1:
            yield Finding(
                "not-words", "hint", term.start, term.end,
                f"NOT {term.key[:40]} throws out papers that only mention it",
                "a paper on both subjects, or one that says what it is not about, is lost",
                _in_titles(term), 2, "or leave the NOT out",
            )  # fmt: skip


def _in_titles(term: Term) -> str:
    words = term.key[: term.key.rfind("[")] if term.tag else term.key
    return f"{words}[ti]" if term.distance is None else f"{words}[ti:~{term.distance}]"
