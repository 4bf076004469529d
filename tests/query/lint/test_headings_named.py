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
