"""Which phone a text means: the two readings, the levels, and ambiguous texts."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from phonenumbers import PhoneNumber
from phonenumbers.shortnumberinfo import is_valid_short_number_for_region

import predial


def refusal(text: str, **options: Any) -> predial.PhoneError:
    with pytest.raises(predial.PhoneError) as caught:
        predial.normalize_phone(text, **options)
    assert not predial.is_phone(text, **options)
    assert predial.check_phones([text], **options).rules == [caught.value.rule]
    return caught.value


@pytest.mark.parametrize(
    ("text", "region", "digits"),
    [
        ("8 912 345-67-89", "RU", "79123456789"),
        ("89123456789", "RU", "79123456789"),
        ("8 (912) 345-67-89", "RU", "79123456789"),
        ("9123456789", "RU", "79123456789"),
        ("79123456789", "RU", "79123456789"),
        ("810 49 30 123456", "RU", "4930123456"),
        ("0049 30 123456", "RU", "4930123456"),
        ("441212345678", "RU", "441212345678"),
        ("+9607712345", "RU", "9607712345"),
        ("030 123456", "DE", "4930123456"),
        ("(0)30/123456", "DE", "4930123456"),
        ("02 1234 5678", "IT", "390212345678"),
        ("011 15-2345-6789", "AR", "5491123456789"),
        ("0 15 11 91234-5678", "BR", "5511912345678"),
        ("(650) 253-0000", "US", "16502530000"),
        ("011 44 121 234 5678", "US", "441212345678"),
        ("tel:912-345-67-89;phone-context=example.com", "RU", "79123456789"),
    ],
)
def test_with_a_region(text: str, region: str, digits: str) -> None:
    assert predial.normalize_phone(text, region) == digits
    assert predial.check_phones([text], region).normalized == [digits]


@pytest.mark.parametrize("prefer", [None, "national", "international"])
@pytest.mark.parametrize(
    ("text", "region", "rule", "suggestion"),
    [
        # The first group is a digit for an outside line.
        ("9-1-800-356-9377", "US", "phone-too-long", None),
        ("9 1 (212) 736-5000", "US", "phone-too-long", None),
        ("9 8 (912) 345-67-89", "RU", "phone-length", None),
        # Brackets after a plus contain an area code.
        ("+(495) 123-45-67", "RU", "phone-national", "+74951234567"),
        ("+(495) 123-45-67", None, "phone-national", None),
        # The plus is out of place: +49 51234567 would be somebody else.
        ("8 + 495 123 45 67", "RU", "phone-syntax", None),
        ("7+4951234567", "RU", "phone-syntax", None),
        ("7+495 123 45 67", None, "phone-syntax", None),
        ("8+7 912 345-67-89", "RU", "phone-syntax", "+79123456789"),
        # Dates.
        ("2026-01-01", "DE", "phone-syntax", None),
        ("12.05.2026", "DE", "phone-syntax", None),
        ("12/31/2026", "DE", "phone-syntax", None),
        ("'2026-01-01", "BG", "phone-syntax", None),
    ],
)
def test_nobody_is_rung_by_digits_of_two_groups(
    text: str, region: str | None, rule: str, suggestion: str | None, prefer: str | None
) -> None:
    error = refusal(text, region=region, prefer=prefer)
    assert (error.rule, error.suggestion) == (rule, suggestion)


def test_calling_codes_in_brackets_after_a_plus() -> None:
    assert predial.normalize_phone("+(7) 912 345-67-89", "DE") == "79123456789"
    assert predial.normalize_phone("+(49)(30) 123456", "RU") == "4930123456"


def test_two_readings_of_the_same_rank_are_ambiguous() -> None:
    error = refusal("9607712345", region="RU")
    assert error.rule == "phone-ambiguous"
    assert "+79607712345" in str(error)
    assert "+9607712345" in str(error)
    for prefer, digits in (("national", "79607712345"), ("international", "9607712345")):
        assert predial.normalize_phone("9607712345", "RU", prefer=prefer) == digits  # type: ignore[arg-type]
        assert predial.is_phone("9607712345", "RU", prefer=prefer)  # type: ignore[arg-type]
        column = predial.check_phones(["9607712345"], "RU", prefer=prefer)  # type: ignore[arg-type]
        assert (column.normalized, column.repaired) == ([digits], [prefer == "national"])


def test_prefer_settles_nothing_but_a_tie() -> None:
    for prefer in ("national", "international"):
        assert predial.normalize_phone("89123456789", "RU", prefer=prefer) == "79123456789"
        assert predial.normalize_phone("441212345678", "RU", prefer=prefer) == "441212345678"


def test_a_lone_trunk_digit_without_a_region() -> None:
    error = refusal("8 (495) 123-45-67")
    assert (error.rule, error.suggestion) == ("phone-national", "+74951234567")
    # It would be a valid Vietnamese number.
    assert predial.parse_phone("8 (495) 123-45-67").region == "VN"
    assert refusal("0 30 123456").rule == "phone-national"
    assert refusal("8 (029) 491-19-11").suggestion == "+375294911911"


def test_eleven_digits_with_an_eight_without_a_region() -> None:
    error = refusal("89123456789")
    assert (error.rule, error.suggestion) == ("phone-national", "+79123456789")
    # Valid in Vietnam as well: it is kept.
    assert predial.normalize_phone("84951234567") == "84951234567"
    # Neither Russian nor assigned anywhere.
    assert refusal("89023456789"[:10]).rule == "phone-country-code"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("7912345678", "phone-too-short"),
        ("+1 201 555 01234", "phone-too-long"),
        ("791234567890", "phone-length"),
        ("+1 555 0123", "phone-local-only"),
    ],
)
def test_what_is_not_possible(text: str, rule: str) -> None:
    assert predial.is_phone(text, level="e164")
    for level in ("possible", "valid"):
        assert refusal(text, level=level).rule == rule


def test_what_is_no_number_at_any_level() -> None:
    for level in ("e164", "possible", "valid"):
        assert refusal("+999 123456", level=level).rule == "phone-country-code"
        assert refusal("+49 12345678901234", level=level).rule == "phone-too-long"


def test_levels() -> None:
    for level, holds in (("e164", True), ("possible", True), ("valid", False)):
        assert predial.is_phone("72123456789", level=level) is holds  # type: ignore[arg-type]
    assert refusal("72123456789", level="valid").rule == "phone-not-in-plan"
    # Valid: seven digits of North America are for local calls, except in this range.
    assert predial.is_phone("+1 310 1234", level="valid")
    assert refusal("+1 310 1234").rule == "phone-local-only"


def test_a_zero_after_the_code_is_a_trunk_prefix() -> None:
    column = predial.check_phones(["49030123456", "4930123456", "390212345678"])
    assert column.normalized == ["4930123456", "4930123456", "390212345678"]
    assert column.repaired == [True, False, False]


@pytest.mark.parametrize(
    "options",
    [
        {"region": "Russia"},
        {"region": "XX"},
        {"region": "001"},
        {"region": ""},
        {"region": "RU\0"},
        {"level": "Valid"},
        {"level": "\0"},
        {"prefer": "local"},
    ],
)
def test_an_unknown_option_is_a_value_error(options: dict[str, Any]) -> None:
    for function in (predial.is_phone, predial.normalize_phone, predial.parse_phone):
        if function is predial.parse_phone and "region" not in options:
            continue
        with pytest.raises(ValueError) as caught:  # noqa: PT011
            function("79123456789", **options)
        assert not isinstance(caught.value, predial.PhoneError)
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        predial.check_phones([], **options)


def test_time_zones() -> None:
    assert predial.parse_phone("+7 495 123-45-67").time_zones == ("Europe/Moscow",)
    assert len(predial.parse_phone("+7 912 345-67-89").time_zones) > 1
    assert predial.parse_phone("72123456789").time_zones == ()


def test_flags_of_a_number_that_is_not_valid() -> None:
    phone = predial.parse_phone("72123456789")
    assert (phone.region, phone.type, phone.is_possible, phone.is_valid) == (
        None,
        None,
        True,
        False,
    )
    phone = predial.parse_phone("+800 1234 5678")
    assert (phone.region, phone.type) == ("001", "toll_free")


@pytest.mark.slow
def test_short_numbers_of_every_region() -> None:
    found = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        code = phonenumbers.country_code_for_region(region)
        texts = [str(number) for number in (*range(10, 2000), *range(2000, 1_000_000, 997))]
        rules = predial.check_phones(texts, region).rules
        for text, rule in zip(texts, rules, strict=True):
            number = PhoneNumber(code, int(text))
            if is_valid_short_number_for_region(number, region):
                found += 1
                is_phone = phonenumbers.is_valid_number(phonenumbers.parse(text, region))
                assert rule == (None if is_phone else "phone-short"), (text, region)
            else:
                assert rule != "phone-short", (text, region)
    assert found > 20_000
    for text in ("112", "911", "1 1 2", "112.0", "(911)"):
        assert refusal(text).rule == "phone-short"


def test_the_version_of_the_plan() -> None:
    phonenumbers = pytest.importorskip("phonenumbers")
    assert phonenumbers.__version__ == predial.PLAN_VERSION


def test_the_examples_of_the_page_about_phones() -> None:
    page = Path(__file__).parent.parent / "docs" / "phones.md"
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert failed == 0
    assert tried > 10
