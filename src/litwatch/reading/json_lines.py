"""Reads and writes papers as JSON, one object a line.

Owns which key stands for which field of Paper. Never opens a file.

Documented keys: pmid, title, abstract (a string, or a list of {label, text}), journal, year,
publication_types (names), mesh (list of {descriptor, major, qualifiers: [{name, major}]}), substances
(list of {name, ui, registry_number}), keywords, doi, language. Everything else that a Paper holds has an
optional key of the same name as its field, left out where it is empty, so that a paper goes out and comes back
without loss. Three differ in name: abstract_sections, publication_type_uis, and languages if there are several.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import IO, Any

from litwatch.paper import (
    Author,
    DataBank,
    Grant,
    Link,
    MeshHeading,
    OtherAbstract,
    Paper,
    PublicationType,
    Qualifier,
    Section,
    Substance,
)
from litwatch.reading.json_values import (
    Json,
    day_of,
    kind_of,
    list_of,
    list_of_objects,
    list_of_texts,
    one_or_many,
    pmid_of,
    pmid_or_none,
    text_of,
    texts_of,
    whole_number,
    year_of,
)
from litwatch.reading.records import Record, Unreadable
from litwatch.reading.text import abstract_of, tidy

_TEXTS = (
    *("vernacular_title", "copyright", "journal_abbreviation", "nlm_id", "volume", "issue", "pages"),
    *("publication_date", "electronic_date", "status", "publication_status", "publication_model", "country"),
    *("publisher", "book_title", "collection_title", "pmcid", "conflict_of_interest"),
)
_DATES = ("create_date", "entry_date", "mesh_date", "completed_date", "revised_date")
_LISTS = ("issn", "isbn", "supplementary_concepts", "gene_symbols", "subsets")
_PEOPLE = ("authors", "investigators", "personal_name_subjects", "editors")


def read(stream: IO[bytes]) -> Iterator[Record]:
    """Every line of a stream as a Paper; one that is none is Unreadable, its position the line's number.

    Empty lines are passed over. Raises nothing of its own: the format has no end that could be missing.
    """
    for number, line in enumerate(_lines(stream), 1):
        if not line.strip():
            continue
        pmid: int | None = None
        try:
            record = _object(json.loads(line))
            pmid = pmid_or_none(record.get("pmid"))
            yield from_json(record)
        except UnicodeDecodeError as error:
            yield Unreadable(number, pmid, f"it is not UTF-8: {error.reason}")
        except json.JSONDecodeError as error:
            yield Unreadable(number, pmid, f"it is not JSON: {error.msg} at column {error.colno}")
        except RecursionError:
            yield Unreadable(number, pmid, "it is nested too deeply")
        except ValueError as error:
            yield Unreadable(number, pmid, str(error))


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise ValueError(f"a line holds one object, not {kind_of(value)}")  # noqa: TRY004 - not our mistake
    return value


def from_json(record: Mapping[str, Any]) -> Paper:
    """The Paper of one object; keys that are not known are passed over, null is as good as absent.

    An object of `papers --json --full` or `to_json` gives the same Paper again. Raises ValueError that names
    the key where a value is of the wrong kind.
    """
    known: dict[str, Any] = {"pmid": pmid_of(record), "title": tidy(text_of(record, "title"))}
    known["version"] = whole_number(record, "version", 1)
    known["abstract"], known["sections"] = _abstract(record)
    known["journal"] = text_of(record, "journal")
    known["doi"] = text_of(record, "doi")
    for name in _TEXTS:
        known[name] = text_of(record, name)
    for name in _DATES:
        known[name] = day_of(record, name)
    for name in _LISTS:
        known[name] = list_of_texts(record, name)
    for name in _PEOPLE:
        known[name] = tuple(_author(person, name) for person in list_of_objects(record, name))
    known["keywords"] = list_of_texts(record, "keywords")
    known["authors_complete"] = record.get("authors_complete") is not False
    known["publication_date"] = known["publication_date"] or year_of(record)
    known["languages"] = list_of_texts(record, "languages") or one_or_many(record, "language")
    known["article_ids"] = tuple(_pair(pair) for pair in list_of(record, "article_ids"))
    known["publication_types"] = _publication_types(record)
    known["mesh"] = tuple(_heading(heading) for heading in list_of_objects(record, "mesh"))
    known["substances"] = tuple(
        Substance(*texts_of(substance, "substances", "name", "ui", "registry_number"))
        for substance in list_of_objects(record, "substances")
    )
    known["grants"] = tuple(
        Grant(*texts_of(grant, "grants", "number", "acronym", "agency", "country"))
        for grant in list_of_objects(record, "grants")
    )
    known["data_banks"] = tuple(
        DataBank(text_of(bank, "name", "data_banks"), list_of_texts(bank, "accession_numbers", "data_banks"))
        for bank in list_of_objects(record, "data_banks")
    )
    known["other_abstracts"] = tuple(
        OtherAbstract(*texts_of(other, "other_abstracts", "kind", "language", "text"))
        for other in list_of_objects(record, "other_abstracts")
    )
    known["links"] = tuple(_link(link) for link in list_of_objects(record, "links"))
    return Paper(**known)


def to_json(paper: Paper) -> Json:
    """The object of a paper: the documented keys always, the others where they hold something."""
    record: Json = {
        "pmid": str(paper.pmid),
        "title": paper.title,
        "abstract": paper.abstract,
        "journal": paper.journal,
        "year": paper.publication_date[:4] if paper.publication_date[:4].isdecimal() else None,
        "publication_types": [kind.name for kind in paper.publication_types],
        "mesh": [_heading_json(heading) for heading in paper.mesh],
        "substances": [_filled(substance) for substance in paper.substances],
        "keywords": list(paper.keywords),
        "doi": paper.doi,
        "language": paper.languages[0] if paper.languages else None,
    }
    record |= _renamed(paper)
    for name in (*_TEXTS, *_LISTS):
        value = getattr(paper, name)
        if value:
            record[name] = value if isinstance(value, str) else list(value)
    for name in _DATES:
        day: date | None = getattr(paper, name)
        if day:
            record[name] = day.isoformat()
    for name in (*_PEOPLE, "grants", "data_banks", "other_abstracts", "links"):
        values = getattr(paper, name)
        if values:
            record[name] = [_filled(value) for value in values]
    return record


def _renamed(paper: Paper) -> Json:
    """What has another key than its field's name, or is only told where it is unusual."""
    record: Json = {}
    if paper.version != 1:
        record["version"] = paper.version
    if paper.sections:
        record["abstract_sections"] = [asdict(section) for section in paper.sections]
    if any(kind.ui for kind in paper.publication_types):
        record["publication_type_uis"] = [kind.ui for kind in paper.publication_types]
    if len(paper.languages) > 1:
        record["languages"] = list(paper.languages)
    if not paper.authors_complete:
        record["authors_complete"] = False
    if paper.article_ids:
        record["article_ids"] = [list(pair) for pair in paper.article_ids]
    return record


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    # Only read() is asked of a stream, because a packed one has nothing else.
    rest = b""
    first = True
    while chunk := stream.read(1 << 18):
        if first:
            chunk, first = chunk.removeprefix(b"\xef\xbb\xbf"), False
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _filled(value: object) -> Json:
    """The fields of a dataclass that hold something, tuples as lists."""
    found: Json = {}
    for field in fields(value):  # type: ignore[arg-type]
        held = getattr(value, field.name)
        if isinstance(held, tuple):
            held = list(held)
        if held not in ("", None, []):
            found[field.name] = held
    return found


