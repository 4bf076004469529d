"""The same bytes come out of a gzip file whichever library unpacks it, and the same error where it is damaged."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = b"".join(b"%d of many lines\n" % number for number in range(50_000))
PACKED = gzip.compress(TEXT[:300_000]) + gzip.compress(TEXT[300_000:]) + b"\0" * 512
PROGRAM = """
import sys
if sys.argv[1] == "zlib":
    sys.modules["isal"] = None
from pathlib import Path
from litwatch.edge import inflate
from litwatch.edge.files import _unpacked
from litwatch.errors import ReadError
assert hasattr(inflate, "isal_zlib") == (sys.argv[1] == "isal")
with Path(sys.argv[2]).open("rb") as file:
    stream = _unpacked(file)
    try:
        while taken := stream.read(70_000):
            sys.stdout.buffer.write(taken)
    except ReadError as error:
        sys.stderr.write(str(error))
"""


def unpacked(library: str, path: Path) -> tuple[bytes, str]:
    pytest.importorskip("isal", reason="no wheel of isal for this machine")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, library, str(path)], capture_output=True, check=True, timeout=60
    )
    return done.stdout, done.stderr.decode()


@pytest.mark.parametrize("library", ["isal", "zlib"])
def test_members_and_padding_come_out_whole(tmp_path: Path, library: str) -> None:
    path = tmp_path / "some.gz"
    path.write_bytes(PACKED)

    assert unpacked(library, path) == (TEXT, "")


@pytest.mark.parametrize("library", ["isal", "zlib"])
def test_a_cut_file_gives_its_beginning_and_says_so(tmp_path: Path, library: str) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(PACKED[: len(PACKED) // 2])

    found, said = unpacked(library, path)

    assert len(found) > 100_000
    assert TEXT.startswith(found)
    assert said == "the gzip file ends in the middle"


@pytest.mark.parametrize("library", ["isal", "zlib"])
def test_a_wrong_checksum_is_told(tmp_path: Path, library: str) -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 255
    path = tmp_path / "damaged.gz"
    path.write_bytes(packed)

    _, said = unpacked(library, path)

    assert said.startswith("the gzip file is damaged")
