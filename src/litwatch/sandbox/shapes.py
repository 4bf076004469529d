"""How control answers look: ESearch, EPost and EInfo in XML and JSON, and error bodies.

Owns markup. Never decides what is in it.

XML shapes are those of recorded answers; JSON shapes and messages those of NBK25499 and of exchanges that
clients recorded (https://github.com/cyanheads/pubmed-mcp-server/issues/95,
https://github.com/biopython/biopython/issues/4189).
"""

from __future__ import annotations

import json as json_format
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

from litwatch.sandbox.translation import entrez_fields

XML = "text/xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"

_HEADS = {
    "esearch": ("eSearchResult", "esearch 20060628", "20060628/esearch.dtd"),
    "epost": ("ePostResult", "epost 20090526", "20090526/epost.dtd"),
    "esummary": ("eSummaryResult", "esummary v1 20041029", "20041029/esummary-v1.dtd"),
    "einfo": ("eInfoResult", "einfo 20190110", "20190110/einfo.dtd"),
    "efetch": ("eFetchResult", "efetch 20131226", "20131226/efetch.dtd"),
}
_FLAGS = ("IsDate", "IsNumerical", "SingleToken", "Hierarchy", "IsHidden")


@dataclass(frozen=True, slots=True)
class Sending:
    """How an answer goes over the wire where it does not go at once and whole.

    Attributes:
        wait: seconds of the sandbox before the first byte. every: seconds between two bytes of the body.
        most: bytes of the body that go at most; -1 sends not even a status line.
        reset: whether the connection is then reset, not closed.
        deaf: seconds for which every new connection is refused afterwards.
    """

    wait: float = 0.0
    every: float = 0.0
    most: int | None = None
    reset: bool = False
    deaf: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    sending: Sending | None = None


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """What ESearch says beside the PMIDs."""

    translation: str = ""
    phrases_not_found: tuple[str, ...] = ()
    fields_not_found: tuple[str, ...] = ()
    phrases_ignored: tuple[str, ...] = ()
    quoted_phrases_not_found: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


def document_head(endpoint: str) -> str:
    """XML declaration and DOCTYPE of an endpoint's control answers."""
    root, dtd, path = _HEADS[endpoint]
    name = "eEfetchResult" if endpoint == "efetch" else root  # so in NLM's own answers
    return (
        f'<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE {name} PUBLIC "-//NLM//DTD {dtd}//EN" '
        f'"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/{path}">'
    )


def control(endpoint: str, inside: str, value: object, *, json: bool, head_break: str = "\n") -> Answer:
    """`inside` as XML within the endpoint's root element, or `value` as JSON under its key."""
    root = _HEADS[endpoint][0]
    if json:
        return json_answer({"header": {"type": endpoint, "version": "0.3"}, root.lower(): value})
    return Answer(200, XML, f"{document_head(endpoint)}{head_break}<{root}>{inside}</{root}>\n".encode())


def json_answer(value: object, status: int = 200) -> Answer:
    """`value` as JSON."""
    return Answer(status, JSON, (json_format.dumps(value, ensure_ascii=False) + "\n").encode())


def error_answer(endpoint: str, text: str, *, json: bool, status: int) -> Answer:
    """An <ERROR> body."""
    if json and endpoint == "esummary":
        answer = json_answer({"header": {"type": endpoint, "version": "0.3"}, "esummaryresult": [text]})
    else:
        answer = control(endpoint, f"\n\t<ERROR>{escape(text)}</ERROR>\n", {"ERROR": text}, json=json)
    return Answer(status, answer.content_type, answer.body)


def search_error(text: str, *, json: bool) -> Answer:
    """ESearch's error, with HTTP 200; in JSON NLM leaves a line break in the text bare, which is not JSON."""
    if json:
        body = control("esearch", "", {"ERROR": text}, json=True).body
        return Answer(200, JSON, body.replace(b"\\n", b"\n"))
    return control("esearch", f"\n\t<ERROR>{escape(text)}</ERROR>\n", None, json=False)


def search_count(count: int, *, json: bool) -> Answer:
    """ESearch with rettype=count."""
    return control("esearch", f"\n\t<Count>{count}</Count>\n", {"count": str(count)}, json=json)


