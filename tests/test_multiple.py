"""`multiple`: which number of a phone field with several is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st

import predial
from predial.cli import commands

VALID = ("+79123456789", "+7 (912) 345-67-80", "+49 30 123456", "+44 20 7946 0123")
NOT_VALID = ("+999 1234567", "123", "Анна")


def phone_of(text: str, **options: object) -> str | None:
    return predial.check_job({"phone": text}, multiple="first", **options).phone  # type: ignore[arg-type]


@given(
    st.lists(st.sampled_from(VALID + NOT_VALID), min_size=2, max_size=4),
    st.sampled_from([", ", "; ", " / ", "\n"]),
)
def test_the_first_valid_number_is_sent(parts: list[str], between: str) -> None:
    # After a comma or a semicolon a few digits are an extension.
    assume("123" not in parts or between in (" / ", "\n"))
    text = between.join(parts)
    row = predial.check_job({"phone": text})
    is_multiple = "phone-multiple" in {found.rule for found in row.diagnostics}
    first = next((part for part in parts if part in VALID), None)
    if is_multiple and first is not None and row.diagnostics[0].message.count("+") > 1:
        sent = predial.check_job({"phone": text}, multiple="first")
        assert (sent.standing, sent.phone) == ("repaired", predial.normalize_phone(first))
        assert [found.severity for found in sent.diagnostics][:1] == ["repair"]
    elif not is_multiple:
        assert predial.check_job({"phone": text}, multiple="first") == row


# A country's numbers, and digits after one that are not a number themselves.
NUMBERS = st.sampled_from(
    ["+49 30 123456", "+43 1 234567", "+7 912 345-67-89", "+358 9 1234567", "+44 20 7946 0123"]
)


@given(
    NUMBERS,
    st.sampled_from([" / ", " /", "/ ", "  /  ", "\u00a0/\u00a0", " ／ "]),
    st.text("0123456789", min_size=1, max_size=5),
)
def test_a_slash_with_a_blank_beside_it_ends_a_number(number: str, slash: str, rest: str) -> None:
    text = number + slash + rest
    row = predial.check_job({"phone": text})
    assert (row.standing, row.diagnostics[0].rule) == ("rejected", "phone-multiple"), text
    assert row.diagnostics[0].suggestion == predial.normalize_phone(number, format="e164")
    sent = predial.check_job({"phone": text}, multiple="first")
    assert sent.phone == predial.normalize_phone(number)
    assert predial.check_phones([text]).rules == ["phone-multiple"]


@pytest.mark.parametrize(
    ("text", "region", "digits"),
    [
        ("030 / 123456", "DE", "4930123456"),
        ("+49 / 30 / 123456", None, "4930123456"),
        ("(0511) / 12 34 56", "DE", "49511123456"),
        ("033203 / 123456", "DE", "4933203123456"),
        ("+49 30/123456", None, "4930123456"),
        ("+49 30 123456/123", None, "4930123456123"),
        ("+43 5572 / 123456", None, "435572123456"),
    ],
)
def test_a_slash_after_an_area_code_is_part_of_the_number(
    text: str, region: str | None, digits: str
) -> None:
    assert predial.normalize_phone(text, region=region) == digits


@pytest.mark.parametrize(
    ("text", "region", "digits"),
    [
        ("06/12/34/56/78", "FR", "33612345678"),
        ("8/912/345/67/89", "RU", "79123456789"),
        ("+48/601/23/45/67", None, "48601234567"),
    ],
)
def test_short_groups_with_a_slash_between_each_two_are_one_number(
    text: str, region: str | None, digits: str
) -> None:
    assert predial.normalize_phone(text, region=region) == digits


@pytest.mark.parametrize(
    ("text", "region", "meant"),
    [
        # Together the digits would be a number of Kazakhstan.
        ("777-00-01/112", "RU", None),
        ("777-00-01/1234", "RU", None),
        ("030 1234567/890", "DE", "+49301234567"),
        ("736-5000/5001", "US", None),
        ("1234567/68/69/70", "DE", None),
        ("030 1234567/68/69", "DE", "+49301234567"),
        ("0301234567/68/69/70", "DE", "+49301234567"),
        ("8(495)123-45-67/68/69", "RU", "+74951234567"),
    ],
)
def test_few_digits_after_a_slash_are_not_the_rest_of_a_number(
    text: str, region: str, meant: str | None
) -> None:
    with pytest.raises(predial.PhoneError) as caught:
        predial.normalize_phone(text, region=region)
    assert (caught.value.rule, caught.value.suggestion) == ("phone-multiple", meant)


@pytest.mark.parametrize("between", [" | ", "; ", ", ", "\n", " \\ ", " / "])
def test_the_number_before_other_digits_is_never_longer(between: str) -> None:
    for rest in ("7", "123", "12345"):
        text = f"+49 30 123456{between}{rest}"
        assert predial.check_job({"phone": text}).standing == "rejected"
        sent = predial.check_job({"phone": text}, multiple="first", repair="suggested")
        assert sent.phone == "4930123456"


def test_a_batch_sends_it(tmp_path: Path) -> None:
    jobs = [
        {"phone": "+79123456789, +79123456780"},
        {"phone": "8 912 345-67-81; 8 912 345-67-82"},
        {"phone": "79123456789"},
        {"phone": "123, 456"},
    ]
    source = "".join(json.dumps(job) + "\n" for job in jobs).encode()
    refused = predial.check(source, region="RU")
    assert (refused.clean, refused.rejected) == (1, 3)
    report = predial.prepare(source, tmp_path, region="RU", multiple="first", max_diagnostics=99)
    assert (report.repaired, report.rejected) == (2, 2)
    assert json.loads(Path(report.bodies[0]).read_bytes()) == [
        {"phone": "79123456789"},
        {"phone": "79123456781"},
    ]
    # A number that is taken is the phone of its row: a later row of it is a duplicate.
    assert report.counts["phone-duplicate"] == 1
    assert json.loads((tmp_path / "manifest.json").read_bytes())["options"]["multiple"] == "first"
    [first, *_] = report.diagnostics
    assert (first.rule, first.severity, first.suggestion) == (
        "phone-multiple",
        "repair",
        "79123456789",
    )
    for kept in (0, 2):
        assert (
            predial.check(source, region="RU", multiple="first", max_diagnostics=kept).counts
            == report.counts
        )
    assert predial.check(source, region="RU", multiple="first", repair=False).rejected == 3


def test_a_table_has_the_number_that_is_sent() -> None:
    came = pa.table({"phone": ["+79123456789, +79123456780", "79123456781"], "n": [1, 2]})
    checked = pa.table(predial.check_table(came, multiple="first"))
    assert checked.column("phone").to_pylist() == ["79123456789", "79123456781"]


def test_on_the_command_line() -> None:
    text = '{"phone": "+79123456789, +79123456780"}'
    for options, status in (([], 1), (["--multiple", "first"], 0), (["--multiple", "x"], 2)):
        assert (
            CliRunner().invoke(commands, ["check", "-", *options], input=text).exit_code == status
        )


def test_another_value_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple must be 'first', 'each' or None"):
        predial.check([], multiple="last")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "first", "parts"),
    [
        (
            "+7 495 123-45-67 доб. 12, +7 912 345-67-89",
            "79123456789",
            ["phone-extension", "79123456789"],
        ),
        (
            "+7 495 123-45-67, доб. 12; +7 912 345-67-89",
            "79123456789",
            ["phone-extension", "79123456789"],
        ),
        (
            "+7 912 345-67-89 / +7 495 123-45-67 ext 5",
            "79123456789",
            ["79123456789", "phone-extension"],
        ),
        ("+7 495 123-45-67 доб. 12, +7 495 123-45-68 доб. 13", None, ["phone-extension"] * 2),
    ],
)
def test_no_number_is_sent_without_its_extension(
    text: str, first: str | None, parts: list[str]
) -> None:
    assert phone_of(text) == first
    rows = predial.judge([{"phone": text}], multiple="each")
    assert [row.diagnostics[-1].rule if row.job is None else row.phone for row in rows] == parts
