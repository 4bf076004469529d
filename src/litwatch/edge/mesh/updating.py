"""Owns a newer MeSH over the one in use: what is taken from which file, and what that changes.

Never replaces anything before every file was read to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from litwatch.edge.mesh.file import SHIPPED, About, MeshDamaged, MeshFile, MeshTooNew
from litwatch.edge.mesh.sources import Source, read_source
from litwatch.edge.mesh.writing import Contents, write
from litwatch.errors import LitwatchError, UsageError
from litwatch.query.mesh import Heading
from litwatch.query.nlm_tables import Subheading, subheading_key
from litwatch.query.tokens import normal

MOST_GONE = 20  # one in so many headings, or subheadings, may go


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update changed; names in order, `renamed` as (old, new)."""

    before: About
    after: About
    new: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]
    gone_subheadings: tuple[str, ...]
    subheadings_read: int


class MuchIsGone(LitwatchError):
    """So much would go that the file may be cut at the end of a line, or be a part; nothing was written."""

    def __init__(self, message: str, gone: tuple[str, ...], gone_subheadings: tuple[str, ...]) -> None:
        super().__init__(message)
        self.gone = gone
        self.gone_subheadings = gone_subheadings


def update(file: Path, paths: Sequence[Path], *, force: bool = False) -> Changes:
    """Read NLM's files, and put what they say in the place of `file`; on any error that stays as it is.

    Raises CutFile and ReadError for a file that cannot be read to its end, UsageError for one that is something
    else, MuchIsGone where more than one heading or subheading in MOST_GONE would go and `force` is not set,
    LitwatchError where `file` cannot be written.
    """
    sources = [read_source(path) for path in paths]
    _check(sources)
    current = _in_use(file)
    known, known_subheadings = current.everything(), current.all_subheadings()
    contents = _merged(current, known, sources)
    before = current.about()
    current.close()
    new, renamed, gone = _compared(known, contents.headings)
    gone_subheadings = _gone_subheadings(known_subheadings, contents.subheadings)
    if not force:
        _check_gone(paths, "headings", len(known), gone, gone_subheadings)
        _check_gone(paths, "subheadings", len(known_subheadings), gone, gone_subheadings)
    write(file, contents)
    written = MeshFile(file)
    try:
        after = written.about()
    finally:
        written.close()
    read = sum(len(source.subheadings) for source in sources)
    return Changes(before, after, new, renamed, gone, gone_subheadings, subheadings_read=read)


def _check_gone(
    paths: Sequence[Path],
    what: str,
    known: int,
    gone: tuple[str, ...],
    gone_subheadings: tuple[str, ...],
) -> None:
    going = gone if what == "headings" else gone_subheadings
    if len(going) * MOST_GONE <= known:
        return
    named = "; ".join(going[:3]) + ("; ..." if len(going) > 3 else "")
    raise MuchIsGone(
        f"{', '.join(map(str, paths))}: {len(going):,} of the {known:,} {what} in use would be gone ({named}): is"
        " the file whole? Nothing was written; with --force it is taken all the same",
        gone,
        gone_subheadings,
    )


def _in_use(file: Path) -> MeshFile:
    """The MeSH that is updated: the shipped one where the user's is missing, damaged or of a newer litwatch."""
    if file.exists():
        mesh = MeshFile(file)
        try:
            mesh.about()
        except (MeshDamaged, MeshTooNew):
            mesh.close()
        else:
            return mesh
    return MeshFile(SHIPPED)


def _check(sources: Sequence[Source]) -> None:
    kinds: dict[str, Source] = {}
    for source in sources:
        other = kinds.setdefault(source.kind, source)
        if other is not source:
            raise UsageError(
                f"{source.path}: is the second file of {source.kind}, after {other.path}; give one"
            )
    years = {source.year for source in sources if source.headings}
    if len(years) > 1:
        raise UsageError(
            f"the files are of different years ({', '.join(sorted(years))}); give those of one year"
        )


