"""A clock that jumps, back or ahead, for a run or two: the readers get what they would have got, and it is said.

Owns what a wrong clock must not do to a whole story. When something is due in every zone stands in
tests/deliver/test_due.py.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from world import World, world

# A first look; a digest; a second reader begins, whose first digest comes a week later; a look in between.
RIGHT = ("2026-03-08", "2026-03-09", "2026-03-16", "2026-03-19", "2026-03-23")
BEFORE_THE_READER, AFTER_THE_READER = 2, 3
READER = '\n[[subscriber]]\naddress = "late@example.org"\nwatches = ["ketamine-depression"]\n'


@dataclass(frozen=True, slots=True)
class Story:
    """How each paper came, how often each reader was shown it, when each job last ran, and what was said."""

    states: dict[str, str]
    shown: Counter[tuple[str, str]]
    last: dict[str, str]
    said: tuple[str, ...]


def played(folder: Path, wrong: str | None = None, at: int = 0) -> Story:
    """The story, with one run more by a wrong clock right before one of its runs; PubMed's clock is right."""
    said = []
    with world(folder, by_create_date=False) as here:
        for number, day in enumerate(RIGHT):
            if number == BEFORE_THE_READER:
                subscribers = here.config / "subscribers.toml"
                subscribers.write_text(subscribers.read_text(encoding="utf-8") + READER, encoding="utf-8")
            here.pubmed.set_today(day)
            for moment in ([wrong] if wrong and number == at else []) + [f"{day}T07:05:00Z"]:
                done = here.litwatch("run", "--now", moment)
                assert done.code == 0, done
                said.append(done.err)
        return told(here, tuple(said))


def told(here: World, said: tuple[str, ...]) -> Story:
    shown: Counter[tuple[str, str]] = Counter()
    for mail in here.mails():
        text = mail.get_body(("plain",))
        assert text is not None
        for pmid in set(re.findall(r"pubmed\.ncbi\.nlm\.nih\.gov/(\d+)", str(text.get_content()))):
            shown[str(mail["To"]).rpartition("<")[2].strip(">"), pmid] += 1
    papers = here.litwatch("papers", "--json").objects()
    runs = here.litwatch("status", "--json").objects()[0]["runs"]
    return Story(
        {one["pmid"]: one["arrival"] for one in papers},
        shown,
        {run["job"]: run["started"] for run in runs},
        said,
    )


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The story by a clock that is right."""
    return played(tmp_path_factory.mktemp("right"))


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ("2026-02-16T07:05:00Z", AFTER_THE_READER),  # back a month, to before the reader began
        ("1970-01-01T00:05:00Z", BEFORE_THE_READER),  # who begins by the clock of a machine without a battery
        ("2027-03-15T07:05:00Z", AFTER_THE_READER),  # ahead a year
    ],
)
def test_a_clock_that_jumps_changes_nothing_that_readers_get(
    right: Story, tmp_path: Path, wrong: str, at: int
) -> None:
    story = played(tmp_path / "here", wrong, at)
    assert story.states == right.states
    # Who begins by a clock that is behind may get a first digest earlier; never what came before, never less.
    assert set(story.shown) == set(right.shown)
    assert at == BEFORE_THE_READER or story.shown == right.shown
    assert story.last == right.last  # a refresh of next year keeps none of this year from being done
    back = "the clock was set back"
    assert [number for number, line in enumerate(story.said) if back in line] == [
        at if wrong < "2026-04" else at + 1
    ]
