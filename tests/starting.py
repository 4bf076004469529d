"""A program that runs litwatch commands, each in a fork of itself: processes of their own, that need not import first.

Owns how a command is started without the second that Python takes to import it and to work out what never changes,
which was half the time of all tests.
Never used where the start itself is proven, where a command is killed, or where Python must read its environment
(`world.litwatch` says when). It is a program of its own because a process with threads must not fork.

Each command comes over a connection of its own to the socket named by the first argument, with the files that are to
be its stdin, stdout and stderr: a line {"words", "folder", "environment"}. The answers, a line each: its process, its
code.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from litwatch.edge.render import Renderer
from litwatch.edge.shipped import templates_directory
from litwatch.study.cues import sifted

# What commands import on their way, so that a fork need not.
BEFOREHAND = (
    *("litwatch.cli.main", "litwatch.cli.commands", "litwatch.cli.wiring", "litwatch.jobs.run", "litwatch.edge.render"),
    *("litwatch.edge.config.load", "litwatch.edge.mesh", "litwatch.edge.store.relating", "Bio.Entrez", "psycopg"),
    *("sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql", "css_inline", "jinja2", "lxml.etree"),
    *("litwatch.edge.store.showing", "litwatch.edge.store.migrating", "litwatch.cli.watching", "smtplib", "requests"),
    *("litwatch.jobs.collect", "litwatch.jobs.refresh", "litwatch.jobs.guard", "litwatch.edge.pubmed", "rich.console"),
    *("litwatch.study.findings", "alembic.command", "typer.rich_utils", "rich.table", "litwatch.cli.status"),
    *("litwatch.cli.idle", "litwatch.cli.logs", "litwatch.cli.watcher", "litwatch.cli.check.command"),
    *("litwatch.cli.showing", "litwatch.edge.marker", "litwatch.edge.pubmed.wire", "litwatch.jobs.composing"),
    *("litwatch.jobs.personal", "litwatch.jobs.outstanding", "litwatch.edge.store.owing", "Bio.Entrez.Parser"),
    *("litwatch.edge.store.signing", "litwatch.edge.store.alike", "litwatch.edge.documents", "rich._emoji_codes"),
    *("pydantic.type_adapter", "pydantic.dataclasses", "encodings.utf_8_sig", "encodings.unicode_escape", "netrc"),
)  # fmt: skip


def become(words: list[str], folder: str, environment: Mapping[str, str]) -> None:
    """Make this process, a fork, look as one that was just started."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["litwatch", *words]


def run_as_main() -> None:
    """Run the command to its end; Python ends this process after it as any other."""
    import_module("litwatch.cli.main").main()


def import_beforehand() -> None:
    """What every command would import, and what comes of that alone."""
    for name in BEFOREHAND:
        import_module(name)
    sifted("")  # the words that the patterns of a study need
    translate_templates()
    gc.freeze()


def translate_templates() -> None:
    """Have Jinja keep the shipped ones."""
    renderer = Renderer(templates_directory())
    for environment in (renderer._environment, renderer._html_environment):
        for name in environment.list_templates():
            environment.get_template(name)


def serve(listening: socket.socket) -> bool:
    """Start what is asked for. True: this process is the command now."""
    while True:
        asked, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            return _started(asked)
        asked.close()
        while _reaped():
            pass


def _reaped() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return False


def _started(asked: socket.socket) -> bool:
    """In a fork: fork the command, wait for it, tell its code."""
    content, files, _, _ = socket.recv_fds(asked, 1 << 16, 3)
    while not content.endswith(b"\n"):
        content += asked.recv(1 << 16)
    told: dict[str, Any] = json.loads(content)
    process = os.fork()
    if process == 0:
        asked.close()
        become(**told)
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
        return True
    asked.sendall(f"{process}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    asked.sendall(f"{code}\n".encode())
    os._exit(0)


def main() -> None:
    """Begin, and answer until killed."""
    import_beforehand()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(sys.argv[1])
    listening.listen(16)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if serve(listening):
        run_as_main()


if __name__ == "__main__":
    main()
