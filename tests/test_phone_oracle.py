"""Phones compared with the phonenumbers package: parse_phone with its parse, everything else
with the slow reference of the readings.

PREDIAL_ORACLE_MILLIONS draws this many million texts more.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

import phone_reference as reference
import plan_oracle
import predial

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent / "data"
TEXTS = 24_000 + int(1e6 * float(os.environ.get("PREDIAL_ORACLE_MILLIONS", "0")))
FORMATS = (
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.RFC3966,
    PhoneNumberFormat.E164,
)

# A text and the region it is read in.
Case = tuple[str, str | None]


def by_predial(case: Case) -> str | None:
    text, region = case
    try:
        return predial.parse_phone(text, region).digits
    except predial.PhoneError:
        return None


def by_phonenumbers(case: Case) -> str | None:
    """Only phonenumbers.parse, with the one refusal that applies to every well-formed text."""
    text, region = case
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    digits = reference.digits_of(number)
    return digits if len(digits) <= 15 else None


def differences(cases: list[Case]) -> list[str]:
    found = []
    for case in cases:
        expected, answer = by_phonenumbers(case), by_predial(case)
        number = reference.parse(*case)
        if expected != (None if number is None else reference.digits_of(number)):
            found.append(f"{case}: {expected} by phonenumbers, {number} by the reference")
        if expected != answer:
            found.append(f"{case}: {expected} by phonenumbers, {answer} by predial")
    return found


def assert_none(result: tuple[int, list[str]], at_least: int) -> None:
    count, faults = result
    assert faults[:20] == []
    assert count >= at_least


def writings() -> Iterator[Case]:
    """Every example in every format, with and without its national prefix, in its region."""
    for region, number in plan_oracle.examples():
        if region == "001":
            continue
        for form in FORMATS:
            yield phonenumbers.format_number(number, form), region
        national = phonenumbers.national_significant_number(number)
        prefix = phonenumbers.ndd_prefix_for_region(region, True) or ""
        for digits in (national, prefix + national):
            yield digits, region
            yield f"({digits[:3]}) {digits[3:]}", region
        yield f"tel:{national};phone-context=+{number.country_code}", region
        yield f"tel:{prefix}{national};phone-context=example.com", region


def test_every_example_in_every_writing() -> None:
    assert_none(plan_oracle.faults_of(differences, writings()), 13_000)


def dialled_from_abroad() -> Iterator[Case]:
    """An example of every region, as dialled from every other one."""
    for region in plan_oracle.REGIONS:
        number = phonenumbers.example_number(region)
        if number is None:
            continue
        for home in plan_oracle.REGIONS:
            yield phonenumbers.format_out_of_country_calling_number(number, home), home


def test_the_international_prefix_of_every_region() -> None:
    assert_none(plan_oracle.faults_of(differences, dialled_from_abroad()), 55_000)


def rows(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("# ")]


@pytest.mark.parametrize("row", rows("phonenumbers-parse.tsv"), ids=lambda row: row[0][:40])
def test_the_texts_of_phonenumbers_own_tests(row: list[str]) -> None:
    text, region = json.loads(row[0]), row[1] if row[1] in plan_oracle.REGIONS else None
    expected = None if row[2] == "-" else row[2].removeprefix("+")
    number = reference.parse(text, region)
    refused = number is None
    if expected is None:
        # Without a region predial reads more: a plus is not needed.
        assert refused or region is None
    else:
        assert refused or reference.digits_of(number or PhoneNumber()) == expected
    assert by_predial((text, region)) == (None if number is None else reference.digits_of(number))
    if refused and expected is not None:
        with pytest.raises(predial.PhoneError) as caught:
            predial.parse_phone(text, region)
        assert caught.value.rule in {
            "phone-letters",
            "phone-extension",
            "phone-multiple",
            "phone-syntax",
            "phone-too-long",
        }


@pytest.mark.parametrize("row", rows("phonenumbers-numbers.tsv"), ids=lambda row: row[0])
def test_the_numbers_of_phonenumbers_own_tests(row: list[str]) -> None:
    text, valid, possible, kind, region = (None if cell == "-" else cell for cell in row)
    assert text is not None
    if len(text) > 16:
        assert not predial.is_phone(text, level="e164")
        return
    phone = predial.parse_phone(text)
    assert (phone.e164, phone.is_valid, phone.is_possible, phone.type) == (
        text,
        valid is not None,
        possible is not None,
        kind,
    )
    if phone.is_valid:
        assert phone.region == region


def flags(number: PhoneNumber) -> tuple[object, ...]:
    valid = phonenumbers.is_valid_number(number)
    kind = phonenumbers.number_type(number)
    zones = time_zones_for_number(number)
    return (
        f"+{reference.digits_of(number)}",
        number.country_code,
        phonenumbers.national_significant_number(number),
        phonenumbers.region_code_for_number(number) if valid else None,
        PhoneNumberType.to_string(kind).lower() if kind != PhoneNumberType.UNKNOWN else None,
        phonenumbers.is_possible_number(number),
        valid,
        () if zones == (UNKNOWN_TIMEZONE,) else zones,
    )


class Texts:
    """Draws texts like those in lists: examples, mutated, punctuated and prefixed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.examples = plan_oracle.examples()

    def draw(self) -> Case:
        choice = self.random.choice
        region, number = choice(self.examples)
        home = choice([None, None, "RU", "RU", region, region, choice(plan_oracle.REGIONS)])
        if home == "001":
            home = None
        text = self.written(region, number)
        for mutate, odds in ((self.digits, 0.4), (self.marks, 0.4), (self.junk, 0.15)):
            if self.random.random() < odds:
                text = mutate(text)
        return text, home

    def written(self, region: str, number: PhoneNumber) -> str:
        choice = self.random.choice
        digits = reference.digits_of(number)
        national = phonenumbers.national_significant_number(number)
        prefix = choice(["", "0", "8", "8 ", "0 ", "(8)", "1", "06"])
        return choice(
            [
                digits,
                digits,
                f"+{digits}",
                f"00{digits}",
                f"8{national}",
                f"8{self.random.randrange(10**10):010}",
                f"8 ({digits[1:4]}) {digits[4:]}",
                prefix + national,
                phonenumbers.format_number(number, choice(FORMATS)),
                f"{digits}.0",
                f"tel:{national};phone-context=+{number.country_code}",
                f"tel:{prefix}{national};isub=1;phone-context=a.example",
                phonenumbers.format_out_of_country_calling_number(
                    number, choice(plan_oracle.REGIONS)
                ),
                str(self.random.randrange(10 ** self.random.randrange(1, 17))),
            ]
        )

    def digits(self, text: str) -> str:
        """Some digits changed, added, dropped or written in another script."""
        chars = list(text)
        for _ in range(self.random.randrange(1, 4)):
            places = [place for place, char in enumerate(chars) if char.isdecimal()]
            if not places:
                break
            place = self.random.choice(places)
            digit = str(self.random.randrange(10))
            zero = self.random.choice("٠۰０०𝟎")
            chars[place] = self.random.choice(
                ["", digit, digit, digit + chars[place], chr(ord(zero) + int(chars[place]))]
            )
        return "".join(chars)

    def marks(self, text: str) -> str:
        chars = list(text)
        for _ in range(self.random.randrange(1, 5)):
            place = self.random.randrange(len(chars) + 1)
            chars.insert(place, self.random.choice(reference.MARKS + "++＋~～"))
        return "".join(chars)

    def junk(self, text: str) -> str:
        place = self.random.randrange(len(text) + 1)
        junk = ["x", "#", ",", ";", "*", "\0", "\n", "²", "a", "ext. 5", ";ext=5", " x12", "e", "/"]
        return text[:place] + self.random.choice(junk) + text[place:]


