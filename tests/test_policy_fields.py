"""Every row of the policy's table, on both sides of each bound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import predial

PHONE = "79123456789"
RULES = {rule.name: rule for rule in predial.rules()}


class Finding(NamedTuple):
    """The parts of a diagnostic that the tests compare."""

    field: str | None
    rule: str
    severity: str = "error"
    suggestion: str | None = None


def job(policy: str, zone: str | None = "+05:00") -> bytes:
    """A job with these members, as JSON text."""
    zoned = "" if zone is None else f'"gmtZone": "{zone}", '
    return f'[{{"phone": "{PHONE}", {zoned}{policy}}}]'.encode()


def check(policy: str, zone: str | None = "+05:00", **options: Any) -> predial.Report:
    return predial.check(job(policy, zone), **options)


def findings(report: predial.Report) -> list[Finding]:
    return [Finding(d.field, d.rule, d.severity, d.suggestion) for d in report.diagnostics]


#: The option for tests in which the hours of a policy are not the point.
NO_NIGHT = "00:00-00:00"


def sent(policy: str, tmp_path: Any, **options: Any) -> dict[str, Any]:
    """The job as it is sent."""
    report = predial.prepare(job(policy), tmp_path / "out", **options)
    [body] = report.bodies
    [one] = json.loads(Path(body).read_text(encoding="utf-8"))
    assert isinstance(one, dict)
    return one


def window(start: str, end: str) -> str:
    return f'{{"localTimeFrom": "{start}", "localTimeTo": "{end}"}}'


def default(*windows: str) -> str:
    return f'"allowedTime": {{"default": [{", ".join(windows)}]}}'


# --- whole numbers -----------------------------------------------------------------------------

NUMBERS = [
    ("retryIntervalInMinutes", 1, 2880, "policy-retry-interval", None),
    ("maxAttempts", 1, 50, "policy-max-attempts", None),
    ("dialerPriority", 1, 5, "policy-priority", "invalid.dialer_priority"),
]


@pytest.mark.parametrize(("field", "least", "most", "rule", "service"), NUMBERS)
def test_a_number_is_clean_up_to_both_bounds(
    field: str, least: int, most: int, rule: str, service: str | None
) -> None:
    for number in (least, least + 1, most - 1, most):
        assert findings(check(f'"{field}": {number}')) == []
    for number in (least - 1, most + 1, -least, 10**30, -(10**30)):
        assert findings(check(f'"{field}": {number}')) == [Finding(field, rule)]
    assert RULES[rule].service_type == service


@pytest.mark.parametrize(("field", "rule"), [(n[0], n[3]) for n in NUMBERS])
@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ('"3"', 3),
        ('" 3 "', 3),
        ('"+3"', 3),
        ('"03"', 3),
        ('"3.0"', 3),
        ('"\\u0033"', 3),
        ("3.0", 3),
        ("3.000", 3),
        ("3e0", 3),
        ("0.3E+1", 3),
        ("30e-1", 3),
        ("3.5", None),
        ("3.0000000000000000000000001", None),
        ("0.0", None),
        ("-0", None),
        ("1e400", None),
        ("1e-400", None),
        ("1e99999999999999999999", None),
        ("18446744073709551617", None),
        ("3.0e18446744073709551616", None),
        ('"3.5"', None),
        ('"three"', None),
        ('"3 "'.replace(" ", "\\u0000"), None),
        ('"3\\ud800"', None),
        ('"NaN"', None),
        ('"Infinity"', None),
        ('"0x3"', None),
        ('"３"', None),
        ('""', None),
        ('" "', None),
        ("true", None),
        ("[3]", None),
        ("{}", None),
        ('"51"', None),
        ("0.1e5", None),
        ('"-3"', None),
    ],
)
def test_what_is_surely_a_number_is_written_as_one(
    field: str, rule: str, value: str, meant: int | None, tmp_path: Any
) -> None:
    if field == "retryIntervalInMinutes" and value == '"51"':
        value = '"2881"'
    report = check(f'"{field}": {value}')
    if meant is None:
        assert findings(report) == [Finding(field, rule)]
        assert report.rejected == 1
    else:
        assert findings(report) == [Finding(field, "policy-integer", "repair", str(meant))]
        assert sent(f'"{field}": {value}', tmp_path)[field] == meant
        assert check(f'"{field}": {value}', repair=False).rejected == 1


# --- date-times --------------------------------------------------------------------------------

DATES = ("startDateTime", "finishDateTime")


@pytest.mark.parametrize("field", DATES)
@pytest.mark.parametrize(
    "value",
    [
        "2090-03-23T00:00:00Z",
        "2090-03-23t23:59:59z",
        "2090-03-23T00:00:00+03:00",
        "2090-03-23T00:00:00-00:00",
        "2090-03-23T00:00:00+18:00",
        "2090-03-23T00:00:00-18:00",
        "2090-03-23T00:00:00.5Z",
        "2090-03-23T00:00:00.123456789Z",
        "2096-02-29T00:00:00Z",
        "2400-02-29T00:00:00Z",
        "9999-12-31T23:59:59.999999999-18:00",
    ],
)
def test_a_date_time_is_clean(field: str, value: str) -> None:
    assert findings(check(f'"{field}": "{value}"')) == []


@pytest.mark.parametrize("field", DATES)
@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("2090-02-29T00:00:00Z", None),
        ("2100-02-29T00:00:00Z", None),
        ("2090-04-31T00:00:00Z", None),
        ("2090-00-10T00:00:00Z", None),
        ("2090-13-10T00:00:00Z", None),
        ("2090-01-00T00:00:00Z", None),
        ("2090-01-01T24:00:00Z", None),
        ("2090-01-01T00:60:00Z", None),
        ("2090-01-01T00:00:61Z", None),
        ("2090-06-30T23:59:60Z", "2090-06-30T23:59:59Z"),
        ("2090-01-01T00:00:00+18:01", None),
        ("2090-01-01T00:00:00-19:00", None),
        ("2090-01-01T00:00:00+03:60", None),
        ("2090-01-01T00:00:00+03:00:30", None),
        ("2090-01-01T00:00:00.1234567891Z", "2090-01-01T00:00:00.123456789Z"),
        ("+12090-01-01T00:00:00Z", None),
        ("-2090-01-01T00:00:00Z", None),
        ("90-01-01T00:00:00Z", None),
        ("01.02.2090", None),
        ("2090-W01-1T00:00:00Z", None),
        ("20900101T000000Z", None),
        ("2090-01-01T00:00:00[Europe/Moscow]", None),
        ("2090-01-01T00:00:00+05:00[Europe/Moscow]", None),
        ("2090-01-01T00:00:00Z[Europe/Moscow]", None),
        ("2090-07-01T00:00:00+01:00[Europe/Berlin]", None),
        ("2090-01-01T00:00:00+03:00[Europe/Moskva]", None),
        ("2090-01-01T00:00:00 MSK", None),
        ("tomorrow", None),
        ("", None),
        ("٢٠٩٠-01-01T00:00:00Z", None),
        ("2090-01-01T00:00:00Z\\u0000", None),
        ("2090-01-01T00:00:00Z\\ud800", None),
    ],
)
def test_a_text_is_no_date_time(field: str, value: str, suggestion: str | None) -> None:
    report = check(f'"{field}": "{value}"')
    assert findings(report) == [Finding(field, "policy-date", suggestion=suggestion)]
    if suggestion is not None:
        assert findings(check(f'"{field}": "{suggestion}"')) == []


@pytest.mark.parametrize("field", DATES)
@pytest.mark.parametrize("value", ["1900000000", "1.9e9", "47000.5", "true", "[]", "{}"])
def test_a_date_time_is_text(field: str, value: str) -> None:
    assert findings(check(f'"{field}": {value}')) == [Finding(field, "policy-date")]


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("2090-01-01 00:00:00Z", "2090-01-01T00:00:00Z"),
        ("2090-01-01T00:00Z", "2090-01-01T00:00:00Z"),
        (" 2090-01-01T00:00:00Z", "2090-01-01T00:00:00Z"),
        ("2090-01-01T00:00:00.Z", "2090-01-01T00:00:00Z"),
        ("2090-01-01T00:00:00+0300", "2090-01-01T00:00:00+03:00"),
        ("2090-01-01T00:00:00-03", "2090-01-01T00:00:00-03:00"),
        ("2090-01-01T00:00:00,25+03:00", "2090-01-01T00:00:00.25+03:00"),
    ],
)
def test_a_date_time_with_one_reading_is_rewritten(value: str, meant: str, tmp_path: Any) -> None:
    assert findings(check(f'"startDateTime": "{value}"')) == [
        Finding("startDateTime", "policy-date-format", "repair", meant)
    ]
    assert sent(f'"startDateTime": "{value}"', tmp_path)["startDateTime"] == meant


@pytest.mark.parametrize(
    ("zone", "value", "suggestion"),
    [
        ("+05:00", "2090-01-01T00:00:00", "2090-01-01T00:00:00+05:00"),
        ("-03:30", "2090-01-01 00:00", "2090-01-01T00:00:00-03:30"),
        ("+05:00", "2090-01-01", "2090-01-01T00:00:00+05:00"),
        ("Z", "2090-01-01T00:00:00.5", "2090-01-01T00:00:00.5+00:00"),
        ("Europe/Berlin", "2030-01-01T00:00:00", "2030-01-01T00:00:00+01:00"),
        ("Europe/Berlin", "2030-07-01T00:00:00", "2030-07-01T00:00:00+02:00"),
        ("+05:00:30", "2090-01-01T00:00:00", None),
        (None, "2090-01-01T00:00:00", None),  # a Russian mobile may be in many zones
    ],
)
def test_a_date_time_without_an_offset_gets_the_job_s_own_as_a_suggestion(
    zone: str | None, value: str, suggestion: str | None
) -> None:
    found = findings(check(f'"startDateTime": "{value}"', zone))
    assert found[-1] == Finding("startDateTime", "policy-date-offset", suggestion=suggestion)


def test_the_offset_of_a_phone_in_one_zone_is_suggested() -> None:
    source = b'[{"phone": 12015550123, "startDateTime": "2030-07-01T09:00:00"}]'
    [found] = findings(predial.check(source))
    assert found.suggestion == "2030-07-01T09:00:00-04:00"


def test_start_lies_before_finish() -> None:
    def dates(start: str, finish: str) -> list[Finding]:
        policy = f'"startDateTime": "{start}", "finishDateTime": "{finish}"'
        return findings(check(policy, night=NO_NIGHT))

    order = [Finding("startDateTime", "policy-date-order")]
    assert dates("2090-01-01T00:00:00Z", "2090-01-01T00:00:01Z") == []
    assert dates("2090-01-01T00:00:00Z", "2090-01-01T00:00:00.000000001Z") == []
    assert dates("2090-01-01T00:00:00Z", "2090-01-01T00:00:00Z") == order
    assert dates("2090-01-01T00:00:00Z", "2090-01-01T03:00:00+03:00") == order
    assert dates("2090-01-01T00:00:00Z", "2090-01-01T02:59:59+03:00") == order


# --- days --------------------------------------------------------------------------------------


def test_days_are_clean_from_one_to_all_seven() -> None:
    assert findings(check('"allowedDays": ["sun"]', night=NO_NIGHT)) == []
    every = '"allowedDays": ["sun", "sat", "fri", "thu", "wed", "tue", "mon"]'
    assert findings(check(every, night=NO_NIGHT)) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("[]", Finding("allowedDays", "policy-days-empty")),
        ('["mon", "mon"]', Finding("allowedDays[1]", "policy-days-repeated", suggestion='["mon"]')),
        ('"mon,mon"', Finding("allowedDays", "policy-days-repeated", suggestion='["mon"]')),
        (
            '["sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]',
            Finding(
                "allowedDays[7]",
                "policy-days-repeated",
                suggestion='["mon","tue","wed","thu","fri","sat","sun"]',
            ),
        ),
        ('["mon", "moon"]', Finding("allowedDays[1]", "policy-days")),
        ('["mon", ""]', Finding("allowedDays[1]", "policy-days")),
        ("[0]", Finding("allowedDays[0]", "policy-days")),
        ("[1]", Finding("allowedDays[0]", "policy-days")),
        ("[7]", Finding("allowedDays[0]", "policy-days")),
        ('["mon", "2"]', Finding("allowedDays[1]", "policy-days")),
        ("[8]", Finding("allowedDays[0]", "policy-days")),
        ("[1.0]", Finding("allowedDays[0]", "policy-days")),
        ("[-1]", Finding("allowedDays[0]", "policy-days")),
        ("[null]", Finding("allowedDays[0]", "policy-days")),
        ("[true]", Finding("allowedDays[0]", "policy-days")),
        ('[["mon"]]', Finding("allowedDays[0]", "policy-days")),
        ('["mon\\ud800"]', Finding("allowedDays[0]", "policy-days")),
        ('["mon\\u0000"]', Finding("allowedDays[0]", "policy-days")),
        ('"moon"', Finding("allowedDays", "policy-days")),
        ("{}", Finding("allowedDays", "policy-days")),
        ("1", Finding("allowedDays", "policy-days")),
        ("false", Finding("allowedDays", "policy-days")),
    ],
)
def test_days_that_are_none(value: str, found: Finding) -> None:
    report = check(f'"allowedDays": {value}')
    assert findings(report) == [found]
    assert report.rejected == 1


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ('"Mon"', "mon"),
        ('"monday"', "mon"),
        ('"TUESDAY"', "tue"),
        ('" wed "', "wed"),
        ('"Thurs."', "thu"),
        ('"Пт"', "fri"),
        ('"суббота"', "sat"),
        ('"\\u006don"', "mon"),
    ],
)
def test_a_day_with_one_reading_is_rewritten(value: str, meant: str, tmp_path: Any) -> None:
    if value == '"\\u006don"':  # it is written otherwise, and says the same
        assert findings(check(f'"allowedDays": [{value}]', night=NO_NIGHT)) == []
        return
    assert findings(check(f'"allowedDays": [{value}]', night=NO_NIGHT)) == [
        Finding("allowedDays[0]", "policy-days-format", "repair", meant)
    ]
    assert sent(f'"allowedDays": [{value}]', tmp_path)["allowedDays"] == [meant]


# --- windows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "policy",
    [
        '"allowedTime": {}',
        default(window("08:00", "22:00")),
        default(window("08:00", "08:01")),
        default(window("10:00", "12:00"), window("12:00", "14:00")),
        default(window("12:00", "14:00"), window("10:00", "12:00")),
        f'"allowedTime": {{"sun": [{window("10:00", "12:00")}]}}, "allowedDays": ["sun"]',
        f'"allowedTime": {{"sun": [{window("10:00", "12:00")}], "mon": null}}, '
        '"allowedDays": ["sun"]',
        f'"allowedTime": {{"default": [{window("10:00", "12:00")}], '
        f'"mon": [{window("11:00", "13:00")}]}}',
    ],
)
def test_windows_are_clean(policy: str) -> None:
    assert findings(check(policy)) == []


def test_windows_reach_from_the_first_minute_to_the_last() -> None:
    policy = default(window("00:00", "23:59"))
    assert findings(check(policy, night="00:00-00:00")) == []
    assert [t.rule for t in findings(check(policy))] == ["policy-night"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("[]", [Finding("allowedTime", "policy-windows")]),
        ('"10-18"', [Finding("allowedTime", "policy-windows")]),
        (
            '"10:00-18:00"',
            [
                Finding(
                    "allowedTime",
                    "policy-windows",
                    suggestion=f'{{"default": [{window("10:00", "18:00")}]}}',
                )
            ],
        ),
        ("7", [Finding("allowedTime", "policy-windows")]),
        ('{"default": {}}', [Finding("allowedTime.default", "policy-windows")]),
        ('{"default": "x"}', [Finding("allowedTime.default", "policy-windows")]),
        ('{"default": []}', [Finding("allowedTime.default", "policy-windows-empty")]),
        ('{"default": [[]]}', [Finding("allowedTime.default[0]", "policy-windows")]),
        ('{"default": [null]}', [Finding("allowedTime.default[0]", "policy-windows")]),
        ('{"default": [{}]}', [Finding("allowedTime.default[0]", "policy-window-incomplete")]),
        (
            '{"default": [{"localTimeFrom": "10:00", "localTimeTo": null}]}',
            [Finding("allowedTime.default[0]", "policy-window-incomplete")],
        ),
        (
            '{"monday": []}',
            [
                Finding("allowedTime.monday", "policy-windows", suggestion="mon"),
                Finding("allowedTime.monday", "policy-windows-empty"),
            ],
        ),
        (
            '{"Default": []}',
            [
                Finding("allowedTime.Default", "policy-windows", suggestion="default"),
                Finding("allowedTime.Default", "policy-windows-empty"),
            ],
        ),
        ('{"": []}', [Finding("allowedTime.", "policy-windows")]),
        ('{"holidays": null}', [Finding("allowedTime.holidays", "policy-windows")]),
        (
            f'{{"default": [{window("10:00", "10:00")}]}}',
            [Finding("allowedTime.default[0]", "policy-window-order")],
        ),
        (
            f'{{"mon": [{window("10:00", "12:00")}], "mon": [{window("10:00", "12:00")}], '
            f'"default": [{window("10:00", "12:00")}]}}',
            [Finding("allowedTime.mon", "job-duplicate-key")],
        ),
        (
            '{"default": [{"localTimeFrom": "10:00", "localTimeFrom": "11:00", '
            '"localTimeTo": "12:00"}]}',
            [Finding("allowedTime.default[0].localTimeFrom", "job-duplicate-key")],
        ),
        (
            f'{{"default": [{window("10:00", "15:00")}, {window("14:59", "18:00")}]}}',
            [
                Finding(
                    "allowedTime.default[1]",
                    "policy-window-overlap",
                    suggestion=window("10:00", "18:00"),
                )
            ],
        ),
        (
            f'{{"tue": [{window("14:00", "15:00")}, {window("10:00", "18:00")}], '
            f'"default": [{window("10:00", "12:00")}]}}',
            [
                Finding(
                    "allowedTime.tue[0]",
                    "policy-window-overlap",
                    suggestion=window("10:00", "18:00"),
                )
            ],
        ),
        (
            f'{{"default": [{window("10:00", "18:00")}, {window("10:00", "18:00")}]}}',
            [
                Finding(
                    "allowedTime.default[1]",
                    "policy-window-overlap",
                    suggestion=window("10:00", "18:00"),
                )
            ],
        ),
    ],
)
def test_windows_that_are_none(value: str, found: list[Finding]) -> None:
    report = check(f'"allowedTime": {value}')
    assert findings(report) == found
    assert report.rejected == 1


@pytest.mark.parametrize(
    ("key", "start", "end", "suggestion"),
    [
        (
            "sat",
            "20:00",
            "02:00",
            {"sat": [("20:00", "23:59")], "sun": [("00:00", "02:00")]},
        ),
        (
            "sun",
            "20:00",
            "02:00",
            {"sun": [("20:00", "23:59")], "mon": [("00:00", "02:00")]},
        ),
        ("default", "20:00", "02:00", {"default": [("00:00", "02:00"), ("20:00", "23:59")]}),
        ("mon", "20:00", "00:00", {"mon": [("20:00", "23:59")]}),
        ("default", "20:00", "00:00", {"default": [("20:00", "23:59")]}),
        ("default", "23:59", "00:01", {"default": [("00:00", "00:01")]}),
    ],
)
def test_a_window_over_midnight_is_refused_with_the_windows_it_means(
    key: str, start: str, end: str, suggestion: dict[str, list[tuple[str, str]]]
) -> None:
    report = check(f'"allowedTime": {{"{key}": [{window(start, end)}]}}')
    [found] = report.diagnostics
    assert (found.field, found.rule) == (f"allowedTime.{key}[0]", "policy-window-midnight")
    assert found.suggestion is not None
    assert json.loads(found.suggestion) == {
        day: [{"localTimeFrom": a, "localTimeTo": b} for a, b in windows]
        for day, windows in suggestion.items()
    }
    assert check(f'"allowedTime": {found.suggestion}').rejected == 0


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ('"24:00"', "23:59"),
        ('"24:00:00"', "23:59"),
        ('"25:00"', None),
        ('"23:60"', None),
        ('"23:59:59"', "23:59"),
        ('"2359"', "23:59"),
        ('"23.30"', "23:30"),
        ('"23"', "23:00"),
        ('"13 AM"', None),
        ('"-1:00"', None),
        ('""', None),
        ('"23:59\\u0000"', None),
        ('"23:\\ud8009"', None),
        ("23", None),
        ("0.751", None),
        ("true", None),
        ("{}", None),
    ],
)
def test_a_time_that_is_none(value: str, suggestion: str | None) -> None:
    times = f'{{"localTimeFrom": "10:00", "localTimeTo": {value}}}'
    found = findings(check(default(times)))
    assert found == [
        Finding("allowedTime.default[0].localTimeTo", "policy-time", suggestion=suggestion)
    ]
    found = findings(check(f'"localTimeFrom": "10:00", "localTimeTo": {value}'))
    assert found == [Finding("localTimeTo", "policy-time", suggestion=suggestion)]


@pytest.mark.parametrize(
    ("value", "meant"),
    [("9:00", "09:00"), (" 09:00 ", "09:00"), ("09:00:00", "09:00"), ("9:05:00", "09:05")],
)
def test_a_time_with_one_reading_is_rewritten(value: str, meant: str, tmp_path: Any) -> None:
    policy = default(window("08:00", "08:30"), window(value, "12:00"))
    assert findings(check(policy)) == [
        Finding("allowedTime.default[1].localTimeFrom", "policy-time-format", "repair", meant)
    ]
    windows = sent(policy, tmp_path)["allowedTime"]["default"]
    assert windows[1] == {"localTimeFrom": meant, "localTimeTo": "12:00"}


def test_windows_of_days_that_are_left_out_are_checked_and_do_not_count() -> None:
    night = f'"allowedTime": {{"mon": [{window("00:00", "23:59")}], "tue": [%s]}}'
    policy = night % window("10:00", "18:00") + ', "allowedDays": ["tue"]'
    assert findings(check(policy)) == []
    policy = night % window("18:00", "10:00") + ', "allowedDays": ["mon"]'
    assert [t.rule for t in findings(check(policy))] == ["policy-window-midnight"]


def test_a_day_without_windows_is_warned_of() -> None:
    monday = f'"allowedTime": {{"mon": [{window("10:00", "18:00")}]}}'
    report = check(monday)
    assert findings(report) == [Finding("allowedTime", "policy-closed-day", "warning")]
    assert "tue, wed, thu, fri, sat, sun" in report.diagnostics[0].message
    assert findings(check(monday + ', "allowedDays": ["mon"]')) == []
    report = check(monday + ', "allowedDays": ["mon", "sun"]')
    assert "for sun:" in report.diagnostics[0].message
    assert (report.clean, report.warned) == (1, 1)


def test_unknown_keys_of_a_window_are_warned_of() -> None:
    times = '{"localTimeFrom": "10:00", "localTimeTo": "18:00", "localtimeto": "19:00", "x": [1]}'
    assert findings(check(default(times))) == [
        Finding(
            "allowedTime.default[0].localtimeto", "policy-unknown-key", "warning", "localTimeTo"
        ),
        Finding("allowedTime.default[0].x", "policy-unknown-key", "warning"),
    ]


# --- the deprecated pair -----------------------------------------------------------------------

PAIR = '"localTimeFrom": "10:00", "localTimeTo": "18:00"'
SAME = '{"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}'


def test_the_deprecated_pair_is_warned_of_with_the_windows_that_say_the_same() -> None:
    report = check(PAIR)
    assert findings(report) == [Finding("localTimeFrom", "policy-deprecated", "warning", SAME)]
    assert report.clean == 1


def test_canonical_writes_the_windows(tmp_path: Any) -> None:
    report = check(PAIR, canonical=True)
    assert findings(report) == [Finding("localTimeFrom", "policy-deprecated", "repair", SAME)]
    assert sent(PAIR, tmp_path, canonical=True) == {
        "phone": PHONE,
        "gmtZone": "+05:00",
        "allowedTime": json.loads(SAME),
    }
    assert check(PAIR, canonical=True, repair=False).rejected == 1


@pytest.mark.parametrize(
    "policy",
    [
        '"localTimeTo": "18:00", "maxAttempts": "3", "localTimeFrom": "10:00:00"',
        '"localTimeFrom": "10:00", "allowedTime": null, "localTimeTo": "18:00"',
        '"allowedTime": {}, "localTimeFrom": "10:00", "localTimeTo": "18:00", "maxAttempts": 3',
        '"localTimeFrom":"10:00","localTimeTo":"18:00","payload":{}',
    ],
)
def test_canonical_leaves_the_rest(policy: str, tmp_path: Any) -> None:
    one = sent(policy, tmp_path, canonical=True)
    assert one["allowedTime"] == json.loads(SAME)
    assert "localTimeFrom" not in one
    assert "localTimeTo" not in one
    before = json.loads(job(policy))[0]
    rest = {"localTimeFrom", "localTimeTo", "allowedTime", "maxAttempts"}
    assert {k: v for k, v in one.items() if k not in rest} == {
        k: v for k, v in before.items() if k not in rest
    }
    assert one.get("maxAttempts") in (None, 3)


def test_allowed_time_wins_over_the_pair(tmp_path: Any) -> None:
    policy = (
        default(window("12:00", "14:00")) + ', "localTimeFrom": "23:00", "localTimeTo": "23:30"'
    )
    [found] = findings(check(policy))
    assert found == Finding("localTimeFrom", "policy-deprecated", "warning")
    one = sent(policy, tmp_path, canonical=True)
    assert one["allowedTime"] == {"default": [{"localTimeFrom": "12:00", "localTimeTo": "14:00"}]}
    assert "localTimeFrom" not in one
    assert "localTimeTo" not in one


@pytest.mark.parametrize(
    ("policy", "field", "rule"),
    [
        ('"localTimeFrom": "10:00"', "localTimeFrom", "policy-window-incomplete"),
        ('"localTimeTo": "10:00"', "localTimeTo", "policy-window-incomplete"),
        (
            '"localTimeFrom": null, "localTimeTo": "10:00"',
            "localTimeTo",
            "policy-window-incomplete",
        ),
        (
            '"localTimeFrom": "10:00", "localTimeTo": "10:00"',
            "localTimeFrom",
            "policy-window-order",
        ),
        (
            '"localTimeFrom": "10:01", "localTimeTo": "10:00"',
            "localTimeFrom",
            "policy-window-midnight",
        ),
    ],
)
def test_a_pair_that_is_no_window(policy: str, field: str, rule: str) -> None:
    [found] = findings(check(policy))
    assert (found.field, found.rule, found.severity) == (field, rule, "error")


# --- the external check ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        '{"externalCheckUrl": "https://example.com/check?id=1"}',
        '{"externalCheckUrl": "https://example.com", "externalCheckMaxRetries": 0}',
        '{"externalCheckUrl": "https://example.com", "externalCheckMaxRetries": 2147483647}',
        '{"externalCheckUrl": "https://example.com", "externalCheckMaxRetries": null}',
    ],
)
def test_an_external_check_is_clean(value: str) -> None:
    assert findings(check(f'"externalCheck": {value}')) == []


def check_of(url: str, more: str = "") -> predial.Report:
    return check(f'"externalCheck": {{"externalCheckUrl": {url}{more}}}')


URL_FIELD = "externalCheck.externalCheckUrl"


@pytest.mark.parametrize(
    "url",
    [
        '"http://example.com/"',
        '"ftp://example.com/"',
        '"example.com"',
        '""',
        '"https://"',
        '"https://user:pw@example.com/"',
        '"https://example.com/#top"',
        '"https://example.com\\\\@evil.example/"',
        '"https://exa mple.com/"',
        '"https://example.com/\\u0000"',
        '"https://example.com/\\ud800"',
        '"https://example.com:0/"',
        '"https://example.com:65536/"',
        '"https://пример.example/"',
        '"https://0x7f.1/"',
        '"https://example.com/{id}"',
        "7",
        "[]",
    ],
)
def test_a_url_with_surprises_is_refused(url: str) -> None:
    assert findings(check_of(url)) == [Finding(URL_FIELD, "policy-check-url")]


@pytest.mark.parametrize(
    "host",
    ["localhost", "a.local", "127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[fe80::1]"],
)
def test_an_external_check_that_is_not_public_is_warned_of(host: str) -> None:
    report = check_of(f'"https://{host}:8443/s3cret"')
    assert findings(report) == [Finding(URL_FIELD, "policy-check-private", "warning")]
    assert report.clean == 1
    assert "s3cret" not in report.diagnostics[0].message


@pytest.mark.parametrize(
    ("value", "field", "rule"),
    [
        ("[]", "externalCheck", "policy-external-check"),
        ('"https://example.com"', "externalCheck", "policy-external-check"),
        ("{}", "externalCheck", "policy-external-check"),
        ('{"externalCheckUrl": null}', "externalCheck", "policy-external-check"),
        (
            '{"externalCheckUrl": "https://a.example", "externalCheckUrl": "https://a.example"}',
            URL_FIELD,
            "job-duplicate-key",
        ),
        *(
            (
                f'{{"externalCheckUrl": "https://a.example", "externalCheckMaxRetries": {number}}}',
                "externalCheck.externalCheckMaxRetries",
                "policy-external-check",
            )
            for number in ("-1", "2147483648", "0.5", "true", '"many"', "1e400")
        ),
    ],
)
def test_an_external_check_that_is_none(value: str, field: str, rule: str) -> None:
    assert findings(check(f'"externalCheck": {value}')) == [Finding(field, rule)]


def test_retries_are_repaired_and_unknown_keys_warned_of() -> None:
    report = check_of('"https://example.com"', ', "externalCheckMaxRetries": "3", "retries": 1')
    assert findings(report) == [
        Finding("externalCheck.externalCheckMaxRetries", "policy-integer", "repair", "3"),
        Finding("externalCheck.retries", "policy-unknown-key", "warning"),
    ]


@pytest.mark.parametrize(
    "policy",
    [
        '"externalCheck": {"externalCheckUrl": "http://u:s3cret@example.com/s3cret?k=s3cret"}',
        '"externalCheck": {"externalCheckUrl": "https://u:s3cret@example.com"}',
        '"externalCheck": {"externalCheckUrl": "https://example.com:s3cret"}',
        '"externalCheck": {"externalCheckUrl": "https://s3cret example.com"}',
        '"externalCheck": {"externalCheckUrl": ["https://s3cret@example.com"]}',
        '"externalCheck": {"https://u:s3cret@example.com": 1}',
        '"externalCheck": {"externalCheckUrl": "https://a.example", "key": "s3cret"}',
        '"externalCheck": {"externalCheckUrl": "https://a.example", "x": 1, "x": "s3cret"}',
        '"externalCheck": "https://u:s3cret@example.com"',
        '"externalCheck": ["s3cret"]',
        '"externalCheck": {"x": 1}, "externalCheck": {"x": "s3cret"}',
    ],
)
def test_what_a_url_may_hold_in_secret_is_never_shown(policy: str) -> None:
    report = check(policy)
    assert len(report.diagnostics) >= 1
    for found in report.diagnostics:
        texts = (found.field, found.message, found.value, found.suggestion)
        assert "s3cret" not in "".join(text or "" for text in texts)
    with pytest.raises(ValueError, match="malformed") as raised:
        predial.check(b"[]", campaign=f"{{{policy}}}")
    assert "s3cret" not in str(raised.value)


# --- all fields --------------------------------------------------------------------------------

FIELDS = (
    "startDateTime",
    "finishDateTime",
    "allowedDays",
    "allowedTime",
    "localTimeFrom",
    "localTimeTo",
    "retryIntervalInMinutes",
    "maxAttempts",
    "dialerPriority",
    "externalCheck",
)


@pytest.mark.parametrize("field", FIELDS)
def test_null_is_absent(field: str) -> None:
    assert findings(check(f'"{field}": null')) == []


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "value",
    [
        "true",
        "1e400",
        "-0",
        "123456789012345678901234567890",
        '"\\ud800"',
        '"\\u0000"',
        '"' + "x" * 100_000 + '"',
        "[" * 400 + "]" * 400,
        '{"a":' * 400 + "1" + "}" * 400,
        '{"\\ud800": 1}',
        "[" + "{}," * 5_000 + "{}]",
        '{"default": [' + "7," * 5_000 + "7]}",
    ],
)
def test_hostile_values_are_refused_in_a_few_diagnostics(field: str, value: str) -> None:
    report = check(f'"{field}": {value}')
    assert report.rejected == 1
    assert 1 <= len(report.diagnostics) <= 101
    for found in report.diagnostics:
        assert found.field is not None
        assert found.field.startswith(field)
        assert len(found.value or "") <= 121
        assert len(found.field) < 200


def test_a_field_that_stands_twice_is_refused() -> None:
    report = check('"maxAttempts": 3, "maxAttempts": 4')
    assert findings(report) == [Finding("maxAttempts", "job-duplicate-key")]


def test_many_repairs_of_one_job_are_all_made(tmp_path: Any) -> None:
    windows = [
        window(f"{h}:{m:02}", f"{h}:{m + 1:02}") for h in range(8, 10) for m in range(0, 58, 2)
    ]
    policy = '"maxAttempts": "3", ' + default(*windows) + ', "allowedDays": ["Mon", "вт"]'
    one = sent(policy, tmp_path)
    assert one["maxAttempts"] == 3
    assert one["allowedDays"] == ["mon", "tue"]
    assert one["allowedTime"]["default"][-1] == {"localTimeFrom": "09:56", "localTimeTo": "09:57"}
    assert check(policy).repaired == 1


# --- the campaign ------------------------------------------------------------------------------


def test_a_campaign_holds_where_a_job_has_nothing_of_its_own() -> None:
    campaign = {"finishDateTime": "2020-01-01T00:00:00Z"}
    report = check('"payload": {}', campaign=campaign)
    [found] = report.diagnostics
    assert (found.field, found.rule, found.value) == ("finishDateTime", "policy-expired", None)
    assert "campaign" in found.message
    own = '"finishDateTime": "2090-01-01T00:00:00Z"'
    assert findings(check(own, campaign=campaign)) == []
    assert check('"finishDateTime": null', campaign=campaign).rejected == 1


def test_a_job_s_fields_are_checked_together_with_the_campaign_s() -> None:
    campaign = {"finishDateTime": "2090-01-01T00:00:00Z", "localTimeTo": "18:00"}
    campaign["localTimeFrom"] = "10:00"
    late = '"startDateTime": "2090-01-02T00:00:00Z"'
    assert findings(check(late, campaign=campaign)) == [
        Finding("startDateTime", "policy-date-order")
    ]
    half = '"localTimeFrom": "12:00"'
    [found] = findings(check(half, campaign=campaign))
    assert (found.rule, found.severity) == ("policy-deprecated", "warning")
    assert found.suggestion == SAME.replace("10:00", "12:00")
    assert findings(check(half, campaign=campaign, canonical=True)) == [found], (
        "it is not the job's"
    )
    over = '"localTimeFrom": "19:00"'
    [found] = findings(check(over, campaign=campaign))
    assert (found.field, found.rule) == ("localTimeFrom", "policy-window-midnight")


@pytest.mark.parametrize("own", ["", '"externalCheck": null', '"maxAttempts": 3'])
def test_a_campaign_s_check_at_a_private_address_is_warned_of(own: str) -> None:
    def campaign(host: str) -> dict[str, Any]:
        return {"externalCheck": {"externalCheckUrl": f"https://{host}/secret"}}

    private = ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "[fe80::1]"]
    for host in private:
        report = check(own or '"payload": {}', campaign=campaign(host))
        [found] = report.diagnostics
        assert findings(report) == [Finding(URL_FIELD, "policy-check-private", "warning")]
        assert "campaign" in found.message
        assert "secret" not in str(found)
        assert found.value is None
    assert findings(check(own or '"payload": {}', campaign=campaign("example.com"))) == []
    mine = '"externalCheck": {"externalCheckUrl": "https://example.com/"}'
    assert findings(check(mine, campaign=campaign("127.0.0.1"))) == []


def test_a_warning_about_a_campaign_hides_no_error() -> None:
    check_at_home = {"externalCheck": {"externalCheckUrl": "https://127.0.0.1/"}}
    dates = {"startDateTime": "2030-01-02T00:00:00Z", "finishDateTime": "2030-01-01T00:00:00Z"}
    with pytest.raises(ValueError, match="policy-date-order"):
        predial.check(b"[]", campaign=dates | check_at_home)


def test_the_campaign_s_windows_win_over_a_job_s_deprecated_pair() -> None:
    campaign = {"allowedTime": json.loads(SAME)}
    report = check('"localTimeFrom": "23:00", "localTimeTo": "23:30"', campaign=campaign)
    assert findings(report) == [Finding("localTimeFrom", "policy-deprecated", "warning")]
    canonical = check(
        '"localTimeFrom": "23:00", "localTimeTo": "23:30"', campaign=campaign, canonical=True
    )
    assert findings(canonical) == findings(report)


@pytest.mark.parametrize(
    ("campaign", "message"),
    [
        ({"maxAttempts": "3"}, "maxAttempts: policy-integer"),
        ({"maxAttempt": 3}, 'maxAttempt: policy-unknown-key: .*"maxAttempts"'),
        ({"phone": PHONE}, "phone: policy-unknown-key"),
        ({"allowedTime": {"mon": [{"localTimeFrom": "9:00"}]}}, r"allowedTime.mon\[0\]"),
        ({"localTimeFrom": "10:00"}, "localTimeFrom: policy-window-incomplete"),
        (
            {"startDateTime": "2090-01-01T00:00:00Z", "finishDateTime": "2090-01-01T00:00:00Z"},
            "startDateTime: policy-date-order",
        ),
        ('{"maxAttempts": 3, "maxAttempts": 4}', "maxAttempts: job-duplicate-key"),
        ('{"maxAttempts": 3', "not JSON"),
        ('{"maxAttempts": "\ud800"}', "surrogate"),
        ({"allowedDays": {1, 2}}, "can't be written"),
        ({"maxAttempts": float("nan")}, "can't be written"),
        ({f"x{i}": 1 for i in range(50)}, "and 40 more"),
    ],
)
def test_a_malformed_campaign_is_an_error(campaign: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        predial.check(b"[]", campaign=campaign)
    with pytest.raises(ValueError, match=message):
        predial.next_call({}, campaign=campaign)


def test_a_campaign_comes_as_a_dict_as_text_or_from_a_file(tmp_path: Any) -> None:
    campaign = {"finishDateTime": "2020-01-01T00:00:00Z"}
    file = tmp_path / "campaign.json"
    file.write_text("\ufeff " + json.dumps(campaign), encoding="utf-8")
    for given in (campaign, f"\n {json.dumps(campaign)} ", file, str(file)):
        assert check('"payload": {}', campaign=given).counts == {"policy-expired": 1}
    file.write_bytes(b'{"x": "\xff"}')
    with pytest.raises(ValueError, match="not UTF-8"):
        check('"payload": {}', campaign=file)
    with pytest.raises(FileNotFoundError):
        check('"payload": {}', campaign=tmp_path / "none.json")
    with pytest.raises(TypeError, match="campaign"):
        check('"payload": {}', campaign=7)


def test_the_campaign_and_the_night_are_among_what_was_asked(tmp_path: Any) -> None:
    campaign = {"maxAttempts": 3, "allowedDays": ["mon"]}
    out = tmp_path / "out"
    predial.prepare(job('"payload": {}'), out, campaign=campaign, night="21:00-09:00")
    options = json.loads((out / "manifest.json").read_text())["options"]
    assert (options["campaign"], options["night"]) == (campaign, "21:00-09:00")
    predial.prepare(job('"payload": {}'), out, overwrite=True)
    options = json.loads((out / "manifest.json").read_text())["options"]
    assert (options["campaign"], options["night"]) == (None, "22:00-08:00")


@pytest.mark.parametrize("night", ["", "22-8", "22:00", "22:00-24:00", "22:00 - 08:00"])
def test_a_night_is_two_times(night: str) -> None:
    with pytest.raises(ValueError, match="night"):
        predial.check(b"[]", night=night)


# --- policies as people write them ---------------------------------------------------------------


def quiet(policy: str, zone: str | None = "+05:00") -> predial.Report:
    """The report on a policy of which the hours are not the point."""
    return check(policy, zone, night=NO_NIGHT)


def repaired(policy: str, field: str, tmp_path: Any) -> Any:
    """The value of a field that is sent, if a repair alone was found."""
    report = quiet(policy)
    assert [found.severity for found in report.diagnostics] == ["repair"], report.diagnostics
    assert report.diagnostics[0].field is not None
    return sent(policy, tmp_path)[field]


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ('"mon,tue"', "mon tue"),
        ('"Mon, Tue; Fri"', "mon tue fri"),
        ('"mon-fri"', "mon tue wed thu fri"),
        ('"Monday – Friday"', "mon tue wed thu fri"),
        ('"пн-пт"', "mon tue wed thu fri"),
        ('"пн, ср и вс"', "mon wed sun"),
        ('["mon-wed", "sun"]', "mon tue wed sun"),
        ('["mon,tue"]', "mon tue"),
    ],
)
def test_days_in_one_text(value: str, days: str, tmp_path: Any) -> None:
    assert repaired(f'"allowedDays": {value}', "allowedDays", tmp_path) == days.split()


@pytest.mark.parametrize(
    "value",
    ['"1,2,3,4,5"', '"1-5"', '"fri-mon"', '"mon-wed,tue"', '"weekdays"', '["mon-1"]'],
)
def test_days_in_one_text_with_two_meanings(value: str) -> None:
    [found] = findings(quiet(f'"allowedDays": {value}'))
    assert (found.rule, found.severity, found.suggestion) == ("policy-days", "error", None)


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ('"9:00 AM"', "09:00"),
        ('"9:00 PM"', "21:00"),
        ('"9 a.m."', "09:00"),
        ('"10：00"', "10:00"),
        ('"10:00:00.000"', "10:00"),
        ('"10:00:00.0000000"', "10:00"),
        ("0.375", "09:00"),
        ('"0.375"', "09:00"),
        ("0.4166666666666667", "10:00"),
    ],
)
def test_times_with_one_meaning(value: str, time: str, tmp_path: Any) -> None:
    policy = f'"allowedTime": {{"default": [{{"localTimeFrom": {value}, "localTimeTo": "23:00"}}]}}'
    [window] = repaired(policy, "allowedTime", tmp_path)["default"]
    assert window == {"localTimeFrom": time, "localTimeTo": "23:00"}


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("0.5", "12:00"),
        ('"12:00 AM"', "00:00"),
        ('"13:00 PM"', "13:00"),
        ("0.75", "18:00"),
        ("9", None),
        ("0.1234", None),
        ("true", None),
    ],
)
def test_times_with_several_meanings(value: str, suggestion: str | None) -> None:
    policy = f'"allowedTime": {{"default": [{{"localTimeFrom": {value}, "localTimeTo": "23:00"}}]}}'
    [found] = findings(quiet(policy))
    assert (found.rule, found.severity) == ("policy-time", "error")
    assert found.suggestion == suggestion


def test_every_minute_of_a_sheet_is_its_part_of_a_day(tmp_path: Any) -> None:
    for minute in range(1, 24 * 60 - 1, 7):
        part = minute / (24 * 60)
        window = f'{{"localTimeFrom": "00:00", "localTimeTo": {part!r}}}'
        [found, *_] = findings(quiet(f'"allowedTime": {{"default": [{window}]}}'))
        assert found.suggestion == f"{minute // 60:02}:{minute % 60:02}", part


def test_an_offset_and_a_zone_that_contradict_each_other_are_named() -> None:
    value = '"startDateTime": "2090-07-01T00:00:00+01:00[Europe/Berlin]"'
    [found] = check(value).diagnostics
    assert "the offset is +01:00, and that of Europe/Berlin at this time is +02:00" in found.message
    with pytest.raises(ValueError, match=r"Europe/Berlin at this time is \+02:00"):
        predial.check([], campaign=f"{{{value}}}")


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("2090-01-01T09:00:00+03:00[Europe/Moscow]", "2090-01-01T09:00:00+03:00"),
        ("2090-01-01T09:00+01:00[Europe/Berlin]", "2090-01-01T09:00:00+01:00"),
        ("2090-07-01T09:00+0200[Europe/Berlin]", "2090-07-01T09:00:00+02:00"),
        ("2090-01-01T09:00Z[UTC]", "2090-01-01T09:00:00Z"),
        ("2090-01-01 09:00:00 UTC", "2090-01-01T09:00:00Z"),
        ("2090-01-01 09:00:00 GMT+3", "2090-01-01T09:00:00+03:00"),
        ("2090-01-01 09:00:00 +0000 UTC", "2090-01-01T09:00:00+00:00"),
        ("2090-01-01 9:00:00Z", "2090-01-01T09:00:00Z"),
        ("2090-01-01T9:00+03:00", "2090-01-01T09:00:00+03:00"),
    ],
)
@pytest.mark.parametrize("field", DATES)
def test_date_times_with_one_meaning(field: str, value: str, meant: str, tmp_path: Any) -> None:
    assert repaired(f'"{field}": "{value}"', field, tmp_path) == meant


@pytest.mark.parametrize(
    ("field", "value", "suggestion"),
    [
        ("startDateTime", "2090-12-31", "2090-12-31T00:00:00+05:00"),
        ("finishDateTime", "2090-12-31", "2091-01-01T00:00:00+05:00"),
        ("finishDateTime", "2096-02-28", "2096-02-29T00:00:00+05:00"),
        ("finishDateTime", "9999-12-31", None),
        ("finishDateTime", "2090-02-30", None),
    ],
)
def test_a_date_without_a_time(field: str, value: str, suggestion: str | None) -> None:
    [found] = quiet(f'"{field}": "{value}"', "+05:00").diagnostics
    assert (found.severity, found.suggestion) == ("error", suggestion)
    if suggestion is not None:
        assert found.rule == "policy-date-offset"
        assert "without a time is read as the midnight" in found.message


def test_the_midnight_of_a_finish_has_the_offset_of_that_night() -> None:
    """The clocks of Berlin go back in the night after this day ends."""
    for day, midnight in {
        "2030-10-26": "2030-10-27T00:00:00+02:00",
        "2030-10-27": "2030-10-28T00:00:00+01:00",
    }.items():
        report = quiet(f'"finishDateTime": "{day}"', "Europe/Berlin")
        [found] = [each for each in report.diagnostics if each.field == "finishDateTime"]
        assert found.suggestion == midnight


NINE_TO_SIX = {"localTimeFrom": "09:00", "localTimeTo": "18:00"}


@pytest.mark.parametrize(
    ("value", "windows"),
    [
        ('{"from": "09:00", "to": "18:00"}', {"default": [NINE_TO_SIX]}),
        ('{"start": "9:00", "end": "18:00"}', {"default": [NINE_TO_SIX]}),
        (window("09:00", "18:00"), {"default": [NINE_TO_SIX]}),
        (f"[{window('09:00', '18:00')}]", {"default": [NINE_TO_SIX]}),
        ('[{"to": "6:00 PM", "from": "9:00 AM"}]', {"default": [NINE_TO_SIX]}),
        ('{"mon": {"from": "09:00", "to": "18:00"}}', {"mon": [NINE_TO_SIX]}),
        (f'{{"default": {window("09:00", "18:00")}}}', {"default": [NINE_TO_SIX]}),
        ('{"default": [{"from": "9:00", "localTimeTo": "18:00"}]}', {"default": [NINE_TO_SIX]}),
    ],
)
def test_windows_with_one_meaning(value: str, windows: object, tmp_path: Any) -> None:
    policy = f'"allowedDays": ["mon"], "allowedTime": {value}'
    [found] = quiet(policy).diagnostics
    assert (found.rule, found.severity) == ("policy-window-format", "repair")
    assert sent(policy, tmp_path)["allowedTime"] == windows


@pytest.mark.parametrize(
    "value",
    [
        '{"from": "09:00"}',
        '{"from": "09:00", "from": "18:00"}',
        '{"from": "18:00", "to": "09:00"}',
        '{"from": "09:00", "to": "18:00", "note": 1}',
        '{"from": "09:00", "to": "18:00", "mon": []}',
        f"[{window('09:00', '18:00')}, {window('10:00', '19:00')}]",
        "[]",
        '["09:00"]',
        '"09:00-18:00"',
    ],
)
def test_windows_without_one_meaning_are_refused(value: str) -> None:
    report = quiet(f'"allowedTime": {value}')
    assert report.rejected == 1
    assert not any(found.severity == "repair" for found in report.diagnostics)


def test_a_day_that_is_null_is_warned_of() -> None:
    default = f'"default": [{window("09:00", "18:00")}]'
    [found] = quiet(f'"allowedTime": {{{default}, "sun": null}}').diagnostics
    assert (found.field, found.rule) == ("allowedTime.sun", "policy-closed-day")
    assert found.severity == "warning"
    assert "default hold" in found.message
    # Without a default there are no windows that would hold.
    assert findings(quiet('"allowedTime": {"sun": null, "default": null}')) == []
