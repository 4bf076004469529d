"""How many people: what is added up, what is no count, and what bad input makes of it. Made-up sentences.

Owns these proofs; a table of plain sentences stands in test_evidence.py.
"""

from __future__ import annotations

import pytest

from litwatch.paper import Paper
from litwatch.study.choosing import Count
from litwatch.study.participants import participants
from litwatch.study.roles import sentences_with_roles
from litwatch.study.weighing import reasons, weights


def read(sentence: str, design: str | None = "rct", *, humans_too: bool = False) -> Count | None:
    paper = Paper(pmid=99000001, abstract=f"METHODS: {sentence} RESULTS: It worked.")
    found = participants(paper, sentences_with_roles(paper), design, humans_too=humans_too)
    if found:
        assert paper.abstract[found.span.start : found.span.end] == found.span.text
    return found


def number(sentence: str, design: str | None = "rct") -> int | None:
    found = read(sentence, design)
    return found.number if found else None


@pytest.mark.parametrize(
    ("sentence", "people"),
    [
        ("We studied 20 people who use ketamine, 21 non-users and 22 healthy controls.", 63),
        ("Forty ketamine, 41 cocaine and 42 cannabis users were interviewed.", 123),
        ("We compared 50 ECT and 60 ketamine patients.", 110),
        ("The nasal group included 40 patients, and the oral group included 41 patients.", 81),
        ("We followed 86 unipolar and bipolar depressive patients who had six infusions.", 86),
        ("Thirty women were randomised to each of two groups, ketamine or saline.", 60),
        ("Forty patients in each of the ketamine and saline groups were analysed.", 80),
        ("We studied 19 elderly (over 65 years) and 22 younger patients with depression.", 41),
        ("There were 24 patients in the ketamine group and 26 in the saline group.", 50),
        ("Two groups of 12 healthy volunteers had an infusion.", 24),
        ("Three groups of women (n = 20 per group) had esketamine 0.2 mg/kg, 0.5 mg/kg or saline.", 60),
        ("Women were divided into three groups (placebo, n = 30; low dose, n = 31; high dose, n = 32).", 93),
        ("The authors randomised 92 patients, 45 patients to placebo and 47 patients to ketamine.", 92),
        ("Adults (N = 80), of whom 54% (n = 43) took an antidepressant, had one infusion.", 80),
        ("Eighteen NVs and 17 SVs had an infusion.", 35),
        ("The authors included 90 patients, 44 patients on placebo, and 46 on ketamine.", 90),
        ("Across four participating Danish institutions, 240 patients will be randomised.", 240),
        ("We compared 21 abstinent users and 22 age- and sex-matched healthy subjects.", 43),
        ("Thirty users who were treated in hospital and 28 healthy controls were recruited.", 58),
        ("Forty patients with bipolar depression were enrolled and compared with 38 patients without.", 78),
        ("Women were divided into group I and group II of 24 patients each.", 48),
        (
            "In the first study, adults (n = 18) were tested. In the second study, others (n = 26) were.",
            44,
        ),
        ("Eighty patients began the infusions, and 60 patients (75.0%) completed them.", 80),
        ("We enrolled 140 patients with newly screened depression.", 140),
        ("Thirty-nine ASA physical status I and II patients were randomised to ketamine or saline.", 39),
        ("Seventy-five ASA 1 or 2 children were randomly allocated to one of three groups.", 75),
        ("This analysis included 203 (mean 45.1 years of age) patients who had four infusions.", 203),
        ("Adults were surveyed in 2017 (n = 60), 2018 (n = 70) and 2019 (n = 80) (total N = 210).", 210),
        ("We assessed 90 volunteers\u201420 cannabis users, 30 ketamine users and 40 others\u2014twice.", 90),
        ("Sixty women given ketamine were matched with 180 others.", 240),
        ("Forty patients who received ketamine and 16 who received midazolam were rated.", 56),
        ("A first group (n = 31) had ketamine. A second group (n = 24) had less of it.", 55),
        ("Forty ecstasy, 48 cannabis, and 45 legal drug users completed tests.", 133),
        ("The trial included 38 physically healthy outpatients. A total of 38 individuals took part.", 38),
        ("Of 52 patients with depression, 26 received ketamine and 26 received saline.", 52),
    ],
)
def test_groups_side_by_side_are_added_up_and_parts_are_not(sentence: str, people: int) -> None:
    assert number(sentence) == people


@pytest.mark.parametrize(
    ("sentence", "people"),
    [
        ("We enrolled 1 254 patients with depression.", 1254),
        ("We enrolled 1\u202f254 patients with depression.", 1254),
        ("TWENTY-FOUR PATIENTS WITH DEPRESSION WERE INCLUDED.", 24),
        ("Twenty\u2010four patients with depression were included.", 24),
        ("We enrolled 1.254 patients with depression.", None),
        ("We enrolled 20-30 patients with depression.", None),
        ("We enrolled 20\u201330 patients with depression.", None),
        ("We enrolled 20 to 30 patients with depression.", None),
        ("Between 20 and 30 patients with depression will be enrolled.", None),
        ("Forty-five percent of patients improved.", None),
        ("45 per cent of patients improved.", None),
        ("Scores fell in 12/30 patients.", None),
        ("A few hundred patients have had the drug.", None),
        ("Depression affects 300 million people.", None),
        ("Loss of RNF34 subjects mice to stress.", None),
        ("Sixty of 105 (57%) patients completed it.", None),
        ("We enrolled 99999999999999999999 patients.", None),
        ("The drug was given to women (n = 20 per group).", None),
        ("Wir schlossen 45 Patienten mit Depression ein.", None),
        ("我们纳入了45名患者。", None),
    ],
)
def test_numbers_are_read_as_they_are_written_or_not_at_all(sentence: str, people: int | None) -> None:
    assert number(sentence) == people


