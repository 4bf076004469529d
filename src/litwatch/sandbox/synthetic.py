"""Any number of made-up records, each written from its PMID alone.

Owns their text, their shares and their create dates. Never keeps a record.

Of every 100 in a row, 10 are about ketamine and depression (relevant by the default watch), 10 about ketamine
in anaesthesia, 20 about depression without ketamine, and 60 about neither. The PMID's place among the 100
decides, so a query's share of all synthetic records is known in advance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_PMID = 99_100_001
PERIOD = 100
SHARES = {"ketamine and depression": 10, "ketamine": 10, "depression": 20, "neither": 60}
FIRST_DAY, LAST_DAY = date(2016, 1, 1), date(2025, 12, 31)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SUBJECTS = (
    "knee replacement", "asthma in children", "school meals", "hearing aids", "iron deficiency",
    "soil bacteria", "wound dressings", "air pollution", "dental caries", "bird migration",
    "gene editing", "shift work", "type 2 diabetes", "sleep apnoea", "hand washing", "bone density",
    "migraine", "stroke units", "telehealth visits", "vaccine uptake",
)  # fmt: skip
_DESIGNS = ("randomized trial", "cohort study", "cross-sectional survey", "systematic review", "case report")
# Below each number of a hundred: title and abstract. {number} stands in the title only, so that two
# records are never taken for one paper; no query is asked for it.
_TEXTS = (
    (
        10,
        "Ketamine for depression, made-up study {number}: a {design}.",
        (
            "This made-up {design} asked what ketamine does in major depression. We included {people} adults"
            " with treatment-resistant depression who received ketamine 0.5 mg/kg. The score fell by {kind}.5"
            " points at day 14 (P = 0.0{kind}). Dissociation occurred in 1{kind}% of participants. Ketamine"
            " reduced depressive symptoms in this made-up sample."
        ),
    ),
    (
        20,
        "Ketamine in anaesthesia for {subject}, made-up study {number}: a {design}.",
        (
            "This made-up {design} compared ketamine with propofol in {people} patients. Recovery took {kind}"
            " minutes. Ketamine was a suitable anaesthetic in this made-up sample."
        ),
    ),
    (
        40,
        "Depression and {subject}, made-up study {number}: a {design}.",
        (
            "This made-up {design} followed {people} adults with depression. The depression score was related"
            " to {subject}. Depression should be asked about in this made-up sample."
        ),
    ),
    (
        PERIOD,
        "What is known of {subject}, made-up study {number}: a {design}.",
        "This made-up {design} looked at {subject} in {people} places. Nothing surprising was found.",
    ),
)
_RECORD = """\
<PubmedArticle><MedlineCitation Status="PubMed-not-MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>\
<DateRevised><Year>{day.year}</Year><Month>{day.month:02}</Month><Day>{day.day:02}</Day></DateRevised>\
<Article PubModel="Electronic"><Journal><ISSN IssnType="Electronic">9990-0112</ISSN>\
<JournalIssue CitedMedium="Internet"><PubDate><Year>{day.year}</Year><Month>{month}</Month></PubDate>\
</JournalIssue><Title>Made-Up synthetic records</Title><ISOAbbreviation>Made Up Synth Rec</ISOAbbreviation>\
</Journal><ArticleTitle>{title}</ArticleTitle>\
<ELocationID EIdType="doi" ValidYN="Y">10.9999/madeup.synthetic.{pmid}</ELocationID>\
<Abstract><AbstractText>{abstract}</AbstractText>\
<CopyrightInformation>Made up for litwatch. No such study exists.</CopyrightInformation></Abstract>\
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Madeup</LastName>\
<ForeName>Synthetic {number}</ForeName><Initials>S</Initials></Author></AuthorList><Language>eng</Language>\
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>\
</Article><MedlineJournalInfo><Country>England</Country><MedlineTA>Made Up Synth Rec</MedlineTA>\
<NlmUniqueID>99900099</NlmUniqueID><ISSNLinking>9990-0112</ISSNLinking></MedlineJournalInfo></MedlineCitation>\
<PubmedData><History>{history}</History><PublicationStatus>epublish</PublicationStatus><ArticleIdList>\
<ArticleId IdType="pubmed">{pmid}</ArticleId>\
<ArticleId IdType="doi">10.9999/madeup.synthetic.{pmid}</ArticleId></ArticleIdList></PubmedData>\
</PubmedArticle>"""
_MOMENT = """\
<PubMedPubDate PubStatus="{status}"><Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}</Day>\
<Hour>6</Hour><Minute>0</Minute></PubMedPubDate>"""


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
        day, pmid, kind = date.fromordinal(self.created(number)), FIRST_PMID + number, number % PERIOD
        title, abstract = next((title, abstract) for below, title, abstract in _TEXTS if kind < below)
        words = {
            "number": number,
            "kind": kind,
            "people": 40 + 7 * kind,
            "subject": _SUBJECTS[kind % len(_SUBJECTS)],
            "design": _DESIGNS[kind % len(_DESIGNS)],
        }
        return _RECORD.format(
            pmid=pmid,
            number=number,
            day=day,
            month=_MONTHS[day.month - 1],
            title=title.format(**words),
            abstract=abstract.format(**words),
            history="".join(
                _MOMENT.format(status=status, day=day) for status in ("medline", "pubmed", "entrez")
            ),
        ).encode()
