"""The tables of the store, for SQLite and PostgreSQL alike.

Owns names, keys and types. Never runs a statement; `migrations/` brings an older store up to this.

Correctness rests on the unique keys here: a paper arrives once in a watch, and a period is claimed once for a
subscription. That a paper stands in one open or sent claim of a subscription cannot be a key (a claim that was
given up frees its papers); claiming.make_claim checks it while it holds the subscription's row.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as sortable text: SQLite has no time zones, and a person can read it."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """To "2026-11-21T09:03:21.000000Z"."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Back to an aware datetime."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()

# One row for each PubMed citation that was fetched. `record` is PubMed's own XML (without its reference
# list), a zlib stream: a later reader can read more from it. `content_hash` covers what we keep of it.
paper = Table(
    "paper",
    metadata,
    Column("pmid", BigInteger, primary_key=True, autoincrement=False),
    Column("record", LargeBinary, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("status", String(40), nullable=False),
    Column("create_date", String(10)),
    Column("fetched_at", Instant, nullable=False),
    # "deleted" where PubMed no longer has it; the row is never dropped.
    Column("gone", String(20)),
    # By which rules (decide.versions.RULES) it was last compared with other papers; null: never.
    Column("compared_by", Integer),
    Index("paper_by_compared", "compared_by"),
    # What refresh chooses by, most stale first, without touching a record.
    Index("paper_gone", "pmid", sqlite_where=text("gone IS NOT NULL")),
    Index("paper_by_fetched", "fetched_at", "pmid", "status", "create_date", "gone"),
)

# What a paper is found by when its versions are looked for (decide.blocking): few rows of other papers share one.
paper_key = Table(
    "paper_key",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("pmid", BigInteger, ForeignKey("paper.pmid"), primary_key=True, autoincrement=False),
    Index("paper_key_by_pmid", "pmid"),
    sqlite_with_rowid=False,
)

# Two records of one paper, both ways: `how` is pubmed (NLM links them), doi or title (decide.versions).
paper_version = Table(
    "paper_version",
    metadata,
    Column("pmid", BigInteger, ForeignKey("paper.pmid"), primary_key=True, autoincrement=False),
    Column("other", BigInteger, ForeignKey("paper.pmid"), primary_key=True, autoincrement=False),
    Column("how", String(10), nullable=False),
)

# All versions of one paper share a group, named by its lowest PMID; a paper without versions has no row.
paper_group = Table(
    "paper_group",
    metadata,
    Column("pmid", BigInteger, ForeignKey("paper.pmid"), primary_key=True, autoincrement=False),
    Column("versions_of", BigInteger, nullable=False),
    Index("paper_group_by_versions", "versions_of"),
)

# The trials that a paper reports, by registration number; papers of one number are a thread.
paper_trial = Table(
    "paper_trial",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("pmid", BigInteger, ForeignKey("paper.pmid"), primary_key=True, autoincrement=False),
    Index("paper_trial_by_pmid", "pmid"),
)

# What a watch remembers between runs.
watch = Table(
    "watch",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("query", Text, nullable=False),
    Column("translation", Text, nullable=False),
    Column("first_good_run", Instant),
    Column("last_good_run", Instant),
    # When PubMed was last asked which matches are retracted or under concern; null: never (see `struck`).
    Column("struck_at", Instant),
    # When all that it takes to hear of retractions was last asked and answered: `struck` and the papers mailed.
    Column("fates_at", Instant),
)

# Every PMID that ever matched a watch. `state` is how it arrived (new, late, old, by-edit, backlog), or
# `wanted` (matched, not yet readable) or `held` (late by the hundred, waits for --accept).
arrival = Table(
    "arrival",
    metadata,
    Column("watch", String(100), ForeignKey("watch.name"), primary_key=True),
    Column("pmid", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),
    Column("first_seen", Instant, nullable=False),
    # When it became new, late, old or by-edit; null while it is wanted or held.
    Column("arrived_at", Instant),
    # Since when PubMed no longer lists it for the query; null while it matches.
    Column("unmatched_since", Instant),
    Column("wanted_reason", Text),
    Column("wanted_tries", Integer, nullable=False, default=0),
    Column("wanted_since", Instant),
    # What it will be once it can be read, where its dates alone do not say: new (first run), by-edit, or
    # by-translation (PubMed itself read the query anew).
    Column("arrives_as", String(20)),
    # As paper.gone, for a PMID that was never fetched.
    Column("gone", String(20)),
    Index("arrival_by_state", "watch", "state", "arrived_at"),
    Index("arrival_by_pmid", "pmid", "watch"),
    # The books are counted from this alone.
    Index("arrival_matching", "watch", "unmatched_since", "state"),
)
# Few have left a list, and refresh asks for them on every run.
Index(
    "arrival_unmatched",
    arrival.c.watch,
    arrival.c.unmatched_since,
    arrival.c.pmid,
    sqlite_where=arrival.c.unmatched_since.is_not(None),
)

# What the rules of a watch found in a paper (study.findings.Findings), or why they could not.
finding = Table(
    "finding",
    metadata,
    Column("watch", String(100), ForeignKey("watch.name"), primary_key=True),
    Column("pmid", BigInteger, ForeignKey("paper.pmid"), primary_key=True, autoincrement=False),
    Column("document", JSON),
    Column("rules_hash", String(64), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("failure", Text),
    # Whether the record that was studied had no abstract.
    Column("without_abstract", Boolean, nullable=False, server_default=false()),
)

# A topic tag with the Spans that earned it ([{field, start, end, text}, ...]).
tag = Table(
    "tag",
    metadata,
    Column("watch", String(100), primary_key=True),
    Column("pmid", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", String(60), primary_key=True),
    Column("spans", JSON, nullable=False),
    ForeignKeyConstraint(["watch", "pmid"], ["finding.watch", "finding.pmid"], ondelete="CASCADE"),
    Index("tag_by_topic", "watch", "topic"),
)

# A retraction, expression of concern, erratum or new version of a paper. `notice_pmid` is 0 where PubMed
# gives none, and -1, -2, ... for further ones of that kind without a PMID.
notice = Table(
    "notice",
    metadata,
    Column("pmid", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(40), primary_key=True),
    Column("notice_pmid", BigInteger, primary_key=True, autoincrement=False),
    Column("date", String(40), nullable=False),
    Column("source", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Index("notice_by_notice", "notice_pmid"),
)

# A paper of a watch that PubMed's search says is retracted, under concern, or retracted and republished.
# `kind` is retraction (republished or not) or expression-of-concern, "" where an older litwatch did not say which.
# `news` is false where it was so when the watch first asked, or when an edit of its query brought it, or as long as
# it is `held`: so many at once that a person has to agree.
struck = Table(
    "struck",
    metadata,
    Column("watch", String(100), ForeignKey("watch.name"), primary_key=True),
    Column("pmid", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(40), primary_key=True),
    Column("first_seen", Instant, nullable=False),
    Column("news", Boolean, nullable=False),
    Column("held", Boolean, nullable=False, server_default=false()),
)

# A paper that first came without an abstract, and since when it has one that changed its tags: owed once more
# to those who were sent it without.
now_with_abstract = Table(
    "now_with_abstract",
    metadata,
    Column("watch", String(100), ForeignKey("watch.name"), primary_key=True),
    Column("pmid", BigInteger, primary_key=True, autoincrement=False),
    Column("since", Instant, nullable=False),
)

# A subscriber's watch. The file says who gets what; standing (active, paused, unsubscribed, suspended)
# is kept here and wins. `since` is when it began or was resumed.
subscription = Table(
    "subscription",
    metadata,
    Column("subscriber", String(320), primary_key=True),
    Column("watch", String(100), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("standing", String(20), nullable=False),
    Column("standing_since", Instant, nullable=False),
    Index("subscription_by_watch", "watch", "standing"),
)

# One digest of one subscription for one period: claimed once, its bytes frozen, sent until a server takes it.
claim = Table(
    "claim",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subscriber", String(320), nullable=False),
    Column("watch", String(100), nullable=False),
    Column("period", String(20), nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Column("message_id", String(300), nullable=False),
    Column("envelope_from", String(320), nullable=False),
    # open (owed to the mail server), sent, or its papers are owed again: given-up (nobody took it), withdrawn
    # (a paper in it was retracted before it went out; `period` has got a mark, for the period is due again)
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt", Instant),
    Column("last_error", Text),
    Column("sent_at", Instant),
    UniqueConstraint("subscriber", "watch", "period", name="claim_once"),
    Index("claim_by_state", "watch", "state", "subscriber", "id"),
)

# The frozen bytes of a claim, apart from it: whoever asks what was sent to whom does not read them.
claim_message = Table(
    "claim_message",
    metadata,
    Column(
        "claim", Integer, ForeignKey("claim.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("message", LargeBinary, nullable=False),
)

claim_paper = Table(
    "claim_paper",
    metadata,
    Column("claim", Integer, ForeignKey("claim.id", ondelete="CASCADE"), primary_key=True),
    Column("pmid", BigInteger, primary_key=True, autoincrement=False),
    # Shown once more, with the abstract that it first came without.
    Column("again", Boolean, nullable=False, server_default=false()),
    # Shown without an abstract: PubMed had none.
    Column("without_abstract", Boolean, nullable=False, server_default=false()),
    Index("claim_paper_by_pmid", "pmid", "claim"),
)

claim_notice = Table(
    "claim_notice",
    metadata,
    Column("claim", Integer, ForeignKey("claim.id", ondelete="CASCADE"), primary_key=True),
    Column("pmid", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(40), primary_key=True),
    Column("notice_pmid", BigInteger, primary_key=True, autoincrement=False),
)

# What each run did, asked and left undone (jobs.receipt).
receipt = Table(
    "receipt",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("job", String(20), nullable=False),
    Column("watch", String(100)),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("document", JSON, nullable=False),
    Index("receipt_by_job", "job", "watch", "started_at"),
)

# A run that is at work, or ended without a receipt (killed, or machine or store failed); its receipt takes it away.
begun = Table(
    "begun",
    metadata,
    Column("job", String(20), primary_key=True),
    Column("watch", String(100), primary_key=True),  # "" where the job is of all watches
    Column("at", Instant, nullable=False),
)

# When the content of a filed paper was found to be another, and which parts of it ("abstract", "mesh", ...).
paper_change = Table(
    "paper_change",
    metadata,
    Column("pmid", BigInteger, ForeignKey("paper.pmid"), primary_key=True, autoincrement=False),
    Column("changed_at", Instant, primary_key=True),
    Column("parts", JSON, nullable=False),
)

# One listing of a watch's guard: what PubMed lists for the broader query and not for the watch's own.
guard_run = Table(
    "guard_run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("watch", String(100), ForeignKey("watch.name"), nullable=False),
    Column("guard", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("ran_at", Instant, nullable=False),
    # Where its period begins: what the watch found from here to `ran_at` stands beside `fresh`.
    Column("since", Instant, nullable=False),
    Column("outside", Integer, nullable=False),
    Column("fresh", Integer, nullable=False),
    Index("guard_run_by_watch", "watch", "ran_at"),
)

# What stood in such a listing. `run` is the one in which it was new (null: it stood there before the guard
# began), `place` its place in that run's sample (null: not drawn), `missed` a person's judgement: whether the
# watch should have found it.
guard_paper = Table(
    "guard_paper",
    metadata,
    Column("watch", String(100), ForeignKey("watch.name"), primary_key=True),
    Column("pmid", BigInteger, primary_key=True, autoincrement=False),
    Column("run", Integer, ForeignKey("guard_run.id")),
    Column("place", Integer),
    Column("missed", Boolean),
    Column("judged_at", Instant),
    Index("guard_paper_by_run", "run", "place"),
)


# The secret by which tokens in mails are signed (store/signing.py): one row.
signing_key = Table(
    "signing_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("secret", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
)

# What a reader has said of a paper, each verdict once; the latest counts.
feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subscriber", String(320), nullable=False),
    Column("watch", String(100), nullable=False),
    Column("pmid", BigInteger, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("subscriber", "watch", "pmid", "verdict", name="feedback_once"),
    Index("feedback_by_paper", "watch", "pmid"),
)

# When answers by mail were last read: one row.
inbox_look = Table(
    "inbox_look",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("ok", Boolean, nullable=False),
)


def create_all(connection: Connection) -> None:
    """Make every table and index that is not there; a partial index is partial on PostgreSQL, too.

    That is said only here: whoever names PostgreSQL in an Index imports it, a tenth of a second of each start.
    """
    if connection.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            for index in table.indexes:
                where = index.dialect_options["sqlite"]["where"]
                if where is not None:
                    index.dialect_options["postgresql"]["where"] = where
    metadata.create_all(connection)
