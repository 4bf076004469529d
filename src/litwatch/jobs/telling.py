"""A receipt for a person, every part of it on a line of its own.

Owns these lines. Never works anything out: what is not in the receipt is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from litwatch.jobs.receipt import disagreeing_in_words, recall_in_words

QUERY = 200  # characters of a query; the whole is in the JSON
NAMED = 10  # PMIDs of a kind


def in_lines(receipt: Mapping[str, Any]) -> Iterator[str]:
    """The receipt of any job (`to_json`), for a terminal."""
    yield " ".join(filter(None, (receipt["job"], receipt.get("watch"), receipt["started_at"])))
    for name, said in _TELLS.get(receipt["job"], _parts)(receipt):
        if said:
            yield f"  {name:<12} {said}"


def _parts(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "query", _shortened(receipt["query"])
    yield "read as", _shortened(receipt["translation"])
    if receipt["count"] is not None:
        listed = f", {receipt['enumerated']:,} enumerated" if receipt["enumerated"] is not None else ""
        yield "PubMed", f"{receipt['count']:,} papers{listed}"
    yield "came", ", ".join(f"{count:,} {how}" for how, count in receipt["arrivals"].items() if count)
    if receipt["backlog_left"] is not None:
        yield "backlog left", f"{receipt['backlog_left']:,}"
    if receipt["guard"] is not None:
        new = receipt["guard"]["new"]
        yield "outside", f"{new:,} new outside of the search, {receipt['guard']['drawn']:,} kept for judging"
        yield "recall", recall_in_words(receipt["guard"])
    yield "fetched", f"{receipt['fetched']:,}" if receipt["fetched"] else ""
    yield "unreadable", _pmids(receipt["unreadable"])
    yield "untagged", _pmids(receipt["untagged"])
    yield "wanted", _pmids(receipt["wanted"])
    yield "held", f"{receipt['held']:,}" if receipt["held"] else ""
    yield (
        "refreshed",
        f"{receipt['refreshed']:,}, {receipt['changed']:,} changed" if receipt["refreshed"] else "",
    )
    yield "gone", ", ".join(receipt["gone"][:NAMED]) + _more(len(receipt["gone"]))
    yield (
        "notices",
        ", ".join(f"{one['kind']} of {one['pmid']}" for one in receipt["notices"][:NAMED])
        + _more(len(receipt["notices"])),
    )
    if receipt["compared"]:
        differs = disagreeing_in_words(receipt["disagreeing"]) or "no disagreement with PubMed"
        yield "compared", f"{receipt['compared']:,}: {differs}"
    if receipt["books"] is not None:
        nobody = receipt.get("mailed_to_nobody", 0)
        asides = {"mailed": f" ({nobody:,} of them to nobody)" if nobody else ""}
        parts = " + ".join(
            f"{count:,} {where}{asides.get(where, '')}" for where, count in receipt["books"].items()
        )
        verdict = {True: "they balance", False: "they do NOT balance", None: "nothing to compare them with"}
        yield "books", f"{sum(receipt['books'].values()):,} = {parts}: {verdict[receipt['balanced']]}"
    again = ", ".join(f"{cause}: {count}" for cause, count in sorted(receipt["retries"].items()))
    waited = f", asked again for {again} ({receipt['waited_seconds']:.1f} s waited)" if again else ""
    yield "requests", f"{receipt['requests']:,}{waited}, {receipt['seconds']:.1f} s"
    for note in receipt["notes"]:
        yield "note", note
    for failure in receipt["failures"]:
        yield "FAILED", failure


def _mails(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The parts of a deliver's receipt."""
    yield "subscribed", f"{receipt['subscriptions']:,}"
    for name in ("sent", "withdrawn", "waiting", "postponed", "refused"):
        for one in receipt[name]:
            note = f": {one['note']}" if one["note"] else ""
            yield name, f"{one['subscriber']}, {one['watch']} {one['period']}{note}"
    yield "suspended", ", ".join(receipt["suspended"])
    for failure in receipt["failures"]:
        yield "FAILED", failure


def _shortened(query: str) -> str:
    one_line = " ".join(query.split())
    return one_line if len(one_line) <= QUERY else f"{one_line[:QUERY]}... ({len(one_line):,} characters)"


def _pmids(said: Mapping[str, str]) -> str:
    return "; ".join(f"{pmid} ({why})" for pmid, why in list(said.items())[:NAMED]) + _more(len(said))


def _more(count: int) -> str:
    return f" and {count - NAMED:,} more" if count > NAMED else ""


def _answers(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "read", f"{receipt['read']:,}"
    yield "unsubscribed", "; ".join(receipt["unsubscribed"])
    yield "feedback", ", ".join(f"{count:,} {verdict}" for verdict, count in receipt["feedback"].items())
    yield "came back", "; ".join(receipt["came_back"])
    yield "suspended", ", ".join(receipt["suspended"])
    for name in ("repeated", "forged", "automatic", "other", "left"):
        yield name, f"{receipt[name]:,}" if receipt[name] else ""
    for failure in receipt["failures"]:
        yield "FAILED", failure


_TELLS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]] = {
    "deliver": _mails,
    "inbox": _answers,
}
