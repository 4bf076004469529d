"""What is wrong with a folder of somebody's own templates that Jinja does not see.

Owns a stylesheet's grammar, as far as a slip breaks it, and which files no template takes. Never renders.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import jinja2.meta

from litwatch.errors import TemplateError

#: At-rules that hold rules; the others hold declarations.
_HOLDING = re.compile(r"@(?:media|supports|layer|container|document)\b", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PIECE = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|\([^(){}]*\)|[{};\"']|[^{};\"'(]+|\(")
_DECLARATION = re.compile(r"[-\w]+\s*:\s*\S")
_NEXT_LINE = re.compile(r"\n\s*[-\w]+\s*:\s*\S")
_JINJA = ("{{", "{%", "{#")
SUFFIXES = (".html", ".txt", ".css", ".xml")


def look_over(folder: Path, packed: Path) -> tuple[str, ...]:
    """Raises TemplateError for a stylesheet that breaks off; gives a warning for each template that nothing takes."""
    for path in sorted(folder.glob("*.css")):
        try:
            text = path.read_text("utf-8")
        except (OSError, ValueError) as error:
            raise TemplateError(f"it cannot be read: {error}", str(path), None) from error
        if not any(mark in text for mark in _JINJA):
            for line, what in style_mistakes(text):
                raise TemplateError(what, str(path), line)
    return tuple(_unused(folder, packed))


def _unused(folder: Path, packed: Path) -> Iterator[str]:
    known = {path.name for path in packed.iterdir()}
    own = {path.name: path for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES}
    taken = {name for path in own.values() for name in _takes(path)}
    for name, path in own.items():
        if name not in known | taken:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            yield f"{path}: no template takes a file of this name" + (
                f"; did you mean {close[0]}?" if close else ""
            )


def _takes(path: Path) -> set[str]:
    try:
        parsed = jinja2.Environment(autoescape=True).parse(path.read_text("utf-8"))
    except (OSError, ValueError, jinja2.TemplateError):
        return set()  # rendering says what is wrong with it
    return {name for name in jinja2.meta.find_referenced_templates(parsed) if name is not None}


def style_mistakes(css: str) -> Iterator[tuple[int, str]]:
    """Line and words of the first slip in a stylesheet after which a mail program passes over rules."""
    text = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), css)
    if (at := text.find("/*")) >= 0:
        yield _line(text, at), "a comment does not end: */ is missing"
        return
    opened: list[tuple[int, bool]] = []  # where, and whether it holds rules
    begun = 0  # where the piece that is being read begins
    for found in _PIECE.finditer(text):
        mark = found[0]
        if mark in "\"'":
            yield _line(text, found.start()), f"a text in quotation marks does not end: {mark} is missing"
            return
        if mark not in "{};":
            continue
        piece, line = text[begun : found.start()], _line(text, begun, skip=True)
        wrong = _wrong(piece, mark, opened, line)
        if wrong:
            yield wrong
            return
        if mark == "{":
            opened.append((line, bool(_HOLDING.match(piece.strip()))))
        elif mark == "}":
            opened.pop()
        begun = found.end()
    if opened:
        yield opened[-1][0], "a rule does not end: } is missing"
    elif text[begun:].strip():
        yield _line(text, begun, skip=True), f"no rule: {_short(text[begun:])}"


def _wrong(piece: str, mark: str, opened: list[tuple[int, bool]], line: int) -> tuple[int, str] | None:
    said = piece.strip()
    declares = bool(opened) and not opened[-1][1]
    if mark == "{" and declares:
        return opened[-1][0], f"a rule does not end before {_short(said)}: }} is missing"
    if mark == "{":
        return None if said else (line, "a rule without a selector")
    if mark == "}" and not opened:
        return line, "there is a } too many"
    if not said or (not opened and said.startswith("@")):
        return None
    if not declares or not _DECLARATION.match(said):
        return line, f"no `property: value;`: {_short(said)}"
    if after := _NEXT_LINE.search(said):
        return line + said[: after.start()].count("\n"), "a ; is missing at the end of the line"
    return None


def _line(text: str, at: int, *, skip: bool = False) -> int:
    if skip:
        at += len(text[at:]) - len(text[at:].lstrip())
    return text.count("\n", 0, at) + 1


def _short(words: str) -> str:
    line = " ".join(words.split())
    return f"`{line[:40]}…`" if len(line) > 40 else f"`{line}`"
