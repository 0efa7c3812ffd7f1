"""A phone that is sent as suggested has the warnings of the digits that it was read from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import predial

NUMBERS = (
    "4915123456789",
    "9607712345",
    "647 234 5678",
    "79123456789",
    "+4915123456789",
    "+79123456789",
    "8 912 345-67-89",
    "84951234567",
    "2032345678",
    "441212345678",
    "00 44 121 234 5678",
    "810 49 30 123456",
)
#: What is written beside a number; its digits are not changed by it.
AROUND = st.sampled_from(
    ["{} Anna", "Anna {}", "тел. {}", "{} доб. 5", "{}, ext. 31", "{} (1234)", "{} после 18:00"]
)
OPTIONS = st.fixed_dictionaries(
    {
        "region": st.sampled_from([None, "RU", "US", "DE", "PL"]),
        "prefer": st.sampled_from([None, "national", "international"]),
    }
)


def warnings(row: Any) -> set[str]:
    return {one.rule for one in row.diagnostics if one.severity == "warning"}


@given(st.sampled_from(NUMBERS), AROUND, OPTIONS)
@example("4915123456789", "{} Anna", {"region": "RU"})
@example("9607712345", "{} Anna", {"region": "RU", "prefer": "national"})
@example("647 234 5678", "{} Anna", {})
@example("4915123456789", "{} (1234)", {"region": "RU"})
def test_a_suggestion_that_is_sent_has_its_warnings(
    number: str, around: str, options: dict[str, Any]
) -> None:
    alone = predial.check_job({"phone": number}, level="valid", **options)
    if alone.standing == "rejected":
        return
    job = {"phone": around.format(number)}
    sent = predial.check_job(job, repair="suggested", **options)
    if sent.standing == "rejected" or sent.phone != alone.phone:
        return
    assert warnings(sent) == warnings(alone)
    for rule in warnings(alone):
        strict = predial.check_job(job, repair="suggested", severity={rule: "error"}, **options)
        assert strict.standing == "rejected"


def test_a_look_alike_and_scientific_notation_keep_the_warning() -> None:
    for text in ("4915I23456789", "4.915123456789E12"):
        sent = predial.check_job({"phone": text}, region="RU", repair="suggested")
        assert (sent.phone, warnings(sent)) == ("4915123456789", {"phone-abroad"})


@pytest.mark.parametrize("repair", [True, "suggested"])
@pytest.mark.parametrize("text", ["9607712345 доб. 5", "+7 911 000-00-00 Anna"])
def test_a_suggestion_of_a_row_that_is_not_sent_has_its_plus(text: str, repair: Any) -> None:
    job = {"phone": text, "gmtZone": "xx"}
    row = predial.check_job(job, region="RU", prefer="national", repair=repair)
    assert row.standing == "rejected"
    [found] = [one for one in row.diagnostics if one.field == "phone" and one.suggestion]
    assert found.suggestion is not None
    assert (found.severity, found.suggestion[:2]) == ("error", "+7")
    assert f'"{found.suggestion}"' in found.message
