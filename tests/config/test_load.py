"""What comes out of a good config: defaults, the environment over it, paths, rules, subscriptions.

Owns the values. Never looks at mistakes (test_mistakes.py) or at the shipped files (test_shipped.py).
"""

from __future__ import annotations

import pickle
from datetime import time
from pathlib import Path

import pytest

from config.good_config import write
from litwatch.decide.due import Schedule
from litwatch.edge.config import Config, Secret, load


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    settings = load(write(tmp_path, {"litwatch.toml": ""}), {}).settings
    assert settings.pubmed.base_url == "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
    assert (settings.pubmed.requests_per_second, settings.pubmed.enumerate_limit) == (3.0, 100_000)
    assert settings.pubmed.api_key is None
    assert (settings.mail.transport, settings.mail.security, settings.mail.port) == (
        "folder",
        "starttls",
        587,
    )
    assert settings.mail.sender == "litwatch@localhost"
    assert settings.operator.address == ""
    assert (settings.collect.look_back_days, settings.collect.late_days, settings.collect.old_days) == (
        7,
        14,
        730,
    )


def test_the_other_addresses_of_the_mail_are_the_sender_s_where_they_are_left_out(tmp_path: Path) -> None:
    mail = "[mail]\nfrom = 'litwatch@example.org'\n"
    settings = load(write(tmp_path, {"litwatch.toml": mail}), {}).settings
    found = settings.mail
    assert {found.sender, found.envelope_from, found.reply_to, found.unsubscribe_address} == {
        "litwatch@example.org"
    }
    assert settings.operator.address == "litwatch@example.org"
    mail += "reply_to = 'librarian@example.org'\nenvelope_from = 'bounces@example.org'\n"
    settings = load(write(tmp_path, {"litwatch.toml": mail}), {}).settings
    assert (settings.mail.reply_to, settings.mail.envelope_from) == (
        "librarian@example.org",
        "bounces@example.org",
    )
    assert settings.operator.address == "librarian@example.org"


