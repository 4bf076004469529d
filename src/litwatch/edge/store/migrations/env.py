"""What alembic runs around the migrations: in the transaction that it was given, and nowhere else.

Owns alembic's settings. Never connects.
"""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
# SQLite rolls DDL back like anything else once transactions are explicit (store/open.py sees to it).
context.configure(connection=connection, transactional_ddl=True, version_table="alembic_version")
with context.begin_transaction():
    context.run_migrations()
