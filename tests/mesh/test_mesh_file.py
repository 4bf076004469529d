"""Proves the MeSH file: what is shipped, what is told of a broken one, and that it goes to other processes."""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from litwatch.edge.mesh import SHIPPED, MeshDamaged, MeshFile, MeshTooNew, mesh_in_use
from litwatch.edge.mesh.sources import read_source
from litwatch.edge.mesh.writing import Contents, write
from litwatch.errors import LitwatchError
from litwatch.query.mesh import Heading
from litwatch.query.nlm_tables import Subheading, shipped_subheadings
from world import shared

SMALL = Contents(
    "2031",
    "made up",
    (
        Heading("D900002", "Pot of Tea", ("J99.100",), ("teapot", "kettle")),
        Heading("D900001", "Kettle", ("J99",), ("Boiler, Kitchen",)),
        Heading("", "Older Kettle", ("J99.100.200", "J99.1005")),
    ),
    (
        Subheading("zz", "sleep & wake", ("Y99.100",)),
        Subheading("zy", "naps", ("Y99.100.010",)),
        Subheading("zx", "beds", ("Y99.1005",)),
    ),
)


def test_what_is_shipped_is_mesh_2021_with_its_source() -> None:
    about = MeshFile().about()
    assert about.version == "2021, NLM"
    assert about.headings > 29_000
    assert about.entry_terms > 200_000
    assert about.subheadings == 76
    assert MeshFile().all_subheadings() == tuple(sorted(shipped_subheadings(), key=lambda one: one.name))


def test_what_is_shipped_is_what_scripts_build_mesh_makes_of_the_table(tmp_path: Path) -> None:
    source = read_source(shared("mesh/descriptors-2021.tsv.gz"))
    made = tmp_path / "made.sqlite3"
    write(made, Contents(source.year, "NLM", source.headings, shipped_subheadings()))
    for table in ("about", "heading", "name", "tree", "subheading"):
        assert rows_of(made, table) == rows_of(SHIPPED, table), table


def rows_of(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def test_the_same_headings_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.sqlite3", tmp_path / "b.sqlite3"
    write(first, SMALL)
    write(second, Contents(SMALL.year, SMALL.source, SMALL.headings[::-1], SMALL.subheadings))
    assert first.read_bytes() == second.read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.sqlite3", "b.sqlite3"]


def test_a_name_is_stronger_than_an_entry_term_and_a_tree_number_ends_at_its_full_stop(
    tmp_path: Path,
) -> None:
    path = tmp_path / "small.sqlite3"
    write(path, SMALL)
    mesh = MeshFile(path)

    def found(name: str) -> str | None:
        heading = mesh.find(name)
        return heading.name if heading else None

    asked = ("kettle", "KETTLE", "boiler kitchen", "Teapot", "d900002", "older-kettle", "pan", "")
    assert [found(name) for name in asked] == [
        "Kettle", "Kettle", "Kettle", "Pot of Tea", "Pot of Tea", "Older Kettle", None, None,
    ]  # fmt: skip
    below = {name: [one.name for one in mesh.explode(heading)] for name in ("kettle", "teapot", "older kettle")
             if (heading := mesh.find(name))}  # fmt: skip
    assert below == {
        "kettle": ["Kettle", "Pot of Tea", "Older Kettle"],
        "teapot": ["Pot of Tea", "Older Kettle"],
        "older kettle": ["Older Kettle"],
    }
    assert mesh.subheadings("sleep and wake") == mesh.subheadings("ZZ") == {"sleep and wake", "naps"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Depresion", ("Depression",)),
        ("major depresive disorder", ("Depressive Disorder, Major",)),  # by an entry term
        ("Alzheimers disease", ("Alzheimer Disease",)),
        ("Kteamine", ("Ketamine",)),
        ("Ketamine infusion", ("Ketamine",)),  # by its first words
        ("Bipolar", ("Bipolar Disorder", "Bipolar and Related Disorders", "Retinal Bipolar Cells")),
        ("qqqq", ()),
        ("", ()),
        ("*", ()),
        ("s" * 100_000, ()),
    ],
)
def test_a_name_that_no_heading_has_is_told_what_was_meant(name: str, meant: tuple[str, ...]) -> None:
    assert MeshFile().near(name, 3) == meant


