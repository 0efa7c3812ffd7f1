"""A number that is not to be called is named, and never suggested or sent."""

from __future__ import annotations

from typing import Literal

import pytest

import predial

TEXTS = [
    "не звонить 8 912 345-67-89",
    "отказ 89123456789",
    "8 912 345-67-89 (отказалась)",
    "do not call +7 912 345-67-89",
    "Don't call: +79123456789",
    "STOP +79123456789",
    "wrong number +79123456789",
    "умер 89123456789",
    "нет, 8 912 345-67-89",
    "nicht anrufen +79123456789",
    "79123456789 доб. 12, не звонить",
]


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_never_sent(text: str) -> None:
    row = predial.check_job({"phone": text}, region="RU", repair="suggested")
    assert row.standing == "rejected"
    assert {found.suggestion for found in row.diagnostics} == {None}


@pytest.mark.parametrize("multiple", ["first", "each"])
def test_it_is_no_first_number(multiple: Literal["first", "each"]) -> None:
    rows = predial.judge(
        [{"phone": "не звонить: 8 912 345-67-89, 8 912 345-67-80"}], region="RU", multiple=multiple
    )
    assert [row.standing for row in rows] == ["rejected"]


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_excluded_by_a_list_of_such_phones(text: str) -> None:
    report = predial.check([{"phone": 79123456789}], exclude=[[{"phone": text}]], region="RU")
    assert report.rejected == 1


@pytest.mark.parametrize(
    "text", ["тел. 8 912 345-67-89", "8 912 345-67-89 Анна", "call +79123456789"]
)
def test_other_words_change_nothing(text: str) -> None:
    row = predial.check_job({"phone": text}, region="RU", repair="suggested")
    assert row.phone == "79123456789"
