"""What of a record says which paper it is: titles, names, years, numbers, links; folded once, compared often.

Owns the reading of these, and which records are notices, comments, protocols or conference abstracts. Never
compares two of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from litwatch.decide.titles import Title, fold, title
from litwatch.paper import Author, Paper
from litwatch.study.registrations import is_preprint

#: What a record is among the records of a paper. Only like and like can be versions of one paper.
ARTICLE, NOTICE, COMMENT, PROTOCOL, ABSTRACT = "article", "notice", "comment", "protocol", "abstract"

# Preprint servers by the beginning of their DOIs, and how each writes a version at the end of one.
_SERVERS = re.compile(
    r"10\.(?:1101/\d|64898/\d|21203/rs\.|2139/ssrn|31234/osf|31219/osf|31222/osf|20944/preprints|48550/arxiv|"
    r"26434/chemrxiv|22541/au\.|36227/techrxiv|7287/peerj\.preprints|2196/preprints|32388/|12688/f1000research|"
    r"12688/wellcomeopenres|12688/gatesopenres|12688/hrbopenres|12688/openreseurope|7554/elife\.\d+\.\d)"
)
_NOT_REVIEWED_YET = re.compile(r"10\.(?:12688/|7554/)")  # these platforms review what they have published
_VERSION = re.compile(r"(?:/v|[._-]v|(?<=\d)v)\d{1,2}(?:\.full)?$|(?<=\d)\.\d{1,2}$")
_PLAIN_DOI = re.compile(r"10\.\d{4,9}/\S+")
_VIEW = re.compile(r"/(?:full|abstract|pdf|epdf|meta|html?|fulltext)$")

_NOTICE_TYPES = frozenset({"D016425", "D016440", "D000075742"})
_NOTICE_NAMES = frozenset(
    {"published erratum", "retraction of publication", "retraction notice", "expression of concern"}
)
_NOTICE = re.compile(
    r"\W*(?:(?:author|publisher|editorial|editor'?s?)\s+)?(?:errat(?:um|a)\b|corrigend(?:um|a)\b|corrections?\s*"
    r"(?:[:.\]\-–—]|to\b|for\b|$)|(?:statement of )?retraction\s*(?:[:.\-–—]|of\b|note|notice|$)|"
    r"retracted\s+and\s+republished|"
    r"(?:notice|note)\s+of\s|(?:editorial\s+)?expression\s+of\s+concern|addendum\b|withdrawal\s*(?:[:.]|of\b))",
    re.IGNORECASE,
)
_NOTICE_AT_END = re.compile(r"[:.(\[\-–—]\s*(?:erratum|corrigendum|correction|retraction)\W*$", re.IGNORECASE)
_COMMENT = re.compile(
    r"\W*(?:comment(?:ary|s)?\s*(?:[:.\-–—]|on\b|to\b|$)|re\s*:|repl(?:y|ies)\b|rejoinder|rebuttal|(?:the\s+)?"
    r"authors?['’]?s?['’]?\s+(?:repl|respon)|in\s+reply|invited\s+comment|editorial\s*(?:comment|:)|"
    r"letters?\s*(?:to\s+the\s+editor|:|on\b|regarding)|regarding\s|correspondence\b|"
    r"response\s+to\s+(?:the\s+)?(?:comment|letter|author|reply|editor|critique|dr\b|drs\b|\S+\s+et\s+al|[“\"'‘])|"
    r"response\s*:|discussion\s+of\b|viewpoint\s*:|perspective\s*:)",
    re.IGNORECASE,
)
_COMMENT_AT_END = re.compile(
    r"(?:[:.,–—?!(\[]|\s-)\s*(?:(?:an?|the|in)\s+)?(?:authors?['’]?s?['’]?\s+)?(?:invited\s+)?"
    r"(?:reply|replies|response|rejoinder|comment(?:ary|s)?|rebuttal|letter)(?:\s+(?:to|on)\s.{1,80})?\W*$",
    re.IGNORECASE,
)
_PROTOCOL = re.compile(
    r"\bprotocol\b|\bstudy design\b|\btrial design\b|\bdesign (?:of|and)\b|\brationale\b|\bdesign,? (?:and )?methods\b|"
    r"\bmethods and design\b|\bstatistical analysis plan\b|\bdesign paper\b|"
    r"\bstage (?:1|i|one)\W+registered report\b|\bregistered report (?:protocol|stage (?:1|i|one))\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\bwill (?:also )?be (?:randomi[sz]ed|recruited|enrolled|allocated|assigned|compared|assessed|measured|collected|"
    r"analy[sz]ed|followed|invited|conducted|disseminated|published|searched|included|screened)\b|"
    r"\b(?:are|is) being (?:randomi[sz]ed|recruited|enrolled|allocated|assigned)\b|"
    r"\brecruitment (?:is (?:ongoing|planned)|will)\b|"
    r"\bth(?:is|e present) (?:trial|study) (?:will (?:test|determine|assess|evaluate|examine|investigate|compare)|"
    r"is expected to)\b",
    re.IGNORECASE,
)
_CASE, _CASE_REPORTS = re.compile(r"\bcase (?:report|series|stud|vignette)", re.IGNORECASE), "D002363"
_MEETING = frozenset(
    {"meeting abstract", "meeting abstracts", "conference abstract", "congress", "congresses"}
)
# The number of a talk or poster before its title: "P-123.", "P.2.b.005", "EPP0451", "Abstract 12:".
_CODE = re.compile(
    r"\W*(?:[Aa]bstract|[Pp]oster|[Oo]ral|[Pp]resentation)\s*(?:no\.?|number|#)?\s*[A-Za-z]{0,4}[\d.-]*\d\s*[:.\])–—-]|"
    r"\W*(?:[A-Z]{1,2}[-.]?(?:\w{1,2}[-.]){0,3}\d{2,4}\s*[:.\])–—|]|E[A-Z]{1,2}\d{3,4}\b)\s"
)

#: Links by which NLM says that two records are one paper; UpdateOf does so only for a preprint, for Cochrane
#: reviews, guidelines and even letters carry it too.
SAME_LINKS = frozenset(
    f"{kind}{end}"
    for kind in ("Republished", "CorrectedandRepublished", "RetractedandRepublished")
    for end in ("In", "From")
)
UPDATE_LINKS = frozenset({"UpdateIn", "UpdateOf"})
#: Links by which NLM says that one speaks about the other.
SUBJECT_LINKS = frozenset(
    f"{kind}{end}"
    for kind, ends in (
        ("Comment", ("In", "On")), ("Erratum", ("In", "For")), ("Retraction", ("In", "Of")),
        ("PartialRetraction", ("In", "Of")), ("ExpressionOfConcern", ("In", "For")),
        ("SummaryForPatients", ("In",)), ("OriginalReport", ("In",)), ("Dataset", ("In",)),
        ("AssociatedDataset", ("",)), ("AssociatedPublication", ("",)),
    )
    for end in ends
)  # fmt: skip
_SERVER_NAMES = re.compile(r"rxiv|research square|res sq|ssrn|preprint", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = re.compile(rf"\b((?:18|19|20)\d\d) ({'|'.join(_MONTH_NAMES)})\b")


@dataclass(frozen=True, slots=True)
class Name:
    """An author's folded last name and initials; of a group its words as last name alone."""

    last: str
    initials: str = ""
    fore: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What says which paper a record is of; compared by decide.versions.

    `years`, `months` (counted from year 0): the first and last that its dates name; None where there is none. `doi`
    is without case, address and the version of a preprint. `links`: NLM's kinds with the PMIDs or DOIs that they name.
    """

    pmid: int
    role: str
    preprint: bool
    reviewed_in_public: bool
    title: Title
    vernacular: Title
    authors: tuple[Name, ...]
    years: tuple[int, int] | None
    months: tuple[int, int] | None
    journal: frozenset[str]
    journal_words: tuple[str, ...]
    volume: str
    pages: str
    supplement: bool
    doi: str
    versioned: bool
    links: frozenset[tuple[str, int | str]]
    abstract: str
    duplicate: bool = False
    case: bool = False

    @property
    def paged(self) -> bool:
        """Whether it has a place in a volume; an ahead-of-print record has none yet."""
        return bool(self.pages and self.volume)


def sketch(paper: Paper) -> Sketch:
    """The sketch of a paper."""
    doi, versioned = normal_doi(paper.doi)
    on_server = is_preprint(paper) or bool(_SERVERS.match(doi))
    platform = bool(_NOT_REVIEWED_YET.match(doi))
    supplement = "sup" in f"{paper.issue} {paper.volume}".casefold() or paper.pages.startswith(("S", "s"))
    return Sketch(
        pmid=paper.pmid,
        role=_role(paper, supplement=supplement),
        preprint=on_server and not platform,
        reviewed_in_public=platform and versioned,
        title=title_of(paper),
        vernacular=title(paper.vernacular_title),
        authors=tuple(name for author in paper.authors if (name := name_of(author)).last),
        years=_years(paper),
        months=_months(paper),
        journal=frozenset(
            each
            for each in (
                paper.nlm_id,
                *paper.issn,
                _journal(paper.journal),
                _journal(paper.journal_abbreviation),
            )
            if each
        ),
        journal_words=tuple(
            fold(paper.journal or paper.journal_abbreviation).replace(".", " ").split(":")[0].split()
        ),
        volume=paper.volume,
        pages=paper.pages.casefold().strip(),
        supplement=supplement,
        doi=doi,
        versioned=versioned,
        links=named_links(paper),
        abstract=paper.abstract,
        duplicate=any(
            kind.ui == "D016438" or kind.name == "Duplicate Publication" for kind in paper.publication_types
        ),
        case=bool(_CASE.search(paper.title))
        or any(kind.ui == _CASE_REPORTS or kind.name == "Case Reports" for kind in paper.publication_types),
    )


def title_of(paper: Paper) -> Title:
    """The title that a record goes by."""
    return title(paper.title or paper.vernacular_title or paper.book_title)


def normal_doi(doi: str) -> tuple[str, bool]:
    """A DOI as it is compared, and whether the version of a preprint was taken off; "" where it is none."""
    found = _PLAIN_DOI.search(
        unquote(doi).casefold().replace(" ", "") if "%" in doi else doi.casefold().replace(" ", "")
    )
    if not found:
        return "", False
    plain = _VIEW.sub("", found.group().rstrip(".,;)]"))
    if not _SERVERS.match(plain):
        return plain, False
    if plain.startswith("10.2196/preprints."):
        return plain.replace("/preprints.", "/"), True
    base = _VERSION.sub("", plain)
    return base, base != plain


def _role(paper: Paper, *, supplement: bool) -> str:
    names = {kind.name.casefold() for kind in paper.publication_types}
    text = paper.title.strip(" [")
    if names & _NOTICE_NAMES or any(kind.ui in _NOTICE_TYPES for kind in paper.publication_types):
        return NOTICE
    if _NOTICE.match(text) or _NOTICE_AT_END.search(text):
        return NOTICE
    if "comment" in names or any(link.kind == "CommentOn" for link in paper.links):
        return COMMENT
    if _COMMENT.match(text) or _COMMENT_AT_END.search(text):
        return COMMENT
    short = supplement and _on_two_pages(paper.pages) and len(paper.abstract) < 2500
    if names & _MEETING or _CODE.match(text) or short:
        return ABSTRACT
    if "clinical trial protocol" in names or _PROTOCOL.search(text) or _PLANNED.search(paper.abstract):
        return PROTOCOL
    return ARTICLE


def _on_two_pages(pages: str) -> bool:
    """Whether something stands on one page, or on two: S333, S333-S334, S333-4."""
    first, dash, last = pages.partition("-")
    start, end = (re.sub(r"\D", "", each) for each in (first, last))
    if not (start and end):
        return bool(pages and not dash)
    return int(start[: -len(end)] + end if len(end) < len(start) else end) - int(start) <= 1


def name_of(author: Author) -> Name:
    """An author folded."""
    if author.last_name:
        fore = fold(author.fore_name)
        initials = _letters(fold(author.initials))
        initials = initials or "".join(part[0] for part in re.findall(r"[^\W_]+", fore))
        return Name(_letters(fold(author.last_name)), initials, _letters(fore))
    return Name(" ".join(re.findall(r"[^\W_]+", fold(author.collective_name))))


def _letters(folded: str) -> str:
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def _years(paper: Paper) -> tuple[int, int] | None:
    found = [
        int(year) for text in (paper.publication_date, paper.electronic_date) for year in _YEAR.findall(text)
    ]
    if not found and paper.create_date:
        found = [paper.create_date.year]
    return (min(found), max(found)) if found else None


def _months(paper: Paper) -> tuple[int, int] | None:
    found = [
        12 * int(year) + _MONTH_NAMES.index(month)
        for text in (paper.publication_date, paper.electronic_date)
        for year, month in _MONTH.findall(text)
    ]
    return (min(found), max(found)) if found else None


def _journal(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(name).split(" : ")[0]))


def named_links(paper: Paper) -> frozenset[tuple[str, int | str]]:
    """The links of a record: NLM's kind (UpdateOfPreprint where the source is a server) and the PMID or DOI named."""
    found: set[tuple[str, int | str]] = set()
    for link in paper.links:
        kind = link.kind
        if kind in UPDATE_LINKS and _SERVER_NAMES.search(link.source):
            kind = f"{kind}Preprint"
        if link.pmid:
            found.add((kind, link.pmid))
        elif (named := _PLAIN_DOI.search(link.source)) is not None:
            found.add((kind, normal_doi(named.group())[0]))
    return frozenset(found)
