"""A run that finds nothing to do leaves a marker, and the next one is answered by it: only while nothing has changed.

Owns each reason for which a marker does not count. Whether what it says is true of every schedule is proved in
tests/story/test_quiet.py.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from litwatch.cli.idle import COMPLETES, nothing_to_do
from litwatch.edge import marker
from litwatch.edge.config.environment import variable
from litwatch.edge.config.models import SECRETS, StoreTable
from world import Outcome, World, world

# Sunday evening: looked at, and until Monday at five nothing is due.
SEARCHED, EARLIER, NOW, LATER = (
    f"2026-03-08T{clock}Z" for clock in ("07:05:00", "07:19:59", "07:20:00", "07:35:00")
)

# The command, and on its last line of stderr whether it was answered by the marker: then no command was imported.
PROGRAM = """
import atexit, sys
atexit.register(lambda: sys.stderr.write(f"answered: {'typer' not in sys.modules}\\n"))
from litwatch.cli.main import main
main()
"""


# What SQLite is told to write and what stands there already it does not write.
OTHERWISE = "UPDATE subscription SET standing = CASE standing WHEN 'paused' THEN 'active' ELSE 'paused' END"


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that was searched."""
    with world(tmp_path_factory.mktemp("idle"), by_create_date=False) as made:
        assert made.run(SEARCHED).code == 0
        yield made


@pytest.fixture
def here(searched: World) -> Iterator[World]:
    """That world, after a run that has found nothing to do; what a test changes is put back."""
    environment = dict(searched.environment)
    for _ in range(3):
        if not counts(searched):
            assert searched.litwatch("run", "--now", NOW).code == 0
    assert counts(searched)
    files = [*searched.config.glob("*.toml"), *searched.config.glob("watches/*")]
    kept = {path: path.read_bytes() for path in files}
    left = idle_marker(searched).read_bytes()
    yield searched
    searched.environment.clear()
    searched.environment.update(environment)
    for path, content in kept.items():
        path.write_bytes(content)
    if idle_marker(searched).is_dir():
        idle_marker(searched).rmdir()
    idle_marker(searched).unlink(missing_ok=True)
    idle_marker(searched).write_bytes(left)
    idle_marker(searched).chmod(0o600)


def counts(here: World, now: str = LATER) -> bool:
    """Whether the marker answers a run at that instant."""
    with contextlib.chdir(here.folder):
        return nothing_to_do(["run", "--now", now], clean() | here.environment)


def clean() -> dict[str, str]:
    """The variables of whoever runs the tests, without litwatch's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LITWATCH_")}


def started(here: World, *words: str, before: tuple[str, ...] = ("run",)) -> tuple[str, Outcome]:
    """How a run was answered ("marker" or "full"), and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *before, *words],
        cwd=here.folder,
        env=clean() | here.environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    said, _, answered = done.stderr.rpartition("answered: ")
    return "marker" if answered == "True\n" else "full", Outcome(done.returncode, done.stdout, said)


def run(here: World, *words: str) -> tuple[str, int, str]:
    """How a run was answered, its exit code, and all that it printed."""
    how, said = started(here, *words)
    return how, said.code, said.out + said.err


def idle_marker(here: World) -> Path:
    return here.store.with_name("litwatch.sqlite3.idle")


def test_a_run_with_nothing_to_do_is_answered_by_the_marker_and_looks_the_same(here: World) -> None:
    asked = len(here.pubmed.requests)
    assert run(here, "--now", LATER) == ("marker", 0, "")
    assert run(here, f"--now={LATER}") == ("marker", 0, "")
    assert len(here.pubmed.requests) == asked


def test_without_another_instant_the_clock_counts_and_mail_goes_out_by_no_other(tmp_path: Path) -> None:
    with world(tmp_path, by_create_date=False) as made:
        made.environment |= {"LITWATCH_MAIL__TRANSPORT": "smtp", "LITWATCH_MAIL__HOST": "mail.example.org"}
        made.environment |= {"LITWATCH_MAIL__FROM": "us@example.org", "LITWATCH_MAIL__SECURITY": "starttls"}
        assert made.litwatch("run").code == 0
        assert run(made) == ("full", 0, "")
        assert run(made) == ("marker", 0, "")
        how, code, said = run(made, "--now", f"{datetime.now(UTC) + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}")
        assert (how, code, said) == ("full", 0, "")
        how, code, said = run(made, "--now", LATER)
        assert (how, code) == ("full", 2)
        assert "mail would really go to mail.example.org" in said


