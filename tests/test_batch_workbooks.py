"""Workbooks of spreadsheets: the jobs of a sheet, its cells as the texts that people see."""

from __future__ import annotations

import contextlib
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
from test_batch_sources import fields_of, files_of

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
        "encoding_runner_up": None,
        "byte_order_mark": False,
        "compression": None,
        "sheet": "Sheet",
        "workbook": {
            "hidden_sheet": False,
            "hidden_rows": 0,
            "filtered": False,
            "unsaved_formulas": 0,
            "other_sheets": [],
        },
        "delimiter": None,
        "header_line": 1,
        "skipped": [],
        "repeated_headers": 0,
    }
    assert json.loads((tmp_path / "manifest.json").read_bytes())["input"] == report.input
    assert {found.offset for found in report.diagnostics} == {None}


@pytest.mark.slow
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
            seen.append((fields_of(report), files_of(out)))
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
    assert report.counts == {"phone-scientific": 1, "phone-syntax": 1}


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


def test_hidden_sheets_come_last_and_hidden_rows_are_rows() -> None:
    book = openpyxl.Workbook()
    hidden: Any = book.active
    hidden.append(["phone"])
    hidden.append(["79123456700"])
    hidden.sheet_state = "hidden"
    seen = book.create_sheet("Seen")
    for row in (["phone"], ["79123456789"], ["79123456780"], [None], ["79123456781"]):
        seen.append(row)
    seen.row_dimensions[3].hidden = True
    seen.row_dimensions[4].hidden = True
    out = io.BytesIO()
    book.save(out)
    report = predial.check(out.getvalue())
    assert (report.clean, report.input["sheet"]) == (3, "Seen"), "hidden rows are rows"
    workbook = report.input["workbook"]
    assert workbook is not None
    assert (workbook["hidden_rows"], workbook["hidden_sheet"]) == (1, False)
    assert workbook["other_sheets"] == [{"name": "Sheet", "rows": 2, "hidden": True}]
    assert report.hints == [
        predial.Hint('the hidden sheet "Sheet" has 2 rows, and is not read', 'sheet="Sheet"', 0)
    ]
    assert report.notes == ["1 row is hidden in the sheet; it is read like the others"]
    asked = predial.check(out.getvalue(), sheet="Sheet")
    assert asked.clean == 1
    assert asked.notes == ["the sheet that is read is hidden"]
    assert asked.hints == []


CODE_PAGE = b"\x42\0\2\0"


@pytest.mark.parametrize("page", [1251, 1252, 932, 10000, 65001, 0])
def test_texts_of_an_xls_are_utf_16_whatever_it_says(page: int, tmp_path: Path) -> None:
    rows = [["phone", "Имя", "ascii"], ["79123456789", "Пётр 山田", "caf\xe9"]]
    source = xls(rows)
    place = source.index(CODE_PAGE) + 4
    assert source[place : place + 2] == (1200).to_bytes(2, "little")
    source = source[:place] + page.to_bytes(2, "little") + source[place + 2 :]
    assert payloads(source, tmp_path / "out") == [{"Имя": "Пётр 山田", "ascii": "caf\xe9"}]


def test_a_mini_stream_of_any_size_is_read() -> None:
    """As Ruby's `spreadsheet` writes it. Files of xlwt have no mini stream, this one has."""
    source = (Path(__file__).parent / "data" / "lists" / "ruby_spreadsheet.xls").read_bytes()
    assert predial.check(source).clean == 2
    size = (4 * 512) + 120
    assert source[size : size + 4] == (1251).to_bytes(4, "little")
    whole = source[:size] + (1280).to_bytes(4, "little") + source[size + 4 :]
    assert predial.check(whole).clean == 2
    for wrong in (0, 1, 2**31 - 1, 2**32 - 1):
        damaged = source[:size] + wrong.to_bytes(4, "little") + source[size + 4 :]
        with contextlib.suppress(predial.SourceError):
            assert predial.check(damaged).clean == 2


