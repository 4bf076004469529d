"""What a reader chose of the facets (designs, settings), compared with the entries that the watches have.

Owns those mistakes. Never looks at a reader one of whose watches is broken: what is there cannot be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litwatch.edge.config.kinds import near
from litwatch.edge.config.problems import Source
from litwatch.edge.config.settings import Watch
from litwatch.errors import Problem

#: Key of a reader -> the facet whose entries it names.
CHOSEN = {"designs": "design", "settings": "setting"}
#: Settings that nobody can have moved.
PLACED = frozenset({"treatment", "preclinical"})


def check_choices(source: Source, watches: Mapping[str, Watch], problems: list[Problem]) -> None:
    """Designs and settings that none of a reader's watches has."""
    readers = source.toml.get("subscriber", [])
    for position, reader in enumerate(readers if isinstance(readers, list) else []):
        names = _texts(reader, "watches")
        if not names or not set(names) <= watches.keys():
            continue
        for key, facet in CHOSEN.items():
            there = {
                entry.id: None
                for name in names
                if (found := watches[name].rules.facet(facet))
                for entry in found.entries
            }
            place = ("subscriber", position, key)
            for chosen in _texts(reader, key):
                if key == "settings" and chosen in PLACED:
                    problems.append(
                        source.problem(place, f"names `{chosen}`", "it has its place in every digest")
                    )
                elif chosen not in there:
                    message = f"there is no {facet} `{chosen}`"
                    problems.append(source.problem(place, message, near(chosen, tuple(there))))


def _texts(reader: Any, key: str) -> list[str]:
    value = reader.get(key) if isinstance(reader, dict) else None
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
