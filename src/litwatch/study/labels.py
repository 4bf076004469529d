"""What the labels of abstracts mean: a table from their words to the roles of sentences.

Owns the table. Never reads an abstract.
"""

from __future__ import annotations

import re
from functools import lru_cache


def _words(text: str) -> list[str]:
    return text.split()


#: What a sentence of an abstract may be, in the order in which abstracts tell it.
ROLE_NAMES = ("background", "aim", "methods", "results", "conclusion")
#: A part that is none of background, aim, methods, results, conclusion: funding, registration, limitations.
OTHER = "other"

_WHOLE: dict[str, tuple[str, ...]] = {
    "outcome": ("results",),
    "outcomes": ("results",),
    "relevance to clinical practice": ("conclusion",),
    "clinical relevance": ("conclusion",),
    "clinical significance": ("conclusion",),
    "clinical implications": ("conclusion",),
    "what is known": ("background",),
    "what this paper adds": ("conclusion",),
    "key points": ("results", "conclusion"),
    "areas covered": ("methods", "results"),
    "areas of uncertainty": ("background",),
    "therapeutic advances": ("results",),
    "purpose of review": ("aim",),
    "recent findings": ("results",),
    "main outcome measures": ("methods",),
    "main outcomes and measures": ("methods",),
    "summary of background data": ("background",),
    "case report": ("methods", "results"),
    "case presentation": ("methods", "results"),
    "case description": ("methods", "results"),
    "observations": ("results",),
    "experimental approach": ("methods",),
    "level of evidence": (OTHER,),
    "evidence acquisition": ("methods",),
    "evidence synthesis": ("results",),
    "research question": ("aim",),
    "new findings": ("results", "conclusion"),
    "novelty": ("conclusion",),
    "impact": ("conclusion",),
    "what's new": ("conclusion",),
}

_WORDS: dict[str, str] = {
    **dict.fromkeys(
        [
            "background",
            "introduction",
            "context",
            "rationale",
            "importance",
            "motivation",
            "premise",
            "backgroud",
        ],
        "background",
    ),
    **dict.fromkeys(
        _words(
            """
    objective objectives aim aims purpose purposes goal goals hypothesis hypotheses question
    questions
    """
        ),
        "aim",
    ),
    **dict.fromkeys(
        _words(
            """
    method methods methodology methodologies design setting settings participants patients subjects
    sample intervention interventions measure measures measurement measurements measurements
    materials material procedure procedures selection sources search strategy extraction analysis
    analyses statistical exposure exposures population eligibility experiments experiment animals
    concerns diagnosis diagnoses case cases protocol criteria collection approach
    """
        ),
        "methods",
    ),
    **dict.fromkeys(["result", "results", "finding", "findings", "observation", "observations"], "results"),
    **dict.fromkeys(
        _words(
            """
    conclusion conclusions discussion interpretation significance implication implications lesson
    lessons summary opinion perspective perspectives relevance comment commentary outlook
    """
        ),
        "conclusion",
    ),
    **dict.fromkeys(
        _words(
            """
    registration registry funding ethics dissemination limitation limitations availability
    supplementary identifier number keywords trial
    """
        ),
        OTHER,
    ),
}

_CATEGORIES = {
    "background": ("background", "aim"),
    "objective": ("background", "aim"),
    "methods": ("methods",),
    "results": ("results",),
    "conclusions": ("conclusion",),
}

_WORD = re.compile(r"[a-z']+")


@lru_cache(maxsize=4096)
def roles_of_label(label: str, category: str = "") -> tuple[str, ...]:
    """The roles that sentences under that label may play; () when the label says nothing.

    The printed label decides, NLM's category only where the label is unknown (NLM files "Limitations" under
    conclusions and "Trial registration" under background). A background part may hold the aim.
    """
    words = _WORD.findall(label.casefold())
    known = _WHOLE.get(" ".join(words))
    if known:
        return known
    roles = list(dict.fromkeys(_WORDS[word] for word in words if word in _WORDS))
    if "registration" in words or "limitations" in words or "funding" in words:
        return (OTHER,)
    if len(roles) > 1 and OTHER in roles:
        roles.remove(OTHER)
    if not roles:
        return _CATEGORIES.get(category, ())
    if "conclusion" in roles and words[0] in ("conclusion", "conclusions", "discussion", "interpretation"):
        return ("conclusion",)
    if roles == ["methods", "results"] and words[0] == "main":
        return ("results",)
    if "background" in roles and "aim" not in roles and len(roles) == 1:
        return ("background", "aim")
    return tuple(roles)


_FILLERS = frozenset(
    _words(
        """
    and of the for in with to or on s main key primary secondary study clinical major principal
    review research authors author's authors' our data outcome outcomes results statement present
    brief
    """
    )
)


def is_label(text: str) -> bool:
    """Whether `text`, which stands before a colon at the start of a sentence, is the label of a part.

    In capitals one known word is enough ("DESIGN AND SETTING"); otherwise every word must be known or a filler.
    """
    words = _WORD.findall(text.casefold())
    if not words or len(words) > 8 or not roles_of_label(text):
        return False
    if text.isupper():
        return True
    return all(word in _WORDS or word in _FILLERS for word in words)