class Soup:
    """Draws texts from the characters of phones, in any order."""

    PIECES = (
        *"01234567890123456789008888++＋～~ー-- .()/٣２\u00ad\u00a0．_*#:,;xeE\0\n\té",
        *("tel:", "TEL:", ";isub=", ";ext=", ";phone-context=", ".0", ".00", " x"),
    )
    CONTEXTS = (
        *("+7", "+44-", "+(1)", "+1;x=2", "a.b", "a-b.c.", "1.a"),
        *("a.1", "+", "", "-a", "a-", "é.a", "a..b", "."),
    )

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def draw(self) -> Case:
        choice = self.random.choice
        longest = choice([4, 8, 16, 24])
        pieces = [choice(self.PIECES) for _ in range(self.random.randrange(1, longest))]
        text = choice(["", "", "", "tel:", "8", "00", "+"]) + "".join(pieces)
        if self.random.random() < 0.2:
            text = f"tel:{text};phone-context={choice(self.CONTEXTS)}"
        return text, choice([None, None, "RU", "US", "BR", "AR", "DE", "MX", "IT"])


def reading_faults(cases: list[Case]) -> list[str]:
    found = []
    for number, case in enumerate(cases):
        try:
            found += faults_of_case(number, case)
        except BaseException as panic:  # A pool waits for ever for a worker that raises these.
            if type(panic).__name__ != "PanicException":
                raise
            found.append(f"{case}: {panic!r}")
    return found


