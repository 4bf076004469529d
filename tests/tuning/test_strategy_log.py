"""Proves what a strategy's log holds: items 1 and 8 to 16 by number, exact queries, blanks where nobody can know."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from litwatch.query.parse import parse
from litwatch.query.tree import clauses
from litwatch.tuning.strategy_lines import LogLine, strategy_lines
from litwatch.tuning.strategy_log import Log, as_markdown, as_table

QUERY = "(ketamine[tiab] OR # a remark\n esketamine[tiab]) AND depress*[tiab]"
LOG = Log(
    "ketamine-depression",
    "Ketamine",
    parse(QUERY),
    (
        LogLine(1, "ketamine[tiab] OR esketamine[tiab]", 12_345),
        LogLine(2, "-x | y", None),
    ),
    12_345,
    '("ketamine"[Title/Abstract] ...)',
    "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/",
    "0.1.0",
    datetime(2026, 3, 9, 7, tzinfo=UTC),
    "daily",
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 8, tzinfo=UTC),
    (("backlog", 12_000), ("mailed", 345)),
)


def items(log: Log) -> dict[int, str]:
    parts = re.split(r"^## (\d+)\. ", as_markdown(log), flags=re.MULTILINE)[1:]
    return {int(number): text for number, text in zip(parts[::2], parts[1::2], strict=True)}


def test_items_1_and_8_to_16_by_number() -> None:
    found = items(LOG)
    assert list(found) == [1, *range(8, 17)]
    assert "PubMed, by NCBI's E-utilities" in found[1]
    assert QUERY in found[8]
    assert str(LOG.query) in found[8]
    assert LOG.translation in found[8]
    assert "| #1 | `ketamine[tiab] OR esketamine[tiab]` | 12,345 |" in found[8]
    assert "-x \\| y" in found[8]
    assert "2026-01-01" in found[12]
    assert "2026-03-08" in found[13]
    assert "12,000 backlog, 345 mailed" in found[15]


def test_what_litwatch_cannot_know_is_a_marked_blank() -> None:
    found = items(LOG)
    assert [number for number, text in found.items() if "[to fill in:" in text] == [8, 10, 11, 14, 16]
    unasked = items(replace(LOG, count=None, translation="", began=None, last_searched=None))
    assert {8, 12, 13, 15} <= {number for number, text in unasked.items() if "[to fill in:" in text}


def test_limits_in_the_strategy_are_named_and_ask_for_a_reason() -> None:
    limited = items(
        replace(LOG, query=parse("ketamine[tiab] AND english[la] AND 2020:2024[dp] NOT animals[mh]"))
    )[9]
    for said in ("language: `english[la]`", "publication date: `2020:2024[dp]`", "check tag: `animals[mh]`"):
        assert said in limited
    assert "[to fill in: why they were used]" in limited
    assert items(LOG)[9].splitlines()[2].startswith("No limits")


@pytest.mark.parametrize(
    "text",
    [
        QUERY,
        "ketamine[tiab]",
        "ketamine[tiab] OR esketamine[tiab]",
        "(ketamine[tiab] OR esketamine[tiab]) AND depress*[tiab] NOT (animals[mh] NOT humans[mh])",
        '((a[ti] AND b[ti]) OR (b[ti] AND a[ti]) OR "c d"[tiab:~3]) NOT (e*[tiab] OR f[ti]) NOT g AND 2020:2024[dp]',
        "a[ti] AND (a[ti] OR b[ti]) AND (c[ti] OR (d[ti] NOT a[ti]))",
        "-a[ti] AND x|y[ti]",
    ],
)
def test_the_search_can_be_built_again_from_the_lines_of_either_file(text: str) -> None:
    query = parse(text)
    for shown in ([*clauses(query.root)], [query.root, *getattr(query.root, "children", ())]):
        log = replace(LOG, query=query, lines=strategy_lines(query.root, shown, {str(query): 7}))
        rows = list(csv.DictReader(io.StringIO(as_table(log).lstrip("\ufeff"))))
        told = re.findall(r"^\| (#\d+) \| `(.*)` \| ", items(log)[8], flags=re.MULTILINE)
        from_table = [(row["line"], row["search"].removeprefix("'")) for row in rows]
        from_markdown = [(label, search.replace("\\|", "|")) for label, search in told]
        for lines in (from_table, from_markdown):
            assert len(lines) == len(log.lines) >= 1
            written = "\n".join(" ".join(line) for line in lines) if len(lines) > 1 else lines[0][1]
            assert parse(written) == query, written
        assert rows[-1]["results"] == "7"


def test_a_clause_that_stands_twice_has_one_line() -> None:
    query = parse("a[ti] AND (a[ti] OR b[ti])")
    lines = strategy_lines(query.root, [*clauses(query.root)], {})
    assert [(one.label, one.search) for one in lines] == [
        ("#1", "a[ti]"),
        ("#2", "b[ti]"),
        ("#3", "#1 OR #2"),
        ("#4", "#1 AND #3"),
    ]


def test_a_server_that_is_not_ncbis_is_not_called_so() -> None:
    elsewhere = items(replace(LOG, address="http://127.0.0.1:1/entrez/eutils/"))[1]
    assert "PubMed at http://127.0.0.1:1/entrez/eutils/, which is not NCBI's own server" in elsewhere


def test_the_table_has_a_row_for_each_line_and_runs_no_cell() -> None:
    rows = list(csv.DictReader(io.StringIO(as_table(LOG).lstrip("\ufeff"))))
    assert [row["line"] for row in rows] == ["#1", "#2"]
    assert rows[0]["results"] == "12345"
    assert rows[1]["search"] == "'-x | y"
    assert rows[0]["run"] == "2026-03-09 07:00 UTC"
