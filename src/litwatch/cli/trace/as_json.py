"""The story of a paper or a reader as plain values.

Owns their keys. Never reads the store itself (edge/store/tracing.py does).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from litwatch.cli.printing import written
from litwatch.decide.standing import next_digest, why_not_owed
from litwatch.edge.store.subscriptions import key
from litwatch.edge.store.tracing import paper_story, reader_story

if TYPE_CHECKING:
    from litwatch.edge.config import Config, SubscriptionSetting
    from litwatch.edge.store.open import Store
    from litwatch.edge.store.tracing import Digest, InWatch, Reader

# What became of a digest, by its state in the store.
BECAME = {
    "sent": "sent",
    "open": "not taken by the mail server yet",
    "given-up": "given up; what it held is owed again",
    "withdrawn": "withdrawn before it went out; what it held is owed again",
}


def paper_told(store: Store | None, pmid: int) -> dict[str, Any] | None:
    """The story of a paper as plain values."""
    if store is None:
        return None
    story = paper_story(store, pmid)
    if story is None:
        return None
    return {
        "pmid": str(pmid),
        "title": story.title,
        "status": story.status,
        "create_date": story.create_date,
        "fetched": written(story.fetched_at),
        "gone": story.gone,
        "versions": [{"pmid": str(one.pmid), "how": one.how} for one in story.beside.versions],
        "same_trial": [{"pmid": str(one.pmid), "trial": one.trial} for one in story.beside.reports],
        "watches": [_in_watch(one, story.gone) for one in story.watches],
        "changes": [{"at": written(at), "parts": list(parts)} for at, parts in story.changes],
        "notices": [
            {
                "pmid": str(one.pmid),
                "kind": one.kind,
                "notice_pmid": str(one.notice_pmid) if one.notice_pmid else None,
                "date": one.date or None,
                "source": one.source or None,
                "first_seen": written(one.first_seen),
                "digests": [_digest(each) for each in one.digests],
            }
            for one in story.notices
        ],
        "guards": [
            {
                "watch": one.watch,
                "new_at": written(one.seen_at),
                "place_in_sample": one.place,
                "missed": one.missed,
                "judged": written(one.judged_at),
            }
            for one in story.guards
        ],
    }


def _in_watch(one: InWatch, gone: str | None) -> dict[str, Any]:
    found = one.findings
    return {
        "watch": one.watch,
        "arrival": one.state,
        "first_seen": written(one.first_seen),
        "arrived": written(one.arrived_at),
        "no_longer_matches_since": written(one.unmatched_since),
        "wanted": {"since": written(one.wanted_since), "why": one.wanted_reason, "tries": one.wanted_tries},
        "relevant": found.relevant if found else None,
        "design": found.design if found else None,
        "tags": list(found.tags) if found else None,
        "untagged": one.failure,
        "readers": [_reader(reader, one, gone) for reader in one.readers],
    }


def _reader(reader: Reader, one: InWatch, gone: str | None) -> dict[str, Any]:
    held = [each for each in reader.digests if each.state in ("sent", "open")]
    if reader.owed:
        verdict = "owed: in the next digest" + (", once more" if held else "")
    elif held:
        last = held[-1]
        when = f" {last.sent_at:%Y-%m-%d %H:%M} UTC" if last.sent_at else ""
        verdict = f"{BECAME[last.state]}{when}, in the digest {last.period}"
    else:
        verdict = why_not_owed(
            one.state, one.arrived_at, gone=gone, standing=reader.standing, since=reader.since
        )
    return {
        "address": reader.subscriber,
        "standing": reader.standing,
        "owed": reader.owed,
        "verdict": verdict,
        "digests": [_digest(each) for each in reader.digests],
    }


def _digest(one: Digest) -> dict[str, Any]:
    return {
        "address": one.subscriber,
        "watch": one.watch,
        "period": one.period,
        "state": one.state,
        "claimed": written(one.claimed_at),
        "sent": written(one.sent_at),
        "attempts": one.attempts,
        "next_attempt": written(one.next_attempt),
        "last_error": one.last_error,
        "papers": one.papers,
        "notices": one.notices,
    }


def reader_told(config: Config, store: Store | None, address: str, now: datetime) -> dict[str, Any] | None:
    """The story of a reader as plain values."""
    settings: dict[str, SubscriptionSetting] = {
        setting.watch: setting
        for one in config.subscribers
        if key(one.address) == key(address)
        for setting in one.subscriptions
    }
    looks = {watch.name: watch.look_schedule for watch in config.watches}
    known = {one.watch: one for one in reader_story(store, address)} if store is not None else {}
    if not settings and not known:
        return None
    rows = []
    for name in sorted({*settings, *known}):
        one, setting = known.get(name), settings.get(name)
        comes: tuple[datetime, str] | None = None
        if setting is not None and (one is None or one.standing == "active"):
            comes = next_digest(
                setting.schedule,
                now,
                since=one.since if one else now,
                last_claim=one.last_claim if one else None,
                look=looks[name],
                last_good=one.last_good_search if one else None,
            )
        rows.append(
            {
                "watch": name,
                "frequency": setting.frequency if setting else None,
                "configured": setting is not None,
                "standing": one.standing if one else "begins with the first run",
                "standing_since": written(one.standing_since) if one else None,
                "since": written(one.since) if one else None,
                "owed": [str(pmid) for pmid in one.owed] if one else [],
                "owed_notices": one.owed_notices if one else 0,
                "waiting": [_digest(each) for each in one.digests if each.state == "open"] if one else [],
                "next": written(comes[0]) if comes else None,
                "why": (comes[1] or None) if comes else None,
                "digests": [_digest(each) for each in one.digests] if one else [],
            }
        )
    return {"address": key(address), "subscriptions": rows}
