"""What of a sentence is no statement of its paper: wishes for research, what is not known, limits, whom it left out.

Owns the clauses that play no role. Never gives a sentence a role (study.roles does), and never cuts a quote.
"""

from __future__ import annotations

import re
from functools import reduce
from operator import or_

from litwatch.study.cues import Cued
from litwatch.study.statements import Statement

_RESEARCH = (
    r"(?:research|stud(?:y|ies)|trials?|rcts?|investigations?|work|data|evidence|exploration|evaluations?|"
    r"assessments?|follow-?up|replication|validation|insights?|efforts?)"
)
# Words between "further" and "studies": no step out of the phrase ("more effective than in the study").
_QUALITIES = (
    r"(?:(?!than |in |of |to |with |from |on |was |were |is |are |had |may |can )[\w()/'-]+,?\s){0,7}?"
)
_FUTURE = rf"\b(?:further|future|additional|larger|larger-scale)\s{_QUALITIES}{_RESEARCH}\b"
_BETTER = (
    rf"\b(?:further|future|additional|more|larger|larger-scale|large-scale|longer|long(?:er)?-term|prospective|"
    rf"well-designed|well-powered|adequately powered|high-quality|rigorous|replication|head-to-head|randomi[sz]ed)\s"
    rf"{_QUALITIES}{_RESEARCH}\b"
)
_NEEDED = (
    r"(?:needed|warranted|required|necessary|essential|recommended|justified|indicated|called for|awaited|crucial|"
    r"desirable|imperative|lacking|underway|missing)"
)
_DONE = (
    r"(?:determined|established|elucidated|clarified|investigated|explored|studied|evaluated|examined|assessed|"
    r"confirmed|replicated|defined|tested|addressed|understood|seen|proven|shown|demonstrated|verified|validated)"
)

# From here to the end: more research is asked for, or what was not looked at.
# Each its own pattern: most sentences lack the words of most of them.
_ASKS = (
    Cued(
        rf"{_BETTER}[^.;:]{{0,120}}?\b(?:is|are|be|been|seems?|appears?|remains?)\s(?:\w+\s){{0,2}}{_NEEDED}\b"
    ),
    Cued(rf"{_FUTURE}[^.;:]{{0,60}}?\b(?:should|must|ought|will|might|could|can|may|needs?)\b"),
    Cued(rf"\b(?:we recommend|we suggest|we encourage|we call for) [^.;:]{{0,40}}\b{_RESEARCH}\b"),
    Cued(
        r"\b(?:need for |needs? |calls? for |necessity |merits? |warrants? |requires? |awaits? |deserves? )"
        rf"(?:\w+\s){{0,3}}?{_BETTER}"
    ),
    Cued(rf"\b(?:needs?|remains?) to be (?:\w+ )?{_DONE}\b"),
    Cued(
        r"\b(?:needs?|necessity|necessary|important|importance) (?:to|of) (?:further|better|additionally) "
        r"(?:investigat|explor|stud|assess|evaluat|examin|clarif|determin|establish|understand|elucidat|defin)\w*"
    ),
    Cued(
        r"\b(?:it|there) (?:is|remains) (?:still |yet |currently |largely )?"
        r"(?:unknown|unclear|uncertain|not (?:yet )?known|not (?:yet )?clear)\b"
    ),
    Cued(r"\b(?:is|are|was|were) limited by\b"),
    Cued(r"\b(?:no data|no information) (?:on|about|for|regarding|were|are)\b|\bno data, or\b"),
    Cued(
        r"\b(?:studies|trials|reports|articles|rcts|we) (?:did|do|have) not "
        r"(?:assess|address|evaluate|examine|report|measure|investigate)(?:ed|d)?\b"
    ),
    Cued(r"^(?:the |our |its |some |main |major |primary |key |important |study |several )*limitations?\b"),
)
_ASKS_BITS = reduce(or_, (pattern.bit for pattern in _ASKS))
# The clause before it as well: what is not known.
_UNKNOWN = Cued(
    r"\b(?:(?:is|are|remains?|was|were|been)\s(?:still |yet |currently |largely |as yet |relatively )*"
    r"(?:unknown|unclear|uncertain|undetermined|unexplored|unresolved|elusive|unproven|understudied|"
    r"not (?:yet |fully |well |completely |entirely |clearly )*(?:known|understood|clear|established|elucidated|"
    r"determined|delineated|characteri[sz]ed))|(?:is|are|remains?) lacking|"
    rf"(?:ha(?:s|ve) yet|(?:is|are) (?:yet|still)) to be (?:\w+ )?{_DONE})\b",
)
_CONCEDES = Cued(r"^(?:however, |nevertheless, )?(?:although|though|even though|while|whilst)\b")
# Two subjects of one verb are one clause; "and" behind a verb begins another.
_AND = " and "
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|may|might|can|could|did|does|do|will|would|should|fell|rose|led|"
    r"\w{2,}(?:ed|shows?|finds?|suggests?|supports?|provides?|remains?|seems?|appears?|improves?|reduces?))\b"
)
_CLAUSE = (
    ";",
    ":",
    ". ",
    ", ",
    " that ",
    " but ",
    " although ",
    " while ",
    " however ",
    " whereas ",
    " and ",
)
# Whom a study left out: the clause that ends here, and all behind it.
_LEFT_OUT = Cued(
    r"\b(?:was|were|are|is|be) (?:\w+ly )?(?:excluded|ineligible|not (?:eligible|included|enrolled))\b",
)
# From here to the end.
_EXCLUDES = Cued(
    r"\b(?:we excluded|and excluded|excludes|excluding|exclusion criteri(?:a|on)|excluded were)\b"
)
# Only this.
_FREE_OF = Cued(
    r"\b(?:no|without(?: an?| any)?) (?:(?:known|prior|previous|current|past|personal|family|lifetime|documented|"
    r"relevant|significant) )*history of [^,;:().]+?(?=[,;:().]|$| (?:were|was|who|had|received|underwent)\b)|"
    r"(?<!and )(?<!or )\b(?:without|with no|and no)(?: an?| any)? (?:[\w-]+ ){0,4}disorders?\b"
)
_BARS_BITS = _LEFT_OUT.bit | _EXCLUDES.bit | _FREE_OF.bit
_SPARED = ("; ", ", while ", ", whereas ", ", but ", " were included, ")
# Parts that say who took part.
_ENROLLING = ("aim", "methods")
# Parts whose words hardly any rule counts.
_UNWEIGHED = ("background", "other")
_RESUMES = (", ", "; ", " but ")


