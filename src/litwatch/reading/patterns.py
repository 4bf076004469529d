"""What may be read by pattern: text without markup, references or anything that XML forbids.

Owns that test. Never guesses: what does not pass is left to libxml2.
"""

from __future__ import annotations

import re

TEXT = "([^<]*+)"
"""A group of text between two tags."""
GAP = r"[ \t\r\n]*+"
"""What may stand between two tags."""
_MARKS = "|".join(f"{tag}>[^<]*+</{tag}" for tag in ("i", "b", "u", "sub", "sup"))
MARKED = rf"([^<]*+(?:<(?:{_MARKS})>[^<]*+)*+)"
"""A group of text with plain markup, none within another."""
LESS = "\x01"
"""Stands for `<` in text until the tags have been read; XML forbids it, so no text has it of itself."""
_REFERENCES = {b"amp": b"&", b"gt": b">", b"lt": LESS.encode()}
# Bytes that translate to themselves are given back as they are, the same object.
_ALLOWED = bytes(byte if byte >= 32 or byte in b"\t\n\r" else 32 for byte in range(256))


def ungrouped(pattern: str) -> str:
    """The same pattern without groups, to stand repeated in a larger one."""
    return re.sub(r"\((?!\?)", "(?:", pattern)


def only_tags(encoded: bytes) -> bool:
    """Whether every `<` begins a tag: no comment, CDATA or processing instruction is there to mislead `find`."""
    return not any(mark in encoded and _follows(encoded, mark, b"<") for mark in (b"!", b"?"))


def _follows(encoded: bytes, mark: bytes, before: bytes) -> bool:
    # To look for one letter and then at the one before it is ten times as fast as to look for two.
    return any(stretch.endswith(before) for stretch in encoded.split(mark)[:-1])


def plain(encoded: bytes) -> bytes | None:
    """Bytes that libxml2 would take as they are, if they are UTF-8; None where it would not, or might not.

    `&amp;` and `&gt;` are given as `&` and `>`, `&lt;` as LESS; any other reference is None. A pattern that
    itself ruled out what XML forbids would be slow.
    """
    if encoded.translate(_ALLOWED) != encoded or (b"]" in encoded and b"]]>" in encoded):
        return None
    if b"\xef" in encoded and (b"\xef\xbf\xbe" in encoded or b"\xef\xbf\xbf" in encoded):  # U+FFFE, U+FFFF
        return None
    return _expanded(encoded) if b"&" in encoded else encoded


def _expanded(encoded: bytes) -> bytes | None:
    before, *referring = encoded.split(b"&")
    pieces = [before]
    for each in referring:
        name, end, after = each.partition(b";")
        meaning = _REFERENCES.get(name)
        if meaning is None or not end:
            return None
        pieces += (meaning, after)
    return b"".join(pieces)


def escaped(text: str) -> bytes:
    """UTF-8 that `plain` made `text` of, or other that means the same."""
    return text.replace("&", "&amp;").replace(LESS, "&lt;").replace("]]>", "]]&gt;").encode()
