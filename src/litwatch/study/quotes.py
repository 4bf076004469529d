"""The sentences a paper is quoted by: its result, its authors' conclusion, its harm; each whole and verbatim, or none.

Owns which sentence is chosen. Never shortens one, and never passes over a null result for a finer one.

They are chosen by weights (quotes.tsv, learnt by scripts/learn-choices, where cross-validation shows them better than
rules), a protocol's plan by rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litwatch.paper import Paper, Span
from litwatch.study import harm_cues, result_cues
from litwatch.study import quote_cues as cues
from litwatch.study.grave import gravest, is_common
from litwatch.study.nulls import harm_of_title, no_difference, within_groups
from litwatch.study.quote_features import features, stems
from litwatch.study.statements import Statement
from litwatch.study.weighing import Features, score, weights

#: Designs that have no result of their own.
NO_RESULT = frozenset(("protocol", "notice", "guideline", "comment"))
_HARMFUL_ROLES = frozenset(("results", "conclusion"))
#: Designs in which nobody is a patient of the paper's own.
_NO_PATIENTS = frozenset(("animal", "laboratory", "review"))
_AT_THE_END, _MAY_CONCLUDE = 3, frozenset(("results", "background", "other"))
#: The least score of a quote. A harm is rather quoted than passed over: the paper is about harms already.
LEAST = {"result": 0.0, "conclusion": 0.0, "harm": -0.5}


@dataclass(frozen=True, slots=True)
class Quotes:
    """One sentence each, as Spans of the abstract."""

    result: Span | None = None
    conclusion: Span | None = None
    harm: Span | None = None


def quotes(paper: Paper, parts: Sequence[Statement], design: str | None, *, harm: bool) -> Quotes:
    """The quotes of a paper; a notice has none, a protocol only what is planned; `harm`: whether harms are its topic.

    `parts` are the sentences of the abstract with their roles.
    """
    if design == "notice" or not parts:
        return Quotes()
    clean = quotable(parts)
    if design == "protocol":
        return Quotes(conclusion=_span(_planned(clean, paper.title)))
    places = {
        "result": allowed("result", clean, design, paper.title) if design not in NO_RESULT else [],
        "conclusion": allowed("conclusion", clean, design, paper.title),
        "harm": allowed("harm", clean, design, paper.title) if harm else [],
    }
    asked_for = sorted({place for each in places.values() for place in each})
    known = features(clean, paper.title, asked_for, compares=compares(design))
    return Quotes(
        result=_span(_result(paper.title, clean, known, places["result"], compares=compares(design))),
        conclusion=_span(_best("conclusion", clean, known, places["conclusion"])),
        harm=_span(_harm(clean, known, places["harm"], grave=design not in _NO_PATIENTS)),
    )


def _result(
    title: str,
    parts: Sequence[Statement],
    known: Mapping[int, Features],
    places: Sequence[int],
    *,
    compares: bool,
) -> Statement | None:
    """What is called the primary outcome, with its figures, else what weighs most; of groups rather than of one."""
    primary = [place for place in places if _tells_the_primary(parts[place])]
    best = _best("result", parts, known, primary) or _best("result", parts, known, places)
    if best is not None and compares and _one_group_got_better(best):
        groups = [place for place in places if _sets_groups_apart(parts[place])]
        best = _best("result", parts, known, groups) or best
    if best is not None and within_groups(best):
        # That each group improved is no result where the groups were compared, and were alike.
        return no_difference(title, parts) or best
    return best


def _harm(
    parts: Sequence[Statement], known: Mapping[int, Features], places: Sequence[int], *, grave: bool
) -> Statement | None:
    """A grave event, else what weighs most; that there was none gives way to what was counted."""
    found = gravest(parts, places) if grave else None
    best = found or _best("harm", parts, known, places)
    if best is not None and _tells_of_none(best):
        counted = [place for place in places if is_common(parts[place])]
        return _best("harm", parts, known, counted) or best
    return best


def compares(design: str | None) -> bool:
    """Whether a paper of that design sets groups against each other."""
    return design == "rct"


def quotable(parts: Sequence[Statement]) -> list[Statement]:
    """The sentences without those of publishers, registries and NLM ("ABSTRACT TRUNCATED"), and without mere marks."""
    return [part for part in parts if not part.has(cues.RIGHTS) and cues.LETTERS.search(part.text)]


def may_be_result(parts: Sequence[Statement], *, narrative: bool) -> list[int]:
    """The places of what may be the result: never background, aim, a plan, a baseline or the yield of a search.

    Nothing before a label that says "results"; where no label does, methods that report.
    """
    labelled = [place for place, part in enumerate(parts) if part.labelled and part.role == "results"]
    told_before = min(labelled, default=-1)
    return [
        place
        for place, part in enumerate(parts)
        if (
            part.role == "results"
            or (part.role == "conclusion" and not narrative)
            or (part.role == "methods" and place > told_before and _reports(part))
        )
        and not _no_result(part)
    ]


def may_be_harm(parts: Sequence[Statement], title: str, *, case: bool) -> list[int]:
    """The places of what may be the harm: never background or aim, nor what was only wanted or measured, nor that the
    harm which the title wants to treat or prevent became less.

    What befell the people of a `case` may be told before any result.
    """
    prevented = title.lower() if harm_cues.PREVENTS.search(title) else ""
    return [
        place
        for place, part in enumerate(parts)
        if (part.role in _HARMFUL_ROLES or (part.role == "methods" and _may_happen(part, case=case)))
        and _names_a_harm(part)
        and not (part.has(cues.WANTED) and not part.has(harm_cues.GRAVE))
        and not (part.has(cues.DESCRIBES) and not part.has(cues.FIGURES))
        and not (part.has(result_cues.SET_OUT) and not part.has(result_cues.AND_FOUND))
        and not part.has(harm_cues.GROUPING)
        and not (prevented and _was_treated(part, prevented))
    ]


def allowed(kind: str, parts: Sequence[Statement], design: str | None, title: str) -> list[int]:
    """The places of what may be that quote of a paper."""
    if kind == "conclusion":
        return may_be_conclusion(parts)
    return (
        may_be_result(parts, narrative=design == "review")
        if kind == "result"
        else may_be_harm(parts, title, case=design == "case")
    )


def may_be_conclusion(parts: Sequence[Statement]) -> list[int]:
    """The places of what may be the authors' conclusion: what is told as one, and what stands at the end."""
    end = len(parts) - _AT_THE_END
    return [
        place
        for place, part in enumerate(parts)
        if part.role == "conclusion"
        or (
            part.role in _MAY_CONCLUDE
            and (place >= end or (place > len(parts) / 2 and part.has(cues.SUMS_UP)))
        )
    ]


