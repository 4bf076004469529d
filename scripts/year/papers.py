"""A year of PubMed, made up: when each paper is created, seen, found, changed, retracted and deleted.

Owns the world that `scripts/year-of-faults` and `scripts/soak --years` play, as dated update files. Never knows who
reads it.

How often what happens is of the order that NLM's own files show (a fifth of all records are found later than they
are created); it is made up all the same, and the same for the same seed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

FIRST_DAY = date(2026, 1, 5)
FIRST_PMID = 99_100_001
MESH_CHANGE = date(2026, 12, 9)
_SHARES = {
    "prompt": 46,
    "seen late": 8,
    "indexed late": 15,
    "abstract late, found by its title": 6,
    "abstract late, found by it": 8,
    "back-dated entry": 11,
    "deleted": 3,
    "retracted": 3,
}
_SUBJECTS = ("adults", "adolescents", "veterans", "mothers", "outpatients", "inpatients", "mice", "students")
_SETTINGS = ("clinic", "ward", "registry", "trial", "cohort", "survey", "laboratory", "primary care")


@dataclass(frozen=True, slots=True)
class Version:
    """A record as it is from a day on."""

    title: str
    abstract: str = ""
    headings: tuple[str, ...] = ()
    retracted_by: int = 0
    retraction_of: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """One record: its dates, what it is from which day on, and when it is deleted."""

    pmid: int
    kind: str
    created: date
    entered: date
    versions: tuple[tuple[date, Version], ...]
    deleted: date | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a year's papers are about: a drug that MeSH knows by that name; how many a day, drawn from `daily`.

    One paper in ten names the drug `beside` it, too, where there is one.
    """

    drug: str = "Ketamine"
    beside: str = ""
    first_pmid: int = FIRST_PMID
    daily: tuple[int, ...] = (1, 1, 2, 3)
    mesh_changes: tuple[date, ...] = (MESH_CHANGE,)

    @property
    def query(self) -> str:
        """What finds them: the word, or the heading."""
        word = self.drug.lower()
        return f"{word}[tiab] OR {word}[mh]"


KETAMINE = Subject()
QUERY = KETAMINE.query


def year(seed: int, weeks: int, subject: Subject = KETAMINE) -> list[Life]:
    """Every record of that many weeks, the backlog before them, and NLM's yearly change of headings."""
    random = Random(seed)
    lives: list[Life] = []

    def add(kind: str, created: date, seen: date, changed: date = MESH_CHANGE) -> None:
        lives.append(_life(random, subject, len(lives), kind, created, seen, changed))

    for number in range(300):
        created = FIRST_DAY - timedelta(days=random.randrange(1, 2_200))
        add("backlog" if number % 3 else "of no interest", created, date.min)
    for day in range(weeks * 7):
        today = FIRST_DAY + timedelta(days=day)
        for _ in range(random.choice(subject.daily)):
            kind = random.choices(list(_SHARES), list(_SHARES.values()))[0]
            add(kind, today, today)
            if kind == "retracted":
                lives.append(_notice(lives))
        if random.random() < 0.5:
            add("of no interest", today, today)
    for changed in subject.mesh_changes:
        for number in range(120):  # none of them says the drug; the new heading does
            days = random.randrange(30, 250) if number < 95 else random.randrange(900, 2_500)
            add("new heading of the year", changed - timedelta(days=days), date.min, changed)
    return lives


