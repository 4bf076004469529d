"""Owns MeSH headings and subheadings: unknown, renamed, tagged as something else, narrowed without a reason.

Never says anything where MeSH is not loaded, but what the tags alone show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol, runtime_checkable

from litwatch.query.finding import Finding
from litwatch.query.lint.facts import facts
from litwatch.query.lint.spelling import other_spellings
from litwatch.query.lint.structure import HEADING_TAGS, Standing, Structure
from litwatch.query.mesh import Heading, Mesh, Named, known_subheading, named
from litwatch.query.nlm_tables import type_keys
from litwatch.query.tokens import normal
from litwatch.query.tree import Term

#: Check tags: their own findings speak of them (losses.py).
_SLASH = re.compile(r"\w[\s/]*/\s*\Z")
CHECK_TAGS = ("humans", "human", "animals", "animal", "male", "female")


def heading_findings(structure: Structure, mesh: Mesh | None) -> Iterator[Finding]:
    """Each [mh], [majr] and [sh] of a query."""
    unknown = 0
    for standing in structure.standings:
        term = standing.term
        if term.tag in HEADING_TAGS:
            if _SLASH.search(term.text):
                yield Finding(
                    "empty-subheading", "error", term.start, term.end,
                    f"{term.text[:60]} has a slash and no subheading behind it", "PubMed finds nothing for it",
                    f'"{term.text.rstrip("/ ")}"[{term.tag}{"" if term.explode else ":noexp"}]', 3,
                )  # fmt: skip
                continue
            yield from _narrowed(standing, mesh)
            if mesh is not None:
                below_or = standing.operator in ("", "OR")
                found = list(_named(term, mesh, below_or=below_or, by_letters=unknown < _MOST_NEAR))
                unknown += sum(one.code == "unknown-heading" for one in found)
                yield from found
        elif term.tag == "sh":
            yield from _subheading(term.text, term, mesh)


def _narrowed(standing: Standing, mesh: Mesh | None) -> Iterator[Finding]:
    term = standing.term
    if term.tag == "majr" and not standing.negated:
        yield Finding(
            "major-topic", "hint", term.start, term.end,
            "only papers where the heading is a major topic",
            "it costs many relevant papers; say in a remark why it is worth it",
            f'"{term.text}"[mh{"" if term.explode else ":noexp"}]', 3,
        )  # fmt: skip
    if "*" in term.text:
        yield Finding(
            "heading-wildcard", "hint", term.start, term.end,
            "a wildcard in a heading", "PubMed takes it, but then adds no narrower headings",
            "", 3, "name the headings",
        )  # fmt: skip
        return
    if not term.explode and not standing.negated:
        found = named(term.text, mesh)
        if found.heading is not None and mesh is not None:
            if normal(found.name) in CHECK_TAGS:
                return
            below = len(mesh.explode(found.heading)) - 1
            if not below:
                return
            lost = (
                f"the {below} narrower headings are left out"
                if below > 1
                else "the narrower heading is left out"
            )
        else:
            lost = "narrower headings are left out"
        yield Finding(
            "not-exploded", "hint", term.start, term.end, f"{lost}, because of :noexp",
            "papers indexed only under a narrower heading are lost", f'"{term.text}"[{term.tag}]', 3,
        )  # fmt: skip


def _named(term: Term, mesh: Mesh, *, below_or: bool, by_letters: bool) -> Iterator[Finding]:
    if "*" in term.text:
        return
    found = named(term.text, mesh)
    if several := _several(term.text, found, mesh):
        explode = "" if term.explode else ":noexp"
        yield Finding(
            "several-subheadings", "error", term.start, term.end,
            "a heading takes one subheading at a time", "PubMed finds nothing for two",
            alternatives((f'"{one}"[{term.tag}{explode}]' for one in several), bare=below_or), 3,
        )  # fmt: skip
        return
    if found.heading is None:
        yield from _unknown(term, found.name, found.subheading, mesh, by_letters=by_letters)
    else:
        yield from _old_name(term, found.name, found.heading, found.subheading)
    if found.subheading:
        yield from _subheading(found.subheading, term, mesh)


def _several(text: str, found: Named, mesh: Mesh) -> tuple[str, ...]:
    """The heading with each of its subheadings: Ketamine/ad/tu, or Ketamine/ad,tu as Ovid has them; () for one."""
    heading, *subheadings = (part.strip() for part in text.split("/"))
    if len(subheadings) > 1 and (found.heading is not None or mesh.find(heading) is None):
        return ()
    if len(subheadings) == 1:
        subheadings = [one.strip() for one in subheadings[0].split(",")]
        if known_subheading(found.subheading, mesh) or not all(
            known_subheading(one, mesh) is not None for one in subheadings
        ):
            return ()
    return tuple(f"{heading}/{one}" for one in subheadings) if len(subheadings) > 1 else ()


def _unknown(term: Term, name: str, subheading: str, mesh: Mesh, *, by_letters: bool) -> Iterator[Finding]:
    key = normal(name)
    if key in CHECK_TAGS:
        return
    if key.startswith(("and ", "or ", "not ")):
        return  # a lower-case operator, of which operators.py speaks
    if key.endswith(" category"):
        return  # the top of a tree ("Diseases Category"), which PubMed knows and MeSH's files do not list
    if len(type_keys(name)) > 1:
        topic = mesh.find(f"{name}s as topic") or mesh.find(f"{name} as topic")
        advice = f'"{topic.name}"[mh] finds papers about such studies' if topic else ""
        yield Finding(
            "type-as-heading", "warning", term.start, term.end,
            f"{name[:60]} is a publication type, not a heading", "as a heading it finds nothing", f'"{name}"[pt]', 3,
            advice,
        )  # fmt: skip
        return
    if known_subheading(name, mesh) is not None:
        yield Finding(
            "subheading-as-heading", "warning", term.start, term.end,
            f"{name[:60]} is a subheading, not a heading", "as a heading it finds nothing", f'"{name}"[sh]', 3,
        )  # fmt: skip
        return
    near = near_heading(name, mesh, by_letters=by_letters)
    yield Finding(
        "unknown-heading", "warning", term.start, term.end,
        f"{name[:60]} is no heading of the MeSH that is loaded ({mesh.version})",
        "if PubMed does not know it either, it finds nothing; beside OR nobody notices",
        _as_heading(near.heading.name, subheading, term) if near and near.sure else "", 3,
        f"did you mean {near.heading.name}?" if near
        else "look it up in the MeSH browser; `litwatch mesh update` loads a newer MeSH",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Near:
    """A heading that may have been meant; `sure`: what was written is no word, or says the same otherwise."""

    heading: Heading
    sure: bool


def near_heading(name: str, mesh: Mesh, *, by_letters: bool) -> Near | None:
    """The heading by another number, order or spelling of the words."""
    key = normal(name)
    words = key.split()
    numbers = [f"{key}s", key.removesuffix("s"), key.replace("y ", "ies ")]
    if key.endswith(("ses", "xes", "ches", "shes", "oes")):
        numbers.append(key.removesuffix("es"))
    tries = [" ".join((*words[1:], words[0])), " ".join((words[-1], *words[:-1]))] if len(words) > 1 else []
    tries += map(" ".join, other_spellings(tuple(words)))
    for one in (*numbers, *tries):
        if one and one != key and (found := mesh.find(one)):
            # Of one word the other number may be another word: accents, and Accent, a flavour.
            likely = len(words) > 1 or one in tries or _are_of_one_kind(key, normal(found.name))
            return Near(found, sure=likely)
    return _near_letters(key, mesh) if by_letters else None


@runtime_checkable
class _Spelling(Protocol):
    """A MeSH that knows what a misspelt name may mean, as edge/mesh does."""

    def near(self, name: str, at_most: int) -> tuple[str, ...]:
        """Headings that may be meant, the likeliest first."""

    def begins_with(self, word: str) -> bool:
        """Whether some name begins with the word."""


def _near_letters(key: str, mesh: Mesh) -> Near | None:
    """The heading that has a name which differs by a letter or two.

    `nasal` is a word, and no slip of NASA's: where the heading has another name than what was written, some word must
    be no word of MeSH's, and the others say what was meant.
    """
    if not isinstance(mesh, _Spelling) or len(key) < _LEAST_LETTERS:
        return None
    slip = not all(map(mesh.begins_with, key.split()))
    for name in mesh.near(key, 3):
        found = mesh.find(name)
        if found is None:
            continue
        own = normal(found.name)
        names = (own, *map(normal, found.entry_terms))
        if get_close_matches(key, names if _are_of_one_kind(key, own) else (own,), n=1, cutoff=0.86):
            return Near(found, sure=" " in key or (slip and len(key) >= _LEAST_SURE))
        if slip and " " in key and get_close_matches(key, names, n=1, cutoff=0.9):
            return Near(found, sure=True)
    return None


def _are_of_one_kind(key: str, name: str) -> bool:
    """Whether at least half of the words stand in the name, as far as their beginnings say."""
    begun = {word[:_STEM] for word in name.split()}
    words = key.split()
    return sum(word[:_STEM] in begun for word in words) * 2 >= len(words)


_STEM = 5
_LEAST_LETTERS = 5
#: Shorter words differ by a letter from words of another sense: either is no ether.
_LEAST_SURE = 7
#: To look for near names takes some milliseconds each; who has more unknown headings than this pasted something else.
_MOST_NEAR = 20


def _old_name(term: Term, name: str, heading: Heading, subheading: str) -> Iterator[Finding]:
    key = normal(name)
    current, since = _renamed(facts().headings, heading.name) or (heading.name, "")
    if key in (normal(heading.name), heading.ui.lower(), normal(current)):
        if since and key != normal(current):
            yield Finding(
                "renamed-heading", "hint", term.start, term.end,
                f"{name[:60]} is now called {current} ({since})",
                "the old name still finds it, as an entry term", _as_heading(current, subheading, term), 3,
            )  # fmt: skip
        return
    yield Finding(
        "entry-term", "hint", term.start, term.end,
        f"{name[:60]} is an entry term; the heading is {current}",
        "PubMed finds the heading by it, as long as the entry term stays with this heading",
        _as_heading(current, subheading, term), 3,
    )  # fmt: skip


def _renamed(table: Mapping[str, tuple[str, str]], name: str) -> tuple[str, str] | None:
    return table.get(normal(name))


def _as_heading(name: str, subheading: str, term: Term) -> str:
    return f'"{name}{"/" + subheading if subheading else ""}"[{term.tag}{"" if term.explode else ":noexp"}]'


def alternatives(terms: Iterable[str], *, bare: bool) -> str:
    """The terms joined by OR, in brackets unless they stand below an OR already."""
    joined = " OR ".join(terms)
    return joined if bare else f"({joined})"


def _subheading(name: str, term: Term, mesh: Mesh | None) -> Iterator[Finding]:
    if "*" in name or known_subheading(name, mesh) is not None:
        return
    heading = term.text.rpartition("/")[0] if term.tag != "sh" else ""

    def instead(successor: str) -> str:
        return f'"{heading}/{successor}"[{term.tag}]' if heading else f'"{successor}"[sh]'

    if old := _renamed(facts().subheadings, name):
        successor, since = old
        yield Finding(
            "retired-subheading", "warning", term.start, term.end,
            f"the subheading {name[:60]} was {since}", "it finds nothing any more",
            instead(successor) if successor else "", 3, "" if successor else "use the heading without it",
        )  # fmt: skip
        return
    head, _, tail = (part.strip() for part in name.rpartition("/"))
    if head and term.tag == "sh" and known_subheading(tail, mesh) is not None:
        above = mesh.find(head) if mesh is not None else None
        yield Finding(
            "heading-as-subheading", "error", term.start, term.end,
            f"{name[:60]} is a heading with a subheading", "as a subheading it finds nothing",
            f'"{above.name if above else head}/{tail}"[mh{"" if term.explode else ":noexp"}]', 3,
        )  # fmt: skip
        return
    known = mesh.find(name) if mesh is not None else None
    if known is not None:
        yield Finding(
            "heading-as-subheading", "error", term.start, term.end,
            f"{name[:60]} is a heading, not a subheading", "as a subheading it finds nothing",
            f'"{known.name}"[mh]' if not heading else "", 3, f'"{known.name}"[mh]' if heading else "",
        )  # fmt: skip
        return
    yield Finding(
        "unknown-subheading", "error", term.start, term.end,
        f"there is no subheading {name[:60]}", "PubMed finds nothing for it", "", 3,
    )  # fmt: skip
