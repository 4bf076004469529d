"""ESearch's rules: ranges, dates, pages, limits, history and leniency.

Owns parameters and limits. Never proves what a word finds: that is tests/query.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from litwatch.edge.mesh import MeshFile
from litwatch.query.leaves import Vocabulary
from litwatch.query.match import matches
from litwatch.query.parse import parse
from litwatch.reading.pubmed_xml import read_article
from litwatch.sandbox.server import Sandbox
from litwatch.sandbox.synthetic import FIRST_PMID
from sandbox.asking import ask

SEARCHES = tomllib.loads(Path(__file__).with_name("searches.toml").read_text("utf-8"))["search"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(today="2026-03-30") as running:
        yield running


@pytest.fixture(scope="module")
def large() -> Iterator[Sandbox]:
    with Sandbox(today="2026-03-30", shipped=False, synthetic=12_000) as running:
        yield running


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("case", SEARCHES, ids=[case["name"] for case in SEARCHES])
def test_a_search_follows_the_rules_of_esearch(sandbox: Sandbox, case: dict[str, Any], method: str) -> None:
    answer = ask(sandbox, "esearch", method, **case["params"])
    assert answer.status == 200
    if "error" in case:
        assert answer.xml.findtext("ERROR", "").startswith(case["error"])
        assert answer.xml.find("Count") is None
        return
    if "pmids" in case:
        assert answer.pmids == case["pmids"]
    assert answer.count == case.get("count", len(answer.pmids) if "pmids" in case else answer.count)
    if "first" in case:
        assert answer.pmids[0] == case["first"]
        assert len(answer.pmids) == case["page"] == int(answer.xml.findtext("RetMax", ""))
    said = {
        "messages": [one.text for one in answer.xml.iterfind("WarningList/OutputMessage")],
        "fields_not_found": [one.text for one in answer.xml.iterfind("ErrorList/FieldNotFound")],
        "phrases_not_found": [one.text for one in answer.xml.iterfind("ErrorList/PhraseNotFound")],
    }
    assert said == {key: case.get(key, []) for key in said}
    if "translation" in case:
        assert answer.xml.findtext("QueryTranslation") == case["translation"].replace(
            "all[Filter]", '"all"[Filter]'
        )


def test_esearch_shows_the_first_9999_and_no_more(large: Sandbox) -> None:
    page = ask(large, "esearch", term="all[sb]", retmax=100_000)
    assert page.count == 12_000
    assert len(page.pmids) == 9_999
    assert page.xml.findtext("WarningList/OutputMessage") == (
        "Restrictions achieved. start and count adjusted to 0, 9999"
    )
    last = ask(large, "esearch", term="all[sb]", retstart=9_998, retmax=10)
    assert last.pmids == page.pmids[-1:]


def test_a_retstart_beyond_9998_is_an_error_with_http_200(large: Sandbox) -> None:
    answer = ask(large, "esearch", term="all[sb]", retstart=9_999)
    assert answer.status == 200
    assert answer.xml.findtext("ERROR", "").startswith(
        "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For PubMed, ESearch can"
    )


def test_that_error_is_no_strict_json_as_at_nlm(large: Sandbox) -> None:
    answer = ask(large, "esearch", term="all[sb]", retstart=9_999, retmode="json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)
    lenient = json.loads(answer.body, strict=False)
    assert "cannot be larger than 9998" in lenient["esearchresult"]["ERROR"]


def test_halves_of_a_pmid_range_add_up_to_the_whole(large: Sandbox) -> None:
    middle = FIRST_PMID + 6_000
    low = ask(large, "esearch", term=f"(all[sb]) AND 1:{middle}[uid]", retmax=9_999)
    high = ask(large, "esearch", term=f"(all[sb]) AND {middle + 1}:999999999[uid]", retmax=9_999)
    assert low.count + high.count == 12_000
    assert len({*low.pmids, *high.pmids}) == 12_000


def test_efetch_takes_10000_records_and_no_page_beyond_9998(large: Sandbox) -> None:
    stored = ask(large, "esearch", term="all[sb]", usehistory="y", retmax=0).xml
    history = {
        "WebEnv": stored.findtext("WebEnv"),
        "query_key": stored.findtext("QueryKey"),
        "rettype": "uilist",
    }
    assert len(ask(large, "efetch", retmax=20_000, **history).text.splitlines()) == 10_000
    refused = ask(large, "efetch", retstart=9_999, **history)
    assert refused.status == 400
    assert "'retstart' cannot be larger than 9998" in refused.xml.findtext("ERROR", "")


def test_history_keeps_sets_and_numbers_them(sandbox: Sandbox) -> None:
    first = ask(sandbox, "epost", id="99000001,99000002,99000003").xml
    environment = first.findtext("WebEnv", "")
    second = ask(
        sandbox, "esearch", term="99000002:99000009[uid]", usehistory="y", WebEnv=environment, query_key=1
    )
    assert second.pmids == [99000003, 99000002]
    assert second.xml.findtext("QueryKey") == "2"
    assert second.xml.findtext("WebEnv") == environment
    third = ask(sandbox, "esearch", term="#1 NOT #2", usehistory="y", WebEnv=environment)
    assert third.pmids == [99000001]
    fetched = ask(sandbox, "efetch", WebEnv=environment, query_key=2, rettype="uilist", retstart=1).text
    assert fetched == "99000002\n"


def test_history_that_expired_is_an_error_body(sandbox: Sandbox) -> None:
    environment = ask(sandbox, "epost", id="99000001").xml.findtext("WebEnv", "")
    sandbox.forget_history()
    gone = ask(sandbox, "efetch", WebEnv=environment, query_key=1)
    assert (gone.status, gone.xml.findtext("ERROR")) == (400, "Unable to obtain query #1")


@pytest.mark.parametrize(
    ("params", "status", "error"),
    [
        ({"id": ""}, 200, "Supplied id parameter is empty."),
        ({"id": "00000"}, 400, "ID list is empty! Possibly it has no correct IDs."),
        ({"id": "1", "db": "nothing"}, 400, "Invalid db name specified: nothing"),
    ],
)
def test_efetch_says_what_is_wrong_with_the_ids(
    sandbox: Sandbox, params: dict[str, object], status: int, error: str
) -> None:
    answer = ask(sandbox, "efetch", **params)
    assert (answer.status, answer.xml.tag, answer.xml.findtext("ERROR")) == (status, "eFetchResult", error)


QUERIES = (
    "ketamine[tiab] AND depress*[tiab]",
    "ketamine[tiab] NOT depression[tiab]",
    "(infusion*[tiab] OR nasal[tiab]) AND 2026[crdt]",
    "2026/03[dp] AND 2026/03/01:2026/03/12[edat]",
    "hasretractionin OR hasupdatein",
    "2025/06/01:2025/12/31[dp] AND ketamine[ti]",
    "2025/06/10:2025/06/20[crdt]",
    "2020/02/10:2020/03/20[dp]",
    "2020/03[dp]",
    "2026/02/21:2026/02/28[dp]",
)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("today", [date(2026, 3, 9), date(2026, 3, 30), date(2026, 3, 20)])
def test_masks_find_what_reading_every_record_finds(query: str, today: date) -> None:
    mesh = Vocabulary(MeshFile())
    with Sandbox(today=today, synthetic=730) as sandbox:
        everything = ask(sandbox, "esearch", term="all[sb]", retmax=9_999).pmids
        read = parse(query)
        expected = []
        for pmid in everything:
            raw = sandbox.record(pmid)
            assert raw is not None
            if matches(read, read_article(raw), vocabulary=mesh):
                expected.append(pmid)
        assert ask(sandbox, "esearch", term=query, retmax=9_999).pmids == expected
        assert expected


def test_a_relative_date_moves_with_the_clock_though_nothing_else_changed() -> None:
    with Sandbox(today="2026-03-29") as sandbox:
        asked = {"term": '"last 3 days"[crdt]'}
        assert ask(sandbox, "esearch", **asked).pmids == [99000064, 99000063, 99000062, 99000061]
        sandbox.today = date(2026, 3, 30)
        assert ask(sandbox, "esearch", **asked).pmids == [99000064, 99000063]
