"""Owns the six elements of PRESS 2015, by which a peer reviews a search, and which finding belongs to which.

Never judges: the reviewer does. The questions are in our words; the elements are those of McGowan J et al., PRESS Peer
Review of Electronic Search Strategies: 2015 guideline statement, J Clin Epidemiol 2016;75:40-46,
doi:10.1016/j.jclinepi.2016.01.021.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from litwatch.query.finding import Finding

SOURCE = "McGowan J et al. J Clin Epidemiol 2016;75:40-46, doi:10.1016/j.jclinepi.2016.01.021"


@dataclass(frozen=True, slots=True)
class Element:
    """One of the six: its number, its name, what the reviewer asks."""

    number: int
    name: str
    asks: tuple[str, ...]


ELEMENTS = (
    Element(
        1, "Translation of the research question",
        ("Does the search match the question?", "Are the concepts clear, and neither too many nor too few?",
         "Is any concept too narrow or too broad?", "Does the number of records look right?"),
    ),
    Element(
        2, "Boolean and proximity operators",
        ("Are AND, OR and NOT the right ones, and nested as meant?", "Does NOT lose relevant papers?",
         "Would proximity find more than a phrase, or less noise than AND? Is its width suitable?"),
    ),
    Element(
        3, "Subject headings",
        ("Are the headings relevant, and are any missing?", "Too broad or too narrow? Is each exploded rightly?",
         "Is a restriction to major topics or subheadings justified?", "Has each concept both headings and words?"),
    ),
    Element(
        4, "Text word search",
        ("Are spelling variants, synonyms, acronyms and old names there?", "Does truncation stand at the right place?",
         "Are the fields right, and no word too general?"),
    ),
    Element(
        5, "Spelling, syntax and line numbers",
        ("Are there spelling mistakes?", "Is the syntax PubMed's?", "Are line numbers right, and is every line used?"),
    ),
    Element(
        6, "Limits and filters",
        ("Are limits and filters appropriate, and does each have a reason?", "Are helpful ones missing?",
         "Is the source of a filter named?"),
    ),
)  # fmt: skip


def by_element(findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    """The findings under the number of their element; every element is there."""
    found: dict[int, list[Finding]] = {element.number: [] for element in ELEMENTS}
    for finding in findings:
        found[finding.press].append(finding)
    return found
