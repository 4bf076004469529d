"""A small config that has no mistake, for tests to put one into.

Owns its text. Never stands for the shipped config, which has tests of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

GOOD = {
    "litwatch.toml": '[pubmed]\nemail = "it@example.org"\n',
    "facets.toml": '[design.rct]\nlabel = "Randomised trial"\nquery = "randomized[tiab]"\n',
    "watches/ketamine.toml": """
title = "Ketamine"
query = "ketamine[tiab]"
[topics.efficacy]
label = "Efficacy"
query = "efficacy[tiab]"
[topics.safety]
label = "Safety"
query = "safety[tiab]"
""",
    "watches/psilocybin.toml": """
title = "Psilocybin"
query = "psilocybin[tiab]"
[topics.set_and_setting]
label = "Set and setting"
query = "set and setting[tiab]"
""",
    "subscribers.toml": '[[subscriber]]\naddress = "you@example.org"\nwatches = ["ketamine"]\n',
}


def write(directory: Path, files: Mapping[str, str] | None = None) -> Path:
    """Write the good config with some files in other words; a file whose text is "-" is left out."""
    for name, text in {**GOOD, **(files or {})}.items():
        if text != "-":
            path = directory / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return directory
