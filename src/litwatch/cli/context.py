"""What the options before the command say: where the configuration is.

Owns the choice of the config directory and the fallback on the shipped one. Never reads a store.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from litwatch.cli.printing import log_as
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.edge.config import Config, Watch

DEFAULT_DIRECTORY = Path("config")


@dataclass(frozen=True, slots=True)
class Context:
    """`directory` is None where neither --config nor LITWATCH_CONFIG names one."""

    directory: Path | None

    def directory_to_write(self) -> Path:
        """Where the configuration of a command that writes the store or sends mail should be."""
        return self.directory or DEFAULT_DIRECTORY

    def config(self) -> Config:
        """The configuration of a command that works with the store or sends mail: it must be the user's own."""
        from litwatch.edge.config import load

        directory = self.directory_to_write()
        try:
            is_there = directory.is_dir()
        except OSError:
            is_there = True  # `load` says what keeps this user from it
        if not is_there:
            raise UsageError(
                f"there is no configuration in {directory.absolute()}; run `litwatch init {directory}` "
                "to write one, or name yours with --config DIR or LITWATCH_CONFIG"
            )
        config = load(directory, os.environ)
        log_as(config.settings.monitoring.log)
        return config

    def config_to_read(self) -> Config:
        """The configuration of a command that tries rules on papers: the shipped one where there is no ./config."""
        from litwatch.edge.config import load
        from litwatch.edge.shipped import config_directory

        if self.directory_to_read() == config_directory():
            return load(config_directory(), os.environ)
        return self.config()

    def directory_to_read(self) -> Path:
        """Where that configuration is, or should be."""
        from litwatch.edge.shipped import config_directory

        if self.directory is None and not DEFAULT_DIRECTORY.is_dir():
            return config_directory()
        return self.directory_to_write()


def given(context: typer.Context) -> Context:
    """The options that stand before the command."""
    options: Context = context.obj
    return options


def watch_named(config: Config, name: str | None) -> Watch:
    """The watch of that name; the first one where none is named."""
    from difflib import get_close_matches

    if name is None:
        return config.watches[0]
    for watch in config.watches:
        if watch.name == name:
            return watch
    names = [watch.name for watch in config.watches]
    near = get_close_matches(name, names, n=1)
    advice = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(names)}"
    raise UsageError(f"there is no watch `{name}`; {advice}")


def watches_named(config: Config, names: Sequence[str]) -> list[Watch]:
    """The watches of these names; all where none is named."""
    return [watch_named(config, name) for name in names] or list(config.watches)
