"""NLM's baseline and update files on disk: their names, their order, their checksums.

Owns what NLM's names say (pubmed26n0001.xml.gz: year, number) and the .md5 beside a file. Never reads a record.
Source: https://ftp.ncbi.nlm.nih.gov/pubmed/updatefiles/README.txt.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from litwatch.errors import ReadError, UsageError

_NAME = re.compile(r"pubmed(?P<year>\d\d)n(?P<number>\d{4,5})\.xml(?:\.gz)?")
_SUM = re.compile(r"\b[0-9a-f]{32}\b", re.IGNORECASE)
_CHUNK = 1 << 20

Number = tuple[int, int]
"""Year (26) and number of one of NLM's files."""


def number_of(path: Path) -> Number | None:
    """What NLM's name of a file says; None for any other name."""
    found = _NAME.fullmatch(path.name)
    return (int(found["year"]), int(found["number"])) if found else None


def spread(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files, and of each folder (baseline/ and updatefiles/ in it, too) its record files: NLM's by number first.

    Raises UsageError for a folder without record files.
    """
    try:
        return tuple(path for given in paths for path in (_inside(given) if given.is_dir() else (given,)))
    except PermissionError as error:
        raise UsageError(f"{error.filename}: it may not be read") from error


def _inside(folder: Path) -> Iterator[Path]:
    # As NLM's server has them, and copies of it (rsync, wget): all of PubMed in two folders.
    folders = (folder, *(part for name in ("baseline", "updatefiles") if (part := folder / name).is_dir()))
    files = [path for part in folders for path in part.iterdir() if _is_a_record_file(path)]
    if not files:
        raise UsageError(f"{folder}: there is no .xml or .xml.gz file in it")
    yield from sorted(files, key=lambda path: (number_of(path) or (1_000, 0), path.name))


def _is_a_record_file(path: Path) -> bool:
    """By its name; a link to nowhere, too, which is not passed over without a word. Hidden ones are other programs'."""
    named = path.name.endswith((".xml", ".xml.gz")) and not path.name.startswith(".")
    return named and (path.is_file() or path.is_symlink())


def passed_over(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Files of records, by their names, that stand in the folders among these and are not read: only XML is."""
    folders = (path for path in paths if path.is_dir())
    found = (path for folder in folders for path in sorted(folder.iterdir()))
    return tuple(
        path for path in found if path.name.removesuffix(".gz").endswith((".nbib", ".jsonl", ".json"))
    )


def out_of_order(paths: Sequence[Path]) -> str:
    """What is wrong with the order of files, in a sentence; "": nothing. The newest version of a record stands last."""
    twice = [path for path, times in Counter(paths).items() if times > 1]
    if twice:
        return f"{twice[0]} is given twice"
    numbered = [(number, path) for path in paths if (number := number_of(path)) is not None]
    for (number, path), (following, after) in pairwise(numbered):
        if following == number:
            return f"{after} is given twice"
        if following < number:
            return f"{after} comes before {path.name}: give NLM's files in the order of their numbers, or their folder"
    return ""


def gaps(paths: Iterable[Path]) -> tuple[str, ...]:
    """Why these files are not all of PubMed, as far as NLM's names tell: what is not there, what has no such name."""
    paths = tuple(paths)
    numbers = sorted({number for path in paths if (number := number_of(path)) is not None})
    unnamed = [path.name for path in paths if number_of(path) is None]
    nameless = (
        [f"{unnamed[0]} has no name of NLM's, and nobody can tell what else there is"] if unnamed else []
    )
    if not numbers:
        return tuple(nameless)
    year, first = numbers[0]
    found = [*nameless, *([_not_there(year, 1, first - 1)] if first > 1 else [])]
    for (before, last), (year, following) in pairwise(numbers):
        if year != before:
            found.append(
                f"the files are of two years, 20{before:02} and 20{year:02} (NLM begins anew each year: "
                "give each a folder of its own)"
            )
        elif following > last + 1:
            found.append(_not_there(year, last + 1, following - 1))
    return tuple(found)


def _not_there(year: int, first: int, last: int) -> str:
    names = [f"pubmed{year:02}n{number:04}" for number in (first, last)]
    return f"{names[0]} is not there" if first == last else f"{names[0]} to {names[1]} are not there"


def check_sum(path: Path) -> bool:
    """Whether a .md5 stands beside the file. Raises ReadError where it is another file's, or cannot be read."""
    beside = path.with_name(path.name + ".md5")
    try:
        said = _SUM.search(beside.read_text("ascii", "replace"))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ReadError(f"{beside}: {error.strerror or error}") from error
    if said is None:
        raise ReadError(f"{beside}: there is no MD5 sum in it; fetch it anew")
    if said.group().lower() != md5_of(path):
        raise ReadError(f"{path}: its MD5 sum is not the one in {beside.name}; fetch both anew")
    return True


def md5_of(path: Path) -> str:
    """The MD5 sum of a file, as NLM writes it. Raises ReadError."""
    counted = hashlib.md5(usedforsecurity=False)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                counted.update(chunk)
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror or error}") from error
    return counted.hexdigest()
