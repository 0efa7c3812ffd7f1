"""`clean`: the list itself, with the phones and zones that would be sent."""

from __future__ import annotations

import csv
import datetime
import io
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyarrow import parquet

import predial
from predial.cli import commands

NAMES = ["Anna", "Jörg; Ü", 'quoted "x"', "two\nlines", "", " blank ", "=1+1", "Ирина"]
GOOD = [f"8 911 000-00-{i:02}" for i in range(40)] + [f"790500000{i:02}" for i in range(40)]
BAD = ["7.911E+10", "123", "8 911 000-00-0x"]
ZONES = ["+3", "UTC+3", "europe/moscow", "Europe/Moscow", "", "+5.5"]


def rows_of(rng: random.Random, count: int) -> list[list[str]]:
    """Rows of a name, a phone, a city and a zone."""
    phones = rng.sample(GOOD, len(GOOD)) + BAD * 3
    rng.shuffle(phones)
    return [
        [rng.choice(NAMES), phones[i], rng.choice(NAMES), rng.choice(ZONES)] for i in range(count)
    ]


def written(rows: list[list[str]], dialect: dict[str, Any]) -> str:
    out = io.StringIO()
    csv.writer(out, **dialect).writerows(rows)
    return out.getvalue()


def is_good(row: list[str]) -> bool:
    return row[1] not in BAD


