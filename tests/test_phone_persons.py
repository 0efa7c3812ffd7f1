"""The person that a text would ring: national numbers of 39 regions, written well and badly.

A number is written in phonenumbers' national format, in plain digits, without its trunk prefix, or
with one digit doubled, dropped or changed. It is read with its own region and without. Nobody
abroad may be rung without a warning.

PREDIAL_ORACLE_MILLIONS draws this many million texts more.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata

import plan_oracle
import predial

REGIONS = [
    "AE",
    "AR",
    "AT",
    "AU",
    "BE",
    "BR",
    "BY",
    "CA",
    "CH",
    "CL",
    "CN",
    "CO",
    "CZ",
    "DE",
    "DK",
    "EG",
    "ES",
    "FI",
    "FR",
    "GB",
    "GR",
    "HU",
    "ID",
    "IL",
    "IN",
    "IT",
    "JP",
    "KR",
    "KZ",
    "MX",
    "NG",
    "NL",
    "PL",
    "RU",
    "SE",
    "TR",
    "UA",
    "US",
    "ZA",
]
MORE = int(1e6 * float(os.environ.get("PREDIAL_ORACLE_MILLIONS", "0"))) // (39 * 12)
NUMBERS = 60 + MORE
PREFERS = (None, "national", "international")
RIGHT, AMBIGUOUS, REFUSED, ABROAD, OTHER = "right", "ambiguous", "refused", "abroad", "other"


@dataclass(frozen=True)
class Drawn:
    region: str
    e164: str
    national: str
    "The number in phonenumbers' national format."


def draw_numbers(region: str, count: int) -> list[Drawn]:
    """Valid mobile and fixed numbers, from all of the region's prefixes: digits at random are kept
    where they are valid."""
    draw = random.Random(f"persons {region}")
    code = phonenumbers.country_code_for_region(region)
    metadata = PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    assert metadata.general_desc is not None
    lengths = [length for length in metadata.general_desc.possible_length if length >= 7]
    kinds = (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    found: list[Drawn] = []
    while len(found) < count:
        length = draw.choice(lengths)
        national = "".join(draw.choices("0123456789", k=length))
        digits = f"{code}{national}"
        phone = predial._core.phone_of_digits(digits) if len(digits) <= 15 else None
        if phone is None or not phone.is_valid or phone.region != region:
            continue
        number = phonenumbers.parse(phone.e164)
        if phonenumbers.number_type(number) in kinds and phone.e164 == phonenumbers.format_number(
            number, PhoneNumberFormat.E164
        ):
            form = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
            found.append(Drawn(region, phone.e164, form))
    return found


@cache
def numbers() -> tuple[Drawn, ...]:
    return tuple(number for region in REGIONS for number in draw_numbers(region, NUMBERS))


def without_trunk(number: Drawn) -> str:
    return phonenumbers.national_significant_number(phonenumbers.parse(number.e164))


def mistyped(text: str, draw: random.Random) -> Iterator[str]:
    """The text with a digit doubled, dropped and changed."""
    place = draw.choice([place for place, char in enumerate(text) if char.isdigit()])
    before, digit, after = text[:place], text[place], text[place + 1 :]
    yield f"{before}{digit}{digit}{after}"
    yield f"{before}{after}"
    yield f"{before}{draw.choice([other for other in '0123456789' if other != digit])}{after}"


def outcomes(texts: list[tuple[str, Drawn]], with_region: bool, prefer: str | None) -> list[str]:
    """The verdict on each text, and whether there is a warning: `right`, `abroad!` …"""
    found: dict[int, str] = {}
    for region in REGIONS:
        places = [place for place, (_, number) in enumerate(texts) if number.region == region]
        answers = outcomes_in(region, [texts[place] for place in places], with_region, prefer)
        found |= zip(places, answers, strict=True)
    return [found[place] for place in range(len(texts))]


def outcomes_in(
    region: str, texts: list[tuple[str, Drawn]], with_region: bool, prefer: str | None
) -> Iterator[str]:
    home = region if with_region else None
    options = {"region": home, "prefer": prefer, "duplicates": "allow"}
    jobs = [{"phone": text} for text, _ in texts]
    report = predial.check(jobs, max_diagnostics=10 * len(jobs), **options)  # type: ignore[arg-type]
    warned = {found.row for found in report.diagnostics if found.severity == "warning"}
    column = predial.check_phones([text for text, _ in texts], region=home, prefer=prefer)  # type: ignore[arg-type]
    code = phonenumbers.country_code_for_region(region)
    answers = zip(texts, column.normalized, column.rules, strict=True)
    for row, ((_, number), digits, rule) in enumerate(answers):
        if digits is None:
            yield AMBIGUOUS if rule == "phone-ambiguous" else REFUSED
        elif f"+{digits}" == number.e164:
            yield RIGHT
        else:
            is_home = predial.parse_phone(digits).country_code == code
            yield (OTHER if is_home else ABROAD) + ("!" if row in warned else "")


def national_texts() -> list[tuple[str, Drawn]]:
    return [(number.national, number) for number in numbers()]


def bare_texts() -> list[tuple[str, Drawn]]:
    return [
        (text, number)
        for number in numbers()
        for text in ("".join(filter(str.isdigit, number.national)), without_trunk(number))
    ]


def mistyped_texts(texts: list[tuple[str, Drawn]]) -> list[tuple[str, Drawn]]:
    draw = random.Random(13)
    return [(wrong, number) for text, number in texts for wrong in mistyped(text, draw)]


def test_national_writing_is_read_right_with_its_region() -> None:
    found = Counter(outcomes(national_texts(), with_region=True, prefer=None))
    assert found[RIGHT] >= 0.985 * found.total(), found
    assert found[ABROAD] == 0


def test_bare_numbers_are_read_right_where_national_is_preferred() -> None:
    found = Counter(outcomes(bare_texts(), with_region=True, prefer="national"))
    assert found[RIGHT] >= 0.97 * found.total(), found
    assert found[ABROAD] == 0
    found = Counter(outcomes(bare_texts(), with_region=True, prefer=None))
    assert found[RIGHT] + found[AMBIGUOUS] == found.total(), found


@pytest.mark.slow
def test_nobody_abroad_is_rung_in_silence_with_a_region() -> None:
    right = national_texts() + bare_texts()
    texts = right + mistyped_texts(right)
    punctuated = Counter[str]()
    for prefer in PREFERS:
        found = list(zip(texts, outcomes(texts, with_region=True, prefer=prefer), strict=True))
        assert [written for written, outcome in found if outcome == ABROAD][:10] == []
        punctuated.update(outcome for (text, _), outcome in found if not text.isdigit())
    # With the warning, if the first group is exactly another country's code.
    assert punctuated[f"{ABROAD}!"] * 500 <= punctuated.total(), punctuated


def test_hardly_anybody_abroad_is_rung_in_silence_without_a_region() -> None:
    right = [(text, number) for text, number in national_texts() if not text.isdigit()]
    texts = right + mistyped_texts(right)
    found = outcomes(texts, with_region=False, prefer=None)
    counted = Counter(found)
    assert counted[ABROAD] * 1000 <= counted.total(), counted


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("(352) 369-3320", "US", "+13523693320"),
        ("(53) 241 0347", "CL", "+56532410347"),
        ("(0911) 123456", "DE", "+49911123456"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("06 1 234 5678", "HU", "+3612345678"),
    ],
)
def test_areas_that_look_like_calling_codes(text: str, region: str, e164: str) -> None:
    for prefer in PREFERS:
        assert predial.normalize_phone(text, region, prefer=prefer, format="e164") == e164  # type: ignore[arg-type]


# All but numbers that are only for local calls.
EXAMPLES = [
    f"+{digits}" for digits in plan_oracle.e164_examples() if predial.is_phone(f"+{digits}")
]


@pytest.mark.slow
def test_what_was_answered_is_read_back() -> None:
    assert len(EXAMPLES) > 1000
    bare = [e164[1:] for e164 in EXAMPLES]
    for region in REGIONS:
        for prefer in PREFERS:
            column = predial.check_phones(EXAMPLES, region, prefer=prefer)  # type: ignore[arg-type]
            assert column.normalized == bare
            jobs = [{"phone": digits} for digits in bare]
            report = predial.check(jobs, region=region, prefer=prefer, duplicates="allow")  # type: ignore[arg-type]
            warned = {found.row for found in report.diagnostics if found.severity == "warning"}
            again = predial.check_phones(bare, region, prefer=prefer).normalized  # type: ignore[arg-type]
            for row, (digits, answer) in enumerate(zip(bare, again, strict=True)):
                assert answer in (None, digits) or row in warned, (digits, region, answer)
