"""Proves that a run can be killed anywhere: the next one ends where an undisturbed one would have."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from crash.boundaries import Forks, deeds_of, forks, killed_before
from crash.keeping import clone, put_back
from crash.killing import (
    STORY,
    Quiet,
    as_read,
    disturbed,
    quiet,
    unsound,
    until_done,
    upgrade,
    upgraded,
)
from deliver.mailservers import Answers, mail_server
from store.test_migrations import filled
from world import World, world

COLLECT, DELIVER = 1, 3  # steps of the story


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("killed"), today="2026-03-08") as made:
        yield made


@pytest.fixture(scope="module")
def life(here: World, tmp_path_factory: pytest.TempPathFactory) -> Quiet:
    return quiet(here, tmp_path_factory.mktemp("kept"))


def test_the_story_that_is_disturbed_has_something_to_lose(life: Quiet) -> None:
    last = life.states[-1]
    assert len(last["mails"]) == 3 * 2  # .eml and .html
    assert all(
        last[name] for name in ("paper", "arrival", "finding", "tag", "notice", "claim", "claim_paper")
    )
    assert min(life.events) > 3


@pytest.fixture(scope="module")
def fork() -> Iterator[Forks]:
    with forks() as made:
        yield made


# The first run, a collect, a refresh and a delivery; scripts/soak --deeds takes the whole story.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", range(4), ids=lambda number: " ".join(STORY[number][1]))
def test_killed_before_any_of_its_deeds_a_command_is_taken_up_by_the_next(
    here: World, life: Quiet, fork: Forks, number: int
) -> None:
    deeds = deeds_of(fork, here, life, number)
    assert len(deeds) >= 5
    assert {kind for kind, _ in deeds} >= {"commit", "file"}
    assert [wrong for deed in deeds for wrong in killed_before(fork, here, life, number, deed)] == []


@pytest.mark.parametrize("job", ["collect", "refresh"])
def test_status_and_the_next_run_tell_of_a_run_that_was_killed(
    here: World, life: Quiet, fork: Forks, job: str
) -> None:
    number = next(number for number, (_, words) in enumerate(STORY) if words == (job,))
    put_back(here, life.folders[number])
    assert fork.step(here, number, ("commit", 2))[0].killed
    watch = "ketamine-depression" if job == "collect" else None
    moment = "2026-03-09T07:05:00Z"
    [left] = here.litwatch("status", "--json").objects()[0]["without_receipt"]
    assert left == {"job": job, "watch": watch, "began": moment, "at_work": False}
    assert f"the run of {moment} was killed" in here.litwatch("status").out
    again, _ = fork.step(here, number)
    assert again.code == 0
    assert "no receipt was left by the run of 2026-03-09 07:05 UTC" in again.said
    assert here.litwatch("status", "--json").objects()[0]["without_receipt"] == []
    assert "no receipt" not in fork.step(here, number)[0].said


@pytest.mark.full
@pytest.mark.timeout(300)
def test_on_postgresql_too(server: str, fork: Forks, tmp_path: Path) -> None:
    with world(tmp_path / "world", today="2026-03-08") as there:
        there.environment["LITWATCH_STORE__URL"] = server.replace("/postgres", "/killed")
        clone(server, "template1", "killed")
        life = quiet(there, tmp_path / "kept")
        assert len(life.states[-1]["mails"]) == 3 * 2
        for number in (COLLECT, DELIVER):
            deeds = deeds_of(fork, there, life, number)
            assert {kind for kind, _ in deeds} >= {"commit", "file" if number == DELIVER else "request"}
            assert [wrong for deed in deeds for wrong in killed_before(fork, there, life, number, deed)] == []


def test_killed_at_any_moment_of_an_smtp_conversation_a_mail_comes_and_comes_again_only_as_the_same_bytes(
    here: World, life: Quiet, fork: Forks
) -> None:
    put_back(here, life.folders[DELIVER])
    answers = Answers()
    with mail_server(answers) as port:
        by_smtp = {
            "LITWATCH_MAIL__TRANSPORT": "smtp",
            "LITWATCH_MAIL__HOST": "127.0.0.1",
            "LITWATCH_MAIL__PORT": str(port),
            "LITWATCH_MAIL__SECURITY": "none",
            "LITWATCH_MAIL__FROM": "litwatch@clinic.example",
        }
        there = replace(here, environment=here.environment | by_smtp)
        deeds = [deed for deed in deeds_of(fork, there, life, DELIVER) if deed[0] in ("mail", "commit")]
        assert sum(kind == "mail" for kind, _ in deeds) >= 5  # EHLO, MAIL, RCPT, DATA, the message, QUIT
        [whole] = answers.taken
        for deed in deeds:
            answers.taken.clear()
            put_back(here, life.folders[DELIVER])
            assert fork.step(there, DELIVER, deed)[0].killed
            # The server counts what it took though its client was killed: the next run sends the same, or nothing.
            assert until_done(lambda: fork.step(there, DELIVER)[0]).code == 0
            assert 1 <= len(answers.taken) <= 2, deed
            assert len({mail.content for mail in answers.taken}) == 1, deed
            assert as_read(answers.taken[0].content) == as_read(whole.content), deed
            assert fork.step(there, DELIVER)[0].code == 0
            assert len(answers.taken) <= 2, deed


@pytest.mark.parametrize("seed", range(20))
def test_killed_at_a_random_moment_the_next_run_ends_as_an_undisturbed_one(
    here: World, life: Quiet, seed: int
) -> None:
    wrong, _ = disturbed(here, life, Random(seed))
    assert wrong == []


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the first layout that takes a moment to copy."""
    path = tmp_path_factory.mktemp("older") / "store.sqlite3"
    filled(f"sqlite:///{path}", papers=4_000)
    return path


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an undisturbed upgrade starts from, ends with, and how much it does."""

    path: Path
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    events: int


@pytest.fixture(scope="module")
def quiet_upgrade(here: World, older: Path) -> Upgrade:
    anew(here, older)
    ending = upgrade(here)
    assert ending.code == 0, ending.said
    return Upgrade(older, upgraded(older), upgraded(here.store), ending.events)


def anew(here: World, older: Path) -> None:
    shutil.rmtree(here.store.parent, ignore_errors=True)
    here.store.parent.mkdir()
    shutil.copy(older, here.store)


@pytest.mark.parametrize("seed", range(4))
def test_an_upgrade_killed_at_a_random_moment_is_done_by_the_next(
    here: World, quiet_upgrade: Upgrade, seed: int
) -> None:
    anew(here, quiet_upgrade.path)
    random = Random(seed)
    ending = upgrade(here, (random.randint(0, quiet_upgrade.events), random.uniform(0, 20)))
    assert ending.killed or ending.code == 0
    assert unsound(here.store) is None
    assert upgraded(here.store) in (quiet_upgrade.before, quiet_upgrade.after)
    again = upgrade(here)
    assert again.code == 0, again.said
    assert upgraded(here.store) == quiet_upgrade.after
    copies = list(here.store.parent.glob("*.layout-0001.*"))
    assert copies
    for copy in copies:
        assert copy.suffix != ".part"
        assert upgraded(copy) == quiet_upgrade.before
