"""Bodies and rows without a directory: the same as `prepare` and `check`, one after the other."""

from __future__ import annotations

import gc
import io
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

import predial
from batch_strategies import Batch, batches
from predial import _core, _in_memory
from table_strategies import Table, tables
from test_batch_threads import options as core_options

Duplicates = Literal["phone", "job", "allow"]
kinds: st.SearchStrategy[Duplicates] = st.sampled_from(["phone", "job", "allow"])
NAMESPACE = UUID("6f1c2f1e-5e0b-4f5d-9c57-0a6b7d1e4c30")

#: A body as a caller sees it, without the place.
Shown = tuple[int, str, bytes, int, int, tuple[int, ...], tuple[int, ...] | None, str, str]


def shown(body: predial.Body) -> Shown:
    counts = body.index, body.mark, body.content, body.jobs, body.bytes
    return (*counts, body.rows, body.lines, body.sha256, body.idempotence_key)


def held_now() -> tuple[int, int]:
    """How many threads and open files this process has, those of the core among them."""
    return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))


def is_given_back(before: tuple[int, int]) -> bool:
    """Whether nothing more is held within five seconds: a thread that has ended is listed for a
    moment. Threads of other tests may end meanwhile.
    """

    def is_more() -> bool:
        return any(now > then for now, then in zip(held_now(), before, strict=True))

    until = time.monotonic() + 5
    while is_more() and time.monotonic() < until:
        time.sleep(0.001)
    return not is_more()


def jobs_of(count: int) -> Iterator[dict[str, Any]]:
    return ({"phone": str(79110000000 + number)} for number in range(count))


def agrees_with_prepare(
    source: bytes, input_format: str, delimiter: str | None, size: dict[str, Any], block: int
) -> None:
    """On one thread and on several, with blocks of a few bytes."""
    duplicates, max_jobs = size["duplicates"], size["max_jobs"]
    max_bytes, trickles = size["max_bytes"], size["trickles"]
    for threads in (1, 3):
        given = core_options(threads, block, duplicates, input_format, delimiter)
        given["max_diagnostics"] = 10_000
        output = {"max_jobs": max_jobs, "max_bytes": max_bytes, "run": "r"}
        with TemporaryDirectory() as directory:
            report, failure, _ = _core.prepare_batch(
                source, "", given, {**output, "out": directory}, None, None
            )
            files = [shown(body) for body in report.bodies]
        made: list[Shown] = []
        file = io.BytesIO(source) if trickles else source
        stream = _core.make_bodies(file, "", given, output, None)
        if failure is not None:
            with pytest.raises(predial.SourceError) as caught:
                made.extend(shown(body) for body in stream)
            assert caught.value == predial.SourceError(*failure, caught.value.report)
            assert stream.report == caught.value.report
            continue
        made.extend(shown(body) for body in stream)
        assert made == files
        in_memory = stream.report
        assert in_memory is not None
        assert in_memory.counts == report.counts
        assert in_memory.diagnostics == report.diagnostics
        if max_bytes is None:  # which is a limit on jobs, and rows are not in bodies
            placed = {
                row: line for body in made for row, line in zip(body[5], body[6] or (), strict=True)
            }
            rows_agree(source, given, report, placed)


def rows_agree(
    source: bytes, given: dict[str, object], report: predial.Report, sent: dict[int, int]
) -> None:
    """`judge` has every row once, in order, and says of each what `prepare` does."""
    rows = list(_core.judge_rows(source, "", given, None))
    assert [row.number for row in rows] == list(range(report.total))
    assert {row.number: row.line for row in rows if row.job is not None} == sent
    standings = [row.standing for row in rows]
    assert standings.count("clean") == report.clean
    assert standings.count("repaired") == report.repaired
    found = [diagnostic for row in rows for diagnostic in row.diagnostics]
    assert found == report.diagnostics


sizes = st.fixed_dictionaries(
    {
        "duplicates": kinds,
        "max_jobs": st.integers(1, 5),
        "max_bytes": st.none() | st.integers(30, 400),
        "trickles": st.booleans(),
    }
)


@given(batches(max_rows=25), sizes, st.integers(1, 200))
def test_the_bodies_of_any_batch_are_the_files_of_prepare(
    batch: Batch, size: dict[str, Any], block: int
) -> None:
    agrees_with_prepare(batch.source, batch.format, None, size, block)


