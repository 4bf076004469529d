"""What EFetch may send that was not asked for, is missing or cannot be read.

Owns records with something wrong in them; XML only. Never spoils an answer without a record.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from litwatch.sandbox.answers import Request
from litwatch.sandbox.faults.asked import Asked, Fault
from litwatch.sandbox.shapes import Answer

_RECORD = re.compile(rb"<PubmedArticle>.*?</PubmedArticle>\s*", re.DOTALL)
_ABSTRACT = re.compile(rb"<Abstract>.*?</Abstract>\s*", re.DOTALL)
_PMID = re.compile(rb"(<MedlineCitation\b[^>]*>\s*<PMID\b[^>]*>)(\d+)(</PMID>)")
_NEIGHBOURS = 1_000


def _parts(answer: Answer) -> tuple[bytes, list[bytes], bytes] | None:
    """What stands before the records, the records, and what stands after them; None where there are none."""
    found = list(_RECORD.finditer(answer.body))
    if not found:
        return None
    return answer.body[: found[0].start()], [each[0] for each in found], answer.body[found[-1].end() :]


def _some(keep: Callable[[int], bool]) -> Callable[[Asked], Answer | None]:
    def spoil(asked: Asked) -> Answer | None:
        parts = _parts(asked.honest)
        if parts is None:
            return None
        before, records, after = parts
        kept = [record for place, record in enumerate(records) if keep(place)]
        return replace(asked.honest, body=before + b"".join(kept) + after)

    return spoil


def _first(change: Callable[[bytes], bytes]) -> Callable[[Asked], Answer | None]:
    """Changes the first record that `change` changes."""

    def spoil(asked: Asked) -> Answer | None:
        parts = _parts(asked.honest)
        if parts is None:
            return None
        before, records, after = parts
        for place, record in enumerate(records):
            changed = change(record)
            if changed != record:
                records[place] = changed
                return replace(asked.honest, body=before + b"".join(records) + after)
        return None

    return spoil


def _others(asked: Asked) -> Answer | None:
    """The records of somebody else's request."""
    wanted = {int(pmid) for pmid in re.findall(r"\d+", asked.request.params.get("id", ""))}
    if not wanted or _parts(asked.honest) is None:
        return None
    near = range(max(1, min(wanted) - _NEIGHBOURS), min(wanted) + _NEIGHBOURS)
    others = [pmid for pmid in near if pmid not in wanted and asked.is_there(pmid)][: len(wanted)]
    form = {"db": "pubmed", "retmode": "xml", "id": ",".join(map(str, others or (1,)))}
    return asked.pubmed.answer(Request("efetch", form, "POST"), asked.today)


def _merged(record: bytes) -> bytes:
    return _PMID.sub(
        lambda found: found[1] + b"%d" % (int(found[2]) + 900_000_000) + found[3], record, count=1
    )


def _unknown_element(record: bytes) -> bytes:
    new = (
        b'<PlainSummary Origin="machine"><Point No="1">new &amp; <b>bold</b></Point></PlainSummary></Article>'
    )
    return record.replace(b"</Article>", new, 1)


def _deleted(asked: Asked) -> Answer | None:
    """The first PMID is withdrawn from here on, lists included, until the sandbox's next day."""
    pmids = [int(pmid) for pmid in re.findall(r"\d+", asked.request.params.get("id", ""))]
    there = [pmid for pmid in pmids if asked.is_there(pmid)]
    if not there:
        return None
    asked.pubmed.withdrawn[there[0]] = asked.today
    return asked.on(asked.today)


RECORDS = {
    "left-out": Fault(_some(lambda place: place % 2 == 1), "every second PMID is left out", "efetch"),
    "no-records": Fault(_some(lambda place: False), "a set without a record", "efetch"),
    "others-records": Fault(_others, "the records of somebody else's request", "efetch"),
    "record-twice": Fault(_first(lambda record: record * 2), "a record comes twice", "efetch"),
    "merged": Fault(_first(_merged), "a record comes under another PMID", "efetch"),
    "deleted": Fault(_deleted, "a PMID is withdrawn between list and fetch, for a day", "efetch"),
    "changed-record": Fault(
        _first(lambda record: _ABSTRACT.sub(b"", record, count=1)),
        "a record whose abstract comes only with the next fetch",
        "efetch",
    ),
    "unknown-element": Fault(_first(_unknown_element), "an element that no DTD knows", "efetch"),
    "unreadable-record": Fault(
        _first(lambda record: record.replace(b"</ArticleTitle>", b"</ArticleTitel>", 1)),
        "one record of the batch cannot be read",
        "efetch",
    ),
    "not-utf8": Fault(
        _first(lambda record: record.replace(b"<ArticleTitle>", b"<ArticleTitle>\xc9tude: ", 1)),
        "one record holds Latin-1 where UTF-8 is declared",
        "efetch",
    ),
    "control-characters": Fault(
        _first(lambda record: record.replace(b"<ArticleTitle>", b"<ArticleTitle>\x00\x0b", 1)),
        "one record holds characters that XML forbids",
        "efetch",
    ),
}
"""Records with something wrong in them, by name."""
