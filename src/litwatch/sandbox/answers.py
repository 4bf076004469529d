"""One request to an endpoint in, one answer out: what NLM sends, byte for byte as near as it can be told.

Owns the endpoints' rules, their limits and their error bodies. Never listens on a socket.

Sources: the E-utilities book (https://www.ncbi.nlm.nih.gov/books/NBK25499/), recorded answers, and, for error
bodies, what maintainers of clients measured; each is named where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from litwatch.errors import QueryError
from litwatch.query.leaves import filter_of
from litwatch.query.parse import parse
from litwatch.query.tree import Group, Query, Term
from litwatch.sandbox.fetching import fetched
from litwatch.sandbox.history import History
from litwatch.sandbox.index import Index
from litwatch.sandbox.mapping import mapped
from litwatch.sandbox.narrowing import date_limit, in_field
from litwatch.sandbox.shapes import (
    Answer,
    SearchFacts,
    control,
    error_answer,
    info,
    posted,
    search_count,
    search_error,
    searched,
)
from litwatch.sandbox.summaries import summarised
from litwatch.sandbox.synthetic import Synthetic
from litwatch.sandbox.timeline import Timeline
from litwatch.sandbox.translation import Reading, read_leniently, term_translation, translation

SEARCH_DEFAULT = 20
SEARCH_LIMIT = 9_999
FETCH_LIMIT = 10_000
SUMMARY_JSON_LIMIT = 500

# Twice reported with a line break after "Exception:", which makes the JSON form unreadable to strict parsers.
RETSTART_ERROR = (
    "'retstart' cannot be larger than 9998. For PubMed, ESearch can only retrieve the first 9,999 records "
    "matching the query. To obtain more than 9,999 PubMed records, consider using EDirect that contains "
    "additional logic to batch PubMed search results automatically so that an arbitrary number can be "
    "retrieved. For details see https://www.ncbi.nlm.nih.gov/books/NBK25499/"
)
_SORTS = ("", "most recent", "most+recent", "relevance", "pub date", "pub+date", "pub_date", "author",
          "first author", "journal", "journalname", "title")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked: the endpoint's name without .fcgi, and its parameters."""

    endpoint: str
    params: Mapping[str, str]
    method: str = "GET"
    url: str = ""

    def number(self, name: str, default: int) -> int:
        """A parameter as a number that is not negative; `default` where it is missing or none."""
        text = self.params.get(name, "").strip()
        return int(text) if re.fullmatch(r"\d{1,9}", text) else default

    @property
    def json(self) -> bool:
        """Whether the client wants JSON."""
        return self.params.get("retmode", "").strip().lower() == "json"


