"""Where an abstract says that groups did not differ in what a treatment is for.

Owns which sentence that is. Never decides whether it is quoted (study.quotes) or stands beside a quote (study.beside).
"""

from __future__ import annotations

from collections.abc import Sequence

from litwatch.study import quote_cues as cues
from litwatch.study.quote_features import content, primary_words, stems
from litwatch.study.statements import Statement


def no_difference(title: str, parts: Sequence[Statement]) -> Statement | None:
    """The first such result, rather of the primary outcome or of mood than of another word of the title."""
    alike = [part for part in parts if _finds_no_difference(part)]
    if not alike:
        return None
    primary, subject = primary_words(parts), stems(title.lower())
    asked_for = [
        part
        for part in alike
        if part.has(cues.MOOD) or part.has(cues.OUTCOME) or primary & content(part.small)
    ]
    return next(iter(asked_for or [part for part in alike if subject & stems(part.small)]), None)


def within_groups(part: Statement) -> bool:
    """Whether it tells a change in people who had the same, and does not set groups against each other."""
    return part.has(cues.WITHIN) and not part.has(cues.CONTRAST)


def _finds_no_difference(part: Statement) -> bool:
    """Not before the treatment, not in harms, and not in who left."""
    compares = part.has(cues.CONTRAST) or part.has(cues.OF_STUDIES)
    if part.role not in ("results", "methods") or not (part.has(cues.NO_DIFFERENCE) and compares):
        return False
    before = (part.has(cues.BASELINE) or part.has(cues.BEFORE)) and not part.has(cues.CHANGE)
    return not (before or part.has(cues.HARM) or part.has(cues.DISPOSITION))
