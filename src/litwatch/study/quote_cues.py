"""What a sentence says that makes it a quote, or keeps it from being one.

Owns these patterns. Never chooses a sentence.
"""

from __future__ import annotations

import re

from litwatch.study.cues import Cued, Exact

SECONDARY = Cued(r"\bsecondary (?:outcome|analys|aim|objective|end ?point)|\bexplorator")
# Who is compared with whom, in a plan.
TRIAL = Cued(r"\b(?:randomi[sz]\w*|randomly|placebo|controlled trial|RCT|cross-?over|allocated|comparing)\b")
OWN = Cued(
    r"\b(?:in conclusion|conclude|(?:these|our|the|study|present|current) (?:results|findings|data)|"
    r"this (?:study|trial|review|meta-analysis))\b"
)
PRIMARY = Cued(
    r"\b(?:primary (?:outcome|end ?point|efficacy|analys[ie]s|measure|aim|hypothesis)|primarily\b|"
    r"main outcome|main effect|main finding)",
)
NULL = Cued(
    r"\b(?:no (?:statistically )?(?:significant(?:ly)? )?(?:difference|effect|improvement|benefit|change|"
    r"association|evidence|additional|advantage|superiority|impact)|not (?:statistically )?(?:significant|"
    r"differ|superior|inferior|associated|better|improve|reduce|more effective|affect)|did not\b|"
    r"failed to\b|neither\b|contrary to\b|non-?inferior)",
)
_SIGNS = ("<", "=", ">", "≤", "≥")
FIGURES = Exact(
    (r"\d\s?%", ("%",)),
    (r"±", ("±",)),
    (r"\b(?:[pP]\s?[<=>≤≥]|g\s?=|d\s?=|n\s?=\s?\d)", _SIGNS),
    (r"\bCI\b", ("CI",)),
    (
        r"\b(?:OR|RR|HR|SMD|MD|WMD|ES|RD|aOR|NNT)\s?[:=]?\s?[=-]?\s?\d",
        ("OR", "RR", "HR", "MD", "ES", "RD", "NNT"),
    ),
    (r"\b[Ee]ffect sizes?\b[^.;]{0,12}\d", ("ffect size",)),
)
FOUND = Cued(
    r"\b(?:significant\w*|improve\w*|reduc\w*|decreas\w*|increas\w*|superior\w*|greater|lower|higher|"
    r"differ\w*|respon\w*|remission|remitted|"
    r"associated|effective\w*|efficac\w*|predict\w*|correlat\w*|showed|demonstrated|revealed|relapse\w*)\b",
)
MOOD = Cued(
    r"depress|suicid|\b(?:MADRS\b|HAM-?D|HDRS|HRSD|PHQ|BDI|EPDS|PPD\b|mood\b|QIDS|remission|respon|SSI\b|"
    r"self-harm)|antidepress",
)
# Whose finding is told: in a review others compared.
OF_STUDIES = Cued(
    r"\b(?:(?:one|two|three|four|five|six|seven|most|several|some|\d+) (?:of the )?(?:\w+ )?|the )"
    r"(?:study|studies|trials?|RCTs?)\b"
)
OUTCOME = Cued(
    r"\b(?:symptoms?|(?:primary|treatment|clinical|main) outcomes?|efficacy|effectiveness|improvements?)\b"
)
SAMPLE = Cued(
    r"\b(?:(?:were|was) (?:randomly (?:divided|assigned|allocated)|enrolled|recruited|screened|"
    r"randomi[sz]ed|included|identified|excluded|retrieved|eligible)\b|met (?:the )?(?:inclusion|"
    r"eligibility)|mean age\b|baseline (?:characteristics|demographic)|of (?:the )?\d+ (?:patients|"
    r"participants|studies)? ?(?:screened|identified)|search (?:yielded|provided|identified))",
)
# Who the people were before anything was done, and what a search brought: never the result.
BASELINE = Cued(
    r"\b(?:at baseline\b|baseline (?:age|characteristics|demographic\w*)|(?:mean|median|"
    r"average) (?:\w+ )?age\b|age range\b|(?:were|was) (?:predominantly |mostly )?(?:female|male|women|"
    r"men)\b|baseline differences?\b|(?:differ\w*|similar|comparable|balanced) (?:in|"
    r"at) (?:the )?baseline\b|(?:had|have|has) (?:\w+ )?(?:higher|lower|similar) baseline\b|"
    r"demographic (?:characteristics|data|variables)\b|mean ages?\b|age (?:and|or) (?:sex|gender)\b|"
    r"demographics\b|demographic (?:and|or) |"
    r"(?:age, (?:\w+, ){0,3}|(?:sex|gender), (?:\w+, ){0,2})(?:age|sex|gender|weight|height|"
    r"body mass index|bmi|asa|education\w*)\b|history of\b)",
)
BEFORE = Cued(
    r"\b(?:baseline|screening|pre-?(?:infusion|operativ\w*|treatment|surgery|injection)|preoperativ\w*)\b"
)
CHANGE = Cued(
    r"\b(?:changes?|chang(?:ed|ing)|reduc\w*|decreas\w*|improv\w*|declin\w*|fell|dropped|predict\w*|moderat\w*|"
    r"respon\w*|remi(?:ssion|tted)|after|post\w*|follow-?up|associat\w*|correlat\w*)\b",
)
YIELD = Cued(
    r"\b(?:(?:search\w*|we|databases?)\b[^.;]{0,60}\b(?:yielded|resulted in|identified|retrieved|returned|"
    r"screened|found)\s(?:a total of\s)?\d[\d,]*|(?:studies|trials|articles|records|RCTs|publications|"
    r"papers|reports|citations)\b[^.;]{0,80}?\b(?:were|was)\s(?:\w+\s)?(?:included|identified|retrieved|"
    r"screened|eligible|selected|found|analy[sz]ed|reviewed)\b|(?:met|meeting|fulfilled) (?:the |our |"
    r"all )?(?:inclusion|eligibility))|^(?:In total, |Overall, |Finally, |A total of |We (?:included|"
    r"identified|analy[sz]ed) )?(?:[\w-]+ ){1,8}(?:studies|trials|articles|records|RCTs|"
    r"publications)\b[^.;]{0,40}\b(?:included|identified|eligible|analy[sz]ed|reviewed)\b|^We (?:included|"
    r"identified|retrieved|screened|found) (?:[\w,-]+ ){0,6}(?:studies|trials|articles|records|RCTs|"
    r"publications)\b",
)
# Two groups set against each other, or the size of what lies between them.
CONTRAST = Cued(
    r"\b(?:than|versus|vs|compared (?:with|to)|between(?:-| the | )(?:[\w+/-]+ ){0,4}"
    r"(?:groups?|arms|conditions|treatments)|"
    r"(?:groups?|treatment|drug|condition)\s?(?:×|x|\*|by|-by-)\s?time|"
    r"(?:mean |risk )?differences?|superior|non-?inferior\w*|(?:odds|risk|hazard|rate) ratio|"
    r"relative risks?|RR\s?[,:=]?\s?\d+|SMD|WMD|effect sizes?|"
    r"did not differ|relative to)\b",
)
NO_DIFFERENCE = Cued(
    r"\b(?:no (?:statistically |clinically )?(?:significant |statistical |between-group |additional |added |overall )*"
    r"(?:differences?|effects?|benefits?|advantage|superiority)\b|no (?:\w+[ -])?group differences?\b|"
    r"no evidence (?:of|for) (?:an? )?(?:\w+ )?(?:effects?|differences?|benefits?)\b|"
    r"no (?:statistically )?significant (?:[\w×*-]+ ){1,5}?(?:differences?|"
    r"effects?|interactions?)\b|(?:did|do|does) not (?:significantly )?differ|"
    r"(?:was|were|is) not (?:statistically |clinically )?(?:significant|different)|"
    r"(?:did|does) not (?:reach|achieve|meet|attain) (?:statistical )?(?:significance|superiority|non-?inferiority|"
    r"(?:the|its|their) (?:\w+ )?(?:primary|criteri\w+|endpoint))|"
    r"fail(?:ed|ing|s)? to (?:meet|reach|achieve)|"
    r"did not (?:find|show|detect|observe|reveal) (?:an?|any) (?:\w+ )?(?:changes?|differences?|effects?|improvements?|"
    r"benefits?)|"
    r"was not (?:superior|"
    r"significant|(?:more |significantly )?(?:effective|efficacious|better))|"
    r"were not (?:superior|significantly|more effective)|failed to (?:separate|show|"
    r"demonstrate))",
)
# The same in weaker words, which say it only of groups and of an outcome.
ALIKE = Cued(
    r"\b(?:(?:was|were|are|is|remained|stayed|had|showed|demonstrated|produced|achieved|resulted in|led to) "
    r"(?:(?!no\b|not\b)[\w-]+ ){0,2}?(?:similar|comparable|equivalent)\b|"
    r"(?:did|does|do) not (?:significantly |further )?(?:improve|reduce|enhance|lower|decrease|prevent|alleviate|"
    r"lessen|augment|outperform|alter|affect|influence) (?!over\b|from\b|in\b|after\b|until\b|with\b|"
    r"during\b|by\b|further\b))"
)
# What a study had set itself, and did not reach.
NOT_MET = Cued(
    r"\b(?:fail(?:s|ed|ing)? (?:to (?:meet|reach|show|demonstrate|establish) )?(?:the )?(?:\w+ )?non-?inferiority|"
    r"non-?inferiority (?:\w+ ){0,3}?(?:was|were|could) not\b|not (?:\w+ )?(?:show|demonstrate|establish|meet|reach) "
    r"(?:the )?(?:\w+ )?non-?inferiority|not (?:be )?non-?inferior|"
    r"(?:primary|secondary) (?:\w+ ){0,2}?(?:outcomes?|end ?points?) (?:was|were) not (?:met|reached|achieved)|"
    r"(?:limit|bound|interval|ci)\b[^.;]{0,40}\b(?:cross(?:ed|es|ing)|exceed(?:ed|s|ing)|includ(?:ed|es|ing)|"
    r"surpass(?:ed|es|ing)) (?:the |our |a |this )?(?:[\w.-]+ ){0,3}?margin|"
    r"margin (?:was|had been) (?:crossed|exceeded|surpassed))\b"
)
NON_INFERIOR = Cued(r"\b(?:non-?inferior\w*|not (?:be )?inferior)\b")
# Who stayed, left or was left out: how a study went, and nothing that it found about its question.
DISPOSITION = Cued(
    r"\b(?:drop-?outs?|dropped out|attrition|adherence|retention|completion rates?|completers?|lost to follow-?up|"
    r"(?:were|was) (?:excluded|withdrawn)|complet(?:ed|ing) (?:the|all)|recruitment)\b",
)
LEFT_OUT = Cued(
    r"^(?:the |all )?(?:included )?(?:studies|trials|rcts) (?:were|exhibited|had|showed) (?:\w+ ){0,3}?heterogen\w*|"
    r"^(?:the )?(?:overall |total )?(?:drop-?outs?|attrition|retention|adherence|completion)\b|"
    r"\b(?:were|was) (?:included|eligible|excluded)(?: in (?:the|this|our) (?:\w+ )?(?:review|analysis|study))?\.?$|"
    r"\b(?:patients|participants|subjects|women|individuals|people|adults|volunteers|cases)\b[^.;]{0,40}\b(?:were|was) "
    r"(?:excluded|withdrawn|lost|screened|enrolled|recruited|included in the (?:\w+ )?analys[ie]s)\b"
)
# What was done, told among the results.
DOING = Cued(
    r"\b(?:was|were) (?:then |also |further )?(?:identified|gathered|collected|retrieved|obtained|extracted|recorded|"
    r"analy[sz]ed|assessed|measured|evaluated|determined|examined|performed|conducted|carried out|calculated) "
    r"(?:according to|with|using|by|on|from|through|via|based on|as)\b|"
    r"\b(?:was|were) (?:then |also )?(?:administered|given|infused|injected) "
    r"(?:once|twice|daily|weekly|every|over|at|in)\b"
)
# What goes along with something, or leads to it: told after what was found, unless the title asks for it.
RELATION = Cued(
    r"\b(?:correlat\w*|mediat(?:e[ds]?|ing|ion|ors?)|moderat(?:e[ds]|ing|ion|ors?)|path analys[ie]s|predict\w*)\b"
)
# A change in people who had the same: without what it is set against, no effect of anything.
WITHIN = Cued(
    r"\b(?:both (?:the )?(?:\w+ )?(?:groups|arms|treatments|drugs|conditions|medications|interventions)|"
    r"(?:all|each) (?:\w+ )?(?:groups?|arms?)|(?:from|with|to|than|at) (?:the )?baseline|over time)\b"
)
ASIDE = Cued(
    r"^(?:In addition|Additionally|Moreover|Furthermore|However|Also|Similarly|Exploratory|Secondary)\b|"
    r"\bwas also\b|\balso (?:showed|had|significantly)|\bsubgroup|\bpost[- ]hoc\b",
)
PRIMARY_IS = Cued(
    r"\b(?:co-)?primary (?:efficacy |study |clinical )?(?:outcomes?|end ?points?)\b(?: measures?)?[^.;]{0,12}?"
    r"(?:\b(?:was|were|is|included?|comprised)\b|:|,|-)(?P<what>[^.;]*)",
)
_AS_PRIMARY = (
    r"\b(?:was|were|is|served as|being) (?:the |our |a )?(?:co-)?primary "
    r"(?:efficacy |study |clinical )?(?:outcomes?|end ?points?)\b"
)
# Without it the next need not be tried, which begins anywhere.
AS_PRIMARY = Cued(_AS_PRIMARY)
IS_PRIMARY = Cued(rf"(?P<what>[^.;,]{{4,160}}?){_AS_PRIMARY}")
# A short form with the words before it that it stands for.
SHORT_FORM = re.compile(r"((?:[A-Za-z][\w'-]*[ -]){1,6})\((?P<short>[A-Z][A-Za-z]{1,7})\b")
OPENS_SHORT_FORM = re.compile(r"\((?<=[ -]\()[A-Z][A-Za-z]{1,7}\b")
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    primary outcome outcomes change changes from with score scores total scale rating baseline between groups group
    were that assessed measured after using treatment symptoms endpoint measure defined which this than into included
    their the and for was
    """,
    )
)
WANTED = Cued(
    r"\b(?:will|should|would|aim(?:s|ed)? to|is designed|are expected|needs? to|must|"
    r"if (?:\w+ )+(?:confirm\w*|validate\w*|establish\w*)|"
    r"(?:was|were) (?:assessed|evaluated|monitored|measured|recorded|examined|collected|investigated|"
    r"gathered|analy[sz]ed|determined|compared|tested|studied|discussed|considered))\b(?! to be| safe| well)|"
    r"\b[Hh]ere,? we (?:present|report|describe)\b",
)
# What a paper is about, or was to measure: no result.
DESCRIBES = Cued(
    r"\b(?:it|(?:this|the (?:present|current)|our) (?:\w+ )?(?:chapter|review|article|paper|overview)) "
    r"(?:also |further )?"
    r"(?:describes?|discuss(?:es)?|summari[sz]es?|presents?|explores?|examines?|outlines?|focuses|provides?|covers?)\b|"
    r"\b(?:primary|secondary|main) (?:\w+ )?(?:outcomes?|end ?points?) (?:was|were|included?|comprised)\b"
)
FURTHER = Cued(
    r"\b(?:(?:further|future|additional|more|larger|long-?term|randomi[sz]ed)\b[^.;]{0,60}\b(?:research|"
    r"stud(?:y|ies)|trials?|investigations?|work|data|exploration)\b[^.;]{0,60}\b(?:need\w*|warrant\w*|"
    r"require\w*|necessary|should|must|recommended|merit\w*|important|essential)|(?:needed|warranted|"
    r"required|needs to be|remains? to be|warrants? further)\b|"
    r"\bshould (?:\w+ )?(?:future|further) (?:research|stud(?:y|ies)|trials?|work)\b)",
)
# What is said about findings rather than by them.
COMMENTARY = Cued(
    r"\b(?:results?|findings?|data|conclusions?|study|evidence)\b[^.;,]{0,40}?\b"
    r"(?:needs? to be|should be|must be|"
    r"ha(?:s|ve) (?:important|clinical|significant|potential) (?:\w+ )?implications?|"
    r"(?:may|could|can|will) (?:help )?(?:guide|inform))\b",
)
# How far the authors themselves trust what they say.
GRADED = Cued(
    r"\b(?:(?:weak|low|limited|insufficient|poor|scarce|sparse|preliminary|moderate|strong|high|mixed|conflicting|"
    r"inconsistent)(?:[- ](?:quality|certainty|level|grade))? evidence|evidence (?:(?:is|was|remains|base is) )?"
    r"(?:\w+ )?(?:weak|low|limited|insufficient|inconclusive|mixed|conflicting|sparse|scarce)|"
    r"(?:certainty|quality) of (?:the )?evidence|(?:low|moderate|high) (?:certainty|quality) for|inconclusive)\b"
)
CONCLUDES = Cued(
    r"\b(?:in conclusion|conclu\w*|suggest\w*|indicat\w*|support\w*|demonstrat\w*|find(?:s|ings)|results?|"
    r"overall|appears?|may|might|could|provid\w*|thus|therefore|evidence|"
    r"highlight\w*|show\w*|promising|effective|efficac\w*|represent\w*|significant\w*|improve\w*|"
    r"associated)\b",
)
SUMS_UP = Cued(
    r"^(?:in (?:conclusion|summary|sum|short)|to conclude|overall|collectively|altogether|taken together|together|thus|"
    r"therefore|hence|(?:these|our|the|this|present|current)\b(?:\s(?:preliminary|present|current|pilot|study))?\s"
    r"(?:results|findings|data|study|trial|review|meta-analysis))\b"
)
# What is said of the paper rather than of its subject.
ABOUT_THE_PAPER = Cued(
    r"\b(?:to (?:our|the best of our) knowledge|this is the first|novel\b|overview|limitations?|limited by|"
    r"future (?:directions|research)|current literature)\b"
)
# A sentence that takes back part of the one before it.
TAKES_BACK = Cued(
    r"^(?:however|nevertheless|nonetheless|but|yet|conversely|unfortunately|"
    r"(?:these|the|our) (?:results|findings|data|conclusions?)\b"
    r"[^.;]{0,40}\b(?:should|must|need to) be (?:interpreted|viewed|taken|considered|treated) (?:with|as)|"
    r"(?:caution|interpretation)\b)"
)
RIGHTS = Cued(
    r"^(?:clinical )?trials? (?:was )?regist|^registered (?:trial )?(?:at|with|in)\b|^registration(?: number)?\b|"
    r"©|\b(?:abstract truncated\b|copyright\b|all rights reserved\b|Psyc?INFO Database\b)|\(PsycInfo|"
    r"\b(?:trial registration|PROSPERO ID|NCT\d{8}|ClinicalTrials\.gov)",
)
PLAN = Cued(
    r"\b(?:will|plan to|aims? to|is designed|primary outcome|to (?:determine|evaluate|assess|compare|investigate|"
    r"examine))\b",
)
LETTERS = re.compile(r"[^\W\d_]")
AGE = Exact((r"\bage\b", ("age",)))
ALTHOUGH = Cued(r"\b(?:although|while|but|however)\b")
LONG_WORD = re.compile(r"[a-z]{5,}")
CONTENT_WORD = re.compile(r"[a-z\d]{3,}")
WORD = re.compile(r"[a-z\d]{2,}")
PRESENT = Cued(r"\b(?:is|are|has|have|can|may|might|could)\b")
PAST = Cued(
    r"\b(?:was|were|had|did|showed|found|improved|decreased|increased|reported|experienced|occurred)\b"
)
STATISTIC = Exact(
    (r"\b[pP]\s?[<=>≤]", _SIGNS), (r"\bCI\b", ("CI",)), ("confidence interval", ("confidence interval",))
)
