"""Made-up PubMed records, as small as they can be."""

from __future__ import annotations


def article(author_list: str, history: str = "", title: str = "T", pmid: int = 99000901) -> bytes:
    """A <PubmedArticle> with that <AuthorList>."""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article>'
        f"<ArticleTitle>{title}</ArticleTitle>{author_list}<Language>eng</Language></Article>"
        f"</MedlineCitation><PubmedData>{history}<ArticleIdList/></PubmedData></PubmedArticle>"
    ).encode()
