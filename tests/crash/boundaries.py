"""Kills each command of the story right before each of its deeds, one after the other (see crash/forking.py).

Owns the program that forks, and which deeds there are. Never asserts; test_killed.py and scripts/soak do.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crash.keeping import put_back
from crash.killing import STORY, Ending, Quiet, differences, state, unsound, until_done
from world import World, surroundings

Deed = tuple[str, int]
"""What it is that a command does, and the how manieth of its kind."""


@dataclass(frozen=True, slots=True)
class Forks:
    """The program at work; a command in it starts without the second that Python takes."""

    _process: subprocess.Popen[str]

    def litwatch(
        self, here: World, words: Sequence[str], before: Deed | None = None
    ) -> tuple[Ending, dict[str, int]]:
        """One command, killed before that deed where it comes to it; how often it did what."""
        told: dict[str, Any] = {
            "words": list(words),
            "folder": str(here.folder),
            "environment": surroundings(here.environment),
            "before": before,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError("the program that forks has ended")
        answer = json.loads(line)
        code: int = answer["code"]
        deeds: dict[str, int] = answer["deeds"]
        return Ending(code == -9, code, sum(deeds.values()), answer["said"]), deeds

    def step(self, here: World, number: int, before: Deed | None = None) -> tuple[Ending, dict[str, int]]:
        """One step of the story."""
        day, words = STORY[number]
        here.pubmed.set_today(day)
        return self.litwatch(here, (*words, "--now", f"{day}T07:05:00Z"), before)


@contextmanager
def forks() -> Iterator[Forks]:
    """The program that forks, for as long as it is needed."""
    tests = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-m", "crash.forking"],
        cwd=tests,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Forks(process)
        finally:
            process.stdin.close()  # type: ignore[union-attr]
            process.wait(30)


def deeds_of(fork: Forks, here: World, life: Quiet, number: int) -> list[Deed]:
    """Every deed of an undisturbed step."""
    put_back(here, life.folders[number])
    ending, counted = fork.step(here, number)
    if ending.code != 0:
        raise AssertionError(f"undisturbed, step {number} ended with {ending.code}: {ending.said}")
    return [(deed, which) for deed in sorted(counted) for which in range(1, counted[deed] + 1)]


def killed_before(fork: Forks, here: World, life: Quiet, number: int, deed: Deed) -> list[str]:
    """One step, killed before that deed and then run to its end; what is wrong afterwards (nothing, if all is well)."""
    put_back(here, life.folders[number])
    ending, _ = fork.step(here, number, deed)
    wrong = [] if ending.killed else [f"it was not killed, but ended with {ending.code}: {ending.said}"]
    found = unsound(here.store)
    wrong += [] if found is None else [f"after the kill: {found}"]
    again = until_done(lambda: fork.step(here, number)[0])
    if again.code != 0:
        wrong.append(f"the run after it ended with {again.code}: {again.said}")
    wrong += differences(life.states[number + 1], state(here))
    return [f"step {number} ({STORY[number]}), killed before {deed[0]} {deed[1]}: {each}" for each in wrong]
