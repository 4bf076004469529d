"""Owns what a concept lacks: other spellings, singular and plural, joined and parted words, entry terms.

Never makes a form up: forms come from variants.toml and from MeSH, and what another term already finds is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from litwatch.query.finding import Finding
from litwatch.query.lint.covering import ANYTHING, Cover, cover_of, wording
from litwatch.query.lint.facts import facts
from litwatch.query.lint.headings import CHECK_TAGS, alternatives
from litwatch.query.lint.kinds import Kind
from litwatch.query.lint.spelling import other_spellings
from litwatch.query.lint.structure import HEADING_TAGS, Structure
from litwatch.query.mesh import Heading, Mesh, named
from litwatch.query.nlm_tables import stop_words, type_keys
from litwatch.query.tokens import normal, query_words, words
from litwatch.query.tree import Term

Words = tuple[str, ...]


def variant_findings(structure: Structure, mesh: Mesh | None, kind: Kind) -> Iterator[Finding]:
    """What each group of alternatives lacks."""
    everywhere = {wording(one.term) for one in structure.standings if one.term.tag in _TEXT}
    for group in structure.alternatives:
        texts = [term for term in group.terms if term.tag in _TEXT]
        if group.negated or not texts:
            continue
        cover = cover_of(group.terms)
        asked: set[Words] = set()
        found = [one for term in texts for one in _forms(term, cover, asked, kind, bare=group.joined)]
        # (cohort AND study) OR (cohort AND studies): what stands in another alternative was not forgotten.
        found = [one for one in found if one.code == "missing-spelling" or not _added(one) & everywhere]
        yield from found if kind == "watch" else _gathered(found)
        if mesh is not None and kind == "watch":
            yield from _entry_terms(group.terms, texts, cover, mesh, bare=group.joined)


_TEXT = ("ti", "tiab", "tw", "ot", "all")


def _added(one: Finding) -> set[Words]:
    """The wording that a finding of _forms offers beside the term."""
    form = one.instead.strip("()").partition(" OR ")[2].rpartition("[")[0]
    return {tuple(word.replace("*", ANYTHING) for word in query_words(form))}


def _gathered(found: Sequence[Finding]) -> Iterator[Finding]:
    """Of a facet's alternatives one hint of each kind: what it lacks can lose tags, but is a list to go through."""
    for code in dict.fromkeys(one.code for one in found):
        alike = [one for one in found if one.code == code]
        first = alike[0]
        if len(alike) == 1:
            yield first
            continue
        forms = [one.instead.strip("()").partition(" OR ")[2] for one in alike]
        shown = ", ".join(forms[:_SHOWN]) + (
            f" and {len(forms) - _SHOWN} more" if len(forms) > _SHOWN else ""
        )
        yield replace(
            first,
            message=f"{len(alike)} {_KINDS[code]} are not searched, of {first.message.partition(' of ')[2]} and others"
            if code == "missing-plural"
            else f"{len(alike)} {_KINDS[code]} are not searched",
            instead="",
            advice=f"where it loses tags, add {shown}",
        )


_SHOWN = 6
_KINDS = {
    "missing-plural": "singulars or plurals",
    "missing-spelling": "British or American spellings",
    "missing-joined": "forms as one word or as two",
}


def _forms(term: Term, cover: Cover, asked: set[Words], kind: Kind, *, bare: bool) -> Iterator[Finding]:
    if term.distance is not None:
        return
    own = wording(term)
    width = term.tag
    for other in other_spellings(own):
        if other not in asked and cover.by(other, width) is None:
            asked.add(other)
            yield Finding(
                "missing-spelling", "warning" if kind == "watch" else "hint", term.start, term.end,
                f"{term.key[:60]} has another spelling that is not searched",
                "British and American papers spell it differently", _beside(term, other, bare=bare), 4,
            )  # fmt: skip
    for other in other_numbers(own) if not stop_words() & set(own) else ():
        if other not in asked and cover.by(other, width) is None:
            asked.add(other)
            yield Finding(
                "missing-plural", "hint", term.start, term.end,
                f"the other number of {term.key[:60]} is not searched",
                "PubMed finds singular and plural separately once there is a field tag",
                _beside(term, other, bare=bare), 4,
            )  # fmt: skip
    for other in joined_or_parted(own):
        if other not in asked and cover.by(other, width) is None:
            asked.add(other)
            yield Finding(
                "missing-joined", "hint", term.start, term.end,
                f"{term.key[:60]} is also written as {'one word' if len(other) < len(own) else 'two words'}",
                "PubMed takes a hyphen for a blank, but never joins two words", _beside(term, other, bare=bare), 4,
            )  # fmt: skip


def _beside(term: Term, other: Words, *, bare: bool) -> str:
    return alternatives((term.key, _written(other, term)), bare=bare)


