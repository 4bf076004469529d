"""The sentences a paper is quoted by: its result, its authors' conclusion, its harm; each whole and verbatim, or none.

Owns which sentence is chosen. Never shortens one, and never passes over a null result for a finer one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litwatch.paper import Paper, Passage, Span
from litwatch.study.cues import Cued

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
    r"\bprimary (?:outcome|end ?point|efficacy|analys[ie]s|measure|aim|hypothesis)|\bprimarily\b|"
    r"\bmain (?:outcome|effect|finding)",
)
_NULL = Cued(
    r"\bno (?:statistically )?(?:significant(?:ly)? )?(?:difference|effect|improvement|benefit|change|"
    r"association|evidence|additional|advantage|superiority|impact)|"
    r"\bnot (?:statistically )?(?:significant|differ|superior|inferior|associated|better|improve|reduce|"
    r"more effective|affect)|"
    r"\bdid not\b|\bfailed to\b|\bneither\b|\bcontrary to\b|\bnon-?inferior",
)
_FIGURES = re.compile(
    r"\d\s?%|\b[Ee]ffect sizes?\b[^.;]{0,12}\d|\b[pP]\s?[<=>≤≥]|\bCI\b|"
    r"\b(?:OR|RR|HR|SMD|MD|WMD|ES|RD|aOR|NNT)\s?[:=]?\s?[=-]?\s?\d|\bg\s?=|"
    r"\bd\s?=|±|\bn\s?=\s?\d"
)
_FOUND = Cued(
    r"\b(?:significant\w*|improve\w*|reduc\w+|decreas\w+|increas\w+|superior\w*|greater|lower|higher|"
    r"differ\w*|respon\w+|remission|remitted|"
    r"associated|effective\w*|efficac\w+|predict\w+|correlat\w+|showed|demonstrated|revealed|relapse\w*)\b",
)
_MOOD = Cued(
    r"depress|suicid|\bMADRS\b|\bHAM-?D|\bHDRS|\bHRSD|\bPHQ|\bBDI|\bEPDS|\bPPD\b|\bmood\b|\bQIDS|"
    r"\bremission|\brespon|\bSSI\b|\bself-harm|antidepress",
)
_SAMPLE = Cued(
    r"\b(?:were|was) (?:randomly (?:divided|assigned|allocated)|"
    r"enrolled|recruited|screened|randomi[sz]ed|included|identified|excluded|retrieved|"
    r"eligible)\b|\bmet (?:the )?(?:inclusion|eligibility)|"
    r"\bmean age\b|\bbaseline (?:characteristics|demographic)|\bof (?:the )?\d+ (?:patients|participants|"
    r"studies)? ?(?:screened|identified)|\bsearch (?:yielded|provided|identified)",
)
# Who the people were before anything was done, and what a search brought: never the result.
_BASELINE = Cued(
    r"\bat baseline\b|\bbaseline (?:age|characteristics|demographic\w*)|\b(?:mean|median|average) (?:\w+ )?age\b|"
    r"\bage range\b|\b(?:were|was) (?:predominantly |mostly )?(?:female|male|women|men)\b|"
    r"\bbaseline differences?\b|\b(?:differ\w*|similar|comparable|balanced) (?:in|at) (?:the )?baseline\b|"
    r"\b(?:had|have|has) (?:\w+ )?(?:higher|lower|similar) baseline\b|"
    r"\bdemographic (?:characteristics|data|variables)\b|\bmean ages?\b",
)
_CHANGE = Cued(
    r"\b(?:changes?|chang(?:ed|ing)|reduc\w+|decreas\w+|improv\w+|declin\w+|fell|dropped|predict\w+|moderat\w+|"
    r"respon\w+|remi(?:ssion|tted)|after|post\w*|follow-?up|associat\w+|correlat\w+)\b",
)
_YIELD = Cued(
    r"\b(?:search\w*|we|databases?)\b[^.;]{0,60}\b(?:yielded|resulted in|identified|retrieved|returned|screened|"
    r"found)\s(?:a total of\s)?\d[\d,]*|"
    r"\b(?:studies|trials|articles|records|RCTs|publications|papers|reports|citations)\b[^.;]{0,80}?\b(?:were|was)\s"
    r"(?:\w+\s)?(?:included|identified|retrieved|screened|eligible|selected|found|analy[sz]ed)\b|"
    r"\b(?:met|meeting|fulfilled) (?:the |our |all )?(?:inclusion|eligibility)|"
    r"^(?:In total, |Overall, |Finally, |A total of |We (?:included|identified|analy[sz]ed) )?(?:[\w-]+ ){1,8}"
    r"(?:studies|trials|articles|records|RCTs|publications)\b[^.;]{0,40}\b(?:included|identified|eligible|"
    r"analy[sz]ed)\b|"
    r"^We (?:included|identified|retrieved|screened|found) (?:[\w,-]+ ){0,6}(?:studies|trials|articles|records|RCTs|"
    r"publications)\b",
)
# Two groups set against each other, or the size of what lies between them.
_CONTRAST = Cued(
    r"\b(?:than|versus|vs|compared (?:with|to)|between(?:-| the | )(?:\w+ ){0,3}(?:groups?|arms|conditions|treatments)|"
    r"(?:mean |risk )?differences?|superior|non-?inferior\w*|(?:odds|risk|hazard|rate) ratio|SMD|WMD|effect sizes?|"
    r"did not differ|relative to)\b",
)
_NO_DIFFERENCE = Cued(
    r"\bno (?:statistically |clinically )?(?:significant |between-group )*(?:differences?|effects?|benefit|advantage|"
    r"superiority)\b|\b(?:did|do|does) not (?:significantly )?differ|\bwas not (?:superior|significant|more effective)|"
    r"\bwere not (?:superior|significantly)|\bfailed to (?:separate|show|demonstrate)",
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
    r"\badverse|\bside[- ]effect|\btolerat|\btolerab|\bserious\b|\bTEAE|\bAEs?\b|\bSAEs?\b|\bsafe\b|"
    r"\bsafety\b|\bdissociative (?:symptom|effect|side)|\bcomplications?\b|\btoxic|\bwell[- ]tolerated|"
    r"\bcystitis",
)
# A harm that has a name, or that people had: what "safe and well tolerated" leaves out.
_EVENT = Cued(
    r"\b(?:adverse (?:events?|effects?|reactions?|drug)|side[- ]effects?|dissociat\w+|complications?|nausea|vomiting|"
    r"headaches?|dizz\w+|sedat\w+|hypertens\w+|hypotens\w+|blood pressure|hallucinat\w+|psychotomimetic|psychotic\w*|"
    r"cystitis|bladder|urinary|hepato\w*|TEAEs?|AEs?|SAEs?|nightmares?|CADSS|delirium|mania|manic|deaths?|mortality|"
    r"seizures?|toxic\w*|withdr[ae]w\w*|discontinu\w+|drop-?outs?|abuse|harm(?:s|ful)?|cogniti\w+ impair\w+|"
    r"dysfunction|euphori\w+|BPRS|suicid\w+)\b",
)
_TOLERATED = Cued(r"\btolerat|\btolerab|\bsafe\b|\bsafety\b")
_WANTED = Cued(
    r"\b(?:will|should|would|aim(?:s|ed)? to|is designed|are expected|needs? to|must|"
    r"if (?:\w+ )+(?:confirm\w*|validate\w*|establish\w*)|"
    r"(?:was|were) (?:assessed|evaluated|monitored|measured|recorded|examined|collected|investigated|"
    r"gathered))\b(?! to be)|"
    r"\b[Hh]ere,? we (?:present|report|describe)\b",
)
_FURTHER = Cued(
    r"\b(?:further|future|additional|more|larger|long-?term|randomi[sz]ed)\b[^.;]{0,60}\b(?:research|"
    r"stud(?:y|ies)|trials?|investigations?|work|data|exploration)\b[^.;]{0,60}"
    r"\b(?:need\w*|warrant\w*|require\w*|necessary|should|must|recommended|merit\w*|important|essential)|"
    r"\b(?:needed|warranted|required|needs to be|remains? to be|warrants? further)\b",
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
_RIGHTS = re.compile(
    r"©|\bcopyright\b|\ball rights reserved\b|\bPsyc?INFO Database\b|\(PsycInfo|\btrial registration|"
    r"\bPROSPERO ID|\bNCT\d{8}|\bClinicalTrials\.gov",
    re.IGNORECASE,
)
_PLAN = Cued(
    r"\b(?:will|aims? to|is designed|primary outcome|to (?:determine|evaluate|assess|compare|investigate|"
    r"examine))\b",
)
_NO_RESULT = frozenset(("protocol", "notice", "guideline", "comment"))


def quotes(paper: Paper, parts: Sequence[Passage], design: str | None, *, harm: bool) -> Quotes:
    """The quotes of a paper; a notice has none, a protocol only what is planned; `harm`: whether harms are its topic.

    `parts` are the sentences of the abstract with their roles.
    """
    if design == "notice" or not parts:
        return Quotes()
    text = paper.abstract
    clean = [part for part in parts if not _RIGHTS.search(text[part.start : part.end])]
    result = (
        None
        if design in _NO_RESULT
        else _result(text, clean, title=paper.title, narrative=design == "review")
    )
    conclusion = _planned(text, clean) if design == "protocol" else _conclusion(text, clean)
    harmful = _harm(text, clean) if harm and design != "protocol" else None
    return Quotes(_span(text, result), _span(text, conclusion), _span(text, harmful))


def _result(text: str, parts: Sequence[Passage], *, title: str, narrative: bool) -> Passage | None:
    results = [part for part in parts if part.role == "results"]
    if not results:
        return None
    words = set(re.findall(r"[a-z]{5,}", title.lower()))
    primary = _primary_words(text, parts)
    best: tuple[float, Passage] | None = None
    for place, part in enumerate(results):
        sentence = text[part.start : part.end]
        contrast = bool(_CONTRAST.search(sentence))
        if _no_result(sentence, contrast=contrast):
            continue
        score = 0.0
        score += 3.0 if _PRIMARY.search(sentence) else 0.0
        score += 1.2 if _FIGURES.search(sentence) else 0.0
        score += 1.0 if _FOUND.search(sentence) else 0.0
        score += 1.0 if _NULL.search(sentence) else 0.0
        score += 0.9 if _MOOD.search(sentence) else 0.0
        score += 0.5 if contrast else 0.0
        score += 0.6 if _NO_DIFFERENCE.search(sentence) else 0.0
        score += 0.25 * min(4, len(words.intersection(re.findall(r"[a-z]{5,}", sentence.lower()))))
        if contrast or _FIGURES.search(sentence):
            score += 0.5 * min(4, len(primary.intersection(_content(sentence))))
        score -= 2.2 if _SAMPLE.search(sentence) else 0.0
        score -= 2.0 if _HARM_STRONG.search(sentence) and not _HARM_STRONG.search(title) else 0.0
        score -= 0.6 if _ASIDE.search(sentence) else 0.0
        score -= 0.8 if _SECONDARY.search(sentence) else 0.0
        score -= 0.22 * place
        if best is None or score > best[0]:
            best = (score, part)
    return best[1] if best is not None and best[0] >= (2.5 if narrative else 0.8) else None


def _no_result(sentence: str, *, contrast: bool) -> bool:
    """Whether a sentence tells who came into the study, or how many papers a search brought, and nothing found."""
    if _BASELINE.search(sentence) and not (_CHANGE.search(sentence) and not re.search(r"\bage\b", sentence)):
        return True
    return bool(_YIELD.search(sentence)) and not (contrast and _FIGURES.search(sentence))


def _content(text: str) -> set[str]:
    """The words of a text that can tell one outcome from another."""
    return set(re.findall(r"[a-z\d]{3,}", text.lower())) - _COMMON


def _primary_words(text: str, parts: Sequence[Passage]) -> set[str]:
    """The words by which the methods name the primary outcome; none where they name none."""
    for part in parts:
        if part.role in ("aim", "methods", "background"):
            named = _PRIMARY_IS.search(text, part.start, part.end)
            if named:
                return _content(named["what"])
    return set()


def _conclusion(text: str, parts: Sequence[Passage]) -> Passage | None:
    conclusions = [part for part in parts if part.role == "conclusion"]
    if not conclusions and parts:
        conclusions = [
            part
            for part in parts[-2:]
            if _CONCLUDES.search(text[part.start : part.end]) and part.role == "results"
        ]
    best: tuple[float, Passage] | None = None
    for place, part in enumerate(conclusions):
        sentence = text[part.start : part.end]
        score = 1.0 if _CONCLUDES.search(sentence) else 0.0
        score += 1.0 if _OWN.search(sentence) else 0.0
        score -= (
            3.0
            if _FURTHER.search(sentence)
            and not re.search(r"\b(?:although|while|but|however)\b", sentence, re.IGNORECASE)
            else 0.0
        )
        score -= 2.5 if _COMMENTARY.search(sentence) else 0.0
        score -= (
            0.8
            if re.match(
                r"(?:However|Limitations?|Moreover|Furthermore|Additionally)\b|.*\blimitation", sentence
            )
            else 0.0
        )
        score -= 0.4 * place
        if best is None or score > best[0]:
            best = (score, part)
    return best[1] if best is not None and best[0] > -2.2 else None


def _planned(text: str, parts: Sequence[Passage]) -> Passage | None:
    best: tuple[float, Passage] | None = None
    for place, part in enumerate(parts):
        sentence = text[part.start : part.end]
        score = {"aim": 2.0, "methods": 0.8, "conclusion": 0.6}.get(part.role, -1.0)
        score += 1.5 if _PLAN.search(sentence) else 0.0
        score += 0.5 if " will " in sentence else 0.0
        score -= 0.1 * place
        if best is None or score > best[0]:
            best = (score, part)
    return best[1] if best is not None and best[0] > 0 else None


def _harm(text: str, parts: Sequence[Passage]) -> Passage | None:
    best: tuple[float, Passage] | None = None
    for part in parts:
        if part.role not in ("results", "conclusion"):
            continue
        sentence = text[part.start : part.end]
        event, figures = bool(_EVENT.search(sentence)), bool(_FIGURES.search(sentence))
        if not _HARM.search(sentence) or _WANTED.search(sentence):
            continue
        score = 2.0 if part.role == "results" else 0.0
        score += 1.5 if _HARM_STRONG.search(sentence) else 0.0
        score += 0.3 * min(3, len(_HARM.findall(sentence)))
        score += 0.5 if figures else 0.0
        score -= 2.5 if _FURTHER.search(sentence) else 0.0
        score -= 0.7 if _TOLERATED.search(sentence) and not event else 0.0
        score += 0.4 if event and figures else 0.0
        if best is None or score > best[0]:
            best = (score, part)
    return best[1] if best is not None and best[0] > 1.0 else None


def _span(text: str, part: Passage | None) -> Span | None:
    return Span("abstract", part.start, part.end, text[part.start : part.end]) if part is not None else None
