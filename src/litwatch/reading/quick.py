"""Makes frozen values several times as fast as their own constructor does.

Owns one trick. Never changes what the values are: equal, hashed and frozen as if made by their class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, fields, make_dataclass
from typing import Any, TypeVar

Made = TypeVar("Made")


def quick(kind: type[Made]) -> Callable[..., Made]:
    """A constructor for `kind`, a frozen slotted dataclass with plain defaults, that takes the same arguments.

    A frozen dataclass sets each field through object.__setattr__, a tenth of the time that reading takes. Here a
    twin with the same slots that is not frozen is filled, and then changes its class.
    """

    def become(made: Any) -> None:
        made.__class__ = kind

    return make_dataclass(
        kind.__name__,
        [(each.name, Any, field(default=each.default)) for each in fields(kind)],  # type: ignore[arg-type]
        namespace={"__post_init__": become},
        slots=True,
    )
