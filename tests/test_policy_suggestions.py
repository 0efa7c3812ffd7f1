"""What is suggested for a policy is sent with `repair="suggested"`."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import predial

NOW = datetime(2026, 11, 2, tzinfo=UTC)
PHONE = {"phone": "79123456789", "gmtZone": "+05:00"}


def window(start: str, end: str) -> dict[str, str]:
    return {"localTimeFrom": start, "localTimeTo": end}


def windows(*times: tuple[str, str]) -> list[dict[str, str]]:
    return [window(start, end) for start, end in times]


def sent(job: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The policy that is sent of a job."""
    [row] = predial.judge([{**PHONE, **job}], now=NOW, repair="suggested", **options)
    assert row.standing == "repaired", row.diagnostics
    assert row.job is not None
    again = predial.check_job(row.job.decode(), now=NOW, repair="suggested", **options)
    assert again.standing == "clean", again.diagnostics
    found: dict[str, Any] = json.loads(row.job)
    return {name: value for name, value in found.items() if name not in PHONE}


MORNING, EVENING = ("00:00", "06:00"), ("22:00", "23:59")
DAY = {"default": windows(("09:00", "18:00"))}

SUGGESTED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"startDateTime": "2026-11-05"}, {"startDateTime": "2026-11-05T00:00:00+05:00"}),
    ({"finishDateTime": "2026-11-05"}, {"finishDateTime": "2026-11-06T00:00:00+05:00"}),
    (
        {"finishDateTime": "2026-11-05 9:00:00.5"},
        {"finishDateTime": "2026-11-05T09:00:00.5+05:00"},
    ),
    (
        {"startDateTime": "2026-11-05", "finishDateTime": "2026-11-05"},
        {
            "startDateTime": "2026-11-05T00:00:00+05:00",
            "finishDateTime": "2026-11-06T00:00:00+05:00",
        },
    ),
    ({"finishDateTime": "2026-11-05T10:00:60Z"}, {"finishDateTime": "2026-11-05T10:00:59Z"}),
    ({"allowedDays": ["mon", "пн", "tue"]}, {"allowedDays": ["mon", "tue"]}),
    (
        {"allowedTime": {"default": [window("9:00", "24:00")]}},
        {"allowedTime": {"default": [window("09:00", "23:59")]}},
    ),
    (
        {"allowedTime": {"default": [{"from": "9:00 AM", "to": "24:00"}]}},
        {"allowedTime": {"default": [window("09:00", "23:59")]}},
    ),
    (
        {"allowedTime": [window("09:00", "24:00")]},
        {"allowedTime": {"default": [window("09:00", "23:59")]}},
    ),
    (
        {"allowedTime": "9:00 – 18:00"},
        {"allowedTime": {"default": windows(("09:00", "18:00"))}},
    ),
    (
        {"allowedTime": {"from": "22:00", "to": "6:00"}},
        {"allowedTime": {"default": windows(MORNING, EVENING)}},
    ),
    (
        {"allowedTime": {"sun": {"from": "22:00", "to": "6:00"}}},
        {"allowedTime": {"mon": windows(MORNING), "sun": windows(EVENING)}},
    ),
    (
        {"allowedTime": {"default": [window("22:00", "06:00"), window("10:00", "11:00")]}},
        {"allowedTime": {"default": windows(MORNING, ("10:00", "11:00"), EVENING)}},
    ),
    (
        {"allowedTime": {"mon": [window("22:00", "06:00")], **DAY}},
        {
            "allowedTime": {
                **DAY,
                "mon": windows(EVENING),
                "tue": windows(MORNING, ("09:00", "18:00")),
            }
        },
    ),
    (
        {
            "allowedTime": {
                "mon": windows(("09:00", "13:00"), ("12:00", "14:00"), ("13:30", "18:00"))
            }
        },
        {"allowedTime": {"mon": windows(("09:00", "18:00"))}},
    ),
    (
        {"allowedTime": {"Mon": windows(("09:00", "13:00")), "DEFAULT": windows(MORNING)}},
        {"allowedTime": {"mon": windows(("09:00", "13:00")), "default": windows(MORNING)}},
    ),
    (
        {"localTimeFrom": "22:00", "localTimeTo": "6:00"},
        {"allowedTime": {"default": windows(MORNING, EVENING)}},
    ),
    (
        {"localTimeFrom": "0.5", "localTimeTo": "24:00"},
        {"localTimeFrom": "12:00", "localTimeTo": "23:59"},
    ),
]


