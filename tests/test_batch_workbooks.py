"""Workbooks of spreadsheets: the jobs of a sheet, its cells as the texts that people see."""

from __future__ import annotations

import datetime
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

import predial
from test_batch_sources import files_of, told

Rows = Sequence[Sequence[Any]]
PEOPLE: Rows = [
    ["Phone", "gmtZone", "Имя", "sum"],
    [79123456789, "+03:00", "Пётр, «Фёдор»", 2.5],
    ["+7 (912) 345-67-80", None, 'a "quoted"\nname', 1],
    [None, None, None, None],
    ["7.9E+10", "Europe/Moscow", " spaces ", -0.1],
]


def xlsx(rows: Rows, **sheets: Rows) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    for name, other in sheets.items():
        sheet = book.create_sheet(name)
        for row in other:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows: Rows, **sheets: Rows) -> bytes:
    book = xlwt.Workbook()
    date = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM:SS")
    for name, of_sheet in {"Sheet": rows, **sheets}.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(of_sheet):
            for column, value in enumerate(row):
                if isinstance(value, datetime.date):
                    sheet.write(at, column, value, date)
                elif value is not None:
                    sheet.write(at, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


BOOKS = {"xlsx": xlsx, "xls": xls}
both = pytest.mark.parametrize("form", BOOKS)


def jobs_of(report: predial.Report) -> list[Any]:
    return [job for body in report.bodies for job in json.loads(Path(body).read_bytes())]


def payloads(source: Any, out: Path, **options: Any) -> list[Any]:
    report = predial.prepare(source, out, duplicates="allow", **options)
    return [job.get("payload") for job in jobs_of(report)]


@both
def test_the_jobs_of_a_sheet(form: str, tmp_path: Path) -> None:
    report = predial.prepare(BOOKS[form](PEOPLE), tmp_path)
    assert (report.total, report.clean, report.repaired) == (3, 1, 1)
    assert report.counts == {"phone-format": 1, "phone-scientific": 1}
    assert jobs_of(report) == [
        {
            "phone": "79123456789",
            "gmtZone": "+03:00",
            "payload": {"Имя": "Пётр, «Фёдор»", "sum": "2.5"},
        },
        {"phone": "79123456780", "payload": {"Имя": 'a "quoted"\nname', "sum": "1"}},
    ]
    assert report.input == {
        "format": form,
        "encoding": None,
        "byte_order_mark": False,
        "compression": None,
        "sheet": "Sheet",
        "delimiter": None,
    }
    assert json.loads((tmp_path / "manifest.json").read_bytes())["input"] == report.input
    assert {found.offset for found in report.diagnostics} == {None}


@both
def test_it_comes_out_the_same_however_it_comes(form: str, tmp_path: Path) -> None:
    rows = [PEOPLE[0], *([79123450000 + n, "+03:00", f"имя {n}", n / 4] for n in range(9000))]
    source = BOOKS[form](rows)
    path = tmp_path / "book"
    path.write_bytes(source)
    seen = []
    for number, each in enumerate([source, path, io.BytesIO(source)]):
        given: Any = each
        for threads in (1, 3):
            out = tmp_path / f"{number}-{threads}"
            report = predial.prepare(given, out, run="a run", threads=threads, max_jobs=1000)
            seen.append((told(report), files_of(out)))
            if isinstance(given, io.BytesIO):
                given.seek(0)
    assert seen[0][0]["clean"] == 9000
    assert all(each == seen[0] for each in seen)


@both
def test_cells_are_the_texts_that_people_see(form: str, tmp_path: Path) -> None:
    when = datetime.datetime
    values = {
        "whole": (79110000000.0, "79110000000"),
        "last exact": (2.0**53 - 1, "9007199254740991"),
        "too large": (2.0**53, "9.007199254740992E15"),
        "huge": (1e300, "1E300"),
        "fraction": (0.1, "0.1"),
        "negative": (-1.5, "-1.5"),
        "zero": (0.0, "0"),
        "true": (True, "TRUE"),
        "false": (False, "FALSE"),
        "date": (when(2026, 3, 1), "2026-03-01"),
        "date and time": (when(2026, 3, 1, 9, 30, 5), "2026-03-01T09:30:05"),
        "digits": ("0079", "0079"),
        "comma": ("a,b", "a,b"),
        "lines": ("a\nb", "a\nb"),
        "sep": ("sep=;", "sep=;"),
    }
    cells: list[Any] = [value for value, _ in values.values()]
    rows: Rows = [["phone", *values], ["79123456789", *cells]]
    (payload,) = payloads(BOOKS[form](rows), tmp_path)
    assert payload == {name: text for name, (_, text) in values.items()}


def test_times_of_day_durations_and_errors(tmp_path: Path) -> None:
    values = {
        "time": (datetime.time(9, 5), "09:05"),
        "seconds": (datetime.time(9, 5, 7), "09:05:07"),
        "duration": (datetime.timedelta(hours=30), "30:00:00"),
        "error": ("#N/A", "#N/A"),
    }
    cells: list[Any] = [value for value, _ in values.values()]
    rows: Rows = [["phone", *values], ["79123456789", *cells]]
    (payload,) = payloads(xlsx(rows), tmp_path)
    assert payload == {name: text for name, (_, text) in values.items()}


def by_hand(rows: str, strings: str) -> bytes:
    """A workbook with shared texts, as spreadsheets write it (ECMA-376)."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        '<sheet name="Лист1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>'
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_shared_texts_formulas_and_gaps(tmp_path: Path) -> None:
    strings = (
        "<si><t>phone</t></si><si><t>имя</t></si>"
        '<si><r><t>Ан</t></r><r><t xml:space="preserve">на &amp; Ко</t></r></si>'
    )
    rows = (
        '<row r="2"><c r="B2" t="s"><v>0</v></c><c r="D2" t="s"><v>1</v></c></row>'
        '<row r="5"><c r="B5"><f>A1*2</f><v>7.9123456789E10</v></c>'
        '<c r="D5" t="s"><v>2</v></c></row>'
        '<row r="7"><c r="B7" t="str"><f>"x"</f><v>79123456780</v></c></row>'
    )
    source = by_hand(rows, strings)
    report = predial.prepare(source, tmp_path)
    empty = {"column1": "", "column3": ""}  # columns that have no header
    assert jobs_of(report) == [
        {"phone": "79123456789", "payload": empty | {"имя": "Анна & Ко"}},
        {"phone": "79123456780", "payload": empty | {"имя": ""}},
    ]
    assert report.input["sheet"] == "Лист1"
    for harmed in (rows.replace("<v>2<", "<v>3<"), rows[:-20], rows.replace("B7", "B1")):
        with pytest.raises(predial.SourceError):
            predial.check(by_hand(harmed, strings))


def test_an_error_is_no_phone() -> None:
    report = predial.check(xlsx([["phone"], ["#N/A"], [79123456789]]))
    assert (report.clean, report.rejected) == (1, 1)


def test_a_phone_that_lost_digits_is_refused() -> None:
    report = predial.check(xlsx([["phone"], [79123456789012345678.0], [7912345678.5]]))
    assert report.counts == {"phone-scientific": 2}


@both
def test_the_sheet(form: str, tmp_path: Path) -> None:
    people = [["phone"], ["79123456789"]]
    others = [["phone"], ["12015550123"], ["12015550124"]]
    source = BOOKS[form]([], People=people, Others=others)
    assert predial.check(source).input["sheet"] == "People"
    assert predial.check(source, sheet="Others").clean == 2
    assert predial.check(source, sheet="Sheet").total == 0
    with pytest.raises(predial.SourceError, match=r'no sheet "others".* Sheet, People, Others'):
        predial.check(source, sheet="others")
    manifest = tmp_path / "out" / "manifest.json"
    predial.prepare(source, manifest.parent, sheet="Others")
    assert json.loads(manifest.read_bytes())["options"]["sheet"] == "Others"


def test_a_hidden_sheet_has_to_be_asked_for() -> None:
    book = openpyxl.Workbook()
    hidden: Any = book.active
    hidden.append(["phone"])
    hidden.append(["7"])
    hidden.sheet_state = "hidden"
    seen = book.create_sheet("Seen")
    for row in (["phone"], ["79123456789"], ["79123456780"]):
        seen.append(row)
    seen.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    report = predial.check(out.getvalue())
    assert (report.clean, report.input["sheet"]) == (2, "Seen"), "hidden rows are rows"


def test_a_sheet_is_for_workbooks() -> None:
    with pytest.raises(ValueError, match="sheet is about workbooks"):
        predial.check(b'{"phone": 79123456789}', sheet="Sheet")


class TestFormat:
    def test_it_is_told_by_the_content_and_not_by_the_name(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_bytes(xlsx(PEOPLE))
        assert predial.check(path).input["format"] == "xlsx"
        text = tmp_path / "people.xlsx"
        text.write_bytes(b"phone,name\n79123456789,a\n")
        report = predial.check(text)
        assert (report.input["format"], report.clean) == ("csv", 1)

    @both
    def test_another_word_of_the_caller_is_an_error(self, form: str) -> None:
        source = BOOKS[form](PEOPLE)
        assert predial.check(source, input_format=form).total == 3  # type: ignore[arg-type]
        for other in ("json", "ndjson", "csv", "xls" if form == "xlsx" else "xlsx"):
            with pytest.raises(predial.SourceError, match=f"is an {form.upper()} workbook"):
                predial.check(source, input_format=other)
        for content in (b"phone\n7\n", b"", b"[]"):
            with pytest.raises(predial.SourceError, match=f"no {form.upper()} workbook"):
                predial.check(content, input_format=form)  # type: ignore[arg-type]

    def test_other_archives(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("people.csv", "phone\n79123456789\n")
        with pytest.raises(predial.SourceError, match="ZIP archive and no XLSX workbook"):
            predial.check(out.getvalue())


def test_rejects_are_a_table_that_spreadsheets_read(tmp_path: Path) -> None:
    report = predial.prepare(xlsx(PEOPLE), tmp_path / "1")
    rejects = tmp_path / "1" / "rejects.csv"
    assert rejects.read_bytes().startswith(b"\xef\xbb\xbfpredial_rule,")
    assert report.rejected == 1
    mended = rejects.read_text(encoding="utf-8").replace("7.9E+10", "79123456700")
    again = predial.prepare(mended.encode(), tmp_path / "2")
    assert (again.rejected, again.clean) == (0, 1)


class TestHostile:
    @both
    def test_cut_short_anywhere(self, form: str) -> None:
        source = BOOKS[form](PEOPLE)
        chance = random.Random(form)
        for length in {*range(8, 600, 37), *chance.sample(range(8, len(source)), 150)}:
            # Nothing but zeros may be missing of a compound file.
            if form == "xls" and not source[length:].strip(b"\0"):
                continue
            try:
                report = predial.check(source[:length])
            except predial.SourceError:
                continue
            assert form == "xls", "an archive has its directory at its end"
            assert report.total <= 3

    def test_a_changed_byte_of_an_xlsx_is_found_or_says_nothing(self) -> None:
        """Each part of the archive has a check sum."""
        source = xlsx(PEOPLE)
        expected = predial.check(source)
        chance = random.Random(7)
        found = 0
        for at in chance.sample(range(4, len(source)), 600):
            harmed = bytearray(source)
            harmed[at] ^= 1 << chance.randrange(8)
            try:
                report = predial.check(bytes(harmed))
            except (predial.SourceError, ValueError):
                found += 1
                continue
            assert told(report) == told(expected)
        assert found > 300

    def test_a_changed_byte_of_an_xls_ends_in_a_report_or_an_error(self) -> None:
        source = xls(PEOPLE)
        chance = random.Random(7)
        for at in chance.sample(range(8, len(source)), 600):
            harmed = bytearray(source)
            harmed[at] = chance.randrange(256)
            try:
                predial.check(bytes(harmed))
            except (predial.SourceError, ValueError):
                continue

    @pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml"])
    def test_a_bomb(self, part: str) -> None:
        """A part that unpacks to a gibibyte, in a process that may not have as much."""
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(xlsx(PEOPLE))) as book,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb,
        ):
            for name in book.namelist():
                content = book.read(name)
                if name != part:
                    bomb.writestr(name, content)
                    continue
                begin, tag, end = content.rpartition(b"</")
                with bomb.open(name, "w", force_zip64=True) as into:
                    into.write(begin)
                    for _ in range(1 << 10):
                        into.write(b" " * (1 << 20))
                    into.write(tag + end)
        run = subprocess.run(
            [sys.executable, "-c", BOUNDED], input=out.getvalue(), capture_output=True, check=True
        )
        assert b"unpacks to more than is read" in run.stdout

    def test_an_xls_with_cells_at_the_ends_of_its_sheet(self) -> None:
        book = xlwt.Workbook()
        sheet = book.add_sheet("Sheet")
        sheet.write(0, 0, "phone")
        sheet.write(65535, 255, "far")
        out = io.BytesIO()
        book.save(out)
        with pytest.raises(predial.SourceError, match="spans 65536 rows and 256 columns"):
            predial.check(out.getvalue())


BOUNDED = """
import resource, sys
import predial
limit = 600 << 20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    print(predial.check(sys.stdin.buffer.read(), threads=1))
except predial.SourceError as error:
    print(error)
"""
