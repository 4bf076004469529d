"""Proves that a store that was brought up is the same as one made new, and that nothing in it was lost."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, create_engine, inspect

from litwatch.edge.store import migrations
from litwatch.edge.store.tables import metadata


def test_a_store_brought_up_from_the_first_layout_is_as_a_new_one(backend: str) -> None:
    engine = create_engine(backend.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        migrations.upgrade(connection, "0001")
        migrations.upgrade(connection)
        brought_up = schema(connection)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
        new = schema(connection)
    engine.dispose()
    assert brought_up == new


def schema(connection: Connection) -> dict[str, Any]:
    """Every table: columns, keys and indexes, whatever their order and the names of unnamed keys."""
    seen = inspect(connection)
    return {
        name: {
            "columns": {
                column["name"]: (
                    str(column["type"]),
                    column["nullable"],
                    column["default"],
                    column.get("autoincrement"),
                )
                for column in seen.get_columns(name)
            },
            "primary": seen.get_pk_constraint(name)["constrained_columns"],
            "foreign": sorted(
                (
                    each["constrained_columns"],
                    each["referred_table"],
                    each["referred_columns"],
                    each["options"],
                )
                for each in seen.get_foreign_keys(name)
            ),
            "unique": sorted(
                (each["name"] or "", each["column_names"]) for each in seen.get_unique_constraints(name)
            ),
            "indexes": sorted(
                (each["name"], each["column_names"], each["unique"]) for each in seen.get_indexes(name)
            ),
            "checks": sorted(each["sqltext"] for each in seen.get_check_constraints(name)),
        }
        for name in seen.get_table_names()
        if name != migrations.TABLE
    }
