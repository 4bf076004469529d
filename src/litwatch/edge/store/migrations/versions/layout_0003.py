"""Layout 0003: a run says when it begins, and closes that with its receipt.

Owns what this number changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring layout 0002 up."""
    op.create_table(
        "begun",
        sa.Column("job", sa.String(length=20), nullable=False),
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("job", "watch"),
    )
