"""`check --press`: a form by which a peer reviews a watch's search, in Markdown, to sign and send back.

Owns the form. Never fills in a judgement: that is the reviewer's.
"""

from __future__ import annotations

from collections.abc import Iterable

from litwatch import __version__
from litwatch.cli.check.findings import kinds_of, offers
from litwatch.cli.check.online import Online
from litwatch.cli.check.queries import Checked
from litwatch.query.finding import Finding
from litwatch.query.lint.press import ELEMENTS, SOURCE, by_element

_BLANK = "______________________________"
_ALIKE = 12
_PICO = ("Population", "Intervention or exposure", "Comparison", "Outcomes", "Kinds of studies")


def press_form(
    checked: Checked,
    title: str,
    online: Online | None = None,
    relevance: Checked | None = None,
    mesh_version: str = "",
) -> str:
    """The form for one watch's search, and for the query that decides what of it is relevant.

    The number of records is filled in where PubMed was asked.
    """
    records = f"{online.count:,}" if online is not None else _BLANK
    lines = [
        f"# Peer review of a search (PRESS 2015): {_plain(title)}",
        "",
        f"Elements: {SOURCE}. Findings are litwatch's; the judgement is yours.",
        "",
        f"- Watch: `{checked.watch}` ({checked.file})",
        "- Database: PubMed",
        f"- Looked over by: litwatch {__version__}, MeSH {mesh_version or 'not loaded'}",
        f"- Question that the search answers: {_BLANK}",
        *(f"  - {part}: {_BLANK}" for part in _PICO),
        f"- Sources of filters used (who made and tested them): {_BLANK}",
        f"- Searcher: {_BLANK}",
        f"- Records found: {records}",
        f"- Date of the search: {_BLANK}",
        "",
        "## Search as written",
        "",
        *_fenced(checked.text),
        "",
    ]
    reviewed = [("", checked)]
    if relevance is not None:
        lines += [
            f"## Relevance as written ({relevance.file})",
            "",
            "Matched by litwatch itself in the records that the search finds: what does not match is not shown.",
            "",
            *_fenced(relevance.text),
            "",
        ]
        reviewed.append(("In the relevance query:", relevance))
    for element in ELEMENTS:
        lines += [f"## {element.number}. {element.name}", ""]
        lines += [f"- {question}" for question in element.asks]
        lines += ["", "Findings:", ""]
        for heading, one in reviewed:
            lines += [heading, ""] if heading else []
            lines += [*_findings(one.text, by_element(one.findings)[element.number]), ""]
        lines.pop()
        lines += ["", "Judgement:", "", *_JUDGEMENT, "", f"Comments: {_BLANK}{_BLANK}", ""]
    lines += [
        "## Overall",
        "",
        *_JUDGEMENT,
        "",
        f"Comments: {_BLANK}{_BLANK}",
        "",
        f"Reviewer: {_BLANK}",
        "",
        f"E-mail: {_BLANK}",
        "",
        f"Date: {_BLANK}",
        "",
        f"Signature: {_BLANK}",
        "",
    ]
    return "\n".join(lines)


_JUDGEMENT = ("- [ ] no revision", "- [ ] revision suggested", "- [ ] revision required")


def _fenced(text: str) -> list[str]:
    fence = "```"
    while fence in text:
        fence += "`"
    return [fence, *text.strip("\n").split("\n"), fence]


def _findings(text: str, findings: Iterable[Finding]) -> list[str]:
    groups = kinds_of(list(findings))
    if not groups:
        return ["- none by litwatch"]
    lines: list[str] = []
    for alike in groups:
        first = alike[0]
        lines.append(f"- **{first.severity}** ({first.code}): {_plain(first.why)}")
        for finding in alike[:_ALIKE]:
            line = text.count("\n", 0, finding.start) + 1
            told = [
                f"  - line {line}: {_code(_short(text[finding.start : finding.end]))}: {_plain(finding.message)}"
            ]
            told += [
                f"{word}: {_code(one) if word == 'instead' else _plain(one)}" for word, one in offers(finding)
            ]
            lines.append("; ".join(told))
        if len(alike) > _ALIKE:
            lines.append(f"  - and {len(alike) - _ALIKE} more")
    return lines


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return f"{one_line[:77]}..." if len(one_line) > 80 else one_line


def _code(text: str) -> str:
    """As code, whatever backticks it holds."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _plain(text: str) -> str:
    """Without what Markdown would take for a mark."""
    return "".join(f"\\{character}" if character in "*_[]<>" else character for character in text)
