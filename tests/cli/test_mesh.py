"""`mesh show`, `mesh update`, and that every command reads queries by the MeSH in use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mesh.nlmfiles import descriptors
from world import ROOT

RECORD = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>
<Article><Journal><Title>Made-up Journal</Title></Journal><ArticleTitle>A made-up paper</ArticleTitle></Article>
<MeshHeadingList><MeshHeading><DescriptorName UI="{ui}" MajorTopicYN="N">{name}</DescriptorName>
<QualifierName UI="Q000008" MajorTopicYN="N">administration &amp; dosage</QualifierName></MeshHeading>
</MeshHeadingList></MedlineCitation></PubmedArticle>"""


def papers(folder: Path) -> Path:
    path = folder / "papers.xml"
    rows = (
        (99000001, "D061218", "Depressive Disorder, Treatment-Resistant"),
        (99000002, "D003865", "Major Depressive Disorder"),
        (99000003, "D900002", "Severe Made-up Disorder"),
    )
    records = "".join(RECORD.format(pmid=pmid, ui=ui, name=name) for pmid, ui, name in rows)
    path.write_text(f"<PubmedArticleSet>{records}</PubmedArticleSet>", encoding="utf-8")
    return path


def litwatch(file: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "litwatch", "--config", ROOT / "config", *map(str, arguments)],
        env={"LITWATCH_MESH__FILE": str(file), "PYTHONPATH": str(ROOT / "src"), "HOME": str(file.parent)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )


def test_a_heading_is_shown_with_its_names_and_what_is_narrower(tmp_path: Path) -> None:
    file = tmp_path / "mesh.sqlite3"
    done = litwatch(file, "mesh", "show", "affective disorders")
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "Mood Disorders",
        "D019964",
        "F03.600",
        "disorders, affective",
        "Depressive Disorder (6 below)",
    ):
        assert words in done.stdout
    assert "MeSH 2021, NLM" in done.stdout
    found = json.loads(litwatch(file, "mesh", "show", "D019964", "--json").stdout)
    assert found["name"] == "Mood Disorders"
    assert found["trees"] == ["F03.600"]
    assert "mood disorder" in found["entry_terms"]
    assert found["below"] > len(found["narrower"])
    assert {"name": "Depressive Disorder", "ui": "D003866", "below": 6} in found["narrower"]
    assert found["version"] == "2021, NLM"


def test_a_subheading_is_shown_with_its_family(tmp_path: Path) -> None:
    found = json.loads(litwatch(tmp_path / "none", "mesh", "show", "ae", "--json").stdout)
    assert found["subheading"] == "adverse effects"
    assert found["finds"] == ["adverse effects", "poisoning", "toxicity"]


def test_an_unknown_heading_is_told_with_its_neighbours(tmp_path: Path) -> None:
    done = litwatch(tmp_path / "none", "mesh", "show", "Depressiv Disorder")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("litwatch: there is no heading `Depressiv Disorder` in MeSH 2021, NLM")
    assert "; did you mean Depressive Disorder? A query" in done.stderr


@pytest.mark.parametrize("bad", ["cut", "foreign"])
def test_an_update_is_used_from_then_on_and_a_bad_one_is_not(tmp_path: Path, bad: str) -> None:
    file, found = tmp_path / "var" / "mesh.sqlite3", papers(tmp_path)
    query = '"Mood Disorders/pharmacology"[mh] OR "Made-up Disorders/administration and dosage"[mh]'
    assert litwatch(file, "match", query, found).stdout.split() == ["99000001", "99000002"]
    given = descriptors(tmp_path / "desc2031.xml")
    done = litwatch(file, "mesh", "update", given, "--json")
    assert done.returncode == 1  # three headings: is the file whole?
    assert done.stderr.startswith(f"litwatch: {given}: 29,7")
    assert done.stderr.count("\n") == 1
    refused = json.loads(done.stdout)
    assert (refused["written"], refused["gone_subheadings"]) == (False, [])
    assert "Ketamine" in refused["gone"]
    assert refused["refused"] in done.stderr
    assert not file.exists()
    done = litwatch(file, "mesh", "update", given, "--json", "--force")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["before"], told["after"], told["headings"]) == ("2021, NLM", "2031, NLM", 3)
    assert (told["written"], told["gone_subheadings"]) == (True, [])
    assert "Ketamine" in told["gone"]
    assert litwatch(file, "match", query, found).stdout.split() == ["99000003"]
    given = descriptors(tmp_path / "desc2032.xml")
    given.write_bytes(given.read_bytes()[:900] if bad == "cut" else b"Dear colleague,")
    done = litwatch(file, "mesh", "update", given)
    assert (done.returncode, done.stdout) == (1 if bad == "cut" else 2, "")
    assert done.stderr.startswith(f"litwatch: {given}: ")
    assert done.stderr.count("\n") == 1
    assert litwatch(file, "match", query, found).stdout.split() == ["99000003"]


def test_a_damaged_mesh_is_one_message_where_headings_are_asked_and_none_elsewhere(tmp_path: Path) -> None:
    file, found = tmp_path / "mesh.sqlite3", papers(tmp_path)
    file.write_text("no database at all")
    assert litwatch(file, "match", "paper[ti]", found).stdout.count("\n") == 3
    for command in (
        ("match", "humans[mh]", found),
        ("tag", found, "--jobs", "2"),
        ("tag", found),
        ("mesh", "show", "x"),
    ):
        done = litwatch(file, *command)
        assert done.returncode == 1, command
        assert done.stdout == ""
        assert done.stderr.startswith(f"litwatch: {file}: this MeSH file cannot be read: "), command
        assert "litwatch mesh update" in done.stderr
        assert done.stderr.count("\n") == 1, done.stderr


def test_an_update_needs_a_configuration_of_ones_own(tmp_path: Path) -> None:
    """Else it would be written into the installed package."""
    done = subprocess.run(
        [sys.executable, "-m", "litwatch", "mesh", "update", "desc2031.xml"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "src"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "litwatch init" in done.stderr