@pytest.mark.parametrize("seed", range(12))
def test_only_phones_and_zones_change(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    dialect: dict[str, Any] = {
        "delimiter": rng.choice(",;\t|"),
        "lineterminator": rng.choice(["\n", "\r\n"]),
        "quoting": rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    }
    encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
    rows = rows_of(rng, 60)
    if encoding == "windows-1251":
        rows = [[cell.replace("ö", "o").replace("Ü", "U") for cell in row] for row in rows]
        rows.append(["Очень длинное имя по-русски", "79059990000", "Санкт-Петербург", ""])
    text = written([["name", "phone", "city", "gmtZone"], *rows], dialect)
    source, out, again = (tmp_path / name for name in ("in.csv", "out.csv", "again.csv"))
    source.write_bytes(text.encode(encoding))
    report = predial.clean(source, out, region="RU")
    assert (report.rejected, report.total) == (sum(not is_good(row) for row in rows), len(rows))
    found = out.read_bytes().decode(encoding)
    cleaned = list(csv.reader(io.StringIO(found, newline=""), delimiter=dialect["delimiter"]))
    assert cleaned[0] == ["name", "phone", "city", "gmtZone"]
    good = [row for row in rows if is_good(row)]
    assert len(cleaned) - 1 == len(good) == report.clean + report.repaired
    for old, new in zip(good, cleaned[1:], strict=True):
        assert [new[0], new[2]] == [old[0], old[2]]
        assert new[1] == predial.normalize_phone(old[1], region="RU")
        is_valid = not old[3] or predial.is_zone(old[3])
        assert new[3] == (old[3] if is_valid else predial.normalize_zone(old[3], repair=True))
    # The dialect is that of the source, and no cell is written in another way.
    assert found == written(cleaned, dialect)
    # To clean twice changes nothing.
    twice = predial.clean(out, again, region="RU")
    assert (twice.rejected, twice.repaired) == (0, 0)
    assert again.read_bytes() == out.read_bytes()


def cleaned(source: bytes, out: Path, **options: Any) -> bytes:
    predial.clean(source, out, **options)
    return out.read_bytes()


def test_lines_above_the_header_and_their_own_ends_stay(tmp_path: Path) -> None:
    source = (
        b"sep=;\r\n\r\nCustomers 2026;;\r\nname;phone;note\r\n"
        b'A;+7 911 000-00-01;x\nB; \'79110000002;"a;b"\r\r\nC;79110000003;'
    )
    out = cleaned(source, tmp_path / "out.csv")
    assert out == (
        b"sep=;\r\n\r\nCustomers 2026;;\r\nname;phone;note\r\n"
        b'A;79110000001;x\nB;79110000002;"a;b"\r\r\nC;79110000003;\r\n'
    )


def test_a_list_without_a_header(tmp_path: Path) -> None:
    source = b"A,+7 911 000-00-01\nB,123\nC,79110000003\n"
    out = cleaned(source, tmp_path / "out.csv", header=False, map={"phone": "#2"})
    assert out == b"A,79110000001\nC,79110000003\n"


def test_the_cell_that_was_read_is_rewritten(tmp_path: Path) -> None:
    source = b"mobile,home,name\n,+7 911 000-00-01,A\n-,8(911)0000002,B\n+79110000003,1,C\n"
    out = cleaned(source, tmp_path / "out.csv", region="RU", map={"phone": ["mobile", "home"]})
    assert out == b"mobile,home,name\n,79110000001,A\n-,79110000002,B\n79110000003,1,C\n"


def test_rejected_rows_are_kept_with_their_reasons(tmp_path: Path) -> None:
    source = b"name;phone\nA;+7 911 000-00-01\nB;7.911E+10\n\nC;79110000001\n"
    out = tmp_path / "out.csv"
    rows = list(csv.reader(io.StringIO(cleaned(source, out, keep=True).decode()), delimiter=";"))
    own = ["predial_rule", "predial_message", "predial_suggestion"]
    assert rows[0] == [*own, "name", "phone"]
    assert rows[1] == ["", "", "", "A", "79110000001"]
    assert rows[2][0] == "phone-scientific"
    assert rows[2][3:] == ["B", "7.911E+10"]
    assert rows[3][0] == "phone-duplicate"
    assert rows[3][3:] == ["C", "79110000001"]
    again = tmp_path / "again.csv"
    assert cleaned(out.read_bytes(), again, keep=True) == out.read_bytes()
    # Without keep their columns are gone with them.
    assert cleaned(out.read_bytes(), tmp_path / "x.csv") == b"name;phone\nA;79110000001\n"


def test_json_becomes_lines(tmp_path: Path) -> None:
    jobs = (
        '[{"phone": "+7 911 000-00-01", "maxAttempts": "3", "payload": {"a":  1}},\n {"phone": 1},'
    )
    source = (jobs + '{"phone": 79110000002,\n"gmtZone": "utc +3"}, 5]').encode()
    out = tmp_path / "out.ndjson"
    assert cleaned(source, out).decode().splitlines() == [
        '{"phone": "79110000001", "maxAttempts": "3", "payload": {"a":  1}}',
        '{"phone": 79110000002, "gmtZone": "+03:00"}',
    ]
    kept = tmp_path / "kept.ndjson"
    lines = [json.loads(line) for line in cleaned(source, kept, keep=True).splitlines()]
    assert [line.get("row") for line in lines] == [None, 1, None, 3]
    assert (lines[1]["job"], lines[3]["job"]) == ({"phone": 1}, 5)
    assert cleaned(kept.read_bytes(), tmp_path / "again", keep=True) == kept.read_bytes()


def test_dicts_become_lines(tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    predial.clean([{"phone": "+79110000001"}, {"phone": None}], out)
    assert out.read_text() == '{"phone":"79110000001"}\n'


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Люди"
    for row in (
        ["Список"],
        ["имя", "телефон"],
        ["A", "+7 911 000-00-01"],
        ["B", 5],
        ["=C", 79110000003],
    ):
        sheet.append(row)
    source, out, again = (tmp_path / name for name in ("in.xlsx", "out.xlsx", "again.xlsx"))
    book.save(source)
    assert predial.clean(source, out).rejected == 1
    read = openpyxl.load_workbook(out)
    assert read.sheetnames == ["Люди"]
    values = [tuple(cell for cell in row if cell is not None) for row in read["Люди"].values]
    assert values == [("Список",), ("имя", "телефон"), ("A", "79110000001"), ("79110000003",)] or (
        values[-1] == ("=C", "79110000003")
    )
    predial.clean(out, again)
    assert list(openpyxl.load_workbook(again)["Люди"].values) == list(read["Люди"].values)


def test_cells_of_a_workbook_keep_their_types(tmp_path: Path) -> None:
    """Its numbers, dates, truth values and errors; only phones and zones become texts."""
    moment = datetime.datetime(2026, 3, 1, 9, 30, 5)
    values = [
        1250.5, 7, -3, True, False, moment, datetime.datetime(2026, 3, 1), datetime.time(9, 5),
        datetime.time(9, 5, 7), datetime.timedelta(hours=30, minutes=5), "007", "2026-03-01", "1",
        "TRUE", "#N/A", 1e300,
    ]  # fmt: skip
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["note", "phone", "timezone", *(f"v{at}" for at in range(len(values)))])
    for row in range(2):
        sheet.append([row, 79110000001 + row, 3, *values])
        sheet.append([])
    sheet.append(["x\ny", "+7", "", *reversed(values)])
    sheet.append(["x", "+7 911 000-00-09", "", *reversed(values)])
    sheet["D2"].number_format = "0.00"
    orders: Any = book.create_sheet("Orders")
    orders.append(["order"])
    source, out = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    book.save(source)
    report = predial.clean(source, out)
    assert (report.repaired, report.rejected) == (3, 1)
    assert 'the file does not have the other sheet of the workbook: "Orders"' in report.notes
    read: Any = openpyxl.load_workbook(out).active
    _, first, second, third = read.values
    assert first == (0, "79110000001", "+03:00", *values)
    assert second == (1, "79110000002", "+03:00", *values)
    assert third == ("x", "79110000009", None, *reversed(values))
    kinds = [type(cell) for cell in first[3:]]
    assert kinds == [type(cell) for cell in values]
    # With its rejected rows, and cleaned again.
    predial.clean(source, tmp_path / "kept.xlsx", keep=True)
    predial.clean(tmp_path / "kept.xlsx", tmp_path / "again.xlsx", keep=True)
    for name in ("kept.xlsx", "again.xlsx"):
        kept: Any = openpyxl.load_workbook(tmp_path / name).active
        rows = [row[3:] for row in kept.values]
        assert rows[1] == first
        assert rows[3][3:] == tuple(reversed(values))


def test_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {"phone": ["+7 911 000-00-01", "x", "79110000003"], "n": [1, 2, 3], "t": [[1], None, []]}
    )
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    parquet.write_table(table, source)
    assert predial.clean(source, out).rejected == 1
    read = parquet.read_table(out)
    assert read["phone"].to_pylist() == ["79110000001", "79110000003"]
    assert read.drop_columns(["phone"]) == table.drop_columns(["phone"]).take([0, 2])
    with pytest.raises(FileExistsError):
        predial.clean(source, out)


