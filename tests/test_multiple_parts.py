"""`multiple`: each part of a phone field has the verdict that its own text has alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import predial

#: Numbers of many countries, with and without what says so.
WRITINGS = (
    "+1 801 555 0123",
    "801-555-0124",
    "(801) 555-0125",
    "+79110000001",
    "8 911 000-00-02",
    "8 (911) 000-00-03",
    "79110000004",
    "9607712345",
    "4915123456789",
    "800 123 456",
    "(787) 234-5678",
    "647 234 5678",
    "9911234",
    "031 2345678",
    "060 271234",
    "+2303012345",
    "+63 1800 1 234 5678",
    "8 029 491-19-11",
    "030 123456",
    "0049 30 123457",
    "79110000005 доб. 12",
    "+7912345",
    "+999 1234567",
    "+7 123 456-78-90",
)
SEPARATORS = ("; ", ", ", " | ", "\n", " и ", " or ", ",", ";")
REGIONS = st.sampled_from([None, "RU", "US", "DE", "BY", "PH", "CV", "MU", "IT", "ES"])
PREFER = st.sampled_from([None, "national", "international"])
LEVELS = st.sampled_from(["possible", "valid", "e164"])
STRICT = {"phone-abroad": "error", "phone-two-readings": "error", "phone-maybe-national": "error"}
SEVERITIES = st.sampled_from([{}, STRICT, {"phone-not-in-plan": "error"}])
OPTIONS = st.fixed_dictionaries(
    {"region": REGIONS, "prefer": PREFER, "level": LEVELS, "severity": SEVERITIES}
)

#: What a verdict of a part and of its text alone may differ in: how it was rewritten.
FORMS = {"phone-multiple", "phone-format"}


def verdict(row: Any) -> tuple[bool, str | None, set[tuple[str, str]]]:
    found = {(one.rule, one.severity) for one in row.diagnostics}
    is_sent = row.standing != "rejected"
    phone = row.phone if is_sent else None
    return is_sent, phone, {(rule, severity) for rule, severity in found if rule not in FORMS}


def alone(text: str, options: dict[str, Any]) -> Any:
    return predial.check_job({"phone": text}, **options)


def is_phone(text: str, options: dict[str, Any]) -> bool:
    reading = {key: value for key, value in options.items() if key != "severity"}
    return predial.is_phone(text, **reading)


def distinct(parts: list[str], options: dict[str, Any]) -> list[str]:
    """The parts of which each phone, and each text that is not a phone, is there once."""
    kept: dict[str, str] = {}
    for part in parts:
        phone = alone(part, options | {"severity": {}}).phone if is_phone(part, options) else part
        kept.setdefault(phone or part, part)
    return list(kept.values())


@given(
    st.lists(st.sampled_from(WRITINGS), min_size=2, max_size=4),
    st.sampled_from(SEPARATORS),
    OPTIONS,
)
@example(["+1 801 555 0123", "801-555-0124"], "; ", {"region": None, "severity": {}})
@example(["+79110000001", "800 123 456"], ", ", {"region": None, "severity": {}})
@example(["9911234", "(787) 234-5678"], " ; ", {"region": "CV", "severity": {}})
def test_a_part_has_the_verdict_of_its_text(
    parts: list[str], separator: str, options: dict[str, Any]
) -> None:
    cell = separator.join(parts)
    if [one.rule for one in alone(cell, options).diagnostics][:1] != ["phone-multiple"]:
        return
    rows = list(predial.judge([{"phone": cell}], multiple="each", **options))
    expected = distinct(parts, options)
    first = predial.check_job({"phone": cell}, multiple="first", **options)
    phones = [part for part in parts if is_phone(part, options)]
    if not phones:
        assert {row.standing for row in [*rows, first]} == {"rejected"}
        return
    assert [verdict(row) for row in rows] == [verdict(alone(part, options)) for part in expected]
    assert verdict(first) == verdict(alone(phones[0], options))


@given(
    st.lists(st.sampled_from(WRITINGS), min_size=2, max_size=3),
    st.sampled_from(["/", " / ", " ", " + "]),
    OPTIONS,
)
@example(["+63 1800 1 234 5678", "060 271234"], "/", {"region": "PH"})
@example(["504 80021234567", "504 80021234567"], " ", {"region": None})
@example(["+2303012345", "031 2345678"], "/", {"region": "MU"})
@example(["+1 801 555 0123", "647 234 5678"], " + ", {"region": None})
@example(["8 912 345 67 89", "8 912 345 67 90"], " ", {"region": "RU"})
@example(["8 912 345 67 89", "8 912 345 67 90"], " + ", {"region": "RU"})
def test_no_part_is_sent_without_its_groups(
    parts: list[str], separator: str, options: dict[str, Any]
) -> None:
    cell = separator.join(parts)
    if [one.rule for one in alone(cell, options).diagnostics][:1] != ["phone-multiple"]:
        return
    some = [
        separator.join(parts[first:last])
        for first in range(len(parts))
        for last in range(first + 1, len(parts) + 1)
    ]
    allowed = {alone(text, options).phone for text in some if is_phone(text, options)}
    rows = list(predial.judge([{"phone": cell}], multiple="each", **options))
    rows.append(predial.check_job({"phone": cell}, multiple="first", **options))
    for row in rows:
        if row.standing != "rejected":
            assert row.phone in allowed


def sent_each(cell: str, region: str | None = None) -> list[str | None]:
    rows = predial.judge([{"phone": cell}], multiple="each", region=region)
    return [row.phone if row.standing != "rejected" else None for row in rows]


@pytest.mark.parametrize(
    ("cell", "region", "each", "first"),
    [
        ("8 912 345 67 89 8 912 345 67 90", "RU", ["79123456789", "79123456790"], "79123456789"),
        ("8 912 345 67 89 + 8 912 345 67 90", "RU", ["79123456789", "79123456790"], "79123456789"),
        ("+7 911 000-00-01/02", None, [None], "79110000001"),
        ("+7 911 000-00-01/-02", None, [None], "79110000001"),
        ("8 912 345-67-89, 8 912 345-67-90 и 91", "RU", [None], "79123456789"),
        ("+44: 20 7946 0123, +7 911 000-00-01", None, [None], "79110000001"),
        ("8 911 000-00-01; 8 911 000-00-02", None, [None], None),
        ("+79110000001, flat 3, +79110000002", None, ["79110000001", "79110000002"], "79110000001"),
        ("+79110000001, 3, +79110000002", None, [None, "79110000002"], "79110000002"),
        ("+79110000001 | 3 | +79110000002", None, [None], "79110000001"),
        ("030/12345678, 030/12345679", "DE", ["493012345678", "493012345679"], "493012345678"),
        ("030/123456 / 0171 1234567", "DE", ["4930123456", "491711234567"], "4930123456"),
        ("030/123456/0171 1234567", "DE", [None], None),
        (
            "+7 495 123-45-67 доб. 12 8 912 345-67-89, +79110000001",
            "RU",
            [None, "79110000001"],
            "79110000001",
        ),
    ],
)
def test_what_can_be_separated(
    cell: str, region: str | None, each: list[str | None], first: str | None
) -> None:
    assert sent_each(cell, region) == each
    row = predial.check_job({"phone": cell}, multiple="first", region=region)
    assert (row.phone if row.standing != "rejected" else None) == first


@pytest.mark.parametrize("separator", [" ", " + ", " / ", "; "])
def test_the_message_names_the_numbers(separator: str) -> None:
    cell = f"8 912 345 67 89{separator}8 912 345 67 90"
    with pytest.raises(predial.PhoneError) as caught:
        predial.normalize_phone(cell, "RU")
    assert caught.value.rule == "phone-multiple"
    assert "+79123456789, +79123456790" in str(caught.value)