@pytest.mark.parametrize(
    ("sentence", "people"),
    [
        ("Of the 1,702 patients who had a dose, nine patients had an adverse event.", 1702),
        ("Of the 1,702 patients who had a dose, nine patients died and twelve patients left.", 1702),
        ("We followed 640 patients, and 20 patients withdrew.", 640),
        ("A total of 1148 patients were enrolled. Exposure was 3777 cumulative patient-years.", 1148),
    ],
)
def test_whom_something_befell_is_never_added(sentence: str, people: int) -> None:
    assert number(sentence, "cohort") == people


def test_fewer_than_two_groups_of_which_each_is_told_are_not_the_people() -> None:
    dosed = "Patients (n = 25 per group) had ketamine 0.1, 0.5 or 1.0 mg/kg or midazolam."
    assert number(f"{dosed} Blood pressure rose in 9 patients on 1.0 mg/kg.") is None


def test_a_planned_number_is_not_that_of_a_study_told() -> None:
    halted = "In a planned trial of 60 patients with depression, 22 were enrolled before it was stopped."
    assert number(halted) != 60
    assert number("We aimed to recruit 60 patients with depression; 22 patients were randomised.") != 60
    assert number("The target was 60 patients. Twenty-two patients were randomised.") != 60
    assert number("Only 5 of 32 planned patients were randomised.") != 32
    assert (
        number("The trial aimed at 32 patients. In 22 months 5 of 99 referred patients were randomised.")
        is None
    )
    assert number("We aimed to recruit 60 patients with depression.", "protocol") == 60
    assert (
        number("Patients were randomised in trial 1 and, in trial 2 (Trial 2) those patients, again.") is None
    )


def test_one_of_two_groups_is_not_all() -> None:
    arms = "Fifteen participants in the ketamine group and 15 of 16 in the placebo group had a second course."
    assert number(arms) in (None, 30)


def test_those_screened_are_not_the_people() -> None:
    assert number("Of 187 screened patients, 96 were randomised to ketamine or saline.") == 96


def test_a_case_report_without_an_age_tells_of_one() -> None:
    assert number("This patient with depression had oral ketamine.", "case") == 1
    assert number("Case report of 68 year old female with pain treated with ketamine.", "case") == 1


def test_a_scoping_review_pools_people_and_a_narrative_one_does_not() -> None:
    abstract = "RESULTS: A total of 20 studies involving 410 subjects were included."
    for title, people in (("Ketamine: a scoping review", 410), ("Ketamine: a review", None)):
        paper = Paper(pmid=99000001, title=title, abstract=abstract)
        found = participants(paper, sentences_with_roles(paper), "review")
        assert (found and found.number) == people


def test_papers_of_a_synthesis_are_no_people() -> None:
    assert number("We pooled N = 1,480 infusions.", "meta-analysis") is None
    assert number("Seven were included in this analysis.", "meta-analysis") is None
    assert number("Studies (n = 12) were small.", "systematic-review") is None
    assert (
        number("Of the trials most had low (n = 57) or moderate (n = 51) risk of bias.", "meta-analysis")
        is None
    )
    two = "We included nine ketamine studies (n = 234) and five memantine studies (n = 354)."
    assert number(two, "meta-analysis") == 588
    assert number("99 patients received ketamine and 96 received placebo.", "meta-analysis") == 195
    assert number("Fourteen trials with 1,380 participants were included.", "meta-analysis") == 1380


def test_those_of_the_comparisons_of_a_synthesis_are_not_its_people() -> None:
    abstract = (
        "RESULTS: We included 30 studies (2400 participants). Response was likelier with ketamine (OR 2.1, 95% CI 1.2 "
        "to 3.0; 3 studies, 120 participants), and remission (OR 1.9, 95% CI 1.1 to 3.2; 4 studies, 150 participants)."
    )
    found = participants(
        paper := Paper(pmid=99000001, abstract=abstract), sentences_with_roles(paper), "meta-analysis"
    )
    assert found
    assert found.number == 2400


def test_healthy_people_beside_nobody_are_told_once() -> None:
    abstract = "METHODS: Thirty subjects consented. Twenty-four healthy subjects had ketamine or saline."
    paper = Paper(pmid=99000001, title="Stress in healthy subjects after ketamine", abstract=abstract)
    found = participants(paper, sentences_with_roles(paper), "rct")
    assert found is None or found.number in (24, 30)


def test_a_case_report_has_the_people_that_it_tells_of() -> None:
    assert number("A 45-year-old woman with depression had ketamine.", "case") == 1
    two = "A 45-year-old woman had ketamine. A 50-year-old man had ketamine, too."
    assert number(two, "case") == 2


def test_patients_beside_mice_are_counted_and_mice_are_not() -> None:
    sentence = "Twelve patients with depression were randomised to ketamine or saline."
    assert read(sentence, "animal") is None
    found = read(sentence, "animal", humans_too=True)
    assert found
    assert found.number == 12


def test_what_spoke_for_a_number_is_told() -> None:
    found = read("Adults were randomised to ketamine (n = 31) or midazolam (n = 30).")
    assert found
    assert found.number == 61
    assert "arms of like size" in reasons(found.known, weights("participants", "participants"))


def test_no_abstract_and_a_long_one() -> None:
    for text in ("", "12", "The patients were well. " * 4_000):
        paper = Paper(pmid=99000001, title="Ketamine in 12 patients", abstract=text)
        assert participants(paper, sentences_with_roles(paper), "rct") is None
