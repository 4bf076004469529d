"""The table of weights by which result and harm are chosen.

Owns that it fits the features, and that it says what a reader would expect.
"""

from __future__ import annotations

from litwatch.paper import Paper
from litwatch.study.quote_features import features
from litwatch.study.roles import sentences_with_roles
from litwatch.study.weighing import score, weights

ABSTRACT = (
    "METHODS: The primary outcome was the MADRS score at day 7. "
    "RESULTS: At baseline the mean age was 40 years. The MADRS score at day 7 did not differ between groups (mean "
    "difference -0.3, 95% CI -2.0 to 1.4). Sleep improved. Nausea was reported by 12% of patients, and ketamine was "
    "well tolerated. CONCLUSIONS: Ketamine was not superior."
)
PAPER = Paper(99000001, title="Ketamine for depression", abstract=ABSTRACT)


def test_every_weight_belongs_to_a_feature_that_some_sentence_can_have() -> None:
    parts = sentences_with_roles(PAPER)
    known = {name for each in features(parts, PAPER.title, range(len(parts))).values() for name in each}
    weighed = {name for kind in ("result", "conclusion", "harm") for name in weights("quotes", kind)}
    assert len(known & weighed) > 30
    plain = {name.removesuffix(" in results").removesuffix(" in conclusion") for name in weighed}
    unknown = {name for name in plain if name not in features_by_name()}
    assert unknown == set()


def features_by_name() -> set[str]:
    from litwatch.study import quote_features as module

    names = set(module._SAYS)
    names |= {f"role {role}" for role in ("background", "aim", "methods", "results", "conclusion", "other")}
    names |= {
        *("sentence", "place in its part", "place in the abstract", "first of its part", "last of its part"),
        *("last", "last but one", "short", "long", "words of the title", "words of the primary outcome"),
        *(
            "after a sample",
            "harm aside",
            "contrast with figures",
            "event with figures",
            "words of harm",
            "further research alone",
            "most words of the title",
            "relation aside",
            "within groups alone",
            "no difference in the primary outcome",
            "no difference in mood",
            "no difference between groups",
            "no difference in harms",
            "no difference in words of the title",
            "most words of the primary outcome",
            "one arm",
            "one arm got better",
            "grave event",
            "praise alone",
            "tolerated alone",
        ),
        *(name for name, _, _ in module._FIRST),
        *(f"words of the {role}" for role in module._TOLD),
    }
    return names


def test_the_null_primary_outcome_outweighs_a_gain_and_a_baseline() -> None:
    parts = sentences_with_roles(PAPER)
    scored = {
        parts[place].text: score(each, weights("quotes", "result"))
        for place, each in features(parts, PAPER.title, range(len(parts))).items()
    }
    null = next(text for text in scored if "did not differ" in text)
    gain, baseline = (next(text for text in scored if word in text) for word in ("Sleep", "baseline"))
    assert scored[null] > scored[gain]
    assert scored[null] > scored[baseline]


def test_an_event_speaks_for_a_harm_and_a_cliche_against_it() -> None:
    harm = weights("quotes", "harm")
    assert harm["event"] > 0
    assert harm["event with figures"] > 0
    assert harm["tolerated"] < 0


def test_a_conclusion_is_what_is_found_not_what_is_wanted_or_said_of_the_findings() -> None:
    conclusion = weights("quotes", "conclusion")
    assert conclusion["further research alone"] < 0
    assert conclusion["commentary"] < 0
    assert conclusion["sums up"] > 0


def test_what_the_conclusion_tells_again_outweighs_what_it_passes_over() -> None:
    abstract = "RESULTS: {} {} CONCLUSIONS: Ketamine may improve the sleep of outpatients within a week."
    told = "Sleep quality of outpatients improved with ketamine within a week (p = 0.01)."
    passed_over = "Grip strength of inpatients increased with ketamine over a month (p = 0.01)."
    for first, second in ((told, passed_over), (passed_over, told)):
        paper = Paper(99000001, title="Ketamine in clinics", abstract=abstract.format(first, second))
        parts = sentences_with_roles(paper)
        scored = [
            score(each, weights("quotes", "result")) for each in features(parts, paper.title, (0, 1)).values()
        ]
        assert scored[parts[0].text != told] > scored[parts[0].text == told]


def test_the_first_finding_outweighs_the_same_told_later() -> None:
    abstract = "RESULTS: The scores improved with ketamine. The scores improved with placebo."
    parts = sentences_with_roles(Paper(99000001, abstract=abstract))
    first, later = features(parts, "A trial", (0, 1)).values()
    assert "first finding of its part" in first
    assert "first finding of its part" not in later
    learnt = weights("quotes", "result")
    assert score(first, learnt) > score(later, learnt)


def test_words_with_one_beginning_are_words_of_the_title() -> None:
    parts = sentences_with_roles(Paper(99000001, abstract="RESULTS: Depression was reduced. It rained."))
    near, far = features(parts, "Reduction of depressive symptoms", (0, 1)).values()
    assert near["words of the title"] == 1.0
    assert near["most words of the title"] == 1.0
    assert "words of the title" not in far
    assert "most words of the title" not in far
