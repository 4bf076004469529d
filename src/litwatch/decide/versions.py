"""Are two records the same paper? A preprint and its article, an ahead-of-print record entered again, DOI twins.

Owns the decision, and the order of two versions. Never decides for a comment, reply,
notice, protocol, part or update and its subject: a missed version costs a second card, a false one hides a
paper. The rules in words, with examples: docs/versions.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from litwatch.decide.figures import contradicting
from litwatch.decide.sketches import (
    ARTICLE,
    NOTICE,
    PROTOCOL,
    SAME_LINKS,
    SUBJECT_LINKS,
    UPDATE_LINKS,
    Name,
    Sketch,
)
from litwatch.decide.titles import ANOTHER, APART, DESIGN, LONGER, REWORDED, SAME, SUBTITLED, fold, likeness

#: How two records are known to be one paper, surest first.
PUBMED, DOI, TITLE = "pubmed", "doi", "title"

#: The rules' own number: what older rules read is read again.
RULES = 3

#: Years that may lie between a preprint and its article; an article a year older is one whose preprint
#: record was made late.
YEARS_TO_PRINT = 4
#: Titles of fewer telling words are anybody's ("Ketamine for depression").
GENERIC = 3
#: In one journal a title needs more of them: letters of a team and its case reports are named alike.
OWN = 5
#: Authors whose common name on two records is no chance.
TEAM = 3
#: Runs of this many words are compared between abstracts.
RUN = 3
#: An abstract of fewer words proves nothing.
SHORT_ABSTRACT = 15

# Least part of the shorter abstract's runs of words that stand in the other's, too. Abstracts of unrelated
# papers share 0 to 0.05 of them, of one team's sister papers 0.05 to 0.3, of versions of one paper 0.3 to 1.
NOT_ANOTHER, LIKELY, SURE, TO_THE_LETTER = 0.08, 0.35, 0.6, 0.8

#: Parts by which a revision may change a figure in a sentence that it left alone: under one title, and under two.
REVISED, REVISED_TOO = 0.35, 0.1

FIRST, SWAPPED, UNKNOWN, OTHERS = "first", "swapped", "unknown", "others"


def same_paper(one: Sketch, other: Sketch) -> str | None:
    """PUBMED, DOI or TITLE: by what they are versions of one paper; None where they are not, or cannot be told."""
    if one.pmid == other.pmid or _about_each_other(one, other):
        return None
    if (one.role == NOTICE) != (other.role == NOTICE):
        return None
    if _linked(one, other):
        return PUBMED
    if _is_update(one, other):
        return None
    alike = likeness(one.title, other.title)
    people = _people(one.authors, other.authors)
    if one.doi and one.doi == other.doi and _same_doi_holds(one, other, alike, people):
        return DOI
    if one.role != other.role or alike == ANOTHER or people == OTHERS:
        return None
    if contradicting(one.abstract, other.abstract, _revision(one, other, alike)):
        return None
    if one.preprint or other.preprint:
        return TITLE if _preprint_of(one, other, alike, people) else None
    return TITLE if _entered_again(one, other, alike, people) else None


def _revision(one: Sketch, other: Sketch, alike: str) -> float:
    """By what part a figure may be changed; two articles of one journal are one text."""
    if not (one.preprint or other.preprint):
        return 0
    return REVISED if alike in (SAME, DESIGN, SUBTITLED, LONGER) else REVISED_TOO


def judged_apart(one: Sketch, other: Sketch) -> bool:
    """Whether something speaks against one paper; where nothing does, a third record may still show that it is one."""
    if same_paper(one, other):
        return False
    if one.role != other.role or _about_each_other(one, other) or _is_update(one, other):
        return True
    if _people(one.authors, other.authors) == OTHERS or likeness(one.title, other.title) in (APART, ANOTHER):
        return True
    shared = _shared_text(one, other)
    return shared is not None and shared < LIKELY


def _about_each_other(one: Sketch, other: Sketch) -> bool:
    return any(_names(a, b, SUBJECT_LINKS) for a, b in ((one, other), (other, one)))


def _names(one: Sketch, other: Sketch, kinds: Iterable[str]) -> bool:
    return any((kind, target) in one.links for kind in kinds for target in (other.pmid, other.doi) if target)


def _linked(one: Sketch, other: Sketch) -> bool:
    """NLM's own word: republished, or an update of a preprint."""
    pairs = ((one, other), (other, one))
    if any(_names(a, b, SAME_LINKS) for a, b in pairs):
        return True
    if any(_names(a, b, [f"{kind}Preprint" for kind in UPDATE_LINKS]) for a, b in pairs):
        return True
    of_preprint = one.preprint or other.preprint or (one.reviewed_in_public and other.reviewed_in_public)
    return of_preprint and any(_names(a, b, UPDATE_LINKS) for a, b in pairs)


