"""The documents say what is there: every command is in the README, every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from litwatch.cli.commands import MODULES, made_by
from world import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands() -> set[str]:
    """The names of all commands."""
    return set(MODULES)


def test_every_command_stands_where_the_table_says() -> None:
    package = ROOT / "src" / "litwatch" / "cli"
    makers = {
        ".".join(path.relative_to(package).with_suffix("").parts)
        for path in package.rglob("*.py")
        if "\napp = typer.Typer(" in path.read_text(encoding="utf-8")
    } - {"commands"}
    made = [(name, module) for module in sorted(makers) for name in made_by(module)]
    assert sorted(made) == sorted(MODULES.items())


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = {name for name in commands() if f"`{name}`" not in readme}
    assert len(commands()) > 15
    assert missing == set()


def test_the_readme_names_no_command_that_is_not_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\$ litwatch ([a-z]+)", readme, flags=re.MULTILINE))
    assert told
    assert told <= commands()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    dead = [link for link in links if not (page.parent / link).exists()]
    assert dead == []


def test_the_map_names_every_script_and_every_room_of_the_language() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    scripts = {path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix}
    rooms = {path.name for path in (ROOT / "src" / "litwatch" / "query").glob("[!_]*.py")}
    missing = {name for name in scripts | rooms if name not in page and name.removesuffix(".py") not in page}
    assert len(scripts) > 5
    assert len(rooms) > 15
    assert missing == set()
