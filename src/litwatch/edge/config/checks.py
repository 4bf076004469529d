"""What can only be seen by comparing keys: with each other, with the environment, between files.

Owns those mistakes and warnings. Never repeats what a key alone shows (kinds.py, models.py).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from litwatch.edge.config.environment import Overlay, variable
from litwatch.edge.config.kinds import near
from litwatch.edge.config.models import LitwatchFile, MailTable
from litwatch.edge.config.problems import Place, Source
from litwatch.edge.config.settings import Watch
from litwatch.errors import Problem, pointer
from litwatch.query.match import approximate
from litwatch.query.pasting import untagged_reading
from litwatch.query.tree import Query, leaves

Say = Callable[..., None]

USUAL_PORT = {"none": 25, "starttls": 587, "tls": 465}
USUAL_IMAP_PORT = {"none": 143, "starttls": 143, "tls": 993}

# RFC 5321 4.5.3.1.1: so long may be what stands before the @; a token and its mark take 38 of it.
LONGEST_LOCAL_PART, LONGEST_TOKEN = 64, 38


def is_this_machine(host: str) -> bool:
    """Whether a host is the loopback: the sandbox, or a relay beside us."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_settings(
    ops: LitwatchFile, laid: Overlay, wrong: set[Place], problems: list[Problem], warnings: list[Problem]
) -> None:
    """Compare the keys of litwatch.toml; a key in `wrong` has its default here and is not spoken of again."""

    def say(place: Place, message: str, hint: str = "") -> None:
        if place not in wrong and place[:1] not in wrong:
            problems.append(laid.source.problem(place, message, hint))

    _pubmed(ops, laid, say, warnings)
    mail = ops.mail
    if mail.transport == "smtp" and not {("mail", "transport"), ("mail",)} & wrong:
        _smtp(mail, laid, say)
    if ops.inbox.host and ("inbox",) not in wrong:
        _inbox(ops, laid, say)
    _store(ops, laid, say)
    _monitoring(ops, laid, say, problems)


def _pubmed(ops: LitwatchFile, laid: Overlay, say: Say, warnings: list[Problem]) -> None:
    local = is_this_machine(urlsplit(ops.pubmed.base_url).hostname or "")
    has_key = ("pubmed", "api_key") in laid.secrets
    most = 10 if has_key else 3
    if ops.pubmed.requests_per_second > most and not local:
        hint = "" if has_key else "10 with an API key in LITWATCH_PUBMED__API_KEY"
        given = f"{ops.pubmed.requests_per_second:g}"
        say(("pubmed", "requests_per_second"), f"NCBI allows {most} requests a second, not {given}", hint)
    if not ops.pubmed.email and not local:
        hint = "NCBI writes to it before it blocks a program"
        warnings.append(laid.source.problem(("pubmed", "email"), "is not set", hint))


def _smtp(mail: MailTable, laid: Overlay, say: Say) -> None:
    if not mail.host:
        say(
            ("mail", "host"),
            "is missing: the smtp transport needs a mail server",
            'for example "mail.example.org"',
        )
    if not mail.from_:
        say(
            ("mail", "from"),
            "is missing: the smtp transport needs a sender",
            'for example "litwatch@example.org"',
        )
    if mail.port is not None:
        for security, port in USUAL_PORT.items():
            clash = mail.port == port and security != mail.security and "tls" in (security, mail.security)
            if clash:
                right = (
                    f'security = "{security}"' if security != "none" else f"port {USUAL_PORT[mail.security]}"
                )
                say(("mail", "port"), f"{port} does not speak {mail.security}", f"did you mean {right}?")
    username, password = (("mail", key) in laid.secrets for key in ("username", "password"))
    if username != password:
        has, lacks = ("USERNAME", "PASSWORD") if username else ("PASSWORD", "USERNAME")
        say(
            ("mail", lacks.lower()),
            f"LITWATCH_MAIL__{has} is set, LITWATCH_MAIL__{lacks} is not",
            "set both or neither",
        )
    if username and mail.security == "none" and not is_this_machine(mail.host):
        say(("mail", "security"), "`none` would send the password in clear text", 'use "starttls" or "tls"')