def _is_update(one: Sketch, other: Sketch) -> bool:
    """An update with new evidence (a Cochrane review, a guideline) is a paper of its own."""
    return any(_names(a, b, UPDATE_LINKS) for a, b in ((one, other), (other, one)))


def _same_doi_holds(one: Sketch, other: Sketch, alike: str, people: str) -> bool:
    """Letters of one exchange, abstracts of one supplement and chapters of one book can share a DOI."""
    if people == OTHERS:
        return False
    if one.versioned or other.versioned:
        return alike not in (APART, ANOTHER) or (alike == APART and people == FIRST)
    if one.role != other.role and (PROTOCOL in (one.role, other.role) or alike != SAME):
        return False
    if one.years and other.years and _years_between(one, other) > 2:
        return False
    if alike in (SAME, DESIGN, SUBTITLED, LONGER):
        return True
    if alike == ANOTHER:
        return False
    shared = _shared_text(one, other)
    if alike == REWORDED:
        return shared is None or shared >= NOT_ANOTHER
    translated = any(
        a.vernacular.words and likeness(a.vernacular, b.title) == SAME
        for a, b in ((one, other), (other, one))
    )
    return translated or (shared is not None and shared >= SURE)


def _preprint_of(one: Sketch, other: Sketch, alike: str, people: str) -> bool:
    """A preprint and its article, or one paper on two servers."""
    if not _in_time(one, other):
        return False
    shared = _shared_text(one, other)
    if people == UNKNOWN or one.years is None or other.years is None:
        return shared is not None and shared >= (LIKELY if alike == SAME else TO_THE_LETTER)
    if people == SWAPPED:
        return shared is not None and shared >= LIKELY and alike != APART
    if shared is None:
        telling = min(len(one.title.telling), len(other.title.telling))
        if alike in (SUBTITLED, LONGER):
            return telling > GENERIC and _all_the_same(one, other) and len(one.authors) >= TEAM
        if one.case or other.case:
            return False
        team = min(len(one.authors), len(other.authors)) >= TEAM
        named = telling > GENERIC or (team and (telling == GENERIC or _all_the_same(one, other)))
        return alike in (SAME, DESIGN) and named
    least = {SAME: LIKELY, DESIGN: LIKELY, SUBTITLED: LIKELY, LONGER: LIKELY, REWORDED: SURE}
    return shared >= least.get(alike, TO_THE_LETTER)


def _all_the_same(one: Sketch, other: Sketch) -> bool:
    """The same authors, two or more, in the same order, none of them known by the last name alone."""
    return 2 <= len(one.authors) == len(other.authors) and all(
        a.initials and b.initials and _same_person(a, b)
        for a, b in zip(one.authors, other.authors, strict=True)
    )


def _years_between(one: Sketch, other: Sketch) -> int:
    assert one.years is not None
    assert other.years is not None
    return max(one.years[0] - other.years[1], other.years[0] - one.years[1])


def _in_time(one: Sketch, other: Sketch) -> bool:
    if one.years is None or other.years is None:
        return True
    if one.preprint and other.preprint:
        return abs(one.years[0] - other.years[0]) <= 2
    early, late = (one, other) if one.preprint else (other, one)
    assert early.years is not None
    assert late.years is not None
    return early.years[0] - 1 <= late.years[1] and late.years[0] - early.years[1] <= YEARS_TO_PRINT


