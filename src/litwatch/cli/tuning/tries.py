"""The searches that were tried with the same seeds, side by side: what each change cost.

Owns that table, for the terminal and the page. Never works a figure out.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from litwatch.cli.tuning.outcome import Outcome

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Try:
    """A search that was tried, by the place at which it was; `this`: it is the one that is worked on."""

    number: int
    papers: int
    developing: str
    validating: str
    precision: str
    query: str
    this: bool


def tries_of(outcome: Outcome) -> tuple[Try, ...]:
    """All of them, the first that was tried first."""
    worked_on = str(outcome.shown[0].sheet.query)
    return tuple(
        Try(
            number,
            told["papers"],
            _share(told["developing"]),
            _share(told["validating"]),
            _share(told["precision"]),
            text,
            text == worked_on,
        )
        for number, (text, told) in enumerate(outcome.tried, 1)
    )


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def tried_table(outcome: Outcome, width: int) -> Table:
    """The last of them for a terminal of that width; an arrow stands at the one that is worked on."""
    tries = tries_of(outcome)[-SHOWN:]
    judged = any(one.precision for one in tries)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", justify="right", no_wrap=True)
    names = ("papers", "develop", "validate", *(("judged",) if judged else ()))
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("search", overflow="ellipsis", no_wrap=True, max_width=width - 4 - 10 * len(names))
    for one in tries:
        shares = (one.developing, one.validating, *((one.precision,) if judged else ()))
        table.add_row(f"{'>' if one.this else ' '} {one.number}", f"{one.papers:,}", *shares, Text(one.query))
    return table
