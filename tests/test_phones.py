"""Phones by ITU E.164: the texts that are read, and those that are refused."""

from __future__ import annotations

import copy
import pickle
import re
import sys
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import predial

RUSSIAN = "79123456789"
PLUS = "+"

READ = {
    "79123456789": RUSSIAN,
    "+79123456789": RUSSIAN,
    "＋７９１２３４５６７８９": RUSSIAN,
    "++79123456789": RUSSIAN,
    "0079123456789": RUSSIAN,
    "00 7 912 345-67-89": RUSSIAN,
    "+7 (912) 345-67-89": RUSSIAN,
    "(+7 912) 345-67-89": RUSSIAN,
    "7 912 345 67 89": RUSSIAN,
    "7\u00a0912\u00a0345\u00a067\u00a089": RUSSIAN,
    "  +7.912.345.67.89  ": RUSSIAN,
    "+7/912/3456789": RUSSIAN,
    "+7‐912‑345‒67–89": RUSSIAN,
    "+7—912―345−67ー89": RUSSIAN,
    "+7－912（345）［67］89": RUSSIAN,
    "+7\u200b912\u2060345\u00ad67\u300089": RUSSIAN,
    "+٧٩١٢٣٤٥٦٧٨٩": RUSSIAN,
    "+۷۹۱۲۳۴۵۶۷۸۹": RUSSIAN,
    "+७९१२३४५६७८९": RUSSIAN,
    "tel:+79123456789": RUSSIAN,
    "TEL:+7-912-345-67-89": RUSSIAN,
    "tel: 7 912 345-67-89": RUSSIAN,
    "tel:912-345-67-89;phone-context=+7": RUSSIAN,
    "tel:+7-912-345-67-89;phone-context=example.com": RUSSIAN,
    "tel:+79123456789;isub=12345": RUSSIAN,
    "79123456789.0": RUSSIAN,
    "+79123456789.00": RUSSIAN,
    "12015550123": "12015550123",
    "+44 121 234 5678": "441212345678",
    "+390212345678": "390212345678",
}


@pytest.mark.parametrize(("text", "digits"), READ.items())
def test_read(text: str, digits: str) -> None:
    phone = predial.parse_phone(text)
    assert phone.digits == digits
    assert phone.e164 == f"+{digits}"
    assert predial.is_phone(text)
    assert predial.normalize_phone(text) == digits
    assert predial.normalize_phone(text, format="e164") == f"+{digits}"


