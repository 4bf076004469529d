"""Each row of variants.toml is told by lint, in each of its directions, and no spelling is made up.

Owns the comparison of the table with what is offered. Never says which forms are worth a row.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from litwatch.query.lint import lint
from query.lint.small_mesh import small_mesh

MESH = small_mesh()
TABLE = tomllib.loads(files("litwatch.query.lint").joinpath("variants.toml").read_text("utf-8"))
#: What makes a whole word of a beginning: a verb needs an ending.
ENDINGS = (("is", "ed"), ("iz", "ed"))


def rows(name: str) -> list[tuple[str, str, bool]]:
    """Each pair of a table, and whether it holds both ways."""
    pairs = [pair.strip() for pair in TABLE[name].replace("\n", ",").split(",") if pair.strip()]
    return [(*pair.replace(">", "=").split("=", 1), ">" not in pair) for pair in pairs]


def offered(query: str, code: str) -> set[str]:
    """The terms that lint offers beside the one of a query."""
    found = [one for one in lint(query, MESH) if one.code == code]
    told = [one.instead or f"x OR {one.advice.removeprefix('add ')}" for one in found]
    return {text.partition(" OR ")[2] for text in told}


def tagged(text: str) -> str:
    return f'"{text}"[tiab]' if " " in text else f"{text}[tiab]"


def word(beginning: str) -> str:
    return beginning + next((ending for stem, ending in ENDINGS if beginning.endswith(stem)), "")


CODES = {"spellings": "missing-spelling", "whole_words": "missing-spelling", "plurals": "missing-plural"}
PAIRS = [(name, *row) for name in CODES for row in rows(name)]


@pytest.mark.parametrize(
    ("name", "first", "second", "both"), PAIRS, ids=[f"{one[1]} {one[2]}" for one in PAIRS]
)
def test_each_pair_of_the_table_is_offered_for_one_another(
    name: str, first: str, second: str, both: bool
) -> None:
    if name == "spellings":
        first, second = word(first), word(second)
    there, back = (offered(tagged(one), CODES[name]) for one in (first, second))
    assert there == {tagged(second)}
    assert back == ({tagged(first)} if both else set())


@pytest.mark.parametrize("noun", TABLE["nouns"].split())
def test_each_noun_has_a_plural_and_is_found_by_it(noun: str) -> None:
    (plural,) = offered(tagged(noun), "missing-plural")
    assert offered(plural, "missing-plural") == {tagged(noun)}


@pytest.mark.parametrize("row", rows("joined"), ids=lambda row: row[0])
def test_each_joined_word_is_offered_for_the_two_and_the_reverse(row: tuple[str, str, bool]) -> None:
    joined, parted = (f"{one}xxxx" for one in row[:2])
    assert offered(tagged(joined), "missing-joined") == {tagged(parted)}
    assert offered(tagged(parted), "missing-joined") == {tagged(joined)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anaesthetised", "anesthetized"),
        ("anaesthetist", "anesthetist"),
        ("manoeuvring", "maneuvering"),
        ("manoeuvres", "maneuvers"),
        ("counsellors", "counselors"),
        ("faecal microbiota", "fecal microbiota"),
        ("fetuses", "foetuses"),
        ("fetal distress", "foetal distress"),
        ("visual analogue scale", "visual analog scale"),
        ("leucocyte", "leukocyte"),
        ("randomisation", "randomization"),
        ("haemodialysis", "hemodialysis"),
        ("oestrogenised", "estrogenized"),
        ("colours", "colors"),
        ("centre*", "center*"),
        ("tumor*", "tumour*"),
        ("haemo*", "hemo*"),
        ("randomis*", "randomiz*"),
    ],
)
def test_a_word_is_respelt_as_a_whole(one: str, other: str) -> None:
    assert offered(tagged(one), "missing-spelling") == {tagged(other)}
    assert offered(tagged(other), "missing-spelling") == {tagged(one)}


@pytest.mark.parametrize(
    "text",
    [
        "odorant", "odoriferous", "odorous", "deodorant", "humoral", "humorous", "tumorigenesis", "colorectal",
        "colorado", "enterococcus faecalis", "enterococcus faecium", "haemophilus", "schistosoma haematobium",
        "fecundity", "optimism", "optimistic", "metabolism", "socialist", "candida utilis", "polaris", "mobilis",
        "counsel", "travel", "maneuv*", "analysis", "dialyses", "leuk*emia", "agism", "rigor mortis", "practice",
        "colo*r", "centrifuge", "literature", "meter", "sulfate", "estranged", "organism", "organis*",
        "deprivation", "estrange", "leukemogenesis", "exercised", "size", "prized",
    ],
)  # fmt: skip
def test_a_word_that_has_one_spelling_is_left_alone(text: str) -> None:
    assert offered(tagged(text), "missing-spelling") == set()


def test_a_phrase_of_both_spellings_is_offered_in_each_and_not_turned_round() -> None:
    (first, second) = [
        one for one in lint('"randomized behaviour"[tiab]', MESH) if one.code == "missing-spelling"
    ]
    assert first.instead == '"randomized behaviour"[tiab] OR "randomized behavior"[tiab]'
    assert second.advice == 'add "randomised behaviour"[tiab]'
