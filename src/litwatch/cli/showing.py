"""`papers`: what the store holds.

Owns what it prints. Never writes, and never asks PubMed.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import given, watch_named

if TYPE_CHECKING:
    from litwatch.edge.store.showing import Shown

app = typer.Typer()


@app.command(rich_help_panel="Watching")
def papers(
    context: typer.Context,
    watch: Annotated[str | None, typer.Option("--watch", help="Only this watch. [default: all]")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the newest PMIDs first.")] = None,
    arrival: Annotated[
        list[str] | None,
        typer.Option(help="Only new, late, old, by-edit, backlog, wanted or held; repeatable."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line (`litwatch schema papers`).")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="With --json: all that reading it back needs.")
    ] = False,
) -> None:
    """List the papers of the store with what the rules found; without a store: nothing."""
    from litwatch.cli.wiring import store_to_read
    from litwatch.edge.store import showing

    config = given(context).config_to_read()
    if watch:
        watch_named(config, watch)
    with store_to_read(config, datetime.now(UTC)) as store:
        if store is not None:
            for shown in showing.papers(
                store, watches=[watch] if watch else None, states=arrival, limit=limit
            ):
                if as_json:
                    sys.stdout.write(json.dumps(document_of(shown, full), ensure_ascii=False) + "\n")
                else:
                    sys.stdout.write(in_lines(shown) + "\n")


def document_of(shown: Shown, full: bool = False) -> dict[str, Any]:
    """The object of `papers --json` for a paper in a watch."""
    from litwatch.decide.arrivals import HELD, WANTED
    from litwatch.edge.documents import document, notice_object

    return document(
        shown.paper,
        shown.findings,
        watch=shown.watch,
        pmid=shown.pmid,
        notices=[notice_object(told.notice, told.quote) for told in shown.notices],
        # What is wanted or held has not arrived yet.
        arrival=None if shown.arrival in (WANTED, HELD) else shown.arrival,
        first_seen=shown.first_seen,
        versions=[{"pmid": str(one.pmid), "how": one.how} for one in shown.beside.versions],
        same_trial=[{"pmid": str(one.pmid), "trial": one.trial} for one in shown.beside.reports],
        gone=shown.gone,
        full=full,
    )


def in_lines(shown: Shown) -> str:
    """A paper for a reader in a terminal: how it came, its title, what it is about."""
    found = shown.findings
    facts = [
        str(shown.pmid),
        shown.arrival,
        f"first seen {shown.first_seen:%Y-%m-%d}",
        found.design if found else None,
        "no longer matches" if not shown.matching else None,
        f"no longer in PubMed ({shown.gone})" if shown.gone else None,
        *(told.notice.kind for told in shown.notices),
    ]
    title = shown.paper.title if shown.paper else shown.wanted_reason or "(known, not fetched)"
    lines = ["  ".join(fact for fact in facts if fact), f"    {title}"]
    if found and found.tags:
        lines.append(f"    {', '.join(found.tags)}")
    return "\n".join(lines) + "\n"
