"""Where a phone is, written from the specification in plain Python: libphonenumber's list together
with the zones that the installed `zone.tab` has for the number's region."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Final

import phonenumbers
from phonenumbers.timezone import (
    _country_level_time_zones_for_number,
    time_zones_for_number,
)

from ringing_reference import tz

UNKNOWN: Final = "Etc/Unknown"


@cache
def countries() -> dict[str, list[str]]:
    """The zones of each country, in the order of the file."""
    found: dict[str, list[str]] = defaultdict(list)
    text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text()
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _coordinates, zone, *_comment = line.split("\t")
            found[country].append(zone)
    return dict(found)


@cache
def standard_offset(zone: str, now: datetime) -> timedelta | None:
    """The offset without daylight saving, now or when it is next over."""
    for day in range(500):
        local = (now + timedelta(days=day)).astimezone(tz(zone))
        if not local.dst():
            return local.utcoffset()
    return now.astimezone(tz(zone)).utcoffset()


def known(zone: str) -> bool:
    """Whether the installed tzdata has the zone."""
    try:
        return tz(zone) is not None
    except FileNotFoundError:
        return False


def zones_of(digits: str, now: datetime) -> list[str]:
    """The zones where the phone with these digits is."""
    number = phonenumbers.parse(f"+{digits}")
    listed = [zone for zone in time_zones_for_number(number) if zone != UNKNOWN and known(zone)]
    region = phonenumbers.region_code_for_number(number)
    own = countries().get(region or "", [])
    if not own:
        return listed
    if time_zones_for_number(number) == _country_level_time_zones_for_number(number):
        return own
    if both := [zone for zone in listed if zone in own]:
        return both
    standards = {standard_offset(zone, now) for zone in listed}
    return [zone for zone in own if standard_offset(zone, now) in standards] or own