# Text, rule, position, suggestion.
REFUSED: list[tuple[str, str, int | None, str | None]] = [
    ("", "phone-empty", None, None),
    (" \t\u00a0\u200b", "phone-empty", None, None),
    ("7.9123E+10", "phone-scientific", 6, None),
    ("7,9123Е+10", "phone-scientific", 6, None),
    ("8E+10", "phone-scientific", 1, None),
    ("7.9123456789E+10", "phone-scientific", 12, PLUS + RUSSIAN),
    ("1-800-FLOWERS", "phone-letters", 6, "+18003569377"),
    ("Anna: +7 912 345-67-89", "phone-letters", 0, PLUS + RUSSIAN),
    ("7912345678O", "phone-letters", 10, "+79123456780"),
    ("тел. 8", "phone-letters", 0, None),
    ("no phone", "phone-empty", None, None),
    ("нет", "phone-empty", None, None),
    ("#N/A", "phone-empty", None, None),
    ("+7 912 345-67-89 ext. 12", "phone-extension", 17, PLUS + RUSSIAN),
    ("+7 912 345-67-89x12", "phone-extension", 16, PLUS + RUSSIAN),
    ("+7 912 345-67-89, доб. 12", "phone-extension", 16, PLUS + RUSSIAN),
    ("+7 912 345-67-89 (доб. 12)", "phone-extension", 18, PLUS + RUSSIAN),
    ("+7 912 345-67-89#12", "phone-extension", 16, PLUS + RUSSIAN),
    ("+7 912 345-67-89~12", "phone-extension", 16, PLUS + RUSSIAN),
    ("+7 912 345-67-89,,12", "phone-extension", 16, PLUS + RUSSIAN),
    ("+1 201 555-0123 - 503#", "phone-extension", 18, "+12015550123"),
    ("tel:+79123456789;ext=12", "phone-extension", 16, PLUS + RUSSIAN),
    ("79123456789, 79123456780", "phone-multiple", 13, None),
    ("79123456789;79123456780", "phone-multiple", 12, None),
    ("79123456789/79123456780", "phone-multiple", 12, None),
    ("+79123456789+79123456780", "phone-multiple", 12, None),
    ("79123456789 79123456780", "phone-multiple", 12, None),
    ("79123456789 или 79123456780", "phone-multiple", 16, None),
    ("79123456789\n79123456780", "phone-multiple", 12, None),
    ("79123456789?", "phone-syntax", 11, PLUS + RUSSIAN),
    ("*79123456789", "phone-syntax", 0, PLUS + RUSSIAN),
    ("7912\x003456789", "phone-syntax", 4, None),
    ("79123456789\n", "phone-syntax", 11, PLUS + RUSSIAN),
    ("7912345678²", "phone-syntax", 10, None),
    ("7+9123456789", "phone-syntax", 1, None),
    ("79123456789\ud800", "phone-syntax", 11, PLUS + RUSSIAN),
    ("---", "phone-empty", None, None),
    ("79123456789\u0421", "phone-letters", 11, PLUS + RUSSIAN),
    ("7912345678О", "phone-letters", 10, "+79123456780"),
    ("+", "phone-syntax", 0, None),
    ("tel:", "phone-syntax", 0, None),
    ("tel:+79123456789;phone-context=", "phone-syntax", 16, None),
    ("TEL:9123456789;phone-context=+7", "phone-syntax", 14, None),
    ("tel:9123456789;phone-context=example.com", "phone-national", 4, None),
    ("7", "phone-too-short", 0, None),
    ("+79", "phone-too-short", 1, None),
    ("1234567890123456", "phone-too-long", 15, None),
    ("+7 9123456789 1234567890", "phone-too-long", 18, None),
    ("7" * 251, "phone-too-long", None, None),
    ("2101234567", "phone-country-code", 0, None),
    ("+2101234567", "phone-country-code", 1, None),
    ("0123456789", "phone-country-code", 0, None),
    ("89123456789", "phone-country-code", 0, PLUS + RUSSIAN),
]


@pytest.mark.parametrize(("text", "rule", "position", "suggestion"), REFUSED)
def test_refused(text: str, rule: str, position: int | None, suggestion: str | None) -> None:
    with pytest.raises(predial.PhoneError) as caught:
        predial.parse_phone(text)
    error = caught.value
    assert (error.rule, error.position, error.suggestion) == (rule, position, suggestion)
    assert error.text == text
    assert not predial.is_phone(text)
    with pytest.raises(predial.PhoneError):
        predial.normalize_phone(text)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("8 (912) 345-67-89", PLUS + RUSSIAN),
        ("8-912-345-67-89", PLUS + RUSSIAN),
        ("８（912）345-67-89", PLUS + RUSSIAN),
        ("8 (495) 123-45-67", "+74951234567"),
        ("0 (30) 123456", None),
    ],
)
def test_a_lone_trunk_digit_is_refused(text: str, suggestion: str | None) -> None:
    with pytest.raises(predial.PhoneError) as caught:
        predial.normalize_phone(text)
    assert (caught.value.rule, caught.value.suggestion) == ("phone-national", suggestion)
    assert not predial.is_phone(text)
    assert predial.check_phones([text]).rules == ["phone-national"]


def test_parse_phone_takes_a_lone_trunk_digit_for_a_code() -> None:
    assert predial.parse_phone("8 (495) 123-45-67").digits == "84951234567"


def test_an_int_is_as_good_as_its_digits() -> None:
    assert predial.parse_phone(79123456789) == predial.parse_phone(RUSSIAN)
    assert predial.is_phone(79123456789)
    assert predial.normalize_phone(79123456789) == RUSSIAN