@given(tables(max_rows=25), sizes, st.integers(1, 200))
def test_the_bodies_of_any_table_are_the_files_of_prepare(
    table: Table, size: dict[str, Any], block: int
) -> None:
    agrees_with_prepare(table.source, "csv", table.delimiter, size, block)


@given(batches(max_rows=9), sizes, st.integers(0, 2000), st.binary(max_size=3))
def test_a_harmed_source_fails_where_prepare_fails(
    batch: Batch, size: dict[str, Any], at: int, harm: bytes
) -> None:
    at = min(at, len(batch.source))
    source = batch.source[:at] + harm + batch.source[at + 1 :]
    agrees_with_prepare(source, batch.format, None, size, 64)


@given(batches(max_rows=9), st.booleans(), st.sampled_from(["possible", "valid", "e164"]))
def test_what_judge_would_send_is_clean_when_it_comes_again(
    batch: Batch, canonical: bool, level: Any
) -> None:
    rows = predial.judge(batch.source, level=level, canonical=canonical, input_format=batch.format)
    for row in rows:
        if row.job is None:
            assert any(found.severity == "error" for found in row.diagnostics)
            continue
        again = predial.check_job(row.job.decode(), level=level, canonical=canonical)
        assert (again.standing, again.job) == ("clean", row.job)
        assert (again.phone, again.zone) == (row.phone, row.zone)
        job = json.loads(row.job)
        assert row.phone == str(job["phone"])
        zone = job.get("gmtZone")
        assert row.zone == (predial.normalize_zone(zone) if zone else None)


class TestBodies:
    def test_every_source_will_do(self, tmp_path: Path) -> None:
        text = b'{"phone": "79110000000"}\n{"phone": "79110000001"}\n'
        path = tmp_path / "jobs.ndjson"
        path.write_bytes(text)
        jobs = [json.loads(line) for line in text.splitlines()]
        sources: list[Any] = [text, path, str(path), io.BytesIO(text), memoryview(text)]
        bodies = [next(predial.bodies(source, run="r", max_jobs=1)) for source in sources]
        assert len({shown(body) for body in bodies}) == 1
        made = predial.bodies((job for job in jobs), max_jobs=1)
        assert [json.loads(body.content) for body in made] == [[job] for job in jobs]

    def test_the_key_is_of_run_digest_and_index(self) -> None:
        for body in predial.bodies(jobs_of(5), max_jobs=2, run="spring"):
            assert body.sha256 == sha256(body.content).hexdigest()
            name = f"spring/{body.sha256}/{body.index}"
            assert body.idempotence_key == str(uuid5(NAMESPACE, name))

    def test_a_list_without_a_name_gets_a_new_one(self) -> None:
        runs = {next(predial.bodies(jobs_of(1))).run for _ in range(2)}
        assert len(runs) == 2

    def test_wrong_options_are_errors_at_once(self) -> None:
        with pytest.raises(ValueError, match="max_jobs must be"):
            predial.bodies(b"[]", max_jobs=0)
        with pytest.raises(ValueError, match="plus must be 'refuse' or 'accept'"):
            predial.judge(b"[]", plus="maybe")  # type: ignore[arg-type]
        with pytest.raises(FileNotFoundError):
            predial.bodies("no such file")

    def test_a_body_in_memory_is_no_path(self) -> None:
        [body] = predial.bodies(jobs_of(1))
        assert body.path is None
        with pytest.raises(TypeError, match="is in memory"):
            os.fspath(body)

    def test_the_list_is_read_as_bodies_are_asked_for(self) -> None:
        read = 0

        def jobs() -> Iterator[dict[str, Any]]:
            nonlocal read
            for job in jobs_of(1_000_000):
                read += 1
                yield job

        stream = predial.bodies(jobs(), max_jobs=1_000)
        for count in range(1, 4):
            assert next(stream).jobs == 1_000
            # Chunks of 1024 records, and the body that the writer has ahead.
            assert read <= (count + 3) * 1_024
        stream.close()
        assert list(stream) == []


