"""Owns what throws relevant papers out: limits, concepts that fresh papers cannot match.

Never says that a limit is forbidden: it says what it costs. What NOT takes away: negated.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.facts import facts
from litwatch.query.lint.headings import CHECK_TAGS, alternatives, near_heading
from litwatch.query.lint.inner_filters import inner_filter_findings
from litwatch.query.lint.negated import AGES, negation_findings
from litwatch.query.lint.rough_reading import Reading
from litwatch.query.lint.structure import (
    HEADING_TAGS,
    TEXT_WIDTH,
    Concept,
    Standing,
    Structure,
)
from litwatch.query.mesh import Mesh, named
from litwatch.query.nlm_tables import type_keys
from litwatch.query.tokens import normal
from litwatch.query.tree import Group, Term

_INSTEAD_OF_HUMANS = "in place of the whole AND: NOT (animals[mh] NOT humans[mh])"
#: Filters of PubMed's sidebar that ask for headings (PubMed User Guide, "Filters": Age, Sex, Species).
_INDEXED_FILTERS = frozenset({
    "humans", "human", "animals", "otheranimals", "male", "female", "allchild", "child", "newborn", "allinfant",
    "infant", "preschoolchild", "adolescent", "alladult", "adult", "youngadult", "middleagedaged", "middleaged", "aged",
    "80andover", "aged80",
})  # fmt: skip
_YEARS = re.compile(r"y_\d{1,2}", re.IGNORECASE)
_CREATED = (
    "[crdt], the day on which a record came to PubMed, is another criterion: it suits where what is new is meant, and "
    "loses papers that came before their printed date"
)
#: To look for near names takes some milliseconds each.
_MOST_NEAR = 20
_NEEDS_INDEXING = ("medline",)
_FULL_TEXT = (
    "free full text", "full text", "hasabstract", "freetext", "loattrfull text", "loattrfree full text", "ffrft",
)  # fmt: skip


def loss_findings(structure: Structure, reading: Reading, mesh: Mesh | None) -> Iterator[Finding]:
    """What a watch would lose; facets are no searches, and are left alone."""
    yield from negation_findings(structure, reading.text, mesh)
    for standing in structure.standings:
        if not standing.negated:
            yield from _limit(standing, reading)
    for position, concept in enumerate(structure.concepts):
        only, by_letters = len(structure.concepts) == 1, position < _MOST_NEAR
        yield from _one_layer(concept, mesh, only=only, by_letters=by_letters)
    yield from inner_filter_findings(structure)


def _limit(standing: Standing, reading: Reading) -> Iterator[Finding]:
    term, name = standing.term, normal(standing.term.text)
    below_and = standing.operator in ("AND", "NOT")
    if term.field.kind == "date":
        yield from _date(standing, reading)
    elif not below_and:
        return
    elif term.tag in HEADING_TAGS and name in ("humans", "human", "animals", "male", "female"):
        yield _loses(term, f"{term.key[:40]} as a limit",
                     _INSTEAD_OF_HUMANS if name.startswith("human") else "add words in the text")  # fmt: skip
    elif term.tag in HEADING_TAGS and name in AGES:
        yield _loses(term, f"the age group {term.key[:40]} as a limit", "add words in the text")
    elif term.tag == "sb" and _is_indexed_filter(term):
        yield _loses(
            term, f"the filter {term.key[:40]}",
            _INSTEAD_OF_HUMANS if name.startswith("human") else "add words in the text",
        )  # fmt: skip
    elif term.tag == "sb" and _YEARS.fullmatch(term.text.strip()):
        yield Finding(
            "publication-date", "hint", term.start, term.end, f"a limit by publication date: {term.key[:50]}",
            "PubMed's sidebar counts by [dp]; NLM: [crdt] is often more comprehensive when PubMed is checked regularly",
            "", 6, _CREATED,
        )  # fmt: skip
    elif term.tag == "sb" and name in _NEEDS_INDEXING:
        yield _loses(term, f"{term.key[:40]} as a limit", "leave it out of a watch")
    elif term.tag == "sb" and name in _FULL_TEXT:
        yield Finding(
            "availability-limit", "hint", term.start, term.end, f"{term.key[:40]} as a limit",
            "it chooses papers by what is free or filled in, not by what they say", "", 6,
        )  # fmt: skip
    elif term.tag == "la" or (term.tag == "sb" and name in ("english",)):
        if not _has_remark(reading, term):
            yield Finding(
                "language-limit", "hint", term.start, term.end, f"a limit to one language: {term.key[:40]}",
                "papers in other languages are lost; say in a # remark why", "", 6,
            )  # fmt: skip
    elif term.tag == "ta" and not _has_remark(reading, term):
        yield Finding(
            "journal-limit", "hint", term.start, term.end, f"a limit to one journal: {term.key[:40]}",
            "papers elsewhere are lost; say in a # remark why", "", 6,
        )  # fmt: skip


def _is_indexed_filter(term: Term) -> bool:
    return normal(term.text).replace(" ", "") in _INDEXED_FILTERS


def _loses(term: Term, message: str, advice: str) -> Finding:
    why = "papers without MeSH are lost: every new one for days, and those that are never indexed"
    return Finding("indexed-only-limit", "warning", term.start, term.end, message, why, "", 6, advice)


def _date(standing: Standing, reading: Reading) -> Iterator[Finding]:
    term = standing.term
    if term.tag in ("dp", "epdat", "ppdat"):
        single = ":" not in term.text and not term.text.lower().startswith("last")
        yield Finding(
            "publication-date", "hint", term.start, term.end, f"a limit by publication date: {term.key[:50]}",
            "a single [dp] leaves out papers whose electronic date comes later" if single
            else "NLM: [crdt] is often more comprehensive than [dp] when PubMed is checked regularly for new papers",
            "", 6, "" if single or _is_closed(term) else _CREATED,
        )  # fmt: skip
    elif standing.operator == "AND" and not _has_remark(reading, term):
        yield Finding(
            "date-limit", "hint", term.start, term.end, f"a limit by date: {term.key[:50]}",
            "a watch looks at what is new by itself; say in a # remark why it needs a date", "", 6,
        )  # fmt: skip


def _is_closed(term: Term) -> bool:
    """Whether the range ends before the far future: then it is a criterion, which [crdt] would change."""
    _, colon, end = term.text.partition(":")
    return bool(colon) and end.strip()[:4] < "2100"


def _has_remark(reading: Reading, term: Term) -> bool:
    """Whether a remark stands on the term's line or on the one above it."""
    begin = reading.text.rfind("\n", 0, max(reading.text.rfind("\n", 0, term.start), 0)) + 1
    end = reading.text.find("\n", term.end)
    end = len(reading.text) if end < 0 else end
    return any(begin <= start < end for start, _ in reading.comments)