def faults_of_case(number: int, case: Case) -> list[str]:
    text, region = case
    found = []
    expected = reference.parse(text, region)
    try:
        phone = predial.parse_phone(text, region)
    except predial.PhoneError:
        answer = None
    else:
        answer = (
            phone.e164,
            phone.country_code,
            phone.national_number,
            phone.region,
            phone.type,
            phone.is_possible,
            phone.is_valid,
            phone.time_zones,
        )
    if answer != (None if expected is None else flags(expected)):
        found.append(f"{text!r} in {region}: {expected} by the reference, {answer} by predial")
    level = ("e164", "possible", "valid")[number % 3]
    prefer = (None, None, "national", "international")[number // 3 % 4]
    found += settled_faults(text, region, level, prefer)
    return found


def settled_faults(text: str, region: str | None, level: str, prefer: str | None) -> list[str]:
    options = {"region": region, "level": level, "prefer": prefer}
    expected = reference.settle(text, region, level, prefer)
    digits, rule = expected.digits, expected.rule
    column = predial.check_phones([text], **options)  # type: ignore[arg-type]
    answers = {
        "is_phone": predial.is_phone(text, **options) == (digits is not None),  # type: ignore[arg-type]
        "check_phones": column.normalized == [digits],
        "rule": rule is None or column.rules == [rule],
        "repaired": column.repaired == [digits is not None and digits != text],
        "warnings": digits is None or warnings_of(text, options) == expected.warnings,
    }
    try:
        answers["normalize_phone"] = predial.normalize_phone(text, **options) == digits  # type: ignore[arg-type]
    except predial.PhoneError as error:
        answers["normalize_phone"] = digits is None and error.rule == column.rules[0]
    return [
        f"{text!r}, {options}: {name}, {expected} by the reference, {column.normalized}"
        for name, holds in answers.items()
        if not holds
    ]


READING_WARNINGS = {"phone-maybe-national", "phone-two-readings", "phone-abroad"}


def warnings_of(text: str, options: dict[str, str | None]) -> set[str]:
    """The warnings about readings that a batch gives."""
    report = predial.check([{"phone": text}], **options)  # type: ignore[arg-type]
    return READING_WARNINGS & set(report.counts)


def test_the_readings_against_their_reference() -> None:
    texts, soup = Texts(seed=3), Soup(seed=3)
    cases = [texts.draw() for _ in range(TEXTS // 2)]
    soups = [soup.draw() for _ in range(TEXTS // 2)]
    assert_none(plan_oracle.faults_of(reading_faults, soups, size=1000), TEXTS // 2)
    assert_none(plan_oracle.faults_of(reading_faults, cases, size=1000), TEXTS // 2)
    # The texts are useful: no outcome is rare.
    outcomes = [reference.settle(text, region, "possible", None) for text, region in cases[:5000]]
    assert sum(outcome.digits is not None for outcome in outcomes) > 1500
    for rule in ("phone-ambiguous", "phone-national"):
        assert sum(outcome.rule == rule for outcome in outcomes) > 50
    for warning in READING_WARNINGS:
        assert sum(warning in outcome.warnings for outcome in outcomes) > 5, warning
