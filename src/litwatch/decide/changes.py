"""Decides what changed in a paper, and what a record says has happened to a paper.

Owns Notice and the hash of what we keep. Never fetches; the words of a notice are PubMed's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from litwatch.paper import Paper, Span
from litwatch.study.sentences import sentences

RETRACTION, CONCERN, ERRATUM, UPDATE = "retraction", "expression-of-concern", "erratum", "update"
CORRECTED, REPUBLISHED = "corrected-republished", "retracted-republished"
# After one of these a paper may not be shown as a finding.
GRAVE = (RETRACTION, CONCERN, REPUBLISHED)

# RefType of CommentsCorrections: "In" stands in the paper, "Of/For/From" in the notice itself
# (https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html#CommentsCorrections).
_SAID_BY_PAPER = {
    "RetractionIn": RETRACTION,
    "ExpressionOfConcernIn": CONCERN,
    "ErratumIn": ERRATUM,
    "PartialRetractionIn": ERRATUM,  # of old; NLM codes it as an erratum now
    "CorrectedandRepublishedIn": CORRECTED,
    "RetractedandRepublishedIn": REPUBLISHED,
    "UpdateIn": UPDATE,
}
_SAID_BY_NOTICE = {
    "RetractionOf": RETRACTION,
    "ExpressionOfConcernFor": CONCERN,
    "ErratumFor": ERRATUM,
    "CorrectedandRepublishedFrom": CORRECTED,
    "RetractedandRepublishedFrom": REPUBLISHED,
    "UpdateOf": UPDATE,
}
# NLM renames publication types; their UI stays.
RETRACTED_PUBLICATION, RETRACTION_NOTICE = "D016441", "D016440"
_RETRACTION_NOTICES = ("retraction notice", "retraction of publication")
# As publishers mark the title of a retracted paper: "RETRACTED: ...", "[Retracted] ...", "RETRACTED ARTICLE: ...".
# "Retracted papers in psychiatry: a survey" is none, for there the word is no mark of its own.
_RETRACTED_TITLE = re.compile(
    r"\W*(?:RETRACTED(?: (?:AND REPUBLISHED|[A-Z]+))?|Retracted(?: (?:[Aa]rticle|[Pp]aper|[Cc]hapter))?)\s*[:\])>*]"
)
# NLM has done with records of these statuses.
FINAL = frozenset({"MEDLINE", "PubMed-not-MEDLINE"})
_DATE = re.compile(
    r"\b(?:1[89]|20)\d\d(?: (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*(?: \d{1,2}\b)?)?"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened to the paper `pmid`; `notice_pmid` is 0 where PubMed gives none.

    Further ones of that kind without a PMID are -1, -2 and so on. `date` and `source` are as the record prints
    them, "" where it does not.
    """

    pmid: int
    kind: str
    notice_pmid: int = 0
    date: str = ""
    source: str = ""


_WRITTEN = {each.name: "None" if each.name == "revised_date" else "%r" for each in fields(Paper)}
_KEPT = f"Paper({', '.join(f'{name}={value}' for name, value in _WRITTEN.items())})"
_kept = attrgetter(*(name for name, value in _WRITTEN.items() if value == "%r"))


def content_hash(paper: Paper) -> str:
    """A hash of all that we keep of a paper, but for DateRevised, which says nothing reliable."""
    # As repr() writes `replace(paper, revised_date=None)`, in half the time.
    return hashlib.sha256((_KEPT % _kept(paper)).encode("utf-8", "surrogatepass")).hexdigest()


def notices_in(paper: Paper) -> tuple[Notice, ...]:
    """Every notice that a record tells of: of its own paper, and, where it is a notice, of its subject."""
    found: dict[tuple[int, str, int, str], Notice] = {}
    for link in paper.links:
        if link.kind in _SAID_BY_PAPER:
            printed = _DATE.search(link.source)
            told = Notice(
                paper.pmid,
                _SAID_BY_PAPER[link.kind],
                link.pmid or 0,
                printed.group(0) if printed else "",
                link.source,
            )
        elif link.kind in _SAID_BY_NOTICE and link.pmid:
            source = ". ".join(
                part for part in (paper.journal_abbreviation or paper.journal, paper.title) if part
            )
            told = Notice(link.pmid, _SAID_BY_NOTICE[link.kind], paper.pmid, paper.publication_date, source)
        else:
            continue
        # Several errata in print have no PMID: they are told apart by where they stand.
        source = "" if told.notice_pmid else told.source
        found.setdefault((told.pmid, told.kind, told.notice_pmid, source), told)
    retracted = any(
        notice.pmid == paper.pmid and notice.kind in (RETRACTION, REPUBLISHED) for notice in found.values()
    )
    if not retracted and is_retracted(paper):
        found[(paper.pmid, RETRACTION, 0, "")] = Notice(paper.pmid, RETRACTION)
    return tuple(found.values())