@pytest.mark.parametrize(("security", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_the_port_follows_the_security(tmp_path: Path, security: str, port: int) -> None:
    directory = write(tmp_path, {"litwatch.toml": f"[mail]\nsecurity = '{security}'"})
    assert load(directory, {}).settings.mail.port == port
    assert load(directory, {"LITWATCH_MAIL__PORT": "2525"}).settings.mail.port == 2525


def test_a_variable_wins_over_the_file_and_an_empty_one_does_not(tmp_path: Path) -> None:
    directory = write(
        tmp_path, {"litwatch.toml": "[mail]\nhost = 'a.example.org'\n[pubmed]\ntimeout_seconds = 5"}
    )
    environ = {
        "LITWATCH_MAIL__HOST": "b.example.org",
        "LITWATCH_PUBMED__TIMEOUT_SECONDS": "7.5",
        "LITWATCH_COLLECT__LATE_DAYS": "30",
        "LITWATCH_CONFIG": "elsewhere",
        "LITWATCH_MAIL_PORT": "tcp://10.0.0.1:25",  # set by Kubernetes
        "litwatch_mail__quux": "not ours: variables are in capitals",
    }
    settings = load(directory, environ).settings
    assert settings.mail.host == "b.example.org"
    assert (settings.pubmed.timeout_seconds, settings.collect.late_days) == (7.5, 30)
    settings = load(directory, dict.fromkeys(environ, "")).settings
    assert settings.mail.host == "a.example.org"
    assert (settings.pubmed.timeout_seconds, settings.collect.late_days) == (5.0, 14)


def test_a_variable_mends_a_value_of_the_file(tmp_path: Path) -> None:
    directory = write(tmp_path, {"litwatch.toml": "[mail]\ntransport = 'smpt'"})
    assert load(directory, {"LITWATCH_MAIL__TRANSPORT": "folder"}).settings.mail.transport == "folder"


def test_a_relative_path_counts_from_the_file_and_in_a_variable_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").mkdir()
    write(tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    settings = load(Path("config"), {}).settings
    assert settings.mail.outbox == tmp_path / "config/var/outbox"
    assert settings.store.url == f"sqlite:///{tmp_path}/config/var/litwatch.sqlite3"
    environ = {"LITWATCH_MAIL__OUTBOX": "out", "LITWATCH_STORE__URL": "sqlite:///here.sqlite3?timeout=5"}
    settings = load(Path("config"), environ).settings
    assert settings.mail.outbox == tmp_path / "out"
    assert settings.store.url == f"sqlite:///{tmp_path}/here.sqlite3?timeout=5"
    environ = {"LITWATCH_MAIL__OUTBOX": "/srv/out", "LITWATCH_STORE__URL": "sqlite:////srv/here.sqlite3"}
    settings = load(Path("config"), environ).settings
    assert (settings.mail.outbox, settings.store.url) == (Path("/srv/out"), "sqlite:////srv/here.sqlite3")


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_postgresql_store_has_the_driver_that_litwatch_brings(tmp_path: Path, scheme: str) -> None:
    store = load(
        write(tmp_path), {"LITWATCH_STORE__URL": f"{scheme}://me:hunter2@db:5433/papers"}
    ).settings.store
    assert store.url == "postgresql+psycopg://me:hunter2@db:5433/papers"
    assert store.shown_url == "postgresql+psycopg://me:***@db:5433/papers"


def test_secrets_come_from_variables_and_files_without_the_line_s_end(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(b" 0123456789abcdef\r\n")
    environ = {
        "LITWATCH_PUBMED__API_KEY_FILE": str(key),
        "LITWATCH_MAIL__USERNAME": "me",
        "LITWATCH_MAIL__PASSWORD": "hunter2 ",
        "LITWATCH_MAIL__PASSWORD_FILE": "",
    }
    settings = load(write(tmp_path), environ).settings
    assert settings.pubmed.api_key == Secret(" 0123456789abcdef")
    assert settings.mail.password is not None
    assert settings.mail.password.reveal() == "hunter2 "


def test_a_whole_store_address_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text("postgresql://me:hunter2@db/papers\n", encoding="utf-8")
    config = load(write(tmp_path), {"LITWATCH_STORE__URL_FILE": str(path)})
    assert config.settings.store.url == "postgresql+psycopg://me:hunter2@db/papers"


def test_nothing_that_is_printed_of_a_config_shows_a_secret(tmp_path: Path) -> None:
    environ = {
        "LITWATCH_PUBMED__API_KEY": "hunter2",
        "LITWATCH_MAIL__USERNAME": "hunter2",
        "LITWATCH_MAIL__PASSWORD": "hunter2",
        "LITWATCH_STORE__URL": "postgresql://me:hunter2@db/papers?password=hunter2",
    }
    config = load(write(tmp_path), environ)
    secret = config.settings.mail.password
    assert "hunter2" not in f"{config!r} {config} {secret} {secret!r} {secret:>20}"
    assert "hunter2" not in config.settings.store.shown_url
    assert pickle.loads(pickle.dumps(secret)) == secret


def test_a_faster_pace_is_right_with_a_key_and_on_this_machine(tmp_path: Path) -> None:
    directory = write(tmp_path)
    environ = {"LITWATCH_PUBMED__REQUESTS_PER_SECOND": "10"}
    with_key = load(directory, {**environ, "LITWATCH_PUBMED__API_KEY": "x"})
    assert with_key.settings.pubmed.requests_per_second == 10
    for host in ("localhost", "127.0.0.1", "[::1]"):
        sandbox = {**environ, "LITWATCH_PUBMED__BASE_URL": f"http://{host}:8080/entrez/eutils/"}
        assert load(directory, sandbox).settings.pubmed.requests_per_second == 10


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_login_without_encryption_is_right_on_this_machine(tmp_path: Path, host: str) -> None:
    environ = {
        "LITWATCH_MAIL__TRANSPORT": "smtp",
        "LITWATCH_MAIL__FROM": "litwatch@example.org",
        "LITWATCH_MAIL__HOST": host,
        "LITWATCH_MAIL__SECURITY": "none",
        "LITWATCH_MAIL__USERNAME": "me",
        "LITWATCH_MAIL__PASSWORD": "hunter2",
    }
    assert load(write(tmp_path), environ).settings.mail.host == host


def facets_of(config: Config, watch: int, name: str) -> dict[str, str]:
    facet = config.watches[watch].rules.facet(name)
    assert facet is not None
    return {entry.id: str(entry.query) for entry in facet.entries}


def test_a_watch_shares_the_general_facets_and_may_have_its_own(tmp_path: Path) -> None:
    facets = "[design.b]\nlabel='B'\nquery='b[ti]'\n[design.a]\nlabel='A'\nquery='a[ti]'\n"
    facets += "[setting.c]\nlabel='C'\nquery='c[ti]'\n"
    own = "title='K'\nquery='k'\n[design.d]\nlabel='D'\nquery='d[ti]'\n[drugs.e]\nlabel='E'\nquery='e[ti]'\n"
    config = load(
        write(tmp_path, {"facets.toml": facets, "watches/ketamine.toml": own, "subscribers.toml": ""}), {}
    )
    assert facets_of(config, 0, "design") == {"d": "d[ti]"}
    assert facets_of(config, 0, "setting") == facets_of(config, 1, "setting") == {"c": "c[ti]"}
    assert facets_of(config, 0, "drugs") == {"e": "e[ti]"}
    assert list(facets_of(config, 1, "design")) == ["b", "a"]  # as they stand, since the first wins
    first_only = {facet.name for facet in config.watches[0].rules.facets if facet.first_only}
    assert first_only == {"design", "setting", "subjects"}


def test_all_that_a_watch_may_say_reaches_its_values(tmp_path: Path) -> None:
    watch = """
title = " Ketamine & depression "
query = '''
ketamine[tiab]
AND depression[tiab]'''
look = "weekly"
look_weekday = "friday"
look_time = 06:30:00
time_zone = "Europe/Berlin"
sentinels = [31166571]
makers = ["Janssen"]
[relevance]
query = "depression[ti]"
sections = ["title"]
unless = "anaesthesia[ti]"
[topics.efficacy]
label = "Efficacy"
heading = "Does it work?"
query = "efficacy[tiab]"
sections = ["results", "conclusion"]
unless = "protocol[ti]"
sentence = "mood[tiab] AND rose[tiab]"
"""
    found = load(write(tmp_path, {"watches/ketamine.toml": watch}), {}).watches[0]
    assert (found.name, found.title) == ("ketamine", "Ketamine & depression")
    assert found.query_text == "ketamine[tiab]\nAND depression[tiab]"
    assert str(found.query) == "ketamine[tiab] AND depression[tiab]"
    assert found.look_schedule == Schedule("weekly", "friday", 1, time(6, 30), "Europe/Berlin")
    assert found.sentinels == (31166571,)
    assert found.headings == (("efficacy", "Does it work?"),)
    relevance, topics = found.rules.relevance, found.rules.facet("topics")
    assert relevance is not None
    assert topics is not None
    assert (str(relevance.query), relevance.sections, str(relevance.unless)) == (
        "depression[ti]",
        frozenset({"title"}),
        "anaesthesia[ti]",
    )
    [efficacy] = topics.entries
    assert (efficacy.id, efficacy.label, efficacy.sections) == (
        "efficacy",
        "Efficacy",
        frozenset({"results", "conclusion"}),
    )
    assert str(efficacy.unless) == "protocol[ti]"
    assert str(efficacy.sentence) == "mood[tiab] AND rose[tiab]"
    assert found.rules.makers == ("Janssen",)


def test_a_reader_of_two_watches_has_two_subscriptions_with_the_topics_of_each(tmp_path: Path) -> None:
    readers = """
[[subscriber]]
address = "You@EXAMPLE.org"
name = "Dr. You"
watches = ["psilocybin", "ketamine"]
topics = ["set_and_setting", "safety"]
frequency = "monthly"
day_of_month = 31
time = "06:30"
time_zone = "Europe/Berlin"
"""
    [reader] = load(write(tmp_path, {"subscribers.toml": readers}), {}).subscribers
    assert (reader.address, reader.name) == ("You@example.org", "Dr. You")
    assert [(s.watch, s.topics) for s in reader.subscriptions] == [
        ("psilocybin", ("set_and_setting",)),
        ("ketamine", ("safety",)),
    ]
    schedule = Schedule("monthly", "monday", 31, time(6, 30), "Europe/Berlin")
    assert {s.schedule for s in reader.subscriptions} == {schedule}


def test_how_much_a_reader_wants_is_read_and_nothing_said_is_the_usual(tmp_path: Path) -> None:
    files = {
        "facets.toml": "[design.rct]\nlabel='x'\nquery='y[ti]'\n[setting.perioperative]\nlabel='x'\nquery='y[ti]'",
        "subscribers.toml": """
[[subscriber]]
address = "you@example.org"
watches = ["ketamine"]
designs = ["rct"]
settings = ["perioperative"]
detail = "brief"
limit = 3
[[subscriber]]
address = "me@example.org"
watches = ["ketamine"]
""",
    }
    settings = [
        each for reader in load(write(tmp_path, files), {}).subscribers for each in reader.subscriptions
    ]
    assert [(each.designs, each.settings, each.detail, each.limit) for each in settings] == [
        (("rct",), ("perioperative",), "brief", 3),
        ((), (), "full", 7),
    ]


def test_watches_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    assert [watch.name for watch in load(write(tmp_path), {}).watches] == ["ketamine", "psilocybin"]


def test_what_stops_nothing_is_a_warning(tmp_path: Path) -> None:
    files = {
        "litwatch.toml": "",
        "subscribers.toml": "",
        "watches/notes.txt": "",
        "watches/.hidden.toml": "[",
        "watches/old.toml~": "[",
    }
    warnings = load(write(tmp_path, files), {}).warnings
    assert [str(warning).replace(str(tmp_path), "DIR") for warning in warnings] == [
        "DIR/litwatch.toml: pubmed.email: is not set (NCBI writes to it before it blocks a program)",
        "DIR/watches/notes.txt: is not read (a watch is a file whose name ends in .toml)",
        "DIR/subscribers.toml: names no subscriber (papers are filed, and nobody gets mail)",
    ]


def test_untagged_text_in_a_search_is_a_warning(tmp_path: Path) -> None:
    watch = (
        "title = 'x'\nquery = 'depression[tiab] AND ketamine OR PMC1234567 OR hasabstract OR low mood OR sad'"
    )
    files = {"watches/ketamine.toml": watch, "subscribers.toml": ""}
    said = [
        str(warning)
        for warning in load(write(tmp_path, files), {}).warnings
        if "no field tag" in str(warning)
    ]
    first, shown, pointer = said[0].split("\n")
    assert len(said) == 1
    assert "watches/ketamine.toml: query: has no field tag here and 2 other places" in first
    assert shown.index("ketamine") == pointer.index("^")


def test_a_good_config_has_no_warning(tmp_path: Path) -> None:
    assert load(write(tmp_path), {}).warnings == ()


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    directory = write(tmp_path)
    path = directory / "subscribers.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(directory, {}).subscribers[0].address == "you@example.org"
