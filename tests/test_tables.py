"""Tables: the columns, the verdicts on the records, and that no record is lost."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import predial
from table_reference import jobs_of
from table_strategies import Table, tables
from test_batch_sources import files_of

relaxed = settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def fields_of(report: predial.Report) -> Any:
    """A report without the places of its rows."""
    names = ("total", "clean", "repaired", "rejected", "warned", "counts")
    of_each = ("row", "field", "rule", "severity", "message", "value", "suggestion")
    diagnostics = [[getattr(each, name) for name in of_each] for each in report.diagnostics]
    return [getattr(report, name) for name in names], diagnostics


def sent(out: Path) -> list[Any]:
    """Every job of every body, in order."""
    files = sorted((out / "bodies").iterdir())
    return [job for file in files for job in json.loads(file.read_bytes())]


def prepared(source: Any, **options: Any) -> list[Any]:
    with tempfile.TemporaryDirectory() as directory:
        predial.prepare(source, directory, **options)
        return sent(Path(directory))


class TestAgainstTheReference:
    @pytest.mark.slow
    @relaxed
    @given(tables(), st.booleans(), st.sampled_from(["phone", "job", "allow"]))
    def test_check_says_of_records_what_it_says_of_their_jobs(
        self, table: Table, drop_empty: bool, duplicates: Any
    ) -> None:
        jobs = jobs_of(table.source, table.delimiter, drop_empty)
        options: Any = {"duplicates": duplicates, "now": None}
        of_table = predial.check(
            table.source,
            delimiter=table.delimiter,
            drop_empty=drop_empty,
            input_format="csv",
            **options,
        )
        assert fields_of(of_table) == fields_of(predial.check(jobs, **options))

    @pytest.mark.slow
    @relaxed
    @given(tables(), st.booleans())
    def test_prepare_sends_their_jobs(self, table: Table, drop_empty: bool) -> None:
        jobs = jobs_of(table.source, table.delimiter, drop_empty)
        of_table = prepared(
            table.source, delimiter=table.delimiter, drop_empty=drop_empty, input_format="csv"
        )
        assert of_table == prepared(jobs)

    @pytest.mark.slow
    @relaxed
    @given(tables(ends=("\r",)))
    def test_lines_may_end_with_a_carriage_return_alone(self, table: Table) -> None:
        jobs = jobs_of(table.source, table.delimiter)
        report = predial.check(table.source, delimiter=table.delimiter, input_format="csv")
        assert fields_of(report) == fields_of(predial.check(jobs))


#: The header of the columns that a reject file has beside those of its source.
OWN = (
    "predial_rule;predial_message;predial_suggestion;"
    "predial_row;predial_line;predial_run;predial_columns"
)
USES = '"phone=Телефон; gmtZone=tz"'


class TestRejects:
    @pytest.mark.slow
    @relaxed
    @given(tables())
    def test_fed_again_unmended_they_are_rejected_for_the_same(self, table: Table) -> None:
        options: Any = {"delimiter": table.delimiter, "input_format": "csv"}
        with tempfile.TemporaryDirectory() as directory:
            out, again = Path(directory, "out"), Path(directory, "again")
            predial.prepare(table.source, out, duplicates="allow", **options)
            rejects = (out / "rejects.csv").read_bytes()
            first = [line["diagnostics"] for line in lines(out)]
            try:
                report = predial.prepare(rejects, again, duplicates="allow", **options)
            except predial.ListError:
                # What was rejected may not show which column is the phone: nothing is dialled.
                return
            second = [line["diagnostics"] for line in lines(again)]
            assert report.total == report.rejected == len(first)
            keys = ("field", "rule", "message", "suggestion", "value")
            assert [[[d[k] for k in keys] for d in row] for row in first] == [
                [[d[k] for k in keys] for d in row] for row in second
            ]
            # The file of the second run is the one that it read.
            assert (again / "rejects.csv").read_bytes() == rejects

    def test_the_file_has_the_form_of_its_source(self, tmp_path: Path) -> None:
        source = (
            '\ufeffsep=;\r\nИмя;Телефон;Пояс;tz\r\n"Анна ""А""";;"a;b";MSK\r\n'
            "Б;7.9E+10;\r\nВ;79123456789;;;\r\nГ;79123456780;;;x\r\n"
        )
        predial.prepare(source.encode(), tmp_path, run="r")
        text = (tmp_path / "rejects.csv").read_bytes().decode()
        begin, header, *records = text.split("\r\n")
        assert begin == "\ufeffsep=;"
        assert header == f"{OWN};Имя;Телефон;Пояс;tz"
        first, second, third, end = records
        assert first.startswith('"zone-abbreviation; phone-missing";"gmtZone: MSK is')
        assert first.endswith(f';gmtZone: Europe/Moscow;0;3;r;{USES};"Анна ""А""";;"a;b";MSK')
        assert second.endswith(f";;1;4;r;{USES};Б;7.9E+10;")
        assert third.startswith("record-extra-cells;")
        assert third.endswith(f";;3;6;r;{USES};Г;79123456780;;;x")
        assert end == ""

    def test_mended_records_are_fed_again(self, tmp_path: Path) -> None:
        source = b"name,phone,tz\nA,7912345678900000,+03:00\nB,79123456780,MSK\nC,79123456781,\n"
        predial.prepare(source, tmp_path / "out")
        rejects = tmp_path / "out" / "rejects.csv"
        rows = list(csv.DictReader(io.StringIO(rejects.read_text(encoding="utf-8"))))
        assert [row["predial_rule"] for row in rows] == ["phone-too-long", "zone-abbreviation"]
        assert rows[1]["predial_suggestion"] == "Europe/Moscow"
        for row in rows:
            row["phone"] = row["phone"][:11]
            row["tz"] = row["predial_suggestion"] or row["tz"]
        mended = io.StringIO()
        writer = csv.DictWriter(mended, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        assert prepared(mended.getvalue().encode()) == [
            {"phone": "79123456789", "gmtZone": "+03:00", "payload": {"name": "A"}},
            {"phone": "79123456780", "gmtZone": "Europe/Moscow", "payload": {"name": "B"}},
        ]

    def test_a_list_without_header_gets_one(self, tmp_path: Path) -> None:
        source = (
            b"79123456789;a\n8 (912) 345-67-89;b\n79123456780;c\n79123456781;d\n79123456782;e\n"
        )
        predial.prepare(source, tmp_path)
        rejects = (tmp_path / "rejects.csv").read_bytes()
        assert rejects.splitlines()[0].endswith(b";phone;column2")
        assert prepared(rejects, region="RU", prefer="national") == [
            {"phone": "79123456789", "payload": {"column2": "b"}}
        ]

    def test_there_is_none_where_the_source_is_no_table(self, tmp_path: Path) -> None:
        predial.prepare([{"phone": ""}], tmp_path)
        assert not (tmp_path / "rejects.csv").exists()
        manifest = json.loads((tmp_path / "manifest.json").read_bytes())
        assert manifest["rejects"]["table"] is None


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "rejects.ndjson").read_bytes().splitlines()]


