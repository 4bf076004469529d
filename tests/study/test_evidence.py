"""Numbers, durations, registrations and makers: tables of made-up phrases."""

from __future__ import annotations

import re

import pytest

from litwatch.edge.as_json import read, written
from litwatch.paper import Author, DataBank, Paper, PublicationType, Span
from litwatch.study.comparators import comparator, control_of
from litwatch.study.dosing import doses
from litwatch.study.facets import Rules
from litwatch.study.findings import Findings, from_json
from litwatch.study.followup import followup
from litwatch.study.included import studies
from litwatch.study.numbers import value
from litwatch.study.participants import participants
from litwatch.study.registrations import is_preprint, registration_link, registrations
from litwatch.study.roles import sentences_with_roles
from litwatch.study.student import compile_rules


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1254", 1254),
        ("1,254", 1254),
        ("1 254", 1254),
        ("1\u202f254", 1254),
        ("twenty-four", 24),
        ("Twenty four", 24),
        ("one hundred seventy-five", 175),
        ("two hundred and six", 206),
        ("two thousand three hundred", 2300),
    ],
)
def test_numbers_are_read_in_figures_and_in_words(text: str, number: int) -> None:
    assert value(text) == number


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("We enrolled 45 patients with depression.", 45),
        ("A total of 1,254 adults were randomised.", 1254),
        ("Twenty-four patients with depression were included.", 24),
        ("Participants (N = 303) received ketamine.", 303),
        ("We studied 33 individuals with depression and 25 healthy volunteers.", 58),
        ("Adults were randomized to oral (N=30) or intravenous (N=31) ketamine.", 61),
        ("Patients were divided into two groups, with 40 patients in each group.", 80),
        ("The drug was given to women (n = 20 per group).", None),
        ("Remission was seen in 45% of patients.", None),
        ("Patients were aged 18-65 years.", None),
        ("The study ran from May to August 2024 in hospital patients.", None),
        ("Side effects were seen in all.", None),
        ("Sixty patients were randomised to ketamine and 64 to midazolam.", 124),
        ("Ketamine-treated patients (N = 60) improved more than midazolam-treated patients (N = 64).", 124),
        ("Participants of earlier studies (n = 1000) were contacted for an interview.", None),
        ("We reviewed the records of 73 inpatients.", 73),
        ("Sedation was noted in 21 patients.", None),
    ],
)
def test_people_are_counted_only_where_the_text_says_how_many(sentence: str, number: int | None) -> None:
    paper = Paper(pmid=1, abstract=f"METHODS: {sentence} RESULTS: It worked.")
    found = participants(paper, sentences_with_roles(paper), "rct")
    assert (found.number if found else None) == number
    if found:
        assert paper.abstract[found.span.start : found.span.end] == found.span.text


@pytest.mark.parametrize("design", ["notice", "animal", "laboratory", "review", "other"])
def test_designs_without_people_have_no_participants(design: str) -> None:
    paper = Paper(pmid=1, abstract="METHODS: We enrolled 45 patients.")
    assert participants(paper, sentences_with_roles(paper), design) is None


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("Patients were followed up for 6 months.", 180),
        ("MADRS was assessed at days 1, 3 and 7.", 7),
        ("Scores were measured at baseline, week 4 and week 12.", 84),
        ("Effects were measured 24 hours after the infusion.", 1),
        ("Blood was drawn 40 minutes after the infusion.", None),
        ("Patients were aged 18-65 years.", None),
        ("A 45-year-old woman was treated.", None),
        ("Patients had been depressed for more than 2 years.", None),
        ("Data were collected over the past 5 years.", None),
        ("Infusions were given every 3 weeks.", None),
        ("At month 12, 498 patients were still in treatment.", 365),
        ("Scores were taken at weeks 4 and 12, 30 patients having left.", 84),
    ],
)
def test_followup_is_the_longest_observation_and_nothing_else(sentence: str, days: int | None) -> None:
    paper = Paper(pmid=1, abstract=f"METHODS: {sentence} RESULTS: It worked.")
    found = followup(sentences_with_roles(paper))
    assert (found.number if found else None) == days


