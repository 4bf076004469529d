"""A program that runs litwatch commands, each in a fork of itself, and kills one right before the n-th of its deeds.

Owns what a deed is: whatever another process, or the next run, can see. A transaction is committed (`commit`), a file
is opened to be written, renamed or removed (`file`), something is sent to PubMed (`request`) or to a mail server
(`mail`).
Between two deeds of a command nothing can be told apart, so killing it before each of them is killing it anywhere.
Never judges; crash/boundaries.py talks to it. It is a program of its own because a process with threads must not fork.

One command a line of stdin, as JSON: {"words", "folder", "environment", "before": [deed, number] or null}. One answer a
line of stdout: {"code", "deeds": {deed: how often}, "said"}; the code of a killed command is -9.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, event

from starting import become, import_beforehand, run_as_main

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Deeds:
    """Counts the deeds of this process, and kills it before the one that it was told."""

    def __init__(self, folder: str, before: tuple[str, int] | None) -> None:
        self.counted: Counter[str] = Counter()
        self._folder, self._before = folder, before

    def watch(self) -> None:
        """From now on."""
        event.listen(Engine, "commit", self._commits)
        sys.addaudithook(self._heard)

    def _commits(self, connection: Connection) -> None:
        reads = connection.get_execution_options()
        if not (reads.get("litwatch_reading") or reads.get("postgresql_readonly")):
            self._next("commit")

    def _heard(self, name: str, about: tuple[Any, ...]) -> None:
        """Python's own audit events (docs.python.org/3/library/audit_events.html)."""
        if name == "http.client.send":
            self._next("request")
        elif name == "smtplib.send":
            self._next("mail")
        elif name in ("os.rename", "os.remove") or (name == "open" and about[2] & _WRITING):
            self._touches(about[0])

    def _touches(self, path: object) -> None:
        """A file of the store's folder or of the outbox; by its descriptor, nothing that others see."""
        if isinstance(path, str | os.PathLike) and str(Path(path).absolute()).startswith(self._folder):
            self._next("file")

    def _next(self, deed: str) -> None:
        self.counted[deed] += 1
        if (deed, self.counted[deed]) == self._before:
            os.kill(os.getpid(), signal.SIGKILL)


def in_fork(told: dict[str, Any], out: IO[str], said: IO[str]) -> int:
    """Run one command to its end, as its user would; its exit code."""
    become(told["words"], told["folder"], told["environment"])
    os.dup2(said.fileno(), 2)
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
    deeds = Deeds(str(Path(told["folder"]).resolve()), tuple(told["before"]) if told["before"] else None)
    deeds.watch()
    code: object = 0
    try:
        run_as_main()
    except SystemExit as ending:
        code = ending.code
    sys.stderr.flush()
    out.write(json.dumps(deeds.counted))
    out.flush()
    return code if isinstance(code, int) else 0


def answer(told: dict[str, Any]) -> dict[str, Any]:
    """Fork, run, and say how it ended."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                code = in_fork(told, out, said)
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        said.seek(0)
        counted = out.read()
        return {"code": code, "deeds": json.loads(counted) if counted else {}, "said": said.read()}


def main() -> None:
    """Answer until stdin ends."""
    import_beforehand()
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
