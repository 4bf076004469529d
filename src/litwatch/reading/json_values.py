"""Takes values out of a JSON object, each of the kind that it must be.

Owns the messages about values of the wrong kind (ValueError, naming the key). Never knows a Paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

Json = dict[str, Any]


def pmid_of(record: Mapping[str, Any]) -> int:
    pmid = pmid_or_none(record.get("pmid"))
    if pmid is None:
        raise ValueError("it has no PMID" if record.get("pmid") in (None, "") else "its PMID is no number")
    return pmid


def pmid_or_none(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value > 0 else None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        return int(value) or None
    return None


def year_of(record: Mapping[str, Any]) -> str:
    year = record.get("year")
    if isinstance(year, int) and not isinstance(year, bool):
        return str(year)
    return text_of(record, "year")


def one_or_many(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    if isinstance(record.get(key), list):
        return list_of_texts(record, key)
    text = text_of(record, key)
    return (text,) if text else ()


def day_of(record: Mapping[str, Any], key: str) -> date | None:
    text = text_of(record, key)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{key}: {text[:40]!r} is no day (YYYY-MM-DD)") from None


def whole_number(record: Mapping[str, Any], key: str, absent: int) -> int:
    value = record.get(key)
    if value is None:
        return absent
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{key} is a whole number, not {kind_of(value)}")  # noqa: TRY004 - a mistake in a file
    return value


def text_of(record: Mapping[str, Any], key: str, where: str = "") -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{where + '.' if where else ''}{key} is text, not {kind_of(value)}")  # noqa: TRY004
    return value


def texts_of(record: Mapping[str, Any], where: str, *keys: str) -> tuple[str, ...]:
    return tuple(text_of(record, key, where) for key in keys)


def list_of(record: Mapping[str, Any], key: str, where: str = "") -> list[Any]:
    value = record.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{where + '.' if where else ''}{key} is a list, not {kind_of(value)}")  # noqa: TRY004
    return value


def list_of_texts(record: Mapping[str, Any], key: str, where: str = "") -> tuple[str, ...]:
    values = list_of(record, key, where)
    for value in values:
        if not isinstance(value, str):
            raise ValueError(f"{key} is a list of texts, not of {kind_of(value)}")  # noqa: TRY004
    return tuple(values)


def list_of_objects(record: Mapping[str, Any], key: str) -> list[Json]:
    values = list_of(record, key)
    for value in values:
        if not isinstance(value, dict):
            raise ValueError(f"{key} is a list of objects, not of {kind_of(value)}")  # noqa: TRY004
    return values


def kind_of(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
