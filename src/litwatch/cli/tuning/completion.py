"""What the shell offers where a watch is asked for.

Owns no more than that. Never complains: a configuration that cannot be read has no watches to offer.
"""

from __future__ import annotations

from pathlib import Path

import typer


def watch_names(context: typer.Context, incomplete: str) -> list[str]:
    """The watches of the configuration whose names begin so."""
    import os

    from litwatch.edge.shipped import config_directory

    named = context.find_root().params.get("config") or os.environ.get("LITWATCH_CONFIG")
    directory = Path(named) if named else Path("config")
    if not named and not directory.is_dir():
        directory = config_directory()
    return sorted(
        path.stem
        for path in directory.glob("watches/*.toml")
        if path.stem.startswith(incomplete) and not path.name.startswith(".")
    )
