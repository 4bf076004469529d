"""What ESearch may get wrong in an answer that looks right.

Owns lists of PMIDs with something wrong in them; XML only. Never spoils an answer without a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from litwatch.sandbox.answers import Request
from litwatch.sandbox.faults.asked import Asked, Fault
from litwatch.sandbox.shapes import Answer

_LIST = re.compile(r"<IdList>.*?</IdList>|<IdList/>", re.DOTALL)
_NOTHING_FOUND = "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>"


def _read(answer: Answer) -> tuple[str, int, list[str]] | None:
    """The text of an ESearch answer, its Count and its PMIDs; None where it is none, or no XML."""
    text = answer.body.decode()
    count = re.search(r"<Count>(\d+)</Count>", text)
    if answer.status != 200 or "<eSearchResult>" not in text or "<IdList" not in text or count is None:
        return None
    return text, int(count[1]), re.findall(r"<Id>(\d+)</Id>", text)


def _written(answer: Answer, text: str, count: int, pmids: Sequence[str], more: str = "") -> Answer:
    ids = "".join(f"\n<Id>{pmid}</Id>" for pmid in pmids)
    text = _LIST.sub(f"<IdList>{ids}\n</IdList>" if pmids else "<IdList/>", text, count=1)
    text = re.sub(r"<Count>\d+</Count>", f"<Count>{count}</Count>", text, count=1)
    text = re.sub(r"<RetMax>\d+</RetMax>", f"<RetMax>{len(pmids)}</RetMax>", text, count=1)
    return replace(answer, body=text.replace("</eSearchResult>", f"{more}</eSearchResult>").encode())


def _wrong_count(asked: Asked) -> Answer | None:
    found = _read(asked.honest)
    return _written(asked.honest, found[0], found[1] + 7, found[2]) if found else None


def _count_changes(asked: Asked) -> Answer | None:
    """A paper that is there for this answer only."""
    found = _read(asked.honest)
    if found is None or not found[2]:
        return None
    text, count, pmids = found
    if count > len(pmids):
        return _written(asked.honest, text, count + 1, pmids)
    guest = min(int(pmid) for pmid in pmids) - 1
    while asked.is_there(guest):
        guest -= 1
    return _written(asked.honest, text, count + 1, [*pmids, str(guest)])


def _twice(asked: Asked) -> Answer | None:
    found = _read(asked.honest)
    if found is None or len(found[2]) < 2:
        return None
    return _written(asked.honest, found[0], found[1], [*found[2][:-1], found[2][0]])


def _no_pmid(asked: Asked) -> Answer | None:
    found = _read(asked.honest)
    if found is None or not found[2]:
        return None
    return _written(asked.honest, found[0], found[1], [*found[2][:-1], "PMC990001"])


def _nothing(asked: Asked) -> Answer | None:
    found = _read(asked.honest)
    return _written(asked.honest, found[0], 0, [], _NOTHING_FOUND) if found and found[2] else None


def _short(asked: Asked) -> Answer | None:
    """Every tenth is missing, and Count agrees: nothing in the answer tells."""
    found = _read(asked.honest)
    if found is None or not found[2]:
        return None
    kept = [pmid for position, pmid in enumerate(found[2]) if position % 10]
    return _written(asked.honest, found[0], found[1] - (len(found[2]) - len(kept)), kept)


def _dead_heading(asked: Asked) -> Answer | None:
    found = _read(asked.honest)
    more = "<ErrorList><PhraseNotFound>Depressive Disorder</PhraseNotFound></ErrorList>" + _NOTHING_FOUND
    return _written(asked.honest, found[0], 0, [], more) if found else None


def _half_dead(asked: Asked) -> Answer | None:
    """What only the dead heading found is missing."""
    found = _read(asked.honest)
    if found is None or len(found[2]) < 2:
        return None
    kept = found[2][len(found[2]) // 2 :]
    more = "<ErrorList><PhraseNotFound>Depressive Disorder</PhraseNotFound></ErrorList>"
    return _written(asked.honest, found[0], found[1] - len(found[2]) + len(kept), kept, more)


def _field_dropped(asked: Asked) -> Answer | None:
    """An unknown tag is dropped and all fields are searched: far more comes than was asked for."""
    everything = Request("esearch", {**asked.request.params, "term": "1:999999999[uid]"}, "POST")
    found = _read(asked.pubmed.answer(everything, asked.today))
    if found is None or _read(asked.honest) is None:
        return None
    more = "<ErrorList><FieldNotFound>tiab</FieldNotFound></ErrorList>"
    return _written(asked.honest, found[0], found[1], found[2], more)


def _translated_anew(asked: Asked) -> Answer | None:
    found = _read(asked.honest)
    if found is None or "<QueryTranslation>" not in found[0]:
        return None
    text = re.sub(
        r"(<QueryTranslation>).*?(</QueryTranslation>)",
        r'\1"ketamine"[Substance Name] AND "mood"[All Fields]\2',
        found[0],
        flags=re.DOTALL,
    )
    return replace(asked.honest, body=text.encode())


def _clock_in_the_past(asked: Asked) -> Answer:
    """A copy of PubMed that has not been brought up for five days answers."""
    return asked.on(asked.today - timedelta(days=5))


LISTS = {
    "wrong-count": Fault(_wrong_count, "Count says seven more than are listed", "esearch"),
    "count-changes": Fault(_count_changes, "Count is one more, for this answer only", "esearch"),
    "duplicate-pmids": Fault(_twice, "a PMID stands twice in the list, another is missing", "esearch"),
    "no-pmid": Fault(_no_pmid, "something stands in the list that is no PMID", "esearch"),
    "nothing-found": Fault(_nothing, "Count 0, as if nothing matched", "esearch"),
    "short-list": Fault(_short, "every tenth PMID is missing, and Count agrees", "esearch"),
    "dead-heading": Fault(_dead_heading, "a heading is no more: Count 0 and an ErrorList", "esearch"),
    "half-dead": Fault(_half_dead, "a heading within an OR is no more: half the list", "esearch"),
    "field-dropped": Fault(_field_dropped, "a field tag is dropped, all fields are searched", "esearch"),
    "translated-anew": Fault(_translated_anew, "the query is translated otherwise", "esearch"),
    "clock-in-the-past": Fault(_clock_in_the_past, "PubMed as it was five days ago"),
}
"""Lists with something wrong in them, by name."""
