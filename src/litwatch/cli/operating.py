"""`init` and `schema`: what one does before anything runs.

Owns their words on the terminal. Never writes the store, sends or asks the network.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.cli.context import Context

app = typer.Typer()


@app.command()
def init(
    context: typer.Context,
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="Folder to write to. [default: --config, else ./config]"),
    ] = None,
    var: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            show_default=False,
            help="Folder that runs write to: the store, the outbox. [default: var in the folder of the configuration]",
        ),
    ] = None,
) -> None:
    """Write the shipped configuration into a folder, to edit; never overwrites a file."""
    from litwatch.cli.context import DEFAULT_DIRECTORY

    asked: Context = context.obj
    target = directory or asked.directory or DEFAULT_DIRECTORY
    written = write_shipped_config(target, var)
    config = "" if target == DEFAULT_DIRECTORY else f" --config {shlex.quote(str(target))}"
    typer.echo(f"Wrote {target}: " + ", ".join(str(path.relative_to(target)) for path in written))
    typer.echo(
        f"""Next:
  1. who gets what: {target / "subscribers.toml"}; what is watched: {target / "watches"}
     (other subjects to copy there: {target / "examples"})
  2. is it right?  litwatch{config} check
  3. do what is due, now and from cron every 15 minutes:  litwatch{config} run"""
    )


def write_shipped_config(target: Path, var: Path | None = None) -> list[Path]:
    """Copy the shipped config files to `target`; all or, where one of them is there already, none.

    `var` is the folder that runs write to, in place of `var` in `target`.

    Raises UsageError naming what is there, or what cannot be written.
    """
    from litwatch.edge.shipped import config_directory

    source = config_directory()
    files = [file for part in ("", "watches/", "examples/") for file in sorted(source.glob(f"{part}*.toml"))]
    copies = {file: target / file.relative_to(source) for file in files}
    there = [str(copy) for copy in copies.values() if copy.exists() or copy.is_symlink()]
    if there:
        raise UsageError(f"nothing was written, because there is already {', '.join(there)}")
    written: list[Path] = []
    try:
        for file, copy in copies.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            with copy.open("xb") as stream:
                written.append(copy)
                stream.write(_with_var(file.read_bytes(), var))
    except OSError as error:
        for copy in written:
            copy.unlink(missing_ok=True)
        raise UsageError(f"nothing was written: {error.filename or target}: {error.strerror}") from error
    return written


def _with_var(content: bytes, var: Path | None) -> bytes:
    """A file whose paths in `var/` stand in that folder: the keys that a run writes by."""
    if var is None:
        return content
    folder = json.dumps(f"{var.absolute()}/", ensure_ascii=False)[1:-1]  # as TOML takes it, too
    for key in ('url = "sqlite:///', 'outbox = "', 'file = "'):
        content = content.replace(f"\n{key}var/".encode(), f"\n{key}{folder}".encode())
    return content


@app.command()
def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="litwatch, facets, watch, subscribers, papers, tune or recall. [default: all]",
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a config file, or of what `papers`, `tune` and `recall` print with --json."""
    from difflib import get_close_matches

    from litwatch.edge.config import FILES, json_schema
    from litwatch.edge.document_schema import json_schema as papers_schema
    from litwatch.edge.tuning_schema import NAMES as TUNING
    from litwatch.edge.tuning_schema import json_schema as tuning_schema

    names = [*FILES, "papers", *TUNING]

    def of(known: str) -> dict[str, Any]:
        if known in TUNING:
            return tuning_schema(known)
        return papers_schema() if known == "papers" else json_schema(known)

    if name is not None and name not in names:
        near = get_close_matches(name, names, n=1)
        advice = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(names)}"
        raise UsageError(f"there is no schema `{name}`; {advice}")
    answer = of(name) if name else {known: of(known) for known in names}
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