@dataclass(slots=True)
class PubMed:
    """The corpus as E-utilities show it on a day. Not safe to share between threads."""

    timeline: Timeline
    synthetic: Synthetic
    mappings: Mapping[str, str] = field(default_factory=dict)
    history: History = field(default_factory=History)
    withdrawn: dict[int, date] = field(default_factory=dict)  # PMID -> the last day on which it is not there
    dropped: frozenset[str] = frozenset()  # terms that PubMed knows no more, as "hasretractionin"
    index: Index = field(init=False)

    def __post_init__(self) -> None:
        self.index = Index(self.timeline, self.synthetic, _masks=dict.fromkeys(self.dropped, 0))

    def answer(self, request: Request, today: date) -> Answer:
        """The answer to `request` on `today`; an endpoint that is none is 404."""
        known: dict[str, Callable[[Request, date], Answer]] = {
            "esearch": self._search,
            "efetch": self._fetch,
            "epost": self._post,
            "esummary": self._summarise,
            "einfo": self._info,
        }
        respond = known.get(request.endpoint)
        if respond is None:
            page = b"<html><body><h1>404 Not Found</h1></body></html>\n"
            return Answer(404, "text/html; charset=UTF-8", page)
        database = request.params.get("db", "pubmed" if request.endpoint == "efetch" else "").strip().lower()
        if database != "pubmed" and not (request.endpoint == "einfo" and not database):
            shown = request.params.get("db", "")
            text = f"Invalid db name specified: {shown}" if database else "Database name is not specified"
            if request.endpoint == "esearch":
                return search_error(text, json=request.json)
            status = 400 if request.endpoint == "efetch" else 200
            return error_answer(request.endpoint, text, json=request.json, status=status)
        return respond(request, today)

    def raw(self, pmid: int, today: date) -> bytes | None:
        """The record of a PMID as it is on `today`, or None."""
        if self._is_withdrawn(pmid, today):
            return None
        row = self.timeline.row_at(pmid, today.toordinal())
        if row is not None:
            return self.timeline.raw(row)
        number = self.synthetic.number_of(pmid)
        if number is None or number >= self.synthetic.seen_on(today.toordinal()):
            return None
        return self.synthetic.raw(number)

    def _is_withdrawn(self, pmid: int, today: date) -> bool:
        return pmid in self.withdrawn and today <= self.withdrawn[pmid]

    # ESearch

    def _search(self, request: Request, today: date) -> Answer:
        term = " ".join(request.params.get("term", "").split())
        environment, key = request.params.get("WebEnv", ""), request.number("query_key", 0)
        if not term and not key:
            return search_error("Empty term and query_key - nothing todo", json=request.json)
        term = re.sub(r"#(\d+)", lambda line: f"({self.history.term(environment, int(line[1]))})", term)
        within: frozenset[int] | None = None
        if key:
            stored = self.history.pmids(environment, key)
            if stored is None:
                return search_error("Unable to obtain query #" + str(key), json=request.json)
            within = frozenset(stored)
        try:
            reading = self._read(request, term, today)
        except QueryError as error:
            return search_error(f"Search Backend failed: {error.message}", json=request.json)
        if reading is None:
            pmids, facts = tuple(sorted(within or (), reverse=True)), SearchFacts(translation=f"#{key}")
        else:
            pmids, facts = self._found(reading, request, today, within)
        if request.params.get("rettype", "").lower() == "count":
            return search_count(len(pmids), json=request.json)
        stored_as = None
        if request.params.get("usehistory", "").lower() == "y":
            stored_as = self.history.store(environment, pmids, term or f"#{key}")
        return self._page(request, pmids, facts, stored_as)

    def _read(self, request: Request, term: str, today: date) -> Reading | None:
        if not term:
            return None
        reading = read_leniently(term)
        reading = replace(reading, query=mapped(reading.query, self.mappings))
        tag = request.params.get("field", "").strip()
        if tag:
            limited = in_field(reading.query, tag)
            reading = limited if limited is not None else replace(reading, fields_not_found=(tag,))
        limits = date_limit(request.params, today)
        if limits is None:
            return reading
        # Left to right: AND binds the whole of what stands before it.
        return replace(reading, query=parse(f"{reading.query} AND {limits}"))

    def _found(
        self, reading: Reading, request: Request, today: date, within: frozenset[int] | None
    ) -> tuple[tuple[int, ...], SearchFacts]:
        found = self.index.search(reading.query, today)
        pmids = tuple(found.pmids if within is None else (pmid for pmid in found.pmids if pmid in within))
        if self.withdrawn:
            pmids = tuple(pmid for pmid in pmids if not self._is_withdrawn(pmid, today))
        pmids, unknown_sort = self._sorted(pmids, request, today)
        messages = [f"Unknown sort schema '{unknown_sort}' ignored"] if unknown_sort else []
        if not pmids:
            messages.append("No items found.")
        # A word that nothing in PubMed holds is named. In a small corpus most words of a long query are
        # missing, and PubMed would know them: only untagged ones are named, or all where none was found. A filter of
        # PubMed's is known to it, whether or not it fits anything here.
        terms = [term for term in found.nowhere if not term.quoted and not self._is_filter(term)]
        every = len(found.nowhere) == len(self._looked_up(reading.query)) and len(self.timeline) > 0
        quoted = [term for term in found.nowhere if term.quoted] if every else []
        return pmids, SearchFacts(
            translation=translation(reading.query),
            phrases_not_found=tuple(term.text for term in terms if every or term.tag in ("", "all")),
            fields_not_found=reading.fields_not_found,
            phrases_ignored=reading.ignored,
            quoted_phrases_not_found=tuple(term_translation(term) for term in quoted),
            messages=tuple(messages),
        )

    def _is_filter(self, term: Term) -> bool:
        return filter_of(term) is not None and term.key not in self.dropped

    def _looked_up(self, query: Query) -> set[str]:
        pending, keys = [query.root], set()
        while pending:
            clause = pending.pop()
            if isinstance(clause, Group):
                pending.extend(clause.children)
            elif clause.tag != "uid" and clause.field.kind != "date":
                keys.add(clause.key)
        return keys

    def _sorted(
        self, pmids: tuple[int, ...], request: Request, today: date
    ) -> tuple[tuple[int, ...], str | None]:
        sort = request.params.get("sort", "").strip().lower().replace("_", " ").replace("+", " ")
        if sort not in {known.replace("_", " ").replace("+", " ") for known in _SORTS}:
            return pmids, request.params["sort"]
        if sort == "pub date":
            days = {pmid: self.index.publication_day(pmid, today) for pmid in pmids}
            return tuple(sorted(pmids, key=lambda pmid: (-days[pmid], -pmid))), None
        # Author, journal and title would need every Paper read; nobody enumerates by them.
        return pmids, None

    def _page(
        self, request: Request, pmids: tuple[int, ...], facts: SearchFacts, stored_as: tuple[str, int] | None
    ) -> Answer:
        start, size = request.number("retstart", 0), request.number("retmax", SEARCH_DEFAULT)
        if start >= SEARCH_LIMIT and len(pmids) >= SEARCH_LIMIT:
            return search_error(f"Search Backend failed: Exception:\n{RETSTART_ERROR}", json=request.json)
        messages = facts.messages
        if start + size > SEARCH_LIMIT and len(pmids) >= SEARCH_LIMIT:
            size = SEARCH_LIMIT - start
            messages += (f"Restrictions achieved. start and count adjusted to {start}, {size}",)
        elif pmids and start >= len(pmids):
            messages += (f"Restrictions achieved. start and count adjusted to {len(pmids)}, 0",)
        page = pmids[start : start + size]
        return searched(
            len(pmids), start, page, replace(facts, messages=messages), stored_as, json=request.json
        )

    # EFetch, EPost, ESummary, EInfo

    def _asked(self, request: Request, limit: int) -> tuple[list[int] | None, str, int]:
        """The PMIDs that a request names, by list or by history; or None, the error and its HTTP status."""
        environment, key = request.params.get("WebEnv", ""), request.number("query_key", 0)
        start, size = request.number("retstart", 0), min(request.number("retmax", limit), limit)
        if environment and key and not request.params.get("id"):
            stored = self.history.pmids(environment, key)
            if stored is None:
                return None, f"Unable to obtain query #{key}", 400
            if start >= SEARCH_LIMIT and request.endpoint == "efetch":
                return None, RETSTART_ERROR, 400
            if start >= len(stored) > 0:
                text = (
                    f"Cannot retrieve history data: OUT OF RANGE. Parameter retstart={start} + 1 is greater "
                    f"than number of records available in history. History includes {len(stored)} IDs."
                )
                return None, text, 400
            return list(stored[start : start + size]), "", 200
        if "id" not in request.params:
            return None, "Neither query_key nor id specified", 400 if request.endpoint == "efetch" else 200
        ids = [one for one in re.split(r"[,\s]+", request.params["id"]) if one]
        if not ids:
            return None, "Supplied id parameter is empty.", 200
        pmids = list(dict.fromkeys(int(one) for one in ids if re.fullmatch(r"\d{1,18}", one) and int(one)))
        if not pmids:
            return None, "ID list is empty! Possibly it has no correct IDs.", 400
        return pmids[start : start + size], "", 200

    def _fetch(self, request: Request, today: date) -> Answer:
        pmids, text, status = self._asked(request, FETCH_LIMIT)
        if pmids is None:
            return error_answer("efetch", text, json=False, status=status)
        records = [(pmid, raw) for pmid in pmids if (raw := self.raw(pmid, today)) is not None]
        return fetched(request.params, records)

    def _post(self, request: Request, today: date) -> Answer:
        del today
        ids = [one for one in re.split(r"[,\s]+", request.params.get("id", "")) if one]
        pmids = tuple(int(one) for one in ids if re.fullmatch(r"\d{1,18}", one) and int(one))
        errors = [] if pmids else ["Empty ID list; Nothing to store"]
        if len(pmids) < len(ids):
            errors.append(
                "Some IDs have invalid value and were omitted. Maximum ID value 18446744073709551615"
            )
        if not pmids:
            return posted(None, errors, json=request.json)
        numbers = " ".join(str(pmid) for pmid in pmids)
        stored = self.history.store(request.params.get("WebEnv", ""), pmids, f"{numbers}[uid]")
        return posted(stored, errors, json=request.json)

    def _summarise(self, request: Request, today: date) -> Answer:
        pmids, text, _ = self._asked(request, FETCH_LIMIT)
        if pmids is None:
            return error_answer("esummary", text, json=request.json, status=200)
        if request.json and len(pmids) > SUMMARY_JSON_LIMIT:
            most = f"Maximum number of UIDs is {SUMMARY_JSON_LIMIT} for JSON format output."
            text = f"Too many UIDs in request. {most}"
            return error_answer("esummary", text, json=True, status=200)
        return summarised(request.params, [(pmid, self.raw(pmid, today)) for pmid in pmids])

    def _info(self, request: Request, today: date) -> Answer:
        if not request.params.get("db", "").strip():
            inside = "\n<DbList>\n\n\t<DbName>pubmed</DbName>\n</DbList>\n\n"
            return control("einfo", inside, {"dblist": ["pubmed"]}, json=request.json)
        count = self.index.visible(today.toordinal()).bit_count()
        return info(count, today, json=request.json)