@pytest.mark.parametrize(
    ("word", "begins"), [("nasal", True), ("Ketamine", True), ("atack", False), ("keta", False), ("", False)]
)
def test_a_word_begins_a_name_or_does_not(word: str, begins: bool) -> None:
    assert MeshFile().begins_with(word) is begins


def broken(path: Path, how: str) -> Path:
    if how == "cut":
        path.write_bytes(SHIPPED.read_bytes()[:5_000_000])
    elif how == "no database":
        path.write_text("ui\tname\n" * 1000)
    elif how == "empty":
        path.touch()
    elif how == "a folder":
        path.mkdir()
    elif how == "a link to nowhere":
        path.symlink_to(path.with_name("nowhere"))
    elif how == "overwritten":
        shutil.copy(SHIPPED, path)
        with path.open("r+b") as file:
            for place in range(4096, 16_000_000, 8192):
                file.seek(place)
                file.write(b"\xff" * 4096)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE arrival (pmid INTEGER)")
    return path


@pytest.mark.parametrize(
    "how", ["cut", "no database", "empty", "a folder", "a link to nowhere", "overwritten", "another database"]
)
def test_a_file_that_is_no_mesh_is_named_with_what_to_do(tmp_path: Path, how: str) -> None:
    path = broken(tmp_path / "mesh.sqlite3", how)
    mesh = mesh_in_use(path)
    for ask in (mesh.about, lambda: mesh.find("ketamine"), mesh.everything, mesh.all_subheadings):
        with pytest.raises(MeshDamaged) as told:
            ask()
        assert str(told.value).startswith(f"{path}: ")
        assert "litwatch mesh update" in str(told.value)
        assert "\n" not in str(told.value)


def test_a_file_of_a_newer_form_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mesh.sqlite3"
    write(path, SMALL)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(MeshTooNew, match=r"newer litwatch.*mesh update") as told:
        MeshFile(path).find("kettle")
    assert told.value.exit_code == 2


def test_it_lets_go_quietly_when_a_program_ends() -> None:
    code = "from litwatch.edge.mesh import MeshFile\nmesh = MeshFile()\nprint(mesh.find('ketalar').ui)"
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("D007649\n", "")


def test_the_users_file_is_used_where_it_is_and_the_shipped_one_where_it_is_not(tmp_path: Path) -> None:
    path = tmp_path / "mesh.sqlite3"
    assert mesh_in_use(path).version == "2021, NLM"
    write(path, SMALL)
    assert mesh_in_use(path).version == "2031, made up"


def test_a_folder_that_cannot_be_written_is_one_message_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LitwatchError, match="cannot be written"):
        write(tmp_path / "file" / "mesh.sqlite3", SMALL)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_it_answers_in_other_processes_too(start: str) -> None:
    mesh = MeshFile()
    expected = mesh.find("mood disorders")  # it is open in this process by now
    assert expected is not None
    with ProcessPoolExecutor(2, multiprocessing.get_context(start)) as pool:
        assert (
            list(pool.map(mesh.find, ["mood disorder", "affective disorders", "D019964"])) == [expected] * 3
        )
        assert pool.submit(mesh.explode, expected).result(60) == mesh.explode(expected)
    assert pickle.loads(pickle.dumps(mesh)).find("mood disorders") == expected


def test_a_forked_process_opens_the_file_itself(tmp_path: Path) -> None:
    """SQLite's connections must not cross a fork: what the child has stays open where the parent put it aside."""
    path = tmp_path / "mesh.sqlite3"
    write(path, SMALL)
    mesh = MeshFile(path)
    assert mesh.find("kettle") is not None  # it is open by now
    jug = Heading("D900003", "Jug", ("J99.300",))
    write(
        path, Contents("2032", "made up", (jug,), SMALL.subheadings)
    )  # a new file in the place of the old one
    fork = multiprocessing.get_context("fork")
    answer, question = fork.Pipe(duplex=False)
    child = fork.Process(target=lambda: question.send(mesh.find("jug")))
    child.start()
    assert answer.poll(60)
    assert answer.recv() == jug
    child.join(60)
    assert mesh.find("jug") is None  # the parent's connection is as it was
    assert mesh.find("pot of tea") is not None
