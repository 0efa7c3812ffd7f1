"""`next_call`, `call_windows` and `predial when`: their arguments and their answers."""

from __future__ import annotations

import json
import pickle
import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import predial
from predial.cli import commands

NOW = datetime(2026, 3, 1, tzinfo=UTC)  # a Sunday
OFFICE = {"localTimeFrom": "10:00", "localTimeTo": "18:00"}
JOB = {"phone": "79123456789", "gmtZone": "+05:00", "allowedTime": {"default": [OFFICE]}}


def run(*arguments: str | Path, text: str | bytes = b"") -> Result:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments], input=text)


def test_a_job_may_be_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text(json.dumps(JOB))
    from_file = run("when", file, "--now", "2026-03-01T00:00Z")
    assert from_file.exit_code == 0
    for text in (json.dumps(JOB), f" {json.dumps(JOB, indent=2)}"):
        assert run("when", text, "--now", "2026-03-01T00:00Z").stdout == from_file.stdout
    broken = run("when", "{phone")
    assert (broken.exit_code, broken.stdout) == (2, "")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- in Python ---------------------------------------------------------------------------------


def test_windows_are_half_open() -> None:
    [first] = islice(predial.call_windows(JOB, now=NOW), 1)
    assert (first.start, first.end) == (at("2026-03-01T05:00:00Z"), at("2026-03-01T13:00:00Z"))
    last = at("2026-03-01T12:59:59.999999Z")
    within = predial.next_call(JOB, now=last)
    assert within is not None
    assert (within.start, within.end) == (last, first.end)
    after = predial.next_call(JOB, now=at("2026-03-01T13:00:00Z"))
    assert after is not None
    assert after.start == at("2026-03-02T05:00:00Z")


def test_a_window_is_a_value() -> None:
    one, again = predial.next_call(JOB, now=NOW), predial.next_call(JOB, now=NOW)
    other = predial.next_call(JOB, now=NOW + timedelta(days=1))
    assert one == again != other
    assert len({one, again, other}) == 2
    assert pickle.loads(pickle.dumps(one)) == one
    assert one != "window"
    assert repr(one) == (
        "predial.Window(start='2026-03-01 05:00:00+00:00', end='2026-03-01 13:00:00+00:00', "
        "zone='+05:00')"
    )
    assert one is not None
    with pytest.raises(AttributeError):
        one.start = NOW


def test_local_start_is_the_zone_s_own_time() -> None:
    window = predial.next_call({**JOB, "gmtZone": "America/New_York"}, now=NOW)
    assert window is not None
    assert str(window.local_start) == "2026-03-01 10:00:00-05:00"
    assert window.start.utcoffset() == timedelta(0)
    assert window.zone == predial.parse_zone("America/New_York")


def test_a_job_without_limits_rings_for_ever() -> None:
    windows = list(predial.call_windows({"gmtZone": "Z"}, now=NOW))
    assert [(window.start, window.end) for window in windows] == [(NOW, None)]


def test_fractions_of_a_second_are_kept_to_the_microsecond() -> None:
    job = {
        "gmtZone": "Z",
        "startDateTime": "2026-03-02T00:00:00.0000001Z",
        "finishDateTime": "2026-03-02T00:00:00.123456789Z",
    }
    window = predial.next_call(job, now=NOW)
    assert window is not None
    # The first and the last instant that a datetime can distinguish are inside.
    assert window.start == at("2026-03-02T00:00:00.000001Z")
    assert window.end == at("2026-03-02T00:00:00.123457Z")
    for micro, rings in ((0, True), (123456, True), (123457, False)):
        now = at("2026-03-02T00:00:00Z") + timedelta(microseconds=micro)
        assert (predial.next_call(job, now=now) is not None) is rings


@pytest.mark.parametrize(
    ("start", "finish"),
    [
        ("0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999-18:00"),
        ("0001-01-01T00:00:00+18:00", "9999-12-31T23:59:59Z"),
    ],
)
def test_years_from_the_first_to_the_last(start: str, finish: str) -> None:
    job = {**JOB, "gmtZone": "Europe/Berlin", "startDateTime": start, "finishDateTime": finish}
    window = predial.next_call(job, now=datetime(1, 1, 1, tzinfo=UTC))
    assert window is not None
    assert window.start.date() == datetime(1, 1, 1).date()
    late = list(predial.call_windows(job, now=datetime(9999, 12, 30, tzinfo=UTC)))
    assert 1 <= len(late) <= 3
    # Not all of the years between are checked.
    never = {**job, "allowedDays": ["mon"], "allowedTime": {"tue": [OFFICE]}}
    assert predial.next_call(never, now=NOW) is None
    rare = {**job, "startDateTime": "9999-12-27T00:00:00Z"}
    last = predial.next_call(rare, now=datetime(1, 1, 1, tzinfo=UTC))
    assert last is not None
    assert last.start.year == 9999