def stated(sentence: Statement) -> tuple[tuple[int, int], ...]:
    """The stretches of the sentence that state something, by their places in the abstract; none of a mere wish."""
    if sentence.role in _UNWEIGHED:
        return ((sentence.start, sentence.end),)
    if sentence.role in _ENROLLING and sentence.possible & _BARS_BITS and (out := _left_out(sentence)):
        return _kept(sentence, out)
    small, end = sentence.small, len(sentence.text)
    found = _first(sentence) if sentence.possible & _ASKS_BITS else None
    if found is not None:
        begin = found.start()
    else:
        found = sentence.find(_UNKNOWN)
        if found is None:
            return ((sentence.start, sentence.end),)
        begin = _clause(small, found.start())
    conceded = sentence.has(_CONCEDES) and ", " not in small[:begin].removeprefix("however, ")
    resumed = end
    if conceded or found.re is _UNKNOWN.compiled:
        resumed = min((at for mark in _RESUMES if (at := small.find(mark, found.end())) >= 0), default=end)
    return _kept(sentence, (begin, resumed))


def _clause(small: str, at: int) -> int:
    """Where the clause begins whose verb stands there."""
    begin = max(0, *(small.rfind(mark, 0, at) for mark in _CLAUSE))
    while begin and small.startswith(_AND, begin):
        before = max(0, *(small.rfind(mark, 0, begin) for mark in _CLAUSE))
        if _VERB.search(small, before, begin):
            break
        begin = before
    return begin


def _left_out(sentence: Statement) -> tuple[int, int] | None:
    """The stretch that says whom the study left out, or that none had it."""
    small, end = sentence.small, len(sentence.text)
    if (found := sentence.find(_LEFT_OUT)) is not None:
        return max(0, *(small.rfind(mark, 0, found.start()) for mark in _SPARED)), end
    if (found := sentence.find(_EXCLUDES)) is not None:
        return found.start(), end
    found = sentence.find(_FREE_OF)
    return None if found is None else found.span()


def _kept(sentence: Statement, out: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """What is left of a sentence, by its places in the abstract."""
    small = sentence.small
    return tuple(
        (sentence.start + start, sentence.start + until)
        for start, until in ((0, out[0]), (out[1], len(small)))
        if small[start:until].strip(" ,;:.")
    )


def _first(sentence: Statement) -> re.Match[str] | None:
    """Where the sentence first asks."""
    asked = [
        found for pattern in _ASKS if sentence.possible & pattern.bit and (found := sentence.find(pattern))
    ]
    return min(asked, key=re.Match.start, default=None)
