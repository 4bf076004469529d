"""Writes the feeds of watches: one Atom file for each, and one for each of its topics.

Owns the names of the files and that none is ever half-written. Never asks PubMed, and never writes the store.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from litwatch.decide.digest import watch_facts
from litwatch.decide.feeds import compose_feed
from litwatch.edge.config import FeedsSettings, Watch
from litwatch.edge.render import Renderer
from litwatch.edge.store import feeding
from litwatch.edge.store.open import Store

TEMPLATE = "feed.xml"


def write_feeds(
    store: Store, renderer: Renderer, watches: Iterable[Watch], folder: Path, settings: FeedsSettings
) -> list[Path]:
    """Brings the files of all watches that were searched up to date; those that had to be written.

    Raises OSError where the folder cannot be written, TemplateError.
    """
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for watch in watches:
        begun = feeding.begun(store, watch.name)
        if begun is None:
            continue
        facts = watch_facts(watch.name, watch.title, watch.rules)
        latest = feeding.latest(store, watch.name, [topic.id for topic in facts.topics], settings.entries)
        for topic in (None, *facts.topics):
            feed = compose_feed(
                facts, topic, latest[topic.id if topic else None], begun=begun, address=settings.address
            )
            path = folder / feed.file
            if _write_changed(path, renderer.page(TEMPLATE, feed=feed).encode()):
                written.append(path)
    return written


def _write_changed(path: Path, content: bytes) -> bool:
    """Whole or not at all, and only what differs: a feed reader sees by a file's time that there is nothing new."""
    try:
        if path.read_bytes() == content:
            return False
    except FileNotFoundError:
        pass
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)  # a web server reads it
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True
