"""The frozen bytes of a mail as the store keeps them: packed, for a commit of a quarter of the bytes is sooner on disk.

Owns both ways. Never looks into a mail.
"""

from __future__ import annotations

_PACKED = b"x"  # a zlib stream begins so; a mail begins with From


def packed(message: bytes) -> bytes:
    """As it is kept."""
    from litwatch.edge.inflate import deflate  # most runs send nothing

    return deflate(message)


def unpacked(stored: bytes) -> bytes:
    """The mail; what was kept before mails were packed is one already."""
    from litwatch.edge.inflate import inflate

    return inflate(stored) if stored.startswith(_PACKED) else stored
