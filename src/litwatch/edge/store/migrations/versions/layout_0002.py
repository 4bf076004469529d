"""Layout 0002: nothing is lost and nothing is silent.

Owns what this number changed. Never makes a table of SQLite's anew where another refers to it without
`op.batch_alter_table` (store/open.py has switched its foreign keys off, and checks them afterwards).

A column that is added to a table with rows is nullable, or has a server_default here and in tables.py.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring layout 0001 up."""
    op.create_table(
        "paper_change",
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.String(length=27), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["pmid"], ["paper.pmid"]),
        sa.PrimaryKeyConstraint("pmid", "changed_at"),
    )
    op.create_table(
        "guard_run",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("guard", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("ran_at", sa.String(length=27), nullable=False),
        sa.Column("since", sa.String(length=27), nullable=False),
        sa.Column("outside", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["watch"], ["watch.name"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("guard_run_by_watch", "guard_run", ["watch", "ran_at"])
    op.create_table(
        "guard_paper",
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("missed", sa.Boolean(), nullable=True),
        sa.Column("judged_at", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["watch"], ["watch.name"]),
        sa.ForeignKeyConstraint(["run"], ["guard_run.id"]),
        sa.PrimaryKeyConstraint("watch", "pmid"),
    )
    op.create_index("guard_paper_by_run", "guard_paper", ["run", "place"])
    op.create_index("paper_by_fetched", "paper", ["fetched_at", "pmid", "status", "create_date", "gone"])
    op.add_column("watch", sa.Column("struck_at", sa.String(length=27), nullable=True))
    op.add_column("arrival", sa.Column("gone", sa.String(length=20), nullable=True))
    op.create_index("arrival_by_pmid", "arrival", ["pmid", "watch"])
    left = sa.text("unmatched_since IS NOT NULL")
    op.create_index(
        "arrival_unmatched",
        "arrival",
        ["watch", "unmatched_since", "pmid"],
        sqlite_where=left,
        postgresql_where=left,
    )
    op.create_index("notice_by_notice", "notice", ["notice_pmid"])
    op.create_index("claim_paper_by_pmid", "claim_paper", ["pmid", "claim"])
    for table, name in (
        ("finding", "without_abstract"),
        ("claim_paper", "again"),
        ("claim_paper", "without_abstract"),
    ):
        op.add_column(table, sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "struck",
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_seen", sa.String(length=27), nullable=False),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["watch"], ["watch.name"]),
        sa.PrimaryKeyConstraint("watch", "pmid"),
    )
    op.create_table(
        "now_with_abstract",
        sa.Column("watch", sa.String(length=100), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["watch"], ["watch.name"]),
        sa.PrimaryKeyConstraint("watch", "pmid"),
    )
    op.add_column("paper", sa.Column("compared_by", sa.Integer(), nullable=True))
    op.create_index("paper_by_compared", "paper", ["compared_by"])
    op.create_table(
        "paper_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["pmid"], ["paper.pmid"]),
        sa.PrimaryKeyConstraint("key", "pmid"),
        sqlite_with_rowid=False,
    )
    op.create_index("paper_key_by_pmid", "paper_key", ["pmid"])
    op.create_table(
        "paper_version",
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("other", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["pmid"], ["paper.pmid"]),
        sa.ForeignKeyConstraint(["other"], ["paper.pmid"]),
        sa.PrimaryKeyConstraint("pmid", "other"),
    )
    op.create_table(
        "paper_group",
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("versions_of", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["pmid"], ["paper.pmid"]),
        sa.PrimaryKeyConstraint("pmid"),
    )
    op.create_index("paper_group_by_versions", "paper_group", ["versions_of"])
    op.create_table(
        "paper_trial",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("pmid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["pmid"], ["paper.pmid"]),
        sa.PrimaryKeyConstraint("number", "pmid"),
    )
    op.create_index("paper_trial_by_pmid", "paper_trial", ["pmid"])
    is_gone = sa.text("gone IS NOT NULL")
    op.create_index("paper_gone", "paper", ["pmid"], sqlite_where=is_gone, postgresql_where=is_gone)
    op.create_index("arrival_matching", "arrival", ["watch", "unmatched_since", "state"])
    op.create_index("claim_by_state", "claim", ["watch", "state", "subscriber", "id"])