def _best(
    kind: str, parts: Sequence[Statement], known: Mapping[int, Features], places: Sequence[int]
) -> Statement | None:
    learnt = weights("quotes", kind)
    scored = [(score(known[place], learnt), -place) for place in places]
    best, place = max(scored, default=(LEAST[kind], 0))
    return parts[-place] if best > LEAST[kind] else None


def _tells_the_primary(part: Statement) -> bool:
    """Whether it gives the figures of what it calls the primary outcome."""
    return (
        (part.role == "results" or _reports_the_primary(part))
        and part.has(cues.PRIMARY)
        and part.has(cues.STATISTIC)
        and not part.has(cues.SECONDARY)
    )


def _tells_of_none(part: Statement) -> bool:
    """Whether it says only that nothing grave befell anybody ("no serious adverse events"), or that all was well."""
    denies = part.has(harm_cues.GRAVE) and part.has(harm_cues.NOT_GRAVE)
    denies = denies or (part.has(harm_cues.TOLERATED) and not part.has(harm_cues.EVENT))
    return denies and not (part.has(cues.FIGURES) or part.has(harm_cues.MOST_COMMON))


def _one_group_got_better(part: Statement) -> bool:
    """Whether it tells how many got better, or how much, of one group alone."""
    if part.has(cues.CONTRAST) or part.has(result_cues.OTHER_ARM):
        return False
    return part.has(result_cues.SHARE) and (part.has(result_cues.RATE) or part.has(cues.WITHIN))


def _sets_groups_apart(part: Statement) -> bool:
    """Whether it sets groups against each other, with a figure or by saying that they were alike."""
    groups = part.has(cues.CONTRAST) or part.has(result_cues.OTHER_ARM)
    return groups and part.role == "results" and (part.has(cues.FIGURES) or part.has(cues.NO_DIFFERENCE))


