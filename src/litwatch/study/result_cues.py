"""What keeps a sentence from being the result, or makes it half of one: what was set out, and one group alone.

Owns these patterns. Never chooses a sentence.
"""

from __future__ import annotations

from litwatch.study.cues import Cued, Exact

# What the authors set out to find, or expected: told before it was found, wherever it stands.
SET_OUT = Cued(
    r"\b(?:hypothes(?:is|es) (?:was|were|is|are) that|(?:hypothesi[sz]|predict|expect|speculat)ed that|"
    r"(?:was|were) (?:hypothesi[sz]ed|predicted|expected) (?:to|that)|"
    r"(?:we|this (?:\w+ )?(?:study|trial|review|work|paper|article|analysis)|the (?:present|current) (?:\w+ )?(?:study|"
    r"trial|review|work|paper|article|analysis)|our (?:\w+ )?(?:study|trial|review|work|paper|article|analysis)) "
    r"(?:also |then |further |here |therefore |thus )?(?:(?:aim|sought|seek|attempt|intend|want|set out|propos)"
    r"(?:s|ed)? to|"
    r"(?:is|was) (?:aimed|designed|intended|conducted|undertaken|performed) (?:to|at)|"
    r"(?:examin|investigat|explor|assess|test|evaluat|ask)(?:es?|ed) (?:whether|if|how)|"
    r"(?:examines|investigates|explores|assesses|evaluates|reviews|discusses|describes|summari[sz]es|outlines|"
    r"presents|analy[sz]es|compares|addresses|considers|focus(?:es|ed) on))|"
    r"(?:aim|objective|purpose|goal) (?:of (?:this|the|our) (?:[\w-]+ ){1,4})?(?:was|is|were|are) to|"
    r"data (?:\w+ ){0,5}(?:were|was) (?:drawn|derived|taken|obtained) from)\b"
)
# Behind what was set out, what was found.
AND_FOUND = Cued(
    r"\b(?:(?:and|we|which|results?|analys[ie]s|study) (?:\w+ )?"
    r"(?:found|show(?:s|ed)?|reveal(?:s|ed)|demonstrat(?:es|ed))|confirmed)\b"
)
# Somebody who had another treatment, or none.
OTHER_ARM = Cued(
    r"\b(?:placebo|saline|sham|midazolam|controls?|comparators?|usual care|waiting list|vehicle|alone|"
    r"ECT|electroconvulsive|propofol|thiopental|etomidate|morphine|fentanyl|dexmedetomidine|"
    r"(?:other|second|third|both|all|three|two|between) (?:\w+ )?(?:groups?|arms?|drugs?|conditions?|doses?)|"
    r"(?:group|arm|condition)s?\b[^.;]{2,80}\b(?:groups?|arms?|condition))\b"
)
# The share of people who got better, which is high in any group.
RATE = Cued(
    r"\b(?:respon(?:se|ded|ders?)|remission|remitted|recovered|improved|(?:reduction|decrease|fell|drop|improvement))\b"
)
SHARE = Exact((r"\d\s?%", ("%",)), (r"\d+ ?(?:/|of(?: the)?) ?\d+", ()))
# The time after it, whatever goes before: "no difference before the operation" says nothing of it.
LATER = Cued(
    r"\b(?:changes?|chang(?:ed|ing)|reduc\w*|decreas\w*|improv\w*|declin\w*|fell|dropped|after|post\w*|follow-?up)\b"
)
# That groups differed, in words: figures beside it are of something else, or its authors' own affair.
SAYS_DIFFERENCE = Cued(
    r"\b(?:significan(?:t|ce|tly)|superior\w*|non-?inferior\w*|equivalen\w*|marginal(?:ly)?|trend(?:s|ed)?|"
    r"correlat\w*|associat\w*|predict\w*|baseline)\b"
)
# The same people at two times, of whom no difference says that nothing lasted, or that nothing happened.
OVER_TIME = Cued(
    r"\b(?:(?:between|from|with|to) (?:the )?(?:\w+ )?baseline|(?:between|from) pre-?\s?\w*|"
    r"pre-?\w* (?:and|to|versus|vs) post|pre- and post|before and after|over time|"
    r"between (?:the )?(?:\w+ )?(?:visits|time ?points|days|sessions|infusions))"
)
