"""What `tune` prints on a terminal, or in a file that its output is sent to: tables that fit 80 columns.

Owns layout and words. Never works a figure out.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from litwatch.cli.tuning.outcome import Outcome, Sought
from litwatch.cli.tuning.tries import tried_table
from litwatch.cli.tuning.verdict import facet_texts, found_by, verdict_text
from litwatch.cli.tuning.words import (
    alone_text,
    change_rows,
    differences_text,
    does_text,
    estimated_text,
    precise,
    price_text,
    said_texts,
    warned_text,
    weeks_shown,
)
from litwatch.jobs.tune.figures import Figures
from litwatch.jobs.tune.sampling import Sample
from litwatch.jobs.tune.suggesting import Suggestion
from litwatch.tuning.changed import Change
from litwatch.tuning.clauses import GAINS, Weighed, hanging
from litwatch.tuning.sheet import WEEKS, Line

WIDEST = 120
NARROWEST = 80
PAPERS = 10  # of each direction
BARS = " ▁▂▃▄▅▆▇█"


class Printer:
    """Writes tables and lines that fit the terminal; 80 columns where there is none."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, emoji=False, markup=False)
        self.console.width = max(min(self.console.width, WIDEST), NARROWEST)

    def outcome(self, outcome: Outcome) -> None:
        """All of it."""
        if outcome.comparison is not None:
            self._line(verdict_text(outcome), style="bold")
            self._line("")
        figures, sought = outcome.shown
        called = outcome.watch if outcome.comparison is None else f"{outcome.watch}, the new search"
        self.sheet(called, figures, sought)
        if outcome.warned:
            self._line("")
            self._line("What lint warns of (`litwatch check` says why)", style="bold")
        for one in outcome.warned:
            self._indented(warned_text(one), 2)
        if sought is not None:
            self._line("")
            self.seeds(sought)
        if len(outcome.tried) > 1:
            self._line("")
            self._line(f"Tried with these seeds: {len(outcome.tried)} searches", style="bold")
            self.console.print(tried_table(outcome, self.console.width))
        if outcome.comparison is not None:
            self._line("")
            self.comparison(outcome)
        if outcome.sample is not None:
            self._line("")
            self.sample(outcome.sample)
        if outcome.suggestions is not None:
            self._line("")
            self.suggestions(outcome.suggestions)

    def sheet(self, watch: str, figures: Figures, sought: Sought | None = None) -> None:
        """The query, clause by clause."""
        sheet = figures.sheet
        self._line(f"{watch}: {_found(figures)}", style="bold")
        if not sheet.papers:
            self._line(
                "The store holds no record of a paper yet. The first `litwatch collect` notes what PubMed lists "
                "already as backlog, by its numbers alone: `litwatch backfill` fetches those records."
            )
        elif figures.pubmed is not None and figures.pubmed.count > 2 * sheet.found.bit_count():
            self._line(
                "Most of what PubMed finds is not in the store (it came before the watch): what the columns on the "
                "right say rests on what is here; `litwatch backfill` fetches the rest."
            )
        for text in said_texts(figures):
            self._line(text, style="yellow")
        if figures.differences is not None:
            self._line(differences_text(figures), style="yellow")
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
        self._line(alone_text(figures))
        self._line("")
        self._line(_weekly(figures))
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

    def comparison(self, outcome: Outcome) -> None:
        """Another search beside the watch's own."""
        comparison, sought, resought = outcome.comparison, outcome.sought, outcome.resought
        assert comparison is not None
        self._line("The change", style="bold")
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("")
        for name in ("before", "after", "gained", "lost"):
            table.add_column(name, justify="right", no_wrap=True)
        for row in change_rows(outcome.figures, comparison):
            table.add_row(*row)
        self.console.print(table)
        if sought is not None and resought is not None:
            self._seeds_then(sought, resought)
        by_facet = list(facet_texts(comparison))
        if by_facet:
            self._line("")
            self._line("By facet (an estimate; --json has the intervals)", style="bold")
        for text in by_facet:
            self._indented(text, 2)
        for called, change in (("Gained", comparison.gained), ("Lost", comparison.lost)):
            if change.total:
                self._line("")
                self._change(called, change)
        if comparison.changed_tags:
            self._line("")
            self._line(f"Facets, on {comparison.tagged_of:,} papers of the store", style="bold")
            for facet, entry, was, is_now, gained, lost in comparison.changed_tags:
                self._line(f"  {facet}.{entry}: {was:,} -> {is_now:,} (+{gained:,} -{lost:,})")

    def _seeds_then(self, sought: Sought, resought: Sought) -> None:
        for called, to_validate in (("develop on", False), ("validate on", True)):
            before, after = (one.seeds.recall(to_validate=to_validate) for one in (sought, resought))
            self._line(f"  seeds to {called}: {before}")
            self._line(f"  {'then: ':>{len(called) + 11}}{after}")
        now_found = found_by(resought) - found_by(sought)
        now_lost = found_by(sought) - found_by(resought)
        for called, some in (("found now", now_found), ("lost now", now_lost)):
            if some:
                self._indented(f"{called}: {', '.join(map(str, sorted(some)))}", 4)

    def _change(self, called: str, change: Change) -> None:
        here = f", {change.in_store:,} of them in the store" if change.in_pubmed is not None else ""
        self._line(f"{called}: {change.total:,} papers{here}", style="bold")
        if change.is_sample and change.papers:
            self._line(
                f"  Figures from a random {len(change.papers):,} of them, with 95 % intervals for all."
            )
        if change.relevant is not None and change.relevant.value is not None:
            said = estimated_text(change.relevant, change.total)
            self._line(f"  relevant by the watch's own rules (not judged): {said}")
        for one in sorted(change.papers, key=lambda it: it.relevant is False)[:PAPERS]:
            mark = " (off the subject, by the rules)" if one.relevant is False else ""
            self._indented(f"{one.paper.pmid}  {one.paper.title}{mark}", 2)
            other = "the search as it is" if called == "Gained" else "the new search"
            self._indented(f"by: {', '.join(one.words)}; {other}: {one.why}", 4)
        if len(change.papers) > PAPERS:
            self._line(
                f"  and {len(change.papers) - PAPERS:,} more of those read: --json and --html have them"
            )

    def sample(self, sample: Sample) -> None:
        """What the judged papers say of the search."""
        where = "the store" if sample.from_store else "PubMed"
        found = (
            f"{sample.judged:,} judged, {sample.waiting:,} to judge, of {sample.papers:,} found in {where}"
        )
        self._line(f"Sample: {found}", style="bold")
        if not sample.papers:
            self._line("  The search finds nothing to draw from.")
        elif sample.before is None:
            self._line("  Precision: unknown until some of the papers are judged.")
        for called, precision in (("precision", sample.before), ("precision of the change", sample.after)):
            if precision is not None:
                self._indented(f"{called}: {precise(precision)}", 2)

    def suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """What might be changed, with the price of each."""
        self._line("Suggestions (nothing is changed; try one with --query)", style="bold")
        if not suggestions:
            self._line("  none")
        for one in suggestions:
            self._indented(one.says, 2)
            prices = [f"seeds {price_text(one.seeds)}"] if any(one.seeds) else []
            prices += [f"PubMed {price_text(one.pubmed)}"] if one.pubmed is not None else []
            self._indented(f"{'; '.join((*prices, f'store {price_text(one.store)}'))} · {one.why}", 4)

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


