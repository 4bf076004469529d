"""What the methods of a randomised trial say that it was compared with. Made-up sentences."""

from __future__ import annotations

import pytest

from litwatch.study.controls import compared_with
from litwatch.study.statements import Statement


def against(*sentences: str, role: str = "methods") -> str | None:
    parts = []
    start = 0
    for text in sentences:
        parts.append(Statement(role, start, start + len(text), text))
        start += len(text) + 1
    found = compared_with(parts)
    if found is None:
        return None
    whole = " ".join(sentences)
    assert whole[found.start : found.end] == found.text
    return found.text


@pytest.mark.parametrize(
    ("methods", "what"),
    [
        ("Adults were randomised to esketamine 0.25 mg/kg or saline placebo.", "saline placebo"),
        ("They were assigned to ketamine (0.5 mg/kg; n = 40) or oral midazolam (0.3 mg/kg).", "midazolam"),
        ("They received an infusion of ketamine or midazolam (as an active placebo).", "midazolam"),
        ("Adults received either methohexital (1 mg/kg) or ketamine anaesthesia.", "methohexital"),
        ("In a double‐blind, placebo‐controlled design, 20 adults had ketamine.", "placebo"),
        ("The control group was given an equal volume of normal saline.", "normal saline"),
        ("Two groups: esketamine (E) group and control (C) group (a same volume of 0.9% saline).", "saline"),
        ("Adults were randomised into three groups: 0.5 mg/kg ketamine, 0.2 mg/kg ketamine, and placebo.", "placebo"),
        ("Adults received ketamine and placebo infusions two weeks apart.", "placebo"),
        ("We compared the effects of intravenous ketamine and ECT.", "ECT"),
        ("The psychoactive control was fentanyl 50 mcg.", "fentanyl"),
        ("It compares esketamine nasal spray versus quetiapine, each with an antidepressant.", "quetiapine"),
        ("They were randomised to lithium or matching placebo.", "placebo"),
        ("Patients received esketamine plus propofol (group E) or the same volume of saline plus propofol.", "saline"),
    ],
)  # fmt: skip
def test_the_other_arm_of_a_trial_is_known_by_the_words_of_its_methods(methods: str, what: str) -> None:
    assert against(methods) == what
    assert against(methods, role="background") is None


@pytest.mark.parametrize(
    "methods",
    [
        "Adults were excluded if they had received midazolam or placebo before.",
        "All had a newly initiated or optimised oral antidepressant; they were randomised by week.",
        "Patients with no response to two drugs or psychotherapy were recruited.",
        "Adults received ketamine 0.5 mg/kg or 1 mg/kg under propofol anaesthesia.",
        "Adults with major depressive disorder or bipolar disorder referred for ECT were randomised.",
    ],
)
def test_what_people_had_before_or_beside_is_no_arm(methods: str) -> None:
    assert against(methods) is None


def test_a_named_drug_comes_before_placebo_and_what_both_arms_had_is_none() -> None:
    assert (
        against("A placebo-controlled trial.", "They were randomised to ketamine or midazolam.")
        == "midazolam"
    )
    both = "They were randomised to escitalopram with ketamine or escitalopram 10 mg plus placebo."
    assert against(both, "This was placebo-controlled.") == "placebo"
