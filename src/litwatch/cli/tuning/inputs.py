"""What `tune` and `recall` stand on: the desk, and the files and queries that they are given.

Owns what is said of a file that cannot be used. Never works a figure out.
"""

from __future__ import annotations

import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from litwatch.cli.own_query import STDIN
from litwatch.cli.printing import complain
from litwatch.errors import ReadError, UsageError

if TYPE_CHECKING:
    from litwatch.edge.config import Config, Watch
    from litwatch.jobs.tune.desk import Desk
    from litwatch.query.tree import Query
    from litwatch.study.facets import Rules
    from litwatch.tuning.marking import Marks
    from litwatch.tuning.seeds import SeedFile

#: How long PubMed is waited for while somebody sits at the terminal.
PATIENCE_SECONDS = 15.0
WORKBOOK = ".workbook"


@contextmanager
def desk_of(config: Config, now: datetime, *, offline: bool, queries: Sequence[Query] = ()) -> Iterator[Desk]:
    """The desk of a configuration's store, with PubMed unless `offline`; `queries` will be weighed."""
    from litwatch.cli.wiring import opened_pubmed, shown_progress, store_to_read, vocabulary
    from litwatch.jobs.tune.desk import opened_desk

    patient = config.settings.pubmed
    hasty = replace(patient, retry_budget_seconds=min(patient.retry_budget_seconds, PATIENCE_SECONDS))
    asked = replace(config, settings=replace(config.settings, pubmed=hasty))
    with (
        store_to_read(config, now) as store,
        opened_pubmed(asked) as pubmed,
        shown_progress() as progress,
        opened_desk(
            store,
            workbook_of(config),
            vocabulary(config),
            now.date(),
            pubmed=None if offline else pubmed,
            source=patient.base_url,
            queries=queries,
            **({"told": progress} if progress is not None else {}),
        ) as desk,
    ):
        yield desk


def workbook_of(config: Config) -> Path:
    """Where the workbook lies: beside an SQLite store, else in var/ of the configuration."""
    scheme, _, place = config.settings.store.url.partition(":///")
    if scheme == "sqlite":
        return Path(place.partition("?")[0] + WORKBOOK)
    return config.directory.absolute() / "var" / f"litwatch{WORKBOOK}"


def changed(
    config: Config, watch: Watch, file: Path | None, query: str | None
) -> tuple[Query, Rules | None] | None:
    """The search to hold against the watch's, with its facets where a watch file says them; None without one."""
    from litwatch.cli.own_query import query_in, warn_of
    from litwatch.cli.wiring import vocabulary
    from litwatch.edge.config import load_watch
    from litwatch.query.parse import parse

    if file is not None and query is not None:
        raise UsageError("--against and --query are two changes; try one")
    if file is None and query is None:
        return None
    if file is not None and file != STDIN and not file.exists():
        raise UsageError(
            f"{file}: there is no such file; --against takes a changed copy of the watch's file, or a query alone"
        )
    if file is not None and file.suffix == ".toml":
        changed_watch = load_watch(file, config.directory, watch.name)
        return changed_watch.query, changed_watch.rules
    parsed = parse(query if query is not None else query_in(file or STDIN))
    warn_of(parsed, vocabulary(config).mesh, approximate=True)
    return parsed, None


def seeds_in(path: Path) -> SeedFile:
    """The seeds of a file (`-`: stdin). Raises UsageError where it cannot be read, or names no paper."""
    from litwatch.tuning.seeds import read_seeds

    name = "stdin" if path == STDIN else str(path)
    try:
        content = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: these seeds cannot be read: {error.strerror or error}") from error
    found = read_seeds(_text_in(content))
    if not found.seeds:
        said = f": {found.unread[0]}" if found.unread else ", it is empty"
        raise UsageError(
            f"{name} names no paper by PMID or DOI{said}. Give a PMID or a DOI a line, a reference list that has them, "
            "or an .nbib or RIS file"
        )
    return found


def _text_in(content: bytes) -> str:
    """The text of a file of seeds: UTF-8, UTF-16 (as Windows and EndNote save "Unicode"), else one byte a character."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        return content.decode("utf-16-be" if content.startswith(b"\0") else "utf-16-le", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")  # PMIDs and DOIs are ASCII, whatever the names around them


def marks_in(path: Path) -> Marks:
    """The marks of a table; none where there is no file yet. Raises UsageError where it is no such table."""
    from litwatch.tuning.marking import NOTHING, read_marks

    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return NOTHING
    except OSError as error:
        raise UsageError(f"{path}: these marks cannot be read: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # as older spreadsheets write it
    try:
        return read_marks(text)
    except ReadError as error:
        raise UsageError(f"{path} is no table of marks: {error}; give another --marks FILE") from error


def written_file(path: Path, text: str, about: str) -> None:
    """Writes a file whole or not at all, and says so. Raises UsageError where it cannot be written."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error
    complain(f"wrote {path}{about}")
