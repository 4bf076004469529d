"""Records as the store keeps them: PubMed's XML, zlib-compressed.

Owns how one is unpacked and read. Never selects one.
"""

from __future__ import annotations

from litwatch.paper import Paper


def unpack(record: bytes) -> bytes:
    """PubMed's XML of a stored record."""
    from litwatch.edge.inflate import inflate  # most commands and most runs unpack none

    return inflate(record)


def read_record(record: bytes) -> Paper:
    """The paper in a stored record."""
    from litwatch.reading.pubmed_xml import read_article  # most commands and most runs read none

    return read_article(unpack(record))
