"""Proves on NLM's real file and a made-up series after it that files and E-utilities agree to the last PMID."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from litwatch.sandbox.timeline import SHIPPED
from world import World, shared, world

BEFORE, LAST = "2026-03-11", "2026-03-28"
QUERY = 'depress*[tiab] OR "Mental Disorders"[mh] OR ketamine[tiab]'


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """PubMed with the records of NLM's file and the sandbox's own days, and a watch that matches hundreds of them."""
    folder = tmp_path_factory.mktemp("real")
    corpus = folder / "corpus"
    corpus.mkdir()
    for file in (shared("corpus/nlm-update-2021.xml.gz"), *SHIPPED.glob("*.xml")):
        (corpus / file.name).symlink_to(file)
    with world(folder / "site", corpus, today=BEFORE) as there:
        watch = there.config / "watches" / "ketamine-depression.toml"
        text = watch.read_text()
        begin = text.index("query = ")
        end = text.index(text[begin + 8 : begin + 11], begin + 11) + 3
        watch.write_text(f"{text[:begin]}query = '{QUERY}'{text[end:]}")
        there.environment["LITWATCH_PUBMED__FILES_URL"] = f"{there.pubmed.address}/pubmed/"
        yield there


def listed_by_pubmed(here: World) -> set[int]:
    asked = {"db": "pubmed", "term": QUERY, "retmax": "9999", "retmode": "json"}
    answer = requests.post(f"{here.pubmed.base_url}esearch.fcgi", data=asked, timeout=300).json()
    return set(map(int, answer["esearchresult"]["idlist"]))


@pytest.mark.timeout(900)
def test_files_and_e_utilities_agree_to_the_last_pmid(here: World) -> None:
    files = here.folder / "pubmed"
    for day in (BEFORE, LAST):
        here.pubmed.set_today(day)
        now = f"{day}T07:05:00Z"
        mirrored = here.litwatch("mirror", str(files), "--baseline")
        assert mirrored.code == 0, mirrored.err
        scanned = here.litwatch("scan", str(files), "--keep", str(here.folder / "kept"))
        assert scanned.code == 0, scanned.err
        found = {int(line.split("\t")[0]) for line in scanned.out.splitlines()}
        assert found == listed_by_pubmed(here)
        assert len(found) > 500
        collected = here.litwatch("collect", "--now", now, "--accept")
        assert collected.code == 0, collected.err
        audited = here.litwatch("audit", str(files))
        assert audited.code == 0, audited.err
        assert f": 0 missing of {len(found):,} that match" in audited.err
    refreshed = here.litwatch("refresh", "--from", str(files), "--now", now, "--json")
    assert refreshed.code == 0, refreshed.err
    [of_files] = refreshed.objects()
    [of_pubmed] = here.litwatch("refresh", "--now", f"{LAST}T09:05:00Z", "--json").objects()
    assert of_files["requests"] == 0
    assert (of_pubmed["notices"], of_pubmed["gone"]) == ([], []), "the files had told of all of it"
