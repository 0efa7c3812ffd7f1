"""Tables: what the columns are, what becomes of the records, and that none is lost."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import predial
from table_reference import jobs_of
from table_strategies import Table, tables

relaxed = settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def told(report: predial.Report) -> Any:
    """A report but for where the rows stand."""
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
        assert told(of_table) == told(predial.check(jobs, **options))

    @relaxed
    @given(tables(), st.booleans())
    def test_prepare_sends_their_jobs(self, table: Table, drop_empty: bool) -> None:
        jobs = jobs_of(table.source, table.delimiter, drop_empty)
        of_table = prepared(
            table.source, delimiter=table.delimiter, drop_empty=drop_empty, input_format="csv"
        )
        assert of_table == prepared(jobs)

    @relaxed
    @given(tables(ends=("\r",)))
    def test_lines_may_end_with_a_carriage_return_alone(self, table: Table) -> None:
        jobs = jobs_of(table.source, table.delimiter)
        report = predial.check(table.source, delimiter=table.delimiter, input_format="csv")
        assert told(report) == told(predial.check(jobs))


class TestRejects:
    @relaxed
    @given(tables())
    def test_fed_again_unmended_they_are_rejected_for_the_same(self, table: Table) -> None:
        options: Any = {"delimiter": table.delimiter, "input_format": "csv"}
        with tempfile.TemporaryDirectory() as directory:
            out, again = Path(directory, "out"), Path(directory, "again")
            predial.prepare(table.source, out, duplicates="allow", **options)
            rejects = (out / "rejects.csv").read_bytes()
            first = [line["diagnostics"] for line in lines(out)]
            report = predial.prepare(rejects, again, duplicates="allow", **options)
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
        predial.prepare(source.encode(), tmp_path)
        text = (tmp_path / "rejects.csv").read_bytes().decode()
        begin, header, *records = text.split("\r\n")
        assert begin == "\ufeffsep=;"
        assert header == "predial_rule;predial_message;predial_suggestion;Имя;Телефон;Пояс;tz"
        first, second, third, end = records
        assert first.startswith('"zone-abbreviation; phone-missing";"gmtZone: MSK is')
        assert first.endswith(';gmtZone: Europe/Moscow;"Анна ""А""";;"a;b";MSK')
        assert second.endswith(";;Б;7.9E+10;")
        assert third.startswith("record-extra-cells;")
        assert third.endswith(";;Г;79123456780;;;x")
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
        predial.prepare(b"79123456789;a\n8 (912) 345-67-89;b\n", tmp_path)
        rejects = (tmp_path / "rejects.csv").read_bytes()
        assert rejects.splitlines()[0].endswith(b";column1;column2")
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
