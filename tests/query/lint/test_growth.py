"""Lint takes four times as long for a query four times as long, whatever shape it has.

Owns the shapes that once cost more than that. Never measures seconds: growth.py compares.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from litwatch.query.lint import lint
from query.growth import MOST, growth
from query.lint.small_mesh import small_mesh

MESH = small_mesh()


def either(*kinds: str) -> Callable[[int], str]:
    """Each kind of term so many times, N a number of its own, joined by OR."""
    return lambda size: " OR ".join(
        kind.replace("N", str(number)) for kind in kinds for number in range(size)
    )


def lines(last: str, times: int = 1) -> Callable[[int], str]:
    """A strategy of so many lines, and one behind them that says `last` again and again."""

    def written(size: int) -> str:
        above = "".join(f"{number}. word{number}[ti]\n" for number in range(1, size + 1))
        return f"{above}{size + 1}. " + " OR ".join([last.replace("N", str(size))] * times * size)

    return written


SHAPES: dict[str, Callable[[int], str]] = {
    "AND and NOT by turns": lambda size: (
        "a[ti]" + "".join(f" AND c{n}[ti] NOT b{n}[ti]" for n in range(size))
    ),
    "AND and OR by turns": lambda size: "a[ti]" + "".join(f" AND c{n}[ti] OR b{n}[ti]" for n in range(size)),
    "ANDs of ORs": lambda size: "a[ti] AND " + " AND ".join(f"(a[tiab] OR b{n}[ti])" for n in range(size)),
    "animals behind a NOT": lambda size: (
        "a[ti] NOT ("
        + " OR ".join(f"(animals[mh] AND (humans[mh] OR b{n}[ti])) OR rats[mh]" for n in range(size))
        + ")"
    ),
    "NOT in NOT": lambda size: "".join(f"b{n}[ti] NOT (" for n in range(size)) + "a[ti]" + ")" * size,
    "wildcards that begin alike": either("ketam*xN[tiab]", "ketamineN[tiab]"),
    "wildcards with two stars": either("ketam*xN*[tiab]", "ketamineN[tiab]"),
    "phrases that begin alike": either('"ketam* xN"[tiab]', '"ketamine yN"[tiab]'),
    "proximities with one word in common": either('"aaa xN"[tiab:~2]', '"aaa yN"[tiab]'),
    "proximities of the same words": either('"aaa bbb"[tiab:~N]', '"aaa ccc bbb yN"[ti]'),
    "untagged words with one in common": either("aaa xN", '"aaa yN"[tiab]'),
    "one term in two fields": either("disorder[ti]", "disorders[ot]"),
    "stems": either("abcNx[tiab]", "abcNy[tiab]", "abcNz[tiab]"),
    "tags in round brackets": either("aN(tiab)", "bN (mh)"),
    "subheadings behind tags": either('"aN"[Mesh]/TU', "bN[mh]/ad,tu", "cN[mh]/"),
    "doubled quotation marks": either('""aN""', '""bN c""[tiab]'),
    "words near each other": either("aN W/3 bb", "cc N3 ddN[tiab]", '"ee ff"~N'),
    "fields with a colon": either("aaN:tiab", "ti:bbN"),
    "marks that are blanks": either("aN[ti].", "bN[ti] + ;"),
    "brackets that are never tags": lambda size: "(a" * size + " (" * size,
    "blanks behind a number": lambda size: "1 a\n2 " + " " * 40 * size + "b",
    "Ovid's numbers of lines": lines("(1 or 2) and 3", 3),
    "references": lines("#1", 6),
    "references to the last line": lines("#N", 4),
    "ranges of lines": lines("#1-9999", 6),
    "Ovid's ranges": lines("or/1-3", 6),
    "Ovid's long ranges": lines("or/1-N"),
    "Ovid's ranges without lines": lambda size: " ".join(["or/1-3"] * 3 * size),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_four_times_the_query_does_not_take_much_more_than_four_times_as_long(
    shape: Callable[[int], str],
) -> None:
    def looking(size: int) -> Callable[[], object]:
        text = shape(size)
        return lambda: lint(text, MESH)

    assert growth(looking, 150) < MOST
