"""Write the numbers that `predial.testing.phones(region=...)` draws from.

python tools/example_numbers.py            write python/predial/_examples.py
python tools/example_numbers.py --check    end with status 1 if it is another one

Each region gets two ranges: libphonenumber's example number with its last digits free, and numbers
of a possible length that no plan assigns. The tool checks every number of a range.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneNumberType

import predial

TARGET = Path(__file__).resolve().parent.parent / "python" / "predial" / "_examples.py"
TYPES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP)
HEAD = '''\
"""Ranges of phone numbers by region, as the first digits and the number of digits after them: valid
numbers next to libphonenumber's example, and numbers of a possible length that are not in use.

tools/example_numbers.py writes this file from the package phonenumbers (see NOTICE).
"""

RANGES = {
'''


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Write the numbers of predial.testing.")
    parser.add_argument("--check", action="store_true", help="only compare")
    arguments = parser.parse_args()
    wanted = text()
    if arguments.check:
        return int(TARGET.read_text(encoding="utf-8") != wanted)
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


def text() -> str:
    """The file."""
    lines = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        valid, unassigned = _valid(region), _unassigned(region)
        ranges = [f'("{begin}", {count})' for begin, count in (valid, unassigned)]
        lines.append(f'    "{region}": ({", ".join(ranges)}),\n')
    return HEAD + "".join(lines) + "}\n"


def _valid(region: str) -> tuple[str, int]:
    for begin, count in _examples(region):
        if all(_is_valid(number, region) for number in _numbers(begin, count)):
            return begin, count
    raise ValueError(f"{region} has no range of valid numbers")


def _examples(region: str) -> Iterator[tuple[str, int]]:
    for count in (2, 1):
        for kind in TYPES:
            example = phonenumbers.example_number_for_type(region, kind)
            if example is not None:
                yield _digits(example)[:-count], count


def _unassigned(region: str) -> tuple[str, int]:
    for count in (2, 1):
        for kind in TYPES:
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            code, national = str(example.country_code), _digits(example)
            national = national[len(code) :]
            for first in map("".join, product("123456789", "0123456789")):
                begin = code + first + national[2:-count]
                if all(_is_unassigned(number) for number in _numbers(begin, count)):
                    return begin, count
    raise ValueError(f"{region} has no range of numbers that are possible and not valid")


def _digits(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]


def _numbers(begin: str, count: int) -> Iterator[str]:
    for rest in range(10**count):
        yield f"{begin}{rest:0{count}}"


def _is_valid(digits: str, region: str) -> bool:
    number = phonenumbers.parse(f"+{digits}")
    # A few regions share all of their numbers with another region, which counts instead.
    return phonenumbers.is_valid_number_for_region(number, region) and _is_clean(digits)


def _is_unassigned(digits: str) -> bool:
    number = phonenumbers.parse(f"+{digits}")
    if phonenumbers.is_valid_number(number) or _digits(number) != digits:
        return False
    return phonenumbers.is_possible_number(number) and _is_clean(digits)


def _is_clean(digits: str) -> bool:
    return predial.is_phone(digits) and predial.normalize_phone(digits) == digits


if __name__ == "__main__":
    sys.exit(main())
