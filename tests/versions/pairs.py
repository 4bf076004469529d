"""The table of pairs as papers.

Owns how pairs.toml is read. Never judges a pair.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litwatch.paper import Paper
from litwatch.reading.json_lines import from_json

TABLE = Path(__file__).with_name("pairs.toml")
FIRST_PMID = 99_000_001


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records of a study, whether they are one paper, and why."""

    one: Paper
    other: Paper
    same: bool
    why: str
    study: str


def pairs() -> tuple[Pair, ...]:
    """Every pair of the table, with PMIDs of its own."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    studies = {study["id"]: study for study in table["study"]}
    made = []
    for number, row in enumerate(table["pair"]):
        pmids = FIRST_PMID + 2 * number, FIRST_PMID + 2 * number + 1
        study = studies[row["study"]]
        one = paper(study, row.get("one", {}), *pmids)
        other = paper(study, row.get("other", {}), *reversed(pmids))
        made.append(Pair(one, other, row["same"], row["why"], row["study"]))
    return tuple(made)


def paper(study: dict[str, Any], said: dict[str, Any], pmid: int, other: int) -> Paper:
    """The study's record, but for what is said."""
    names = [name.split("|") for name in said.get("authors", study["authors"])]
    sentences = [
        study["abstract"][each - 1] if isinstance(each, int) else each
        for each in said.get("abstract", range(1, len(study["abstract"]) + 1))
    ]
    known = {
        "pmid": pmid,
        "title": said.get("title", study["title"]),
        "abstract": " ".join(sentences),
        "authors": [
            {"last_name": last, "fore_name": fore, "initials": "".join(part[0] for part in fore.split())}
            for last, fore in names
        ],
        "journal": said.get("journal", study["journal"]),
        "journal_abbreviation": said.get("abbreviation", study["abbreviation"]),
        "publication_date": said.get("date", ""),
        "publication_types": said.get("types", ["Journal Article"]),
        "links": [
            {**link, "pmid": other if link["pmid"] == "other" else link["pmid"]}
            for link in said.get("links", ())
        ],
        "doi": said.get("doi", ""),
    }
    for name in ("volume", "issue", "pages", "languages"):
        if name in said:
            known[name] = said[name]
    return from_json(known)
