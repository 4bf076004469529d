"""Proves `mesh update`: NLM's forms are read, what changed is told, and on any fault the file in use stays."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from litwatch.edge.mesh import MeshFile
from litwatch.edge.mesh.sources import read_source
from litwatch.edge.mesh.updating import MuchIsGone, update
from litwatch.edge.mesh.writing import Contents, write
from litwatch.errors import LitwatchError, UsageError
from litwatch.query.mesh import Heading
from litwatch.query.nlm_tables import shipped_subheadings
from mesh.nlmfiles import ROWS, Row, descriptors, qualifiers

SMALL = Contents("2031", "NLM", tuple(Heading(*row) for row in ROWS), shipped_subheadings())
TABLE = "ui\tname\ttree_numbers\tentry_terms\n"


def test_descriptor_xml_is_read_as_nlm_writes_it(tmp_path: Path) -> None:
    source = read_source(descriptors(tmp_path / "desc2031.xml"))
    assert (source.kind, source.year) == ("descriptors", "2031")
    assert source.headings == tuple(Heading(*row) for row in ROWS)


def test_it_may_be_packed_and_the_dtd_tells_the_year_where_the_name_does_not(tmp_path: Path) -> None:
    plain = descriptors(tmp_path / "headings.xml", dtd_year="2033")
    packed = tmp_path / "headings.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_source(packed).headings == read_source(plain).headings
    assert read_source(packed).year == read_source(plain).year == "2033"


def test_a_newer_mesh_says_what_is_new_renamed_and_gone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "mesh.sqlite3"
    write(file, SMALL)
    rows = (
        ("D900001", "Made-up Disorders", ("F99",), ()),
        ("D900002", "Severe Made-up Disorder", ("F99.150",), ()),
        ("D900007", "Newly Made Up", ("F99.150.100",), ("Novelty",)),
    )
    changes = update(file, [descriptors(tmp_path / "desc2032.xml", rows)], force=True)
    assert (changes.before.version, changes.after.version) == ("2031, NLM", "2032, NLM")
    assert changes.new == ("Newly Made Up",)
    assert changes.renamed == (("Made-up Disorder, Severe", "Severe Made-up Disorder"),)
    assert changes.gone == ("Made-up Remedy",)
    mesh = MeshFile(file)
    severe = mesh.find("Made-up Disorder, Severe")
    assert severe is not None
    assert severe.ui == "D900002"  # a renamed heading goes on answering to its old name
    assert [one.name for one in mesh.explode(severe)] == ["Severe Made-up Disorder", "Newly Made Up"]
    assert mesh.find("made-up remedy") is None
    assert mesh.about().subheadings == 76  # no qualifiers were given


def test_an_update_that_changes_nothing_says_so_and_writes_the_same_bytes(tmp_path: Path) -> None:
    file, given = tmp_path / "mesh.sqlite3", descriptors(tmp_path / "desc2031.xml")
    update(file, [given], force=True)
    before = file.read_bytes()
    changes = update(file, [given])
    assert (changes.new, changes.renamed, changes.gone) == ((), (), ())
    assert file.read_bytes() == before


def test_a_tree_file_keeps_uis_and_entry_terms_by_name(tmp_path: Path) -> None:
    file = tmp_path / "mesh.sqlite3"
    write(file, SMALL)
    tree = tmp_path / "mtrees2032.bin"
    tree.write_text(
        "Made-Up Disorders;F99\nSevere Made-up Disorder;F99.150\nSevere Made-up Disorder;C99.200\nNew;F99.200\n"
    )
    changes = update(file, [tree])
    assert changes.after.version == "2032, NLM, tree file"
    assert changes.new == ("New",)
    assert changes.renamed == (("Made-up Disorder, Severe", "Severe Made-up Disorder"),)
    assert changes.gone == ()  # Made-up Remedy has no place in the tree, so it can stand in no tree file
    found = {one.name: (one.ui, one.trees) for one in MeshFile(file).everything()}
    assert found == {
        "Made-Up Disorders": ("D900001", ("F99",)),
        "Severe Made-up Disorder": ("D900002", ("F99.150", "C99.200")),
        "Made-up Remedy": ("D900003", ()),
        "New": ("", ("F99.200",)),
    }
    severe = MeshFile(file).find("mud more")
    assert severe is not None
    assert "Made-up Disorder, Severe" in severe.entry_terms


def test_qualifiers_bring_their_own_families(tmp_path: Path) -> None:
    file = tmp_path / "mesh.sqlite3"
    rows = (("therapy", "TH", ("Y11",)), ("care & comfort", "CC", ("Y11.005",)), ("comfort", "CF", ("Y12",)))
    changes = update(file, [qualifiers(tmp_path / "qual2031.xml", rows)], force=True)
    mesh = MeshFile(file)
    assert mesh.subheadings("th") == {"therapy", "care and comfort"}
    assert mesh.subheadings("care and comfort") == mesh.subheadings("cc") == {"care and comfort"}
    assert mesh.subheadings("drug therapy") == {"drug therapy"}
    assert (changes.after.version, changes.after.subheadings) == ("2021, NLM", 3)
    assert mesh.find("ketamine") is not None  # the headings stay


def test_our_own_table_is_read_too(tmp_path: Path) -> None:
    table = tmp_path / "descriptors-2031.tsv"
    table.write_text(
        TABLE + "D900001\tKettle, kitchen\tJ99;J98\tteapot|pot\n\tKettle (Kitchen)\tJ97\t\n\tStove\tJ96\t\n"
    )
    source = read_source(table)
    assert source.headings == (
        Heading("D900001", "Kettle, kitchen", ("J99", "J98", "J97"), ("teapot", "pot")),
        Heading("", "Stove", ("J96",)),
    )


def cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-200])
    return path


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def packed_and_cut(folder: Path) -> Path:
    whole = gzip.compress(descriptors(folder / "whole.xml").read_bytes())
    return written(folder / "desc2031.gz", whole[:-50])


FAULTS: dict[str, tuple[Callable[[Path], list[Path]], str]] = {
    "cut XML": (lambda folder: [cut(descriptors(folder / "desc2031.xml"))], "ends in the middle"),
    "cut gzip": (lambda folder: [packed_and_cut(folder)], "ends in the middle"),
    "cut tree file": (
        lambda folder: [written(folder / "mtrees2031.bin", "Kettle;J99\nStove;J99.100\nSto")],
        "line 3",
    ),
    "tree number cut": (
        lambda folder: [written(folder / "mtrees2031.bin", "Kettle;J99\nStove;J99.1")],
        "line 2",
    ),
    "cut table": (
        lambda folder: [written(folder / "mesh-2031.tsv", TABLE + "D1\tKettle\tJ99\t\nD2\tSto")],
        "line 3",
    ),
    "no such file": (lambda folder: [folder / "desc2031.xml"], "No such file"),
    "a folder": (lambda folder: [folder], "directory"),
    "empty": (lambda folder: [written(folder / "desc2031.xml", "")], "it is empty"),
    "records of papers": (
        lambda folder: [
            written(folder / "2031.xml", "<?xml version='1.0'?>\n<PubmedArticleSet></PubmedArticleSet>")
        ],
        "its root is <PubmedArticleSet>",
    ),
    "supplementary concepts": (
        lambda folder: [written(folder / "supp2031.xml", "<SupplementalRecordSet></SupplementalRecordSet>")],
        "SupplementalRecordSet",
    ),
    "a text": (lambda folder: [written(folder / "2031.txt", "Dear colleague,\nhello")], "begins with"),
    "bytes": (lambda folder: [written(folder / "2031.bin", bytes(range(256)) * 9)], "no MeSH"),
    "no headings": (lambda folder: [descriptors(folder / "desc2031.xml", ())], "holds no DescriptorRecord"),
    "no UI": (
        lambda folder: [descriptors(folder / "desc2031.xml", (("", "Kettle", (), ()),))],
        "has no DescriptorUI",
    ),
    "one UI for two headings": (
        lambda folder: [descriptors(folder / "desc2031.xml", (*ROWS, ("D900002", "Kettle", (), ())))],
        "near line 73, `Kettle`, has the UI D900002 of `Made-up Disorder, Severe` above",
    ),
    "one UI for two rows": (
        lambda folder: [written(folder / "mesh-2031.tsv", TABLE + "D1\tKettle\tJ99\t\nD1\tStove\tJ98\t\n")],
        "line 3, `Stove`, has the UI D1 of `Kettle` above",
    ),
    "no year": (lambda folder: [written(folder / "tree.bin", "Kettle;J99\n")], "of which year"),
    "two of one kind": (
        lambda folder: [descriptors(folder / "desc2031.xml"), descriptors(folder / "desc2031-again.xml")],
        "second file of descriptors",
    ),
    "two years": (
        lambda folder: [
            descriptors(folder / "desc2031.xml"),
            written(folder / "mtrees2032.bin", "Kettle;J99\n"),
        ],
        "2031, 2032",
    ),
    "an entity that would read a file": (
        lambda folder: [
            written(
                folder / "desc2031.xml",
                '<!DOCTYPE DescriptorRecordSet [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<DescriptorRecordSet>'
                "<DescriptorRecord><DescriptorUI>D1</DescriptorUI><DescriptorName><String>&x;</String>"
                "</DescriptorName></DescriptorRecord></DescriptorRecordSet>",
            )
        ],
        "has no DescriptorName",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_on_any_fault_the_file_in_use_stays_and_one_line_says_why(tmp_path: Path, fault: str) -> None:
    file = tmp_path / "var" / "mesh.sqlite3"
    write(file, SMALL)
    before = file.read_bytes()
    folder = tmp_path / "given"
    folder.mkdir()
    give, words = FAULTS[fault]
    with pytest.raises(LitwatchError) as told:
        update(file, give(folder))
    assert words in str(told.value)
    assert "given" in str(told.value) or fault == "two years"
    assert "\n" not in str(told.value)
    assert isinstance(told.value, UsageError) is (told.value.exit_code == 2)
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir()] == ["mesh.sqlite3"]


def test_a_damaged_file_in_use_is_no_hindrance(tmp_path: Path) -> None:
    file = tmp_path / "mesh.sqlite3"
    file.write_text("no database")
    changes = update(file, [descriptors(tmp_path / "desc2031.xml")], force=True)
    assert changes.before.version == "2021, NLM"
    assert MeshFile(file).version == "2031, NLM"


def headings(count: int) -> tuple[Row, ...]:
    return tuple((f"D{number:06}", f"Made-up {number}", (f"F99.{number:03}",), ()) for number in range(count))


def subheadings_but(gone: int) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return tuple((one.name, one.abbreviation.upper(), one.trees) for one in shipped_subheadings()[gone:])


@pytest.mark.parametrize(("known", "gone"), [(20, 1), (40, 2), (59, 2)])
def test_one_heading_in_twenty_may_go_and_no_more(tmp_path: Path, known: int, gone: int) -> None:
    file = tmp_path / "mesh.sqlite3"
    write(file, Contents("2031", "NLM", [Heading(*row) for row in headings(known)], shipped_subheadings()))
    before = file.read_bytes()
    too_few = descriptors(tmp_path / "desc2032.xml", headings(known)[gone + 1 :])
    with pytest.raises(MuchIsGone) as told:
        update(file, [too_few])
    assert f"desc2032.xml: {gone + 1} of the {known} headings in use would be gone (Made-up 0; " in str(
        told.value
    )
    assert told.value.gone == tuple(f"Made-up {number}" for number in range(gone + 1))
    assert told.value.exit_code == 1
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.glob("*.sqlite3*")] == ["mesh.sqlite3"]
    changes = update(file, [descriptors(tmp_path / "desc2032.xml", headings(known)[gone:])])
    assert len(changes.gone) == gone
    assert len(MeshFile(file).everything()) == known - gone


def test_a_tree_file_of_two_lines_is_refused_unless_it_is_forced(tmp_path: Path) -> None:
    file = tmp_path / "mesh.sqlite3"
    tree = written(tmp_path / "mtrees2032.bin", "Kettle;A01\nStove;A01.100\n")
    with pytest.raises(MuchIsGone, match=r"of the 29,719 headings in use would be gone .*--force"):
        update(file, [tree])
    assert not file.exists()
    assert update(file, [tree], force=True).new == ("Kettle", "Stove")


def test_three_of_seventy_six_subheadings_may_go_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "mesh.sqlite3"
    write(file, SMALL)
    before = file.read_bytes()
    with pytest.raises(MuchIsGone, match="4 of the 76 subheadings in use would be gone") as told:
        update(file, [qualifiers(tmp_path / "qual2031.xml", subheadings_but(4))])
    assert (told.value.gone, len(told.value.gone_subheadings)) == ((), 4)
    assert file.read_bytes() == before
    changes = update(file, [qualifiers(tmp_path / "qual2031.xml", subheadings_but(3))])
    assert changes.gone_subheadings == tuple(sorted(one.name for one in shipped_subheadings()[:3]))
    assert changes.after.subheadings == 73


def test_a_renamed_subheading_is_not_gone_and_one_without_abbreviation_keeps_the_known_one(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mesh.sqlite3"
    rows = [
        ("harmful effects" if code == "AE" else name, "" if code == "TO" else code, trees)
        for name, code, trees in subheadings_but(0)
    ]
    changes = update(file, [qualifiers(tmp_path / "qual2031.xml", (*rows, ("novelty", "", ("Y99",))))])
    assert (changes.gone_subheadings, changes.after.subheadings) == ((), 77)
    mesh = MeshFile(file)
    known = {one.name: one.abbreviation for one in mesh.all_subheadings()}
    assert (known["toxicity"], known["harmful effects"], known["novelty"]) == ("to", "ae", "")
    assert mesh.subheadings("ae") == {"harmful effects", "poisoning", "toxicity"}
