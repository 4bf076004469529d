"""Where the labels of an abstract stand, and the parts between them.

Owns finding labels, those of the record and those printed in the text. Never says what a label means (study.labels),
nor which sentence of a part plays which role (study.roles).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from litwatch.paper import Paper
from litwatch.study.labels import OTHER, ROLE_NAMES, is_label, roles_of_label

_BARE = re.compile(
    r"(?:^|(?<=[.?!)] ))(Background|Introduction|Aims?|Objectives?|Purpose|Methods?|Results|Discussion|"
    r"Conclusions?|Clinical [Ii]mplications|Declaration of interest)\s(?=[A-Z\d])"
)
# A label that follows no full stop: its author forgot it, or a raised figure was lost ("18 to 30 kg/m RESULTS:").
_IN_CAPITALS = re.compile(
    r"\s(BACKGROUND|OBJECTIVES?|AIMS?|METHODS?|RESULTS?|FINDINGS|CONCLUSIONS?|DISCUSSION|INTERPRETATION)$"
)
# A label glued to the first word of its part, where a publisher lost the blank ("MethodsA trial").
_GLUED = re.compile(
    r"(?:^|(?<=[.?!)\]])\s?)(Background|Introduction|Objectives?|Aims?|Purpose|Methods?|Results?|Findings|Discussion|"
    r"Conclusions?|Interpretation)(?=[A-Z](?:[a-z\d]|\s|[A-Z-]))"
)
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the abstract and the roles that its sentences may play."""

    start: int
    end: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Label:
    """A label at start:end of the text, its colon included."""

    start: int
    end: int
    roles: tuple[str, ...]


def parts(paper: Paper) -> list[Part]:
    """The abstract cut at its labels, each part with the roles that its sentences may play."""
    if paper.sections:
        named = [
            Part(section.start, section.end, roles_of_label(section.label, section.category) or ROLE_NAMES)
            for section in paper.sections
        ]
        if len(named) > 1 or len(named[0].roles) == 1:
            return named
    return _inline(paper.abstract)


def _inline(text: str) -> list[Part]:
    """Parts by labels that stand in the text; the whole text as one part where there are none."""
    labels = _with_colon(text)
    if all(label.roles == (OTHER,) for label in labels):
        labels = sorted((*labels, *(_glued(text) or _bare(text))), key=lambda label: label.start)
    if not labels:
        return [Part(0, len(text), ROLE_NAMES)]
    found: list[Part] = []
    if labels[0].start > 0:
        # What stands before the first label: an unlabelled opening, or a whole abstract before "Trial registration:".
        opening = ("background", "aim") if len(labels) > 1 and labels[0].roles != (OTHER,) else ROLE_NAMES
        found.append(Part(0, labels[0].start, opening))
    for number, label in enumerate(labels):
        until = labels[number + 1].start if number + 1 < len(labels) else len(text)
        found.append(Part(label.end, until, label.roles))
    found[-1] = _to_the_end(found[-1])
    return [_trimmed(text, part) for part in found if text[part.start : part.end].strip()]


def _to_the_end(last: Part) -> Part:
    """Where the last label is that of the aim, what was done and found is told below it, too."""
    if not set(last.roles) <= {"background", "aim"}:
        return last
    return Part(last.start, last.end, ROLE_NAMES[ROLE_NAMES.index(last.roles[0]) :])


def _with_colon(text: str) -> list[_Label]:
    found: list[_Label] = []
    colon = text.find(":")
    while colon >= 0:
        begin = _begins(text, colon)
        if begin is not None and is_label(label := text[begin:colon].strip()):
            found.append(_Label(begin, colon + 1, roles_of_label(label)))
        elif capitals := _IN_CAPITALS.search(text, max(0, colon - _LONGEST), colon):
            found.append(_Label(capitals.start(1), colon + 1, roles_of_label(capitals[1])))
        colon = text.find(":", colon + 1)
    return found


def _bare(text: str) -> list[_Label]:
    """Labels without a colon ("Aims To assess ... Results The ..."), as some journals send them; three at least."""
    found = _labels(_BARE, text) if "Results " in text else []
    return found if len({label.roles for label in found}) >= 3 else []


def _glued(text: str) -> list[_Label]:
    """Labels without as much as a blank ("MethodsA trial ... ResultsAcross ..."); two at least."""
    found = _labels(_GLUED, text) if "Result" in text or "Conclusion" in text else []
    return found if len({label.roles for label in found}) >= 2 else []


def _labels(pattern: re.Pattern[str], text: str) -> list[_Label]:
    return [
        _Label(match.start(1), match.end(1), roles_of_label(match[1])) for match in pattern.finditer(text)
    ]


def _trimmed(text: str, part: Part) -> Part:
    stretch = text[part.start : part.end]
    start = part.start + len(stretch) - len(stretch.lstrip())
    return Part(start, start + len(stretch.strip()), part.roles)


def _begins(text: str, colon: int) -> int | None:
    """Where a label that ends at `colon` would begin: after the last stop, within 60 characters."""
    left = max(0, colon - _LONGEST)
    begin = max(text.rfind(mark, left, colon) for mark in (".", "!", "?", ")", "]", ";", "\n"))
    if begin < 0:
        if left > 0:
            return None
        begin = -1
    begin += 1
    while begin < colon and text[begin].isspace():
        begin += 1
    return begin if begin < colon and text[begin].isupper() else None
