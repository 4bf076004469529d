"""Owns reading PubMed's query language: text in, a tree or one QueryError with its place out.

Never looks at a paper and never guesses. Linear in the length of the text, without recursion.

    query    = clause { [operator] clause }          left to right, no precedence (PubMed User Guide,
                                                     "Combining search terms with Boolean operators")
    operator = "AND" | "OR" | "NOT" | "&" | "|"      upper case only; none between two terms is AND,
                                                     none between two PMIDs is OR
    clause   = "(" query ")" | term
    term     = wording [ tag ]
             | wording [ tag ] ":" wording tag       a range: "2024/01/01"[crdt] : "2024/06/30"[crdt]
    wording  = '"' any text '"' | word { word }      unquoted words run together up to their tag: a phrase
    tag      = "[" field [ ":noexp" | ":~" N ] "]"   any case, blanks inside; see fields.toml
    chemical = "(" up to 20 characters ")-" word     (S)-ketamine is one word, as in "(S)-ketamine"
    comment  = "#" blank ... end of line             ours, for config files; "#1" is PubMed's history

Lower-case and, or, not are words, no operators ("wit and humor [mh]": NLM Tech Bull, Nov-Dec 1997).
At the edge of an unquoted term they are stop words, which the matcher passes over as PubMed does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from litwatch.errors import QueryError
from litwatch.query.dates import read_dates
from litwatch.query.fields import Field, fields, find_field, near_names
from litwatch.query.tokens import query_words
from litwatch.query.tree import Clause, Group, Query, Term, written

_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    |(?P<comment>\#(?=\s|\Z)[^\n]*)
    |(?P<chemical>\([^\s()"\[\]&|]{1,20}\)-[^\s()"\[\]&|]+)
    |(?P<open>\()
    |(?P<close>\))
    |(?P<quote>"[^"]*"?)
    |(?P<tag>\[[^\[\]]*\]?)
    |(?P<stray>\])
    |(?P<operator>[&|]|(?:AND|OR|NOT)(?![^\s()"\[\]&|]))
    |(?P<word>[^\s()"\[\]&|]+)""",
    re.VERBOSE,
)
_OPERATORS = {"&": "AND", "|": "OR"}
_NUMBERS = re.compile(r"\d{1,9}(?:[\s,;]+\d{1,9})*[,;]?")
_UIDS = re.compile(r"\d{1,9}(?:\s*:\s*\d{1,9})?(?:[\s,;]+\d{1,9}(?:\s*:\s*\d{1,9})?)*")


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Level:
    """What has been read at one depth of brackets; adjacent PMID terms gather in the last operand."""

    start: int
    operands: list[Clause | list[Term]] = field(default_factory=list)
    operators: list[str] = field(default_factory=list)
    operator: _Token | None = None


def parse(text: str) -> Query:
    """The query that `text` says in PubMed's language.

    Raises QueryError with the place of the first thing that PubMed would not read as it was meant.
    """
    root = _Parser(text).read()
    return Query(text, root, written(root))


