"""The patterns of libphonenumber's metadata, compiled to acyclic programs over digits.

They use digits, digit classes, alternation, groups, bounded repeats and, in a few national
prefixes, ``$``. Any other construct of a later release is refused here.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY_DIGIT = 0b11_1111_1111


@dataclass(frozen=True)
class Digit:
    """Reads one digit of a set (bit n means the digit n)."""

    digits: int
    then: int


@dataclass(frozen=True)
class Either:
    """Goes two ways; the first is preferred, as in a backtracking engine."""

    first: int
    second: int


@dataclass(frozen=True)
class Save:
    """Records the position as the start or the end of a capturing group (numbered from 1)."""

    group: int
    at_end: bool
    then: int


@dataclass(frozen=True)
class AtEnd:
    """Continues only at the end of the text."""

    then: int


@dataclass(frozen=True)
class Match:
    """The pattern has matched."""


Instruction = Digit | Either | Save | AtEnd | Match


@dataclass(frozen=True)
class _Class:
    digits: int


@dataclass(frozen=True)
class _Sequence:
    parts: tuple[_Node, ...]


@dataclass(frozen=True)
class _Alternatives:
    choices: tuple[_Node, ...]


@dataclass(frozen=True)
class _Repeat:
    node: _Node
    least: int
    most: int


@dataclass(frozen=True)
class _Group:
    number: int
    node: _Node


@dataclass(frozen=True)
class _End:
    pass


_Node = _Class | _Sequence | _Alternatives | _Repeat | _Group | _End


class PatternError(ValueError):
    """A pattern contains a construct that this tool does not know."""


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.groups = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, token: str) -> bool:
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise PatternError(f"{token!r} expected at {self.at} in {self.text!r}")

    def alternatives(self) -> _Node:
        choices = [self.sequence()]
        while self.take("|"):
            choices.append(self.sequence())
        return choices[0] if len(choices) == 1 else _Alternatives(tuple(choices))

    def sequence(self) -> _Node:
        parts: list[_Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.atom()))
        return parts[0] if len(parts) == 1 else _Sequence(tuple(parts))

    def atom(self) -> _Node:
        if self.take("\\d"):
            return _Class(ANY_DIGIT)
        if self.take("["):
            return _Class(self.members())
        if self.take("(?:"):
            node = self.alternatives()
            self.expect(")")
            return node
        if self.take("("):
            if self.peek() == "?":
                raise PatternError(f"unknown group at {self.at} in {self.text!r}")
            self.groups += 1
            number = self.groups
            node = self.alternatives()
            self.expect(")")
            return _Group(number, node)
        if self.take("$"):
            return _End()
        return _Class(1 << self.digit())

    def digit(self) -> int:
        char = self.peek()
        if not ("0" <= char <= "9"):
            raise PatternError(f"{char!r} at {self.at} in {self.text!r}")
        self.at += 1
        return int(char)

    def members(self) -> int:
        found = 0
        while not self.take("]"):
            if self.take("\\d"):
                found |= ANY_DIGIT
                continue
            low = self.digit()
            high = self.digit() if self.take("-") else low
            for member in range(low, high + 1):
                found |= 1 << member
        return found

    def number(self) -> int:
        start = self.at
        while self.peek().isdigit():
            self.at += 1
        return int(self.text[start : self.at])

    # A lazy, doubled or unbounded repeat is refused as the next atom: it is not a digit.
    def repeated(self, node: _Node) -> _Node:
        if self.take("?"):
            node = _Repeat(node, 0, 1)
        elif self.take("{"):
            least = self.number()
            most = self.number() if self.take(",") else least
            self.expect("}")
            node = _Repeat(node, least, most)
        return node


class Program:
    """A pattern as instructions; ``start`` is the first of them."""

    def __init__(self, pattern: str) -> None:
        parser = _Parser(pattern)
        tree = parser.alternatives()
        if parser.at != len(pattern):
            raise PatternError(f"unbalanced {pattern!r}")
        self.groups = parser.groups
        self.code: list[Instruction] = []
        self.start = self._compile(tree, self._add(Match()))

    def _add(self, instruction: Instruction) -> int:
        self.code.append(instruction)
        return len(self.code) - 1

    def _compile(self, node: _Node, then: int) -> int:
        """Writes the instructions of a node from its last to its first."""
        match node:
            case _Class(digits):
                return self._add(Digit(digits, then))
            case _Sequence(parts):
                for part in reversed(parts):
                    then = self._compile(part, then)
                return then
            case _Alternatives(choices):
                starts = [self._compile(choice, then) for choice in choices]
                way = starts.pop()
                while starts:
                    way = self._add(Either(starts.pop(), way))
                return way
            case _Repeat(inner, least, most):
                way = then
                for _ in range(most - least):
                    way = self._add(Either(self._compile(inner, way), then))
                for _ in range(least):
                    way = self._compile(inner, way)
                return way
            case _Group(number, inner):
                end = self._add(Save(number, True, then))
                return self._add(Save(number, False, self._compile(inner, end)))
            case _End():
                return self._add(AtEnd(then))
