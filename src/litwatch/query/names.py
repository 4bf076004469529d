"""Owns whether a name that was asked for is a person or group of the record, as PubMed's author index has them.

Never says which people of a paper count: record.PEOPLE does.

PubMed User Guide, "Searching by author" and Author [au]: "smith j" is truncated for varying initials unless it is in
quotes; a full name may be entered in natural or inverted order, and without its middle names; a comma following the
last name says which is the last name. Apostrophes are nothing.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from litwatch.paper import Author
from litwatch.query.leaves import Person
from litwatch.query.record import remembered


class _Forms(NamedTuple):
    """A name as it is found: "wong js jr"; "wong julia s jr"; "julia s wong jr" and shorter; a group's name.

    Empty where the record has no such form.
    """

    short: str
    inverted: str
    natural: tuple[str, ...]
    collective: str


@lru_cache(maxsize=65536)
def _forms(author: Author) -> _Forms:
    last = remembered(author.last_name.replace("'", "").replace("\u2019", ""))
    initials = remembered(author.initials).replace(" ", "")
    suffix = remembered(author.suffix)
    first = remembered(author.fore_name)
    natural = [_joined(fore, last) for fore in accumulate(first.split(), _joined)] if last else []
    if suffix:
        natural += [_joined(name, suffix) for name in natural]
    return _Forms(
        _joined(last, initials, suffix),
        _joined(last, first, suffix),
        tuple(reversed(natural)),
        remembered(author.collective_name) if author.collective_name else "",
    )


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def is_named(leaf: Person, author: Author) -> bool:
    """Whether the author is who was asked for."""
    forms = _forms(author)
    indexed = (
        (forms.inverted, forms.collective) if leaf.full else (forms.short, forms.inverted, forms.collective)
    )
    natural = () if leaf.inverted else forms.natural
    if leaf.cut:
        natural = natural[:1] if " " in leaf.name else ()
        return any(form.startswith(leaf.name) for form in (*indexed, *natural))
    if leaf.quoted:
        whole = leaf.name in (*indexed, *natural[:1])
        return whole or (" " not in leaf.name and any(form.startswith(leaf.name + " ") for form in indexed))
    if leaf.name in natural or leaf.name in indexed:
        return True
    begun = leaf.name if " " in leaf.name else leaf.name + " "
    return any(form.startswith(begun) for form in indexed)
