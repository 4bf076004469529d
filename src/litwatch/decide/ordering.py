"""Where a paper goes in a digest, and what comes before what there.

Owns the order of study designs and the title-only sections. Never judges a paper beyond its design.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litwatch.decide.cards import DigestPaper
    from litwatch.study.findings import Findings

#: Participants from which a primary randomised trial stands before the smaller ones.
LARGE_TRIAL = 50

#: In order of place; see `rank`. What is not here (qualitative, other, unknown) has OTHER_RANK.
OTHER_RANK = 8
RANKS = {
    "guideline": 0,
    "meta-analysis": 1,
    "systematic-review": 1,
    "trial": 4,
    "cohort": 5,
    "cross-sectional": 6,
    "case": 7,
    "review": 9,
}

#: The same order in words, for the foot.
ORDER_IN_WORDS = (
    "guidelines; meta-analyses and systematic reviews; randomised trials of 50 or more; smaller or secondary "
    "randomised trials; other trials; cohorts; cross-sectional studies; cases; qualitative and other work; "
    "narrative reviews"
)


@dataclass(frozen=True, slots=True)
class Lead:
    """A topic that leads the digest under a clinician's heading.

    `harms`: harm quotes are shown, and those of other papers are listed. `cohorts_rank_with_trials`: what
    shows late or seldom is seen by cohorts as well as by randomised trials.
    """

    topic: str
    heading: str
    harms: bool = False
    cohorts_rank_with_trials: bool = False


#: The three questions that lead; a watch without these topics is led by its own first three.
LEADS = (
    Lead("efficacy", "Does it work?"),
    Lead("safety", "Harms and tolerability", harms=True, cohorts_rank_with_trials=True),
    Lead("long_term", "Long-term", cohorts_rank_with_trials=True),
)

#: Where a guideline stands that answers none of the questions: before them.
GUIDELINES = Lead("guidelines", "Guidelines")
#: Where every other paper with none of these topics stands: behind them.
OTHER = Lead("other", "Other new papers")

#: Title-only sections, in their order.
ELSEWHERE = (
    ("settings", "Other settings"),
    ("protocols", "Protocols, comments and notices"),
    ("preclinical", "Animal and laboratory work"),
    ("unread", "Could not be read by the rules"),
    ("not-for-you", "Matched the search, probably not for you"),
)

#: Designs that saw patients themselves; cards go to them by turns with syntheses.
PRIMARY = frozenset({"rct", "trial", "cohort", "cross-sectional"})

NOTICE_LINKS = frozenset({"RetractionOf", "ExpressionOfConcernFor", "ErratumFor"})


def rank(owed: DigestPaper, *, cohorts_rank_with_trials: bool = False) -> int:
    """The place of a paper's study design: 0 first."""
    findings = owed.findings
    if findings is None or findings.design is None:
        return OTHER_RANK
    design = findings.design
    if design == "rct" or (design == "cohort" and cohorts_rank_with_trials):
        large = (findings.participants or 0) >= LARGE_TRIAL and not findings.secondary
        return 2 if large else 3
    if design in ("meta-analysis", "systematic-review") and findings.subjects in ("animal", "laboratory"):
        return OTHER_RANK
    return RANKS.get(design, OTHER_RANK)


def order_key(owed: DigestPaper, *, cohorts_rank_with_trials: bool = False) -> tuple[int, int, int, int]:
    """Sorts by design, then most participants, then newest in PubMed, then highest PMID."""
    created = owed.paper.create_date
    return (
        rank(owed, cohorts_rank_with_trials=cohorts_rank_with_trials),
        -((owed.findings.participants if owed.findings else None) or 0),
        -(created.toordinal() if created else 0),
        -owed.paper.pmid,
    )


def by_turns(papers: Sequence[DigestPaper]) -> tuple[DigestPaper, ...]:
    """The order in which papers of a section, already in place, get cards.

    After one that is not a primary study comes the first primary study that is left.
    """
    left: list[DigestPaper] = list(papers)
    chosen: list[DigestPaper] = []
    while left:
        at = 0
        if chosen and not _primary(chosen[-1]):
            at = next((number for number, owed in enumerate(left) if _primary(owed)), 0)
        chosen.append(left.pop(at))
    return tuple(chosen)


def is_guideline(owed: DigestPaper) -> bool:
    """Whether it says how patients should be treated."""
    return owed.findings is not None and owed.findings.design == "guideline"


def is_preclinical(findings: Findings) -> bool:
    """Whether it is work on animals or cells, even where some of it was done in people."""
    kinds = ("animal", "laboratory")
    return findings.subjects in kinds or findings.design in kinds or findings.setting == "preclinical"


def _primary(owed: DigestPaper) -> bool:
    return owed.findings is not None and owed.findings.design in PRIMARY


def elsewhere(owed: DigestPaper, topic_ids: Sequence[str], promoted: Collection[str] = ()) -> str | None:
    """The title-only section of a paper, or None where it is human work on treatment with a topic.

    `promoted`: settings that this reader wants to stand with treatment. A guideline on the subject, and a paper of
    which PubMed has only a title, which is on the subject, need no topic: they had little to earn one by.
    """
    findings = owed.findings
    if findings is None:
        return "unread"
    if any(link.kind in NOTICE_LINKS for link in owed.paper.links):
        return "protocols"
    if findings.relevant is False:
        return "not-for-you"
    if findings.design in ("protocol", "comment", "notice"):
        return "protocols"
    if is_preclinical(findings):
        return "preclinical"
    if findings.setting not in (None, "treatment", *promoted):
        return "settings"
    if any(topic in findings.tags for topic in topic_ids):
        return None
    short_of_words = is_guideline(owed) or not owed.paper.abstract.strip()
    return None if findings.relevant and short_of_words else "not-for-you"
