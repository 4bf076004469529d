"""Which papers report the same registered trial: those that name the same registration number.

Owns how a number is spelt so that two papers agree on it, and which registrations are no trial. Never asks a registry.
"""

from __future__ import annotations

import re

from litwatch.paper import Paper
from litwatch.study.registrations import registrations

#: A paper that names more trials than this lists what it searched, as a review does; it reports none of them.
MOST_TRIALS = 5

_PROSPERO = re.compile(r"CRD\d+")
_CTIS = re.compile(r"(20\d\d-5\d{5}-\d\d)-\d\d")  # the last part is the version of the application
_NO_NUMBER = re.compile(r"(\d)\1+")


def trial_numbers(paper: Paper) -> tuple[str, ...]:
    """The trials that a paper reports, each once: those in NLM's list (DataBankList) first, then in title and abstract.

    Spelt as the registry spells them; an application at CTIS without its version. A review's own registration
    (PROSPERO) and a placeholder (NCT00000000) are no trial.
    """
    found = dict.fromkeys(
        _CTIS.sub(r"\1", number)
        for number, _ in registrations(paper)
        if not _PROSPERO.fullmatch(number) and not _NO_NUMBER.fullmatch(re.sub(r"\D", "", number))
    )
    return tuple(found) if len(found) <= MOST_TRIALS else ()
