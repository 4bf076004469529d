"""`papers`: what the store holds.

Owns what it prints. Never writes, and never asks PubMed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.edge.store.open import Store
    from litwatch.edge.store.showing import Shown

app = typer.Typer()


class Form(StrEnum):
    """What `--format` writes."""

    ris = "ris"
    bibtex = "bibtex"
    nbib = "nbib"
    csv = "csv"
    jsonl = "jsonl"


@app.command(rich_help_panel="Watching")
def papers(
    context: typer.Context,
    watch: Annotated[str | None, typer.Option("--watch", help="Only this watch. [default: all]")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, max=1_000_000_000, help="At most so many, the newest PMIDs first.")
    ] = None,
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
    form: Annotated[
        Form | None,
        typer.Option("--format", help="For other programs; jsonl is --json --full."),
    ] = None,
    feedback: Annotated[
        bool,
        typer.Option("--feedback", help="Those that readers have judged, as labelled records for `eval`."),
    ] = False,
) -> None:
    """List the papers of the store with what the rules found; without a store: nothing."""
    from litwatch.cli.wiring import store_to_read
    from litwatch.edge.store import showing

    if form is not None and as_json:
        raise UsageError("--json and --format are two formats; choose one")
    if feedback and (form is not None or full or limit or arrival):
        raise UsageError("--feedback has a format of its own, and lists all; it goes with --watch alone")
    config = given(context).config()
    if watch:
        watch_named(config, watch)
    with store_to_read(config, datetime.now(UTC)) as store:
        if store is None:
            return
        if feedback:
            write_feedback(store, [watch] if watch else [one.name for one in config.watches])
            return
        found = showing.papers(store, watches=[watch] if watch else None, states=arrival, limit=limit)
        if form is not None and form is not Form.jsonl:
            write_references(form, found)
            return
        whole = full or form is Form.jsonl
        for shown in found:
            if as_json or form is Form.jsonl:
                sys.stdout.write(json.dumps(document_of(shown, whole), ensure_ascii=False) + "\n")
            else:
                sys.stdout.write(in_lines(shown) + "\n")


def write_feedback(store: Store, watches: Sequence[str]) -> None:
    """What readers said of papers, one labelled record a line."""
    from litwatch.edge.store import answering, showing
    from litwatch.tuning.verdicts import labelled

    for name in watches:
        for pmid, verdicts in answering.verdicts(store, name):
            for shown in showing.papers(store, watches=[name], pmid=pmid):
                if shown.paper is not None:
                    line = labelled(name, shown.paper, shown.findings, verdicts)
                    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def write_references(form: Form, found: Iterable[Shown]) -> None:
    """The papers in a format of other programs; how many have no record yet is said on stderr."""
    from litwatch.edge.exporting import write
    from litwatch.edge.exporting.row import Row

    left_out = 0

    def rows() -> Iterator[Row]:
        nonlocal left_out
        for shown in found:
            if shown.paper is None:
                left_out += 1
            else:
                yield Row(shown.paper, shown.findings, shown.watch, shown.arrival, shown.first_seen)

    write(form.value, rows(), sys.stdout)
    if left_out:
        complain(
            f"{left_out:,} papers are left out, for their records were not fetched (`litwatch backfill` fetches the "
            "backlog)"
        )


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
