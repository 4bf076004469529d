"""Proves that a mirror holds NLM's files whole, goes on where it was cut off, and keeps nothing that is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.edge.nlm.files import check_sum
from litwatch.edge.nlm.mirroring import TAKES, alone
from litwatch.sandbox.shapes import Sending
from world import World, world


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, today="2026-03-12") as there:
        there.environment["LITWATCH_PUBMED__FILES_URL"] = f"{there.pubmed.address}/pubmed/"
        yield there


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.xml.gz"))


def test_each_day_only_what_is_new_is_fetched_and_what_is_there_is_what_pubmed_says(
    here: World, tmp_path: Path
) -> None:
    there = tmp_path / "pubmed"
    first = here.litwatch("mirror", str(there), "--baseline")
    assert first.code == 0, first.err
    assert files(there) == [f"pubmed26n{number:04}.xml.gz" for number in range(1, 8)]
    assert all(check_sum(path) for path in there.glob("*.xml.gz"))
    assert "mirror: 7 files came" in first.err
    assert "holds all that NLM has" in first.err
    here.pubmed.set_today("2026-03-14")
    assert "mirror: 1 file came" in here.litwatch("mirror", str(there)).err
    assert "mirror: 0 files came" in here.litwatch("mirror", str(there)).err
    assert here.litwatch("collect", "--now", "2026-03-14T07:00:00Z").code == 0
    audited = here.litwatch("audit", str(there))
    assert (audited.code, "audited to pubmed26n0008.xml.gz: 0 missing" in audited.err) == (0, True)


def test_a_file_that_was_cut_off_is_taken_up_where_it_ended(here: World, tmp_path: Path) -> None:
    there = tmp_path / "pubmed"
    here.pubmed.files.sendings.extend([Sending(most=500), Sending(most=700)])
    mirrored = here.litwatch("mirror", str(there))
    assert mirrored.code == 0
    assert f"in {there} pubmed26n0001 is not there (--baseline fetches" in mirrored.err
    assert len(files(there)) == 6
    assert all(check_sum(path) for path in there.glob("*.xml.gz"))
    assert not list(there.glob("*.part"))


def test_what_a_connection_that_never_holds_left_is_gone_on_with_by_the_next_run(
    here: World, tmp_path: Path
) -> None:
    there = tmp_path / "pubmed"
    here.pubmed.files.sendings.extend([Sending(most=100)] * 5)
    cut = here.litwatch("mirror", str(there))
    assert cut.code == 1
    assert "does not come whole" in cut.err
    assert (files(there), [part.stat().st_size for part in there.glob("*.part")]) == ([], [500])
    assert here.litwatch("mirror", str(there)).code == 0
    assert all(check_sum(path) for path in there.glob("*.xml.gz"))


def test_a_server_that_trickles_is_left_and_taken_up_where_it_was(here: World, tmp_path: Path) -> None:
    there = tmp_path / "pubmed"
    here.environment["LITWATCH_PUBMED__TIMEOUT_SECONDS"] = "1"
    here.pubmed.files.sendings.extend([Sending(every=0.02)] * TAKES)
    begun = time.monotonic()
    slow = here.litwatch("mirror", str(there))
    assert slow.code == 1
    assert "does not come whole" in slow.err
    assert time.monotonic() - begun < 30
    [part] = there.glob("*.part")
    assert part.stat().st_size > TAKES
    assert here.litwatch("mirror", str(there)).code == 0
    assert all(check_sum(path) for path in there.glob("*.xml.gz"))


def test_what_was_emptied_or_lacks_its_sum_is_mended_and_what_is_damaged_where_it_is_checked(
    here: World, tmp_path: Path
) -> None:
    there = tmp_path / "pubmed"
    assert here.litwatch("mirror", str(there), "--baseline").code == 0
    (there / "pubmed26n0001.xml.gz").write_bytes(b"")
    (there / "pubmed26n0003.xml.gz.md5").unlink()
    damaged = there / "pubmed26n0004.xml.gz"
    damaged.write_bytes(damaged.read_bytes()[:-9])
    mended = here.litwatch("mirror", str(there), "--baseline")
    assert (mended.code, "mirror: 2 files came" in mended.err) == (0, True)
    checked = here.litwatch("mirror", str(there), "--baseline", "--check")
    assert (checked.code, "mirror: 1 file came" in checked.err) == (0, True)
    assert all(check_sum(path) for path in there.glob("*.xml.gz"))
    assert len(files(there)) == 7


def test_right_after_a_new_baseline_there_are_no_update_files_and_last_years_folder_is_left_alone(
    here: World, tmp_path: Path
) -> None:
    here.pubmed.set_today("2026-01-01")
    there = tmp_path / "pubmed"
    first = here.litwatch("mirror", str(there), "--baseline")
    assert (first.code, files(there)) == (0, ["pubmed26n0001.xml.gz"]), first.err
    old = tmp_path / "old"
    old.mkdir()
    (old / "pubmed25n1274.xml.gz").write_bytes(b"of last year")
    wrong = here.litwatch("mirror", str(old), "--baseline")
    assert (wrong.code, files(old)) == (1, ["pubmed25n1274.xml.gz"])
    assert "holds files of 2025, and NLM has begun anew with 2026: mirror it into a new folder" in wrong.err


def test_two_mirrors_of_one_folder_are_kept_apart(here: World, tmp_path: Path) -> None:
    there = tmp_path / "pubmed"
    there.mkdir()
    with alone(there):
        second = here.litwatch("mirror", str(there))
    assert second.code == 1
    assert "another `litwatch mirror` is at work in" in second.err
    assert here.litwatch("mirror", str(there)).code == 0


def test_what_is_tried_again_is_not_told(here: World, tmp_path: Path) -> None:
    here.pubmed.files.sendings.append(Sending(most=-1))
    outcome = here.litwatch("mirror", str(tmp_path / "pubmed"))
    assert (outcome.code, outcome.err.count("\n")) == (0, 1), outcome.err


def test_a_file_with_another_sum_is_not_kept(here: World, tmp_path: Path) -> None:
    there = tmp_path / "pubmed"
    here.pubmed.files.spoilt.add("pubmed26n0003.xml.gz")
    wrong = here.litwatch("mirror", str(there))
    assert wrong.code == 1
    assert "pubmed26n0003.xml.gz does not come whole, or not with the MD5 sum of its .md5" in wrong.err
    assert files(there) == ["pubmed26n0002.xml.gz"]
    assert not list(there.glob("*.part"))
    assert "Traceback" not in wrong.err


def test_a_server_that_is_not_there_is_one_clear_line(here: World, tmp_path: Path) -> None:
    here.environment["LITWATCH_PUBMED__FILES_URL"] = f"{here.pubmed.address}/nothing/"
    assert "answers 404" in here.litwatch("mirror", str(tmp_path / "pubmed")).err
    here.environment["LITWATCH_PUBMED__FILES_URL"] = "ftp://example.org/pubmed/"
    wrong = here.litwatch("mirror", str(tmp_path / "pubmed"))
    assert (wrong.code, "LITWATCH_PUBMED__FILES_URL" in wrong.err) == (2, True)
