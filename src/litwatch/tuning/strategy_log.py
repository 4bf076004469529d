"""A search as PRISMA-S wants it reported: items 1 and 8 to 16 by number, as Markdown and as a table.

Owns the words. What litwatch cannot know is left as a marked blank, never guessed. Never asks and never writes a file.

M. L. Rethlefsen and others, PRISMA-S, Syst Rev 2021;10:39 (https://doi.org/10.1186/s13643-020-01542-z).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from litwatch.query.lint.published import fingerprints, published_filters
from litwatch.query.tree import Query, Term, clauses, leaves
from litwatch.tuning.strategy_lines import LogLine

_LIMITS = {
    "la": "language", "dp": "publication date", "crdt": "create date", "edat": "entry date", "mhda": "MeSH date",
    "sb": "filter", "pt": "publication type", "epdat": "electronic publication date", "ppdat": "print date",
    "lr": "modification date", "dcom": "completion date",
}  # fmt: skip
_SPECIES = frozenset(
    ("humans", "animals", "male", "female", "adult", "child", "infant", "adolescent", "aged")
)
ONE_RECORD = (
    "One record for each PMID. litwatch tells versions of one paper (preprint and article, twins by DOI or title) from "
    "other papers, marks them and shows them together; no record is dropped for it."
)
NCBI = "eutils.ncbi.nlm.nih.gov"


@dataclass(frozen=True, slots=True)
class Log:
    """All that is reported of a search.

    `count` and `translation` are PubMed's, now; `last_searched` is when the watch was last searched well, `began` when
    first; `filed` how many papers it has, by how they came. `draft`: the watch itself runs another search.
    """

    watch: str
    title: str
    query: Query
    lines: tuple[LogLine, ...]
    count: int | None
    translation: str
    address: str
    version: str
    now: datetime
    look: str
    began: datetime | None
    last_searched: datetime | None
    filed: Sequence[tuple[str, int]] = ()
    draft: bool = False


def as_markdown(log: Log) -> str:
    """The report."""
    return "\n".join(_markdown(log)) + "\n"


def as_table(log: Log) -> str:
    """The lines of the strategy for a spreadsheet, with what was run when; a spreadsheet runs none of its cells.

    A cell that a spreadsheet would run has an apostrophe before it, which it shows as text.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("line", "search", "results", "database", "run"))
    run = f"{log.now:%Y-%m-%d %H:%M} UTC"
    for line in log.lines:
        count = "" if line.count is None else line.count
        search = f"'{line.search}" if line.search.startswith(("=", "+", "-", "@")) else line.search
        writer.writerow((line.label, search, count, _database(log), run))
    return out.getvalue()


def _blank(what: str) -> str:
    return f"**[to fill in: {what}]**"


def _database(log: Log) -> str:
    return "PubMed" if NCBI in log.address else f"PubMed at {log.address}"


def _interface(log: Log) -> str:
    if NCBI in log.address:
        return "PubMed, by NCBI's E-utilities."
    return f"{_database(log)}, which is not NCBI's own server: {_blank('what it serves')}"


def _markdown(log: Log) -> Iterator[str]:
    yield f"# Search strategy: {log.title or log.watch}{', a draft' if log.draft else ''}"
    yield ""
    yield (
        f"Items 1 and 8 to 16 of PRISMA-S (Syst Rev 2021;10:39), written by litwatch {log.version} on "
        f"{log.now:%Y-%m-%d %H:%M} UTC. Items 2 to 7 are about other sources: {_blank('what else was searched')}"
    )
    yield from _item(1, "Database name", [_interface(log)])
    yield from _item(8, "Full search strategy", _strategy(log))
    yield from _item(9, "Limits and restrictions", _limits(log.query))
    yield from _item(10, "Search filters", _filters(log.query))
    yield from _item(
        11, "Prior work", [_blank("earlier reviews whose strategies were used, with references; or none")]
    )
    yield from _item(12, "Updates", [_updates(log)])
    counted = f"The counts above are of {log.now:%Y-%m-%d}."
    searched = "" if log.draft else f" The watch was last searched well on {_day(log.last_searched)}."
    yield from _item(13, "Dates of searches", [f"{counted}{searched}"])
    reviewed = "whether and how the strategy was peer reviewed; `litwatch check --press` prints a PRESS form"
    yield from _item(14, "Peer review", [_blank(reviewed)])
    yield from _item(15, "Total records", list(_totals(log)))
    others = _blank("how records of other databases were deduplicated against these")
    yield from _item(16, "Deduplication", [ONE_RECORD, others])


def _updates(log: Log) -> str:
    if log.draft:
        return (
            f"No watch runs this search yet: `{log.watch}` has another. {_blank('how it is kept up to date')}"
        )
    return (
        f"litwatch asks PubMed {log.look} for all papers that match, and reports those that it has not seen; nothing "
        f"is taken from date windows. The watch was first searched on {_day(log.began)}."
    )


def _item(number: int, name: str, paragraphs: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"## {number}. {name}"
    for paragraph in paragraphs:
        yield ""
        yield paragraph


def _strategy(log: Log) -> list[str]:
    rows = [f"| {line.label} | {_cell(line.search)} | {_count(line.count)} |" for line in log.lines]
    table = "\n".join(["| line | search | results |", "| --- | --- | ---: |", *rows])
    found = [
        f"As written, a draft that is not the search of the watch `{log.watch}`:"
        if log.draft
        else "As written in the watch's file:",
        _fenced(log.query.source.strip()),
        "As sent to PubMed:",
        _fenced(str(log.query)),
        "By line; #n stands for line n in brackets, and the last line is the whole search:",
        table,
    ]
    translation = log.translation or _blank("PubMed's translation; PubMed was not asked")
    return [*found, "As PubMed translated it:", _fenced(translation) if log.translation else translation]


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"


def _cell(text: str) -> str:
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`"


def _count(count: int | None) -> str:
    return f"{count:,}" if count is not None else _blank("not counted")


def _limits(query: Query) -> list[str]:
    found: dict[str, list[str]] = {}
    for term in leaves(query):
        kind = _LIMITS.get(term.tag) or ("check tag" if _is_species(term) else "")
        if kind and term.key not in found.setdefault(kind, []):
            found[kind].append(term.key)
    if not found:
        return ["No limits: the strategy has none by date, language, species or publication type."]
    listed = "; ".join(f"{kind}: {', '.join(f'`{key}`' for key in keys)}" for kind, keys in found.items())
    return [f"In the strategy itself: {listed}.", _blank("why they were used")]


def _is_species(term: Term) -> bool:
    return term.tag == "mh" and term.text.lower() in _SPECIES


def _filters(query: Query) -> list[str]:
    known, marks = published_filters(), fingerprints(query.root)
    names = dict.fromkeys(known[marks[id(one)]] for one in clauses(query.root) if marks[id(one)] in known)
    if names:
        return [f"Used as published: {', '.join(names)}.", _blank("references of these filters")]
    return [
        f"None that litwatch knows. {_blank('others that were used or adapted, with references; or none')}"
    ]


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment is not None else _blank("not yet searched by litwatch")


def _totals(log: Log) -> Iterator[str]:
    yield f"PubMed: {_count(log.count)} records."
    if log.filed:
        yield f"Held by the watch: {', '.join(f'{count:,} {state}' for state, count in log.filed)}."
