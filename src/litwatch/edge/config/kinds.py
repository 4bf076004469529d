"""The kinds of value that config files hold: addresses, times, zones, queries, ids, addresses of PubMed.

Owns what each must look like and what is said when it does not. Never knows which key it stands at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from litwatch.errors import QueryError, pointer
from litwatch.query.match import approximate, pubmed_only
from litwatch.query.parse import parse
from litwatch.query.tree import Query, Term, leaves

ID = re.compile(r"[a-z0-9_-]{1,60}")
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
URL_IN_A_HEADER = re.compile(r"[!#-;=?-Z\[\]_a-z{}~]{1,700}")
STORES = ("sqlite", "postgresql", "postgresql+psycopg")


def mistake(message: str, hint: str = "") -> PydanticCustomError:
    """A mistake in the words of this module, for pydantic to collect."""
    return PydanticCustomError("litwatch", "{message}", {"message": message, "hint": hint})


@lru_cache(maxsize=1000)
def nearest(word: str, possible: tuple[str, ...]) -> str | None:
    """The name that may have been meant, whatever its case."""
    by_case = {name.lower(): name for name in possible}
    close = get_close_matches(word.lower(), by_case, n=1, cutoff=0.6)
    return by_case[close[0]] if close else None


def near(word: str, possible: tuple[str, ...]) -> str:
    """ "did you mean `topics`?", or what there is where nothing is near and the list is short."""
    if close := nearest(word, possible):
        return f"did you mean `{close}`?"
    if 0 < len(possible) <= 12:
        return "there is " + ", ".join(f"`{name}`" for name in possible)
    return ""


def shown(value: object) -> str:
    """A value as TOML would write it, short enough for one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        one_line = " ".join(value.split())
        return f'"{one_line[:60]}..."' if len(one_line) > 60 else f'"{one_line}"'
    return str(value)[:60]


def text_in_quotes(value: object, example: str) -> str:
    """The value, where it is text."""
    if not isinstance(value, str):
        raise mistake(f"should be text in quotes, not {shown(value)}", f"for example {example}")
    return value


def _line(value: str) -> str:
    if not value.strip():
        raise mistake("is empty", "it is shown to readers")
    if not value.isprintable():
        raise mistake(f"{shown(value)} should be one line of text")
    return value.strip()


def _optional_line(value: str) -> str:
    return _line(value) if value else ""


def _time_of_day(value: object) -> time:
    if isinstance(value, time) and value.second == value.microsecond == 0:
        return value  # TOML has times of its own
    text = value if isinstance(value, str) else shown(value)
    if not TIME.fullmatch(text):
        raise mistake(f"{shown(text)} is no time of day", 'write hours and minutes: "07:00" to "23:59"')
    return time(int(text[:2]), int(text[3:]))


@lru_cache(maxsize=1000)
def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        hint = near_zone(name) or 'write it as in "Europe/Berlin" or "UTC"'
        raise mistake(f"{shown(name)} is no time zone", hint) from error
    return name


def near_zone(name: str) -> str:
    """The zone that is meant by another case or a slip."""
    zones = available_timezones()
    wanted = name.strip().lower().replace(" ", "_")
    by_city = [zone for zone in zones if zone.lower() == wanted] or sorted(
        zone for zone in zones if zone.lower().rpartition("/")[2] == wanted
    )
    close = by_city[0] if by_city else nearest(name, tuple(sorted(zones)))
    return f"did you mean `{close}`?" if close else ""


def _time_zone(value: object) -> str:
    return _zone(text_in_quotes(value, '"UTC"'))


def _query(value: object) -> Query:
    text = text_in_quotes(value, '"ketamine[tiab] AND depression[tiab]"')
    try:
        return parse(text)
    except QueryError as error:
        raise mistake(f"{error.message}\n{error.pointer()}", error.hint) from error


def _local_query(value: object) -> Query:
    """A query that is asked of papers here, not of PubMed, which alone knows its filters and its term mapping."""
    query = _query(value)
    for term in pubmed_only(query):
        place = pointer(query.source, term.start, term.end)
        raise mistake(f"only PubMed can answer this\n{place}", "a facet is decided by the paper's own record")
    for term in approximate(query):
        message = "this has no field tag, and only PubMed can map it to headings and synonyms"
        place = pointer(query.source, term.start, term.end)
        raise mistake(f"{message}\n{place}", f"write {_tagged(term)}")
    return query


def _sentence_query(value: object) -> Query:
    """A query that one sentence answers: words of title and abstract, nothing else of the record."""
    query = _local_query(value)
    for term in leaves(query):
        if term.field.kind != "words" or not {"title", "abstract"} & set(term.field.zones):
            place = pointer(query.source, term.start, term.end)
            raise mistake(
                f"this stands in no sentence of title or abstract\n{place}",
                "write [tiab] or [ti]; what else the record says is for `query` and `unless`",
            )
    return query


def _tagged(term: Term) -> str:
    """The term with the tag that is most likely meant."""
    text = term.text if len(term.text) <= 40 else f"{term.text[:40]}..."
    return f'"{text}"[tiab]' if term.quoted or " " in text else f"{text}[tiab]"


def _id(value: str) -> str:
    if not ID.fullmatch(value):
        raise mistake("is no id", "an id is made of a-z, 0-9, _ and -, at most 60 of them")
    return value


