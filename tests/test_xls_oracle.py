"""The cells of XLS workbooks against xlrd, another reader of them."""

from __future__ import annotations

import datetime
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
import xlrd
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from test_batch_workbooks import payloads

LISTS = Path(__file__).parent / "data" / "lists"

#: As what the cells of a date are shown, by whether they have a time.
FORMATS = ("YYYY-MM-DD", "YYYY-MM-DD HH:MM:SS")


def shown(cell: xlrd.sheet.Cell, mode: int) -> str:
    """What a cell says, from what xlrd has of it."""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        # Whole numbers and quarters are exact as decimals.
        return str(cell.value).removesuffix(".0")
    if cell.ctype == xlrd.XL_CELL_DATE:
        when = xlrd.xldate_as_datetime(cell.value, mode)
        return str((when.date() if when.time() == datetime.time() else when).isoformat())
    return str(cell.value)


def of_xlrd(source: bytes) -> list[dict[str, str]]:
    """The rows of the first sheet below its header."""
    with xlrd.open_workbook(file_contents=source) as book:
        head, *rows = (
            [shown(cell, book.datemode) for cell in row] for row in book.sheet_by_index(0)
        )
    return [dict(zip(head, row, strict=True)) for row in rows]


def written(rows: list[list[Any]], *, from_1904: bool) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = from_1904
    styles = {form: xlwt.easyxf(num_format_str=form) for form in FORMATS}
    sheet = book.add_sheet("People")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime.datetime):
                sheet.write(at, column, value, styles[FORMATS[value.time() != datetime.time()]])
            elif value != "":
                sheet.write(at, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


texts = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=["Cs", "Cc", "Cf"]),
    max_size=12,
)
#: 1904 has dates from its second day on.
days = st.datetimes(datetime.datetime(1904, 1, 3), datetime.datetime(2155, 12, 31))
cells = st.one_of(
    texts,
    st.booleans(),
    st.integers(-(10**12), 10**12).map(float),
    st.integers(-(10**6), 10**6).map(lambda quarters: quarters / 4),
    days.map(lambda when: when.replace(microsecond=0)),
    days.map(lambda when: datetime.datetime(when.year, when.month, when.day)),
)


@given(
    rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8),
    late=st.booleans(),
)
def test_cells_are_those_of_another_reader(rows: list[list[Any]], late: bool) -> None:
    head = ["phone", "a", "b", "c"]
    source = written([head, *(["79123456789", *row] for row in rows)], from_1904=late)
    with tempfile.TemporaryDirectory() as out:
        found = payloads(source, Path(out) / "out")
    expected = [{name: row[name] for name in head[1:]} for row in of_xlrd(source)]
    assert found == expected


@pytest.mark.parametrize("name", ["perl_writeexcel.xls", "ruby_spreadsheet.xls"])
def test_files_of_other_writers_too(name: str, tmp_path: Path) -> None:
    """One names a wrong code page; the stream of the other ends within a sector."""
    source = (LISTS / name).read_bytes()
    expected = [
        {key: text for key, text in row.items() if key != "Phone"} for row in of_xlrd(source)
    ]
    assert payloads(source, tmp_path / "out") == expected
