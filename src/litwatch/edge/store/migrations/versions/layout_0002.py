"""Layout 0002: nothing is lost and nothing is silent.

Owns what this number changed. Never makes a table of SQLite's anew where another refers to it without
`op.batch_alter_table` (store/open.py has switched its foreign keys off, and checks them afterwards).

A column that is added to a table with rows is nullable, or has a server_default here and in tables.py.
"""

from __future__ import annotations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring layout 0001 up."""
