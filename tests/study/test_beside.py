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


def told(
    results: str, conclusion: str = WORKS, title: str = TITLE, *, methods: str = METHODS, harm: bool = False
) -> dict[str, str]:
    paper = Paper(99000001, title=title, abstract=f"{methods}RESULTS: {results}{conclusion}")
    parts = sentences_with_roles(paper)
    found = beside(title, parts, quotes(paper, parts, "rct", harm=harm))
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


@pytest.mark.parametrize(
    "null",
    [
        "PHQ-9 scores fell by 4.2 with esketamine and by 3.9 with saline (difference 0.3, 95% CI -0.9 to 1.5). ",
        "The PHQ-9 score was 5.1 with esketamine and 5.3 with saline (P = 0.51). ",
        "PHQ-9 ≥ 10 occurred in 14% and 17% (esketamine v saline; RR 0.83, 95% CI 0.51–1.36; P = 0.44). ",
        "The mean difference in PHQ-9 was -0.8 (95% confidence interval [CI], −3.1, 1.5). ",
        "For the primary outcome the difference (95% CI) was -3.6 (-7.20, 0.07). ",
        "Depression was found in 7.7% and 11.2% (relative risk 0.69, 95% CI 0.43 to 1.09). ",
        "Depression was found in 14% and 17% (RR 0.83, 95% CI 0.51 to 1.36). ",
        "The difference in PHQ-9, the primary outcome, was -2.1 (P = 0.088). ",
        "The PHQ-9 score was 18.1 versus 19.4 (P = 0.21). ",
    ],
)
def test_a_null_result_told_in_figures_alone_is_known_as_one(null: str) -> None:
    assert told(null) == {"null": null.strip()}


@pytest.mark.parametrize(
    "other",
    [
        "PHQ-9 scores fell by 4.2 with esketamine and by 1.9 with saline (difference 2.3, 95% CI 0.9 to 3.5). ",
        "PHQ-9 ≥ 10 occurred in 7% and 17% (esketamine v saline; RR 0.41, 95% CI 0.21-0.86). ",
        "PHQ-9 was lower than with saline on day 1 (P = 0.02), not on day 7 (P = 0.3). ",
        "PHQ-9 was lower than with saline (SMD -0.5, 95% CI -0.9 to -0.1; I2 = 13%, P = 0.33). ",
        "The PHQ-9 score fell by 8 points (P < 0.05) with esketamine and 3 with saline. ",
        "More than half responded (P = 0.7). ",
        "Depression was found in 3% and 11% (relative risk 0.29, 95% CI 0.13 to 0.69). ",
        "The difference in PHQ-9 from baseline was -2.1 (P = 0.088). ",
        "The PHQ-9 score was 12.1 versus 19.4 (P = 0.021). ",
        "Compared with midazolam or saline, ketamine lowered the PHQ-9 score by 4.2 points (95% CI 0.6 to 7.8). ",
    ],
)
def test_what_is_no_null_result_is_not_taken_for_one(other: str) -> None:
    assert "null" not in told(other)


def test_an_interval_across_zero_is_what_non_inferiority_wants_unless_it_crosses_the_margin() -> None:
    result = "PHQ-9 fell by 4.2 with esketamine and by 4.9 with ECT (difference 0.7, 95% CI -0.9 to 2.5). "
    wanted = METHODS + "The non-inferiority margin was 3 points. "
    assert told(result, methods=wanted) == {}
    crossed = "The upper limit crossed the margin. "
    assert told(result + crossed, methods=wanted) == {"not_met": crossed.strip()}


def test_one_group_that_stayed_as_it_was_is_no_difference_between_groups() -> None:
    own = "There was no difference in PHQ-9 scores of group S before and after the operation. "
    assert told(GAIN + own) == {}


def test_the_common_harms_stand_beside_a_grave_one() -> None:
    common = "The most common adverse events were headache (37%) and nausea (12%). "
    grave = "Nine participants died, one by suicide. "
    assert told(GAIN + common + grave, harm=True) == {"common_harm": common.strip()}
    assert told(GAIN + common + "There were no deaths. ", harm=True) == {}
