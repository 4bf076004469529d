"""How long people were watched: what is no observation, and what bad input makes of it. Made-up sentences.

Owns these proofs; a table of plain sentences stands in test_evidence.py.
"""

from __future__ import annotations

import pytest

from litwatch.paper import Paper
from litwatch.study.followup import followup
from litwatch.study.roles import sentences_with_roles
from litwatch.study.weighing import reasons, weights


def days(sentence: str, design: str = "rct") -> int | None:
    paper = Paper(pmid=99000001, abstract=f"METHODS: {sentence} RESULTS: It worked.")
    found = followup(sentences_with_roles(paper), design)
    if found:
        assert paper.abstract[found.span.start : found.span.end] == found.span.text
    return found.number if found else None


@pytest.mark.parametrize(
    ("sentence", "longest"),
    [
        ("Depression was assessed at postpartum days 3-7 and 28-42.", 42),
        ("Delirium was assessed twice daily until the seventh postoperative day.", 7),
        ("Patients were called daily for 10 d after the infusion.", 10),
        ("Scores were taken on POD 1 and POD 3 after surgery.", 3),
        ("Scores were taken at 24-h and 72-h after the infusion.", 3),
        ("Patients were followed up for twenty-four months.", 730),
        ("Patients were followed up for 4 weeks and, after that, for up to 6 months.", 180),
        ("Patients had 3 weeks of infusions followed by 20 weeks of observation.", 161),
        ("Infusions were given for 4 weeks, followed by a 12-week follow-up period.", 112),
        ("Infusions were given for 3 weeks, and lithium for the next 5 weeks for all patients.", 56),
        ("Patients were rated at baseline and at follow-up week 1, 3, and 8.", 56),
        ("The study had a 4-week treatment phase and a 24-week follow-up phase.", 196),
        ("Patients had been unmedicated for 2 weeks and were seen again after 7 days.", 7),
        ("The mean length of illness was 12 months; scores were taken on day 7.", 7),
        ("Women were enrolled at 37 weeks' gestation and seen 6 weeks after delivery.", 42),
        ("Depression was rated on the first postoperative day.", 1),
        ("Delirium was assessed over three postoperative days.", 3),
        ("Patients were followed up after treatment for a year.", 365),
        ("In this year-long trial patients were rated after treatment.", 365),
        ("Patients were followed up for a mean of 1.5 years after treatment.", 548),
        ("Scores were taken before the section and two and four weeks after the section.", 28),
        ("Scores were taken early (day 3) and later (week 6) at follow-up visits.", 42),
        (
            "Patients were assessed on day 8 and had tablets for a further 12 weeks; MADRS was rated at 13 weeks.",
            91,
        ),
        ("Anxiety will be assessed before treatment and a week after the last infusion.", 7),
        ("Response was likelier (95% CI 1.1 to 3.2) at 3 weeks after treatment.", 21),
        ("Patients were followed over a 2-year period after treatment.", 730),
        (
            "Between 2021 and 2024, over 48 months, 90 patients were randomised; scores were taken on day 7.",
            7,
        ),
        ("In 22 months 5 of 99 referred patients were randomised; scores were taken on day 8.", 8),
        ("In 22 months, 5 of 99 patients were randomised; scores were taken on day 8.", 8),
        ("Over two years we enrolled 90 patients, who were rated on day 7.", 7),
        ("Recruitment lasted 30 months; patients were rated on day 7.", 7),
        ("Enrolment took 3 years, and patients were followed up for 2 months after treatment.", 60),
        ("During a recruitment period of 3 years 90 patients had treatment and were rated on day 7.", 7),
        ("After a 30-month recruitment period patients were rated on day 7.", 7),
        ("Over 12 months, patients who were randomised to ketamine were followed up after treatment.", 365),
        ("Over 12 months, patients were followed up after treatment.", 365),
    ],
)
def test_points_of_time_are_read_as_they_are_written(sentence: str, longest: int) -> None:
    assert days(sentence) == longest


@pytest.mark.parametrize(
    "sentence",
    [
        "Patients had been depressed for a mean of 5 years.",
        "The duration of illness was 12 years.",
        "Infusions were given every 2 weeks.",
        "A 45-year-old woman had one infusion.",
        "Scores were taken 2 h after the infusion.",
        "The half-life was 3 hours.",
        "Patients of 18 years or older had one infusion.",
        "The groups were alike 1 day before surgery.",
        "They had tried 6 drugs in the 20 years prior to their first infusion.",
        "Subjects had two infusions spaced by 1 week.",
        "Interruptions (a 30-day treatment gap) were counted.",
        "The craving had been dormant for 12 years.",
        "Costs were worked out over a 5-year horizon.",
        "We will recruit 90 adults over 3 years.",
        "The drug has its onset within 3-5 weeks.",
        "The dose was increased to 80 mg/day after 5 days.",
        "Scans were made 4 days before and 2 hours after the infusion.",
        "The mean age was 15.4 years, range 13.2-17.9 years.",
        "The effect size was large (d = 1.46).",
        "The time to relapse was longer (15.74 days [95% CI 3.57 to 29.91 days]).",
        "Data were studied from people in one of 11 studies that involved infusions over 14 years.",
        "Over a two-year period, urine samples were screened.",
        "The current episode had lasted 24 months in all patients.",
        "They had failed 4 weeks of an antidepressant.",
        "They had used one of six drugs within the prior 3 months.",
        "Rats had infusions at intervals of 5 days to 3 weeks.",
        "Ketamine was given on 3 separate days 50 min after the burn.",
        "The length of use was 17.7 (4.4) and 8.7 (5.7) years.",
        "Data were collected over 5 years.",
        "Twelve-month prevalence was 3%.",
        "Adults (18-65 years) had one infusion.",
        "Les patients ont été suivis pendant 6 mois.",
        "",
    ],
)
def test_what_is_no_observation_of_a_day_or_more_is_left_out(sentence: str) -> None:
    assert days(sentence) is None


def test_a_model_watches_nobody() -> None:
    assert days("Patients were followed up for 6 months.", "other") is None


def test_the_words_that_spoke_for_it_are_told() -> None:
    paper = Paper(
        pmid=99000001, abstract="METHODS: Patients were followed up for 6 months after the infusion."
    )
    found = followup(sentences_with_roles(paper), "rct")
    assert found
    assert "after behind" in reasons(found.known, weights("followup", "followup"))