@both
def test_an_encrypted_workbook_is_named(form: str) -> None:
    """A record says so in XLS; an encrypted XLSX is a stream in a compound file."""
    source = bytearray(xls(PEOPLE))
    if form == "xls":
        # The record of the writer's name becomes that of the password.
        place = source.index(b"\x5c\0\x70\0")
        source[place] = 0x2F
    else:
        name = "Workbook".encode("utf-16-le")
        new = "EncryptedPackage".encode("utf-16-le")
        place = source.index(name)
        source[place : place + len(new)] = new
        source[place + 64 : place + 66] = (len(new) + 2).to_bytes(2, "little")
    with pytest.raises(predial.SourceError, match="encrypted; save it without a password"):
        predial.check(bytes(source))


def test_hidden_rows_of_an_xls() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    for row, text in enumerate(["phone", "79123456789", "79123456780"]):
        sheet.write(row, 0, text)
    sheet.row(2).hidden = True
    hidden = book.add_sheet("Hidden")
    hidden.write(0, 0, "note")
    hidden.visibility = 1
    out = io.BytesIO()
    book.save(out)
    workbook = predial.check(out.getvalue()).input["workbook"]
    assert workbook is not None
    assert workbook["hidden_rows"] == 1
    assert workbook["other_sheets"] == [{"name": "Hidden", "rows": 1, "hidden": True}]


