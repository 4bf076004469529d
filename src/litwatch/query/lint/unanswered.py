"""Owns what PubMed takes and finds nothing for: filters and journals that there are not, headings turned round.

Never says whether a limit is wise; losses.py does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from litwatch.query.finding import Finding
from litwatch.query.lint.facts import facts
from litwatch.query.lint.kinds import Kind
from litwatch.query.lint.structure import Structure
from litwatch.query.mesh import Mesh
from litwatch.query.nlm_tables import find_filter
from litwatch.query.tokens import normal
from litwatch.query.tree import Term

_NAME = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*, [^\W\d_]+(?:[ -][^\W\d_]+)*")
_LEAST_LETTERS = 3
_TEXT = ("ti", "tiab", "tw", "ot")


def unanswered_findings(structure: Structure, mesh: Mesh | None, kind: Kind) -> Iterator[Finding]:
    """Each [sb], [ta], and text with a comma."""
    journals: list[Term] = []
    for standing in structure.standings:
        term = standing.term
        if term.tag == "sb":
            yield from _filter(term)
        elif term.tag == "ta":
            journals.append(term)
        elif term.tag in _TEXT and "," in term.text and mesh is not None:
            yield from _turned_round(term, mesh)
    if journals and kind == "watch":
        names = ", ".join(dict.fromkeys(term.text for term in journals))
        yield Finding(
            "journal-name", "hint", journals[0].start, journals[0].end,
            f"litwatch has no list of journals, and does not know whether there is {names[:120]}",
            "PubMed finds nothing for a journal that is spelt otherwise", "", 6,
            "look the name up in the NLM Catalog",
        )  # fmt: skip


def _filter(term: Term) -> Iterator[Finding]:
    name = normal(term.text)
    known = name in facts().filters or name.startswith(facts().filter_beginnings)
    if "*" in term.text or known or find_filter(term.text) is not None:
        return
    near = get_close_matches(name[:60], facts().filters, n=1, cutoff=0.8)
    yield Finding(
        "unknown-filter", "warning" if near else "hint", term.start, term.end,
        f"{term.text[:60]} is not a filter that litwatch knows", "PubMed finds nothing for one that there is not",
        f'"{near[0]}"[sb]' if near and " " in near[0] else f"{near[0]}[sb]" if near else "", 6,
        f"did you mean {near[0]}?" if near else "try it in PubMed",
    )  # fmt: skip


def _turned_round(term: Term, mesh: Mesh) -> Iterator[Finding]:
    """ "Depressive Disorder, Major"[tiab]: no abstract says it in this order."""
    head, _, rest = term.text.partition(",")
    head, rest = head.strip(), rest.strip()
    # N,N-dimethyltryptamine is no name turned round: only words count, and a blank behind the comma.
    plain = _NAME.fullmatch(term.text) is not None and min(len(head), len(rest)) >= _LEAST_LETTERS
    if not plain or mesh.find(term.text) is None:
        return
    yield Finding(
        "inverted-heading", "warning", term.start, term.end,
        f"{term.text[:60]} is the name of a heading turned round", "authors write it in the order of speech",
        f'"{rest} {head}"[{term.tag}]', 4,
    )  # fmt: skip
