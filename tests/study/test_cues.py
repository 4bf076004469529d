"""Asking for a pattern's words first changes nothing about what it finds."""

from __future__ import annotations

import importlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.study import quote_cues
from litwatch.study.cues import Cued, Exact
from litwatch.study.statements import Statement

READERS = ("quote_cues", "people", "durations", "included", "provenance", "roles", "numbers")
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


@pytest.mark.parametrize(("pattern", "cues"), [
    (r"\b(?:is|end[ -]point)\b", (" is ", "point ")),
    (r"\bchang(?:ed|ing)\b|non-?inferior\w*", (" chang", "inferior")),
    (r"(?:co-)?primary|\bside-effect", (" side effect", "primary")),
    (r"©|\b(?:copyright)", (" copyright", " © ")),
])  # fmt: skip
def test_a_word_that_begins_or_ends_in_the_pattern_must_do_so_in_the_text(
    pattern: str, cues: tuple[str, ...]
) -> None:
    assert Cued(pattern).cues == cues


@pytest.mark.parametrize(("pattern", "spelled"), [
    (r"\b(?:nausea|dizz\w*|side[- ]effects?|AEs?)\b", (" ae ", " aes ", " dizz", " nausea ")),
    (r"depress|\bmood\b", (" mood ", "depress")),
    (r"\brandomi[sz]ed\b", (" randomised ", " randomized ")),
    (r"\btoler\w+\b|[^a]b|^\bsafe\b", ()),
    (r"\b(?:will|should)\b(?! not)", ()),
])  # fmt: skip
def test_the_words_that_are_all_of_a_match_are_found(pattern: str, spelled: tuple[str, ...]) -> None:
    assert Cued(pattern).spelled == spelled


def test_what_stands_deep_in_a_pattern_is_spelled_once_not_once_for_each_word_before_it() -> None:
    pattern = r"\d"
    for _ in range(40):
        pattern = f"(?:a|b)({pattern})"
    assert Cued(pattern).spelled == ()


@pytest.mark.parametrize("cued", [cued for _, cued in PATTERNS], ids=[name for name, _ in PATTERNS])
@given(
    text=st.lists(
        st.one_of(
            st.sampled_from(WORDS),
            st.sampled_from([" ", ", ", "(", "-", "_", "©", "±", "é", "²", "ſ", "K", "İ", "ß"]),
            st.text(max_size=3),
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


@pytest.mark.parametrize("cued", [cued for _, cued in PATTERNS], ids=[name for name, _ in PATTERNS])
@given(st.data())
def test_a_sentence_has_a_pattern_wherever_its_words_begin_and_end(cued: Cued, data: st.DataObject) -> None:
    beside = st.sampled_from(
        [" ", " ", ", ", "(", "-", "_", "x", "s", "s ", "ed ", "7", "©", "±", "é", "²", "K"]
    )
    words = [*cued.words, *(word.strip() for word in cued.spelled)] or WORDS
    said = "".join(data.draw(st.lists(st.sampled_from(words) | beside, max_size=6)))

    expected = re.search(cued.pattern, said, re.IGNORECASE) is not None
    asked_first, found_first = (Statement("results", 0, len(said), said) for _ in range(2))
    assert asked_first.has(cued) is expected
    for one in (asked_first, found_first):
        assert (one.find(cued) is not None) is expected
        assert one.has(cued) is one.may_have(cued) is expected


@pytest.mark.parametrize("name", [name for name, one in vars(quote_cues).items() if isinstance(one, Exact)])
@given(st.lists(st.sampled_from([
    "p", "P", "=", "<", ">", "≤", "≥", "±", " ", "0", "5", "%", "CI", "OR", "aOR", "SMD", "MD", "ES", "RD", "NNT", "g",
    "d", "n", "Effect size", "effect sizes", "confidence interval", "age", "aged", ", ", ".", ":", "or", "ci",
]), max_size=8).map("".join))  # fmt: skip
def test_an_exact_pattern_stands_where_one_of_its_patterns_does(name: str, text: str) -> None:
    exact = getattr(quote_cues, name)

    assert exact.stands_in(text) is any(pattern.search(text) for pattern, _ in exact.patterns)


def test_most_patterns_of_the_readers_need_some_word() -> None:
    assert len(PATTERNS) > 30
    assert len([name for name, cued in PATTERNS if not cued.words]) < 3
