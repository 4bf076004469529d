"""Templates as Jinja translated them into Python, kept for this process: each is translated once, whoever renders it.

Owns what is kept. Never writes a file: compiled code that others could write would be run.
"""

from __future__ import annotations

from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache


class Translated(BytecodeCache):
    """By name, file and content; for environments that read templates alike."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of that template, where its content is still the same."""
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        if bucket.code is not None:
            self._kept[bucket.key] = bucket.checksum, bucket.code
