"""Acyclic automata over digits, kept minimal while they are built.

A state is interned by its outcome and its ten successors when these are known. Two states
with the same future are one state from the beginning, so the result is the minimal automaton
(for acyclic ones this is Revuz's algorithm, run bottom-up).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from .pattern import AtEnd, Digit, Either, Match, Program, Save

Outcome = TypeVar("Outcome", bound=Hashable)
Row = tuple[int, ...]

DIGITS = range(10)


class Automaton(Generic[Outcome]):
    """A pool of states that several automata share."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.rows: list[Row] = []
        self._known: dict[tuple[Outcome, Row], int] = {}
        self._loops: dict[Outcome, int] = {}

    def intern(self, outcome: Outcome, row: Row) -> int:
        """The state with this outcome and these ten successors."""
        key = (outcome, row)
        state = self._known.get(key)
        if state is None:
            state = self._known[key] = len(self.rows)
            self.outcomes.append(outcome)
            self.rows.append(row)
        return state

    def loop(self, outcome: Outcome) -> int:
        """The state that every digit leads back to: the only cycle, at the end."""
        if outcome not in self._loops:
            self._loops[outcome] = self.intern(outcome, (len(self.rows),) * 10)
        return self._loops[outcome]

    def in_reach(self, roots: Iterable[int]) -> list[int]:
        """All states that the roots lead to, breadth first from each root in turn."""
        order: list[int] = []
        seen: set[int] = set()
        for root in roots:
            queue = [root]
            for state in queue:
                if state not in seen:
                    seen.add(state)
                    order.append(state)
                    queue.extend(self.rows[state])
        return order


class Acceptors(Automaton[bool]):
    """Automata that say yes or no: is this digit string in the pattern's language?"""

    def __init__(self) -> None:
        super().__init__()
        self.never = self.loop(False)
        self.always = self.loop(True)
        self._whole: dict[str, int] = {}

    def whole(self, pattern: str) -> int:
        """The automaton of the strings that a pattern matches from end to end."""
        if pattern not in self._whole:
            self._whole[pattern] = self._build(Program(pattern), prefix=False)
        return self._whole[pattern]

    def prefix(self, pattern: str) -> int:
        """The automaton of the strings that begin with a match of a pattern."""
        return self._build(Program(pattern), prefix=True)

    def _build(self, program: Program, prefix: bool) -> int:
        code = program.code
        closures: dict[int, frozenset[int]] = {}

        def closure(at: int) -> frozenset[int]:
            if at not in closures:
                match code[at]:
                    case Digit() | Match():
                        closures[at] = frozenset((at,))
                    case Either(first, second):
                        closures[at] = closure(first) | closure(second)
                    case Save(_, _, then):
                        closures[at] = closure(then)
                    case AtEnd():
                        raise ValueError("an acceptor does not support $")
            return closures[at]

        states: dict[frozenset[int], int] = {frozenset(): self.never}

        def state(places: frozenset[int]) -> int:
            found = states.get(places)
            if found is not None:
                return found
            accepts = False
            ways: list[list[frozenset[int]]] = [[] for _ in DIGITS]
            for at in places:
                match code[at]:
                    case Match():
                        accepts = True
                    case Digit(digits, then):
                        for digit in DIGITS:
                            if digits >> digit & 1:
                                ways[digit].append(closure(then))
            if accepts and prefix:
                states[places] = self.always
            else:
                row = tuple([state(frozenset[int]().union(*way)) for way in ways])
                states[places] = self.intern(accepts, row)
            return states[places]

        return state(closure(program.start))
