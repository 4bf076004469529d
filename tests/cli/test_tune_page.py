"""The page of `litwatch tune --html`: whole in one file, hostile texts harmless, and what Chromium makes of it.

Owns the page. Its figures tests/cli/test_tune.py proves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from cli.test_tune import edited
from litwatch.edge.pictures import Variant, recall_by_precision
from litwatch.tuning.marking import read_marks
from world import ROOT, World, world

OTHER = "(ketamine[tiab] OR nosuchword[tiab]) AND (depress*[tiab] OR anaesth*[tiab]) NOT mice[tiab]"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A page with everything on it."""
    folder = tmp_path_factory.mktemp("page")
    with world(folder, synthetic=200) as made:
        made.pubmed.set_today("2026-03-08")
        edited(made, "ketamine[tiab] OR depress*[tiab]")
        assert made.litwatch("collect", "--now", "2026-03-08T07:00:00Z").code == 0
        assert made.litwatch("backfill", "--now-anyway").code == 0
        edited(made, "ketamine[ti] AND depressive[tiab] NOT mice[tiab]")
        yield written(made, folder / "tune.html")


def written(made: World, path: Path) -> Path:
    stored = [one for one in made.litwatch("papers", "--json").objects() if one["title"]]
    chosen = [one["pmid"] for one in stored if one["title"].startswith("Ketamine for depression")][:9]
    others = [one["pmid"] for one in stored if "anaesthesia" in one["title"]][:3]
    others += [one["pmid"] for one in stored if one["title"].startswith("Depression and")][:4]
    seeds = path.with_name("seeds.txt")
    seeds.write_text("\n".join([*chosen, *others]), "utf-8")
    words = (
        "--seeds",
        str(seeds),
        "--query",
        OTHER,
        "--suggest",
        "--sample",
        "6",
        "--marks",
        str(path.with_name("m.csv")),
    )
    done = made.litwatch("tune", "ketamine-depression", *words, "--html", str(path))
    assert done.code == 0, done.err
    assert f"wrote {path}" in done.err
    return path


def test_it_is_one_file_that_fetches_nothing(page: Path) -> None:
    text = page.read_text("utf-8")
    tree: Any = html.fromstring(text)
    for each in tree.iter():
        if isinstance(each.tag, str) and each.tag != "a":
            for name in ("src", "href", "action", "data"):
                assert not re.match(r"\w+:|//", each.get(name, "")), (each.tag, each.get(name))
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    names = [each.get("id") for each in tree.xpath("//*[@id]")]
    assert len(names) == len(set(names))


def test_it_says_what_the_command_says(page: Path) -> None:
    tree: Any = html.fromstring(page.read_text("utf-8"))
    heads = [each.text_content() for each in tree.xpath("//h2 | //h3")]
    assert heads[:3] == ["The new search, clause by clause", "Seeds", "Missed"]
    assert {"What changes", "The papers", "Suggestions", "Sample", "The search as it is"} <= set(heads)
    assert tree.xpath("//table[contains(@class, 'tried')]/tbody/tr/th/text()") == ["1", "2"]
    assert tree.xpath("//tr[@class='this']/th/text()") == ["2"]
    assert len(tree.xpath("//*[@class='mark ']")) == 6
    assert len(tree.xpath("//figure//*[local-name()='svg']")) == 2
    papers = tree.xpath("//article")
    assert {one.get("data-kind") for one in papers} == {"gained"}
    assert "ketamine" in {mark.text.casefold() for mark in tree.xpath("//article//mark")}
    assert tree.xpath("//td[contains(@class, 'removes')]")[0].text_content().split() == [
        "2",
        "NOT",
        "mice[tiab]",
    ]


def test_pictures_take_the_colours_of_the_page_and_need_no_history() -> None:
    drawn = recall_by_precision(
        "a", [Variant("1", 0.5, None, 10, None), Variant("2", 1.0, 0.9, 100_000, None)]
    )
    assert "currentColor" in drawn
    assert "var(--accent)" in drawn
    assert "#010203" not in drawn
    assert "100,000" in drawn
    judged = recall_by_precision("b", [Variant("1", 0.5, 0.5, 10, 0.25)])
    assert "precision (judged)" in judged
    for name in re.findall(r'id="([^"]*)"', judged):
        assert name.startswith("b-")


def browser() -> Any:
    loader = SourceFileLoader("screenshots", str(ROOT / "scripts" / "screenshots"))
    spec = spec_from_loader("screenshots", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module.browser()


FILTERED = """(function () {
  function say(id, value) {
    var one = document.getElementById(id);
    one.value = value;
    one.dispatchEvent(new Event("input"));
  }
  function shown() {
    var papers = Array.from(document.querySelectorAll("article"));
    return papers.filter(function (one) { return one.offsetHeight > 0; }).length;
  }
  var first = shown();
  document.getElementById("all").click();
  var all = shown();
  say("words", "anaesthesia");
  var some = shown();
  say("kind", "lost");
  var none = shown(), said = document.getElementById("shown").textContent;
  return [first, all, some, none, said, document.querySelector(".filters").hidden];
}())"""


MARKED = """(function () {
  var save = document.getElementById("save"), said = document.getElementById("marked");
  document.querySelectorAll(".mark").forEach(function (one, place) {
    if (place < 5) { one.querySelector("input[value=" + (place < 3 ? "yes" : "no") + "]").click(); }
  });
  var before = said.textContent;
  save.click();
  return [before, said.textContent];
}())"""


@pytest.mark.full
@pytest.mark.timeout(300)
def test_in_chromium_papers_are_marked_and_the_saved_table_is_read_back(page: Path, tmp_path: Path) -> None:
    table = page.with_name("m.csv")
    before = read_marks(table.read_text("utf-8"))
    with browser() as chromium:
        chromium.ask("Page.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
        said = json.loads(chromium.evaluated(page, "light", "", MARKED))
        while not (tmp_path / "m.csv").exists():
            chromium.ask("Runtime.evaluate", expression="1")
    assert said == ["5 of 6 judged, not saved yet", "5 of 6 judged"]
    after = read_marks((tmp_path / "m.csv").read_text("utf-8"))
    assert sorted(after.verdicts.values(), key=str) == [False, False, None, True, True, True]
    assert after.columns == before.columns
    assert not after.wrong
    for was, now in zip(before.rows, after.rows, strict=True):
        assert {**was, "relevant": ""} == {**now, "relevant": ""}


@pytest.mark.full
@pytest.mark.timeout(300)
def test_in_chromium_it_fits_a_phone_filters_papers_and_prints(page: Path, tmp_path: Path) -> None:
    with browser() as chromium:
        first, all_papers, some, none, said, hidden = json.loads(
            chromium.evaluated(page, "light", "", FILTERED)
        )
        assert all_papers > first == 25
        assert all_papers > some > none == 0
        assert said == f"0 of {all_papers}"
        assert hidden is False
        pictures = {}
        for width in (390, 1000):
            for scheme in ("light", "dark"):
                pictures[width, scheme] = chromium.picture(page, width, scheme)
                layout = chromium.ask("Page.getLayoutMetrics")["cssContentSize"]
                assert layout["width"] <= width
        assert pictures[390, "light"] != pictures[390, "dark"]
        printed = chromium.ask("Page.printToPDF", printBackground=False)["data"]
        assert len(printed) > 20_000
