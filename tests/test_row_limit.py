"""Rows that are too long: their verdicts, and that every row is counted."""

from __future__ import annotations

import base64
import gzip
import json
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import predial
from test_batch_sources import Trickle, fields_of, files_of

PHONE = "79123456789"

#: A record with quotes ends within this many bytes, or its quotes do not match.
QUOTED = 1 << 18


def outcome(source: Any, out: Path, **options: Any) -> Any:
    """The result of a run: the report, the failure of its source, and the files."""
    failure, report = None, None
    try:
        report = predial.prepare(source, out, run="a run", max_jobs=2, **options)
    except predial.SourceError as error:
        failure = (error.line, error.column, error.offset, error.message)
        report = error.report
    return fields_of(report), failure, files_of(out) if out.exists() else {}


def each_way(source: bytes, pieces: tuple[int, ...] = (1 << 12, 1 << 20), **options: Any) -> Any:
    """The outcome, which does not depend on the sizes of reads or on the number of threads."""
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        expected = outcome(source, base / "0", threads=1, **options)
        given: list[Any] = [source, gzip.compress(source, 1)]
        given += [Trickle(source, most) for most in pieces for _ in range(2)]
        for number, each in enumerate(given, 1):
            threads = 1 + number % 3
            found = outcome(each, base / str(number), threads=threads, **options)
            manifest = found[2].get("manifest.json", b"")
            if manifest:
                found[2]["manifest.json"] = manifest.replace(b'"gzip"', b"null")
            assert found == expected
        return expected


def rejected(files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["rejects.ndjson"].splitlines()]


class TestLines:
    def test_a_line_that_is_too_long_costs_itself_alone(self) -> None:
        long = b'{"phone": "79123456780", "payload": "%s"}' % (b"x" * 5_000_000)
        source = b'{"phone": 79123456781}\n  ' + long + b" \r\n" + b'{"phone": 79123456782}\n'
        report, _, files = each_way(source, max_row_bytes=4_000_000)
        assert (report["total"], report["clean"], report["rejected"]) == (3, 2, 1)
        (line,) = rejected(files)
        assert (line["row"], line["offset"]) == (1, 25)
        assert line["length"] == len(long) + 2
        assert "job" not in line
        assert "raw_base64" not in line
        (diagnostic,) = line["diagnostics"]
        assert (diagnostic["rule"], diagnostic["value"]) == ("job-too-large", None)
        assert str(len(long) + 2) in diagnostic["message"]
        assert "4000000" in diagnostic["message"]

    def test_the_limit_is_the_longest_row(self) -> None:
        job = b'{"phone": 79123456789}'
        for source in (job, job + b"\n", b" " * 100 + job, b"\n\n" + job + b"\n\n"):
            assert predial.check(source, max_row_bytes=len(job)).clean == 1
            assert predial.check(source, max_row_bytes=len(job) - 1).counts == {"job-too-large": 1}

    def test_blank_lines_have_no_length(self) -> None:
        blank = b" " * 100 + b"\n"
        source = b'{"phone": 79123456789}\n' + blank * 3 + b" " * 3_000_000
        report, _, _ = each_way(source, max_row_bytes=50)
        assert (report["total"], report["clean"]) == (1, 1)

    @pytest.mark.slow
    @settings(max_examples=25)
    @given(
        rows=st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=12),
        limit=st.integers(1, 70),
        ends=st.booleans(),
        most=st.integers(1, 40),
    )
    def test_any_lines(
        self, rows: list[tuple[int, bool]], limit: int, ends: bool, most: int
    ) -> None:
        lines = []
        for number, (length, is_job) in enumerate(rows):
            job = b'{"phone": "7912345%04d"}' % number if is_job else b"x"
            lines.append(job + b" " * length if number % 2 else b" " * length + job)
        source = b"\n".join(lines) + b"\n" * ends
        report, _, files = each_way(
            source, (most,), max_row_bytes=limit, input_format="ndjson", duplicates="allow"
        )
        too_long = [
            len(line if number == len(lines) and not ends else line.rstrip(b"\n"))
            for number, line in enumerate(line.lstrip() for line in lines)
            if line and len(line) > limit
        ]
        assert [line["length"] for line in rejected(files) if "length" in line] == too_long
        assert report["total"] == sum(1 for line in lines if line.strip())


