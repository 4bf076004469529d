"""What stands beside a quote so that it does not mislead."""

from __future__ import annotations

import pytest

from litwatch.paper import Paper
from litwatch.study.beside import beside
from litwatch.study.quotes import quotes
from litwatch.study.roles import sentences_with_roles

TITLE = "Esketamine for depressive symptoms after surgery: a randomised trial"
METHODS = "METHODS: Eighty patients were randomised to esketamine or saline. The primary outcome was the PHQ-9 score. "
GAIN = "The PHQ-9 score on day 1 was lower with esketamine than with saline (5.1 v 8.2; P = 0.04). "
WORKS = "CONCLUSION: Esketamine may lessen depressive symptoms after surgery."


def told(results: str, conclusion: str = WORKS, title: str = TITLE) -> dict[str, str]:
    paper = Paper(99000001, title=title, abstract=f"{METHODS}RESULTS: {results}{conclusion}")
    parts = sentences_with_roles(paper)
    found = beside(title, parts, quotes(paper, parts, "rct", harm=False))
    for [span] in found.values():
        assert paper.abstract[span.start : span.end] == span.text
    return {name: span.text for name, [span] in found.items()}


def test_a_gain_does_not_stand_without_the_days_on_which_groups_were_alike() -> None:
    alike = "There was no significant difference in PHQ-9 scores between the groups on days 3, 7 and 30. "
    assert told(GAIN + alike) == {"no_difference": alike.strip()}


@pytest.mark.parametrize(
    "alike",
    [
        "Adverse events did not differ between the groups. ",
        "Depression scores did not differ between the groups at baseline. ",
        "Dropout did not differ between the groups. ",
        "Bleeding volume did not differ between the groups. ",
    ],
)
def test_groups_that_are_alike_as_they_should_be_are_not_told(alike: str) -> None:
    assert told(GAIN + alike) == {}


def test_the_outcome_that_was_asked_for_comes_before_another_of_the_title() -> None:
    other = "There was no difference in pain after surgery between the groups. "
    asked = "There was no difference in PHQ-9 scores between the groups on day 30. "
    assert told(GAIN + other + asked) == {"no_difference": asked.strip()}
    assert told(GAIN + other) == {"no_difference": other.strip()}


@pytest.mark.parametrize(
    "alike",
    [
        "Two RCTs did not find a significant change in depression. ",
        "The study of teenagers found no benefit for mood. ",
    ],
)
def test_in_a_review_studies_compare(alike: str) -> None:
    assert told(GAIN + alike) == {"no_difference": alike.strip()}


@pytest.mark.parametrize(
    "alike",
    [
        "However, response rates were similar on days 3 and 7. ",
        "No statistical difference in depression was observed between the two groups on day 30. ",
        "Both arms led to comparable improvement by day 30. ",
        "Esketamine did not enhance remission on day 30. ",
        "Esketamine was not more efficacious for depression than saline on day 30. ",
    ],
)
def test_groups_that_were_alike_are_told_in_whatever_words(alike: str) -> None:
    assert told(GAIN + alike) == {"no_difference": alike.strip()}


@pytest.mark.parametrize(
    "other",
    [
        "Depression scores did not improve in men. ",
        "Blood pressure was similar on days 3 and 7. ",
        "Age and depression scores were similar at baseline. ",
    ],
)
def test_what_is_alike_aside_is_not_told(other: str) -> None:
    assert told(GAIN + other) == {}


def test_a_harm_that_the_title_asks_for_is_an_outcome() -> None:
    alike = "There was no difference in delirium between the groups on day 3. "
    assert told(GAIN + alike) == {}
    asked = "Esketamine for delirium and depressive symptoms after surgery: a randomised trial"
    assert told(GAIN + alike, title=asked) == {"no_difference": alike.strip()}


@pytest.mark.parametrize(
    "failed",
    [
        "Remission was rarer with ketamine (16% v 39%), failing non-inferiority. ",
        "Remission was more frequent, but non-inferiority was not established. ",
        "The secondary endpoint was not met. ",
    ],
)
def test_an_outcome_that_was_not_met_stands_beside_one_that_was(failed: str) -> None:
    assert told(GAIN + failed) == {"not_met": failed.strip()}
    assert told(GAIN + failed + "Scores did not differ between groups on day 30. ") == {
        "not_met": failed.strip()
    }


def test_a_result_that_says_it_itself_needs_nothing_beside_it() -> None:
    alike = "The PHQ-9 score did not differ between the groups on day 1 (5.1 v 5.2; P = 0.9). "
    assert told(alike + "Depression did not differ between the groups on day 30. ") == {}


def test_praise_does_not_stand_without_the_conclusion_that_denies_the_effect() -> None:
    denies = "Esketamine did not achieve statistical significance for the primary endpoint."
    supports = (
        "Thus, our findings generally support esketamine as an effective treatment of depressive symptoms."
    )
    assert told(GAIN, f"CONCLUSION: {denies} {supports}") == {"caveat": denies}


@pytest.mark.parametrize(
    ("behind", "is_told"),
    [
        ("However, this approach did not reduce delirium.", True),
        ("These findings should be interpreted with caution.", True),
        ("However, long-term safety needs further research.", True),
        ("However, further studies are needed to confirm it.", False),
        ("It also lessened pain.", False),
    ],
)
def test_what_takes_back_part_of_a_conclusion_stands_behind_it(behind: str, *, is_told: bool) -> None:
    assert told(GAIN, f"{WORKS} {behind}") == ({"caveat": behind} if is_told else {})