@pytest.mark.parametrize(("job", "policy"), SUGGESTED)
def test_a_suggestion_is_sent(job: dict[str, Any], policy: dict[str, Any]) -> None:
    assert sent(job) == policy
    result = predial.check_job({**PHONE, **job}, now=NOW, repair="suggested")
    severities = {one.rule: one.severity for one in result.diagnostics}
    assert "suggested" in severities.values()
    assert "error" not in severities.values()
    # Without it they are errors, as they were.
    refused = predial.check_job({**PHONE, **job}, now=NOW)
    assert refused.standing == "rejected"
    rules = {one.rule for one in refused.diagnostics if one.severity == "error"}
    assert rules == {rule for rule, severity in severities.items() if severity == "suggested"}


def test_the_verdict_is_that_on_what_is_sent() -> None:
    """A suggestion that leaves no time to call is refused, and the night is found."""
    for job, rule in (
        ({"finishDateTime": "2026-10-05"}, "policy-expired"),
        ({"startDateTime": "2026-11-06", "finishDateTime": "2026-11-05"}, "policy-date-order"),
        (
            {
                "finishDateTime": "2026-11-02 09:00",
                "allowedTime": {"sun": [window("1:00", "24:00")]},
            },
            "policy-never-rings",
        ),
    ):
        result = predial.check_job({**PHONE, **job}, now=NOW, repair="suggested")
        assert result.standing == "rejected"
        assert {one.severity for one in result.diagnostics if one.suggestion} <= {"error", "repair"}
        assert rule in {one.rule for one in result.diagnostics}
    night = {"allowedTime": {"default": [window("23:00", "24:00")]}}
    result = predial.check_job({**PHONE, **night}, now=NOW, repair="suggested")
    assert [one.rule for one in result.diagnostics] == ["policy-time", "policy-night"]


REFUSED: list[dict[str, Any]] = [
    # The phone has several clocks, so the offset is not known.
    {"gmtZone": None, "startDateTime": "2026-11-05"},
    {"allowedDays": [1, 2]},
    {"allowedTime": "18:00-9:00"},
    {"allowedTime": "9-18"},
    {"allowedTime": "mon-fri 9:00-18:00"},
    {"allowedTime": {"mon": [window("22:00", "06:00")], "tue": [window("05:00", "18:00")]}},
    {"allowedTime": {"Mon": [window("9:00", "10:00")], "mon": [window("11:00", "12:00")]}},
    {"allowedTime": {"default": [window("22:00", "06:00"), window("x", "06:00")]}},
    {"allowedTime": {"default": [window("09:00", "24:00")], "today": [window("09:00", "10:00")]}},
    {"startDateTime": "2026-11-05", "maxAttempts": 0},
    {"localTimeFrom": "22:00", "localTimeTo": "24:00", "allowedDays": []},
    # More faults than are listed.
    {"allowedTime": {"default": [window("09:00", "24:00")] * 150 + [window("x", "y")]}},
]


@pytest.mark.parametrize("job", REFUSED)
def test_one_fault_without_a_suggestion_rejects_the_job(job: dict[str, Any]) -> None:
    result = predial.check_job({**PHONE, **job}, now=NOW, repair="suggested")
    assert result.standing == "rejected"
    assert "suggested" not in {one.severity for one in result.diagnostics}


@pytest.mark.parametrize(
    "job",
    [
        # Over midnight, or to the afternoon in 12 hours, or with the ends exchanged.
        {"localTimeFrom": "9:00", "localTimeTo": "6:00"},
        {"localTimeFrom": "09:00", "localTimeTo": "06:00"},
        {"localTimeFrom": "9 AM", "localTimeTo": "5"},
        {"localTimeFrom": "18:00", "localTimeTo": "9:00"},
        {"localTimeFrom": "9:00 AM", "localTimeTo": "12:00 AM"},
        {"allowedTime": {"from": "9:00", "to": "6:00"}},
        {"allowedTime": {"from": "18:00", "to": "9:00"}},
        {"allowedTime": "9:00-6:00"},
        {"allowedTime": {"mon": [window("9:00", "12:00"), window("13:00", "6:00")]}},
        # One end has AM or PM, and the other may be in both halves of the day.
        {"allowedTime": [window("9:00 AM", "12:00"), window("1:00", "6:00 PM")]},
        {"allowedTime": {"default": [window("1:00", "6:00 PM")]}},
        {"allowedTime": {"default": [window("9:00 AM", "11:00")]}},
        {"allowedTime": {"from": "1:00", "to": "6:00 PM"}},
        {"allowedTime": "1:00-6:00 PM"},
        {"localTimeFrom": "1:00", "localTimeTo": "6:00 PM"},
    ],
)
def test_a_window_with_two_readings_has_no_suggestion(job: dict[str, Any]) -> None:
    result = predial.check_job({**PHONE, **job}, now=NOW, repair="suggested")
    assert result.standing == "rejected"
    errors = [one for one in result.diagnostics if one.severity == "error"]
    assert errors[-1].suggestion is None


