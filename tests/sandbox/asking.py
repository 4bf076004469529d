"""Asks a sandbox as any HTTP client would.

Owns the request. Never knows what the answer should be.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from lxml import etree

from litwatch.sandbox.server import Sandbox


@dataclass(frozen=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def xml(self) -> etree._Element:
        return etree.fromstring(self.body)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def pmids(self) -> list[int]:
        return [int(one.text or 0) for one in self.xml.iterfind("IdList/Id")]

    @property
    def count(self) -> int:
        return int(self.xml.findtext("Count", ""))


def ask(sandbox: Sandbox, endpoint: str, method: str = "POST", /, **params: object) -> Got:
    """One request to an E-utility; db is PubMed unless it is said."""
    form = urlencode({"db": "pubmed", **params})
    path = f"/entrez/eutils/{endpoint}.fcgi"
    return send(
        sandbox, method, path if method == "POST" else f"{path}?{form}", form if method == "POST" else ""
    )


def send(sandbox: Sandbox, method: str, path: str, body: str = "") -> Got:
    """One request to any path of the sandbox."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.address).netloc, timeout=20)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, path, body.encode() if body else None, headers)
        answer = connection.getresponse()
        return Got(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


def paths(element: etree._Element) -> set[str]:
    """The shape of an answer: every element's path, with the Name and Type of an <Item>."""
    found: set[str] = set()
    for one in element.iter(tag=etree.Element):
        steps = [*reversed([up.tag for up in one.iterancestors()]), one.tag]
        item = f"[{one.get('Name')}:{one.get('Type')}]" if one.tag == "Item" else ""
        found.add("/".join(str(step) for step in steps) + item)
    return found
