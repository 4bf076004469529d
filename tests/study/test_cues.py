"""Asking for a pattern's words first changes nothing about what it finds."""

from __future__ import annotations

import importlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.study.cues import Cued

READERS = ("quote_cues", "people", "durations", "included", "provenance", "roles")
PATTERNS = [
    (f"{module}.{name}", value)
    for module in READERS
    for name, value in vars(importlib.import_module(f"litwatch.study.{module}")).items()
    if isinstance(value, Cued)
]
WORDS = sorted({word for _, cued in PATTERNS for word in cued.words} | set("0123456789"))


@pytest.mark.parametrize(("pattern", "words"), [
    (r"\bnot (?:differ|superior)|\bfailed to\b", ("differ", "failed to", "superior")),
    (r"randomi[sz]ed", ("randomi",)),
    (r"(?:co-)?primary outcomes?", ("primary outcome",)),
    (r"\b(?:adverse|side[- ]effects?)\b", ("adverse", "effect")),
    (r"(?:a|\d+) groups?", (" group",)),
    (r"colou?r|hue", ("colo", "hue")),
    (r"depress|\d", ()),
    (r"(?:mood)*", ()),
    (r"(?:low mood)+", ("low mood",)),
    (r"[ab]c", ()),
])  # fmt: skip
def test_the_words_that_a_pattern_needs_are_found(pattern: str, words: tuple[str, ...]) -> None:
    assert Cued(pattern).words == words


@pytest.mark.parametrize("cued", [cued for _, cued in PATTERNS], ids=[name for name, _ in PATTERNS])
@given(
    text=st.lists(
        st.one_of(
            st.sampled_from(WORDS), st.sampled_from([" ", ", ", "(", "ſ", "K", "İ", "ß"]), st.text(max_size=3)
        ),
        max_size=12,
    ).map(" ".join)
)
def test_a_text_matches_as_it_does_by_the_pattern_alone(cued: Cued, text: str) -> None:
    plain = re.compile(cued.pattern, re.IGNORECASE)

    for said in (text, text.upper()):
        found, expected = cued.search(said), plain.search(said)
        assert (found and found.span()) == (expected and expected.span())
        assert [one.span() for one in cued.finditer(said)] == [one.span() for one in plain.finditer(said)]
        assert (cued.match(said) is None) == (plain.match(said) is None)


def test_most_patterns_of_the_readers_need_some_word() -> None:
    assert len(PATTERNS) > 30
    assert all(cued.words for _, cued in PATTERNS)