@pytest.mark.parametrize(
    ("start", "end", "meant"),
    [
        ("22:00", "2:00", [("00:00", "02:00"), ("22:00", "23:59")]),
        ("10:00 PM", "2:00 AM", [("00:00", "02:00"), ("22:00", "23:59")]),
        ("10 PM", "02:00", [("00:00", "02:00"), ("22:00", "23:59")]),
        ("09:00", "00:00", [("09:00", "23:59")]),
        ("8:00 PM", "12:00 AM", [("20:00", "23:59")]),
        ("9:00 AM", "12:00", [("09:00", "12:00")]),
        ("9:00", "6:00 PM", [("09:00", "18:00")]),
        ("12:00", "6:00 PM", [("12:00", "18:00")]),
    ],
)
def test_a_window_with_one_reading_is_sent(
    start: str, end: str, meant: list[tuple[str, str]]
) -> None:
    windows_meant = {"allowedTime": {"default": windows(*meant)}}
    for given_as in ({"from": start, "to": end}, {"default": [window(start, end)]}):
        assert sent({"allowedTime": given_as}) == windows_meant
    pair = {"localTimeFrom": start, "localTimeTo": end}
    assert sent(pair, canonical=True) == windows_meant


NIGHT = ("22:00", "02:00")


@pytest.mark.parametrize(
    ("job", "campaign"),
    [
        ({"allowedDays": ["fri"], "allowedTime": {"default": windows(NIGHT)}}, {}),
        ({"allowedDays": ["fri"], "allowedTime": {"from": "22:00", "to": "2:00"}}, {}),
        ({"allowedDays": ["fri"], "allowedTime": "22:00-2:00"}, {}),
        ({"allowedDays": ["fri"], "localTimeFrom": "22:00", "localTimeTo": "02:00"}, {}),
        ({"allowedDays": ["fri"], "allowedTime": {"fri": windows(NIGHT)}}, {}),
        ({"allowedDays": ["sat"], "allowedTime": {"fri": windows(NIGHT)}}, {}),
        ({"allowedTime": {"default": windows(NIGHT), "sat": windows(("10:00", "12:00"))}}, {}),
        ({"allowedTime": {"default": windows(NIGHT)}}, {"allowedDays": ["fri"]}),
        ({"localTimeFrom": "22:00", "localTimeTo": "02:00"}, {"allowedDays": ["fri"]}),
    ],
)
def test_a_window_over_midnight_that_loses_a_part_has_no_suggestion(
    job: dict[str, Any], campaign: dict[str, Any]
) -> None:
    options: dict[str, Any] = {"now": NOW, "repair": "suggested", "campaign": campaign}
    result = predial.check_job({**PHONE, **job}, **options)
    assert result.standing == "rejected"
    found = [one for one in result.diagnostics if one.severity == "error"]
    assert "crosses midnight, and the next day" in found[-1].message
    assert found[-1].suggestion is None


def test_a_window_over_midnight_on_days_that_follow_each_other_is_sent() -> None:
    days = {"allowedDays": ["fri", "sat"]}
    meant = {"fri": windows(("22:00", "23:59")), "sat": windows(("00:00", "02:00"))}
    assert sent({**days, "allowedTime": {"fri": windows(NIGHT)}}) == {**days, "allowedTime": meant}
    until_midnight = {"default": windows(("22:00", "00:00"))}
    policy = {**days, "allowedTime": {"default": windows(("22:00", "23:59"))}}
    assert sent({**days, "allowedTime": until_midnight}) == policy


