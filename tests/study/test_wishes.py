"""Wishes, limits, what is not known, whom a study left out: the clauses of a made-up sentence that state something.

Owns what is kept of a sentence. Never asks which topics it earns (test_papers does).
"""

from __future__ import annotations

import pytest

from litwatch.study.statements import Statement
from litwatch.study.wishes import stated

# A sentence, its clauses in square brackets that state something.
SENTENCES = """
Future studies can investigate abuse liability and side effects.
More extensive and rigorous studies are also necessary to establish safety data.
[Ketamine lowered scores, but] larger trials are needed to show long-term safety.
[While ketamine lowered scores, it] remains to be determined whether toxicity matters.
[Although] further validation is needed[, dissociation was mild.]
[While dissociation was mild,] further validation is needed.
[Scores fell and the fact is] that long-term effects are still not fully known.
The effect on delirium remains unclear[ but cognition improved.]
Its effect on cognition is unknown[, while mood improved.]
[Most] studies did not assess long-term treatment.
Limitations include the lack of data on suicidality.
[We found] no data on suicidality.
[Scores fell; however], the long-term efficacy and safety are lacking.
Middle- and long-term efficacy and safety have yet to be explored.
[Due to insufficient data], long-term safety is yet to be investigated.
[The small number of trials underscores the] need to further investigate long-term risks.
"""
# The same of methods: whom the study left out.
ENROLLING = """
Patients with major depressive disorder or suicidal ideation were excluded.
[Pregnant women were included], while those with hypertension were excluded.
Veterans and adolescents were not eligible.
[We enrolled 75 patients with bipolar depression,] excluding those with psychosis or substance use disorder.
Exclusion criteria were pregnancy, cystitis and dependence.
[Forty patients with neuropathic pain and] no history of depression[ were randomised to ketamine.]
[Fifty adults] without current substance use disorder[ had ketamine.]
"""
TOOK_PART = """
Adults with or without comorbid alcohol use disorder had ketamine.
Patients with depression and a history of suicide attempts were randomised.
Treatment went on without interruption.
"""
STATEMENTS = """
Ketamine was well tolerated.
Esketamine was more effective than in the earlier study and may reduce relapse.
There was no evidence of cognitive impairment.
In this long-term study esketamine may have raised blood pressure.
Doses must not be raised in patients who need further sedation.
This study did not find more adverse events than earlier trials.
"""


def clauses(sentence: str, role: str = "conclusion") -> str:
    """The sentence with what it states in square brackets."""
    before = "Earlier. "
    text, at, found = before + sentence, len(before), ""
    for start, end in stated(Statement(role, at, len(before) + len(sentence), sentence)):
        found += f"{text[at:start]}[{text[start:end].rstrip()}]{' ' * (end - start - len(text[start:end].rstrip()))}"
        at = end
    return found + text[at:]


@pytest.mark.parametrize("marked", SENTENCES.strip().splitlines())
def test_wishes_and_what_is_not_known_state_nothing(marked: str) -> None:
    assert clauses(marked.replace("[", "").replace("]", "")) == marked


@pytest.mark.parametrize("sentence", STATEMENTS.strip().splitlines())
def test_statements_that_sound_like_wishes_are_whole(sentence: str) -> None:
    assert clauses(sentence) == f"[{sentence}]"


@pytest.mark.parametrize("marked", ENROLLING.strip().splitlines())
def test_whom_a_study_left_out_is_not_stated(marked: str) -> None:
    assert clauses(marked.replace("[", "").replace("]", ""), "methods") == marked


@pytest.mark.parametrize("sentence", TOOK_PART.strip().splitlines())
def test_who_took_part_is_stated(sentence: str) -> None:
    assert clauses(sentence, "methods") == f"[{sentence}]"