def _inbox(ops: LitwatchFile, laid: Overlay, say: Say) -> None:
    inbox, mail = ops.inbox, ops.mail
    for key in ("username", "password"):
        if ("inbox", key) not in laid.secrets:
            name = f"LITWATCH_INBOX__{key.upper()}"
            say(
                ("inbox", key),
                f"{name} is not set",
                f"an IMAP server asks for it; or name a file: {name}_FILE",
            )
    if inbox.security == "none" and not is_this_machine(inbox.host):
        say(("inbox", "security"), "`none` would send the password in clear text", 'use "tls" or "starttls"')
    if inbox.port == USUAL_IMAP_PORT["tls"] and inbox.security != "tls":
        say(("inbox", "port"), f"993 does not speak {inbox.security}", 'did you mean security = "tls"?')
    folders = (inbox.folder, inbox.done_folder, inbox.other_folder)
    if inbox.folder in folders[1:]:
        hint = "mail that was read goes to another folder, or it would be read again and again"
        say(("inbox", "folder"), "is also the folder for mail that was read", hint)
    sender = mail.envelope_from or mail.from_
    longest = LONGEST_LOCAL_PART - LONGEST_TOKEN
    if inbox.verp and len(sender.rpartition("@")[0]) > longest:
        key = "envelope_from" if mail.envelope_from else "from"
        say(
            ("mail", key),
            f"is too long before the @: {longest} characters leave room for what bounces are known by",
            "set mail.envelope_from to a shorter one, or inbox.verp to false",
        )


def _monitoring(ops: LitwatchFile, laid: Overlay, say: Say, problems: list[Problem]) -> None:
    secret = laid.secrets.get(("monitoring", "ping_url"))
    if secret is not None:
        try:
            parts = urlsplit(secret.reveal())
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_address = False
        if not is_address:
            hint = "for example https://hc-ping.com/ and what your check there says"
            problems.append(
                Problem(variable("monitoring", "ping_url"), "", "is no http or https address", hint)
            )
    if ops.monitoring.textfile and not ops.monitoring.textfile.endswith(".prom"):
        say(("monitoring", "textfile"), "does not end in .prom", "node exporter reads no other file")


def _store(ops: LitwatchFile, laid: Overlay, say: Say) -> None:
    place = ("store", "url")
    if place in laid.source.variables or ops.store.url.startswith("sqlite"):
        return
    if urlsplit(ops.store.url).password is not None:
        hint = (
            "put the whole address into LITWATCH_STORE__URL, or a file's name into LITWATCH_STORE__URL_FILE"
        )
        say(place, "holds a password, and a file is no place for it", hint)


def check_subject(path: str, watch: Watch, warnings: list[Problem]) -> None:
    """Warn of a watch whose queries speak of different things, as those of a half-edited copy do."""
    searched = _words(watch.query)
    if watch.guard is not None and not searched & _words(watch.guard):
        warnings.append(
            Problem(path, "guard", "has no word in common with `query`", "is it of another watch?")
        )
    relevance = watch.rules.relevance
    if relevance is not None and not searched & _words(relevance.query):
        warnings.append(
            Problem(path, "relevance.query", "has no word in common with `query`", "is it of another watch?")
        )
    drugs = watch.rules.facet("drugs")
    if (
        drugs is not None
        and drugs.entries
        and not any(searched & _words(entry.query) for entry in drugs.entries)
    ):
        hint = "a paper that names none of them gets no topic"
        warnings.append(Problem(path, "drugs", "have no word in common with `query`", hint))


