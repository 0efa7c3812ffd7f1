"""Prefixes of E.164 numbers and their time zones."""

from __future__ import annotations

from phonenumbers.phonenumberutil import _GEO_MOBILE_COUNTRIES
from phonenumbers.tzdata import TIMEZONE_DATA

from .automaton import DIGITS, Automaton

UNKNOWN = 0
"""The list of no zones."""


class Zones:
    """The automaton from a number to its list of zones, and the lists."""

    def __init__(self) -> None:
        lists = sorted({tuple(zones) for zones in TIMEZONE_DATA.values()})
        self.lists: list[tuple[str, ...]] = [(), *lists]
        self.names = sorted({name for zones in lists for name in zones})
        self.pool: Automaton[int] = Automaton()
        self.leaves = [self.pool.loop(index) for index in range(len(self.lists))]
        self._numbers = {
            prefix: self.lists.index(tuple(zones)) for prefix, zones in TIMEZONE_DATA.items()
        }
        self._inner = {prefix[:end] for prefix in TIMEZONE_DATA for end in range(len(prefix))}
        self.root = self._state("", UNKNOWN)

    def _state(self, prefix: str, above: int) -> int:
        """The state after a prefix; its outcome is the list of the longest prefix so far."""
        value = self._numbers.get(prefix, above)
        if prefix not in self._inner:
            return self.leaves[value]
        return self.pool.intern(
            value, tuple([self._state(f"{prefix}{digit}", value) for digit in DIGITS])
        )

    def of_country(self, code: int) -> int:
        """The list for numbers of a country that do not show the place.

        ``_country_level_time_zones_for_number`` looks up the calling code, and if that
        fails its first two digits, but never only its first.
        """
        digits = str(code)
        for length in range(len(digits), 0, -1):
            if length >= min(2, len(digits)) and digits[:length] in self._numbers:
                return self._numbers[digits[:length]]
        return UNKNOWN

    @staticmethod
    def places_mobiles(code: int) -> bool:
        """Whether a country's mobile numbers show the place as its fixed lines do."""
        return code in _GEO_MOBILE_COUNTRIES
