"""`tune --log`: the strategy for a paper's supplement, as Markdown and as a table beside it.

Owns which figures go in. Never words a line of it (tuning.strategy_log does).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import litwatch
from litwatch.cli.tuning.inputs import written_file
from litwatch.cli.wiring import store_to_read
from litwatch.tuning.strategy_lines import strategy_lines
from litwatch.tuning.strategy_log import Log, as_markdown, as_table

if TYPE_CHECKING:
    from litwatch.cli.tuning.outcome import Outcome
    from litwatch.edge.config import Config, Watch
    from litwatch.edge.store.balancing import Books


def write_log(path: Path, config: Config, watch: Watch, outcome: Outcome, now: datetime) -> None:
    """Writes both files, of the search that is worked on: with `--query` or `--against` of that draft."""
    from litwatch.edge.store.showing import standings

    figures = outcome.shown[0]
    query, draft = figures.sheet.query, outcome.comparison is not None
    with store_to_read(config, now) as store:
        known = {one.name: one for one in standings(store)} if store is not None else {}
    standing = known.get(watch.name)
    answer = figures.pubmed
    log = Log(
        watch.name,
        watch.title,
        query,
        strategy_lines(query.root, [line.weighed.clause for line in figures.sheet.lines], figures.counts),
        answer.count if answer is not None else None,
        answer.translation if answer is not None else "",
        config.settings.pubmed.base_url,
        litwatch.__version__,
        now,
        watch.look,
        standing.first_good_run if standing is not None else None,
        standing.last_good_run if standing is not None else None,
        _filed(standing.books) if standing is not None and not draft else (),
        draft,
    )
    written_file(path.with_suffix(".md"), as_markdown(log), "")
    written_file(path.with_suffix(".csv"), as_table(log), "")


def _filed(books: Books) -> tuple[tuple[str, int], ...]:
    names = ("backlog", "mailed", "owed", "held", "excluded", "wanted")
    return tuple((name, getattr(books, name)) for name in names if getattr(books, name))
