"""What ESearch's parameters add to a query: `field`, `reldate`, `mindate` and `maxdate`.

Owns these rules. Never searches and never writes an answer.

Source: https://www.ncbi.nlm.nih.gov/books/NBK25499/#chapter4.ESearch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from litwatch.query.tree import Group, Query, Term, written
from litwatch.sandbox.translation import Reading, read_leniently

_DATE_TYPES = {"pdat": "dp", "dp": "dp", "edat": "edat", "crdt": "crdt", "mdat": "lr", "mhda": "mhda"}


def in_field(query: Query, tag: str) -> Reading | None:
    """The query with its untagged terms in one field (ESearch's `field`); None if there is no such field."""
    reading = read_leniently(f"x[{tag}]")
    if reading.fields_not_found:
        return None
    own = reading.query.root
    assert isinstance(own, Term)
    root = query.root
    if isinstance(root, Term):
        root = root if root.tag else replace(root, tag=own.tag)
        return Reading(Query(query.source, root, written(root)), (), ())
    text = str(query)
    for term in sorted({clause.key for clause in _untagged(query)}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w\"\[]){re.escape(term)}(?![\w\"\[])", f"{term}[{own.tag}]", text)
    return read_leniently(text)


def _untagged(query: Query) -> list[Term]:
    pending, found = [query.root], []
    while pending:
        clause = pending.pop()
        if isinstance(clause, Group):
            pending.extend(clause.children)
        elif not clause.tag:
            found.append(clause)
    return found


def date_limit(params: Mapping[str, str], today: date) -> str | None:
    """The date clause that reldate or mindate and maxdate add; both of these are needed (NBK25499)."""
    kind = params.get("datetype", "").strip().lower() or "edat"
    tag = _DATE_TYPES.get(kind, "edat")
    reldate = params.get("reldate", "").strip()
    days = int(reldate) if re.fullmatch(r"\d{1,9}", reldate) else 0
    if days:
        first = today - timedelta(days=min(days, today.toordinal() - 1))
        return f"{first:%Y/%m/%d}:{today:%Y/%m/%d}[{tag}]"
    low, high = params.get("mindate", "").strip(), params.get("maxdate", "").strip()
    return f"{low}:{high}[{tag}]" if low and high else None
