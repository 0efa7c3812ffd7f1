"""A simple, slow reference for a batch, written from the contract and without predial's code.

Phones and zones are drawn from lists that have their answers (numbers are
libphonenumber's examples), so the reference only decides about the batch: which rows
are sent unchanged, rewritten or not at all, and with which text.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal, NamedTuple

from phone_zones_reference import zones_of
from ringing_reference import tz

Standing = Literal["clean", "repaired", "rejected"]


class Known(NamedTuple):
    """The verdict on one JSON value of a field."""

    rule: str | None = None
    """The broken rule, also if the value can be repaired."""
    mended: str | None = None
    """The text it becomes by repair; None if it can't be repaired."""
    canonical: str | None = None
    """The text in canonical form; None if it has none."""
    warning: str | None = None


def _clean(digits: str) -> Known:
    return Known(canonical=digits)


def _spelt(digits: str) -> Known:
    return Known("phone-format", digits, digits)


PHONES: dict[str, Known] = {
    '"79123456789"': _clean("79123456789"),
    "79123456789": _clean("79123456789"),
    '"\\u00379123456789"': _clean("79123456789"),
    '"+79123456789"': _spelt("79123456789"),
    '"+7 (912) 345-67-89"': _spelt("79123456789"),
    '" 7 912 345.67.89 "': _spelt("79123456789"),
    '"0079123456789"': _spelt("79123456789"),
    '"tel:+79123456789"': _spelt("79123456789"),
    "79123456789.0": _spelt("79123456789"),
    '"79123456789.0"': _spelt("79123456789"),
    '"７９１２３４５６７８９"': _spelt("79123456789"),
    '"٧٩١٢٣٤٥٦٧٨٩"': _spelt("79123456789"),
    '"+7\u00a0912\u00a0345\u201367\u201389"': _spelt("79123456789"),
    '"12015550123"': _clean("12015550123"),
    '"+1 201-555-0123"': _spelt("12015550123"),
    "447400123456": _clean("447400123456"),
    '"+44 7400 123456"': _spelt("447400123456"),
    '"4915123456789"': _clean("4915123456789"),
    "33612345678": _clean("33612345678"),
    '"+33 6 12 34 56 78"': _spelt("33612345678"),
    '"8613123456789"': _clean("8613123456789"),
    '"380501234567"': _clean("380501234567"),
    "null": Known("phone-missing"),
    '""': Known("phone-empty"),
    '" \\t"': Known("phone-empty"),
    "true": Known("phone-type"),
    "false": Known("phone-type"),
    "[79123456789]": Known("phone-type"),
    '{"number": "79123456789"}': Known("phone-type"),
    '"7.912E+10"': Known("phone-scientific"),
    "7.912e10": Known("phone-scientific"),
    '"1-800-FLOWERS"': Known("phone-letters"),
    '"Anna: +79123456789"': Known("phone-letters"),
    '"+7 912 345-67-89 ext. 12"': Known("phone-extension"),
    '"79123456789, 79123456780"': Known("phone-multiple"),
    '"8 (912) 345-67-89"': Known("phone-national"),
    '"7912345678912345"': Known("phone-too-long"),
    '"+0123456789"': Known("phone-country-code"),
    '"79123456789\\u0000"': Known("phone-syntax"),
    '"7912345\\ud8006789"': Known("phone-syntax"),
}


def _zone(normalized: str, warning: str | None = None) -> Known:
    return Known(canonical=normalized, warning=warning)


def _mended_zone(normalized: str) -> Known:
    return Known("zone-format", normalized, normalized)


