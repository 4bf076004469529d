"""Lets the tests of this folder import its helpers.

Owns that path. Never holds a fixture that hides what a test does.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
