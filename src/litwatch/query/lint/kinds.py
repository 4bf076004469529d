"""Owns what a query is for: a watch is sent to PubMed, a facet is answered from the record here.

Never reads a query.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["watch", "facet"]
