"""The small readers that tables of tags are made of: an element becomes a field.

Owns the shape of such a table. Never knows what a tag means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from litwatch.reading.dates import date_text, day_of
from litwatch.reading.parsing import Element
from litwatch.reading.text import text_of

Fields = dict[str, Any]
"""The fields of a Paper as they are found; names with an underscore are settled at the end."""
Reader = Callable[[Element, Fields], None]
Readers = Mapping[str, Any]
"""By tag: the field that takes the element's text, a function that reads it, or the readers of its children."""


def walk(element: Element, readers: Readers, fields: Fields) -> None:
    """Reads each child as its tag says; children that no reader asks for are not kept."""
    for child in element:
        reader = readers.get(child.tag)
        if reader is None:
            continue
        if reader.__class__ is str:
            fields[reader] = text_of(child)
        elif reader.__class__ is dict:
            walk(child, reader, fields)
        else:
            reader(child, fields)


def append_to(name: str) -> Reader:
    """A reader that adds an element's text to a list."""

    def read(element: Element, fields: Fields) -> None:
        text = text_of(element)
        if text:
            fields.setdefault(name, []).append(text)

    return read


def children_into(name: str, tag: str) -> Reader:
    """A reader that adds the texts of an element's `tag` children to a list."""

    def read(element: Element, fields: Fields) -> None:
        texts = fields.setdefault(name, [])
        for child in element:
            if child.tag == tag:
                text = text_of(child)
                if text:
                    texts.append(text)

    return read


def day_into(name: str) -> Reader:
    """A reader that keeps an element's day."""

    def read(element: Element, fields: Fields) -> None:
        fields[name] = day_of(element)

    return read


def date_text_into(name: str) -> Reader:
    """A reader that keeps a date as text at its true precision."""

    def read(element: Element, fields: Fields) -> None:
        fields[name] = date_text(element)

    return read
