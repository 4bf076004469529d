"""Proves which records are versions of one paper, on a table of 405 made-up pairs, and what holds for any pair."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.decide.blocking import CROWD, candidates, keys, pairs
from litwatch.decide.grouping import groups
from litwatch.decide.sketches import normal_doi, sketch
from litwatch.decide.titles import likeness, title
from litwatch.decide.versions import DOI, PUBMED, TITLE, same_paper
from litwatch.paper import Author, Link, Paper, PublicationType
from versions.pairs import Pair
from versions.pairs import pairs as table

LEAST = 0.99


def found(pair: Pair) -> bool:
    """Whether the two are found among all records, as a store finds them: by a shared key, then by the rules."""
    return bool(list(pairs([pair.one, pair.other])))


def test_of_405_pairs_99_in_100_versions_are_found_and_99_in_100_others_are_let_be() -> None:
    judged = [(pair, found(pair)) for pair in table()]
    same = [answer for pair, answer in judged if pair.same]
    others = [answer for pair, answer in judged if not pair.same]
    wrong = [
        f"{pair.one.pmid}: {pair.why}: {pair.one.title}" for pair, answer in judged if pair.same != answer
    ]
    assert len(judged) == 405
    assert abs(len(same) - len(others)) <= 10
    assert sum(same) / len(same) >= LEAST, wrong
    assert 1 - sum(others) / len(others) >= LEAST, wrong


def test_the_rules_know_no_order() -> None:
    for pair in table():
        one, other = sketch(pair.one), sketch(pair.other)
        assert same_paper(one, other) == same_paper(other, one), pair.why


def test_no_records_of_two_studies_are_versions_of_one_paper() -> None:
    own = [pair for pair in table() if "supplement" not in pair.why]  # those borrow from another study
    study = {paper.pmid: pair.study for pair in own for paper in (pair.one, pair.other)}
    titles = {paper.pmid: paper.title for pair in own for paper in (pair.one, pair.other)}
    every = [paper for pair in own for paper in (pair.one, pair.other)]
    mixed = [(titles[one], titles[other]) for one, other, _ in pairs(every) if study[one] != study[other]]
    assert mixed == []


def preprint(pmid: int = 99_000_001, **said: object) -> Paper:
    made = Paper(
        pmid,
        title="Whole blood ketones during repeated infusions of ketamine for depression",
        authors=(Author("Okonjo", "Amara", "A"), Author("Brandt", "Felix", "F")),
        journal="medRxiv",
        publication_date="2025 Mar 5",
        doi="10.1101/2025.03.01.25322222",
        publication_types=(PublicationType("Preprint"),),
    )
    return replace(made, **said)  # type: ignore[arg-type]


def article(pmid: int = 99_000_002, **said: object) -> Paper:
    made = preprint(
        pmid,
        journal="Journal of affective disorders",
        journal_abbreviation="J Affect Disord",
        publication_date="2025 Dec",
        volume="380",
        pages="10-19",
        doi="10.9016/j.jad.2025.10.001",
        publication_types=(PublicationType("Journal Article"),),
    )
    return replace(made, **said)  # type: ignore[arg-type]


def how(one: Paper, other: Paper) -> str | None:
    return same_paper(sketch(one), sketch(other))


@pytest.mark.parametrize("kind", ["UpdateOf", "RepublishedFrom", "CorrectedandRepublishedFrom"])
def test_a_link_of_pubmed_is_enough(kind: str) -> None:
    other = article(
        title="Another title", authors=(), links=(Link(kind, 99_000_001, "medRxiv. 2025 Mar 5:"),)
    )
    assert how(preprint(), other) == PUBMED


def test_a_link_of_pubmed_without_a_pmid_counts_by_the_doi_in_its_source() -> None:
    source = "medRxiv. 2025 Mar 5:2025.03.01.25322222. doi: 10.1101/2025.03.01.25322222."
    assert how(preprint(), article(title="Another title", links=(Link("UpdateOf", None, source),))) == PUBMED


def test_an_update_of_an_article_is_a_paper_of_its_own() -> None:
    before = article(99_000_001, journal="Cochrane Database Syst Rev")
    after = article(journal="Cochrane Database Syst Rev", links=(Link("UpdateOf", 99_000_001, "Cochrane"),))
    assert how(before, after) is None


@pytest.mark.parametrize("kind", ["CommentOn", "ErratumFor", "RetractionOf", "ExpressionOfConcernFor"])
def test_what_speaks_of_a_paper_is_no_version_of_it_whatever_else_they_share(kind: str) -> None:
    assert how(article(99_000_001), article(doi=article().doi, links=(Link(kind, 99_000_001),))) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.1016/J.JAD.2025.10.001", "https://doi.org/10.1016/j.jad.2025.10.001"),
        ("doi:10.1016/j.jad.2025.10.001.", "10.1016/j.jad.2025.10.001"),
        ("10.3389/fpsyt.2025.123456/full", "10.3389/fpsyt.2025.123456"),
        ("10.1002/(SICI)1097-0258(19980815)17:15%3C1661::AID-SIM968%3E3.0.CO;2-2",
         "10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2"),
        ("10.21203/rs.3.rs-123456/v1", "10.21203/rs.3.rs-123456/v3"),
        ("10.20944/preprints202503.0123.v2", "10.20944/preprints202503.0123.v1"),
        ("10.48550/arXiv.2503.00001v2", "10.48550/arXiv.2503.00001"),
        ("10.31234/osf.io/abcde_v1", "10.31234/osf.io/abcde"),
        ("10.12688/f1000research.12345.1", "10.12688/f1000research.12345.2"),
        ("10.2196/preprints.54321", "10.2196/54321"),
    ],
)  # fmt: skip
def test_dois_are_compared_without_case_address_and_version_of_a_preprint(one: str, other: str) -> None:
    assert normal_doi(one)[0] == normal_doi(other)[0] != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.1002/14651858.CD001234.pub2", "10.1002/14651858.CD001234.pub3"),
        ("10.1016/j.jad.2025.10.1", "10.1016/j.jad.2025.10.2"),
        ("10.1101/2025.03.01.25322222", "10.1101/2025.03.01.25322223"),
    ],
)
def test_the_end_of_other_dois_is_no_version(one: str, other: str) -> None:
    assert normal_doi(one)[0] != normal_doi(other)[0]


def test_one_doi_is_not_believed_against_title_and_authors() -> None:
    other = article(99_000_003, title="Something else entirely", authors=(Author("Quill", "Martin", "M"),))
    assert how(article(), other) is None
    assert how(article(), article(99_000_003, publication_date="", title=article().title.upper())) == DOI


def test_without_authors_or_year_a_title_is_not_enough() -> None:
    assert how(preprint(), article()) == TITLE
    assert how(preprint(authors=()), article()) is None
    assert how(preprint(publication_date=""), article()) is None


def test_all_that_hang_together_are_one_group() -> None:
    assert groups([(3, 2), (5, 4), (2, 1), (9, 4)]) == (frozenset({1, 2, 3}), frozenset({4, 5, 9}))
    assert groups([]) == ()


def test_a_crowd_is_not_compared_pairwise() -> None:
    """2,000 namesakes with titles of the same words: the store is read, not multiplied with itself."""
    many = [
        article(
            99_100_000 + number,
            title=f"Ketamine for depression {number}",
            authors=(Author("Zhang", "Yan", "Y"),),
        )
        for number in range(2_000)
    ]
    holders: dict[int, list[int]] = {}
    for each in many:
        for key in keys(each).kept:
            holders.setdefault(key, []).append(each.pmid)
    assert max(len(candidates(keys(each), holders)) for each in many) <= CROWD


def test_a_version_is_found_among_many_others() -> None:
    many = [
        article(99_100_000 + number, title=f"Outcome {number} of ketamine in cohort {number % 7}", doi="")
        for number in range(500)
    ]
    assert list(pairs([preprint(), *many, article()])) == [(99_000_001, 99_000_002, TITLE)]


def test_three_versions_hang_together_each_pair_by_its_own_reason() -> None:
    first = preprint(99_000_001, doi="10.21203/rs.3.rs-1/v1", journal="Res Sq")
    second = preprint(99_000_002, doi="10.21203/rs.3.rs-1/v2", journal="Res Sq", title="Ketones and ketamine")
    last = article(99_000_003, links=(Link("UpdateOf", 99_000_002, "Res Sq. 2025:"),), title="Ketone bodies")
    linked = list(pairs([first, second, last]))
    assert {(one, other) for one, other, _ in linked} >= set(pairwise((99_000_001, 99_000_002, 99_000_003)))
    assert len(groups((one, other) for one, other, _ in linked)) == 1


names = st.sampled_from(("Okonjo", "Müller", "García-López", "Zhang", ""))
records = st.builds(
    Paper,
    pmid=st.integers(99_000_001, 99_000_004),
    title=st.text(max_size=30) | st.sampled_from(("Ketamine for depression", "Ketamine. Part I", "Re: [x] (A1)")),
    authors=st.lists(
        st.builds(Author, names, st.text(max_size=3), st.text(max_size=2), collective_name=names)
    ).map(tuple),
    publication_date=st.sampled_from(("2025", "2026 Mar", "Winter", "")),
    doi=st.text(max_size=12) | st.sampled_from(("10.1101/1", "10.21203/rs.3.rs-1/v1", "https://doi.org/10.1/x%zz")),
    journal=st.sampled_from(("medRxiv", "J Made-Up", "")),
    abstract=st.text(max_size=40),
    links=st.lists(
        st.builds(Link, st.sampled_from(("UpdateOf", "CommentOn", "")), st.none() | st.just(99_000_001))
    ).map(tuple),
)  # fmt: skip


@given(records, records)
def test_no_two_records_are_too_odd_to_be_compared(one: Paper, other: Paper) -> None:
    assert how(one, other) == how(other, one)
    assert keys(one).kept is not None
    if one.pmid == other.pmid:
        assert how(one, other) is None


TITLES = tomllib.loads(Path(__file__).with_name("titles.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("said", "one", "other"),
    [(said, *pair) for said, rows in TITLES.items() for pair in rows["pairs"]],
)
def test_titles_are_compared_by_the_words_that_tell_papers_apart(said: str, one: str, other: str) -> None:
    assert likeness(title(one), title(other)) == said
    assert likeness(title(other), title(one)) == said


def test_a_title_that_comes_back_every_year_is_another_paper() -> None:
    bare = {"abstract": "", "volume": "", "pages": "", "doi": ""}
    before, after = (article(99_000_001 + step, publication_date=str(2024 + step), **bare) for step in (0, 1))
    assert how(before, after) is None
    assert how(replace(before, publication_date="2025"), after) == TITLE
    assert how(before, replace(after, volume="9", pages="1-9")) == TITLE


TOLD = (
    "We recruited {count} adults from nine outpatient clinics and gave each six infusions over three weeks. "
    "Between {year} and the end of the study nobody withdrew. Scores fell on every scale that was used, and "
    "the fall was still seen one month after the last infusion in most of those who had answered to the first."
)


def told(count: str, year: int = 2021) -> str:
    return TOLD.format(count=count, year=year)


@pytest.mark.parametrize(
    ("reported", "same"),
    [("180", True), ("172", True), ("176", True), ("1,254", False), ("40", False), ("Forty", True)],
)
def test_other_figures_in_the_same_words_are_another_study(reported: str, same: bool) -> None:
    assert (how(preprint(abstract=told("180")), article(abstract=told(reported))) == TITLE) is same


def test_under_two_titles_a_figure_is_believed_sooner() -> None:
    title = "Whole blood ketones during repeated infusions of ketamine for depression in pilots"
    assert how(preprint(abstract=told("180")), article(abstract=told("176"), title=title)) == TITLE
    assert how(preprint(abstract=told("180")), article(abstract=told("150"), title=title)) is None


def test_other_results_in_the_same_words_are_another_study_under_two_titles_alone() -> None:
    found = "The classifier reached an accuracy of {}% (sensitivity {}%) and an area of {}. " + told("180")
    one, other = found.format(76, 73, 0.81), found.format(71, 68, 0.77)
    retitled = "Which ketones change during repeated infusions of ketamine for depression, and in whom"
    assert how(preprint(abstract=one), article(abstract=other)) == TITLE
    assert how(preprint(abstract=one), article(abstract=one, title=retitled)) == TITLE
    assert how(preprint(abstract=one), article(abstract=other, title=retitled)) is None


def test_the_same_results_are_the_same_paper_though_it_was_rewritten() -> None:
    one = "Ketones rose to 0.42 mmol/l, glucose fell by 1.7 mmol/l and the score by 11.2 points. " + told(
        "180"
    )
    other = (
        "Here we report on outpatients who had six infusions over three weeks. There was a rise of ketones "
        "to 0.42 mmol/l together with a fall of glucose by 1.7 mmol/l. The score fell by 11.2 points and stayed down."
    )
    assert how(preprint(abstract=one), article(abstract=other)) == TITLE
    assert how(preprint(abstract=one), article(abstract=other.replace("0.42", "0.61"))) is None


def test_one_place_in_print_is_one_paper_though_its_first_author_is_misspelt() -> None:
    team = (
        Author("Okonjo", "Amara", "A"),
        *(Author(last, "F", "F") for last in ("Brandt", "Ito", "Vale", "Roy")),
    )
    misspelt = (Author("Konjo", "Amara", "A"), *team[1:])
    one = article(99_000_001, authors=team, doi="")
    assert how(one, article(authors=misspelt, journal="Edición en español")) == TITLE
    assert how(one, article(authors=misspelt, journal="Edición en español", pages="20-29")) is None


def test_what_is_of_later_months_than_the_print_was_not_made_ahead_of_it() -> None:
    def ahead(date: str) -> Paper:
        return article(99_000_001, abstract="", doi="", volume="", pages="", publication_date=date)

    printed = article(abstract="", doi="", publication_date="2025 May")
    assert (
        how(ahead("2025 Jan"), printed)
        == how(ahead("2025 Jul"), printed)
        == how(ahead("2025"), printed)
        == TITLE
    )
    assert how(ahead("2025 Nov"), printed) is None


def test_two_articles_of_a_series_differ_in_their_year() -> None:
    ahead = article(abstract=told("180"), volume="", pages="", doi="")
    assert how(ahead, article(99_000_003, abstract=told("180"), doi="")) == TITLE
    assert how(ahead, article(99_000_003, abstract=told("180", 2022), doi="")) is None


def test_a_plan_is_no_version_of_its_results_though_its_title_does_not_say_so() -> None:
    planned = told("180").replace("gave each", "they will be randomised to")
    assert how(preprint(abstract=planned), article(abstract=told("180"))) is None