def one(source: bytes, **options: Any) -> Any:
    """The one job of a table that is sent."""
    (job,) = prepared(source, **options)
    return job


PHONE = "79123456789"


def columns(report: predial.Report) -> list[tuple[str, str | None, str | None]]:
    """The header, the field and the key of each column."""
    return [(column.header, column.field, column.key) for column in report.mapping or []]


class TestColumns:
    @pytest.mark.parametrize(
        ("header", "field"),
        [
            ("phone", "phone"),
            (" PHONE ", "phone"),
            ("Phone Number", "phone"),
            ("Mobile", "phone"),
            ("Номер телефона", "phone"),
            ("ТЕЛЕФОН", "phone"),
            ("gmt_zone", "gmtZone"),
            ("Time Zone", "gmtZone"),
            ("Часовой пояс", "gmtZone"),
            ("max attempts", "maxAttempts"),
            ("start-date-time", "startDateTime"),
            ("local time from", "localTimeFrom"),
            ("name", None),
            ("phones", None),
            ("gmtZon", None),
        ],
    )
    def test_headers_are_matched_to_fields(self, header: str, field: str | None) -> None:
        report = predial.check(f"id,{header},телефон\n".encode(), map={"phone": "телефон"})
        name = header.strip()
        if field == "phone":
            field = None
        expected = (name, field, name if field is None else None)
        assert columns(report) == [("id", None, "id"), expected, ("телефон", "phone", None)]

    def test_every_field_of_the_service_is_a_column(self) -> None:
        job = {
            "phone": PHONE,
            "gmtZone": "+03:00",
            "payload": {"a": [1], "b": "x"},
            "startDateTime": "2026-01-01T00:00:00Z",
            "finishDateTime": "2126-01-01T00:00:00Z",
            "allowedDays": ["mon"],
            "allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]},
            "localTimeFrom": "10:00",
            "localTimeTo": "18:00",
            "externalCheck": {"externalCheckUrl": "https://example.com"},
        }
        cells = [value if isinstance(value, str) else json.dumps(value) for value in job.values()]
        out = io.StringIO()
        csv.writer(out).writerows([job.keys(), cells])
        assert one(out.getvalue().encode()) == job

    def test_without_a_known_header_the_column_of_phones_is_the_phone(self) -> None:
        source = f"город;contact\nПермь;{PHONE}\n".encode()
        assert one(source) == {"phone": PHONE, "payload": {"город": "Пермь"}}

    @pytest.mark.parametrize(
        "first", [PHONE, "+7 912 345-67-89", "8 (912) 345-67-89", "7.9E+10", "9607712345"]
    )
    def test_a_first_row_with_a_phone_is_no_header(self, first: str) -> None:
        others = "12015550123,Boris\n79123456782,Clara\n79123456781,Dora\n79123456780,Emil\n"
        report = predial.check(f"{first},Anna\n{others}".encode(), region="RU")
        assert report.total == 5
        assert columns(report) == [("column1", "phone", None), ("column2", None, "column2")]

    def test_a_list_of_phones_alone_is_a_table(self) -> None:
        for end in ("\n", "\r\n", "\r"):
            report = predial.check(end.join([PHONE, "12015550123", "", ""]).encode())
            assert (report.total, report.clean) == (2, 2)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_a_line_of_two_quotes_is_a_row_and_a_blank_line_is_not(self, end: str) -> None:
        lines = ["phone,a", '""', "", f'"{PHONE}"', '" "', "", '""']
        source = end.join(lines)
        expected = [row for row in csv.reader(lines) if row][1:]
        for text in (source, source + end, source.replace(",a", "")):
            report = predial.check(text.encode())
            assert report.total == len(expected) == 4
            assert report.counts == {"phone-missing": 3}

    @pytest.mark.parametrize("cell", ["2026", "column 1", "", "Anna"])
    def test_what_is_no_phone_is_a_header(self, cell: str) -> None:
        report = predial.check(f"{cell},b\n{PHONE},c\n".encode())
        assert report.total == 1
        assert columns(report)[0] == (cell or "column1", "phone", None)

    def test_two_columns_for_one_field_are_an_error_that_names_both(self, tmp_path: Path) -> None:
        source = f"Phone a;Phone b;n\n{PHONE};12015550123;1\n".encode()
        with pytest.raises(predial.ListError, match="equally likely") as caught:
            predial.prepare(source, tmp_path / "out")
        assert [column.header for column in caught.value.candidates] == ["Phone a", "Phone b"]
        assert 'map={"phone": ["Phone a", "Phone b"]}' in str(caught.value)
        assert not (tmp_path / "out" / "manifest.json").exists()
        assert one(source, map={"phone": "phone b"}) == {
            "phone": "12015550123",
            "payload": {"Phone a": PHONE, "n": "1"},
        }
        assert one(source, map={"phone": ["#2", "#1"]})["phone"] == "12015550123"

    def test_map_stands_above_the_headers(self) -> None:
        source = f"phone,other,tz\n1,{PHONE},x\n".encode()
        job = one(source, map={"phone": "Other", "gmtZone": "phone"}, repair=True, payload=[])
        assert job == {"phone": PHONE, "gmtZone": "+01:00"}

    @pytest.mark.parametrize(
        ("options", "what"),
        [
            ({"map": {"phone": "nope"}}, 'no column "nope"; it has "phone", "name"'),
            ({"map": {"phon": "name"}}, '"phon" is not a field of a job; did you mean "phone"'),
            ({"map": {"phone": "name", "gmtZone": "name"}}, 'column "name" can\'t be both'),
            ({"payload": ["nope"]}, 'no column "nope"'),
            ({"delimiter": "::"}, "delimiter must be one ASCII character"),
            ({"delimiter": '"'}, "delimiter must be one ASCII character"),
            ({"set": {"phone": PHONE}}, "phone is each job's own"),
            ({"set": {"payload": {}}}, "payload is each job's own"),
            ({"set": {"maxAttemps": 1}}, 'did you mean "maxAttempts"'),
            ({"set": {"maxAttempts": float("nan")}}, "value of maxAttempts is not JSON"),
        ],
    )
    def test_what_does_not_fit_is_a_value_error(self, options: Any, what: str) -> None:
        with pytest.raises(ValueError, match=what):
            predial.check(f"phone,name\n{PHONE},A\n".encode(), **options)

    def test_columns_of_a_source_that_has_none_are_a_value_error(self) -> None:
        for source in (b"[]", b'{"phone": 1}', [{"phone": PHONE}]):
            with pytest.raises(ValueError, match="map is about the columns of a table"):
                predial.check(source, map={"phone": "x"})
            with pytest.raises(ValueError, match="payload is about the columns of a table"):
                predial.check(source, payload=["x"])

    def test_payload_names_the_columns_that_go_there(self) -> None:
        source = f"phone,name,city,Name\n{PHONE},A,B,C\n".encode()
        assert one(source, payload=["city", "NAME"])["payload"] == {"name": "A", "city": "B"}
        assert one(source, payload=[]) == {"phone": PHONE}
        assert one(source, payload=["phone"])["payload"] == {"phone": PHONE}
        with pytest.raises(TypeError):
            predial.check(source, payload="name")

    def test_headers_that_stand_twice_get_a_number(self) -> None:
        source = f"phone,a,a,a_2,a,\n{PHONE},1,2,3,4,5\n".encode()
        keys = {"a": "1", "a_3": "2", "a_2": "3", "a_4": "4", "column6": "5"}
        assert one(source)["payload"] == keys

    def test_keys_are_escaped(self) -> None:
        header = '"ключ ""к""\\\n"'
        assert one(f"phone,{header}\n{PHONE},x\n".encode())["payload"] == {'ключ "к"\\': "x"}

    def test_what_was_mapped_stands_in_the_manifest(self, tmp_path: Path) -> None:
        predial.prepare(f"Имя;Телефон\nА;{PHONE}\n".encode(), tmp_path)
        manifest = json.loads((tmp_path / "manifest.json").read_bytes())
        assert manifest["columns"] == [
            {"column": "Имя", "place": 1, "field": None, "payload": "Имя", "why": None},
            {"column": "Телефон", "place": 2, "field": "phone", "payload": None, "why": "name"},
        ]


