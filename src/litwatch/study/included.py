"""How many studies a synthesis included; with where it stands, or nothing.

Owns the patterns of counts of papers. Never takes what a search brought for what was included.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litwatch.study.choosing import Count
from litwatch.study.cues import Cued
from litwatch.study.numbers import NUMBER, value
from litwatch.study.statements import Statement

# These begin with a number, and are tried on small letters where one may begin (Statement.numbered).
_STUDIES = re.compile(
    rf"(?P<n>{NUMBER})\s(?:(?!(?:of|were|was|patients|participants|and|in|with|records|potentially|"
    rf"potential|abstracts|titles|full)\b)[\w'’/-]+,?\s(?:\([a-z]+\)\s)?){{0,6}}?"
    r"(?P<what>studies|trials|rcts?|articles|publications|papers|reports|reviews|meta-analyses|"
    r"manuscripts|case reports)\b"
)
_PAPERS = Cued(
    r"\b(?:studies|trials|RCTs?|articles|publications|papers|reports|records|citations|abstracts)\b"
)
# "Of 300 articles, 12 were included": the number stands alone.
_CHOSEN = re.compile(
    rf"(?P<n>{NUMBER})(?:\s\([^)]*\))?\s(?:(?:were|was)\s(?:\w+\s){{0,2}}?(?:included|selected|eligible|analy[sz]ed|"
    r"retained)|(?:met|fulfilled|satisfied)\s(?:\w+\s){0,3}?criteria)"
)
_KEPT = Cued(
    r"\b(?:includ\w+|eligib\w+|met (?:the |our |all )?(?:\w+ )?criteria|meeting|analy[sz]\w+|selected|retained|"
    r"synthesi[sz]ed|pooled|reviewed|qualif\w+|comprising|based on|from)\b",
)
_SEARCHED_BEFORE = Cued(
    r"\b(?:identified|yielded|resulted in|retrieved|screened|returned|produced|search\w*|found|records|excluded|"
    r"potential\w*|duplicates)\b[^,;]*$",
)
_SEARCHED_AFTER = Cued(
    r"^(?:\s[\w-]+){0,3}?\s(?:identified|retrieved|screened|found|yielded|excluded|obtained|returned|assessed for "
    r"eligibility|for screening)\b",
)
_ASIDE = re.compile(
    r"^(?:\s\([^()]{1,80}\))?(?:\sout of (?:the )?[\d,]+ (?:\w+ ){0,2}?(?:articles|records|studies|papers|citations))?"
)
_OUT_OF = re.compile(r"(?:\bout of|\b[Oo]f)\s(?:the\s|these\s|a total of\s)?(?:initial\s|identified\s)?$")


def studies(parts: Sequence[Statement], design: str | None) -> Count | None:
    """How many studies a systematic review or meta-analysis included; None elsewhere and where it is not stated."""
    if design not in ("meta-analysis", "systematic-review"):
        return None
    best: tuple[float, Count] | None = None
    for part in parts:
        if part.role not in ("methods", "results", "aim", "conclusion"):
            continue
        for match in (*part.numbered(_STUDIES), *part.numbered(_CHOSEN)):
            number = value(match["n"])
            if number is None or not 1 < number < 3000:
                continue
            score = _included(part.text, match) + (1.0 if part.role == "results" else 0.3)
            if best is None or score > best[0]:
                best = (score, Count(number, part.span(match.start("n"), match.end())))
    return best[1] if best is not None and best[0] >= 1.5 else None


def _included(sentence: str, match: re.Match[str]) -> float:
    """How surely a number of studies is that of the included ones; far below nothing for what a search brought."""
    before = re.split(r"[;:.]\s|,\s(?:and|of which)\s", sentence[max(0, match.start() - 70) : match.start()])[
        -1
    ]
    # Only what is said of this number: up to the next one.
    # An aside in brackets ("(11 new, 3 of before)") stands between it and what is said.
    rest = _ASIDE.sub("", sentence[match.end() :])
    after = re.split(r"[;.]\s|,\s(?=(?:and\s|of\s(?:which|these)\s)?(?:\d|we\b))", rest)[0][:70]
    if match.re is _CHOSEN:
        return 1.8 if _PAPERS.search(sentence[: match.start()] + sentence[match.end() :]) else -9.0
    chosen = bool(_KEPT.search(before) or _KEPT.search(after))
    if _SEARCHED_BEFORE.search(before) or _SEARCHED_AFTER.match(after) or _OUT_OF.search(before):
        if not re.match(
            r"^(?:\s[\w-]+){0,4}\s(?:met|meeting|fulfill\w+|eligible|matching|satisf\w+)\b", after
        ):
            return -9.0
        chosen = True
    score = 1.5 if chosen else 0.0
    if re.search(r"involv|compris|total of|found", f"{before} {after}"):
        score = max(score, 1.0)
    if re.match(r"\s(?:reported|showed|found|assessed|used|on\s)", sentence[match.end() :]):
        score -= 0.8
    return score
