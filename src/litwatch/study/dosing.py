"""The dose that people were given, quoted: a drug beside a figure with a unit.

Owns the shapes of doses. Never converts one, and never knows a drug's name (the watch's rules say where drugs stand).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litwatch.paper import Paper, Span
from litwatch.study.cues import Cued
from litwatch.study.statements import Statement

# Read in one way alone: its comma also parts figures.
_FIGURE = r"(?>\d+(?:[.,·]\d+)*|\.\d+(?:[.,·]\d+)*)"
#: One of these stands wherever a dose does.
_UNITS = ("mg", "µg", "μg", "mcg", "microg", "milligram", "micro g")
_UNIT = (
    r"(?:mg|milligrams?|µg|μg|mcg|micrograms?|microg|micro\sg|g)"
    r"(?:\s?(?:/|per)\s?(?:kg|kilograms?)|\s?[·.x×*]?\s?kg(?:\s?\(?[-−–]1\)?)?)?"
    r"(?:\s?(?:/|per)\s?(?:h|hr|hour|min|minute|day|d)\b|\s?[·.x×*]?\s?(?:h|hr|min)\s?\(?[-−–]1\)?)?"
)
_DOSE = re.compile(
    rf"(?<![\w.])(?<!\d\. )(?:{_FIGURE}(?:\s?(?:mg(?:/kg)?)?\s?(?:-|–|to|or|and|,|/|, and|"
    rf", or)\s?)){{0,6}}{_FIGURE}\s?[-]?{_UNIT}(?![\w])"
)
# What may stand between the drug and its figure. Each word takes the blanks after it, and `*+` never tries a second
# reading: a hostile text of commas would otherwise be read in 2^n ways.
_FILL_AFTER = re.compile(
    r"^\s*(?:(?:(?:mean |median |single |low |total )?dos(?:e|age) ?[:=]|"
    r"(?:mean|median|total|average|maximum|initial|starting) (?:daily )?dos(?:e|age)s?,?(?: (?:of|was))?|"
    r"(?:with |at )?an average dose of|titration to|to high dose|(?:infusion )?rate (?:of|was)|at a rate of|@|"
    r"(?:at )?(?:a |the )?(?:fixed |flexible |daily |total )+dos(?:e|age) of|"
    r"hydrochloride|HCl|nasal spray|infusions?|treatments?|injections?|spray|group|IV|i\.v\.|"
    r"intravenous(?:ly)?|\((?:IV|i\.v\.|IN|SC|IM|[A-Z]{1,4})\)|regimen|"
    r"(?:sub-?an[a]?esthetic )?doses?(?: of)?|was dosed at|"
    r"(?:at|in)(?: (?:a|the) (?:low |fixed |single |mean |sub-?an[a]?esthetic )?dos(?:e|age) of| dosages? of|"
    r" doses of)?|of|administered|single|bolus|low-dose|\([Gg]roup \w+\)|<=|≤|mostly|"
    r"will be infused at|a dose of|commenced at a dose of|(?:of |at )?(?:varying|different|various|increasing) doses|"
    r"(?:doses? |that )?(?:ranged|ranging|titrated|increased|commenced|started|were|was)(?: over time)?"
    r"(?: from| at| between)?(?! or\b)|administration|i\.e\.,?|e\.g\.,?|[nN] ?= ?\d+ ?[;,]|"
    r"over \d+ (?:days|weeks|months)|(?:\d|two|three) times (?:a|per) week|(?:per|a|each) week|"
    r"(?:twice|thrice|once)[- ]weekly|weekly|daily|"
    r"[A-Z]{2,6}-?\d+:|fixed-dose|,? ?[,:(])\s*)*+$"
)
_FILL_BEFORE = re.compile(
    r"^\s*(?:(?:R,S-|\(R,S\)-|S-|[sS]\([+]\)-?|over \d+ min(?:utes)?|\d+[- ]min(?:ute)?|of|doses?|intravenous|IV|"
    r"i\.v\.|racemic|oral|intranasal|subcutaneous|intramuscular|sublingual|single|subanesthetic|subanaesthetic|"
    r"an|infusions?|low-dose|(?:IN|IM|SC|PO|SL)\b|of body ?weight of|\((?:low|medium|high|n ?= ?\d+)\)|"
    r": (?:average|mean|median) dose of|[/()])\s*)*+$"
)
# Figures of a list that count something else ("in group 2, and 0.5 mg/kg").
_COUNTED = re.compile(
    r"\b(?:group|arm|day|week|phase|stage|cohort|study|part|session|visit)s?\s$", re.IGNORECASE
)
_LONGEST_ASIDE = 130
_LONGEST = 12  # characters: a word of these, and the one before it
_NEXT_FIGURE = re.compile(r"^[\d.]+(?:,? (?:and|or)|,)\s")
# "0.5 mg/kg or 0.045 mg/kg midazolam": the last figure is that of another drug.
_LAST_OF_LIST = re.compile(rf"(?<=g)\s?(?:,\s?|,?\s(?:or|and|versus|vs\.?)\s){_FIGURE}[^,]*?$")
# Behind a comma the figure may be that of the next drug ("ketamine, 2 mg oral risperidone").
_OF_ANOTHER = re.compile(
    r"\s(?:of\s|oral\s|intravenous\s|iv\s)*[a-z]+(?:done|zolam|zepam|apine|oxetine|ipram|opram|tanil|tanyl|pofol|traline)\b",
    re.IGNORECASE,
)
# Of an enantiomer only the drug's own word may be known: "S(+)-ketamine", "(R,S)-ketamine".
_ENANTIOMER = re.compile(
    r"(?<![\w)])(?:\(?[RS](?:[,/]?[RS])?\)?(?:\s?\([+−-]\))?|\([+−-]\))[-\u2010\u2011–]?\s?$"
)
# The doses of other arms that go on: "ketamine 0.1 mg/kg (n = 31), 0.5 mg/kg (n = 33) or saline", and before it.
_ASIDE = r"(?:\s\([^()]{1,25}\))?"
_AND = r"(?:,|,?\s(?:or|and|versus|vs\.?))\s"
_MORE = re.compile(
    rf"{_ASIDE}{_AND}(?:of\s)?{_DOSE.pattern}"
    r"(?=[,.;:()\[\]]|$|\s(?:or|and|versus|vs|over|for|in|at|as|by|on|was|were|once|twice|three|daily|weekly|per|"
    r"i\.?v|iv|intraven\w+|infusions?|doses?|groups?|\())"
)
_LESS = re.compile(rf"{_DOSE.pattern}{_ASIDE}{_AND}$")
_LONGEST_LIST = 80
# What rats were given is no dose of the people that a paper speaks of, too.
_ANIMALS = Cued(r"\b(?:rats?|mice|mouse|rodents?)\b")
_BLOOD = re.compile(r"^\s?/\s?(?:ml|l|dl)\b|^(?:/|\s)?m?[lL]\b", re.IGNORECASE)


def doses(paper: Paper, parts: Sequence[Statement], drugs: Sequence[Span]) -> tuple[Span, ...]:
    """The phrases of the abstract that name one of `drugs` with its dose, in order, each once.

    Background and conclusion are left out (a dose there is often another's), unless nothing else is labelled.
    """
    text = paper.abstract
    found: dict[str, Span] = {}
    for part in parts:
        if part.role not in ("aim", "methods", "results"):
            continue
        sentence = part.text
        if "g" not in sentence or not any(unit in sentence for unit in _UNITS):
            continue
        names = [drug for drug in drugs if drug.field == "abstract" and part.start <= drug.start < part.end]
        if not names or part.has(_ANIMALS):
            continue
        for match in _DOSE.finditer(sentence):
            if _BLOOD.match(sentence[match.end() :]):
                continue
            start, end = part.start + match.start(), part.start + match.end()
            if _OF_ANOTHER.match(sentence, match.end()) and (last := _LAST_OF_LIST.search(match[0])):
                end = start + last.start()
            if _COUNTED.search(text[max(part.start, start - _LONGEST) : start]) and (
                other := _NEXT_FIGURE.match(match[0])
            ):
                start += other.end()
            phrase = _with_drug(text, part, start, end, names)
            if phrase is not None:
                found.setdefault(phrase.text, phrase)
    return tuple(found.values())


def _with_drug(text: str, part: Statement, start: int, end: int, names: Sequence[Span]) -> Span | None:
    """The phrase that joins the figure at start:end to the nearest drug name, if nothing else stands between."""
    best: tuple[int, int, int] | None = None
    for name in names:
        if name.end <= start and _FILL_AFTER.match(text[name.end : start]):
            if text[name.end : start].strip() == "," and _OF_ANOTHER.match(text, end, part.end):
                continue
            distance, begin, until = start - name.end, name.start, end
        elif name.start >= end and _FILL_BEFORE.match(text[end : name.start]):
            distance, begin, until = name.start - end, start, name.end
        else:
            continue
        if best is None or distance < best[0]:
            best = (distance, begin, until)
    if best is None:
        return None
    _, begin, until = best
    begin, until = _with_other_arms(text, part, begin, until, start)
    if marked := _ENANTIOMER.search(text, max(part.start, begin - _LONGEST), begin):
        begin = marked.start()
    stretch = text[begin:until]
    if begin and stretch.count("(") < stretch.count(")") and text[begin - 1] == "(":
        begin -= 1
    while text.count("(", begin, until) > text.count(")", begin, until):
        close = text.find(")", until, min(part.end, until + _LONGEST_ASIDE))
        if close < 0:
            return None
        until = close + 1
    return Span("abstract", begin, until, text[begin:until])


def _with_other_arms(text: str, part: Statement, begin: int, until: int, figure: int) -> tuple[int, int]:
    """The phrase with other arms' doses of the same drug, behind it or, where the figure stands first, before it."""
    while begin < figure and (more := _MORE.match(text, until, min(part.end, until + _LONGEST_LIST))):
        until = more.end()
    if begin == figure and (less := _LESS.search(text, max(part.start, begin - _LONGEST_LIST), begin)):
        begin = less.start()
    return begin, until
