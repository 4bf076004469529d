"""The words in which figures of a search are told, on a terminal and on a page alike.

Owns how numbers are written. Never works a figure out.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from litwatch.jobs.tune.changing import Comparison
from litwatch.jobs.tune.figures import Figures
from litwatch.jobs.tune.linting import Warned
from litwatch.tuning.changed import estimated
from litwatch.tuning.marking import Precision
from litwatch.tuning.recall import Share
from litwatch.tuning.sheet import VERBS, Line

NAMED = 3
_UNKNOWN_PHRASE = (
    "; it is in no index of PubMed's: mind the spelling; words that need not stand together are joined by AND, or "
    'looked for near each other ("word word"[tiab:~3])'
)
ADVICE = {
    "PhraseNotFound": _UNKNOWN_PHRASE,
    "QuotedPhraseNotFound": _UNKNOWN_PHRASE,
    "FieldNotFound": "; write a field tag that PubMed has (docs/query-language.md)",
}


def change_rows(old: Figures, comparison: Comparison) -> Iterator[tuple[str, str, str, str, str]]:
    """What both searches find, and what is gained and lost: in PubMed, in the store, a week."""
    new, gained, lost = comparison.new, comparison.gained, comparison.lost
    if old.pubmed is not None and new.pubmed is not None:
        more = "" if gained.in_pubmed is None else f"+{gained.in_pubmed:,}"
        less = "" if lost.in_pubmed is None else f"-{lost.in_pubmed:,}"
        yield "in PubMed", f"{old.pubmed.count:,}", f"{new.pubmed.count:,}", more, less
    before, after = old.sheet.found.bit_count(), new.sheet.found.bit_count()
    yield "in the store", f"{before:,}", f"{after:,}", f"+{gained.in_store:,}", f"-{lost.in_store:,}"
    if old.a_week is not None and new.a_week is not None:
        yield "papers a week", f"{old.a_week:.1f}", f"{new.a_week:.1f}", "", ""


def estimated_text(found: Share, total: int) -> str:
    """How many of all there are, with an interval where it is a guess."""
    of_all, low, high = estimated(found, total)
    return f"{of_all:,}" if low == high else f"{of_all:,} ({low:,} to {high:,})"


def precise(found: Precision) -> str:
    """A precision in words."""
    read, least, most = (f"{one:.1f}" if isfinite(one) else "no end" for one in found.to_read)
    return (
        f"{found.share:.0%} (95 % interval {found.low:.0%} to {found.high:.0%}, {found.judged:,} judged); "
        f"number needed to read {read} ({least} to {most})"
    )


def recall_text(found: Share) -> str:
    """A recall with its 95 % interval, in short."""
    if found.value is None or found.interval is None:
        return "none"
    low, high = found.interval
    return f"{found.hits:,} of {found.of:,}: {found.value:.0%} ({low:.0%} to {high:.0%})"


def price_text(gained_and_lost: tuple[int, int]) -> str:
    """What a change gains and loses: "+5 -2"."""
    gained, lost = gained_and_lost
    return f"+{gained:,}" + (f" -{lost:,}" if lost else "")


def said_texts(figures: Figures) -> Iterator[str]:
    """What PubMed complains of, with what to do about it where we know."""
    if figures.pubmed is None:
        return
    for name, text in (*figures.pubmed.errors, *figures.pubmed.warnings):
        yield f"PubMed says {name}: {text}{ADVICE.get(name, '')}"


def warned_text(one: Warned) -> str:
    """What lint warns of, what to write instead, and what that would bring."""
    instead = f"; write {one.instead}" if one.instead else f"; {one.advice}" if one.advice else ""
    prices = [f"seeds {price_text(one.seeds)}"] if one.seeds is not None and any(one.seeds) else []
    prices += [f"store {price_text(one.store)}"] if one.store is not None and any(one.store) else []
    return f"{one.says}{instead}" + (f" ({', '.join(prices)})" if prices else "")


def differences_text(figures: Figures) -> str:
    """Where PubMed reads the search differently, with both counts and the clauses."""
    differ = figures.differences
    assert differ is not None
    more = len(differ.named) - NAMED
    listed = "; ".join(f"{one.pmid}: {one}" for one in differ.named[:NAMED]) + (
        f"; and {more} more" if more > 0 else ""
    )
    return (
        f"PubMed and litwatch read the search differently: of the stored papers PubMed alone lists "
        f"{differ.only_listed:,}, litwatch alone matches {differ.only_here:,} ({listed})."
    )


def weeks_shown(figures: Figures) -> tuple[str, tuple[int, ...]]:
    """Where the papers of the last weeks are counted, at PubMed where that is known, and how many each week has."""
    return (
        ("In PubMed", figures.weekly)
        if figures.weekly is not None
        else ("In the store", figures.sheet.weekly)
    )


def both_weeks(
    figures: Figures, comparison: Comparison | None
) -> tuple[str, tuple[int, ...], tuple[int, ...] | None]:
    """Where the papers of each week are counted, and those of the search as it is and of the new one, alike."""
    if comparison is None:
        return (*weeks_shown(figures), None)
    if figures.weekly is not None and comparison.new.weekly is not None:
        return "In PubMed", figures.weekly, comparison.new.weekly
    return "In the store", figures.sheet.weekly, comparison.new.sheet.weekly


def does_text(line: Line, figures: Figures) -> str:
    """What hangs on a clause alone: at PubMed or, where that is not known, at least so many as the store shows."""
    if line.role == "whole":
        return ""
    count = figures.apart.get(line.number)
    if count is not None:
        return f"{VERBS[line.role]} {count:,}"
    return "only PubMed knows" if line.hits is None else f"{VERBS[line.role]} ≥ {line.alone:,}"


def alone_text(figures: Figures) -> str:
    """On what the column `alone` is counted."""
    lines = [line for line in figures.sheet.lines if line.role != "whole"]
    asked = [line for line in lines if line.number in figures.apart]
    at_pubmed = "counted by PubMed, which was asked for the search without the clause"
    in_store = (
        f"at least so many, for only the {figures.sheet.papers:,} papers stored were counted: what the search never "
        "found is mostly not among them"
    )
    if not lines:
        return ""
    if len(asked) == len(lines):
        return f"Alone: {at_pubmed}."
    return f"Alone: {at_pubmed}; ≥: {in_store}." if asked else f"Alone: ≥, {in_store}."
