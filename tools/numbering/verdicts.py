"""The automaton of all E.164 numbers, country calling code first.

Its outcome for a digit string is libphonenumber's verdict on the number: the length by
``is_possible_number_with_reason``, the region by ``region_code_for_number`` and the type by
``number_type`` if it is valid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

from . import source
from .automaton import DIGITS, Acceptors, Automaton

# The order of these two lists is the format's: their indexes are in the table.
LENGTHS = ["possible", "local_only", "too_short", "too_long", "invalid_length"]
KINDS = [
    "",
    "fixed_line",
    "mobile",
    "fixed_line_or_mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
]
# The order in which libphonenumber tries the types before fixed line and mobile.
TRIED_FIRST = [
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
]

TOO_SHORT = LENGTHS.index("too_short")
TOO_LONG = LENGTHS.index("too_long")


def pack(region: int, kind: int, length: int) -> int:
    """An outcome in the form of the table."""
    return region << 7 | kind << 3 | length


def length_class(metadata: PhoneMetadata, length: int) -> int:
    """A plan's verdict on national numbers of this length (``_test_number_length``)."""
    general = source.general(metadata)
    possible = general.possible_length
    if length in general.possible_length_local_only:
        return LENGTHS.index("local_only")
    if length < min(possible):
        return TOO_SHORT
    if length > max(possible):
        return TOO_LONG
    return LENGTHS.index("possible" if length in possible else "invalid_length")


@dataclass(frozen=True)
class _Part:
    """One pattern of a country: its automaton, and the lengths that it is for (all, if none)."""

    start: int
    lengths: frozenset[int]


class _Country:
    """All patterns of one country calling code, walked side by side."""

    def __init__(self, code: int, pool: Automaton[int], acceptors: Acceptors) -> None:
        self.pool = pool
        self.acceptors = acceptors
        self.main = source.metadata(code, source.COUNTRY_CODES[code][0])
        self.parts: list[_Part] = []
        regions = source.COUNTRY_CODES[code]
        self.verdicts = [self._verdict(source.metadata(code, region)) for region in regions]
        self.regions = [source.region_index(region) for region in regions]
        if len(regions) > 1:
            self.claims = [self._claim(source.metadata(code, region)) for region in regions]
        else:
            self.claims = [None]
        self.longest = max(source.general(self.main).possible_length)
        self.states: dict[tuple[int, tuple[tuple[int, int], ...]], int] = {}

    def _part(self, start: int, lengths: tuple[int, ...] = ()) -> int:
        self.parts.append(_Part(start, frozenset(lengths)))
        return len(self.parts) - 1

    def _description(self, desc: PhoneNumberDesc | None) -> int | None:
        if desc is None or not desc.national_number_pattern:
            return None
        start = self.acceptors.whole(desc.national_number_pattern)
        return self._part(start, desc.possible_length)

    def _verdict(self, metadata: PhoneMetadata) -> Callable[[set[int]], int]:
        """The type of a number of this region, by the parts that accept it; 0 for none."""
        general = self._description(metadata.general_desc)
        first = [
            (KINDS.index(name), self._description(getattr(metadata, name))) for name in TRIED_FIRST
        ]
        fixed = self._description(metadata.fixed_line)
        mobile = self._description(metadata.mobile)
        same = metadata.same_mobile_and_fixed_line_pattern

        def kind(accepting: set[int]) -> int:
            if general not in accepting:
                return 0
            for name, part in first:
                if part in accepting:
                    return name
            if fixed in accepting:
                either = same or mobile in accepting
                return KINDS.index("fixed_line_or_mobile" if either else "fixed_line")
            return KINDS.index("mobile") if mobile in accepting and not same else 0

        return kind

    def _claim(self, metadata: PhoneMetadata) -> int | None:
        """The part by which a region of a shared code claims a number, if it has one."""
        if metadata.leading_digits is None:
            return None
        return self._part(self.acceptors.prefix(metadata.leading_digits))

    def outcome(self, length: int, accepting: set[int]) -> int:
        region, kind = self._region_and_kind(accepting)
        return pack(region, kind, length_class(self.main, length))

    def _region_and_kind(self, accepting: set[int]) -> tuple[int, int]:
        for region, verdict, claim in zip(self.regions, self.verdicts, self.claims, strict=True):
            if claim is None:
                kind = verdict(accepting)
                if kind:
                    return region, kind
            elif claim in accepting:
                # Its leading digits assign the number to this region, valid or not.
                kind = verdict(accepting)
                return (region, kind) if kind else (0, 0)
        return (0, 0)

    def build(self) -> int:
        live = tuple((index, part.start) for index, part in enumerate(self.parts))
        return self._state(0, live)

    def _state(self, length: int, live: tuple[tuple[int, int], ...]) -> int:
        if length > self.longest and all(at == self.acceptors.always for _, at in live):
            live = ()
            length = self.longest + 1
        key = (length, live)
        state = self.states.get(key)
        if state is not None:
            return state
        accepting = {
            part
            for part, at in live
            if self.acceptors.outcomes[at]
            and (not self.parts[part].lengths or length in self.parts[part].lengths)
        }
        outcome = self.outcome(length, accepting)
        if length > self.longest and not live:
            state = self.pool.loop(outcome)
        else:
            rows = self.acceptors.rows
            never = self.acceptors.never
            row = tuple(
                [
                    self._state(
                        length + 1,
                        tuple(
                            [(part, to) for part, at in live if (to := rows[at][digit]) != never]
                        ),
                    )
                    for digit in DIGITS
                ]
            )
            state = self.pool.intern(outcome, row)
        self.states[key] = state
        return state


def build(pool: Automaton[int], acceptors: Acceptors) -> dict[int, int]:
    """The state after each country calling code, by that code."""
    return {code: _Country(code, pool, acceptors).build() for code in source.COUNTRY_CODES}
