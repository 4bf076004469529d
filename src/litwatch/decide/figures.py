"""Do two abstracts say other figures in the same words? Then they tell of two studies.

Owns this comparison. A figure is told from another only where the words before and behind it are the same, so that
a rewritten sentence, or one that is gone, speaks against nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict

from litwatch.decide.titles import fold

# 1,254 and 1 254 are one figure; 7.9, 0.5-fold and p<0.05 are none of these.
_WORD = r"[^\W\d_]+"
_COUNT = r"\d{1,3}(?:[, ]\d{3})+|\d{2,7}"
_FIGURE = re.compile(
    rf"(?<![\d.,])(?P<first>{_WORD})[ =:(]{{1,2}}(?P<count>{_COUNT})[ ).,;:]{{1,3}}(?P<last>{_WORD})"
)
#: Fewer than this are days, doses and sites.
LEAST = 10


def contradicting(one: str, other: str, tolerance: float) -> bool:
    """Whether a figure of one abstract stands in the other's very words as one that differs by more than a part.

    `tolerance`: the part of the larger figure by which a revision may change it (0.1: 90 for 100).
    """
    ours, theirs = _figures(one), _figures(other)
    return any(
        min(abs(a - b) / max(a, b) for a in ours[words] for b in theirs[words]) > tolerance
        for words in ours.keys() & theirs.keys()
    )


def _figures(abstract: str) -> dict[tuple[str, str], set[int]]:
    """The words around each figure -> the figures between them."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for said in _FIGURE.finditer(fold(abstract)):
        count = int(re.sub(r"\D", "", said["count"]))
        if count >= LEAST:
            found[said["first"], said["last"]].add(count)
    return found
