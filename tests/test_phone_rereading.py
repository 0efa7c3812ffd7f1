"""A number that predial answers is read again as the same number, and two numbers are never one."""

from __future__ import annotations

from typing import Any

import phonenumbers
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

import plan_oracle
import predial

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
#: Regions whose numbers have prefixes that others lack.
PREFIXED = [
    "JE",
    "GG",
    "IM",
    "UY",
    "AR",
    "MX",
    "IT",
    "VA",
    "BY",
    "RU",
    "KZ",
    "BR",
    "CO",
    "XK",
    "IS",
]
REGION = st.one_of(st.sampled_from(REGIONS), st.sampled_from(PREFIXED))
PREFER = st.sampled_from([None, "national", "international"])
READING_WARNINGS = {"phone-maybe-national", "phone-two-readings", "phone-abroad"}


def suggestion(text: str, region: str | None) -> str | None:
    """What is suggested for a text that is refused."""
    try:
        predial.normalize_phone(text, region)
    except predial.PhoneError as error:
        return error.suggestion
    return None


@st.composite
def dialled(draw: st.DrawFn) -> tuple[str, str]:
    """Digits as dialled in a region; few of them are a valid number."""
    region = draw(REGION)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or "0"
    code = str(phonenumbers.country_code_for_region(region))
    prefix = draw(
        st.sampled_from(["", "0", "00", trunk, trunk * 2, code, "00" + code, "+" + code + trunk])
    )
    return prefix + draw(st.text("0123456789", min_size=4, max_size=12)), region


@given(dialled(), REGION, PREFER, st.sampled_from(["possible", "e164"]))
@example(("0800754567", "JE"), "JE", None, "possible")
@example(("0059800012345", "UY"), "UY", None, "possible")
@example(("+440800754567", "GB"), "JE", None, "e164")
def test_an_answer_is_read_again_as_itself(
    text: tuple[str, str], other: str, prefer: Any, level: Any
) -> None:
    asked: dict[str, Any] = {"level": level, "format": "e164"}
    for region in (None, text[1]):
        try:
            answer = predial.normalize_phone(text[0], region, prefer=prefer, **asked)
        except predial.PhoneError:
            continue
        for again in (None, text[1], other):
            assert predial.normalize_phone(answer, again, prefer=prefer, **asked) == answer
        assert predial.normalize_phone(answer[1:], level=level, format="e164") == answer or (
            answer[1] == "8"
        )


@pytest.mark.parametrize("region", REGIONS)
def test_a_valid_number_is_a_fixed_point(region: str) -> None:
    numbers = [number for code, number in plan_oracle.examples() if code == region]
    for number in numbers:
        written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number) and len(written) <= 16:
            assert predial.normalize_phone(written, level="valid", format="e164") == written


@given(dialled(), PREFER)
@example(("00491512456789", "DE"), None)
@example(("+38320001234", "XK"), None)
def test_digits_that_are_sent_are_never_silently_another_number_at_home(
    text: tuple[str, str], prefer: Any
) -> None:
    written, region = text
    sent = predial.check_job({"phone": written}, region=region)
    if sent.standing == "rejected":
        return
    assert sent.phone is not None
    # A number of another country that is only possible may be a valid number at home.
    code = str(phonenumbers.country_code_for_region(region))
    is_home = predial.parse_phone("+" + sent.phone).country_code == int(code)
    if not (is_home or predial.is_phone("+" + sent.phone, level="valid")):
        return
    again = predial.check_job({"phone": sent.phone}, region=region, prefer=prefer)
    warned = READING_WARNINGS & {one.rule for one in again.diagnostics}
    assert again.standing == "rejected" or again.phone == sent.phone or warned


@given(
    st.sampled_from(["8", "0"]),
    st.text("0123456789", min_size=1, max_size=3),
    st.lists(st.text("0123456789", min_size=2, max_size=4), min_size=2, max_size=3),
    st.sampled_from("- ./"),
    st.booleans(),
)
@example("8", "01", ["555", "0123"], "-", False)
@example("8", "01", ["555", "0123"], " ", True)
def test_no_trunk_prefix_is_cut_from_a_group(
    trunk: str, rest: str, groups: list[str], mark: str, bracketed: bool
) -> None:
    first = f"({trunk}{rest})" if bracketed else trunk + rest
    text = mark.join([first, *groups])
    assume(not text.startswith(("00", "(00")))
    digits = "".join(char for char in text if char.isdigit())
    suggested = (suggestion(text, None) or "+")[1:]
    assert suggested == digits or not suggested.endswith(digits[1:])


@pytest.mark.parametrize("region", REGIONS)
def test_a_second_trunk_prefix_is_a_group_of_its_own(region: str) -> None:
    number = phonenumbers.example_number(region)
    trunk = phonenumbers.ndd_prefix_for_region(region, True)
    assert number is not None
    if trunk is None:
        return
    national = phonenumbers.national_significant_number(number)
    text = f"{trunk}{trunk}{national[:2]}-{national[2:5]}-{national[5:]}"
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    assert suggestion(text, region) != e164


@pytest.mark.parametrize("between", [" ", " / ", "/", "; "])
def test_two_numbers_are_not_one_number_abroad(between: str) -> None:
    for region in REGIONS:
        number = phonenumbers.example_number(region)
        assert number is not None
        code = phonenumbers.country_code_for_region(region)
        written = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        changed = written[:-1] + str((int(written[-1]) + 1) % 10)
        if not predial.is_phone(changed, region, level="valid"):
            continue
        row = predial.check_job({"phone": written + between + changed}, region=region)
        is_home = row.phone is not None and row.phone.startswith(str(code))
        assert row.standing == "rejected" or is_home, (region, written, changed)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("82-12-34 82-12-35", "WF"),
        ("38 12 34 / 299381235", None),
        ("38 12 34 / 299381235", "GL"),
        ("201234 / 20.12.35", None),
        ("20 12 34/20 12 35", "GL"),
    ],
)
def test_numbers_of_an_office_are_several(text: str, region: str | None) -> None:
    with pytest.raises(predial.PhoneError) as caught:
        predial.normalize_phone(text, region)
    assert (caught.value.rule, caught.value.suggestion) == ("phone-multiple", None)


@pytest.mark.parametrize("text", ["\ud800", "7911\udc000000000"])
def test_a_lone_surrogate_is_named(text: str) -> None:
    surrogate = next(char for char in text if not char.isdigit())
    for read in (predial.parse_phone, predial.normalize_phone):
        with pytest.raises(predial.PhoneError) as caught:
            read(text)
        assert f"U+{ord(surrogate):04X}" in str(caught.value)
        assert "U+FFFD" not in str(caught.value)
        assert text[caught.value.position or 0] == surrogate