def test_parquet_with_its_rejects(tmp_path: Path) -> None:
    jobs: dict[str, list[Any]] = {
        "phone": ["+7 911 000-00-01", "8 (911) 000-00-02", "79110000003", "79110000003"],
        "gmtZone": ["utc +3", "MSK", None, None],
        "predial_rule": ["x", "y", "z", None],
        "n": [1, 2, 3, 4],
    }
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    parquet.write_table(pa.table(jobs), source)
    report = predial.clean(source, out, keep=True)
    assert (report.total, report.rejected) == (4, 2)
    read = parquet.read_table(out)
    own = ["predial_rule", "predial_message", "predial_suggestion"]
    assert read.column_names == [*own, "phone", "gmtZone", "n"]
    # The same as in a cleaned CSV.
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["phone", "gmtZone", "n"])
    writer.writerows(zip(jobs["phone"], jobs["gmtZone"], jobs["n"], strict=True))
    rows = csv.DictReader(
        io.StringIO(cleaned(text.getvalue().encode(), tmp_path / "c", keep=True).decode())
    )
    as_text = [{key: value or "" for key, value in row.items()} for row in read.to_pylist()]
    expected = [{key: value.removeprefix("'") for key, value in row.items()} for row in rows]
    assert [{**row, "n": str(row["n"])} for row in as_text] == expected
    assert read["predial_rule"].to_pylist() == [
        None,
        "phone-national; zone-abbreviation",
        None,
        "phone-duplicate",
    ]
    # The rows that are sent are those of a list without the others.
    sent = tmp_path / "sent.parquet"
    predial.clean(source, sent)
    kept = [row for row in read.to_pylist() if row["predial_rule"] is None]
    assert [{key: row[key] for key in ("phone", "gmtZone", "n")} for row in kept] == [
        {key: row[key] for key in ("phone", "gmtZone", "n")}
        for row in parquet.read_table(sent).to_pylist()
    ]
    # Kept again, the columns are there once.
    again = tmp_path / "again.parquet"
    predial.clean(out, again, keep=True)
    assert parquet.read_table(again).column_names == read.column_names


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    with pytest.raises(predial.SourceError):
        predial.clean(b'[{"phone": 79110000001}, {]', out)
    assert list(tmp_path.iterdir()) == []

    def interrupted() -> Iterator[dict[str, str]]:
        yield {"phone": "79110000001"}
        raise KeyboardInterrupt

    source = b'{"phone": 79110000001}\n'
    with pytest.raises(KeyboardInterrupt):
        predial.clean(interrupted(), out)
    assert list(tmp_path.iterdir()) == []
    out.write_text("mine")
    with pytest.raises(FileExistsError) as error:
        predial.clean(source, out)
    assert (error.value.filename, out.read_text()) == (str(out), "mine")
    with pytest.raises(predial.SourceError):
        predial.clean(b'[{"phone": 79110000001}, {]', out, overwrite=True)
    assert out.read_text() == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["out.ndjson"]
    predial.clean(b'{"phone": 79110000001}', out, overwrite=True)
    assert out.read_text() == '{"phone": 79110000001}\n'
    if sys.platform != "win32":
        assert out.stat().st_mode & 0o777 == 0o600


