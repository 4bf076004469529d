"""The long run (scripts/soak --weeks) balances, and sees what would be wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from world import ROOT


@pytest.fixture(autouse=True)
def scripts_are_there() -> Iterator[None]:
    sys.path.insert(0, str(ROOT / "scripts"))
    yield
    sys.path.remove(str(ROOT / "scripts"))


def test_four_weeks_in_one_process_balance() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "soak"), "--weeks", "4", "--subscribers", "6"],
        capture_output=True,
        text=True,
        timeout=115,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing twice, all books balanced" in done.stdout
    assert "| 4 | " in done.stdout


def test_a_mail_that_is_not_what_the_store_says_is_seen() -> None:
    from longrun.judging import unlike
    from longrun.post import Letter

    sent = {"<1@x>": ("a@example.org", {99000001}), "<2@x>": ("b@example.org", {99000002})}
    first = Letter("a@example.org", "<1@x>", 1, frozenset({99000001, 99000003}))
    second = Letter("b@example.org", "<2@x>", 1, frozenset({99000002}))
    alarm = Letter("operator@example.org", "<3@x>", 1, frozenset())
    assert list(unlike(sent, [first, second, alarm])) == []
    for letters, said in (
        ([first, second, second], "mailed 2 times"),
        ([first], "called sent, and was not mailed"),
        ([first, second, replace(second, message_id="<4@x>")], "does not know it as sent"),
        ([replace(first, recipient="b@example.org"), second], "went to b@example.org"),
        ([replace(first, pmids=frozenset()), second], "does not show [99000001]"),
    ):
        found = list(unlike(sent, letters))
        assert len(found) == 1, found
        assert said in found[0]


@pytest.mark.parametrize(
    ("memory", "handles", "said"),
    [(104.0, 9, []), (120.0, 9, ["memory grew"]), (104.0, 12, ["file handles grew"])],
)
def test_what_grows_is_told(memory: float, handles: int, said: list[str]) -> None:
    from longrun.playing import Size, Week
    from longrun.table import growing

    weeks = [Week(number, date(2026, 1, 5), size=Size(100.0, 9, 1, 0)) for number in range(40)]
    weeks[-1].size = Size(memory, handles, 1, 0)
    assert [words in found for words, found in zip(said, growing(weeks), strict=True)] == [True] * len(said)


def test_what_pubmed_lists_is_worked_out_from_the_papers_lives() -> None:
    from longrun.truth import Truth
    from year.papers import Life, Version

    first, second, third = (date(2026, 1, day) for day in (5, 6, 7))
    late = ((first, Version("An anaesthetic")), (second, Version("An anaesthetic", "", ("Ketamine",))))
    lives = [
        Life(99000001, "indexed late", first, first, late),
        Life(99000002, "deleted", first, first, ((first, Version("Ketamine or Midazolam")),), deleted=third),
    ]
    truth, seen = Truth(lives, ["Ketamine", "Midazolam"]), []
    for day in (first, second, third):
        truth.move_to(day)
        seen.append([len(truth.listed[drug]) for drug in ("Ketamine", "Midazolam")])
    assert seen == [[1, 1], [2, 1], [1, 0]]
