"""The languages that papers are written in, by NLM's codes.

Owns their names. Never guesses a language from a text.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from litwatch.paper import Paper

#: A code, and what it stands for where there is no language to name.
ENGLISH, UNKNOWN = "eng", ("und", "mul", "")


@cache
def _names() -> dict[str, str]:
    return tomllib.loads(files(__package__).joinpath("languages.toml").read_text("utf-8"))


def not_english(paper: Paper) -> str:
    """What to say of a paper that has no English text: "in French"; empty where it has one.

    NLM puts a title that it translated into square brackets; where the record says no language, that alone tells.
    """
    codes = [code.strip().casefold() for code in paper.languages]
    if ENGLISH in codes:
        return ""
    names = _names()
    named = list(dict.fromkeys(names[code] for code in codes if code in names))
    if named:
        return f"in {' and '.join(named)}"
    bracketed = paper.title.startswith("[") and paper.title.rstrip(".").endswith("]")
    return "not in English" if bracketed or any(code not in UNKNOWN for code in codes) else ""
