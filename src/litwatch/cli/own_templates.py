"""Whether somebody's own templates would make a mail: at a look, for `status`, and by rendering samples, for `check`.

Owns which samples there are. Never reads or writes the store, and does nothing where mail.templates is not set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from litwatch.errors import Problem, TemplateError, UsageError

if TYPE_CHECKING:
    from litwatch.decide.digest import Digest
    from litwatch.edge.config import Config


def mistakes_at_a_look(config: Config) -> list[str]:
    """What keeps every digest from being made, as far as it is seen without one."""
    from litwatch.cli.wiring import templates_folder

    try:
        folder = templates_folder(config)
    except UsageError as error:
        return [str(error)]
    return list(dict.fromkeys(str(each) for each in _at_a_look(config, folder))) if folder else []


def _at_a_look(config: Config, named: Path) -> Iterator[TemplateError]:
    from litwatch.cli.wiring import renderer
    from litwatch.edge.render.names import undefined_names
    from litwatch.edge.shipped import templates_directory

    folder = Path(os.path.normpath(named))
    made = renderer(config)
    for path in sorted(folder.iterdir()):
        if (templates_directory() / path.name).is_file() and path.suffix != ".css":
            try:
                made.translate(path.name)
            except TemplateError as error:
                yield error
    yield from undefined_names(folder, templates_directory())


def look_over_templates(config: Config) -> tuple[list[Problem], list[Problem]]:
    """Mistakes and warnings: what is seen at a look, and what comes of rendering samples."""
    from litwatch.cli.wiring import renderer
    from litwatch.edge.render.overrides import look_over
    from litwatch.edge.shipped import templates_directory

    folder = config.settings.mail.templates
    mistakes, warnings = mistakes_at_a_look(config), []
    if folder is not None and not mistakes:
        made = renderer(config)
        try:
            warnings = list(look_over(folder, templates_directory()))
            for digest in _samples(config):
                made.render(digest)
        except TemplateError as error:
            mistakes.append(str(error))
    place = str(config.directory / "litwatch.toml")
    return (
        [Problem(place, "mail.templates", said) for said in mistakes],
        [Problem(place, "mail.templates", said) for said in warnings],
    )


def _samples(config: Config) -> Iterator[Digest]:
    """For the first reader of each watch: made-up papers in full and in brief, and a week without any."""
    from litwatch.cli.preview.content import sample_digest, subscription_of
    from litwatch.decide.digest import compose

    now = datetime.now(UTC)
    for watch in config.watches:
        try:
            reader, setting = subscription_of(config, watch, None)
        except UsageError:
            continue  # nobody gets it
        made = sample_digest(config, watch, reader, setting, now)
        brief = replace(setting, detail="brief" if setting.detail == "full" else "full")
        yield from (made, sample_digest(config, watch, reader, brief, now))
        for search in (made.search, replace(made.search, last_searched=None, failed=True)):
            yield compose(
                [], [], {}, watch=made.watch, subscription=made.subscription, search=search, now=now
            )
