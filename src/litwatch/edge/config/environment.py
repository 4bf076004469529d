"""LITWATCH_<TABLE>__<KEY>: the environment over litwatch.toml, and the secrets that only it may hold.

Owns the names of the variables and the files that `..._FILE` names. Never validates a value: that is done
for all of them together, so that a mistake reads the same wherever it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo

from litwatch.edge.config.kinds import nearest
from litwatch.edge.config.models import SECRETS, LitwatchFile
from litwatch.edge.config.problems import Place, Source, table_in
from litwatch.edge.config.settings import Secret
from litwatch.errors import Problem

PREFIX = "LITWATCH_"

#: May be named as a file, besides the secrets: it may hold a password.
SECRET_IN_PART = ("store", "url")


@dataclass(slots=True)
class Overlay:
    """litwatch.toml with the environment over it; `source` says which variable set which key."""

    source: Source
    secrets: dict[Place, Secret] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def variable(table: str, key: str) -> str:
    """The name of the variable that sets a key."""
    return f"{PREFIX}{table}__{key}".upper()


def settable() -> dict[tuple[str, str], FieldInfo]:
    """Every key of litwatch.toml, by table and key."""
    found: dict[tuple[str, str], FieldInfo] = {}
    for table, info in LitwatchFile.model_fields.items():
        model = table_in(info.annotation)
        for name, key in model.model_fields.items() if model else ():
            found[table, key.alias or name] = key
    return found


def overlay(file: str, toml: Mapping[str, Any], environ: Mapping[str, str]) -> Overlay:
    """Lay the environment over the TOML of `file`; an empty variable counts as absent."""
    given = {name: value for name, value in environ.items() if name.startswith(PREFIX) and value}
    tables: dict[str, Any] = {
        name: dict(value) if isinstance(value, dict) else value for name, value in toml.items()
    }
    variables: dict[Place, str] = {}
    result = Overlay(Source(file, tables, variables))
    _refuse_secrets_in_the_file(tables, result)
    fields = settable()
    known: set[str] = set()
    for place in (*fields, *SECRETS):
        name = variable(*place)
        known |= {name}
        text = given.get(name)
        if place in SECRETS or place == SECRET_IN_PART:
            known |= {name + "_FILE"}
            text = _from_variable_or_file(name, given, result)
        if text is None:
            continue
        if place in SECRETS:
            result.secrets[place] = Secret(text)
        elif isinstance(table := tables.setdefault(place[0], {}), dict):
            table[place[1]] = converted(text, fields[place])
            variables[place] = name if name in given else name + "_FILE"
    _unknown(given, known, result)
    return result


def converted(text: str, key: FieldInfo) -> Any:
    """The text of a variable as the key's type; as it is where it does not fit, for validation to refuse."""
    kinds = {key.annotation, *get_args(key.annotation)}
    for kind in (int, float):
        if kind in kinds:
            try:
                return kind(text)
            except ValueError:
                return text
    if bool in kinds:
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _refuse_secrets_in_the_file(tables: dict[str, Any], result: Overlay) -> None:
    for table, key in SECRETS:
        if isinstance(tables.get(table), dict) and key in tables[table]:
            del tables[table][key]
            name = variable(table, key)
            problem = result.source.problem(
                (table, key),
                "is a secret, and a file is no place for it",
                f"set {name}, or {name}_FILE to a file's name",
            )
            result.problems.append(problem)


def _from_variable_or_file(name: str, given: Mapping[str, str], result: Overlay) -> str | None:
    named = given.get(name + "_FILE")
    if named is None:
        return given.get(name)
    if name in given:
        message = f"is set, and so is {name}"
        result.problems.append(Problem(name + "_FILE", "", message, "set one of them"))
        return None
    text, message = _read_line(Path(named).expanduser())
    if message:
        result.problems.append(Problem(name + "_FILE", "", message))
    return text


def _read_line(path: Path) -> tuple[str | None, str]:
    """The one line that a file holds, or what is wrong with the file."""
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except FileNotFoundError:
        return None, f"there is no file {path}"
    except UnicodeDecodeError:
        return None, f"{path} is not text (UTF-8)"
    except OSError as error:
        return None, f"{path} cannot be read: {error.strerror}"
    if not text.strip():
        return None, f"{path} is empty"
    if not text.isprintable():
        return None, f"{path} holds more than one line of text"
    return text, ""


def _unknown(given: Mapping[str, str], known: set[str], result: Overlay) -> None:
    single = {name.replace("__", "_"): name for name in known}
    for name in sorted(set(given) - known):
        if name in single:
            hint = f"did you mean `{single[name]}` with two underscores?"
            # Kubernetes sets LITWATCH_MAIL_PORT by itself for a service called litwatch-mail:
            # https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
            if "://" not in given[name] or not name.endswith("_PORT"):
                result.problems.append(Problem(name, "", "is no variable that litwatch knows", hint))
        elif "__" in name:
            # Without the part that all of them share, which would make any two look alike.
            close = nearest(name[len(PREFIX) :], tuple(sorted(other[len(PREFIX) :] for other in known)))
            hint = f"did you mean `{PREFIX}{close}`?" if close else ""
            result.problems.append(Problem(name, "", "is no variable that litwatch knows", hint))
