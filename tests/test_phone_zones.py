"""Where phones are, against the reference, and what follows for ringing and for the distance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType
from phonenumbers.tzdata import TIMEZONE_DATA

import predial
from phone_zones_reference import countries, zones_of
from plan_door import phone_zones

#: Daylight saving holds in the north at the first and in the south at the second.
INSTANTS = (datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 12, 15, tzinfo=UTC))


def examples() -> Iterator[str]:
    """A number of each type of each region, and of each area whose zones libphonenumber knows."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in PhoneNumberType.values():
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        number = phonenumbers.example_number_for_non_geo_entity(code)
        if number is not None:
            yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    random = Random(15)
    for prefix in sorted(TIMEZONE_DATA):
        for _ in range(40):
            length = random.randint(max(7, len(prefix) + 1), 13)
            rest = "".join(random.choices("0123456789", k=length - len(prefix)))
            digits = prefix + rest
            try:
                number = phonenumbers.parse(f"+{digits}")
            except phonenumbers.NumberParseException:
                continue
            as_read = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            if as_read == f"+{digits}" and phonenumbers.is_valid_number(number):
                yield digits
                break


@pytest.mark.slow
@pytest.mark.parametrize("now", INSTANTS)
def test_phones_of_all_regions_and_areas(now: datetime) -> None:
    numbers = list(examples())
    found = phone_zones(numbers, int(now.timestamp()))
    wrong = {}
    for digits, zones in zip(numbers, found, strict=True):
        right = zones_of(digits, now)
        # The order of a list says nothing.
        if sorted(zones) != sorted(right):
            wrong[digits] = (zones, right)
    assert not wrong
    regions = {predial.parse_phone(digits).region for digits in numbers}
    assert len(regions - {None}) > 240
    assert len(numbers) > 2000


@pytest.mark.parametrize(
    ("phone", "libphonenumber", "right"),
    [
        ("74012123456", ["Europe/Bucharest"], ["Europe/Kaliningrad"]),
        ("21321234567", ["Europe/Paris"], ["Africa/Algiers"]),
        ("212522123456", ["Atlantic/Canary"], ["Africa/Casablanca"]),
        ("12015550123", ["America/New_York"], ["America/New_York"]),
        ("493023125123", ["Europe/Berlin"], ["Europe/Berlin", "Europe/Busingen"]),
        ("80012345678", [], []),
        # zone.tab lacks Kosovo.
        ("38328012345", ["Europe/Belgrade"], ["Europe/Belgrade"]),
    ],
)
def test_a_phone_is_in_the_zones_of_its_country(
    phone: str, libphonenumber: list[str], right: list[str]
) -> None:
    assert list(predial.parse_phone(phone).time_zones) == libphonenumber
    assert phone_zones([phone], 1_800_000_000) == [right]


def test_a_russian_mobile_is_anywhere_in_russia() -> None:
    [zones] = phone_zones(["79123456789"], 1_800_000_000)
    assert zones == countries()["RU"]


NOW = datetime(2026, 3, 1, tzinfo=UTC)  # a Sunday


def test_a_job_without_a_zone_rings_by_its_country_s_clock() -> None:
    morning = {"default": [{"localTimeFrom": "10:00", "localTimeTo": "11:00"}]}
    window = predial.next_call({"phone": "74012123456", "allowedTime": morning}, now=NOW)
    assert window is not None
    assert (str(window.zone), window.start.hour) == ("Europe/Kaliningrad", 8)
    # Bucharest's clock is an hour ahead of this in summer.
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    window = predial.next_call({"phone": "74012123456", "allowedTime": morning}, now=summer)
    assert window is not None
    assert window.start.hour == 8


def test_the_distance_is_that_to_the_country_s_clock() -> None:
    jobs = [
        {"phone": "74012123456", "gmtZone": "Europe/Kaliningrad"},
        {"phone": "74012123457", "gmtZone": "Europe/Bucharest"},
        {"phone": "21321234567", "gmtZone": "Africa/Algiers"},
        {"phone": "21321234568", "gmtZone": "Europe/Paris"},
    ]
    report = predial.check(jobs, now=datetime(2026, 7, 1, tzinfo=UTC))
    assert [diagnostic.row for diagnostic in report.diagnostics] == [1, 3]
    assert {diagnostic.rule for diagnostic in report.diagnostics} == {"zone-far-from-phone"}
