"""Fills a store with generated records by the million, as if runs of years had filed them.

Owns the rows. Never measures, and goes by no job of litwatch's: it would take hours.

Texts, their hundred kinds and PMIDs are those of `litwatch sandbox --synthetic`; what the rules find in a kind is found
once, and filed with each paper of it.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from litwatch.edge.config import Config, Watch
    from litwatch.edge.store.open import Store

READER = "you@example.org"
CHUNK = 20_000
KEYS = 8  # what a paper is found by when its versions are looked for: a DOI, a title, six of its words
NEW_EVERY = 10  # of so many papers of the large watch one was new and mailed, the others are backlog
IN_A_DIGEST = 100

Row = tuple[Any, ...]


def fill(store: Store, config: Config, small: str, large: str, papers: int, searched: datetime) -> None:
    """File records for all that `small` knows, and give `large` the rest of so many papers.

    `small` has been searched by then. The last search, refresh and digest of both are of `searched`.
    """
    from sqlalchemy import select, text, update

    from litwatch.edge.store import tables

    watches = {watch.name: watch for watch in config.watches}
    with store.reading() as connection:
        query = select(tables.arrival.c.pmid).where(tables.arrival.c.watch == small)
        known = sorted(connection.execute(query).scalars())
        filed = set(connection.execute(select(tables.paper.c.pmid)).scalars())
    from litwatch.sandbox.synthetic import FIRST_PMID, Synthetic

    made = Synthetic(max(papers, known[-1] - FIRST_PMID + 1))
    there = set(known)
    rest = list(
        islice(
            (pmid for pmid in range(FIRST_PMID, FIRST_PMID + made.count) if pmid not in there),
            max(0, papers - len(known)),
        )
    )
    moment = written(searched)
    since = written(searched - timedelta(days=3_650))
    with store.writing() as connection:
        connection.execute(
            tables.watch.insert().values(
                name=large,
                query=str(watches[large].query),
                translation="",
                first_good_run=searched - timedelta(days=3_650),
            )
        )
        connection.execute(update(tables.watch).values(last_good_run=searched))
        connection.execute(update(tables.subscription).values(since=searched - timedelta(days=3_650)))
        connection.execute(
            tables.receipt.insert().values(
                job="refresh", watch=None, started_at=searched, finished_at=searched, ok=True, document={}
            )
        )
    indexes = without_indexes(store)
    for name, pmids in ((small, [pmid for pmid in known if pmid not in filed]), (large, rest)):
        for some in chunks(pmids):
            write_papers(store, name, watches[name], some, made, moment)
    write_keys(store, rest)
    write_arrivals(store, large, rest, since, moment)
    write_claims(store, large, rest[::NEW_EVERY], searched)
    with store.writing() as connection:
        for index in indexes:
            index.create(connection)
    if store.path is None:  # as its autovacuum does within a minute
        with store.writing() as connection:
            connection.execute(text("ANALYZE"))


def without_indexes(store: Store) -> list[Any]:
    """Take away what is made more quickly when all rows are there; the indexes to make again."""
    from litwatch.edge.store import tables

    whole = [
        index
        for table in tables.metadata.sorted_tables
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is None
    ]
    with store.writing() as connection:
        for index in whole:
            index.drop(connection)
    return whole


def written(moment: datetime) -> str:
    """As the store keeps instants."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chunks(pmids: Sequence[int]) -> Iterator[Sequence[int]]:
    """So many at a time."""
    for start in range(0, len(pmids), CHUNK):
        yield pmids[start : start + CHUNK]


