"""Proves that a guard counts what the search misses, keeps the sample that it says, and estimates honestly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from collect.collectworld import FakePubMed, after, day, new_store, settings, states, watch
from litwatch.decide.due import Schedule, look_due
from litwatch.decide.guarding import Month, Recall, clopper_pearson, monthly, recall, sample
from litwatch.edge.config import Watch
from litwatch.edge.store import guarding, showing
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import guard_paper
from litwatch.edge.store.tables import paper as papers
from litwatch.errors import LockHeld, StoreError
from litwatch.jobs.collect import collect
from litwatch.jobs.guard import guard, guard_due
from litwatch.jobs.receipt import Receipt, recall_in_words
from litwatch.query.parse import parse
from world import World, world

GUARD = "ketamin*[tiab] OR esketamin*[tiab]"
# Search finds the even PMIDs, the guard all of them.
OLD, NEW = range(99_000_001, 99_000_101), range(99_000_201, 99_000_241)


def guarded(query: str = "ketamine[tiab]", broader: str = GUARD) -> Watch:
    return replace(watch(query), guard=parse(broader))


def outside_of(one: Watch) -> str:
    return f"({one.guard}) NOT ({one.query})"


def teach(pubmed: FakePubMed, one: Watch) -> None:
    pubmed.matching[str(one.query)] = lambda pmid: pmid % 2 == 0
    pubmed.matching[outside_of(one)] = lambda pmid: pmid % 2 == 1


def began(store: Store) -> FakePubMed:
    """After the first look and the first guard run: 50 papers outside, none of them new."""
    pubmed = FakePubMed()
    pubmed.add(*OLD, created=day(-400))
    teach(pubmed, guarded())
    assert collect(guarded(), pubmed, store, after(0), settings()).ok
    first = run(store, pubmed, 0)
    assert (first.ok, first.count, first.guard and first.guard["new"]) == (True, 50, 0)
    return pubmed


def run(store: Store, pubmed: FakePubMed, days: float, one: Watch | None = None, size: int = 10) -> Receipt:
    from litwatch.edge.config import GuardSettings

    wanted = replace(settings(), guard=GuardSettings(size))
    return guard(one or guarded(), pubmed, store, after(days), wanted)


def month_later(store: Store, pubmed: FakePubMed, size: int = 10) -> Receipt:
    """20 new papers that the search finds, 20 that it does not."""
    pubmed.add(*NEW, created=day(20))
    assert collect(guarded(), pubmed, store, after(21), settings()).ok
    return run(store, pubmed, 31, size=size)


def drawn(store: Store, *, unjudged_only: bool = True) -> list[int]:
    with store.reading() as connection:
        return [each.pmid for each in guarding.drawn(connection, ["w"], unjudged_only=unjudged_only)]


def judged(store: Store, verdicts: dict[int, bool]) -> None:
    with store.writing() as connection:
        guarding.judge(connection, ["w"], verdicts, after(32))


def known(store: Store, days: float = 32, one: Watch | None = None) -> dict[str, Any]:
    wanted = one or guarded()
    return guarding.standing(store, "w", str(wanted.guard), str(wanted.query), after(days))


def test_new_papers_outside_of_the_search_are_counted_and_a_sample_of_them_is_kept(store: Store) -> None:
    pubmed = began(store)
    told = month_later(store, pubmed)
    assert told.guard is not None
    assert (told.ok, told.count, told.guard["new"], told.guard["drawn"]) == (True, 70, 20, 10)
    chosen = drawn(store)
    assert len(set(chosen)) == 10
    assert set(chosen) < {pmid for pmid in NEW if pmid % 2}
    # Kept to be judged, and no papers of the watch.
    with store.reading() as connection:
        assert set(chosen) <= set(connection.execute(select(papers.c.pmid)).scalars())
    assert not set(chosen) & states(store).keys()
    assert told.requests == 3  # one list, one Count, one fetch
    [filed] = [one for one in showing.latest_receipts(store) if one.job == "guard"]
    assert filed.document["guard"] == told.guard
    assert (
        "70 outside of the search, 20 of them new, recall unknown: not judged yet (10 to judge)"
        in told.one_line()
    )


def test_the_first_run_counts_what_was_created_since_the_watch_began(store: Store) -> None:
    pubmed = FakePubMed()
    pubmed.add(*OLD, created=day(-400))
    pubmed.add(99_000_301, created=day(-8))
    pubmed.add(99_000_303, 99_000_305, created=day(-6))
    teach(pubmed, guarded())
    collect(guarded(), pubmed, store, after(0), settings())
    assert run(store, pubmed, 0).guard == {
        "new": 2, "drawn": 2, "last_run": "2026-03-02T06:00:00Z", "months": 1, "outside": 2, "judged": 0,
        "to_judge": 2, "recall": None, "outside_now": 50 + 3, "lacking": 0, "matching": 50, "broader": True,
    }  # fmt: skip
    assert sorted(drawn(store)) == [99_000_303, 99_000_305]


def test_what_was_counted_once_is_not_new_again(store: Store) -> None:
    pubmed = began(store)
    month_later(store, pubmed)
    again = run(store, pubmed, 62)
    assert again.guard is not None
    assert (again.guard["new"], again.guard["to_judge"]) == (0, 10)


def test_an_edit_begins_anew_and_what_it_brings_is_not_new(store: Store) -> None:
    pubmed = began(store)
    month_later(store, pubmed)
    judged(store, dict.fromkeys(drawn(store), False))
    assert known(store)["recall"] is not None
    other = guarded(broader=f"{GUARD} OR arketamin*[tiab]")
    teach(pubmed, other)
    pubmed.add(99_000_501, created=day(-500))
    pubmed.add(99_000_503, created=day(40))
    edited = run(store, pubmed, 62, other)
    assert edited.guard is not None
    assert (edited.edited, edited.guard["new"]) == (True, 1)
    assert (known(store, 62, other)["recall"], known(store, 62, other)["months"]) == (None, 1)


def test_the_estimate_counts_what_was_found_and_what_the_judged_ones_stand_for(store: Store) -> None:
    pubmed = began(store)
    month_later(store, pubmed)
    assert known(store)["recall"] is None
    assert recall_in_words(known(store)) == "recall unknown: not judged yet (10 to judge)"
    first, *others = drawn(store)
    judged(store, {first: True, **dict.fromkeys(others, False)})
    told = known(store)
    # 20 found; 1 of 10 judged was missed, so about 2 of the 20 outside.
    assert told["recall"]["share"] == pytest.approx(20 / 22)
    low, high = clopper_pearson(1, 10)
    assert told["recall"]["low"] == pytest.approx(20 / (20 + min(11, 20 * high)))
    assert told["recall"]["high"] == pytest.approx(20 / 21)  # 1 is certain, whatever the interval says
    assert 20 * low < 1
    assert recall_in_words(told).startswith("estimated recall 90.9 % (95 % interval 69.2 to 95.2 %")
    assert recall_in_words(told).endswith("10 of 20 outside papers judged)")


def test_papers_that_the_rules_call_irrelevant_are_not_counted_as_found(store: Store) -> None:
    from litwatch.study.facets import Entry

    rules = watch().rules
    strict = replace(guarded(), rules=replace(rules, relevance=Entry("relevance", "", parse("nothing[ti]"))))
    pubmed = FakePubMed()
    pubmed.add(*OLD, created=day(-400))
    teach(pubmed, strict)
    collect(strict, pubmed, store, after(0), settings())
    run(store, pubmed, 0, strict)
    pubmed.add(*NEW, created=day(20))
    collect(strict, pubmed, store, after(21), settings())
    run(store, pubmed, 31, strict)
    judged(store, dict.fromkeys(drawn(store), True))
    assert known(store, one=strict)["recall"]["share"] == 0.0


def test_a_missed_paper_that_the_search_finds_later_is_not_missed_but_late(store: Store) -> None:
    pubmed = began(store)
    month_later(store, pubmed, size=20)
    first, *others = drawn(store)
    judged(store, {first: True, **dict.fromkeys(others, False)})
    assert known(store)["recall"]["missed"] == 1.0
    pubmed.matching[str(guarded().query)] = lambda pmid: pmid % 2 == 0 or pmid == first
    assert collect(guarded(), pubmed, store, after(33), settings()).ok
    assert known(store, 34)["recall"]["missed"] == 0.0


def test_a_judgement_can_be_changed_and_a_paper_in_no_sample_cannot_be_judged(store: Store) -> None:
    pubmed = began(store)
    month_later(store, pubmed, size=20)
    judged(store, dict.fromkeys(drawn(store), True))
    assert drawn(store) == []
    judged(store, dict.fromkeys(drawn(store, unjudged_only=False), False))
    assert known(store)["recall"]["share"] == 1.0
    with store.reading() as connection:
        assert guarding.not_drawn(connection, ["w"], [NEW[0], NEW[1], 1]) == (1, NEW[1])
        assert guarding.not_drawn(connection, ["other"], [NEW[0]]) == (NEW[0],)


@pytest.mark.parametrize(
    ("outside", "lacking", "broader"),
    [
        (0, 20, False),  # narrower
        (0, 0, False),  # the search itself
        (70, 50, False),  # of sheep
        (70, 4, False),
        (70, 3, True),  # a heading that words do not see
    ],
)
def test_a_guard_that_is_not_broader_than_the_search_measures_nothing(
    store: Store, outside: int, lacking: int, *, broader: bool
) -> None:
    pubmed = FakePubMed()
    pubmed.add(*OLD, created=day(-400))
    teach(pubmed, guarded())
    assert collect(guarded(), pubmed, store, after(0), settings()).ok
    pubmed.matching[outside_of(guarded())] = lambda pmid: bool(outside) and pmid % 2 == 1
    pubmed.matching[f"({guarded().query}) NOT ({GUARD})"] = OLD[1 : 2 * lacking : 2].__contains__
    assert run(store, pubmed, 0).ok
    told = month_later(store, pubmed)
    judged(store, dict.fromkeys(drawn(store), False))
    said = recall_in_words(known(store))
    assert ("estimated recall 100.0 %" in said) is broader
    assert (known(store)["recall"] is not None) is broader
    if not broader:
        assert said in told.one_line()
        assert said == (
            f"recall unknown: the guard is not broader than the search ({outside} papers outside of the search, "
            f"and it misses {lacking} of the 70 that the search finds)"
        )


def test_where_nothing_stood_outside_nothing_is_known(store: Store) -> None:
    pubmed = began(store)
    assert run(store, pubmed, 31).ok
    assert recall_in_words(known(store)) == "recall unknown: no new paper stood outside of the search yet"


class TestFaults:
    def test_a_list_that_pubmed_says_errors_of_concludes_nothing(self, store: Store) -> None:
        pubmed = began(store)
        pubmed.errors = (("FieldNotFound", "tittle"),)
        told = run(store, pubmed, 31)
        assert not told.ok
        assert "PubMed does not know the field 'tittle'" in told.failures[0]
        with store.reading() as connection:
            assert len(guarding.months(connection, "w", GUARD, "ketamine[tiab]", after(31))) <= 1

    def test_days_that_pubmed_does_not_understand_make_no_paper_new(self, store: Store) -> None:
        pubmed = FakePubMed()
        pubmed.add(*OLD, created=day(-400))
        teach(pubmed, guarded())
        assert collect(guarded(), pubmed, store, after(0), settings()).ok
        pubmed.errors_of_days = (("FieldNotFound", "crdt"),)
        told = run(store, pubmed, 0)
        assert told.failures == ["PubMed did not understand a range of create dates; nothing is concluded"]
        assert drawn(store) == []

    def test_a_list_that_holds_what_the_search_finds_concludes_nothing(self, store: Store) -> None:
        pubmed = began(store)
        pubmed.matching[outside_of(guarded())] = lambda _: True  # NOT was not understood
        told = run(store, pubmed, 31)
        assert (
            "50 of the papers that PubMed lists outside of the search are matches of it" in told.failures[0]
        )
        with store.reading() as connection:
            assert len(connection.execute(select(guard_paper.c.pmid)).all()) == 50

    def test_a_sample_that_could_not_be_fetched_is_fetched_the_next_time(self, store: Store) -> None:
        pubmed = began(store)
        pubmed.broken = set(NEW)
        pubmed.add(*(pmid for pmid in NEW if pmid % 2), created=day(20))
        told = run(store, pubmed, 31)
        assert told.failures == ["10 of 10 papers could not be fetched: no answer"]
        assert len(drawn(store)) == 10
        pubmed.broken = set()
        assert run(store, pubmed, 32).fetched == 10

    def test_a_watch_that_was_never_searched_has_nothing_to_compare_with(self, store: Store) -> None:
        told = run(store, FakePubMed(), 0)
        assert told.failures == ["the watch w was never searched well: `litwatch collect --watch w` first"]

    def test_while_another_run_is_at_work_it_does_not_start(self, store: Store) -> None:
        pubmed = began(store)
        with store.lock("collect"), pytest.raises(LockHeld):
            run(store, pubmed, 31)

    def test_a_store_that_fails_leaves_the_receipt_to_the_caller(self, tmp_path: Path) -> None:
        store = new_store(tmp_path)
        pubmed = began(store)
        store.engine.dispose()
        (tmp_path / "store.sqlite3").write_bytes(b"x" * 8192)
        with pytest.raises(StoreError) as caught:
            run(store, pubmed, 31)
        assert caught.value.receipt is not None
        assert caught.value.receipt["job"] == "guard"


class TestWhen:
    def test_it_is_due_on_the_first_of_each_month_at_the_time_of_the_look(self) -> None:
        look = monthly(Schedule("daily", time=time(5), time_zone="Europe/Berlin"))
        last = datetime.fromisoformat("2026-03-10T12:00Z")
        assert not look_due(look, last, datetime.fromisoformat("2026-04-01T02:59Z"))
        assert look_due(look, last, datetime.fromisoformat("2026-04-01T03:00Z"))

    def test_a_watch_is_guarded_once_a_month_after_its_first_look(self, store: Store) -> None:
        pubmed = FakePubMed()
        pubmed.add(*OLD, created=day(-400))
        teach(pubmed, guarded())
        assert not guard_due(guarded(), store, after(0))
        collect(guarded(), pubmed, store, after(0), settings())
        assert guard_due(guarded(), store, after(0))
        assert not guard_due(watch(), store, after(0))
        run(store, pubmed, 0)
        assert not guard_due(guarded(), store, after(20))
        assert guard_due(guarded(), store, after(31))

    def test_one_that_failed_is_tried_again_after_a_day(self, store: Store) -> None:
        pubmed = began(store)
        pubmed.errors = (("FieldNotFound", "x"),)
        run(store, pubmed, 31)
        assert not guard_due(guarded(), store, after(31.9))
        assert guard_due(guarded(), store, after(32))


class TestArithmetic:
    @pytest.mark.parametrize(
        ("hits", "of", "low", "high"),
        [  # Clopper-Pearson, as tabled: Agresti & Coull, Am Stat 1998;52:119; Newcombe, Stat Med 1998;17:857
            (0, 10, 0.0, 0.3085),
            (5, 10, 0.1871, 0.8129),
            (10, 10, 0.6915, 1.0),
            (81, 263, 0.2527, 0.3676),
            (15, 148, 0.0578, 0.1617),
            (0, 20, 0.0, 0.1684),
            (1, 29, 0.0009, 0.1776),
        ],
    )
    def test_the_interval_is_the_tabled_one(self, hits: int, of: int, low: float, high: float) -> None:
        assert clopper_pearson(hits, of) == pytest.approx((low, high), abs=6e-5)

    @pytest.mark.parametrize("of", [1, 7, 40, 1_000])
    def test_at_its_ends_the_seen_count_is_as_unlikely_as_it_says(self, of: int) -> None:
        for hits in {0, 1, of // 2, of - 1, of}:
            low, high = clopper_pearson(hits, of)
            if hits:
                assert at_least(hits, of, low) == pytest.approx(0.025, rel=1e-6)
            if hits < of:
                assert 1 - at_least(hits + 1, of, high) == pytest.approx(0.025, rel=1e-6)

    @pytest.mark.parametrize(
        ("months", "expected"),
        [
            ([], None),
            ([Month(100, 40, 0, 0)], None),
            ([Month(0, 0, 0, 0)], None),
            ([Month(100, 0, 0, 0)], None),  # nothing was judged: nothing is known
            ([Month(100, 0, 0, 0), Month(100, 10, 10, 0)], (1.0, 1.0, 1.0)),
            ([Month(100, 40, 40, 2)], (100 / 102, 100 / 102, 100 / 102)),  # all judged: nothing is guessed
            ([Month(0, 10, 10, 5)], (0.0, 0.0, 0.0)),
            ([Month(0, 10, 10, 0)], None),  # nothing on the subject anywhere
            ([Month(100, 40, 0, 0), Month(50, 20, 20, 0)], (1.0, 1.0, 1.0)),  # a month unjudged is left out
        ],
    )
    def test_a_recall_is_the_found_among_found_and_missed(
        self, months: list[Month], expected: tuple[float, float, float] | None
    ) -> None:
        found = recall(months)
        told = None if found is None else (found.share, found.low, found.high)
        assert told == (pytest.approx(expected) if expected else None)

    def test_months_count_by_what_stood_outside_in_them(self) -> None:
        found = recall([Month(60, 90, 10, 1), Month(40, 10, 10, 0)])
        assert found is not None
        assert found.missed == pytest.approx(9.0)
        assert found.share == pytest.approx(100 / 109)
        # Of the first month one in nine was judged: 20 judged are worth 10 / 0.9 of a plain sample.
        _, high = clopper_pearson(1.0, 10 / 0.9)
        assert found.low == pytest.approx(100 / (100 + min(81, 100 * high)), rel=1e-6)

    @pytest.mark.parametrize(("outside", "missed", "size"), [(200, 6, 20), (60, 3, 20), (500, 50, 40)])
    def test_the_interval_holds_the_truth_at_least_as_often_as_it_says(
        self, outside: int, missed: int, size: int
    ) -> None:
        chance, found, held = Random(5), 300, 0
        for _ in range(1_000):
            estimate = recall(
                [
                    Month(
                        found,
                        outside,
                        size,
                        sum(number < missed for number in chance.sample(range(outside), size)),
                    )
                    for _ in range(2)
                ]
            )
            assert isinstance(estimate, Recall)
            held += estimate.low <= 2 * found / (2 * found + 2 * missed) <= estimate.high
        assert held >= 950

    def test_it_does_so_where_the_missed_ones_stand_in_a_month_that_was_hardly_judged(self) -> None:
        chance, found, held = Random(5), 40, 0
        for _ in range(1_000):
            thin = sum(number < 150 for number in chance.sample(range(300), 3))
            estimate = recall(
                [Month(found, 300, 3, thin), Month(found, 300, 50, 0), Month(found, 300, 50, 0)]
            )
            assert isinstance(estimate, Recall)
            held += estimate.low <= 3 * found / (3 * found + 150) <= estimate.high
        assert held >= 950

    def test_a_sample_is_the_same_for_the_same_seed_and_every_paper_has_the_same_chance(self) -> None:
        pmids = range(99_000_001, 99_000_011)
        assert sample(pmids, 3, "w 2026-03") == sample(tuple(reversed(pmids)), 3, "w 2026-03")
        assert sample(pmids, 20, "w") != tuple(pmids)  # all of them, in random order
        assert sorted(sample(pmids, 20, "w")) == list(pmids)
        drawn_how_often = dict.fromkeys(pmids, 0)
        for number in range(2_000):
            for pmid in sample(pmids, 3, f"w {number}"):
                drawn_how_often[pmid] += 1
        assert all(520 <= count <= 680 for count in drawn_how_often.values())


def at_least(hits: int, of: int, share: float) -> float:
    """The chance of so many hits or more."""
    return math.fsum(
        math.comb(of, number) * share**number * (1 - share) ** (of - number) for number in range(hits, of + 1)
    )


@pytest.fixture(scope="module")
def guarded_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The shipped watch with the guard that stands in it as a comment, after two looks and two guard runs."""
    with world(tmp_path_factory.mktemp("guard"), today="2026-03-08") as here:
        file = here.config / "watches" / "ketamine-depression.toml"
        file.write_text(file.read_text("utf-8").replace("\n# guard = ", "\nguard = "), encoding="utf-8")
        for outcome in (here.run("2026-03-08T07:05:00Z"), here.run("2026-04-02T07:05:00Z")):
            assert outcome.code == 0, outcome.err
            assert "guard ketamine-depression: " in outcome.err
        yield here


