"""Commands that read record files and change nothing: tag, match.

Owns their arguments and what they print. Never imports the store.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain
from litwatch.errors import LitwatchError, UsageError
from litwatch.paper import Paper

if TYPE_CHECKING:
    from litwatch.query.match import Matcher

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
    from litwatch.cli.wiring import vocabulary

    config = given(context).config_to_read()
    chosen = watch_named(config, watch)
    failed = False
    for result in tag_files(files, chosen.name, chosen.rules, jobs, vocabulary(config)):
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
    context: typer.Context,
    query: Annotated[
        str | None,
        typer.Argument(show_default=False, help="A query in PubMed's language; left out with --query-file."),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE...",
            readable=False,
            show_default=False,
            help="PubMed XML (also .gz), .nbib or JSON lines; not needed with --lint.",
        ),
    ] = None,
    look_over: Annotated[
        bool, typer.Option("--lint", help="Say what makes the query lose papers (exit code 2 for errors).")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="With --lint: every finding, and each by its name.")
    ] = False,
    query_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Read the query from a file, numbered lines or not; `-` is stdin.",
        ),
    ] = None,
) -> None:
    """Print the PMIDs of the records that match, one a line, each once, by its newest version."""
    from litwatch.cli.own_query import warn_of
    from litwatch.cli.wiring import vocabulary
    from litwatch.query.leaves import BY_NAME
    from litwatch.query.match import Scope, compile_scopes, pubmed_only
    from litwatch.query.mesh import asks_mesh
    from litwatch.query.parse import parse

    options = given(context)
    text, records = _asked(query, files or [], query_file)
    if everything and not look_over:
        raise UsageError("--all goes with --lint")
    if look_over:
        from litwatch.cli.check.terminal import lint_one

        told, wrong = lint_one(text, vocabulary(options.config_to_read()).mesh, everything=everything)
        (sys.stderr if records else sys.stdout).write(told)
        if wrong or not records:
            raise typer.Exit(2 if wrong else 0)
    if not records:
        raise UsageError(_no_records(query if query_file is None else None))
    parsed = parse(text)
    unknown = pubmed_only(parsed)
    if unknown:
        clauses = ", ".join(dict.fromkeys(str(term) for term in unknown))
        raise UsageError(f"only PubMed itself can answer {clauses}; leave it out to match files")
    # Most queries ask for no heading, and need no configuration.
    known = vocabulary(options.config_to_read()) if asks_mesh(parsed) else BY_NAME
    if not look_over:
        warn_of(parsed, known.mesh)
    matcher = compile_scopes([Scope(parsed)], known)
    newest, whole = _matches(records, matcher)
    for pmid, (_, matched) in newest.items():
        if matched:
            sys.stdout.write(f"{pmid}\n")
    sys.stdout.flush()
    if not whole:
        raise typer.Exit(1)


def _asked(query: str | None, files: list[Path], query_file: Path | None) -> tuple[str, list[Path]]:
    """The query's text and the files of records: with --query-file the first argument is one of them."""
    from litwatch.cli.own_query import is_there, query_in

    if query_file is None:
        if query is None:
            raise UsageError("give a query, or with --query-file FILE the file that it stands in")
        return query, files
    if query is not None and not is_there(query):
        raise UsageError(
            f"`{query[:60]}` is no file of records, and the query is read from --query-file {query_file};"
            " give one of the two queries"
        )
    return query_in(query_file), [Path(query), *files] if query is not None else files


def _no_records(query: str | None) -> str:
    from litwatch.cli.own_query import is_there

    if query is not None and is_there(query):
        return f"{query} is a file, and no query stands before it; is the query in a file: --query-file FILE"
    return "name a file of records to match, or ask with --lint what is wrong with the query"


def _matches(files: Iterable[Path], matcher: Matcher) -> tuple[dict[int, tuple[int, bool]], bool]:
    """PMID -> (version, whether it matches), in the order in which PMIDs first come; whether all was read."""
    from litwatch.edge.files import records

    today = datetime.now(UTC).date()  # "last 30 days"[crdt] counts from it
    newest: dict[int, tuple[int, bool]] = {}
    whole = True
    for path in files:
        try:
            for record in records(path):
                if isinstance(record, Paper):
                    known = newest.get(record.pmid)
                    if known is None or record.version >= known[0]:
                        newest[record.pmid] = (record.version, matcher.read(record, today=today).matches(0))
        except LitwatchError as error:
            complain(str(error))
            whole = False
    return newest, whole


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