def _life(
    random: Random, subject: Subject, number: int, kind: str, created: date, seen: date, changed: date
) -> Life:
    pmid = subject.first_pmid + number
    drug, drugs = subject.drug, subject.drug
    if subject.beside and random.random() < 0.1:
        drugs += f" or {subject.beside}"
    whom, where = random.choice(_SUBJECTS), random.choice(_SETTINGS)
    named = f"{drugs} in {whom}: report {pmid} from a {where}"
    unnamed = f"An anaesthetic in {whom}: report {pmid} from a {where}"
    text = f"We followed {random.randrange(20, 900)} {whom} for {random.randrange(2, 60)} weeks. "
    found = text + f"{drug} was well tolerated; mood improved."
    whole = Version(named, found, ("Depression",))
    seen = max(seen, created) if seen > date.min else seen

    def later(least: int, most: int) -> date:
        return seen + timedelta(days=random.randrange(least, most))

    entered, deleted = created, None
    if kind == "of no interest":
        versions = [(seen, Version(unnamed.replace("An anaesthetic", "Propofol"), text))]
    elif kind == "seen late":
        versions = [(later(3, 20), whole)]
    elif kind == "indexed late":
        versions = [(seen, Version(unnamed, text)), (later(3, 75), Version(unnamed, text, (drug,)))]
    elif kind == "abstract late, found by its title":
        versions = [(seen, Version(named)), (later(2, 15), whole)]
    elif kind == "abstract late, found by it":
        versions = [(seen, Version(unnamed)), (later(1, 25), Version(unnamed, found))]
    elif kind == "new heading of the year":
        versions = [(date.min, Version(unnamed, text)), (changed, Version(unnamed, text, (drug,)))]
    else:
        versions = [(seen, whole)]
        if kind == "back-dated entry":
            entered = created - timedelta(days=random.randrange(366, 900))
        if kind == "deleted":
            deleted = later(2, 60)
        if kind == "retracted":
            versions.append((later(20, 150), Version(named, found, ("Depression",), retracted_by=pmid + 1)))
    return Life(pmid, kind, created, entered, tuple(versions), deleted)


def _notice(lives: list[Life]) -> Life:
    """The record of the retraction of the last paper."""
    of = lives[-1]
    day = of.versions[-1][0]
    notice = Version(f"Retraction: {of.versions[0][1].title}", retraction_of=of.pmid)
    return Life(of.pmid + 1, "notice of a retraction", day, day, ((day, notice),))


def write(lives: list[Life], folder: Path) -> None:
    """The year as update files that the sandbox reads: one a day on which something changed."""
    days: defaultdict[date, list[str]] = defaultdict(list)
    for life in lives:
        for day, version in life.versions:
            days[day].append(_record(life, version))
        if life.deleted is not None:
            days[life.deleted].append(
                f'<DeleteCitation><PMID Version="1">{life.pmid}</PMID></DeleteCitation>'
            )
    for day, records in days.items():
        name = "base.xml" if day == date.min else f"update-{day.isoformat()}.xml"
        text = "\n".join(records)
        (folder / name).write_text(f"<PubmedArticleSet>\n{text}\n</PubmedArticleSet>\n")


def _record(life: Life, version: Version) -> str:
    headings = "".join(
        f'<MeshHeading><DescriptorName MajorTopicYN="N">{name}</DescriptorName></MeshHeading>'
        for name in version.headings
    )
    links = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>J Made Up. 2026;1:{pmid % 1000}</RefSource>'
        f"<PMID>{pmid}</PMID></CommentsCorrections>"
        for kind, pmid in (("RetractionIn", version.retracted_by), ("RetractionOf", version.retraction_of))
        if pmid
    )
    types = "Journal Article" if not version.retraction_of else "Retraction of Publication"
    retracted = "<PublicationType>Retracted Publication</PublicationType>" if version.retracted_by else ""
    abstract = (
        f"<Abstract><AbstractText>{version.abstract}</AbstractText></Abstract>" if version.abstract else ""
    )
    return (
        f'<PubmedArticle><MedlineCitation Status="{"MEDLINE" if headings else "Publisher"}">'
        f'<PMID Version="1">{life.pmid}</PMID><Article><Journal><JournalIssue><PubDate>'
        f"<Year>{life.created.year}</Year></PubDate></JournalIssue><Title>Journal of Made Up Findings</Title>"
        f"</Journal><ArticleTitle>{version.title}</ArticleTitle>{abstract}<AuthorList><Author><LastName>"
        f"Author{life.pmid}</LastName><ForeName>A</ForeName></Author></AuthorList><Language>eng</Language>"
        f"<PublicationTypeList><PublicationType>{types}</PublicationType>{retracted}</PublicationTypeList></Article>"
        + (f"<CommentsCorrectionsList>{links}</CommentsCorrectionsList>" if links else "")
        + (f"<MeshHeadingList>{headings}</MeshHeadingList>" if headings else "")
        + f"</MedlineCitation><PubmedData><History>{_moment('entrez', life.created)}"
        f"{_moment('pubmed', life.entered)}</History><PublicationStatus>epublish</PublicationStatus><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{life.pmid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>'
    )


def _moment(status: str, day: date) -> str:
    return (
        f'<PubMedPubDate PubStatus="{status}"><Year>{day.year}</Year><Month>{day.month}</Month>'
        f"<Day>{day.day}</Day></PubMedPubDate>"
    )
