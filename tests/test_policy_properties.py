"""Properties of every policy: a second repair changes nothing, and a repair keeps its windows."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import predial
from predial.testing import strategies

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PHONE = "12015550123"

relaxed = settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

LONG_DAYS = {
    "mon": ["Mon", "monday", " mon "],
    "tue": ["TUESDAY"],
    "wed": ["Wed."],
    "thu": ["Thursday"],
    "fri": ["пт"],
    "sat": ["Sat"],
    "sun": ["Sunday"],
}


def policies() -> st.SearchStrategy[dict[str, Any]]:
    return strategies._policies()


@st.composite
def loose(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A policy, and the same policy in another spelling."""
    policy = draw(policies())
    arrived = json.loads(json.dumps(policy))

    def maybe() -> bool:
        return draw(st.booleans())

    for name in ("retryIntervalInMinutes", "maxAttempts", "dialerPriority"):
        if name in arrived and maybe():
            number = arrived[name]
            arrived[name] = draw(st.sampled_from([str(number), float(number), f" {number}.0"]))
    for name in ("startDateTime", "finishDateTime"):
        if name in arrived and maybe():
            text = arrived[name]
            spaced = text.replace("T", " ")
            arrived[name] = draw(st.sampled_from([spaced, f" {text}", text.replace(".", ",")]))
    if "allowedDays" in arrived:
        spellings: dict[str, Any] = LONG_DAYS
        arrived["allowedDays"] = [
            draw(st.sampled_from([day, *spellings[day]])) for day in arrived["allowedDays"]
        ]
    windows: list[Any] = [arrived]
    for day in (arrived.get("allowedTime") or {}).values():
        windows += day
    for window in windows:
        for end in ("localTimeFrom", "localTimeTo"):
            if end in window and maybe():
                time = window[end]
                short = time[1:] if time[0] == "0" else time
                window[end] = draw(st.sampled_from([f"{time}:00", f" {time}", short]))
    return policy, arrived


def job(policy: dict[str, Any]) -> dict[str, Any]:
    return {"phone": PHONE, "gmtZone": "-05:00", **policy}


def windows(policy: dict[str, Any]) -> list[predial.Window]:
    return list(islice(predial.call_windows(job(policy), now=NOW), 5))


def sent(policy: dict[str, Any], **options: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as out:
        report = predial.prepare([job(policy)], out, now=NOW, **options)
        [body] = report.bodies
        [one] = json.loads(Path(body).read_text(encoding="utf-8"))
    assert isinstance(one, dict)
    return one


def without_dates(policy: dict[str, Any]) -> dict[str, Any]:
    """Spellings of an instant differ in their case and their mark of the fraction."""
    dates = ("startDateTime", "finishDateTime")
    return {name: value for name, value in policy.items() if name not in dates}


@pytest.mark.slow
@relaxed
@given(loose())
def test_a_mended_policy_is_the_one_that_was_meant(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    policy, arrived = pair
    assert predial.check([job(policy)], now=NOW).clean == 1
    one = sent(arrived)
    assert without_dates(one) == without_dates(job(policy))
    assert windows(arrived) == windows(policy)
    again = predial.check([one], now=NOW)
    assert (again.clean, again.repaired) == (1, 0)


@pytest.mark.slow
@relaxed
@given(loose())
def test_the_canonical_form_rings_as_the_other_and_is_final(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    _, arrived = pair
    one = sent(arrived, canonical=True)
    assert "localTimeFrom" not in one
    rest = {name: value for name, value in one.items() if name not in ("phone", "gmtZone")}
    assert windows(rest) == windows(arrived)
    again = predial.check([one], now=NOW, canonical=True)
    assert (again.clean, again.warned) == (1, predial.check([one], now=NOW).warned)
    assert "policy-deprecated" not in again.counts


@pytest.mark.slow
@relaxed
@given(policies())
def test_windows_are_apart_and_allowed_from_begin_to_end(policy: dict[str, Any]) -> None:
    before: datetime | None = None
    for window in islice(predial.call_windows(job(policy), now=NOW), 10):
        assert before is None or before < window.start
        assert window.start >= NOW
        assert window.local_start == window.start
        if window.end is None:
            break
        assert window.start < window.end
        middle = window.start + (window.end - window.start) / 2
        asked = predial.next_call(job(policy), now=middle)
        assert asked is not None
        assert (asked.start, asked.end) == (middle, window.end)
        before = window.end


@pytest.mark.slow
@relaxed
@given(policies(), policies())
def test_a_campaign_is_as_good_as_its_fields_in_the_job(
    own: dict[str, Any], campaign: dict[str, Any]
) -> None:
    given_fields = {name: value for name, value in own.items() if value not in (None, {})}
    merged = {**campaign, **given_fields}
    if predial.check([job(merged)], now=NOW).rejected:
        assert predial.check([job(own)], now=NOW, campaign=campaign).rejected == 1
        return
    by_campaign = islice(predial.call_windows(job(own), now=NOW, campaign=campaign), 5)
    assert list(by_campaign) == windows(merged)
    assert predial.check([job(own)], now=NOW, campaign=campaign).rejected == 0


@pytest.mark.slow
@relaxed
@given(policies(), st.sampled_from(["externalCheck", "maxAttempts", "allowedDays", "allowedTime"]))
def test_a_policy_in_a_batch_is_judged_as_alone(policy: dict[str, Any], field: str) -> None:
    """The stored results of one job's policy are right for the next job."""
    other = {name: value for name, value in policy.items() if name != field}
    faulty = {**policy, field: "?"}
    batch = [
        job(p) | {"phone": f"1201555{i:04}"} for i, p in enumerate([policy, other, faulty] * 2)
    ]
    report = predial.check(batch, now=NOW)
    alone = [predial.check([one], now=NOW) for one in batch]
    broken = [[(d.rule, d.field) for d in report.diagnostics if d.row == i] for i in range(6)]
    assert broken == [[(d.rule, d.field) for d in one.diagnostics] for one in alone]
    assert broken[:3] == broken[3:]


@pytest.mark.slow
def test_more_policies_than_are_kept_are_judged_alike() -> None:
    """After the first few thousand, policies are read again each time, with the same results."""
    window = {"localTimeFrom": "9:00", "localTimeTo": "24:00"}
    shared: dict[str, Any] = {"allowedTime": {"default": [window]}, "dialerPriority": 9}
    count = 12_000
    jobs = [
        {
            "phone": PHONE,
            "gmtZone": "America/New_York",
            **shared,
            "externalCheck": {"externalCheckUrl": f"http://a{i}.example"},
            "maxAttempts": "3",
            "startDateTime": f"2026-03-01 {i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}Z",
        }
        for i in range(count)
    ]
    source = "\n".join(map(json.dumps, jobs)).encode()
    report = predial.check(source, now=NOW, max_diagnostics=10 * count)
    broken: list[list[tuple[str | None, str]]] = [[] for _ in jobs]
    for found in report.diagnostics:
        broken[found.row].append((found.field, found.rule))
    assert len(broken[0]) == 6
    assert all(of_row == broken[0] for of_row in broken)
