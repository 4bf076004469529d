"""Proves presence and spans against a slow reference: plain regular expressions over a folded text with a map back.

Written from the rules in the docstring of tokens.py and PubMed's on phrases, wildcards and proximity; it calls
neither tokens.py nor spans.py.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from hypothesis import example, given, settings
from hypothesis import strategies as st

from litwatch.paper import OtherAbstract, Paper, Passage, Span
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.parse import parse
from litwatch.reading import json_lines
from world import shared

WRITTEN_OUT = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th"}


@cache
def meaning(character: str) -> str:
    """What one character of a text counts as: small letters and digits, blanks, or nothing."""
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):  # marks on the letter before; invisible
        return ""
    if category[0] not in "LMN":  # punctuation, symbols, blanks, controls
        return " "
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).lower())
    return "".join(map(_letter, (part for part in parts if not unicodedata.combining(part))))


def _letter(small: str) -> str:
    name = unicodedata.name(small, "").split()
    if name[:3] == ["GREEK", "SMALL", "LETTER"]:
        return {"LAMDA": "lambda"}.get(name[-1], name[-1].lower())
    return WRITTEN_OUT.get(small, small if small.isalnum() else " ")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it counts, and for each place of it the place in the text that it comes from."""

    text: str
    places: tuple[int, ...]

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """Marks after the last letter belong to it."""
        return self.places[start], max(self.places[end], self.places[end - 1] + 1)


def folded(text: str) -> Folded:
    pairs = [(one, place) for place, character in enumerate(text) for one in meaning(character)]
    return Folded("".join(one for one, _ in pairs), (*(place for _, place in pairs), len(text)))


def asked_words(term: str) -> list[str]:
    """The words of a term, each a regular expression."""
    return [word.replace("qq", "[^ ]*") for word in folded(term.replace("*", "qq")).text.split()]


def phrase_places(text: str, words: list[str]) -> list[tuple[int, int]]:
    pattern = "(?<![^ ])" + " +".join(words) + "(?![^ ])"
    return [match.span() for match in re.finditer(pattern, text)]


def stands_near(text: str, words: list[str], distance: int) -> bool:
    """In some order, at most `distance` other words in each gap."""
    gap = f" +(?:[^ ]+ +){{0,{distance}}}"
    orders = (gap.join(order) for order in set(itertools.permutations(words)))
    return any(re.search(f"(?<![^ ]){order}(?![^ ])", text) for order in orders)


def chain_begins(found: list[str], last: int, left: Counter[str], distance: int) -> Iterator[int]:
    """Where the chains begin that have still to take the words `left` before the place `last`."""
    if not left.total():
        yield last
    for place in range(max(last - distance - 1, 0), last):
        if left[found[place]]:
            yield from chain_begins(found, place, left - Counter([found[place]]), distance)


def near_places(text: str, words: list[str], distance: int) -> Iterator[tuple[int, int]]:
    """For each word that can end a chain of all the words, in any order: the shortest that ends there."""
    places = list(re.finditer("[^ ]+", text))
    found = [one[0] for one in places]
    for last, word in enumerate(found):
        if word in words:
            begins = chain_begins(found, last, Counter(words) - Counter([word]), distance)
            begin = max(begins, default=None)
            if begin is not None:
                yield places[begin].start(), places[last].end()


FIELDS = ("title", "abstract", "other_abstracts", "keywords")


def texts_of(paper: Paper, field: str) -> list[str]:
    if field == "other_abstracts":
        return [one.text for one in paper.other_abstracts]
    if field == "keywords":
        return list(paper.keywords)
    return [paper.title if field == "title" else paper.abstract]


@dataclass(frozen=True, slots=True)
class Where:
    """What a scope is given: the passages of the abstract, and the sections in which text counts (none: all)."""

    passages: tuple[Passage, ...] = ()
    sections: frozenset[str] = frozenset()


def roles(text: str, passages: Iterable[Passage]) -> list[str]:
    """The role of each character; blanks in no passage belong to what stands before them."""
    found = [""] * len(text)
    for one in passages:
        found[one.start : one.end] = [one.role] * (one.end - one.start)
    for blank in re.finditer(r"\s+", text):
        start, end = blank.span()
        if start and end < len(text) and not any(found[start:end]) and found[start - 1] and found[end]:
            found[start:end] = [found[start - 1]] * (end - start)
    return found


def counted(paper: Paper, where: Where) -> Iterator[tuple[str, int, str]]:
    """Each text that counts, with its field and the place where it begins there."""
    if not where.sections:
        for field in FIELDS:
            begin = 0
            for text in texts_of(paper, field):
                yield field, begin, text
                begin += len(text) + len("; ")
        return
    if "title" in where.sections:
        yield "title", 0, paper.title
    begin = 0
    for role, run in itertools.groupby(roles(paper.abstract, where.passages)):
        end = begin + len(list(run))
        if role in where.sections:
            yield "abstract", begin, paper.abstract[begin:end]
        begin = end


