"""Studies one record by the rules of a watch, so that no record can stop the others, and files receipts.

Owns what is filed of a paper and of a run. Never fetches, and never begins a transaction.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from litwatch import __version__
from litwatch.decide.changes import notices_in
from litwatch.edge.store.balancing import save_receipt
from litwatch.edge.store.collecting import Studied
from litwatch.jobs.receipt import Receipt
from litwatch.paper import Paper
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.query.mesh import asks_mesh
from litwatch.study.facets import Entry, Rules
from litwatch.study.findings import Findings
from litwatch.study.student import Student

log = logging.getLogger(__name__)


class Reader(Protocol):
    """Rules made ready (study.student.compile_rules)."""

    def study(self, paper: Paper) -> Findings:
        """All that the rules find in a paper."""
        ...


def study(reader: Reader, paper: Paper, record: bytes) -> Studied:
    """The paper with what the rules find; where they fail it goes on untagged, and says why."""
    try:
        return Studied(paper, record, reader.study(paper), None, notices_in(paper))
    except Exception as error:  # per record: one poisonous paper must not stop everyone's mail
        log.exception("the rules failed on PMID %d", paper.pmid)
        return Studied(paper, record, None, f"{type(error).__name__}: {error}", notices_in(paper))


def study_each(reader: Reader, records: Sequence[tuple[Paper, bytes]]) -> list[Studied]:
    """The same of many records; the rules of a watch read them in step."""
    if isinstance(reader, Student):
        try:
            found = list(reader.study_each(paper for paper, _ in records))
        except Exception:  # per record: one by one they tell which it is, and the others have their findings
            log.exception("the rules failed on one of %d papers: each is read by itself", len(records))
        else:
            return [
                Studied(paper, record, findings, None, notices_in(paper))
                for (paper, record), findings in zip(records, found, strict=True)
            ]
    return [study(reader, paper, record) for paper, record in records]


def hash_of(rules: Rules, vocabulary: Vocabulary = BY_NAME) -> str:
    """A hash that changes when the rules do, or the program or the MeSH that reads them; the same in every process."""
    relevance = [rules.relevance] if rules.relevance else []
    entries = [("", relevance), *((facet.name, facet.entries) for facet in rules.facets)]
    told = [(name, [_told(entry) for entry in each]) for name, each in entries]
    queries = [
        query for _, each in entries for entry in each for query in (entry.query, entry.unless) if query
    ]
    mesh = vocabulary.mesh if any(map(asks_mesh, queries)) else None
    known = (__version__, mesh.version if mesh is not None else "", rules.makers, told)
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _told(entry: Entry) -> tuple[object, ...]:
    # A set has no order of its own: written as it is, each process would see other rules.
    queries = (str(entry.query), str(entry.unless), str(entry.sentence))
    return entry.id, entry.label, sorted(entry.sections), queries


def file_receipt(connection: Connection, receipt: Receipt) -> None:
    """Keep what a collect or a refresh did."""
    save_receipt(
        connection,
        receipt.job,
        receipt.watch,
        receipt.started_at,
        receipt.finished_at,
        receipt.to_json(),
        ok=receipt.ok,
    )
