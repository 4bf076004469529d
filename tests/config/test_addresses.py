"""Plain addresses are taken without email-validator: exactly those, and in that form, that it takes too.

Owns the comparison with the library. Never checks what is said of a bad address (mistakes.toml).
"""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from litwatch.edge.config.addresses import PLAIN_ADDRESS, Address

address = TypeAdapter[str](Address)


def by_the_library(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def by_us(text: str) -> str | None:
    try:
        return address.validate_python(text)
    except ValidationError:
        return None


@pytest.mark.parametrize("text", ["root@localhost", "dr.who@hospital.local", "a@b.test"])
def test_an_address_inside_a_house_is_right_though_the_library_refuses_it(text: str) -> None:
    assert by_the_library(text) is None
    assert by_us(text) == text


@settings(max_examples=40)
@given(st.from_regex(PLAIN_ADDRESS, fullmatch=True))
def test_a_plain_address_is_what_the_library_says_of_it(text: str) -> None:
    assume(not text.endswith(("@localhost", ".local", ".test")))
    assert by_us(text) == by_the_library(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 64 + "@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 63 + ".org",
        "a@" + "b" * 64 + ".org",
        "a@" + "b.c" * 82 + "example.org",
        "a@" + "b." * 122 + "org",
        "a@" + "b." * 130 + "org",
        "a@xn--.org",
        "a@xn--bcher-kva.example",
        "a@b--c.org",
        "a@ab--c.org",
        "a@-b.org",
        "a@b-.org",
        "a.@example.org",
        ".a@example.org",
        "a..b@example.org",
        "A.B+tag@Example.ORG",
        "r.o-e@Klinik-München.Example",
        "a" * 65 + "@Example.org",
        "a" * 64 + "@Example.org",
        "a@" + "B." * 58 + "org",
        "a@" + "ü" * 40 + ".Example",
        "a@" + "ü" * 60 + ".Example",
        "a@xn--Bcher-kva.example",
        "bücher@bücher.example",
        "o'brien@example.org",
        "a@example.org\n",
        "a@hospital",
        "a@smtp.localhost",
        "a@example.invalid",
        "a@example.arpa",
        "a@example.onion",
        "a@example.o",
        "a@123.45.67.89",
        '"a b"@example.org',
        "a@[127.0.0.1]",
    ],
)
def test_an_odd_address_is_what_the_library_says_of_it(text: str) -> None:
    assert by_us(text) == by_the_library(text)
