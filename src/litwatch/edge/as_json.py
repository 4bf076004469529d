"""Writes a value as one line of JSON.

Owns the choice of the writer. orjson takes a sixth of the time of json; what it refuses, json writes.
"""

from __future__ import annotations

import json
from typing import Any

import orjson


def one_line(value: Any) -> bytes:
    """`value` (JSON's own types) as UTF-8 without blanks, a line break at the end."""
    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # half a surrogate pair, a number beyond 64 bits
        return json.dumps(value, separators=(",", ":")).encode() + b"\n"
