"""What `tune` prints on a terminal, or in a file that its output is sent to: tables that fit 80 columns.

Owns layout and words. Never works a figure out.
"""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from litwatch.cli.tuning.outcome import Outcome, Sought
from litwatch.jobs.tune.figures import Figures
from litwatch.tuning.clauses import Weighed, hanging
from litwatch.tuning.sheet import WEEKS, Line

WIDEST = 120
NARROWEST = 80
BARS = " ▁▂▃▄▅▆▇█"


class Printer:
    """Writes tables and lines that fit the terminal; 80 columns where there is none."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, emoji=False, markup=False)
        self.console.width = max(min(self.console.width, WIDEST), NARROWEST)

    def outcome(self, outcome: Outcome) -> None:
        """All of it."""
        self.sheet(outcome.watch, outcome.figures, outcome.sought)
        if outcome.sought is not None:
            self._line("")
            self.seeds(outcome.sought)

    def sheet(self, watch: str, figures: Figures, sought: Sought | None = None) -> None:
        """The query, clause by clause."""
        sheet = figures.sheet
        self._line(f"{watch}: {_found(figures)}", style="bold")
        if not sheet.papers:
            self._line(
                "The store holds no papers yet: `litwatch collect` takes the first look, and `litwatch backfill` "
                "fetches what was there before."
            )
        elif figures.pubmed is not None and figures.pubmed.count > 2 * sheet.found.bit_count():
            self._line(
                "Most of what PubMed finds is not in the store (it came before the watch): what the columns on the "
                "right say rests on what is here; `litwatch backfill` fetches the rest."
            )
        for text in _said(figures):
            self._line(text, style="yellow")
        self._line("")
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("clause", overflow="fold", ratio=1)
        for name in ("PubMed", "store", "a week"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("alone", no_wrap=True)
        if sought is not None:
            table.add_column("seeds", justify="right", no_wrap=True)
        for line in sheet.lines:
            seeds = (_on_seeds(sought.clauses[line.number]),) if sought is not None else ()
            table.add_row(*_row(line, figures), *seeds)
        self.console.print(table)
        self._line("")
        self._line(_weekly(sheet.weekly))
        if any(line.unknown for line in sheet.lines):
            unknown = dict.fromkeys(term for line in sheet.lines for term in line.unknown)
            self._line(f"Only PubMed can answer {', '.join(unknown)}: passed over in the store.")

    def seeds(self, sought: Sought) -> None:
        """How many seeds are found, and why each other one is not."""
        seeds = sought.seeds
        self._line(
            f"Seeds: {len(seeds.held)}, {len(sought.papers.papers)} of them with a record", style="bold"
        )
        self._line(f"  to develop on   {seeds.recall(to_validate=False)}")
        self._line(f"  to validate on  {seeds.recall(to_validate=True)}")
        for to_validate, half in ((False, "to develop on"), (True, "to validate on")):
            missed = [one for one in seeds.half(to_validate=to_validate) if one.found is not True]
            if not missed:
                continue
            if to_validate and not sought.unblind:
                self._line(
                    f"  Missed, of those to validate on: {len(missed)}. --unblind shows them; a search that was "
                    "mended by them is no longer validated by them."
                )
                continue
            self._line(f"  Missed, of those {half}:")
            for one in missed:
                title = one.known.paper.title if one.known.paper is not None else ""
                self._indented(f"{one.known.pmid}  {title}", 4)
                self._indented(one.why, 6)
        for one in seeds.without_record:
            self._indented(f"{one.known.seed.name} ({one.known.seed.place}): {one.known.problem}", 2)
        differ = [
            one for one in seeds.held if None not in (one.found, one.here) and one.found is not one.here
        ]
        if differ:
            listed = ", ".join(str(one.known.pmid) for one in differ[:5])
            self._indented(
                f"PubMed and litwatch read the search differently on {len(differ)} of them ({listed}): "
                f"{differ[0].sentence}",
                2,
            )

    def _indented(self, text: str, by: int) -> None:
        self.console.print(Padding(Text(text), (0, 0, 0, by)))

    def _line(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style))


def _found(figures: Figures) -> str:
    sheet = figures.sheet
    stored = f"{sheet.found.bit_count():,} of the {sheet.papers:,} papers in the store"
    if figures.pubmed is None:
        return f"finds {stored}"
    weekly = f", {figures.a_week:.1f} a week" if figures.a_week is not None else ""
    return f"finds {figures.pubmed.count:,} in PubMed{weekly}; {stored}"


def _said(figures: Figures) -> list[str]:
    """What PubMed complains of."""
    if figures.pubmed is None:
        return []
    return [
        f"PubMed says {name}: {text}" for name, text in (*figures.pubmed.errors, *figures.pubmed.warnings)
    ]


def _row(line: Line, figures: Figures) -> tuple[Text, ...]:
    indent = "  " * line.depth
    name = Text(f"{indent}{line.number + ' ' if line.number else ''}{line.name}")
    if line.role == "removes":
        name = Text(f"{indent}{line.number} NOT {line.name}", "red")
    count = figures.counts.get(line.text)
    idle = line.hits == 0 and line.role == "brings"
    return (
        name,
        Text("" if count is None else f"{count:,}"),
        Text("?" if line.hits is None else f"{line.hits:,}", "yellow" if idle else ""),
        Text(f"{line.a_week:.1f}"),
        Text(line.does),
    )


def _on_seeds(one: Weighed) -> Text:
    """How many seeds a clause matches, and how many are lost (or removed) by it alone."""
    alone = hanging(one).bit_count()
    said = f"{one.hits or 0}" if one.papers is not None else "?"
    lost = alone and one.role in ("narrows", "removes")
    return Text.assemble(
        said, (f" -{alone}", "red") if lost else (f" +{alone}" if alone and one.role == "brings" else "")
    )


def _weekly(weekly: tuple[int, ...]) -> str:
    """The papers of each week as a row of bars."""
    most = max(weekly, default=0)
    if not most:
        return f"In the store, by week of the last {WEEKS}: none."
    bars = "".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in weekly)
    return f"In the store, by week of the last {WEEKS} (at most {most}):\n{bars}"
