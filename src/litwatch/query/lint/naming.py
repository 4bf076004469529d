"""Owns what lint calls a subheading.

Never says what is wrong with it; headings.py does.
"""

from __future__ import annotations

from litwatch.query.tokens import normal
from litwatch.query.vocabulary import subheading_names


def full_subheading(name: str) -> str | None:
    """The full name, as words, of a subheading by its name or abbreviation; None where there is none."""
    key = name.strip().lower()
    if key in subheading_names():
        return subheading_names()[key]
    plain = without_and(normal(name))
    return next((one for one in subheading_names().values() if without_and(one) == plain), None)


def without_and(words: str) -> str:
    """`administration and dosage`, as PubMed prints it, and `administration & dosage`, as MeSH does, are one."""
    return " ".join(word for word in words.split() if word != "and")
