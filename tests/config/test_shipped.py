"""What litwatch ships runs as it is, fits its own JSON Schema, and is documented key by key.

Owns config/ as shipped and docs/configuration.md. Never asks whether the queries find the right papers.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from datetime import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from config.reference import tables
from litwatch.decide.due import Schedule
from litwatch.edge.config import json_schema, load
from litwatch.edge.shipped import config_directory, templates_directory
from litwatch.errors import UsageError
from world import ROOT

FILES = {
    "litwatch.toml": "litwatch",
    "facets.toml": "facets",
    "subscribers.toml": "subscribers",
    "watches/ketamine-depression.toml": "watch",
}

TOPICS = {
    "efficacy",
    "safety",
    "long_term",
    "rapid_onset",
    "treatment_resistance",
    "suicidality",
    "bipolar",
    "dosing_route",
    "mechanism",
    "cognition",
    "misuse",
    "relapse_maintenance",
    "access_practice",
}


def test_the_checkout_s_own_files_are_found() -> None:
    assert config_directory() == ROOT / "config"
    assert templates_directory() == ROOT / "templates"


def test_it_runs_as_it_is_with_one_example_reader() -> None:
    config = load(config_directory(), {})
    assert [watch.name for watch in config.watches] == ["ketamine-depression"]
    assert config.watches[0].look == "daily"
    assert config.watches[0].sentinels == ()
    [reader] = config.subscribers
    assert reader.address == "you@example.org"
    [subscription] = reader.subscriptions
    assert subscription.schedule == Schedule("weekly", "monday", 1, time(7), "UTC")
    assert config.settings.mail.transport == "folder"
    assert config.settings.pubmed.base_url == "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"


def test_its_topics_are_the_thirteen_that_other_programs_rely_on() -> None:
    topics = load(config_directory(), {}).watches[0].rules.facet("topics")
    assert topics is not None
    assert {entry.id for entry in topics.entries} == TOPICS
    assert [entry.id for entry in topics.entries][:3] == ["efficacy", "safety", "long_term"]


def test_every_key_in_a_comment_of_the_ops_file_is_a_key(tmp_path: Path) -> None:
    """What is written as `# key = value` works once the # is taken away."""
    for path in config_directory().glob("*.toml"):
        shutil.copy(path, tmp_path)
    shutil.copytree(config_directory() / "watches", tmp_path / "watches")
    for name in ("litwatch.toml", "subscribers.toml"):
        lines = (config_directory() / name).read_text(encoding="utf-8").split("\n")
        uncovered = [
            line[2:] if line.startswith(("# [[", "# ")) and is_setting(line[2:]) else line for line in lines
        ]
        assert uncovered != lines
        # The second address of the store stands beside the first one.
        text = "\n".join(uncovered).replace('url = "sqlite:///var/litwatch.sqlite3"\n', "")
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "readers.csv").write_text("address,watches\nthree@example.org,ketamine-depression\n", "utf-8")
    config = load(tmp_path, {"LITWATCH_INBOX__USERNAME": "litwatch", "LITWATCH_INBOX__PASSWORD": "x"})
    assert config.settings.operator.address == "it@example.org"
    assert config.settings.store.url == "postgresql+psycopg://litwatch@db.example.org/litwatch"
    assert len(config.subscribers) == 3
    assert config.subscribers[0].subscriptions[0].topics == ("efficacy", "safety", "long_term")


def is_setting(text: str) -> bool:
    key, equals, _ = text.partition(" = ")
    return text.startswith("[[") or (bool(equals) and key.isidentifier())


@pytest.mark.parametrize("file", FILES)
def test_it_fits_the_schema_that_litwatch_prints(file: str) -> None:
    schema = json_schema(FILES[file])
    Draft202012Validator.check_schema(schema)
    toml = tomllib.loads((config_directory() / file).read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(toml)) == []


@pytest.mark.parametrize("file", FILES)
def test_the_schema_refuses_what_load_refuses(file: str) -> None:
    validator = Draft202012Validator(json_schema(FILES[file]))
    assert not validator.is_valid({"quux": 1})
    assert not Draft202012Validator(json_schema("litwatch")).is_valid({"mail": {"password": "x"}})
    assert not Draft202012Validator(json_schema("litwatch")).is_valid({"mail": {"transport": "smpt"}})
    assert not Draft202012Validator(json_schema("facets")).is_valid({"design": {"rct": {"label": "x"}}})


def test_every_key_of_the_schema_is_described() -> None:
    for file in FILES.values():
        schema = json_schema(file)
        for table in (schema, *schema.get("$defs", {}).values()):
            assert table["description"]
            for key, part in table["properties"].items():
                described = schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
                assert described.get("description"), (file, key)
                assert "null" not in json.dumps(part), (file, key)


def test_an_unknown_schema_is_wrong_use() -> None:
    with pytest.raises(
        UsageError, match="there is no schema `wach`; there is litwatch, facets, watch, subscribers"
    ):
        json_schema("wach")


@pytest.mark.parametrize(("heading", "lines"), tables().items(), ids=list(tables()))
def test_the_reference_has_every_key_as_the_models_have_it(heading: str, lines: list[str]) -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    # `PYTHONPATH=tests .venv/bin/python tests/config/reference.py` prints the tables.
    assert "\n" + "\n".join(lines) + "\n" in text, heading
