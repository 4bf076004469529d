"""A made-up series of NLM's files: a baseline file and update files, as the sandbox plays them day by day."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from litwatch.sandbox.timeline import SHIPPED


@pytest.fixture(scope="session")
def nlm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pubmed26n0001.xml.gz and so on, each with its .md5."""
    folder = tmp_path_factory.mktemp("nlm")
    dated = sorted(path for path in SHIPPED.glob("*.xml") if "base" not in path.name)
    for number, source in enumerate([*SHIPPED.glob("*base*.xml"), *dated], 1):
        packed = folder / f"pubmed26n{number:04}.xml.gz"
        packed.write_bytes(gzip.compress(source.read_bytes(), mtime=0))
        digest = hashlib.md5(packed.read_bytes(), usedforsecurity=False).hexdigest()
        packed.with_name(packed.name + ".md5").write_text(f"MD5({packed.name})= {digest}\n")
    return folder
