"""An evaluation as text: one table of figures, one of each facet, one of numbers and quotes; mistakes with their words.

Owns the layout. Never measures.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from litwatch.errors import UsageError
from litwatch.tuning.comparing import Comparison
from litwatch.tuning.evaluation import Evaluation
from litwatch.tuning.judging import Mistake
from litwatch.tuning.scores import Estimate

ALL = "all"


def print_figures(done: Evaluation) -> None:
    """All but the mistakes, of which it says how many there are."""
    _print(_figures(done))


def print_mistakes(done: Evaluation, name: str) -> None:
    """The mistakes of a facet, of one of its values (`topics.safety`), or all."""
    chosen = [each for each in done.mistakes if _belongs(each, name)]
    _print(line for each in chosen for line in _mistake(each))
    _print([f"{len(chosen):,} of {len(done.mistakes):,} mistakes"])


def print_comparison(comparison: Comparison) -> None:
    """What a change gained and lost."""
    _print(_compared(comparison))


def check_name(name: str, done: Evaluation) -> None:
    """Raises UsageError where there are no labels of that name."""
    known = [ALL, *done.facets, *done.answers]
    known += [f"{facet}.{value}" for facet, values in done.facets.items() for value in values]
    if name not in known:
        near = get_close_matches(name, known, n=1)
        advice = (
            f"did you mean `{near[0]}`?" if near else f"there are: {', '.join((*done.facets, *done.answers))}"
        )
        raise UsageError(f"the records have no labels `{name}`; {advice}")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")


def _figures(done: Evaluation) -> Iterator[str]:
    mesh = "with their MeSH" if done.with_mesh else "without MeSH"
    yield f"{done.watch}: {done.records:,} records, {mesh}; 95 % bootstrap intervals in brackets"
    yield ""
    for name, figure in done.figures.items():
        yield f"{name:24} {_shown(figure)}"
    for facet, values in done.facets.items():
        yield ""
        yield f"{facet:24} {'precision':20} {'recall':20} {'F1':20} {'papers':>6} {'extra':>6} {'missed':>6}"
        for name, value in values.items():
            figures = " ".join(f"{_shown(each):20}" for each in (value.precision, value.recall, value.f1))
            yield f"  {name:22} {figures} {value.labelled:6,} {value.extra:6,} {value.missed:6,}"
    if done.answers:
        yield ""
        yield f"{'where it is stated':24} {'right':20} {'wrong':20} {'missed':20} {'papers':>6}  invented"
        for name, answer in done.answers.items():
            figures = " ".join(f"{_shown(each):20}" for each in (answer.right, answer.wrong, answer.missed))
            yield f"  {name:22} {figures} {answer.stated:6,}  {answer.invented:,} of {answer.silent:,}"
    if done.confused:
        yield ""
        yield "labelled > found, and in how many papers"
        for (facet, label, found), count in done.confused.items():
            yield f"  {facet:10} {label} > {found}: {count:,}"
    yield ""
    yield f"{len(done.mistakes):,} mistakes: --mistakes all lists them, --mistakes topics.safety those of one value"


def _shown(figure: Estimate) -> str:
    return f"{figure.value:.3f} [{figure.low:.2f}, {figure.high:.2f}]"


def _belongs(mistake: Mistake, name: str) -> bool:
    facet, _, value = name.partition(".")
    return name == ALL or (mistake.facet == facet and value in ("", mistake.value, mistake.found))


def _mistake(each: Mistake) -> Iterator[str]:
    what = f"{each.facet}.{each.value}" if each.value else each.facet
    yield f"{each.kind.upper()} {what}  PMID {each.pmid}: {each.title}"
    if each.labelled and each.labelled != each.value:
        yield f"    label: {each.labelled}"
    if each.found and each.found != each.value:
        yield f"    found: {each.found}"
    for before, words, after in each.misled:
        yield f"    by: {before}>>{words}<<{after}"


def _compared(comparison: Comparison) -> Iterator[str]:
    yield ""
    yield from comparison.notes
    if not (comparison.changes or comparison.mended or comparison.new):
        yield "Nothing changed."
        return
    for change in comparison.changes:
        yield f"{change.name:32} {change.before:.3f} -> {change.after:.3f}  {change.after - change.before:+.3f}"
    for title, some in (("mended", comparison.mended), ("new mistakes", comparison.new)):
        yield ""
        yield f"{len(some):,} {title}"
        for each in some:
            yield from (f"  {line}" for line in _mistake(each))
