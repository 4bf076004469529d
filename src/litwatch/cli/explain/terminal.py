"""What `explain` prints on a terminal, or in a file that its output is sent to.

Owns layout and styles; plain where nobody looks. Never works anything out about a paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from litwatch.study.account import Row
from litwatch.study.entries import ABSENT, ELSEWHERE, GIVEN, PASSED_OVER, TAKEN_AWAY
from litwatch.study.explained import Asked, Explained, Shown, Tree
from litwatch.study.places import Place

WIDEST = 100
DEEPEST = 12  # levels that are still indented
FOLDED_LINES = 2

_MARKS = {True: ("+", "green"), False: ("-", "dim"), None: ("?", "yellow")}


class Printer:
    """Writes lines that fit the terminal; 80 columns where there is none."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
        self._width = min(self._console.width, WIDEST)

    def paper(self, explained: Explained) -> None:
        """One paper, its trees and its facets."""
        paper = explained.paper
        title = Text.assemble((f"{paper.pmid}", "bold"), "  ", (paper.title or "(no title)", "bold"))
        self._line(title, 0, 10)
        self._line(Text(explained.source, "dim"), 2)
        for tree in explained.trees:
            self._line(Text(), 0)
            self._tree(tree)
        if explained.facets:
            self._line(Text(), 0)
            self._line(Text("Facets", "bold"), 2)
            for name, entries in explained.facets:
                self._facet(name, entries)
        self._line(Text(), 0)

    def to_paste(self, asked: Sequence[Asked]) -> None:
        """Each query as PubMed takes it, and what in it was not so."""
        for one in asked:
            self._line(Text(f"To paste into PubMed: {one.name}", "bold"), 0)
            for line in in_lines(str(one.query), self._width - 2):
                self._line(Text(line), 2)
            for said in one.unlike_pubmed:
                self._line(Text.assemble("! ", said, style="yellow"), 2, 4)

    def _tree(self, tree: Tree) -> None:
        sentence = tree.verdict.sentence
        style = {True: "bold green", False: "bold red", None: "bold yellow"}[tree.verdict.matches]
        self._line(Text.assemble((f"{tree.asked.name}: ", "bold"), (sentence, style)), 2, 4)
        for row in tree.rows:
            self._row(row)

    def _row(self, row: Row) -> None:
        indent = 4 + 2 * min(row.depth, DEEPEST)
        mark, style = ("!", "red") if row.takes_away else _MARKS[row.holds]
        line = Text.assemble((f"{mark} ", style), (row.label, "dim" if row.holds is False else ""))
        if row.about:
            line.append(f" ({'; '.join(row.about)})", "red" if row.takes_away else "yellow")
        if row.values and row.holds:
            line.append(f" by {'; '.join(row.values)}", "bold")
        elif row.values:
            line.append(f": the record has {'; '.join(row.values)}")
        if row.folded:
            self._folded(line, row.folded, indent)
        else:
            self._line(line, indent, indent + 4)
        for place in row.places:
            self._place(place, indent + 6)
        if row.more:
            self._line(
                Text(f"and {row.more:,} more {'place' if row.more == 1 else 'places'}", "dim"), indent + 6
            )

    def _folded(self, line: Text, terms: Sequence[str], indent: int) -> None:
        """The first of many terms, as many as two lines hold."""
        room = FOLDED_LINES * (self._width - indent - 6) - len(line.plain) - 10
        kept = []
        for term in terms:
            room -= len(term) + 2
            if room < 0:
                break
            kept.append(term)
        more = ", ..." if len(kept) < len(terms) else ""
        line.append(f" ({', '.join(kept)}{more})" if kept else "", "dim")
        self._line(line, indent, indent + 4)

    def _place(self, place: Place, indent: int, before: Text | None = None) -> None:
        line = before or Text()
        line.append(f"{place.where}: ", "dim")
        line.append("... " if place.cut_before else "")
        for piece, marked in place.pieces():
            text = " ".join(piece.split()) if marked else piece
            line.append(f"«{text}»" if marked else text, "bold yellow" if marked else "")
        line.append(" ..." if place.cut_after else "")
        self._line(line, indent, indent + 2)

    def _facet(self, name: str, entries: Iterable[Shown]) -> None:
        ordered = tuple(entries)
        by_state: dict[str, list[Shown]] = {}
        for one in ordered:
            by_state.setdefault(one.state, []).append(one)
        said = ", ".join(one.id for one in by_state.get(GIVEN, ())) or "none"
        if name == "relevance":  # one question, no table
            said = "yes" if GIVEN in by_state else "no"
        self._line(Text.assemble((f"{name}: ", "bold"), said), 4, 6)
        for one in by_state.get(GIVEN, ()):
            read = (f"  ({one.reason})", "bold") if one.reason else ("", "")
            self._entry(Text.assemble(("+ ", "green"), one.id, read, "  "), one)
        for one in (*by_state.get(TAKEN_AWAY, ()), *by_state.get(ELSEWHERE, ())):
            self._entry(
                Text.assemble(("~ ", "yellow"), one.id, (f", not given: {one.reason}; ", "yellow")), one
            )
        over: dict[str, list[str]] = {}
        for one in by_state.get(PASSED_OVER, ()):
            over.setdefault(one.reason, []).append(one.id)
        for reason, ids in over.items():
            self._line(Text(f"~ {', '.join(ids)}: would hold, but {reason}", "dim"), 6, 8)
        absent = [one.id for one in by_state.get(ABSENT, ())]
        if absent and name != "relevance":
            self._line(Text(f"- not {', '.join(absent)}", "dim"), 6, 8)

    def _entry(self, line: Text, one: Shown) -> None:
        """An entry with the first sentence that holds its words."""
        if one.places:
            self._place(one.places[0], 6, line)
        else:
            self._line(line, 6, 8)
        if len(one.places) > 1:
            self._line(Text(f"and {len(one.places) - 1} more", "dim"), 8)

    def _line(self, line: Text, indent: int, hanging: int | None = None) -> None:
        """One paragraph: its first line at `indent`, the others at `hanging`."""
        hanging = indent if hanging is None else hanging
        # A record may hold what turns a terminal's colours or the order of reading.
        line.plain = "".join(character if character.isprintable() else " " for character in line.plain)
        for number, part in enumerate(line.wrap(self._console, max(20, self._width - hanging))):
            part.rstrip()
            self._console.print(Text(" " * (hanging if number else indent)) + part)


def in_lines(query: str, width: int) -> list[str]:
    """A query in lines that can be pasted: never broken inside quotes."""
    lines = [""]
    for word in re.findall(r'(?:[^\s"]|"[^"]*")+', query):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
