"""`mesh show` and `mesh update`: the Medical Subject Headings that queries are read by.

Owns their words on the terminal. Never fetches: NLM's files are given by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.errors import LitwatchError

if TYPE_CHECKING:
    from litwatch.edge.mesh import MeshFile
    from litwatch.edge.mesh.updating import Changes, MuchIsGone
    from litwatch.query.mesh import Heading

app = typer.Typer()
mesh = typer.Typer(no_args_is_help=True, help="Look up a MeSH heading, or read NLM's newer files.")
app.add_typer(mesh, name="mesh", rich_help_panel="Research")

SHOWN = 5
Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@mesh.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A heading, entry term, UI, or subheading (also `dh`).")],
    as_json: Json = False,
) -> None:
    """Show a heading: its UI, tree numbers, other names, and what is narrower; with the MeSH that says so."""
    from litwatch.cli.context import given
    from litwatch.edge.mesh import mesh_in_use

    used = mesh_in_use(given(context).config_to_read().settings.mesh.file)
    heading = used.find(name)
    subheading = used.find_subheading(name)
    if heading is not None:
        found = _heading(used, heading)
    elif subheading is not None:
        found = {
            "subheading": subheading.name,
            "abbreviation": subheading.abbreviation or None,
            "trees": list(subheading.trees),
            "finds": sorted(used.subheadings(name)),
        }
    else:
        near = used.near(name, SHOWN)
        advice = f"; did you mean {'; '.join(near)}?" if near else ""
        raise LitwatchError(
            f"there is no heading `{name}` in MeSH {used.version}{advice or '.'}"
            " A query finds the records that have it by that very name"
        )
    found |= {"version": used.version, "file": str(used.path)}
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(_lines(found)))


def _heading(used: MeshFile, heading: Heading) -> dict[str, Any]:
    below = used.explode(heading)[1:]
    narrower = [one for one in below if _is_child(one, heading)]
    return {
        "name": heading.name,
        "ui": heading.ui or None,
        "trees": list(heading.trees),
        "entry_terms": list(heading.entry_terms),
        "below": len(below),
        "narrower": [
            {"name": one.name, "ui": one.ui or None, "below": len(used.explode(one)) - 1} for one in narrower
        ],
    }


def _is_child(one: Heading, heading: Heading) -> bool:
    return not {number.rpartition(".")[0] for number in one.trees}.isdisjoint(heading.trees)


def _lines(found: dict[str, Any]) -> list[str]:
    if "subheading" in found:
        rows = [
            ("subheading", f"{found['subheading']} ({found['abbreviation'] or 'without abbreviation'})"),
            ("in the tree", ", ".join(found["trees"])),
            ("finds", "; ".join(found["finds"])),
        ]
    else:
        narrower = [
            f"{one['name']} ({one['below']} below)" if one["below"] else one["name"]
            for one in found["narrower"]
        ]
        rows = [
            ("heading", found["name"]),
            ("UI", found["ui"] or "not known"),
            ("in the tree", ", ".join(found["trees"]) or "nowhere"),
            ("also called", "; ".join(found["entry_terms"]) or "nothing else"),
            ("narrower", f"{found['below']:,}" + "".join(f"\n             {one}" for one in narrower)),
        ]
    rows.append(("from", f"MeSH {found['version']} ({found['file']})"))
    return [f"{label:<12} {text}" for label, text in rows]


@mesh.command()
def update(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            readable=False,
            help="desc2026.xml (.gz), qual2026.xml, mtrees2026.bin, as NLM has them.",
        ),
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Also where more than one heading or subheading in twenty goes.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read NLM's newer MeSH and use it from now on; says which headings are new, renamed or gone."""
    from litwatch.cli.context import given
    from litwatch.edge.mesh.updating import MuchIsGone
    from litwatch.edge.mesh.updating import update as update_file

    file = given(context).config().settings.mesh.file
    try:
        changes = update_file(file, files, force=force)
    except MuchIsGone as refused:
        if as_json:
            typer.echo(_refused_as_json(refused, file))
        raise
    typer.echo(_as_json(changes, file) if as_json else "\n".join(_told(changes, file)))


def _refused_as_json(refused: MuchIsGone, file: Path) -> str:
    told = {
        "file": str(file),
        "written": False,
        "refused": str(refused),
        "gone": refused.gone,
        "gone_subheadings": refused.gone_subheadings,
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _as_json(changes: Changes, file: Path) -> str:
    told = {
        "file": str(file),
        "written": True,
        "before": changes.before.version,
        "after": changes.after.version,
        "headings": changes.after.headings,
        "entry_terms": changes.after.entry_terms,
        "subheadings": changes.after.subheadings,
        "new": changes.new,
        "renamed": [{"old": old, "new": new} for old, new in changes.renamed],
        "gone": changes.gone,
        "gone_subheadings": changes.gone_subheadings,
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _told(changes: Changes, file: Path) -> Iterable[str]:
    after = changes.after
    yield f"MeSH {after.version} (before: {changes.before.version}), written to {file}"
    yield (
        f"{after.headings:,} headings, {after.entry_terms:,} entry terms, {after.subheadings:,} subheadings"
        + (" (read anew)" if changes.subheadings_read else "")
    )
    yield _some("new", changes.new)
    yield _some("renamed", [f"{old} -> {new}" for old, new in changes.renamed])
    yield _some("gone", changes.gone)
    if changes.gone_subheadings:
        yield _some("gone subheadings", changes.gone_subheadings)
    yield f"Remove {file} to go back to the MeSH that litwatch ships."


def _some(what: str, names: Sequence[str]) -> str:
    shown = "; ".join(names[:SHOWN]) + ("; ..." if len(names) > SHOWN else "")
    return f"{what + ':':<9}{len(names):>7,}" + (f"  {shown}" if names else "")