def test_the_phone_and_the_zone_of_one_job(tmp_path: Path) -> None:
    job = b'{"phone": "+7 911 000-00-01", "gmtZone": "utc +3"}\n'
    out = cleaned(job, tmp_path / "out.ndjson")
    assert out == b'{"phone": "79110000001", "gmtZone": "+03:00"}\n'


@pytest.mark.parametrize("is_sheet", [False, True])
def test_a_row_that_is_too_long_is_left_out_and_counted(is_sheet: bool, tmp_path: Path) -> None:
    rows = [
        ["phone", "name"],
        ["79110000001", "a"],
        ["79110000002", "x" * 3000],
        ["79110000003", "c"],
    ]
    source, out = io.BytesIO(written(rows, {}).encode()), tmp_path / "out"
    if is_sheet:
        book, source = openpyxl.Workbook(), io.BytesIO()
        assert book.active is not None
        for row in rows:
            book.active.append(row)
        book.save(source)
    report = predial.clean(source.getvalue(), out, keep=True, max_row_bytes=1000)
    assert report.notes == ["the file can't hold 1 row of the list, which it lacks"]
    kept = predial.check(out)
    assert (report.rejected, kept.total, kept.clean) == (1, 2, 2)


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"

    def jobs() -> Iterator[dict[str, str]]:
        yield {"phone": "79110000001"}
        out.write_text("mine")

    with pytest.raises(FileExistsError):
        predial.clean(jobs(), out)
    assert out.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [out]


def test_threads_do_not_change_it(tmp_path: Path) -> None:
    lines = [f'"{i};x";+7 911 {i // 10000:03} {i % 10000:04};{i % 7}' for i in range(60_000)]
    source = ("name;phone;n\n" + "\n".join(lines)).encode()
    files = [cleaned(source, tmp_path / f"{n}.csv", threads=n) for n in (1, 3)]
    assert files[0] == files[1]
    assert files[0].count(b"\n") == 60_001


