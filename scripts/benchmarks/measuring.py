"""Measures what benchmark modules declare: each run alone in a process, rounds interleaved, the best kept.

Owns processes, clocks, memory and the Markdown table. Never knows what is measured: see reading.py for how a
module declares BENCHMARKS.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BYTECODE = Path(tempfile.gettempdir()) / "litwatch-bench-bytecode"


@dataclass(frozen=True, slots=True)
class Subject:
    """One way to do the work: `run` gets what `prepare` made (not timed) and returns how many units it did."""

    name: str
    run: Callable[[Any], int]
    prepare: Callable[[], Any] = lambda: None


@dataclass(frozen=True, slots=True)
class Mark:
    """What `subject` must reach: so many times the speed of another, a peak in MB, or a time in seconds.

    `all_of`: so many units are to be done `within` so many minutes of the wall clock, at the speed that was measured.
    """

    subject: str
    times: float = 0.0
    of: str = ""
    wall_clock: bool = False
    peak_below: float = 0.0
    cpu_below: float = 0.0
    wall_below: float = 0.0
    all_of: int = 0
    within: float = 0.0


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A table: the same work done by several subjects; speeds are given as multiples of the `anchor`'s.

    `wall_clock`: speeds and the best of the runs go by it, not by CPU time.
    """

    name: str
    title: str
    unit: str
    anchor: str
    subjects: tuple[Subject, ...]
    marks: tuple[Mark, ...] = ()
    note: str = ""
    wall_clock: bool = False

    def seconds(self, run: Measurement) -> float:
        """What the speed of a run goes by."""
        return run.wall if self.wall_clock else run.cpu


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run: CPU seconds (children's too), wall-clock seconds, peak MB of the process, units done."""

    cpu: float
    wall: float
    peak: float
    units: int


def measure_here(subject: Subject) -> Measurement:
    """Runs a subject in this process, which should be fresh."""
    prepared = subject.prepare()
    wall, cpu = time.perf_counter(), _cpu()
    units = subject.run(prepared)
    return Measurement(_cpu() - cpu, time.perf_counter() - wall, _peak(), units)


def measure_alone(command: Sequence[str]) -> Measurement:
    """Runs `command` in a process with a home of its own; its last line is a measurement as JSON."""
    with tempfile.TemporaryDirectory() as home:  # Bio.Entrez writes into the home that it finds
        # An installed program has its bytecode; some containers forbid to keep any, and each start would compile.
        kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(_BYTECODE)}
        environment = os.environ | {"HOME": home, "PYTHONHASHSEED": "0"} | kept
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return Measurement(**json.loads(done.stdout.splitlines()[-1]))


def measure(
    benchmark: Benchmark, command: Callable[[str], Sequence[str]], rounds: int
) -> dict[str, Measurement]:
    """The best of `rounds` of every subject; rounds are interleaved, so that a slow minute hits all."""
    found: dict[str, list[Measurement]] = {subject.name: [] for subject in benchmark.subjects}
    for number in range(1, rounds + 1):
        for subject in benchmark.subjects:
            print(f"{benchmark.name}: {subject.name}, round {number} of {rounds}", file=sys.stderr)
            found[subject.name].append(measure_alone(command(subject.name)))
    counts = {name: runs[0].units for name, runs in found.items()}
    if len(set(counts.values())) > 1:
        print(f"{benchmark.name}: they did not do the same work: {counts}", file=sys.stderr)
    return {name: min(runs, key=benchmark.seconds) for name, runs in found.items()}


def table(benchmark: Benchmark, found: dict[str, Measurement]) -> str:
    """A Markdown table, its marks below it."""
    anchor = found[benchmark.anchor]
    lines = [
        f"### {benchmark.title}",
        "",
        f"| subject | {benchmark.unit} | CPU s | wall s | {benchmark.unit}/s | × {benchmark.anchor} | peak MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, run in found.items():
        speed = run.units / benchmark.seconds(run)
        ratio = speed / (anchor.units / benchmark.seconds(anchor))
        lines.append(
            f"| {name} | {run.units:,} | {run.cpu:.3g} | {run.wall:.3g} | {speed:,.0f} | {ratio:.2f} "
            f"| {run.peak:,.0f} |"
        )
    lines += ["", *([benchmark.note, ""] if benchmark.note else [])]
    lines += [f"- {'ok' if held else 'MISSED'}: {words}" for held, words in judged(benchmark, found)]
    return "\n".join(lines).rstrip() + "\n"


def judged(benchmark: Benchmark, found: dict[str, Measurement]) -> Iterator[tuple[bool, str]]:
    """Each mark: whether it was reached, and in words."""
    for mark in benchmark.marks:
        run = found[mark.subject]
        if mark.times:
            other = found[mark.of]
            reached = (other.wall / run.wall) if mark.wall_clock else (other.cpu / run.cpu)
            reached *= run.units / other.units
            yield reached >= mark.times, f"{mark.subject} is {reached:.2f} × {mark.of}, mark {mark.times:g}"
        if mark.peak_below:
            yield (
                run.peak < mark.peak_below,
                f"{mark.subject} peaks at {run.peak:.0f} MB, mark {mark.peak_below:g}",
            )
        if mark.cpu_below:
            yield (
                run.cpu < mark.cpu_below,
                f"{mark.subject} takes {run.cpu:.2f} s CPU, mark {mark.cpu_below:g}",
            )
        if mark.wall_below:
            yield (
                run.wall < mark.wall_below,
                f"{mark.subject} takes {run.wall:.2f} s, mark {mark.wall_below:g}",
            )
        if mark.all_of:
            minutes = mark.all_of / run.units * run.wall / 60
            words = f"{mark.subject} would do {mark.all_of:,} in {minutes:.0f} minutes, mark {mark.within:g}"
            yield minutes < mark.within, words


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak() -> float:
    """Peak memory of this process in MB; VmHWM begins anew at exec, ru_maxrss does not."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if found:
            return int(found.group(1)) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