def test_an_unbounded_job_ends_with_the_years_of_a_datetime() -> None:
    windows = list(predial.call_windows(JOB, now=datetime(9999, 12, 30, tzinfo=UTC)))
    assert [str(window.start) for window in windows] == [
        "9999-12-30 05:00:00+00:00",
        "9999-12-31 05:00:00+00:00",
    ]


def test_a_phone_may_be_in_several_zones() -> None:
    job = {"phone": "79123456789", "allowedTime": {"default": [OFFICE]}}
    windows = list(islice(predial.call_windows(job, now=NOW), 30))
    starts = [window.start for window in windows]
    assert starts == sorted(starts)
    assert {str(window.zone) for window in windows} >= {"Asia/Kamchatka", "Europe/Moscow"}
    assert len({(window.start, window.end) for window in windows}) == len(windows)


def test_now_is_the_clock_s_if_left_out() -> None:
    before = datetime.now(UTC)
    window = predial.next_call({"gmtZone": "+03:00"})
    assert window is not None
    assert before <= window.start <= datetime.now(UTC)
    moscow = timezone(timedelta(hours=3))
    assert predial.next_call(JOB, now=NOW.astimezone(moscow)) == predial.next_call(JOB, now=NOW)
    with pytest.raises(ValueError, match="aware"):
        predial.next_call(JOB, now=datetime(2026, 3, 1))


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ("{", "not JSON"),
        ("[]", "job-not-object"),
        ('{"gmtZone": "Z"} x', "not JSON"),
        ('{"gmtZone": "\ud800"}', "surrogate"),
        ({"gmtZone": "MSK"}, "gmtZone: zone-abbreviation"),
        ({"phone": "8 (912) 345-67-89"}, "phone: phone-national"),
        ({"gmtZone": "Z", "maxAttempts": 0}, "maxAttempts: policy-max-attempts"),
        (
            {"gmtZone": "Z", "allowedTime": {"mon": [{**OFFICE, "localTimeTo": "24:00"}]}},
            r"allowedTime.mon\[0\].localTimeTo: policy-time",
        ),
        ({"gmtZone": "Z", "payload": {"when": NOW}}, "can't be written"),
        ({"gmtZone": "Z", "externalCheck": "https://u:s3cret@a.example"}, "externalCheck: policy"),
    ],
)
def test_a_malformed_job_is_an_error(job: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        predial.next_call(job, now=NOW)
    assert "s3cret" not in str(raised.value)


def test_a_job_is_a_dict_or_text() -> None:
    assert predial.next_call(json.dumps(JOB), now=NOW) == predial.next_call(JOB, now=NOW)
    others: list[Any] = [7, None, b"{}", [JOB]]
    for job in others:
        with pytest.raises(TypeError, match="job"):
            predial.next_call(job, now=NOW)


def test_a_phone_at_fault_matters_only_without_a_zone() -> None:
    faulty = {**JOB, "phone": "7.912E+10"}
    assert predial.next_call(faulty, now=NOW) == predial.next_call(JOB, now=NOW)
    with pytest.raises(ValueError, match="phone-scientific"):
        predial.next_call({**faulty, "gmtZone": None}, now=NOW)


# --- on the command line -----------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "job.json"
    path.write_text(json.dumps(JOB), encoding="utf-8")
    return path


def test_when_lists_the_next_windows(file: Path) -> None:
    result = run("when", file, "--now", "2026-03-01T00:00Z", "--count", "2")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "start                 end                   local_start                zone",
        "2026-03-01T05:00:00Z  2026-03-01T13:00:00Z  2026-03-01T10:00:00+05:00  +05:00",
        "2026-03-02T05:00:00Z  2026-03-02T13:00:00Z  2026-03-02T10:00:00+05:00  +05:00",
    ]


def test_when_as_json_and_as_ndjson(file: Path) -> None:
    options = ("--now", "2026-03-01T00:00Z", "--count", "2", "--output-format")
    as_json = json.loads(run("when", file, *options, "json").stdout)
    lines = run("when", file, *options, "ndjson").stdout.splitlines()
    assert as_json == [json.loads(line) for line in lines]
    assert as_json[0] == {
        "start": "2026-03-01T05:00:00Z",
        "end": "2026-03-01T13:00:00Z",
        "local_start": "2026-03-01T10:00:00+05:00",
        "zone": "+05:00",
    }


