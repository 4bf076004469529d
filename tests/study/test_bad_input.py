"""Abstracts that our words do not fit: in another language, missing, a title alone, far too long. Made-up texts.

Owns the promise that they are read rightly or left empty. Numbers that are hard to read stand in test_participants.py,
texts that would make a pattern run for ever in test_hostile.py.
"""

from __future__ import annotations

import pytest

from litwatch.paper import Paper
from litwatch.study.findings import Findings
from study.rules import student


def studied(title: str, abstract: str) -> Findings:
    return student().study(Paper(pmid=99000001, title=title, abstract=abstract))


TITLES = {
    "French": "La kétamine dans la dépression résistante",
    "German": "Ketamin bei Depression",
    "Spanish": "Ketamina en la depresión",
    "Chinese": "氯胺酮治疗抑郁症",
    "Russian": "Кетамин при депрессии",
}
ABSTRACTS = {
    "French": "MÉTHODES: Nous avons inclus 45 patients, suivis pendant 6 mois. RÉSULTATS: Le score MADRS a diminué "
    "(p < 0,001). CONCLUSION: La kétamine est efficace et bien tolérée.",
    "German": "METHODEN: 45 Patienten erhielten Ketamin und wurden 6 Monate beobachtet. ERGEBNISSE: Der MADRS-Wert "
    "sank um 12 Punkte (p = 0,01). SCHLUSSFOLGERUNG: Ketamin ist wirksam.",
    "Spanish": "MÉTODOS: Se incluyeron 45 pacientes, seguidos durante 6 meses. RESULTADOS: La puntuación MADRS "
    "disminuyó (p = 0.01). CONCLUSIONES: La ketamina es eficaz.",
    "Chinese": "方法：纳入45例抑郁症患者，随访6个月。结果：MADRS评分下降（P=0.01）。结论：氯胺酮有效。",
    "Russian": "МЕТОДЫ: 45 пациентов получали кетамин, наблюдение 6 месяцев. РЕЗУЛЬТАТЫ: MADRS снизился (p = 0,01).",
}


@pytest.mark.parametrize("language", TITLES)
def test_an_abstract_in_another_language_is_read_rightly_or_not_at_all(language: str) -> None:
    found = studied(TITLES[language], ABSTRACTS[language])
    assert found.participants in (None, 45)
    assert found.followup_days in (None, 180)
    assert found.dose == ()
    assert "safety" not in found.tags
    assert found.quotes.harm is None
    assert found.quotes.result is None or "MADRS" in found.quotes.result.text
    assert found.quotes.conclusion is None or "efficace" in found.quotes.conclusion.text


@pytest.mark.parametrize("abstract", ["", " ", ".", "(ABSTRACT TRUNCATED AT 250 WORDS)"])
def test_without_an_abstract_the_title_gives_no_numbers_and_no_quotes(abstract: str) -> None:
    found = studied("Ketamine in 24 patients with depression: a 6-month randomised trial", abstract)
    assert (found.design, found.relevant) == ("rct", True)
    assert (found.participants, found.followup_days, found.dose) == (None, None, ())
    assert (found.quotes.result, found.quotes.conclusion, found.quotes.harm) == (None, None, None)


@pytest.mark.timeout(60)
def test_an_abstract_of_twenty_thousand_words_is_read() -> None:
    filler = "Patients with depression had ketamine and felt well. " * 2_500
    result, conclusion = "MADRS scores fell by 9 points (p < 0.01).", "Ketamine may help in depression."
    found = studied(
        "Ketamine in depression",
        f"METHODS: We included 24 patients. {filler}RESULTS: {result} CONCLUSIONS: {conclusion}",
    )
    assert found.participants in (None, 24)
    assert found.quotes.result is not None
    assert found.quotes.result.text == result
    assert found.quotes.conclusion is not None
    assert found.quotes.conclusion.text == conclusion
