"""International and national prefixes: the end of a match of their patterns.

Here it matters *which* match a backtracking engine finds, not only whether there is one:
The order of alternatives decides how much of ``0030`` matches ``00(?:30|5[09]|[126-9]?)``. So a
state is the ordered list of the threads that such an engine would try, best first. A thread
remembers where the captured group began and ended, which is bounded because the patterns are.

A walk keeps the last match that it passes; at the end of the text ``$`` may add another one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from phonenumbers.phonemetadata import PhoneMetadata

from .automaton import DIGITS, Automaton
from .pattern import AtEnd, Digit, Either, Match, Program, Save

NO_MATCH = 0
MATCH = 1 << 15
"""The prefix ends here, and is removed."""
CAPTURE = 1 << 14
"""The prefix was matched with its group; start and end of the group follow, five bits each."""

Outcome = tuple[int, int]
"""The match if digits follow, and the match if the text ends here."""


@dataclass(frozen=True)
class _Thread:
    at: int
    start: int | None = None
    end: int | None = None

    @property
    def outcome(self) -> int:
        if self.start is None or self.end is None:
            return MATCH
        return MATCH | CAPTURE | self.start << 5 | self.end


class Prefixes:
    """The automata of all prefixes, in one pool."""

    def __init__(self) -> None:
        self.pool: Automaton[Outcome] = Automaton()
        self.none = self.pool.loop((NO_MATCH, NO_MATCH))
        self._roots: dict[tuple[str, int], int] = {}

    def international(self, metadata: PhoneMetadata) -> int:
        """The automaton of a region's international prefixes."""
        return self._root(metadata.international_prefix, 0)

    def national(self, metadata: PhoneMetadata) -> tuple[int, str]:
        """The automaton of a plan's national prefixes, with carrier codes and similar ones, and the
        digits that take the place of the prefix before its group."""
        pattern = metadata.national_prefix_for_parsing
        rule = metadata.national_prefix_transform_rule
        if not rule:
            return self._root(pattern, 0), ""
        if not pattern:
            raise ValueError(f"{metadata.id}: a transform rule without a pattern")
        digits, _, group = rule.rpartition("\\")
        # libphonenumber transforms when the last group took part; the rule must name that one.
        if not group.isdigit() or int(group) != Program(pattern).groups or "\\" in digits:
            raise ValueError(f"{metadata.id}: unknown form of transform rule {rule!r}")
        return self._root(pattern, int(group)), digits

    def _root(self, pattern: str | None, group: int) -> int:
        if not pattern:
            return self.none
        key = (pattern, group)
        if key not in self._roots:
            self._roots[key] = _Build(self.pool, self.none, pattern, group).root()
        return self._roots[key]


class _Build:
    def __init__(self, pool: Automaton[Outcome], none: int, pattern: str, group: int) -> None:
        self.pool = pool
        self.none = none
        self.code = Program(pattern).code
        self.start = Program(pattern).start
        self.group = group
        self.states: dict[tuple[int, tuple[_Thread, ...]], int] = {}

    def root(self) -> int:
        return self._state(0, (_Thread(self.start),))

    def _follow(self, place: int, threads: tuple[_Thread, ...], at_end: bool) -> list[_Thread]:
        """The threads at their next digit or at a match, in the order of preference; nothing
        comes after a match, which an engine would have taken."""
        found: list[_Thread] = []
        seen: set[int] = set()
        stack = list(reversed(threads))
        while stack:
            thread = stack.pop()
            if thread.at in seen:
                continue
            seen.add(thread.at)
            match self.code[thread.at]:
                case Digit():
                    found.append(thread)
                case Match():
                    return [*found, thread]
                case Either(first, second):
                    stack += [replace(thread, at=second), replace(thread, at=first)]
                case Save(group, ends, then):
                    if group == self.group:
                        thread = (
                            replace(thread, end=place)
                            if ends
                            else replace(thread, start=place, end=None)
                        )
                    stack.append(replace(thread, at=then))
                case AtEnd(then):
                    if at_end:
                        stack.append(replace(thread, at=then))
        return found

    def _outcome(self, threads: list[_Thread]) -> int:
        for thread in threads:
            if isinstance(self.code[thread.at], Match):
                return thread.outcome
        return NO_MATCH

    def _state(self, place: int, threads: tuple[_Thread, ...]) -> int:
        if not threads:
            return self.none
        key = (place, threads)
        if key not in self.states:
            follow = self._follow(place, threads, at_end=False)
            outcome = (
                self._outcome(follow),
                self._outcome(self._follow(place, threads, at_end=True)),
            )
            ways: list[list[_Thread]] = [[] for _ in DIGITS]
            for thread in follow:
                instruction = self.code[thread.at]
                if isinstance(instruction, Digit):
                    for digit in DIGITS:
                        if instruction.digits >> digit & 1:
                            ways[digit].append(replace(thread, at=instruction.then))
            row = tuple([self._state(place + 1, tuple(way)) for way in ways])
            self.states[key] = self.pool.intern(outcome, row)
        return self.states[key]
