"""Text of a record as it may stand anywhere, and where the paper is: for mails, pages and files of other programs.

Owns which characters harm. Never escapes for a format: each does that itself.
"""

from __future__ import annotations

import unicodedata

#: Longer is no date and no number of a journal, but somebody's text in its place.
LONGEST_FACT = 60
#: Invisible characters that turn the reading order, and marks that hide in it (Unicode TR36, TR9).
BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF])
#: Line breaks that are not "\n"; a header or a plain text must not break at them.
BREAKS = dict.fromkeys((0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029), " ")


def clean(text: str) -> str:
    """The text without control characters, bidi overrides and noncharacters; breaks and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each
        for each in text.translate(BIDI | BREAKS)
        if each in "\n\t" or (unicodedata.category(each) not in ("Cc", "Cs") and ord(each) & 0xFFFE != 0xFFFE)
    )


def one_line(text: str) -> str:
    """All white space as single blanks."""
    return " ".join(clean(text.replace("\0", " ")).split())


def pubmed_link(pmid: int) -> str:
    """The paper at PubMed."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{int(pmid)}/"


def lower_first(words: str) -> str:
    """A label inside a line: "Intravenous" loses its capital, "IV" and "MDMA" keep theirs."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def cut(text: str, length: int = LONGEST_FACT) -> str:
    """A date or number as the record has it; what no journal would write is cut, visibly."""
    return text if len(text) <= length else text[:length] + "…"
