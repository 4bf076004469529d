"""Every fault does what its name says, as often as it was ordered, and no longer.

Owns faults. Never proves how a client survives them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from litwatch.errors import UsageError
from litwatch.sandbox.faults import FAULTS
from litwatch.sandbox.server import Sandbox
from sandbox.asking import Got, ask

IDS = "99000001,99000002,99000003,99000004"


def broken_xml(got: Got) -> bool:
    try:
        etree.fromstring(got.body)
    except etree.XMLSyntaxError:
        return True
    return False


LOOKS: dict[str, Callable[[Got], bool]] = {
    "429": lambda got: (
        got.status == 429 and "Retry-After" not in got.headers and "rate limit" in got.json["error"]
    ),
    "429-retry-after": lambda got: got.status == 429 and got.headers["Retry-After"] == "1",
    "500": lambda got: got.status == 500 and b"<html" in got.body,
    "html": lambda got: got.status == 200 and b"<html" in got.body and "html" in got.headers["Content-Type"],
    "error": lambda got: (
        got.status == 200 and got.xml.findtext("ERROR", "").startswith("Search Backend failed")
    ),
    "empty": lambda got: got.status == 200 and got.body == b"",
    "cut": lambda got: got.status == 200 and len(got.body) > 100 and broken_xml(got),
    "left-out": lambda got: (
        [one.findtext("MedlineCitation/PMID") for one in got.xml] == ["99000002", "99000004"]
    ),
}


def test_every_fault_has_a_test() -> None:
    assert set(LOOKS) == set(FAULTS)


@pytest.mark.parametrize("name", LOOKS)
def test_a_fault_comes_as_often_as_it_was_ordered(name: str) -> None:
    with Sandbox(today="2026-03-30") as sandbox:
        before = ask(sandbox, "efetch", id=IDS)
        sandbox.fault(name, 2)
        assert [LOOKS[name](ask(sandbox, "efetch", id=IDS)) for _ in range(2)] == [True, True]
        assert ask(sandbox, "efetch", id=IDS).body == before.body


@pytest.mark.parametrize("name", [name for name in LOOKS if name != "left-out"])
def test_a_fault_spoils_searches_too(name: str) -> None:
    with Sandbox(today="2026-03-30", faults=[name]) as sandbox:
        assert LOOKS[name](ask(sandbox, "esearch", term="ketamine[tiab]", retmax=9_999))
        assert ask(sandbox, "esearch", term="ketamine[tiab]").count > 0


def test_a_fault_waits_for_its_endpoint() -> None:
    with Sandbox(today="2026-03-30", faults=["left-out"]) as sandbox:
        sandbox.fault("500", endpoint="epost")
        assert ask(sandbox, "esearch", term="ketamine[tiab]").status == 200
        assert len(ask(sandbox, "efetch", id=IDS).xml) == 2
        assert len(ask(sandbox, "efetch", id=IDS).xml) == 4
        assert ask(sandbox, "epost", id=IDS).status == 500


def test_faults_are_ordered_as_on_the_command_line() -> None:
    with Sandbox(today="2026-03-30", faults=["empty:2", "500"]) as sandbox:
        seen = [
            ask(sandbox, "einfo").status if number == 2 else len(ask(sandbox, "einfo").body)
            for number in range(3)
        ]
        assert seen == [0, 0, 500]
    for wrong in ("nonsense", "empty:0", "empty:x"):
        with pytest.raises(UsageError):
            Sandbox(faults=[wrong])