def test_a_review_watches_nobody() -> None:
    paper = Paper(pmid=1, abstract="RESULTS: Scores were lower at 24 hours after the infusion.")
    parts = sentences_with_roles(paper)
    assert followup(parts, "rct") is not None
    assert followup(parts, "review") is None


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("Fourteen studies were included.", 14),
        ("We identified 12 studies that met the inclusion criteria.", 12),
        ("Our search resulted in 505 articles; we analyzed 14 studies with 1,380 participants.", 14),
        ("Of the 214 studies identified, ten (one cohort and nine trials) were selected.", 10),
        ("The search identified 505 articles.", None),
        (
            "14 studies (11 newly identified, 3 of an earlier review) with 1196 people met the inclusion criteria.",
            14,
        ),
        ("Seven studies (731 participants) out of 1220 identified articles were eligible for analysis.", 7),
        ("We screened 320 records and retrieved 40 articles.", None),
    ],
)
def test_studies_are_the_included_ones(sentence: str, number: int | None) -> None:
    paper = Paper(pmid=1, abstract=f"METHODS: We searched. RESULTS: {sentence}")
    found = studies(sentences_with_roles(paper), "meta-analysis")
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(NCT99999999)", "NCT99999999"),
        ("NCT 99999999", "NCT99999999"),
        ("ISRCTN99999999", "ISRCTN99999999"),
        ("ChiCTR2100099999", "ChiCTR2100099999"),
        ("ChiCTR-OOC-17099999", "ChiCTR-OOC-17099999"),
        ("UMIN000099999", "UMIN000099999"),
        ("ACTRN12699999999999", "ACTRN12699999999999"),
        ("CTRI/2099/01/099999", "CTRI/2099/01/099999"),
        ("PROSPERO CRD42099999999", "CRD42099999999"),
        ("EudraCT number 2019-999999-42", "2019-999999-42"),
        ("EU CT 2023-599999-42-00", "2023-599999-42-00"),
        ("a telephone: 2019-999999-42", None),
        ("NCT1234", None),
    ],
)
def test_registrations_are_read_in_the_shape_of_their_registry(text: str, number: str | None) -> None:
    paper = Paper(pmid=1, abstract=f"It was registered: {text}.")
    found = registrations(paper)
    assert [one for one, _ in found] == ([number] if number else [])
    assert all(span and paper.abstract[span.start : span.end] == span.text for _, span in found)


def test_what_nlm_lists_comes_first_and_each_number_once() -> None:
    banks = (DataBank("ClinicalTrials.gov", ("NCT99999998",)), DataBank("GENBANK", ("AB123456",)))
    paper = Paper(pmid=1, abstract="NCT99999999 and NCT99999998.", data_banks=banks)
    assert [number for number, _ in registrations(paper)] == ["NCT99999998", "NCT99999999"]


def test_a_registration_has_a_link_where_its_registry_has_one() -> None:
    assert registration_link("NCT99999999") == "https://clinicaltrials.gov/study/NCT99999999"
    assert registration_link("CRD42099999999") == (
        "https://www.crd.york.ac.uk/prospero/display_record.php?RecordID=42099999999"
    )
    assert registration_link("UMIN000099999") is None


def test_a_preprint_is_told_by_its_type_or_its_server() -> None:
    assert is_preprint(Paper(pmid=1, publication_types=(PublicationType("Preprint", "D000076942"),)))
    assert is_preprint(Paper(pmid=1, journal="medRxiv : the preprint server for health sciences"))
    assert not is_preprint(Paper(pmid=1, journal="Journal of Made-up Results"))


def industry(*, affiliation: str = "", interest: str = "") -> tuple[bool | None, list[str]]:
    authors = (Author("Doe", affiliations=(affiliation,) if affiliation else ()),)
    paper = Paper(pmid=1, authors=authors, conflict_of_interest=interest)
    findings = compile_rules(Rules("made-up", makers=("Acme", "J&J"))).study(paper)
    return findings.industry, [span.text for span in findings.spans.get("industry", ())]


def test_a_maker_in_an_affiliation_or_interest_statement_is_industry() -> None:
    assert industry(affiliation="Acme Pharma, Basel") == (True, ["Acme"])
    assert industry(affiliation="University", interest="AB was paid by j&j.") == (True, ["j&j"])
    assert industry(affiliation="University", interest="None.") == (False, [])
    assert industry(affiliation="Acmeville University", interest="None.") == (False, [])
    assert industry(affiliation="University") == (None, [])


