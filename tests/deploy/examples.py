"""The examples of docs/deploy, read for the tests.

Owns how they are taken apart. Never starts anything.
"""

from __future__ import annotations

import re

from world import ROOT

DEPLOY = ROOT / "docs" / "deploy"


def instructions(name: str) -> list[str]:
    """What stands behind each instruction of that name in the Dockerfile, in order, on one line."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    whole = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", text))
    return [line.partition(" ")[2] for line in whole.splitlines() if line.startswith(f"{name} ")]
