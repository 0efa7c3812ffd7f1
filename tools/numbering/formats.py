"""How numbers are grouped and punctuated: libphonenumber's ``format_number``, and short numbers.

libphonenumber tries the formats of a country in their order: the first whose leading digits begin
the national number, and whose pattern matches the whole of it, is used. The patterns are finite
languages, so one automaton over the national number answers with the format. A format's groups
have fixed lengths for a given length of the number, so the answer of the automaton is
a *template*: a number of digits, some characters, a number of digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from phonenumbers.phonemetadata import NumberFormat, PhoneMetadata

from . import source
from .automaton import DIGITS, Acceptors, Automaton

LONGEST = 17
"""The most digits of a national number."""
SKIP = 0x80
"""Added to a number of digits that are left out."""
GROUP = re.compile(r"\((\\d(?:\{\d+(?:,\d+)?\})?|(?:\\d|\d)+)\)")
FIRST_GROUP = re.compile(r"(\\\d)")
FIRST_GROUP_ONLY = re.compile(r"\(?\\1\)?")


@dataclass(frozen=True)
class Writing:
    """The two ways to write a number, as templates."""

    national: bytes
    """The part before the first group: the trunk prefix and its marks."""
    prefix: bytes
    international: bytes
    needs_prefix: bool
    """Whether people always write the national form with its trunk prefix."""


PLAIN = Writing(b"", b"", b"", False)
"""No format: the digits alone."""


def group_starts(template: bytes) -> int:
    """The positions in a template's digits where a group begins, as bits, without the first."""
    found, place, in_group = 0, 0, False
    for byte in template:
        if byte >= SKIP:
            continue
        digits = byte if byte <= LONGEST else int(chr(byte).isdigit())
        if digits and not in_group and place:
            found |= 1 << place
        place += digits
        in_group = digits > 0
    return found


class Formats:
    """The automata of all countries, in one pool; outcomes are places in ``writings``, from 1."""

    def __init__(self, acceptors: Acceptors) -> None:
        self.pool: Automaton[int] = Automaton()
        self.none = self.pool.loop(0)
        self.writings: list[Writing] = []
        self._places: dict[Writing, int] = {PLAIN: 0}
        self.roots = [
            _Build(self, acceptors, source.plans()[source.main_plan(code)]).root()
            for code in source.COUNTRY_CODES
        ]

    def place(self, writing: Writing) -> int:
        """The index of a writing in the list."""
        if writing not in self._places:
            self.writings.append(writing)
            self._places[writing] = len(self.writings)
        return self._places[writing]


_State = tuple[tuple[int, int], ...]
"""For each format the state of its leading digits and that of its pattern."""


class _Build:
    def __init__(self, formats: Formats, acceptors: Acceptors, plan: PhoneMetadata) -> None:
        self.formats = formats
        self.acceptors = acceptors
        self.national: list[NumberFormat] = list(plan.number_format)
        self.international: list[NumberFormat] = list(plan.intl_number_format) or self.national
        self.all = self.national + list(plan.intl_number_format)
        self._known: dict[tuple[_State, int], int] = {}

    def root(self) -> int:
        return self._state(tuple(self._start(number_format) for number_format in self.all), 0)

    def _start(self, number_format: NumberFormat) -> tuple[int, int]:
        leading = number_format.leading_digits_pattern
        return (
            self.acceptors.prefix(leading[-1]) if leading else self.acceptors.always,
            self.acceptors.whole(number_format.pattern or ""),
        )

    def _state(self, state: _State, length: int) -> int:
        never = self.acceptors.never
        dead = (never, never)
        state = tuple([dead if never in pair else pair for pair in state])
        if length > LONGEST or all(pair == dead for pair in state):
            return self.formats.none
        if (state, length) not in self._known:
            rows = self.acceptors.rows
            ways = [
                tuple([(rows[leading][digit], rows[pattern][digit]) for leading, pattern in state])
                for digit in DIGITS
            ]
            outcome = self.formats.place(self._writing(state, length))
            row = tuple([self._state(way, length + 1) for way in ways])
            self._known[state, length] = self.formats.pool.intern(outcome, row)
        return self._known[state, length]

    def _writing(self, state: _State, length: int) -> Writing:
        always, accepts = self.acceptors.always, self.acceptors.outcomes
        found = [
            number_format
            for number_format, (leading, pattern) in zip(self.all, state, strict=True)
            if leading == always and accepts[pattern]
        ]
        national = next((one for one in self.national if one in found), None)
        international = next((one for one in self.international if one in found), None)
        prefix, body, needs_prefix = b"", b"", False
        if national is not None:
            rule = national.national_prefix_formatting_rule or "\\1"
            text = FIRST_GROUP.sub(rule, national.format or "", count=1)
            widths = _widths(national.pattern or "", length)
            prefix, body = _template(text, widths)
            needs_prefix = not (
                national.national_prefix_optional_when_formatting
                or FIRST_GROUP_ONLY.fullmatch(rule)
            )
        beyond = b""
        if international is not None:
            widths = _widths(international.pattern or "", length)
            beyond = b"".join(_template(international.format or "", widths))
        return Writing(body, prefix, beyond, needs_prefix)


