"""Labelled records from what readers said of papers, for `eval`.

Owns what a verdict means as a label. Never counts verdicts and never reads a store.

A reader who finds a paper useful says that it belongs there; one who finds it not useful, that it does not, which may
also mean a poor paper on the subject. That a paper stands under a wrong topic says nothing of which is right: a person
who labels it writes `topics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litwatch.decide.tokens import VERDICTS, Verdict
from litwatch.paper import Paper
from litwatch.reading.json_lines import to_json
from litwatch.study.findings import Findings


def labelled(
    watch: str, paper: Paper, findings: Findings | None, verdicts: Mapping[Verdict, int]
) -> dict[str, Any]:
    """A line that `litwatch eval` reads: the record, what it was tagged, the verdicts, and the label they make.

    `relevant` is null where readers do not agree or did not say.
    """
    useful, useless = verdicts.get("useful", 0), verdicts.get("not-useful", 0)
    return {
        "watch": watch,
        **to_json(paper),
        "tagged": sorted(findings.tags) if findings else [],
        "feedback": {verdict: verdicts.get(verdict, 0) for verdict in VERDICTS},
        "relevant": bool(useful) if bool(useful) != bool(useless) else None,
    }
