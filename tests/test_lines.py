"""The line of a diagnostic: where an editor or the sheet shows the row."""

from __future__ import annotations

import csv
import gzip
import io
import json
import pickle
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import predial
from predial import _core
from test_batch_threads import options

FAULTY = "7.911E+10"
CLEAN = "79123456789"
NAMES = ("Anna", "", "a\nb", "a\r\nb\n", 'say ""hi""', "x;y", "\n")


def lines_of(report: predial.Report) -> dict[int, int | None]:
    return {found.row: found.line for found in report.diagnostics if found.severity == "error"}


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[tuple[str, int]]]:
    """A table as text, and the phone and the line of each row, counted as the text is written."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = "sep=;" + end if draw(st.booleans()) else ""
    text += end * draw(st.integers(0, 2))
    if draw(st.booleans()):
        text += f"Список{end}"
    text += f"phone;name;city{end}"
    rows = []
    # One valid phone at least, so that the header is found.
    phones = [CLEAN, *draw(st.lists(st.sampled_from([FAULTY, CLEAN]), max_size=30))]
    for phone in phones:
        if draw(st.integers(0, 9)) == 0:
            text += end
        rows.append((phone, text.count("\n") + 1))
        record = io.StringIO()
        csv.writer(record, delimiter=";", lineterminator=end).writerow(
            [phone, draw(st.sampled_from(NAMES)), "Москва"]
        )
        text += record.getvalue()
    return text, rows


@given(tables(), st.sampled_from([1, 3]), st.sampled_from([None, 40, 100]), st.booleans())
def test_the_line_of_a_row_is_where_an_editor_shows_it(
    table: tuple[str, list[tuple[str, int]]], threads: int, block: int | None, is_stream: bool
) -> None:
    text, rows = table
    faulty = {row: line for row, (phone, line) in enumerate(rows) if phone == FAULTY}
    data = text.encode()
    source: Any = io.BytesIO(data) if is_stream else data
    asked = options(threads, block, "allow", "csv") | {"max_diagnostics": 100}
    report, failure = _core.check_batch(source, "", asked, None)
    assert failure is None
    assert lines_of(report) == faulty


@given(tables(), st.integers(1, 5), st.sampled_from(["allow", "job"]), st.booleans())
def test_a_body_has_the_lines_of_its_rows(
    table: tuple[str, list[tuple[str, int]]],
    max_jobs: int,
    duplicates: Literal["allow", "job"],
    is_stream: bool,
) -> None:
    """Also of rows that wait for another body, because theirs has their phone already."""
    text, rows = table
    data = text.encode()
    source: Any = io.BytesIO(data) if is_stream else data
    found: dict[int, int] = {}
    for body in predial.bodies(source, max_jobs=max_jobs, duplicates=duplicates):
        assert body.lines is not None
        assert len(body.lines) == len(body.rows) == body.jobs
        found.update(zip(body.rows, body.lines, strict=True))
        # What is cut keeps the lines of its rows.
        for part in (body.renewed(), *(body.halves() or ())):
            assert part.lines == tuple(found[row] for row in part.rows)
        assert pickle.loads(pickle.dumps(body)).lines == body.lines
    sent = {row: line for row, (phone, line) in enumerate(rows) if phone == CLEAN}
    assert found.items() <= sent.items()
    assert found == sent or duplicates == "job"


def test_the_manifest_has_the_lines_in_little_space(tmp_path: Path) -> None:
    data = b"phone\n" + b"".join(b"%d\n" % (79120000000 + n) for n in range(5000))
    predial.prepare(data, tmp_path / "table", max_jobs=2000)
    prepared = predial.open_prepared(tmp_path / "table")
    assert [body["lines"] for body in prepared.manifest["bodies"]] == [
        [[0, 2, 1]], [[2000, 2002, 1]], [[4000, 4002, 1]],
    ]  # fmt: skip
    assert prepared.bodies[1].lines == tuple(range(2002, 4002))
    predial.prepare([{"phone": CLEAN}], tmp_path / "dicts")
    prepared = predial.open_prepared(tmp_path / "dicts")
    assert (prepared.manifest["bodies"][0]["lines"], prepared.bodies[0].lines) == ([], None)


def test_the_manifest_of_an_earlier_version_has_no_lines(tmp_path: Path) -> None:
    predial.prepare(b"phone\n79123456789\n", tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    del manifest["bodies"][0]["lines"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert predial.open_prepared(tmp_path).bodies[0].lines is None


@given(st.lists(st.sampled_from([FAULTY, CLEAN]), max_size=12), st.integers(0, 3), st.booleans())
def test_lines_of_json(phones: list[str], blank: int, is_array: bool) -> None:
    text, faulty = "[\n" if is_array else "", {}
    for row, phone in enumerate(phones):
        text += "\n" * blank
        if phone == FAULTY:
            faulty[row] = text.count("\n") + 1
        job = json.dumps({"phone": phone}, indent=2 if is_array else None)
        text += job + ("," if is_array and row < len(phones) - 1 else "") + "\n"
    text += "]" if is_array else ""
    for source in (text.encode(), io.BytesIO(text.encode()), gzip.compress(text.encode())):
        assert lines_of(predial.check(source, duplicates="allow")) == faulty


def test_lines_that_end_with_a_return() -> None:
    data = b"phone;name\r79123456789;Anna\r7.911E+10;Bob\r"
    assert lines_of(predial.check(data)) == {1: 3}
    assert lines_of(predial.check(io.BytesIO(data))) == {1: 3}


def test_the_line_of_a_workbook_is_the_row_of_the_sheet() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A3"], sheet["B3"] = "phone", "name"
    sheet["A4"], sheet["B4"] = CLEAN, "a\nb\n\nc"
    sheet["A7"], sheet["B7"] = FAULTY, 'say "hi'
    sheet["A9"], sheet["B9"] = "нет", "\n"
    sheet["A10"] = "+7"
    file = io.BytesIO()
    book.save(file)
    [body] = predial.bodies(file.getvalue())
    assert (body.rows, body.lines) == ((0,), (4,))
    report = predial.check(file.getvalue())
    assert report.input["header_line"] == 3
    assert lines_of(report) == {1: 7, 2: 9, 3: 10}
    assert {found.offset for found in report.diagnostics} == {None}


def test_a_source_without_lines_has_none() -> None:
    assert lines_of(predial.check([{"phone": ""}])) == {0: None}


def test_a_row_that_is_too_long_has_its_line() -> None:
    data = f'phone,name\n{CLEAN},"a\nb"\n{CLEAN},{"x" * 3000}\n{FAULTY},c\n'.encode()
    for source in (data, io.BytesIO(data)):
        report = predial.check(source, max_row_bytes=1000)
        assert lines_of(report) == {1: 4, 2: 5}


@pytest.mark.parametrize("rows", [5, 200_000])
def test_lines_behind_many_clean_rows(rows: int) -> None:
    data = b"phone\n" + b"79123456789\n" * rows + b"7.911E+10\n"
    for source in (data, io.BytesIO(data)):
        report = predial.check(source, duplicates="allow", threads=2)
        assert lines_of(report) == {rows: rows + 2}
