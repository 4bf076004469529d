"""Records as the store keeps them: PubMed's XML, zlib-compressed.

Owns how one is read. Never selects one.
"""

from __future__ import annotations

import zlib

from litwatch.paper import Paper


def read_record(record: bytes) -> Paper:
    """The paper in a stored record."""
    from litwatch.reading.pubmed_xml import read_article  # most commands and most runs read none

    return read_article(zlib.decompress(record))
