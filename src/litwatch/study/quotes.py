"""The sentences a paper is quoted by: its result, its authors' conclusion, its harm; each whole and verbatim, or none.

Owns which sentence is chosen. Never shortens one, and never passes over a null result for a finer one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litwatch.paper import Paper, Span
from litwatch.study.cues import Cued, Exact, small
from litwatch.study.statements import Statement

_SECONDARY = Cued(r"\bsecondary (?:outcome|analys)|\bexplorator")
_OWN = Cued(
    r"\b(?:in conclusion|conclude|(?:these|our|the|study|present|current) (?:results|findings|data)|"
    r"this (?:study|trial|review|meta-analysis))\b"
)


@dataclass(frozen=True, slots=True)
class Quotes:
    """One sentence each, as Spans of the abstract."""

    result: Span | None = None
    conclusion: Span | None = None
    harm: Span | None = None


_PRIMARY = Cued(
    r"\b(?:primary (?:outcome|end ?point|efficacy|analys[ie]s|measure|aim|hypothesis)|primarily\b|"
    r"main (?:outcome|effect|finding))",
)
_NULL = Cued(
    r"\b(?:no (?:statistically )?(?:significant(?:ly)? )?(?:difference|effect|improvement|benefit|change|"
    r"association|evidence|additional|advantage|superiority|impact)|not (?:statistically )?(?:significant|"
    r"differ|superior|inferior|associated|better|improve|reduce|more effective|affect)|did not\b|"
    r"failed to\b|neither\b|contrary to\b|non-?inferior)",
)
_FIGURES = Exact(
    r"\d\s?%|\b(?:[Ee]ffect sizes?\b[^.;]{0,12}\d|[pP]\s?[<=>≤≥]|CI\b|(?:OR|RR|HR|SMD|MD|WMD|ES|RD|aOR|"
    r"NNT)\s?[:=]?\s?[=-]?\s?\d|g\s?=|d\s?=|n\s?=\s?\d)|±",
    needs=r"[\d<=>≤≥±]|CI",
)
_FOUND = Cued(
    r"\b(?:significant\w*|improve\w*|reduc\w+|decreas\w+|increas\w+|superior\w*|greater|lower|higher|"
    r"differ\w*|respon\w+|remission|remitted|"
    r"associated|effective\w*|efficac\w+|predict\w+|correlat\w+|showed|demonstrated|revealed|relapse\w*)\b",
)
_MOOD = Cued(
    r"depress|suicid|\b(?:MADRS\b|HAM-?D|HDRS|HRSD|PHQ|BDI|EPDS|PPD\b|mood\b|QIDS|remission|respon|SSI\b|"
    r"self-harm)|antidepress",
)
_SAMPLE = Cued(
    r"\b(?:(?:were|was) (?:randomly (?:divided|assigned|allocated)|enrolled|recruited|screened|"
    r"randomi[sz]ed|included|identified|excluded|retrieved|eligible)\b|met (?:the )?(?:inclusion|"
    r"eligibility)|mean age\b|baseline (?:characteristics|demographic)|of (?:the )?\d+ (?:patients|"
    r"participants|studies)? ?(?:screened|identified)|search (?:yielded|provided|identified))",
)
# Who the people were before anything was done, and what a search brought: never the result.
_BASELINE = Cued(
    r"\b(?:at baseline\b|baseline (?:age|characteristics|demographic\w*)|(?:mean|median|"
    r"average) (?:\w+ )?age\b|age range\b|(?:were|was) (?:predominantly |mostly )?(?:female|male|women|"
    r"men)\b|baseline differences?\b|(?:differ\w*|similar|comparable|balanced) (?:in|"
    r"at) (?:the )?baseline\b|(?:had|have|has) (?:\w+ )?(?:higher|lower|similar) baseline\b|"
    r"demographic (?:characteristics|data|variables)\b|mean ages?\b)",
)
_CHANGE = Cued(
    r"\b(?:changes?|chang(?:ed|ing)|reduc\w+|decreas\w+|improv\w+|declin\w+|fell|dropped|predict\w+|moderat\w+|"
    r"respon\w+|remi(?:ssion|tted)|after|post\w*|follow-?up|associat\w+|correlat\w+)\b",
)
_YIELD = Cued(
    r"\b(?:(?:search\w*|we|databases?)\b[^.;]{0,60}\b(?:yielded|resulted in|identified|retrieved|returned|"
    r"screened|found)\s(?:a total of\s)?\d[\d,]*|(?:studies|trials|articles|records|RCTs|publications|"
    r"papers|reports|citations)\b[^.;]{0,80}?\b(?:were|was)\s(?:\w+\s)?(?:included|identified|retrieved|"
    r"screened|eligible|selected|found|analy[sz]ed)\b|(?:met|meeting|fulfilled) (?:the |our |"
    r"all )?(?:inclusion|eligibility))|^(?:In total, |Overall, |Finally, |A total of |We (?:included|"
    r"identified|analy[sz]ed) )?(?:[\w-]+ ){1,8}(?:studies|trials|articles|records|RCTs|"
    r"publications)\b[^.;]{0,40}\b(?:included|identified|eligible|analy[sz]ed)\b|^We (?:included|"
    r"identified|retrieved|screened|found) (?:[\w,-]+ ){0,6}(?:studies|trials|articles|records|RCTs|"
    r"publications)\b",
)
# Two groups set against each other, or the size of what lies between them.
_CONTRAST = Cued(
    r"\b(?:than|versus|vs|compared (?:with|to)|between(?:-| the | )(?:\w+ ){0,3}(?:groups?|arms|conditions|treatments)|"
    r"(?:mean |risk )?differences?|superior|non-?inferior\w*|(?:odds|risk|hazard|rate) ratio|SMD|WMD|effect sizes?|"
    r"did not differ|relative to)\b",
)
_NO_DIFFERENCE = Cued(
    r"\b(?:no (?:statistically |clinically )?(?:significant |between-group )*(?:differences?|effects?|"
    r"benefit|advantage|superiority)\b|(?:did|do|does) not (?:significantly )?differ|was not (?:superior|"
    r"significant|more effective)|were not (?:superior|significantly)|failed to (?:separate|show|"
    r"demonstrate))",
)
_ASIDE = Cued(
    r"^(?:In addition|Additionally|Moreover|Furthermore|However|Also|Similarly|Exploratory|Secondary)\b|"
    r"\bwas also\b|\balso (?:showed|had|significantly)|\bsubgroup|\bpost[- ]hoc\b",
)
_PRIMARY_IS = Cued(
    r"\b(?:co-)?primary (?:efficacy |study |clinical )?(?:outcomes?|end ?points?)\b(?: measures?)?[^.;]{0,12}?"
    r"(?:\b(?:was|were|is|included?|comprised)\b|:|,)(?P<what>[^.;]*)",
)
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    primary outcome outcomes change changes from with score scores total scale rating baseline between groups group
    were that assessed measured after using treatment symptoms endpoint measure defined which this than into included
    their the and for was
    """,
    )
)
_HARM = Cued(
    r"\b(?:adverse|side[- ]effects?|toler\w+|safe(?:ly|ty)?|dissociat\w+|toxic\w*|harm(?:s|ful)?|"
    r"complication\w*|discontinu\w+|drop-?outs? (?:due|for)|nausea|vomiting|"
    r"headache|dizz\w+|sedat\w+|hypertens\w+|blood pressure|hallucinat\w+|psychotomimetic|psychotic\w*|"
    r"cystitis|urinary|bladder|hepato\w*|TEAEs?|AEs?|SAEs?|"
    r"nightmares?|CADSS|BPRS|hypotens\w+|euphori\w+|delirium|mania|manic|abuse|deaths?|mortality|"
    r"seizures?|cogniti\w+ impair\w+|dysfunction|withdrawal due)\b",
)
_HARM_STRONG = Cued(
    r"\b(?:adverse|side[- ]effect|tolerat|tolerab|serious\b|TEAE|AEs?\b|SAEs?\b|safe\b|safety\b|"
    r"dissociative (?:symptom|effect|side)|complications?\b|toxic|well[- ]tolerated|cystitis)",
)
# A harm that has a name, or that people had: what "safe and well tolerated" leaves out.
_EVENT = Cued(
    r"\b(?:adverse (?:events?|effects?|reactions?|drug)|side[- ]effects?|dissociat\w+|complications?|nausea|vomiting|"
    r"headaches?|dizz\w+|sedat\w+|hypertens\w+|hypotens\w+|blood pressure|hallucinat\w+|psychotomimetic|psychotic\w*|"
    r"cystitis|bladder|urinary|hepato\w*|TEAEs?|AEs?|SAEs?|nightmares?|CADSS|delirium|mania|manic|deaths?|mortality|"
    r"seizures?|toxic\w*|withdr[ae]w\w*|discontinu\w+|drop-?outs?|abuse|harm(?:s|ful)?|cogniti\w+ impair\w+|"
    r"dysfunction|euphori\w+|BPRS|suicid\w+)\b",
)
_TOLERATED = Cued(r"\b(?:tolerat|tolerab|safe\b|safety\b)")
_WANTED = Cued(
    r"\b(?:will|should|would|aim(?:s|ed)? to|is designed|are expected|needs? to|must|"
    r"if (?:\w+ )+(?:confirm\w*|validate\w*|establish\w*)|"
    r"(?:was|were) (?:assessed|evaluated|monitored|measured|recorded|examined|collected|investigated|"
    r"gathered))\b(?! to be)|"
    r"\b[Hh]ere,? we (?:present|report|describe)\b",
)
_FURTHER = Cued(
    r"\b(?:(?:further|future|additional|more|larger|long-?term|randomi[sz]ed)\b[^.;]{0,60}\b(?:research|"
    r"stud(?:y|ies)|trials?|investigations?|work|data|exploration)\b[^.;]{0,60}\b(?:need\w*|warrant\w*|"
    r"require\w*|necessary|should|must|recommended|merit\w*|important|essential)|(?:needed|warranted|"
    r"required|needs to be|remains? to be|warrants? further)\b)",
)
# What is said about findings rather than by them.
_COMMENTARY = Cued(
    r"\b(?:results?|findings?|data|conclusions?|study|evidence)\b[^.;,]{0,40}?\b(?:needs? to be|should be|must be|"
    r"ha(?:s|ve) (?:important|clinical|significant|potential) (?:\w+ )?implications?|"
    r"(?:may|could|can|will) (?:help )?(?:guide|inform))\b",
)
_CONCLUDES = Cued(
    r"\b(?:in conclusion|conclu\w+|suggest\w*|indicat\w+|support\w*|demonstrat\w+|find(?:s|ings)|results?|"
    r"overall|appears?|may|might|could|provid\w+|thus|therefore|evidence|"
    r"highlight\w*|show\w*|promising|effective|efficac\w+|represent\w*|significant\w*|improve\w*|"
    r"associated)\b",
)
_RIGHTS = Cued(
    r"©|\b(?:copyright\b|all rights reserved\b|Psyc?INFO Database\b)|\(PsycInfo|\b(?:trial registration|"
    r"PROSPERO ID|NCT\d{8}|ClinicalTrials\.gov)",
)
_PLAN = Cued(
    r"\b(?:will|aims? to|is designed|primary outcome|to (?:determine|evaluate|assess|compare|investigate|"
    r"examine))\b",
)
_AGE = Exact(r"\bage\b", needs="age")
_ALTHOUGH = Cued(r"\b(?:although|while|but|however)\b")
_MODEST = re.compile(r"(?:However|Limitations?|Moreover|Furthermore|Additionally)\b|.*\blimitation")
_LONG_WORD = re.compile(r"[a-z]{5,}")
_CONTENT_WORD = re.compile(r"[a-z\d]{3,}")
_NO_RESULT = frozenset(("protocol", "notice", "guideline", "comment"))