class _Parser:
    """Reads one text; keeps the open brackets on a list, so depth costs no stack."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.levels = [_Level(0)]

    def error(self, message: str, start: int, end: int, hint: str = "") -> QueryError:
        return QueryError(message, self.source, start, end, hint)

    def read(self) -> Clause:
        tokens = list(self.tokens())
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.kind in ("quote", "word"):
                position = self.term(tokens, position)
                continue
            if token.kind == "open":
                self.levels.append(_Level(token.start))
            elif token.kind == "close":
                self.close(token)
            elif token.kind == "operator":
                self.operator(token)
            elif token.kind == "tag":
                raise self.tag_without_term(tokens, position)
            else:
                raise self.error("a closing bracket ] without its [", token.start, token.end)
            position += 1
        if len(self.levels) > 1:
            start = self.levels[-1].start
            raise self.error("this bracket is never closed", start, start + 1)
        return self.fold(self.levels[0], len(self.source))

    def tokens(self) -> Iterator[_Token]:
        position, before = 0, ""
        while position < len(self.source):
            match = _TOKEN.match(self.source, position)
            assert match is not None  # every character begins some token
            kind, text, start = str(match.lastgroup), match[0], position
            position = match.end()
            if kind in ("blank", "comment"):
                continue
            if kind == "quote" and (len(text) < 2 or not text.endswith('"')):
                raise self.error("this quotation mark is never closed", start, start + 1)
            if kind == "tag" and not text.endswith("]"):
                raise self.error("this [ is never closed", start, start + 1)
            if kind == "chemical":
                kind = "word"
            if kind == "word" and text.startswith(":") and before in ("tag", "quote"):
                kind, text, position = "colon", ":", start + 1
            before = kind
            yield _Token("word" if kind == "colon" else kind, text, start, position)

    # Terms

    def term(self, tokens: list[_Token], position: int) -> int:
        """Reads a term, or a range of two; returns the position after it."""
        term, tagged, position = self.wording(tokens, position)
        if position < len(tokens) and tokens[position].text == ":" and tokens[position].kind == "word":
            colon = tokens[position]
            position += 1
            if position == len(tokens) or tokens[position].kind not in ("quote", "word"):
                raise self.error("this range has no end", colon.start, colon.end)
            last, last_tagged, position = self.wording(tokens, position)
            if not last_tagged or (tagged and tagged != last_tagged):
                raise self.error("both ends of a range need the same field tag", term.start, last.end)
            if last_tagged.kind not in ("date", "uid"):
                raise self.error("only dates and PMIDs have ranges", colon.start, colon.end)
            text = f"{term.text}:{last.text}"
            term, tagged = replace(last, text=text, quoted=False, start=term.start), last_tagged
        self.add(self.checked(term, tagged))
        return position

    def wording(self, tokens: list[_Token], position: int) -> tuple[Term, Field | None, int]:
        first = last = tokens[position]
        quoted = first.kind == "quote"
        position += 1
        if quoted:
            text = " ".join(first.text[1:-1].split())
        else:
            run = [self.plain_word(first)]
            while position < len(tokens) and tokens[position].kind == "word":
                last = tokens[position]
                run.append(self.plain_word(last))
                position += 1
            text = " ".join(run)
            quoted = "(" in text  # a chemical name; bare, its bracket would group
        term = Term(text, "", quoted, None, explode=True, start=first.start, end=last.end)
        if position == len(tokens) or tokens[position].kind != "tag":
            return term, None, position
        tag = tokens[position]
        found, distance, explode = self.tag(tag)
        tagged = replace(term, tag=found.tag, distance=distance, explode=explode, end=tag.end)
        return tagged, found, position + 1

    def plain_word(self, token: _Token) -> str:
        if re.fullmatch(r"#\d+", token.text):
            hint = "write the earlier line out, in brackets; a comment needs a blank after the #"
            raise self.error(
                f"{token.text} is a line of PubMed's search history", token.start, token.end, hint
            )
        return token.text

    def tag(self, token: _Token) -> tuple[Field, int | None, bool]:
        """The field of a tag, the N of :~N, and whether narrower terms count."""
        name, colon, suffix = token.text[1:-1].partition(":")
        suffix = "".join(suffix.split()).lower()
        found = find_field(name)
        if found is None:
            near = near_names(name)
            hint = "did you mean " + " or ".join(f"[{one}]" for one in near) + "?" if near else ""
            if not name.strip():
                raise self.error("an empty field tag", token.start, token.end)
            shown = " ".join(name.split())[:60]
            raise self.error(f"PubMed has no field tag [{shown}]", token.start, token.end, hint)
        if not colon:
            return found, None, True
        if suffix == "noexp" and found.explodes:
            return found, None, False
        near_by = re.fullmatch(r"~(\d{1,4})", suffix)
        if near_by and found.proximity:
            return found, int(near_by[1]), True
        able = [
            f"[{one.tag}]"
            for one in fields().values()
            if (one.explodes if suffix == "noexp" else one.proximity)
        ]
        hint = (
            "it goes with " + ", ".join(able)
            if near_by or suffix == "noexp"
            else "PubMed knows :noexp and :~N"
        )
        raise self.error(f"[{found.tag}] takes no :{suffix[:20]}", token.start, token.end, hint)

    def checked(self, term: Term, tagged: Field | None) -> Term:
        """The term with its kind made sure of; raises QueryError where it can mean nothing."""
        kind = tagged.kind if tagged else "words"
        if kind == "date":
            try:
                read_dates(term.text)
            except ValueError as error:
                hint = 'write 2024/01/31, 2024/01, 2024, a range 2024/01/01:2024/06/30, or "last 30 days"'
                raise self.error(str(error), term.start, term.end, hint) from error
            return term
        if kind == "uid":
            if not _UIDS.fullmatch(term.text):
                hint = "write numbers, or a range 1:500"
                raise self.error(f"{term.text[:60]!r} is no PMID", term.start, term.end, hint)
            return replace(term, text=_plain_uids(term.text), quoted=False)
        if not tagged and not term.quoted and _is_uids(term.text):
            return replace(term, text=_plain_uids(term.text), tag="uid")
        found = query_words(term.text)
        if not any(word.strip("*") for word in found):
            raise self.error("there is nothing to search for here", term.start, term.end)
        if any(word.startswith("*") for word in found):
            hint = "PubMed wants at least four characters before it"
            raise self.error("a * needs the beginning of a word before it", term.start, term.end, hint)
        return term

    # Groups

    def add(self, clause: Clause) -> None:
        level = self.levels[-1]
        token, level.operator = level.operator, None
        if level.operands and token is None and isinstance(clause, Term) and clause.tag == "uid":
            before = level.operands[-1]
            if isinstance(before, list):
                before.append(clause)
                return
            if isinstance(before, Term) and before.tag == "uid":
                level.operands[-1] = [before, clause]
                return
        if level.operands:
            level.operators.append(_OPERATORS.get(token.text, token.text) if token else "AND")
        level.operands.append(clause)

    def operator(self, token: _Token) -> None:
        level = self.levels[-1]
        if level.operator is not None:
            before = level.operator
            hint = "PubMed's word for it is NOT alone" if (before.text, token.text) == ("AND", "NOT") else ""
            raise self.error(
                f"{before.text} and {token.text} stand side by side", before.start, token.end, hint
            )
        if not level.operands:
            raise self.error(f"{token.text} has nothing before it", token.start, token.end)
        level.operator = token

    def close(self, token: _Token) -> None:
        if len(self.levels) == 1:
            raise self.error("a closing bracket ) without its (", token.start, token.end)
        level = self.levels.pop()
        self.add(self.fold(level, token.end))

    def fold(self, level: _Level, end: int) -> Clause:
        """The operands of a level as one clause, left to right; equal operators in a row share a group."""
        if level.operator is not None:
            token = level.operator
            raise self.error(f"{token.text} has nothing after it", token.start, token.end)
        if not level.operands:
            what = (
                "there is nothing in these brackets" if level is not self.levels[0] else "the query is empty"
            )
            raise self.error(what, level.start, end)
        operands = [_joined(one) if isinstance(one, list) else one for one in level.operands]
        first = operands[0]
        if not level.operators:
            return first
        begin, operator, children = first.start, level.operators[0], [first]
        for next_operator, operand in zip(level.operators, operands[1:], strict=True):
            if next_operator != operator:
                children = [Group(operator, tuple(children), begin, children[-1].end)]
                operator = next_operator
            children.append(operand)
        return Group(operator, tuple(children), begin, children[-1].end)

    def tag_without_term(self, tokens: list[_Token], position: int) -> QueryError:
        token = tokens[position]
        if position and tokens[position - 1].kind == "close":
            hint = f"write {token.text} after each term inside the brackets"
            return self.error("PubMed has no field tag for a whole bracket", token.start, token.end, hint)
        if position and tokens[position - 1].kind == "tag":
            return self.error(
                "a term has one field tag", token.start, token.end, "repeat the term and join them by OR"
            )
        return self.error(f"{token.text[:60]} has no term before it", token.start, token.end)


def _is_uids(text: str) -> bool:
    """Whether untagged numbers are PMIDs: more than one, or one that is too long for a year."""
    return _NUMBERS.fullmatch(text) is not None and (" " in text or len(text.strip(",;")) > 4)


def _plain_uids(text: str) -> str:
    return " ".join(re.sub(r"\s*:\s*", ":", text).replace(",", " ").replace(";", " ").split())


def _joined(terms: list[Term]) -> Term:
    return replace(terms[0], text=" ".join(term.text for term in terms), end=terms[-1].end)