def searched(
    count: int,
    start: int,
    page: Sequence[int],
    facts: SearchFacts,
    stored: tuple[str, int] | None,
    *,
    json: bool,
) -> Answer:
    """ESearch's answer with a page of PMIDs; `stored` is WebEnv and query_key."""
    if json:
        return control("esearch", "", _search_value(count, start, page, facts, stored), json=True)
    history = f"<QueryKey>{stored[1]}</QueryKey><WebEnv>{stored[0]}</WebEnv>" if stored else ""
    ids = "".join(f"\n<Id>{pmid}</Id>" for pmid in page)
    inside = (
        f"<Count>{count}</Count><RetMax>{len(page)}</RetMax><RetStart>{start}</RetStart>{history}"
        + (f"<IdList>{ids}\n</IdList>" if page else "<IdList/>")
        + f"<TranslationSet/><QueryTranslation>{escape(facts.translation)}</QueryTranslation>"
    )
    errors = _elements("PhraseNotFound", facts.phrases_not_found) + _elements(
        "FieldNotFound", facts.fields_not_found
    )
    warnings = (
        _elements("PhraseIgnored", facts.phrases_ignored)
        + _elements("QuotedPhraseNotFound", facts.quoted_phrases_not_found)
        + _elements("OutputMessage", facts.messages)
    )
    inside += f"<ErrorList>{errors}</ErrorList>" if errors else ""
    inside += f"<WarningList>{warnings}</WarningList>" if warnings else ""
    return control("esearch", inside, None, json=False)


def _elements(name: str, texts: Sequence[str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for text in texts)


def _search_value(
    count: int, start: int, page: Sequence[int], facts: SearchFacts, stored: tuple[str, int] | None
) -> dict[str, object]:
    value: dict[str, object] = {"count": str(count), "retmax": str(len(page)), "retstart": str(start)}
    if stored:
        value |= {"querykey": str(stored[1]), "webenv": stored[0]}
    value |= {
        "idlist": [str(pmid) for pmid in page],
        "translationset": [],
        "querytranslation": facts.translation,
    }
    if facts.phrases_not_found or facts.fields_not_found:
        value["errorlist"] = {
            "phrasesnotfound": list(facts.phrases_not_found),
            "fieldsnotfound": list(facts.fields_not_found),
        }
    if facts.phrases_ignored or facts.quoted_phrases_not_found or facts.messages:
        value["warninglist"] = {
            "phrasesignored": list(facts.phrases_ignored),
            "quotedphrasesnotfound": list(facts.quoted_phrases_not_found),
            "outputmessages": list(facts.messages),
        }
    return value


def posted(stored: tuple[str, int] | None, errors: Sequence[str], *, json: bool) -> Answer:
    """EPost's answer; without `stored` only its errors."""
    texts = "".join(f"\n\t<ERROR>{escape(error)}</ERROR>" for error in errors)
    if stored is None:
        return control("epost", texts, {"ERROR": "; ".join(errors)}, json=json, head_break="")
    inside = f"\n\t<QueryKey>{stored[1]}</QueryKey>\n\t<WebEnv>{stored[0]}</WebEnv>{texts}\n"
    value = {"querykey": str(stored[1]), "webenv": stored[0]}
    return control("epost", inside, value, json=json, head_break="")


def info(count: int, today: date, *, json: bool) -> Answer:
    """EInfo for PubMed; the links are left out."""
    facts = {
        "DbName": "pubmed",
        "MenuName": "PubMed",
        "Description": "PubMed bibliographic record",
        "DbBuild": f"Build-{today:%Y.%m.%d}.06.33",
        "Count": str(count),
        "LastUpdate": f"{today:%Y/%m/%d} 06:33",
    }
    fields = [
        {"Name": one.name, "FullName": one.full_name, "Description": one.description, "TermCount": ""}
        | dict(zip(_FLAGS, one.flags, strict=True))
        for one in entrez_fields()
    ]
    if json:
        value = {key.lower(): text for key, text in facts.items()}
        own = [{key.lower(): text for key, text in one.items()} for one in fields]
        return control("einfo", "", {"dbinfo": [value | {"fieldlist": own, "linklist": []}]}, json=True)
    lines = [f"\t\t<{key}>{escape(text)}</{key}>" for key, text in facts.items()]
    lines.append("\t\t<FieldList>")
    for one in fields:
        lines.append("\t\t\t<Field>")
        lines += [
            f"\t\t\t\t<{key}>{escape(text)}</{key}>" if text else f"\t\t\t\t<{key}/>"
            for key, text in one.items()
        ]
        lines.append("\t\t\t</Field>")
    lines.append("\t\t</FieldList>\n\t\t<LinkList>\n\t\t</LinkList>")
    inside = "\n".join(lines)
    return control("einfo", f"\n\t<DbInfo>\n{inside}\n\t</DbInfo>\n\n", None, json=False)
