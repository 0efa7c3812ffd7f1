"""Suggestions for texts that people correct at once, and texts without a suggestion."""

from __future__ import annotations

import pytest

import predial


def suggestion(text: str, region: str | None) -> str | None:
    with pytest.raises(predial.PhoneError) as caught:
        predial.normalize_phone(text, region)
    assert predial.check_phones([text], region).rules == [caught.value.rule]
    return caught.value.suggestion


@pytest.mark.parametrize(
    ("text", "region", "suggested"),
    [
        # Ranges.
        ("+39 06 1234567/8", None, "+39061234567"),
        ("+39 06 1234567/ 8", None, "+39061234567"),
        ("+39 06 1234567 / - 8", None, "+39061234567"),
        ("8 (495) 123-45-67/68/69", "RU", "+74951234567"),
        ("+49 30 123456-78/79", None, "+493012345678"),
        ("+49 30 123456-78/-79", None, None),
        ("+49 30 123456–78 / –79", None, None),
        ("+43 1 12345/67", "AT", None),
        # A plus, calling code or trunk prefix twice.
        ("+7+79123456789", None, "+79123456789"),
        ("+007 912 345 67 89", None, "+79123456789"),
        ("+00380501234567", None, "+380501234567"),
        ("00380380501234567", None, "+380501234567"),
        ("8+7 912 345 67 89", "RU", "+79123456789"),
        ("87 912 345 67 89", "RU", "+79123456789"),
        ("879123456789", "RU", "+79123456789"),
        ("8 8 912 345 67 89", "RU", "+79123456789"),
        ("0380501234567", "UA", "+380501234567"),
        # Older plans.
        ("+52 1 55 1234 5678", None, "+525512345678"),
        ("+52 01 55 1234 5678", None, "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("+225 47 12 34 56", None, "+2250747123456"),
        # Keypads and look-alikes.
        ("1-800-GO-FEDEX", None, "+18004633339"),
        ("1-8OO-FLOWERS", None, None),
        ("1-800-FL0WERS", None, None),
        ("1-650-FLOWERS", None, None),
        ("1-800-AAA-AAAA", None, None),
        ("8 9IZ 345 67 89", "RU", "+79123456789"),
        ("+7 912 345-67-8O Anna", None, None),
        # Masks.
        ("+7 912 *** ** 89", None, None),
        ("8912XXXX789, 89123456789", "RU", None),
        # Groups that look like a date, and dates.
        ("+375 152 30-09-12 Anna", None, "+375152300912"),
        ("89123456789 31.12.26 Anna", "RU", "+79123456789"),
        ("2º B 612 34 56 76 3rd floor", "ES", "+34612345676"),
        # A short group beside a number may be a part of it.
        ("030 123456 2. Stock", "DE", None),
        ("01512 3456762 2. Stock", "DE", None),
        ("+49 1512 3456762 2. Stock", "DE", None),
        ("Zi. 2 030 123456", "DE", None),
        ("0211 123 45 67 Anna", "DE", "+492111234567"),
        # A second number that the finder does not see.
        ("+34 612 34 56 76, flat 3  612 34 56 73", "ES", None),
        ("8 029 496-29-73 (24/7) / +375 152 41-82-79", "BY", None),
        ("+7 495 123-45-67 89123456789 Anna", "RU", None),
    ],
)
def test_the_suggestion(text: str, region: str | None, suggested: str | None) -> None:
    assert suggestion(text, region) == suggested


def test_a_doubled_calling_code_that_is_possible_is_warned_of() -> None:
    report = predial.check([{"phone": "+49 49 30 123456"}])
    [warning] = [found for found in report.diagnostics if found.severity == "warning"]
    assert (warning.rule, warning.suggestion) == ("phone-not-in-plan", "+4930123456")
