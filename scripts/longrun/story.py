"""The whole long run: its world, its weeks, its table and its verdict.

Owns what is printed and when it is given up. Never plays or judges by itself.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random

from deliver.mailservers import mail_server
from litwatch.edge.pubmed import PubMed
from longrun import judging, playing, table, truth
from longrun.post import PostOffice
from world import world
from year import papers


def told(folder: Path, *, weeks: int, watches: int, subscribers: int, seed: int, minutes: float) -> bool:
    """Play it and print; whether everything was as it should be, to the end and in time."""
    began = time.monotonic()
    subjects = truth.subjects(watches, weeks)
    lives = truth.lives_of(subjects, seed, weeks - playing.QUIET_WEEKS)
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    papers.write(list(lives.values()), corpus)
    played: list[playing.Week] = []
    post, in_time = PostOffice(), True
    with ExitStack() as stack:
        port = stack.enter_context(mail_server(post))
        here = stack.enter_context(world(folder, corpus, today=papers.FIRST_DAY, second=0.002))
        playing.prepare(here, subjects, subscribers, port)
        true = truth.Truth(lives.values(), [subject.drug for subject in subjects])
        with closing(
            PubMed(here.pubmed.base_url)
        ) as asked:  # the sandbox reads its corpus once, not once a watch
            asked.search(" OR ".join(f"({subject.query})" for subject in subjects))
        process = stack.enter_context(playing.served(here))
        run = playing.LongRun(here, process, post, true, subjects, weeks, Random(seed))
        print(
            f"{watches} watches, {subscribers} subscribers, {len(lives):,} records, seed {seed}\n\n{table.HEAD}"
        )
        stretch = max(1, min(13, weeks // 4))
        for week in run.play():
            played.append(week)
            if week.wrong:
                print(*week.wrong[:10], sep="\n", flush=True)
            if week.number % stretch == 0 or week.number == weeks:
                print(table.row(played, (week.number - 1) % stretch + 1), flush=True)
            in_time = time.monotonic() - began < minutes * 60
            if not in_time and week.number < weeks:
                break
    found = [one for week in played for one in week.wrong]
    if len(played) < weeks:
        found.append(f"given up after {minutes:.0f} minutes, in week {len(played)} of {weeks}")
    else:
        found += judging.wrong(here, lives, subjects, subscribers, played, run.letters, true)
    found += table.growing(played)
    did = sum((week.did for week in played), start=type(played[0].did)())
    print(
        f"\n{did['good days']} good days, {did['bad days']} with faults, {did['away days']} without PubMed, "
        f"{did['no mail days']} without a mail server; {did['books']:,} books looked at; "
        f"{did['mails']:,} mails of {did['mail bytes'] / max(1, did['mails']) / 1000:.0f} KB; "
        f"{time.monotonic() - began:.0f} s"
    )
    print("\n".join(found[:40]) or "nothing lost, nothing twice, all books balanced, memory and handles flat")
    return not found
