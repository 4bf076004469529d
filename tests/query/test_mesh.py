"""Proves headings and subheadings by a table of NLM's rules, on the MeSH that is shipped."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from litwatch.edge.mesh import MeshFile
from litwatch.edge.mesh.writing import Contents, write
from litwatch.paper import MeshHeading, Paper, Qualifier
from litwatch.query.leaves import Vocabulary
from litwatch.query.lint import lint
from litwatch.query.match import Scope, compile_scopes, matches
from litwatch.query.mesh import Heading, asked_headings, asks_mesh
from litwatch.query.nlm_tables import Subheading, shipped_subheadings, subheading_family, subheading_words
from litwatch.query.parse import parse

HERE = Path(__file__).parent
MESH = Vocabulary(MeshFile())


def heading(written: str) -> MeshHeading:
    """ "D007649 *Ketamine/*adverse effects": a UI or "-", the name, the subheadings; a star makes each major."""
    ui, _, rest = written.partition(" ")
    name, *qualifiers = rest.split("/")
    return MeshHeading(
        name.removeprefix("*"),
        ui.removeprefix("-"),
        name.startswith("*"),
        tuple(Qualifier(one.removeprefix("*"), major=one.startswith("*")) for one in qualifiers),
    )


def paper(*headings: str) -> Paper:
    return Paper(pmid=99000001, mesh=tuple(map(heading, headings)))


RULES = tomllib.loads((HERE / "mesh.toml").read_text("utf-8"))["rule"]
CASES = [
    (query, tuple(rule["headings"]), expected)
    for rule in RULES
    for expected, word in ((True, "yes"), (False, "no"))
    for query in rule[word]
]


@pytest.mark.parametrize(("query", "headings", "expected"), CASES)
def test_a_heading_is_found_as_nlm_says(query: str, headings: tuple[str, ...], expected: bool) -> None:
    assert matches(parse(query), paper(*headings), vocabulary=MESH) is expected


def test_all_cases_in_one_matcher_give_the_same_answers() -> None:
    matcher = compile_scopes([Scope(parse(query)) for query, _, _ in CASES], MESH)
    for headings in {headings for _, headings, _ in CASES}:
        reading = matcher.read(paper(*headings))
        for index, (query, asked, expected) in enumerate(CASES):
            if asked == headings:
                assert reading.matches(index) is expected, query


def test_without_a_loaded_mesh_a_heading_is_itself_and_a_subheading_its_family() -> None:
    trial = paper("D061218 Depressive Disorder, Treatment-Resistant/drug therapy")
    expected = {
        '"Depressive Disorder, Treatment-Resistant"[mh]': True,
        "D061218[mh]": True,
        '"Depressive Disorder"[mh]': False,
        '"depressive disorder, treatment-resistant/therapy"[mh]': True,
        "therapy[sh]": True,
        "therapy[sh:noexp]": False,
    }
    assert {query: matches(parse(query), trial) for query in expected} == expected


def test_the_words_of_the_heading_that_earned_it_are_shown_not_those_that_were_asked() -> None:
    trial = paper("D007649 Ketamine", "D061218 Depressive Disorder, Treatment-Resistant/therapy")
    for query in ('"Mood Disorders"[mh]', '"Mood Disorders/therapy"[mh]', "depress*/th[mh]"):
        (span,) = compile_scopes([Scope(parse(query))], MESH).read(trial).spans(0)
        assert span.text == trial.text("mesh")[span.start : span.end]
        assert "Treatment-Resistant" in span.text, query


def test_a_name_that_holds_a_slash_is_a_name(tmp_path: Path) -> None:
    file = tmp_path / "mesh.sqlite3"
    opioid = Heading("D900001", "Opioid Made Up", ("D99",), ("N/OFQ",))
    write(file, Contents("2031", "made up", (opioid,), shipped_subheadings()))
    known = Vocabulary(MeshFile(file))
    trial = paper("D900001 Opioid Made Up/therapeutic use")
    expected = {"n/ofq[mh]": True, "N/OFQ[mh:noexp]": True, "n/ofq/tu[mh]": True, "n/ofq/ae[mh]": False}
    assert {query: matches(parse(query), trial, vocabulary=known) for query in expected} == expected


def test_there_are_seventy_six_subheadings_and_every_family_is_whole() -> None:
    """Each finds itself by name, abbreviation and "and"; a family's families are in it, but for therapeutic use."""
    assert len(shipped_subheadings()) == len({one.abbreviation for one in shipped_subheadings()}) == 76
    for one in shipped_subheadings():
        family = subheading_family(one.name)
        assert (
            family == subheading_family(one.abbreviation) == subheading_family(one.name.replace("&", "and"))
        )
        assert subheading_words(one.name) in family
    assert subheading_family("no such subheading") == {"no such subheading"}
    assert subheading_family("therapeutic use") == {
        "therapeutic use",
        "administration and dosage",
        "adverse effects",
        "poisoning",
    }


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("ketamine[mh]", True),
        ("ketamine[tiab] NOT animals[mh:noexp]", True),
        ("ketamine[majr]", True),
        ("therapy[sh] OR x[ti]", True),
        ("ketamine[tw] AND humans[tiab]", False),
        ("review[pt] AND ketamine[nm]", False),
    ],
)
def test_only_headings_and_subheadings_need_mesh(query: str, asks: bool) -> None:
    assert asks_mesh(parse(query)) is asks


