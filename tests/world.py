"""What tests stand on: where things are, and (soon) a whole world in one line.

Owns the sandbox, store, outbox and clock of a test. Never proves matching through the sandbox.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def shared(name: str) -> Path:
    """A file of the material that lies beside the checkout; skips the test where it is not there."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/{name} is not beside this checkout")
    return path
