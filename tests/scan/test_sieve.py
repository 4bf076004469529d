"""Proves that no record that matches is held back by the look at its bytes, on NLM's own file, too."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator

import pytest

from litwatch.edge.files import parts
from litwatch.paper import Paper
from litwatch.query import sieve
from litwatch.query.literals import covers
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.parse import parse
from litwatch.query.seeking import FOUND, plain_seeker, seeker
from litwatch.query.sieve import Sieve
from litwatch.query.tokens import fold, normal
from litwatch.reading.batching import batches
from litwatch.reading.pubmed_xml import BATCH, records_of
from world import shared


def record(title: str = "A title", *, beside: str = "", data: str = "", abstract: str = "Nothing.") -> bytes:
    return (
        '<PubmedArticle><MedlineCitation><PMID Version="1">99000001</PMID><Article><Journal><Title>J</Title></Journal>'
        f"<ArticleTitle>{title}</ArticleTitle><Abstract><AbstractText>{abstract}</AbstractText></Abstract>"
        "<AuthorList><Author><LastName>Ketaminsky</LastName></Author></AuthorList></Article>"
        f"{beside}</MedlineCitation><PubmedData><ArticleIdList/>{data}</PubmedData></PubmedArticle>"
    ).encode()


def sieves(query: str) -> list[Sieve]:
    return [Sieve(cover.literals, everywhere=cover.everywhere) for cover in covers(parse(query))]


@pytest.mark.parametrize(
    "title",
    [
        "Ketamine",
        "KETAMINE",
        "Kétamine",
        "Ke\u0301tamine",
        "<i>Keta</i>mine",
        "<i>Ket</i><sub>a</sub>mine",
        "Keta\u00admine",
        "Keta\u200bmine",
        "K&#233;tamine",
        "K&#xe9;tamine",
        "Keta&#xAD;mine",
        "&#75;etamine",
        "\uff4b\uff45\uff54amine",
        "\uff4b\uff45\uff54\uff41\uff4d\uff49\uff4e\uff45",
        "\u212aetamine",
        "<i>K\u00e9</i>tamine",
        "k<mml:math xmlns:mml='http://www.w3.org/1998/Math/MathML'><mml:mi>eta</mml:mi></mml:math>mine",
        "<![CDATA[Ketamine]]>",
        "Keta<!-- not so -->mine",
        "Keta<sup/>mine",
        "Keta<i />mine",
        "<sub >Keta</sub>mine",
        '<i class="x">Keta</i>mine',
        "Keta<em>mine</em>",
        "Keta<?pi?>mine",
        "<!-- <AuthorList> -->ketamine",
        "<!-- <PubmedData> -->ketamine",
        "keta\U0001d426ine",
    ],
)
def test_a_word_is_seen_however_it_is_spelt(title: str) -> None:
    for where in (record(title), record(abstract=title)):
        [one] = sieves("ketamine[tiab]")
        assert one.passes(where)
        seen = records_of((where,), 1)[0]
        assert isinstance(seen, Paper)
        assert compile_scopes([Scope(parse("ketamine[tiab]"))]).read(seen).matches(0)


@pytest.mark.parametrize(
    "title", ["A title", "Keta mine", "Keta\u2013mine", "<i>Keta</i> mine", "Kät amine", "Ket\u00e9m"]
)
def test_what_does_not_hold_it_is_held_back(title: str) -> None:
    [one] = sieves("ketamine[tiab]")
    assert not one.passes(record(title))


@pytest.mark.parametrize("make", [seeker, plain_seeker])
@pytest.mark.parametrize(
    ("query", "seen", "held"),
    [
        (
            "ect[tiab]",
            [
                "ECT",
                "(ECT)",
                "bi-ECT/5",
                "_ect_",
                "e<i>c</i>t",
                "<b>e</b>ct",
                "\u00e9ct",
                "e\u00adct",
                "\u03b2 ect",
            ],
            ["effect", "aect", "<i>effe</i>ct", "ect1", "ects"],
        ),
        ("mu[tiab]", ["\u03bc", "\u00b5", "<i>m</i>u", "5\u2013\u03bc"], ["5\u03bc", "5 \u00b5g", "mus"]),
        ("depr*[tiab]", ["depression", "d\u00e9pression", "(depr"], ["antidepressant", "repr"]),
        ("depr*on[tiab]", ["depression", "depr\u00e9cation"], ["epr on"]),
    ],
)
def test_a_short_word_is_looked_for_as_a_word_of_its_own(
    query: str, seen: list[str], held: list[str], make: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sieve, "seeker", make)
    [one], matcher = sieves(query), compile_scopes([Scope(parse(query))])
    for title in (*seen, *held):
        raw = record(title)
        [paper] = records_of((raw,), 1)
        assert isinstance(paper, Paper)
        assert matcher.read(paper).matches(0) is (title in seen), title
        assert one.passes(raw) is (title in seen), title


@pytest.mark.parametrize(
    "title",
    [
        "k&eacute;tamine",
        "keta&shy;mine",
        "keta&#0;mine",
        "keta&nbsp;mine",
        "b\udcade",
        "keta&ampx;mine",
        "keta&lt mine",
        "keta&quo;mine",
        "keta&apostrophe;mine",
    ],
)
def test_what_only_the_reader_can_tell_is_left_to_it(title: str) -> None:
    [one] = sieves("ketamine[tiab]")
    raw = record("A title").replace(b"A title", title.encode("utf-8", "surrogateescape"))
    assert one.passes(raw)
    assert not one.passes(record("A &lt; &gt; &amp; &quot; &apos; title"))


def test_a_byte_that_may_have_been_a_letter_in_another_encoding_is_left_to_the_reader() -> None:
    [one] = sieves("ketamine[tiab]")
    raw = record("Ket?mine")
    assert not one.passes(raw)
    assert all(one.passes(raw.replace(b"?", bytes([byte]))) for byte in range(128, 256))


def test_a_number_is_found_without_its_marks() -> None:
    chemical = (
        "<ChemicalList><Chemical><RegistryNumber>6740-88-1</RegistryNumber>"
        '<NameOfSubstance UI="D007649">Ketamine</NameOfSubstance></Chemical></ChemicalList>'
    )
    raw = record(beside=chemical)
    [paper] = records_of((raw,), 1)
    assert isinstance(paper, Paper)
    for query in ("6740881[nm]", '"6740-88-1"[nm]', "ketamine[nm]", "D007649[nm]"):
        assert compile_scopes([Scope(parse(query))]).read(paper).matches(0), query
        assert all(one.passes(raw) for one in sieves(query)), query


def test_a_single_character_may_be_a_word() -> None:
    [one] = sieves("beta[tiab]")
    assert one.passes(record("A \u03b2 of 3"))
    assert not one.passes(record("A \u03b3 of 3"))


def test_authors_and_numbers_are_looked_at_only_where_they_are_asked_for() -> None:
    [text], [people], [numbers] = (
        sieves("ketaminsky[tiab]"),
        sieves("ketaminsky[ad]"),
        sieves("ketaxyz[all]"),
    )
    assert not text.passes(record())
    assert people.passes(record())
    named = record(data='<ArticleId IdType="doi">10.9999/ketaxyz</ArticleId>')
    assert numbers.passes(named)
    assert not sieves("ketaxyz[tiab]")[0].passes(named)


@pytest.mark.parametrize(
    ("query", "literals"),
    [
        ("ketamine[tiab]", [{"ketamine"}]),
        ("ketamin*[tiab] AND depress*[tiab]", [{"ketamin"}, {"depress"}]),
        ("ketamine[tiab] OR psilocybin[tiab]", [{"ketamine", "psilocybin"}]),
        ("ketamine[tiab] NOT psilocybin[tiab]", [{"ketamine"}]),
        ("ketamine[tiab] AND 2020:2022[dp]", [{"ketamine"}]),
        ('"magnetic seizure therapy"[tiab]', [{"magnetic"}, {"seizure"}, {"therapy"}]),
        ('"COMP 360"[tiab] OR psilocybin[tiab]', [{" comp ", "psilocybin"}]),
        ('"5 HT"[tiab] OR ect[all]', [{" ht ", " ect "}]),
        ("101[all]", [{"101"}]),
        ("depr*on[tiab]", [{" depr"}]),
        ('"the use of ect"[tiab]', [{" ect "}, {" the "}, {" use "}, {" of "}]),
        ("may[tiab]", []),
        ("ketamine[tiab] OR 2020:2022[dp]", []),
        ("smith j[au]", []),
        ("2020[dp]", []),
        ("(ketamine[tiab] OR smith[au]) AND depression[tiab]", [{"depression"}]),
        ("and[sh] OR and[tiab]", []),
        ("ketamine[nm]", [{"ketamine"}]),
        ("6740881[nm]", []),
        ("11c-raclopride[nm]", [{"raclopride", "craclopride"}]),
        (f"{'x' * 5000}[tiab]", [{"x" * 40}]),
    ],
)
def test_the_letters_that_every_match_holds(query: str, literals: list[set[str]]) -> None:
    assert sorted(map(sorted, (cover.literals for cover in covers(parse(query))))) == sorted(
        map(sorted, literals)
    )


def test_a_heading_is_looked_for_by_all_its_names() -> None:
    name = '<DescriptorName UI="D000001" MajorTopicYN="N">Ketamine</DescriptorName>'
    [one] = sieves("ketamine[mh]")
    assert one.passes(record(beside=f"<MeshHeadingList><MeshHeading>{name}</MeshHeading></MeshHeadingList>"))


def test_without_hyperscan_the_same_is_found() -> None:
    few, many = [b"ketamine"], [b"ketamine", *(f"word{number}".encode() for number in range(20))]
    for wanted in (few, many):
        for make in (plain_seeker, seeker):
            look = make(wanted, [b"<!"], [b"<mml:", b"&#|&z"])
            assert look(b"some KETAmine") is FOUND
            assert look(b"keta<mml:mi><!") is FOUND
            assert list(look(b"keta<mml:mi>")) == [9]
            assert sorted(look(b"keta&zmine, &# <mml:")) == [6, 14, 20]
            assert list(look(b"nothing")) == []
            assert look(b"a\x8aword") is look(b"\xc1word") is FOUND


def test_every_character_that_has_a_part_in_words_is_marked() -> None:
    marked = re.compile(sieve._OTHER)
    unmarked = [
        f"U+{code:04X}"
        for code in range(128, sys.maxunicode + 1)
        if not 0xD800 <= code <= 0xDFFF and fold(chr(code)) != " " and not marked.search(chr(code).encode())
    ]
    assert unmarked == []


@pytest.fixture(scope="module")
def large() -> list[tuple[bytes, Paper]]:
    file = shared("corpus/nlm-update-2021.xml.gz")
    raws = batches((part for part in parts(file) if isinstance(part, bytes)), BATCH)
    return [
        (raw, paper)
        for batch in raws
        for raw, paper in zip(batch, records_of(batch, 1), strict=True)
        if isinstance(paper, Paper)
    ]


def queries(papers: list[tuple[bytes, Paper]], most: int) -> Iterator[str]:
    """Random queries in the words of random records, many of them words that no search of plain bytes finds."""
    chance = random.Random(10)
    hidden = [
        word
        for raw, paper in papers
        if not paper.abstract.isascii() or b"</su" in raw or b"</i>" in raw
        for small in (raw.lower(),)
        for word in set(normal(f"{paper.title} {paper.abstract}").split())
        if len(word) > 4 and word.encode() not in small
    ]
    assert len(hidden) > 3_000

    def term() -> str:
        if chance.random() < 0.3:
            return f"{chance.choice(hidden)}[tiab]"
        _, paper = chance.choice(papers)
        words = [word for word in (f"{paper.title} {paper.abstract}").split() if word.isprintable()]
        at = chance.randrange(len(words)) if words else 0
        some = " ".join(words[at : at + chance.choice((1, 1, 2, 3))]) or "depression"
        some = (
            "".join(each for each in some if each.isalnum() or each in " -" or not each.isascii()).strip(" -")
            or "mood"
        )
        kind = chance.randrange(7)
        if kind == 0 and paper.mesh:
            return f'"{chance.choice(paper.mesh).descriptor}"[mh]'
        if kind == 1 and paper.keywords:
            return f'"{chance.choice(paper.keywords).replace(chr(34), "")}"[ot]'
        if kind == 2 and len(some.split()[0]) > 5:
            return f"{some.split()[0][:5]}*[tiab]"
        if kind == 3 and len(some.split()) > 1:
            return f'"{some}"[tiab:~2]'
        return f'"{some}"[{chance.choice(("tiab", "ti", "tw", "all"))}]'

    def clause(depth: int) -> str:
        if depth == 0 or chance.random() < 0.3:
            return term()
        operator = chance.choice((" OR ", " OR ", " AND ", " NOT "))
        return f"({clause(depth - 1)}{operator}{clause(depth - 1)})"

    for _ in range(most):
        yield clause(chance.randrange(4))


@pytest.mark.timeout(600)
def test_of_200_random_queries_no_match_in_nlms_file_is_held_back(large: list[tuple[bytes, Paper]]) -> None:
    from litwatch.errors import QueryError

    asked = []
    for text in queries(large, 400):
        try:
            asked.append(parse(text))
        except QueryError:
            continue
    asked = asked[:200]
    assert len(asked) == 200
    matcher = compile_scopes([Scope(query) for query in asked])
    ways = [[Sieve(one.literals, everywhere=one.everywhere) for one in covers(query)] for query in asked]
    plain = [[[word.encode() for word in one.literals] for one in covers(query)] for query in asked]
    matched = odd = 0
    for raw, paper in large:
        for number in matcher.read(paper).matching():
            matched += 1
            for way in ways[number]:
                assert way.passes(raw), (paper.pmid, str(asked[number]))
            small = raw.lower()
            odd += not all(any(word in small for word in words) for words in plain[number])
    assert matched > 5_000
    assert odd > 50  # plain bytes would have held these back
    assert sum(not some for some in ways) < 20
