"""What may be read by pattern: text without markup, references or anything that XML forbids.

Owns that test. Never guesses: what does not pass is left to libxml2.
"""

from __future__ import annotations

import re

TEXT = "([^<]*+)"
"""A group of text between two tags."""

_FORBIDDEN = bytes([*range(9), 11, 12, *range(14, 32)])


def ungrouped(pattern: str) -> str:
    """The same pattern without groups, to stand repeated in a larger one."""
    return re.sub(r"\((?!\?)", "(?:", pattern)


def plain(encoded: bytes) -> str | None:
    """The text of bytes in which only tags and `&amp;` could mean more than they say; None where more could.

    `&amp;` is given as `&`. A pattern that itself ruled out what XML forbids would be slow.
    """
    if b"&" in encoded:
        if encoded.count(b"&") != encoded.count(b"&amp;"):
            return None
        encoded = encoded.replace(b"&amp;", b"&")
    if b"]" in encoded and b"]]>" in encoded:
        return None
    if len(encoded.translate(None, _FORBIDDEN)) != len(encoded):
        return None
    try:
        return encoded.decode()
    except UnicodeDecodeError:
        return None
