"""What `collect` and `refresh` ask: PubMed, or with --from NLM's own files in its place.

Owns that choice, and what is told of queries that files cannot answer. Never reads a file (jobs/scanning does).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.edge.config import Config, Watch
    from litwatch.edge.pubmed import PubMed
    from litwatch.edge.store.open import Store
    from litwatch.jobs.attempt import Progress
    from litwatch.jobs.scanning.archive import Archive
    from litwatch.query.leaves import Vocabulary


@contextmanager
def source(
    config: Config,
    watches: Sequence[Watch],
    mesh: Vocabulary,
    now: datetime,
    files: Sequence[Path] | None,
    keep: Path | None,
    progress: Progress | None,
    store: Store | None = None,
) -> Iterator[PubMed | Archive]:
    """PubMed, or the files; with a `store` what they hold of the papers that it knows is found, too.

    Raises UsageError for --keep without --from, and for a watch that only PubMed can answer.
    """
    from litwatch.cli.wiring import opened_pubmed

    if not files:
        if keep is not None:
            raise UsageError("--keep goes with --from")
        with opened_pubmed(config) as pubmed:
            yield pubmed
        return
    from litwatch.edge.nlm.files import spread
    from litwatch.edge.store.collecting import all_known
    from litwatch.jobs.attempt import quiet
    from litwatch.jobs.processes import cores
    from litwatch.jobs.scanning.archive import Archive
    from litwatch.jobs.scanning.many_files import in_processes

    _refuse_pubmed_only(watches)
    known: frozenset[int] = frozenset()
    if store is not None:
        with store.reading() as connection:
            known = all_known(connection)
    yield Archive(
        spread(files),
        tuple(str(watch.query) for watch in watches),
        mesh,
        now.date(),
        in_processes(cores()),
        keep,
        known,
        progress or quiet,
    )


def what_to_read(asked: PubMed | Archive) -> dict[str, Any]:
    """What refresh is told where files are asked: to read all that they hold of what is known; {} for PubMed."""
    from litwatch.jobs.scanning.archive import Archive

    if not isinstance(asked, Archive):
        return {}
    return {"instead": asked.known_here, "first_struck": not asked.gaps}


def _refuse_pubmed_only(watches: Sequence[Watch]) -> None:
    from litwatch.query.match import pubmed_only

    for watch in watches:
        unknown = pubmed_only(watch.query)
        if unknown:
            raise UsageError(
                f"{watch.name}: only PubMed can answer {unknown[0]}, and --from asks files alone; leave it out of the "
                "query, or collect from PubMed"
            )
