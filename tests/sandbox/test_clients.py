"""Real clients work against the sandbox with nothing changed but the address.

Owns Bio.Entrez (its urlopen swapped) and NCBI's EDirect (-base). Never uses a client of ours.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from litwatch.sandbox.server import Sandbox

NCBI = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
QUERY = "ketamine[tiab] AND depression[tiab] AND 2026/03/01:2026/03/05[crdt]"


@pytest.fixture
def entrez(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("HOME", str(tmp_path))
    from Bio import Entrez

    monkeypatch.setattr(Entrez, "email", "test@example.org")
    monkeypatch.setattr(Entrez, "sleep_between_tries", 0)
    with Sandbox(today="2026-03-30", synthetic=500) as sandbox:
        original = urllib.request.urlopen

        def swapped(request: urllib.request.Request) -> HTTPResponse:
            url = request.full_url.replace(NCBI, sandbox.base_url)
            assert url.startswith(sandbox.base_url)
            answer: HTTPResponse = original(urllib.request.Request(url, data=request.data))
            return answer

        monkeypatch.setattr(Entrez, "urlopen", swapped)
        yield Entrez


def test_biopython_searches_and_fetches_through_history(entrez: Any) -> None:
    with entrez.esearch(db="pubmed", term=QUERY, usehistory="y") as handle:
        found = entrez.read(handle)
    assert found["IdList"] == ["99000021"]
    with entrez.efetch(
        db="pubmed", WebEnv=found["WebEnv"], query_key=found["QueryKey"], retmode="xml"
    ) as handle:
        articles = entrez.read(handle)["PubmedArticle"]
    assert [str(one["MedlineCitation"]["PMID"]) for one in articles] == found["IdList"]


def test_every_shipped_and_synthetic_record_is_valid_by_nlms_dtd(entrez: Any) -> None:
    ids = ",".join(str(pmid) for pmid in [*range(99000001, 99000065), *range(99100001, 99100101)])
    with entrez.efetch(db="pubmed", id=ids, retmode="xml") as handle:
        articles = entrez.read(handle, validate=True)["PubmedArticle"]
    assert len(articles) == 163


def test_biopython_reads_epost_esummary_and_einfo(entrez: Any) -> None:
    with entrez.epost(db="pubmed", id="99000001,99000002") as handle:
        posted = entrez.read(handle)
    with entrez.esummary(db="pubmed", WebEnv=posted["WebEnv"], query_key=posted["QueryKey"]) as handle:
        summaries = entrez.read(handle)
    assert [str(one["Id"]) for one in summaries] == ["99000001", "99000002"]
    assert summaries[0]["AuthorList"] == ["Madeup A", "Fictus B", "Nemo C"]
    with entrez.einfo(db="pubmed") as handle:
        fields = entrez.read(handle)["DbInfo"][0]["FieldList"]
    assert {"TIAB", "CRDT", "UID"} <= {str(field["Name"]) for field in fields}
    with entrez.einfo() as handle:
        assert entrez.read(handle)["DbList"] == ["pubmed"]


def test_biopython_raises_on_the_error_of_an_empty_search(entrez: Any) -> None:
    with entrez.esearch(db="pubmed", term="") as handle, pytest.raises(RuntimeError, match="Empty term"):
        entrez.read(handle)


def test_biopython_reads_medline_text(entrez: Any) -> None:
    from Bio import Medline

    with entrez.efetch(db="pubmed", id="99000033,99000030", rettype="medline", retmode="text") as handle:
        records: Any = Medline
        first, second = records.parse(StringIO(handle.read()))
    assert first["PMID"] == "99000033"
    assert first["TI"].startswith("Esketamine nasal spray against an active comparator")
    assert "P = 0.17" in first["AB"]
    assert first["PT"] == ["Journal Article", "Randomized Controlled Trial", "Multicenter Study"]
    assert first["SI"] == ["ClinicalTrials.gov/NCT00000033"]
    assert first["CRDT"] == ["2026/03/09 06:00"]
    assert second["TT"].startswith("Esketamin bei Depression")
    assert second["LA"] == ["ger"]


@pytest.mark.full
@pytest.mark.skipif(
    not shutil.which("esearch") or not shutil.which("efetch"),
    reason="EDirect (Debian package ncbi-entrez-direct) is not installed",
)
def test_edirect_searches_and_fetches_with_base(tmp_path: Path) -> None:
    with Sandbox(today="2026-03-30", synthetic=500) as sandbox:

        def run(command: str) -> str:
            script = command.replace("BASE", f"-base {sandbox.base_url}")
            done = subprocess.run(
                ["/bin/bash", "-o", "pipefail", "-c", script],
                capture_output=True,
                text=True,
                check=False,
                timeout=100,
                env={**os.environ, "HOME": str(tmp_path)},
            )
            assert (done.returncode, done.stderr) == (0, "")
            return done.stdout

        search = f"esearch BASE -db pubmed -query '{QUERY}'"
        assert run(f"{search} | efetch BASE -format uilist") == "99000021\n"
        titles = run(
            f"{search} | efetch BASE -format xml | xtract -pattern PubmedArticle -element ArticleTitle"
        )
        assert titles.startswith("Subcutaneous racemic ketamine")
        sources = run(
            f"{search} | efetch BASE -format docsum | xtract -pattern DocumentSummary -element Id Source"
        )
        assert sources == "99000021\tJ Made Up Psychiatry\n"
        assert "PMID- 99000001" in run("efetch BASE -db pubmed -id 99000001 -format medline")
        found = run(
            "esearch BASE -db pubmed -query 'ketamine [TIAB] AND depression [TIAB]' |"
            " efetch BASE -format uilist"
        )
        assert len(found.splitlines()) == 33 + 50
