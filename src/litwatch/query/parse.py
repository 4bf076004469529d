"""Owns reading PubMed's query language: text in, a tree or one QueryError with its place out.

Never looks at a paper and never guesses. Linear in the length of the text, without recursion.

    query    = clause { [operator] clause }          left to right, no precedence (PubMed User Guide,
                                                     "Combining search terms with Boolean operators")
    operator = "AND" | "OR" | "NOT" | "&" | "|"      upper case only; none between two terms is AND,
                                                     none between two PMIDs is OR
    clause   = "(" query ")" | term
    term     = wording [ tag ]                       terms.py
             | wording [ tag ] ":" wording tag       a range: "2024/01/01"[crdt] : "2024/06/30"[crdt]
    wording  = '"' any text '"' | word { word }      unquoted words run together up to their tag: a phrase
    tag      = "[" field [ ":noexp" | ":~" N ] "]"   any case, blanks inside; see fields.toml
    strategy = { number query newline }              strategy.py; there a clause may be "#" number

Lower-case and, or, not are words, no operators ("wit and humor [mh]": NLM Tech Bull, Nov-Dec 1997).
At the edge of an unquoted term, or alone between two, they are stop words, passed over as PubMed does: they
stand in the source and not in the tree.
What the marks and words themselves are stands in lexemes.py; docs/query-language.md has it all for users.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from litwatch.errors import QueryError
from litwatch.query.fields import find_field
from litwatch.query.lexemes import Lexeme, lexemes
from litwatch.query.references import check_line
from litwatch.query.strategy import numbered_lines, written_out
from litwatch.query.terms import WORDINGS, is_idle, read_term
from litwatch.query.tree import Clause, Group, Line, Query, Term, written

#: What PubMed takes for an operator beside its word.
SIGNS = {"&": "AND", "|": "OR"}


def parse(text: str) -> Query:
    """The query that `text` says in PubMed's language; of a numbered strategy, its last line.

    Raises QueryError with the place of the first thing that PubMed would not read as it was meant.
    """
    numbered = numbered_lines(text)
    if not numbered:
        pieces = list(lexemes(text))
        for piece in pieces:
            if piece.kind == "reference":
                raise _no_strategy(text, piece)
        root = _Grouping(text, 0, len(text)).read(pieces)
        return Query(text, root, written(root))
    numbers = frozenset(line.number for line in numbered)
    cut: list[list[Lexeme]] = []
    for line in numbered:
        pieces = list(lexemes(text, line.start, line.end))
        check_line(text, numbers, line, pieces)
        _Grouping(text, line.start, line.end).read(pieces)
        cut.append(pieces)
    whole, used = written_out(text, numbered, cut)
    last = numbered[-1]
    root = _Grouping(text, last.start, last.end).read(whole)
    lines = tuple(Line(one.number, one.start, one.end, one.number in used) for one in numbered)
    return Query(text, root, written(root), lines)


def _no_strategy(source: str, piece: Lexeme) -> QueryError:
    hint = "write the earlier line out, in brackets, or give all lines, each with its number before it"
    message = f"{piece.text} is a line of PubMed's search history"
    if piece.text == "#0":
        message, hint = "#0 is PubMed's clipboard", "write its PMIDs out"
    return QueryError(message, source, piece.start, piece.end, hint)


@dataclass(slots=True)
class _Level:
    """What has been read at one depth of brackets; adjacent PMID terms gather in the last operand."""

    start: int
    operands: list[Clause | list[Term]] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    operators: list[str] = field(default_factory=list)
    operator: Lexeme | None = None


class _Grouping:
    """Reads one text; keeps the open brackets on a list, so depth costs no stack."""

    def __init__(self, source: str, start: int, end: int) -> None:
        self.source = source
        self.end = end
        self.levels = [_Level(start)]

    def error(self, message: str, start: int, end: int, hint: str = "") -> QueryError:
        return QueryError(message, self.source, start, end, hint)

    def read(self, pieces: Sequence[Lexeme]) -> Clause:
        position = 0
        while position < len(pieces):
            piece = pieces[position]
            if piece.kind in WORDINGS:
                term, after = read_term(self.source, pieces, position)
                if not self.is_passed_over(term, pieces, after):
                    self.add(term, term.start, term.end)
                position = after
                continue
            if piece.kind == "open":
                self.levels.append(_Level(piece.start))
            elif piece.kind == "close":
                self.close(piece)
            elif piece.kind == "operator":
                self.operator(piece)
            elif piece.kind == "reference":
                self.add(Term(piece.text), piece.start, piece.end)
            elif piece.kind == "tag":
                raise self.tag_without_term(pieces, position)
            elif piece.kind == "colon":
                raise self.error("only dates and PMIDs have ranges", piece.start, piece.end)
            else:
                raise self.error("a closing bracket ] without its [", piece.start, piece.end)
            position += 1
        if len(self.levels) > 1:
            start = self.levels[-1].start
            raise self.error("this bracket is never closed", start, start + 1)
        return self.fold(self.levels[0], self.end)

    def add(self, clause: Clause, start: int, end: int) -> None:
        level = self.levels[-1]
        operator, level.operator = level.operator, None
        if level.operands and operator is None and isinstance(clause, Term) and clause.tag == "uid":
            before = level.operands[-1]
            if isinstance(before, Term) and before.tag == "uid":
                before = level.operands[-1] = [before]
            if isinstance(before, list):
                before.append(clause)
                level.places[-1] = (level.places[-1][0], end)
                return
        if level.operands:
            level.operators.append(SIGNS.get(operator.text, operator.text) if operator else "AND")
        level.operands.append(clause)
        level.places.append((start, end))

    def is_passed_over(self, term: Term, pieces: Sequence[Lexeme], after: int) -> bool:
        """Whether the term is a lower-case and, or, not that stands alone where an operator would."""
        if term.tag or term.quoted or not is_idle(term.text):
            return False
        level = self.levels[-1]
        follows = bool(level.operands) and level.operator is None
        return follows or (after < len(pieces) and pieces[after].kind in ("open", "quote", "reference"))

    def operator(self, piece: Lexeme) -> None:
        level = self.levels[-1]
        if level.operator is not None:
            before = level.operator
            hint = "PubMed's word for it is NOT alone" if (before.text, piece.text) == ("AND", "NOT") else ""
            raise self.error(
                f"{before.text} and {piece.text} stand side by side", before.start, piece.end, hint
            )
        if not level.operands:
            raise self.error(f"{piece.text} has nothing before it", piece.start, piece.end)
        level.operator = piece

    def close(self, piece: Lexeme) -> None:
        if len(self.levels) == 1:
            raise self.error("a closing bracket ) without its (", piece.start, piece.end)
        level = self.levels.pop()
        self.add(self.fold(level, piece.end), level.start, piece.end)

    def fold(self, level: _Level, end: int) -> Clause:
        """The operands of a level as one clause, left to right; equal operators in a row share a group."""
        if level.operator is not None:
            piece = level.operator
            raise self.error(f"{piece.text} has nothing after it", piece.start, piece.end)
        if not level.operands:
            what = (
                "there is nothing in these brackets" if level is not self.levels[0] else "the query is empty"
            )
            raise self.error(what, level.start, end)
        operands = [_joined(one) if isinstance(one, list) else one for one in level.operands]
        first = operands[0]
        if not level.operators:
            return first
        (begin, last), operator, children = level.places[0], level.operators[0], [first]
        rest = zip(level.operators, operands[1:], level.places[1:], strict=True)
        for next_operator, operand, place in rest:
            if next_operator != operator:
                children = [Group(operator, tuple(children), begin, last)]
                operator = next_operator
            children.append(operand)
            last = place[1]
        return Group(operator, tuple(children), begin, last)

    def tag_without_term(self, pieces: Sequence[Lexeme], position: int) -> QueryError:
        piece, before = pieces[position], pieces[position - 1].kind if position else ""
        if before in ("close", "reference"):
            what = "bracket" if before == "close" else "line"
            inside = "line" if before == "reference" else "brackets"
            hint = f"write {piece.text} after each term inside the {inside}"
            field = find_field(piece.text.strip("[]"))
            if before == "close" and field is not None and field.kind == "whole":
                hint += ', or put a name with brackets in quotation marks: "Front Endocrinol (Lausanne)"[ta]'
            return self.error(f"PubMed has no field tag for a whole {what}", piece.start, piece.end, hint)
        if before == "tag":
            return self.error(
                "a term has one field tag", piece.start, piece.end, "repeat the term and join them by OR"
            )
        return self.error(f"{piece.text[:60]} has no term before it", piece.start, piece.end)


def _joined(terms: list[Term]) -> Term:
    return replace(terms[0], text=" ".join(term.text for term in terms), end=terms[-1].end)