def is_retracted(paper: Paper) -> bool:
    """Whether a record says of itself, by its publication type or in its title, that it is a retracted paper.

    Some publishers give the notice the title of the paper ("Retracted: ..."): a notice is not retracted by it.
    """
    kinds = paper.publication_types
    if any(
        kind.ui == RETRACTED_PUBLICATION or kind.name.casefold() == "retracted publication" for kind in kinds
    ):
        return True
    if not _RETRACTED_TITLE.match(paper.title):
        return False
    return not any(link.kind == "RetractionOf" for link in paper.links) and not any(
        kind.ui == RETRACTION_NOTICE or kind.name.casefold() in _RETRACTION_NOTICES for kind in kinds
    )


def notice_quote(notice: Paper) -> Span | None:
    """What was corrected or why, in the words of a notice's own record: the first sentence of its abstract.

    None for a paper that is more than a notice (a new version has findings of its own), and without words.
    """
    kinds = {_SAID_BY_NOTICE.get(link.kind) for link in notice.links}
    if not kinds & {RETRACTION, CONCERN, ERRATUM} or not notice.abstract:
        return None
    start, end = next(iter(sentences(notice.abstract)))
    return notice.span("abstract", start, end)


@dataclass(frozen=True, slots=True)
class News:
    """What is to be filed: notices that were not known, and known ones of which more is known now.

    `identified` are (as it is filed, as it is): PubMed gave no PMID of the notice before.
    """

    fresh: tuple[Notice, ...] = ()
    identified: tuple[tuple[Notice, Notice], ...] = ()


def news(told: Iterable[Notice], known: Iterable[Notice]) -> News:
    """Which of the notices that records tell are not filed yet, each event once.

    The same event is told by two records (the paper's and the notice's own), in either order, and may come
    without the PMID of its notice first.
    """
    filed = _by_subject(known)
    fresh: dict[tuple[int, str, int], Notice] = {}
    identified: list[tuple[Notice, Notice]] = []
    for notice in sorted(
        told, key=lambda each: (each.pmid, each.kind, each.notice_pmid <= 0, each.notice_pmid)
    ):
        here = filed.setdefault((notice.pmid, notice.kind), [])
        same = next((each for each in here if _same_event(each, notice)), None)
        if same is None:
            if notice.notice_pmid <= 0:
                notice = replace(notice, notice_pmid=min([1, *(each.notice_pmid for each in here)]) - 1)
            here.append(notice)
            fresh[(notice.pmid, notice.kind, notice.notice_pmid)] = notice
        elif same.notice_pmid <= 0 < notice.notice_pmid:
            here[here.index(same)] = notice
            identified.append((same, notice))
    return News(tuple(fresh.values()), tuple(identified))


def _by_subject(known: Iterable[Notice]) -> dict[tuple[int, str], list[Notice]]:
    found: dict[tuple[int, str], list[Notice]] = {}
    for each in known:
        found.setdefault((each.pmid, each.kind), []).append(each)
    return found


def _same_event(one: Notice, other: Notice) -> bool:
    """Whether two notices of one kind about one paper are the same event."""
    if one.notice_pmid == other.notice_pmid > 0 or one.kind == RETRACTION:
        return True
    if one.notice_pmid > 0 and other.notice_pmid > 0:
        return False
    if one.kind in GRAVE:  # twice would be rare; told twice, it would look like two
        return True
    shorter, longer = sorted((_date_parts(one.date), _date_parts(other.date)), key=len)
    to_the_month = len(shorter) > 1  # a year alone is too little to go by
    return one.source == other.source or (to_the_month and longer[: len(shorter)] == shorter)


def _date_parts(printed: str) -> tuple[str, ...]:
    """Year, month and day as far as they are printed: March is Mar, 02 is 2, but 20 is not 2."""
    return tuple(part[:3] if number == 1 else part.lstrip("0") for number, part in enumerate(printed.split()))
