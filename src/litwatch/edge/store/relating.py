"""Which papers are versions of one paper, and which report the same trial: found and kept when papers are filed.

Owns the tables paper_key, paper_version, paper_group and paper_trial. Never decides what a version is
(decide/versions.py does) and never begins or ends a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations, permutations

from sqlalchemy import Connection, Table, and_, delete, or_, select, text, update

from litwatch.decide.blocking import CROWD, Keys, candidates, keys
from litwatch.decide.changes import UPDATE, Notice
from litwatch.decide.grouping import groups
from litwatch.decide.sketches import Sketch, sketch
from litwatch.decide.threads import trial_numbers
from litwatch.decide.versions import RULES, TITLE, earlier_first, judged_apart, same_paper
from litwatch.edge.store.inserting import in_hundreds, insert_plain, upsert
from litwatch.edge.store.records import filed_records
from litwatch.edge.store.related import versions_of
from litwatch.edge.store.tables import notice, paper, paper_group, paper_key, paper_trial, paper_version
from litwatch.edge.store.unpacking import read_record, unpack
from litwatch.paper import Paper
from litwatch.reading.pubmed_xml import read_article

Rows = frozenset[tuple[int | str, int]]
"""(key or number, PMID)."""


# Of the records that have a key no more than show that it is one of a crowd: a million may have it.
_HOLDERS = """
WITH wanted(key) AS (VALUES ({keys}))
SELECT paper_key.key, paper_key.pmid FROM wanted JOIN paper_key ON paper_key.key = wanted.key AND paper_key.pmid <=
    coalesce((SELECT pmid FROM paper_key AS one WHERE one.key = wanted.key ORDER BY pmid LIMIT 1 OFFSET {crowd}),
             9223372036854775807)
"""


def relate(connection: Connection, papers: Iterable[Paper]) -> tuple[Notice, ...]:
    """Keep what relates these papers, filed or filed again just now, to all others; the versions that are news.

    A version is kept both ways, once; all versions of one paper share a group. Safe to repeat, and in any order:
    the same papers leave the same rows. The notices are not filed yet: that the record of one paper has
    another version, where PubMed itself does not say so.
    """
    by_pmid = {each.pmid: each for each in papers}
    if not by_pmid:
        return ()
    found_by = {pmid: keys(each) for pmid, each in by_pmid.items()}
    kept: Rows = frozenset((key, pmid) for pmid, each in found_by.items() for key in each.kept)
    _keep(connection, paper_key, "key", kept, by_pmid)
    trials: Rows = frozenset(
        (number, pmid) for pmid, each in by_pmid.items() for number in trial_numbers(each)
    )
    _keep(connection, paper_trial, "number", trials, by_pmid)
    before = _links(connection, by_pmid)
    near = _near(connection, found_by)
    for one, other in before:
        if one in by_pmid:
            near[one] = near[one] | {other}
    near = {one: others for one, others in near.items() if others}
    sketches = _sketches(
        connection, by_pmid, near.keys() | {other for others in near.values() for other in others}
    )
    now: dict[tuple[int, int], str] = {}
    for one, others in near.items():
        for other in others & sketches.keys():
            if how := same_paper(sketches[one], sketches[other]):
                now[(one, other)] = now[(other, one)] = how
    if now != before:
        _relink(connection, before, now)
    if now or before:
        _regroup(connection, {pmid for pair in before.keys() | now.keys() for pmid in pair}, by_pmid)
    for some in in_hundreds(by_pmid):
        connection.execute(update(paper).where(paper.c.pmid.in_(some)).values(compared_by=RULES))
    fresh = {(min(pair), max(pair)) for pair in now.keys() - before.keys()}
    return _news(connection, [(sketches[one], sketches[other]) for one, other in sorted(fresh)], by_pmid)


def left_to_compare(connection: Connection, most: int) -> tuple[bytes, ...]:
    """Records of papers that were filed before there were these rules, so many at most."""
    query = (
        select(paper.c.record)
        .where(or_(paper.c.compared_by.is_(None), paper.c.compared_by < RULES))
        .limit(most)
    )
    return tuple(unpack(each) for each in connection.execute(query).scalars())


def _keep(
    connection: Connection,
    table: Table,
    name: str,
    rows: AbstractSet[tuple[int | str, int]],
    pmids: Iterable[int],
) -> None:
    """Make these the rows of these papers in a table of (name, pmid)."""
    before: set[tuple[int | str, int]] = set()
    for some in _written_out(pmids):
        kept = connection.execute(select(table.c[name], table.c.pmid).where(text(f"pmid IN ({some})")))
        before.update((value, pmid) for value, pmid in kept.all())
    for value, pmid in before - rows:
        connection.execute(delete(table).where(table.c[name] == value, table.c.pmid == pmid))
    insert_plain(connection, table, list(rows - before))


def _near(connection: Connection, sought: Mapping[int, Keys]) -> dict[int, frozenset[int]]:
    """The papers worth comparing with each."""
    wanted = {key for each in sought.values() for key in (each.own, *each.sure, *each.words)}
    holders: dict[int, list[int]] = {}
    for some in _written_out(wanted):
        query = _HOLDERS.format(keys=some.replace(", ", "), ("), crowd=CROWD)
        for key, pmid in connection.execute(text(query)).all():
            holders.setdefault(key, []).append(pmid)
    for pmid, each in sought.items():
        holders.setdefault(each.own, []).append(pmid)
    return {pmid: candidates(each, holders) - {pmid} for pmid, each in sought.items()}


def _written_out(numbers: Iterable[int]) -> Iterator[str]:
    """Whole numbers for an IN, in parts: thousands of parameters would take longer than the question itself."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), 5_000):
        yield ", ".join(map(str, ordered[start : start + 5_000]))


