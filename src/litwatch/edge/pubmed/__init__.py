"""PubMed through NCBI's E-utilities (https://www.ncbi.nlm.nih.gov/books/NBK25499/).

`client` asks for what litwatch needs, `asking` keeps the manners and tries again, `wire` speaks HTTP, `answers` says
whether an answer can be trusted.
"""

from litwatch.edge.pubmed.answers import SearchAnswer
from litwatch.edge.pubmed.asking import Tally
from litwatch.edge.pubmed.client import Batch, Enumeration, PubMed

__all__ = ["Batch", "Enumeration", "PubMed", "SearchAnswer", "Tally"]
