"""litwatch.toml as ops write it: every table and key, with what it means and what it may be.

Owns names, limits, defaults and descriptions (the JSON Schema and docs/configuration.md hold the same).
Never reads a file, and never knows the secrets: they come from the environment only.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from litwatch.edge.config.addresses import OptionalAddress
from litwatch.edge.config.kinds import (
    BaseUrl,
    FilesUrl,
    FolderName,
    Host,
    OneLine,
    OptionalLine,
    StoreUrl,
    TokenUrl,
    Tool,
)

PUBMED = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"

#: Keys that no file may hold, with what they are: LITWATCH_<TABLE>__<KEY>, or ..._FILE naming a file.
SECRETS = {
    ("pubmed", "api_key"): "NCBI's API key; with one, 10 requests a second are allowed instead of 3.",
    ("mail", "username"): "The login at the mail server.",
    ("mail", "password"): "The password at the mail server.",
    ("inbox", "username"): "The login at the IMAP server.",
    ("inbox", "password"): "The password at the IMAP server.",
    (
        "monitoring",
        "ping_url",
    ): "Address that is told when a run starts, has done well or failed (healthchecks.io).",
}


class Table(BaseModel):
    """A table of a config file: unknown keys are mistakes, and "3" is not 3."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        defer_build=True,  # each start builds every table once, in its file, and not also for itself
    )


class PubMedTable(Table):
    """Where PubMed is, who asks, and how politely."""

    base_url: BaseUrl = Field(
        PUBMED, description="Address of PubMed's E-utilities; it ends in /entrez/eutils/."
    )
    files_url: FilesUrl = Field(
        "https://ftp.ncbi.nlm.nih.gov/pubmed/",
        description="Where `mirror` finds NLM's folders baseline and updatefiles.",
    )
    tool: Tool = Field("litwatch", description="Name of the program that NCBI sees in every request.")
    email: OptionalAddress = Field(
        "", description="Address that NCBI writes to before it blocks a program; please give yours."
    )
    requests_per_second: float = Field(
        3.0, gt=0, le=1000, description="NCBI allows 3 to an address, and 10 with a key."
    )
    timeout_seconds: float = Field(60.0, gt=0, le=3600, description="How long to wait for one answer.")
    retry_budget_seconds: float = Field(
        60.0, ge=0, le=86_400, description="How long a run may spend on asking again before it gives up."
    )
    retry_pause_seconds: float = Field(
        1.0,
        gt=0,
        le=60,
        description="The first pause before asking again; each further one is twice as long.",
    )
    enumerate_limit: int = Field(
        100_000, gt=0, le=10_000_000, description="A query with more matches than this is refused, never cut."
    )


class StoreTable(Table):
    """Where everything that litwatch knows is kept."""

    url: StoreUrl = Field(
        "sqlite:///var/litwatch.sqlite3",
        description="sqlite:///PATH, or postgresql://USER@HOST/DATABASE (a password: by variable only).",
    )
    create: bool = Field(
        default=True,
        description="Whether a run may make a new store where there is none; `false` once there is one.",
    )


class MailTable(Table):
    """How digests leave the house."""

    transport: Literal["folder", "smtp"] = Field(
        "folder", description="`folder` writes each mail as a file into the outbox; `smtp` sends it."
    )
    outbox: Annotated[str, Field(min_length=1)] = Field(
        "var/outbox",
        description="The folder of the `folder` transport: an .eml and an .html file for each mail.",
    )
    templates: str = Field(
        "", description="Folder of templates that win over the packed ones, file by file; left out: none."
    )
    host: Host = Field("", description="Mail server of the `smtp` transport.")
    port: Annotated[int | None, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65535})] = Field(
        None, ge=1, le=65535, description="Its port; left out: 587 for starttls, 465 for tls, 25 for none."
    )
    security: Literal["none", "starttls", "tls"] = Field(
        "starttls", description="How the connection is encrypted; `none` is for a relay on this machine."
    )
    from_: OptionalAddress = Field(
        "",
        alias="from",
        description="Address that digests come from; `smtp` needs it, `folder` can do without.",
    )
    from_name: OneLine = Field("litwatch", description="Name beside that address.")
    envelope_from: OptionalAddress = Field("", description="Where bounces go; left out: `from`.")
    reply_to: OptionalAddress = Field("", description="Where answers go; left out: `from`.")
    unsubscribe_address: OptionalAddress = Field(
        "", description="Where requests to leave and feedback go; left out: `from`."
    )
    unsubscribe_url: TokenUrl = Field(
        "",
        description="An https address of yours that runs `litwatch unsubscribe TOKEN`; {token} stands for the token.",
    )
    feedback: Annotated[bool | None, WithJsonSchema({"type": "boolean"})] = Field(
        None,
        description="Whether papers carry links for feedback by mail; left out: where [inbox] is set up to read it.",
    )
    messages_per_minute: int = Field(
        0, ge=0, le=100_000, description="As many mails a minute as the relay allows; 0: no limit."
    )
    timeout_seconds: float = Field(60.0, gt=0, le=3600, description="How long to wait for the mail server.")


