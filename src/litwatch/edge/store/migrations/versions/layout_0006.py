"""Layout 0006: a paper is struck in one way or another, and when fates were last asked for.

Owns what this number changed. What was struck before has the kind "", which the next lists of PubMed's fill in.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring layout 0005 up."""
    before = sa.text("SELECT watch, pmid, first_seen, news FROM struck").columns(news=sa.Boolean())
    rows = [{**row, "kind": ""} for row in op.get_bind().execute(before).mappings()]
    op.drop_table("struck")
    struck = op.create_table(
        "struck",
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("first_seen", sa.String(length=27), nullable=False),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["watch"], ["watch.name"]),
        sa.PrimaryKeyConstraint("watch", "pmid", "kind"),
    )
    if rows:
        op.bulk_insert(struck, rows)
    op.add_column("watch", sa.Column("fates_at", sa.String(length=27), nullable=True))
    op.execute(
        "UPDATE watch SET fates_at = (SELECT max(started_at) FROM receipt WHERE job = 'refresh' AND ok) "
        "WHERE struck_at IS NOT NULL"
    )
    op.create_index("subscription_by_watch", "subscription", ["watch", "standing"])