def _one_layer(concept: Concept, mesh: Mesh | None, *, only: bool, by_letters: bool) -> Iterator[Finding]:
    """A concept that only indexed papers can match, or one that headings could help."""
    tags = {term.tag for term in concept.everything}
    if len(concept.everything) > 1 and all(
        one.tag == "sb" and _is_indexed_filter(one) for one in concept.everything
    ):
        yield _loses(
            concept.everything[0], "age groups, sexes or species as a limit", "add words in the text"
        )
        return
    if not tags or tags & set(TEXT_WIDTH) or not tags <= {*HEADING_TAGS, "sh", "pt", "pa"}:
        if mesh is not None and tags and tags <= set(TEXT_WIDTH) and not only:
            yield from _no_heading(concept, mesh)
        return
    first, last = concept.everything[0], concept.everything[-1]
    names = {normal(term.text) for term in concept.everything}
    if names <= AGES | set(CHECK_TAGS):
        if len(concept.everything) > 1:
            yield _loses(first, "age groups or sexes as a limit", "add words in the text")
        return
    types = tags == {"pt"}
    what = "publication types" if types else "headings"
    yield Finding(
        "type-only-concept" if types else "mesh-only-concept", "hint" if types else "warning", first.start, last.end,
        f"this concept is searched by {what} alone",
        "new papers have none for days, and some never get any: they are lost",
        "", 3, _as_text(concept, mesh, by_letters=by_letters),
    )  # fmt: skip


def _as_text(concept: Concept, mesh: Mesh | None, *, by_letters: bool) -> str:
    """What to add, by the first term: a misspelt heading would be added as a misspelt word."""
    term = concept.everything[0]
    name = _name_of(term, mesh, by_letters=by_letters)
    if not name:
        return "add text words"
    head, _, tail = term.text.strip("/ ").partition("/")
    right = normal(name) == normal(head) and "," not in tail
    if "," in name:
        head, _, rest = name.partition(",")
        name = f"{rest.strip()} {head.strip()}"
    quoted = f'"{name.lower()}"' if " " in name else name.lower()
    return f"add text words: {f'{term.key} OR ' if right else ''}{quoted}[tiab]"


def _name_of(term: Term, mesh: Mesh | None, *, by_letters: bool) -> str:
    """What the term names, as an author may write it; "" for what is no name, and for an old type."""
    if term.tag == "pt":
        known = len(type_keys(term.text)) > 1 and normal(term.text) not in facts().types
        return term.text if known else ""
    if term.tag == "sh":
        return "" if "/" in term.text.strip("/ ") else term.text.strip("/ ")
    found = named(term.text, mesh)
    if mesh is None or found.heading is not None or "*" in found.name:
        return found.name
    near = near_heading(found.name, mesh, by_letters=by_letters)
    return near.heading.name if near is not None and near.sure else found.name.partition("/")[0].strip()


def _no_heading(concept: Concept, mesh: Mesh) -> Iterator[Finding]:
    """A heading for a concept of words, where most of them are names of that one heading.

    One word alone decides nothing: "maintenance" is a heading of buildings, "administration" one of management.
    """
    if {term.tag for term in concept.alternatives} - {"ti", "tiab", "ot"}:
        return  # [tw] and all fields search headings by themselves
    named = [(term, mesh.find(term.text)) for term in concept.alternatives if "*" not in term.text]
    counts = Counter(found.name for _, found in named if found is not None)
    if not counts:
        return
    name, count = counts.most_common(1)[0]
    if count < 2 or count * 2 < len(concept.alternatives):
        return
    term = next(one for one, found in named if found is not None and found.name == name)
    bare = isinstance(concept.clause, Group)
    yield Finding(
        "text-only-concept", "hint", term.start, term.end,
        f"this concept is searched by words alone; most of them are names of the heading {name[:60]}",
        "papers whose abstract says it otherwise are found by their headings",
        alternatives((term.key, f'"{name}"[mh]'), bare=bare), 3,
    )  # fmt: skip
