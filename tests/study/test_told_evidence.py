"""What `explain` tells of numbers and quotes: each that was found, in its sentence, with what spoke for it.

Owns that account. Never which number or quote is right (test_participants.py and its neighbours).
"""

from __future__ import annotations

from litwatch.paper import Paper
from litwatch.study.evidence import evidence
from litwatch.study.findings import Findings
from litwatch.study.roles import sentences_with_roles
from study.rules import student

TRIAL = Paper(
    99000001,
    title="Ketamine for depression: a randomised trial",
    abstract=(
        "METHODS: We randomised 48 patients with major depression to intravenous ketamine 0.5 mg/kg or midazolam. The "
        "primary outcome was the MADRS score at day 7; patients were followed for 12 weeks. RESULTS: The MADRS "
        "score at day 7 did not differ between groups (mean difference -0.3, 95% CI -2.0 to 1.4). Nausea was "
        "reported by 12% of patients on ketamine. CONCLUSIONS: Ketamine was not superior to midazolam."
    ),
)


def test_each_number_and_quote_is_told_with_its_words_and_what_spoke_for_it() -> None:
    findings = student().study(TRIAL)
    told = {one.id: one for one in evidence(TRIAL, sentences_with_roles(TRIAL), findings).entries}
    assert list(told) == ["participants", "followup_days", "dose", "result", "conclusion", "harm"]
    assert told["participants"].reason.startswith("48; by ")
    assert "first number" in told["participants"].reason
    assert not told["participants"].reason.endswith(("by ", ", number"))
    assert told["followup_days"].reason.startswith("84; by ")
    assert [span.text for span in told["dose"].spans] == ["ketamine 0.5 mg/kg"]
    assert "words of the primary outcome" in told["result"].reason
    for one in told.values():
        for span in one.spans:
            assert TRIAL.text(span.field)[span.start : span.end] == span.text


def test_of_a_paper_of_which_nothing_was_read_nothing_is_told() -> None:
    assert evidence(TRIAL, sentences_with_roles(TRIAL), Findings()).entries == ()