def test_the_command(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(b"name,phone\nA,+7 911 000-00-01\nB,x\n")
    words = ["clean", str(source), str(out)]
    result = CliRunner().invoke(commands, words)
    assert result.exit_code == 1, result.output
    assert out.read_bytes() == b"name,phone\nA,79110000001\n"
    assert CliRunner().invoke(commands, words).exit_code == 2
    assert CliRunner().invoke(commands, [*words, "--overwrite", "--keep"]).exit_code == 1
    assert out.read_bytes().startswith(
        b"predial_rule,predial_message,predial_suggestion,name,phone\n"
    )


def test_the_list_itself_is_never_replaced(tmp_path: Path) -> None:
    content = "name,phone\na,79110000001\nb,123\n"
    source = tmp_path / "list.csv"
    source.write_text(content)
    link = tmp_path / "link.csv"
    link.symlink_to(source)
    for out in (source, link):
        with pytest.raises(ValueError, match="is the source, which clean never replaces"):
            predial.clean(source, out, overwrite=True)
    with source.open("rb") as file, pytest.raises(ValueError, match="is the source"):
        predial.clean(file, source, overwrite=True)
    excluded = tmp_path / "excluded.csv"
    excluded.write_text(content)
    exclude: Any
    for exclude in (excluded, [source.read_bytes(), excluded]):
        with pytest.raises(ValueError, match="is an excluded list, which clean never replaces"):
            predial.clean(source, excluded, overwrite=True, exclude=exclude)
    with pytest.raises(FileExistsError):
        predial.clean(source, source)
    assert source.read_text() == excluded.read_text() == content
    arguments = ["clean", str(source), str(source), "--overwrite"]
    refused = CliRunner().invoke(commands, arguments)
    assert refused.exit_code == 2
    assert "choose another file" in refused.stderr


WRAPPED = (
    b'"name,""phone"",city"\n'
    b'"a0,""+79110000000"",X"\n'
    b'"a1,+79110000001,X"\n'
    b'"a2,""7.911E+10"",X"\n'
    b'"a3,7.912E+10,""X"""\n'
    b'"a4,""+79110000004"",X"\n'
    b'"a5,""+79110000005"",X"\n'
    b'"a6,""+79110000006"",X"\n'
)


def test_rejected_rows_are_kept_in_lines_that_are_wholly_in_quotes(tmp_path: Path) -> None:
    report = predial.check(WRAPPED)
    assert (report.total, report.rejected) == (7, 2)
    out = tmp_path / "out.csv"
    lines = cleaned(WRAPPED, out, keep=True).splitlines()
    own = b"predial_rule,predial_message,predial_suggestion"
    assert lines[0] == b'"' + own + b',name,""phone"",city"'
    assert lines[1] == b'",,,a0,""79110000000"",X"'
    assert lines[2] == b'",,,a1,79110000001,X"'
    assert lines[4].endswith(b',a3,7.912E+10,""X"""')
    again = predial.check(out)
    assert (again.total, again.clean, again.rejected) == (7, 5, 2)
    assert cleaned(out.read_bytes(), tmp_path / "again.csv", keep=True) == out.read_bytes()
    # Without keep the columns of the reasons are gone, and all else is what it was.
    rest = cleaned(out.read_bytes(), tmp_path / "rest.csv")
    once = cleaned(WRAPPED, tmp_path / "once.csv")
    assert rest == once


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"])
def test_what_is_above_the_header_is_kept_with_the_rejected_rows(end: str, tmp_path: Path) -> None:
    above = ["sep=;", "Customers 2026;;;", "", "# a comment"]
    header, *rows = ["name;phone;city;no", "a;79110000001;X;1", "b;123;X;2", "c;79110000003;X;3"]
    source = end.join([*above, header, *rows, ""]).encode()
    assert predial.check(source).total == 3
    out = tmp_path / "out.csv"
    kept = cleaned(source, out, keep=True)
    begin = [*above, "predial_rule;predial_message;predial_suggestion;" + header, ";;;" + rows[0]]
    assert kept.startswith(end.join([*begin, ""]).encode())
    assert predial.check(out).total == 3
    assert cleaned(kept, tmp_path / "again.csv", keep=True) == kept
    rest = end.join([*above, header, rows[0], rows[2], ""]).encode()
    assert cleaned(kept, tmp_path / "rest.csv") == rest


def test_titles_of_a_sheet_are_kept_with_the_rejected_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Customers 2026"], ["name", "phone"], ["a", "79110000001"], ["b", "123"]):
        book.active.append(row)
    book.save(tmp_path / "in.xlsx")
    predial.clean(tmp_path / "in.xlsx", tmp_path / "out.xlsx", keep=True)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    rows = [[cell for cell in row if cell] for row in sheet.iter_rows(values_only=True)]
    own = ["predial_rule", "predial_message", "predial_suggestion"]
    assert rows[:3] == [["Customers 2026"], [*own, "name", "phone"], ["a", "79110000001"]]


def test_the_ending_of_the_file_fits_its_form(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["name", "phone"], ["a", "79110000001"]):
        book.active.append(row)
    book.save(tmp_path / "in.xlsx")
    (tmp_path / "in.csv").write_text("name,phone\na,79110000001\n")
    (tmp_path / "in.ndjson").write_text('{"phone": "79110000001"}\n')
    parquet.write_table(pa.table({"phone": ["79110000001"]}), tmp_path / "in.parquet")
    fitting = {
        "in.xlsx": [".xlsx", ".XLSX", "", ".bak"],
        "in.csv": [".csv", ".tsv", ".txt", ""],
        "in.ndjson": [".ndjson", ".jsonl", ".json", ""],
        "in.parquet": [".parquet", ".pq", ""],
    }
    endings = [".csv", ".tsv", ".xlsx", ".xls", ".ods", ".xlsb", ".ndjson", ".json", ".parquet"]
    # Nothing is compressed.
    endings += [".zip", ".gz", ".zst"]
    for name, fits in fitting.items():
        for ending in fits:
            predial.clean(tmp_path / name, tmp_path / f"out{ending}", overwrite=True)
        for ending in set(endings) - set(fits):
            out = tmp_path / f"wrong{ending}"
            with pytest.raises(ValueError, match=r"has the wrong ending: .*; choose a name"):
                predial.clean(tmp_path / name, out)
            assert not out.exists()
    assert not list(tmp_path.glob(".predial-*"))


def test_a_missing_directory_is_named_by_the_file_that_was_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "missing" / "out.csv"
    with pytest.raises(FileNotFoundError) as caught:
        predial.clean(b"phone\n79110000001\n", out)
    assert caught.value.filename == str(out)
    with pytest.raises(FileNotFoundError) as caught:
        predial.clean(pa.table({"phone": ["79110000001"]}), out.with_suffix(".parquet"))
    assert caught.value.filename == str(out.with_suffix(".parquet"))


def test_a_list_with_a_country_in_each_row_is_cleaned_once(tmp_path: Path) -> None:
    """Digits that mean another number in the country of their row get a plus."""
    listed = tmp_path / "list.csv"
    listed.write_text("Phone,Country\n+44 7911 123456,DE\n8 (911) 000-00-00,RU\n030 123456,DE\n")
    once, twice = tmp_path / "once.csv", tmp_path / "twice.csv"
    predial.clean(listed, once, map={"region": "Country"})
    report = predial.clean(once, twice, map={"region": "Country"})
    assert report.rejected == 0
    assert twice.read_text() == once.read_text()
    assert once.read_text().splitlines()[1:] == [
        "+447911123456,DE",
        "79110000000,RU",
        "4930123456,DE",
    ]


def test_valid_zones_of_parquet_stay(tmp_path: Path) -> None:
    zones = ["UTC+1", "+3", "utc +2", "", None, "Europe/Berlin"]
    phones = [f"7911000000{i}" for i in range(len(zones))]
    parquet.write_table(pa.table({"phone": phones, "gmtZone": zones}), tmp_path / "list.parquet")
    predial.clean(tmp_path / "list.parquet", tmp_path / "clean.parquet")
    cleaned = parquet.read_table(tmp_path / "clean.parquet").to_pydict()
    assert cleaned["gmtZone"] == ["UTC+1", "+3", "+02:00", "", None, "Europe/Berlin"]
    predial.clean(tmp_path / "list.parquet", tmp_path / "canonical.parquet", canonical=True)
    canonical = parquet.read_table(tmp_path / "canonical.parquet").to_pydict()
    assert canonical["gmtZone"][:3] == ["+01:00", "+03:00", "+02:00"]
