"""Are two records the same paper? A preprint and its article, an ahead-of-print record entered again, DOI twins.

Owns the decision, and the order of two versions. Never decides for a comment, reply,
notice, protocol, part or update and its subject: a missed version costs a second card, a false one hides a
paper. The rules in words, with examples: docs/versions.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from litwatch.decide.abstracts import ADDED, BOTH_SIDES, NONE, TELLING, contrast, shared_text
from litwatch.decide.figures import (
    MANY,
    SOME,
    contradicting,
    figures,
    of_other_years,
    other_results,
    same_figures,
    same_results,
)
from litwatch.decide.people import FIRST, OTHERS, SWAPPED, TEAM, UNKNOWN, all_the_same, same_people
from litwatch.decide.places import in_time, printed_before, same_journal, same_place, years_between
from litwatch.decide.sketches import (
    ARTICLE,
    NOTICE,
    PROTOCOL,
    SAME_LINKS,
    SUBJECT_LINKS,
    UPDATE_LINKS,
    Sketch,
)
from litwatch.decide.titles import ANOTHER, APART, DESIGN, LONGER, REWORDED, SAME, SUBTITLED, likeness

#: How two records are known to be one paper, surest first.
PUBMED, DOI, TITLE = "pubmed", "doi", "title"

#: The rules' own number: what older rules read is read again.
RULES = 4

#: Titles of fewer telling words are anybody's ("Ketamine for depression").
GENERIC = 3
#: In one journal a title needs more of them: letters of a team and its case reports are named alike.
OWN = 5

# Least part of the shorter abstract's runs of words that stand in the other's, too. Abstracts of unrelated
# papers share 0 to 0.05 of them, of one team's sister papers 0.05 to 0.3, of versions of one paper 0.3 to 1.
NOT_ANOTHER, RELATED, LIKELY, SURE, TO_THE_LETTER, IDENTICAL = 0.08, 0.2, 0.35, 0.6, 0.8, 0.95

# What titles say -> what abstracts must share at least; where both tell the same results, so much and so many of them
# (under one title nothing, if most of their figures are the same).
_LEAST = {**dict.fromkeys((SAME, DESIGN, SUBTITLED, LONGER), LIKELY), REWORDED: SURE, APART: TO_THE_LETTER}
_LEAST_AGREED = {
    SUBTITLED: (RELATED, SOME), LONGER: (RELATED, SOME), REWORDED: (LIKELY, SOME), APART: (LIKELY, MANY),
}  # fmt: skip

#: Parts by which a revision may change a figure in a sentence that it left alone: under one title, and under two.
REVISED, REVISED_TOO = 0.35, 0.1


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
    people = same_people(one.authors, other.authors)
    if one.doi and one.doi == other.doi and _same_doi_holds(one, other, alike, people):
        return DOI
    if one.role != other.role or alike == ANOTHER or people == OTHERS:
        return None
    guess = _preprint_of if one.preprint or other.preprint else _entered_again
    return TITLE if guess(one, other, alike, people) and not _told_otherwise(one, other, alike) else None


def _told_otherwise(one: Sketch, other: Sketch, alike: str) -> bool:
    """Whether the abstracts, however much they share, count, find or name something else."""
    if one.abstract == other.abstract or not (one.abstract and other.abstract):
        return False
    cases = one.case and other.case  # a team has many, under one title
    ours, theirs = (figures(each.abstract, written_out=cases) for each in (one, other))
    if contradicting(ours, theirs, _revision(one, other, alike)) or of_other_years(ours, theirs):
        return True
    if (cases or alike in (REWORDED, APART)) and other_results(ours, theirs):
        return True
    if alike in (SAME, DESIGN):
        return False
    apart = contrast((one.title, other.title), (one.abstract, other.abstract))
    if apart == NONE or (apart == ADDED and alike == SUBTITLED):
        return False
    if apart == BOTH_SIDES:
        return not same_results(ours, theirs, MANY)
    if same_results(ours, theirs):
        return False
    least = TO_THE_LETTER if apart == ADDED else IDENTICAL
    return apart == TELLING or (shared_text(one.abstract, other.abstract) or 0) < least


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
    alike = likeness(one.title, other.title)
    if same_people(one.authors, other.authors) == OTHERS or alike in (APART, ANOTHER):
        return True
    if _told_otherwise(one, other, alike):
        return True
    shared = shared_text(one.abstract, other.abstract)
    return shared is not None and shared < LIKELY


def _about_each_other(one: Sketch, other: Sketch) -> bool:
    return _either_names(one, other, SUBJECT_LINKS)


def _either_names(one: Sketch, other: Sketch, kinds: Iterable[str]) -> bool:
    return any(_names(a, b, kinds) for a, b in ((one, other), (other, one)))


def _names(one: Sketch, other: Sketch, kinds: Iterable[str]) -> bool:
    return any((kind, target) in one.links for kind in kinds for target in (other.pmid, other.doi) if target)


def _linked(one: Sketch, other: Sketch) -> bool:
    """NLM's own word: republished, or an update of a preprint."""
    if _either_names(one, other, SAME_LINKS | {f"{kind}Preprint" for kind in UPDATE_LINKS}):
        return True
    of_preprint = one.preprint or other.preprint or (one.reviewed_in_public and other.reviewed_in_public)
    return of_preprint and _is_update(one, other)


