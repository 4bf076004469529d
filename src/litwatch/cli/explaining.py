"""`explain`: why a paper matches the search and the facets, or does not.

Owns its arguments and where the papers come from. Never changes anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from re import fullmatch
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import Context, watch_named
from litwatch.cli.printing import complain
from litwatch.errors import UsageError
from litwatch.paper import Paper

if TYPE_CHECKING:
    from litwatch.edge.config import Config
    from litwatch.study.facets import Entry, Rules

app = typer.Typer()


@app.command(rich_help_panel="Research")
def explain(
    context: typer.Context,
    targets: Annotated[
        list[str], typer.Argument(metavar="PMID|FILE...", help="Papers of these files, of these PMIDs.")
    ],
    query: Annotated[
        str | None, typer.Option(help="Explain this query instead of the watch's search.")
    ] = None,
    entry: Annotated[
        str | None, typer.Option(metavar="FACET.ID", help="Explain an entry of a facet, e.g. topics.safety.")
    ] = None,
    watch: Annotated[str | None, typer.Option(help="Whose queries. [default: the first watch]")] = None,
) -> None:
    """Show, clause by clause, why a paper matches the search (or an entry of a facet), or does not."""
    from litwatch.query.explain import explain as explain_query
    from litwatch.query.parse import parse
    from litwatch.study.roles import passages

    given: Context = context.obj
    config = given.config_to_read()
    chosen = watch_named(config, watch)
    sections: frozenset[str] = frozenset()
    asked = parse(query) if query is not None else chosen.query
    if entry is not None:
        named = entry_named(chosen.rules, entry)
        asked, sections = named.query, named.sections
    found = False
    for paper in papers_of(config, targets):
        found = True
        explanation = explain_query(asked, paper, passages(paper), sections)
        sys.stdout.write(f"{paper.pmid}  {paper.title}\n")
        for depth, clause in explanation.walk():
            mark = "?" if clause.matched is None else "+" if clause.matched else "-"
            places = ", ".join(dict.fromkeys(f"{span.field} “{span.text}”" for span in clause.spans[:4]))
            note = " (takes the paper away)" if clause.takes_away and clause.matched else ""
            line = f"{'  ' * (depth + 1)}{mark} {clause.label}{note}{': ' + places if places else ''}"
            sys.stdout.write(line + "\n")
        sys.stdout.write("\n")
    sys.stdout.flush()
    if not found:
        complain(f"no paper found: {', '.join(targets)}")
        raise typer.Exit(1)


def entry_named(rules: Rules, name: str) -> Entry:
    """The entry of a facet as `topics.safety`, or `relevance`."""
    from difflib import get_close_matches

    entries = {f"{facet.name}.{entry.id}": entry for facet in rules.facets for entry in facet.entries}
    if rules.relevance is not None:
        entries["relevance"] = rules.relevance
    if name not in entries:
        near = get_close_matches(name, entries, n=1)
        advice = f"did you mean `{near[0]}`?" if near else "write FACET.ID, as topics.safety"
        raise UsageError(f"there is no entry `{name}` in the rules; {advice}")
    return entries[name]


def papers_of(config: Config, targets: Iterable[str]) -> Iterator[Paper]:
    """The papers of the files among `targets`, only those of its PMIDs where there are any; else the store's."""
    from litwatch.edge.files import records

    # Nine digits are room enough for PMIDs; a longer number is no PMID, and no store could look for it.
    numbers = {target for target in targets if fullmatch("[0-9]{1,9}", target) and not Path(target).exists()}
    pmids = set(map(int, numbers))
    files = [Path(target) for target in targets if target not in numbers]
    for path in files:
        for record in records(path):
            if isinstance(record, Paper) and (not pmids or record.pmid in pmids):
                yield record
    if not files:
        yield from papers_in_store(config, pmids)


def papers_in_store(config: Config, pmids: set[int]) -> Iterator[Paper]:
    """The papers of those PMIDs that the store holds; none without a store."""
    from litwatch.cli.wiring import store_to_read
    from litwatch.edge.store import showing

    with store_to_read(config, datetime.now(UTC)) as store:
        if store is None:
            return
        for pmid in sorted(pmids, reverse=True):
            # Every watch that has it shows the same record.
            found = (shown.paper for shown in showing.papers(store, pmid=pmid) if shown.paper is not None)
            yield from islice(found, 1)
