"""Proves the one rule by which text becomes words, and that places lead back to the text."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.query.tokens import fold, fold_each, normal, offsets, query_words, words

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_text_becomes_words(case: dict[str, Any]) -> None:
    assert list(words(case["text"])) == case["words"]
    assert normal(case["text"]) == " ".join(case["words"])


def test_a_star_stays_in_a_query_and_is_a_mark_in_a_text() -> None:
    assert query_words("Depress** dis*rder β-block*") == ("depress*", "dis*rder", "beta", "block*")
    assert words("depress* a") == ("depress", "a")


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert query_words(text.replace("*", " ")) == words(text)


@given(st.text(max_size=80))
def test_every_place_of_the_folded_text_has_a_place_in_the_text(text: str) -> None:
    places = offsets(text)
    folded = fold(text)
    if places is None:
        assert len(folded) == len(text)
        return
    assert len(places) == len(folded) + 1
    assert list(places) == sorted(places)
    for place, character in enumerate(folded):
        assert character in fold(text[places[place]])


@given(st.lists(st.text(st.sampled_from("aB1 -\0é\u03b2\u00df\ud800\u4e2d\ue000")), max_size=5))
def test_texts_that_are_folded_together_are_those_that_are_folded_alone(texts: list[str]) -> None:
    assert fold_each(texts) == [fold(text) for text in texts]
