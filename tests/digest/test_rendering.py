"""A digest as mail programs get it: whole, safe, readable.

Owns what templates must hold, by parsing their output back. Never judges looks: scripts/screenshots does.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from digest.samples import (
    FAILED_SEARCH,
    HOSTILE_TITLES,
    NOW,
    QUIET_SEARCH,
    READER,
    SAMPLES,
    TEMPLATES,
    WATCH,
    digest,
    forty,
    hostile,
    made_up,
    papers,
    retraction,
)
from litwatch.decide.digest import Digest, SearchFacts, compose
from litwatch.decide.languages import not_english
from litwatch.decide.shown import clean
from litwatch.edge.render import Renderer, escapes, size_as_sent
from litwatch.edge.render.filters import clip, days, doi_link, pmc_link, safe_link, trial_link, wrap
from litwatch.errors import TemplateError
from litwatch.paper import Paper


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def test_what_a_result_by_title_hides_stands_behind_it_in_both_parts(renderer: Renderer) -> None:
    said = {"result": "The score was lower on day 1.", "no_difference": "Scores did not differ on day 30."}
    owed = made_up(
        {"pmid": 7, "title": "Paper 7", "tags": {"efficacy": ["made-up"]}, "design": "rct", **said}
    )
    rendered = renderer.render(digest((owed,), subscription=replace(READER, limit=0)))
    for part in (rendered.html, rendered.text):
        assert 0 < part.index(said["result"]) < part.index(said["no_difference"])
    unquoted = replace(owed, findings=replace(owed.findings, design="cohort")) if owed.findings else owed
    rendered = renderer.render(digest((unquoted,), subscription=replace(READER, limit=0)))
    for part in (rendered.html, rendered.text):
        assert said["result"] not in part
        assert 0 < part.index("No difference in part") < part.index("Paper 7")


def many(count: int) -> Digest:
    """A digest of that many papers with long titles, most of them in sections of cards."""
    base = papers()
    return digest(
        tuple(
            replace(
                base[number % len(base)],
                paper=replace(
                    base[number % len(base)].paper, pmid=98000000 + number, title="Long title é " * 30
                ),
            )
            for number in range(count)
        )
    )


def pmids_in(text: str) -> set[int]:
    """Every PMID that stands in that text."""
    return {int(found) for found in re.findall(r"\b99[1-3]\d{5}\b|\b98\d{6}\b", text)}


@pytest.mark.parametrize("name", SAMPLES)
def test_text_names_every_paper_with_its_link_and_html_names_or_links_each(
    name: str, renderer: Renderer
) -> None:
    made = SAMPLES[name]()
    rendered = renderer.render(made)
    for pmid in made.pmids:
        assert f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" in rendered.text
        assert str(pmid) in rendered.html


@pytest.mark.parametrize("count", [40, 1000])
def test_html_stays_whole_in_gmail_and_says_how_many_titles_stand_in_the_text(
    count: int, renderer: Renderer
) -> None:
    made = many(count)
    rendered = renderer.render(made)
    assert size_as_sent(rendered.html) <= 102_000  # Gmail cuts what is longer
    assert set(made.pmids) <= pmids_in(rendered.html)
    assert all(f"gov/{pmid}/" in rendered.text for pmid in made.pmids)
    shown = set(re.findall(r'id="p(98\d{6})"', rendered.html))
    left_out = re.search(r"leaves out ([\d,]+) titles? that the text part", rendered.html)
    assert len(made.pmids) - len(shown) == (int(left_out[1].replace(",", "")) if left_out else 0)
    assert "Unsubscribe" in rendered.html


@pytest.mark.parametrize("name", SAMPLES)
def test_subjects_are_one_line_without_controls(name: str, renderer: Renderer) -> None:
    subject = renderer.subject(SAMPLES[name]())
    assert subject.isprintable()
    assert 20 < len(subject) <= 150
    assert "2026" in subject


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("normal", "Ketamine & depression: 15 new (1 RCT), 9 March 2026"),
        (
            "retraction",
            (
                "Ketamine & depression: 1 retraction (sent to you), 1 expression of concern, "
                "14 new (1 RCT), 9 March 2026"
            ),
        ),
        (
            "notices",
            (
                "Ketamine & depression: 4 retractions (2 sent to you), 1 expression of concern "
                "(sent to you), 3 new (1 RCT), 9 March 2026"
            ),
        ),
        ("quiet", "Ketamine & depression: nothing new, 9 March 2026"),
        (
            "failed",
            "Ketamine & depression: PubMed not searched since 1 March, may be incomplete, 9 March 2026",
        ),
    ],
)
def test_the_subject_says_what_matters(name: str, expected: str, renderer: Renderer) -> None:
    assert renderer.subject(SAMPLES[name]()) == expected


@pytest.mark.parametrize(
    ("facts", "subject", "says"),
    [
        (
            {"wanted": (99100098, 99100099)},
            "2 papers match that PubMed has not given us yet",
            "No new paper can be shown yet: 2 papers match that PubMed has not given us yet.",
        ),
        (
            {"wanted": (99100099,), "held": 90, "reason": "90 late papers came at once and are held"},
            "1 paper matches that PubMed has not given us yet, 90 papers wait for your operator",
            "1 paper matches that PubMed has not given us yet, 90 papers wait for your operator.",
        ),
        (
            {"reason": "25 of 101 papers left the list"},
            "may be incomplete",
            "No new papers came, but something went wrong: 25 of 101 papers left the list.",
        ),
        (
            {"last_searched": datetime(2026, 3, 1, 5, 0, tzinfo=UTC)},
            "no new papers",
            "No new papers: PubMed was last searched on ",
        ),
    ],
)
def test_what_waits_or_failed_is_no_quiet_week(
    facts: dict[str, Any], subject: str, says: str, renderer: Renderer
) -> None:
    rendered = renderer.render(digest((), search=replace(QUIET_SEARCH, **facts)))
    assert rendered.subject == f"Ketamine & depression: {subject}, 9 March 2026"
    for part in (rendered.html, rendered.text):
        assert says in words_of(part)
        assert "quiet" not in words_of(part)
    with_papers = renderer.render(digest(search=replace(QUIET_SEARCH, **facts)))
    for part in (with_papers.html, with_papers.text):
        assert ("90 more papers wait for your operator." in words_of(part)) is ("held" in facts)


@pytest.mark.parametrize("title", HOSTILE_TITLES, ids=lambda title: ascii(title[:20]))
def test_a_hostile_watch_title_reaches_no_header_and_no_markup(title: str, renderer: Renderer) -> None:
    rendered = renderer.render(digest((), watch=replace(digest().watch, title=title), search=QUIET_SEARCH))
    assert not {unicodedata.category(each) for each in rendered.subject} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(rendered.subject) & set("\u202e\u2066\u202d")
    assert len(rendered.subject) <= 150
    assert rendered.subject.endswith("nothing new, 9 March 2026")
    assert [element.tag for element in elements(rendered.html)].count("h1") == 1


def elements(html: str) -> Iterator[lxml.html.HtmlElement]:
    """Every element of the parsed page."""
    for element in lxml.html.document_fromstring(html).iter():
        if isinstance(element.tag, str):
            yield element


def test_hostile_papers_reach_no_markup_and_no_template_engine(renderer: Renderer) -> None:
    made = digest(hostile(), subscription=replace(READER, limit=100))
    rendered = renderer.render(made)
    plain = renderer.render(digest())
    assert {element.tag for element in elements(rendered.html)} <= {
        *(element.tag for element in elements(plain.html)), "blockquote"
    }  # fmt: skip
    for element in elements(rendered.html):
        assert not [name for name in element.attrib if name.lower().startswith("on")]
        address = element.get("href", "https:")
        assert address.startswith(("https://", "https:", "mailto:", "#"))
    titles = {element.text_content().strip() for element in elements(rendered.html) if element.tag == "h3"}
    assert "{{ 7*7 }} {% for x in y %} ${7*7} #{7*7} ketamine" in titles
    assert "<script>alert('x')</script> ketamine <img src=x onerror=alert(1)>" in titles
    assert "Reading order turned around ketamine" in titles
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\u2028\u2029]", rendered.html + rendered.text
    )
    assert "\nBcc:" not in rendered.text
    assert "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}" in rendered.html


@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_is_readable_by_a_screen_reader_and_leads_nowhere_unsafe(
    name: str, renderer: Renderer
) -> None:
    page: Any = lxml.html.document_fromstring(renderer.html(SAMPLES[name]()))
    assert page.get("lang") == "en"
    assert page.findtext(".//title", "").strip()
    assert len(page.xpath("//h1")) == 1
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3")]
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))
    for table in page.xpath("//table"):
        assert table.get("role") == "presentation" or table.xpath(".//th[@scope]")
    assert not page.xpath("//img|//script|//link|//iframe|//form|//object")
    identifiers = page.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    for link in page.xpath("//a"):
        assert link.text_content().strip()
        assert link.get("href")
        if link.get("href").startswith("#"):
            assert link.get("href")[1:] in identifiers


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_has_contrast_enough_on_the_ground_that_it_stands_on(scheme: str) -> None:
    css = (TEMPLATES / "digest.css").read_text("utf-8")
    dark_at = css.index("@media (prefers-color-scheme: dark)")
    css = css[:dark_at] if scheme == "light" else css[dark_at:]
    page = {"light": "#fffefb", "dark": "#181b1e"}[scheme]
    grounds = {"alert": r"\.alert \{", "warning": r"\.warning \{"}
    checked = 0
    for rule in re.finditer(r"([^{}]+)\{([^{}]*)\}", css):
        colour = re.search(r"(?<![-\w])color:\s*(#[0-9a-f]{6})", rule[2])
        if colour is None:
            continue
        own = re.search(r"background:\s*(#[0-9a-f]{6})", rule[2])
        under = [own[1] if own else page]
        for name, pattern in grounds.items():
            box = re.search(pattern + r"[^}]*background:\s*(#[0-9a-f]{6})", css)
            assert box
            if not own and (f".{name}" in rule[1] or "." not in rule[1]):
                under.append(box[1])
        for ground in under:
            light, dim = sorted((luminance(colour[1]), luminance(ground)), reverse=True)
            assert (light + 0.05) / (dim + 0.05) >= 4.5, (rule[1].strip(), colour[1], ground)
            checked += 1
    assert checked > 10


def test_styles_are_inlined_and_only_media_rules_stay(renderer: Renderer) -> None:
    page: Any = lxml.html.document_fromstring(renderer.html(digest()))
    assert page.xpath("//h3[contains(@style, 'font-size')]")
    style = "".join(page.xpath("//style/text()"))
    assert "prefers-color-scheme: dark" in style
    assert not re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", style).strip()


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "hostile"])
def test_text_fits_78_columns_but_for_addresses(name: str, renderer: Renderer) -> None:
    text = renderer.render(SAMPLES[name]()).text
    assert [line for line in text.splitlines() if len(line) > 78 and "https://" not in line] == []
    assert "\n\n\n" not in text


def test_a_retracted_paper_is_told_first_with_when_we_sent_it(renderer: Renderer) -> None:
    rendered = renderer.render(digest(None, retraction()))
    headings: Any = lxml.html.document_fromstring(rendered.html).xpath("//h2")
    assert [each.text_content().strip() for each in headings[:2]] == ["Retracted", "Expression of concern"]
    for part in (rendered.html, rendered.text):
        words = " ".join(re.sub(r"<[^>]+>", " ", part).split())
        assert "we sent it to you on 12 january 2026" in words.lower()
        assert "https://pubmed.ncbi.nlm.nih.gov/99100900/" in part
        assert "because the randomisation records could not be produced.”" in words
        assert "At five years" not in words  # the paper under concern is not quoted


def test_a_failed_week_never_looks_like_a_quiet_one(renderer: Renderer) -> None:
    quiet, failed = (renderer.render(digest((), search=each)) for each in (QUIET_SEARCH, FAILED_SEARCH))
    for part in ("subject", "text", "html"):
        assert "not searched" in getattr(failed, part).lower()
        assert "not searched" not in getattr(quiet, part).lower()
        assert "nothing new" not in getattr(failed, part).lower()
    assert "nothing new matches" in quiet.html
    assert "5,912 papers match" in quiet.html
    assert failed.text.index("NOT SEARCHED") < failed.text.index("Receipt")


def test_foot_says_next_mail_whom_to_tell_who_sorted_and_how_to_leave(renderer: Renderer) -> None:
    rendered = renderer.render(digest())
    for part in (rendered.html, rendered.text):
        words = " ".join(re.sub(r"<[^>]+>", "", part).split())
        for expected in (
            "nobody has appraised these papers",
            "No tag does not mean no harm",
            "participants and follow-up are read from abstracts by rules and may be wrong",
            "The next mail comes on Monday 16 March 2026",
            "tell ops@example.org",
            "Unsubscribe",
            "mailto:litwatch@example.org?subject=unsubscribe",
            "does not endorse",
            "https://www.ncbi.nlm.nih.gov/home/about/policies/",
            "1 wanted",
        ):
            assert expected in words or expected in part
        assert not re.search(r"evidence level|level of evidence|strongest evidence", words, re.IGNORECASE)
    assert "(ketamine[tiab] OR esketamine[tiab])" in rendered.text
    assert '"ketamine"[Title/Abstract]' in rendered.text


@pytest.mark.parametrize(
    ("file", "content", "line", "words"),
    [
        ("digest.txt", "fine\n{{ digest.watch.titel }}\n", 2, "titel"),
        ("digest.subject.txt", "{{ digset.state }}", 1, "digset"),
        ("_card.html", "\n\n{{ card.titel }}", 3, "titel"),
        ("digest.html", "<p>\n{% if digest.state %}", 2, "end of template"),
        ("_foot.txt", "x\n{{ 1 | no_such_filter }}", 2, "no_such_filter"),
        ("digest.html", "\n{% include 'nowhere.html' %}", 2, "nowhere.html"),
        ("digest.txt", "{{ digest.search.new + 'a' }}", 1, "unsupported operand"),
        ("digest.txt", "{{ digest.__class__.__mro__ }}", 1, "unsafe"),
        ("digest.txt", "{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("digest.txt", "\n{{ digest.now | day('Nowhere/Atall') }}", 2, "Nowhere"),
    ],
)
def test_a_mistake_in_a_template_is_told_with_file_and_line(
    file: str, content: str, line: int, words: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(content, "utf-8")
    with pytest.raises(TemplateError) as caught:
        Renderer(TEMPLATES, tmp_path).render(digest())
    assert caught.value.file == str(tmp_path / file)
    assert caught.value.line == line
    assert words in caught.value.message


def test_a_missing_template_is_named() -> None:
    with pytest.raises(TemplateError, match=r"there is no template digest\.\w*\.?txt"):
        Renderer(Path("/nowhere")).render(digest())


def test_an_override_folder_wins_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "_masthead.html").write_text("<h1>Ours: {{ digest.watch.title }}</h1>", "utf-8")
    rendered = Renderer(TEMPLATES, tmp_path).render(digest())
    assert "Ours: Ketamine &amp; depression" in rendered.html
    assert "Why it is here" in rendered.html


@pytest.mark.parametrize(
    ("name", "expected"),
    [("digest.html", True), ("x/digest.html.j2", True), ("DIGEST.HTML", True), ("digest.txt", False),
     ("digest.subject.txt", False), ("digest.css", False), ("digest.xml", True),
     ("digest", True), (None, True)],
)  # fmt: skip
def test_all_but_plain_text_is_escaped(name: str | None, expected: bool) -> None:
    assert escapes(name) is expected


@pytest.mark.parametrize(
    ("filter_", "text", "expected"),
    [
        (doi_link, "10.1000/a(b)<c>;1", "https://doi.org/10.1000/a(b)%3Cc%3E;1"),
        (doi_link, "javascript:alert(1)", ""),
        (doi_link, "10.1000/a b", ""),
        (pmc_link, "PMC123", "https://pmc.ncbi.nlm.nih.gov/articles/PMC123/"),
        (pmc_link, "PMC1/../x", ""),
        (trial_link, "nct01234567", "https://clinicaltrials.gov/study/NCT01234567"),
        (trial_link, "ISRCTN12345678", "https://www.isrctn.com/ISRCTN12345678"),
        (trial_link, "ACTRN12699999999999", "https://www.anzctr.org.au/ACTRN12699999999999.aspx"),
        (trial_link, "EudraCT 2020-1", ""),
        (safe_link, "mailto:a@example.org?subject=x", "mailto:a@example.org?subject=x"),
        (safe_link, " JavaScript:alert(1)", ""),
        (safe_link, "java\0script:alert(1)", ""),
        (safe_link, "//example.org", ""),
        (clean, "P<0.05 in m² — ünïcode \t x\n", "P<0.05 in m² — ünïcode \t x\n"),
        (clip, "short", "short"),
        (wrap, "", ""),
    ],
)
def test_filters_make_only_safe_addresses_and_keep_text(filter_: object, text: str, expected: str) -> None:
    assert callable(filter_)
    assert filter_(text) == expected


def test_periods_are_said_in_the_readers_zone() -> None:
    start, end = READER.period_start, READER.period_end
    assert end
    assert days(start, end) == "2 to 9 March 2026"
    assert days(end, end) == "9 March 2026"
    assert days(None, end, "Pacific/Auckland") == "9 March 2026"
    assert days(start, end, "America/Los_Angeles") == "1 to 9 March 2026"
    assert days(end.replace(month=2, day=27), end) == "27 February to 9 March 2026"
    assert days(end.replace(year=2025), end) == "9 March 2025 to 9 March 2026"


def words_of(part: str) -> str:
    """The words of a page or a text, without markup."""
    if "<html" not in part:
        return " ".join(part.split())
    page: Any = lxml.html.document_fromstring(part)
    return " ".join(page.text_content().split())


def test_the_opening_tells_trials_on_treatment_from_all_and_what_stands_by_title(renderer: Renderer) -> None:
    rendered = renderer.render(digest())
    for part in (rendered.html, rendered.text):
        said = "15 new papers: 10 on treatment, 5 on other things. 1 randomised trial on treatment, 4 in all."
        assert said in words_of(part)
        assert "7 stand in full, 8 by title." in words_of(part)
    rendered = renderer.render(digest(papers()[:1]))
    assert "by title" not in words_of(rendered.text)


@pytest.mark.parametrize(
    ("title", "languages", "expected"),
    [
        ("[Ketamine in depression].", ("fre",), "in French"),
        ("[Ketamine in depression].", (), "not in English"),
        ("[Ketamine in depression].", ("spa", "por"), "in Spanish and Portuguese"),
        ("Ketamine in depression.", ("ger",), "in German"),
        ("Ketamine in depression.", ("eng", "ger"), ""),
        ("Ketamine in depression.", (), ""),
        ("[Ketamine in depression].", ("xyz",), "not in English"),
    ],
)
def test_a_paper_that_is_not_in_english_says_in_which_language(
    title: str, languages: tuple[str, ...], expected: str, renderer: Renderer
) -> None:
    assert not_english(Paper(1, title=title, languages=languages)) == expected
    owed = papers()[0]
    owed = replace(owed, paper=replace(owed.paper, title=title, languages=languages))
    for limit in (0, 7):
        rendered = renderer.render(digest((owed,), subscription=replace(READER, limit=limit)))
        for part in (rendered.html, rendered.text):
            assert [
                words for words in ("in French", "in German", "not in English") if words in words_of(part)
            ] == [words for words in ("in French", "in German", "not in English") if words == expected]


def test_what_the_record_lacks_leaves_no_comma_behind(renderer: Renderer) -> None:
    owed = papers()[0]
    owed = replace(
        owed, paper=replace(owed.paper, journal="", journal_abbreviation="", publication_date="2026")
    )
    for limit in (0, 7):
        rendered = renderer.render(digest((owed,), subscription=replace(READER, limit=limit)))
        for part in (rendered.html, rendered.text):
            assert not re.search(r"(?:^|[.·]) *, ", words_of(part), re.MULTILINE)
            assert not re.search(r"^ *, ", part, re.MULTILINE)


def test_an_alert_leads_to_the_publisher_of_the_paper_that_it_names(renderer: Renderer) -> None:
    notice, *others = retraction()
    assert notice.paper
    notice = replace(notice, paper=replace(notice.paper, doi="10.5555/made.up.old"))
    rendered = renderer.render(digest(notices=(notice, *others)))
    assert "https://doi.org/10.5555/made.up.old\n" in rendered.text
    page: Any = lxml.html.document_fromstring(rendered.html)
    (link,) = page.xpath("//a[@href='https://doi.org/10.5555/made.up.old']")
    assert link.text == "the paper at its publisher (DOI)"


def test_the_receipt_says_which_records_are_no_new_papers(renderer: Renderer) -> None:
    made = digest(notices=retraction())
    assert len(made.pmids) == made.counts.new + 1
    told = "This mail tells 15 new records of PubMed’s: 14 new papers and 1 that is a notice,"
    rendered = renderer.render(made)
    for part in (rendered.html, rendered.text):
        assert told in words_of(part)
        assert "14 new records" in words_of(part)
    assert "This mail tells" not in renderer.render(digest()).text


def test_the_index_of_the_text_names_papers_by_their_authors(renderer: Renderer) -> None:
    entry = {"title": "Ketamine", "authors": ["Doe J"], "tags": {"efficacy": [], "bipolar": []}}
    text = renderer.render(digest(tuple(made_up({**entry, "pmid": n}) for n in range(1, 6)))).text
    assert "Bipolar depression: 5 papers: Doe 5, Doe 4, Doe 3, Doe 2, Doe 1" in words_of(text)


def test_pointers_say_whole_titles(renderer: Renderer) -> None:
    title = (
        "Long titles of papers on ketamine that stand in another section are not cut where they begin to tell "
        * 2
    )
    owed = made_up({"pmid": 1, "title": title[:190], "tags": {"efficacy": [], "long_term": []}})
    rendered = renderer.render(digest((owed,)))
    for part in (rendered.html, rendered.text):
        assert words_of(part).count(title[:190].strip()) == 2


def test_a_guideline_is_told_in_the_subject_and_in_the_first_words(renderer: Renderer) -> None:
    guideline = made_up({"pmid": 1, "title": "How to treat", "design": "guideline", "tags": {}})
    rendered = renderer.render(digest((guideline, *papers()[:2])))
    assert "3 new (1 guideline, 1 RCT)" in rendered.subject
    page: Any = lxml.html.document_fromstring(rendered.html)
    assert page.xpath("//p[@class='deck']//a/@href") == ["#p1"]
    assert page.xpath("//*[@id='p1']")
    for part in (rendered.html, rendered.text):
        assert "3 new papers on treatment. 1 guideline. 1 randomised trial." in words_of(part)


def test_trials_of_the_subject_are_those_that_the_table_adds_up(renderer: Renderer) -> None:
    made = digest()
    rendered = renderer.render(made)
    assert "(1 RCT)" in rendered.subject
    page: Any = lxml.html.document_fromstring(rendered.html)
    told = page.xpath("//table[contains(@class, 'glance')]//tbody//td")
    counted = [(row.new, row.randomised) for row in made.glance]
    said = [f"{new} new" + (f", {trials} RCT" if trials == 1 else "") for new, trials in counted]
    assert max(trials for _, trials in counted) == 1
    assert [cell.text_content()[: len(words)] for cell, words in zip(told, said, strict=True)] == said
    assert re.search(r"^All on treatment +10 +1\nOn other things +5 +3$", rendered.text, re.MULTILINE)


def test_the_first_result_stands_before_what_is_only_counted(renderer: Renderer) -> None:
    made = digest()
    rendered = renderer.render(made)
    for part in (rendered.html, rendered.text):
        words = words_of(part)
        assert words.index("By study design" if "<html" in part else "BY STUDY DESIGN") > words.index(
            "Result"
        )
    page: Any = lxml.html.document_fromstring(rendered.html)
    [first] = page.xpath("(//blockquote)[1]")
    before = first.xpath("preceding::text()[normalize-space() and not(ancestor::head)]")
    assert sum(len(" ".join(text.split())) for text in before) < 700  # a phone's first screen


def test_a_line_quotes_its_result_in_both_parts(renderer: Renderer) -> None:
    rendered = renderer.render(digest())
    for part in (rendered.html, rendered.text):
        assert "“EPDS of 10 or more at six weeks: 13% against 19% (P=0.16).”" in words_of(part)


def test_a_notice_of_an_unknown_paper_says_so_in_both_parts_and_the_subject(renderer: Renderer) -> None:
    notice = papers()[0]
    assert notice.findings
    notice = replace(
        notice,
        paper=replace(notice.paper, title="Expression of Concern: ketamine"),
        findings=replace(notice.findings, design="notice", tags={}),
    )
    rendered = renderer.render(digest((notice,), search=QUIET_SEARCH))
    assert "1 expression of concern, no new papers" in rendered.subject
    for part in (rendered.html, rendered.text):
        assert "the paper that it speaks of could not be identified" in words_of(part).lower()
        assert "Expression of Concern: ketamine" in words_of(part)
        assert f"https://pubmed.ncbi.nlm.nih.gov/{notice.paper.pmid}/" in part


def test_a_long_query_is_cut_in_the_text_and_its_comments_are_nowhere(renderer: Renderer) -> None:
    query = "# why we ask\n" + "\nOR ".join(f"ketamine{number}[tiab] # name" for number in range(200))
    rendered = renderer.render(digest(search=replace(digest().search, query=query)))
    assert "why we ask" not in rendered.text + rendered.html
    assert "# name" not in rendered.text
    told = rendered.text[rendered.text.index("The query:") : rendered.text.index("How PubMed read it")]
    assert len(told.strip().splitlines()) == 14
    assert "ketamine0[tiab] OR ketamine1[tiab]" in told
    assert "the whole query stands in the file of the watch" in told
    short = renderer.render(digest(search=replace(digest().search, query="# x\nketamine[ti]")))
    assert "term=ketamine%5Bti%5D" in short.html


def test_a_topic_of_many_papers_is_a_row_of_authors_that_lead_to_each(renderer: Renderer) -> None:
    made = forty()
    page: Any = lxml.html.document_fromstring(renderer.html(made))
    rows = page.xpath("//h2[@id='index']/following-sibling::ul[1]/li")
    assert len(rows) == len(made.index)
    for row, topic in zip(rows, made.index, strict=True):
        links = [link.get("href") for link in row.xpath(".//a")]
        assert links == [f"#p{pointer.pmid}" for pointer in topic.papers]
        if topic.count > 3:
            assert [link.text for link in row.xpath(".//a")] == [pointer.author for pointer in topic.papers]
            assert f"{topic.count} papers" in row.text_content()
    assert any(topic.count > 3 for topic in made.index)


def test_forty_papers_are_two_dozen_screens_not_a_log(renderer: Renderer) -> None:
    assert renderer.html(forty()).count('class="card"') == 7


def test_new_papers_are_counted_by_study_design_and_trials_told_again_apart(renderer: Renderer) -> None:
    made = digest()
    told = {each.id: each.papers for each in made.designs}
    assert told["rct"] == made.counts.randomised == 4
    assert told["secondary"] == 1
    assert sum(told.values()) == made.counts.new
    assert next(iter(told)) == "meta-analysis"
    rendered = renderer.render(made)
    for part in (rendered.html, rendered.text):
        assert "by study design" in words_of(part).lower()
        assert "Meta-analysis 1 · randomised trial 4 ·" in words_of(part)


def test_weeks_before_the_first_paper_are_points_and_read_aloud(renderer: Renderer) -> None:
    weeks = {"efficacy": (0,) * 9 + (2, 0, 4), "safety": (0,) * 9 + (1, 1, 0)}
    made = compose(papers(), (), weeks, watch=WATCH, subscription=READER, search=SearchFacts(), now=NOW)
    rows = {row.id: row for row in made.glance}
    assert rows["efficacy"].bars == "·········▃▁▅"
    assert rows["long_term"].bars == "·········▁▁▁"
    rendered = renderer.render(made)
    assert "·········▃▁▅" in rendered.text
    page: Any = lxml.html.document_fromstring(rendered.html)
    bars = page.xpath("//span[@class='bars']")[0]
    assert (
        bars.get("aria-label") == "papers a week, oldest first: 9 weeks before the first paper, then 2, 0, 4"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("normal", True),
        ("retraction", False),
        ("versions", False),
        ("failed-with-papers", False),
        ("quiet", False),
    ],
)
def test_that_nothing_was_retracted_is_said_only_where_it_is_known(
    name: str, said: bool, renderer: Renderer
) -> None:
    rendered = renderer.render(SAMPLES[name]())
    for part in (rendered.html, rendered.text):
        assert ("No retraction, expression of concern or correction became known." in words_of(part)) is said
