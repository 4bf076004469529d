"""What counts as right, wrong, missed and invented in one paper.

Owns judging.py, evaluation.py and comparing.py, on findings made by hand.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from litwatch.errors import ReadError
from litwatch.paper import Paper, Span
from litwatch.study.findings import Findings
from litwatch.study.quotes import Quotes
from litwatch.tuning.comparing import compare, read_evaluation
from litwatch.tuning.evaluation import LEAD_MACRO_F1, MACRO_F1, Evaluation, evaluate
from litwatch.tuning.judging import answers, mistakes, overlap, values
from litwatch.tuning.labels import Labelled, Labels

PAPER = Paper(
    99000001, title="A made-up trial", abstract="In 40 patients mood rose by 3.1 points. None was harmed."
)
MOOD = PAPER.span("abstract", 15, 39)
COUNT = PAPER.span("abstract", 3, 5)


def found(**known: object) -> Findings:
    return replace(Findings(), **known)  # type: ignore[arg-type]


def outcome(labels: Labels, findings: Findings) -> dict[str, str]:
    return {each.name: each.outcome for each in answers(labels, findings)}


@pytest.mark.parametrize(
    ("label", "number", "expected"),
    [
        (40, 40, "right"),
        (40, 41, "wrong"),
        (40, None, "missed"),
        (None, 40, "invented"),
        (None, None, "rightly none"),
    ],
)
def test_numbers(label: int | None, number: int | None, expected: str) -> None:
    assert outcome({"participants": label}, found(participants=number)) == {"participants": expected}


def test_a_quote_is_right_where_it_overlaps_an_accepted_sentence_whatever_its_white_space() -> None:
    right = found(quotes=Quotes(result=MOOD))
    assert outcome({"result": ("In 40 patients  MOOD rose by 3.1 points.", "x")}, right)["result"] == "right"
    assert outcome({"result": ("None was harmed.",)}, right)["result"] == "wrong"
    assert outcome({"result": ()}, right)["result"] == "invented"
    assert outcome({"result": ("None was harmed.",)}, found())["result"] == "missed"
    assert overlap("a b", "A\nb c")
    assert not overlap("b a", "a b c")


def test_routes_count_as_one_answer_and_each_as_a_value() -> None:
    labels: Labels = {"routes": frozenset({"oral", "intravenous"})}
    half = found(routes=("oral",))
    assert outcome(labels, half) == {"routes": "wrong"}
    (each,) = values(labels, half)
    assert (set(each.labelled - each.found), set(each.found - each.labelled)) == ({"intravenous"}, set())


def test_a_facet_of_one_value_that_found_nothing_is_none() -> None:
    (each,) = values({"design": "rct"}, found())
    assert (set(each.labelled), set(each.found)) == ({"rct"}, {"none"})


def test_mistakes_show_the_words_that_misled() -> None:
    labels: Labels = {"topics": frozenset({"safety"}), "participants": 38, "design": "rct"}
    findings = found(
        tags={"efficacy": (MOOD,)}, participants=40, design="trial", spans={"participants": (COUNT,)}
    )
    told = {(each.kind, each.facet, each.value): each for each in mistakes(PAPER, labels, findings)}
    assert told.keys() == {
        ("missed", "topics", "safety"),
        ("invented", "topics", "efficacy"),
        ("wrong", "design", "rct"),
        ("wrong", "participants", ""),
    }
    assert told["wrong", "participants", ""].misled == (("In ", "40", " patients mood rose by 3.1 poi"),)
    assert told["invented", "topics", "efficacy"].misled[0][1] == MOOD.text
    assert (told["wrong", "design", "rct"].labelled, told["wrong", "design", "rct"].found) == ("rct", "trial")


def labelled(pmid: int, **labels: object) -> Labelled:
    return Labelled(replace(PAPER, pmid=pmid), labels, pmid)


def evaluated(found_topics: dict[int, set[str]], records: list[Labelled], **options: object) -> Evaluation:
    def study(paper: Paper) -> Findings:
        return found(tags=dict.fromkeys(found_topics.get(paper.pmid, ()), (MOOD,)))

    return evaluate(records, study, "w", ("a", "b"), **options)  # type: ignore[arg-type]


RECORDS = [
    labelled(1, topics=frozenset({"a"}), design="rct"),
    labelled(2, topics=frozenset({"a", "b"}), design="none"),
    labelled(3, topics=frozenset({"c"})),
    labelled(4),
]


def test_an_evaluation_by_hand() -> None:
    done = evaluated({1: {"a"}, 2: {"a"}, 3: {"c", "d"}}, RECORDS)
    # a: 1; b: 0; c: 1; d is in no label and has no part in the means, but is a false alarm all the same
    assert done.figures[MACRO_F1].value == pytest.approx(2 / 3)
    assert done.figures[LEAD_MACRO_F1].value == 0.5
    assert done.facets["topics"]["d"].extra == 1
    assert done.facets["topics"]["b"].missed == 1
    # Only two records say what design they are.
    assert done.figures["design-right"].value == 0.5
    assert done.confused == {("design", "rct", "none"): 1}
    assert "relevant" not in done.facets


def test_a_comparison_says_what_a_change_gained_and_lost() -> None:
    before = evaluated({1: {"a"}, 2: {"a"}, 3: {"c", "d"}}, RECORDS)
    after = evaluated({1: {"a"}, 2: {"b"}, 3: {"c"}}, RECORDS)
    change = compare(read_evaluation(before.to_json()), after)
    assert [(each.pmid, each.kind, each.value) for each in change.mended] == [
        (2, "missed", "b"),
        (3, "invented", "d"),
    ]
    assert [(each.pmid, each.kind, each.value) for each in change.new] == [(2, "missed", "a")]
    by_name = {each.name: each for each in change.changes}
    assert by_name["topics.b F1"].before == 0
    assert by_name["topics.b F1"].after == 1
    assert "topics.c F1" not in by_name
    assert compare(read_evaluation(before.to_json()), before).changes == ()
    assert compare(read_evaluation(before.to_json()), evaluated({}, RECORDS[:2])).notes == (
        "it was measured on 4 records, now on 2",
    )


def test_mesh_is_taken_away_unless_it_is_asked_for() -> None:
    from litwatch.paper import MeshHeading

    seen: list[int] = []

    def study(paper: Paper) -> Findings:
        seen.append(len(paper.mesh))
        return found()

    record = Labelled(replace(PAPER, mesh=(MeshHeading("Ketamine"),)), {}, 1)
    evaluate([record], study, "w")
    evaluate([record], study, "w", with_mesh=True)
    assert seen == [0, 1]


@pytest.mark.parametrize("document", [[], {}, {"records": 1}, "x", {"records": "x", "mistakes": []}])
def test_something_else_is_no_earlier_evaluation(document: object) -> None:
    with pytest.raises(ReadError, match="not what `litwatch eval --json` prints"):
        read_evaluation(document)


def test_span_is_what_the_paper_says() -> None:
    assert isinstance(MOOD, Span)
    assert (MOOD.text, COUNT.text) == ("mood rose by 3.1 points.", "40")
