"""`check`: read the whole configuration, look over every query in it, and ask PubMed where that is wanted.

Owns what `check` prints and its exit code. Never writes the store.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import given
from litwatch.errors import ConfigError, LitwatchError, Problem, UsageError

if TYPE_CHECKING:
    from litwatch.edge.config import Config, Watch
    from litwatch.query.leaves import Vocabulary

app = typer.Typer()


@app.command()
def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show hints, too, and every finding.")] = False,
    press: Annotated[
        bool,
        typer.Option("--press", help="Print a form (PRESS 2015, Markdown) to have each search reviewed."),
    ] = False,
    online: Annotated[
        bool,
        typer.Option("--online", help="Ask PubMed, too: its warnings, its translation, what changed in it."),
    ] = False,
) -> None:
    """Read the whole configuration and look over every query in it; exit code 2 for mistakes."""
    from litwatch.cli.check.online import ask_pubmed, online_json, online_lines
    from litwatch.cli.check.press import press_form
    from litwatch.cli.check.queries import as_json as findings_as_json
    from litwatch.cli.check.queries import check_queries, check_unread, relevance_of
    from litwatch.cli.check.terminal import lines_of
    from litwatch.cli.wiring import vocabulary

    asked = given(context)
    try:
        config = with_templates(with_guards(with_the_stores(asked.config_to_read())))
        known = vocabulary(config)
        report = summary(config, known)
    except ConfigError as error:
        unread = check_unread(asked.directory_to_read(), None)
        if not as_json:
            for line in lines_of(unread, everything=everything):
                typer.echo(line)
            raise
        mistakes = [_problem(problem) for problem in error.problems]
        found = [finding for checked in unread for finding in findings_as_json(checked)]
        told = {"ok": False, "mistakes": mistakes, "warnings": [], "findings": found}
        typer.echo(json.dumps(told, ensure_ascii=False))
        raise typer.Exit(error.exit_code) from error
    mesh = known.mesh
    queries = check_queries(config, mesh)
    answers = ask_pubmed(config) if online else ()
    errors = sum(checked.count("error") for checked in queries) + sum(len(one.errors) for one in answers)
    warnings = sum(checked.count("warning") for checked in queries) + sum(
        len(one.warnings) for one in answers
    )
    if as_json:
        report["ok"] = not errors
        report["findings"] = [finding for checked in queries for finding in findings_as_json(checked)]
        if online:
            report["online"] = [online_json(one) for one in answers]
        typer.echo(json.dumps(report, ensure_ascii=False))
    elif press:
        by_watch = {one.watch: one for one in answers}
        titles = {watch.name: watch.title for watch in config.watches}
        forms = [
            press_form(
                checked,
                titles[checked.watch],
                by_watch.get(checked.watch),
                relevance_of(checked, queries),
                mesh.version if mesh is not None else "",
            )
            for checked in queries
            if checked.watch is not None
        ]
        typer.echo("\n---\n\n".join(forms), nl=False)
    else:
        for warning in config.warnings:
            typer.echo(f"warning: {warning}", err=True)
        lines = [*_lines(report), *lines_of(queries, everything=everything)]
        lines += [line for one in answers for line in online_lines(one, everything=everything)]
        mistakes_told = _count(errors, "mistake", "mistakes") if errors else "no mistakes"
        lines.append(f"{mistakes_told}, {_count(len(config.warnings) + warnings, 'warning', 'warnings')}")
        for line in lines:
            typer.echo(line)
    if errors:
        raise typer.Exit(2)


def with_the_stores(config: Config) -> Config:
    """The configuration with what the store warns of: watches that it still owes papers of, and who guards the store.

    A store that cannot be read is told by `status`; `check` is asked about files.
    Raises ConfigError for an address that no command could use here.
    """
    from litwatch.cli.wiring import past_of, store_to_read
    from litwatch.edge.store.left_behind import ADVICE, left_behind
    from litwatch.edge.store.rights import may_be_read_by_all

    try:
        with store_to_read(config, datetime.now(UTC)) as store:
            names = [watch.name for watch in config.watches]
            if store is None:
                return config
            behind = left_behind(store, names)
            place, path = store.place, store.path
    except UsageError as error:
        where = str(config.directory / "litwatch.toml")
        raise ConfigError([Problem(where, "store.url", str(error).removeprefix("store.url: "))]) from error
    except LitwatchError:
        return config
    problems = [Problem(f"watches/{one.watch}.toml", "", str(one), ADVICE) for one in behind]
    if said := past_of(config).unguarded(place):
        problems.append(Problem(str(config.directory / "litwatch.toml"), "store.create", said))
    if path is not None and may_be_read_by_all(path):
        said = "every user of this machine can read it, with all addresses and the key that signs their links"
        problems.append(Problem(place, "", said, f"chmod 600 {place}"))
    return replace(config, warnings=(*config.warnings, *problems))


def with_guards(config: Config) -> Config:
    """The configuration with a warning for each guard that is the search itself, and so measures nothing."""
    problems = [
        Problem(
            f"watches/{watch.name}.toml",
            "guard",
            "the guard is the search itself: it finds nothing that the search misses",
            "take a broader query: one concept of the search alone (docs/guard.md)",
        )
        for watch in config.watches
        if watch.guard is not None and str(watch.guard) == str(watch.query)
    ]
    return replace(config, warnings=(*config.warnings, *problems))


def with_templates(config: Config) -> Config:
    """The configuration with a warning for each template of its own that nothing takes. Raises ConfigError."""
    if config.settings.mail.templates is None:
        return config
    from litwatch.cli.own_templates import look_over_templates

    mistakes, warnings = look_over_templates(config)
    if mistakes:
        raise ConfigError(mistakes)
    return replace(config, warnings=(*config.warnings, *warnings))


def summary(config: Config, known: Vocabulary) -> dict[str, Any]:
    """What a configuration says, in numbers and names; every query in it is compiled on the way."""
    from litwatch.edge.shipped import config_directory

    mail = config.settings.mail
    return {
        "ok": True,
        "directory": str(config.directory.absolute()),
        "shipped": config.directory.absolute() == config_directory(),
        "watches": [
            {
                "name": watch.name,
                "title": watch.title,
                "queries": queries_of(watch, known),
                "topics": _topics(watch),
            }
            for watch in config.watches
        ],
        "subscribers": len(config.subscribers),
        "subscriptions": sum(len(reader.subscriptions) for reader in config.subscribers),
        "pubmed": config.settings.pubmed.base_url,
        "store": config.settings.store.shown_url,
        "transport": mail.transport,
        "mail_to": str(mail.outbox)
        if mail.transport == "folder"
        else f"{mail.host}:{mail.port} ({mail.security})",
        "mistakes": [],
        "warnings": [_problem(warning) for warning in config.warnings],
    }


def queries_of(watch: Watch, vocabulary: Vocabulary) -> int:
    """How many queries a watch holds; all of them are compiled to be sure that they can be."""
    from litwatch.query.match import Scope, compile_scopes

    rules = watch.rules
    entries = [entry for facet in rules.facets for entry in facet.entries]
    scopes = [Scope(watch.query), *([Scope(watch.guard)] if watch.guard else [])]
    for entry in [*entries, *([rules.relevance] if rules.relevance else [])]:
        scopes.append(Scope(entry.query, entry.sections))
        if entry.unless:
            scopes.append(Scope(entry.unless))
        if entry.sentence:
            scopes.append(Scope(entry.sentence, entry.sections, in_sentence=True))
    compile_scopes(scopes, vocabulary)
    return len(scopes)


def _topics(watch: Watch) -> list[str]:
    facet = watch.rules.facet("topics")
    return [entry.id for entry in facet.entries] if facet else []


def _problem(problem: Any) -> dict[str, str]:
    return {"file": problem.file, "key": problem.key, "message": problem.message, "hint": problem.hint}


def _lines(report: dict[str, Any]) -> list[str]:
    shipped = " (as shipped; `litwatch init DIR` writes one to edit)" if report["shipped"] else ""
    lines = [f"config       {report['directory']}{shipped}"]
    lines += [
        f"watch        {watch['name']}: {_count(watch['queries'], 'query', 'queries')}, "
        f"{_count(len(watch['topics']), 'topic', 'topics')}"
        for watch in report["watches"]
    ]
    readers = _count(report["subscribers"], "subscriber", "subscribers")
    lines += [
        f"subscribers  {readers}, {_count(report['subscriptions'], 'subscription', 'subscriptions')}",
        f"pubmed       {report['pubmed']}",
        f"store        {report['store']}",
        f"mail         {report['transport']}: {report['mail_to']}",
    ]
    return lines


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
