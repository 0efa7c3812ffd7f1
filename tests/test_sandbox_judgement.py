"""The sandbox judges as the core does: it refuses what `predial.check` refuses unrepaired."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import predial
from predial.sandbox.judgement import Judge, Refusal, job_of_query
from predial.sandbox.store import Store
from predial.testing import batches, jobs, phones, zones

NOW = datetime.now(UTC)
JUDGE = Judge("refuse", "17")
SEVERITY: Any = {"zone-unknown-to-jvm": "error"}

any_batch = batches() | batches(faulty=True) | batches(repairable=True)


@given(any_batch)
def test_a_body_is_accepted_if_all_its_jobs_are_clean(batch: list[dict[str, Any]]) -> None:
    body = json.dumps(batch).encode()
    report = predial.check(body, repair=False, severity=SEVERITY, now=NOW)
    verdict = JUDGE.body(body, NOW)
    assert isinstance(verdict, Refusal) == bool(report.rejected)
    if isinstance(verdict, list):
        assert [str(phone) for phone, _, _ in verdict] == [str(job["phone"]) for job in batch]
        assert [json.loads(text) for _, text, _ in verdict] == batch
        policy = [any(value for name, value in job.items() if _is_policy(name)) for job in batch]
        assert [has_policy for *_, has_policy in verdict] == policy


def _is_policy(name: str) -> bool:
    return name not in ("phone", "gmtZone", "payload")


@given(any_batch)
def test_a_plus_changes_nothing_but_the_plus(batch: list[dict[str, Any]]) -> None:
    plain = JUDGE.body(json.dumps(batch).encode(), NOW)
    for job in batch:
        if isinstance(job.get("phone"), str) and job["phone"].isascii() and job["phone"].isdigit():
            job["phone"] = f"+{job['phone']}"
    verdict = Judge("accept", "17").body(json.dumps(batch).encode(), NOW)
    if isinstance(plain, list):
        assert isinstance(verdict, list)
        assert [job[0] for job in verdict] == [job[0] for job in plain]


#: The type of each kind of rule, by the beginning of its name. The documents have no others.
TYPES = {
    "phone-duplicate": "phone.duplicated",
    "job-duplicate": "phone.duplicated",
    "phone-": "phone.bad.format",
    "zone-": "phone.gmtZone.bad.format",
    "policy-time": "invalid.call.allowed.time",
    "policy-window": "invalid.call.allowed.time",
    "policy-priority": "invalid.dialer_priority",
}
REFUSED = [
    rule.name
    for rule in predial.rules()
    if rule.severity in ("error", "repair")
    and not rule.name.startswith(("url-", "short-form-", "record-"))
    # No single job breaks these, or only with options that the sandbox does not use.
    and rule.name not in (
        "phone-duplicate", "phone-excluded", "phone-ambiguous", "job-duplicate", "job-too-large",
        "job-syntax", "job-not-object", "job-duplicate-key", "job-unwritable", "zone-empty",
    )
]  # fmt: skip


@pytest.mark.parametrize("rule", REFUSED)
@settings(max_examples=10)
@given(data=st.data())
def test_a_fault_has_the_type_of_the_service(rule: str, data: st.DataObject) -> None:
    job = {"phone": "79110000000", **data.draw(jobs(rule=rule))}
    if rule == "phone-missing":
        del job["phone"]
    verdict = JUDGE.job(job, NOW)
    assert isinstance(verdict, Refusal)
    starts = sorted((start for start in TYPES if rule.startswith(start)), key=len)
    assert verdict.type == (TYPES[starts[-1]] if starts else "invalid.request")
    listed = JUDGE.body(json.dumps([job]).encode(), NOW)
    assert isinstance(listed, Refusal)
    assert (listed.type, listed.message) == (verdict.type, verdict.message)
    second = JUDGE.body(json.dumps([{"phone": "79110000001"}, job]).encode(), NOW)
    assert isinstance(second, Refusal)
    assert (second.type, second.message) == (verdict.type, f"job 2: {verdict.message}")


def test_words_about_doubled_phones_are_true_of_each() -> None:
    """`refused.csv` has them beside each row that is left out."""
    doubled = [{"phone": str(79110000000 + number % 7)} for number in range(14)]
    refusal = JUDGE.body(json.dumps([{"phone": "79120000000"}, *doubled]).encode(), NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.message == (
        "more than one job of the request has these phones: 79110000000, 79110000001, "
        "79110000002, 79110000003, 79110000004 and 2 more"
    )


@given(phones(), st.none() | zones(), st.dictionaries(st.text(min_size=1), st.text(), max_size=3))
def test_the_short_form_is_the_job_of_its_parameters(
    phone: str, zone: str | None, payload: dict[str, str]
) -> None:
    own = {"phone", "gmtZone", "Idempotence-Key"}
    payload = {name: value for name, value in payload.items() if name not in own}
    fields = {"phone": phone, **({} if zone is None else {"gmtZone": zone}), **payload}
    job = job_of_query(urlencode(fields).encode())
    expected: dict[str, Any] = {"phone": phone}
    if zone is not None:
        expected["gmtZone"] = zone
    if payload:
        expected["payload"] = payload
    assert job == expected


def test_a_transaction_that_fails_leaves_nothing() -> None:
    store = Store()

    def fail() -> None:
        with store.transaction():
            store.put_campaign("one", "inProcess", "{}", 1)
            store.add_jobs("one", [(79110000000, "{}", 0)], 1)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="middle"):
        store.run_now(fail)
    assert store.run_now(store.campaigns) == []
    assert store.run_now(lambda: store.jobs("one", [1], [])) == []
    store.close()
