"""The figures of a run as a file that Prometheus' node exporter reads.

Owns the names of the metrics and the file. Never names a reader.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

# What runs and watches count, and what it means: each is a gauge named litwatch_...
HELP = {
    "run_timestamp_seconds": "When the last run ended.",
    "run_exit_code": "Exit code of the last run.",
    "run_seconds": "How long the last run took.",
    "state": "What `litwatch status --check` says: 0 good, 1 warning, 2 critical, 3 unknown.",
    "late_digests": "Digests that are due and have not gone out.",
    "search_timestamp_seconds": "When PubMed was last searched well.",
    "papers": "Papers of a watch that match now, by where they stand.",
    "job_ok": "Whether the last run of a job did well.",
    "job_timestamp_seconds": "When the last run of a job began.",
    "job_seconds": "How long the last run of a job took.",
    "job_requests": "What the last run of a job asked of PubMed.",
}


@dataclass(slots=True)
class Figures:
    """Values by metric and labels, as HELP names them."""

    values: list[tuple[str, dict[str, str], float]] = field(default_factory=list)

    def add(self, name: str, value: float | None, **labels: str) -> None:
        """Note a value; None is not told."""
        if value is not None:
            self.values.append((name, labels, float(value)))


def write_textfile(path: Path, figures: Figures) -> None:
    """Write the file, whole or not at all, for everybody to read. Raises OSError where that cannot be."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    for name, what in HELP.items():
        found = [(labels, value) for each, labels, value in figures.values if each == name]
        if not found:
            continue
        names = sorted({name for labels, _ in found for name in labels})
        gauge = Gauge(f"litwatch_{name}", what, names, registry=registry)
        for labels, value in found:
            (gauge.labels(**labels) if labels else gauge).set(value)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(generate_latest(registry))
        temporary.chmod(0o644)  # node exporter is another user
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
