"""The wheel, installed into an empty environment from the lock, works in a folder that knows no checkout.

Owns what is packed, and what a host without our sources can do. Never proves what the commands do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from deploy.examples import instructions
from litwatch import __version__
from litwatch.sandbox.server import Sandbox
from world import ROOT, surroundings

UV = str(Path(sys.executable).with_name("uv"))
CONFIG = {
    "examples/neurosteroids-postpartum.toml",
    "examples/psilocybin-depression.toml",
    "facets.toml",
    "litwatch.toml",
    "subscribers.toml",
    "watches/ketamine-depression.toml",
}


def succeeds(*words: str | Path, folder: Path, environment: dict[str, str] | None = None) -> str:
    """What the command says on stdout; it must end well."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=environment or surroundings({}),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


@pytest.mark.full
@pytest.mark.timeout(300)  # it installs all that litwatch needs
def test_the_wheel_in_an_empty_environment_has_all_that_it_needs(tmp_path: Path) -> None:
    wheels, venv, elsewhere = tmp_path / "wheels", tmp_path / "venv", tmp_path / "elsewhere"
    elsewhere.mkdir()
    succeeds(UV, "build", "--wheel", "--quiet", "--out-dir", wheels, ROOT, folder=elsewhere)
    [wheel] = wheels.glob("*.whl")
    succeeds(UV, "venv", "--quiet", "--python", sys.executable, venv, folder=elsewhere)
    into = (UV, "pip", "install", "--quiet", "--python", venv / "bin" / "python")
    succeeds(*into, "--require-hashes", "--requirement", ROOT / "requirements.txt", folder=elsewhere)
    succeeds(*into, "--no-deps", wheel, folder=elsewhere)
    # What is locked is all that litwatch asks for, in versions that it allows.
    succeeds(UV, "pip", "check", "--python", venv / "bin" / "python", folder=elsewhere)
    litwatch = venv / "bin" / "litwatch"
    assert succeeds(litwatch, "--version", folder=elsewhere) == f"litwatch {__version__}\n"

    succeeds(litwatch, "init", "config", folder=elsewhere)
    written = (path for path in (elsewhere / "config").rglob("*") if path.is_file())
    # Nothing that a try-out in the checkout wrote beside them is packed.
    assert {str(path.relative_to(elsewhere / "config")) for path in written} == CONFIG
    succeeds(litwatch, "check", folder=elsewhere)
    assert "Ketamine" in succeeds(litwatch, "mesh", "show", "ketalar", folder=elsewhere)
    assert "Subject: " in succeeds(litwatch, "preview", folder=elsewhere)
    assert "SubscriptionFacts" in succeeds(litwatch, "preview", "--explain-context", folder=elsewhere)

    told = succeeds(litwatch, "demo", "weeks", folder=elsewhere).splitlines()
    assert len(list(Path(told[-1]).glob("*.eml"))) == 3
    runs_as_in_the_container(litwatch, elsewhere / "config")


def runs_as_in_the_container(litwatch: Path, config: Path) -> None:
    """A user without rights, who can write in one folder alone, and has no home."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return
    with tempfile.TemporaryDirectory() as name, Sandbox() as pubmed:
        volume = Path(name)
        user = int(instructions("USER")[-1].split(":")[0])
        os.chown(volume, user, user)
        # It may read pytest's folders and root's home, where the program lies here, and write nothing there.
        reads = "+dac_read_search"
        become = (
            "setpriv",
            f"--reuid={user}",
            f"--regid={user}",
            "--clear-groups",
            f"--inh-caps={reads}",
            f"--ambient-caps={reads}",
        )
        environment = {"PATH": "/usr/bin:/bin", "LITWATCH_PUBMED__BASE_URL": pubmed.base_url}
        for setting in instructions("ENV"):
            for pair in setting.split():
                key, _, value = pair.partition("=")
                if key.startswith(("LITWATCH_", "PYTHON")):
                    environment[key] = value.replace("/var/lib/litwatch", str(volume))
        environment["LITWATCH_CONFIG"] = str(config)
        before = set(config.rglob("*"))
        succeeds(*become, litwatch, "run", folder=volume, environment=environment)
        [check] = instructions("HEALTHCHECK")
        words = check.partition("CMD ")[2].strip('["]').split('", "')
        words[-1] = words[-1].replace("litwatch ", f"{litwatch} ", 1)
        assert "LITWATCH OK" in succeeds(*become, *words, folder=volume, environment=environment)
        assert set(config.rglob("*")) == before
        assert (volume / "litwatch.sqlite3").is_file()
