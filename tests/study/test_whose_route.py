"""Whose route a word tells: the watch's drug's, or that of a drug beside it. Made-up sentences.

Owns these proofs; that a route is found at all stands in papers.toml.
"""

from __future__ import annotations

import pytest

from litwatch.paper import Paper
from study.rules import student


def routes(sentence: str, title: str = "Ketamine after surgery") -> tuple[str, ...]:
    abstract = f"METHODS: {sentence} RESULTS: Pain was less with ketamine."
    return student().study(Paper(pmid=99000001, title=title, abstract=abstract)).routes


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Patients had epidural bupivacaine and i.v. ketamine 0.5 mg/kg.", ("intravenous",)),
        ("All were on oral morphine when intravenous ketamine was added.", ("intravenous",)),
        ("Volunteers had intravenous ketamine or 2 mg oral risperidone.", ("intravenous",)),
        ("Midazolam 0.07 mg/kg was given intramuscularly; ketamine was infused later.", ("intravenous",)),
        ("Children had ketamine 0.1 mg/kg i.m. before surgery. All had rectal diclofenac.", ("intramuscular",)),
        ("Patients received epidural morphine 1 mg plus ketamine 5 mg by the same catheter.", ("other",)),
        ("Oral midazolam or ketamine was given before surgery.", ("oral",)),
        ("Women had esketamine in patient-controlled intravenous analgesia.", ("intravenous",)),
        ("Group I. Patients had ketamine intravenously.", ("intravenous",)),
        ("Ketamine was given. Oral intake and oral secretions were the same.", ()),
        ("Ketamine was given after epidural anaesthesia.", ()),
        ("Nasal administration of esketamine was compared with saline.", ("intranasal",)),
        ("Caudal ketamine was added to ropivacaine.", ("other",)),
        ("Routes were intravenous (IV), intramuscular (IM) and intranasal ketamine after electroconvulsive therapy.",
         ("intravenous", "intranasal", "intramuscular")),
    ],
)  # fmt: skip
def test_a_route_is_that_of_the_drug_beside_it(sentence: str, expected: tuple[str, ...]) -> None:
    assert routes(sentence) == expected


def test_rats_are_injected_into_the_abdomen_and_people_are_not() -> None:
    assert routes("Rats had ketamine 10 mg/kg i.p. for 14 days.", "Ketamine in rats") == ("intraperitoneal",)
    assert "intraperitoneal" not in routes("Patients of group I. P was below 0.05 with ketamine.")
