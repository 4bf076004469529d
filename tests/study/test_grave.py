"""Which sentences tell deaths, suicides and serious events that people had."""

from __future__ import annotations

import pytest

from litwatch.study.grave import is_common, is_grave
from litwatch.study.statements import Statement


def said(text: str) -> Statement:
    return Statement("results", 0, len(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "One patient died by suicide and there were no other serious adverse events.",
        "Two patients died, with no death in the saline group.",
        "One patient attempted suicide; none died.",
        "Serious adverse events occurred in 5 patients and no deaths were reported.",
        "No deaths occurred, but three patients attempted suicide.",
    ],
)
def test_a_denial_ends_with_its_clause(text: str) -> None:
    assert is_grave(said(text))


@pytest.mark.parametrize(
    "text",
    [
        "There were no deaths, suicides or serious adverse events in 300 patients.",
        "No deaths and no serious adverse events were reported in 30 patients.",
        "Of 40 patients 12 had a history of suicide attempts.",
        "The two groups differ by their expected deaths.",
    ],
)
def test_what_nobody_had_is_not_grave(text: str) -> None:
    assert not is_grave(said(text))


def test_fewer_events_are_no_common_harm() -> None:
    assert is_common(said("Nausea occurred in 40 patients (13%)."))
    assert not is_common(said("Fewer patients had nausea with ketamine (13% and 20%)."))