class TestRecords:
    LIMIT = 300_000

    @pytest.mark.slow
    def test_a_record_that_is_too_long_costs_itself_alone(self) -> None:
        long = b"79123456780," + b"x" * 5_000_000
        for end in (b"\n", b"\r\n", b"\r"):
            source = end.join([b"phone,a", b"79123456781,b", long, b"79123456782,c", b""])
            report, _, files = each_way(source, max_row_bytes=4_000_000)
            assert (report["total"], report["clean"], report["rejected"]) == (3, 2, 1)
            (line,) = rejected(files)
            assert (line["row"], line["length"]) == (1, len(long))
            assert line["offset"] == source.index(long)
            header, record = files["rejects.csv"].split(end)[:2]
            assert header.endswith(b"phone,a")
            assert record.startswith(b"job-too-large,")
            assert record.endswith(b",,1,3,a run,phone=phone,")
            assert len(record) < 300

    def test_the_limit_is_the_longest_record(self) -> None:
        for length in (40, self.LIMIT):
            record = b"79123456789,".ljust(length, b"x")
            for end in (b"", b"\n", b"\r\n"):
                source = b"phone,a\n" + record + end
                assert each_way(source, max_row_bytes=length)[0]["clean"] == 1
                report = each_way(source, max_row_bytes=length - 1)[0]
                assert report["counts"] == {"job-too-large": 1}

    def test_the_job_of_a_record_has_the_limit_of_a_row(self) -> None:
        source = b"phone,a\n79123456789," + b"\x01" * 1_200_000 + b"\n79123456780,b\n"
        report, _, files = each_way(source, max_row_bytes=1_300_000)
        assert report["counts"] == {"job-too-large": 1}
        (line,) = rejected(files)
        assert base64.b64decode(line["raw_base64"]) == source.splitlines()[1]

    @pytest.mark.slow
    @pytest.mark.parametrize("seed", range(12))
    def test_records_of_every_kind(self, seed: int) -> None:
        """Long, quoted, with breaks in quotes, with quotes that do not match, with many cells."""
        chance = random.Random(seed)
        records = []
        for number in range(chance.randrange(2, 7)):
            cells = [b"7912345%04d" % number]
            for _ in range(chance.randrange(3)):
                length = chance.choice([3, QUOTED - 20, QUOTED + 20, 290_000, 310_000, 1_500_000])
                kind = chance.choice(["plain", "quoted", "broken", "open", "many"])
                text = b"x" * length
                if kind == "quoted":
                    text = b'"' + text + b'"'
                elif kind == "broken":
                    text = b'"' + text[: length // 2] + b'\n""\n' + text[: length // 2] + b'"'
                elif kind == "open":
                    text = b'"' + text
                elif kind == "many":
                    text = b"," * length
                cells.append(text)
            records.append(b",".join(cells))
        end = chance.choice([b"\n", b"\r\n"])
        source = end.join([b"phone,a,b", *records]) + chance.choice([b"", end])
        pieces = (1 << 16, 1 << 20)
        report, _, files = each_way(source, pieces, max_row_bytes=self.LIMIT)
        assert report["total"] == report["clean"] + report["repaired"] + report["rejected"]
        assert len(rejected(files)) == report["rejected"]
        assert all(line["length"] > self.LIMIT for line in rejected(files) if "length" in line)

    def test_a_table_whose_header_is_too_long_cannot_be_read(self) -> None:
        source = b"phone," + b"x" * 100 + b"\n79123456789,a\n"
        _, failure, files = each_way(source, max_row_bytes=100)
        assert failure == (1, 1, 0, failure[3])
        assert "max_row_bytes" in failure[3]
        assert not files
        assert each_way(source, max_row_bytes=106)[0]["clean"] == 1

    @pytest.mark.slow
    def test_a_table_with_too_many_columns_cannot_be_read(self) -> None:
        for columns, is_read in ((1 << 18, True), ((1 << 18) + 1, False)):
            source = b"phone" + b"," * (columns - 1) + b"\n79123456789\n"
            if is_read:
                assert predial.check(source).clean == 1
            else:
                with pytest.raises(predial.SourceError, match="262145 columns"):
                    predial.check(source)

    def test_cells_that_are_very_many(self) -> None:
        surplus = b"79123456789" + b"," * (1 << 20)
        report = predial.check(b"phone,a\n" + surplus + b"\n79123456780,b\n")
        assert (report.clean, report.counts) == (1, {"record-extra-cells": 1})


class TestArrays:
    @pytest.mark.slow
    def test_an_array_ends_at_a_job_that_is_too_long(self) -> None:
        job = b'{"phone": 79123456789}'
        for count in (0, 3):
            before = b"[" + (job + b",\n") * count
            for long in (b'{"a": "%s"}' % (b"x" * 3_000_000), b"1" * 3_000_000):
                source = before + long + b", {}]"
                report, failure, files = each_way(
                    source, max_row_bytes=2_500_000, duplicates="allow"
                )
                assert (report["total"], report["clean"]) == (count, count)
                column = 2 if count == 0 else 1
                assert failure == (1 + count, column, len(before), failure[3])
                assert "max_row_bytes" in failure[3]
                assert "2500000" in failure[3]
                assert not files

    def test_the_limit_is_the_longest_job(self) -> None:
        job = b'{"phone": 79123456789}'
        source = b"[ " + job + b" , " + b" " * 100 + job + b" ]"
        assert predial.check(source, max_row_bytes=len(job), duplicates="allow").clean == 2
        with pytest.raises(predial.SourceError, match="max_row_bytes") as caught:
            predial.check(source, max_row_bytes=len(job) - 1)
        assert caught.value.offset == 2

    @pytest.mark.slow
    @pytest.mark.parametrize("place", [10, 90, 99, 100, 101, 110, 130, 200])
    @pytest.mark.parametrize("fault", [b"\x01", b"\xff", b'"x', b"\\x"])
    def test_a_fault_near_the_limit_is_found_however_it_arrives(
        self, place: int, fault: bytes
    ) -> None:
        job = b'{"phone": "' + b"7" * (place - 11) + fault + b"7" * 300 + b'"}'
        _, failure, _ = each_way(b"[" + job + b"]", (1, 7, 300), max_row_bytes=100)
        assert failure is not None
        assert ("max_row_bytes" in failure[3]) == (failure[2] == 1)

    def test_what_is_nested_in_a_million_levels_is_not_read(self) -> None:
        deep = b"[" * (1 << 21) + b"]" * (1 << 21)
        with pytest.raises(predial.SourceError, match="nested deeper"):
            predial.check(b"[" + deep + b"]")
        lines = deep + b'\n{"phone": 79123456789}\n'
        report = predial.check(lines, input_format="ndjson")
        assert (report.clean, report.rejected) == (1, 1)


class TestJobs:
    def test_a_job_given_as_a_dict(self, tmp_path: Path) -> None:
        jobs: list[Any] = [{"phone": PHONE, "payload": {"a": "x" * 100}}, {"phone": PHONE}]
        length = len(json.dumps(jobs[0], separators=(",", ":")))
        for limit, sent in ((length, 2), (length - 1, 1)):
            out = tmp_path / str(limit)
            report = predial.prepare(jobs, out, max_row_bytes=limit, duplicates="allow")
            assert report.clean == sent
        (line,) = rejected(files_of(out))
        assert (line["row"], line["offset"], line["length"]) == (0, None, length)

    def test_a_table_of_arrow(self) -> None:
        import polars as pl

        table = pl.DataFrame({"phone": [PHONE, PHONE[:-1] + "0"], "a": ["x" * 1000, "y"]})
        checked = predial.check_table(table, max_row_bytes=500)
        verdicts = pl.DataFrame(checked)["predial"].struct.field("rule")
        assert verdicts.to_list() == ["job-too-large", None]

    @pytest.mark.slow
    def test_many_fields(self) -> None:
        def job(fields: int) -> bytes:
            rest = b"".join(b',"f%d":1' % number for number in range(fields - 1))
            return b'{"phone": "79123456789"' + rest + b"}"

        assert predial.check(job(65_536)).clean == 1
        for source in (job(65_537), b"[" + job(200_000) + b"]"):
            report = predial.check(source)
            assert (report.rejected, report.counts) == (1, {"job-too-large": 1})

    @pytest.mark.parametrize("field", ["allowedDays", "allowedTime", "externalCheck"])
    def test_a_long_value_of_a_policy(self, field: str) -> None:
        values = {
            "allowedDays": '["mon"' + ',"mon"' * 100_000 + "]",
            "allowedTime": '{"mon": []' + ',"mon": []' * 100_000 + "}",
            "externalCheck": '{"secret": 1' + ',"a": "secret"' * 100_000 + "}",
        }
        job = f'{{"phone": "{PHONE}", "{field}": {values[field]}}}'
        report = predial.check(job.encode())
        assert report.counts == {"job-too-large": 1}
        (diagnostic,) = report.diagnostics
        assert (diagnostic.field, diagnostic.value) == (field, None)

    def test_a_phone_and_a_zone_of_many_megabytes(self) -> None:
        for text in ("7" * 3_000_000, "+" * 3_000_000, "8 912 345-67-89, " * 200_000):
            report = predial.check([{"phone": text, "gmtZone": text}])
            assert report.counts == {"phone-too-long": 1, "zone-syntax": 1}


class TestRejects:
    LONG = b'{"phone": "79123456780", "payload": "%s"}' % (b"x" * 1000)

    def test_fed_again_the_row_is_rejected_again(self, tmp_path: Path) -> None:
        source = b'{"phone": 79123456781}\n' + self.LONG + b"\n"
        predial.prepare(source, tmp_path / "1", max_row_bytes=100)
        again = predial.prepare(tmp_path / "1/rejects.ndjson", tmp_path / "2")
        assert (again.total, again.counts) == (1, {"job-too-large": 1})
        (first,), (second,) = (rejected(files_of(tmp_path / out)) for out in "12")
        assert first["length"] == second["length"] == len(self.LONG)

    def test_a_mended_line_is_fed_again(self, tmp_path: Path) -> None:
        predial.prepare(self.LONG, tmp_path / "1", max_row_bytes=100)
        (line,) = rejected(files_of(tmp_path / "1"))
        line["job"] = {"phone": PHONE}
        assert predial.check(json.dumps(line).encode()).clean == 1

    def test_nothing_is_dialled_if_records_are_fed_again(self, tmp_path: Path) -> None:
        source = b"phone,a\n79123456780," + b"x" * 1000 + b"\n79123456781,b\n"
        predial.prepare(source, tmp_path / "1", max_row_bytes=200)
        again = predial.check(tmp_path / "1/rejects.csv")
        assert (again.total, again.rejected) == (1, 1)


class TestOption:
    def test_sizes(self) -> None:
        job = b'{"phone": 79123456789, "payload": "%s"}' % (b"x" * 1000)
        for limit in (1000, "1000", "1kB", "1000 b"):
            assert predial.check(job, max_row_bytes=limit).counts == {"job-too-large": 1}
        assert predial.check(job, max_row_bytes="2 KiB").counts != {"job-too-large": 1}

    @pytest.mark.parametrize("limit", [0, -1, "", "many", "5 apples", 2**65])
    def test_what_is_no_size_is_refused(self, limit: Any) -> None:
        with pytest.raises(ValueError, match="max_row_bytes"):
            predial.check(b"", max_row_bytes=limit)

    def test_what_has_another_type_is_refused(self) -> None:
        options: Any = {"max_row_bytes": 1.5}
        with pytest.raises(TypeError, match="max_row_bytes"):
            predial.check(b"", **options)

    def test_it_is_64_mebibytes(self, tmp_path: Path) -> None:
        predial.prepare([{"phone": PHONE}], tmp_path / "1")
        manifest = json.loads((tmp_path / "1/manifest.json").read_bytes())
        assert manifest["options"]["max_row_bytes"] == 1 << 26
