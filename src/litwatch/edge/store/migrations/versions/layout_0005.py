"""Layout 0005: the bytes of a digest stand apart from its claim.

Owns what this number changed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring layout 0004 up."""
    op.create_table(
        "claim_message",
        sa.Column("claim", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("claim"),
    )
    op.execute("INSERT INTO claim_message (claim, message) SELECT id, message FROM claim")
    with op.batch_alter_table("claim") as claim:
        claim.drop_column("message")