def quotes(paper: Paper, parts: Sequence[Statement], design: str | None, *, harm: bool) -> Quotes:
    """The quotes of a paper; a notice has none, a protocol only what is planned; `harm`: whether harms are its topic.

    `parts` are the sentences of the abstract with their roles.
    """
    if design == "notice" or not parts:
        return Quotes()
    clean = [part for part in parts if not part.has(_RIGHTS)]
    result = None if design in _NO_RESULT else _result(clean, title=paper.title, narrative=design == "review")
    conclusion = _planned(clean) if design == "protocol" else _conclusion(clean)
    harmful = _harm(clean) if harm and design != "protocol" else None
    return Quotes(_span(result), _span(conclusion), _span(harmful))


def _result(parts: Sequence[Statement], *, title: str, narrative: bool) -> Statement | None:
    results = [part for part in parts if part.role == "results"]
    if not results:
        return None
    words = set(_LONG_WORD.findall(small(title)))
    primary = _primary_words(parts)
    harmful_title = _HARM_STRONG.search(title) is not None
    best: tuple[float, Statement] | None = None
    for place, part in enumerate(results):
        contrast = part.has(_CONTRAST)
        if _no_result(part, contrast=contrast):
            continue
        score = 0.0
        score += 3.0 if part.has(_PRIMARY) else 0.0
        score += 1.2 if part.has(_FIGURES) else 0.0
        score += 1.0 if part.has(_FOUND) else 0.0
        score += 1.0 if part.has(_NULL) else 0.0
        score += 0.9 if part.has(_MOOD) else 0.0
        score += 0.5 if contrast else 0.0
        score += 0.6 if part.has(_NO_DIFFERENCE) else 0.0
        score += 0.25 * min(4, len(words.intersection(_LONG_WORD.findall(part.small))))
        if contrast or part.has(_FIGURES):
            score += 0.5 * min(4, len(primary.intersection(_content(part.small))))
        score -= 2.2 if part.has(_SAMPLE) else 0.0
        score -= 2.0 if part.has(_HARM_STRONG) and not harmful_title else 0.0
        score -= 0.6 if part.has(_ASIDE) else 0.0
        score -= 0.8 if part.has(_SECONDARY) else 0.0
        score -= 0.22 * place
        if best is None or score > best[0]:
            best = (score, part)
    return best[1] if best is not None and best[0] >= (2.5 if narrative else 0.8) else None