def _row(line: Line, figures: Figures) -> tuple[Text, ...]:
    indent = "  " * line.depth
    name = Text(f"{indent}{line.number + ' ' if line.number else ''}{line.name}")
    if line.weighed.joined == "NOT":
        style = "red" if line.role == "removes" else ""
        name = Text(f"{indent}{line.number} NOT {line.name}", style)
    count = figures.counts.get(line.text)
    idle = line.hits == 0 and line.role == "brings"
    return (
        name,
        Text("" if count is None else f"{count:,}"),
        Text("?" if line.hits is None else f"{line.hits:,}", "yellow" if idle else ""),
        Text(f"{line.a_week:.1f}"),
        Text(does_text(line, figures)),
    )


def _on_seeds(one: Weighed) -> Text:
    """How many seeds a clause matches, and how many are lost or found by it alone."""
    alone = hanging(one).bit_count()
    said = f"{one.hits or 0}" if one.papers is not None else "?"
    if not alone or one.role == "whole":
        return Text(said)
    return Text.assemble(said, f" +{alone}" if one.role in GAINS else (f" -{alone}", "red"))


def _weekly(figures: Figures) -> str:
    """The papers of each week as a row of bars."""
    where, weekly = weeks_shown(figures)
    most = max(weekly, default=0)
    if not most:
        return f"{where}, by week of the last {WEEKS}: none."
    bars = "".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in weekly)
    return f"{where}, by week of the last {WEEKS} (at most {most}):\n{bars}"