def _sketches(
    connection: Connection, filed: Mapping[int, Paper], pmids: AbstractSet[int]
) -> dict[int, Sketch]:
    found = {pmid: sketch(filed[pmid]) for pmid in pmids & filed.keys()}
    for pmid, record in filed_records(connection, pmids - filed.keys()):
        found[pmid] = sketch(read_article(record))
    return found


def _links(connection: Connection, pmids: Iterable[int]) -> dict[tuple[int, int], str]:
    """The versions of these papers as they are kept, both ways."""
    found: dict[tuple[int, int], str] = {}
    for some in in_hundreds(pmids):
        query = select(paper_version).where(paper_version.c.pmid.in_(some))
        for row in connection.execute(query):
            found[(row.pmid, row.other)] = found[(row.other, row.pmid)] = row.how
    return found


def _relink(
    connection: Connection, before: Mapping[tuple[int, int], str], now: Mapping[tuple[int, int], str]
) -> None:
    for one, other in before.keys() - now.keys():
        same = and_(paper_version.c.pmid == one, paper_version.c.other == other)
        connection.execute(delete(paper_version).where(same))
    rows = [
        {"pmid": one, "other": other, "how": how}
        for (one, other), how in sorted(now.items())
        if before.get((one, other)) != how
    ]
    upsert(connection, paper_version, rows)


def _regroup(connection: Connection, pmids: set[int], filed: Mapping[int, Paper]) -> None:
    """Give all papers that hang together with these their group.

    By a guess no group has two that are judged apart.
    """
    linked: dict[tuple[int, int], str] = {}
    reached, left = set(pmids), set(pmids)
    while left:
        more = _links(connection, left)
        linked |= more
        left = {pmid for pair in more for pmid in pair} - reached
        reached |= left
    for some in in_hundreds(reached):
        connection.execute(delete(paper_group).where(paper_group.c.pmid.in_(some)))
    parts = _parts(connection, linked, filed)
    rows = [{"pmid": pmid, "versions_of": min(group)} for group in parts for pmid in sorted(group)]
    if rows:
        connection.execute(paper_group.insert(), rows)


def _parts(
    connection: Connection, linked: Mapping[tuple[int, int], str], filed: Mapping[int, Paper]
) -> Iterator[frozenset[int]]:
    for whole in groups(linked):
        if all(pair in linked for pair in permutations(whole, 2)):
            yield whole
            continue
        sketches = _sketches(connection, filed, whole)
        inside = sorted(pair for pair in linked if pair[0] in whole)
        apart = {
            (one, other)
            for one, other in combinations(sorted(whole), 2)
            if judged_apart(sketches[one], sketches[other])
        }
        yield from groups(
            [pair for pair in inside if linked[pair] != TITLE],
            [pair for pair in inside if linked[pair] == TITLE],
            apart,
        )


def _news(
    connection: Connection, fresh: Sequence[tuple[Sketch, Sketch]], filed: Mapping[int, Paper]
) -> tuple[Notice, ...]:
    told: list[Notice] = []
    together = versions_of(connection, {each.pmid for pair in fresh for each in pair})
    for pair in fresh:
        early, late = earlier_first(*pair)
        both = (early.pmid, late.pmid)
        if late.pmid not in together.get(early.pmid, ()):
            continue  # a chain that was cut between them
        known = select(notice.c.pmid).where(notice.c.pmid.in_(both), notice.c.notice_pmid.in_(both)).limit(1)
        if connection.execute(known).first() is not None:
            continue  # PubMed's own word, filed as it stands there
        newer = filed.get(late.pmid)
        if newer is None:
            record = connection.execute(select(paper.c.record).where(paper.c.pmid == late.pmid)).scalar_one()
            newer = read_record(record)
        source = ". ".join(
            part for part in (newer.journal_abbreviation or newer.journal, newer.title) if part
        )
        told.append(Notice(early.pmid, UPDATE, late.pmid, newer.publication_date, source))
    return tuple(told)