@pytest.mark.parametrize("make", [predial.bodies, predial.judge])
def test_the_notes_of_excluded_lists_are_those_of_check(make: Any) -> None:
    jobs = list(jobs_of(3))
    exclude = [jobs[1], {"phone": "nobody"}]
    report = predial.check(jobs, exclude=exclude)
    assert report.notes
    stream = make(jobs, exclude=exclude)
    assert len(list(stream)) > 0
    assert (stream.report.notes, stream.report.rejected) == (report.notes, 1)


class TestNothingIsLeft:
    @pytest.mark.parametrize("make", [predial.bodies, predial.judge])
    @pytest.mark.parametrize("end", ["drop", "close", "with", "unstarted", "whole", "reader"])
    def test_of_an_iterator_that_is_left(self, make: Any, end: str, tmp_path: Path) -> None:
        path = tmp_path / "jobs.ndjson"
        path.write_bytes(b"".join(b'{"phone": %d}\n' % (79110000000 + i) for i in range(100_000)))
        list(make(path, threads=2))  # what the process keeps for good
        gc.collect()
        time.sleep(0.05)
        before = held_now()
        source: Any = open(path, "rb") if end == "reader" else path  # noqa: SIM115
        stream = make(source, threads=2, duplicates="job")
        if end == "whole":
            assert sum(1 for _ in stream) > 0
        elif end != "unstarted":
            next(stream)
        if end in ("close", "reader"):
            stream.close()
        elif end == "with":
            with stream:
                next(stream)
        if end == "reader":
            source.close()
        del stream
        assert is_given_back(before)

    def test_of_a_source_that_raises(self) -> None:
        before = held_now()

        def jobs() -> Iterator[dict[str, Any]]:
            yield from jobs_of(3_000)
            raise LookupError("the database is gone")

        rows: list[predial.Row] = []
        with pytest.raises(LookupError, match="the database is gone"):
            rows.extend(predial.judge(jobs()))
        assert is_given_back(before)
        assert len(rows) in range(2_000, 3_001)  # a chunk that was not whole is lost

    def test_of_a_callback_that_raises(self) -> None:
        before = held_now()

        def stop(rows: int, offset: int, rejected: int) -> None:
            raise InterruptedError("enough")

        with pytest.raises(InterruptedError, match="enough"):
            for _ in predial.judge(jobs_of(10_000_000), progress=stop):
                pass
        assert is_given_back(before)

    def test_an_iterator_in_use_is_not_entered_again(self) -> None:
        errors: list[BaseException] = []

        def jobs() -> Iterator[dict[str, Any]]:
            for job in jobs_of(10):
                try:
                    next(stream)
                except ValueError as error:
                    errors.append(error)
                yield job

        stream = predial.judge(jobs())
        assert len(list(stream)) == 10
        assert len(errors) == 10
        assert "already running" in str(errors[0])


def test_python_objects_are_used_by_the_thread_that_asks() -> None:
    """A cursor of sqlite3 raises ProgrammingError in any other."""
    table = sqlite3.connect(":memory:")
    table.execute("create table contact (phone text)")
    table.executemany("insert into contact values (?)", [(job["phone"],) for job in jobs_of(3_000)])
    seen = set()

    def progress(rows: int, offset: int, rejected: int) -> None:
        seen.add(threading.get_ident())

    def jobs() -> Iterator[dict[str, Any]]:
        for (phone,) in table.execute("select phone from contact"):
            seen.add(threading.get_ident())
            yield {"phone": phone}

    assert sum(body.jobs for body in predial.bodies(jobs(), progress=progress)) == 3_000
    assert seen == {threading.get_ident()}


def test_rows_do_not_wait_for_the_next_bytes_of_a_slow_source() -> None:
    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self.lines = iter([b'{"phone": %d}\n' % (79110000000 + i) for i in range(20)])
            self.read_calls = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1, /) -> bytes:
            self.read_calls += 1
            return next(self.lines, b"")

    source = Slow()
    stream = predial.judge(source, input_format="ndjson")
    for number, row in enumerate(islice(stream, 20)):
        assert row.number == number
        assert source.read_calls <= number + 3


