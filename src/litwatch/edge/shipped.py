"""Where the config, templates and documents that litwatch ships are: in a checkout, or inside the installed package.

Owns these places. Never copies them.
"""

from __future__ import annotations

from pathlib import Path

from litwatch.errors import LitwatchError

PACKAGE = Path(__file__).resolve().parent.parent


def config_directory() -> Path:
    """The config as shipped: it runs as it is, and `litwatch init` copies it."""
    return _folder("config")


def templates_directory() -> Path:
    """The templates of the digest as shipped."""
    return _folder("templates")


def document(name: str) -> str:
    """A text of docs/ that a command prints."""
    return (_folder("docs") / name).read_text("utf-8")


def _folder(name: str) -> Path:
    # hatchling packs them into the wheel; an editable install has them beside src/.
    for folder in (PACKAGE / "_shipped" / name, PACKAGE.parent.parent / name):
        if folder.is_dir():
            return folder
    raise LitwatchError(f"this installation of litwatch lacks its {name} folder; install it again")
