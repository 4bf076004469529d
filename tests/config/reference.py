"""The tables of docs/configuration.md as the models would write them.

Owns the words for types and defaults. Never writes the file: `python tests/config/reference.py` prints them.
"""

from __future__ import annotations

import json
from typing import Any

from litwatch.edge.config import FILES, json_schema
from litwatch.edge.config.environment import variable
from litwatch.edge.config.models import SECRETS

TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "table",
}
BOUNDS = {
    "minimum": "from {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "to {}",
}


def tables() -> dict[str, list[str]]:
    """Heading of a table -> its lines, for every table of every file."""
    found = {"Secrets": _secrets()}
    for name in FILES:
        schema = json_schema(name)
        models = {"": schema, **schema.get("$defs", {})}
        if name == "litwatch":
            for key, part in schema["properties"].items():
                model = models[part["$ref"].rpartition("/")[2]]
                found[f"[{key}]"] = _rows(model, table=key)
        else:
            found[f"{name}.toml"] = _rows(schema)
            for model_name in ("TopicTable", "RelevanceTable", "FacetTable", "EntryTable", "SubscriberTable"):
                if model_name in models:
                    found[model_name] = _rows(models[model_name])
    return found


def _rows(schema: dict[str, Any], table: str = "") -> list[str]:
    head = ["key", "type", "default", *(["variable"] if table else []), "what it is"]
    lines = [_line(head), _line(["---"] * len(head))]
    required = schema.get("required", [])
    for key, part in schema["properties"].items():
        default = "(needed)" if key in required else _default(part)
        names = [f"`{variable(table, key)}`"] if table else []
        lines.append(_line([f"`{key}`", _type(part), default, *names, part["description"]]))
    return lines


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(part: dict[str, Any]) -> str:
    default = part.get("default")
    return "" if default in (None, "", [], {}) else f"`{json.dumps(default, ensure_ascii=False)}`"


def _type(part: dict[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{choice}`" for choice in part["enum"])
    if "$ref" in part or "additionalProperties" in part or part.get("type") == "object":
        return "table"
    words = TYPES[part["type"]]
    if part["type"] == "array":
        inner = part["items"]
        words += " of tables" if "$ref" in inner else " of " + _type(inner)
    bounds = " ".join(phrase.format(part[name]) for name, phrase in BOUNDS.items() if name in part)
    return f"{words}, {bounds}" if bounds else words


def _secrets() -> list[str]:
    lines = [_line(["variable", "or a file named by", "what it is"]), _line(["---"] * 3)]
    for (table, key), what in SECRETS.items():
        name = variable(table, key)
        lines.append(_line([f"`{name}`", f"`{name}_FILE`", what]))
    return lines


if __name__ == "__main__":
    for heading, lines in tables().items():
        print(f"\n### {heading}\n\n" + "\n".join(lines))