class TestRows:
    def test_a_row_says_what_is_sent(self) -> None:
        clean, repaired, doubled, faulty = predial.judge(
            b'{"phone": 79110000000, "gmtZone": "UTC+3"}\n'
            b'{"phone": "+7 911 000-00-01", "gmtZone": "utc +3"}\n'
            b'{"phone": "79110000000"}\n'
            b'{"phone": "79110000002", "gmtZone": "MSK"}'
        )
        assert [row.line for row in (clean, repaired, doubled, faulty)] == [1, 2, 3, 4]
        assert (clean.standing, clean.phone, clean.zone, clean.offset) == (
            "clean", "79110000000", "+03:00", 0,
        )  # fmt: skip
        assert clean.job == b'{"phone": 79110000000, "gmtZone": "UTC+3"}'
        assert repaired.job == b'{"phone": "79110000001", "gmtZone": "+03:00"}'
        assert [found.rule for found in repaired.diagnostics] == ["phone-format", "zone-format"]
        assert (doubled.standing, doubled.job, doubled.phone) == ("rejected", None, "79110000000")
        assert [found.rule for found in doubled.diagnostics] == ["phone-duplicate"]
        assert (faulty.phone, faulty.zone) == ("79110000002", None)

    def test_a_plus_is_refused_or_accepted(self) -> None:
        jobs = ['{"phone": "+79110000000"}', '{"phone": "+7 911 000-00-00"}']
        options: list[dict[str, Any]] = [{}, {"plus": "accept"}]
        standings = [
            [predial.check_job(job, repair=False, **each).standing for job in jobs]
            for each in options
        ]
        assert standings == [["rejected", "rejected"], ["clean", "rejected"]]
        accepted = predial.check_job(jobs[0], plus="accept")
        assert (accepted.job, accepted.phone) == (jobs[0].encode(), "79110000000")
        assert predial.check_job(jobs[0], plus="accept", canonical=True).standing == "repaired"
        twice = predial.judge([json.loads(jobs[0]), {"phone": 79110000000}], plus="accept")
        assert [row.standing for row in twice] == ["clean", "rejected"]

    def test_one_job_is_judged_as_in_a_list(self) -> None:
        for job in ({"phone": "+7 911 000-00-00"}, {"phone": "x"}, {}, {"phone": float("nan")}):
            [in_list] = predial.judge([job])
            assert predial.check_job(job) == in_list

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", "3", '{"phone": NaN}', '{"phone": 1}x', "\ud800"]
    )
    def test_a_text_that_is_no_job_is_a_rejected_row(self, text: str) -> None:
        row = predial.check_job(text)
        assert row.standing == "rejected"
        assert row.diagnostics[0].severity == "error"
        if text.strip():
            assert row.diagnostics[0].rule in ("job-syntax", "job-not-object", "job-unwritable")

    def test_space_around_a_text_is_not_part_of_the_job(self) -> None:
        assert predial.check_job(' \n{"phone": 79110000000}\t').job == b'{"phone": 79110000000}'

    def test_the_options_of_one_job_are_those_of_lists(self) -> None:
        import inspect

        of_list = inspect.signature(predial.judge).parameters
        for name, option in inspect.signature(predial.check_job).parameters.items():
            if name != "job":
                assert option.default == of_list[name].default
                assert option.annotation == of_list[name].annotation