class TestCells:
    def test_an_empty_phone_is_missing_and_an_empty_zone_absent(self) -> None:
        report = predial.check(f"phone,zone\n, \n  ,\n{PHONE},\n".encode())
        assert (report.clean, report.counts) == (1, {"phone-missing": 2})

    def test_empty_cells_are_texts_unless_they_are_dropped(self) -> None:
        source = f"phone,a,b,c\n{PHONE},, ,x\n".encode()
        assert one(source)["payload"] == {"a": "", "b": " ", "c": "x"}
        assert one(source, drop_empty=True)["payload"] == {"b": " ", "c": "x"}
        assert "payload" not in one(f"phone,a\n{PHONE},\n".encode(), drop_empty=True)

    def test_missing_cells_are_empty(self) -> None:
        assert one(f"phone,a,b\n{PHONE}\n".encode())["payload"] == {"a": "", "b": ""}

    def test_surplus_cells_reject_the_record_unless_they_are_empty(self) -> None:
        source = f"phone,a\n{PHONE},x,,\n12015550123,x,,y\n".encode()
        report = predial.check(source)
        assert (report.clean, report.counts) == (1, {"record-extra-cells": 1})
        (diagnostic,) = report.diagnostics
        assert "the record has 4 cells, and the table 2 columns" in diagnostic.message
        assert (diagnostic.row, diagnostic.offset) == (1, source.index(b"1201"))

    def test_a_payload_is_an_object_and_takes_the_other_columns_in(self) -> None:
        def row(payload: str) -> bytes:
            out = io.StringIO()
            csv.writer(out).writerows([["phone", "payload", "a"], [PHONE, payload, "1"]])
            return out.getvalue().encode()

        assert one(row('{"x": {"y": [1]} }'))["payload"] == {"x": {"y": [1]}, "a": "1"}
        assert one(row("{ }"))["payload"] == {"a": "1"}
        assert one(row(""))["payload"] == {"a": "1"}
        assert predial.check(row("text")).counts == {"payload-type": 1}
        assert predial.check(row("[1]")).counts == {"payload-type": 1}
        assert predial.check(row('{"a": 2}')).counts == {"job-duplicate-key": 1}
        assert predial.check(row('{"\\u0061": 2}')).counts == {"job-duplicate-key": 1}
        deep = '{"x":' * 600 + "1" + "}" * 600
        assert predial.check(row(deep)).counts == {"job-too-deep": 1}

    def test_what_looks_like_json_and_is_none_is_a_text(self) -> None:
        source = f'phone,allowedDays\n{PHONE},"[""mon"""\n'.encode()
        with tempfile.TemporaryDirectory() as out:
            predial.prepare(source, out, repair=False, duplicates="job")
            jobs = sent(Path(out)) or [line["job"] for line in lines(Path(out))]
        assert jobs == [{"phone": PHONE, "allowedDays": '["mon"'}]

    def test_any_text_comes_through_a_payload(self) -> None:
        texts = ["\x00", "\x1f\x7f", "\\", 'a\\b"c', "\u2028\ud7ff\uffff\U0010ffff", "‮", "{", "]"]
        out = io.StringIO()
        keys = [f"k{number}" for number in range(len(texts))]
        csv.writer(out).writerows([["phone", *keys], [PHONE, *texts]])
        assert one(out.getvalue().encode())["payload"] == dict(zip(keys, texts, strict=True))


