"""`preview`: a digest as it would look, on the terminal, in a file, in the browser or in a mailbox.

Owns its arguments and where the digest goes. Never claims or writes the store, and sends only what --send asks for.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain
from litwatch.errors import MailError, TemplateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from litwatch.edge.config import Config
    from litwatch.edge.render import Rendered

app = typer.Typer()

PAGE = Path("litwatch-preview.html")
#: The browser looks again every two seconds, and stays where the reader is.
REFRESH = '<meta http-equiv="refresh" content="2">'


@app.command(rich_help_panel="Trying")
def preview(
    context: typer.Context,
    watch: Annotated[str | None, typer.Option("--watch", help="Which watch. [default: the first]")] = None,
    reader: Annotated[
        str | None, typer.Option("--for", metavar="ADDRESS", help="For whom. [default: the first subscriber]")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Of made-up papers, whatever is owed.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="Write the HTML here instead of printing the text.")
    ] = None,
    browser: Annotated[bool, typer.Option("--open", help="Show the HTML in the browser.")] = False,
    reload: Annotated[
        bool, typer.Option("--reload", help="Write the HTML anew whenever a template is saved, until Ctrl-C.")
    ] = False,
    send: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Send it there, as digests are sent; its subject says [Preview]."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--now", metavar="ISO8601", help="As of that instant (with a time zone).")
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(help="Folder whose templates win over the packed ones, file by file.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain-context", help="List what templates get, with types, and end.")
    ] = False,
) -> None:
    """Show a digest as it would look now; changes nothing."""
    if explain:
        from litwatch.cli.preview.context import print_context

        print_context()
        return
    from litwatch.cli.preview.content import digest_now
    from litwatch.cli.wiring import instant, renderer, templates_folder
    from litwatch.edge.render.overrides import look_over
    from litwatch.edge.shipped import templates_directory

    # What sends needs a configuration of its own; what only shows may fall back on the shipped one.
    config = given(context).config_to_read() if send is None else given(context).config()
    chosen = watch_named(config, watch)
    now = instant(at, config)
    folder = templates_folder(config, templates)
    digest = digest_now(config, chosen, reader, now, sample=sample)

    def render() -> Rendered:  # by templates as they are now: a file may be new in the folder that wins
        if folder is not None:
            for warning in look_over(folder, templates_directory()):
                complain(f"warning: {warning}")
        return renderer(config, templates).render(digest)

    if send is not None:
        _send(config, chosen.name, render(), send, now)
    if reload:
        _follow(render, output or PAGE, folder, browser=browser)
    elif output is not None or browser:
        _write(render(), output or PAGE)
        if browser:
            typer.launch((output or PAGE).absolute().as_uri())
    elif send is None:
        rendered = render()
        sys.stdout.write(f"Subject: {rendered.subject}\n\n{rendered.text}")


def _write(rendered: Rendered, path: Path, *, refresh: bool = False) -> None:
    from litwatch.cli.wiring import written_page

    page = rendered.html.replace("<head>", f"<head>{REFRESH}", 1) if refresh else rendered.html
    written_page(path, page, f" (subject: {rendered.subject})")


def _send(config: Config, watch: str, rendered: Rendered, address: str, now: datetime) -> None:
    from litwatch.cli.wiring import transport
    from litwatch.edge.message import bare_address
    from litwatch.jobs.trying import trial_message

    try:
        recipient = bare_address(address)
    except MailError as error:
        raise UsageError(f"--send {address}: {error}") from error
    mail = config.settings.mail
    sending = transport(config)
    try:
        sending.send(
            bare_address(mail.envelope_from), recipient, trial_message(mail, watch, rendered, address, now)
        )
    finally:
        sending.close()
    complain(f"sent to {address} through {mail.host if mail.transport == 'smtp' else mail.outbox}")


def _follow(render: Callable[[], Rendered], path: Path, override: Path | None, *, browser: bool) -> None:
    """Writes the page whenever a template changes; a mistake in one is told, and waited for to be mended."""
    from litwatch.cli.preview.reloading import changes
    from litwatch.edge.shipped import templates_directory

    shown = False
    folders = [folder for folder in (override, templates_directory()) if folder is not None]
    for _ in changes(folders):
        try:
            _write(render(), path, refresh=True)
        except TemplateError as error:
            complain(str(error))
            continue
        if browser and not shown:
            typer.launch(path.absolute().as_uri())
            shown = True
