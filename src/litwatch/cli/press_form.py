"""`check --press`: a form by which a peer reviews a watch's search, in Markdown, to sign and send back.

Owns the form. Never fills in a judgement: that is the reviewer's.
"""

from __future__ import annotations

from collections.abc import Iterable

from litwatch.cli.checking import Checked, Online
from litwatch.cli.finding_text import kinds_of
from litwatch.query.finding import Finding
from litwatch.query.lint.press import ELEMENTS, SOURCE, by_element

_BLANK = "______________________________"
_ALIKE = 12


def press_form(checked: Checked, title: str, online: Online | None = None) -> str:
    """The form for one watch's search; the number of records is filled in where PubMed was asked."""
    records = f"{online.count:,}" if online is not None else _BLANK
    lines = [
        f"# Peer review of a search (PRESS 2015): {_plain(title)}",
        "",
        f"Elements: {SOURCE}. Findings are litwatch's; the judgement is yours.",
        "",
        f"- Watch: `{checked.watch}` ({checked.file})",
        "- Database: PubMed",
        f"- Question that the search answers: {_BLANK}",
        f"- Searcher: {_BLANK}",
        f"- Records found: {records}",
        f"- Date of the search: {_BLANK}",
        "",
        "## Search as written",
        "",
        *_fenced(checked.text),
        "",
    ]
    found = by_element(checked.findings)
    for element in ELEMENTS:
        lines += [f"## {element.number}. {element.name}", ""]
        lines += [f"- {question}" for question in element.asks]
        lines += ["", "Findings:", ""]
        lines += _findings(checked.text, found[element.number])
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
        lines.append(
            f"- **{first.severity}** ({first.code}): {_plain(first.message)}. {_sentence(first.why)}"
        )
        for finding in alike[:_ALIKE]:
            line = text.count("\n", 0, finding.start) + 1
            advice = f"; instead: {_code(finding.instead)}" if finding.instead else ""
            lines.append(f"  - line {line}: {_code(_short(text[finding.start : finding.end]))}{advice}")
        if len(alike) > _ALIKE:
            lines.append(f"  - and {len(alike) - _ALIKE} more")
    return lines


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return f"{one_line[:77]}..." if len(one_line) > 80 else one_line


def _sentence(text: str) -> str:
    plain = _plain(text)
    return f"{plain[:1].upper()}{plain[1:]}."


def _code(text: str) -> str:
    """As code, whatever backticks it holds."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _plain(text: str) -> str:
    """Without what Markdown would take for a mark."""
    return "".join(f"\\{character}" if character in "*_[]<>" else character for character in text)
