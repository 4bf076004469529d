"""`guard`: what the search of a watch misses, measured by a broader query and a person's judgement.

Owns its arguments, words and exit codes. Never does the work (jobs/guard.py does).
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain, written
from litwatch.cli.watching import Json, Now, receipt_kept, report, stop_told
from litwatch.decide.shown import pubmed_link
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litwatch.edge.config import Config, Watch
    from litwatch.edge.store.guarding import Drawn
    from litwatch.jobs.receipt import Receipt

app = typer.Typer()

VERDICTS = {"yes": True, "no": False}
LINE = re.compile(r"(\d{1,9})[\s,;]+(\w+)\s*(?:[\s,;#].*)?")


@app.command(rich_help_panel="Watching")
def guard(
    context: typer.Context,
    watch: Annotated[str | None, typer.Argument(help="[default: every watch that has a guard]")] = None,
    show: Annotated[
        bool, typer.Option("--list", help="Show the papers to judge, in the order to judge them in.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="With --list: those that were judged, too.")
    ] = False,
    judge: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="PMID yes|no",
            help="Should the search have found this paper of the sample?",
            show_default=False,
        ),
    ] = None,
    judgements: Annotated[
        str | None,
        typer.Option("--judgements", metavar="FILE", help="Lines `PMID yes` or `PMID no`; - is stdin."),
    ] = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Count what a broader query finds that the search does not, and estimate what the search misses."""
    asked = given(context)
    if sum((show, judge is not None, judgements is not None)) > 1:
        raise UsageError("give one of --list, --judge and --judgements")
    if everything and not show:
        raise UsageError("--all goes with --list")
    if show:
        show_sample(guarded(asked.config(), watch), asked.config(), everything, as_json)
    elif judge is not None or judgements is not None:
        verdicts = read_verdicts(judge, judgements)
        write_verdicts(asked.config(), watch, verdicts)
    else:
        run_guards(asked.config(), watch, now, as_json)


def guarded(config: Config, name: str | None) -> list[Watch]:
    """The watch of that name, or every watch that has a guard. Raises UsageError where there is none."""
    chosen = [watch_named(config, name)] if name else [one for one in config.watches if one.guard is not None]
    if not chosen or any(one.guard is None for one in chosen):
        who = f"the watch {name} has no guard" if name else "no watch has a guard"
        example = 'guard = "ketamin*[tiab] OR esketamin*[tiab]"'
        where = config.directory / "watches" / f"{name or config.watches[0].name}.toml"
        raise UsageError(
            f"{who}: set a query that is broader than the search in {where}, for example {example}"
        )
    return chosen


def run_guards(config: Config, name: str | None, now: str | None, as_json: bool) -> None:
    """Run the guards, and print their receipts."""
    from litwatch.cli.wiring import instant, opened_pubmed, opened_store, shown_progress
    from litwatch.jobs.guard import guard as guard_watch

    chosen, moment = guarded(config, name), instant(now, config)
    receipts: list[Receipt] = []
    with (
        stop_told("guard", moment, as_json, receipts),
        receipt_kept("guard", moment),
        opened_store(config, moment) as store,
        opened_pubmed(config) as pubmed,
        shown_progress() as progress,
    ):
        for one in chosen:
            receipt = guard_watch(one, pubmed, store, moment, config.settings, progress=progress)
            receipts.append(receipt)
    report([receipt.to_json() for receipt in receipts], [receipt.one_line() for receipt in receipts], as_json)
    if not all(receipt.ok for receipt in receipts):
        raise typer.Exit(1)


def show_sample(chosen: Sequence[Watch], config: Config, everything: bool, as_json: bool) -> None:
    """The papers of the samples: title and abstract, to be judged."""
    from litwatch.cli.wiring import store_to_read
    from litwatch.edge.store.guarding import drawn

    with store_to_read(config, datetime.now(UTC)) as store:
        papers: tuple[Drawn, ...] = ()
        if store is not None:
            with store.reading() as connection:
                papers = drawn(connection, [one.name for one in chosen], unjudged_only=not everything)
    for each in papers:
        sys.stdout.write(
            json.dumps(as_object(each), ensure_ascii=False) + "\n" if as_json else in_lines(each)
        )
    if not papers and not as_json:
        complain("there is nothing to judge" if not everything else "no sample was drawn yet")


def as_object(each: Drawn) -> dict[str, Any]:
    """A paper of a sample as one object of --list --json."""
    paper = each.paper
    return {
        "watch": each.watch,
        "pmid": str(each.pmid),
        "guard_run": written(each.ran_at),
        "place": each.place,
        "missed": each.missed,
        "judged": written(each.judged_at),
        "found_since": each.found_since,
        "title": paper.title if paper else None,
        "abstract": paper.abstract if paper else None,
        "journal": paper.journal if paper else None,
        "publication_date": paper.publication_date if paper else None,
        "link": pubmed_link(each.pmid),
    }


def in_lines(each: Drawn) -> str:
    """A paper of a sample for a person who judges it."""
    paper = each.paper
    verdict = {None: "", True: "  judged: yes", False: "  judged: no"}[each.missed]
    since = "  (found since)" if each.found_since else ""
    lines = [f"{each.pmid}  {each.watch}{verdict}{since}"]
    if paper is None:
        lines.append(f"    (not fetched) {pubmed_link(each.pmid)}")
    else:
        lines.append(f"    {paper.title or paper.vernacular_title}")
        lines.append(f"    {', '.join(filter(None, (paper.journal, paper.publication_date)))}")
        lines += textwrap.wrap(paper.abstract, 96, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines) + "\n\n"


def read_verdicts(judge: tuple[str, str] | None, file: str | None) -> dict[int, bool]:
    """PMID -> whether it should have been found. Raises UsageError with every line that says something else."""
    if judge is not None:
        lines, source = [" ".join(judge)], "--judge"
    else:
        try:
            text = sys.stdin.read() if file == "-" else Path(file or "").read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise UsageError(f"{file}: these judgements cannot be read: {why}") from error
        lines, source = text.splitlines(), file or ""
    verdicts: dict[int, bool] = {}
    wrong = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = LINE.fullmatch(line.strip())
        verdict = VERDICTS.get(found[2].lower()) if found else None
        if found is None or verdict is None:
            place = source if judge is not None else f"{source}, line {number}"
            wrong.append(f"{place}: {line.strip()[:60]!r} is no judgement; write a PMID and yes or no")
        else:
            verdicts[int(found[1])] = verdict
    if wrong:
        raise UsageError("\n".join(wrong))
    return verdicts


def write_verdicts(config: Config, name: str | None, verdicts: Mapping[int, bool]) -> None:
    """Write judgements down, all or none, and say what is known now."""
    from litwatch.cli.wiring import opened_store
    from litwatch.edge.store import guarding
    from litwatch.jobs.receipt import recall_in_words

    chosen, now = guarded(config, name), datetime.now(UTC)
    names = [one.name for one in chosen]
    with opened_store(config, now) as store:
        with store.writing() as connection:
            strange = guarding.not_drawn(connection, names, verdicts)
            if strange:
                listed = ", ".join(map(str, strange[:20])) + ("" if len(strange) <= 20 else ", ...")
                raise UsageError(
                    f"in no sample of {', '.join(names)}: {listed}; nothing was written "
                    "(`litwatch guard --list --all` shows the samples)"
                )
            guarding.judge(connection, names, verdicts, now)
        typer.echo(f"{len(verdicts)} judged")
        for one in chosen:
            told = guarding.standing(store, one.name, str(one.guard), str(one.query), now)
            typer.echo(f"{one.name}: {recall_in_words(told)}")
