"""Commands that read record files and change nothing: tag, match, explain.

Owns their arguments and what they print. Never imports the store, but where explain is asked for a PMID alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from re import fullmatch
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import Context, watch_named
from litwatch.errors import LitwatchError, UsageError
from litwatch.paper import Paper

if TYPE_CHECKING:
    from litwatch.edge.config import Config
    from litwatch.study.facets import Entry, Rules

app = typer.Typer()

# readable=False: a file that may not be read is told like every other fault of a file, not as wrong use.
Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", readable=False, help="PubMed XML (also .gz), .nbib or JSON lines."),
]


@app.command(rich_help_panel="Research")
def tag(
    context: typer.Context,
    files: Files,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line (`litwatch schema papers`).")
    ] = False,
    watch: Annotated[
        str | None, typer.Option(help="Whose rules to read by. [default: the first watch]")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes that share the work.")] = 1,
) -> None:
    """Tag every record of the files by a watch's rules, with the words that earned each tag; needs no store."""
    from litwatch.cli.tagging import Skipped, Stopped
    from litwatch.cli.tagging import tag as tag_files

    given: Context = context.obj
    chosen = watch_named(given.config_to_read(), watch)
    failed = False
    for result in tag_files(files, chosen.name, chosen.rules, jobs):
        if isinstance(result, Stopped):
            complain(str(result.error))
            failed = True
        elif isinstance(result, Skipped):
            complain(f"PMID {result.pmid or 'unknown'} could not be read: {result.reason}")
            failed = True
        elif as_json:
            sys.stdout.buffer.write(result)
        else:
            sys.stdout.write(in_lines(json.loads(result)) + "\n")
    sys.stdout.flush()
    if failed:
        raise typer.Exit(1)


@app.command(rich_help_panel="Research")
def match(
    query: Annotated[str, typer.Argument(help="A query in PubMed's language.")],
    files: Files,
) -> None:
    """Print the PMIDs of the records that match, one a line, each once, by its newest version."""
    from litwatch.edge.files import records
    from litwatch.query.match import Scope, compile_scopes, pubmed_only
    from litwatch.query.parse import parse

    parsed = parse(query)
    unknown = pubmed_only(parsed)
    if unknown:
        clauses = ", ".join(dict.fromkeys(str(term) for term in unknown))
        raise UsageError(f"only PubMed itself can answer {clauses}; leave it out to match files")
    matcher = compile_scopes([Scope(parsed)])
    today = datetime.now(UTC).date()  # "last 30 days"[crdt] counts from it
    # PMID -> (version, whether it matches), in the order in which PMIDs first come.
    newest: dict[int, tuple[int, bool]] = {}
    stopped: LitwatchError | None = None
    for path in files:
        try:
            for record in records(path):
                if isinstance(record, Paper):
                    known = newest.get(record.pmid)
                    if known is None or record.version >= known[0]:
                        newest[record.pmid] = (record.version, matcher.read(record, today=today).matches(0))
        except LitwatchError as error:
            complain(str(error))
            stopped = error
    for pmid, (_, matched) in newest.items():
        if matched:
            sys.stdout.write(f"{pmid}\n")
    sys.stdout.flush()
    if stopped is not None:
        raise typer.Exit(1)


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


def in_lines(found: Mapping[str, Any]) -> str:
    """One paper for a reader in a terminal: title, what it is, and each topic with the words that earned it."""
    facts = [
        None if found["relevant"] is None else "relevant" if found["relevant"] else "not relevant",
        found["design"],
        found["setting"],
        f"n = {found['participants']}" if found["participants"] is not None else None,
        f"{found['studies']} studies" if found["studies"] is not None else None,
        f"{found['followup_days']} days" if found["followup_days"] is not None else None,
        ", ".join((*found["drugs"], *found["routes"])) or None,
    ]
    lines = [f"{found['pmid']}  {found['title']}", "    " + " · ".join(fact for fact in facts if fact)]
    lines += [f"    {topic}: {words(spans)}" for topic, spans in found["tags"].items()]
    lines += [f"    {name}: “{text}”" for name, text in found["quotes"].items() if text]
    return "\n".join(lines) + "\n"


def words(spans: Iterable[Mapping[str, Any]]) -> str:
    """The words of some Spans, each once, at most six."""
    different = list(dict.fromkeys(span["text"].casefold() for span in spans))
    return ", ".join(different[:6]) + (", ..." if len(different) > 6 else "")


def complain(message: str) -> None:
    """One line on stderr."""
    sys.stderr.write(f"litwatch: {message}\n")