def check_tags(path: str, watch: Watch, warnings: list[Problem]) -> None:
    """Warn of text without a tag in a watch's search: PubMed maps it, anew each year, and here it is plain words."""
    untagged = approximate(watch.query)
    if not untagged:
        return
    first, others = untagged[0], len(untagged) - 1
    shown = pointer(watch.query.source, first.start, first.end)
    more = "" if not others else " and another place" if others == 1 else f" and {others} other places"
    message = f"has no field tag here{more}\n{shown}"
    hint = f"{untagged_reading(first)}; a local match is approximate"
    warnings.append(Problem(path, "query", message, hint))


def _words(query: Query) -> set[str]:
    return {word.strip("*") for term in leaves(query) for word in term.text.casefold().split()}


def check_subscribers(
    source: Source,
    topics: Mapping[str, Sequence[str] | None],
    problems: list[Problem],
    warnings: list[Problem],
) -> None:
    """Compare subscribers.toml with itself and with the watches; `topics` is None for a watch that is broken.

    Reads the TOML as it stands, so that a mistake in one key of a reader hides none in another.
    """
    readers = source.toml.get("subscriber", [])
    if not isinstance(readers, list):
        return
    if not readers and not source.toml.get("csv"):
        warnings.append(
            Problem(source.file, "", "names no subscriber", "papers are filed, and nobody gets mail")
        )
    seen: dict[tuple[str, str], int] = {}
    for position, reader in enumerate(readers):
        if isinstance(reader, dict):
            place: Place = ("subscriber", position)
            problems += _twice(source, place, reader, seen)
            problems += strangers(source, place, reader, topics)


def taken(toml: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Address and watch of every [[subscriber]], and which one that is."""
    found: dict[tuple[str, str], str] = {}
    readers = toml.get("subscriber", [])
    for position, reader in enumerate(readers if isinstance(readers, list) else []):
        if isinstance(reader, dict) and isinstance(reader.get("address"), str):
            for watch in _texts(reader.get("watches")):
                found.setdefault((reader["address"].strip().lower(), watch), f"subscriber {position + 1}")
    return found


def _twice(
    source: Source, place: Place, reader: Mapping[str, Any], seen: dict[tuple[str, str], int]
) -> list[Problem]:
    """A watch that the same address has from another [[subscriber]]: which of the two wishes holds?"""
    address = reader.get("address")
    if not isinstance(address, str):
        return []
    position, found = int(place[1]), []
    for watch in dict.fromkeys(_texts(reader.get("watches"))):
        first = seen.setdefault((address.strip().lower(), watch), position)
        if first != position:
            message = f"has `{watch}` from subscriber {first + 1} already"
            found.append(source.problem((*place, "watches"), message, "an address has a watch once"))
    return found


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def strangers(
    source: Source, place: Place, reader: Mapping[str, Any], topics: Mapping[str, Sequence[str] | None]
) -> list[Problem]:
    """Watches that there are not, watches named twice, topics that none of the reader's watches has."""
    found: list[Problem] = []
    names = _texts(reader.get("watches"))
    for index, name in enumerate(names):
        if name not in topics:
            found.append(
                source.problem((*place, "watches"), f"there is no watch `{name}`", near(name, tuple(topics)))
            )
        elif name in names[:index]:
            found.append(source.problem((*place, "watches"), f"names `{name}` twice"))
    wanted = _texts(reader.get("topics"))
    of_watch = {name: topics[name] for name in names if name in topics}
    if not wanted or not of_watch or len(of_watch) < len(set(names)) or None in of_watch.values():
        return found  # whose topics they are cannot be said
    possible = tuple(dict.fromkeys(topic for ids in of_watch.values() for topic in ids or ()))
    strange = [topic for topic in wanted if topic not in possible]
    found += [
        source.problem((*place, "topics"), f"there is no topic `{topic}`", near(topic, possible))
        for topic in strange
    ]
    for name, ids in of_watch.items():
        if not strange and not set(wanted) & set(ids or ()):
            hint = "a digest of it would be empty; take the watch out, or add a topic of it"
            found.append(source.problem((*place, "topics"), f"names no topic of the watch `{name}`", hint))
    return found
