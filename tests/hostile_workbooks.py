"""Small hostile workbooks, made by code. Each has to give its error within a short time."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import xlwt

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PEOPLE = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>79123456789</t></is></c></row>'
)
BEGIN, END = f'<worksheet xmlns="{MAIN}"><sheetData>', "</sheetData></worksheet>"

#: A part of an archive: its text, or pieces of it.
Part = str | Iterator[bytes]


def xlsx(
    rows: str = PEOPLE,
    *,
    sheet: Part | None = None,
    sheets: int = 1,
    same_sheet: bool = False,
    parts: dict[str, Part] | None = None,
) -> bytes:
    """A workbook of `sheets` equal sheets, or of so many that are one part."""
    one = range(1 if same_sheet else sheets)
    named = "".join(
        f'<sheet name="S{number}" sheetId="{number + 1}" r:id="s{0 if same_sheet else number}"/>'
        for number in range(sheets)
    )
    related = "".join(
        f'<Relationship Id="s{number}" Type="{RELATIONS}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in one
    )
    all_parts: dict[str, Part] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{named}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}'
        "</Relationships>",
        **{f"xl/worksheets/sheet{n}.xml": sheet or BEGIN + rows + END for n in one},
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in all_parts.items():
            with archive.open(name, "w", force_zip64=True) as into:
                pieces = [content.encode()] if isinstance(content, str) else content
                for piece in pieces:
                    into.write(piece)
    return out.getvalue()


def repeated(begin: str, unit: str, times: int, end: str) -> Iterator[bytes]:
    yield begin.encode()
    at_once = 10_000
    for _ in range(times // at_once):
        yield unit.encode() * at_once
    yield end.encode()


def cell(place: str) -> str:
    return f'<row r="1"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row>'


def shared(attributes: str, texts: str = "<si><t>x</t></si>") -> dict[str, Part]:
    return {"xl/sharedStrings.xml": f"<sst {attributes}>{texts}</sst>"}


def formats(code: str, styles: int) -> str:
    number = f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts>'
    used = '<xf numFmtId="200"/>' * styles
    return f"<styleSheet>{number}<cellXfs>{used}</cellXfs></styleSheet>"


def overlapping(copies: int) -> bytes:
    """An archive with many entries that are the same bytes."""
    zeros = repeated("", "\0" * 100, 200_000, "")
    archive = bytearray(xlsx(parts={"xl/worksheets/zeros": zeros}))
    end = archive.rindex(b"PK\5\6")
    last = archive.rindex(b"PK\1\2")
    entry = bytes(archive[last:end])
    name = entry.index(b"zeros")
    entries = [entry[:name] + f"{copy:05}".encode() + entry[name + 5 :] for copy in range(copies)]
    tail = bytearray(archive[end:])
    (count,) = struct.unpack_from("<H", tail, 10)
    (size,) = struct.unpack_from("<I", tail, 12)
    struct.pack_into("<HH", tail, 8, count + copies, count + copies)
    struct.pack_into("<I", tail, 12, size + copies * len(entry))
    return bytes(archive[:end]) + b"".join(entries) + bytes(tail)


def patched_entries(offset: int, form: str, value: int) -> bytes:
    """A workbook with this number in each entry of its directory."""
    archive = bytearray(xlsx())
    at = archive.find(b"PK\1\2")
    while at >= 0:
        struct.pack_into(form, archive, at + offset, value)
        at = archive.find(b"PK\1\2", at + 1)
    return bytes(archive)


XLSX: dict[str, Callable[[], bytes]] = {
    "a trillion texts are claimed": lambda: xlsx(parts=shared('uniqueCount="1000000000000"')),
    "the same in other quotes": lambda: xlsx(parts=shared("uniqueCount='90000000000'")),
    "the same after a long attribute": lambda: xlsx(
        parts=shared(f'a="{"x" * 5000}" uniqueCount="90000000000"')
    ),
    "more texts than a number holds": lambda: xlsx(parts=shared(f'uniqueCount="{2**64 - 1}"')),
    "a column of six letters": lambda: xlsx(cell("ZZZZZZ1")),
    "a column of four letters": lambda: xlsx(cell("ZZZZ1")),
    "a column of eight letters": lambda: xlsx(cell("FXSHRXW1")),
    "the first column that there isn't": lambda: xlsx(cell("XFE1")),
    "the first row that there isn't": lambda: xlsx(cell("A1048577")),
    "the last row of 32 bits": lambda: xlsx(cell("A4294967295")),
    "an empty cell far out": lambda: xlsx('<row r="1"><c r="ZZZZ1"/></row>'),
    "many cells without a place": lambda: xlsx(sheet=repeated(BEGIN, "<c/>", 20_000_000, END)),
    "a format for many styles": lambda: xlsx(
        parts={"xl/styles.xml": formats("0" * 1_000_000, 2000)}
    ),
    "the same in capitals": lambda: xlsx(parts={"XL/STYLES.XML": formats("0" * 1_000_000, 20_000)}),
    "a moderate format for very many styles": lambda: xlsx(
        parts={"xl/styles.xml": formats("0" * 4000, 150_000)}
    ),
    "overlapping entries": lambda: overlapping(5000),
    "entries that all begin at the first": lambda: patched_entries(42, "<I", 0),
    "entries beyond the end": lambda: patched_entries(42, "<I", 0x7FFF_FFFF),
    "packed sizes of four gigabytes": lambda: patched_entries(20, "<I", 0xFFFF_FFF0),
    "unpacked sizes of nothing": lambda: patched_entries(24, "<I", 0),
    "a method that there isn't": lambda: patched_entries(10, "<H", 99),
    "a sheet of blanks": lambda: xlsx(sheet=repeated(BEGIN, " " * 1000, 120_000, END)),
    "one long text": lambda: xlsx(
        parts={"xl/sharedStrings.xml": repeated("<sst><si><t>", "x" * 100, 20_000, "</t></si>")}
    ),
    "many texts": lambda: xlsx(
        parts={"xl/sharedStrings.xml": repeated("<sst>", "<si/>", 6_000_000, "</sst>")}
    ),
    "a long text in many cells": lambda: xlsx(
        "<row><c t='inlineStr'><is><t>phone</t></is></c></row>"
        + "".join(f'<row r="{row}"><c t="s"><v>0</v></c></row>' for row in range(2, 20_000)),
        parts=shared("", f"<si><t>{'x' * 900_000}</t></si>"),
    ),
    "a long text in many cells of a row": lambda: xlsx(
        '<row r="1">' + '<c t="s"><v>0</v></c>' * 16_000 + "</row>",
        parts=shared("", f"<si><t>{'x' * 30_000}</t></si>"),
    ),
    "many levels": lambda: xlsx(sheet=repeated(BEGIN, "<a>", 20_000_000, END)),
    "a million levels": lambda: xlsx(
        parts={"xl/workbook.xml": repeated(f'<workbook xmlns="{MAIN}">', "<a>", 1_000_000, "")}
    ),
    "many sheets that are one": lambda: xlsx(
        sheet=repeated(BEGIN, "<row/>", 1_000_000, END), sheets=5000, same_sheet=True
    ),
    "a part that is not the workbook's": lambda: xlsx(
        parts={"xl/media/worksheets/zeros.bin": repeated("", "\0" * 1000, 120_000, "")}
    ),
}


def xls(rows: int = 600) -> bytes:
    """A workbook large enough for sectors of its own."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("People")
    sheet.write(0, 0, "phone")
    for row in range(1, rows):
        sheet.write(row, 0, f"7912{row:07}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Compound:
    """The places in a compound file (MS-CFB) of 512-byte sectors that xlwt wrote."""

    def __init__(self) -> None:
        self.file = bytearray(xls())
        self.fat = 512 * (1 + self.number(76))
        self.directory = 512 * (1 + self.number(48))

    def number(self, at: int) -> int:
        (number,) = struct.unpack_from("<I", self.file, at)
        return int(number)

    def put(self, at: int, *numbers: int) -> None:
        struct.pack_into(f"<{len(numbers)}I", self.file, at, *numbers)

    def entry(self, index: int) -> int:
        return self.directory + 128 * index

    def records(self) -> Iterator[tuple[int, int]]:
        """The place and kind of each record of the workbook's stream."""
        at = self.file.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
        while at + 4 <= len(self.file):
            kind, length = struct.unpack_from("<HH", self.file, at)
            yield at, kind
            at += 4 + length

    def each(self, kind: int, form: str, offset: int, *values: int) -> None:
        for at in [at for at, found in self.records() if found == kind]:
            struct.pack_into(form, self.file, at + 4 + offset, *values)


def changed(change: Callable[[Compound], Any]) -> Callable[[], bytes]:
    def make() -> bytes:
        compound = Compound()
        change(compound)
        return bytes(compound.file)

    return make


def spans_all(compound: Compound) -> None:
    compound.each(0x0200, "<IIHH", 0, 0, 0xFFFF_FFFE, 0, 0xFFFE)


def two_directories(compound: Compound) -> None:
    """The first entry called Workbook is in no tree; the one in the tree ends before its sheet."""
    spans_all(compound)
    first, second = compound.entry(1), compound.entry(2)
    compound.file[second : second + 128] = compound.file[first : first + 128]
    compound.put(second + 120, 4096)
    compound.put(compound.entry(0) + 76, 2)


def many_sheets_of_one(compound: Compound) -> None:
    """The records before the first sheet become further sheets with its place."""
    records = list(compound.records())
    sheet = next(at for at, kind in records if kind == 0x0085)
    (length,) = struct.unpack_from("<H", compound.file, sheet + 2)
    bound = bytes(compound.file[sheet : sheet + 4 + length])
    at = next(at for at, kind in records if kind == 0x0031)  # the fonts
    end = sheet
    while at + len(bound) + 4 <= end:
        compound.file[at : at + len(bound)] = bound
        at += len(bound)
    struct.pack_into("<HH", compound.file, at, 0x0011, end - at - 4)


XLS: dict[str, Callable[[], bytes]] = {
    "a sheet that spans everything": changed(spans_all),
    "a sheet that spans a sheet": changed(
        lambda compound: compound.each(0x0200, "<IIHH", 0, 0, 65_536, 0, 256)
    ),
    "a sheet that ends before it begins": changed(
        lambda compound: compound.each(0x0200, "<IIHH", 0, 9, 1, 9, 1)
    ),
    "a cell far out": changed(lambda compound: compound.each(0x00FD, "<HH", 0, 0xFFFF, 0xFFFF)),
    "two readers of one directory": changed(two_directories),
    "many sheets that are one": changed(many_sheets_of_one),
    "a sheet beyond the end": changed(lambda compound: compound.each(0x0085, "<I", 0, 0x7FFF_FFFF)),
    "records that all follow themselves": changed(
        lambda compound: compound.put(compound.fat, *range(128))
    ),
    "a chain that comes back": changed(lambda compound: compound.put(compound.fat + 20, 0)),
    "a tree that comes back": changed(lambda compound: compound.put(compound.entry(1) + 72, 1)),
    "a tree beyond the directory": changed(
        lambda compound: compound.put(compound.entry(0) + 76, 0x7FFF_FFF0)
    ),
    "a directory that is the table": changed(
        lambda compound: compound.put(48, compound.number(76))
    ),
    "a stream of four gigabytes": changed(
        lambda compound: compound.put(compound.entry(1) + 120, 0xFFFF_FFFF)
    ),
    "a table that goes on beyond the end": changed(
        lambda compound: compound.put(68, compound.number(76), 0x7FFF_FFFF)
    ),
}


def archive(parts: dict[str, Part]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            with made.open(name, "w", force_zip64=True) as into:
                pieces = [content.encode()] if isinstance(content, str) else content
                for piece in pieces:
                    into.write(piece)
    return out.getvalue()


ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_BEGIN = (
    f"<office:document-content {ODF}><office:body><office:spreadsheet>"
    '<table:table table:name="People">'
)
ODS_END = "</table:table></office:spreadsheet></office:body></office:document-content>"


def ods_cell(text: str, attributes: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def ods_row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods(rows: str = "", *, content: Part | None = None, manifest: str = "") -> bytes:
    """A workbook whose sheet has these rows."""
    people = ods_row(ods_cell("phone")) + ods_row(ods_cell("79123456789"))
    return archive(
        {
            "mimetype": ODS_TYPE,
            "META-INF/manifest.xml": f"<manifest:manifest>{manifest}</manifest:manifest>",
            "content.xml": content or ODS_BEGIN + (rows or people) + ODS_END,
        }
    )


def many(what: str, times: int) -> str:
    return f'table:number-{what}-repeated="{times}"'


ODS: dict[str, Callable[[], bytes]] = {
    "a row that is repeated beyond the last": lambda: ods(
        ods_row(ods_cell("phone")) + ods_row(ods_cell("7"), attributes=many("rows", 1_048_576))
    ),
    "a row that is repeated without an end": lambda: ods(
        ods_row(ods_cell("7"), attributes=many("rows", 2**64 - 1))
    ),
    "a row after all rows": lambda: ods(
        ods_row("<table:table-cell/>", attributes=many("rows", 1_048_576))
        + ods_row(ods_cell("phone"))
    ),
    "a cell that is repeated beyond the last": lambda: ods(
        ods_row(ods_cell("7", many("columns", 16_385)))
    ),
    "a cell after all columns": lambda: ods(
        ods_row(f"<table:table-cell {many('columns', 10**9)}/>", ods_cell("7"))
    ),
    "rows and cells that are repeated": lambda: ods(
        ods_row(ods_cell("7", many("columns", 16_000)), attributes=many("rows", 1_000_000))
    ),
    "many sheets of moderate size": lambda: ods(
        content=repeated(
            ODS_BEGIN + "</table:table>",
            '<table:table table:name="x">'
            + ods_row(ods_cell("7", many("columns", 1000)), attributes=many("rows", 1000))
            + "</table:table>",
            10_000,
            "</office:spreadsheet></office:body></office:document-content>",
        )
    ),
    "an encrypted one": lambda: ods(
        content="\x93\x12", manifest="<manifest:file-entry><manifest:encryption-data/>"
    ),
    "a sheet without an end": lambda: ods(content=ODS_BEGIN + ods_row(ods_cell("phone"))),
    "a note without an end": lambda: ods(
        content=ODS_BEGIN + "<table:table-row><table:table-cell office:value-type='string'>"
        "<office:annotation><text:p>x"
    ),
    "blanks without an end": lambda: ods(ods_row(ods_cell('<text:s text:c="4000000000"/>'))),
    "an entity": lambda: ods(
        content=f"<!DOCTYPE a [<!ENTITY b 'c'>]>{ODS_BEGIN}{ods_row(ods_cell('&b;'))}{ODS_END}"
    ),
}

LAUGHS = (
    "<!DOCTYPE lol [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 20))
    + "]>"
)
XML_BEGIN = '<?xml version="1.0"?>'
XML_SHEET = (
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>'
)
XML_END = "</Table></Worksheet></Workbook>"


def xml(rows: str, begin: str = "") -> bytes:
    return f"{XML_BEGIN}{begin}{XML_SHEET}{rows}{XML_END}".encode()


def data(text: str, attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="String">{text}</Data></Cell>'


TEXTS: dict[str, Callable[[], bytes]] = {
    "entities of entities": lambda: xml(f"<Row>{data('&a19;')}</Row>", LAUGHS),
    "an entity from a file": lambda: xml(
        f"<Row>{data('&file;')}</Row>", "<!DOCTYPE a [<!ENTITY file SYSTEM 'file:///etc/passwd'>]>"
    ),
    "a row far out": lambda: xml(f'<Row ss:Index="1000000000">{data("7")}</Row>'),
    "a row beyond all numbers": lambda: xml(f'<Row ss:Index="{10**30}">{data("7")}</Row>'),
    "a row 0": lambda: xml(f'<Row ss:Index="0">{data("7")}</Row>'),
    "rows that go back": lambda: xml(f'<Row ss:Index="9"/><Row ss:Index="9">{data("7")}</Row>'),
    "a column far out": lambda: xml("<Row>" + data("7", "ss:Index='1000000000'") + "</Row>"),
    "a cell that spans all": lambda: xml(
        "<Row>" + data("7", f"ss:MergeAcross='{2**64 - 1}'") + data("7") + "</Row>"
    ),
    "many levels": lambda: xml("<a>" * 1_000_000),
    "an endless cell": lambda: xml(f"<Row>{data('7' * 2_000_000)}</Row>"),
    "a sheet without an end": lambda: (XML_BEGIN + XML_SHEET + "<Row>").encode(),
    "bytes that are not text": lambda: b"\xef\xbb\xbf<table><tr><td>\xff",
    "a table that spans all columns": lambda: b"<table><tr>" + b"<td colspan=9999999999>7" * 17,
    "a table inside of each other": lambda: b"<table><tr><td>" * 100_000,
    "many tables": lambda: b"<table></table>" * 10_000,
    "a page without a table": lambda: b"<html><body><p>79123456789</p></body></html>",
    "an endless cell of a page": lambda: b"<table><tr><td>" + b"7" * 2_000_000,
}

ZIP: dict[str, Callable[[], bytes]] = {
    "an archive in an archive": lambda: archive({"a.csv": iter([archive({"b.csv": "phone"})])}),
    "an empty archive": lambda: archive({}),
    "only added files": lambda: archive({"__MACOSX/._a.csv": "x", ".DS_Store": "x"}),
    "very many lists": lambda: archive({f"{n}.csv": "phone" for n in range(5000)}),
    "no list": lambda: archive({"a.exe": "MZ", "b.png": "x"}),
}