@both
def test_the_list_is_the_first_sheet_with_phones(form: str, tmp_path: Path) -> None:
    """However long the sheets before it are, and whatever their headers say."""
    orders = [["order", "sum"], *([f"A-{row}", f"{row}.50"] for row in range(3000))]
    empty = [["phone", "name"]]
    people = [["name", "phone"], *([f"n{row}", f"7912{row:07}"] for row in range(3000))]
    source = BOOKS[form](orders, Empty=empty, People=people, More=people[:10])
    report = predial.check(source)
    assert (report.input["sheet"], report.clean) == ("People", 3000)
    workbook = report.input["workbook"]
    assert workbook is not None
    assert workbook["other_sheets"] == [
        {"name": "Sheet", "rows": 3001, "hidden": False},
        {"name": "Empty", "rows": 1, "hidden": False},
        {"name": "More", "rows": 10, "hidden": False},
    ]
    # The options of the list count: this column is named, and in the first sheet alone.
    asked = predial.check(source, map={"phone": "order"})
    assert (asked.input["sheet"], asked.rejected) == ("Sheet", 3000)
    predial.prepare(source, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["input"]["workbook"] == workbook


@both
def test_without_a_sheet_with_phones_the_first_is_refused(form: str) -> None:
    source = BOOKS[form]([["order", "sum"], ["A-1", "1.50"]], Notes=[["note"], ["x"]])
    with pytest.raises(predial.ListError, match="no column holds phones"):
        predial.check(source)


def test_a_sheet_is_for_workbooks() -> None:
    with pytest.raises(ValueError, match="sheet is about workbooks"):
        predial.check(b'{"phone": 79123456789}', sheet="Sheet")


class TestFormat:
    def test_it_is_detected_by_the_content_and_not_by_the_name(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_bytes(xlsx(PEOPLE))
        assert predial.check(path).input["format"] == "xlsx"
        text = tmp_path / "people.xlsx"
        text.write_bytes(b"phone,name\n79123456789,a\n")
        report = predial.check(text)
        assert (report.input["format"], report.clean) == ("csv", 1)

    @both
    def test_another_format_given_by_the_caller_is_an_error(self, form: str) -> None:
        source = BOOKS[form](PEOPLE)
        assert predial.check(source, input_format=form).total == 3  # type: ignore[arg-type]
        for other in ("json", "ndjson", "csv", "xls" if form == "xlsx" else "xlsx"):
            with pytest.raises(predial.SourceError, match=f"is an {form.upper()} workbook"):
                predial.check(source, input_format=other)
        for content in (b"phone\n7\n", b"", b"[]"):
            with pytest.raises(predial.SourceError, match=f"not an {form.upper()} workbook"):
                predial.check(content, input_format=form)  # type: ignore[arg-type]


#: Texts that a spreadsheet reads as formulas if they are not marked as texts, and others that
#: are easily changed on the way.
FORMULAS = [
    "=1+1",
    "+79",
    "-5",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "=cmd|'/C calc'!A0",
    "'=x",
    '"x"',
    " x ",
    "_x0041_",
    "a\r\nb",
    "a;b,c",
    "007",
    "#N/A",
]


def of_texts(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook whose cells are all texts, even those that look like something else."""

    def text(cell: str) -> str:
        escaped = cell.replace("_", "_x005F_").replace("\r", "_x000D_")
        return escaped.replace("&", "&amp;").replace("<", "&lt;")

    lines = (
        "<row>"
        + "".join(
            f'<c t="inlineStr"><is><t xml:space="preserve">{text(cell)}</t></is></c>'
            for cell in row
        )
        + "</row>"
        for row in rows
    )
    return by_hand("".join(lines), "")


OF_TEXTS = {"xlsx": of_texts, "xls": xls}


def rejected_jobs(out: Path) -> list[Any]:
    lines = (out / "rejects.ndjson").read_bytes().splitlines()
    return [json.loads(line)["job"] for line in lines]


def sheet_of(out: Path) -> Any:
    return openpyxl.load_workbook(out / "rejects.xlsx").active


class TestRejects:
    """The reject file of a workbook is a workbook of texts."""

    @both
    def test_no_cell_is_a_formula(self, form: str, tmp_path: Path) -> None:
        rows = [["phone", "=A1", *"abc"], *([text, text, *FORMULAS[:3]] for text in FORMULAS)]
        report = predial.prepare(OF_TEXTS[form](rows), tmp_path)
        assert report.rejected == report.total == len(FORMULAS)
        sheet = sheet_of(tmp_path)
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
        own = ["predial_rule", "predial_message", "predial_suggestion"]
        own += ["predial_row", "predial_line", "predial_run", "predial_columns"]
        assert [cell.value for cell in sheet[1]] == [*own, *rows[0]]
        assert (sheet["H2"].value, sheet["I2"].value) == ("=1+1", "=1+1")
        names = {path.name for path in tmp_path.glob("rejects.*")}
        assert names == {"rejects.ndjson", "rejects.xlsx"}
        manifest = json.loads((tmp_path / "manifest.json").read_bytes())
        assert manifest["rejects"] == {
            "file": "rejects.ndjson",
            "table": "rejects.xlsx",
            "rows": len(FORMULAS),
        }

    @both
    def test_reading_it_again_gives_the_same_cells(self, form: str, tmp_path: Path) -> None:
        rows = [["phone", "a", "b"], *([text, text, text] for text in FORMULAS)]
        predial.prepare(OF_TEXTS[form](rows), tmp_path / "1")
        predial.prepare(tmp_path / "1" / "rejects.xlsx", tmp_path / "2")
        jobs = rejected_jobs(tmp_path / "1")
        assert [job["payload"]["a"] for job in jobs] == FORMULAS
        assert rejected_jobs(tmp_path / "2") == jobs
        first, second = (tmp_path / run / "rejects.xlsx" for run in "12")
        assert first.read_bytes() == second.read_bytes(), "its own columns are left out"

    def test_numbers_and_dates_are_the_texts_that_people_see(self, tmp_path: Path) -> None:
        when = datetime.datetime(2026, 3, 1, 9, 30)
        rows: Rows = [["phone", "when", "sum"], [0, when, 2.5], [7.9e12 + 0.5, None, 79123456789]]
        predial.prepare(xlsx(rows), tmp_path)
        values = [[cell.value for cell in row[7:]] for row in sheet_of(tmp_path).iter_rows()]
        assert values[1:] == [
            ["0", "2026-03-01T09:30:00", "2.5"],
            ["7.9000000000005E12", None, "79123456789"],
        ]

    @both
    def test_it_can_be_mended_where_it_was_made(self, form: str, tmp_path: Path) -> None:
        report = predial.prepare(BOOKS[form](PEOPLE), tmp_path / "1")
        assert report.rejected == 1
        book = openpyxl.load_workbook(tmp_path / "1" / "rejects.xlsx")
        sheet: Any = book.active
        sheet["H2"].value = "79123456700"
        book.save(tmp_path / "mended.xlsx")
        again = predial.prepare(tmp_path / "mended.xlsx", tmp_path / "2")
        assert (again.rejected, again.clean) == (0, 1)
        (job,) = jobs_of(again)
        assert job["payload"] == {"Имя": " spaces ", "sum": "-0.1"}

    def test_a_list_without_a_header_gets_one(self, tmp_path: Path) -> None:
        predial.prepare(
            xlsx([[79123456780, "a"], [79123456789, "b"], *[[79123456780, "c"]] * 2, [7, "b"]]),
            tmp_path / "1",
        )
        head, *_, row = sheet_of(tmp_path / "1").iter_rows(values_only=True)
        assert (head[7:], row[7:]) == (("phone", "column2"), ("7", "b"))
        again = predial.prepare(tmp_path / "1" / "rejects.xlsx", tmp_path / "2")
        assert rejected_jobs(tmp_path / "2") == rejected_jobs(tmp_path / "1")[1:]
        assert again.total == 3

    def test_the_same_options_read_it(self, tmp_path: Path) -> None:
        people: Rows = [["phone"], ["7"]]
        source = xlsx([], **{"Люди & Ко": people})
        for run, given in (("1", source), ("2", tmp_path / "1" / "rejects.xlsx")):
            report = predial.prepare(given, tmp_path / run, sheet="Люди & Ко")
            assert report.rejected == 1
        assert sheet_of(tmp_path / "1").title == "Люди & Ко"

    @pytest.mark.slow
    @both
    def test_it_is_the_same_on_any_number_of_threads(self, form: str, tmp_path: Path) -> None:
        rows: Rows = [
            ["phone", "имя"],
            *(["7.9E+10" if n % 3 else "7", f"имя {n}"] for n in range(9000)),
        ]
        seen = []
        for threads in (1, 4):
            out = tmp_path / str(threads)
            predial.prepare(BOOKS[form](rows), out, run="a run", threads=threads)
            seen.append(files_of(out))
        assert seen[0] == seen[1]
        assert sheet_of(tmp_path / "1").max_row == 9001

    @pytest.mark.slow
    @pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
    def test_a_run_that_was_killed_is_resumed_to_the_same_bytes(self, tmp_path: Path) -> None:
        path = tmp_path / "book.xlsx"
        rows: Rows = [
            ["phone", "n"],
            *([f"7912{n:07}" if n % 3 else "7", n] for n in range(60_000)),
        ]
        path.write_bytes(xlsx(rows))
        options: Any = {"run": "a run", "max_jobs": 100, "now": NOW}
        predial.prepare(path, tmp_path / "whole", **options)
        out = tmp_path / "out"
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(path), str(out)], check=False, timeout=60
        )
        assert killed.returncode == -9
        assert (out / "rejects.xlsx.part").exists()
        assert not (out / "manifest.json").exists()
        report = predial.prepare(path, out, resume=True, **options)
        assert any("was resumed" in note for note in report.notes)
        assert files_of(out) == files_of(tmp_path / "whole")

    def test_rejects_of_an_earlier_run_are_removed(self, tmp_path: Path) -> None:
        table = b"phone\n7\n"
        for source, left in ((xlsx(PEOPLE), "xlsx"), (table, "csv"), (xlsx(PEOPLE), "xlsx")):
            predial.prepare(source, tmp_path, overwrite=True)
            names = {path.name for path in tmp_path.glob("rejects.*")}
            assert names == {"rejects.ndjson", f"rejects.{left}"}
        with pytest.raises(ValueError, match="a file of the directory"):
            predial.prepare(tmp_path / "rejects.xlsx", tmp_path, overwrite=True)
        assert (tmp_path / "rejects.xlsx").exists()

    def test_what_a_sheet_cannot_hold(self, tmp_path: Path) -> None:
        """Excel holds 32 767 characters in a cell; other programs write more."""
        rows = [["phone", "note"], ["7", "x" * 32_767], ["7", "x" * 32_768], ["7", "short"]]
        report = predial.prepare(of_texts(rows), tmp_path)
        assert [len(row[8]) for row in sheet_of(tmp_path).iter_rows(values_only=True)] == [
            4,
            32_767,
            5,
        ]
        assert report.notes == [
            "rejects.xlsx lacks 1 rejected row that a sheet can't hold; rejects.ndjson has all"
        ]
        assert len(rejected_jobs(tmp_path)) == 3

    def test_the_command_line_names_it(self, tmp_path: Path) -> None:
        (tmp_path / "book.xlsx").write_bytes(xlsx(PEOPLE))
        run = subprocess.run(
            [sys.executable, "-m", "predial", "prepare", "book.xlsx", "out"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "out/rejects.xlsx" in run.stdout
        assert "rejects.csv" not in run.stdout


#: Ends the process at once in the middle of a run, like the system does if memory is short.
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
import predial

def kill(rows, *_):
    if rows > 6000:
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime(2026, 1, 1, tzinfo=UTC)
options = {"run": "a run", "max_jobs": 100, "now": now}
predial.prepare(sys.argv[1], sys.argv[2], progress=kill, **options)
"""
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


@pytest.mark.slow
class TestHostile:
    @both
    def test_cut_short_anywhere(self, form: str) -> None:
        source = BOOKS[form](PEOPLE)
        chance = random.Random(form)
        for length in {*range(8, 600, 37), *chance.sample(range(8, len(source)), 60)}:
            # Only zeros may be missing from a compound file.
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
        for at in chance.sample(range(4, len(source)), 150):
            harmed = bytearray(source)
            harmed[at] ^= 1 << chance.randrange(8)
            try:
                report = predial.check(bytes(harmed))
            except (predial.SourceError, ValueError):
                found += 1
                continue
            assert fields_of(report) == fields_of(expected)
        assert found > 75

    def test_a_changed_byte_of_an_xls_ends_in_a_report_or_an_error(self) -> None:
        source = xls(PEOPLE)
        chance = random.Random(7)
        for at in chance.sample(range(8, len(source)), 150):
            harmed = bytearray(source)
            harmed[at] = chance.randrange(256)
            try:
                predial.check(bytes(harmed))
            except (predial.SourceError, ValueError):
                continue

    @pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml"])
    def test_a_bomb(self, part: str) -> None:
        """A part of an eighth of a gibibyte, in a process with little more memory."""
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
                    for _ in range(1 << 7):
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


def test_a_hidden_list_behind_a_cover_sheet_is_not_guessed() -> None:
    """The cover has the number of a hotline, and nobody says which of the two is the list."""
    book = openpyxl.Workbook()
    cover: Any = book.active
    cover.title = "Cover"
    cover.append(["Report"])
    cover.append(["Hotline", "+7 800 555-35-35"])
    data = book.create_sheet("Data")
    data.sheet_state = "hidden"
    for row in [["name", "phone"], ["a", "79123456789"], ["b", "79123456780"]]:
        data.append(row)
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(predial.SourceError, match='and the hidden sheet "Data" looks like a list'):
        predial.check(out.getvalue())
    assert predial.check(out.getvalue(), sheet="Data").total == 2
    assert predial.check(out.getvalue(), sheet="Cover").total == 1
    # Shown, it is the list; and a hidden sheet of something else changes nothing.
    data.sheet_state = "visible"
    out = io.BytesIO()
    book.save(out)
    assert predial.check(out.getvalue()).input["sheet"] == "Data"
    data.sheet_state = "hidden"
    data["B1"] = "sum"
    data["B2"], data["B3"] = 1.5, 2.5
    out = io.BytesIO()
    book.save(out)
    assert predial.check(out.getvalue()).input["sheet"] == "Cover"