def _reports(part: Statement) -> bool:
    """Whether a sentence that was taken for a method reports what came of it."""
    if part.has(cues.NO_DIFFERENCE) and part.has(cues.CONTRAST):
        return True
    if _reports_the_primary(part):
        return True
    told = part.has(cues.FOUND) and (part.has(cues.CHANGE) or part.has(cues.FIGURES))
    planned = part.has(cues.WANTED) or part.has(cues.PLAN) or part.has(cues.PRIMARY)
    return told and part.has(cues.PAST) and not (planned or part.has(cues.SAMPLE))


def _reports_the_primary(part: Statement) -> bool:
    """Whether what looks like a plan, for it names the primary outcome, tells by how much groups differed in it."""
    if part.role != "methods" or part.labelled or part.has(cues.SAMPLE) or part.has(cues.WANTED):
        return False
    return part.has(cues.PRIMARY) and part.has(cues.STATISTIC) and part.has(cues.CONTRAST)


def _names_a_harm(part: Statement) -> bool:
    """Whether anything in it is a harm: not the seizure of ECT, nor that fewer died."""
    named = (harm_cues.HARM, harm_cues.OTHER_HARM, harm_cues.GRAVE)
    if not any(part.has(cue) for cue in named):
        return False
    rest, good = harm_cues.NO_HARM.subn(" ", part.small)
    return not good or any(cue.search(rest) for cue in named)


def _was_treated(part: Statement, title: str) -> bool:
    """Whether all harms that it names are those of the title, and it tells that they became fewer or were alike."""
    if part.has(harm_cues.HARM_STRONG) or not (part.has(harm_cues.FEWER) or part.has(cues.NO_DIFFERENCE)):
        return False
    return all(harm_of_title(found[0], title) for found in harm_cues.HARM.compiled.finditer(part.small))


def _may_happen(part: Statement, *, case: bool) -> bool:
    """Whether a sentence that was taken for a method tells an event that people had."""
    planned = (
        part.has(cues.PLAN) or part.has(cues.SAMPLE) or part.has(cues.SECONDARY) or part.has(cues.WANTED)
    )
    if planned or part.labelled or not part.has(cues.PAST):
        return False
    told = part.has(harm_cues.EVENT) or part.has(harm_cues.OTHER_HARM)
    return told and (case or part.has(cues.FIGURES) or part.has(cues.FOUND))


def _no_result(part: Statement) -> bool:
    """Whether a sentence tells what was set out, who came, or what a search brought, and nothing found."""
    if part.has(result_cues.SET_OUT) and not part.has(result_cues.AND_FOUND):
        return True
    if (
        part.has(cues.NO_DIFFERENCE)
        and (part.has(cues.BASELINE) or part.has(cues.BEFORE))
        and not part.has(result_cues.LATER)
    ):
        return True
    if part.has(cues.BASELINE) and not (part.has(cues.CHANGE) and not part.has(cues.AGE)):
        return True
    if part.has(cues.DOING) and not part.has(cues.FIGURES):
        return True
    told_aside = part.has(cues.YIELD) or part.has(cues.LEFT_OUT)
    return told_aside and not (
        part.has(cues.CONTRAST) and part.has(cues.FIGURES) and not part.has(cues.DISPOSITION)
    )


def _planned(parts: Sequence[Statement], title: str) -> Statement | None:
    asked = stems(title.lower())
    best: tuple[float, Statement] | None = None
    for place, part in enumerate(parts):
        points = {"aim": 2.0, "methods": 0.8, "conclusion": 0.6}.get(part.role, -1.0)
        points += 1.5 if part.has(cues.PLAN) else 0.0
        points += 0.5 if " will " in part.text else 0.0
        points += 1.0 if part.has(cues.TRIAL) else 0.0
        points += 0.2 * min(5, len(stems(part.small) & asked))
        points -= 1.5 if part.has(cues.SECONDARY) else 0.0
        points -= 0.1 * place
        if best is None or points > best[0]:
            best = (points, part)
    return best[1] if best is not None and best[0] > 0 else None


def _span(part: Statement | None) -> Span | None:
    return part.whole if part is not None else None