def _web_address(value: object, example: str, of: str) -> tuple[str, SplitResult]:
    text = text_in_quotes(value, example)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise mistake(f"{shown(text)} is no web address: {error}") from error
    if (
        parts.scheme not in ("http", "https")
        or not host
        or parts.query
        or parts.fragment
        or not text.isprintable()
    ):
        raise mistake(f"{shown(text)} is no http or https address of {of}")
    return text, parts


def _base_url(value: object) -> str:
    example = '"https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"'
    text, parts = _web_address(value, example, "PubMed's E-utilities")
    if parts.username or parts.password:
        raise mistake("holds a user name or password", "the key belongs in LITWATCH_PUBMED__API_KEY")
    if not parts.path.endswith("/entrez/eutils/"):
        path = "" if "/entrez" in parts.path else parts.path.rstrip("/")
        right = f"{parts.scheme}://{parts.netloc}{path}/entrez/eutils/"
        raise mistake(f"{shown(text)} should end in /entrez/eutils/", f"did you mean `{right}`?")
    return text


def _files_url(value: object) -> str:
    text, parts = _web_address(value, '"https://ftp.ncbi.nlm.nih.gov/pubmed/"', "NLM's files")
    if parts.username or parts.password:
        raise mistake("holds a user name or password", "NLM's files need none")
    return text if text.endswith("/") else text + "/"


def _store_url(value: object) -> str:
    text = text_in_quotes(value, '"sqlite:///var/litwatch.sqlite3"')
    scheme, colon, rest = text.partition("://")
    if not colon or scheme not in STORES:
        hint = (
            "did you mean `postgresql://...`?"
            if scheme == "postgres"
            else "it is sqlite:///PATH or postgresql://..."
        )
        # Not shown: it may hold a password.
        raise mistake("is no address of a store that litwatch knows", hint)
    if scheme == "sqlite":
        path = rest.partition("?")[0]
        if not path.startswith("/") or path in ("/", "/:memory:"):
            raise mistake(
                f"{shown(text)} names no file",
                "write sqlite:///PATH (three slashes), or four for /an/absolute/path",
            )
    else:
        _check_server(rest)
    return text


def _check_server(rest: str) -> None:
    try:
        parts = urlsplit("//" + rest)
        _ = parts.port
    except ValueError as error:
        raise mistake("is no address of a PostgreSQL database: the port is no number") from error
    if not parts.path.strip("/"):
        raise mistake("names no database", "it is postgresql://USER@HOST/DATABASE")


def _host(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?", value):
        raise mistake(
            f"{shown(value)} is no host name", "only the name: the port has a key of its own, `port`"
        )
    if re.fullmatch(r"[^:]+:[0-9]+", value):
        raise mistake(f"{shown(value)} holds a port", "the port has a key of its own, `port`")
    return value


def _token_url(value: object) -> str:
    """Where a token goes into: it must reach the handler whole, and a header as it is."""
    text = text_in_quotes(value, '"https://example.org/unsubscribe?token={token}"')
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise mistake(f"{shown(text)} is no web address: {error}") from error
    if parts.scheme != "https" or not host or parts.fragment or not URL_IN_A_HEADER.fullmatch(text):
        raise mistake(f"{shown(text)} is no https address", "mail programs follow no other (RFC 8058)")
    if text.count("{token}") != 1 or set(text.replace("{token}", "")) & set("{}"):
        raise mistake(
            f"{shown(text)} has no place for the token",
            'write {token} where it goes: "https://example.org/unsubscribe?token={token}"',
        )
    return text


def _folder_name(value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > 200 or set(value) & set('"\\*%'):
        raise mistake(f"{shown(value)} is no name of a mail folder")
    return value


def _pmid(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1_000_000_000:
        hint = "write the number without quotes" if isinstance(value, str) and value.strip().isdigit() else ""
        raise mistake(f"{shown(value)} is no PMID", hint or "a PMID is a number, such as 31166571")
    return value


def plain(check: Callable[[Any], Any], **schema: object) -> tuple[PlainValidator, WithJsonSchema]:
    """What checks a value by that function, and what the schema says of it."""
    return PlainValidator(check), WithJsonSchema({"type": "string", **schema})


OneLine = Annotated[str, AfterValidator(_line)]
OptionalLine = Annotated[str, AfterValidator(_optional_line)]
Id = Annotated[str, AfterValidator(_id), WithJsonSchema({"type": "string", "pattern": "^[a-z0-9_-]{1,60}$"})]
Host = Annotated[str, AfterValidator(_host)]
Tool = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")]
TimeOfDay = Annotated[time, *plain(_time_of_day, pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
TimeZone = Annotated[str, *plain(_time_zone, examples=["UTC", "Europe/Berlin", "America/New_York"])]
QueryText = Annotated[Query, *plain(_query, minLength=1)]
LocalQuery = Annotated[Query, *plain(_local_query, minLength=1)]
SentenceQuery = Annotated[Query, *plain(_sentence_query, minLength=1)]
TokenUrl = Annotated[str, *plain(_token_url)]
FolderName = Annotated[str, AfterValidator(_folder_name)]
FilesUrl = Annotated[str, *plain(_files_url, pattern="^https?://.+$")]
BaseUrl = Annotated[str, *plain(_base_url, pattern="^https?://.+/entrez/eutils/$")]
StoreUrl = Annotated[str, *plain(_store_url, pattern="^(sqlite:///.+|postgresql(\\+psycopg)?://.+)$")]
Pmid = Annotated[int, PlainValidator(_pmid), WithJsonSchema({"type": "integer", "minimum": 1})]
