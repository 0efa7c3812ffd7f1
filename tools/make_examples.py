"""Make `examples/jobs.ndjson`: a list of 1 000 call jobs as they arrive from real systems.

    python tools/make_examples.py

Nobody in it exists. Phones are libphonenumber's example numbers and, if there are too few, numbers
that regulators have reserved for fiction (NANPA's 555-01xx, Ofcom's drama numbers). The expected
verdict on every row is known here, so that a test can compare it with predial's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar

import phonenumbers
from phonenumbers import PhoneNumberType, timezone

FILE: Final = Path(__file__).resolve().parent.parent / "examples" / "jobs.ndjson"
SEED: Final = 20_260
SIZE: Final = 1_000

T = TypeVar("T")
Standing: TypeAlias = Literal["clean", "repaired", "rejected"]


class Row(NamedTuple):
    """One line of the list, and its expected verdict."""

    text: str
    standing: Standing = "clean"
    #: The rule of its error, repair or warning.
    rule: str | None = None


class Number(NamedTuple):
    """A phone number in its parts."""

    country_code: str
    national: str
    #: The zones where it may be, by libphonenumber.
    zones: tuple[str, ...]

    @property
    def digits(self) -> str:
        """The form that addPhones accepts."""
        return self.country_code + self.national


# --- numbers -----------------------------------------------------------------------------------

#: Premium-rate, shared-cost, pager and voicemail numbers are in no calling list.
TYPES: Final = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.VOIP,
    PhoneNumberType.UAN,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PERSONAL_NUMBER,
)
CITIES_OF_555: Final = ("1212", "1312", "1415", "1617")


def numbers() -> Iterator[Number]:
    """Distinct valid numbers: all examples, then numbers of fiction."""
    seen: set[str] = set()
    for number in map(_in_parts, _examples()):
        # 84 912 345 678 is Vietnamese and, without its 8, Russian: the list has its own example.
        could_be_national = len(number.digits) == 11 and number.digits.startswith("8")
        if number.digits not in seen and not could_be_national:
            seen.add(number.digits)
            yield number


def _examples() -> Iterator[phonenumbers.PhoneNumber]:
    for kind in TYPES:
        for region in sorted(phonenumbers.SUPPORTED_REGIONS):
            example = phonenumbers.example_number_for_type(region, kind)
            # 1 310 1234 is valid, but has no area code: it can only be dialled locally.
            if (
                example is not None
                and _reason(example) == phonenumbers.ValidationResult.IS_POSSIBLE
            ):
                yield example
    for i in range(100):
        for city in CITIES_OF_555:
            yield phonenumbers.parse(f"+{city}55501{i:02}")
        yield phonenumbers.parse(f"+442079460{i:03}")


def _reason(number: phonenumbers.PhoneNumber) -> int:
    return phonenumbers.is_possible_number_with_reason(number)


def _in_parts(number: phonenumbers.PhoneNumber) -> Number:
    code = str(number.country_code)
    digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    return Number(code, digits[len(code) :], _zones(number))


def _zones(number: phonenumbers.PhoneNumber) -> tuple[str, ...]:
    """Where the number may be. libphonenumber names some countries' zones by a neighbour's, or by
    an older name: then it may be anywhere in its country."""
    zones = tuple(timezone.time_zones_for_number(number))
    own = _countries().get(phonenumbers.region_code_for_number(number) or "", ())
    return own if own and not set(zones) <= set(own) else zones


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    """The zones of each country by the installed `zone.tab`."""
    text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            country, _coordinates, zone, *_comment = line.split("\t")
            found[country] = (*found.get(country, ()), zone)
    return found


def _example(region: str, kind: int) -> Number:
    example = phonenumbers.example_number_for_type(region, kind)
    assert example is not None
    return _in_parts(example)


RUSSIAN: Final = _example("RU", PhoneNumberType.MOBILE)
RUSSIAN_FIXED: Final = _example("RU", PhoneNumberType.FIXED_LINE)
ICELANDIC: Final = _example("IS", PhoneNumberType.MOBILE)


class Pool:
    """The numbers that no row has yet."""

    def __init__(self, numbers: list[Number]) -> None:
        self._left = numbers

    def take(self) -> Number:
        """The next number."""
        return self._left.pop(0)

    def take_in(self, offsets: tuple[str, ...]) -> Number:
        """The next number whose zone is one of these for all the year."""
        at = next(i for i, number in enumerate(self._left) if _offset_of(number) in offsets)
        return self._left.pop(at)


# --- people ------------------------------------------------------------------------------------

NAMES: Final = (
    "Anna Sample", "Boris Muster", "Carla Ejemplo", "Dmitri Primerov", "Élodie Modèle",
    "Fatima Namuna", "Georg Beispiel", "Анна Примерова", "Борис Образцов", "例子太郎",
)  # fmt: skip
CITIES: Final = (
    "Sampleton", "Musterstadt", "Villa Ejemplo", "Nowhere-on-Sea", "Новообразцовск",
    "Верхнее Примерово", "Ville-Modèle", "Port Imaginary",
)  # fmt: skip

#: Zones of one offset all year round, in hours, or in hours and minutes.
FIXED: Final = {
    "Europe/Moscow": "+03:00", "Europe/Istanbul": "+03:00", "Asia/Tokyo": "+09:00",
    "Asia/Seoul": "+09:00", "Asia/Shanghai": "+08:00", "Asia/Singapore": "+08:00",
    "Asia/Hong_Kong": "+08:00", "Asia/Manila": "+08:00", "Asia/Bangkok": "+07:00",
    "Asia/Jakarta": "+07:00", "Asia/Dhaka": "+06:00", "Asia/Karachi": "+05:00",
    "Asia/Tashkent": "+05:00", "Asia/Kolkata": "+05:30", "Asia/Kathmandu": "+05:45",
    "Asia/Dubai": "+04:00", "Asia/Tbilisi": "+04:00", "Asia/Yerevan": "+04:00",
    "Asia/Baku": "+04:00", "Asia/Riyadh": "+03:00", "Asia/Kuwait": "+03:00",
    "Africa/Nairobi": "+03:00", "Africa/Johannesburg": "+02:00", "Africa/Lagos": "+01:00",
    "Africa/Tunis": "+01:00", "Africa/Juba": "+02:00", "Africa/Luanda": "+01:00",
    "America/La_Paz": "-04:00", "America/Caracas": "-04:00", "America/Bogota": "-05:00",
    "America/Lima": "-05:00", "America/Panama": "-05:00", "America/Costa_Rica": "-06:00",
    "America/Guatemala": "-06:00",
}  # fmt: skip


def _offset_of(number: Number) -> str | None:
    """The offset of the number's zone, if it has one zone and that has one offset."""
    return FIXED.get(number.zones[0]) if len(number.zones) == 1 else None


