"""A sample of papers that a person marks, as a table for a spreadsheet; and what the marks say of a search.

Owns the table's columns, how it is read back, and the estimate. Never draws from PubMed and never opens a file.

The sample is drawn in up to three parts: what both searches find, what only the watch's own finds, what only the other
one finds. Of each part the judged papers stand for all of it; the precision of a search is that of its parts, weighed
by their sizes, and its interval that of Clopper and Pearson of as many papers as would be judged had every part been
judged as thinly as the thinnest (as decide.guarding has it).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from litwatch.decide.guarding import clopper_pearson
from litwatch.decide.shown import one_line, pubmed_link
from litwatch.errors import ReadError
from litwatch.paper import Paper

MARK = "relevant"
COLUMNS = ("pmid", MARK, "title", "abstract", "journal", "publication_date", "link")
YES = frozenset(("yes", "y", "1", "true", "x", "+", "relevant", "ja", "oui", "si"))
NO = frozenset(("no", "n", "0", "false", "-", "irrelevant", "nein", "non"))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Marks:
    """A table that was read back: PMID -> whether it is relevant, None where nobody has marked it; and all its rows."""

    verdicts: Mapping[int, bool | None]
    rows: tuple[Mapping[str, str], ...]
    columns: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def judged(self) -> int:
        """How many are marked."""
        return sum(one is not None for one in self.verdicts.values())


NOTHING = Marks({}, (), COLUMNS, ())


def read_marks(text: str) -> Marks:
    """The marks of a table, whichever way a spreadsheet parted its columns. Raises ReadError where it is none."""
    text = text.lstrip("\ufeff")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    if "pmid" not in names or MARK not in names:
        raise ReadError(f"it has no columns `pmid` and `{MARK}` in its first line")
    verdicts: dict[int, bool | None] = {}
    rows: list[Mapping[str, str]] = []
    wrong: list[str] = []
    try:
        for row in reader:
            number, said = (
                (row[names["pmid"]] or "").strip(),
                (row[names[MARK]] or "").strip().lstrip("'").lower(),
            )
            if not number.isdecimal():
                if number or said:
                    wrong.append(f"line {reader.line_num}: {number[:20]!r} is no PMID")
                continue
            if said and said not in YES | NO:
                wrong.append(f"line {reader.line_num}: {said[:20]!r} is neither yes nor no")
            verdicts[int(number)] = True if said in YES else False if said in NO else None
            rows.append(
                {key: value for key, value in row.items() if isinstance(key, str) and isinstance(value, str)}
            )
    except csv.Error as error:
        raise ReadError(f"it is no table: {error}") from error
    return Marks(verdicts, tuple(rows), tuple(reader.fieldnames or ()), tuple(wrong))


def table_of(before: Marks, papers: Iterable[Paper]) -> str:
    """The table with further papers to mark; what stands in it already stays. A spreadsheet runs none of its cells."""
    out = io.StringIO()
    out.write("\ufeff")  # by which Excel knows UTF-8
    writer = csv.DictWriter(out, before.columns, lineterminator="\r\n", extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(before.rows)
    written = {name.strip().lower(): name for name in before.columns}
    for paper in papers:
        cells = {
            "pmid": str(paper.pmid),
            MARK: "",
            "title": paper.title or paper.vernacular_title,
            "abstract": paper.abstract,
            "journal": paper.journal,
            "publication_date": paper.publication_date,
            "link": pubmed_link(paper.pmid),
        }
        writer.writerow({written[name]: _safe(value) for name, value in cells.items() if name in written})
    return out.getvalue()


def _safe(text: str) -> str:
    text = one_line(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what a search finds: how many papers it has, how many are judged, how many of those are relevant."""

    papers: int
    judged: int
    relevant: int


@dataclass(frozen=True, slots=True)
class Precision:
    """The share of relevant papers with its 95 % interval, from `judged` papers."""

    share: float
    low: float
    high: float
    judged: int

    @property
    def to_read(self) -> tuple[float, float, float]:
        """Papers to read for one that is relevant: estimate, least, most (infinite where none may be)."""
        return _read_for(self.share), _read_for(self.high), _read_for(self.low)


def _read_for(share: float) -> float:
    return 1 / share if share else float("inf")


def precision(parts: Sequence[Part]) -> Precision | None:
    """What the judged papers of each part say of all parts; None where some part has papers and none is judged."""
    filled = [part for part in parts if part.papers]
    if not filled or not all(part.judged for part in filled):
        return None
    total = sum(part.papers for part in filled)
    share = sum(part.papers / total * part.relevant / part.judged for part in filled)
    worth = min(part.judged / (part.papers / total) for part in filled)
    low, high = clopper_pearson(share * worth, worth)
    if all(part.judged == part.papers for part in filled):
        low = high = share
    return Precision(share, low, high, sum(part.judged for part in filled))


def shares_of(size: int, papers: Sequence[int]) -> tuple[int, ...]:
    """How many of a sample of that size each part gets: by its size, and at least a fifth of it where it has them."""
    total = sum(papers)
    if not total:
        return tuple(0 for _ in papers)
    least = max(1, size // 5)
    return tuple(min(count, max(round(size * count / total), least if count else 0)) for count in papers)