def _no_result(part: Statement, *, contrast: bool) -> bool:
    """Whether a sentence tells who came into the study, or how many papers a search brought, and nothing found."""
    if part.has(_BASELINE) and not (part.has(_CHANGE) and not part.has(_AGE)):
        return True
    return part.has(_YIELD) and not (contrast and part.has(_FIGURES))


def _content(lowered: str) -> set[str]:
    """The words of a text that can tell one outcome from another."""
    return set(_CONTENT_WORD.findall(lowered)) - _COMMON


def _primary_words(parts: Sequence[Statement]) -> set[str]:
    """The words by which the methods name the primary outcome; none where they name none."""
    for part in parts:
        if part.role in ("aim", "methods", "background"):
            named = part.find(_PRIMARY_IS)
            if named:
                return _content(named["what"])
    return set()


def _conclusion(parts: Sequence[Statement]) -> Statement | None:
    conclusions = [part for part in parts if part.role == "conclusion"]
    if not conclusions and parts:
        conclusions = [part for part in parts[-2:] if part.role == "results" and part.has(_CONCLUDES)]
    best: tuple[float, Statement] | None = None
    for place, part in enumerate(conclusions):
        score = 1.0 if part.has(_CONCLUDES) else 0.0
        score += 1.0 if part.has(_OWN) else 0.0
        score -= 3.0 if part.has(_FURTHER) and not part.has(_ALTHOUGH) else 0.0
        score -= 2.5 if part.has(_COMMENTARY) else 0.0
        score -= 0.8 if _MODEST.match(part.text) else 0.0
        score -= 0.4 * place
        if best is None or score > best[0]:
            best = (score, part)
    return best[1] if best is not None and best[0] > -2.2 else None


