"""A query that somebody tries out: where its text stands, and what is said of it on stderr before it is answered.

Owns those words. Never answers the query, and writes nothing to stdout.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from litwatch.cli.printing import complain
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.query.mesh import Mesh
    from litwatch.query.tree import Query

STDIN = Path("-")
_NAMED = 6


def query_in(path: Path) -> str:
    """The text of a file, or of stdin (`-`). Raises UsageError where it cannot be read, or is no UTF-8."""
    name = "stdin" if path == STDIN else str(path)
    try:
        content = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{name}: this query cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name}: this query is not UTF-8 (byte {error.start + 1}); save it as plain text in UTF-8"
        ) from error


def is_there(name: str) -> bool:
    """Whether a file or folder has that name; a query may be too long for one."""
    try:
        return Path(name).exists()
    except OSError:
        return False


def warn_of(query: Query, mesh: Mesh | None, *, approximate: bool = True) -> None:
    """A line for each kind of error that lint sees, and one for text without a tag (`approximate`)."""
    for line in (*_errors(query, mesh), *(_approximate(query) if approximate else ())):
        complain(line)


def _errors(query: Query, mesh: Mesh | None) -> Iterator[str]:
    """What lint calls an error; hints and warnings are no reason to speak unasked."""
    from collections import Counter

    from litwatch.query.lint import lint
    from litwatch.query.mesh import asks_mesh

    # Where no heading is asked for, a damaged MeSH is no reason to fail.
    findings = lint(query, mesh if asks_mesh(query) else None)
    counts = Counter(one.message for one in findings if one.severity == "error")
    told = [f"{message} ({count} times)" if count > 1 else message for message, count in counts.items()]
    if len(told) > _NAMED:
        told[_NAMED:] = [f"and {len(told) - _NAMED} more errors"]
    if told:
        yield from told[:-1]
        yield f"{told[-1]}; `litwatch match --lint` says more"


def _approximate(query: Query) -> Iterator[str]:
    from litwatch.query.pasting import untagged

    terms = untagged(query)
    if len(terms) == 1:
        yield f"approximate: {terms[0]} has no field tag; PubMed may map it, here it is words"
    elif terms:
        yield f"approximate: {_listed(terms)} have no field tag; PubMed may map them, here they are words"


def _listed(terms: Iterable[str]) -> str:
    named = tuple(terms)
    return ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
