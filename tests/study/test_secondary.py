"""Whether a paper analyses a trial again: by its title, its methods, or its own word. Made-up sentences."""

from __future__ import annotations

import pytest

from litwatch.paper import Paper
from litwatch.study.provenance import secondary
from litwatch.study.roles import sentences_with_roles


def again(title: str, methods: str, design: str | None = "rct") -> bool | None:
    paper = Paper(99000001, title=title, abstract=f"METHODS: {methods} RESULTS: It worked.")
    found, words = secondary(paper, sentences_with_roles(paper), design)
    assert (words is not None) == bool(found)
    return found


@pytest.mark.parametrize(
    ("title", "methods"),
    [
        ("Predictors of response to ketamine in depression", "Adults had ketamine or saline."),
        ("Does sleep mediate it? Insomnia mediates the effect of ketamine", "Adults had ketamine or saline."),
        ("Ketamine in chronic versus non-chronic depression", "Adults had ketamine or saline."),
        ("Esketamine in depression: number needed to treat", "Adults had esketamine or placebo."),
        (
            "Ketamine and sleep",
            "These questions were asked in the context of a double-blind crossover trial.",
        ),
        ("Ketamine and sleep", "Data were analysed from four studies of adults with depression."),
        ("Ketamine and sleep", "Interviews were taped in a subset of patients of a double-blind trial."),
        (
            "Ketamine and sleep",
            "Adults had ketamine in a trial; its main results have already been reported elsewhere.",
        ),
        ("Ketamine and sleep", "We re-analysed data of adults who had ketamine or saline."),
        ("EEG biomarkers of rapid response to ketamine", "Adults had ketamine or saline."),
        ("Ketamine and sleep", "In our previous trial, 11 adults had ketamine; here they did a task."),
        ("Ketamine and sleep", "We applied the model to data from a recent ketamine study in 20 adults."),
        ("Ketamine and sleep", "These are first recordings from a larger study on delirium."),
        ("Ketamine and sleep", "Adults had participated in one or more of nine separate studies."),
        ("Ketamine and speech", "In an earlier article, we reported no difference in speech."),
    ],
)
def test_a_trial_told_again_is_known_by_its_words(title: str, methods: str) -> None:
    assert again(title, methods) is True


@pytest.mark.parametrize(
    ("title", "methods"),
    [
        ("Ketamine for depression: results from a randomised trial", "Adults had ketamine or saline."),
        ("Ketamine versus midazolam for depression", "Adults were enrolled in this trial at two hospitals."),
        ("Ketamine and sleep", "Patients were recruited from two hospitals."),
        ("Ketamine in moderate to severe depression", "Adults had ketamine or saline."),
        ("Outcomes of the biomarkers of ketamine (BIK) study", "Adults had ketamine."),
        (
            "Ketamine and sleep",
            "Groups were compared by analysis of variance with post-hoc Bonferroni tests.",
        ),
        ("Ketamine and sleep", "Secondary analyses compared men and women."),
        ("Ketamine and pain", "A secondary study was conducted by telephone."),
        ("Esketamine: a long-term extension study", "Adults came in by their response in the parent study."),
    ],
)
def test_a_trial_told_for_the_first_time_is_not(title: str, methods: str) -> None:
    assert again(title, methods) is False


def test_a_paper_may_say_what_it_is_in_its_last_sentence_and_not_what_others_did() -> None:
    own = "Adults had ketamine. CONCLUSION: This post-hoc analysis was too small to compare doses."
    others = "Adults had ketamine. CONCLUSION: A secondary analysis of others found the same."
    assert again("Ketamine and sleep", own) is True
    assert again("Ketamine and sleep", own.replace("post-hoc", "subgroup")) is True
    assert again("Ketamine and sleep", others) is False


def test_what_is_no_trial_is_no_trial_told_again() -> None:
    assert again("Predictors of response to ketamine", "We searched PubMed.", "systematic-review") is False
    assert again("Predictors of response to ketamine", "We searched PubMed.", None) is None
