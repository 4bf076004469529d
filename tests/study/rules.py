"""The shipped rules, compiled once for all tests of study/."""

from __future__ import annotations

from functools import cache

from litwatch.edge.config import Watch, load
from litwatch.study.student import Student, compile_rules
from world import ROOT


@cache
def watch() -> Watch:
    """The shipped watch."""
    return next(watch for watch in load(ROOT / "config", {}).watches if watch.name == "ketamine-depression")


@cache
def student() -> Student:
    """Its rules, ready to read papers by."""
    return compile_rules(watch().rules)
