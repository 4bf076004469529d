"""What a sentence says of harms: their names, how grave they are, that there were none.

Owns these patterns. Never chooses a sentence.
"""

from __future__ import annotations

import re

from litwatch.study.cues import Cued

HARM = Cued(
    r"\b(?:adverse(?:ly)?|side effects?|side-effects?|toler\w*|safe(?:ly|ty)?|dissociat\w*|toxic\w*|harm(?:s|ful)?|"
    r"PONV|psychomimetic|unwanted|nystagmus|(?:affective|mood) switch\w*|dropp(?:ed|ing) out|exacerbat\w*|"
    r"h(?:a)?emoly\w*|deteriorat\w*|distress|disturbances?|disruptions?|"
    r"complication\w*|discontinu\w*|drop-?outs? (?:due|for)|nausea|vomiting|"
    r"headache|dizz\w*|sedat\w*|hypertens\w*|blood pressure|hallucinat\w*|psychotomimetic|psychotic\w*|"
    r"cystitis|urinary|bladder|hepato\w*|TEAEs?|AEs?|SAEs?|"
    r"nightmares?|CADSS|BPRS|hypotens\w*|euphori\w*|delirium|mania|manic|abuse|deaths?|mortality|"
    r"seizures?|cogniti\w+ impair\w*|dysfunction|withdrawal due|impair\w*|deficits?|worse\w*|confusion|"
    r"blunting|amnes\w*|vertigo|somnolen\w*|drows\w*|agitat\w*|tachycardi\w*|bradycardi\w*|arrhythmi\w*|"
    r"h(?:a)?emodynamic\w*|heart rate|vasopressors?|respiratory|desaturat\w*|apn(?:o)?ea|diplopia|vision|pruritus|"
    r"cravings?|dependence|addict\w*|psychos[ie]s|perceptual|depersonali[sz]ation|dereali[sz]ation|atrophy|"
    r"negative (?:effects?|symptoms?)|symptoms of (?:psychosis|schizophrenia)|emergence|harms?|unpleasant|"
    r"neurodegenerat\w*|"
    r"users?\b[^.;]{0,80}\b(?:lower|decreased|reduced|smaller|less|higher|more|greater))\b|"
    r"\b(?:lower|decreased?|reduced|smaller|less|higher|more|greater)\b[^.;]{0,60}\busers?\b",
)
HARM_STRONG = Cued(
    r"\b(?:adverse|side effect|side-effect|tolerat|tolerab|serious\b|TEAE|AEs?\b|SAEs?\b|safe\b|safety\b|"
    r"dissociative (?:symptom|effect|side)|complications?\b|toxic|well[- ]tolerated|cystitis)",
)
# A title that wants a harm to be treated or prevented, and a sentence that says that there was less of it.
PREVENTS = Cued(r"\b(?:prevent\w*|prophyla\w*|reduc\w*|improv\w*|attenuat\w*|alleviat\w*|mitigat\w*)\b")
FEWER = Cued(r"\b(?:reduc\w*|lower\w*|decreas\w*|fewer|less|improv\w*|prevent\w*|attenuat\w*|alleviat\w*)\b")
# How well ECT worked, and that fewer died or needed a drug: what is good of seizures, deaths and vasopressors.
NO_HARM = re.compile(
    r"\bseizure[- ](?:durations?|lengths?|quality|thresholds?|energy|stimul\w+|activity|adequacy|induction|time)\b|"
    r"\b(?:duration|length|quality|adequacy)s? of (?:the )?(?:\w+ )?seizures?\b|"
    r"\b(?:lower\w*|reduc\w*|decreas\w*|fewer|less)\b(?:(?!\b(?:higher|more|increas|greater))[^.;,]){0,80}?"
    r"\b(?:mortality|deaths?|vasopressors?|bprs)\b|"
    r"\bvasopressors?\b[^.;]{0,60}\b(?:was|were) (?:significantly )?(?:reduced|lower|less|fewer|decreased)\b"
)
# Praise, which often stands where harms should.
PRAISE = Cued(r"\b(?:efficac\w*|effective\w*|therapeutic|antidepressant|benefi\w*|promising|improv\w*)\b")
# A harm that has a name, or that people had: what "safe and well tolerated" leaves out.
EVENT = Cued(
    r"\b(?:adverse (?:(?:events?|effects?|reactions?)(?! profile)|drug)|side[ -]effects?(?! profile)|dissociat\w*|"
    r"complications?|nausea|vomiting|PONV|nystagmus|dropp(?:ed|ing) out|"
    r"headaches?|dizz\w*|sedat\w*|hypertens\w*|hypotens\w*|blood pressure|hallucinat\w*|"
    r"psychotomimetic|psychotic\w*|cystitis|bladder|urinary|hepato\w*|TEAEs?|AEs?|SAEs?|nightmares?|CADSS|delirium|"
    r"mania|manic|deaths?|mortality|seizures?|toxic\w*|withdr[ae]w\w*|discontinu\w*|drop-?outs?|abuse|"
    r"harm(?:s|ful)?|cogniti\w+ impair\w*|dysfunction|euphori\w*|BPRS|suicid\w*)\b",
)
TOLERATED = Cued(r"\b(?:tolerat|tolerab|safe\b|safety\b)")
# Harms that are none of a trial's usual list, and what anaesthesia and experiments bring about. Not in HARM, for where
# groups did not differ in them an outcome may have been asked for.
OTHER_HARM = Cued(
    r"\b(?:(?:liver|hepatic) (?:enzymes?|function tests?|injur\w*|failure)|(?:amino)?transaminases?|"
    r"aminotransferases?|transplant(?:ed|ation)|hypomania|(?:manic|mood|affective) switch\w*|"
    r"(?:switch\w*|turned) (?:in)?to (?:hypo)?mania|suicide attempts?|attempt(?:ed|ing) suicide|died|suicides|"
    r"fatal(?:ity|ities|ly)?|overdos\w*|poisonings?|crash(?:ed|es)?|accidents?|falls|fractures?|"
    r"(?:preterm|premature) (?:birth|delivery)|birth defects?|malformations?|miscarriages?|apgar|neonatal|"
    r"memory (?:loss|impairment|decline\w*|deficits?)|(?:substance|alcohol|drug|ketamine) use disorder|misus\w*|"
    r"diversion|diverted|(?:buy|buying|bought) (?:ketamine|it|the drug)|tolerance|"
    r"hypox\w*|vomited|hypersalivation|salivation|laryngospasm|intubat\w*|oxygen saturation|"
    r"assisted ventilation|discomfort|disorient\w*|restless\w*|paranoi\w*|delusion\w*|psychedelic (?:effects?|"
    r"manifestations?|symptoms?)|psychomimetic|psychotropic effects?|psychosis-like|schizophreni\w+-like|"
    r"(?:alter\w*|distort\w*)(?: states? of| of| in)? (?:consciousness|perceptions?)|perceptual (?:changes?|"
    r"alterations?|distortions?)|positive symptoms|thought disorder|disembodiment|out-of-body|blurred|"
    r"nephr\w*|hydronephrosis|cystectom\w*|urolog\w*|cholestat\w*|bleeding|rhabdomyolysis)\b"
)
# What one prescribes by, however rare it is.
_SUICIDAL = r"suicid\w+ (?:and self-harm )?(?:ideation|ideas|thoughts?|behaviou?rs?|impulses)"
_GRAVE = (
    r"(?:(?<!cell )(?<!brain )(?<!of )deaths?|died|fatalities|suicides|(?:completed|by|committed|committing) suicide|"
    r"suicide attempts?|attempt(?:ed|s|ing)? (?:at )?suicide|suicidal (?:attempts?|acts?)|"
    r"(?:serious|life-threatening) (?:[\w-]+ ){0,3}?(?:events?|effects?|reactions?|complications?|TE?AEs?|AEs?|ADRs?|"
    r"harms?)|serious (?:TE)?AEs?|M?SAEs?|overdos(?:e|es|ed)|anaphyla\w*|cardiac arrests?|cystectom\w*|"
    r"transplant(?:ed|ation)|"
    rf"(?:new(?:ly)?(?:[- ](?:onset|emergent|emerging|occurring|developed))?|(?:treatment-)?emergent|emerging|de novo|"
    rf"develop(?:ed|ing)|worsen(?:ed|ing)|(?:onset|emergence|worsening) of) {_SUICIDAL}|"
    rf"{_SUICIDAL} (?:newly |first |then )?(?:emerged|developed|arose|worsened|appeared))"
)
GRAVE = Cued(rf"\b{_GRAVE}\b")
DEADLY = Cued(r"\b(?:deaths?|died|fatalities|suicides|(?:completed|by|committed|committing) suicide)\b")
COUNTED = Cued(
    r"\b(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|several)\b"
)
HAPPENED = Cued(
    r"\b(?:was|were|had|did|died|occurred|occurring|experienced|experiencing|reported|attempted|committed|developed|emerged|arose|worsened|appeared|"
    r"underwent|suffered|happened|recorded|observed|led)\b"
)
# There was none, or it was asked for elsewhere: wanted, feared, before the study, an outcome that became rarer.
NOT_GRAVE = Cued(
    rf"\b(?:no|not|without|none|neither|nor|never|zero|0|absence of|free of|any|nobody)\b[^.;]{{0,80}}?\b{_GRAVE}\b|"
    rf"\b(?:history of|histories of|prior|previous|past|lifetime|recent|risk of|risk for|risk factors? for|prevent\w*|"
    rf"leading cause of|reduc\w*|lower\w*|decreas\w*|fewer|less|thoughts? of|fear of|all-cause|near-)"
    rf"(?:[\s-](?:[\w-]+[\s,]){{0,4}}?){_GRAVE}\b|"
    rf"\b{_GRAVE}\b[^.;,]{{0,40}}\b(?:(?:were|was|did|had|has|have) (?:not|never)|neither|none|reduced|decreased|"
    r"fewer (?!than)|rarer|less (?:often|frequent)|"
    r"(?:was|were) (?:lower|fewer|rare|reduced|absent))\b"
)
# Where a denial ends: what follows may tell what the rest of the sentence denies.
CLAUSES = re.compile(
    r"[;:]|,?\s(?:but|however|although|though|while|whereas|except)\b|"
    r",?\s(?:and|with)\s(?=(?:there|no|none|one|two|three|four|five|six|\d+|an?)\b)"
)
# Those with and without a harm, as groups that something else is told of.
GROUPING = Cued(
    r"\b(?:(?:with|had|having|experienced|experiencing) (?:and|or|versus|vs\.?|and those) (?:without|no|not)|"
    r"(?:presence|occurrence) (?:or|and) absence of)\b"
)
MOST_COMMON = Cued(r"\b(?:(?:most|more) (?:\w+ )?(?:common|frequent)\w*|common(?:ly)?|frequent(?:ly)?)\b")
# Events that are told by that there were none.
NO_EVENT = Cued(
    r"\b(?:no|not|without|none|neither|nor|never|absence of|free of)\b[^.;]{0,60}?\b(?:adverse|side[ -]effects?|"
    r"complications?|events?|harms?|serious|severe|significant|abuse|cystitis|psychotic|mania|dissociat\w*|nausea|deaths?)"
)
