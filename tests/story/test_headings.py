"""A watch that asks for a heading: PubMed finds what is narrower, and so do we, in every job."""

from __future__ import annotations

import json
from pathlib import Path

from mesh.nlmfiles import descriptors
from world import World, world

WATCH = """
title = "Mood"
look = "daily"
query = '"Mood Disorders"[mh] NOT "Animals"[mh:noexp]'
[topics.mood]
label = "Mood"
query = '"Depressive Disorder/therapy"[mh] OR "Mood Disorders"[mh]'
"""


def watching(made: World) -> None:
    for path in (made.config / "watches").iterdir():
        path.unlink()
    (made.config / "watches" / "mood.toml").write_text(WATCH, encoding="utf-8")
    (made.config / "subscribers.toml").write_text("subscriber = []\n", encoding="utf-8")
    made.environment["LITWATCH_COLLECT__LOOK_BACK_DAYS"] = "3650"  # a paper is years old when it has headings
    made.pubmed.set_today("2026-03-30")


def receipt_of(made: World, command: str, now: str) -> dict[str, object]:
    done = made.litwatch(command, "--now", now, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out.splitlines()[0])
    receipt: dict[str, object] = told["collected"][0] if command == "run" else told
    return receipt


def test_collect_and_run_agree_with_pubmed_on_what_is_narrower(tmp_path: Path) -> None:
    for command in ("collect", "run"):
        with world(tmp_path / command) as made:
            watching(made)
            receipt = receipt_of(made, command, "2026-03-30T07:00:00Z")
            assert receipt["fetched"], receipt
            assert receipt["disagreements"] == {}, receipt


def test_a_newer_mesh_in_which_a_heading_is_gone_is_told_as_disagreement(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        watching(made)
        done = made.litwatch("mesh", "update", "--force", str(descriptors(tmp_path / "desc2031.xml")))
        assert done.code == 0, done.err
        assert (made.config / "var" / "mesh.sqlite3").is_file()
        assert receipt_of(made, "collect", "2026-03-30T07:00:00Z")["disagreements"] != {}
