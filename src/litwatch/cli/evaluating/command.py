"""`eval`: how well a watch's rules do on labelled records, and what a change of them gained and lost.

Owns its arguments, its files and its exit codes. Never changes anything.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain
from litwatch.errors import ReadError, UsageError

if TYPE_CHECKING:
    from litwatch.edge.config import Config
    from litwatch.tuning.comparing import Before, Comparison
    from litwatch.tuning.evaluation import Evaluation

app = typer.Typer()


@app.command("eval", rich_help_panel="Research")
def evaluate_rules(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", readable=False, help="Labelled records, a JSON object a line.")
    ],
    watch: Annotated[str | None, typer.Option(help="Whose rules. [default: the first watch]")] = None,
    with_mesh: Annotated[
        bool, typer.Option("--with-mesh", help="Keep the records' MeSH, which fresh papers do not have.")
    ] = False,
    mistakes: Annotated[
        str | None,
        typer.Option(
            metavar="FACET[.VALUE]", help="List the mistakes there (`all`: everywhere), with the words."
        ),
    ] = None,
    compare_with: Annotated[
        Path | None,
        typer.Option("--compare", metavar="OLD.json", help="What changed since an earlier `eval --json`."),
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read.")] = None,
    fail_under: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Exit code 1 where the topics' macro-F1 is lower."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure and every mistake.")] = False,
) -> None:
    """Measure a watch's rules on labelled records: precision, recall and F1 with 95 % intervals, and the mistakes."""
    from litwatch.cli.evaluating import terminal
    from litwatch.cli.wiring import vocabulary
    from litwatch.decide.ordering import LEADS
    from litwatch.study.student import compile_rules
    from litwatch.tuning.comparing import compare
    from litwatch.tuning.evaluation import MACRO_F1, evaluate
    from litwatch.tuning.labels import labelled_records

    config = given(context).config_to_read()
    chosen = watch_named(config, watch)
    before = evaluated_before(compare_with) if compare_with else None
    try:
        labelled = list(labelled_records(lines_of(file), chosen.rules))
    except ReadError as error:
        raise UsageError(f"{file}: {error}") from error
    if not labelled:
        raise UsageError(f"{file} holds no records")
    study = compile_rules(chosen.rules, vocabulary(config)).study
    leads = [lead.topic for lead in LEADS]
    done = evaluate(labelled, study, chosen.name, leads, with_mesh=with_mesh)
    if mistakes is not None:
        terminal.check_name(mistakes, done)
    comparison = compare(before, done) if before is not None else None
    if html is not None:
        write_page(config, html, done, comparison)
    if as_json:
        json.dump(done.to_json(), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    elif mistakes is not None:
        terminal.print_mistakes(done, mistakes)
    else:
        terminal.print_figures(done)
    if comparison is not None and not as_json:
        terminal.print_comparison(comparison)
    sys.stdout.flush()
    if fail_under is not None:
        reached = done.figures.get(MACRO_F1)
        if reached is None:
            raise UsageError(f"{file} has no labels of topics to hold against --fail-under")
        if reached.value < fail_under:
            complain(f"{MACRO_F1} is {reached.value:.3f}, under {fail_under:g}")
            raise typer.Exit(1)


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file. Raises UsageError where it cannot be read."""
    try:
        with path.open("rb") as stream:
            yield from stream
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def evaluated_before(path: Path) -> Before:
    """An earlier evaluation from its file. Raises UsageError."""
    from litwatch.tuning.comparing import read_evaluation

    try:
        return read_evaluation(json.loads(b"".join(lines_of(path))))
    except (ReadError, ValueError) as error:
        said = error if isinstance(error, ReadError) else "it is not JSON"
        raise UsageError(f"{path}: {said}") from error


def write_page(config: Config, path: Path, done: Evaluation, comparison: Comparison | None) -> None:
    """The page of an evaluation."""
    from litwatch.cli.wiring import renderer, written_page

    rendered = renderer(config).page(
        "eval.html", evaluation=done, comparison=comparison, now=datetime.now(UTC)
    )
    written_page(path, rendered)
