"""Papers for other programs, read back by the libraries that those programs use.

Owns edge/exporting, on made-up records, hostile ones among them.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import bibtexparser.entrypoint
import pytest
import rispy
from Bio import Medline

from litwatch.edge.exporting import FORMATS, write
from litwatch.edge.exporting.row import Row, pages_of
from litwatch.paper import Author, Paper, PublicationType
from litwatch.study.findings import Findings
from litwatch.study.quotes import Quotes

PAPER = Paper(
    99000001,
    title="Ketamine & mood: a 50 % answer to {braces}, α and CO₂",
    abstract="RESULTS: Scores fell by -7.1 (P<0.05). CONCLUSIONS: It helped.",
    authors=(
        Author("Müller", "Anna B", "AB"),
        Author("Roe", "Richard", "R", suffix="Jr"),
        Author(collective_name="Made-up Group {of} Trials"),
    ),
    journal="Journal of Made-Up Psychiatry",
    journal_abbreviation="J Made Up Psychiatry",
    issn=("1234-5678",),
    volume="36",
    issue="3",
    pages="1145-9",
    publication_date="2026 Mar-Apr",
    create_date=date(2026, 3, 6),
    doi="10.9999/made_up.{1}",
    pmcid="PMC99000001",
    languages=("eng",),
    keywords=("ketamine", "mood & more"),
    publication_types=(PublicationType("Journal Article", "D016428"),),
)
HOSTILE = replace(
    PAPER,
    pmid=99000002,
    title='=HYPERLINK("http://evil")\nER  - \nTY  - JOUR\nTI  - forged } @article{x, \u202eesrever\x00',
    abstract="+1\nPMID- 1\n@comment{ % $\\input{/etc/passwd}$",
    authors=(Author("@SUM(A1)\nAU  - Forged"), Author("{unbalanced")),
    keywords=("-1+1", "\tTAB"),
)
FINDINGS = replace(
    Findings(),
    tags={"efficacy": (), "safety": ()},
    design="rct",
    participants=40,
    relevant=True,
    routes=("intravenous", "oral"),
    quotes=Quotes(result=PAPER.span("abstract", 9, 38)),
)


def row(paper: Paper, watch: str = "w", findings: Findings | None = FINDINGS) -> Row:
    return Row(paper, findings, watch, "new", datetime(2026, 3, 9, 7, tzinfo=UTC))


def written(form: str, *rows: Row) -> str:
    out = io.StringIO()
    write(form, rows, out)
    return out.getvalue()


def ris(*rows: Row) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rispy.loads(written("ris", *rows))
    return found


def test_ris_is_read_back_whole() -> None:
    (one,) = ris(row(PAPER))
    assert one["type_of_reference"] == "JOUR"
    assert one["title"] == PAPER.title
    assert one["abstract"] == PAPER.abstract
    assert one["authors"] == ["Müller, Anna B", "Roe, Richard Jr", "Made-up Group {of} Trials"]
    assert (one["start_page"], one["end_page"], one["year"]) == ("1145", "1149", "2026")
    assert (one["doi"], one["accession_number"], one["issn"]) == (PAPER.doi, "99000001", "1234-5678")
    assert one["urls"] == ["https://pubmed.ncbi.nlm.nih.gov/99000001/"]
    assert (one["custom1"], one["custom2"]) == ("efficacy, safety", "rct")
    assert written("ris", row(PAPER)).startswith("TY  - JOUR")


def test_a_record_forges_no_reference_in_ris() -> None:
    one, other = ris(row(HOSTILE), row(PAPER))
    assert one["title"] == '=HYPERLINK("http://evil") ER - TY - JOUR TI - forged } @article{x, esrever'
    assert one["authors"] == ["@SUM(A1) AU - Forged", "{unbalanced"]
    assert other["title"] == PAPER.title


def entries(*rows: Row) -> dict[str, dict[str, str]]:
    library = bibtexparser.entrypoint.parse_string(written("bibtex", *rows))
    assert library.failed_blocks == []
    return {entry.key: {field.key: field.value for field in entry.fields} for entry in library.entries}


def test_bibtex_is_read_back_whole() -> None:
    one = entries(row(PAPER))["pmid99000001"]
    assert (
        one["title"]
        == r"{Ketamine \& mood: a 50 \% answer to \textbraceleft braces\textbraceright , α and CO₂}"
    )
    assert one["author"].split(" and ")[:2] == ["Müller, Anna B", "Roe, Richard Jr"]
    assert (one["pages"], one["year"], one["pmid"]) == ("1145--1149", "2026", "99000001")
    assert one["doi"] == "10.9999/made_up.%7B1%7D"


def test_a_record_breaks_no_bibtex() -> None:
    found = entries(row(HOSTILE), row(PAPER))
    assert set(found) == {"pmid99000001", "pmid99000002"}
    text = written("bibtex", row(HOSTILE))
    assert text.count("{") == text.count("}")
    assert r"\input{" not in text


def test_medline_is_what_biopython_reads() -> None:
    parse: Any = Medline.parse  # without types
    one, other = parse(io.StringIO(written("nbib", row(HOSTILE), row(PAPER))))
    assert (other["PMID"], other["TI"], other["AB"]) == ("99000001", PAPER.title, PAPER.abstract)
    assert other["FAU"] == ["Müller, Anna B", "Roe, Richard"]
    assert one["PMID"] == "99000002"
    assert "TY - JOUR" in one["TI"]


def test_csv_holds_what_was_found_and_no_formula() -> None:
    text = written("csv", row(PAPER), row(HOSTILE, findings=None))
    assert text.startswith("\ufeff")
    one, other = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (one["topics"], one["design"], one["participants"], one["relevant"]) == (
        "efficacy; safety",
        "rct",
        "40",
        "yes",
    )
    assert (one["result"], one["routes"]) == ("Scores fell by -7.1 (P<0.05).", "intravenous; oral")
    assert (other["design"], other["participants"], other["relevant"]) == ("", "", "")
    for cell in (*one.values(), *other.values()):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    assert other["title"].startswith("'=HYPERLINK")


def test_a_paper_of_two_watches_is_one_reference_and_two_lines_of_a_table() -> None:
    rows = (row(PAPER, "a"), row(PAPER, "b"))
    assert len(ris(*rows)) == len(entries(*rows)) == 1
    assert written("csv", *rows).count("99000001/") == 2


@pytest.mark.parametrize("form", FORMATS)
def test_a_record_with_nothing_but_a_number_is_written(form: str) -> None:
    assert "99000003" in written(form, row(Paper(99000003), findings=None))


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ("1145-9", ("1145", "1149")),
        ("12-15", ("12", "15")),
        ("e12-e19", ("e12", "e19")),
        ("S3", ("S3", "")),
        ("", ("", "")),
        ("99-103", ("99", "103")),
    ],
)
def test_pages(pages: str, expected: tuple[str, str]) -> None:
    assert pages_of(replace(PAPER, pages=pages)) == expected
