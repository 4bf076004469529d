"""From what pydantic says about a file to what a person can mend: where, what is wrong, what is near.

Owns the words of every mistake of form. Never reads a file and never stops at the first mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from litwatch.edge.config.kinds import near, shown
from litwatch.errors import Problem

Place = tuple[int | str, ...]

KINDS = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "list_type": "a list in [brackets]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read: its name, its TOML, and the environment variables that changed keys of it."""

    file: str
    toml: Mapping[str, Any]
    variables: Mapping[Place, str] = field(default_factory=dict)

    def problem(self, place: Place, message: str, hint: str = "") -> Problem:
        """A mistake at that place: under the variable's name where a variable put the value there."""
        variable = self.variables.get(place[:2])
        if variable:
            return Problem(variable, "", message, hint)
        return Problem(self.file, key_path(place, self.toml), message, hint)


def key_path(place: Place, toml: Mapping[str, Any]) -> str:
    """`topics.efficacy.query`; an entry of [[subscriber]] as `subscriber 3 (you@example.org).weekday`."""
    parts: list[str] = []
    value: Any = toml
    for step in place:
        value = _inside(value, step)
        if step == "[key]":
            continue
        if isinstance(step, int):
            if isinstance(value, dict):
                address = value.get("address")
                who = f" ({address})" if isinstance(address, str) and address.isprintable() else ""
                parts[-1] += f" {step + 1}{who}"
            # A value in a list is named by the message; its key is the list's.
        else:
            parts.append(step if step.replace("-", "").replace("_", "").isalnum() else shown(step))
    return ".".join(parts)


def _inside(value: Any, step: int | str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def mistakes(error: ValidationError, model: type[BaseModel], source: Source) -> list[Problem]:
    """Every mistake that pydantic found in a file, in our words."""
    return [_mistake(detail, model, source) for detail in error.errors(include_url=False)]


def _mistake(detail: ErrorDetails, model: type[BaseModel], source: Source) -> Problem:
    place = detail["loc"]
    message, hint = in_words(detail)
    if detail["type"] == "extra_forbidden":
        message, hint = "is no key that litwatch knows", _where_it_belongs(place, model)
        if isinstance(detail["input"], dict):
            message = "is no table that litwatch knows"
    return source.problem(place, message, hint)


def in_words(detail: ErrorDetails) -> tuple[str, str]:
    """What is wrong, and what is near."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "litwatch":
        return str(context["message"]), str(context["hint"])
    if kind == "missing":
        return "is missing", ""
    if kind == "literal_error":
        return f"{shown(value)} is not known here", _choices(str(context["expected"]), value)
    if kind in KINDS:
        return f"should be {KINDS[kind]}, not {shown(value)}", ""
    if kind == "too_short":
        everywhere = detail["loc"][-1] == "sections"
        return "is an empty list", "leave it out to count all text" if everywhere else "name at least one"
    if kind == "string_too_short":
        return "is empty", ""
    if kind == "string_pattern_mismatch":
        return f"{shown(value)} does not fit", f"it must match {context['pattern']}"
    limits = {"greater_than": "more than", "greater_than_equal": "at least", "less_than_equal": "at most"}
    for name, words in limits.items():
        if kind == name:
            return f"should be {words} {next(iter(context.values())):g}, not {shown(value)}", ""
    return detail["msg"], ""


def _choices(expected: str, value: object) -> str:
    """pydantic's "'a', 'b' or 'c'" as a near miss or the whole list."""
    names = tuple(part for part in expected.split("'")[1::2])
    return near(value, names) if isinstance(value, str) else near("", names)


def _where_it_belongs(place: Place, model: type[BaseModel]) -> str:
    """A near miss among the keys of its table, or the table that has such a key."""
    unknown = str(place[-1])
    close = near(unknown, keys(_table_at(model, place[:-1])))
    if close.startswith("did you mean"):
        return close
    if len(place) > 1 and unknown in keys(model):
        return f"`{unknown}` belongs above the first [table] of the file"
    for name, table in _tables(model).items():
        if unknown in keys(table):
            return f"`{unknown}` belongs in [{name}]"
    return close


def keys(model: type[BaseModel] | None) -> tuple[str, ...]:
    """The keys of a table, as they stand in TOML."""
    return () if model is None else tuple(info.alias or name for name, info in model.model_fields.items())


def table_in(annotation: Any) -> type[BaseModel] | None:
    """The model in `Model`, `list[Model]`, `dict[Id, Model]`, `Model | None`; None for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := table_in(part))), None)


def _tables(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    found = {info.alias or name: table_in(info.annotation) for name, info in model.model_fields.items()}
    return {name: table for name, table in found.items() if table is not None}


def _table_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """The model of the table at that place; ids and positions on the way are passed over."""
    here: type[BaseModel] | None = model
    for step in place:
        tables = _tables(here) if here else {}
        if step in tables:
            here = tables[str(step)]
    return here
