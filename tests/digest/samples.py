"""Made-up digests: normal, quiet, failed, with a retraction, forty papers, hostile.

Owns what the digest's tests and pictures are made from. Never reads real papers.

`python tests/digest/samples.py FOLDER` renders each into FOLDER as .html and .txt, to look at.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from litwatch.decide.digest import (
    Digest,
    DigestPaper,
    Earlier,
    NoticeFacts,
    SearchFacts,
    SubscriptionFacts,
    Topic,
    Version,
    WatchFacts,
    compose,
)
from litwatch.decide.related import report_of, version_of
from litwatch.edge.render import Renderer
from litwatch.paper import Author, Paper, PublicationType, Span
from litwatch.study.findings import Findings
from litwatch.study.quotes import Quotes

HERE = Path(__file__).parent
TEMPLATES = HERE.parent.parent / "templates"

TOPICS = tuple(
    Topic(name, label)
    for name, label in (
        ("efficacy", "Efficacy"), ("safety", "Safety"), ("long_term", "Long-term effects"),
        ("rapid_onset", "Rapid onset"), ("treatment_resistance", "Treatment resistance"),
        ("suicidality", "Suicidality"), ("bipolar", "Bipolar depression"),
        ("dosing_route", "Dosing and route"),
        ("mechanism", "Mechanism"), ("cognition", "Cognition"), ("misuse", "Misuse and dependence"),
        ("relapse_maintenance", "Relapse and maintenance"), ("access_practice", "Access and practice"),
    )
)  # fmt: skip
LABELS = {
    "design": {
        "meta-analysis": "Meta-analysis", "systematic-review": "Systematic review", "rct": "Randomised trial",
        "trial": "Trial, not randomised", "cohort": "Cohort", "cross-sectional": "Cross-sectional",
        "case": "Case report", "review": "Narrative review", "protocol": "Protocol", "animal": "Animal",
        "guideline": "Guideline", "comment": "Comment", "qualitative": "Qualitative",
    },
    "setting": {"perioperative": "Around surgery and birth", "ect-anaesthesia": "Anaesthesia for ECT"},
    "population": {"trd": "treatment-resistant"},
}  # fmt: skip
WATCH = WatchFacts("ketamine-depression", "Ketamine & depression", TOPICS, LABELS)
NOW = datetime(2026, 3, 9, 7, tzinfo=UTC)
READER = SubscriptionFacts(
    address="you@example.org",
    period_id="2026-W11",
    period_start=datetime(2026, 3, 2, 7, tzinfo=UTC),
    period_end=NOW,
    next_due=datetime(2026, 3, 16, 7, tzinfo=UTC),
    operator="ops@example.org",
    unsubscribe="mailto:litwatch@example.org?subject=unsubscribe",
)
SEARCH = SearchFacts(
    last_searched=datetime(2026, 3, 9, 5, 2, tzinfo=UTC),
    searches=7,
    matches=5912,
    new=14,
    late=1,
    wanted=(99100099,),
    balanced=True,
    query="(ketamine[tiab] OR esketamine[tiab]) AND (depression[tiab] OR depressive[tiab])",
    translation='("ketamine"[Title/Abstract] OR "esketamine"[Title/Abstract]) AND '
    '("depression"[Title/Abstract] OR "depressive"[Title/Abstract])',
)
WEEKS = {
    "efficacy": (1, 2, 2, 3, 1, 2, 4, 2, 3, 2, 3, 6),
    "safety": (2, 1, 2, 2, 1, 3, 2, 2, 1, 2, 2, 3),
    "long_term": (0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2),
}


def span(text: str, words: str, field: str = "abstract") -> Span:
    """Where those words stand in that text."""
    start = text.index(words)
    return Span(field, start, start + len(words), words)


def author(name: str) -> Author:
    """From "Doe J"."""
    last, initials = name.rsplit(" ", 1)
    return Author(last_name=last, initials=initials)


def made_up(entry: dict[str, Any]) -> DigestPaper:
    """A paper with findings from an entry of papers.toml."""
    spoken = {name: entry.get(name, "") for name in ("result", "harm", "conclusion")}
    names = ("not_met", "no_difference", "null", "caveat", "common_harm")
    beside = {name: entry[name] for name in names if name in entry}
    told = (spoken["result"], spoken["harm"], *beside.values())
    results = " ".join(dict.fromkeys(filter(None, told)))
    tags: dict[str, list[str]] = entry.get("tags", {})
    parts = ["BACKGROUND: A made-up study."]
    parts += [f"RESULTS: {results}"] if results else []
    parts += [f"CONCLUSIONS: {spoken['conclusion']}"] if spoken["conclusion"] else []
    parts += [f"Terms: {', '.join(word for words in tags.values() for word in words)}."]
    abstract = entry.get("abstract", " ".join(parts))
    paper = Paper(
        pmid=entry["pmid"],
        title=entry["title"],
        abstract=abstract,
        journal=entry.get("journal", ""),
        publication_date=entry.get("date", ""),
        create_date=entry.get("created", date(2026, 3, 2)),
        authors=tuple(author(name) for name in entry.get("authors", ())),
        doi=entry.get("doi", ""),
        pmcid=entry.get("pmcid", ""),
    )
    findings = Findings(
        relevant=entry.get("relevant", True),
        tags={topic: tuple(span(abstract, word) for word in words) for topic, words in tags.items()},
        design=entry.get("design"),
        setting=entry.get("setting", "treatment"),
        subjects=entry.get("subjects", "human"),
        population=tuple(entry.get("population", ())),
        drugs=tuple(entry.get("drugs", ())),
        routes=tuple(entry.get("routes", ())),
        secondary=entry.get("secondary"),
        preprint=entry.get("preprint", False),
        industry=entry.get("industry"),
        participants=entry.get("participants"),
        studies=entry.get("studies"),
        dose=tuple(entry.get("dose", ())),
        followup_days=entry.get("followup_days"),
        registrations=tuple(entry.get("registrations", ())),
        quotes=Quotes(**{name: span(abstract, words) if words else None for name, words in spoken.items()}),
        spans={name: (span(abstract, words),) for name, words in beside.items()},
    )
    earlier: tuple[Earlier, ...] = ()
    if "earlier" in entry:
        pmid, title, registration, sent = entry["earlier"]
        earlier = (Earlier(int(pmid), title, registration, datetime.fromisoformat(sent).replace(tzinfo=UTC)),)
    return DigestPaper(paper, findings, "late" if entry.get("late") else "new", earlier=earlier)


def papers() -> tuple[DigestPaper, ...]:
    """The papers of papers.toml."""
    return tuple(
        made_up(entry) for entry in tomllib.loads((HERE / "papers.toml").read_text("utf-8"))["paper"]
    )


def digest(
    owed: tuple[DigestPaper, ...] | None = None,
    notices: tuple[NoticeFacts, ...] = (),
    *,
    search: SearchFacts = SEARCH,
    subscription: SubscriptionFacts = READER,
    watch: WatchFacts = WATCH,
) -> Digest:
    """A digest of those papers, or of all that there are."""
    return compose(
        papers() if owed is None else owed,
        notices,
        WEEKS,
        watch=watch,
        subscription=subscription,
        search=search,
        now=NOW,
    )


def retraction() -> tuple[NoticeFacts, ...]:
    """A paper that we sent is retracted, another questioned, a third corrected."""
    words = "The editors retract this article because the randomisation records could not be produced."
    notice = Paper(pmid=99100900, title="Retraction notice", abstract=words)
    old = Paper(
        pmid=99000001,
        title="Sustained remission after a single dose of ketamine: a made-up trial",
        journal="J Made-Up Psychiatry",
        publication_date="2025",
    )
    sent = datetime(2026, 1, 12, 7, tzinfo=UTC)
    return (
        NoticeFacts(old.pmid, "RetractionIn", 99100900, "4 March 2026", "J Made-Up Psychiatry. 2026",
                    span(words, words), notice, old, sent),
        NoticeFacts(99100006, "ExpressionOfConcernIn", 99100901, "2026"),
        NoticeFacts(99100003, "ErratumIn", 99100902, "", "J Affect Made-Up. 2026"),
    )  # fmt: skip


def every_notice() -> Digest:
    """One notice of each kind, a paper that says in its title alone that it is retracted, and one shown again."""
    sent = datetime(2026, 1, 12, 7, tzinfo=UTC)
    titles = (
        "Repeated esketamine in late-life depression: a made-up cohort",
        "Ketamine for suicidal crises: a made-up trial",
        "Intranasal esketamine and blood pressure: a made-up registry",
        "Ketamine against midazolam: a made-up comparison",
        "Dose and dissociation: a made-up analysis",
        "Maintenance ketamine: a made-up preprint",
        "Esketamine and electroconvulsive therapy: a made-up comparison",
        "An old made-up trial that nobody here was sent",
    )
    old = [
        Paper(
            pmid=99000101 + number, title=title, journal="J Made-Up Psychiatry", publication_date="2025 Mar"
        )
        for number, title in enumerate(titles)
    ]
    old[5] = replace(
        old[5], journal="medRxiv", publication_types=(PublicationType("Preprint", "D000076942"),)
    )
    kinds = (
        ("retraction", sent), ("expression-of-concern", sent), ("erratum", sent),
        ("corrected-republished", sent), ("update", sent), ("update", sent),
        ("retracted-republished", sent), ("retraction", None),
    )  # fmt: skip
    why = "The editors are concerned about the figures and have asked for the data."
    notice = Paper(pmid=99100902, title="Expression of concern", abstract=why)
    told = [
        NoticeFacts(paper.pmid, kind, 99100901 + number, "2026 Mar 4", "J Made-Up Psychiatry. 2026 Mar 4;1:2",
                    paper=paper, sent_at=when)
        for number, (paper, (kind, when)) in enumerate(zip(old, kinds, strict=True))
    ]  # fmt: skip
    told[1] = replace(told[1], quote=span(why, why), notice_paper=notice)
    owed = list(papers()[:3])
    marked = replace(
        papers()[3].paper, pmid=99100031, title="RETRACTED: Ketamine for everything: a made-up trial"
    )
    owed += [
        replace(papers()[3], paper=marked),
        replace(papers()[4], sent_without_abstract=sent),
        replace(papers()[5], sent_without_abstract=sent),
    ]
    return digest(tuple(owed), tuple(told))


def versions() -> Digest:
    """Versions and threads of every kind: on cards and lines, sent before, in this mail, retracted."""
    sent = datetime(2026, 1, 12, 7, tzinfo=UTC)
    first, second, third, fourth, fifth, *others = papers()
    old = Version(
        99000201,
        f"{first.paper.title.rstrip('.')}: a preprint",
        "medRxiv",
        "2025 Aug 3",
        "10.1101/2025.08.01.1",
        preprint=True,
    )
    twin = Version(
        99000202,
        second.paper.title,
        "J Made-Up Psychiatry (Engl Ed)",
        "2026 Jan",
        "",
        preprint=False,
        sent_at=sent,
    )
    posted = replace(
        third.paper,
        pmid=99000203,
        journal="Research square",
        publication_date="2025 Nov 9",
        publication_types=(PublicationType("Preprint", "D000076942"),),
    )
    with_preprint = replace(third, versions=(version_of(posted, here=True),))
    number = "NCT09999901"
    reports = (
        report_of(
            Paper(
                99000204,
                title="The same made-up trial: its protocol",
                journal="BMJ Open",
                publication_date="2024 May",
            ),
            number,
            sent_at=sent,
        ),
        report_of(
            Paper(
                99000205, title="The same made-up trial: six-month outcomes", journal="J Made-Up Psychiatry"
            ),
            number,
            here=True,
        ),
        report_of(
            Paper(
                99000206,
                title="The same made-up trial: biomarkers",
                journal="Made-Up Biomark",
                publication_date="2023",
            ),
            number,
            retracted=True,
        ),
    )
    return digest(
        (
            replace(
                first,
                versions=(old, replace(old, pmid=99000207, journal="Res Sq", title=first.paper.title)),
                earlier=reports,
            ),
            replace(second, versions=(twin,)),
            with_preprint,
            replace(third, paper=posted, versions=(version_of(third.paper, here=True),)),
            replace(
                fourth,
                versions=(
                    replace(old, pmid=99000208, title="Another title of a made-up preprint", sent_at=sent),
                ),
            ),
            replace(fifth, earlier=reports[:1], more_earlier=7),
            *(replace(each, versions=(old,), earlier=reports) for each in others[:2]),
            *others[2:],
        )
    )


def forty() -> Digest:
    """Forty papers with long texts, of all kinds."""
    base = papers()
    owed = []
    for number in range(40):
        one = base[number % len(base)]
        owed.append(
            replace(
                one,
                paper=replace(one.paper, pmid=99200000 + number, title=f"{one.paper.title} ({number + 1})"),
            )
        )
    return digest(tuple(owed))


HOSTILE_TITLES = (
    "<script>alert('x')</script> ketamine <img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% for x in y %} ${7*7} #{7*7} ketamine",
    "Quotes \" ' ` and &amp; </title></style></a> <!-- ketamine -->",
    "A newline\r\nBcc: victim@example.org\nin a title",
    "Reading order \u202e turned \u2066around\u2069 \u202d ketamine",
    "Emoji \N{GRINNING FACE} and \N{WOMAN}\u200d\N{PERSONAL COMPUTER} and \u0000 null \u0007 bell",
    "Long " + "ketamine " * 12_000,
    "W" * 100_000,
    "javascript:alert(1)",
    "Line\u2028separator\u2029and \u0085 next line",
)


def hostile() -> tuple[DigestPaper, ...]:
    """Papers whose every text means harm."""
    owed = []
    for number, title in enumerate(HOSTILE_TITLES):
        entry: dict[str, Any] = {
            "pmid": 99300000 + number,
            "title": title,
            "journal": title[:200],
            "date": title[:60],
            "authors": [f"{title[:40].replace(' ', '_')} X"],
            "design": "rct",
            "participants": 60,
            "result": title.strip() + " was the result.",
            "conclusion": "It works, " + title[:300] + ".",
            "dose": [title[:200]],
            "registrations": [title[:50], "NCT12345678"],
            "doi": '10.5555/x" onmouseover="alert(1)' if number % 2 else "javascript:alert(1)",
            "pmcid": "PMC1/../../evil",
            "tags": {"efficacy": ["result"], "safety": ["was"]},
        }
        owed.append(made_up(entry))
    return tuple(owed)


QUIET_SEARCH = replace(SEARCH, new=0, late=0, wanted=())
FAILED_SEARCH = replace(
    SEARCH,
    last_searched=datetime(2026, 3, 1, 5, 2, tzinfo=UTC),
    not_searched_since=datetime(2026, 3, 1, 5, 2, tzinfo=UTC),
    searches=0,
    failed=True,
    reason="PubMed did not answer within 300 seconds",
)

SAMPLES: dict[str, Callable[[], Digest]] = {
    "normal": digest,
    "quiet": lambda: digest((), search=QUIET_SEARCH),
    "failed": lambda: digest((), search=FAILED_SEARCH),
    "failed-with-papers": lambda: digest(papers()[:3], search=FAILED_SEARCH),
    "retraction": lambda: digest(None, retraction()),
    "notices": every_notice,
    "versions": versions,
    "forty": forty,
    "hostile": lambda: digest(hostile()),
    "brief": lambda: digest(
        None,
        retraction(),
        subscription=replace(READER, detail="brief", settings=frozenset({"perioperative"})),
    ),
    "chosen": lambda: digest(subscription=replace(READER, topics=frozenset({"safety"}), frequency="monthly")),
}


def main(folder: Path) -> None:
    """Renders every sample into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    renderer = Renderer(TEMPLATES)
    for name, make in SAMPLES.items():
        rendered = renderer.render(make())
        (folder / f"{name}.html").write_text(rendered.html, "utf-8")
        (folder / f"{name}.txt").write_text(f"Subject: {rendered.subject}\n\n{rendered.text}\n", "utf-8")
        print(f"{name}: {len(rendered.html.encode())} bytes of HTML. {rendered.subject}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