class TestRecords:
    def test_blank_lines_are_no_rows(self) -> None:
        source = f"\n\r\nphone,a\n\n{PHONE},x\n  \n\t\n12015550123,y\n\n".encode()
        report = predial.check(source)
        assert (report.total, report.clean) == (2, 2)
        (diagnostic,) = predial.check(source + b",\n").diagnostics
        assert (diagnostic.row, diagnostic.rule, diagnostic.offset) == (
            2,
            "phone-missing",
            len(source),
        )

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_delimiter_is_told_by_the_content(self, delimiter: str) -> None:
        rows = [["name", "phone", "sum"], ["a,b;c", PHONE, "1,5"], ["x\ty|z", "12015550123", "2,5"]]
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows(rows)
        assert prepared(out.getvalue().encode())[0]["payload"] == {"name": "a,b;c", "sum": "1,5"}

    def test_the_first_line_may_name_the_delimiter(self) -> None:
        assert one(f"sep=^\r\nphone^a,b\r\n{PHONE}^x;y\r\n".encode())["payload"] == {"a,b": "x;y"}
        assert one(f"sep=;\nphone,a\n{PHONE},x\n".encode(), delimiter=",")["payload"] == {"a": "x"}

    def test_a_given_delimiter_stands_above_the_content(self) -> None:
        source = f"phone;a,b\n{PHONE};c,d\n".encode()
        assert one(source)["payload"] == {"a,b": "c,d"}
        assert one(f"phone\ta,b\n{PHONE}\tc,d\n".encode(), input_format="tsv") == {
            "phone": PHONE,
            "payload": {"a,b": "c,d"},
        }
        assert predial.check(f"phone\ta\n{PHONE}\tb\n".encode(), delimiter="tab").clean == 1

    def test_quotes_that_do_not_match_cost_their_line(self) -> None:
        for cell in ('"open', '"closed"after', '"a""', '"""'):
            source = f"phone,a\n12015550123,{cell}\n{PHONE},x\n".encode()
            report = predial.check(source)
            assert (report.total, report.clean) == (2, 1), cell
            assert report.counts == {"record-quotes": 1}

    def test_a_quote_within_a_plain_cell_is_a_quote(self) -> None:
        assert one(f'phone,a\n{PHONE},5" pipe\n'.encode())["payload"] == {"a": '5" pipe'}

    def test_a_quote_that_is_never_closed_swallows_nothing(self) -> None:
        rows = [f"{79000000000 + number},x" for number in range(50_000)]
        rows[10] += ',"'
        rows[20] = rows[20].replace("x", '"x')
        report = predial.check("\n".join(["phone,a", *rows]).encode())
        assert (report.total, report.clean) == (50_000, 49_998)
        assert report.counts == {"record-quotes": 2}

    @pytest.mark.slow
    def test_quotes_of_every_line_are_looked_at_a_bounded_number_of_times(self) -> None:
        for line in ('a","\n', '"\n""\n', '"""\n', ',"\n"x\n'):
            wide = ",".join(f"c{number}" for number in range(20_000))
            predial.check(f"phone,{wide}\n{line * 100_000}".encode(), map={"phone": "phone"})

    def test_bytes_that_are_no_text_cost_their_record(self) -> None:
        source = b"phone,a\n12015550123,\xff\n%s,x\n33612345678,\xed\xa0\x80\n" % PHONE.encode()
        report = predial.check(source, encoding="utf-8")
        assert (report.clean, report.counts) == (1, {"record-encoding": 2})

    @pytest.mark.parametrize("source", [b"\xffphone,a\n1,2\n", b'"phone\n1,2\n'])
    def test_a_first_record_that_cannot_be_read_ends_the_list(
        self, source: bytes, tmp_path: Path
    ) -> None:
        with pytest.raises(predial.SourceError, match="first record"):
            predial.prepare(source, tmp_path / "out", input_format="csv", encoding="utf-8")
        assert not (tmp_path / "out").exists()

    def test_a_record_longer_than_what_is_read_at_a_time(self) -> None:
        for long in ("x" * 3_000_000, '"' + "x,\n" * 50_000 + '"'):
            source = f"phone,a\n{PHONE},{long}\n12015550123,y\n".encode()
            report = predial.check(io.BytesIO(source))
            assert (report.total, report.clean) == (2, 2)

    @given(st.binary(max_size=200))
    @settings(deadline=None)
    def test_any_bytes_are_rows_or_an_error(self, data: bytes) -> None:
        try:
            report = predial.check(data, input_format="csv")
        except ValueError:
            return
        assert report.total == report.clean + report.repaired + report.rejected