def test_when_a_job_never_rings() -> None:
    job = {**JOB, "finishDateTime": "2020-01-01T00:00:00Z"}
    result = run("when", "-", text=json.dumps(job))
    assert (result.exit_code, result.stdout) == (1, "The job never rings.\n")
    assert run("when", "-", "--output-format", "json", text=json.dumps(job)).stdout == "[]\n"
    assert run("when", "-", "--output-format", "ndjson", text=json.dumps(job)).stdout == ""


def test_when_a_window_never_ends() -> None:
    result = run("when", "-", "--now", "2026-03-01T00:00Z", text='{"gmtZone": "Z"}')
    assert result.stdout.splitlines()[1].split() == [
        "2026-03-01T00:00:00Z",
        "-",
        "2026-03-01T00:00:00+00:00",
        "Z",
    ]


def test_when_takes_a_campaign(file: Path, tmp_path: Path) -> None:
    campaign = tmp_path / "campaign.json"
    campaign.write_text('{"allowedDays": ["wed"]}')
    result = run("when", file, "--campaign", campaign, "--now", "2026-03-01T00:00Z")
    assert result.stdout.splitlines()[1].startswith("2026-03-04T05:00:00Z")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{", "not JSON"),
        (b'{"gmtZone": "MSK"}', "zone-abbreviation"),
        (b'{"gmtZone": "\xff"}', "not UTF-8 (byte 13)"),
    ],
)
def test_when_it_can_not_tell_it_ends_with_two(text: bytes, said: str) -> None:
    result = run("when", "-", text=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_files_that_are_not_there(file: Path, tmp_path: Path) -> None:
    missing = tmp_path / "none.json"
    for arguments in (("when", missing), ("when", file, "--campaign", missing)):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert str(missing) in result.stderr


def test_check_and_prepare_take_a_campaign_and_a_night(file: Path, tmp_path: Path) -> None:
    campaign = tmp_path / "campaign.json"
    campaign.write_text('{"finishDateTime": "2020-01-01T00:00:00Z"}')
    jobs = tmp_path / "jobs.ndjson"
    jobs.write_text(json.dumps(JOB) + "\n")
    result = run("check", jobs, "--campaign", campaign)
    assert result.exit_code == 1
    # After a long name of a file the field has a line of its own.
    assert re.search(r"policy-expired\s+finishDateTime\n", result.stdout)
    assert "finishDateTime has passed (by the campaign's policy); write" in result.stdout
    assert "policy-night" in run("check", jobs, "--night", "17:00-09:00").stdout
    assert "policy-night" not in run("check", jobs).stdout
    out = tmp_path / "out"
    assert (
        run("prepare", jobs, out, "--campaign", campaign, "--night", "21:00-07:00").exit_code == 1
    )
    options = json.loads((out / "manifest.json").read_text())["options"]
    assert options["campaign"] == {"finishDateTime": "2020-01-01T00:00:00Z"}
    assert options["night"] == "21:00-07:00"


@pytest.mark.parametrize(
    ("campaign", "said"),
    [
        ('{"allowedDays": []}', "allowedDays: policy-days-empty"),
        ('{"maxAttempts": "3"}', "maxAttempts: policy-integer"),
        ("nope", "not JSON"),
    ],
)
def test_a_malformed_campaign_is_bad_usage(
    file: Path, tmp_path: Path, campaign: str, said: str
) -> None:
    path = tmp_path / "campaign.json"
    path.write_text(campaign)
    for command in (("when", file), ("check", file), ("prepare", file, tmp_path / "out")):
        result = run(*command, "--campaign", path)
        assert result.exit_code == 2
        assert said in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_malformed_night_is_bad_usage(file: Path) -> None:
    result = run("check", file, "--night", "22-8")
    assert result.exit_code == 2
    assert "22:00-08:00" in result.stderr


def test_another_campaign_does_not_resume(tmp_path: Path) -> None:
    jobs = [{"phone": f"1201555{i:04}"} for i in range(1100)]

    def broken() -> Any:
        yield from jobs
        raise OSError("gone")

    out = tmp_path / "out"
    with pytest.raises(OSError, match="gone"):
        predial.prepare(broken(), out, max_jobs=500, now=NOW, campaign={"maxAttempts": 3})
    others: list[dict[str, Any]] = [{"campaign": {"maxAttempts": 4}}, {"night": "21:00-08:00"}]
    for options in others:
        given: dict[str, Any] = {"campaign": {"maxAttempts": 3}, **options}
        with pytest.raises(ValueError, match=next(iter(options))):
            predial.prepare(jobs, out, max_jobs=500, now=NOW, resume=True, **given)
    report = predial.prepare(
        jobs, out, max_jobs=500, now=NOW, resume=True, campaign={"maxAttempts": 3}
    )
    assert report.clean == 1100
