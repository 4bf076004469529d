"""The files of a config directory, opened: which there must be, and what TOML is in them.

Owns what is said of a file that is missing, unreadable, not UTF-8 or not TOML. Never looks at a key.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from litwatch.errors import Problem

LITWATCH, FACETS, SUBSCRIBERS, WATCHES = "litwatch.toml", "facets.toml", "subscribers.toml", "watches"

#: What tomllib says when a quote is forgotten: in the middle of a file, and at its end.
NOT_CLOSED = (
    "illegal character '\\n'",
    "found invalid character '\\n'",
    "unterminated string",
    'expected "\'"',
    "expected '\"'",
)

PLACE = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)$")


def read_toml(path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    """The TOML of a file, or None after adding what is wrong with the file to `problems`."""
    try:
        raw = path.read_bytes() if path.is_file() else _not_a_file(path)
        # Windows editors begin a file with a byte order mark.
        text = raw.decode("utf-8-sig")
    except OSError as error:
        hint = "run `litwatch init DIR` to write one, or name yours with --config DIR"
        problems.append(
            Problem(str(path), "", "is missing", hint)
            if isinstance(error, FileNotFoundError)
            else Problem(str(path), "", f"cannot be read: {error.strerror}")
        )
        return None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(
            Problem(str(path), "", f"line {line} is not UTF-8", "save the file as UTF-8 in your editor")
        )
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(_not_toml(path, text, str(error)))
    except RecursionError:
        problems.append(Problem(str(path), "", "is nested too deeply to be a config file"))
    return None


def _not_a_file(path: Path) -> bytes:
    if path.is_dir():
        raise IsADirectoryError(21, "it is a folder")
    path.stat()
    raise OSError(22, "it is no ordinary file")


def _not_toml(path: Path, text: str, message: str) -> Problem:
    """A TOML mistake with its line shown, and what a query in it may need."""
    found = PLACE.search(message)
    said = PLACE.sub("", message).removesuffix(" (at end of document)").replace("\\\\", "\\")
    said = said[:1].lower() + said[1:]
    if said in NOT_CLOSED:
        said = "the text is not closed on its line"
    lines = text.split("\n")
    line = int(found[1]) if found else len(lines)
    column = int(found[2]) if found else len(lines[-1]) + 1
    source = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    left = max(0, column - 50)
    cut = "".join(c if c.isprintable() else " " for c in source[left : column + 40])
    pointer = f"  {cut}\n  {' ' * (column - 1 - left)}^" if found else ""
    hint = ""
    if '"' in source and ("statement" in said or "escape" in said.lower() or "Unescaped" in said):
        hint = (
            "a text that holds quotes or backslashes, such as a query, goes between '''three single quotes'''"
        )
    return Problem(
        str(path), "", f"line {line}, column {column}: {said}" + (f"\n{pointer}" if pointer else ""), hint
    )


def watch_files(directory: Path, problems: list[Problem], warnings: list[Problem]) -> list[Path]:
    """The files of watches/ in the order of their names; what else lies there is a warning."""
    folder = directory / WATCHES
    try:
        entries = sorted(folder.iterdir())
    except FileNotFoundError:
        problems.append(
            Problem(
                str(folder),
                "",
                "is missing",
                "it holds a file for each watch; `litwatch init DIR` writes one",
            )
        )
        return []
    except OSError as error:
        problems.append(Problem(str(folder), "", f"cannot be read: {error.strerror}"))
        return []
    found = [path for path in entries if path.suffix == ".toml" and not path.name.startswith(".")]
    others = [path for path in entries if path not in found and not path.name.startswith(".")]
    advice = "a watch is a file whose name ends in .toml"
    warnings += [Problem(str(path), "", "is not read", advice) for path in others if path.name[-1] != "~"]
    if not found:
        problems.append(Problem(str(folder), "", "holds no watch", "a watch is a file NAME.toml in it"))
    return found
