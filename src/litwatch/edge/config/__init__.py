"""The configuration: litwatch.toml, facets.toml, watches/*.toml, subscribers.toml and LITWATCH_ variables.

Owns reading and checking them; `load` is the way in. Never writes a file and never asks the network.

    load.py          the story: read, overlay, check, compare, hand out
    files.py         a file that is missing, unreadable or not TOML
    environment.py   LITWATCH_<TABLE>__<KEY> and secrets
    models.py, research_models.py   every key (add one here, and to docs/configuration.md)
    kinds.py, addresses.py   kinds of value: times, zones, queries, mail addresses
    readers.py       the CSV file of readers
    standing.py      whether the files are still what they were
    problems.py      mistakes of form in words; checks.py: mistakes between keys and files
    settings.py      the values that come out; values.py makes them
    schema.py        JSON Schema for editors
"""

from __future__ import annotations

from litwatch.edge.config.checks import is_this_machine
from litwatch.edge.config.load import load, load_watch, salvage
from litwatch.edge.config.schema import FILES, json_schema
from litwatch.edge.config.settings import (
    BackfillSettings,
    CollectSettings,
    Config,
    FeedsSettings,
    GuardSettings,
    InboxSettings,
    MailSettings,
    MeshSettings,
    MonitoringSettings,
    OperatorSettings,
    PubMedSettings,
    Secret,
    Settings,
    StoreSettings,
    Subscriber,
    SubscriptionSetting,
    Watch,
)

__all__ = [
    "FILES",
    "BackfillSettings",
    "CollectSettings",
    "Config",
    "FeedsSettings",
    "GuardSettings",
    "InboxSettings",
    "MailSettings",
    "MeshSettings",
    "MonitoringSettings",
    "OperatorSettings",
    "PubMedSettings",
    "Secret",
    "Settings",
    "StoreSettings",
    "Subscriber",
    "SubscriptionSetting",
    "Watch",
    "is_this_machine",
    "json_schema",
    "load",
    "load_watch",
    "salvage",
]
