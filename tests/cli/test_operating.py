"""`init` writes what runs and never overwrites, `check` names mistakes, `schema` prints what editors read.

Owns the three commands. Never tests single mistakes (tests/config/mistakes.toml).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from config.good_config import write
from litwatch.cli import operating
from litwatch.cli.check import command as checking
from litwatch.cli.context import Context
from litwatch.edge.config import load
from litwatch.edge.shipped import config_directory
from litwatch.errors import ConfigError, UsageError

app = typer.Typer()
for part in (operating, checking):
    app.add_typer(part.app)

SHIPPED = [
    "examples/neurosteroids-postpartum.toml",
    "examples/psilocybin-depression.toml",
    "facets.toml",
    "litwatch.toml",
    "subscribers.toml",
    "watches/ketamine-depression.toml",
]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory, and no variable of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("LITWATCH_"):
            monkeypatch.delenv(name)


def run(*words: str, config: Path | None = None) -> Result:
    return CliRunner().invoke(app, words, obj=Context(config))


def files(directory: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(directory)): p.read_bytes() for p in sorted(directory.rglob("*")) if p.is_file()
    }


def test_init_writes_the_shipped_set_which_runs_as_it_is() -> None:
    result = run("init", "mine/new")
    assert result.exit_code == 0
    assert list(files(Path("mine/new"))) == SHIPPED
    assert files(Path("mine/new"))["litwatch.toml"] == (config_directory() / "litwatch.toml").read_bytes()
    assert load(Path("mine/new"), {}).subscribers[0].address == "you@example.org"
    assert "litwatch --config mine/new check" in result.stdout


@pytest.mark.parametrize("var", ["/var/lib/litwatch", 'beside "it"'])
def test_init_puts_all_that_runs_write_into_another_folder(var: str) -> None:
    assert run("init", "etc", "--var", var).exit_code == 0
    settings, folder = load(Path("etc"), {}).settings, Path(var).absolute()
    assert settings.store.url == f"sqlite:///{folder}/litwatch.sqlite3"
    assert settings.mail.outbox == folder / "outbox"
    assert settings.mesh.file == folder / "mesh.sqlite3"
    lines = Path("etc/litwatch.toml").read_text("utf-8").splitlines()
    assert [line for line in lines if '"var/' in line or "//var/litwatch" in line] == []


def test_init_without_a_folder_writes_where_the_other_commands_look() -> None:
    assert "litwatch check" in run("init").stdout
    assert list(files(Path("config"))) == SHIPPED
    assert run("init", config=Path("named")).exit_code == 0
    assert list(files(Path("named"))) == SHIPPED


@pytest.mark.parametrize("there", SHIPPED)
def test_init_overwrites_nothing_and_names_what_is_there(there: str) -> None:
    path = Path("mine") / there
    path.parent.mkdir(parents=True)
    path.write_text("my own", encoding="utf-8")
    result = run("init", "mine")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == f"nothing was written, because there is already mine/{there}"
    assert files(Path("mine")) == {there: b"my own"}


def test_init_leaves_other_files_of_the_folder_alone() -> None:
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("my own", encoding="utf-8")
    assert run("init", "mine").exit_code == 0
    assert files(Path("mine"))["notes.txt"] == b"my own"


def test_init_takes_back_what_it_wrote_when_it_cannot_write_all() -> None:
    Path("mine").mkdir()
    Path("mine/watches").touch()
    result = run("init", "mine")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith("nothing was written: mine/watches")
    assert files(Path("mine")) == {"watches": b""}


def test_init_takes_back_every_file_when_the_last_ones_cannot_be_written() -> None:
    Path("mine").mkdir()
    Path("mine/examples").symlink_to("/proc/self")  # not even root writes a file there
    result = run("init", "mine")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(
        "nothing was written: mine/examples/neurosteroids-postpartum.toml: "
    )
    assert files(Path("mine")) == {}


def test_check_says_what_the_configuration_holds() -> None:
    facets = "[design.rct]\nlabel = 'RCT'\nquery = 'randomized[tiab]'\nunless = 'protocol[ti]'\n"
    facets += "sentence = 'randomized[tiab] AND patients[tiab]'\n"
    result = run("check", config=write(Path.cwd(), {"facets.toml": facets}))
    assert result.exit_code == 0
    # The search, the design, what takes it away or earns it, too, and the topics.
    assert result.stdout.split("\n")[1:3] == [
        "watch        ketamine: 6 queries, 2 topics",
        "watch        psilocybin: 5 queries, 1 topic",
    ]
    assert "subscribers  1 subscriber, 1 subscription\n" in result.stdout
    assert result.stdout.endswith("no mistakes, 0 warnings\n")
    assert result.stderr == ""


def test_check_without_a_configuration_checks_the_shipped_one_and_says_so() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert f"config       {config_directory()} (as shipped;" in result.stdout
    assert "warning: " in result.stderr  # no address for NCBI


def test_check_of_a_folder_that_is_named_and_not_there_is_wrong_use() -> None:
    result = run("check", config=Path("nowhere"))
    assert isinstance(result.exception, UsageError)
    assert "litwatch init nowhere" in str(result.exception)


def test_check_names_every_mistake_and_their_number() -> None:
    directory = write(Path.cwd(), {"litwatch.toml": "[mial]", "subscribers.toml": "x = 1"})
    result = run("check", config=directory)
    assert isinstance(result.exception, ConfigError)
    first, *rest = str(result.exception).split("\n")
    assert first == "2 mistakes in the configuration:"
    assert [line.partition(": ")[2].partition(":")[0] for line in rest] == ["mial", "x"]


def test_check_for_programs_has_the_same_with_and_without_mistakes() -> None:
    good = json.loads(run("check", "--json", config=write(Path.cwd())).stdout)
    assert good["ok"] is True
    assert good["watches"][0] == {
        "name": "ketamine",
        "title": "Ketamine",
        "queries": 4,
        "topics": ["efficacy", "safety"],
    }
    assert (good["mistakes"], good["warnings"]) == ([], [])
    result = run("check", "--json", config=write(Path.cwd(), {"litwatch.toml": "[mial]"}))
    assert result.exit_code == 2
    [mistake] = json.loads(result.stdout)["mistakes"]
    assert mistake == {
        "file": str(Path.cwd() / "litwatch.toml"),
        "key": "mial",
        "message": "is no table that litwatch knows",
        "hint": "did you mean `mail`?",
    }


def test_check_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITWATCH_STORE__URL", "postgresql://me:hunter2@db/papers")
    monkeypatch.setenv("LITWATCH_MAIL__USERNAME", "hunter2")
    monkeypatch.setenv("LITWATCH_MAIL__PASSWORD", "hunter2")
    for words in (["check"], ["check", "--json"]):
        result = run(*words, config=write(Path.cwd()))
        assert result.exit_code == 0
        assert "hunter2" not in result.output
        assert "postgresql+psycopg://me:***@db/papers" in result.stdout


@pytest.mark.parametrize("name", ["litwatch", "facets", "watch", "subscribers", "papers", "tune", "recall"])
def test_schema_prints_each_alone_and_all_by_name(name: str) -> None:
    alone = json.loads(run("schema", name).stdout)
    assert alone["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(run("schema").stdout)[name] == alone


def test_schema_of_something_else_is_wrong_use() -> None:
    result = run("schema", "watchs")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == "there is no schema `watchs`; did you mean `watch`?"
