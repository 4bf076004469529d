"""Papers that first came without an abstract, and have one now: which are offered once more.

Owns the table now_with_abstract. Never says to whom: `owing` does, by what each reader was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from litwatch.decide.refreshed import tags_differ
from litwatch.edge.store.inserting import in_hundreds, insert_new
from litwatch.edge.store.tables import finding, now_with_abstract
from litwatch.paper import Paper
from litwatch.study.findings import Findings, from_json


def offer_again(
    connection: Connection, name: str, studied: Sequence[tuple[Paper, Findings | None]], now: datetime
) -> None:
    """Write down which of these papers got their abstract and with it other tags; call it before they are filed.

    Safe to repeat: a paper is offered again once.
    """
    with_abstract = {paper.pmid: findings for paper, findings in studied if paper.abstract}
    offered: list[int] = []
    for some in in_hundreds(with_abstract):
        before = select(finding.c.pmid, finding.c.document).where(
            finding.c.watch == name, finding.c.pmid.in_(some), finding.c.without_abstract
        )
        offered += [
            row.pmid
            for row in connection.execute(before)
            if tags_differ(
                from_json(row.document) if row.document is not None else None, with_abstract[row.pmid]
            )
        ]
    if offered:
        rows = [{"watch": name, "pmid": pmid, "since": now} for pmid in offered]
        connection.execute(insert_new(connection, now_with_abstract), rows)
