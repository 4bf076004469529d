"""The sandbox's answers have the shapes of NLM's recorded ones.

Owns shapes. Never proves what a query finds.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from litwatch.sandbox.server import Sandbox
from sandbox.asking import ask, paths
from world import shared


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(today="2026-03-30") as running:
        yield running


def recorded(name: str) -> etree._Element:
    return etree.parse(shared(f"eutils/{name}.xml")).getroot()


SAME_SHAPE: list[tuple[str, str, dict[str, object]]] = [
    ("esearch1", "esearch", {"term": "ketamine[tiab]"}),
    ("esearch2", "esearch", {"term": "ketamine[tiab]", "usehistory": "y"}),
    ("esearch8", "esearch", {"term": "abcXYZ"}),
    ("epost1", "epost", {"id": "99000001,99000002"}),
    ("epost2", "epost", {"db": "nothing"}),
    ("epost3", "epost", {"id": "nonsense"}),
    ("esummary8", "esummary", {}),
    ("einfo1", "einfo", {"db": ""}),
]


@pytest.mark.parametrize(("name", "endpoint", "params"), SAME_SHAPE, ids=[case[0] for case in SAME_SHAPE])
def test_control_answers_have_the_recorded_elements(
    sandbox: Sandbox, name: str, endpoint: str, params: dict[str, object]
) -> None:
    answer = ask(sandbox, endpoint, **params)
    known = paths(recorded(name))
    if name == "esearch2":  # recorded for an untagged word, which PubMed maps; the sandbox does not
        known = {path for path in known if "/TranslationSet/" not in path}
    assert answer.status == 200
    assert paths(answer.xml) == known


@pytest.mark.parametrize("name", ["esearch1", "epost1", "esummary1", "einfo1"])
def test_control_answers_name_the_recorded_dtd(sandbox: Sandbox, name: str) -> None:
    params: dict[str, object] = {"term": "ketamine[tiab]", "id": "99000001"}
    answer = ask(sandbox, name.rstrip("0123456789"), **params)
    known = shared(f"eutils/{name}.xml").read_text("utf-8")
    end = known.index(">", known.index("<!DOCTYPE")) + 1
    assert answer.text[:end] == known[:end]


@pytest.mark.parametrize("name", ["epost2", "epost3", "esummary8"])
def test_error_texts_are_the_recorded_ones(sandbox: Sandbox, name: str) -> None:
    params: dict[str, dict[str, object]] = {
        "epost2": {"db": "nothing"},
        "epost3": {"id": "x"},
        "esummary8": {},
    }
    answer = ask(sandbox, name.rstrip("0123456789"), **params[name])
    texts = [one.text for one in answer.xml.iterfind("ERROR")]
    assert texts == [one.text for one in recorded(name).iterfind("ERROR")]


def test_a_docsum_has_every_recorded_item(sandbox: Sandbox) -> None:
    ours = paths(ask(sandbox, "esummary", id="99000001").xml)
    theirs = paths(recorded("esummary1"))
    assert theirs <= ours
    assert {
        path for path in ours - theirs if "[DOI" not in path and "[doi" not in path and "[pii" not in path
    } == set()


def test_einfo_describes_fields_as_nlm_does(sandbox: Sandbox) -> None:
    ours, theirs = ask(sandbox, "einfo").xml, recorded("einfo2")
    assert {path for path in paths(theirs) if "/LinkList/" not in path} == paths(ours)
    names = {one.findtext("Name"): one.findtext("FullName") for one in theirs.iterfind(".//Field")}
    own = {one.findtext("Name"): one.findtext("FullName") for one in ours.iterfind(".//Field")}
    assert own.items() <= names.items()
    assert len(own) > 40


def test_a_docsum_says_what_the_record_says(sandbox: Sandbox) -> None:
    document = ask(sandbox, "esummary", id="99000001").xml
    own = {one.get("Name"): one.text for one in document.iterfind("DocSum/Item")}
    assert own["Source"] == "J Made Up Psychiatry"
    assert own["LastAuthor"] == "Nemo C"
    assert own["SO"] == "2023 Jun;33(6):101-110"
    assert own["RecordStatus"] == "PubMed - indexed for MEDLINE"


def test_summaries_come_in_json_too_and_name_what_is_missing(sandbox: Sandbox) -> None:
    result = ask(sandbox, "esummary", id="99000001,123", retmode="json").json["result"]
    assert result["uids"] == ["99000001", "123"]
    assert result["99000001"]["pubdate"] == "2023 Jun"
    assert result["99000001"]["sortpubdate"] == "2023/06/01 00:00"
    assert result["123"] == {"uid": "123", "error": "cannot get document summary"}


def test_a_search_in_json_says_the_same_as_in_xml(sandbox: Sandbox) -> None:
    asked: dict[str, object] = {"term": "ketamine[tiab] AND depression[foo]", "retmax": 5, "usehistory": "y"}
    value = ask(sandbox, "esearch", retmode="json", **asked).json
    xml = ask(sandbox, "esearch", **asked)
    result = value["esearchresult"]
    assert value["header"] == {"type": "esearch", "version": "0.3"}
    assert [int(one) for one in result["idlist"]] == xml.pmids
    assert result["count"] == str(xml.count)
    assert (result["retmax"], result["retstart"]) == ("5", "0")
    assert result["errorlist"] == {"phrasesnotfound": [], "fieldsnotfound": ["foo"]}
    assert result["querytranslation"] == xml.xml.findtext("QueryTranslation")
    assert int(result["querykey"]) == 1
    assert result["webenv"].startswith("MCID_")


def test_only_a_count_can_be_asked_for(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "esearch", term="ketamine[tiab]", rettype="count")
    assert [one.tag for one in answer.xml] == ["Count"]
    asked = ask(sandbox, "esearch", term="ketamine[tiab]", rettype="count", retmode="json").json
    assert asked["esearchresult"] == {"count": str(answer.count)}


def test_efetch_wraps_records_as_nlm_does_and_gives_them_as_they_are_filed(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "efetch", id="99000002,99000001", retmode="xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=UTF-8"
    assert answer.text.startswith(
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle'
    )
    found = [one.findtext("MedlineCitation/PMID") for one in answer.xml.iterfind("PubmedArticle")]
    assert found == ["99000002", "99000001"]
    record = sandbox.record(99000001)
    assert record is not None
    assert record in answer.body


def test_efetch_leaves_unknown_pmids_out_without_a_word(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "efetch", id="1,99000001,2")
    assert [one.findtext("MedlineCitation/PMID") for one in answer.xml] == ["99000001"]
    nothing = ask(sandbox, "efetch", id="1")
    assert (nothing.status, len(nothing.xml), nothing.xml.tag) == (200, 0, "PubmedArticleSet")


def test_efetch_gives_lists_of_pmids_as_text_and_xml(sandbox: Sandbox) -> None:
    assert ask(sandbox, "efetch", id="99000002,7,99000001", rettype="uilist").text == "99000002\n99000001\n"
    xml = ask(sandbox, "efetch", id="99000002", rettype="uilist", retmode="xml").xml
    assert [one.text for one in xml.findall("Id")] == ["99000002"]


def test_the_abstract_format_has_title_authors_abstract_and_identifiers(sandbox: Sandbox) -> None:
    text = ask(sandbox, "efetch", id="99000033,99000034", rettype="abstract", retmode="text").text
    assert text.startswith("1. J Made Up Psychiatry. 2026 Mar;36.")
    assert "Madeup A, Fictus B, Roe R," in text
    assert "PMCID: PMC99000033\nPMID: 99000033 [Publisher]" in text
    assert "\n2. J Made Up Psychiatry." in text
