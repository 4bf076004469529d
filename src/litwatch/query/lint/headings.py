"""Owns MeSH headings and subheadings: unknown, renamed, tagged as something else, narrowed without a reason.

Never says anything where MeSH is not loaded, but what the tags alone show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from litwatch.query.finding import Finding
from litwatch.query.lint.facts import facts
from litwatch.query.lint.structure import HEADING_TAGS, Standing, Structure
from litwatch.query.mesh import Heading, Mesh, known_subheading, named
from litwatch.query.tokens import normal
from litwatch.query.tree import Term
from litwatch.query.vocabulary import type_keys

#: Check tags: their own findings speak of them (losses.py).
CHECK_TAGS = ("humans", "human", "animals", "animal", "male", "female")


def heading_findings(structure: Structure, mesh: Mesh | None) -> Iterator[Finding]:
    """Each [mh], [majr] and [sh] of a query."""
    for standing in structure.standings:
        term = standing.term
        if term.tag in HEADING_TAGS:
            yield from _narrowed(standing, mesh)
            if mesh is not None:
                yield from _named(term, mesh)
        elif term.tag == "sh":
            yield from _subheading(term.text, term, mesh)


def _narrowed(standing: Standing, mesh: Mesh | None) -> Iterator[Finding]:
    term = standing.term
    if term.tag == "majr" and not standing.negated:
        yield Finding(
            "major-topic", "hint", term.start, term.end,
            "only papers where the heading is a major topic",
            "it costs many relevant papers; say in a remark why it is worth it",
            f'"{term.text}"[mh]', 3,
        )  # fmt: skip
    if "*" in term.text:
        yield Finding(
            "heading-wildcard", "hint", term.start, term.end,
            "a wildcard in a heading", "PubMed takes it, but then adds no narrower headings",
            "name the headings", 3,
        )  # fmt: skip
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


def _named(term: Term, mesh: Mesh) -> Iterator[Finding]:
    if "*" in term.text:
        return
    found = named(term.text, mesh)
    if term.text.count("/") > 1 and found.heading is None and mesh.find(term.text.split("/")[0].strip()):
        yield Finding(
            "several-subheadings", "error", term.start, term.end,
            "a heading takes one subheading at a time", "PubMed finds nothing for two",
            " OR ".join(f'"{term.text.split("/")[0].strip()}/{one.strip()}"[{term.tag}]'
                        for one in term.text.split("/")[1:4]), 3,
        )  # fmt: skip
        return
    if found.heading is None:
        yield from _unknown(term, found.name, mesh)
    else:
        yield from _old_name(term, found.name, found.heading, found.subheading)
    if found.subheading:
        yield from _subheading(found.subheading, term, mesh)


def _unknown(term: Term, name: str, mesh: Mesh) -> Iterator[Finding]:
    key = normal(name)
    if key in CHECK_TAGS:
        return
    if key.startswith(("and ", "or ", "not ")):
        return  # a lower-case operator, of which operators.py speaks
    if len(type_keys(name)) > 1:
        topic = mesh.find(f"{name}s as topic") or mesh.find(f"{name} as topic")
        advice = f'"{name}"[pt]' + (f', or "{topic.name}"[mh] for papers about such studies' if topic else "")
        yield Finding(
            "type-as-heading", "warning", term.start, term.end,
            f"{name[:60]} is a publication type, not a heading", "as a heading it finds nothing", advice, 3,
        )  # fmt: skip
        return
    if known_subheading(name, mesh) is not None:
        yield Finding(
            "subheading-as-heading", "warning", term.start, term.end,
            f"{name[:60]} is a subheading, not a heading", "as a heading it finds nothing", f'"{name}"[sh]', 3,
        )  # fmt: skip
        return
    near = _near_heading(name, mesh)
    yield Finding(
        "unknown-heading", "warning", term.start, term.end,
        f"{name[:60]} is no heading of the MeSH that is loaded ({mesh.version})",
        "if PubMed does not know it either, it finds nothing; beside OR nobody notices",
        f'did you mean "{near.name}"[{term.tag}]?' if near
        else "look it up in the MeSH browser; `litwatch mesh update` loads a newer MeSH", 3,
    )  # fmt: skip


def _near_heading(name: str, mesh: Mesh) -> Heading | None:
    """The heading by another number, order or spelling of the words."""
    key = normal(name)
    words = key.split()
    tries = [f"{key}s", key.removesuffix("s"), key.removesuffix("es"), key.replace("y ", "ies ")]
    if len(words) > 1:
        tries += [" ".join((*words[1:], words[0])), " ".join((words[-1], *words[:-1]))]
    for british, american in facts().spellings:
        if british in key:
            tries.append(key.replace(british, american))
        if american in key:
            tries.append(key.replace(american, british))
    for one in tries:
        if one and one != key and (found := mesh.find(one)):
            return found
    return None


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
            instead(successor) if successor else "take it out", 3,
        )  # fmt: skip
        return
    known = mesh.find(name) if mesh is not None else None
    if known is not None:
        yield Finding(
            "heading-as-subheading", "error", term.start, term.end,
            f"{name[:60]} is a heading, not a subheading", "as a subheading it finds nothing",
            f'"{known.name}"[mh]', 3,
        )  # fmt: skip
        return
    yield Finding(
        "unknown-subheading", "error", term.start, term.end,
        f"there is no subheading {name[:60]}", "PubMed finds nothing for it", "", 3,
    )  # fmt: skip
