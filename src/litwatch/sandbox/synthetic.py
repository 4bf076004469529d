"""Any number of made-up records, each written from its PMID alone.

Owns their text, their shares and their create dates. Never keeps a record.

Of every 100 in a row, 10 are about ketamine and depression (relevant by the default watch), 10 about ketamine in
anaesthesia, 20 about depression without ketamine, and 60 about neither. The PMID's place among the 100 decides,
so a query's share of all synthetic records is known in advance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_PMID = 99_100_001
PERIOD = 100
SHARES = {"ketamine and depression": 10, "ketamine": 10, "depression": 20, "neither": 60}
FIRST_DAY, LAST_DAY = date(2016, 1, 1), date(2025, 12, 31)

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SUBJECTS = (
    "knee replacement", "asthma in children", "school meals", "hearing aids", "iron deficiency", "soil bacteria",
    "wound dressings", "air pollution", "dental caries", "bird migration", "gene editing", "shift work",
    "type 2 diabetes", "sleep apnoea", "hand washing", "bone density", "migraine", "stroke units",
    "telehealth visits", "vaccine uptake",
)  # fmt: skip
_DESIGNS = ("randomized trial", "cohort study", "cross-sectional survey", "systematic review", "case report")


@dataclass(frozen=True, slots=True)
class Synthetic:
    """`count` records with create dates spread evenly, in PMID order, from `first` to `last`."""

    count: int = 0
    first: date = FIRST_DAY
    last: date = LAST_DAY

    def created(self, number: int) -> int:
        """The create date of the record, as an ordinal; `number` counts from 0."""
        days = (self.last - self.first).days + 1
        return self.first.toordinal() + number * days // max(1, self.count)

    def seen_on(self, day: int) -> int:
        """How many records are there on a day: the first ones, since create dates follow PMIDs."""
        days = (self.last - self.first).days + 1
        passed = day - self.first.toordinal() + 1
        if passed <= 0:
            return 0
        return self.count if passed >= days else -(-passed * self.count // days)

    def number_of(self, pmid: int) -> int | None:
        """The place of a PMID among them, or None."""
        number = pmid - FIRST_PMID
        return number if 0 <= number < self.count else None

    def raw(self, number: int) -> bytes:
        """The record as one <PubmedArticle>."""
        created = date.fromordinal(self.created(number))
        return _article(FIRST_PMID + number, number, created).encode()


def _words(kind: int, number: int) -> tuple[str, str]:
    """Title and abstract: only `kind` (0 to 99) decides what a query finds in them."""
    subject, design = _SUBJECTS[kind % len(_SUBJECTS)], _DESIGNS[kind % len(_DESIGNS)]
    people = 40 + 7 * kind
    if kind < 10:
        return (
            f"Ketamine for depression, made-up study {number}: a {design}.",
            f"This made-up {design} asked what ketamine does in major depression. We included {people} adults with "
            f"treatment-resistant depression who received ketamine 0.5 mg/kg. The depression score fell by "
            f"{6 + kind} points at day 14 (P = 0.0{kind + 1}). Dissociation occurred in {10 + kind}% of participants. "
            "Ketamine reduced depressive symptoms in this made-up sample.",
        )
    if kind < 20:
        return (
            f"Ketamine in anaesthesia for {subject}, made-up study {number}: a {design}.",
            f"This made-up {design} compared ketamine with propofol in {people} patients. Recovery took "
            f"{12 + kind} minutes. Ketamine was a suitable anaesthetic in this made-up sample.",
        )
    if kind < 40:
        return (
            f"Depression and {subject}, made-up study {number}: a {design}.",
            f"This made-up {design} followed {people} adults with depression. The depression score was related to "
            f"{subject}. Depression should be asked about in this made-up sample.",
        )
    return (
        f"What is known of {subject}, made-up study {number}: a {design}.",
        f"This made-up {design} looked at {subject} in {people} places. Nothing surprising was found.",
    )


def _article(pmid: int, number: int, created: date) -> str:
    title, abstract = _words(number % PERIOD, number)
    day = f"<Year>{created.year}</Year><Month>{created.month}</Month><Day>{created.day}</Day>"
    revised = f"<Year>{created.year}</Year><Month>{created.month:02}</Month><Day>{created.day:02}</Day>"
    history = "".join(
        f'<PubMedPubDate PubStatus="{status}">{day}<Hour>6</Hour><Minute>0</Minute></PubMedPubDate>'
        for status in ("medline", "pubmed", "entrez")
    )
    return (
        '<PubmedArticle><MedlineCitation Status="PubMed-not-MEDLINE" Owner="NLM">'
        f'<PMID Version="1">{pmid}</PMID><DateRevised>{revised}</DateRevised><Article PubModel="Electronic"><Journal>'
        '<ISSN IssnType="Electronic">9990-0112</ISSN><JournalIssue CitedMedium="Internet"><PubDate>'
        f"<Year>{created.year}</Year><Month>{_MONTHS[created.month - 1]}</Month></PubDate></JournalIssue>"
        "<Title>Made-Up synthetic records</Title><ISOAbbreviation>Made Up Synth Rec</ISOAbbreviation></Journal>"
        f'<ArticleTitle>{title}</ArticleTitle><ELocationID EIdType="doi" ValidYN="Y">10.9999/madeup.synthetic.{pmid}'
        f"</ELocationID><Abstract><AbstractText>{abstract}</AbstractText><CopyrightInformation>Made up for litwatch. No "
        'such study exists.</CopyrightInformation></Abstract><AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>'
        f"Madeup</LastName><ForeName>Synthetic {number}</ForeName><Initials>S</Initials></Author></AuthorList>"
        '<Language>eng</Language><PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>'
        "</PublicationTypeList></Article><MedlineJournalInfo><Country>England</Country><MedlineTA>Made Up Synth Rec"
        "</MedlineTA><NlmUniqueID>99900099</NlmUniqueID><ISSNLinking>9990-0112</ISSNLinking></MedlineJournalInfo>"
        f"</MedlineCitation><PubmedData><History>{history}</History><PublicationStatus>epublish</PublicationStatus>"
        f'<ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId><ArticleId IdType="doi">10.9999/madeup.synthetic.'
        f"{pmid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>"
    )
