"""A Paper as an abstract on a page, as EFetch writes it.

Owns that layout. Never reads XML and never chooses records.
"""

from __future__ import annotations

import textwrap

from litwatch.edge.exporting.medline import author_name, source
from litwatch.paper import Paper

_LINK_WORDS = {
    "RetractionIn": "Retraction in", "RetractionOf": "Retraction of", "ErratumIn": "Erratum in",
    "ErratumFor": "Erratum for", "CommentOn": "Comment on", "CommentIn": "Comment in",
    "UpdateOf": "Update of", "UpdateIn": "Update in", "ExpressionOfConcernIn": "Expression of concern in",
    "ExpressionOfConcernFor": "Expression of concern for",
}  # fmt: skip


def abstract_text(paper: Paper, position: int) -> str:
    """One record as PubMed's "Abstract (text)" shows it, numbered from 1."""
    blocks = [f"{position}. {source(paper)}", paper.title]
    if paper.authors:
        blocks.append(", ".join(author_name(author) for author in paper.authors) + ".")
    places = [author.affiliations[0] for author in paper.authors if author.affiliations]
    if places:
        numbered = (f"({number}){place}" for number, place in enumerate(places, 1))
        blocks.append("\n".join(("Author information:", *numbered)))
    blocks += [
        f"{_LINK_WORDS[link.kind]}\n    {link.source} PMID: {link.pmid}"
        for link in paper.links
        if link.kind in _LINK_WORDS
    ]
    blocks += [paper.abstract, paper.copyright]
    blocks.append("\n".join(part for part in (
        f"DOI: {paper.doi}" if paper.doi else "", f"PMCID: {paper.pmcid}" if paper.pmcid else "",
        f"PMID: {paper.pmid} [{paper.status}]",
    ) if part))  # fmt: skip
    if paper.conflict_of_interest:
        blocks.append(f"Conflict of interest statement: {paper.conflict_of_interest}")
    return "\n\n".join(textwrap.fill(block, 80) if "\n" not in block else block for block in blocks if block)
