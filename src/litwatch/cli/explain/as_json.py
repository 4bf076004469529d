"""What `explain --json` prints: one object a paper.

Owns its keys. The tree is a list in which `depth` says what stands under what, so that no depth is too deep.
"""

from __future__ import annotations

from typing import Any

from litwatch.study.explained import Explained, Shown, Tree
from litwatch.study.findings import span_to_json
from litwatch.study.places import Place


def document(explained: Explained, mesh: str) -> dict[str, Any]:
    """One paper; `mesh` is the version of MeSH that headings were exploded by, or ""."""
    return {
        "pmid": str(explained.paper.pmid),
        "title": explained.paper.title,
        "record": explained.source,
        "mesh": mesh or None,
        "queries": [_tree(tree) for tree in explained.trees],
        "facets": {name: [_entry(one) for one in entries] for name, entries in explained.facets},
    }


def _tree(tree: Tree) -> dict[str, Any]:
    return {
        "name": tree.asked.name,
        "matches": tree.verdict.matches,
        "verdict": tree.verdict.sentence,
        "decided_by": list(tree.verdict.decided_by),
        "to_paste": str(tree.asked.query),
        "unlike_pubmed": list(tree.asked.unlike_pubmed),
        "tree": [
            {
                "depth": row.depth,
                "holds": row.holds,
                "label": row.label,
                "takes_away": row.takes_away,
                "about": list(row.about),
                "by": list(row.values),
                "spans": [span_to_json(span) for span in row.spans],
                "sentences": [_place(place) for place in row.places],
                "more_sentences": row.more,
                "folded": list(row.folded),
            }
            for row in tree.rows
        ],
    }


def _entry(one: Shown) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "state": one.state,
        "reason": one.reason or None,
        "sentences": [_place(place) for place in one.places],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "field": place.field,
        "role": place.role or None,
        "text": place.text,
        "marks": [list(mark) for mark in place.marks],
    }