def _is_update(one: Sketch, other: Sketch) -> bool:
    """An update with new evidence (a Cochrane review, a guideline) is a paper of its own."""
    return _either_names(one, other, UPDATE_LINKS)


def _same_doi_holds(one: Sketch, other: Sketch, alike: str, people: str) -> bool:
    """Letters of one exchange, abstracts of one supplement and chapters of one book can share a DOI."""
    if people == OTHERS:
        return False
    if one.versioned or other.versioned:
        return alike not in (APART, ANOTHER) or (alike == APART and people == FIRST)
    if one.role != other.role and (PROTOCOL in (one.role, other.role) or alike != SAME):
        return False
    if one.years and other.years and years_between(one, other) > 2:
        return False
    if alike in (SAME, DESIGN, SUBTITLED, LONGER):
        return True
    if alike == ANOTHER:
        return False
    shared = shared_text(one.abstract, other.abstract)
    if alike == REWORDED:
        return shared is None or shared >= NOT_ANOTHER
    translated = any(
        a.vernacular.words and likeness(a.vernacular, b.title) == SAME
        for a, b in ((one, other), (other, one))
    )
    return translated or (shared is not None and shared >= SURE)


def _preprint_of(one: Sketch, other: Sketch, alike: str, people: str) -> bool:
    """A preprint and its article, or one paper on two servers."""
    if not in_time(one, other):
        return False
    shared = shared_text(one.abstract, other.abstract)
    if people == UNKNOWN or one.years is None or other.years is None:
        return shared is not None and shared >= (LIKELY if alike == SAME else TO_THE_LETTER)
    if people == SWAPPED:
        return shared is not None and shared >= LIKELY and alike != APART
    if shared is None:
        return _preprint_by_title_alone(one, other, alike)
    if shared >= _LEAST[alike]:
        return True
    ours, theirs = figures(one.abstract), figures(other.abstract)
    if alike in (SAME, DESIGN):
        return same_figures(ours, theirs)
    least, many = _LEAST_AGREED[alike]
    return shared >= least and same_results(ours, theirs, many)


def _preprint_by_title_alone(one: Sketch, other: Sketch, alike: str) -> bool:
    """Whether title and authors are enough: no abstract can be compared."""
    telling = min(len(one.title.telling), len(other.title.telling))
    team = min(len(one.authors), len(other.authors)) >= TEAM
    whole_team = team and all_the_same(one.authors, other.authors)
    if alike in (SUBTITLED, LONGER):
        return one.role == ARTICLE and whole_team and telling > GENERIC
    if alike not in (SAME, DESIGN) or one.case or other.case:
        return False
    return telling > GENERIC or whole_team or (team and telling == GENERIC)


def _entered_again(one: Sketch, other: Sketch, alike: str, people: str) -> bool:
    """Two records of one journal for one paper, mostly made ahead of print and again in print."""
    certain = alike == SAME and people == FIRST
    if (one.duplicate and other.duplicate) or same_place(one, other):
        # NLM calls both a duplicate publication; or one journal is printed in two languages, with two DOIs.
        return alike == SAME and people in (FIRST, SWAPPED)
    if one.years is None or other.years is None or not same_journal(one, other):
        return False
    if years_between(one, other) > 1:
        return False
    two_dois = bool(one.doi and other.doi and one.doi != other.doi)
    two_places = one.paged and other.paged
    if two_places and (two_dois or one.supplement != other.supplement):
        return False  # published twice is two papers, or the abstract of a meeting and the paper itself
    shared = shared_text(one.abstract, other.abstract)
    if shared is None:
        return certain and not two_places and _by_title_alone(one, other, two_dois=two_dois)
    if two_dois:
        return certain and shared >= TO_THE_LETTER
    return shared >= (LIKELY if certain and not two_places else TO_THE_LETTER)


def _by_title_alone(one: Sketch, other: Sketch, *, two_dois: bool) -> bool:
    """Whether a title, its first author and its journal are enough: no abstract can be compared."""
    ahead = one.paged != other.paged
    if one.case or other.case or len(one.title.telling) < OWN or printed_before(one, other):
        return False  # a team has many cases, and letters on one matter; a column comes back every month
    if two_dois:
        return ahead and one.role == ARTICLE and all_the_same(one.authors, other.authors)
    return ahead or years_between(one, other) <= 0  # else a title that comes back every year


def earlier_first(one: Sketch, other: Sketch) -> tuple[Sketch, Sketch]:
    """Two versions of a paper in their order: a preprint, then ahead of print, then in print, then by PMID."""
    early, late = sorted((one, other), key=lambda each: (not each.preprint, each.paged, each.pmid))
    return early, late