@pytest.mark.parametrize(
    ("zone", "field", "local"),
    [
        ("America/New_York", "startDateTime", "2027-03-14T02:30:00"),
        ("America/New_York", "startDateTime", "2027-03-14T02:00:00"),
        ("America/New_York", "finishDateTime", "2027-11-07T01:30"),
        ("Africa/Cairo", "startDateTime", "2027-04-30T00:30:00"),
        ("Africa/Cairo", "startDateTime", "2027-04-30T00:00:00"),
        ("America/Havana", "startDateTime", "2027-11-07"),
    ],
)
def test_a_local_time_that_is_skipped_or_repeated_has_no_suggestion(
    zone: str, field: str, local: str
) -> None:
    job = {"phone": "12015550123", "gmtZone": zone, field: local}
    result = predial.check_job(job, now=NOW, repair="suggested")
    assert result.standing == "rejected"
    [found] = [one for one in result.diagnostics if one.rule == "policy-date-offset"]
    assert (found.severity, found.suggestion) == ("error", None)


@pytest.mark.parametrize(
    ("zone", "field", "local", "meant"),
    [
        ("America/New_York", "startDateTime", "2027-03-14T01:59:59", "2027-03-14T01:59:59-05:00"),
        ("America/New_York", "startDateTime", "2027-03-14T03:00:00", "2027-03-14T03:00:00-04:00"),
        ("America/New_York", "startDateTime", "2027-11-07T00:59:59", "2027-11-07T00:59:59-04:00"),
        ("America/New_York", "startDateTime", "2027-11-07T02:00:00", "2027-11-07T02:00:00-05:00"),
        # The first instant of the day, which clocks show as 01:00.
        ("Africa/Cairo", "startDateTime", "2027-04-30", "2027-04-30T00:00:00+02:00"),
        ("Africa/Cairo", "finishDateTime", "2027-04-29", "2027-04-30T00:00:00+02:00"),
    ],
)
def test_a_local_time_beside_a_change_of_the_clocks_is_sent(
    zone: str, field: str, local: str, meant: str
) -> None:
    job = {"phone": "12015550123", "gmtZone": zone, field: local}
    [row] = predial.judge([job], now=NOW, repair="suggested")
    assert row.job is not None
    assert json.loads(row.job)[field] == meant


def test_a_window_alone_over_midnight_is_suggested_with_its_morning() -> None:
    job = {**PHONE, "allowedTime": {"mon": {"from": "22:00", "to": "6:00"}}}
    found = predial.check_job(job, now=NOW).diagnostics[0]
    assert json.loads(found.suggestion or "") == {"mon": windows(EVENING), "tue": windows(MORNING)}


def test_a_campaign_with_a_suggestion_is_refused() -> None:
    for campaign in (
        {"allowedTime": {"default": windows(("22:00", "06:00"))}},
        {"allowedTime": {"default": windows(("09:00", "24:00"))}},
        {"startDateTime": "2026-11-05"},
    ):
        with pytest.raises(ValueError, match=r"did you mean|no offset|a date without a time"):
            predial.check_job(PHONE, repair="suggested", campaign=campaign)


def test_every_way_sends_the_same(tmp_path: Path) -> None:
    jobs = [{**PHONE, **job, "phone": f"7912345{i:04}"} for i, (job, _) in enumerate(SUGGESTED)]
    source = "".join(json.dumps(job) + "\n" for job in jobs).encode()
    options: dict[str, Any] = {"now": NOW, "repair": "suggested"}
    assert predial.check(source, **options).repaired == len(jobs)
    rows = [json.loads(row.job or b"") for row in predial.judge(source, **options)]
    assert [policy_of(row) for row in rows] == [policy for _, policy in SUGGESTED]
    bodies = [job for body in predial.bodies(source, **options) for job in json.loads(body.content)]
    assert bodies == rows
    predial.prepare(source, tmp_path / "out", **options)
    [body] = (tmp_path / "out" / "bodies").iterdir()
    assert json.loads(body.read_bytes()) == rows
    # A cleaned list has another phone and zone, and its policies as they came.
    report = predial.clean(source, tmp_path / "clean.ndjson", **options)
    assert (report.repaired, report.rejected) == (len(jobs), 0)
    cleaned = (tmp_path / "clean.ndjson").read_text().splitlines()
    assert [json.loads(line) for line in cleaned] == jobs


def policy_of(job: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in job.items() if name not in PHONE}


