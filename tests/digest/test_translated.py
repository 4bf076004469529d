"""A template is translated once in a process, and again as soon as it says something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2.compiler import CodeGenerator

from digest.samples import digest
from litwatch.edge.render import Renderer
from litwatch.edge.render.translated import Translated
from world import ROOT

TEMPLATES = ROOT / "templates"


class Again(Exception):
    """A template was translated."""


class Refuses(CodeGenerator):
    """Translates nothing."""

    def visit_Template(self, *_: Any) -> None:  # noqa: N802  # as Jinja calls it
        raise Again


class Strict(jinja2.Environment):
    """An environment that has no translator of its own."""

    code_generator_class = Refuses


def test_what_one_environment_has_translated_another_only_runs(tmp_path: Path) -> None:
    kept, loader = Translated(), jinja2.FileSystemLoader(tmp_path)
    path = tmp_path / "word.txt"
    path.write_text("{{ word }}!", encoding="utf-8")
    assert (
        jinja2.Environment(loader=loader, bytecode_cache=kept).get_template("word.txt").render(word="a")
        == "a!"
    )
    assert Strict(loader=loader, bytecode_cache=kept).get_template("word.txt").render(word="b") == "b!"
    path.write_text("{{ word }}?", encoding="utf-8")
    with pytest.raises(Again):
        Strict(loader=loader, bytecode_cache=kept).get_template("word.txt")


def test_a_template_of_ones_own_is_rendered_as_it_is_now(tmp_path: Path) -> None:
    for said in ("One", "Two"):
        (tmp_path / "digest.subject.txt").write_text(said, encoding="utf-8")
        assert Renderer(TEMPLATES, tmp_path).subject(digest()) == said
    (tmp_path / "digest.subject.txt").unlink()
    assert Renderer(TEMPLATES, tmp_path).subject(digest()) not in ("One", "Two")