class TestCuts:
    def test_without_leaves_the_bytes_of_the_others(self) -> None:
        jobs = [
            b'{ "phone": 79110000000, "payload": {"phone": "79110000001"} }',
            b'{"phone":"79110000001"}',
            b'{"\\u0070hone":"79110000000"}',
        ]
        [body] = predial.bodies(b"[" + b",".join(jobs) + b"]", duplicates="allow", run="r")
        assert body.phones == ("79110000000", "79110000001", "79110000000")
        for phones in ({"79110000000"}, {"+79110000000"}, [79110000000]):
            left = body.without(phones)
            assert (left.content, left.rows, left.jobs) == (b"[" + jobs[1] + b"]", (1,), 1)
        first = body.without({"79110000000"}, keep_first=True)
        assert first.content == b"[" + jobs[0] + b",\n" + jobs[1] + b"]"
        assert first.idempotence_key == str(uuid5(NAMESPACE, f"r/{first.sha256}/1"))
        same = body.without([])
        assert (same.content, same.idempotence_key) == (body.content, body.idempotence_key)
        nothing = body.without(body.phones)
        assert (nothing.content, nothing.jobs, nothing.rows) == (b"[]", 0, ())

    @given(st.integers(2, 40))
    def test_halves_of_halves_are_all_jobs_once(self, count: int) -> None:
        [body] = predial.bodies(jobs_of(count))
        left, single = [body], []
        while left:
            each = left.pop()
            halves = each.halves()
            if halves is None:
                single.append(each)
                continue
            assert 0 <= halves[0].jobs - halves[1].jobs <= 1
            left += reversed(halves)
        assert [row for each in single for row in each.rows] == list(range(count))
        assert len({each.idempotence_key for each in single}) == count
        assert [each.phones[0] for each in single] == list(body.phones)

    def test_parts_with_the_same_bytes_have_keys_of_their_own(self) -> None:
        """The service would take the second one for the first."""
        job = {"phone": "79110000000"}
        [body] = predial.bodies([job, job], duplicates="allow", run="r")
        halves = body.halves()
        assert halves is not None
        first, second = halves
        assert first.content == second.content
        parts = (body, first, second, first.renewed(), first.renewed().renewed())
        assert [part.mark for part in parts] == ["1", "1.1", "1.2", "1.1+", "1.1++"]
        for part in parts:
            name = f"r/{part.sha256}/{part.mark}"
            assert part.idempotence_key == str(uuid5(NAMESPACE, name))

    def test_what_is_not_a_phone_is_refused(self) -> None:
        [body] = predial.bodies(jobs_of(1))
        for wrong in ("79110000000", [None], ["x"], 3):
            with pytest.raises((TypeError, ValueError), match="phones"):
                body.without(wrong)  # type: ignore[arg-type]


class TestPrepared:
    def test_it_is_what_prepare_has_left(self, tmp_path: Path) -> None:
        report = predial.prepare(jobs_of(5), tmp_path, max_jobs=2, run="r")
        prepared = predial.open_prepared(tmp_path)
        prepared.verify()
        assert prepared.bodies == report.bodies
        assert [body.content for body in prepared.bodies] == [
            Path(body).read_bytes() for body in report.bodies
        ]
        assert prepared.run == "r"
        assert prepared.manifest["counts"]["total"] == prepared.report.total == 5
        assert prepared.report.counts == report.counts

    def test_a_changed_body_is_found_and_not_read(self, tmp_path: Path) -> None:
        report = predial.prepare(jobs_of(4), tmp_path, max_jobs=2)
        Path(report.bodies[1]).write_bytes(b"[]")
        prepared = predial.open_prepared(tmp_path)
        for call in (prepared.verify, lambda: prepared.bodies[1].content):
            with pytest.raises(ValueError, match=r"000002\.json is not the body"):
                call()
        Path(report.bodies[1]).unlink()
        with pytest.raises(FileNotFoundError):
            prepared.verify()

    def test_a_directory_without_a_manifest_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            predial.open_prepared(tmp_path)
        (tmp_path / "manifest.json").write_text("{}")
        with pytest.raises(ValueError, match=r"manifest\.json"):
            predial.open_prepared(tmp_path)


def test_the_module_has_no_check_of_its_own() -> None:
    assert set(_in_memory.__all__) <= set(predial.__all__)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("file", "../secret.json", "its file has another name"),
        ("file", "/etc/passwd", "its file has another name"),
        ("jobs", 3, "its rows are not as many as its jobs"),
        ("rows", [[5, 0]], "its rows are not as many as its jobs"),
        ("rows", [[0, 2**64 - 1], [0, 2**64 - 1]], "its rows are not as many as its jobs"),
        ("idempotence_key", "x", "its idempotence key is that of another body"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(
    tmp_path: Path, field: str, value: object, why: str
) -> None:
    """Sending would read another file, send a body under the key of another, or lose a row."""
    predial.prepare([{"phone": "79110000000"}, {"phone": "79110000001"}], tmp_path / "out")
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_bytes())
    assert predial.open_prepared(tmp_path / "out").bodies
    manifest["bodies"][0][field] = value
    path.write_text(json.dumps(manifest))
    with pytest.raises(ValueError, match=f"contradicts itself: {why}"):
        predial.open_prepared(tmp_path / "out")
