"""The story of loading: read the files, lay the environment over them, check, compare, hand out values.

Owns the order of it. Never stops at the first mistake and never asks the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from litwatch.edge.config.checks import check_settings, check_subject, check_subscribers, check_tags, taken
from litwatch.edge.config.choices import check_choices
from litwatch.edge.config.environment import PREFIX, Overlay, overlay
from litwatch.edge.config.files import FACETS, LITWATCH, SUBSCRIBERS, read_toml, watch_files
from litwatch.edge.config.kinds import ID
from litwatch.edge.config.models import LitwatchFile
from litwatch.edge.config.problems import Place, Source, mistakes
from litwatch.edge.config.research_models import FacetsFile, SubscribersFile, WatchFile
from litwatch.edge.config.settings import Config, Settings, Watch
from litwatch.edge.config.values import settings_from, subscribers_from, watch_from
from litwatch.errors import ConfigError, Problem

if TYPE_CHECKING:
    from litwatch.edge.config.readers import Reader

Model = TypeVar("Model", bound=BaseModel)


def load(directory: Path, environ: Mapping[str, str]) -> Config:
    """The configuration in `directory`, with the LITWATCH_ variables of `environ` over litwatch.toml.

    Raises ConfigError with every mistake in all files and variables.
    """
    try:
        is_folder, is_there = directory.is_dir(), directory.exists()
    except OSError as error:
        raise ConfigError([Problem(str(directory), "", f"cannot be read: {error.strerror}")]) from error
    if not is_folder:
        what = "is no folder" if is_there else "does not exist"
        hint = f"run `litwatch init {directory}` to write one, or name yours with --config DIR"
        raise ConfigError([Problem(str(directory), "", what, hint)])
    problems: list[Problem] = []
    warnings: list[Problem] = []

    laid, ops = _litwatch(directory / LITWATCH, environ, problems, warnings)
    _, facets = _file(directory / FACETS, FacetsFile, problems)
    topics, watches = _watches(directory, facets, problems, warnings)
    by_name = {watch.name: watch for watch in watches}
    toml, readers = _file(directory / SUBSCRIBERS, SubscribersFile, problems)
    if toml is not None:
        source = Source(str(directory / SUBSCRIBERS), toml)
        check_subscribers(source, topics, problems, warnings)
        check_choices(source, by_name, problems)
    listed: list[Reader] = []
    also_read: list[Path] = []
    if (named := (toml or {}).get("csv")) and isinstance(named, str):
        from litwatch.edge.config.readers import read_readers  # most have no such file

        path = directory / Path(named).expanduser()
        also_read.append(path)
        listed = read_readers(path, topics, by_name, taken(toml or {}), problems)
    if problems or readers is None:
        raise ConfigError(problems)
    settings = settings_from(ops, laid, directory)
    subscribers = subscribers_from(readers, listed, by_name)
    return Config(directory, settings, tuple(watches), subscribers, tuple(warnings), tuple(also_read))


def salvage(directory: Path, environ: Mapping[str, str]) -> tuple[Settings, frozenset[str]]:
    """litwatch.toml without its mistakes, and its tables that have one: for telling somebody of a mistake anywhere."""
    problems: list[Problem] = []
    laid, ops = _litwatch(directory / LITWATCH, environ, problems, [])
    wrong: set[str] = set()
    for problem in problems:
        variable = problem.file.startswith(PREFIX) and not problem.key
        name, between = (problem.file.removeprefix(PREFIX).lower(), "__") if variable else (problem.key, ".")
        table, mark, key = name.partition(between)
        if variable:
            laid.secrets.pop((table, key.removesuffix("_file")), None)
        wrong |= {table} if mark and table in LitwatchFile.model_fields else set(LitwatchFile.model_fields)
    return settings_from(ops, laid, directory), frozenset(wrong)


def load_watch(path: Path, directory: Path, name: str) -> Watch:
    """A watch file from anywhere, with the general facets of `directory`, called `name`.

    Raises ConfigError with every mistake in it.
    """
    problems: list[Problem] = []
    _, facets = _file(directory / FACETS, FacetsFile, problems)
    _, file = _file(path, WatchFile, problems)
    if problems or facets is None or file is None:
        raise ConfigError(problems)
    return watch_from(name, file, facets)


def _litwatch(
    path: Path, environ: Mapping[str, str], problems: list[Problem], warnings: list[Problem]
) -> tuple[Overlay, LitwatchFile]:
    laid = overlay(str(path), read_toml(path, problems) or {}, environ)
    problems += laid.problems
    ops, wrong = _what_is_right(laid.source, problems)
    check_settings(ops, laid, wrong, problems, warnings)
    return laid, ops


def _what_is_right(source: Source, problems: list[Problem]) -> tuple[LitwatchFile, set[Place]]:
    """litwatch.toml without its mistakes (each key has a default), so that keys can still be compared."""
    wrong: set[Place] = set()
    try:
        return LitwatchFile.model_validate(source.toml), wrong
    except ValidationError as error:
        problems += mistakes(error, LitwatchFile, source)
        wrong = {detail["loc"] for detail in error.errors(include_url=False, include_context=False)}
    rest: dict[str, Any] = deepcopy(dict(source.toml))
    for place in wrong:
        table = rest if len(place) == 1 else rest[str(place[0])]
        table.pop(str(place[min(len(place), 2) - 1]), None)
    return LitwatchFile.model_validate(rest), wrong


def _file(
    path: Path, model: type[Model], problems: list[Problem]
) -> tuple[dict[str, Any] | None, Model | None]:
    """The TOML of a file, and the same as the model where it has no mistake."""
    toml = read_toml(path, problems)
    if toml is None:
        return None, None
    try:
        return toml, model.model_validate(toml)
    except ValidationError as error:
        problems += mistakes(error, model, Source(str(path), toml))
        return toml, None


def _watches(
    directory: Path, facets: FacetsFile | None, problems: list[Problem], warnings: list[Problem]
) -> tuple[dict[str, Sequence[str] | None], list[Watch]]:
    """The topics of every watch (None: its file is broken), and the watches whose files have no mistake."""
    topics: dict[str, Sequence[str] | None] = {}
    watches: list[Watch] = []
    for path in watch_files(directory, problems, warnings):
        if not ID.fullmatch(path.stem):
            hint = "it is the watch's id: a-z, 0-9, _ and -, at most 60 of them"
            problems.append(Problem(str(path), "", "is no name for a watch", hint))
        toml, file = _file(path, WatchFile, problems)
        entries = toml.get("topics", {}) if toml is not None else None
        topics[path.stem] = tuple(entries) if isinstance(entries, dict) else None
        if file is not None and facets is not None:
            watches.append(watch_from(path.stem, file, facets))
            check_subject(str(path), watches[-1], warnings)
            check_tags(str(path), watches[-1], warnings)
    return topics, watches
