"""The sources of a batch: the same rows from each of them."""

from __future__ import annotations

import io
import json
import random
import tempfile
import time
import types
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import predial
from batch_strategies import Batch, batches

relaxed = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ROW = b'{"phone": "79123456789"}'


class Trickle(io.RawIOBase):
    """A binary file that returns one to `most` bytes for each read."""

    def __init__(self, content: bytes, most: int) -> None:
        self.rest = content
        self.most = most
        self.random = random.Random(most)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        count = self.random.randint(1, self.most)
        count = count if size < 0 else min(count, size)
        some, self.rest = self.rest[:count], self.rest[count:]
        return some


def fields_of(report: predial.Report) -> dict[str, Any]:
    names = ("total", "clean", "repaired", "rejected", "warned", "counts", "diagnostics", "notes")
    return {name: getattr(report, name) for name in names}


def files_of(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()
    }


def prepared(source: Any, out: Path, **options: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
    report = predial.prepare(source, out, run="a run", max_jobs=2, **options)
    return fields_of(report), files_of(out)


@pytest.mark.slow
@settings(relaxed, max_examples=25)
@given(batch=batches(max_rows=8), most=st.integers(1, 40))
def test_bytes_paths_and_files_come_to_the_same(batch: Batch, most: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        path = base / "jobs"
        path.write_bytes(batch.source)
        expected = prepared(batch.source, base / "0", input_format=batch.format)
        with path.open("rb") as buffered, path.open("rb", buffering=0) as raw:
            sources: list[Any] = [
                bytearray(batch.source),
                memoryview(batch.source),
                path,
                str(path),
                buffered,
                raw,
                io.BytesIO(batch.source),
                Trickle(batch.source, most),
            ]
            for number, source in enumerate(sources, 1):
                out = base / str(number)
                assert prepared(source, out, input_format=batch.format) == expected


def test_a_trickle_of_single_bytes_comes_to_the_same() -> None:
    for source in (b"[" + b",\n".join([ROW] * 3) + b"]", b"\n".join([ROW, b"nope", ROW])):
        trickle: Any = Trickle(source, 1)
        assert fields_of(predial.check(trickle)) == fields_of(predial.check(source))


@settings(relaxed, max_examples=100)
@given(source=st.binary(max_size=12) | st.text(' []{},:"\\1e\n', max_size=12).map(str.encode))
@example(b"\xef\xbb")
@example(b"\xef\xbb\xbf")
@example(b"\xff")
@example(b"[1")
@example(b" \n  \x00")
def test_a_trickle_fails_where_the_bytes_fail(source: bytes) -> None:
    # Files in columns are detected by their first bytes, and need more than a trickle.
    assume(not source.startswith((b"PAR1", b"ARROW1")))

    def outcome(given: Any) -> Any:
        try:
            return fields_of(predial.check(given))
        except predial.SourceError as error:
            return str(error), error.line, error.column, error.offset, fields_of(error.report)
        except predial.ListError as error:
            return error

    assert outcome(Trickle(source, 1)) == outcome(source)


def test_windows_are_crossed_without_loss() -> None:
    """Rows larger and smaller than one read, as arrays and as lines."""
    sizes = [10, 1 << 20, (1 << 20) - 40, 3, 3 << 20, 70_000, 1]
    jobs = [b'{"phone":"79123456789","payload":{"s":"%s"}}' % (b"x" * size) for size in sizes]
    for source in (b"[" + b",".join(jobs) + b"]", b"\n".join(jobs)):
        sources: list[Any] = [source, io.BytesIO(source), Trickle(source, 300_000)]
        for each in sources:
            report = predial.check(each, duplicates="job")
            assert (report.total, report.clean) == (len(sizes), len(sizes))


class TestFormat:
    @pytest.mark.parametrize("space", [b"", b" ", b"\n\t\r ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
    def test_the_content_tells_it(self, space: bytes) -> None:
        assert predial.check(space + b"[" + ROW + b"]").clean == 1
        assert predial.check(space + ROW).clean == 1
        assert predial.check(space + ROW + b"\r\n\r\n" + ROW, duplicates="allow").clean == 2

    def test_a_given_format_stands_above_the_content(self) -> None:
        report = predial.check(b"[" + ROW + b"]\n" + ROW, input_format="ndjson")
        assert (report.counts, report.clean) == ({"job-not-object": 1}, 1)
        with pytest.raises(predial.SourceError):
            predial.check(ROW, input_format="json")

    def test_a_file_without_content_is_taken_by_its_name(self, tmp_path: Path) -> None:
        for name in ("x.ndjson", "x.jsonl", "x"):
            (tmp_path / name).write_bytes(b"")
            assert predial.check(tmp_path / name).total == 0
        assert predial.check(b"").total == 0
        assert predial.check(io.BytesIO()).total == 0
        (tmp_path / "x.json").write_bytes(b" \n")
        with pytest.raises(predial.SourceError, match="empty") as caught:
            predial.check(tmp_path / "x.json")
        assert caught.value.report.total == 0

    def test_an_empty_array_is_a_batch_of_no_jobs(self, tmp_path: Path) -> None:
        report = predial.prepare(b" [ ] ", tmp_path)
        assert (report.total, report.bodies) == (0, [])
        assert json.loads((tmp_path / "manifest.json").read_bytes())["bodies"] == []


class TestSourceError:
    def test_it_is_a_value_error_with_place_and_report(self) -> None:
        source = b'[{"phone": 79123456789},\n {"phone": ""},\n {"phone": x}]'
        with pytest.raises(predial.SourceError) as caught:
            predial.check(source)
        error = caught.value
        assert isinstance(error, ValueError)
        assert error.offset == source.index(b"x}")
        assert (error.line, error.column) == (3, 12)
        assert (error.report.total, error.report.clean, error.report.rejected) == (2, 1, 1)
        assert "line 3, column 12" in str(error)

    def test_columns_count_characters_and_offsets_bytes(self) -> None:
        source = '[{"phone": 79123456789, "payload": {"имя": "Анна\U0001f4de"}}; 1]'.encode()
        with pytest.raises(predial.SourceError) as caught:
            predial.check(source)
        assert caught.value.offset == source.index(b";")
        assert caught.value.column == source.decode().index(";") + 1

    @pytest.mark.parametrize(
        ("source", "offset"),
        [
            (b"[1 2]", 3),
            (b"[1,]", 3),
            (b"[,1]", 1),
            (b"[]]", 2),
            (b"[] []", 3),
            (b"[1][2]", 3),
            (b"[nul]", None),
            (b"[01]", None),
            (b"[", 1),
            (b"[ ", 2),
            (b"[1", None),
            (b"[1,", 3),
            (b'["\xff"]', 2),
            (b"[1, \xff]", 4),
            (b"[1] \xff", 4),
            (b"[1]\x00", 3),
            ("[1 2]".encode("utf-16"), 3),
            ("[1 2]".encode("utf-16-be"), 3),
            ("[]".encode("utf-32"), 0),
        ],
    )
    def test_a_broken_array_ends_the_batch(self, source: bytes, offset: int | None) -> None:
        with pytest.raises(predial.SourceError) as caught:
            predial.check(source)
        if offset is not None:
            assert caught.value.offset == offset
        assert 0 <= caught.value.offset <= len(source)

    def test_in_ndjson_a_bad_line_costs_itself_alone(self) -> None:
        report = predial.check(ROW + b"\n" + ROW[:-1] + b"\n\xff\n{}{}\n" + ROW, duplicates="allow")
        assert (report.total, report.clean, report.rejected) == (5, 2, 3)
        assert report.counts == {"job-syntax": 3}


class TestDicts:
    def test_they_are_written_as_json_dumps_writes_them(self, tmp_path: Path) -> None:
        jobs: list[dict[str, Any]] = [
            {"phone": "79123456789", "payload": {"имя": "Анна\u2028", "n": [1, 2.5, None, True]}},
            {"phone": 12015550123, "payload": {"float": 1e16}},
            {"payload": {1: "a", None: "b", 2.5: "c", False: "d"}, "phone": "33612345678"},
        ]
        report = predial.prepare(jobs, tmp_path)
        body = Path(report.bodies[0]).read_text(encoding="utf-8")
        for job in jobs:
            assert json.dumps(job, ensure_ascii=False, separators=(",", ":")) in body
        assert len(json.loads(body)) == report.clean == 3

    def test_any_iterable_of_them_will_do(self) -> None:
        jobs = [{"phone": "79123456789"}, {"phone": ""}]
        mapping = {1: jobs[0], 2: jobs[1]}
        for source in (jobs, tuple(jobs), iter(jobs), (job for job in jobs), mapping.values()):
            report = predial.check(source)
            assert (report.clean, report.rejected) == (1, 1)
        assert predial.check([]).total == 0
        assert predial.check({"phone": "79123456789"} for _ in range(5000)).total == 5000

    @pytest.mark.parametrize(
        "job",
        [
            {"phone": "79123456789", "payload": {"when": datetime(2030, 1, 1)}},
            {"phone": "79123456789", "payload": {"bytes": b""}},
            {"phone": "79123456789", "payload": {(1, 2): 3}},
            {"phone": "79123456789", "payload": {"n": float("nan")}},
            {"phone": "79123456789", "payload": {"n": float("-inf")}},
            {"phone": "79123456789", "payload": {"s": "\ud800"}},
            {"phone": "79123456789", "\udfff": 1},
            {"phone": {1, 2}},
            {"phone": 10**5000},
            types.MappingProxyType({"phone": "79123456789"}),
            object(),
            b"{}",
        ],
        ids=lambda job: type(job).__name__,
    )
    def test_what_has_no_json_is_a_rejected_row(self, job: Any, tmp_path: Path) -> None:
        around = [{"phone": "12015550123"}, job, {"phone": "33612345678"}]
        report = predial.prepare(around, tmp_path)
        assert [(d.row, d.rule) for d in report.diagnostics] == [(1, "job-unwritable")]
        assert (report.clean, report.rejected) == (2, 1)
        (line,) = (tmp_path / "rejects.ndjson").read_bytes().splitlines()
        assert json.loads(line)["row"] == 1

    def test_a_job_that_holds_itself_is_a_rejected_row(self) -> None:
        job: dict[str, Any] = {"phone": "79123456789"}
        job["payload"] = job
        assert predial.check([job]).counts == {"job-unwritable": 1}

    def test_a_job_too_deep_for_the_writer_is_too_deep(self) -> None:
        payload: dict[str, Any] = {}
        for _ in range(100_000):
            payload = {"a": payload}
        report = predial.check([{"phone": "79123456789", "payload": payload}, {"phone": ""}])
        assert report.counts == {"job-too-deep": 1, "phone-empty": 1}
        while payload:
            payload = payload["a"]

    def test_an_object_whose_repr_fails_is_a_rejected_row(self) -> None:
        class Hostile:
            def __repr__(self) -> str:
                raise ZeroDivisionError

        jobs: list[Any] = [Hostile(), {"phone": Hostile()}]
        assert predial.check(jobs).counts == {"job-unwritable": 2}

    def test_what_is_no_object_is_one_rule_however_it_comes(self) -> None:
        jobs: list[Any] = ["79123456789", 1, None, []]
        assert predial.check(jobs).counts == {"job-not-object": 4}


class TestRefusedSources:
    def test_one_dict_is_no_batch(self) -> None:
        with pytest.raises(TypeError, match="list"):
            predial.check({"phone": "79123456789"})  # type: ignore[dict-item]

    @pytest.mark.parametrize("source", [None, 5, 1.5, object()])
    def test_what_is_no_source_is_a_type_error(self, source: Any, tmp_path: Path) -> None:
        with pytest.raises(TypeError):
            predial.check(source)
        with pytest.raises(TypeError):
            predial.prepare(source, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_a_missing_file_is_an_os_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            predial.prepare(tmp_path / "jobs.json", tmp_path / "out")
        assert not (tmp_path / "out").exists()
        with pytest.raises(IsADirectoryError):
            predial.check(tmp_path)

    def test_a_text_file_is_a_type_error(self, tmp_path: Path) -> None:
        with pytest.raises(TypeError, match="binary"):
            predial.check(io.StringIO("[]"))  # type: ignore[arg-type]
        path = tmp_path / "jobs.json"
        path.write_text("[]")
        with path.open() as file, pytest.raises(TypeError, match="binary"):
            predial.check(file)  # type: ignore[arg-type]

    @pytest.mark.parametrize("answer", [None, "[]", 3])
    def test_a_read_that_gives_no_bytes_is_a_type_error(self, answer: Any) -> None:
        class Odd:
            def read(self, size: int) -> Any:
                return answer

        with pytest.raises(TypeError, match="bytes"):
            predial.check(Odd())

    def test_a_read_that_gives_too_much_is_an_error(self) -> None:
        class Odd:
            def read(self, size: int) -> bytes:
                return b" " * (size + 1)

        with pytest.raises(ValueError, match="size"):
            predial.check(Odd())


class Lost(Exception):
    """The exception of a source of the caller's own."""


class TestSourcesThatRaise:
    @staticmethod
    def rows_then_raise(error: BaseException) -> Iterator[dict[str, str]]:
        for number in range(3000):
            yield {"phone": str(79123456789 - number)}
        raise error

    @pytest.mark.parametrize("error", [Lost("gone"), KeyboardInterrupt(), OSError(5, "gone")])
    def test_a_generator_that_raises_passes_its_error_on(
        self, error: BaseException, tmp_path: Path
    ) -> None:
        with pytest.raises(type(error)) as caught:
            predial.prepare(self.rows_then_raise(error), tmp_path / "out", max_jobs=100)
        assert caught.value is error
        bodies = [f"bodies/{number:06}.json" for number in range(1, 21)]
        assert sorted(files_of(tmp_path / "out")) == [*bodies, "journal.ndjson"]
        with pytest.raises(type(error)):
            predial.check(self.rows_then_raise(error))

    def test_a_file_that_raises_passes_its_error_on(self, tmp_path: Path) -> None:
        error = Lost("gone")

        class Failing(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                some = super().read(size)
                if some:
                    return some
                raise error

        source = b"\n".join([ROW] * 300)
        for threads in (1, 3):
            out = tmp_path / str(threads)
            with pytest.raises(Lost) as caught:
                predial.prepare(Failing(source), out, max_jobs=1, duplicates="allow")
            assert caught.value is error
            # The last row may continue, and so may the body before it.
            bodies = [f"bodies/{number:06}.json" for number in range(1, 299)]
            assert sorted(files_of(out)) == [*bodies, "journal.ndjson"]

    @pytest.mark.parametrize("error", [KeyboardInterrupt, Lost])
    def test_a_progress_callback_that_raises_ends_the_run(
        self, error: type[BaseException], tmp_path: Path
    ) -> None:
        calls = []

        def progress(rows: int, position: int, rejected: int) -> None:
            calls.append((rows, position, rejected))
            raise error

        with pytest.raises(error):
            predial.prepare(
                slow_file(50_000), tmp_path / "out", progress=progress, duplicates="allow"
            )
        assert len(calls) == 1
        rows, position, rejected = calls[0]
        assert 0 < rows <= 50_000
        assert position <= rows * (len(ROW) + 1)
        assert rejected == 0
        assert not (tmp_path / "out").exists()


def slow_file(rows: int) -> io.BytesIO:
    """A file that takes longer to read than the time between two calls of a progress callback."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            time.sleep(0.1)
            return super().read(size)

    return Slow(b"\n".join([ROW] * rows))
