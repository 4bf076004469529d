"""explain of queries that nest: no deeper than a reader can follow, on a page whose lists nest as the query does.

Owns depth and the page's tags. Never what is told of a clause (test_explain.py).
"""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from world import litwatch as run

VOID = frozenset(("meta", "br", "hr", "img", "link", "input", "wbr"))
PAGE_DEEPEST = 12
QUERIES = (
    "ketamine[ti] NOT (mice[ti] OR rats[ti])",
    "((ketamine[ti] AND (depression[ti] OR mood[ti])) NOT mice[ti]) OR (sad[ti] AND (glad[ti] OR calm[ti]))",
    "(" * 20
    + "ketamine[ti]"
    + "".join(f" {('AND', 'OR')[n % 2]} word{n}[ti])" for n in range(20))
    + " AND (a[ti] OR b[ti])",
)


class Strict(HTMLParser):
    """Every tag closed by its own end tag; the depth of each clause, in lists of the tree, as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.depths: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        css = dict(attrs).get("class") or ""
        if tag == "li" and css in ("holds", "fails", "unknown", "away"):
            self.depths.append(sum(name == "ul" for name, _ in self.open) - 1)
        if tag not in VOID:
            self.open.append((tag, css))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()[0] == tag, self.getpos()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("deep") / "records.jsonl"
    record = {
        "pmid": "99000001",
        "title": "Ketamine for depression",
        "abstract": "Mood was measured. It rose.",
    }
    path.write_text(json.dumps(record) + "\n", "utf-8")
    return path


def rows_of(file: Path, query: str) -> list[dict[str, object]]:
    told = run("explain", str(file), "--query", query, "--json", folder=file.parent)
    assert told.code == 0, told.err
    tree: list[dict[str, object]] = json.loads(told.out)["queries"][0]["tree"]
    return tree


def page_of(file: Path, query: str, *options: str) -> Strict:
    page = file.with_suffix(".html")
    told = run("explain", str(file), "--query", query, "--html", str(page), *options, folder=file.parent)
    assert told.code == 0, told.err
    strict = Strict()
    strict.feed(page.read_text("utf-8"))
    strict.close()
    assert strict.open == []
    return strict


@pytest.mark.parametrize("query", QUERIES)
def test_the_lists_of_the_page_nest_as_the_query_does_and_every_tag_is_closed(file: Path, query: str) -> None:
    depths = [int(str(row["depth"])) for row in rows_of(file, query)]
    assert page_of(file, query, "--all").depths == [min(depth, PAGE_DEEPEST) for depth in depths]
    page_of(file, query)


@pytest.mark.parametrize(
    ("query", "levels"),
    [
        ("(ketamine[ti] OR mood[tiab] & " * 1_200 + "rats[ti]" + ")" * 1_200, 1_201),
        ("(ketamine[ti] NOT " * 1_200 + "rats[ti]" + ")" * 1_200, 1_200),
    ],
)
def test_what_stands_more_than_forty_levels_down_is_one_line_and_json_has_it(
    file: Path, query: str, levels: int
) -> None:
    depths = [int(str(row["depth"])) for row in rows_of(file, query)]
    assert max(depths) == levels
    for options in ((), ("--all",)):
        told = run("explain", str(file), "--query", query, *options, folder=file.parent)
        assert told.code == 0, told.err
        tree = told.out.partition("To paste into PubMed")[0]
        assert f" ... {levels - 40:,} more levels (--json has all of it)" in " ".join(tree.split())
        assert tree.count("\n") < 400
    assert max(page_of(file, query).depths) == PAGE_DEEPEST


def test_the_page_and_json_need_no_terminal() -> None:
    loaded = (
        "import sys, litwatch.cli.explain.page, litwatch.cli.explain.as_json; print('rich' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"