def test_from_the_sample_to_the_estimate_by_hand(guarded_world: World) -> None:
    here = guarded_world
    listed = here.litwatch("guard", "--list", "--json").objects()
    assert len(listed) >= 2
    assert all(one["title"] and one["link"].endswith(one["pmid"] + "/") for one in listed)
    assert listed[0]["title"] in here.litwatch("guard", "--list").out
    assert f"recall unknown: not judged yet ({len(listed)} to judge)" in here.litwatch("status").out
    first, *others = [one["pmid"] for one in listed]
    assert here.litwatch("guard", "--judge", first, "maybe").code == 2
    assert here.litwatch("guard", "--judge", "1", "yes").code == 2
    said = here.litwatch("guard", "ketamine-depression", "--judge", first, "yes")
    assert (said.code, said.out.split("\n")[0]) == (0, "1 judged")
    lines = "\ufeff# by hand\n" + "\n".join(f"{pmid}\tNO\tanaesthesia" for pmid in others)
    (here.folder / "judged.tsv").write_text(lines, encoding="utf-8")
    said = here.litwatch("guard", "--judgements", "judged.tsv")
    assert said.code == 0, said.err
    assert "estimated recall " in said.out
    assert here.litwatch("guard", "--list", "--json").out == ""
    [watch_now] = here.litwatch("status", "--json").objects()[0]["watches"]
    assert watch_now["guard"]["judged"] == len(listed)
    assert watch_now["guard"]["recall"]["missed"] == 1.0
    assert watch_now["guard"]["recall"]["low"] < 1
    assert "judged: it should have been found" in here.litwatch("trace", first).out


def test_wrong_judgements_are_all_named_and_none_is_written(guarded_world: World) -> None:
    lines = "99000028 yes\nno 99000028\n99000028\n99000028 perhaps\n"
    outcome = guarded_world.litwatch("guard", "--judgements", "-", stdin=lines)
    assert (outcome.code, outcome.out) == (2, "")
    assert [f"line {number}" in outcome.err for number in (1, 2, 3, 4)] == [False, True, True, True]
    assert guarded_world.litwatch("guard", "--judgements", "none.tsv").code == 2
    assert guarded_world.litwatch("guard", "--list", "--judge", "1", "yes").code == 2
    assert guarded_world.litwatch("guard", "--all").code == 2


def test_a_watch_without_a_guard_says_how_to_give_it_one(tmp_path: Path) -> None:
    with world(tmp_path, today="2026-03-08") as here:
        outcome = here.litwatch("guard")
        assert outcome.code == 2
        assert "no watch has a guard: set a query that is broader than the search in " in outcome.err
