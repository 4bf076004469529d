"""Pictures for a page, drawn by Matplotlib as SVG that takes the page's own colours.

Owns how they look. Never works a figure out.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours that stand for those of the page, light or dark.
_COLOURS = {"#010203": "currentColor", "#040506": "var(--accent)", "#070809": "var(--maybe)"}
INK, ACCENT, OTHER = _COLOURS
FAR_APART = 20  # times
_NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "axes.edgecolor": INK, "axes.labelcolor": INK,
    "xtick.color": INK, "ytick.color": INK, "text.color": INK, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variant:
    """A search that was tried: recall (0 to 1) on both halves, how many papers PubMed has, precision where judged."""

    name: str
    developing: float | None
    validating: float | None
    papers: int
    precision: float | None


def weekly(name: str, last: date, before: Sequence[int], after: Sequence[int] | None = None) -> str:
    """The papers of each week up to `last`, of one search or of two."""
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(7.2, 2.2), layout="constrained")
        axes = figure.subplots()
        days = [last - timedelta(days=7 * place) for place in range(len(before) - 1, -1, -1)]
        if after is None:
            axes.bar(_numbers(days), before, width=5.6, color=ACCENT)
        else:
            axes.bar(_numbers(days, -1.4), before, width=2.8, color=ACCENT, label="the search as it is")
            axes.bar(_numbers(days, 1.4), after, width=2.8, color=OTHER, label="the new search")
            _named(axes)
        _by_month(axes)
        axes.set_ylabel("papers a week")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        return _svg(figure, name)


def recall_by_precision(name: str, variants: Sequence[Variant]) -> str:
    """Recall of each search that was tried, by its precision where all were judged, else by its number of papers."""
    judged = all(one.precision is not None for one in variants)
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(7.2, 3.4), layout="constrained")
        axes = figure.subplots()
        for half, marker, colour, label in (
            ("developing", "o", ACCENT, "seeds to develop on"),
            ("validating", "^", OTHER, "seeds to validate on"),
        ):
            known = [(one, getattr(one, half)) for one in variants if getattr(one, half) is not None]
            across = [(one.precision or 0.0) if judged else max(one.papers, 1) for one, _ in known]
            axes.plot(across, [share for _, share in known], marker, color=colour, label=label)
        for one in variants:
            across_one = (one.precision or 0.0) if judged else max(one.papers, 1)
            height = max(share for share in (one.developing, one.validating, 0.0) if share is not None)
            axes.annotate(one.name, (across_one, height), xytext=(4, 5), textcoords="offset points")
        axes.set_ylim(0, 1.08)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        axes.set_ylabel("recall")
        if judged:
            axes.set_xlim(0, 1.05)
            axes.set_xlabel("precision (judged)")
        else:
            _by_count(axes, [max(one.papers, 1) for one in variants])
            axes.set_xlabel("papers in PubMed: the fewer for the same recall, the better")
        _named(axes)
        return _svg(figure, name)


def _numbers(days: Sequence[date], beside: float = 0.0) -> list[float]:
    return [day.toordinal() + beside for day in days]


def _named(axes: Axes) -> None:
    """What is what, above the picture."""
    axes.legend(
        frameon=False, labelcolor=INK, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2
    )


def _by_count(axes: Axes, counts: Sequence[int]) -> None:
    """Counts of papers, by powers of ten where they are far apart."""
    if max(counts, default=1) >= FAR_APART * min(counts, default=1):
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_xlim(0, 1.08 * max(counts, default=1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,.0f}"))


def _by_month(axes: Axes) -> None:
    """A mark at each second month."""
    low, high = axes.get_xlim()
    first, last = date.fromordinal(int(low)), date.fromordinal(int(high))
    months = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13, 2)
        if first <= date(year, month, 1) <= last
    ]
    axes.set_xticks(_numbers(months), [f"{day:%b %Y}" for day in months])


def _svg(figure: Figure, name: str) -> str:
    """The picture for the inside of a page: names of its own, and no size but that of its place."""
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = out.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", drawn)
    size = re.search(r'viewBox="([^"]*)"', drawn)
    assert size is not None
    head = f'<svg viewBox="{size[1]}" width="100%" aria-hidden="true" {_NAMESPACES}>'
    drawn = head + drawn[drawn.index(">") + 1 :]
    for stand_in, colour in _COLOURS.items():
        drawn = drawn.replace(stand_in, colour)
    return drawn