def _entered_again(one: Sketch, other: Sketch, alike: str, people: str) -> bool:
    """Two records of one journal for one paper, mostly made ahead of print and again in print."""
    certain = alike == SAME and people == FIRST
    if (one.duplicate and other.duplicate) or _same_place(one, other):
        return certain  # NLM calls both a duplicate publication; one journal in two languages, with two DOIs
    if one.years is None or other.years is None or not _same_journal(one, other):
        return False
    if _years_between(one, other) > 1:
        return False
    two_dois = bool(one.doi and other.doi and one.doi != other.doi)
    two_places = one.paged and other.paged
    if two_places and (two_dois or one.supplement != other.supplement):
        return False  # published twice is two papers, or the abstract of a meeting and the paper itself
    shared = _shared_text(one, other)
    if shared is None:
        return certain and not two_places and _by_title_alone(one, other, two_dois=two_dois)
    if two_dois:
        return certain and shared >= TO_THE_LETTER
    return shared >= (LIKELY if certain and not two_places else TO_THE_LETTER)


def _by_title_alone(one: Sketch, other: Sketch, *, two_dois: bool) -> bool:
    """Whether a title, its first author and its journal are enough: no abstract can be compared."""
    ahead = one.paged != other.paged
    if one.case or other.case or len(one.title.telling) < OWN:
        return False  # a team has many cases, and letters on one matter
    if two_dois:
        return ahead and one.role == ARTICLE and _all_the_same(one, other)
    return ahead or _years_between(one, other) <= 0  # else a title that comes back every year


def _same_place(one: Sketch, other: Sketch) -> bool:
    """The same pages of the same volume in the same year, whatever the journal calls its editions."""
    if not (one.paged and other.paged and one.years and other.years):
        return False
    return (one.volume, one.pages) == (other.volume, other.pages) and one.years[1] == other.years[1]


def _same_journal(one: Sketch, other: Sketch) -> bool:
    if one.journal & other.journal:
        return True
    return any(
        _abbreviates(a, b)
        for a, b in ((one.journal_words, other.journal_words), (other.journal_words, one.journal_words))
    )


def _abbreviates(short: Sequence[str], long: Sequence[str]) -> bool:
    """J Affect Disord, Journal of affective disorders."""
    said = [
        word for word in long if word not in ("of", "the", "and", "for", "in", "on", "de", "der", "la", "&")
    ]
    return len(short) > 1 and len(short) == len(said) and all(map(str.startswith, said, short))


def _people(ours: Sequence[Name], theirs: Sequence[Name]) -> str:
    if not ours or not theirs:
        return UNKNOWN
    common = sum(any(_same_person(a, b) for b in theirs) for a in ours) / min(len(ours), len(theirs))
    if _same_person(ours[0], theirs[0]):
        return FIRST if common >= 0.5 else OTHERS
    return SWAPPED if common >= 0.8 and min(len(ours), len(theirs)) >= TEAM else OTHERS


def _same_person(one: Name, other: Name) -> bool:
    if _same_last(one.last, other.last):
        if not one.initials or not other.initials:
            return True
        if one.initials[0] != other.initials[0]:
            return False
        # Both spelt out: "Yan" and "Ying" are two people, "Jon" and "Jonathan" are one.
        fores = one.fore, other.fore
        if min(map(len, fores)) > len(one.initials) and min(map(len, fores)) > len(other.initials):
            return fores[0].startswith(fores[1][:3]) or fores[1].startswith(fores[0][:3])
        return True
    return bool(one.fore and other.fore) and one.last == other.fore and one.fore == other.last


def _same_last(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((_plain(one), _plain(other)), key=len)
    return short == long or (len(short) >= 5 and (long.startswith(short) or long.endswith(short)))


def _plain(last: str) -> str:
    """Without the e of an umlaut that was written out: Mueller, Müller."""
    return re.sub(r"(?<=[aou])e", "", last)


def _shared_text(one: Sketch, other: Sketch) -> float | None:
    """The part of the shorter abstract's runs of words that the other has, too; None where one is too short."""
    ours, theirs = _runs(one.abstract), _runs(other.abstract)
    few, many = sorted((ours, theirs), key=len)
    return len(few & many) / len(few) if len(few) >= SHORT_ABSTRACT else None


def _runs(abstract: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", fold(abstract))
    return frozenset(zip(*(words[at:] for at in range(RUN)), strict=False))


def earlier_first(one: Sketch, other: Sketch) -> tuple[Sketch, Sketch]:
    """Two versions of a paper in their order: a preprint, then ahead of print, then in print, then by PMID."""
    early, late = sorted((one, other), key=lambda each: (not each.preprint, each.paged, each.pmid))
    return early, late
