"""`trace`: the whole story of one paper or one reader.

Owns its argument and how it ends. Never writes, and never asks PubMed.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from litwatch.cli.context import given
from litwatch.cli.printing import complain
from litwatch.errors import UsageError

app = typer.Typer()


@app.command(rich_help_panel="Watching")
def trace(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="PMID|ADDRESS", help="A paper, or a reader.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell all that happened to a paper here, or to a reader's mail; unknown: exit 1."""
    from litwatch.cli.trace.as_json import paper_told, reader_told
    from litwatch.cli.trace.terminal import paper_in_lines, reader_in_lines
    from litwatch.cli.wiring import store_to_read

    config = given(context).config()
    now = datetime.now(UTC)
    target = target.strip()
    is_paper = bool(re.fullmatch(r"\d{1,9}", target))
    if not is_paper and "@" not in target:
        raise UsageError(f"{target!r} is neither a PMID nor a mail address")
    with store_to_read(config, now) as store:
        told = paper_told(store, int(target)) if is_paper else reader_told(config, store, target, now)
    if told is None:
        complain(f"nothing is known of {'PMID ' if is_paper else ''}{target}")
        raise typer.Exit(1)
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    for line in paper_in_lines(told) if is_paper else reader_in_lines(told):
        sys.stdout.write(line + "\n")
