"""Makes a digest shorter where a mail program would cut it: fewer papers in full, then shorter lists.

Owns what goes first. Never forgets a paper: what is not listed is named by PMID, and the text part has it.
"""

from __future__ import annotations

from dataclasses import replace

from litwatch.decide.digest import Digest
from litwatch.decide.sections import IndexRow, Pointer, SectionOfCards, SectionOfTitles


def shorten(digest: Digest, cards: int, lines: int | None = None) -> Digest:
    """The same digest with at most `cards` papers in full and `lines` titles a list (None: all).

    The first card chosen in each section stays longest. What is not even listed is in `beyond`, by PMID.
    """
    turns = sorted(
        (each.turn, number, each.pmid)
        for number, section in enumerate(digest.sections)
        for each in section.cards
    )
    kept = {pmid for _, _, pmid in turns[:cards]}
    sections = tuple(_cards(section, kept, lines) for section in digest.sections)
    elsewhere = tuple(_titles(section, lines) for section in digest.elsewhere)
    beyond = {pmid for section in sections for pmid in section.beyond}
    index = tuple(
        IndexRow(row.topic, _pointers(row.papers, beyond, lines), row.count)
        for row in digest.index
        if lines is None or lines
    )
    left_out = len(beyond) + sum(len(group.beyond) for section in elsewhere for group in section.groups)
    return replace(
        digest,
        sections=tuple(replace(section, also=_pointers(section.also, beyond, lines)) for section in sections),
        elsewhere=elsewhere,
        index=index,
        left_out_of_html=left_out,
        guidelines=tuple(pmid for pmid in digest.guidelines if pmid not in beyond),
    )


def _cards(section: SectionOfCards, kept: set[int], lines: int | None) -> SectionOfCards:
    titles = (*(each.line for each in section.cards if each.pmid not in kept), *section.lines)
    listed = titles[:lines]
    return replace(
        section,
        cards=tuple(each for each in section.cards if each.pmid in kept),
        lines=listed,
        beyond=tuple(each.pmid for each in titles[len(listed) :]),
    )


def _titles(section: SectionOfTitles, lines: int | None) -> SectionOfTitles:
    groups = []
    for group in section.groups:
        listed = group.lines[:lines]
        groups.append(
            replace(group, lines=listed, beyond=tuple(each.pmid for each in group.lines[len(listed) :]))
        )
    return replace(section, groups=tuple(groups))


def _pointers(pointers: tuple[Pointer, ...], beyond: set[int], lines: int | None) -> tuple[Pointer, ...]:
    return tuple(replace(each, here=each.pmid not in beyond) for each in pointers[:lines])