def rewritten(path: Path, content: bytes) -> None:
    """Other content of the same length, at what seems to be the same time."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def edited(name: str) -> Callable[[World], None]:
    """A config file with one letter changed in a remark."""

    def edit(here: World) -> None:
        content = (here.config / name).read_bytes()
        at = content.index(b"# ") + 2
        rewritten(here.config / name, content[:at] + b"~" + content[at + 1 :])

    return edit


def row_changed(here: World) -> None:
    """A write that changes neither the size of the store nor, as it seems, its time."""
    before = here.store.stat()
    connection = sqlite3.connect(here.store)
    connection.execute(OTHERWISE)
    connection.commit()
    connection.close()
    os.utime(here.store, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (here.store.stat().st_size, here.store.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def copy_put_back(here: World) -> None:
    """The same bytes, in another file."""
    copy = here.store.with_name("copy")
    copy.write_bytes(here.store.read_bytes())
    copy.replace(here.store)


def reader_added(here: World) -> None:
    more = '\n[[subscriber]]\naddress = "two@example.org"\nwatches = ["ketamine-depression"]\n'
    with (here.config / "subscribers.toml").open("a", encoding="utf-8") as file:
        file.write(more)


def paused(here: World) -> None:
    for verb in ("resume", "pause"):  # one of them changes something, whatever stands there
        assert here.litwatch("subscribers", verb, "you@example.org").code == 0


def collected(here: World) -> None:
    assert here.litwatch("collect", "--now", NOW).code == 0


def watch_added(here: World) -> None:
    text = 'title = "Ketamine"\nquery = "ketamine[tiab]"\n[topics.any]\nlabel = "Any"\nquery = "ketamine[tiab]"\n'
    (here.config / "watches" / "ketamine.toml").write_text(text, encoding="utf-8")


def installed_anew(here: World) -> None:
    """The marker of another litwatch: its version stands in the grounds."""
    path = idle_marker(here)
    digest, body = path.read_bytes().split(b"\n")
    told = json.loads(body)
    told["grounds"] = "0" * 64
    left_as(here, told)
    assert digest


def left_as(here: World, told: dict[str, object]) -> None:
    """The marker with other words, and a sum that fits them."""
    body = json.dumps(told).encode()
    idle_marker(here).write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


def told(here: World) -> dict[str, object]:
    found: dict[str, object] = json.loads(idle_marker(here).read_bytes().partition(b"\n")[2])
    return found


def prolonged(here: World) -> None:
    """A marker with another end, and the sum of the old one."""
    path = idle_marker(here)
    path.write_bytes(path.read_bytes().replace(b'"until": "2026', b'"until": "2027'))


def given_away(here: World) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(idle_marker(here), 65_534, 65_534)


def linked(here: World) -> None:
    elsewhere = idle_marker(here).replace(here.folder / "elsewhere")
    idle_marker(here).symlink_to(elsewhere)


CHANGES: dict[str, Callable[[World], object]] = {
    "litwatch.toml edited": edited("litwatch.toml"),
    "facets.toml edited": edited("facets.toml"),
    "subscribers.toml edited": edited("subscribers.toml"),
    "a watch edited": edited("watches/ketamine-depression.toml"),
    "a watch added": watch_added,
    "a reader added": reader_added,
    "a reader paused by another command": paused,
    "collected by hand": collected,
    "a row of the store changed by another program": row_changed,
    "a copy of the store put back": copy_put_back,
    "the rights of the store changed": lambda here: here.store.chmod(0o660),
    "a variable set": lambda here: here.environment.update(LITWATCH_COLLECT__LATE_DAYS="15"),
    "a secret set": lambda here: here.environment.update(LITWATCH_PUBMED__API_KEY="0123456789"),
    "another home": lambda here: here.environment.update(HOME=str(here.folder)),
    "a marker of other grounds": installed_anew,
    "a marker whose end was changed": prolonged,
    "a marker of somebody else": given_away,
    "a marker that others may write": lambda here: idle_marker(here).chmod(0o620),
    "a marker behind a link": linked,
    "a marker that is empty": lambda here: idle_marker(here).write_bytes(b""),
    "a marker of garbage": lambda here: idle_marker(here).write_bytes(os.urandom(400)),
    "a marker of other JSON": lambda here: left_as(here, {"grounds": told(here)["grounds"]}),
    "a marker whose end is no instant": lambda here: left_as(here, told(here) | {"until": "soon"}),
    "a marker whose end has no zone": lambda here: left_as(
        here, told(here) | {"until": "2026-03-09T07:00:00"}
    ),
    "no marker": lambda here: idle_marker(here).unlink(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_after_any_change_the_full_run_looks_for_itself(
    here: World, change: Callable[[World], object]
) -> None:
    assert counts(here)
    change(here)
    assert not counts(here)


def test_a_marker_that_was_cut_anywhere_does_not_count(here: World) -> None:
    whole = idle_marker(here).read_bytes()
    for length in range(len(whole)):
        idle_marker(here).write_bytes(whole[:length])
        assert not counts(here), length
    idle_marker(here).write_bytes(whole)
    assert run(here, "--now", LATER) == ("marker", 0, "")


def test_what_another_program_has_written_and_sqlite_not_yet_folded_in_counts(here: World) -> None:
    open_elsewhere = sqlite3.connect(here.store)
    try:
        open_elsewhere.execute("SELECT count(*) FROM paper").fetchone()
        assert run(here, "--now", LATER) == ("marker", 0, "")  # it only reads
        open_elsewhere.execute(OTHERWISE)
        open_elsewhere.commit()
        assert run(here, "--now", LATER)[0] == "full"
    finally:
        open_elsewhere.close()


def test_the_instant_at_which_a_look_is_due_is_the_first_that_the_marker_does_not_cover(here: World) -> None:
    assert run(here, "--now", "2026-03-09T04:30:00Z") == ("full", 0, "")
    assert run(here, "--now", "2026-03-09T04:59:59Z") == ("marker", 0, "")
    assert run(here, "--now", "2026-03-09T05:59:59+01:00") == ("marker", 0, "")
    how, code, said = run(here, "--now", "2026-03-09T05:00:00Z")
    assert (how, code) == ("full", 0)
    assert "collect ketamine-depression" in said


def test_no_marker_counts_longer_than_an_hour_nor_before_it_was_left(here: World) -> None:
    assert counts(here, "2026-03-08T08:19:59Z")
    assert not counts(here, "2026-03-08T08:20:00Z")
    assert counts(here, NOW)
    assert run(here, "--now", EARLIER) == ("full", 0, "")
    assert not counts(here, "2026-03-08T08:19:59Z")  # an hour from the run before this one
    assert counts(here, "2026-03-08T08:19:58Z")


def test_a_night_on_which_the_clock_goes_back_has_one_look(tmp_path: Path) -> None:
    """02:30 comes twice in Berlin on 25 October 2026: at 00:30 and at 01:30 UTC."""
    with world(tmp_path, by_create_date=False) as made:
        path = made.config / "watches" / "ketamine-depression.toml"
        text = path.read_text(encoding="utf-8").replace('look_time = "05:00"', 'look_time = "02:30"')
        path.write_text(text.replace('time_zone = "UTC"', 'time_zone = "Europe/Berlin"'), encoding="utf-8")
        assert made.run("2026-10-24T23:50:00Z").code == 0
        assert run(made, "--now", "2026-10-25T00:10:00Z") == ("full", 0, "")
        assert counts(made, "2026-10-25T00:29:59Z")
        assert not counts(made, "2026-10-25T00:30:00Z")
        assert "collect" in run(made, "--now", "2026-10-25T00:30:00Z")[2]
        assert run(made, "--now", "2026-10-25T00:31:00Z") == ("full", 0, "")
        assert counts(made, "2026-10-25T01:30:00Z")


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--json", "--now", LATER],
        ["run", "--now", LATER, "--now", LATER],
        ["run", "--now", LATER.removesuffix("Z")],  # no time zone
        ["run", "--now", "soon"],
        ["run", "--now"],
        ["run", "--now="],
        ["run", "--sometime"],
        ["run", "--help"],
        ["run", "run"],
        ["--config", "nowhere", "run", "--now", LATER],
        ["--config", "run", "--now", LATER],
        ["status"],
        [],
    ],
)
def test_other_words_are_not_answered(here: World, words: list[str]) -> None:
    assert counts(here)
    with contextlib.chdir(here.folder):
        assert not nothing_to_do(words, clean() | here.environment)
        assert not nothing_to_do(["run", "--now", LATER], clean() | here.environment | {COMPLETES: "1"})


def test_json_is_what_it_always_was(here: World) -> None:
    how, said = started(here, "--now", LATER, "--json")
    assert how == "full"
    assert said.objects()[0]["exit_code"] == 0
    assert said.objects()[0]["delivered"]["job"] == "deliver"


def test_the_folder_of_the_configuration_may_be_named_in_each_way(here: World) -> None:
    named = str(here.config)
    assert started(here, "--now", LATER, before=("--config", named, "run"))[0] == "marker"
    here.environment["LITWATCH_CONFIG"] = named
    assert run(here, "--now", LATER)[0] == "full"  # the variables are others
    assert run(here, "--now", LATER)[0] == "marker"


def test_while_another_run_delivers_the_answer_is_what_it_was(here: World) -> None:
    with here.store.with_name("litwatch.sqlite3.deliver.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        how, code, said = run(here, "--now", LATER)
    assert (how, code) == ("full", 3)
    assert "another deliver is at work" in said
    assert run(here, "--now", LATER) == ("marker", 0, "")


def test_a_file_with_a_secret_that_lost_it_is_told(here: World) -> None:
    secret = here.folder / "key"
    secret.write_text("0123456789", encoding="utf-8")
    here.environment["LITWATCH_PUBMED__API_KEY_FILE"] = str(secret)
    assert [run(here, "--now", LATER)[0] for _ in range(2)] == ["full", "marker"]
    rewritten(secret, b"\n" * 10)
    how, code, said = run(here, "--now", LATER)
    assert (how, code) == ("full", 2)
    assert "is empty" in said


def test_no_secret_is_kept_in_the_marker_not_even_as_part_of_a_hash(here: World) -> None:
    """Who reads a marker could try passwords against a hash; the same marker counts with another one."""
    for name, secret in (
        ("PUBMED__API_KEY", "0123456789"),
        ("MAIL__USERNAME", "me"),
        ("MAIL__PASSWORD", "hunter2"),
    ):
        here.environment[f"LITWATCH_{name}"] = secret
    assert [run(here, "--now", LATER)[0] for _ in range(2)] == ["full", "marker"]
    here.environment["LITWATCH_MAIL__PASSWORD"] = "hunter3"
    assert run(here, "--now", LATER)[0] == "marker"


def test_a_folder_of_templates_that_is_gone_is_told(here: World) -> None:
    folder = here.folder / "templates"
    folder.mkdir()
    here.environment["LITWATCH_MAIL__TEMPLATES"] = str(folder)
    assert [run(here, "--now", LATER)[0] for _ in range(2)] == ["full", "marker"]
    folder.rmdir()
    how, code, said = run(here, "--now", LATER)
    assert (how, code) == ("full", 2)
    assert "there is no folder" in said


def test_a_marker_that_cannot_be_written_is_no_error(here: World) -> None:
    idle_marker(here).unlink()
    idle_marker(here).mkdir()
    assert run(here, "--now", LATER) == ("full", 0, "")
    assert run(here, "--now", LATER) == ("full", 0, "")
    assert sorted(path.name for path in here.store.parent.glob("*.idle*")) == ["litwatch.sqlite3.idle"]


def test_a_store_that_is_gone_is_told(here: World) -> None:
    aside = here.store.replace(here.folder / "aside")
    how, code, said = run(here, "--now", LATER)
    aside.replace(here.store)
    assert (how, code) == ("full", 1)
    assert "is not there" in said


def test_the_marker_knows_the_names_that_the_configuration_knows() -> None:
    """It imports nothing of it, so that it is read at once."""
    assert sorted(marker.SECRETS) == sorted(variable(*place) for place in SECRETS)
    assert StoreTable.model_fields["url"].default == marker.DEFAULT_URL
    assert variable("store", "url") == marker.URL


def test_the_answer_imports_nothing_but_the_standard_library(here: World) -> None:
    program = PROGRAM.replace("'typer' not in sys.modules", "sorted(m for m in sys.modules if '.' not in m)")
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(Path(marker.__file__).parents[2])!r})\n{program}",
            "run",
            "--now",
            LATER,
        ],
        cwd=here.folder,
        env=clean() | here.environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(eval(done.stderr.partition("answered: ")[2])) - set(sys.stdlib_module_names) == {
        "__main__",
        "litwatch",
    }