@pytest.mark.parametrize(
    "number",
    [-79123456789, 0, 10**16, 2**64, 1 << 20_000, -1 << 20_000],
    ids=lambda number: hex(number)[:9],
)
def test_an_int_that_is_no_phone(number: int) -> None:
    assert not predial.is_phone(number)
    with pytest.raises(predial.PhoneError) as caught:
        predial.parse_phone(number)
    assert isinstance(caught.value.text, str)


@pytest.mark.parametrize("value", [None, True, 79123456789.0, b"79123456789", [], object()])
def test_other_types_are_a_type_error(value: Any) -> None:
    for function in (predial.parse_phone, predial.is_phone, predial.normalize_phone):
        with pytest.raises(TypeError):
            function(value)


def test_an_unknown_format_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="format"):
        predial.normalize_phone(RUSSIAN, format="rfc3966")  # type: ignore[arg-type]


def test_a_phone_is_a_value() -> None:
    phone = predial.parse_phone("+7 912 345-67-89")
    assert phone == predial.parse_phone(RUSSIAN)
    assert phone != predial.parse_phone("12015550123")
    assert {phone: 1}[predial.parse_phone(RUSSIAN)] == 1
    assert pickle.loads(pickle.dumps(phone)) == phone
    assert copy.deepcopy(phone) == phone
    assert repr(phone) == "predial.Phone('+79123456789')"
    assert (phone.country_code, phone.national_number) == (7, "9123456789")
    assert predial.parse_phone("+390212345678").national_number == "0212345678"


def test_an_error_can_be_pickled() -> None:
    with pytest.raises(predial.PhoneError) as caught:
        predial.parse_phone("79123456789?")
    error = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(error, predial.PhoneError)
    assert (error.rule, error.text, error.position) == ("phone-syntax", "79123456789?", 11)


COLUMN: list[tuple[object, str | None, str | None, bool]] = [
    (RUSSIAN, RUSSIAN, None, False),
    (79123456789, RUSSIAN, None, False),
    ("+79123456789", RUSSIAN, None, True),
    (79123456789.0, RUSSIAN, None, True),
    ("79123456789.0", RUSSIAN, None, True),
    (None, None, None, False),
    (float("nan"), None, None, False),
    ("", None, "phone-empty", False),
    (True, None, "phone-type", False),
    (1.5, None, "phone-type", False),
    (float("inf"), None, "phone-type", False),
    (-79123456789.0, None, "phone-type", False),
    (2.0**53, None, "phone-type", False),
    (b"79123456789", None, "phone-type", False),
    ([RUSSIAN], None, "phone-type", False),
    (-79123456789, None, "phone-syntax", False),
    ("79123456789\ud800", None, "phone-syntax", False),
]


def test_a_column() -> None:
    values = [value for value, *_ in COLUMN]
    for column in (predial.check_phones(values), predial.check_phones(tuple(values))):
        assert list(zip(column.normalized, column.rules, column.repaired, strict=True)) == [
            tuple(expected) for _, *expected in COLUMN
        ]


def test_a_column_without_repair() -> None:
    column = predial.check_phones([value for value, *_ in COLUMN], repair=False)
    for (_, digits, rule, repaired), normalized, broken in zip(
        COLUMN, column.normalized, column.rules, strict=True
    ):
        assert normalized == (None if repaired else digits)
        assert broken == ("phone-format" if repaired else rule)
    assert not any(column.repaired)


@pytest.mark.parametrize("values", [RUSSIAN, b"", 79123456789, None])
def test_a_column_is_a_sequence(values: Any) -> None:
    with pytest.raises(TypeError):
        predial.check_phones(values)


@pytest.mark.slow
def test_digits_of_every_script_are_read() -> None:
    read = 0
    for code_point in range(sys.maxunicode + 1):
        char = chr(code_point)
        value = unicodedata.decimal(char, None)
        digits = f"7912345678{value}"
        if value is not None:
            assert predial.normalize_phone(f"7912345678{char}") == digits, hex(code_point)
            read += 1
        elif unicodedata.category(char) not in ("Cn", "Cs"):
            # Marks are skipped, and leave a shorter number.
            assert (
                not predial.is_phone(f"+7912345678{char}9")
                or predial.normalize_phone(f"+7912345678{char}9") == "79123456789"
            ), hex(code_point)
    assert read >= 650


