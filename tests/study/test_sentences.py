"""Where sentences end, and which part of an abstract they stand in."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.paper import Paper, Section
from litwatch.study.labels import roles_of_label
from litwatch.study.roles import passages, sentences_with_roles, weights, words_of
from litwatch.study.sentences import sentences

TEXTS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text("utf-8"))[
    "text"
]


@pytest.mark.parametrize("case", TEXTS, ids=[case["name"] for case in TEXTS])
def test_a_text_is_cut_where_its_sentences_end(case: dict[str, Any]) -> None:
    wanted = case["sentences"].split("|")
    text = case.get("join", " ").join(wanted)
    assert [text[start:end] for start, end in sentences(text)] == wanted


@given(st.lists(st.sampled_from([
    "We", "found", "was", "no", "difference", "between", "were", "randomly", "assigned", "to", "Conclusion", "patients",
    "12", "0.5", "1,254", "3·5", "p<", "=", "%", "#", "±", "_", "^", "é", "²", "İs", ", ", "(", " ",
]), max_size=14), st.sampled_from(["", " "]))  # fmt: skip
def test_a_sentence_weighs_for_its_roles_what_its_words_and_pairs_of_them_weigh(
    said: list[str], between: str
) -> None:
    text, table = between.join(said), weights()
    words = re.findall(r"[^\W\d_]+|[#%=<>±]", re.sub(r"\d[\d.,·]*", "#", text.lower()))
    pairs = set(map(" ".join, itertools.pairwise(("^", *words))))

    assert words_of(text, 30, 100) == {*words, *pairs, "@3"}
    known = [place for word in {*words, *pairs} if (place := table.places.get(f" {word} ", None)) is not None]
    assert table.weigh(words, 3) == table.tenths[3] + sum(table.packed[place] for place in known)


@given(st.text(alphabet=st.sampled_from("ab AB.?!()\"'09 \n\u00a0é%"), max_size=80))
def test_sentences_lose_no_letter_and_overlap_nowhere(text: str) -> None:
    found = sentences(text)
    assert "".join(text[start:end] for start, end in found).replace(" ", "").replace("\n", "").replace(
        "\u00a0", ""
    ) == "".join(text.split())
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("label", "category", "roles"),
    [
        ("RESULTS", "results", ("results",)),
        ("METHODS AND RESULTS", "methods", ("methods", "results")),
        ("Background", "background", ("background", "aim")),
        ("LIMITATIONS", "conclusions", ("other",)),
        ("TRIAL REGISTRATION", "background", ("other",)),
        ("CONCLUSIONS AND RELEVANCE", "", ("conclusion",)),
        ("DESIGN, SETTING, AND PARTICIPANTS", "", ("methods",)),
        ("PURPOSE OF REVIEW", "", ("aim",)),
        ("MAIN OUTCOMES AND MEASURES", "", ("methods",)),
        ("Ergebnisse", "results", ("results",)),
        ("SOMETHING ELSE", "", ()),
    ],
)
def test_a_label_says_which_roles_its_sentences_play(
    label: str, category: str, roles: tuple[str, ...]
) -> None:
    assert roles_of_label(label, category) == roles


def roles_in(abstract: str) -> list[tuple[str, str]]:
    paper = Paper(pmid=1, abstract=abstract)
    return [(one.role, abstract[one.start : one.end]) for one in passages(paper)]


def test_labels_that_stand_in_the_text_count_and_are_in_no_passage() -> None:
    assert roles_in(
        "METHODS: We gave it. RESULTS: It worked. CONCLUSION: It works.Trial Registration: NCT99999999."
    ) == [
        ("methods", "We gave it."),
        ("results", "It worked."),
        ("conclusion", "It works."),
        ("other", "NCT99999999."),
    ]


def test_labels_that_are_glued_to_what_they_name_count() -> None:
    assert roles_in(
        "BackgroundDepression is common.AimTo test it.MethodA trial."
        "ResultsAcross arms, 12 improved.ConclusionsKetamine works."
    ) == [
        ("background", "Depression is common."),
        ("aim", "To test it."),
        ("methods", "A trial."),
        ("results", "Across arms, 12 improved."),
        ("conclusion", "Ketamine works."),
    ]
    assert ("results", "ResultsAcross") not in {
        (role, text.split()[0]) for role, text in roles_in("One. ResultsAcross it.")
    }


def test_labels_without_a_colon_count_when_there_are_three() -> None:
    assert roles_in("Aims To test it. Method We gave it. Results It worked. Conclusions It works.") == [
        ("aim", "To test it."),
        ("methods", "We gave it."),
        ("results", "It worked."),
        ("conclusion", "It works."),
    ]


def test_labels_without_a_colon_count_beside_that_of_the_registration() -> None:
    assert roles_in(
        "Background It is rare. Aims To test it. Trial registration: NCT99999999. Method We gave it. "
        "Results It fell within 2 h. Conclusions It works."
    ) == [
        ("background", "It is rare."),
        ("aim", "To test it."),
        ("other", "NCT99999999."),
        ("methods", "We gave it."),
        ("results", "It fell within 2 h."),
        ("conclusion", "It works."),
    ]


def test_a_label_in_capitals_needs_no_full_stop_before_it() -> None:
    assert roles_in("METHODS: Their mass was 18 to 30 kg/m RESULTS: It fell ( CONCLUSION: It works.") == [
        ("methods", "Their mass was 18 to 30 kg/m"),
        ("results", "It fell ("),
        ("conclusion", "It works."),
    ]


def test_below_the_aim_as_the_only_label_words_tell_what_was_found() -> None:
    found = [
        role
        for role, _ in roles_in(
            "Little is known. Objective: To investigate sleep after ketamine. Forty patients were randomly assigned "
            "to ketamine or placebo. Sleep increased significantly after ketamine (p < 0.01). "
            "In conclusion, ketamine may improve sleep and should be tried."
        )
    ]
    assert found == ["background", "aim", "methods", "results", "conclusion"]


def test_a_colon_in_a_sentence_is_no_label() -> None:
    (role,) = {
        role for role, _ in roles_in("RESULTS: Two scales were used: MADRS and PHQ-9. The ratio was 1:2.")
    }
    assert role == "results"


def test_the_labels_of_the_record_rule() -> None:
    abstract = "OBJECTIVE: To see. FINDINGS: We saw."
    sections = (Section("OBJECTIVE", "objective", 11, 18), Section("FINDINGS", "results", 29, 36))
    paper = Paper(pmid=1, abstract=abstract, sections=sections)
    assert [(one.role, abstract[one.start : one.end]) for one in passages(paper)] == [
        ("aim", "To see."),
        ("results", "We saw."),
    ]


def test_without_labels_words_and_places_give_the_roles() -> None:
    abstract = (
        "Ketamine is widely used and its effects are well known. However, little is known about its effect on sleep. "
        "The aim of this study was to investigate sleep after ketamine. "
        "Forty patients were randomly assigned to ketamine or placebo and underwent polysomnography. "
        "Total sleep time increased significantly after ketamine (p < 0.01). "
        "These results suggest that ketamine improves sleep."
    )
    found = [one.role for one in sentences_with_roles(Paper(pmid=1, abstract=abstract))]
    assert found == ["background", "background", "aim", "methods", "results", "conclusion"]


def test_a_wish_for_more_research_plays_no_role() -> None:
    abstract = (
        "RESULTS: It fell. CONCLUSIONS: Ketamine helped. Further studies are needed to establish its safety."
    )
    assert roles_in(abstract)[-1] == ("other", "Further studies are needed to establish its safety.")


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("Verbal memory declines under weekly esketamine, so monitoring of memory is needed.", "conclusion"),
        (
            "Use of ketamine is increasing in this group, and more evidence on prevention is needed.",
            "conclusion",
        ),
        ("Higher rates of nausea with ketamine need further study.", "conclusion"),
        ("This randomised controlled trial provides evidence of an effect on sleep.", "conclusion"),
        ("Ketamine demands further research in the light of the increased risk of suicide.", "conclusion"),
        ("Whether memory declines and mood is spared needs further research.", "other"),
        ("Further evaluation of ketamine and its long-term safety is needed.", "other"),
    ],
)
def test_a_wish_that_is_joined_to_a_statement_is_a_conclusion(sentence: str, role: str) -> None:
    abstract = f"RESULTS: It fell. CONCLUSIONS: Ketamine helped. {sentence}"
    assert roles_in(abstract)[-1][0] == role
