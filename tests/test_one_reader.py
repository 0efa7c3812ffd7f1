"""`check` and the short form use the same readers: they agree on every value."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import predial

HOST, TOKEN = "https://app.jaicp.com", "8231.7056.1b131df1"

#: JSON texts of values; some are phones or zones.
TEXTS = [
    "null",
    "true",
    "[]",
    "{}",
    "3",
    "-12",
    "15",
    "3.5",
    "1e400",
    "79110000000",
    "79110000000.0",
    '""',
    '" \\t"',
    '"\\ud800"',
    '"+03:00\\udc00"',
    '"7911000\\ud8000000"',
    '"79110000000"',
    '"+7 (911) 000-00-00"',
    '"8 (911) 000-00-00"',
    '"7.911E+10"',
    '"+03:00"',
    '"utc +3"',
    '"UTC3"',
    '"MSK"',
    '"Europe/Moskow"',
    '"\\u002b3"',
]


def checked(job: str) -> list[predial.Diagnostic]:
    """The errors that `check` finds in one job."""
    report = predial.check(f"[{job}]".encode())
    return [found for found in report.diagnostics if found.severity == "error"]


def agrees(field: str, value: str) -> None:
    """Compares the two on one value of a job without other faults."""
    fields = {"phone": "79110000000"} if field != "phone" else {}
    members = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in fields.items()]
    job = "{" + ", ".join([*members, f"{json.dumps(field)}: {value}"]) + "}"
    errors = checked(job)
    if not errors:
        url = predial.job_to_url(job, host=HOST, token=TOKEN)
        assert not checked(json.dumps(predial.job_from_url(url)))
        return
    [error] = errors
    with pytest.raises(predial.RequestError) as refused:
        predial.job_to_url(job, host=HOST, token=TOKEN)
    assert refused.value.rule == error.rule
    assert refused.value.field == error.field
    assert refused.value.suggestion == error.suggestion
    assert str(refused.value) == f"{error.field}: {error.message}"


@pytest.mark.parametrize("value", TEXTS)
@pytest.mark.parametrize("field", ["phone", "gmtZone"])
def test_a_value_means_the_same_to_both(field: str, value: str) -> None:
    agrees(field, value)


@given(st.sampled_from(["phone", "gmtZone"]), st.text(max_size=20), st.booleans())
@example("gmtZone", "\ud800", True)
def test_any_text_means_the_same_to_both(field: str, text: str, is_escaped: bool) -> None:
    text = text if is_escaped else text.encode(errors="ignore").decode()
    agrees(field, json.dumps(text, ensure_ascii=is_escaped))


@pytest.mark.parametrize("value", ["null", "{}", '{"mon": null}', '{"default": null, "fri": null}'])
def test_a_policy_that_says_nothing_is_absent_to_both(value: str) -> None:
    job = f'{{"phone": "79110000000", "allowedTime": {value}}}'
    assert predial.check(f"[{job}]".encode()).clean == 1
    assert predial.job_to_url(job, host=HOST, token=TOKEN).endswith("?phone=79110000000")


@pytest.mark.parametrize(
    "job", ["[]", "null", "1", '"79110000000"', "true", "[", '{"phone": 79110000000', "{} {}"]
)
def test_both_say_the_same_about_a_text_that_is_not_a_job(job: str) -> None:
    [error] = predial.check(job.encode(), input_format="ndjson").diagnostics
    with pytest.raises(predial.RequestError) as refused:
        predial.job_to_url(job, host=HOST, token=TOKEN)
    assert (refused.value.rule, str(refused.value)) == (error.rule, error.message)


def test_half_of_a_surrogate_pair_is_shown_as_one_character() -> None:
    job = '{"phone": "79110000000", "a\\ud800": "b\\udc00"}'
    [found] = predial.check(f"[{job}]".encode()).diagnostics
    assert (found.rule, found.severity, found.field) == ("job-unknown-field", "warning", "a\ufffd")
    with pytest.raises(predial.RequestError) as refused:
        predial.job_to_url(job, host=HOST, token=TOKEN)
    assert (refused.value.rule, refused.value.field) == ("short-form-field", "a\ufffd")


def test_half_of_a_surrogate_pair_in_a_key_of_a_policy() -> None:
    job = '{"phone": "79110000000", "allowedTime": {"mon\\ud800": []}}'
    [found] = predial.check(f"[{job}]".encode()).diagnostics
    assert (found.rule, found.field) == ("policy-windows", "allowedTime.mon\ufffd")


def test_half_of_a_surrogate_pair_in_a_key_of_the_payload() -> None:
    job = '{"phone": "79110000000", "payload": {"a\\ud800": "b"}}'
    assert predial.check(f"[{job}]".encode()).clean == 1
    with pytest.raises(predial.RequestError) as refused:
        predial.job_to_url(job, host=HOST, token=TOKEN)
    assert (refused.value.rule, refused.value.field) == ("short-form-field", "payload.a\ufffd")