def _heading_json(heading: MeshHeading) -> Json:
    record: Json = {"descriptor": heading.descriptor, "major": heading.major}
    record["qualifiers"] = [
        {"name": qualifier.name, "major": qualifier.major} | ({"ui": qualifier.ui} if qualifier.ui else {})
        for qualifier in heading.qualifiers
    ]
    if heading.ui:
        record["ui"] = heading.ui
    return record


def _abstract(record: Mapping[str, Any]) -> tuple[str, tuple[Section, ...]]:
    abstract = record.get("abstract")
    if isinstance(abstract, list):
        parts = []
        for part in list_of_objects(record, "abstract"):
            label, category, text = texts_of(part, "abstract", "label", "category", "text")
            parts.append((label, category, tidy(text)))
        return abstract_of(parts)
    text = text_of(record, "abstract")
    sections = record.get("abstract_sections")
    if sections is None and isinstance(record.get("sections"), dict):
        # The short form of `papers --json`: label -> [start, end].
        short = record["sections"].items()
        sections = [
            {"label": label, "start": place[0], "end": place[1]}
            for label, place in short
            if isinstance(place, list) and len(place) == 2
        ]
    if not sections:
        return tidy(text), ()
    found = []
    for section in list_of_objects({"abstract_sections": sections}, "abstract_sections"):
        label, category = texts_of(section, "abstract_sections", "label", "category")
        start, end = whole_number(section, "start", 0), whole_number(section, "end", 0)
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"abstract_sections: {start} to {end} is no part of the abstract")
        found.append(Section(label, category, start, end))
    return text, tuple(found)


def _publication_types(record: Mapping[str, Any]) -> tuple[PublicationType, ...]:
    kinds = []
    uis = list_of_texts(record, "publication_type_uis")
    for ordinal, kind in enumerate(list_of(record, "publication_types")):
        if isinstance(kind, dict):
            kinds.append(PublicationType(*texts_of(kind, "publication_types", "name", "ui")))
        elif isinstance(kind, str):
            kinds.append(PublicationType(kind, uis[ordinal] if ordinal < len(uis) else ""))
        else:
            raise ValueError(f"publication_types: a name is text, not {kind_of(kind)}")  # noqa: TRY004
    return tuple(kinds)


def _heading(heading: Mapping[str, Any]) -> MeshHeading:
    return MeshHeading(
        text_of(heading, "descriptor", "mesh"),
        text_of(heading, "ui", "mesh"),
        heading.get("major") is True,
        tuple(
            Qualifier(
                text_of(qualifier, "name", "mesh"),
                text_of(qualifier, "ui", "mesh"),
                qualifier.get("major") is True,
            )
            for qualifier in list_of_objects(heading, "qualifiers")
        ),
    )


def _author(person: Mapping[str, Any], where: str) -> Author:
    last, fore, initials, suffix, collective = texts_of(
        person, where, "last_name", "fore_name", "initials", "suffix", "collective_name"
    )
    affiliations = list_of_texts(person, "affiliations", where)
    identifiers = list_of_texts(person, "identifiers", where)
    return Author(last, fore, initials, suffix, collective, affiliations, identifiers)


def _link(link: Mapping[str, Any]) -> Link:
    kind, source, note = texts_of(link, "links", "kind", "source", "note")
    return Link(kind, pmid_or_none(link.get("pmid")), source, note)


def _pair(pair: object) -> tuple[str, str]:
    match pair:
        case [str(kind), str(value)]:
            return kind, value
    raise ValueError("article_ids: each is a pair of texts, kind and value")