def punctuated(digits: str) -> st.SearchStrategy[str]:
    marks = st.text("-‐–—− \u00a0()[].", max_size=2)
    return st.lists(marks, min_size=len(digits), max_size=len(digits)).map(
        lambda between: "+" + "".join(map("".join, zip(digits, between, strict=True)))
    )


@given(st.data())
def test_punctuation_changes_nothing(data: st.DataObject) -> None:
    digits = "7" + data.draw(st.text("0123456789", min_size=10, max_size=10))
    text = data.draw(punctuated(digits))
    # `+7000000000.0` is a number that a sheet wrote as a float.
    assume(not re.fullmatch(r"\+[0-9]+\.0+", text))
    assert predial.normalize_phone(text) == predial.normalize_phone(f"+{digits}")


def attempt(read: Callable[[], str]) -> tuple[str, predial.PhoneError | None]:
    try:
        return read(), None
    except predial.PhoneError as error:
        return "", error


PHONE_LIKE = st.text("0123456789+- ().,;/~x#eE*tel:\u00a0\0٣７O", max_size=30)


@given(st.one_of(st.text(), PHONE_LIKE, st.text(st.characters(categories=["Cs", "Nd", "Pd"]))))
@example("tel:;phone-context=+")
@example("~~12~")
@example("0" * 40)
@example("0" * 41)
@example("1;phone-context=.")
@example("tel:1;phone-context=a.")
@example("é" * 300)
def test_any_text_is_a_phone_or_an_error_within_it(text: str) -> None:
    for read in (lambda: predial.parse_phone(text).digits, lambda: predial.normalize_phone(text)):
        digits, error = attempt(read)
        if error is not None:
            assert error.text == text
            assert error.position is None or 0 <= error.position <= len(text)
            assert str(error)
            if error.suggestion is not None:
                assert predial.normalize_phone(error.suggestion, format="e164") == error.suggestion
        else:
            assert digits.isascii()
            assert digits.isdigit()
            assert 3 <= len(digits) <= 15
            if predial.is_phone(text, level="valid"):
                assert predial.normalize_phone(f"+{digits}") == digits


@given(PHONE_LIKE)
def test_normalizing_twice_changes_nothing(text: str) -> None:
    if predial.is_phone(text, level="valid"):
        for form in ("digits", "e164"):
            once = predial.normalize_phone(text, format=form)
            assert predial.normalize_phone(once, format=form) == once
    column = predial.check_phones([text])
    assert predial.is_phone(text) == (column.normalized[0] is not None)


@pytest.mark.parametrize(
    "text", ["7" * 10**6, "+" * 10**6, "x" * 10**6, "7 " * 10**6, "\0" * 10**6]
)
def test_huge_texts_are_refused(text: str) -> None:
    with pytest.raises(predial.PhoneError) as caught:
        predial.parse_phone(text)
    assert len(str(caught.value)) < 300


def test_a_phone_that_is_sent_unchanged_is_the_same_object() -> None:
    """A list then has one object for each phone, and nothing is copied."""

    class Text(str):
        """A subclass, of which only the text counts."""

    plain = "".join(["7912", "3456789"])
    assert predial.normalize_phone(plain) is plain
    assert predial.normalize_phone(plain, level="valid") is plain
    assert predial.check_phones([plain]).normalized[0] is plain
    assert type(predial.normalize_phone(Text(plain))) is str
    assert type(predial.check_phones([Text(plain)]).normalized[0]) is str
    assert predial.normalize_phone(plain, format="e164") == f"+{plain}"
    assert predial.normalize_phone("٧٩١٢٣٤٥٦٧٨٩") == plain


@pytest.mark.parametrize(
    "text",
    ["телефона нет", "no tel", "б/н", "нет тел.", "без номера", "onbekend", "n.v.t.", "nincs",
     "s/n", "sans téléphone", "没有", "bez telefonu", "telefon yok", "НЕТ НОМЕРА", "N/D", "ei ole"],
)  # fmt: skip
def test_texts_that_say_that_there_is_no_phone(text: str) -> None:
    with pytest.raises(predial.PhoneError) as found:
        predial.parse_phone(text)
    assert found.value.rule == "phone-empty"
