"""A reader leaves by the token of a digest, as an operator's web page has it done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from world import World, world


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, today="2026-03-08") as made:
        yield made


def token_of(here: World) -> str:
    """What stands in the link of the last digest."""
    return unquote(str(here.mails()[-1]["List-Unsubscribe"])).rpartition(" ")[2].rstrip(">")


def test_who_leaves_by_the_token_of_a_digest_gets_no_other(here: World) -> None:
    here.weeks("2026-03-08", "2026-03-09")
    token = token_of(here)
    left = here.litwatch("unsubscribe", token.upper())
    assert (left.code, left.err) == (0, "")
    assert left.out == "you@example.org gets no more digests of ketamine-depression\n"
    again = here.litwatch("unsubscribe", token, "--json")
    assert again.code == 0
    assert json.loads(again.out) == {
        "subscriber": "you@example.org",
        "watch": "ketamine-depression",
        "anew": False,
    }
    assert "unsubscribed" in here.litwatch("subscribers", "list").out
    assert here.litwatch("subscribers", "resume", "you@example.org").out.startswith("resumed 0 subscriptions")
    here.weeks("2026-03-16", "2026-03-23")
    assert len(here.mails()) == 1


def test_a_token_that_is_not_ours_changes_nothing_and_says_so(here: World) -> None:
    here.weeks("2026-03-08", "2026-03-09")
    token = token_of(here)
    other = "7" if token[-1] != "7" else "6"
    for forged in (token[:-1] + other, "unsubscribe", "' OR 1=1 --", "\u202e" + token):
        told = here.litwatch("unsubscribe", forged)
        assert told.code == 1
        assert told.out == ""
        assert told.err == (
            "litwatch: this is no unsubscribe token that this litwatch has made; nothing was changed\n"
        )
    assert "active" in here.litwatch("subscribers", "list").out
