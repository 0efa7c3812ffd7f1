"""How phones are written for people, compared with phonenumbers.format_number.

PREDIAL_ORACLE_MILLIONS draws this many million numbers more.
"""

from __future__ import annotations

import os
import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberFormat

import plan_oracle
import predial
from phone_reference import digits_of

NUMBERS = 300_000 + int(1e6 * float(os.environ.get("PREDIAL_ORACLE_MILLIONS", "0")))
FORMS = {
    "e164": PhoneNumberFormat.E164,
    "international": PhoneNumberFormat.INTERNATIONAL,
    "national": PhoneNumberFormat.NATIONAL,
    "rfc3966": PhoneNumberFormat.RFC3966,
}


def form_faults(numbers: list[str]) -> list[str]:
    found = []
    for place, digits in enumerate(numbers):
        number = plan_oracle.number_of(digits)
        assert number is not None
        phone = predial._core.phone_of_digits(digits)
        # Two of the forms are the ones that a format table decides; the others follow from them.
        for form in (("national", "international"), ("rfc3966", "e164"))[place % 4 == 0]:
            expected = phonenumbers.format_number(number, FORMS[form])
            if phone.format(form) != expected:
                found.append(f"{digits}: {phone.format(form)!r}, {expected!r} by phonenumbers")
    return found


def drawn(count: int, seed: int) -> list[str]:
    """Numbers of every country, near its examples and far from them, of every length."""
    draw = random.Random(seed)
    examples = [digits_of(number) for _, number in plan_oracle.examples()]
    codes = [str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE]
    found = list(examples)
    while len(found) < count:
        digits = draw.choice(examples)
        kept = draw.randrange(3, len(digits) + 1)
        longest = len(digits) if draw.random() < 0.8 else draw.randrange(kept, 16)
        if draw.random() < 0.2:
            digits, kept = draw.choice(codes), 3
            longest = draw.randrange(6, 16)
        digits = digits[:kept]
        digits += "".join(draw.choices("0123456789", k=longest - len(digits)))
        if plan_oracle.number_of(digits) is not None:
            found.append(digits)
    return found


@pytest.mark.slow
def test_every_form_is_that_of_phonenumbers() -> None:
    numbers = drawn(NUMBERS, seed=17)
    count, faults = plan_oracle.faults_of(form_faults, numbers, size=5000)
    assert faults[:20] == []
    assert count >= 300_000


def test_an_unknown_form_is_a_value_error() -> None:
    phone = predial.parse_phone("79123456789")
    for form in ("NATIONAL", "", "digits", "\0"):
        with pytest.raises(ValueError, match="form"):
            phone.format(form)  # type: ignore[arg-type]


def test_the_forms_of_one_phone() -> None:
    phone = predial.parse_phone("+54 9 11 2345-6789")
    assert [phone.format(form) for form in FORMS] == [  # type: ignore[arg-type]
        "+5491123456789",
        "+54 9 11 2345-6789",
        "011 15-2345-6789",
        "tel:+54-9-11-2345-6789",
    ]


def test_the_reference_reads_its_own_digits() -> None:
    milan = PhoneNumber(39, 212345678, italian_leading_zero=True)
    assert plan_oracle.number_of("390212345678") == milan
    assert plan_oracle.number_of("999") is None
