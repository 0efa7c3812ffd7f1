"""The numbering plan against its source: no disagreement, on some 500 000 numbers.

``PREDIAL_ORACLE_MILLIONS=5`` adds five million random ones.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

import plan_oracle as oracle
import plan_table

pytestmark = pytest.mark.slow

SEED = 20_260_101
MILLIONS = float(os.environ.get("PREDIAL_ORACLE_MILLIONS", "0"))
DIGITS = "0123456789"
CODES = [str(code) for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)]
FORMATS = [
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
]


def drawn(rng: random.Random, length: int) -> str:
    return "".join(rng.choices(DIGITS, k=length))


def edited(rng: random.Random, digits: str, edits: int) -> str:
    """Digits with this many changed, added or dropped."""
    found = list(digits)
    for _ in range(edits):
        place = rng.randrange(len(found) + 1)
        match rng.randrange(3):
            case 0:
                found[place : place + 1] = drawn(rng, 1)
            case 1:
                found.insert(place, drawn(rng, 1))
            case _:
                del found[place : place + 1]
    return "".join(found)


def near_examples(rng: random.Random, rounds: int) -> Iterator[str]:
    """Examples of every region and type with 0 to 5 digits edited."""
    for number in oracle.e164_examples():
        for edits in range(6):
            for _ in range(rounds if edits else 1):
                yield edited(rng, number, edits)


def under_every_code(rng: random.Random, rounds: int) -> Iterator[str]:
    """Random digits under every country calling code, in every length of 1 to 20 in all, and
    the same after one to five zeros."""
    for code in CODES:
        for length in range(20 - len(code) + 1):
            for _ in range(rounds):
                yield code + drawn(rng, length)
            yield code + "0" * rng.randrange(1, 6) + drawn(rng, length)
            yield code + "0" * length


def of_every_length(rng: random.Random, rounds: int) -> Iterator[str]:
    """Random digits of every length from 1 to 20, with any beginning."""
    for length in range(1, 21):
        for _ in range(rounds):
            yield drawn(rng, length)


def endless(rng: random.Random) -> Iterator[str]:
    """A mix of all of these, without an end."""
    numbers = oracle.e164_examples()
    while True:
        yield edited(rng, rng.choice(numbers), rng.randrange(6))
        yield rng.choice(CODES) + drawn(rng, rng.randrange(18))
        yield drawn(rng, rng.randrange(1, 21))


def agreed(result: tuple[int, list[str]], at_least: int) -> None:
    checked, faults = result
    assert checked >= at_least
    assert not faults, f"{len(faults)} of {checked} differ, such as {faults[:5]}"


def test_both_sides_of_every_boundary() -> None:
    numbers = set(plan_table.load().boundaries())
    agreed(oracle.faults_of(oracle.verdict_faults, sorted(numbers)), 100_000)


def test_examples_with_digits_changed_added_or_dropped() -> None:
    numbers = near_examples(random.Random(SEED), 24)
    agreed(oracle.faults_of(oracle.verdict_faults, numbers), 160_000)


def test_random_digits_under_every_country_code() -> None:
    numbers = under_every_code(random.Random(SEED), 22)
    agreed(oracle.faults_of(oracle.verdict_faults, numbers), 90_000)


def test_random_digits_of_every_length() -> None:
    numbers = of_every_length(random.Random(SEED), 1500)
    agreed(oracle.faults_of(oracle.verdict_faults, numbers), 30_000)


def test_a_mix_as_long_as_asked_for() -> None:
    numbers = endless(random.Random(SEED + 1))
    for _ in range(1 + round(MILLIONS * 20)):
        batch = [next(numbers) for _ in range(50_000)]
        agreed(oracle.faults_of(oracle.verdict_faults, batch), 50_000)


def as_written() -> Iterator[oracle.Dialled]:
    """Every example in every format in its own region, with and without the trunk prefix."""
    for home, number in oracle.examples():
        for form in FORMATS:
            yield oracle.seen(phonenumbers.format_number(number, form), home)
        national = phonenumbers.national_significant_number(number)
        trunk = phonenumbers.ndd_prefix_for_region(home, True) if home != "001" else None
        yield (national, False, home)
        yield (f"{trunk or ''}{national}", False, home)
        yield (f"{number.country_code}{national}", False, home)
        yield (f"{number.country_code}{trunk or ''}{national}", False, home)
        yield (f"{number.country_code}{trunk or ''}{national}", True, home)


def dialled_abroad() -> Iterator[oracle.Dialled]:
    """Every example, with each international prefix there is, in each region that has it."""
    table = plan_table.load()
    reached = {
        root: sorted(set(table.prefixes(root)))
        for root in {plan.international for plan in table.plans}
    }
    rng = random.Random(SEED)
    numbers = oracle.e164_examples()
    for plan in table.plans:
        if plan.id != "001":
            for number in numbers:
                yield (rng.choice(reached[plan.international]) + number, False, plan.id)
            for prefix in reached[plan.international]:
                yield (prefix + rng.choice(numbers), False, plan.id)
                yield (prefix, False, plan.id)
    for number in numbers:
        for region in oracle.REGIONS[:: len(oracle.REGIONS) // 40]:
            for prefix in ("00", "011", "810", "0011"):
                yield (prefix + number, False, region)


def with_national_prefixes() -> Iterator[oracle.Dialled]:
    """For every region, digits that lead to and past each state of its national prefixes, before
    examples of its own and before random digits, with its country calling code and without."""
    rng = random.Random(SEED)
    table = plan_table.load()
    examples: dict[str, list[str]] = {}
    for home, number in oracle.examples():
        examples.setdefault(home, []).append(phonenumbers.national_significant_number(number))
    for plan in table.plans:
        if plan.id == "001":
            continue
        for prefix in sorted(set(table.prefixes(plan.national))):
            for _ in range(4):
                example = rng.choice(examples[plan.id])
                for rest in (example, example[len(prefix) :], drawn(rng, rng.randrange(13))):
                    yield (prefix + rest, False, plan.id)
                    yield (f"{plan.country_code}{prefix}{rest}", False, plan.id)
                    yield (f"{plan.country_code}{prefix}{rest}", True, None)


def anything_anywhere() -> Iterator[oracle.Dialled]:
    """Edited and random digits, dialled in every region, as they are and after a plus."""
    rng = random.Random(SEED)
    numbers = [
        oracle.seen(phonenumbers.format_number(number, form), None)[0]
        for _, number in oracle.examples()
        for form in FORMATS[1:3]
    ]
    for region in [*oracle.REGIONS, None, "001", "ZZ"]:
        for _ in range(250):
            international = rng.random() < 0.3
            yield (edited(rng, rng.choice(numbers), rng.randrange(6)), international, region)
            yield (drawn(rng, rng.randrange(1, 25)), international, region)
            yield ("0" * rng.randrange(6) + drawn(rng, rng.randrange(1, 40)), False, region)


def test_numbers_as_they_are_written_at_home() -> None:
    agreed(oracle.faults_of(oracle.parse_faults, as_written()), 12_000)


def test_numbers_as_they_are_dialled_abroad() -> None:
    agreed(oracle.faults_of(oracle.parse_faults, dialled_abroad()), 500_000)


def test_every_boundary_of_the_national_prefixes() -> None:
    agreed(oracle.faults_of(oracle.parse_faults, with_national_prefixes()), 100_000)


def test_anything_dialled_anywhere() -> None:
    agreed(oracle.faults_of(oracle.parse_faults, anything_anywhere()), 180_000)


def test_time_zones() -> None:
    rng = random.Random(SEED)
    numbers = [*near_examples(rng, 5), *set(plan_table.load().boundaries())]
    agreed(oracle.faults_of(oracle.zone_faults, sorted(numbers)), 140_000)
