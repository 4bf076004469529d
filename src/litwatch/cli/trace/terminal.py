"""The story of a paper or a reader as a terminal shows it.

Owns its lines. Never looks anything up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litwatch.cli.trace.as_json import BECAME

DIGESTS = 20  # of a reader, the latest

# How two records of one paper are known to be that (decide/versions.py).
HOW = {
    "pubmed": "PubMed links them",
    "doi": "the same DOI",
    "title": "title, first author and year",
    None: "by way of a third record",
}


def paper_in_lines(told: dict[str, Any]) -> Iterator[str]:
    """The story of a paper."""
    yield f"{told['pmid']}  {told['title'] or '(never fetched)'}"
    if told["fetched"]:
        created = f"created in PubMed {told['create_date']}, " if told["create_date"] else ""
        yield f"  {created}status {told['status'] or 'unknown'}, last fetched {told['fetched']}"
    if told["gone"]:
        yield f"  no longer in PubMed ({told['gone']})"
    for one in told["versions"]:
        yield f"  the same paper: {one['pmid']} ({HOW[one['how']]})"
    for one in told["same_trial"]:
        yield f"  of the same trial: {one['pmid']} ({one['trial']})"
    for one in told["watches"]:
        yield from _watch_in_lines(one)
    for one in told["guards"]:
        yield from _guard_in_lines(one)
    for change in told["changes"]:
        yield f"changed {change['at']}: {', '.join(change['parts'])}"
    for one in told["notices"]:
        yield from _notice_in_lines(one, told["pmid"])


def _watch_in_lines(one: dict[str, Any]) -> Iterator[str]:
    yield f"{one['watch']}: {one['arrival']}"
    yield f"  {one['first_seen']}  PubMed listed it for the first time"
    wanted = one["wanted"]
    why = f" ({wanted['why']})" if wanted["why"] else ""
    if wanted["tries"]:
        yield f"    it could not be had {_count(wanted['tries'], 'time', 'times')}{why}"
    elif why:
        yield f"    wanted{why}"
    if one["arrived"]:
        yield f"  {one['arrived']}  it came as {one['arrival']}"
    if one["no_longer_matches_since"]:
        yield f"  {one['no_longer_matches_since']}  PubMed no longer lists it for the search"
    if one["untagged"]:
        yield f"  untagged, for the rules failed: {one['untagged']}"
    elif one["tags"] is not None:
        relevance = "not relevant, " if one["relevant"] is False else ""
        yield f"  now: {relevance}design {one['design'] or 'unknown'}; {', '.join(one['tags']) or 'no topic'}"
    for reader in one["readers"]:
        yield f"  {reader['address']}: {reader['verdict']}"
        yield from (f"    {_digest_in_words(each)}" for each in reader["digests"])
    if not one["readers"]:
        yield "  nobody is subscribed"


def _guard_in_lines(one: dict[str, Any]) -> Iterator[str]:
    yield f"{one['watch']}: its guard has found it, its search had not"
    if one["new_at"]:
        yield f"  {one['new_at']}  new there" + (", drawn for judging" if one["place_in_sample"] else "")
    if one["judged"]:
        said = "it should have been found" if one["missed"] else "it is no paper of the watch"
        yield f"  {one['judged']}  judged: {said}"


def _notice_in_lines(one: dict[str, Any], pmid: str) -> Iterator[str]:
    about = f"of {one['pmid']}" if one["pmid"] != pmid else ""
    by = f"told by {one['notice_pmid']}" if one["notice_pmid"] and not about else ""
    facts = ", ".join(fact for fact in (about, by, one["date"], f"first seen {one['first_seen']}") if fact)
    yield f"{one['kind']}: {facts}"
    yield from (f"  {each['address']}: {_digest_in_words(each)}" for each in one["digests"])


def _digest_in_words(one: dict[str, Any]) -> str:
    when = one["sent"] or one["claimed"]
    tries = f", {_count(one['attempts'], 'attempt', 'attempts')}" if one["state"] != "sent" else ""
    error = f": {one['last_error']}" if one["last_error"] else ""
    return f"{one['period']}  {when}  {BECAME.get(one['state'], one['state'])}{tries}{error}"


def reader_in_lines(told: dict[str, Any]) -> Iterator[str]:
    """The story of a reader for a terminal."""
    yield told["address"]
    for one in told["subscriptions"]:
        how = f", {one['frequency']}" if one["frequency"] else ""
        left_file = "" if one["configured"] else " (no longer in subscribers.toml)"
        yield f"{one['watch']}{how}: {one['standing']}{left_file}"
        if one["since"]:
            yield f"  {one['since']}  began or resumed: what arrives from then on is owed"
        if one["standing_since"] and one["standing"] != "active":
            yield f"  {one['standing_since']}  {one['standing']}"
        if len(one["digests"]) > DIGESTS:
            yield f"  {len(one['digests']) - DIGESTS} earlier digests are in `litwatch trace --json`"
        for each in one["digests"][-DIGESTS:]:
            holds = (
                f"{_count(each['papers'], 'paper', 'papers')}, {_count(each['notices'], 'notice', 'notices')}"
            )
            yield f"  {_digest_in_words(each)}  ({holds})"
        yield f"  owed now: {_owed_in_words(one)}"
        if one["next"]:
            yield f"  next digest: {one['next']}" + (f" ({one['why']})" if one["why"] else "")


def _owed_in_words(one: dict[str, Any]) -> str:
    """What the reader has still to get: with what stands in digests that no server has taken."""
    papers, notices = (sum(each[name] for each in one["waiting"]) for name in ("papers", "notices"))
    in_next = len(one["owed"]) + one["owed_notices"]
    all_papers = _count(len(one["owed"]) + papers, "paper", "papers")
    owed = f"{all_papers}, {_count(one['owed_notices'] + notices, 'notice', 'notices')}"
    if not one["waiting"]:
        return owed
    share = (
        "all"
        if not in_next
        else f"{_count(papers, 'paper', 'papers')} and {_count(notices, 'notice', 'notices')}"
    )
    where = (
        "the digest that waits"
        if len(one["waiting"]) == 1
        else f"the {len(one['waiting'])} digests that wait"
    )
    return f"{owed}; {share} in {where} since {min(each['claimed'] for each in one['waiting'])}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