def write_papers(store: Store, name: str, watch: Watch, pmids: Sequence[int], made: Any, moment: str) -> None:
    """Records, and what the rules found in them."""
    from litwatch.decide.versions import RULES
    from litwatch.edge import as_json
    from litwatch.edge.mesh import SHIPPED, MeshFile
    from litwatch.edge.store import tables
    from litwatch.jobs.filing import hash_of, study
    from litwatch.query.leaves import Vocabulary
    from litwatch.reading.pubmed_xml import read_article
    from litwatch.sandbox.synthetic import FIRST_PMID, PERIOD
    from litwatch.study.student import compile_rules

    vocabulary = Vocabulary(MeshFile(SHIPPED))
    rules_hash = hash_of(watch.rules, vocabulary)
    reader = compile_rules(watch.rules, vocabulary, found=True)
    found: dict[int, str] = {}
    for pmid in pmids:
        number = pmid - FIRST_PMID
        if number % PERIOD not in found:
            raw = made.raw(number)
            found[number % PERIOD] = as_json.written(study(reader, read_article(raw), raw).findings)
    hashes = random.Random(pmids[0])
    papers, findings = [], []
    for pmid in pmids:
        number = pmid - FIRST_PMID
        content = f"{hashes.getrandbits(256):064x}"
        created = date.fromordinal(made.created(number)).isoformat()
        papers.append(
            (
                pmid,
                zlib.compress(made.raw(number)),
                content,
                "PubMed-not-MEDLINE",
                created,
                moment,
                None,
                RULES,
            )
        )
        findings.append((name, pmid, found[number % PERIOD], rules_hash, content, None, False))
    bulk(store, tables.paper, papers)
    bulk(store, tables.finding, findings)


def write_keys(store: Store, pmids: Sequence[int]) -> None:
    """What papers are found by when their versions are looked for: hashes, in their own order."""
    from litwatch.edge.store import tables

    of, several = random.Random(len(pmids)), KEYS * len(pmids)
    for start in range(0, several, KEYS * CHUNK):
        numbers = range(start, min(several, start + KEYS * CHUNK))
        bulk(store, tables.paper_key, ((number * (2**63 // several), of.choice(pmids)) for number in numbers))


def write_arrivals(store: Store, name: str, pmids: Sequence[int], since: str, moment: str) -> None:
    """How they came."""
    from litwatch.edge.store import tables

    for some in chunks(pmids):
        rows = (
            (name, pmid, "new" if new else "backlog", since, since, None, None, 0, None, None, None)
            for pmid, new in zip(some, every(some, pmids), strict=True)
        )
        bulk(store, tables.arrival, list(rows))


def every(some: Sequence[int], pmids: Sequence[int]) -> list[bool]:
    """Which of them were new."""
    chosen = set(pmids[::NEW_EVERY])
    return [pmid in chosen for pmid in some]


def write_claims(store: Store, name: str, pmids: Sequence[int], searched: datetime) -> None:
    """The digests that took the new ones to their reader."""
    from litwatch.edge.store import tables

    digests = [pmids[start : start + IN_A_DIGEST] for start in range(0, len(pmids), IN_A_DIGEST)]
    claims, held = [], []
    for number, some in enumerate(digests, 1):
        at = written(searched - timedelta(hours=len(digests) - number))
        claims.append(
            (
                number,
                READER,
                name,
                f"made up {number}",
                at,
                f"<{number}@example.org>",
                READER,
                "sent",
                1,
                None,
                None,
                at,
            )
        )
        held += [(number, pmid, False, False) for pmid in some]
    bulk(store, tables.claim, claims)
    bulk(store, tables.claim_paper, held)
    if store.path is None:
        with store.writing() as connection:
            connection.exec_driver_sql(
                "SELECT setval(pg_get_serial_sequence('claim', 'id'), (SELECT max(id) FROM claim))"
            )


def bulk(store: Store, table: Any, rows: Iterable[Row]) -> None:
    """Rows in the order of the table's columns, the quickest way."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    raw: Any = store.engine.raw_connection()
    try:
        if store.path is None:
            with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(table.columns))
            raw.execute("PRAGMA synchronous=OFF")
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)
        raw.commit() if store.path is None else raw.execute("COMMIT")
    finally:
        raw.close()


def settle(store: Store) -> int:
    """Fold SQLite's log into the file, as the end of a run does; how many bytes the store has."""
    if store.path is None:
        with store.writing() as connection:
            return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
    raw: Any = store.engine.raw_connection()
    try:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.close()
    return store.path.stat().st_size
