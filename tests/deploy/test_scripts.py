"""The scripts in Python run on a fresh clone, by whatever Python is there: each sets up its environment first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from world import ROOT

# What each needs beside litwatch itself.
GROUPS = {
    "year-of-faults": ["dev"],
    "soak": ["dev"],
    "million": ["dev"],
    "mail-speed": [],
    "bench": ["dev", "bench"],
    "compare-search-query": ["dev", "bench"],
    "psynamic": [],
}
# Stands for the Python of a new .venv: installs nothing, writes down what pip was asked for, and runs the rest.
PYTHON = """#!/bin/sh
case "$*" in
*" pip "*) echo "$*" >> "{asked}" ;;
*) exec "{python}" "$@" ;;
esac
"""


@pytest.mark.parametrize("script", GROUPS)
def test_a_script_sets_up_what_it_needs_and_nothing_before_needs_that(script: str, tmp_path: Path) -> None:
    clone, asked = tmp_path / "clone", tmp_path / "asked"
    shutil.copytree(ROOT / "scripts", clone / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", clone)
    (clone / "tests").symlink_to(ROOT / "tests")
    python = clone / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON.format(asked=asked, python=sys.executable), encoding="utf-8")
    python.chmod(0o755)
    base: str = sys._base_executable  # type: ignore[attr-defined]
    done = subprocess.run(
        [base, "-S", "-E", str(clone / "scripts" / script), "--help"],
        env={key: value for key, value in os.environ.items() if not key.startswith("LITWATCH")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout[:6]) == (0, "usage:"), done.stderr
    installed = [line for line in asked.read_text("utf-8").splitlines() if "--editable" in line]
    wanted = [f"--group {clone / 'pyproject.toml'}:{group}" for group in GROUPS[script]]
    assert installed[-1].endswith(" ".join(["--editable", str(clone), *wanted]))


def test_no_script_in_python_that_imports_litwatch_is_forgotten() -> None:
    starts = {
        path.name
        for path in (ROOT / "scripts").iterdir()
        if path.is_file() and "run_by_own_python(" in path.read_text("utf-8") and not path.suffix
    }
    assert starts == GROUPS.keys()
