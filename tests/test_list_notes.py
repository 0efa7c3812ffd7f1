"""Columns of zones and codes, phones below the sample, and cells beyond the header of a sheet."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

import predial

PHONES = [f"7912345{number}" for number in range(6700, 6706)]


def field_of(report: predial.Report, header: str) -> str | None:
    [column] = [column for column in report.mapping or [] if column.header == header]
    return column.field


def with_column(header: str, cells: list[str]) -> bytes:
    lines = [f"Phone;{header}"]
    lines += [f"{phone};{cell}" for phone, cell in zip(PHONES, cells, strict=False)]
    return ("\n".join(lines) + "\n").encode()


def options_of(report: predial.Report) -> list[str]:
    return [hint.option for hint in report.hints]


def test_a_column_named_zone_is_what_its_cells_are() -> None:
    for header in ("Zone", "zone", "ZONE"):
        report = predial.check(with_column(header, ["3", "5", "2", "1"]))
        assert (field_of(report, header), report.clean) == (None, 4)
        for cells in (["+03:00", "UTC+5", "+02:00"], ["Europe/Moscow", "Asia/Omsk", "UTC"]):
            assert field_of(predial.check(with_column(header, cells)), header) == "gmtZone"


MEANT = {
    "windows": ["Russian Standard Time", "Ekaterinburg Standard Time"],
    "hubspot": ["europe_slash_moscow", "asia_slash_yekaterinburg"],
    "salesforce": [
        "(GMT+03:00) Moscow Standard Time (Europe/Moscow)",
        "(GMT+05:00) Yekaterinburg Standard Time (Asia/Yekaterinburg)",
    ],
    "cities": ["Москва", "Екатеринбург"],
    "minutes": ["180", "300"],
    "with a city": ["+3 (Москва)", "+5 (Екатеринбург)"],
    "half cities": ["UTC+3", "Екатеринбург"],
    "half cities, more": ["Москва", "Екатеринбург", "UTC+3"],
}


@pytest.mark.parametrize("cells", MEANT.values(), ids=MEANT)
@pytest.mark.parametrize("header", ["Timezone", "Часовой пояс"])
def test_no_job_goes_without_the_zone_that_its_row_has(header: str, cells: list[str]) -> None:
    report = predial.check(with_column(header, cells))
    assert field_of(report, header) == "gmtZone"
    for found in report.diagnostics:
        assert found.field == "gmtZone"
    valid = sum(predial.is_zone(cell) for cell in cells)
    assert report.clean == valid
    assert report.repaired + report.rejected == len(cells) - valid


def test_a_column_named_as_a_zone_that_is_none_names_the_option() -> None:
    report = predial.check(with_column("Time zone", ["North 1", "South 2", "North 1"]))
    assert field_of(report, "Time zone") is None
    assert 'map={"gmtZone": "Time zone"}' in options_of(report)


@pytest.mark.parametrize("header", ["Часовой пояс (МСК)", "Разница с МСК"])
def test_a_zone_that_says_what_it_means_is_not_relative_to_its_header(header: str) -> None:
    for cells in (["МСК+2", "МСК+7"], ["Europe/Moscow", "Asia/Omsk"], ["UTC+3", "UTC+5"]):
        assert field_of(predial.check(with_column(header, cells)), header) == "gmtZone"
    for cells in (["+2", "+7"], ["2", "7"], ["МСК+2", "+7"], ["", ""]):
        report = predial.check(with_column(header, cells))
        assert (field_of(report, header), report.clean) == (None, 2)
        assert options_of(report) == []


def test_a_column_of_calling_codes_with_another_cell_is_noted() -> None:
    text = "Name;Country Code;Phone\nA;49;15112345678\nB;1;2015550123\nC;x;15112345679\n"
    report = predial.check(text.encode())
    assert field_of(report, "Country Code") is None
    assert 'map={"callingCode": "Country Code"}' in options_of(report)
    report = predial.check(text.encode(), map={"callingCode": "Country Code"})
    assert field_of(report, "Country Code") == "callingCode"
    assert not any("callingCode" in option for option in options_of(report))


@pytest.mark.parametrize(
    ("header", "codes", "phones"),
    [
        ("Vorwahl", ["0151", "030"], ["23456780", "123456"]),
        ("Area Code", ["201", "201"], ["555-0123", "555-0124"]),
        ("Код", ["(495)", "812"], ["123-45-67", "123-45-68"]),
    ],
)
def test_a_column_of_area_codes_is_noted(header: str, codes: list[str], phones: list[str]) -> None:
    rows = [f"A;{code};{phone}" for code, phone in zip(codes, phones, strict=True)]
    report = predial.check("\n".join([f"Name;{header};Phone", *rows, ""]).encode())
    assert any(f'"{header}" may have the area codes' in note for note in report.notes)
    assert field_of(report, header) is None


def test_codes_of_something_else_are_not_noted() -> None:
    rows = [f"{phone};{code}" for phone, code in zip(PHONES, ("101", "102", "103"), strict=False)]
    report = predial.check("\n".join(["Телефон;Код", *rows, ""]).encode())
    assert (report.notes, report.hints) == ([], [])


def test_a_phone_that_is_filled_below_the_sample_is_named() -> None:
    rows = [f"A;;{7_912_000_0000 + row}" for row in range(1200)]
    rows += [f"A;{7_912_100_0000 + row};" for row in range(1200)]
    text = "\n".join(["ФИО;Моб. телефон;Телефон", *rows, ""]).encode()
    report = predial.check(text, max_diagnostics=0)
    option = 'map={"phone": ["Телефон", "Моб. телефон"]}'
    assert option in options_of(report)
    mapped = {"phone": ["Телефон", "Моб. телефон"]}
    assert predial.check(text, map=mapped, max_diagnostics=0).clean == 2400
    # Of a list that was seen whole, an empty column says nothing.
    few = "\n".join(["ФИО;Моб. телефон;Телефон", *rows[:10], ""]).encode()
    assert predial.check(few).hints == []


def test_a_column_without_a_value_in_the_sample_is_not_called_empty() -> None:
    rows = ["A;" for _ in range(1200)] + [f"A;{7_912_000_0000 + row}" for row in range(20)]
    text = "\n".join(["ФИО;Телефон", *rows, ""]).encode()
    with pytest.raises(predial.ListError, match=r"none of its first 1\d\d\d cells has a value"):
        predial.check(text)
    assert predial.check(text, map={"phone": "Телефон"}).clean == 20


def workbook(*rows: list[Any], merged: str | None = None) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merged is not None:
        book.active.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_cells_beyond_the_header_of_a_sheet_have_their_column(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    rows: list[list[Any]] = [
        ["ФИО", "Телефон"],
        ["Анна", PHONES[0], "перезвонить"],
        ["Борис", PHONES[1]],
        ["Вера", "12", None, "x"],
    ]
    report = predial.check(workbook(*rows))
    assert (report.total, report.clean, report.counts.get("record-extra-cells")) == (3, 2, None)
    assert [column.header for column in report.mapping or []][2:] == ["column3", "column4"]
    # In a text the cell may be a part of the one before it.
    text = "ФИО;Телефон\nАнна;79123456700;перезвонить\nБорис;79123456701\n"
    assert predial.check(text.encode()).counts == {"record-extra-cells": 1}

    predial.prepare(workbook(*rows), tmp_path / "out")
    rejects = tmp_path / "out" / "rejects.xlsx"
    header, record = openpyxl.load_workbook(rejects).active.values
    assert header[-4:] == ("ФИО", "Телефон", "column3", "column4")
    assert record[-4:] == ("Вера", "12", None, "x")
    again = predial.check(rejects)
    assert (again.total, again.counts.get("record-extra-cells")) == (1, None)


def test_a_cell_far_out_does_not_widen_the_sheet() -> None:
    rows: list[list[Any]] = [
        ["ФИО", "Телефон"],
        ["Анна", PHONES[0]],
        ["Борис", PHONES[1], *[None] * 500, "x"],
    ]
    report = predial.check(workbook(*rows))
    assert len(report.mapping or []) == 2
    assert (report.clean, report.counts) == (1, {"record-extra-cells": 1})


def test_the_last_column_of_a_header_in_two_rows() -> None:
    rows: list[list[Any]] = [
        ["ФИО", "Телефоны", None, "Комментарий"],
        [None, "Моб. тел.", "Дом. тел."],
        ["Анна", PHONES[0], PHONES[1], "перезвонить"],
        ["Борис", PHONES[2], None, "нет"],
    ]
    report = predial.check(workbook(*rows, merged="D1:D2"))
    assert (report.clean, field_of(report, "Моб. тел.")) == (2, "phone")
