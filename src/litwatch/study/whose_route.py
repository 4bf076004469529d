"""Whose route a word tells: that of the watch's drugs, or of a drug beside them ("epidural morphine, i.v. ketamine").

Owns that question for the words that earned a route. Never finds a route, and knows no drug of the watch by name (its
rules say where these stand); other drugs are those of comparators.toml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from litwatch.paper import Paper, Span
from litwatch.study.comparators import named
from litwatch.study.cues import small

_REACH_BEHIND, _REACH_BEFORE, _NEXT = 70, 120, 20
# What is called by a way and is no drug: "oral intake", "epidural catheter"; and drugs without a stem.
_NO_DRUG = (
    r"intake|surgery|hygiene|health|cavity|mucos\w+|secretions?|temperature|feeding|fluids?|contracepti\w+|catheters?|"
    r"block\w*|space|access|cannul\w+|lines?|cancer"
)
_KINDS = r"medications?|analgesics|opioids?|antidepressants?|ad|ads|oads?|ssris?|snris?"
_WITHOUT_STEM = (
    r"morphine|atropine|desmopressin|butorphanol|diclofenac|ibuprofen|paracetamol|acetaminophen|nitroglycerin\w*|"
    r"naltrexone|clonidine|riluzole|methadone|oxycodone|hydromorphone|baclofen|magnesium|dextrose|dexamethasone"
)
# Ketamine is given so itself, where it is given into a vein.
_NOT_INTO_A_VEIN = re.compile(r"\s(?:analgesia|an[a]?esthe\w+)\b")
_VEIN = re.compile(r"intraven|i\.?v|infus")
# Of the treatments of comparators.toml these are given by no way.
_NO_MEDICINE = re.compile(r"ect|r?tms|discontinuation|.*(?:therapy|stimulation|treatment|antidepressant).*")
_AND = re.compile(
    r"(?:\s[\d.]+\s?[mµ]?g\S{0,8})?(?:\s\([^()]*\))?,?\s?(?:and|or|plus|with|versus|vs\.?|[+/])\s?"
)
_ANOTHER_WAY = re.compile(r"\bi\.?[vm]\b|intra|oral|epidural|nasal")
_ENDS = re.compile(r"[;:]|[.]\s")
# Between a way and what is given so.
_FILL = (
    r"\.?(?:\s(?:low-dose|high-dose|single|doses?|bolus|infusions?|injections?|of|the|an?|[\d.]+|mg|mg/kg|[µμ]g|[µμ]g/kg))*"
    r"\s"
)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    controls, treatments = named()
    drugs = "|".join(
        (_WITHOUT_STEM, *(name for name in treatments.split("|") if not _NO_MEDICINE.fullmatch(name)))
    )
    return re.compile(rf"{_FILL}(?:{drugs}|{controls}|{_KINDS}|{_NO_DRUG})\b"), re.compile(
        rf"\b(?:{drugs})\b"
    )


def of_the_drugs(
    paper: Paper, routes: Sequence[str], spans: Mapping[str, tuple[Span, ...]], drugs: Sequence[Span]
) -> tuple[str, ...]:
    """The routes of which a word is not plainly another drug's; all, where no drug of the watch is named."""
    if not drugs:
        return tuple(routes)
    return tuple(route for route in routes if _is_ours(paper, spans.get(f"routes.{route}", ()), drugs))


def _is_ours(paper: Paper, words: Sequence[Span], drugs: Sequence[Span]) -> bool:
    return not words or not all(_of_another(paper, word, drugs) for word in words)


def _of_another(paper: Paper, word: Span, drugs: Sequence[Span]) -> bool:
    """Whether the next drug behind the word is another one, or none is and the last before it is another."""
    if word.field not in ("title", "abstract"):
        return False
    text = small(paper.text(word.field))
    ours = [drug for drug in drugs if drug.field == word.field]
    behind, other = _patterns()
    dot = text.startswith(".", word.end)
    rest = _ENDS.split(text[word.end + dot : word.end + _REACH_BEHIND], maxsplit=1)[0]
    followed = any(word.end <= drug.start < word.end + dot + len(rest) for drug in ours)
    match = behind.match(text, word.end, word.end + _REACH_BEHIND)
    if match and not any(match.start() <= drug.start < match.end() for drug in ours):
        joined = _AND.match(text, match.end())
        return joined is None or not any(
            joined.end() <= drug.start < joined.end() + _NEXT
            and not _ANOTHER_WAY.search(text, joined.end(), drug.start)
            for drug in ours
        )
    if not _VEIN.match(text, word.start) and _NOT_INTO_A_VEIN.match(text, word.end):
        return True
    start = max(0, word.start - _REACH_BEFORE)
    start = word.start - len(_ENDS.split(text[start : word.start])[-1])
    if followed or any(start <= drug.start < word.start for drug in ours):
        return False
    return other.search(text, start, word.start) is not None
