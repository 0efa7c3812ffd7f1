"""The verdict of the ``phonenumbers`` package on a number, in the plain values of plan_door."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from multiprocessing import get_context
from typing import TypeVar

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)
from phonenumbers.re_util import enable_pattern_cache
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

import plan_door

enable_pattern_cache()

Case = TypeVar("Case")
Answer = TypeVar("Answer")

Verdict = tuple[int, str | None, str | None, str, bool]
Parsed = tuple[int, str] | str
Dialled = tuple[str, bool, str | None]

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
ENTITIES = sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
TYPES = [kind for kind in PhoneNumberType.values() if kind != PhoneNumberType.UNKNOWN]

REFUSALS = {
    NumberParseException.INVALID_COUNTRY_CODE: "invalid_country_code",
    NumberParseException.NOT_A_NUMBER: "not_a_number",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too_short_after_idd",
    NumberParseException.TOO_SHORT_NSN: "too_short_nsn",
    NumberParseException.TOO_LONG: "too_long",
}


def parsed(dialled: Dialled) -> Parsed:
    """The result of ``phonenumbers.parse`` for digits."""
    digits, international, region = dialled
    try:
        number = phonenumbers.parse("+" + digits if international else digits, region)
    except NumberParseException as refusal:
        return REFUSALS[refusal.error_type]
    return (number.country_code or 0, phonenumbers.national_significant_number(number))


def number_object(country_code: int, national: str) -> PhoneNumber:
    """The number with exactly this national significant number."""
    zeros = len(national) - len(national.lstrip("0") or "0")
    return PhoneNumber(
        country_code=country_code,
        national_number=int(national),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


def verdict(digits: str) -> Verdict:
    """The verdict of ``phonenumbers`` on an E.164 number."""
    number = number_of(digits)
    if number is None:
        return (0, None, None, "invalid_country_code", False)
    kind = phonenumbers.number_type(number)
    valid = phonenumbers.is_valid_number(number)
    return (
        number.country_code or 0,
        phonenumbers.region_code_for_number(number) if valid else None,
        PhoneNumberType.to_string(kind).lower() if kind != PhoneNumberType.UNKNOWN else None,
        ValidationResult.to_string(phonenumbers.is_possible_number_with_reason(number)).lower(),
        valid,
    )


def country_code_of(digits: str) -> str:
    """The country calling code that digits begin with, or nothing."""
    for length in range(1, 4):
        code = digits[:length]
        if code[:1] != "0" and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return code
    return ""


def number_of(digits: str) -> PhoneNumber | None:
    """The number of an E.164 form, nothing stripped; ``None`` without a country calling code or
    with nothing after it."""
    code = country_code_of(digits)
    national = digits[len(code) :]
    return number_object(int(code), national) if code and national else None


def time_zones(digits: str) -> list[str]:
    """The zones of ``phonenumbers.timezone`` for an E.164 number."""
    number = number_of(digits)
    zones = time_zones_for_number(number) if number is not None else (UNKNOWN_TIMEZONE,)
    return [] if zones == (UNKNOWN_TIMEZONE,) else list(zones)


def verdict_faults(numbers: list[str]) -> list[str]:
    """Where the plan and ``phonenumbers`` differ: on these digits taken as E.164 numbers, on
    these digits parsed after a plus, or on the numbers that come out of that. A country calling
    code alone is left out: ``PhoneNumber`` cannot hold it."""
    numbers = [number for number in numbers if number != country_code_of(number)]
    faults = differences(numbers, verdict, plan_door.verdicts)
    dialled: list[Dialled] = [(number, True, None) for number in numbers]
    faults += differences(dialled, parsed, plan_door.parse)
    known = set(numbers)
    rewritten = [
        f"{found[0]}{found[1]}"
        for found in plan_door.parse(dialled)
        if not isinstance(found, str) and f"{found[0]}{found[1]}" not in known
    ]
    return faults + differences(rewritten, verdict, plan_door.verdicts)


def parse_faults(dialled: list[Dialled]) -> list[str]:
    """Where the plan and ``phonenumbers.parse`` differ on digits dialled in regions."""
    return differences(dialled, parsed, plan_door.parse)


def zone_faults(numbers: list[str]) -> list[str]:
    """Where the plan and ``phonenumbers.timezone`` differ."""
    return differences(numbers, time_zones, plan_door.time_zones)


def differences(
    cases: list[Case],
    oracle: Callable[[Case], Answer],
    plan: Callable[[list[Case]], list[Answer]],
) -> list[str]:
    """The cases that the oracle and the plan answer differently."""
    return [
        f"{case}: {expected} by phonenumbers, {answer} by the plan"
        for case, answer in zip(cases, plan(cases), strict=True)
        if answer != (expected := oracle(case))
    ]


def faults_of(
    check: Callable[[list[Case]], list[str]], cases: Iterable[Case], size: int = 5000
) -> tuple[int, list[str]]:
    """How many cases were checked, and the faults found, on as many cores as there are."""
    everything = list(cases)
    chunks = [everything[start : start + size] for start in range(0, len(everything), size)]
    with get_context("fork").Pool(os.cpu_count()) as pool:
        faults = [fault for found in pool.map(check, chunks, chunksize=1) for fault in found]
    return len(everything), faults


def examples() -> list[tuple[str, PhoneNumber]]:
    """Every example number there is, by region and type, and with its region."""
    found = [
        (region, phonenumbers.example_number_for_type(region, kind))
        for region in REGIONS
        for kind in TYPES
    ]
    found += [("001", phonenumbers.example_number_for_non_geo_entity(code)) for code in ENTITIES]
    return [(region, number) for region, number in found if number is not None]


def e164(number: PhoneNumber) -> str:
    """The digits of the E.164 form."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]


def e164_examples() -> list[str]:
    """The E.164 digits of every example."""
    return [e164(number) for _, number in examples()]


def seen(text: str, region: str | None) -> Dialled:
    """A formatted number as digits, and whether it has a plus."""
    return (phonenumbers.normalize_digits_only(text), "+" in text, region)