def _zone_forms(offset: str) -> tuple[str, ...]:
    """The offset in the forms that the service takes."""
    hours, minutes = offset[1:].split(":")
    forms = (offset, offset, offset, offset.replace(":", ""), f"UTC{offset}", f"GMT{offset}")
    if minutes == "00":
        short = offset[0] + hours.removeprefix("0")
        return (*forms, f"UTC{short}", short)
    return forms


class Clerk:
    """Fills the list: payloads, zones and choices, all from one seeded source."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._contract = count(100_001)

    def choose(self, options: tuple[T, ...]) -> T:
        """One of these."""
        return options[int(self._random.random() * len(options))]

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self._random.random() < probability

    def payload(self) -> dict[str, Any]:
        """The data of a person for the script."""
        payload: dict[str, Any] = {"name": self.choose(NAMES), "city": self.choose(CITIES)}
        payload["contract"] = f"A-{next(self._contract)}"
        if self.chance(0.2):
            payload["debt"] = {"sum": round(self._random.random() * 1_000, 2), "currency": "XTS"}
        return payload

    def zone(self, number: Number) -> str | None:
        """A gmtZone that is right for the number."""
        offset = _offset_of(number)
        if offset is not None and self.chance(0.7):
            return self.choose(_zone_forms(offset))
        only = len(number.zones) == 1 and number.zones[0] != "Etc/Unknown"
        return number.zones[0] if only else None

    def policy(self) -> dict[str, Any]:
        """Fields of a call policy, in a few jobs."""
        if self.chance(0.98):
            return {}
        day = {"localTimeFrom": "10:00", "localTimeTo": "18:00"}
        weekend = {"localTimeFrom": "12:00", "localTimeTo": "16:00"}
        policies: tuple[dict[str, Any], ...] = (
            {"allowedTime": {"default": [day], "sat": [weekend], "sun": [weekend]}},
            {
                "allowedDays": ["mon", "tue", "wed", "thu", "fri"],
                "allowedTime": {"default": [day]},
                "maxAttempts": 3,
            },
            {"dialerPriority": 2, "retryIntervalInMinutes": 90},
        )
        return self.choose(policies)

    def job(self, number: Number, **fields: Any) -> dict[str, Any]:
        """A job without faults, except in these fields."""
        phone = number.digits if self.chance(0.5) else int(number.digits)
        job: dict[str, Any] = {"phone": phone}
        if self.chance(0.8) and (zone := self.zone(number)):
            job["gmtZone"] = zone
        elif self.chance(0.2):
            job["gmtZone"] = self.choose(("", None))
        return {**job, "payload": self.payload(), **self.policy(), **fields}


def _line(job: object) -> str:
    return json.dumps(job, ensure_ascii=False)


# --- jobs that predial repairs -----------------------------------------------------------------


def _grouped(national: str, separator: str) -> str:
    """A national number in groups of three, three and twos."""
    rest = national[6:]
    twos = [rest[i : i + 2] for i in range(0, len(rest), 2)]
    return separator.join(group for group in (national[:3], national[3:6], *twos) if group)


def _in_script(zero: str) -> Callable[[Number], str]:
    table = {ord("0") + digit: ord(zero) + digit for digit in range(10)}
    return lambda number: number.digits.translate(table)


def _joined(mark: str) -> Callable[[Number], str]:
    return lambda number: f"+{number.country_code}{mark}{_grouped(number.national, mark)}"


def _bracketed(number: Number) -> str:
    area, rest = number.national[:3], _grouped(number.national, "-")[4:]
    return f"+{number.country_code} ({area}) {rest}"


#: Ways to write a phone that can only mean one number.
SPELLINGS: Final[tuple[Callable[[Number], str], ...]] = (
    _bracketed,
    lambda number: f"+{number.digits}",
    lambda number: f"00{number.digits}",
    _joined(" "),
    _joined("\u00a0"),
    _joined("-"),
    _joined("\u2010"),
    _joined("\u2011"),
    _joined("\u2012"),
    _joined("\u2013"),
    _joined("\u2014"),
    _joined("\u2212"),
    _joined("."),
    _in_script("\uff10"),
    _in_script("\u0660"),
    lambda number: f"tel:+{number.digits}",
    lambda number: f"{number.digits}.0",
    lambda number: f" {number.digits} ",
)


#: How many ways `_loose_zones` knows.
WAYS_OF_ZONES: Final = 9


def _loose_zones(zone: str, offset: str) -> tuple[Any, ...]:
    """Ways to write a zone that can only mean one zone."""
    sign, hours = offset[0], offset[1:3].removeprefix("0")
    return (
        f"UTC {sign}{hours}",
        f"utc{sign}{hours}",
        f"{sign}{hours}:00" if len(hours) == 1 else f"{sign} {hours}:00",
        zone.lower(),
        zone.upper(),
        zone.replace("_", " ") + " ",
        int(f"{sign}{hours}"),
        f"{offset} ",
        f"GMT {hours}" if sign == "+" else f"\u2212{offset[1:]}",
    )


def _repaired(clerk: Clerk, pool: Pool) -> Iterator[Row]:
    for spelling in SPELLINGS:
        for _ in range(3):
            number = pool.take()
            job = clerk.job(number, phone=spelling(number))
            yield Row(_line(job), "repaired", "phone-format")
    for _ in range(4):
        # A float column of a data frame: the number itself got a fraction.
        number = pool.take()
        text = _line(clerk.job(number, phone=0))
        yield Row(_phone_as(text, f"{number.digits}.0"), "repaired", "phone-format")
    for way in range(WAYS_OF_ZONES):
        for offsets in (("+03:00",), ("+05:00", "+08:00"), ("-05:00", "-04:00")):
            number = pool.take_in(offsets)
            loose = _loose_zones(number.zones[0], _offset_of(number) or "")[way]
            yield Row(_line(clerk.job(number, gmtZone=loose)), "repaired", "zone-format")


def _phone_as(line: str, json_text: str) -> str:
    """The line of a job whose phone is 0, with this in its place."""
    return line.replace('"phone": 0', f'"phone": {json_text}', 1)


# --- jobs that predial rejects -----------------------------------------------------------------

#: Texts that are not a phone or are several: how often they occur, the text, and the rule.
FAULTY_PHONES: Final = (
    (3, f"8 ({RUSSIAN.national[:3]}) {_grouped(RUSSIAN.national, '-')[4:]}", "phone-national"),
    (2, f"8 ({RUSSIAN_FIXED.national[:3]}) {RUSSIAN_FIXED.national[3:]}", "phone-national"),
    (4, f"8{RUSSIAN.national}", "phone-national"),
    (4, f"{float(RUSSIAN.digits):.3E}", "phone-scientific"),
    (2, f"{float(RUSSIAN.digits):.5E}".replace(".", ","), "phone-scientific"),
    (3, f"+{RUSSIAN.digits} доб. 12", "phone-extension"),
    (1, f"+{RUSSIAN_FIXED.digits} ext. 4", "phone-extension"),
    (4, f"{RUSSIAN.digits}, {RUSSIAN_FIXED.digits}", "phone-multiple"),
    (1, f"{RUSSIAN.digits}; {RUSSIAN_FIXED.digits}", "phone-multiple"),
    (3, f"Anna: +{RUSSIAN.digits}", "phone-letters"),
    (1, "1-800-SAMPLES", "phone-letters"),
    (4, "", "phone-empty"),
    (2, " ", "phone-empty"),
    (3, None, "phone-missing"),
    (2, RUSSIAN.digits[:2], "phone-too-short"),
    (2, RUSSIAN.digits + RUSSIAN_FIXED.digits, "phone-too-long"),
    (2, "2101234567", "phone-country-code"),
    (1, f"{ICELANDIC.digits}5", "phone-length"),
    (1, _example("CA", PhoneNumberType.UAN).digits, "phone-local-only"),
    (1, f"{RUSSIAN.digits}?", "phone-syntax"),
    (1, [RUSSIAN.digits], "phone-type"),
    (1, True, "phone-type"),
)
#: Texts that mean no zone, or two.
FAULTY_ZONES: Final = (
    (3, "MSK", "zone-abbreviation"),
    (1, "CST", "zone-abbreviation"),
    (2, "Europe/Moskow", "zone-region"),
    (1, "UTC3", "zone-unsigned"),
    (1, "+300", "zone-syntax"),
    (1, "+19:00", "zone-range"),
    (1, "Factory", "zone-placeholder"),
    (1, "Moscow", "zone-region"),
)


def _rejected(clerk: Clerk, pool: Pool) -> Iterator[Row]:
    for how_often, phone, rule in FAULTY_PHONES:
        for _ in range(how_often):
            yield Row(_line(clerk.job(RUSSIAN, phone=phone)), "rejected", rule)
    for how_often, zone, rule in FAULTY_ZONES:
        for _ in range(how_often):
            yield Row(_line(clerk.job(pool.take(), gmtZone=zone)), "rejected", rule)
    # A number of a spreadsheet whose export wrote it as one.
    rounded = _phone_as(_line(clerk.job(RUSSIAN, phone=0)), "7.912E+10")
    yield Row(rounded, "rejected", "phone-scientific")
    renamed = clerk.job(pool.take())
    yield Row(_line({"Phone": renamed.pop("phone"), **renamed}), "rejected", "phone-missing")
    yield Row(_line(clerk.job(pool.take(), payload="Anna Sample")), "rejected", "payload-type")
    yield Row(_line(pool.take().digits), "rejected", "job-not-object")
    twice = _line(clerk.job(pool.take()))
    yield Row(twice[:-1] + f', "phone": {pool.take().digits}}}', "rejected", "job-duplicate-key")
    yield Row(_line(clerk.job(pool.take()))[:-1], "rejected", "job-syntax")


# --- call policies -----------------------------------------------------------------------------

# Nothing here may depend on the day on which the list is read: dates in the past are long past,
# and dates in the future are decades away.


def _window(start: str, end: str) -> dict[str, str]:
    return {"localTimeFrom": start, "localTimeTo": end}


OFFICE: Final = _window("10:00", "18:00")

#: Policies that are sent unchanged.
GOOD_POLICIES: Final[tuple[dict[str, Any], ...]] = (
    {
        "startDateTime": "2026-03-02T00:00:00Z",
        "finishDateTime": "2096-03-31T23:59:59+03:00",
        "allowedDays": ["mon", "tue", "wed", "thu", "fri", "sat"],
        "allowedTime": {"default": [_window("10:00", "13:00"), _window("14:00", "20:00")],
                        "sat": [_window("12:00", "16:00")]},
        "retryIntervalInMinutes": 90,
        "maxAttempts": 3,
        "dialerPriority": 2,
        "externalCheck": {"externalCheckUrl": "https://crm.example/may-call",
                          "externalCheckMaxRetries": 2},
    },
    {"finishDateTime": "2096-12-31T23:59:59.999Z", "maxAttempts": 1},
    {"allowedTime": {}, "startDateTime": None, "dialerPriority": 5},
)  # fmt: skip

#: Policies that can only mean one thing, and the rule.
LOOSE_POLICIES: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"maxAttempts": "3", "dialerPriority": 2.0}, "policy-integer"),
    ({"finishDateTime": "2096-03-31 23:59+0300"}, "policy-date-format"),
    (
        {"allowedDays": ["Mon", "tuesday", "Wed."], "allowedTime": {"default": [OFFICE]}},
        "policy-days-format",
    ),
    ({"allowedTime": {"default": [_window("9:00", "18:00:00")]}}, "policy-time-format"),
)

#: Policies that are refused, and the rule.
FAULTY_POLICIES: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"retryIntervalInMinutes": 0}, "policy-retry-interval"),
    ({"maxAttempts": 3.5}, "policy-max-attempts"),
    ({"dialerPriority": 10}, "policy-priority"),
    ({"startDateTime": "31.03.2096"}, "policy-date"),
    ({"startDateTime": "2096-03-31T09:00:00"}, "policy-date-offset"),
    (
        {"startDateTime": "2096-03-31T00:00:00Z", "finishDateTime": "2096-03-01T00:00:00Z"},
        "policy-date-order",
    ),
    ({"allowedDays": ["mon", "holiday"]}, "policy-days"),
    ({"allowedDays": []}, "policy-days-empty"),
    ({"allowedDays": ["mon", "tue", "mon"]}, "policy-days-repeated"),
    ({"allowedTime": {"default": [_window("09:00", "24:00")]}}, "policy-time"),
    ({"allowedTime": {"weekend": [OFFICE]}}, "policy-windows"),
    ({"allowedTime": {"default": [OFFICE], "sun": []}}, "policy-windows-empty"),
    ({"allowedTime": {"default": [{"localTimeFrom": "10:00"}]}}, "policy-window-incomplete"),
    ({"allowedTime": {"default": [_window("10:00", "10:00")]}}, "policy-window-order"),
    ({"allowedTime": {"default": [OFFICE], "fri": [_window("20:00", "02:00")]}},
     "policy-window-midnight"),
    ({"allowedTime": {"default": [OFFICE, _window("17:00", "19:00")]}}, "policy-window-overlap"),
    ({"externalCheck": {"externalCheckMaxRetries": 2}}, "policy-external-check"),
    ({"externalCheck": {"externalCheckUrl": "http://crm.example/may-call"}}, "policy-check-url"),
    ({"finishDateTime": "2020-03-31T23:59:59Z", "maxAttempts": 3}, "policy-expired"),
    ({"allowedDays": ["mon"], "allowedTime": {"tue": [OFFICE]}}, "policy-never-rings"),
    (
        {"startDateTime": "2096-03-31T21:00:00Z", "finishDateTime": "2096-03-31T21:30:00Z",
         "allowedTime": {"default": [OFFICE]}},
        "policy-never-rings",
    ),
)  # fmt: skip

#: Policies with a warning, and the rule.
DOUBTFUL_POLICIES: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"allowedTime": {"mon": [OFFICE]}}, "policy-closed-day"),
    ({"localTimeFrom": "10:00", "localTimeTo": "18:00"}, "policy-deprecated"),
    ({"allowedTime": {"default": [_window("06:00", "18:00")]}}, "policy-night"),
)


def _with_policies(clerk: Clerk, pool: Pool) -> Iterator[Row]:
    """Jobs with policies of every kind, in a zone that is never far from their phones."""

    def job(policy: dict[str, Any], number: Number) -> str:
        zone = _offset_of(number) or "+03:00"
        return _line(
            {"phone": number.digits, "gmtZone": zone, "payload": clerk.payload(), **policy}
        )

    def sent(policy: dict[str, Any]) -> str:
        return job(policy, pool.take_in(tuple(FIXED.values())))

    for policy in GOOD_POLICIES:
        yield Row(sent(policy))
    for policy, rule in LOOSE_POLICIES:
        yield Row(sent(policy), "repaired", rule)
    for policy, rule in FAULTY_POLICIES:
        yield Row(job(policy, RUSSIAN), "rejected", rule)
    for policy, rule in DOUBTFUL_POLICIES:
        yield Row(sent(policy), "clean", rule)


# --- jobs with a warning -----------------------------------------------------------------------


def _warned(clerk: Clerk, pool: Pool) -> Iterator[Row]:
    for name in ("gmtzone", "timezone", "GMTZone", "gmt_zone", "comment", "manager"):
        for _ in range(2):
            job = clerk.job(pool.take())
            value = "call back" if name in ("comment", "manager") else job.pop("gmtZone", "+03:00")
            yield Row(_line({**job, name: value}), "clean", "job-unknown-field")
    for _ in range(2):
        # People often mean the opposite sign; here the sign is right.
        number = pool.take_in(("-04:00", "-05:00"))
        zone = f"Etc/GMT+{(_offset_of(number) or '')[2]}"
        yield Row(_line(clerk.job(number, gmtZone=zone)), "clean", "zone-sign-reversed")
    for _ in range(3):
        # The zone of the office that made the list, and not of the people in it.
        far = clerk.job(pool.take_in(("+08:00", "+09:00", "-05:00")), gmtZone="+03:00")
        yield Row(_line(far), "clean", "zone-far-from-phone")
    for number, rule in (
        (_example("VN", PhoneNumberType.MOBILE), "phone-maybe-national"),
        (_example("RU", PhoneNumberType.PREMIUM_RATE), "phone-costly"),
        (_in_parts(phonenumbers.parse("+447700900123")), "phone-not-in-plan"),
    ):
        yield Row(_line(clerk.job(number)), "clean", rule)


# --- the list ----------------------------------------------------------------------------------

DUPLICATES: Final = 6


def rows() -> list[Row]:
    """The whole list."""
    random = Random(SEED)
    clerk = Clerk(random)
    pool = Pool(_shuffled(random, list(numbers())))
    special = [
        *_warned(clerk, pool),
        *_repaired(clerk, pool),
        *_rejected(clerk, pool),
        *_with_policies(clerk, pool),
    ]
    plain = SIZE - DUPLICATES - len(special)
    clean = [Row(_line(clerk.job(pool.take()))) for _ in range(plain)]
    listed = _shuffled(random, special + clean)
    for again in _duplicates(clerk, clean):
        # Duplicates are in the last part of the list, and the first row of the phone in the first.
        first = next(i for i, row in enumerate(listed) if row.text == again[0])
        place = max(first + 1, len(listed) - int(random.random() * 300))
        listed.insert(place, again[1])
    return listed


def _duplicates(clerk: Clerk, clean: list[Row]) -> Iterator[tuple[str, Row]]:
    """Rows whose phone another row has, with the text of that row."""
    for i, row in enumerate(clean[:DUPLICATES]):
        phone = json.loads(row.text)["phone"]
        phone = (phone, str(phone), f"+{phone}")[i % 3]
        job = {"phone": phone, "payload": clerk.payload()}
        yield row.text, Row(_line(job), "rejected", "phone-duplicate")


def _shuffled(random: Random, items: list[T]) -> list[T]:
    """The items in another order, only by `random()`, which is the same in every Python."""
    keyed = [(random.random(), i) for i in range(len(items))]
    return [items[i] for _, i in sorted(keyed)]


def text() -> str:
    """The content of the file."""
    return "".join(f"{row.text}\n" for row in rows())


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
