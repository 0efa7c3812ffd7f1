"""Lists in which a wrong column or sheet looks like the phone, and the hints about columns."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import predial

# Numbers like the example of the numbering plan, in national form and as digits alone.
NATIONAL = [f"8 (912) 345-{number:02}-{99 - number}" for number in range(12)]
DIGITS = [f"791234{number * 7919 % 100_000:05}" for number in range(12, 24)]


def phones_of(report: predial.Report) -> list[str]:
    return [column.header for column in report.mapping or [] if column.field == "phone"]


def book(**sheets: Any) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.mark.parametrize("header", ["", "Абонент;Клиент;Как позвонить\n"])
def test_digits_beside_phones_in_national_form_are_not_dialled(header: str) -> None:
    rows = zip(DIGITS, NATIONAL, strict=True)
    text = header + "".join(f"{digits};Имя;{phone}\n" for digits, phone in rows)
    with pytest.raises(predial.ListError) as caught:
        predial.check(text.encode())
    assert caught.value.candidates[0].place == 3
    assert predial.check(text.encode(), map={"phone": "#3"}, region="RU").repaired == 12


def test_digits_beside_digits_of_another_kind_are_dialled() -> None:
    text = "".join(f"{phone};Имя;{number}\n" for number, phone in enumerate(DIGITS, 1_234_567))
    assert phones_of(predial.check(text.encode())) == ["column1"]


COVER = [["Отчёт для обзвона"], ["Горячая линия", "+7 495 123-45-67"]]
NAMED = [["Имя", "Телефон"], ["Анна", "79123456789"], ["Борис", "79123456780"]]


def test_a_hotline_on_a_cover_sheet_is_not_the_list() -> None:
    report = predial.check(book(Обложка=COVER, Данные=NAMED))
    assert (report.input["sheet"], report.total) == ("Данные", 2)
    workbook = report.input["workbook"]
    assert workbook is not None
    assert workbook["other_sheets"] == [{"name": "Обложка", "rows": 2, "hidden": False}]
    many = [["a", digits] for digits in DIGITS]
    assert predial.check(book(Обложка=COVER, Данные=many)).input["sheet"] == "Данные"


def test_a_few_phones_without_a_header_are_the_list_if_no_other_sheet_is() -> None:
    few = [["a", DIGITS[0]], ["b", DIGITS[1]]]
    for others in ({}, {"Prices": [["Sum"], [17]]}, {"More": few}):
        report = predial.check(book(List=few, **others))
        assert (report.input["sheet"], report.clean) == ("List", 2)


def test_a_hidden_sheet_does_not_replace_one_that_is_shown() -> None:
    """Nor is the cover read for the list."""
    workbook = openpyxl.load_workbook(io.BytesIO(book(List=COVER, Staff=NAMED)))
    workbook["Staff"].sheet_state = "hidden"
    out = io.BytesIO()
    workbook.save(out)
    with pytest.raises(predial.SourceError, match='choose one, such as sheet="List"'):
        predial.check(out.getvalue())
    assert predial.check(out.getvalue(), sheet="List").input["sheet"] == "List"


def test_a_column_without_a_value_is_not_the_phone() -> None:
    empty = "Договор;Телефон\n" + "".join(f"{number};\n" for number in range(17, 23))
    with pytest.raises(predial.ListError) as caught:
        predial.check(empty.encode())
    assert [column.header for column in caught.value.candidates] == ["Телефон"]
    with pytest.raises(predial.ListError):
        predial.check(b"name,phone\na,\nb,-\n")
    assert predial.check(b"name,phone\n").total == 0
    contracts = [["Договор", "Телефон"], *([number, None] for number in range(17, 23))]
    phones = [["Телефон"], *([digits] for digits in DIGITS)]
    report = predial.check(book(Contracts=contracts, Phones=phones))
    assert (report.input["sheet"], report.clean) == ("Phones", 12)


@pytest.mark.parametrize(
    "header",
    [
        "Recruiter cell",
        "Supervisor phone",
        "Sales rep phone",
        "Doctor phone",
        "Broker phone",
        "Our phone",
        "Телефон руководителя",
        "Телефон куратора",
        "Телефон банка",
        "Телефон поддержки",
        "Телефон юриста",
        "Do not call phone",
        "DNC phone",
        "Blocked phone",
        "Opt-out phone",
        "Не звонить телефон",
        "Wrong phone",
        "Invalid phone",
    ],
)
def test_phones_of_others_and_phones_not_to_call_are_not_dialled(header: str) -> None:
    text = f"{header}\n" + "".join(f"{digits}\n" for digits in DIGITS)
    with pytest.raises(predial.ListError) as caught:
        predial.check(text.encode())
    assert [column.header for column in caught.value.candidates] == [header]
    beside = f"{header};Kontaktdaten\n" + "".join(
        f"{digits};+{phone}\n" for digits, phone in zip(DIGITS, reversed(DIGITS), strict=True)
    )
    with pytest.raises(predial.ListError) as caught:
        predial.check(beside.encode())
    assert [column.header for column in caught.value.candidates] == [header, "Kontaktdaten"]


@pytest.mark.parametrize("header", ["Do not call phone", "DNC", "Blocked phone"])
def test_excluded_lists_may_say_that_they_are(header: str, tmp_path: Path) -> None:
    rows = [[header], *([digits] for digits in DIGITS[:5])]
    (tmp_path / "dnc.csv").write_text("".join(f"{row[0]}\n" for row in rows))
    (tmp_path / "dnc.xlsx").write_bytes(book(List=rows))
    source = "phone\n" + "".join(f"{digits}\n" for digits in DIGITS)
    for name in ("dnc.csv", "dnc.xlsx"):
        assert predial.check(source.encode(), exclude=tmp_path / name).clean == 7


COUNTRIES = (
    "tel;Country\n030 123456;DEU\n(201) 555-0123;US\n8 912 345-67-89;Россия\n030 123457;DE\n"
)


def test_a_column_of_countries_is_a_hint() -> None:
    report = predial.check(COUNTRIES.encode())
    assert [(hint.option, hint.rows) for hint in report.hints] == [('map={"region": "Country"}', 4)]
    report = predial.check(COUNTRIES.encode(), map={"region": "Country"})
    assert (report.repaired, report.hints) == (4, [])


@pytest.mark.parametrize(
    ("text", "option"),
    [
        (COUNTRIES + "030 123458;XX\n9123456789;XX\n", {"map": {"region": "Country"}}),
        ("name,country_code,phone\nA,1,212 555-01\nB,7,9123456789\nC,1,01711234567\n", {}),
    ],
)
def test_where_rows_have_regions_none_is_offered_for_the_list(text: str, option: Any) -> None:
    report = predial.check(text.encode(), **option)
    assert report.rejected > 0
    assert not [hint for hint in report.hints if hint.option.startswith("region=")]


def test_phones_that_help_no_row_are_not_a_hint() -> None:
    text = "id;phone;mobile\n" + "".join(f"a;;{digits}\n" for digits in DIGITS)
    assert predial.check(text.encode()).hints == []
    text = "phone;phone 2\n" + "".join(f"{digits};+{digits}\n" for digits in DIGITS)
    assert predial.check(text.encode()).hints == []


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_header_of_a_joined_list_may_have_a_mark(mark: str) -> None:
    first = "name,phone\n" + "".join(f"a,+{digits}\n" for digits in DIGITS[:3])
    text = mark + first + mark + "name,phone\n" + "".join(f"b,+{d}\n" for d in DIGITS[3:])
    report = predial.check(text.encode())
    assert (report.total, report.input["repeated_headers"]) == (12, 1)
    assert [column.share for column in report.mapping or [] if column.field == "phone"] == [1.0]
