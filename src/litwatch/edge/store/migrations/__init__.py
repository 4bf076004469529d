"""Brings an older store up to tables.py, one numbered layout after the other.

Owns the numbers. Never opens a store; `versions/` holds what each number changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

if TYPE_CHECKING:
    from alembic.config import Config

# The layout of tables.py; a test holds it equal to the newest file in versions/. Written here so that opening
# a store of this layout does not import alembic.
NEWEST = "0006"
TABLE = "alembic_version"


def stamp(connection: Connection) -> None:
    """Write into a store that was just made which layout it has."""
    connection.execute(
        text(
            f"CREATE TABLE {TABLE} (version_num VARCHAR(32) NOT NULL, "
            f"CONSTRAINT {TABLE}_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text(f"INSERT INTO {TABLE} (version_num) VALUES (:newest)"), {"newest": NEWEST})  # noqa: S608


def knows(layout: str) -> bool:
    """Whether there is a way from that layout to the newest."""
    from alembic.script import ScriptDirectory

    return layout in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def upgrade(connection: Connection, layout: str = "head") -> None:
    """Migrate inside the transaction of `connection`."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, layout)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
