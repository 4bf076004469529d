"""Owns slips that leave no doubt: a field tag in other brackets, a subheading behind the tag, doubled quotation marks.

Never changes a place: each is put right in as many characters, and what is looked over then is the text that was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from litwatch.query.fields import find_field
from litwatch.query.finding import Finding
from litwatch.query.lexemes import QUOTES, one_line
from litwatch.query.mesh import Mesh, known_subheading

_QUOTED = rf"[{QUOTES}][^{QUOTES}]*[{QUOTES}]|\#[ \t][^\n]*"
_BRACKETED = re.compile(
    rf"{_QUOTED}|(?P<tag>(?P<open>[\[(\{{<])(?P<name>[^\[\](){{}}<>\n{QUOTES}]{{1,60}})(?P<close>[\])}}>]))"
)
_ENDS = re.compile(r"[ \t]*(?:\Z|[\r\n)&|.,;]|(?:AND|OR|NOT|and|or|not)\b)")
_OPERATOR_BEFORE = re.compile(r"(?:\A|\W)(?:AND|OR|NOT|and|or|not)\Z")
#: Tags that are no abbreviation or word in anybody's brackets, even with a blank before them.
_CERTAIN = frozenset({
    "tiab", "title/abstract", "mh", "mesh", "mesh terms", "majr", "mesh major topic", "ti", "tw", "text word",
    "publication type",
})  # fmt: skip
#: Tags in capitals that are seldom a word's abbreviation right behind it, as (ALL) and (AD) are.
_CAPITALS = frozenset({"TIAB", "MESH", "TI", "TW", "MH", "MAJR", "PT"})
#: Ends of words: publish(ed), and names that are words.
_WORDS = frozenset(
    {"ed", "is", "all", "ad", "ip", "ir", "pa", "pl", "ps", "si", "text", "word", "book", "filter"}
)
_BEHIND_TAG = re.compile(r"\[(?P<tag>[^\[\]\n]{1,60})\]\s{0,3}/\s{0,3}(?P<rest>[^\n()\[\]&|]{1,120})")
_SLASH_LEFT = re.compile(
    r"\[(?P<tag>[^\[\]\n]{1,60})\](?P<slash>\s{0,3}/)(?=\s{0,9}(?:\Z|[)\r\n]|(?:AND|OR|NOT)\b))"
)
_HEADING = re.compile(
    rf"(?:[{QUOTES}](?P<quoted>[^{QUOTES}\n]+)[{QUOTES}]|(?P<words>[^()\[\]\n&|{QUOTES}]+))\s*\Z"
)
_LONGEST_HEADING = 200
_OPERATOR = re.compile(r"\s+(?:AND|OR|NOT)(?:\s+|\Z)")
_LABEL = re.compile(r"\s*#?\d{1,3}[.):]?\s+|\s*(?:and|or|not)\s+")
_DOUBLED = re.compile(
    rf"(?<![{QUOTES}])[{QUOTES}]{{2}}(?P<inside>[^\s{QUOTES}](?:[^\n{QUOTES}]{{0,200}}[^\s{QUOTES}])?)"
    rf"[{QUOTES}]{{2}}(?![{QUOTES}])"
)


@dataclass(frozen=True, slots=True)
class _Slip:
    """A finding, and what stands in its place while the rest is looked over: as long as what was written."""

    finding: Finding
    right: str


def put_right(text: str, mesh: Mesh | None) -> tuple[str, tuple[Finding, ...]]:
    """The text as it was meant, in as many characters, and what was put right in it."""
    found: list[Finding] = []
    for look in (_brackets, _subheadings, _slashes, _quotes):
        written, begun = [], 0
        for slip in look(text, mesh):
            written += [text[begun : slip.finding.start], slip.right]
            begun = slip.finding.end
            found.append(slip.finding)
        text = "".join((*written, text[begun:]))
    return text, tuple(found)


def _brackets(text: str, _: Mesh | None) -> Iterator[_Slip]:
    """ketamine(tiab), depression{tiab}, mood[tiab): NLM Tech Bull 1997 Nov-Dec;(299): "[pt] not (pt)"."""
    for match in _BRACKETED.finditer(text):
        if match["tag"] is None or (match["open"], match["close"]) == ("[", "]"):
            continue
        name = one_line(match["name"])
        if find_field(name.partition(":")[0]) is None or not _is_tag(text, match, name):
            continue
        yield _Slip(
            Finding(
                "tag-brackets", "error", match.start(), match.end(),
                f"a field tag stands in square brackets, not in {match['open']}{match['close']}",
                f"PubMed reads {name[:40]} as a word, and searches all fields", f"[{name}]", 5,
            ),
            f"[{match['name']}]",
        )  # fmt: skip


def _is_tag(text: str, match: re.Match[str], name: str) -> bool:
    """Whether the brackets are no words': vitamin (a), publish(ed), leukemia (ALL)."""
    before = text[max(match.start() - 8, 0) : match.start()]
    plain = before.rstrip(" \t")
    if not plain or not (plain[-1].isalnum() or plain[-1] in f"*){QUOTES}") or _OPERATOR_BEFORE.search(plain):
        return False
    if "[" in match["tag"] or "]" in match["tag"]:
        return True
    if not _ENDS.match(text, match.end()):
        return False
    if plain != before:
        return name in _CERTAIN or (name.lower() in _CERTAIN and len(name) > len("mesh"))
    return name.lower() not in _WORDS and (not name.isupper() or name in _CAPITALS or len(name) > len("mesh"))


