"""Reads by pattern what comes after an article's authors: language, grants, types, journal, keywords.

Owns those patterns. Never guesses: what does not fit to the last byte is left to libxml2, and so are the lists
that few records have.

Most of it recurs from record to record (a journal's particulars, the types), so it is remembered what such a
stretch means.
"""

from __future__ import annotations

import re
from functools import lru_cache

from litwatch.paper import PublicationType
from litwatch.reading.dates import date_words
from litwatch.reading.elements import Fields
from litwatch.reading.indexing import make_grant, make_publication_type
from litwatch.reading.patterns import GAP, MARKED, TEXT, ungrouped
from litwatch.reading.text import words_of

_INVESTIGATORS = "<InvestigatorList"
_END = "</MedlineCitation>"
NOTHING_LEFT = "</Article>" + _END


def _left(name: str, tags: str) -> str:
    """A group of elements that are left to libxml2, each from its tag to the next closing tag of that name."""
    inside = rf"[^<]*+(?:<(?!/(?P={name})>)[^<]*+)*+"
    return rf"((?:<(?P<{name}>{tags})(?=[ >]){inside}</(?P={name})>{GAP})*+)"


_LANGUAGE = rf"<Language>{TEXT}</Language>{GAP}"
_TYPE = rf'<PublicationType UI="([A-Z0-9]*+)">{TEXT}</PublicationType>{GAP}'
_GRANT = (
    rf"<Grant>{GAP}(?:<GrantID>{TEXT}</GrantID>{GAP})?(?:<Acronym>{TEXT}</Acronym>{GAP})?"
    rf"(?:<Agency>{TEXT}</Agency>{GAP})?(?:<Country>{TEXT}</Country>{GAP}|<Country/>{GAP})?</Grant>{GAP}"
)
_SUBSET = rf"<CitationSubset>{TEXT}</CitationSubset>{GAP}"
_KEYWORD = rf'<Keyword MajorTopicYN="[YN]">{MARKED}</Keyword>{GAP}'
_JOURNAL = (
    rf"<MedlineJournalInfo>{GAP}<Country>{TEXT}</Country>{GAP}<MedlineTA>{TEXT}</MedlineTA>{GAP}"
    rf"<NlmUniqueID>{TEXT}</NlmUniqueID>{GAP}(?:<ISSNLinking>{TEXT}</ISSNLinking>{GAP})?</MedlineJournalInfo>"
)
_CLOSING = re.compile(
    rf"{GAP}((?:{ungrouped(_LANGUAGE)})++)"
    rf"{_left('bank', 'DataBankList')}"
    rf'(?:<GrantList CompleteYN="[YN]">{GAP}((?:{ungrouped(_GRANT)})*+)</GrantList>{GAP})?'
    rf"<PublicationTypeList>{GAP}((?:{ungrouped(_TYPE)})*+)</PublicationTypeList>{GAP}"
    rf"(?:<VernacularTitle>{MARKED}</VernacularTitle>{GAP})?"
    rf'(?:<ArticleDate DateType="Electronic">{GAP}<Year>([0-9]++)</Year>{GAP}<Month>([0-9]++)</Month>{GAP}'
    rf"<Day>([0-9]++)</Day>{GAP}</ArticleDate>{GAP})?"
    rf"</Article>{GAP}({ungrouped(_JOURNAL)}){GAP}"
    rf"{_left('chemical', 'ChemicalList|SupplMeshList')}"
    rf"((?:{ungrouped(_SUBSET)})*+)"
    rf"{_left('indexing', 'CommentsCorrectionsList|GeneSymbolList|MeshHeadingList|PersonalNameSubjectList|OtherID')}"
    rf'(?:<KeywordList Owner="[A-Z-]+">{GAP}((?:{ungrouped(_KEYWORD)})*+)</KeywordList>{GAP})?'
    rf"(?:<CoiStatement>{MARKED}</CoiStatement>{GAP})?"
    rf"{_left('rest', 'OtherAbstract|KeywordList|CoiStatement')}"
    rf"(?:</MedlineCitation>{GAP})?"
)
_LANGUAGES = re.compile(_LANGUAGE)
_TYPES = re.compile(_TYPE)
_GRANTS = re.compile(_GRANT)
_SUBSETS = re.compile(_SUBSET)
_KEYWORDS = re.compile(_KEYWORD)
_JOURNAL_INFO = re.compile(_JOURNAL)


def take_closing(text: str, fields: Fields) -> str | None:
    """What libxml2 is given in place of it all, None where it does not fit. `fields` gets what was read."""
    known, begun, investigators = text.partition(_INVESTIGATORS)  # there may be thousands
    found = _CLOSING.fullmatch(known)
    if found is None or known.rstrip().endswith(_END) is bool(begun):
        return None
    languages, banks, _, listed_grants, types, vernacular, year, month, day = found.groups()[:9]
    journal, chemicals, _, subsets, indexing, _, keywords, interest, others, _ = found.groups()[9:]
    fields["languages"] = _languages(languages)
    if listed_grants:
        fields["grants"] = [make_grant(*map(words_of, grant)) for grant in _GRANTS.findall(listed_grants)]
    fields["publication_types"] = _publication_types(types)
    if vernacular is not None:
        fields["vernacular_title"] = words_of(vernacular)
    if year is not None:
        fields["electronic_date"] = date_words(year, month, day)
    fields |= _journal(journal)
    if subsets:
        fields["subsets"] = _subsets(subsets)
    if keywords:
        # Not a tuple: libxml2 may be left a further list.
        fields["keywords"] = [
            tidied for keyword in _KEYWORDS.findall(keywords) if (tidied := words_of(keyword))
        ]
    if interest is not None:
        fields["conflict_of_interest"] = words_of(interest)
    if not (banks or chemicals or indexing or others or begun):
        return NOTHING_LEFT
    return f"{banks}</Article>{chemicals}{indexing}{others}{begun}{investigators or _END}"


@lru_cache(maxsize=256)
def _languages(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(words_of, _LANGUAGES.findall(text))))


@lru_cache(maxsize=1024)
def _publication_types(text: str) -> tuple[PublicationType, ...]:
    return tuple(
        make_publication_type(name, ui) for ui, each in _TYPES.findall(text) if (name := words_of(each))
    )


@lru_cache(maxsize=256)
def _subsets(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(words_of, _SUBSETS.findall(text))))


@lru_cache(maxsize=4096)
def _journal(text: str) -> Fields:
    names = ("country", "journal_abbreviation", "nlm_id", "_linking_issn")
    found = _JOURNAL_INFO.fullmatch(text)
    return dict(zip(names, map(words_of, found.groups("")), strict=True)) if found else {}