NEW = Subheading("nq", "neuroquantics & more", ("Y04.999",))


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> MeshFile:
    """A MeSH with one subheading more, in the family of metabolism, and without poisoning."""
    file = tmp_path_factory.mktemp("newer") / "mesh.sqlite3"
    brain = Heading("D001921", "Brain", ("A08.186.211",), ())
    kept = (one for one in shipped_subheadings() if one.abbreviation not in ("me", "po"))
    metabolism = Subheading("me", "metabolism", ("Y04",))
    write(file, Contents("2031", "made up", (brain,), (*kept, metabolism, NEW)))
    return MeshFile(file)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("brain/nq[mh]", True),
        ("brain/neuroquantics and more[mh]", True),
        ("brain/nq[mh:noexp]", True),
        ("brain/metabolism[mh]", True),
        ("brain/me[mh:noexp]", False),
        ("nq[sh]", True),
        ("neuroq*[sh]", True),
        ("brain/neuroq*[mh]", True),
    ],
)
def test_a_subheading_of_a_newer_mesh_is_one_wherever_it_is_asked_for(
    query: str, expected: bool, newer: MeshFile
) -> None:
    trial = paper("D001921 Brain/neuroquantics & more")
    assert matches(parse(query), trial, vocabulary=Vocabulary(newer)) is expected
    told = {"unknown-subheading", "subheading-as-heading", "unknown-heading"}
    assert {one.code for one in lint(query, newer)} & told == set()


def test_a_subheading_with_a_heading_before_it_asks_for_no_heading_of_both_names(newer: MeshFile) -> None:
    assert len(asked_headings("brain/nq", newer, explode=True)) == 1
    assert (
        len(asked_headings("brain/nq", None, explode=True)) == 2
    )  # unknown here: a name with a slash, perhaps


def test_lint_goes_by_the_subheadings_that_are_loaded(newer: MeshFile) -> None:
    assert "unknown-subheading" in {one.code for one in lint("brain/nq[mh]", MeshFile())}
    assert "unknown-subheading" in {one.code for one in lint("poisoning[sh]", newer)}
    assert "unknown-subheading" not in {one.code for one in lint("poisoning[sh]")}
    assert "lower-case-operator" not in {one.code for one in lint("neuroquantics and more[sh]", newer)}


def test_the_parser_goes_by_the_shipped_subheadings_whatever_is_loaded() -> None:
    assert [str(parse(text)) for text in ("brain/me", "brain/nq")] == ["brain/me[mh]", "brain/nq"]


def test_a_query_without_headings_does_not_open_the_file(tmp_path: Path) -> None:
    nowhere = Vocabulary(MeshFile(tmp_path / "nothing.sqlite3"))
    query = parse("ketamine[tiab] AND review[pt] AND english[la]")
    assert not matches(query, paper("D007649 Ketamine"), vocabulary=nowhere)