class TestFormat:
    @pytest.mark.parametrize(
        ("name", "content", "columns"),
        [
            ("x.csv", b"phone,a\n79123456789,b\n", 2),
            ("x.txt", b"phone;a\n79123456789;b\n", 2),
            ("x.tsv", b"phone\ta,b,c\n79123456789\td,e,f\n", 2),
            ("x.tab", b"phone\ta;b;c\n79123456789\td;e;f\n", 2),
            ("x.csv", b'{"phone": "79123456789"}\n', None),
            ("x.csv", b'[{"phone": "79123456789"}]\n', None),
            ("x.ndjson", b'"79123456789"\n', None),
            ("x", b'nope\n{"phone": "79123456789"}\n', None),
        ],
    )
    def test_content_stands_above_the_name(
        self, name: str, content: bytes, columns: int | None, tmp_path: Path
    ) -> None:
        (tmp_path / name).write_bytes(content)
        mapping = predial.check(tmp_path / name).mapping
        assert (None if mapping is None else len(mapping)) == columns

    def test_an_empty_table_has_no_rows(self, tmp_path: Path) -> None:
        for source in (b"", b"\n", b"phone,a", b"phone,a\n", b"\xef\xbb\xbf", b"sep=;\n"):
            with tempfile.TemporaryDirectory() as out:
                assert predial.prepare(source, out, input_format="csv").total == 0
                assert (Path(out) / "rejects.csv").exists()


