"""The JSON Schema of each config file, for editors and other programs.

Owns how a model becomes a schema that fits TOML. Never reads a file.
"""

from __future__ import annotations

from typing import Any

from litwatch.edge.config.models import LitwatchFile, Table
from litwatch.edge.config.research_models import FacetsFile, SubscribersFile, WatchFile
from litwatch.errors import UsageError

FILES: dict[str, type[Table]] = {
    "litwatch": LitwatchFile,
    "facets": FacetsFile,
    "watch": WatchFile,
    "subscribers": SubscribersFile,
}


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of litwatch, facets, watch or subscribers; UsageError for another name."""
    if name not in FILES:
        raise UsageError(f"there is no schema `{name}`; there is {', '.join(FILES)}")
    schema = _without_null(FILES[name].model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _without_null(part: Any) -> Any:
    """Without `null`, which TOML cannot say: a key that is left out is left out."""
    if isinstance(part, list):
        return [_without_null(step) for step in part]
    if not isinstance(part, dict):
        return part
    kept = {
        key: _without_null(value)
        for key, value in part.items()
        if not (key == "default" and (value is None or isinstance(value, dict)))
    }
    choices = [choice for choice in kept.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del kept["anyOf"]
        kept = {**choices[0], **kept}
    return kept
