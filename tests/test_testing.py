"""The strategies of `predial.testing`: what they draw is accepted, or refused."""

from __future__ import annotations

import json
from typing import Any

import phonenumbers
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import predial
from predial import testing
from predial.testing import batches, jobs, phones, zones

PHONE = "79110000000"


@given(zones())
def test_zones_are_zones(zone: str) -> None:
    assert predial.is_zone(zone)
    assert predial.check([{"phone": PHONE, "gmtZone": zone}]).clean == 1


@given(zones(faulty=True))
def test_faulty_zones_are_refused_repair_or_not(zone: str) -> None:
    assert not predial.is_zone(zone)
    with pytest.raises(predial.ZoneError):
        predial.parse_zone(zone, repair=True)
    assert predial.check([{"phone": PHONE, "gmtZone": zone}]).rejected == 1


@given(phones())
def test_phones_are_clean(phone: str) -> None:
    assert predial.is_phone(phone)
    assert predial.normalize_phone(phone) == phone
    assert predial.check([{"phone": phone}]).clean == 1


@given(st.sampled_from([True, False]).flatmap(lambda v: st.tuples(st.just(v), phones(valid=v))))
def test_phones_are_valid_or_not_as_libphonenumber_has_it(drawn: tuple[bool, str]) -> None:
    valid, phone = drawn
    number = phonenumbers.parse(f"+{phone}")
    assert phonenumbers.is_possible_number(number)
    assert phonenumbers.is_valid_number(number) is valid


@given(phones(faulty=True))
def test_faulty_phones_are_refused(phone: str) -> None:
    assert not predial.is_phone(phone)
    assert predial.check([{"phone": phone}]).rejected == 1


@given(jobs())
def test_jobs_are_clean(job: dict[str, Any]) -> None:
    assert predial.check([job]).clean == 1
    assert predial.check(json.dumps([job]).encode()).clean == 1


@given(jobs(faulty=True))
def test_faulty_jobs_are_refused(job: dict[str, Any]) -> None:
    assert predial.check([job]).rejected == 1


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_batches_hold_no_phone_twice(data: st.DataObject) -> None:
    # Of the few numbers of one kind many would be drawn twice.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(testing, "FICTION", ())
        patch.setattr(testing, "UNASSIGNED", (("71234567", 3),))
        batch = data.draw(batches(min_size=20, max_size=40))
    assert predial.check(batch).clean == len(batch) >= 20


@settings(max_examples=50)
@given(batches())
def test_batches_are_clean(batch: list[dict[str, Any]]) -> None:
    report = predial.check(batch)
    assert report.clean == report.total == len(batch)


@settings(max_examples=50)
@given(batches(faulty=True, min_size=2, max_size=6))
def test_faulty_batches_hold_what_is_refused(batch: list[dict[str, Any]]) -> None:
    assert 2 <= len(batch) <= 6
    assert predial.check(batch).rejected >= 1


def test_faulty_batches_hold_doubled_phones_too() -> None:
    doubled = find(batches(faulty=True), lambda b: "phone-duplicate" in predial.check(b).counts)
    assert len(doubled) >= 2


def test_a_faulty_batch_needs_room_for_a_job() -> None:
    with pytest.raises(ValueError, match="max_size"):
        batches(faulty=True, max_size=0)


@pytest.mark.parametrize(
    "rule",
    ["phone-scientific", "phone-multiple", "phone-extension", "phone-national", "phone-empty",
     "phone-letters", "phone-country-code", "phone-too-long", "phone-syntax"],
)  # fmt: skip
def test_faulty_phones_break_many_rules(rule: str) -> None:
    def breaks(phone: str) -> bool:
        return rule in predial.check([{"phone": phone}]).counts

    find(phones(faulty=True), breaks)


def test_faulty_policies_break_many_rules() -> None:
    seen: set[str] = set()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(testing._faulty_policies())
    def collect(policy: dict[str, Any]) -> None:
        report = predial.check([{"phone": PHONE, **policy}])
        assert report.rejected == 1
        seen.update(report.counts)

    collect()
    assert seen >= {
        "policy-max-attempts",
        "policy-priority",
        "policy-date",
        "policy-date-offset",
        "policy-date-order",
        "policy-expired",
        "policy-days",
        "policy-days-empty",
        "policy-time",
        "policy-windows",
        "policy-never-rings",
        "policy-external-check",
        "policy-check-url",
    }
