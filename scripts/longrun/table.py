"""The table of the long run, and whether memory and handles stayed flat.

Owns its columns. Never measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from longrun.playing import Week

HEAD = (
    "| to the end of week | papers | mails | runs (failed) | faults | requests | memory, MB | handles | store, MB "
    "| KB a paper | CPU-s a run with work | idle |\n"
    "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)
FLAT_MEMORY, FLAT_HANDLES = 1.15, 2


def row(weeks: Sequence[Week], stretch: int) -> str:
    """The last so many weeks in a line; papers, mails and store are those of the whole time, memory is the highest."""
    last, recent = weeks[-1], weeks[-stretch:]
    papers = papers_of(last)
    runs, failed = (sum(week.did[what] for week in recent) for what in ("runs", "failed"))
    busy, idle = ([one for week in recent for one in week.seconds[what]] for what in ("busy", "idle"))
    return (
        f"| {last.number} | {papers:,} | {sum(week.did['mails'] for week in weeks):,} | {runs} ({failed}) "
        f"| {sum(week.did['faults'] for week in recent):,} | {sum(week.did['requests'] for week in recent):,} "
        f"| {max(week.size.memory for week in recent):.0f} | {max(week.size.handles for week in recent)} "
        f"| {last.size.store / 1e6:.0f} | {last.size.store / max(1, papers) / 1000:.1f} "
        f"| {sum(busy) / max(1, len(busy)):.2f} | {sum(idle) / max(1, len(idle)):.2f} |"
    )


def papers_of(week: Week) -> int:
    """How many papers all watches match."""
    return sum(books["matches"] for books in week.books.values())


def growing(weeks: Sequence[Week]) -> Iterator[str]:
    """What did not stay flat: the last quarter against the second one, once there are quarters to compare."""
    quarter = len(weeks) // 4
    if quarter < 8:
        return
    before, after = weeks[quarter : 2 * quarter], weeks[-quarter:]
    memory = [max(week.size.memory for week in some) for some in (before, after)]
    if memory[1] > memory[0] * FLAT_MEMORY:
        yield f"memory grew from {memory[0]:.0f} to {memory[1]:.0f} MB"
    handles = [max(week.size.handles for week in some) for some in (before, after)]
    if handles[1] > handles[0] + FLAT_HANDLES:
        yield f"file handles grew from {handles[0]} to {handles[1]}"
