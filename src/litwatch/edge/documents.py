"""One paper as the JSON object that `papers --json` and `tag --json` print.

Owns its keys and their order. Never works anything out about a paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from litwatch.decide.changes import Notice, notices_in
from litwatch.paper import Paper, Span
from litwatch.study.findings import Findings, span_to_json

_NO_QUOTES: dict[str, str | None] = {"result": None, "conclusion": None, "harm": None}


def document(
    paper: Paper | None,
    findings: Findings | None,
    *,
    watch: str,
    pmid: int,
    notices: Sequence[Mapping[str, Any]] = (),
    arrival: str | None = None,
    first_seen: datetime | None = None,
    versions: Sequence[Mapping[str, str | None]] = (),
    same_trial: Sequence[Mapping[str, str]] = (),
    gone: str | None = None,
    full: bool = False,
) -> dict[str, Any]:
    """One object of `papers --json`, in the order of its JSON Schema (`document_schema.PaperDocument`).

    `paper` is None where it was not fetched (backlog), `findings` None where it was not studied: then what they
    would say is null or empty. With `full` the keys that reading it back needs come after (authors, dates, links).
    """
    found: dict[str, Any] = {"watch": watch, "pmid": str(pmid)}
    found.update(_record(paper) if paper is not None else _NO_RECORD)
    found.update(_studied(findings) if findings is not None else _NOT_STUDIED)
    found["notices"] = list(map(dict, notices))
    found["versions"] = list(map(dict, versions))
    found["same_trial"] = list(map(dict, same_trial))
    found["gone"] = gone
    found["arrival"] = arrival
    found["first_seen"] = first_seen.isoformat().replace("+00:00", "Z") if first_seen is not None else None
    if full and paper is not None:
        from litwatch.reading.json_lines import to_json

        for key, value in to_json(paper).items():
            found.setdefault(key, value)
    return found


def notices_of(paper: Paper) -> list[dict[str, Any]]:
    """The notices that a record itself tells of its paper; without quotes, which stand in the other record."""
    return [notice_object(notice, None) for notice in notices_in(paper) if notice.pmid == paper.pmid]


def notice_object(notice: Notice, quote: Span | None) -> dict[str, Any]:
    """A notice as one entry of `notices`; `quote` is what it says itself, where its own record is known."""
    return {
        "kind": notice.kind,
        "pmid": str(notice.notice_pmid) if notice.notice_pmid > 0 else None,
        "date": notice.date or None,
        "quote": quote.text if quote is not None else None,
    }


def _record(paper: Paper) -> dict[str, Any]:
    sections: dict[str, list[int]] = {}
    for section in paper.sections:
        label = section.label or section.category
        if not label:
            continue
        # A label that comes twice keeps both places.
        name, number = label, 2
        while name in sections:
            name = f"{label} ({number})"
            number += 1
        sections[name] = [section.start, section.end]
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "sections": sections,
        "journal": paper.journal,
        "publication_date": paper.publication_date,
        "create_date": _day(paper.create_date),
        "doi": paper.doi or None,
        "pmcid": paper.pmcid or None,
        "publication_types": [kind.name for kind in paper.publication_types],
        "mesh": [
            {
                "descriptor": heading.descriptor,
                "major": heading.major,
                "qualifiers": [
                    {"name": qualifier.name, "major": qualifier.major} for qualifier in heading.qualifiers
                ],
            }
            for heading in paper.mesh
        ],
        "substances": [
            {"name": substance.name, "ui": substance.ui, "registry_number": substance.registry_number}
            for substance in paper.substances
        ],
        "keywords": list(paper.keywords),
        "status": paper.status or None,
    }


def _studied(findings: Findings) -> dict[str, Any]:
    quotes = findings.quotes
    return {
        "relevant": findings.relevant,
        "tags": {topic: _spans(spans) for topic, spans in findings.tags.items()},
        "design": findings.design,
        "secondary": findings.secondary,
        "preprint": findings.preprint,
        "industry": findings.industry,
        "setting": findings.setting,
        "subjects": findings.subjects,
        "population": list(findings.population),
        "participants": findings.participants,
        "studies": findings.studies,
        "drugs": list(findings.drugs),
        "routes": list(findings.routes),
        "dose": list(findings.dose),
        "followup_days": findings.followup_days,
        "registrations": list(findings.registrations),
        "quotes": {
            "result": quotes.result.text if quotes.result else None,
            "conclusion": quotes.conclusion.text if quotes.conclusion else None,
            "harm": quotes.harm.text if quotes.harm else None,
        },
        "spans": {name: _spans(spans) for name, spans in _evidence(findings).items()},
    }


def _evidence(findings: Findings) -> dict[str, Sequence[Span]]:
    """Every Span that is not a tag's, the quotes among them, by name."""
    quotes = findings.quotes
    quoted = (("result", quotes.result), ("conclusion", quotes.conclusion), ("harm", quotes.harm))
    return {**findings.spans, **{f"quotes.{name}": (span,) for name, span in quoted if span is not None}}


def _spans(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [span_to_json(span) for span in spans]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


_NO_RECORD: dict[str, Any] = {
    "title": None,
    "abstract": None,
    "sections": {},
    "journal": None,
    "publication_date": None,
    "create_date": None,
    "doi": None,
    "pmcid": None,
    "publication_types": [],
    "mesh": [],
    "substances": [],
    "keywords": [],
    "status": None,
}
_NOT_STUDIED: dict[str, Any] = {
    "relevant": None,
    "tags": {},
    "design": None,
    "secondary": None,
    "preprint": None,
    "industry": None,
    "setting": None,
    "subjects": None,
    "population": [],
    "participants": None,
    "studies": None,
    "drugs": [],
    "routes": [],
    "dose": [],
    "followup_days": None,
    "registrations": [],
    "quotes": _NO_QUOTES,
    "spans": {},
}