def _widths(pattern: str, length: int) -> list[int]:
    """How many digits each group of a pattern has in a number of this length."""
    groups = GROUP.findall(pattern)
    if "".join(f"({group})" for group in groups) != pattern:
        raise ValueError(f"unknown form of pattern {pattern!r}")
    match = re.fullmatch(_widened(groups), "0" * length)
    if match is None:
        raise ValueError(f"{pattern!r} has no {length} digits")
    return [len(group) for group in match.groups()]


def _widened(groups: Sequence[str]) -> str:
    """The groups with every digit as any digit: their widths are the same."""
    return "".join(
        f"({group})" if "{" in group else f"(\\d{{{len(group.replace(chr(92) + 'd', '0'))}}})"
        for group in groups
    )


def _template(text: str, widths: list[int]) -> tuple[bytes, bytes]:
    """The template of a format in two parts: the part before the first group, if it has a digit,
    and the rest."""
    pieces: list[bytes] = []
    next_group = 1
    head = 0
    for literal, group in re.findall(r"([^\\]*)(?:\\(\d))?", text):
        if not literal.isascii() or "\\" in literal:
            raise ValueError(f"unknown form of format {text!r}")
        pieces.append(literal.encode())
        if group:
            number = int(group)
            if number < next_group:
                raise ValueError(f"{text!r} changes the order of groups")
            skipped = sum(widths[next_group - 1 : number - 1])
            if skipped:
                pieces.insert(-1, bytes([SKIP + skipped]))
            if not head:
                head = len(pieces)
            pieces.append(bytes([widths[number - 1]]))
            next_group = number + 1
    if next_group != len(widths) + 1:
        raise ValueError(f"{text!r} leaves a group out at its end")
    before = b"".join(pieces[:head])
    if not any(chr(byte).isdigit() for byte in before):
        return b"", before + b"".join(pieces[head:])
    return before, b"".join(pieces[head:])


def short_numbers(acceptors: Acceptors) -> tuple[Automaton[bool], list[int]]:
    """The automaton of ``is_valid_short_number_for_region``, and its root for each region."""
    pool: Automaton[bool] = Automaton()
    never = pool.loop(False)

    def build(states: tuple[int, int], length: int, lengths: frozenset[int]) -> int:
        if acceptors.never in states or length > max(lengths):
            return never
        key = (states, length, lengths)
        if key not in known:
            accepts = length in lengths and all(acceptors.outcomes[state] for state in states)
            general, code = (acceptors.rows[state] for state in states)
            ways = [build((general[d], code[d]), length + 1, lengths) for d in DIGITS]
            known[key] = pool.intern(accepts, tuple(ways))
        return known[key]

    known: dict[tuple[tuple[int, int], int, frozenset[int]], int] = {}
    roots = []
    for region in source.REGIONS:
        metadata = PhoneMetadata.short_metadata_for_region(region)
        code = metadata.short_code if metadata is not None else None
        general = metadata.general_desc if metadata is not None else None
        if code is None or general is None or not code.national_number_pattern:
            roots.append(never)
            continue
        lengths = frozenset(general.possible_length)
        if code.possible_length:
            lengths &= frozenset(code.possible_length)
        states = (
            acceptors.whole(general.national_number_pattern or ""),
            acceptors.whole(code.national_number_pattern),
        )
        roots.append(build(states, 0, lengths))
    return pool, roots
