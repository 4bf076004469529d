"""Walks one PubmedBookArticle element (a book, or a chapter such as a GeneReview) into a Paper.

Owns which element of a BookDocument fills which field of Paper. Never parses bytes.
"""

from __future__ import annotations

from litwatch.paper import Paper
from litwatch.reading.article import PUBMED_DATA, abstract, finish, pagination
from litwatch.reading.elements import (
    Fields,
    Readers,
    append_to,
    children_into,
    date_text_into,
    day_into,
    walk,
)
from litwatch.reading.identifiers import article_ids, pmid_of
from litwatch.reading.indexing import grants, publication_type
from litwatch.reading.parsing import Element
from litwatch.reading.people import authors, people_into

_PUBLISHER: Readers = {
    "PublisherName": "publisher",
    "PublisherLocation": "country",
}
_BOOK: Readers = {
    "Publisher": _PUBLISHER,
    "BookTitle": "book_title",
    "PubDate": date_text_into("publication_date"),
    "AuthorList": authors,
    "InvestigatorList": people_into("investigators"),
    "Volume": "volume",
    "CollectionTitle": "collection_title",
    "Isbn": append_to("isbn"),
    # A book's own ELocationID is not its chapter's: kept out of the DOI.
}


def _book(element: Element, fields: Fields) -> None:
    walk(element, _BOOK, fields)
    if "authors" in fields:
        fields["_book_authors"] = fields.pop("authors")


_DOCUMENT: Readers = {
    "PMID": pmid_of,
    "ArticleIdList": article_ids,
    "Book": _book,
    "ArticleTitle": "title",
    "VernacularTitle": "vernacular_title",
    "Pagination": pagination,
    "Language": append_to("languages"),
    "AuthorList": authors,
    "InvestigatorList": people_into("investigators"),
    "PublicationType": publication_type,
    "Abstract": abstract,
    "KeywordList": children_into("keywords", "Keyword"),
    "DateRevised": day_into("revised_date"),
    "GrantList": grants,
}
_RECORD: Readers = {"BookDocument": _DOCUMENT, "PubmedBookData": PUBMED_DATA}


def book_of(element: Element) -> Paper:
    """The Paper of a PubmedBookArticle; a whole book has the book's title and authors.

    Raises ValueError where there is no PMID.
    """
    fields: Fields = {}
    walk(element, _RECORD, fields)
    book_authors = fields.pop("_book_authors", [])
    if not fields.get("authors"):
        fields["authors"] = book_authors
    if not fields.get("title"):
        fields["title"] = fields.get("book_title", "")
    return finish(fields)
