"""Talks to tests/starting.py: one such program for each process of pytest, begun when it is first needed.

Owns how a command is asked for, watched and killed. Never imports litwatch.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path


class Command:
    """A command at work in a fork; asked as subprocess.Popen is."""

    def __init__(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: str = ""
    ) -> None:
        told = {"words": words, "folder": str(folder), "environment": dict(environment)}
        line = json.dumps(told).encode() + b"\n"
        self._out = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # closed by communicate
        self._err = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self._asked = socket.socket(socket.AF_UNIX)
        self._asked.connect(_program())
        with tempfile.TemporaryFile("w+", encoding="utf-8") as read:
            read.write(stdin)
            read.seek(0)
            sent = socket.send_fds(
                self._asked, [line], [each.fileno() for each in (read, self._out, self._err)]
            )
        self._asked.sendall(line[sent:])
        self._answers = self._asked.makefile()
        self.pid = int(self._answers.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its code (negative: the signal that ended it); None while it is at work."""
        return self._ended(0)

    def send_signal(self, number: int) -> None:
        """As of another process."""
        os.kill(self.pid, number)

    def communicate(self, timeout: float) -> tuple[str, str]:
        """What it wrote to stdout and stderr, once it has ended; after so many seconds it is killed."""
        if self._ended(timeout) is None:
            self.send_signal(signal.SIGKILL)
            raise TimeoutError(f"after {timeout} seconds it was still at work")
        self._asked.close()
        with self._out, self._err:
            self._out.seek(0)
            self._err.seek(0)
            return self._out.read(), self._err.read()

    def _ended(self, within: float) -> int | None:
        if self.returncode is None and select.select([self._asked], [], [], within)[0]:
            self.returncode = int(self._answers.readline())
            self._answers.close()
        return self.returncode


@cache
def _program() -> str:
    """The address of the program; it ends with this process."""
    folder = tempfile.mkdtemp(prefix="litwatch-starting-")
    address = str(Path(folder) / "socket")
    program = Path(__file__).with_name("starting.py")
    process = subprocess.Popen(
        [sys.executable, str(program), address], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(process.wait)
    atexit.register(process.kill)
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        raise AssertionError("tests/starting.py did not start")
    return address
