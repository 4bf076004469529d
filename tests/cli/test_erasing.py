"""Proves that nothing is left of a reader who is erased, and that nobody else loses anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.edge.store.erasing import ERASED
from world import World, world

READER, OTHER = "Maria.Muster@clinic.example", "you@example.org"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    """Two readers, a digest each, one of them refused for a while; then one leaves the file."""
    with world(tmp_path, by_create_date=False) as made:
        subscribers = made.config / "subscribers.toml"
        before = subscribers.read_text(encoding="utf-8")
        reader = (
            f'\n[[subscriber]]\naddress = "{READER}"\nname = "Maria"\nwatches = ["ketamine-depression"]\n'
        )
        subscribers.write_text(before + reader, encoding="utf-8")
        for moment in ("2026-03-08T07:05:00Z", "2026-03-09T07:05:00Z"):
            assert made.run(moment).code == 0
        assert len(made.mails()) == 2
        refused = made.litwatch("subscribers", "erase", READER)
        assert (refused.code, "take it out there first" in refused.err) == (2, True)
        subscribers.write_text(before, encoding="utf-8")
        assert made.run("2026-03-10T07:05:00Z").code == 0
        yield made


def traces(here: World) -> list[str]:
    """Files in which the reader is still named."""
    word = READER.lower().encode()
    return [
        str(path) for path in here.folder.rglob("*") if path.is_file() and word in path.read_bytes().lower()
    ]


def test_nothing_is_left_of_a_reader_who_is_erased(here: World) -> None:
    assert traces(here)
    done = here.litwatch("subscribers", "erase", READER.lower())
    assert done.code == 0, done.err
    assert "1 subscription, 1 digest" in done.out
    assert "1 mail in the outbox" in done.out
    assert traces(here) == []
    assert ERASED.encode() in here.store.read_bytes()  # the receipt of the digest stands, without the name
    assert [mail["To"].addresses[0].addr_spec for mail in here.mails()] == [OTHER]
    again = here.litwatch("subscribers", "erase", READER)
    assert (again.code, "nothing is known of" in again.err) == (1, True)


def digests(here: World) -> list[object]:
    """What the other reader was sent and is owed."""
    [told] = here.litwatch("trace", OTHER, "--json").objects()
    return [(one["since"], one["owed"], one["digests"]) for one in told["subscriptions"]]


def test_nobody_else_loses_anything_and_the_books_balance(here: World) -> None:
    other = digests(here)
    assert here.litwatch("subscribers", "erase", READER, "--json").objects() == [
        {"subscriptions": 1, "digests": 1, "verdicts": 0, "receipts": 1, "mails": 1}
    ]
    assert digests(here) == other
    after = here.run("2026-03-16T07:05:00Z")
    assert after.code == 0
    assert "the books balance" in after.err
    assert len(here.mails()) == 2
