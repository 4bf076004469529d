"""What must stand beside a quote so that it does not mislead: a difference that was not found, a doubt that follows.

Owns which sentences these are; whole and verbatim, or none. Never chooses the quotes themselves (study.quotes does).
"""

from __future__ import annotations

from collections.abc import Sequence

from litwatch.paper import Span
from litwatch.study import harm_cues
from litwatch.study import quote_cues as cues
from litwatch.study.grave import is_common, is_grave
from litwatch.study.null_figures import null_in_figures
from litwatch.study.nulls import no_difference
from litwatch.study.quotes import Quotes, quotable
from litwatch.study.statements import Statement

#: The names under which Findings keep them.
NO_DIFFERENCE, NOT_MET, CAVEAT, NULL, COMMON_HARM = (
    "no_difference",
    "not_met",
    "caveat",
    "null",
    "common_harm",
)


def beside(title: str, parts: Sequence[Statement], quotes: Quotes) -> dict[str, tuple[Span, ...]]:
    """By name: what was not met beside the result, else where groups did not differ; what takes back the conclusion;
    the result itself where it is null by its figures alone; what was common beside a grave harm.
    """
    clean = quotable(parts)
    not_met = _not_met(clean, quotes.result)
    null = _null(title, clean, quotes.result) if not_met is None else None
    alike = _no_difference(title, clean, quotes.result) if not_met is None and null is None else None
    found = {
        NOT_MET: not_met,
        NO_DIFFERENCE: alike,
        NULL: null,
        CAVEAT: _caveat(clean, quotes.conclusion),
        COMMON_HARM: _common_harm(clean, quotes.harm),
    }
    return {name: (part.whole,) for name, part in found.items() if part is not None}


def _no_difference(title: str, parts: Sequence[Statement], result: Span | None) -> Statement | None:
    """Where groups did not differ in what the paper asks for; none where the quote itself says so."""
    place = _place(parts, result)
    if place is None:
        return None
    quoted = parts[place]
    if quoted.role != "results" or quoted.has(cues.NO_DIFFERENCE):
        return None
    said = no_difference(title, parts, compared=quoted.has(cues.CONTRAST))
    primary = (part for part in parts if part.role == "results" and part.has(cues.PRIMARY))
    return said or next((part for part in primary if part is not quoted and null_in_figures(part)), None)


def _null(title: str, parts: Sequence[Statement], result: Span | None) -> Statement | None:
    """The quoted result where only its figures say that groups were alike, unless no more was asked for than that."""
    place = _place(parts, result)
    if place is None or not null_in_figures(parts[place]) or parts[place].has(harm_cues.HARM_STRONG):
        return None
    margin = cues.NON_INFERIOR.search(title) or any(part.has(cues.NON_INFERIOR) for part in parts)
    return None if margin else parts[place]


def _common_harm(parts: Sequence[Statement], harm: Span | None) -> Statement | None:
    """The first sentence of what was common, where the quoted harm is a grave one."""
    place = _place(parts, harm)
    if place is None or not is_grave(parts[place]) or parts[place].has(harm_cues.MOST_COMMON):
        return None
    others = [
        part for part in parts if part.role == "results" and part is not parts[place] and is_common(part)
    ]
    return next((part for part in others if part.has(harm_cues.MOST_COMMON)), next(iter(others), None))


def _not_met(parts: Sequence[Statement], result: Span | None) -> Statement | None:
    """Another result that the study had set itself and did not reach; none where the quote itself says so."""
    place = _place(parts, result)
    if place is None or parts[place].has(cues.NOT_MET):
        return None
    return next((part for part in parts if part.role == "results" and part.has(cues.NOT_MET)), None)


def _caveat(parts: Sequence[Statement], conclusion: Span | None) -> Statement | None:
    """What takes back part of the conclusion: the sentence behind it, else another that denies an effect.

    One that only asks for more research takes nothing back.
    """
    place = _place(parts, conclusion)
    if place is None:
        return None
    following = parts[place + 1] if place + 1 < len(parts) else None
    if following is not None and following.has(cues.TAKES_BACK):
        return following if not following.has(cues.FURTHER) or following.has(harm_cues.HARM) else None
    if parts[place].has(cues.NULL):
        return None
    others = (part for part in parts if part.role == "conclusion" and part is not parts[place])
    return next((part for part in others if part.has(cues.NULL) and not part.has(harm_cues.HARM)), None)


def _place(parts: Sequence[Statement], quoted: Span | None) -> int | None:
    """Which of the sentences is quoted."""
    if quoted is None:
        return None
    return next((place for place, part in enumerate(parts) if part.start == quoted.start), None)
