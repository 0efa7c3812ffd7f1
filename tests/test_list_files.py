"""Files as people have them: each is read as its owner would read it, or refused as what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import predial

LISTS = Path(__file__).parent / "data" / "lists"


def phones_of(report: predial.Report) -> list[str]:
    return [column.header for column in report.mapping or [] if column.field == "phone"]


@pytest.mark.parametrize(
    ("file", "phone", "rows", "sent", "found"),
    [
        ("x_two_sheets.xlsx", "Телефон", 1, 1, {"format": "xlsx", "sheet": "Москва"}),
        ("x_cover_sheet.xlsx", "Телефон", 1, 1, {"format": "xlsx", "sheet": "Контакты"}),
        ("x_hidden_data.xlsx", "phone", 1, 1, {"format": "xlsx", "sheet": "Sheet1"}),
        ("x_filtered.xlsx", "Телефон", 3, 3, {"format": "xlsx", "sheet": "Sheet1"}),
        ("x_title_merged.xlsx", "Телефон", 2, 2, {"format": "xlsx", "header_line": 2}),
        ("x_formula_nocache.xlsx", "Телефон", 3, 1, {"format": "xlsx", "sheet": "Sheet1"}),
        ("x_text_guards.xlsx", "phone", 6, 3, {"format": "xlsx", "sheet": "Sheet1"}),
    ],
)
def test_a_file_is_read(file: str, phone: str, rows: int, sent: int, found: dict[str, Any]) -> None:
    report = predial.check(LISTS / file)
    assert phones_of(report) == [phone]
    assert (report.total, report.total - report.rejected) == (rows, sent)
    assert {key: value for key, value in report.input.items() if key in found} == found


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("x_two_sheets.xlsx", 'the sheet "СПб" has 3 rows, and is not read'),
        ("x_cover_sheet.xlsx", 'the sheet "Титул" has 3 rows, and is not read'),
        ("x_hidden_data.xlsx", "the sheet that is read is hidden"),
        (
            "x_filtered.xlsx",
            "1 row is hidden by the filter of the sheet; it is read like the others",
        ),
        (
            "x_formula_nocache.xlsx",
            "3 cells are formulas without a saved value and count as empty; open the workbook in a "
            "spreadsheet program and save it",
        ),
    ],
)
def test_a_doubt_is_said(file: str, said: str) -> None:
    report = predial.check(LISTS / file)
    assert said in [*report.notes, *(hint.text for hint in report.hints)]