ZONES: dict[str, Known] = {
    "null": Known(),
    '""': Known(),
    '"Z"': _zone("Z"),
    '"+3"': _zone("+03:00"),
    '"+03:00"': _zone("+03:00"),
    '"-0330"': _zone("-03:30"),
    '"UTC+3"': _zone("+03:00"),
    '"UTC"': _zone("Z"),
    '"\\u002b03:00"': _zone("+03:00"),
    '"Europe/Moscow"': _zone("Europe/Moscow"),
    '"America/New_York"': _zone("America/New_York"),
    '"Etc/GMT+3"': _zone("-03:00", "zone-sign-reversed"),
    '"utc+3"': _mended_zone("+03:00"),
    '"UTC +3"': _mended_zone("+03:00"),
    '"GMT 3"': _mended_zone("+03:00"),
    '"+3:00"': _mended_zone("+03:00"),
    '"+3.5"': _mended_zone("+03:30"),
    '"\u221203:00"': _mended_zone("-03:00"),
    '" +03:00"': _mended_zone("+03:00"),
    '"europe/moscow"': _mended_zone("Europe/Moscow"),
    '"america/new york"': _mended_zone("America/New_York"),
    "3": _mended_zone("+03:00"),
    "-12": _mended_zone("-12:00"),
    "14": _mended_zone("+14:00"),
    '"MSK"': Known("zone-abbreviation"),
    '"UTC3"': Known("zone-unsigned"),
    '"+19:00"': Known("zone-range"),
    '"Europe/Moskow"': Known("zone-region"),
    '"Factory"': Known("zone-placeholder"),
    "true": Known("zone-type"),
    "[]": Known("zone-type"),
    "15": Known("zone-type"),
    "-13": Known("zone-type"),
    "3.25": Known("zone-type"),
    '{"id": "Z"}': Known("zone-type"),
}

PAYLOADS: dict[str, str | None] = {
    "{}": None,
    "null": None,
    '{"name": "Alex"}': None,
    '{ "a" : [1, 2.50, 1E400,-0] ,"b":"\\u00e9\\ud83d" }': None,
    '{"a":1,"a":2}': None,
    '{"юникод":"\U0001f4de","\\"}]":"]}"}': None,
    '"Alex"': "payload-type",
    "[1]": "payload-type",
    "7": "payload-type",
    "false": "payload-type",
}

POLICY: dict[str, str] = {
    "maxAttempts": "3",
    "dialerPriority": "1",
    "retryIntervalInMinutes": "30",
    "allowedDays": '["mon", "tue"]',
    "startDateTime": '"2030-01-01T00:00:00Z"',
}

UNKNOWN_FIELDS = ("gmtzone", "name", "Phone", "комментарий", "")


class Member(NamedTuple):
    """One member of an object, and where its value is in the text."""

    name: str
    value: str
    start: int
    end: int


def members(text: str) -> list[Member]:
    """The members of an object in JSON, each value as its text."""
    decoder = json.JSONDecoder()
    found = []
    at = _space(text, 1)
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        start = _space(text, _space(text, at) + 1)
        _, end = decoder.raw_decode(text, start)
        found.append(Member(name, text[start:end], start, end))
        at = _space(text, end)
        if text[at] == ",":
            at = _space(text, at + 1)
    return found


def elements(text: str) -> list[str]:
    """The elements of an array in JSON, each as its text."""
    decoder = json.JSONDecoder()
    found = []
    at = _space(text, _space(text, 0) + 1)
    while text[at] != "]":
        _, end = decoder.raw_decode(text, at)
        found.append(text[at:end])
        at = _space(text, end)
        if text[at] == ",":
            at = _space(text, at + 1)
    return found


def _space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


@dataclass
class Options:
    repair: bool = True
    canonical: bool = False
    duplicates: Literal["phone", "job", "allow"] = "phone"
    max_bytes: int | None = None
    now: datetime = datetime(2030, 1, 15, 12, tzinfo=UTC)


@dataclass
class Decided:
    """The reference's verdict on one row."""

    standing: Standing
    rules: Counter[str]
    warned: bool = False
    phone: str | None = None
    """The E.164 digits of a row that is sent."""
    text: str | None = None
    """The job of a row that is sent, as it is in its body."""


