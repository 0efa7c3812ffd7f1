"""XLSB, ODS, tables of HTML, SpreadsheetML and lists in ZIP archives, against other readers."""

from __future__ import annotations

import gzip
import io
import struct
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import odf.opendocument
import odf.table
import odf.text
import pytest
import pyxlsb
from hypothesis import given
from hypothesis import strategies as st

import hostile_workbooks
import predial
from test_batch_workbooks import jobs_of, payloads

Rows = Sequence[Sequence[str]]
PEOPLE: Rows = [
    ["phone", "Имя", "note"],
    ["79123456789", "Пётр, «Фёдор»", ""],
    ["79123456780", 'a "quoted" & <b>', "x"],
]
ORDERS: Rows = [["order", "sum"], ["A-1", "1,50"]]


# --- writers --------------------------------------------------------------------------------------


def ods(**sheets: Rows) -> bytes:
    book = odf.opendocument.OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = odf.table.Table(name=name)
        for row in rows:
            line = odf.table.TableRow()
            for text in row:
                cell = odf.table.TableCell(valuetype="string") if text else odf.table.TableCell()
                if text:
                    cell.addElement(odf.text.P(text=text))
                line.addElement(cell)
            table.addElement(line)
        book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.write(out)
    return out.getvalue()


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of MS-XLSB: its kind and its length in bytes of seven bits."""

    def seven(number: int) -> bytes:
        low, rest = number & 0x7F, number >> 7
        return bytes([low | 0x80]) + seven(rest) if rest else bytes([low])

    # The second byte of a kind carries its own high bit.
    kind_bytes = bytes([kind]) if kind < 0x80 else struct.pack("<H", kind)
    return kind_bytes + seven(len(content)) + content


def xlsb(**sheets: Rows) -> bytes:
    texts: dict[str, int] = {}

    def sheet(rows: Rows) -> bytes:
        last, width = max(len(rows) - 1, 0), max([len(row) for row in rows], default=1)
        cells = b""
        for at, row in enumerate(rows):
            cells += record(0x0000, struct.pack("<IIHBBBI", at, 0, 300, 0, 0, 0, 0))
            for column, text in enumerate(row):
                if text:
                    shared = texts.setdefault(text, len(texts))
                    cells += record(0x0007, struct.pack("<III", column, 0, shared))
        return (
            record(0x0181)
            + record(0x0194, struct.pack("<IIII", 0, last, 0, width - 1))
            + record(0x0191)
            + cells
            + record(0x0192)
            + record(0x0182)
        )

    named = b"".join(
        record(0x019C, struct.pack("<II", 0, number) + wide(f"rId{number}") + wide(name))
        for number, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{hostile_workbooks.RELATIONS}/worksheet" '
        f'Target="worksheets/sheet{number}.bin"/>'
        for number in range(1, len(sheets) + 1)
    )
    package = hostile_workbooks.PACKAGE
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{hostile_workbooks.RELATIONS}/officeDocument" Target="xl/workbook.bin"/>'
            "</Relationships>",
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{package}/relationships">{related}</Relationships>',
        )
        book = record(0x0183) + record(0x018F) + named + record(0x0190) + record(0x0184)
        archive.writestr("xl/workbook.bin", book)
        for number, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", sheet(rows))
        items = b"".join(record(0x0013, b"\0" + wide(text)) for text in texts)
        counts = struct.pack("<II", len(texts), len(texts))
        archive.writestr("xl/sharedStrings.bin", record(0x019F, counts) + items + record(0x01A0))
    return out.getvalue()


def html(**sheets: Rows) -> bytes:
    tables = ""
    for rows in sheets.values():
        lines = ("".join(f"<td>{escape(text)}</td>" for text in row) for row in rows)
        tables += "<table>" + "".join(f"<tr>{line}</tr>\n" for line in lines) + "</table>"
    return f"<html><head><meta charset=utf-8></head><body>{tables}</body></html>".encode()


def spreadsheetml(**sheets: Rows) -> bytes:
    text = '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook '
    text += 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    text += 'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    for name, rows in sheets.items():
        text += f'<Worksheet ss:Name="{name}"><Table>'
        for row in rows:
            cells = (
                f'<Cell ss:Index="{at}"><Data ss:Type="String">{escape(cell)}</Data></Cell>'
                for at, cell in enumerate(row, 1)
                if cell
            )
            text += f"<Row>{''.join(cells)}</Row>"
        text += "</Table></Worksheet>"
    return (text + "</Workbook>").encode()


BOOKS: dict[str, Callable[..., bytes]] = {
    "ods": ods,
    "xlsb": xlsb,
    "html": html,
    "spreadsheetml": spreadsheetml,
}
every = pytest.mark.parametrize("form", BOOKS)


# --- readers of others ----------------------------------------------------------------------------


def of_ods(source: bytes) -> list[list[str]]:
    book = odf.opendocument.load(io.BytesIO(source))
    [table, *_] = book.spreadsheet.getElementsByType(odf.table.Table)
    return [
        [str(cell) for cell in row.getElementsByType(odf.table.TableCell)]
        for row in table.getElementsByType(odf.table.TableRow)
    ]


def of_xlsb(source: bytes) -> list[list[str]]:
    with tempfile.NamedTemporaryFile(suffix=".xlsb") as file:
        file.write(source)
        file.flush()
        with pyxlsb.open_workbook(file.name) as book, book.get_sheet(1) as sheet:
            return [[cell.v or "" for cell in row] for row in sheet.rows()]


class TableParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, _: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1] and data != "\n":
            self.rows[-1][-1] += data


def of_html(source: bytes) -> list[list[str]]:
    parser = TableParser()
    parser.feed(source.decode())
    return parser.rows


def of_spreadsheetml(source: bytes) -> list[list[str]]:
    space = "{urn:schemas-microsoft-com:office:spreadsheet}"
    found = []
    for row in ElementTree.fromstring(source).iter(f"{space}Row"):
        cells: dict[int, str] = {}
        for cell in row:
            cells[int(cell.get(f"{space}Index", "0"))] = "".join(cell.itertext())
        found.append([cells.get(at, "") for at in range(1, max(cells, default=0) + 1)])
    return found


READERS = {"ods": of_ods, "xlsb": of_xlsb, "html": of_html, "spreadsheetml": of_spreadsheetml}

#: Texts without the white space that HTML does not keep, and without what XML can't have.
TEXTS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "M"]), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and not text.startswith("'"))


@every
@given(data=st.data())
def test_cells_are_those_that_another_reader_sees(form: str, data: st.DataObject) -> None:
    names = data.draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True))
    row = st.lists(st.one_of(TEXTS, st.just("")), min_size=len(names), max_size=len(names))
    rows = [
        ["phone", *(f"k{at} {name}" for at, name in enumerate(names))],
        *(
            [f"7912345678{at}", *cells]
            for at, cells in enumerate(data.draw(st.lists(row, max_size=4)))
        ),
    ]
    source = BOOKS[form](Sheet=rows)
    seen = [line + [""] * (len(rows[0]) - len(line)) for line in READERS[form](source)]
    assert seen == rows, "the other reader"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        assert payloads(source, out) == [
            dict(zip(rows[0][1:], line[1:], strict=True)) for line in rows[1:]
        ]


@every
def test_the_list_is_the_first_sheet_with_phones(form: str, tmp_path: Path) -> None:
    source = BOOKS[form](Orders=ORDERS, People=PEOPLE, More=PEOPLE[:2])
    report = predial.prepare(source, tmp_path)
    names = ["Table 1", "Table 2", "Table 3"] if form == "html" else ["Orders", "People", "More"]
    assert (report.input["format"], report.input["sheet"]) == (form, names[1])
    assert report.input["workbook"] is not None
    assert report.input["workbook"]["other_sheets"] == [
        {"name": names[0], "rows": 2, "hidden": False},
        {"name": names[2], "rows": 2, "hidden": False},
    ]
    assert jobs_of(report) == [
        {"phone": "79123456789", "payload": {"Имя": "Пётр, «Фёдор»", "note": ""}},
        {"phone": "79123456780", "payload": {"Имя": 'a "quoted" & <b>', "note": "x"}},
    ]
    assert predial.check(source, sheet=names[2]).clean == 1
    assert predial.check(source, input_format=form).clean == 2  # type: ignore[arg-type]
    with pytest.raises(predial.SourceError, match=r"is an? .*, HTML|is an? "):
        predial.check(source, input_format="csv")


@every
def test_rejects_are_a_workbook(form: str, tmp_path: Path) -> None:
    rows = [*PEOPLE, ["7912", "short", "y"]]
    report = predial.prepare(BOOKS[form](People=rows), tmp_path)
    assert (report.clean, report.rejected) == (2, 1)
    again = predial.check(tmp_path / "rejects.xlsx")
    assert (again.total, again.rejected) == (1, 1)


# --- ODS ------------------------------------------------------------------------------------------


def test_types_and_repetitions_of_an_ods(tmp_path: Path) -> None:
    def typed(kind: str, value: str) -> str:
        return f'<table:table-cell office:value-type="{kind}" {value}/>'

    cells = [
        typed("float", 'office:value="79123456789"'),
        typed("float", 'office:value="2.5"'),
        typed("date", 'office:date-value="2026-03-01"'),
        typed("time", 'office:time-value="PT09H30M00S"'),
        typed("boolean", 'office:boolean-value="true"'),
        hostile_workbooks.ods_cell("same", hostile_workbooks.many("columns", 2)),
    ]
    names = ["phone", "number", "date", "time", "truth", "one", "two"]
    empty = "<table:table-cell/>"
    source = hostile_workbooks.ods(
        hostile_workbooks.ods_row(*map(hostile_workbooks.ods_cell, names))
        + hostile_workbooks.ods_row(empty, attributes=hostile_workbooks.many("rows", 20))
        + hostile_workbooks.ods_row(*cells, attributes='table:visibility="filter"')
        + hostile_workbooks.ods_row(
            hostile_workbooks.ods_cell("79123456780"), attributes=hostile_workbooks.many("rows", 2)
        )
        # What LibreOffice writes at the end of each sheet.
        + hostile_workbooks.ods_row(empty, attributes=hostile_workbooks.many("rows", 1_048_552))
    )
    report = predial.prepare(source, tmp_path)
    assert (report.total, report.clean, report.counts) == (3, 2, {"phone-duplicate": 1})
    assert jobs_of(report)[0]["payload"] == {
        "number": "2.5",
        "date": "2026-03-01",
        "time": "09:30",
        "truth": "TRUE",
        "one": "same",
        "two": "same",
    }
    assert report.notes[:1] == [
        "1 row is hidden by the filter of the sheet; it is read like the others"
    ]


def test_the_last_row_and_column_of_an_ods_are_read() -> None:
    row, cell, many = (getattr(hostile_workbooks, name) for name in ("ods_row", "ods_cell", "many"))
    empty = "<table:table-cell/>"
    rows = row(cell("phone")) + row(empty, attributes=many("rows", 1_048_574))
    assert predial.check(hostile_workbooks.ods(rows + row(cell("79123456789")))).clean == 1
    wide_row = row(f"<table:table-cell {many('columns', 16_383)}/>", cell("phone"))
    phones = row(f"<table:table-cell {many('columns', 16_383)}/>", cell("79123456789"))
    assert predial.check(hostile_workbooks.ods(wide_row + phones)).clean == 1


# --- HTML and SpreadsheetML -----------------------------------------------------------------------


def test_a_page_as_programs_write_it(tmp_path: Path) -> None:
    """Layout tables, cells that span others, missing end tags, styles, and values beside texts."""
    page = """
    <HTML xmlns:x="urn:schemas-microsoft-com:office:excel"><HEAD><STYLE>td {color: <td>}</STYLE>
    <script>document.write("<table><tr><td>79000000000</td></tr></table>")</script></HEAD>
    <BODY><TABLE><TR><TD>Report<TABLE border=1>
    <TR><TH rowspan=2>phone<TH colspan=2>name<TH>note
    <TR><TH>first<TH>last<TH>&nbsp;
    <TR style="display: none"><TD x:num="79123456789">7,91235E+10</TD><TD>Anna &amp;<BR>Co</TD>
    <TD><B>Primer</B>ova</TD><TD>caf&eacute; &#1103;</TD></TR>
    </TABLE></TD></TR></TABLE>"""
    report = predial.prepare(page.encode(), tmp_path, header_row=1)
    assert (report.input["format"], report.input["sheet"]) == ("html", "Table 2")
    [_, job] = [{"phone": None}, *jobs_of(report)]
    assert job["phone"] == "79123456789"
    assert list(job["payload"].values()) == ["Anna &\nCo", "Primerova", "café я"]
    assert report.input["workbook"] is not None
    assert report.input["workbook"]["hidden_rows"] == 1


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "utf-8", "utf-16"])
def test_the_encoding_of_a_page(encoding: str, tmp_path: Path) -> None:
    page = f"<meta charset={encoding}><table><tr><td>Телефон<td>Имя<tr><td>79123456789<td>Анна"
    report = predial.prepare(page.encode(encoding), tmp_path / "a")
    assert jobs_of(report)[0]["payload"] == {"Имя": "Анна"}
    silent = page.partition(">")[2]
    report = predial.prepare(silent.encode(encoding), tmp_path / "b", encoding=encoding)
    assert jobs_of(report)[0]["payload"] == {"Имя": "Анна"}


def test_types_of_spreadsheetml(tmp_path: Path) -> None:
    def cell(kind: str, value: str, attributes: str = "") -> str:
        return f'<Cell {attributes}><Data ss:Type="{kind}">{value}</Data></Cell>'

    names = ["phone", "number", "when", "time", "truth", "gap", "rich"]
    rows = f"<Row>{''.join(cell('String', name) for name in names)}</Row>"
    values = [
        cell("Number", "79123456789"),
        cell("Number", "2.50"),
        cell("DateTime", "2026-03-01T00:00:00.000"),
        cell("DateTime", "1899-12-31T09:30:00.000"),
        cell("Boolean", "1"),
        '<Cell ss:Index="7"><ss:Data ss:Type="String"><B>A&#233;</B>&amp;<Font>b</Font></ss:Data>'
        "<Comment><ss:Data>a note</ss:Data></Comment></Cell>",
    ]
    rows += f'<Row ss:Index="4" ss:Hidden="1">{"".join(values)}</Row>'
    rows += '<Row><Cell ss:Formula="=A4"/></Row>'
    report = predial.prepare(hostile_workbooks.xml(rows), tmp_path)
    assert (report.total, report.clean) == (1, 1)
    assert jobs_of(report)[0] == {
        "phone": "79123456789",
        "payload": {
            "number": "2.5",
            "when": "2026-03-01",
            "time": "09:30",
            "truth": "TRUE",
            "gap": "",
            "rich": "Aé&b",
        },
    }
    assert report.notes == [
        "1 row is hidden in the sheet; it is read like the others",
        "1 cell is a formula without a saved value and counts as empty; open the workbook in a "
        "spreadsheet program and save it",
    ]


def test_a_list_with_angle_brackets_is_not_a_page() -> None:
    assert predial.check(b"<name>,phone\nAnna,79123456789\n").clean == 1


# --- ZIP ------------------------------------------------------------------------------------------


def archive(**files: bytes) -> bytes:
    return hostile_workbooks.archive({name: iter([content]) for name, content in files.items()})


LIST = "Телефон;Имя\n79123456789;Анна Иванова\nнет;Пётр\n"


def test_a_list_in_an_archive(tmp_path: Path) -> None:
    inside = {"lists/май.csv": LIST.encode("cp1251"), "__MACOSX/._x.csv": b"x", "read.pdf": b"%"}
    source = archive(**inside)
    report = predial.prepare(source, tmp_path / "out")
    found = report.input
    assert (found["compression"], found["sheet"]) == ("zip", "lists/май.csv")
    assert (found["format"], found["encoding"]) == ("csv", "windows-1251")
    assert jobs_of(report) == [{"phone": "79123456789", "payload": {"Имя": "Анна Иванова"}}]
    rejects = (tmp_path / "out" / "rejects.csv").read_text("cp1251")
    assert rejects.endswith(";нет;Пётр\n")
    assert predial.check(source, sheet="lists/май.csv").total == 2
    with pytest.raises(
        predial.SourceError, match=r'has no file "x"; it has lists/май.csv, read.pdf'
    ):
        predial.check(source, sheet="x")


def test_several_lists_in_an_archive_are_named() -> None:
    source = archive(**{"a.csv": b"phone\n79123456789\n", "b.txt": b"phone\n79123456780\n"})
    with pytest.raises(
        predial.SourceError, match=r'a.csv, b.txt\); choose one, such as sheet="a.csv"'
    ):
        predial.check(source)
    assert predial.check(source, sheet="b.txt").clean == 1


@pytest.mark.parametrize("inner", ["gzip", *BOOKS])
def test_what_is_in_an_archive_may_be_packed_itself(inner: str) -> None:
    if inner == "gzip":
        source = archive(list=gzip.compress(LIST.encode()))
    else:
        source = archive(**{f"list.{inner[:4]}": BOOKS[inner](People=PEOPLE)})
    if inner == "spreadsheetml":
        source = archive(**{"list.xml": BOOKS[inner](People=PEOPLE)})
    report = predial.check(source)
    assert report.clean == (1 if inner == "gzip" else 2)


def test_an_encrypted_file_in_an_archive_is_named() -> None:
    source = bytearray(archive(**{"a.csv": b"phone\n79123456789\n"}))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        source[source.index(mark) + place] |= 1
    with pytest.raises(predial.SourceError, match=r"a\.csv in the ZIP archive is encrypted"):
        predial.check(bytes(source))


def test_a_damaged_archive_is_said() -> None:
    source = bytearray(archive(**{"a.csv": b"phone\n" + b"79123456789\n" * 1000}))
    with pytest.raises(predial.SourceError, match="the ZIP archive is damaged"):
        predial.check(bytes(source[:-30]))
    source[62] ^= 0xFF  # in the packed bytes
    with pytest.raises(predial.SourceError, match="the ZIP archive is damaged"):
        predial.check(bytes(source))
