"""`explain`: why a paper matches the search and the facets, or does not.

Owns its arguments and the choice of what is shown. Never changes anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.edge.config import Config, Watch
    from litwatch.study.explained import Asked, Explained
    from litwatch.study.facets import Entry, Rules

app = typer.Typer()

PAGE_LIMIT = 50  # papers on one page: more are no reading matter


@app.command(rich_help_panel="Research")
def explain(
    context: typer.Context,
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="PMID|FILE...",
            help="PMIDs are looked for in the files, then in the store, then at PubMed.",
        ),
    ],
    query: Annotated[
        str | None, typer.Option(help="Explain this query instead of the watch's search.")
    ] = None,
    entry: Annotated[
        str | None,
        typer.Option(metavar="FACET.ID", help="Explain an entry of a facet, e.g. topics.safety."),
    ] = None,
    watch: Annotated[str | None, typer.Option(help="Whose queries. [default: the first watch]")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every clause and every sentence, in the order of the query.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page that can be mailed round.")
    ] = None,
) -> None:
    """Show why a paper is found by the search, or is not, and what each facet makes of it: with the words."""
    from litwatch.cli.explain.sources import Sources
    from litwatch.cli.wiring import vocabulary
    from litwatch.study.account import DEEPEST
    from litwatch.study.explained import PaperExplainer
    from litwatch.study.student import compile_rules

    config = given(context).config_to_read()
    chosen = watch_named(config, watch)
    now = datetime.now(UTC)
    asked = asked_for(chosen, query, entry)
    known = vocabulary(config)
    mesh = known.mesh.version if known.mesh is not None else ""
    if query is not None:
        from litwatch.cli.own_query import warn_of

        warn_of(asked[0].query, known.mesh, approximate=False)  # the tree says it of each term
    # A query of one's own, or one entry, is asked about alone.
    student = compile_rules(chosen.rules, known) if query is None and entry is None else None
    explainer = PaperExplainer(
        asked,
        student,
        vocabulary=known,
        everything=everything or as_json,
        deepest=None if as_json else DEEPEST,
    )
    sources = Sources(config, targets, now)
    found = (explainer.explain(paper, source, now.date()) for paper, source in sources.papers())
    if html is not None:
        count = write_page(config, html, asked, found, mesh, now)
    elif as_json:
        count = print_json(found, mesh)
    else:
        count = print_text(found, asked)
    sys.stdout.flush()
    for complaint in sources.complaints:
        complain(complaint)
    if not count and not sources.complaints:
        complain(f"no paper found: {', '.join(targets)}")
    if sources.complaints or not count:
        raise typer.Exit(1)


def asked_for(chosen: Watch, query: str | None, entry: str | None) -> tuple[Asked, ...]:
    """The query that is explained: one's own, an entry's (with its `sentence` and `unless`), or the watch's search."""
    from litwatch.query.parse import parse
    from litwatch.study.explained import Asked, asked_of

    if query is not None and entry is not None:
        raise UsageError("--query and --entry are two questions; ask one")
    if query is not None:
        return (Asked("your query", parse(query)),)
    if entry is not None:
        return asked_of(entry, entry_named(chosen.rules, entry))
    return (Asked(f"search of {chosen.name}", chosen.query),)


def entry_named(rules: Rules, name: str) -> Entry:
    """The entry of a facet as `topics.safety`, or `relevance`."""
    from difflib import get_close_matches

    from litwatch.study.explained import entries_by_name

    entries = entries_by_name(rules)
    if name not in entries:
        near = get_close_matches(name, entries, n=1)
        advice = f"did you mean `{near[0]}`?" if near else "write FACET.ID, as topics.safety"
        raise UsageError(f"there is no entry `{name}` in the rules; {advice}")
    return entries[name]


def print_text(found: Iterator[Explained], asked: Sequence[Asked]) -> int:
    """Each paper for a reader in a terminal, then what can be pasted; how many papers."""
    from litwatch.cli.explain.terminal import Printer

    printer, count = Printer(), 0
    for one in found:
        printer.paper(one)
        count += 1
    if count:
        printer.to_paste(asked)
    return count


def print_json(found: Iterator[Explained], mesh: str) -> int:
    """One object a line; how many papers."""
    from litwatch.cli.explain.as_json import document
    from litwatch.edge.as_json import one_line

    count = 0
    for one in found:
        sys.stdout.buffer.write(one_line(document(one, mesh)))
        count += 1
    return count


def write_page(
    config: Config, path: Path, asked: Sequence[Asked], found: Iterator[Explained], mesh: str, now: datetime
) -> int:
    """All papers as one page; how many."""
    from itertools import islice

    from litwatch.cli.explain.page import page_of
    from litwatch.cli.wiring import renderer, written_page

    papers = list(islice(found, PAGE_LIMIT + 1))
    if len(papers) > PAGE_LIMIT:
        raise UsageError(f"more than {PAGE_LIMIT} papers are no page; name the PMIDs that you want on it")
    if not papers:
        return 0
    rendered = renderer(config).page("explain.html", page=page_of(papers, asked, mesh, now))
    written_page(path, rendered)
    return len(papers)
