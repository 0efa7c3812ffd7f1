"""Files as people have them: each is read as its owner would read it, or refused as what it is."""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import sys
import zipfile
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
        ("x_title_merged.xlsx", "Телефон", 2, 2, {"format": "xlsx", "header_line": 3}),
        ("x_formula_nocache.xlsx", "Телефон", 3, 1, {"format": "xlsx", "sheet": "Sheet1"}),
        ("x_text_guards.xlsx", "phone", 6, 3, {"format": "xlsx", "sheet": "Sheet1"}),
        ("html.xls", "Телефон", 2, 2, {"format": "html"}),
        ("spreadsheetml2003.xls", "Phone", 1, 1, {"format": "spreadsheetml", "sheet": "Contacts"}),
        ("perl_writeexcel.xls", "Phone", 3, 3, {"format": "xls", "sheet": "Contacts"}),
        ("ruby_spreadsheet.xls", "Phone", 2, 2, {"format": "xls", "sheet": "Contacts"}),
        ("hungarian_cp1250.csv", "phone", 12, 12, {"format": "csv"}),
        ("cr_mac.csv", "phone", 2, 2, {"encoding": "macintosh"}),
        ("ja_sjis.csv", "電話番号", 1, 1, {"encoding": "shift_jis", "encoding_runner_up": None}),
        ("csv.zip", "phone", 1, 1, {"format": "csv", "compression": "zip"}),
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


def test_a_guess_on_little_evidence_has_a_runner_up() -> None:
    found = predial.check(LISTS / "hungarian_cp1250.csv").input
    assert "windows-1250" in (found["encoding"], found["encoding_runner_up"])
    report = predial.check(LISTS / "cr_mac.csv")
    other = report.input["encoding_runner_up"]
    assert other is not None
    assert report.hints[-1] == predial.Hint(
        "the encoding macintosh is a guess from few letters; this is the next likely one",
        f'encoding="{other}"',
        0,
    )
    much = "Телефон;Имя\n" + "79123456789;Анна Иванова\n79123456780;Пётр Фёдоров\n" * 50
    for encoding in ("cp1251", "koi8-r", "cp866"):
        assert predial.check(much.encode(encoding)).input["encoding_runner_up"] is None
    assert predial.check(much.encode()).input["encoding_runner_up"] is None


def test_a_likely_encoding_is_named_if_the_first_record_is_not_text() -> None:
    source = "電話\n81-90-1234-5678\n".encode("shift_jis")
    try:
        found = predial.check(source).input
        assert "shift_jis" in (found["encoding"], found["encoding_runner_up"])
    except predial.SourceError as error:
        assert str(error).endswith('its encoding may be shift_jis: encoding="shift_jis"')  # noqa: PT017


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("word.docx", "a Word document (DOCX); copy its table into a spreadsheet"),
        ("contacts.vcf", "a vCard file of contacts; export the contacts as CSV"),
        ("sylk.slk", "a SYLK file; open it in a spreadsheet program"),
        ("pdf.pdf", "a PDF document; copy its table into a spreadsheet"),
    ],
)
def test_another_file_is_refused_by_its_name(file: str, name: str) -> None:
    for source in (
        LISTS / file,
        (LISTS / file).read_bytes(),
        io.BytesIO((LISTS / file).read_bytes()),
    ):
        with pytest.raises(predial.SourceError, match="the source is " + re.escape(name)):
            predial.check(source)


def zipped(*names: str, mimetype: str | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


TYPES = "[Content_Types].xml"
ODF = "application/vnd.oasis.opendocument."

#: The beginnings of files, and what they are.
OTHERS: dict[str, bytes] = {
    "a Word document (DOCX)": zipped(TYPES, "word/document.xml"),
    "a PowerPoint presentation (PPTX)": zipped(TYPES, "ppt/presentation.xml"),
    "an Apple Numbers document": zipped("Index/Document.iwa", "Index/Tables/Tile.iwa"),
    "an Apple Pages or Keynote document": zipped("Index/Document.iwa"),
    "an OpenDocument text (ODT)": zipped("content.xml", mimetype=ODF + "text"),
    "an e-book (EPUB)": zipped("a.html", mimetype="application/epub+zip"),
    "an MHTML page": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n79123456789",
    "an RTF document": b"{\\rtf1\\ansi 79123456789}",
    "a PNG picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100),
    "a JPEG picture": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(100),
    "a GIF picture": b"GIF89a" + bytes(100),
    "an SQLite database": b"SQLite format 3\0" + bytes(100),
    "an Access database": b"\0\1\0\0Standard ACE DB\0" + bytes(100),
    "compressed with RAR": b"Rar!\x1a\x07\x01\0" + bytes(100),
    "compressed with 7-Zip": b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "a CAB archive": b"MSCF\0\0\0\0" + bytes(100),
    "a program": b"\x7fELF" + bytes(100),
    "an XML file": b'<?xml version="1.0"?><phones><phone>79123456789</phone></phones>',
    "a binary file": bytes(range(7)) * 100,
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_files(name: str) -> None:
    for source in (OTHERS[name], io.BytesIO(OTHERS[name])):
        with pytest.raises(predial.SourceError, match="the source is " + re.escape(name)):
            predial.check(source)
    # What is compressed is said of the file inside.
    if not OTHERS[name].startswith((b"PK", b"Rar!", b"7z")):
        with pytest.raises(predial.SourceError, match="the source is " + re.escape(name)):
            predial.check(gzip.compress(OTHERS[name]))


def test_a_refusal_has_status_2_and_words_of_the_shell(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped("a.csv", "b.csv"))
    command = [sys.executable, "-m", "predial", "check"]
    for file, said in (
        (LISTS / "pdf.pdf", "the source is a PDF document"),
        (tmp_path / "a.zip", "choose one, such as --sheet a.csv"),
    ):
        run = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)
        assert (run.returncode, said in " ".join(run.stderr.split())) == (2, True), run.stderr
        assert all(len(line) <= 80 or str(file) in line for line in run.stderr.splitlines())


def test_a_file_of_an_archive_is_called_one() -> None:
    command = [sys.executable, "-m", "predial", "check", str(LISTS / "csv.zip")]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert 'zip, file "contacts.csv"' in " ".join(run.stdout.split())