def _subheadings(text: str, mesh: Mesh | None) -> Iterator[_Slip]:
    """ "Ketamine"[Mesh]/TU: the subheading belongs to the heading's name."""
    begun = 0
    for match in _BEHIND_TAG.finditer(text):
        field = find_field(match["tag"].partition(":")[0])
        if field is None or field.tag not in ("mh", "majr"):
            continue
        subheadings, end = _named(match["rest"], mesh)
        end += match.start("rest")
        start = max(begun, match.start() - _LONGEST_HEADING)
        heading = _HEADING.search(text[start : match.start()])
        if not subheadings or heading is None or text[end : end + 1] == "[":
            continue
        name = heading["quoted"] or _OPERATOR.split(heading["words"])[-1]
        if label := (None if heading["quoted"] else _LABEL.match(name)):
            name = name[label.end() :]
        start += (
            heading.start() if heading["quoted"] else heading.start("words") + heading["words"].rindex(name)
        )
        start += len(name) - len(name.lstrip()) if not heading["quoted"] else 0
        name, begun = name.strip(), end
        if not name or "/" in name or "*" in name:
            continue
        tag = field.tag + match["tag"][len(match["tag"].partition(":")[0]) :]
        terms = [f'"{name}/{one}"[{tag}]' for one in subheadings]
        mark = '"' if heading["quoted"] else ""
        right = f"{mark}{name}/{subheadings[0]}{mark}[{match['tag']}]"
        yield _Slip(
            Finding(
                "subheading-behind-tag", "error", start, end,
                "a subheading stands behind the field tag, not behind the heading's name",
                "PubMed searches it as words, joined by AND",
                terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})", 3,
            ),
            right.ljust(end - start),
        )  # fmt: skip


def _slashes(text: str, _: Mesh | None) -> Iterator[_Slip]:
    """Humans[Mesh]/ without a subheading."""
    for match in _SLASH_LEFT.finditer(text):
        field = find_field(match["tag"].partition(":")[0])
        if field is not None and field.tag in ("mh", "majr"):
            tag = f"[{match['tag']}]"
            yield _Slip(
                Finding(
                    "empty-subheading", "error", match.start(), match.end(),
                    "a slash behind the field tag and no subheading", "PubMed searches what stands there as words",
                    tag, 3,
                ),
                tag.ljust(len(match[0])),
            )  # fmt: skip


def _named(rest: str, mesh: Mesh | None) -> tuple[list[str], int]:
    """The subheadings that the text begins with, and where they end; [] for none."""
    stop = _OPERATOR.search(rest)
    rest = rest[: stop.start()] if stop else rest
    plain = rest.rstrip(" \t.;,")
    for text in (plain, re.split(r"\s(?:and|or|not)\s", plain, maxsplit=1)[0]):
        name = text.strip(QUOTES)
        if known_subheading(name, mesh) is not None:
            return [name], len(text)
        several = [one.strip() for one in re.split("[,/]", name)]
        if len(several) > 1 and all(known_subheading(one, mesh) is not None for one in several):
            return several, len(text)
    return [], 0


def _quotes(text: str, _: Mesh | None) -> Iterator[_Slip]:
    """ ""ketamine"": a spreadsheet doubles the quotation marks of a text."""
    for match in _DOUBLED.finditer(text):
        phrase = f'"{match["inside"]}"'
        yield _Slip(
            Finding(
                "doubled-quotes", "error", match.start(), match.end(), "doubled quotation marks",
                "PubMed reads an empty phrase and words beside it", phrase, 5,
            ),
            f" {phrase} ",
        )  # fmt: skip
