"""The strategies of `predial.testing`: the values that they draw are accepted, or refused."""

from __future__ import annotations

import json
from typing import Any

import phonenumbers
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import predial
from predial._examples import RANGES
from predial.testing import batches, jobs, phones, strategies, zones

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


@pytest.mark.slow
@given(jobs(faulty=True))
def test_faulty_jobs_are_refused(job: dict[str, Any]) -> None:
    assert predial.check([job]).rejected == 1


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_batches_hold_no_phone_twice(data: st.DataObject) -> None:
    # Of the few numbers of one kind many would be drawn twice.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strategies, "FICTION", ())
        patch.setattr(strategies, "UNASSIGNED", (("71234567", 3),))
        batch = data.draw(batches(min_size=20, max_size=40))
    assert predial.check(batch).clean == len(batch) >= 20


@pytest.mark.slow
@settings(max_examples=50)
@given(batches())
def test_batches_are_clean(batch: list[dict[str, Any]]) -> None:
    report = predial.check(batch)
    assert report.clean == report.total == len(batch)


@pytest.mark.slow
@settings(max_examples=50)
@given(batches(faulty=True, min_size=2, max_size=6))
def test_faulty_batches_hold_what_is_refused(batch: list[dict[str, Any]]) -> None:
    assert 2 <= len(batch) <= 6
    assert predial.check(batch).rejected >= 1


@pytest.mark.slow
def test_faulty_batches_hold_doubled_phones_too() -> None:
    doubled = find(batches(faulty=True), lambda b: "phone-duplicate" in predial.check(b).counts)
    assert len(doubled) >= 2


def test_a_faulty_batch_needs_room_for_a_job() -> None:
    with pytest.raises(ValueError, match="max_size"):
        batches(faulty=True, max_size=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule",
    ["phone-scientific", "phone-multiple", "phone-extension", "phone-national", "phone-empty",
     "phone-letters", "phone-country-code", "phone-too-long", "phone-syntax"],
)  # fmt: skip
def test_faulty_phones_break_many_rules(rule: str) -> None:
    def breaks(phone: str) -> bool:
        return rule in predial.check([{"phone": phone}]).counts

    find(phones(faulty=True), breaks)


@pytest.mark.slow
def test_faulty_policies_break_many_rules() -> None:
    seen: set[str] = set()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(strategies._faulty_policies())
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


@given(zones(repairable=True))
def test_repairable_zones_are_repaired(zone: str) -> None:
    assert not predial.is_zone(zone)
    assert predial.is_zone(predial.normalize_zone(zone, repair=True))
    assert predial.check([{"phone": PHONE, "gmtZone": zone}]).repaired == 1


@given(phones(repairable=True))
def test_repairable_phones_are_repaired(phone: str) -> None:
    assert predial.normalize_phone(phone) != phone
    report = predial.check([{"phone": phone}])
    assert (report.repaired, report.counts["phone-format"]) == (1, 1)


def _of_a_region() -> st.SearchStrategy[tuple[str, str, str]]:
    def drawn(region: str) -> st.SearchStrategy[tuple[str, str, str]]:
        numbers = phones(region=region, valid=True), phones(region=region, valid=False)
        return st.tuples(st.just(region), *numbers)

    return st.sampled_from(sorted(RANGES)).flatmap(drawn)


@pytest.mark.slow
@settings(max_examples=400)
@given(_of_a_region())
def test_phones_of_a_region_are_its_numbers(drawn: tuple[str, str, str]) -> None:
    region, valid, unassigned = drawn
    number = phonenumbers.parse(f"+{valid}")
    assert phonenumbers.is_valid_number_for_region(number, region)
    number = phonenumbers.parse(f"+{unassigned}")
    assert number.country_code == phonenumbers.country_code_for_region(region)
    assert phonenumbers.is_possible_number(number)
    assert not phonenumbers.is_valid_number(number)
    assert predial.check([{"phone": valid}, {"phone": unassigned}]).clean == 2


@pytest.mark.slow
def test_the_ranges_are_those_of_the_pinned_package() -> None:
    import example_numbers

    assert example_numbers.TARGET.read_text("utf-8") == example_numbers.text()


def test_phones_of_a_region_of_both_kinds_and_with_marks() -> None:
    of_both = phones(region="BR")
    find(of_both, lambda phone: predial.is_phone(phone, level="valid"))
    find(of_both, lambda phone: not predial.is_phone(phone, level="valid"))
    marked = find(phones(region="BR", repairable=True), lambda phone: "-" in phone)
    assert predial.normalize_phone(marked).startswith("55")


@given(jobs(repairable=True))
def test_repairable_jobs_are_repaired(job: dict[str, Any]) -> None:
    report = predial.check([job])
    assert (report.repaired, report.rejected) == (1, 0)
    assert predial.check([job], repair=False).rejected == 1


@pytest.mark.slow
@settings(max_examples=50)
@given(batches(repairable=True, min_size=2, max_size=6))
def test_repairable_batches_hold_what_is_repaired(batch: list[dict[str, Any]]) -> None:
    report = predial.check(batch)
    assert report.repaired == 1
    assert report.clean == len(batch) - 1


#: Rules that no single job can break.
NOT_OF_ONE_JOB = {
    "job-duplicate", "job-duplicate-key", "job-not-object", "job-syntax", "job-too-large",
    "phone-abroad", "phone-ambiguous", "phone-duplicate", "phone-excluded", "phone-two-readings",
    "zone-empty",
}  # fmt: skip
OF_ONE_JOB = [
    rule
    for rule in predial.rules()
    if rule.name not in NOT_OF_ONE_JOB
    and not rule.name.startswith(("url-", "short-form-", "record-"))
]


@pytest.mark.slow
@pytest.mark.parametrize("rule", OF_ONE_JOB, ids=lambda rule: rule.name)
def test_jobs_break_the_rule_that_is_named(rule: predial.Rule) -> None:
    @settings(max_examples=20, database=None)
    @given(jobs(rule=rule.name))
    def hold(job: dict[str, Any]) -> None:
        report = predial.check([job])
        assert rule.name in report.counts
        assert report.rejected == (rule.severity == "error")
        assert report.repaired == (rule.severity == "repair")

    hold()


@pytest.mark.parametrize(
    "rule", [rule.name for rule in predial.rules() if rule not in OF_ONE_JOB] + ["no-such-rule"]
)
def test_a_rule_that_no_single_job_breaks_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        jobs(rule=rule)


def test_switches_that_exclude_each_other_are_refused() -> None:
    for call in (
        lambda: zones(faulty=True, repairable=True),
        lambda: phones(faulty=True, repairable=True),
        lambda: phones(faulty=True, region="RU"),
        lambda: jobs(faulty=True, rule="phone-empty"),
        lambda: batches(faulty=True, repairable=True),
        lambda: phones(region="ru"),
        lambda: batches(repairable=True, max_size=0),
    ):
        with pytest.raises(ValueError, match=r"one of these|region|max_size"):
            call()
