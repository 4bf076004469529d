"""`versions`: which records of some files are one paper, as the store would say; tried without a store.

Owns its arguments and what it prints. Never decides (decide/versions.py) and never imports the store.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from litwatch.cli.printing import complain
from litwatch.cli.research import Files
from litwatch.errors import LitwatchError
from litwatch.paper import Paper

app = typer.Typer()


@app.command(rich_help_panel="Research")
def versions(
    files: Files,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: pmid, other, how.")
    ] = False,
) -> None:
    """Print which records are versions of one paper (preprint and article, DOI twins), a pair a line; needs no store.

    Two PMIDs and how it is known: pubmed (NLM links them), doi, or title (with first author and year).
    """
    from litwatch.decide.blocking import pairs
    from litwatch.edge.files import records

    newest: dict[int, Paper] = {}
    whole = True
    for path in files:
        try:
            for record in records(path):
                if not isinstance(record, Paper):
                    continue
                known = newest.get(record.pmid)
                if known is None or record.version >= known.version:
                    newest[record.pmid] = record
        except LitwatchError as error:
            complain(str(error))
            whole = False
    for one, other, how in pairs(newest.values()):
        if as_json:
            line = json.dumps({"pmid": str(one), "other": str(other), "how": how})
        else:
            line = f"{one}\t{other}\t{how}"
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
    if not whole:
        raise typer.Exit(1)
