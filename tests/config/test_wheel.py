"""The wheel carries the config and templates, and nothing that a try-out wrote beside them.

Owns what is packed. Never installs it (the release's own check does).
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from world import ROOT


@pytest.mark.full
def test_the_installed_package_finds_its_config_and_templates(tmp_path: Path) -> None:
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(ROOT),
        "--no-deps",
        "--quiet",
        "--wheel-dir",
        str(tmp_path),
    ]
    subprocess.run(pip, check=True, timeout=110)
    [wheel] = tmp_path.glob("*.whl")
    unpacked = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    shipped = unpacked / "litwatch" / "_shipped"
    config = {
        str(path.relative_to(shipped / "config")) for path in shipped.glob("config/**/*") if path.is_file()
    }
    assert config == {"facets.toml", "litwatch.toml", "subscribers.toml", "watches/ketamine-depression.toml"}
    code = (
        "from litwatch.edge.shipped import config_directory, templates_directory as templates\n"
        "from litwatch.edge.config import load\n"
        "load(config_directory(), {})\n"
        "digest = templates() / 'digest.html'\n"
        "print(config_directory(), digest, digest.is_file(), sep='\\n')\n"
        "from litwatch.edge.mesh import SHIPPED, MeshFile\n"
        "print(SHIPPED, MeshFile().find('ketalar').name, sep='\\n')"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(unpacked)},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert found.stdout.split("\n")[:5] == [
        str(shipped / "config"),
        str(shipped / "templates" / "digest.html"),
        "True",
        str(unpacked / "litwatch" / "edge" / "mesh" / "mesh.sqlite3"),
        "Ketamine",
    ]
