"""What mkdocs does to a page before it reads it: a link to a file of the checkout, which is no page, becomes its name.

Owns these changes. Never lets a link to a file that is not there pass.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = re.compile(r"\[([^\]]*)\]\(\.\./([^)#\s]+)[^)]*\)")
ITEM = re.compile(r"^(?:[-*] |\d+\. |\|)")


class DeadLink(Exception):
    """A link to a file that is not in the checkout."""


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Called by mkdocs for each page."""
    return _apart(_named(markdown, page.file.src_path))


def _named(markdown: str, page: str) -> str:
    def name(link: re.Match[str]) -> str:
        if not (ROOT / link[2]).exists():
            raise DeadLink(f"{page}: there is no {link[2]}")
        text = link[1].strip("`")
        return f"`{link[2]}`" if text in link[2] else f"{text} (`{link[2]}`)"

    return OUTSIDE.sub(name, markdown)


def _apart(markdown: str) -> str:
    """With an empty line before each list and table: GitHub reads them without one, Python-Markdown does not."""
    lines: list[str] = []
    fenced = False
    for line in markdown.split("\n"):
        before = lines[-1] if lines else ""
        begins = ITEM.match(line) and before.strip() and not ITEM.match(before) and not before.startswith(" ")
        if begins and not fenced:
            lines.append("")
        fenced ^= line.startswith("```")
        lines.append(line)
    return "\n".join(lines)
