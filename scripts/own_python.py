"""What a script in Python does first: it sets up .venv, as ./scripts/test does, and goes on with the Python of it.

Owns that. Needs nothing but the Python that it is started with: a fresh clone has no .venv.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
READY = "LITWATCHS_SCRIPT_IS_READY"  # not LITWATCH_...: that would be a setting
SET_UP = '. "$0/scripts/environment.sh" && environment "$@" >&2'


def run_by_own_python(*groups: str) -> None:
    """Start this script anew by .venv, with these dependency groups of pyproject.toml; then this does nothing.

    What the script starts inherits that it is done.
    """
    if os.environ.get(READY) == str(ROOT):
        return
    done = subprocess.run(["bash", "-c", SET_UP, str(ROOT), *groups], check=False)
    if done.returncode:
        sys.exit(done.returncode)
    os.environ[READY] = str(ROOT)
    os.execv(PYTHON, [str(PYTHON), *sys.argv])