@dataclass
class Reference:
    """Decides row by row, and remembers the phones that it has sent."""

    options: Options
    phones: set[str] = field(default_factory=set)
    jobs: set[frozenset[tuple[str, str]]] = field(default_factory=set)

    def row(self, raw: bytes) -> Decided:
        try:
            text = raw.decode()
            value = json.loads(text, parse_constant=_refuse)
        except ValueError:
            return _rejected("job-syntax")
        if not isinstance(value, dict):
            return _rejected("job-not-object")
        fields = members(text)
        decided = self._fields(text, fields)
        if decided.standing == "rejected":
            return decided
        assert decided.phone is not None
        assert decided.text is not None
        limit = self.options.max_bytes
        if limit is not None and len(decided.text.encode()) + len("[]") > limit:
            return _reject(decided, "job-too-large")
        return self._first_of_its_kind(decided, fields)

    def _fields(self, text: str, fields: list[Member]) -> Decided:
        rules: Counter[str] = Counter()
        errors = warned = False
        phone = zone = None
        edits: list[tuple[Member, str]] = []
        names = [member.name for member in fields]
        if repeated := len(names) - len(set(names)):
            rules["job-duplicate-key"] += repeated
            errors = True
        if all(member.value == "null" for member in fields if member.name == "phone"):
            rules["phone-missing"] += 1
            errors = True
        for member in fields:
            known = _known(member)
            if known is None:
                continue
            mended = self._mended(member, known)
            if member.name == "phone":
                phone = known.canonical
            if member.name == "gmtZone":
                zone = known.canonical
            if known.warning:
                rules[known.warning] += 1
                warned = True
            if mended is not None:
                rules[f"{'phone' if member.name == 'phone' else 'zone'}-format"] += 1
                errors |= not self.options.repair
                edits.append((member, mended))
            elif known.rule is not None:
                rules[known.rule] += 1
                errors = True
        if phone and zone and is_far(phone, zone, self.options.now):
            rules["zone-far-from-phone"] += 1
            warned = True
        if errors:
            return Decided("rejected", rules, warned)
        for member, mended in reversed(edits):
            text = f'{text[: member.start]}"{mended}"{text[member.end :]}'
        return Decided("repaired" if edits else "clean", rules, warned, phone, text)

    def _mended(self, member: Member, known: Known) -> str | None:
        """The value after a rewrite; None if it is not rewritten or can't be repaired."""
        if known.rule is not None or not self.options.canonical or known.canonical is None:
            return known.mended
        if member.name == "phone":
            return None if member.value.startswith('"') else known.canonical
        return None if member.value == f'"{known.canonical}"' else known.canonical

    def _first_of_its_kind(self, decided: Decided, fields: list[Member]) -> Decided:
        assert decided.phone is not None
        if self.options.duplicates == "phone":
            if decided.phone in self.phones:
                return _reject(decided, "phone-duplicate")
            self.phones.add(decided.phone)
        if self.options.duplicates == "job":
            job = frozenset((member.name, member.value) for member in fields)
            if job in self.jobs:
                return _reject(decided, "job-duplicate")
            self.jobs.add(job)
        return decided


def is_far(phone: str, zone: str, now: datetime) -> bool:
    """Whether the zone is, now or within 366 days, at an offset that no place has where the phone
    may be. Clocks are changed at whole hours."""
    return _is_far(tuple(zones_of(phone, now)), zone, now)


@cache
def _is_far(places: tuple[str, ...], zone: str, now: datetime) -> bool:
    hours = [now + timedelta(hours=hour) for hour in range(366 * 24)] if places else []
    own = [offset_of(zone, at) for at in hours]
    others = [[at.astimezone(tz(place)).utcoffset() for at in hours] for place in places]
    return any(offset not in there for offset, *there in zip(own, *others, strict=True))


def offset_of(zone: str, now: datetime) -> timedelta | None:
    """The offset of a zone in its normalized form."""
    if "/" in zone:
        return now.astimezone(tz(zone)).utcoffset()
    if zone == "Z":
        return timedelta()
    hours, minutes = zone[1:].split(":")
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return -size if zone.startswith("-") else size


def _known(member: Member) -> Known | None:
    """The known verdict on a member's value; None if its field counts as absent."""
    if member.name == "phone":
        return None if member.value == "null" else PHONES[member.value]
    if member.name == "gmtZone":
        return ZONES[member.value]
    if member.name == "payload":
        return Known(PAYLOADS[member.value])
    if member.name in POLICY:
        return None
    return Known(warning="job-unknown-field")


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _rejected(rule: str) -> Decided:
    return Decided("rejected", Counter([rule]))


def _reject(decided: Decided, rule: str) -> Decided:
    return Decided("rejected", decided.rules + Counter([rule]), decided.warned)
