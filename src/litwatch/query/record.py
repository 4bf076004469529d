"""Owns what of a Paper each zone and each whole value of fields.toml is.

Never knows queries or matching.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from litwatch.paper import Author, MeshHeading, Paper
from litwatch.query.mesh import NAMELESS, UNDER
from litwatch.query.nlm_tables import language_names, subheading_key, type_keys
from litwatch.query.numbers import article_id_key, identifier_keys, number_keys
from litwatch.query.tokens import normal

#: `normal` for the short texts that come again and again: headings, journals, names.
remembered = lru_cache(maxsize=65536)(normal)


@dataclass(frozen=True, slots=True)
class Zone:
    """Texts of a paper that phrases are looked for in; none runs over the end of its text.

    `span_field` is the field of Paper.text() that holds them joined by "; ", or "" where there is none.
    """

    name: str
    span_field: str
    texts: Callable[[Paper], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Values:
    """Whole values of a paper; `keys` gives, for each value, the normal forms under which it is found.

    Where there is a `span_field`, the values are those of the zone of that name, in its order, and perhaps more.
    """

    span_field: str
    keys: Callable[[Paper], Iterable[Sequence[str]]]


def _name(author: Author) -> str:
    return f"{author.last_name} {author.initials} {author.suffix}, {author.fore_name}"


def _collectives(paper: Paper) -> Sequence[str]:
    people = (*paper.authors, *paper.investigators)
    return [author.collective_name for author in people if author.collective_name]


def _data_banks(paper: Paper) -> Sequence[str]:
    return [
        f"{bank.name}/{number}" for bank in paper.data_banks for number in (bank.accession_numbers or ("",))
    ]


def _subheadings(paper: Paper) -> Sequence[str]:
    return [qualifier.name for heading in paper.mesh for qualifier in heading.qualifiers]


def _subheading_texts(paper: Paper) -> Iterator[str]:
    """As the record has them, and as PubMed prints them: "prevention & control", "prevention and control"."""
    for name in _subheadings(paper):
        yield name
        if "&" in name:
            yield name.replace("&", "and")


def _numbers(paper: Paper) -> Sequence[str]:
    ids = [number for _, number in paper.article_ids]
    registry = [substance.registry_number for substance in paper.substances]
    return [str(paper.pmid), paper.doi, paper.pmcid, paper.nlm_id, *paper.issn, *paper.isbn, *ids, *registry]


_ZONES = (
    Zone("title", "title", lambda paper: (paper.title,)),
    Zone("abstract", "abstract", lambda paper: (paper.abstract,)),
    Zone("other_abstracts", "other_abstracts", lambda paper: [one.text for one in paper.other_abstracts]),
    Zone("collection_title", "", lambda paper: (paper.collection_title,)),
    Zone("keywords", "keywords", lambda paper: paper.keywords),
    Zone("vernacular_title", "vernacular_title", lambda paper: (paper.vernacular_title,)),
    Zone("mesh", "mesh", lambda paper: [heading.descriptor for heading in paper.mesh]),
    Zone("subheadings", "", lambda paper: tuple(_subheading_texts(paper))),
    Zone(
        "publication_types",
        "publication_types",
        lambda paper: [kind.name for kind in paper.publication_types],
    ),
    Zone("substances", "substances", lambda paper: [substance.name for substance in paper.substances]),
    Zone("supplementary_concepts", "", lambda paper: paper.supplementary_concepts),
    Zone("gene_symbols", "", lambda paper: paper.gene_symbols),
    Zone("personal_name_subjects", "", lambda paper: [_name(one) for one in paper.personal_name_subjects]),
    Zone("collective_names", "", _collectives),
    Zone("data_banks", "", _data_banks),
    Zone("link_notes", "", lambda paper: [link.note for link in paper.links if link.note]),
    Zone(
        "affiliations",
        "affiliations",
        lambda paper: [place for one in (*paper.authors, *paper.investigators) for place in one.affiliations],
    ),
    Zone("conflict_of_interest", "conflict_of_interest", lambda paper: (paper.conflict_of_interest,)),
    Zone(
        "grants",
        "",
        lambda paper: [f"{one.number} {one.acronym}/{one.agency}/{one.country}" for one in paper.grants],
    ),
    Zone("country", "", lambda paper: (paper.country,)),
    Zone("publisher", "", lambda paper: (paper.publisher,)),
    Zone("book_title", "", lambda paper: (paper.book_title,)),
    Zone("journal", "journal", lambda paper: (paper.journal,)),
    Zone("journal_abbreviation", "", lambda paper: (paper.journal_abbreviation,)),
    Zone(
        "authors",
        "",
        lambda paper: [_name(one) for one in (*paper.authors, *paper.investigators, *paper.editors)],
    ),
    Zone("numbers", "", _numbers),
    Zone("publication_date", "", lambda paper: (paper.publication_date,)),
)
ZONES: Mapping[str, Zone] = {zone.name: zone for zone in _ZONES}
#: Those that need the author list.
ZONES_OF_PEOPLE = frozenset(("collective_names", "affiliations", "authors"))


#: User Guide, All Fields [all]: "searched in all search fields except for Place of Publication" and five dates,
#: which are no zones.
_NOT_IN_ALL = frozenset(("country",))


def zone_names(names: Sequence[str]) -> tuple[str, ...]:
    """The zones of a field; "*" is every one that [all] searches."""
    return tuple(name for name in ZONES if name not in _NOT_IN_ALL) if "*" in names else tuple(names)


# Whole values


@lru_cache(maxsize=4096)
def qualifier_key(name: str) -> str:
    """A subheading as it stands among the keys of its heading."""
    return UNDER + subheading_key(name)


def mesh_keys(heading: MeshHeading) -> Sequence[str]:
    """A heading by name and UI (by name alone where the record has no UI), and each of its subheadings."""
    return [
        *_names(heading.descriptor, heading.ui),
        *(qualifier_key(qualifier.name) for qualifier in heading.qualifiers),
    ]


def major_mesh_keys(heading: MeshHeading) -> Sequence[str]:
    """The same of a major topic: the star is on the heading or on the subheading (NLM, MeSH major topic)."""
    starred = [qualifier for qualifier in heading.qualifiers if qualifier.major or heading.major]
    if not heading.major and not starred:
        return ()
    return [
        *_names(heading.descriptor, heading.ui),
        *(qualifier_key(qualifier.name) for qualifier in starred),
    ]


@lru_cache(maxsize=65536)
def _names(descriptor: str, ui: str) -> tuple[str, str]:
    name = normal(descriptor)
    return (name, ui.lower() if ui.strip("D0") else NAMELESS + name)  # D000000: none


def _language_keys(code: str) -> Sequence[str]:
    key = remembered(code)
    return [key, *language_names().get(key, ())]


def _journal_keys(paper: Paper) -> Sequence[str]:
    return _keys_of_journal((paper.journal, paper.journal_abbreviation, paper.nlm_id, *paper.issn))


@lru_cache(maxsize=8192)
def _keys_of_journal(names: tuple[str, ...]) -> Sequence[str]:
    with_and = [name.replace("&", " and ") for name in names if "&" in name]
    keys = [key for name in (*names, *with_and) if name for key in number_keys(name)]
    # "The Journal of biological chemistry" is J Biol Chem, and found without its article (User Guide, Journal).
    return (*keys, *(key[4:] for key in keys if key.startswith("the ")))


def _page_keys(paper: Paper) -> Sequence[str]:
    whole = remembered(paper.pages)
    return [whole, whole.split(" ", 1)[0]]


def _registry_keys(number: str) -> tuple[str, ...]:
    return number_keys(number) if number.strip("0") else ()


def _substance_keys(paper: Paper) -> Iterator[Sequence[str]]:
    for substance in paper.substances:
        yield (remembered(substance.name), substance.ui.lower(), *_registry_keys(substance.registry_number))
    for name in paper.supplementary_concepts:
        yield (remembered(name),)


def _article_id_keys(paper: Paper) -> Iterator[Sequence[str]]:
    for identifier in (paper.doi, paper.pmcid, *(number for _, number in paper.article_ids)):
        yield (article_id_key(identifier),)


def _pmcid_keys(paper: Paper) -> Sequence[str]:
    key = paper.pmcid.lower()
    return (key, key.removeprefix("pmc"))


VALUES: Mapping[str, Values] = {
    "mesh": Values("mesh", lambda paper: map(mesh_keys, paper.mesh)),
    "major_mesh": Values("mesh", lambda paper: map(major_mesh_keys, paper.mesh)),
    "subheadings": Values("", lambda paper: [(subheading_key(name),) for name in _subheadings(paper)]),
    "publication_types": Values(
        "publication_types",
        lambda paper: [
            (*type_keys(kind.name), *(type_keys(kind.ui) if kind.ui else ()))
            for kind in paper.publication_types
        ],
    ),
    "substances": Values("substances", _substance_keys),
    # User Guide, EC/RN Number: numbers alone.
    "registry_numbers": Values(
        "substances", lambda paper: [_registry_keys(one.registry_number) for one in paper.substances]
    ),
    "languages": Values("", lambda paper: map(_language_keys, paper.languages)),
    "journal": Values("journal", lambda paper: (_journal_keys(paper),)),
    "nlm_id": Values("", lambda paper: ((remembered(paper.nlm_id),),)),
    "volume": Values("", lambda paper: ((remembered(paper.volume),),)),
    "issue": Values("", lambda paper: ((remembered(paper.issue),),)),
    "pages": Values("", lambda paper: (_page_keys(paper),)),
    "issn": Values("", lambda paper: map(number_keys, paper.issn)),
    "isbn": Values("", lambda paper: map(number_keys, paper.isbn)),
    "author_identifiers": Values(
        "",
        lambda paper: [identifier_keys(one) for author in paper.authors for one in author.identifiers],
    ),
    "doi": Values("", lambda paper: ((article_id_key(paper.doi),),)),
    "article_ids": Values("", _article_id_keys),
    "pmcid": Values("", lambda paper: (_pmcid_keys(paper),)),
    "uid": Values("", lambda paper: ((str(paper.pmid),),)),
}


# People


def _persons(paper: Paper) -> Sequence[Author]:
    return [author for author in paper.authors if not author.collective_name]


PEOPLE: Mapping[str, Callable[[Paper], Sequence[Author]]] = {
    "authors": lambda paper: paper.authors,
    # User Guide, First and Last Author Name: "the first personal author name", a group being none.
    "first_author": lambda paper: _persons(paper)[:1],
    # The last of an incomplete list is not the paper's last author.
    "last_author": lambda paper: _persons(paper)[-1:] if paper.authors_complete else (),
    "investigators": lambda paper: paper.investigators,
    "personal_name_subjects": lambda paper: paper.personal_name_subjects,
    "editors": lambda paper: paper.editors,
}


# Dates


@dataclass(frozen=True, slots=True)
class Dates:
    """A date of a paper, as the record has it; two where either may be searched (dates.found_by).

    `published`: text at its true precision; a relative range of it has no end.
    """

    written: Callable[[Paper], Sequence[str | date | None]]
    published: bool = False


DATES: Mapping[str, Dates] = {
    "publication": Dates(lambda paper: (paper.publication_date, paper.electronic_date), published=True),
    "print": Dates(lambda paper: (paper.publication_date,), published=True),
    "electronic": Dates(lambda paper: (paper.electronic_date,), published=True),
    "entry_date": Dates(lambda paper: (paper.entry_date,)),
    "create_date": Dates(lambda paper: (paper.create_date,)),
    # User Guide, MeSH Date: the entry date until MeSH is assigned.
    "mesh_date": Dates(lambda paper: (paper.mesh_date or paper.entry_date,)),
    "completed_date": Dates(lambda paper: (paper.completed_date,)),
    "revised_date": Dates(lambda paper: (paper.revised_date,)),
}