class TestSet:
    def test_a_field_of_the_list_loses_to_a_jobs_own(self) -> None:
        jobs: list[dict[str, Any]] = [
            {"phone": "79123456780"},
            {"phone": "79123456781", "maxAttempts": None, "payload": {"maxAttempts": 1}},
            {"phone": "79123456782", "maxAttempts": 5},
            {"phone": "79123456783", "gmtZone": "", "x": 1},
            {"phone": "79123456784", "gmtZone": "+05:00", "maxAttempts": 1},
        ]
        of_list: dict[str, Any] = {"maxAttempts": 3, "gmtZone": "+03:00"}
        expected = [
            job | {name: value for name, value in of_list.items() if job.get(name) in (None, "")}
            for job in jobs
        ]
        ndjson = "\n".join(map(json.dumps, jobs)).encode()
        for source in (jobs, json.dumps(jobs, indent=1).encode(), ndjson):
            assert prepared(source, set=of_list) == expected

    @pytest.mark.parametrize("blank", ["", " ", " \t ", "\xa0", "\u2003 "])
    def test_a_zone_that_is_blank_is_absent(self, blank: str) -> None:
        jobs = [{"phone": "79123456780", "gmtZone": blank}]
        table = f"phone;gmtZone\n79123456780;{blank}\n".encode()
        escaped = json.dumps(jobs).encode()
        for source in (jobs, json.dumps(jobs, ensure_ascii=False).encode(), escaped, table):
            assert prepared(source, set={"gmtZone": "+03:00"}) == [
                {"phone": "79123456780", "gmtZone": "+03:00"}
            ]

    @pytest.mark.slow
    @relaxed
    @given(tables(), st.sampled_from([{}, {"gmtZone": "+03:00"}, {"maxAttempts": 2}]))
    def test_it_is_the_same_for_tables_and_their_jobs(self, table: Table, of_list: Any) -> None:
        jobs = jobs_of(table.source, table.delimiter)
        of_table = predial.check(
            table.source, delimiter=table.delimiter, input_format="csv", set=of_list
        )
        assert of_table.counts == predial.check(jobs, set=of_list).counts

    def test_other_bytes_stay_as_they_came(self, tmp_path: Path) -> None:
        job = b'{ "phone":79123456789 , "payload" : {"n": 1.50}, "maxAttempts" : null }'
        predial.prepare(job, tmp_path, set={"maxAttempts": 3, "dialerPriority": 1})
        assert (tmp_path / "bodies" / "000001.json").read_bytes() == (
            b'[{ "phone":79123456789 , "payload" : {"n": 1.50}, "maxAttempts" : 3 '
            b',"dialerPriority":1}]'
        )

    def test_a_repair_behind_a_set_field_is_made_in_its_place(self) -> None:
        job = b'{"maxAttempts": null, "gmtZone": "UTC +3", "phone": "+7 912 345-67-89"}'
        assert prepared(job, set={"maxAttempts": 10}) == [
            {"maxAttempts": 10, "gmtZone": "+03:00", "phone": PHONE}
        ]

    def test_it_stands_in_rejects_and_manifest(self, tmp_path: Path) -> None:
        jobs: list[Any] = [{"phone": ""}, {}, 1]
        predial.prepare(jobs, tmp_path, set={"maxAttempts": 3})
        assert [line["job"] for line in lines(tmp_path)] == [
            {"phone": "", "maxAttempts": 3},
            {"maxAttempts": 3},
            1,
        ]
        manifest = json.loads((tmp_path / "manifest.json").read_bytes())
        assert manifest["options"]["set"] == {"maxAttempts": 3}

    def test_none_sets_nothing(self) -> None:
        assert prepared([{"phone": PHONE}], set={"maxAttempts": None}) == [{"phone": PHONE}]

    def test_what_no_job_can_have_is_refused_at_once(self, tmp_path: Path) -> None:
        for name, value in (
            ("maxAttempts", 99),
            ("gmtZone", "MSK"),
            ("allowedDays", ["noday"]),
            ("finishDateTime", "2001-01-01T00:00:00Z"),
        ):
            with pytest.raises(ValueError, match=f"{name}.* can't be set so for a list"):
                predial.prepare([{"phone": PHONE}], tmp_path / "out", set={name: value})
        assert not (tmp_path / "out").exists()

    def test_it_is_mended_once_for_all(self) -> None:
        report = predial.check([{"phone": PHONE}], set={"gmtZone": "UTC +3", "maxAttempts": "3"})
        assert (report.clean, report.counts) == (1, {})
        job = prepared([{"phone": PHONE}], set={"gmtZone": "UTC +3", "maxAttempts": "3"})
        assert job == [{"phone": PHONE, "gmtZone": "+03:00", "maxAttempts": 3}]

    def test_half_of_a_window_may_be_the_lists(self) -> None:
        job = {"phone": PHONE, "localTimeTo": "18:00"}
        (sent_job,) = prepared([job], set={"localTimeFrom": "10:00"})
        assert "10:00" in json.dumps(sent_job)


