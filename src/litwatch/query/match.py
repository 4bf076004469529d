"""Owns matching: all queries of a config as one matcher that reads each paper once.

Never parses, never reads a clock (`today` is a parameter) and never decides what a match means.

Presence first: an automaton (pyahocorasick) finds every word and phrase of all queries in one pass over the
normal text of a zone; values are looked up in tables. Only queries of which a positive leaf was found are
worked out, and only when asked for. Where words stand is looked up for the leaves that made a query true.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.paper import Paper, Passage, Span
from litwatch.query.hits import Hit, Hits, hits_of, stretch, stretches_met
from litwatch.query.leaves import BY_NAME, Vocabulary, Words, is_approximate, only_pubmed_knows
from litwatch.query.lookup import Lookup
from litwatch.query.pieces import Pieces
from litwatch.query.program import Program, compile_program
from litwatch.query.spans import Stretch, stretches_of
from litwatch.query.texts import Texts
from litwatch.query.together import Sentences, true_together
from litwatch.query.tree import Query, Term, leaves
from litwatch.reading.quick import quick

_span = quick(Span)


@dataclass(frozen=True, slots=True)
class Scope:
    """A query and where its text counts: title, background, aim, methods, results, conclusion, or everywhere.

    `sections` restricts terms that search the title or the abstract ([ti], [tiab], [tw], untagged), and
    restricts them to these two; terms that search neither ([ot], [mh], [pt], ...) count as always.
    `in_sentence`: all of it must hold in one sentence, and only words of title and abstract count.
    """

    query: Query
    sections: frozenset[str] = frozenset()
    in_sentence: bool = False


class Reading:
    """What a matcher found in one paper; asks for more only when it is asked."""

    __slots__ = (
        "_candidates", "_fields", "_found", "_hits", "_known", "_matcher", "_met", "_sentences", "_spans",
        "_standing", "_stretches", "_together", "_true", "pieces",
    )  # fmt: skip

    def __init__(
        self,
        matcher: Matcher,
        pieces: Pieces,
        sentences: Sequence[tuple[int, int]],
        found: set[int],
        hits: list[Hits],
    ) -> None:
        self._matcher = matcher
        self.pieces = pieces
        self._sentences = Sentences(sentences)
        self._found, self._hits = found, hits
        self._candidates = matcher.candidates(found)
        self._known: dict[int, bool] = {}
        self._true: dict[int, set[int]] = {}
        self._together: dict[int, dict[int, set[int]]] = {}
        self._met: dict[int, list[Hit]] | None = None
        self._standing: dict[int, set[int]] = {}
        self._stretches: dict[int, list[Stretch]] | None = None
        self._spans: dict[Stretch, Span] = {}
        self._fields: dict[str, str] = {}

    def matches(self, index: int) -> bool:
        """Whether scope `index` of compile_scopes matches."""
        if index not in self._candidates:
            return False
        known = self._known.get(index)
        if known is None:
            known = self._known[index] = self._holds(index)
        return known

    def _holds(self, index: int) -> bool:
        if index in self._matcher.sure:
            return True
        program = self._matcher.programs[index]
        if index in self._matcher.in_sentence:
            leaves = program.leaves & self._found
            if not program.may_answer(leaves):
                return False
            together = true_together(program, {leaf: self._sentences_of(leaf) for leaf in leaves})
            self._together[index] = together
            return bool(together)
        true = self._true[index] = program.true(self._found)
        return program.answers(true)

    def matching(self) -> tuple[int, ...]:
        """Every scope that matches, in order."""
        return tuple(sorted(filter(self.matches, self._candidates)))

    def spans(self, index: int) -> tuple[Span, ...]:
        """Where in the paper's own text the leaves stand that made scope `index` match (not those under NOT).

        In the order of fields and places, each once; () where nothing matched, or only dates or numbers. Of a scope
        whose words must stand in one sentence: where they stand in those in which it holds.
        """
        if not self.matches(index):
            return ()
        program = self._matcher.programs[index]
        found: set[Stretch] = set()
        if index in self._together:
            for sentence, true in self._together[index].items():
                for leaf in program.earned(true):
                    found.update(self._in_sentence(leaf, sentence))
        else:
            for leaf in program.earned(self._true.get(index, self._found)):
                found.update(self._stretches_of(leaf))
        known = self._spans
        return tuple([known.get(stretch) or self._span(stretch) for stretch in sorted(found)])

    def _stretches_of(self, number: int) -> list[Stretch]:
        matcher = self._matcher
        lookup = matcher.lookup
        if self._stretches is None:
            only = matcher.only_in_sentences
            self._stretches = stretches_met(self._hits, lookup.lengths, self.pieces.texts, only)
        known = self._stretches.get(number)
        if known is None:
            known = self._stretches[number] = (
                [] if lookup.lengths[number] else stretches_of(lookup.sought[number], self.pieces)
            )
        return known

    def _sentences_of(self, number: int) -> set[int]:
        known = self._standing.get(number)
        if known is None:
            length, sentences = self._matcher.lookup.lengths[number], self._sentences
            found = (
                {sentences.of_hit(hit, length) for hit in self._hits_of(number)}
                if length
                else {sentences.of(*one[1:]) for one in self._stretches_of(number)}
            )
            known = self._standing[number] = {one for one in found if one is not None}
        return known

    def _in_sentence(self, number: int, sentence: int) -> list[Stretch]:
        """Where a leaf stands in that sentence."""
        length, sentences = self._matcher.lookup.lengths[number], self._sentences
        if not length:
            return [one for one in self._stretches_of(number) if sentences.of(*one[1:]) == sentence]
        hits = self._hits_of(number)
        return [stretch(hit, length) for hit in hits if sentences.of_hit(hit, length) == sentence]

    def _hits_of(self, number: int) -> Sequence[Hit]:
        if self._met is None:
            self._met = hits_of(self._matcher.of_sentences, self._hits, self.pieces.texts)
        return self._met.get(number, ())

    def _span(self, stretch: Stretch) -> Span:
        _, field, start, end = stretch
        text = self._fields.get(field)
        if text is None:
            text = self._fields[field] = self.pieces.texts.paper.text(field)
        span = self._spans[stretch] = _span(field, start, end, text[start:end])
        return span


class Matcher:
    """Many scopes compiled into one; build it once with compile_scopes."""

    __slots__ = (
        "_scopes_of", "in_sentence", "lookup", "of_sentences", "only_in_sentences", "programs", "sure",
    )  # fmt: skip

    def __init__(self, programs: tuple[Program, ...], lookup: Lookup, in_sentence: frozenset[int]) -> None:
        self.programs = programs
        self.lookup = lookup
        #: Scopes that must hold in one sentence.
        self.in_sentence = in_sentence
        #: The leaves of these scopes, and those that no other scope has.
        self.of_sentences = frozenset(leaf for index in in_sentence for leaf in programs[index].leaves)
        self.only_in_sentences = self.of_sentences.difference(
            *(one.leaves for index, one in enumerate(programs) if index not in in_sentence)
        )
        #: Scopes that match whenever they are candidates.
        self.sure = (
            frozenset(index for index, one in enumerate(programs) if one.one_leaf_is_enough) - in_sentence
        )
        scopes_of: dict[int, set[int]] = {}
        for index, program in enumerate(programs):
            for leaf in program.positive:
                scopes_of.setdefault(leaf, set()).add(index)
        self._scopes_of = [frozenset(scopes_of.get(leaf, ())) for leaf in range(len(lookup.leaves))]

    def candidates(self, found: set[int]) -> set[int]:
        """The scopes of which something positive was found; no other can match."""
        return set().union(*map(self._scopes_of.__getitem__, found))

    def needles(self, indexes: Iterable[int]) -> tuple[str, ...]:
        """Of the leaves of these scopes that are not under NOT those that stand wherever their needle does."""
        numbers = {leaf for index in indexes for leaf in self.programs[index].positive}
        leaves = [self.lookup.leaves[number] for number in sorted(numbers)]
        return tuple(leaf.needle for leaf in leaves if isinstance(leaf, Words) and leaf.plain)

    def read(
        self,
        paper: Paper,
        passages: Sequence[Passage] = (),
        today: date | None = None,
        texts: Texts | None = None,
        sentences: Sequence[tuple[int, int]] = (),
    ) -> Reading:
        """What of all scopes stands in `paper`.

        `passages` give each stretch of the abstract its role; only scopes with sections need them. `sentences` are
        where those of the abstract begin and end, in order, for scopes that must hold in one. `today` is
        for relative dates ("last 30 days"[crdt]); without it they raise QueryError. `texts` are the paper's, where
        another matcher has read them: what was made of them is not made again.
        """
        pieces = Pieces(texts or Texts(paper), passages)
        return Reading(self, pieces, sentences, *self.lookup.find(pieces, today))


def compile_scopes(scopes: Sequence[Scope], vocabulary: Vocabulary = BY_NAME) -> Matcher:
    """One matcher for all scopes; Reading.matches(i) is about scopes[i].

    A clause that only PubMed can answer is left out of its group (ask `pubmed_only` first);
    a query of nothing else matches nothing.
    """
    lookup = Lookup()
    programs = tuple(compile_program(scope.query, scope.sections, vocabulary, lookup.add) for scope in scopes)
    lookup.build()
    in_sentence = frozenset(index for index, scope in enumerate(scopes) if scope.in_sentence)
    return Matcher(programs, lookup, in_sentence)


def matches(query: Query, paper: Paper, today: date | None = None, vocabulary: Vocabulary = BY_NAME) -> bool:
    """Whether one query matches one paper; for many, compile_scopes.

    Of clauses that only PubMed can answer it knows nothing: they are left out, as if they were not written. Where
    `pubmed_only` names any, True says that the rest matches; explain says None where they decide.
    """
    return compile_scopes([Scope(query)], vocabulary).read(paper, (), today).matches(0)


def pubmed_only(query: Query) -> tuple[Term, ...]:
    """The terms that no record can answer: filters such as systematic[sb], pharmacological actions."""
    return tuple(term for term in leaves(query) if only_pubmed_knows(term))


def approximate(query: Query) -> tuple[Term, ...]:
    """The terms without a tag: PubMed maps them to headings and synonyms, here they are plain words."""
    return tuple(term for term in leaves(query) if is_approximate(term))