def _merged(current: MeshFile, known: Sequence[Heading], sources: Sequence[Source]) -> Contents:
    by_kind = {source.kind: source for source in sources}
    about = current.about()
    year, made_by, headings = about.year, about.source, tuple(known)
    if descriptors := by_kind.get("descriptors"):
        year, made_by = descriptors.year, "NLM"
        headings = _with_old_names(descriptors.headings, known)
    if tree := by_kind.get("tree"):
        if descriptors is None:
            year, made_by = tree.year, "NLM, tree file"
        headings = _by_tree(headings, tree.headings)
    qualifiers = by_kind.get("qualifiers")
    subheadings = current.all_subheadings()
    if qualifiers is not None:
        subheadings = _with_abbreviations(qualifiers.subheadings, subheadings)
    return Contents(year, made_by, headings, subheadings)


def _with_abbreviations(
    subheadings: Sequence[Subheading], known: Iterable[Subheading]
) -> tuple[Subheading, ...]:
    """A subheading whose file names no abbreviation keeps that under which its name is known, while it is free."""
    taken = {one.abbreviation for one in subheadings}
    old = {subheading_key(one.name): one.abbreviation for one in known if one.abbreviation not in taken}
    return tuple(
        one if one.abbreviation else replace(one, abbreviation=old.get(subheading_key(one.name), ""))
        for one in subheadings
    )


def _with_old_names(headings: Sequence[Heading], known: Iterable[Heading]) -> tuple[Heading, ...]:
    """A heading that was renamed goes on answering to its old name, unless that means another one now."""
    taken = {normal(name) for one in headings for name in (one.name, *one.entry_terms)}
    old = {one.ui: one.name for one in known if one.ui and normal(one.name) not in taken}
    return tuple(
        replace(one, entry_terms=(*one.entry_terms, old[one.ui])) if one.ui in old else one
        for one in headings
    )


def _by_tree(known: Sequence[Heading], tree: Sequence[Heading]) -> tuple[Heading, ...]:
    """The headings of a tree file, with the UIs and entry terms that are known of them.

    One that stands under an entry term, and nowhere under its name, was renamed. Headings without a place in the
    tree (Male, Female) stand in no tree file, and stay.
    """
    by_name = {normal(one.name): one for one in known}
    by_term = {normal(term): one for one in reversed(known) for term in one.entry_terms}
    in_tree = {normal(one.name) for one in tree}
    merged: dict[str, Heading] = {}
    renamed: set[str] = set()
    for one in tree:
        key = normal(one.name)
        same, older = by_name.get(key), by_term.get(key)
        if same is not None:
            merged[key] = replace(one, ui=same.ui, entry_terms=same.entry_terms)
        elif older is not None and normal(older.name) not in in_tree | renamed:
            renamed.add(normal(older.name))
            merged[key] = replace(one, ui=older.ui, entry_terms=(*older.entry_terms, older.name))
        else:
            merged[key] = one
    kept = [one for one in known if not one.trees and normal(one.name) not in in_tree]
    return (*merged.values(), *kept)


def _compared(
    before: Sequence[Heading], after: Sequence[Heading]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]:
    """New, renamed (old, new), gone; a heading is itself by its UI, or by its name."""
    old_uis = {one.ui: one.name for one in before if one.ui}
    new_uis = {one.ui for one in after if one.ui}
    old_names = {normal(one.name) for one in before}
    new_names = {normal(name) for one in after for name in (one.name, *(() if one.ui else one.entry_terms))}
    new = [one.name for one in after if one.ui not in old_uis and normal(one.name) not in old_names]
    renamed = [
        (old_uis[one.ui], one.name)
        for one in after
        if one.ui in old_uis and normal(old_uis[one.ui]) != normal(one.name)
    ]
    gone = [one.name for one in before if one.ui not in new_uis and normal(one.name) not in new_names]
    return tuple(sorted(new)), tuple(sorted(renamed)), tuple(sorted(gone))


def _gone_subheadings(before: Sequence[Subheading], after: Sequence[Subheading]) -> tuple[str, ...]:
    """Those that stand there under neither their name nor their abbreviation, which outlives a renaming."""
    names = {subheading_key(one.name) for one in after}
    abbreviations = {one.abbreviation for one in after if one.abbreviation}
    gone = [
        one.name
        for one in before
        if subheading_key(one.name) not in names and one.abbreviation not in abbreviations
    ]
    return tuple(sorted(gone))