def _planned(parts: Sequence[Statement]) -> Statement | None:
    best: tuple[float, Statement] | None = None
    for place, part in enumerate(parts):
        score = {"aim": 2.0, "methods": 0.8, "conclusion": 0.6}.get(part.role, -1.0)
        score += 1.5 if part.has(_PLAN) else 0.0
        score += 0.5 if " will " in part.text else 0.0
        score -= 0.1 * place
        if best is None or score > best[0]:
            best = (score, part)
    return best[1] if best is not None and best[0] > 0 else None


def _harm(parts: Sequence[Statement]) -> Statement | None:
    best: tuple[float, Statement] | None = None
    for part in parts:
        if part.role not in ("results", "conclusion"):
            continue
        event, figures = part.has(_EVENT), part.has(_FIGURES)
        if not part.has(_HARM) or part.has(_WANTED):
            continue
        score = 2.0 if part.role == "results" else 0.0
        score += 1.5 if part.has(_HARM_STRONG) else 0.0
        score += 0.3 * min(3, len(_HARM.compiled.findall(part.small)))
        score += 0.5 if figures else 0.0
        score -= 2.5 if part.has(_FURTHER) else 0.0
        score -= 0.7 if part.has(_TOLERATED) and not event else 0.0
        score += 0.4 if event and figures else 0.0
        if best is None or score > best[0]:
            best = (score, part)
    return best[1] if best is not None and best[0] > 1.0 else None


def _span(part: Statement | None) -> Span | None:
    return Span("abstract", part.start, part.end, part.text) if part is not None else None
