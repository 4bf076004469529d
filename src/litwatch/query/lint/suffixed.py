"""Owns what other databases hang on a word or a phrase to name its field: ketamine.ti,ab. and 'ketamine':ti,ab.

Never looks at headings (slashed.py).
"""

from __future__ import annotations

import re

from litwatch.query.lexemes import QUOTES
from litwatch.query.lint.rough_reading import Piece, Reading
from litwatch.query.lint.slashed import LOOK_UP, OPERATOR_IN, Shape, continues, heading_named
from litwatch.query.mesh import Mesh

# Ovid's and Embase's field codes, and the PubMed field that searches the same; "" where none does.
_FIELDS = {
    "ti": "ti", "ab": "tiab", "tw": "tiab", "kw": "ot", "kf": "ot", "mp": "tw", "af": "all", "hw": "", "sh": "mh:noexp",
    "pt": "pt", "nm": "nm", "rn": "rn", "au": "au", "jn": "ta", "jw": "ta", "ot": "ot", "la": "la", "fs": "sh:noexp",
    "xm": "mh", "xs": "sh", "de": "mh:noexp", "tn": "tiab", "so": "ta", "id": "ot", "py": "dp", "yr": "dp",
    "tiab": "tiab", "title": "ti", "abstract": "tiab", "mesh": "mh", "mh": "mh", "majr": "majr",
}  # fmt: skip
_NOTES = {
    "mp": "; Ovid's .mp. searches titles, abstracts, headings and names of substances, and so does [tw]",
    "sh": "; Ovid's .sh. finds no narrower headings, and so does :noexp",
}
#: What a wider field holds: the narrower one beside it is not needed.
_WITHIN = {"all": None, "tw": ("tiab", "ti", "ot"), "tiab": ("ti", "ot")}
OVID_SUFFIX = re.compile(r"(?P<word>.*?)\.(?P<codes>[a-z]{2}(?:,[a-z]{2})*)\.?", re.IGNORECASE)
COLON_SUFFIX = re.compile(
    r"(?P<word>.*?):(?P<codes>[a-z]{2}(?:,[a-z]{2})*|tiab|title|abstract|mesh|majr)", re.IGNORECASE
)
_ENDS = re.compile(r"(?:and|or|not)|.*/(?:exp|de|mj|br)?|.*[.:][a-z]{2}(?:,[a-z]{2})*\.?", re.IGNORECASE)
_APOSTROPHES = "'’‘"


def glued_field(piece: Piece, before: Piece, after: Piece | None, mesh: Mesh | None) -> Shape | None:
    """What hangs on a phrase or a bracket: "low mood".ti,ab. or "low mood":ti,ab."""
    pattern = {".": OVID_SUFFIX, ":": COLON_SUFFIX}.get(piece.text[0])
    match = pattern.fullmatch(piece.text) if pattern is not None else None
    found = _suffix_tags(match) if match is not None else None
    if found is None:
        return None
    platform, tags, note = found
    certain = before.kind == "quote" and (after is None or after.kind != "tag")
    certain = certain and not set("*?#$") & set(before.text)
    instead = _tagged(before.text, tags, platform, mesh) if certain else ""
    named = [f"[{tag}]" for tag in tags if tag]
    return Shape(
        platform,
        instead,
        _advice(tags, f"write {' and '.join(named)} after each term"),
        before.start if certain else None,
        piece.end,
        note,
    )


def fielded(reading: Reading, position: int, match: re.Match[str], mesh: Mesh | None) -> Shape | None:
    """depress$.ti,ab. or major depress$.ti,ab.: the words before it are a phrase in Ovid."""
    found = _suffix_tags(match)
    if found is None:
        return None
    platform, tags, note = found
    pieces = reading.pieces
    first = position
    while first and continues(reading, first) and not _ENDS.fullmatch(pieces[first - 1].text):
        first -= 1
    phrase = " ".join([*(piece.text for piece in pieces[first:position]), match["word"]]).replace("$", "*")
    single = phrase[0] in _APOSTROPHES and phrase[-1] in _APOSTROPHES
    phrase = phrase.strip(_APOSTROPHES) if single else phrase
    short = "*" in phrase and len(phrase.partition("*")[0].replace(" ", "")) < 4
    certain = not short and re.fullmatch(r"[\w' -]+\*?", phrase) and not OPERATOR_IN.search(f" {phrase} ")
    # Embase and Cochrane take words without quotation marks for words, each by itself.
    certain = certain and (first == position or platform == "Ovid" or single)
    quoted = f'"{phrase}"' if " " in phrase else phrase
    instead = _tagged(quoted, tags, platform, mesh) if certain else ""
    return Shape(platform, instead, _advice(tags), pieces[first].start, pieces[position].end, note)


def _advice(tags: list[str], otherwise: str = "translate it by hand") -> str:
    if "" in tags:
        return "translate it by hand: PubMed has no field of the words within headings; name the headings"
    return LOOK_UP if any(tag.startswith("mh") for tag in tags) else otherwise


def _tagged(quoted: str, tags: list[str], platform: str, mesh: Mesh | None) -> str:
    """The words with each of the tags; "" where one of them cannot be had."""
    terms = []
    for tag in tags:
        if not tag:
            return ""
        if tag.startswith("mh"):
            heading = heading_named(quoted.strip(QUOTES), platform.partition(" ")[0], mesh)
            if not heading:
                return ""
            terms.append(f'"{heading}"[{tag}]')
        else:
            terms.append(f"{quoted}[{tag}]")
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def _suffix_tags(match: re.Match[str]) -> tuple[str, list[str], str] | None:
    """The platform, PubMed's fields without those that another one holds, and what is to be said of them."""
    codes = match["codes"].lower().split(",")
    if not all(code in _FIELDS for code in codes):
        return None
    tags = list(dict.fromkeys(_FIELDS[code] for code in codes))
    for wider, narrower in _WITHIN.items():
        if wider in tags:
            tags = [tag for tag in tags if tag == wider or (narrower is not None and tag not in narrower)]
    platform = "Ovid" if match[0][match.end("word")] == "." else "Embase or the Cochrane Library"
    if codes[0] in ("tiab", "title", "abstract", "mesh", "mh", "majr"):
        platform = "another search page"
    if (
        len(codes) == 1
        and platform == "Ovid"
        and not match[0].endswith(".")
        and codes[0] not in ("ti", "ab", "tw", "mp")
    ):
        return None  # a name on the web, or the end of a sentence
    return platform, tags, next((note for code, note in _NOTES.items() if code in codes), "")
