"""Owns the order in which a query is looked over, and which findings stand.

Never looks for anything itself. Pure, and linear in the length of the query but for headings' entry terms.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace

from litwatch.errors import QueryError
from litwatch.query.fields import find_field, near_names
from litwatch.query.finding import Finding
from litwatch.query.lint.around import around_findings
from litwatch.query.lint.counts import count_findings
from litwatch.query.lint.foreign import foreign_places, without_foreign
from litwatch.query.lint.headings import heading_findings
from litwatch.query.lint.hints import reading_hints
from litwatch.query.lint.history import history_findings
from litwatch.query.lint.kinds import Kind
from litwatch.query.lint.lines import line_findings
from litwatch.query.lint.losses import loss_findings
from litwatch.query.lint.marks import mark_findings
from litwatch.query.lint.mending import put_right
from litwatch.query.lint.operators import operator_findings
from litwatch.query.lint.platforms import platform_findings
from litwatch.query.lint.published import published_filters, published_places
from litwatch.query.lint.repeats import repeat_findings
from litwatch.query.lint.required import required_findings
from litwatch.query.lint.rough_reading import Reading, read_roughly
from litwatch.query.lint.signs import sign_findings
from litwatch.query.lint.structure import Structure, structure_of
from litwatch.query.lint.syntax import MOST_ADVICE, syntax_findings
from litwatch.query.lint.types import type_findings
from litwatch.query.lint.unanswered import unanswered_findings
from litwatch.query.lint.variants import variant_findings
from litwatch.query.lint.wording import wording_findings
from litwatch.query.mesh import Mesh
from litwatch.query.parse import parse
from litwatch.query.tree import Query

_RANK = {"error": 0, "warning": 1, "hint": 2}
#: The hints of which a facet is told: what it lacks loses tags, but what is said twice there harms nobody.
_LOSES_TAGS = frozenset({
    "missing-spelling", "missing-plural", "missing-joined", "not-exploded", "major-topic", "heading-wildcard",
    "unassigned-type",
})  # fmt: skip


def lint(query: str | Query, mesh: Mesh | None = None, kind: Kind = "watch") -> tuple[Finding, ...]:
    """Everything in a query that makes it lose papers, in the order in which it is written.

    A text that does not parse is looked over as far as it can be read; without MeSH what needs it is left out.
    """
    text = query if isinstance(query, str) else query.source
    if history := tuple(history_findings(text)):
        return history
    right, slips = put_right(text, mesh)
    found = _one_offer_a_place([*slips, *_looked_over(query if right == text else right, mesh, kind)])
    return tuple(sorted(found, key=lambda one: (one.start, _RANK[one.severity], one.end, one.code)))


def _looked_over(query: str | Query, mesh: Mesh | None, kind: Kind) -> list[Finding]:
    """The findings in any order."""
    text = query if isinstance(query, str) else query.source
    reading = read_roughly(text)
    refusal: QueryError | None = None
    parsed = query if isinstance(query, Query) else None
    if parsed is None:
        try:
            parsed = parse(text)
        except QueryError as error:
            refusal = error
    found = list(_in_text(reading, mesh, kind))
    if alone := [one for one in found if one.code == "command-line"]:
        return alone
    found = _without_words_of_others(_without_slips(found), reading)
    foreign = foreign_places(found, reading)
    if not foreign.whole:
        parsed = _mended(text, found) or parsed
    structure = structure_of(parsed) if parsed is not None else None
    found += reading_hints(reading, structure)
    if structure is not None and not foreign.whole:
        found += _without_twice_told(list(_in_tree(structure, reading, mesh, kind)))
    found = _without_parts_of_names(_without_doubtful(without_foreign(found, foreign)))
    if structure is not None and (places := published_places(structure, published_filters())):
        found = _outside(found, tuple(_with_brackets(text, *place) for place in places))
    if kind == "facet":
        found = [one for one in found if one.severity != "hint" or one.code in _LOSES_TAGS]
    if refusal is not None:
        found = found if foreign.whole else _with_refusal(found, refusal, reading)
        found = _without_vain_offer(text, found)
    known: dict[tuple[str, int, int, str], Finding] = {}
    for one in _one_offer_a_place(found):
        known.setdefault((one.code, one.start, one.end, one.instead), one)
    return list(known.values())


def _without_vain_offer(text: str, found: list[Finding]) -> list[Finding]:
    """Where one error alone keeps the text from being read, what is offered for it must mend that."""
    errors = [one for one in found if one.severity == "error"]
    if len(errors) != 1 or not errors[0].instead:
        return found
    [error] = errors
    try:
        parse(text[: error.start] + error.instead + text[error.end :])
    except QueryError:
        return [replace(one, instead="") if one is error else one for one in found]
    return found


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """The place with the brackets right around it."""
    before = len(text[:start].rstrip("( \n"))
    after = len(text) - len(text[end:].lstrip(") \n"))
    return before, after


def _outside(found: list[Finding], places: tuple[tuple[int, int], ...]) -> list[Finding]:
    """Without what is said of published filters, but errors: who validated them chose each term."""
    starts = [start for start, _ in places]
    kept: list[Finding] = []
    for one in found:
        place = bisect_right(starts, one.start) - 1
        if one.severity == "error" or place < 0 or one.end > places[place][1]:
            kept.append(one)
    return kept


def _without_twice_told(found: list[Finding]) -> list[Finding]:
    """Of a NOT that takes all away, not how to word it; of a filter that is the wrong way round, that alone."""
    for better, worse in (("reversed-filter", ("takes-itself-away",)), ("takes-itself-away", _OF_NOT)):
        places = tuple(sorted((one.start, one.end) for one in found if one.code == better))
        told = [one for one in found if one.code in worse]
        if places and told:
            inside = set(told) - set(_outside(told, places))
            found = [one for one in found if one not in inside]
    return found


_OF_NOT = ("not-words", "not-type", "not-loses")


def _without_words_of_others(found: list[Finding], reading: Reading) -> list[Finding]:
    """Nothing about the words of a prefix or suffix, which are no terms, nor about words whose tag is misplaced."""
    places = [(one.start, one.end) for one in found if one.code in ("prefix", "suffix", "query-in-quotes")]
    places += [
        (one.start, one.end) for one in reading.operands if one.inside is not None and one.tag is not None
    ]
    if not places:
        return found
    outer: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if not outer or end > outer[-1][1]:
            outer.append((start, end))
    words = [one for one in found if one.code.startswith("untagged-")]
    told = [replace(one, severity="warning") for one in words]  # in a facet, too
    inside = {one.start for one in told} - {one.start for one in _outside(told, tuple(outer))}
    return [one for one in found if not (one.start in inside and one.code.startswith("untagged-"))]


def _one_offer_a_place(found: list[Finding]) -> list[Finding]:
    """Where two things are found at one place, what is offered for the second is advice: both cannot be pasted."""
    offered: set[tuple[int, int]] = set()
    kept: list[Finding] = []
    # A typographic quotation mark is mended by whatever is offered for the phrase.
    for one in sorted(found, key=lambda one: (_RANK[one.severity], one.code == "smart-quote", one.code)):
        place = (one.start, one.end)
        if one.instead and place in offered:
            added = one.instead.strip("()").partition(" OR ")[2] if one.code.startswith("missing-") else ""
            one = replace(one, instead="", advice=f"add {added}" if added else f"or {one.instead}")
        elif one.instead:
            offered.add(place)
        kept.append(one)
    return kept


def _without_parts_of_names(found: list[Finding]) -> list[Finding]:
    """Nothing about the parts of a name that an & tears apart."""
    names = sorted((one.start, one.end) for one in found if one.code == "sign-in-name" and one.instead)
    starts = [start for start, _ in names]

    def is_part(one: Finding) -> bool:
        at = bisect_right(starts, one.start) - 1
        return at >= 0 and one.end <= names[at][1] and one.code != "sign-in-name"

    return [one for one in found if not is_part(one)]


def _without_doubtful(found: list[Finding]) -> list[Finding]:
    """Nothing but errors about a run of words that should be two terms, or about what is a number of results."""
    places = sorted(
        (one.start, one.end)
        for one in found
        if one.code == "result-count"
        or (one.code == "lower-case-operator" and one.end - one.start > len("and/or"))
    )
    starts = [start for start, _ in places]

    def stands(one: Finding) -> bool:
        at = bisect_right(starts, one.start) - 1
        inside = (
            at >= 0 and one.end <= places[at][1] and one.code not in ("result-count", "lower-case-operator")
        )
        return not inside or (one.severity == "error" and not one.code.startswith("untagged-"))

    return [one for one in found if stands(one)]


def _without_slips(found: list[Finding]) -> list[Finding]:
    """Nothing about the words around a misspelt operator, which is no word."""
    slips = sorted(one.start for one in found if one.code == "misspelt-operator")
    return [
        one
        for one in found
        if one.code not in _AROUND_SLIPS or bisect_left(slips, one.start) == bisect_left(slips, one.end)
    ]


_AROUND_SLIPS = frozenset(
    {"implicit-and", "missing-operator", "unquoted-phrase", "untagged-term", "untagged-acronym"}
)


def _in_text(reading: Reading, mesh: Mesh | None, kind: Kind) -> Iterator[Finding]:
    yield from mark_findings(reading)
    yield from syntax_findings(reading)
    yield from platform_findings(reading, mesh)
    yield from around_findings(reading)
    yield from count_findings(reading)
    yield from operator_findings(reading, mesh)
    yield from sign_findings(reading, mesh)
    yield from wording_findings(reading, kind)
    yield from line_findings(reading)


def _in_tree(structure: Structure, reading: Reading, mesh: Mesh | None, kind: Kind) -> Iterator[Finding]:
    yield from heading_findings(structure, mesh)
    yield from type_findings(structure, kind)
    yield from unanswered_findings(structure, mesh, kind)
    yield from repeat_findings(structure, mesh)
    yield from required_findings(structure, mesh)
    yield from variant_findings(structure, mesh, kind)
    if kind == "watch":
        yield from loss_findings(structure, reading, mesh)


def _mended(text: str, found: list[Finding]) -> Query | None:
    """The query with its misspelt tags and operators put right, all in their places: what was meant is judged.

    None where nothing can be put right, or where more is wrong.
    """
    if sum(one.code == "misspelt-tag" for one in found) > MOST_ADVICE:
        return None
    mended = list(text)
    for one in found:
        room = one.end - one.start
        operator = one.code in ("misspelt-operator", "lower-case-operator") and one.severity == "error"
        if operator and 0 < len(one.instead) <= room:
            mended[one.start : one.end] = one.instead.ljust(room)
        elif one.code == "misspelt-tag" and 0 < len(one.instead) <= room:
            mended[one.start : one.end] = f"{one.instead[:-1].ljust(room - 1)}]"
        elif one.code == "misspelt-tag":
            name = text[one.start + 1 : one.end - 1]
            near = next((near for near in near_names(name) if len(near) <= room - 2), "ti")
            if room - 2 < len(near):
                return None
            mended[one.start + 1 : one.end - 1] = near.ljust(room - 2)
    right = "".join(mended)
    if right == text:
        return None
    try:
        return parse(right)
    except QueryError:
        return None


def _with_refusal(found: list[Finding], refusal: QueryError, reading: Reading) -> list[Finding]:
    """The parser's refusal as a finding, unless an error of lint's own says it better."""
    start, end = min(refusal.start, max(len(refusal.query) - 1, 0)), min(refusal.end, len(refusal.query))
    for one in found:
        if one.severity == "error" and one.start < max(end, start + 1) and start < one.end:
            return found
    code = "syntax"
    for term in reading.terms:
        field = find_field(term.tag.text[1:-1].partition(":")[0]) if term.tag else None
        if field is not None and field.kind == "date" and term.start <= start < term.end:
            code = "date-format"
    why = "PubMed would search something else than was meant, or nothing"
    return [*found, Finding(code, "error", start, max(end, start), refusal.message, why, "", 5, refusal.hint)]
