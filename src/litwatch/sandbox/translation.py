"""What a query means to PubMed: unknown tags widened, brackets mended, and QueryTranslation.

Owns PubMed's leniency, which our own parser does not share. Never searches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from litwatch.errors import QueryError
from litwatch.query.fields import find_field
from litwatch.query.parse import parse
from litwatch.query.tree import Clause, Group, Query, Term

MENDINGS = 200
"""No query needs more; what is still wrong then is an error, as a hopeless query is at NLM."""


@dataclass(frozen=True, slots=True)
class EntrezField:
    """A row of fields.tsv."""

    tag: str
    name: str
    full_name: str
    description: str
    flags: tuple[str, ...]


@cache
def entrez_fields() -> tuple[EntrezField, ...]:
    """The fields that EInfo lists for PubMed, in its order."""
    lines = files(__package__).joinpath("fields.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(EntrezField(row[0], row[1], row[2], row[3], tuple(row[4:])) for row in rows)


@cache
def _full_names() -> dict[str, str]:
    return {field.tag: field.full_name for field in entrez_fields()} | {"fau": "Author"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as PubMed takes it; `fields_not_found` are the tags that it dropped."""

    query: Query
    fields_not_found: tuple[str, ...]
    ignored: tuple[str, ...]


def read_leniently(text: str) -> Reading:
    """The query that PubMed makes of `text`; raises QueryError where it gives up.

    A tag that it does not know is dropped and its term searched in all fields (ErrorList/FieldNotFound). A
    bracket without its partner, an empty bracket and an operator without a term are passed over (WarningList,
    PhraseIgnored). Observed: `melanoma AND (` is searched as melanoma, `((` is an error.
    """
    fields_not_found: list[str] = []
    ignored: list[str] = []
    for _ in range(MENDINGS):
        try:
            return Reading(parse(text), tuple(dict.fromkeys(fields_not_found)), tuple(dict.fromkeys(ignored)))
        except QueryError as error:
            wrong = text[error.start : error.end]
            tag = re.fullmatch(r"\[([^\[\]]*)\]", wrong)
            if tag and find_field(tag[1].partition(":")[0]) is None and tag[1].strip():
                fields_not_found.append(tag[1].strip())
                text = f"{text[: error.start]}[all]{text[error.end :]}"
            elif tag and tag[1].strip():
                text = f"{text[: error.start]}[{tag[1].partition(':')[0]}]{text[error.end :]}"
            else:
                mended = _without(text, error.start, error.end)
                if mended is None or not re.search(r"\w", mended):
                    raise
                if re.search(r"\w", wrong) and len(wrong) < len(text):
                    ignored.extend(
                        word for word in re.findall(r"\w+", wrong)[:1] if word not in ("AND", "OR", "NOT")
                    )
                text = mended
    raise QueryError("too much is wrong with this query", text, 0, 1)


def _without(text: str, start: int, end: int) -> str | None:
    """`text` without what stands wrong there, or None where nothing would change."""
    wrong = text[start:end]
    if not wrong.strip():
        return None
    if re.fullmatch(r"(AND|OR|NOT|[&|])\s+(AND|OR|NOT|[&|])", wrong):
        return f"{text[:start]}{wrong.split()[-1]}{text[end:]}"
    return f"{text[:start]} {text[end:]}"


def translation(query: Query) -> str:
    """QueryTranslation: every term with its field's full name, operators in capitals.

    PubMed would also write out its term mapping (`"depressive disorder"[MeSH Terms] OR ...`) for an untagged
    word; the sandbox searches it in all fields and says so.
    """
    return _translated(query.root, inner=False)


def _translated(root: Clause, *, inner: bool) -> str:
    if isinstance(root, Term):
        return term_translation(root)
    parts: list[str] = []
    pending: list[tuple[Clause, bool] | str] = [(root, inner)]
    while pending:
        top = pending.pop()
        if isinstance(top, str):
            parts.append(top)
            continue
        clause, bracketed = top
        if isinstance(clause, Term):
            parts.append(term_translation(clause))
            continue
        if bracketed:
            parts.append("(")
            pending.append(")")
        for position in range(len(clause.children) - 1, -1, -1):
            child = clause.children[position]
            pending.append((child, isinstance(child, Group)))
            if position:
                pending.append(f" {clause.operator} ")
    return "".join(parts)


def term_translation(term: Term) -> str:
    """One term as QueryTranslation writes it: `"ketamine"[Title/Abstract]`, `2026/03/01[Date - Entry]`."""
    name = _full_names().get(term.tag or "all", term.tag)
    if term.tag == "uid":
        return " OR ".join(f"{part}[{name}]" for part in term.text.split())
    if term.field.kind == "date":
        return f"{term.text}[{name}]"
    suffix = f":~{term.distance}" if term.distance is not None else "" if term.explode else ":noexp"
    return f'"{term.text.lower()}"[{name}{suffix}]'
