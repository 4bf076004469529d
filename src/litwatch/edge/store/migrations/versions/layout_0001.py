"""Layout 0001: the first.

Owns what this number made. Never changes: a later layout is another file.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subscriber", sa.String(length=320), nullable=False),
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("claimed_at", sa.String(length=27), nullable=False),
        sa.Column("message_id", sa.String(length=300), nullable=False),
        sa.Column("envelope_from", sa.String(length=320), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt", sa.String(length=27), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subscriber", "watch", "period", name="claim_once"),
    )
    op.create_table(
        "notice",
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("notice_pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("date", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("pmid", "kind", "notice_pmid"),
    )
    op.create_table(
        "paper",
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("create_date", sa.String(length=10), nullable=True),
        sa.Column("fetched_at", sa.String(length=27), nullable=False),
        sa.Column("gone", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("pmid"),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("job", sa.String(length=20), nullable=False),
        sa.Column("watch", sa.String(length=100), nullable=True),
        sa.Column("started_at", sa.String(length=27), nullable=False),
        sa.Column("finished_at", sa.String(length=27), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("receipt_by_job", "receipt", ["job", "watch", "started_at"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("subscriber", sa.String(length=320), nullable=False),
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("since", sa.String(length=27), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("standing_since", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "watch"),
    )
    op.create_table(
        "watch",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("translation", sa.Text(), nullable=False),
        sa.Column("first_good_run", sa.String(length=27), nullable=True),
        sa.Column("last_good_run", sa.String(length=27), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "arrival",
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("first_seen", sa.String(length=27), nullable=False),
        sa.Column("arrived_at", sa.String(length=27), nullable=True),
        sa.Column("unmatched_since", sa.String(length=27), nullable=True),
        sa.Column("wanted_reason", sa.Text(), nullable=True),
        sa.Column("wanted_tries", sa.Integer(), nullable=False),
        sa.Column("wanted_since", sa.String(length=27), nullable=True),
        sa.Column("arrives_as", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["watch"],
            ["watch.name"],
        ),
        sa.PrimaryKeyConstraint("watch", "pmid"),
    )
    op.create_index("arrival_by_state", "arrival", ["watch", "state", "arrived_at"], unique=False)
    op.create_table(
        "claim_notice",
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("notice_pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("claim", "pmid", "kind", "notice_pmid"),
    )
    op.create_table(
        "claim_paper",
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("claim", "pmid"),
    )
    op.create_table(
        "finding",
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("rules_hash", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["pmid"],
            ["paper.pmid"],
        ),
        sa.ForeignKeyConstraint(
            ["watch"],
            ["watch.name"],
        ),
        sa.PrimaryKeyConstraint("watch", "pmid"),
    )
    op.create_table(
        "tag",
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["watch", "pmid"], ["finding.watch", "finding.pmid"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("watch", "pmid", "topic"),
    )
    op.create_index("tag_by_topic", "tag", ["watch", "topic"], unique=False)