def test_findings_come_back_from_json_as_they_were() -> None:
    from study.rules import student

    paper = Paper(
        pmid=1,
        title="Ketamine for depression: a randomised trial",
        abstract="METHODS: We enrolled 45 patients. RESULTS: MADRS fell (P = .01). CONCLUSION: It was safe.",
    )
    findings = student().study(paper)
    assert findings.tags
    assert from_json(read(written(findings))) == findings
    assert from_json({}) == Findings()


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Patients had ketamine (0.5 mg/kg; n = 20) or midazolam.", ("ketamine (0.5 mg/kg; n = 20)",)),
        ("They got ketamine (0.5 mg/kg given intravenously (IV) over 40 min).",
         ("ketamine (0.5 mg/kg given intravenously (IV) over 40 min)",)),
        ("A single fixed dose (50 mg) IN ketamine was given.", ("(50 mg) IN ketamine",)),
        ("They had a 50 mg dose of IN ketamine.", ("50 mg dose of IN ketamine",)),
        ("Ketamine doses ranged from 0.5 to 1 mg/kg.", ("Ketamine doses ranged from 0.5 to 1 mg/kg",)),
        ("They had ketamine infusions twice weekly (0.5 mg/kg).", ("ketamine infusions twice weekly (0.5 mg/kg)",)),
        ("We gave ketamine (n = 30; 0.5 mg/kg) or saline.", ("ketamine (n = 30; 0.5 mg/kg)",)),
        ("Saline went to group 1, fentanyl to group 2, and 0.5 mg/kg ketamine to group 3.", ("0.5 mg/kg ketamine",)),
        ("People were given ketamine, 2 mg oral risperidone, or both.", ()),
        ("They had ketamine 0.1 mg/kg (n = 9), 0.5 mg/kg or saline.", ("ketamine 0.1 mg/kg (n = 9), 0.5 mg/kg",)),
        ("They had 0.5 mg/kg (low) and 1 mg/kg (high) ketamine.", ("0.5 mg/kg (low) and 1 mg/kg (high) ketamine",)),
        ("They had ketamine 0.5 mg/kg or 0.045 mg/kg midazolam.", ("ketamine 0.5 mg/kg",)),
        ("Boys had S-ketamine 0.5 mg/kg.", ("S-ketamine 0.5 mg/kg",)),
        ("Boys had (R,S)-ketamine 0.5 mg/kg.", ("(R,S)-ketamine 0.5 mg/kg",)),
        ("They had oral ketamine, fixed daily dosage of 150mg.", ("ketamine, fixed daily dosage of 150mg",)),
        ("They had ketamine (mean dose, 58 mg) or saline.", ("ketamine (mean dose, 58 mg)",)),
        ("They had ketamine at a rate of 5 microg x kg-1 x min-1.", ("ketamine at a rate of 5 microg x kg-1 x min-1",)),
        ("They had ketamine (0.2 mg/kg intravenous bolus, then 0.4 mg/kg/hour intravenous infusion for four hours).",
         ("ketamine (0.2 mg/kg intravenous bolus, then 0.4 mg/kg/hour intravenous infusion for four hours)",)),
        ("Rats received ketamine (10 mg/kg) before the test.", ()),
    ],
)  # fmt: skip
def test_a_dose_is_a_whole_phrase_and_of_the_drug_beside_it(sentence: str, expected: tuple[str, ...]) -> None:
    abstract = f"METHODS: {sentence} RESULTS: Mood rose in patients."
    paper = Paper(pmid=1, abstract=abstract)
    names = [
        Span("abstract", found.start(), found.end(), found[0])
        for found in re.finditer("(?i)ketamine", abstract)
    ]
    assert tuple(each.text for each in doses(paper, sentences_with_roles(paper), names)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Mood rose with ketamine but not with midazolam.", "midazolam"),
        ("Mood rose with ketamine.", None),
    ],
)
def test_what_did_not_do_what_the_drug_did_is_what_it_is_compared_with(
    sentence: str, expected: str | None
) -> None:
    found = comparator(Span("abstract", 0, len(sentence), sentence))
    assert (found.text if found else None) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ketamine for depression: a randomised, placebo-controlled trial", "placebo"),
        ("Ketamine for depression: a midazolam-controlled randomized trial", "midazolam"),
        ("Ketamine versus ECT for depression", "ECT"),
        ("Ketamine for depression: a randomised controlled trial", None),
    ],
)
def test_a_trial_calls_itself_by_its_control(title: str, expected: str | None) -> None:
    found = control_of(Span("title", 0, len(title), title))
    assert (found.text if found else None) == expected