class InboxTable(Table):
    """The mailbox that answers come to: requests to leave, feedback, mail that came back."""

    host: Host = Field("", description="IMAP server; left out: answers are not read.")
    port: Annotated[int | None, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65535})] = Field(
        None, ge=1, le=65535, description="Its port; left out: 993 for tls, 143 for starttls and none."
    )
    security: Literal["none", "starttls", "tls"] = Field(
        "tls", description="How the connection is encrypted; `none` is for a server on this machine."
    )
    folder: FolderName = Field("INBOX", description="The folder that is read, and emptied.")
    done_folder: FolderName = Field("litwatch", description="Where mail goes that was understood.")
    other_folder: FolderName = Field(
        "litwatch-other", description="Where all other mail goes, for a person to read."
    )
    every_minutes: int = Field(15, ge=1, le=10_080, description="How often `run` reads it.")
    verp: bool = Field(
        default=True,
        description="Whether each digest has a bounce address of its own (`bounces+...@`), by which bounces are known.",
    )
    timeout_seconds: float = Field(60.0, gt=0, le=3600, description="How long to wait for the IMAP server.")


class MeshTable(Table):
    """Which Medical Subject Headings (MeSH) queries are read by."""

    file: Annotated[str, Field(min_length=1)] = Field(
        "var/mesh.sqlite3",
        description="Where `litwatch mesh update` writes a newer MeSH; the shipped one counts while it is missing.",
    )


class OperatorTable(Table):
    """Who looks after this litwatch."""

    address: OptionalAddress = Field(
        "",
        description="Whom readers tell when no digest comes (left out: `mail.reply_to`), and who is told by mail when "
        "something has to be looked at (left out: nobody).",
    )


class MonitoringTable(Table):
    """How other programs watch this litwatch."""

    log: Literal["text", "json"] = Field(
        "text", description="What jobs write on stderr: `text` for people, `json` an object a line."
    )
    textfile: str = Field(
        "",
        description="A file ending in .prom that runs write for Prometheus' node exporter; left out: none.",
    )


class CollectTable(Table):
    """What counts as new."""

    look_back_days: int = Field(
        7,
        ge=0,
        le=3650,
        description="On a watch's first run, what is older than this is backlog: known, not mailed.",
    )
    late_days: int = Field(
        14,
        ge=1,
        le=3650,
        description="Created this long before the last good run: mailed, and marked as late.",
    )
    old_days: int = Field(730, ge=1, le=36_500, description="Older than this on arrival: listed, not mailed.")


class BackfillTable(Table):
    """How `litwatch backfill` asks for papers that were there before the watch."""

    polite_hours: bool = Field(
        default=True,
        description="Only at weekends and between 21:00 and 05:00 US Eastern time, as NCBI asks of large jobs.",
    )


class GuardTable(Table):
    """How a watch's `guard` measures what the watch misses."""

    sample: int = Field(
        20, ge=1, le=1000, description="How many of a month's papers outside the watch are kept for judging."
    )


class FeedsTable(Table):
    """Atom feeds for feed readers, one file for each watch and topic."""

    folder: str = Field(
        "",
        description="Where `run` writes them after each look, for a web server to serve; left out: nowhere.",
    )
    entries: int = Field(50, ge=1, le=1000, description="How many papers a feed holds, the newest.")
    address: OptionalLine = Field(
        "",
        description="Where that folder is on the web, as https://example.org/feeds/; feeds name themselves by it.",
    )


class LitwatchFile(Table):
    """Settings of litwatch for the people who run it (litwatch.toml)."""

    pubmed: PubMedTable = Field(
        default_factory=lambda: PubMedTable.model_validate({}),
        description="Where PubMed is, who asks, and how politely.",
    )
    store: StoreTable = Field(
        default_factory=lambda: StoreTable.model_validate({}),
        description="Where everything that litwatch knows is kept.",
    )
    mail: MailTable = Field(
        default_factory=lambda: MailTable.model_validate({}), description="How digests leave the house."
    )
    inbox: InboxTable = Field(
        default_factory=lambda: InboxTable.model_validate({}),
        description="The mailbox that answers come to.",
    )
    operator: OperatorTable = Field(
        default_factory=lambda: OperatorTable.model_validate({}), description="Who looks after this litwatch."
    )
    monitoring: MonitoringTable = Field(
        default_factory=lambda: MonitoringTable.model_validate({}),
        description="How other programs watch this litwatch.",
    )
    collect: CollectTable = Field(
        default_factory=lambda: CollectTable.model_validate({}), description="What counts as new."
    )
    backfill: BackfillTable = Field(
        default_factory=lambda: BackfillTable.model_validate({}),
        description="How `litwatch backfill` asks for papers that were there before the watch.",
    )
    guard: GuardTable = Field(
        default_factory=lambda: GuardTable.model_validate({}),
        description="How a watch's `guard` measures what the watch misses.",
    )
    feeds: FeedsTable = Field(
        default_factory=lambda: FeedsTable.model_validate({}),
        description="Atom feeds for feed readers, one file for each watch and topic.",
    )
    mesh: MeshTable = Field(
        default_factory=lambda: MeshTable.model_validate({}),
        description="Which Medical Subject Headings (MeSH) queries are read by.",
    )