def test_the_cells_of_a_table_are_sent_as_suggested(tmp_path: Path) -> None:
    names = ["phone", "gmtZone", "note", "finishDateTime", "allowedDays", "allowedTime"]
    cells = [
        ["79123456789", "+05:00", "a", "2026-11-05", "пн-пт", '{"from":"9:00","to":"24:00"}'],
        ["79123456780", "+05:00", "b", "2026-11-05T10:00:60Z", "", ""],
        ["79123456781", "+05:00", "c", "", '["mon","mon"]', ""],
        ["79123456782", "+05:00", "d", "", "mon,mon", ""],
    ]
    text = io.StringIO()
    csv.writer(text).writerows([names, *cells])
    options: dict[str, Any] = {"now": NOW, "repair": "suggested"}
    source = text.getvalue().encode()
    rows = [json.loads(row.job or b"") for row in predial.judge(source, **options)]
    policies = [{n: v for n, v in policy_of(row).items() if n in names} for row in rows]
    assert policies == [
        {
            "finishDateTime": "2026-11-06T00:00:00+05:00",
            "allowedDays": ["mon", "tue", "wed", "thu", "fri"],
            "allowedTime": {"default": [window("09:00", "23:59")]},
        },
        {"finishDateTime": "2026-11-05T10:00:59Z"},
        {"allowedDays": ["mon"]},
        {"allowedDays": ["mon"]},
    ]
    report = predial.clean(source, tmp_path / "clean.csv", **options)
    assert (report.repaired, report.rejected) == (4, 0)
    assert (tmp_path / "clean.csv").read_bytes() == source


TIMES = st.sampled_from(
    ["09:00", "9:00", "13:30", "18:00", "24:00", "12:00 AM", "0.5", "06:00", "x"]
)
ENDS = st.sampled_from([("localTimeFrom", "localTimeTo"), ("from", "to"), ("start", "localTimeTo")])
WINDOW = st.builds(
    lambda names, start, end: dict(zip(names, (start, end), strict=True)), ENDS, TIMES, TIMES
)
DAYS = st.sampled_from(["mon", "tue", "sun", "Sun", "default", "Default", "понедельник", "x"])
DATES = st.sampled_from(
    ["2026-11-05", "2026-11-07 10:00", "2026-11-08T10:00:60Z", "2026-11-09T00:00:00Z", "2026-13-01"]
)
JOBS = st.fixed_dictionaries(
    {"phone": st.sampled_from(["79123456789", "12015550123", "4930123456"])},
    optional={
        "gmtZone": st.sampled_from(["+05:00", "Europe/Berlin", "МСК+2", "nowhere"]),
        "startDateTime": DATES,
        "finishDateTime": DATES,
        "allowedDays": st.sampled_from(["mon-fri", ["mon", "Mon"], ["sun", "вс", "1"], "sat,sun"]),
        "allowedTime": st.one_of(
            WINDOW,
            st.lists(WINDOW, max_size=3),
            st.dictionaries(DAYS, st.one_of(WINDOW, st.lists(WINDOW, max_size=3)), max_size=3),
        ),
        "localTimeFrom": TIMES,
        "localTimeTo": TIMES,
    },
)


@given(JOBS, st.booleans())
def test_what_is_sent_is_clean_and_rings_at_the_same_times(
    job: dict[str, Any], canonical: bool
) -> None:
    options: dict[str, Any] = {"now": NOW, "repair": "suggested", "canonical": canonical}
    [row] = predial.judge([job], **options)
    result = predial.check_job(job, **options)
    assert (result.standing, result.diagnostics) == (row.standing, row.diagnostics)
    severities = {one.severity for one in row.diagnostics}
    if row.standing == "rejected":
        assert "suggested" not in severities
        return
    assert row.job is not None
    assert "error" not in severities
    again = predial.check_job(row.job.decode(), **options)
    assert again.standing == "clean", (row.job, again.diagnostics)
    lasting = {"policy-unknown-key", "policy-deprecated"}
    warned = [one.rule for one in row.diagnostics if one.severity == "warning"]
    still = [one.rule for one in again.diagnostics]
    assert set(warned) - lasting == set(still) - lasting
    strict = predial.check_job(job, now=NOW, canonical=canonical)
    assert (strict.standing == "rejected") == ("suggested" in severities)
    counts = predial.forecast([job], days=9, **options)
    assert counts.hours == predial.forecast(row.job, days=9, **options).hours
