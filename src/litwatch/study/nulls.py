"""Where an abstract says that groups did not differ in what a treatment is for.

Owns which sentence that is. Never decides whether it is quoted (study.quotes) or stands beside a quote (study.beside).
"""

from __future__ import annotations

from collections.abc import Sequence

from litwatch.study import harm_cues
from litwatch.study import quote_cues as cues
from litwatch.study.quote_features import alike_over_time, content, primary_words, stems
from litwatch.study.statements import Statement

_STEM = 7  # letters


def no_difference(title: str, parts: Sequence[Statement], *, compared: bool = False) -> Statement | None:
    """The first such result, rather of the primary outcome or of mood than of another word of the title.

    `compared`: the result that it stands beside sets groups against each other, so that "were similar on day 7" does.
    """
    alike = [part for part in parts if _finds_no_difference(part, title.lower())]
    weaker = [part for part in parts if _finds_alike(part, compared=compared)]
    if not alike and not weaker:
        return None
    primary, subject = primary_words(parts), stems(title.lower())
    asked_for = [part for part in alike if _of_an_outcome(part) or primary & content(part.small)]
    of_title = [part for part in alike if subject & stems(part.small)]
    return next(iter(asked_for or [part for part in weaker if _of_an_outcome(part)] or of_title), None)


def within_groups(part: Statement) -> bool:
    """Whether it tells a change in people who had the same, and does not set groups against each other."""
    return part.has(cues.WITHIN) and not part.has(cues.CONTRAST)


def _of_an_outcome(part: Statement) -> bool:
    return part.has(cues.MOOD) or part.has(cues.OUTCOME)


def _finds_no_difference(part: Statement, title: str) -> bool:
    """Not before the treatment, not in harms that the title does not ask for, not in who left, and not in one group
    that stayed as it was.
    """
    compares = part.has(cues.CONTRAST) or part.has(cues.OF_STUDIES)
    if part.role not in ("results", "methods") or not (part.has(cues.NO_DIFFERENCE) and compares):
        return False
    if alike_over_time(part):
        return False
    return not (_aside(part) or (part.has(harm_cues.HARM) and not _of_title(part, title)))


def _finds_alike(part: Statement, *, compared: bool) -> bool:
    if part.role != "results" or not part.has(cues.ALIKE):
        return False
    compares = compared or part.has(cues.CONTRAST) or part.has(cues.OF_STUDIES)
    return compares and not (_aside(part) or part.has(harm_cues.HARM))


def _aside(part: Statement) -> bool:
    """Whether it tells of the time before the treatment, or of who left."""
    before = (part.has(cues.BASELINE) or part.has(cues.BEFORE)) and not part.has(cues.CHANGE)
    return before or part.has(cues.DISPOSITION)


def _of_title(part: Statement, title: str) -> bool:
    """Whether a harm that it names is what the title asks for: delirium, where it is to be prevented."""
    if part.has(harm_cues.HARM_STRONG):
        return False
    return any(harm_of_title(found[0], title) for found in harm_cues.HARM.compiled.finditer(part.small))


def harm_of_title(word: str, title: str) -> bool:
    """Whether the title, in small letters, names that harm, too."""
    return word[:_STEM] in title
