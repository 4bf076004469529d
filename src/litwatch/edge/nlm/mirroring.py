"""Fetches NLM's files of PubMed into a folder, each whole or not at all, and goes on where it was cut off.

Owns the requests to NLM's server, and that one process at a time fills a folder. Never reads a record. Source:
https://ftp.ncbi.nlm.nih.gov/pubmed/ (HTTPS since FTP was given up; one connection, one file after the other).
"""

from __future__ import annotations

import fcntl
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from litwatch.edge.nlm.files import check_sum, md5_of, number_of
from litwatch.errors import LitwatchError, ReadError

_LINK = re.compile(r'href="(?P<name>pubmed\d\dn\d{4,5}\.xml\.gz)"')
_SUM = re.compile(r"\b[0-9a-f]{32}\b")
_OF_A_FOLDER = re.compile(r"Index of /|Parent Directory")
_LOCK = ".litwatch-mirror.lock"
_CHUNK = 1 << 18
_PART = ".part"
# Beyond urllib3's own retries: so often a file is taken up where the connection broke.
TAKES = 5
LEAST_SPEED = 1_000  # bytes a second, after the time that one waits for an answer


class Mirror:
    """NLM's server at `address` (ends in a slash), in a `with`. Raises LitwatchError where it does not answer."""

    def __init__(self, address: str, *, tool: str, email: str, timeout: float) -> None:
        self._address, self._timeout = address, timeout
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"{tool} ({email})" if email else tool
        patience = Retry(total=5, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=patience))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._session.close()

    def names(self, folder: str) -> tuple[str, ...]:
        """The files of `baseline` or `updatefiles`, by number; none of updatefiles right after a new baseline."""
        with self._get(f"{folder}/") as answer:
            text = answer.text
        found = sorted(set(_LINK.findall(text)))
        if not found and (folder == "baseline" or not _OF_A_FOLDER.search(text)):
            raise LitwatchError(
                f"{self._address}{folder}/ lists no file of PubMed; is pubmed.files_url right?"
            )
        return tuple(found)

    def fetch(self, folder: str, name: str, into: Path) -> int:
        """Fetch a file with its .md5, or what is missing of it; the bytes that came. With another sum none is kept.

        One that is there and lacks only its .md5 gets that.
        """
        place = into / name
        with self._get(f"{folder}/{name}.md5") as answer:
            said = _SUM.search(answer.text.lower())
        if said is None:
            raise LitwatchError(
                f"{self._address}{folder}/{name}.md5 holds no MD5 sum; nothing was kept of {name}"
            )
        part = place.with_name(name + _PART)
        came = 0
        try:
            if place.exists() and md5_of(place) == said.group():
                place.with_name(name + ".md5").write_text(f"MD5({name})= {said.group()}\n", "ascii")
                return 0
            for _ in range(TAKES):
                some, ended = self._go_on(f"{folder}/{name}", part)
                came += some
                if ended and md5_of(part) == said.group():
                    place.with_name(name + ".md5").write_text(f"MD5({name})= {said.group()}\n", "ascii")
                    part.replace(place)
                    return came
                if ended:
                    part.unlink()
        except OSError as error:
            raise LitwatchError(f"{place}: {error.strerror or error}; what is whole is kept") from error
        raise ReadError(
            f"{self._address}{folder}/{name} does not come whole, or not with the MD5 sum of its .md5; try it later"
        )

    def _go_on(self, path: str, part: Path) -> tuple[int, bool]:
        """Fetch what is missing of a file: the bytes that came, and whether it ended and was not cut off."""
        begun = part.stat().st_size if part.exists() else 0
        came = 0
        try:
            with self._get(path, {"Range": f"bytes={begun}-"} if begun else {}, whole=(416,)) as answer:
                if answer.status_code == requests.codes.requested_range_not_satisfiable:
                    return 0, True
                going_on = answer.status_code == requests.codes.partial_content
                with part.open("ab" if going_on else "wb") as file:
                    # Not iter_content: it drops what came of a chunk that was cut.
                    since = time.monotonic()
                    while some := answer.raw.read1(_CHUNK):
                        came += file.write(some)
                        if came < LEAST_SPEED * (time.monotonic() - since - self._timeout):
                            return came, False
                return came, came == int(answer.headers.get("Content-Length", came))
        except urllib3.exceptions.HTTPError:
            return came, False

    def _get(
        self, path: str, headers: dict[str, str] | None = None, whole: tuple[int, ...] = ()
    ) -> requests.Response:
        # Asked for as it is: what is unpacked on the way has another MD5 sum.
        sent = {"Accept-Encoding": "identity", **(headers or {})}
        try:
            answer = self._session.get(self._address + path, headers=sent, timeout=self._timeout, stream=True)
        except requests.RequestException as error:
            raise LitwatchError(f"{self._address}{path} does not answer: {type(error).__name__}") from error
        if not answer.ok and answer.status_code not in whole:
            answer.close()
            raise LitwatchError(f"{self._address}{path} answers {answer.status_code} {answer.reason}")
        return answer


def to_fetch(names: tuple[str, ...], there: Path, *, check: bool = False) -> tuple[str, ...]:
    """Those that do not stand in the folder yet, by number, or are empty, or without their .md5.

    `check`: or have another sum. Raises LitwatchError where the folder holds files of another year.
    """
    years = {number[0] for path in there.glob("pubmed*.xml.gz") if (number := number_of(path)) is not None}
    offered = {number[0] for name in names if (number := number_of(Path(name))) is not None}
    if years and offered and not years <= offered:
        old, new = (", ".join(f"20{year:02}" for year in sorted(some)) for some in (years - offered, offered))
        raise LitwatchError(
            f"{there} holds files of {old}, and NLM has begun anew with {new}: mirror it into a new folder "
            "(with --baseline), and use that from then on"
        )
    missing = [name for name in names if not _whole(there / name, check=check)]
    return tuple(sorted(missing, key=lambda name: number_of(Path(name)) or (0, 0)))


def _whole(path: Path, *, check: bool) -> bool:
    try:
        if not check:
            return path.stat().st_size > 0 and path.with_name(path.name + ".md5").stat().st_size > 0
        return path.exists() and check_sum(path)
    except (OSError, ReadError):
        return False


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one who fetches into the folder. Raises LitwatchError where another process does."""
    try:
        lock = (folder / _LOCK).open("a")
    except OSError as error:
        raise LitwatchError(f"{folder}: {error.strerror or error}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LitwatchError(f"another `litwatch mirror` is at work in {folder}; let it end") from error
        yield