class TestDirectory:
    SOURCE = "phone,n\n" + "".join(
        f"{'x' if number % 9 == 4 else 79_000_000_000 + number},{number}\n"
        for number in range(80_000)
    )
    OPTIONS: ClassVar[dict[str, Any]] = {"max_jobs": 500, "run": "spring", "drop_empty": True}

    def interrupted(self, out: Path) -> None:
        class Failing(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                if self.tell() > 1_000_000:
                    raise LookupError("gone")
                return super().read(min(size or 0, 10_000))

        with pytest.raises(LookupError):
            predial.prepare(Failing(self.SOURCE.encode()), out, **self.OPTIONS)

    def test_a_run_is_resumed_to_the_same_files(self, tmp_path: Path) -> None:
        whole, out = tmp_path / "whole", tmp_path / "out"
        predial.prepare(self.SOURCE.encode(), whole, **self.OPTIONS)
        self.interrupted(out)
        left = files_of(out)
        assert left.pop("journal.ndjson")
        assert len(left) > 20
        assert all(name.startswith("bodies/") for name in left)
        report = predial.prepare(self.SOURCE.encode(), out, resume=True, **self.OPTIONS)
        assert any("resumed" in note for note in report.notes)
        assert files_of(out) == files_of(whole)

    @pytest.mark.parametrize(
        "other",
        [
            {"drop_empty": False},
            {"map": {"phone": "phone"}},
            {"payload": ["n"]},
            {"delimiter": ","},
            {"set": {"maxAttempts": 3}},
        ],
    )
    def test_other_options_are_another_run(self, other: Any, tmp_path: Path) -> None:
        self.interrupted(tmp_path)
        options = self.OPTIONS | other
        with pytest.raises(ValueError, match=next(iter(other))):
            predial.prepare(self.SOURCE.encode(), tmp_path, resume=True, **options)

    def test_the_reject_file_is_predials_own(self, tmp_path: Path) -> None:
        predial.prepare(b"phone\n1\n", tmp_path)
        before = files_of(tmp_path)
        assert set(before) == {"manifest.json", "rejects.csv", "rejects.ndjson"}
        with pytest.raises(ValueError, match="file of the directory"):
            predial.prepare(tmp_path / "rejects.csv", tmp_path, overwrite=True)
        assert files_of(tmp_path) == before
        (tmp_path / "rejects.csv.part").write_bytes(b"half")
        predial.prepare(b"[]", tmp_path, overwrite=True)
        assert set(files_of(tmp_path)) == {"manifest.json", "rejects.ndjson"}