def expected_spans(term: str, distance: int | None, paper: Paper, where: Where) -> list[Span]:
    """Where `term`[tiab] stands in the paper, in the order of fields and places."""
    found: list[Span] = []
    for field, begin, text in counted(paper, where):
        known, asked = folded(text), asked_words(term)
        if distance is None:
            places = phrase_places(known.text, asked)
        else:
            places = list(near_places(known.text, asked, distance))
            assert bool(places) is stands_near(known.text, asked, distance)
        for start, end in itertools.starmap(known.stretch, places):
            found.append(Span(field, begin + start, begin + end, text[start:end]))
    return in_order(found)


EVERYWHERE = Where()


def in_order(spans: Iterable[Span]) -> list[Span]:
    """Each once, by field and place."""
    return sorted(set(spans), key=lambda span: (FIELDS.index(span.field), span.start, span.end))


def checked(terms: list[tuple[str, int | None]], paper: Paper, where: Where = EVERYWHERE) -> None:
    """One matcher for all terms, alone and joined, says what the reference says."""
    written = [f'"{term}"[tiab{"" if distance is None else f":~{distance}"}]' for term, distance in terms]
    alone = [expected_spans(term, distance, paper, where) for term, distance in terms]
    queries, expected = list(written), list(alone)
    for one, other in itertools.pairwise(range(len(terms))):
        first, second = alone[one], alone[other]
        queries += [f"{written[one]} {how} {written[other]}" for how in ("AND", "OR", "NOT")]
        both = in_order([*first, *second])
        expected += [both if first and second else [], both, [] if second else first]
    scopes = [Scope(parse(query), where.sections) for query in queries]
    reading = compile_scopes(scopes).read(paper, where.passages)
    for index, (query, spans) in enumerate(zip(queries, expected, strict=True)):
        assert reading.matches(index) is bool(spans), query
        assert list(reading.spans(index)) == spans, query


PIECES = st.sampled_from([
    "ketamine", "Ketamine", "naive", "naïve", "nai\u0308ve", "e\u0301tude", "étude\u0301", "β", "beta", "17β", "Λ",
    "lambda", "Στρες", "ß", "Straße", "strasse", "ﬁne", "Œdema", "æ", "Ł", "5-HT2A", "(S)-", "R,S", "½", "m²",
    "p<0.05", "™", "ket\u00adamine", "\u200bdose", "dose\u200b", "Alzheimer's", "Alzheimer’s", "a", "\u0301", "µ", "ǅ",
    "İ",
])  # fmt: skip
GLUE = st.sampled_from([" ", " ", " ", "", "-", ", ", ". ", "  ", "\u2013", "\u00a0", "\n", "|", " | ", "; "])
Term = tuple[str, int | None]


@st.composite
def papers_and_terms(draw: st.DrawFn) -> tuple[Paper, list[Term]]:
    """A paper of a few words that come again and again, and terms made of them."""
    pool = draw(st.lists(PIECES, min_size=1, max_size=4, unique=True))
    pieces = st.tuples(st.sampled_from(pool), GLUE).map("".join)
    texts = st.lists(pieces, max_size=9).map("".join)
    several = st.lists(texts.filter(bool), max_size=3).map(tuple)
    others = tuple(OtherAbstract("Publisher", "fre", text) for text in draw(several))
    paper = Paper(1, title=draw(texts), abstract=draw(texts), keywords=draw(several), other_abstracts=others)
    words = sorted({word for piece in pool for word in folded(piece).text.split()} | {"a"})
    long = [word for word in words if len(word) > 4] or ["ketamine"]
    ends = [(word[:4], word[-2], word[-1]) for word in long]
    cut = st.sampled_from([
        form for head, second, last in ends
        for form in (f"{head}*", f"{head}*{last}", f"{head}*{second}*", f"{head}*{second}*{last}")
    ])  # fmt: skip
    phrases = st.lists(st.sampled_from(words), min_size=1, max_size=3).map(" ".join)
    written = st.sampled_from([piece for piece in pool if folded(piece).text.strip()] or ["a"])
    alone = st.one_of(phrases, written, cut, st.tuples(cut, phrases).map(" ".join))
    close = st.lists(st.sampled_from(words), min_size=2, max_size=3).map(" ".join)
    terms = st.one_of(st.tuples(alone, st.none()), st.tuples(close, st.integers(0, 3)))
    return paper, draw(st.lists(terms, min_size=1, max_size=5))


