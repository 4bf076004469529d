"""What is taken for a label and what is refused, with line and key.

Owns labels.py.
"""

from __future__ import annotations

import json

import pytest

from litwatch.errors import ReadError
from litwatch.query.parse import parse
from litwatch.study.facets import Entry, Facet, Rules
from litwatch.tuning.labels import Labelled, labelled_records

RULES = Rules(
    "w",
    (
        Facet(
            "topics", (Entry("efficacy", "", parse("mood[tiab]")), Entry("safety", "", parse("harm[tiab]")))
        ),
        Facet("design", (Entry("rct", "", parse("randomized[ti]")),), first_only=True),
    ),
)


def read(*records: object) -> list[Labelled]:
    return list(labelled_records([json.dumps(record).encode() + b"\n" for record in records], RULES))


def test_a_record_with_its_labels() -> None:
    (one,) = read(
        {
            "pmid": "99000001",
            "title": "A made-up trial",
            "topics": ["efficacy"],
            "design": "none",
            "participants": None,
            "secondary": None,
            "result": ["Mood rose."],
        }
    )
    assert (one.paper.pmid, one.line) == (99000001, 1)
    # null participants: none are stated; null secondary: nobody knows
    assert one.labels == {
        "topics": frozenset({"efficacy"}),
        "design": "none",
        "participants": None,
        "result": ("Mood rose.",),
    }


def test_empty_lines_are_passed_over_and_lines_are_counted() -> None:
    with pytest.raises(ReadError, match=r"^line 3: it is not JSON"):
        list(labelled_records([b'{"pmid": 1}\n', b"\n", b"{nonsense\n"], RULES))


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ({"topics": ["eficacy"]}, 'topics: the rules have no entry `"eficacy"`; did you mean `efficacy`?'),
        ({"topics": "efficacy"}, 'topics: a list of texts, not `"efficacy"`'),
        ({"design": "RCTs"}, 'design: the rules have no entry `"RCTs"`; there are: rct, none, other'),
        ({"routes": ["oral"]}, 'routes: the rules have no entry `"oral"`; there are: none'),
        ({"participants": "12"}, 'participants: a whole number or null, not `"12"`'),
        ({"participants": True}, "participants: a whole number or null, not `true`"),
        ({"relevant": "yes"}, 'relevant: true, false or null, not `"yes"`'),
        ({"harm": [1]}, "harm: a list of texts, not `[1]`"),
    ],
)
def test_a_wrong_label_is_refused_with_line_and_key(label: dict[str, object], said: str) -> None:
    with pytest.raises(ReadError) as caught:
        read({"pmid": 99000001}, {"pmid": 99000002, **label})
    assert str(caught.value) == f"line 2 (PMID 99000002): {said}"
