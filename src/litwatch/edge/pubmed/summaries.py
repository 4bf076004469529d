"""Reads which papers ESummary has no summary of: it names them, where EFetch leaves them out without a word.

Owns that reading. Never asks; what is in a summary is of no interest here.
"""

from __future__ import annotations

import re

from litwatch.edge.pubmed.answers import Untrustworthy, refuse_non_answers, shorten

_MISSING = re.compile(rb"<ERROR>\s*UID=(\d+): cannot get document summary\s*</ERROR>", re.IGNORECASE)
_ANY_ERROR = re.compile(rb"<ERROR>(.*?)</ERROR>", re.IGNORECASE | re.DOTALL)


def read_missing(body: bytes) -> frozenset[int]:
    """The PMIDs that an ESummary answer (XML, version 1.0) calls unknown: deleted, or merged into another.

    Raises Untrustworthy for an answer that is none, is cut, or holds another error.
    """
    refuse_non_answers(body)
    if b"<eSummaryResult" not in body[:4000]:
        raise Untrustworthy("not-esummary", f"something that is no list of summaries: {shorten(body)}")
    if b"</eSummaryResult>" not in body[-200:]:
        raise Untrustworthy("cut", "an answer that is cut off in the middle", passing=True)
    for said in _ANY_ERROR.finditer(body):
        if not _MISSING.fullmatch(said.group(0)):
            raise Untrustworthy("error-body", f"an error: {shorten(said.group(1))}", passing=True)
    return frozenset(int(found.group(1)) for found in _MISSING.finditer(body))