@settings(max_examples=200)
@given(papers_and_terms())
@example((Paper(1, title="½ dose, étude\u0301"), [("1", None), ("2 dose", None), ("etude", None)]))
@example((Paper(1, title="a a a a a", abstract="aa* a-a"), [("a a", None), ("a a", 0), ("a a a", 1)]))
@example(
    (
        Paper(1, title="a x b x b x s, m m naive m"),
        [("a b s", 2), ("m m naive", 1), ("m m m", 0), ("m m m", 1)],
    )
)
@example(
    (
        Paper(1, title="banana bananas bananaana"),
        [("bana*an*a", None), ("bana*na*na", None), ("bana*s ba*", None)],
    )
)
@example((Paper(1, title="a x x b s, a x b s"), [("a b s", 1), ("s a b", 2), ("b a s", 0)]))
@example(
    (
        Paper(1, keywords=("S", "ketamine dose")),
        [("s ketamine", None), ("ketamine s", 3), ("keta* dose", None)],
    )
)
def test_presence_and_spans_are_those_of_plain_regular_expressions(case: tuple[Paper, list[Term]]) -> None:
    paper, terms = case
    checked(terms, paper)


@st.composite
def passages_of(draw: st.DrawFn, text: str) -> Where:
    """Passages that begin and end anywhere, inside a word, too, and some of them left out."""
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=4)) | {0, len(text)})
    named = st.sampled_from(["aim", "results", "results", ""])
    found = ((draw(named), *one) for one in itertools.pairwise(cuts))
    passages = tuple(Passage(role, start, end) for role, start, end in found if role)
    sections = st.sampled_from([(), ("aim",), ("results",), ("aim", "results"), ("title", "aim"), ("title",)])
    return Where(passages, frozenset(draw(sections)))


@settings(max_examples=200)
@given(
    papers_and_terms().flatmap(
        lambda case: st.tuples(st.just(case[0]), st.just(case[1]), passages_of(case[0].abstract))
    )
)
@example((
    Paper(1, abstract="Ketamine. Ketamine ketamine end."),
    [("ketamine ketamine", None), ("ketamine ketamine", 0)],
    Where((Passage("aim", 0, 9), Passage("results", 10, 32)), frozenset(("results",))),
))  # fmt: skip
@example((
    Paper(1, abstract="a b, a b c. a b"),
    [("a b", None), ("b a", 1), ("b c a", 0)],
    Where((Passage("results", 5, 11), Passage("aim", 11, 15)), frozenset(("aim", "results"))),
))  # fmt: skip
@example(
    (
        Paper(1, abstract="naive"),
        [("naive", None), ("nai", None)],
        Where((Passage("aim", 0, 3),), frozenset()),
    )
)
@example((
    Paper(1, abstract="naive"), [("naive", None), ("nai", None)], Where((Passage("aim", 0, 3),), frozenset(("aim",))),
))  # fmt: skip
def test_a_scope_finds_what_stands_inside_one_passage_and_says_where(
    case: tuple[Paper, list[Term], Where],
) -> None:
    paper, terms, where = case
    checked(terms, paper, where)


CUT = {"aaaac": ["aaaac", "aaaac", "aaaa*", "aaaa*c"], "aaaab": ["aaaab", "aaaa*", "aaaa*b"]}


@st.composite
def texts_and_long_phrases(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Words that come again and again, and more of them in a row than are tried one by one; at times one is wrong."""
    found = draw(st.lists(st.sampled_from(["a", "b", "aaaac", "aaaab"]), min_size=10, max_size=40))
    first = draw(st.integers(0, len(found) - 9))
    asked = [
        draw(st.sampled_from(CUT.get(word, [word])))
        for word in found[first : first + draw(st.integers(9, 20))]
    ]
    if draw(st.integers(0, 3)) == 0:
        asked[draw(st.integers(0, len(asked) - 1))] = draw(st.sampled_from(["a", "b", "aaaac"]))
    return found, asked


@settings(max_examples=100)
@given(texts_and_long_phrases())
@example((["a"] * 40, ["a"] * 9))
@example((["aaaab", "a"] * 20, ["aaaa*", "a"] * 5))
def test_a_long_phrase_is_found_where_trying_every_place_finds_it(case: tuple[list[str], list[str]]) -> None:
    found, asked = case
    checked([(" ".join(asked), None)], Paper(1, title=" ".join(found), abstract=" ".join([*found, *found])))


REAL: list[Term] = [
    ("ketamine", None), ("esketamine", None), ("s ketamine", None), ("depress*", None), ("treatment resist*", None),
    ("treatment resistant depression", None), ("antidepress*ts", None), ("5 ht2a", None), ("beta", None),
    ("mg kg", None), ("p 0 05", None), ("95 ci", None), ("alzheimer s", None), ("n methyl d aspartate", None),
    ("naive", None), ("ketamine depression", 3), ("single dose ketamine", 2), ("of the", 0), ("suicidal ideation", 5),
    ("the the", 4), ("ketamine ketamine", 8), ("depr*s*n", None), ("anti*d*p*ess* effect*", None),
]  # fmt: skip


def test_presence_and_spans_are_the_same_on_real_records() -> None:
    with shared("corpus/ketamine.jsonl").open("rb") as stream:
        papers = [one for one in json_lines.read(stream) if isinstance(one, Paper)]
    chosen = papers[::32]
    assert sum(not paper.abstract.isascii() for paper in chosen) > 5
    for paper in chosen:
        checked(REAL, paper)
