"""Names in somebody's own templates that nothing defines: seen without rendering, where no sample gets to, too.

Owns which there are: the fields of a digest, and what any template sets, imports or loops over. Never renders.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.defaults import DEFAULT_NAMESPACE

from litwatch.decide.digest import Digest
from litwatch.edge.render.overrides import SUFFIXES
from litwatch.errors import TemplateError

GIVEN = {"loop", "caller", "varargs", "kwargs", "super", "self", *DEFAULT_NAMESPACE}


def undefined_names(folder: Path, packed: Path) -> Iterator[TemplateError]:
    """Each name that no template, packed or own, could have a value for; files that are not Jinja are passed over."""
    own, theirs = _parsed(folder), list(_parsed(packed).values())
    known = GIVEN | set(_defined([*theirs, *own.values()]))
    known |= {name.name for template in theirs for name in template.find_all(nodes.Name)}
    for path, template in own.items():
        for name in template.find_all(nodes.Name):
            if name.ctx == "load" and name.name not in known:
                yield TemplateError(f"`{name.name}` is undefined", str(path), name.lineno)
        for place in template.find_all(nodes.Getattr):
            owner = _type_of(place.node)
            if is_dataclass(owner) and not _has(owner, place.attr):
                said = f"`{_written(place.node)}` has no `{place.attr}`"
                yield TemplateError(said, str(path), place.lineno)


def _parsed(folder: Path) -> dict[Path, nodes.Template]:
    found = {}
    environment = jinja2.Environment(autoescape=True)
    for path in sorted(folder.iterdir()):
        if path.suffix in SUFFIXES:
            try:
                found[path] = environment.parse(path.read_text("utf-8"))
            except (OSError, ValueError, jinja2.TemplateError):
                continue  # translating it says what is wrong with it
    return found


def _defined(templates: Iterable[nodes.Template]) -> Iterator[str]:
    for template in templates:
        for node in template.find_all((nodes.Name, nodes.Macro, nodes.FromImport, nodes.Import)):
            match node:
                case nodes.Name() if node.ctx != "load":
                    yield node.name
                case nodes.Macro():
                    yield node.name
                case nodes.Import():
                    yield node.target
                case nodes.FromImport():
                    yield from (name if isinstance(name, str) else name[1] for name in node.names)


def _type_of(node: nodes.Node) -> Any:
    """The class of `digest`, `digest.watch` and so on; None where it is not known."""
    if isinstance(node, nodes.Name):
        return Digest if node.name == "digest" else None
    if isinstance(node, nodes.Getattr):
        return _fields(_type_of(node.node)).get(node.attr)
    return None


@cache
def _fields(owner: Any) -> dict[str, Any]:
    """The class of each field; an optional one's, too. Of what is no dataclass nothing is known."""
    found: dict[str, Any] = {}
    for name, kind in typing.get_type_hints(owner).items() if is_dataclass(owner) else ():
        kinds = typing.get_args(kind) if isinstance(kind, UnionType) else (kind,)
        classes = [each for each in kinds if each is not type(None)]
        found[name] = classes[0] if len(classes) == 1 else None
    return found


def _has(owner: Any, name: str) -> bool:
    return name in _fields(owner) or hasattr(owner, name)


def _written(node: nodes.Node) -> str:
    return (
        f"{_written(node.node)}.{node.attr}"
        if isinstance(node, nodes.Getattr)
        else str(getattr(node, "name", ""))
    )
