"""tag and match as a user calls them.

Owns their promises on made-up files, and on the shared corpus where it is there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from litwatch.edge.document_schema import json_schema
from world import shared

RECORD = """<PubmedArticle><MedlineCitation Status="Publisher"><PMID Version="{version}">{pmid}</PMID>
<Article><Journal><Title>Made-up Journal</Title></Journal><ArticleTitle>{title}</ArticleTitle>
<Abstract><AbstractText Label="RESULTS" NlmCategory="RESULTS">Depression scores fell (P = .01).</AbstractText>
<AbstractText Label="CONCLUSIONS" NlmCategory="CONCLUSIONS">Ketamine was well tolerated.</AbstractText></Abstract>
</Article></MedlineCitation></PubmedArticle>"""


def file_of(folder: Path, *records: str, end: str = "</PubmedArticleSet>", name: str = "records.xml") -> Path:
    path = folder / name
    path.write_text("<PubmedArticleSet>\n" + "\n".join(records) + "\n" + end, encoding="utf-8")
    return path


def record(pmid: int, title: str, version: int = 1) -> str:
    return RECORD.format(pmid=pmid, title=title, version=version)


def litwatch(*arguments: str | Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "litwatch", *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_record_is_tagged_in_file_order_as_the_schema_says(tmp_path: Path, jobs: str) -> None:
    titles = {99000001 + n: f"Ketamine for depression, part {n}: a randomised trial" for n in range(250)}
    path = file_of(tmp_path, *(record(pmid, title) for pmid, title in titles.items()))
    done = litwatch("tag", path, "--json", "--jobs", jobs)
    assert (done.returncode, done.stderr) == (0, "")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["pmid"] for one in found] == [str(pmid) for pmid in titles]
    validator = jsonschema.Draft202012Validator(json_schema())
    for one in found:
        validator.validate(one)
        assert one["design"] == "rct"
        assert one["sections"] == {"RESULTS": [9, 42], "CONCLUSIONS": [56, 84]}
        assert one["quotes"]["harm"] == "Ketamine was well tolerated."
        assert [span["text"] for span in one["tags"]["safety"]] == ["tolerated"]
        for spans in (*one["tags"].values(), *one["spans"].values()):
            for span in spans:
                if span["field"] in ("title", "abstract"):
                    assert one[span["field"]][span["start"] : span["end"]] == span["text"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_cut_file_gives_what_was_read_and_then_fails(tmp_path: Path, jobs: str) -> None:
    path = file_of(tmp_path, record(99000001, "Ketamine"), record(99000002, "Cut")[:300], end="")
    done = litwatch("tag", path, "--json", "--jobs", jobs)
    assert done.returncode == 1
    assert [json.loads(line)["pmid"] for line in done.stdout.splitlines()] == ["99000001"]
    assert done.stderr.count("\n") == 1
    assert str(path) in done.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_broken_record_is_named_and_the_others_are_tagged(tmp_path: Path, jobs: str) -> None:
    broken = record(99000002, "A & B")
    path = file_of(tmp_path, record(99000001, "Ketamine"), broken, record(99000003, "Esketamine"))
    done = litwatch("tag", path, "--json", "--jobs", jobs)
    assert done.returncode == 1
    assert [json.loads(line)["pmid"] for line in done.stdout.splitlines()] == ["99000001", "99000003"]
    assert "99000002" in done.stderr


def test_without_json_a_paper_is_told_in_lines(tmp_path: Path) -> None:
    done = litwatch("tag", file_of(tmp_path, record(99000001, "Ketamine for depression: a randomised trial")))
    assert done.returncode == 0
    assert "99000001  Ketamine for depression" in done.stdout
    assert "safety: tolerated" in done.stdout


def test_a_file_that_is_not_there_is_one_line_and_the_others_are_read(tmp_path: Path) -> None:
    done = litwatch("tag", tmp_path / "none.xml", file_of(tmp_path, record(99000001, "Ketamine")), "--json")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert "none.xml: No such file" in done.stderr


def test_match_prints_each_pmid_once_by_its_newest_version(tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        record(99000001, "Esketamine", version=2),
        record(99000001, "Ketamine", version=1),
        record(99000002, "Ketamine"),
        record(99000003, "Psilocybin"),
    )
    assert litwatch("match", "ketamine[ti]", path, path).stdout == "99000002\n"
    done = litwatch("match", "midazolam[ti]", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ketamine[ti] AND systematic[sb]", "systematic[sb]"),
        ("ketamine[tittle]", "tittle"),
        ("(ketamine", "("),
        ("", "query"),
    ],
)
def test_a_query_that_cannot_be_answered_here_is_no_guess(tmp_path: Path, query: str, said: str) -> None:
    done = litwatch("match", query, file_of(tmp_path, record(99000001, "Ketamine")))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            'ketamine[ti] or "depression"[tiab] or mood[ti]',
            [
                "`or` in lower case is a word to PubMed, not an operator (2 times); `litwatch match --lint` says more"
            ],
        ),
        (
            "ketamine AND tolerated",
            ["approximate: ketamine, tolerated have no field tag; PubMed may map them, here they are words"],
        ),
        (
            "ketamine",
            ["approximate: ketamine has no field tag; PubMed may map it, here it is words"],
        ),
        ("ketamine[ti] OR dep*[tiab] OR hasabstract", []),  # a warning, a hint and a filter: nothing is said
    ],
)
def test_match_says_on_stderr_where_pubmed_may_answer_otherwise(
    tmp_path: Path, query: str, said: list[str]
) -> None:
    done = litwatch("match", query, file_of(tmp_path, record(99000001, "Ketamine, mood and depression")))
    assert (done.returncode, done.stdout) == (0, "99000001\n")
    assert done.stderr.splitlines() == [f"litwatch: {line}" for line in said]


def test_explain_says_the_errors_of_a_query_of_ones_own(tmp_path: Path) -> None:
    path = file_of(tmp_path, record(99000001, "Ketamine"))
    done = litwatch("explain", path, "--query", "ketamine[ti] or mood")
    assert done.returncode == 0
    assert done.stderr == (
        "litwatch: `or` in lower case is a word to PubMed, not an operator; `litwatch match --lint` says more\n"
    )


@pytest.mark.parametrize("where", ["file", "stdin"])
def test_a_query_is_read_from_a_file_or_stdin(tmp_path: Path, where: str) -> None:
    path = file_of(tmp_path, record(99000001, "Ketamine"), record(99000002, "Kétamine"))
    text = "1. kétamine[ti]\r\n2. mood[ti]  # Grüße\r\n3. #1 NOT #2\r\n"
    strategy = tmp_path / "strategy.txt"
    strategy.write_bytes(b"\xef\xbb\xbf" + text.encode())
    given = strategy if where == "file" else "-"
    done = litwatch("match", "--query-file", given, path, given=text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "99000001\n99000002\n", "")
    strategy.write_text("ketamine[ti] or mood[ti]", encoding="utf-8")
    linted = litwatch("match", "--query-file", given, "--lint", given="ketamine[ti] or mood[ti]")
    assert linted.returncode == 2
    assert "[lower-case-operator]" in linted.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ketamine[ti]", "{records}", "--query-file", "{query}"), "give one of the two queries"),
        (("x " * 300, "{records}", "--query-file", "{query}"), "give one of the two queries"),
        ((), "give a query, or with --query-file FILE the file that it stands in"),
        (
            ("{records}",),
            "is a file, and no query stands before it; is the query in a file: --query-file FILE",
        ),
        (("--query-file", "{query}"), "name a file of records to match"),
        (("{records}", "--query-file", "{none}"), "none.txt: this query cannot be read: No such file"),
        (("{records}", "--query-file", "{folder}"), ": this query cannot be read: Is a directory"),
        (("{records}", "--query-file", "{latin}"), "latin.txt: this query is not UTF-8 (byte 2); save it as"),
        (("ketamine[ti]", "{records}", "--all"), "--all goes with --lint"),
    ],
)
def test_a_query_that_is_missing_double_or_unreadable_is_one_message(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "query.txt").write_text("ketamine[ti]", encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes("kétamine[ti]".encode("latin-1"))
    names = {
        "records": file_of(tmp_path, record(99000001, "Ketamine")),
        "query": tmp_path / "query.txt",
        "latin": tmp_path / "latin.txt",
        "none": tmp_path / "none.txt",
        "folder": tmp_path,
    }
    done = litwatch("match", *(one.format(**names) for one in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_lint_names_alike_findings_all_only_when_it_is_asked() -> None:
    query = " OR ".join(f"abc{letter}d efgh[ti]" for letter in "abcdefghijkl")
    short, whole = litwatch("match", "--lint", query), litwatch("match", "--lint", "--all", query)
    assert "abcld efgh" not in short.stdout.split("[unquoted-phrase]")[1].split("why:")[1]
    assert "and 5 more" in short.stdout
    assert "and 5 more" not in whole.stdout
    assert "abcld efgh" in whole.stdout.split("[unquoted-phrase]")[1].split("why:")[1]


@pytest.mark.parametrize("command", ["tag", "match"])
def test_reading_files_imports_no_store_and_no_scheduler(tmp_path: Path, command: str) -> None:
    path = file_of(tmp_path, record(99000001, "Ketamine"))
    arguments = ["litwatch", command, *(["ketamine[ti]"] if command == "match" else []), str(path)]
    program = (
        "import sys, litwatch.cli.main as main\n"
        f"sys.argv = {arguments!r}\n"
        "try:\n    main.main()\nexcept SystemExit:\n    pass\n"
        "kept = {'sqlalchemy', 'alembic', 'apscheduler', 'requests', 'jinja2'} & set(sys.modules)\n"
        "print(sorted(kept), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert "99000001" in done.stdout
    assert done.stderr.strip() == "[]"


def test_two_processes_tag_real_records_as_one_does() -> None:
    path = shared("corpus/ketamine.xml.gz")
    one, two = (litwatch("tag", path, "--json", "--jobs", jobs) for jobs in ("1", "2"))
    assert len(one.stdout.splitlines()) == 1168
    assert one.stdout == two.stdout