def _written(forms: Words, term: Term) -> str:
    text = " ".join(forms).replace(ANYTHING, "*")
    return f'"{text}"[{term.tag}]' if len(forms) > 1 else f"{text}[{term.tag}]"


def other_numbers(own: Words) -> Iterator[Words]:
    """The phrase with its last word in the plural, or in the singular."""
    last = own[-1]
    if ANYTHING in last:
        return
    if irregular := facts().plurals.get(last) or facts().singulars.get(last):
        yield (*own[:-1], irregular)
        return
    if last in facts().nouns:
        yield (*own[:-1], _plural(last))
    else:
        singular = last[:-3] + "y" if last.endswith("ies") else last[:-1] if last.endswith("s") else ""
        for one in (singular, last.removesuffix("es")):
            if one in facts().nouns and _plural(one) == last:
                yield (*own[:-1], one)
                return


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeou":
        return noun[:-1] + "ies"
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    return noun + "s"


def joined_or_parted(own: Words) -> Iterator[Words]:
    """The phrase with one word parted, or two words joined."""
    for joined, (first, second) in facts().joined:
        for position, word in enumerate(own):
            if word.startswith(joined) and len(word) > 5:
                rest = second + word[len(joined) :]
                yield (*own[:position], first, rest, *own[position + 1 :])
                return
            if word == first and position + 1 < len(own) and own[position + 1].startswith(second):
                rest = joined + own[position + 1][len(second) :]
                yield (*own[:position], rest, *own[position + 2 :])
                return


def _entry_terms(
    terms: Sequence[Term], texts: Sequence[Term], cover: Cover, mesh: Mesh, *, bare: bool
) -> Iterator[Finding]:
    told: set[str] = set()
    alone = [(wording(term), cover_of((term,))) for term in texts[:_MOST_TEXTS]]
    for term in terms:
        if term.tag not in HEADING_TAGS:
            continue
        found = named(term.text, mesh)
        if found.heading is None or found.subheading or found.heading.name in told:
            continue
        heading = found.heading
        if normal(heading.name) in CHECK_TAGS or not _are_its_words(alone, heading):
            continue
        told.add(heading.name)
        missing = missing_wordings((heading.name, *heading.entry_terms), cover)
        if not missing:
            continue
        phrases = list(map(_phrase, missing))
        yield Finding(
            "missing-entry-terms", "hint", term.start, term.end,
            f"{len(missing)} of the names of {heading.name[:60]} are not searched as text"
            if len(missing) > 1 else f"one name of {heading.name[:60]} is not searched as text",
            "new papers have no headings: they are found by their words alone",
            alternatives((term.key, *phrases), bare=bare) if len(phrases) <= _MOST_NAMES else "", 4,
            "" if len(phrases) <= _MOST_NAMES else f"choose among {' OR '.join(phrases)}",
        )  # fmt: skip


_MOST_NAMES = 5


def _are_its_words(texts: Sequence[tuple[Words, Cover]], heading: Heading) -> bool:
    """Whether at least half of the text words are names of the heading, or find its name."""
    names = {words(name) for name in (heading.name, *heading.entry_terms)}
    plain = words(heading.name)
    own = sum(found in names or cover.by(plain, None) is not None for found, cover in texts)
    return own * 2 >= len(texts)


#: Of longer alternatives as many are looked at: it would take too long for all headings beside all words.
_MOST_TEXTS = 100


def missing_wordings(names: Sequence[str], cover: Cover) -> list[Words]:
    """Names of a heading, as words, that no text term finds; no inverted forms, no plurals of one another."""
    found: dict[frozenset[str], Words] = {}
    plain_names = [plain for name in names if "," not in name and "(" not in name and (plain := words(name))]
    # MeSH has "pre exposure prophylaxi" beside "pre-exposure prophylaxis": what differs by an s is one name.
    shapes = {_shape(plain) for plain in plain_names if cover.by(plain, None) is not None}
    for plain in plain_names:
        if len(" ".join(plain)) < 4 or plain[-2:] == ("as", "topic") or len(type_keys(" ".join(plain))) > 1:
            continue
        if not facts().dated.isdisjoint(plain):
            continue
        # "disorder major depressive" is an order of words that no abstract has; the first comes from NLM as it is said.
        # Of singular and plural the singular is named: the plural is never what a paper on one disorder says alone.
        shape = _shape(plain)
        if shape not in shapes and (shape not in found or _plurals(plain) < _plurals(found[shape])):
            found[shape] = plain
    return list(found.values())


def _plurals(plain: Words) -> int:
    return sum(word.endswith("s") and not word.endswith(("ss", "us", "is")) for word in plain)


def _shape(plain: Words) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in plain)


def _phrase(plain: Words) -> str:
    text = " ".join(plain)
    return f'"{text}"[tiab]' if len(plain) > 1 else f"{text}[tiab]"
