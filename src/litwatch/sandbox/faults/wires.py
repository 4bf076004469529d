"""What goes wrong on the way: connections that break, stall or are refused, addresses that lead nowhere.

Owns how the wire fails. Never changes what is sent over it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from litwatch.sandbox.faults.asked import Asked, Fault
from litwatch.sandbox.shapes import Answer, Sending


def _sent(sending: Sending) -> Callable[[Asked], Answer]:
    return lambda asked: replace(asked.honest, sending=sending)


def _half(asked: Asked, *, reset: bool) -> Answer:
    most = max(1, len(asked.honest.body) // 2)
    return replace(asked.honest, sending=Sending(most=most, reset=reset))


WIRES = {
    "refused": Fault(
        _sent(Sending(most=-1, reset=True, deaf=2)), "the connection is cut, new ones are refused for 2 s"
    ),
    "hung-up": Fault(_sent(Sending(most=-1)), "the connection is closed without an answer"),
    "closed-early": Fault(
        lambda asked: _half(asked, reset=False), "the connection is closed in the middle of the body"
    ),
    "reset": Fault(
        lambda asked: _half(asked, reset=True), "the connection is reset in the middle of the body"
    ),
    "slow-headers": Fault(_sent(Sending(wait=300)), "nothing for five minutes, then the answer"),
    "trickle": Fault(_sent(Sending(every=1)), "a byte a second"),
}
"""Broken connections, by name."""

ADDRESSES = {
    "dns": ("https://no-such-host.invalid:{port}", "a name that cannot be resolved"),
    "tls": ("https://127.0.0.1:{port}", "an https address where nobody speaks TLS"),
}
"""Faults that come before a connection: the address that the sandbox then gives, and what it is."""
