"""Lint speaks of the headings and subheadings that the matcher looks for.

Owns what both must agree on, on the MeSH that is shipped. Never repeats the table of small_mesh.
"""

from __future__ import annotations

import pytest

from litwatch.edge.mesh import MeshFile
from litwatch.query.lint import lint
from litwatch.query.mesh import Mesh, asked_headings, named

SHIPPED = MeshFile()


def codes(query: str, mesh: Mesh = SHIPPED) -> set[str]:
    return {one.code for one in lint(query, mesh)}


@pytest.mark.parametrize(
    "query",
    [
        '"Eye Injuries"[mh] OR eye/injuries[mh]',
        'eye/injuries[mh] OR "eye injuries"[mh]',
        "eye/injuries OR eye injuries[mh]",
        '"Eye Injuries"[mh] AND eye/injuries[mh]',
        '"Eye Injuries"[mh] NOT eye/injuries[mh]',
        '"Eye Injuries, Penetrating"[mh] OR eye/injuries[mh]',
    ],
)
def test_a_heading_with_a_subheading_is_no_repeat_of_the_heading_of_that_name(query: str) -> None:
    told = {"duplicate-term", "subsumed-term", "duplicate-clause", "takes-itself-away", "entry-term"}
    assert codes(query) & told == set()


def test_a_heading_with_a_subheading_adds_nothing_to_the_heading() -> None:
    assert "subsumed-term" in codes("eye[mh] OR eye/injuries[mh]")
    assert "duplicate-term" in codes('eye/injuries[mh] OR "Eye / Injuries"[mh]')


def test_the_headings_below_are_those_of_the_heading_before_the_slash() -> None:
    eye = SHIPPED.find("eye")
    assert eye is not None
    below = len(SHIPPED.explode(eye)) - 1
    (found,) = (one for one in lint("eye/injuries[mh:noexp]", SHIPPED) if one.code == "not-exploded")
    assert f"the {below} narrower headings" in found.message


@pytest.mark.parametrize(
    ("text", "name", "subheading", "heading"),
    [
        ("eye/injuries", "eye", "injuries", "Eye"),
        ("eye injuries", "eye injuries", "", "Eye Injuries"),
        ("Eye / in", "Eye", "in", "Eye"),
        ("eye*/injuries", "eye*", "injuries", None),
        ("eye/inj*", "eye", "inj*", "Eye"),
        ("eye*", "eye*", "", None),
        ("no such heading/injuries", "no such heading", "injuries", None),
        ("Ketamine/", "Ketamine/", "", "Ketamine"),
    ],
)
def test_what_a_term_names(text: str, name: str, subheading: str, heading: str | None) -> None:
    found = named(text, SHIPPED)
    assert (found.name, found.subheading, found.heading and found.heading.name) == (name, subheading, heading)
    (asked, *_) = asked_headings(text, SHIPPED, explode=False)
    assert bool(asked.qualifiers) is bool(subheading)
    assert found.heading is None or found.heading.ui.lower() in asked.keys


def instead_of(query: str, code: str) -> tuple[str, str]:
    """What is offered for the only finding of that code, and what is advised."""
    (found,) = (one for one in lint(query, SHIPPED) if one.code == code)
    return found.instead, found.advice


def test_more_names_than_five_are_a_choice_and_of_two_numbers_the_singular_is_named() -> None:
    instead, advice = instead_of(
        'PTSD[tiab] OR "Stress Disorders, Post-Traumatic"[mh]', "missing-entry-terms"
    )
    assert instead == ""
    assert advice.count(" OR ") >= 5
    assert '"post traumatic stress disorder"[tiab]' in advice
    assert "stress disorders" not in advice


@pytest.mark.parametrize("name", ["anxiolysis", "antidepres"])
def test_a_name_that_is_only_like_a_heading_is_not_offered(name: str) -> None:
    assert SHIPPED.near(name, 3)
    assert instead_of(f'"{name}"[mh]', "unknown-heading")[0] == ""


@pytest.mark.parametrize(
    ("name", "offered", "meant"),
    [
        ("nasal", "", ""),  # not NASA
        ("control", "", ""),  # not Controlip, a name of fenofibrate
        ("differing", "", ""),  # not Differin, a name of adapalene
        ("either", "", "Ether"),
        ("accents", "", "Sodium Glutamate"),
        ("cardiac", "", "Cardia"),  # a word of MeSH, and another one
        ("depresion", "Depression", "Depression"),
        ("ketamin", "Ketamine", "Ketamine"),
        ("antidepressant", "Antidepressive Agents", "Antidepressive Agents"),
        ("heart atack", "Myocardial Infarction", "Myocardial Infarction"),
        ("major depresive disorder", "Depressive Disorder, Major", "Depressive Disorder, Major"),
        ("major depression disorder", "Depressive Disorder, Major", "Depressive Disorder, Major"),
        ("mental disorder", "Mental Disorders", "Mental Disorders"),
        ("anaesthesia", "Anesthesia", "Anesthesia"),
        ("N-methyl-D-aspartate receptor", "Receptors, N-Methyl-D-Aspartate", "Receptors, N-Methyl-D-Aspartate"),
    ],
)  # fmt: skip
def test_a_heading_is_offered_where_its_name_is_like_what_was_written(
    name: str, offered: str, meant: str
) -> None:
    instead, advice = instead_of(f'"{name}"[mh]', "unknown-heading")
    assert instead == (f'"{offered}"[mh]' if offered else "")
    assert (f"did you mean {meant}?" == advice) is bool(meant)


@pytest.mark.parametrize(
    ("query", "bare"),
    [
        ("depression/dt/px[mh]", True),
        ("depression/dt/px[mh] OR mood[ti]", True),
        ("depression/dt/px[mh] AND mood[ti]", False),
    ],
)
def test_what_is_offered_has_brackets_only_where_something_else_stands_beside_it(
    query: str, bare: bool
) -> None:
    instead, _ = instead_of(query, "several-subheadings")
    assert instead.startswith("(") is not bare
