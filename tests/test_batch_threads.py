"""Threads change nothing but the time: reports, files and failures are those of one thread."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import predial
from batch_strategies import Batch, batches, jobs
from predial import _core
from table_strategies import Table, tables

pytestmark = pytest.mark.slow

NOW = 1_800_000_000
Duplicates = Literal["phone", "job", "allow"]

#: The outcome of a run: the report, how its source failed, and the files.
Outcome = tuple[object, object, dict[str, bytes]]


def options(
    threads: int,
    block: int | None,
    duplicates: Duplicates = "phone",
    input_format: str | None = None,
    delimiter: str | None = None,
) -> dict[str, object]:
    return {
        "delimiter": delimiter,
        "region": None,
        "prefer": None,
        "level": "possible",
        "now": NOW,
        "repair": True,
        "canonical": False,
        "campaign": None,
        "night": "22:00-08:00",
        "duplicates": duplicates,
        "input_format": input_format,
        "max_diagnostics": 7,
        "threads": threads,
        "block": block,
    }


def fields_of(report: predial.Report) -> dict[str, object]:
    names = ("total", "clean", "repaired", "rejected", "warned", "counts", "notes")
    of_each = [
        "row",
        "line",
        "field",
        "rule",
        "severity",
        "message",
        "value",
        "suggestion",
        "offset",
    ]
    diagnostics = [
        [getattr(diagnostic, name) for name in of_each] for diagnostic in report.diagnostics
    ]
    bodies = [(body.jobs, body.rows, body.idempotence_key) for body in report.bodies]
    numbers = {name: getattr(report, name) for name in names}
    return numbers | {"diagnostics": diagnostics, "bodies": bodies}


def prepared(source: object, opts: dict[str, object], max_jobs: int = 3) -> Outcome:
    """Prepare into a new directory, in the same way as `predial.prepare`."""
    with TemporaryDirectory() as directory:
        out = Path(directory, "out")
        output = OUTPUT | {"out": str(out), "max_jobs": max_jobs}
        try:
            report, failure, _ = _core.prepare_batch(source, "ndjson", opts, output, None, None)
        except predial.ListError as refusal:
            assert not out.exists()
            return {"refused": str(refusal)}, None, {}
        files = {
            str(file.relative_to(out)): file.read_bytes()
            for file in sorted(out.rglob("*"))
            if file.is_file()
        }
        return fields_of(report), failure, files


OUTPUT: dict[str, object] = {
    "max_bytes": None,
    "run": "test",
    "overwrite": False,
    "resume": False,
    "source": None,
}


class Trickle(io.RawIOBase):
    """A file that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data = io.BytesIO(data)
        self.size = size

    def read(self, size: int = -1, /) -> bytes:
        return self.data.read(min(size, self.size))


def agree(
    source: bytes,
    duplicates: Duplicates,
    block: int,
    trickle: int,
    input_format: str | None = None,
    delimiter: str | None = None,
) -> Outcome:
    """Every way to read the source gives the result of one thread, which is returned."""
    plain = prepared(source, options(1, None, duplicates, input_format, delimiter))
    for threads in (2, 5):
        opts = options(threads, block, duplicates, input_format, delimiter)
        assert prepared(source, opts) == plain
        assert prepared(Trickle(source, trickle), opts) == plain
    return plain


KINDS: tuple[Duplicates, ...] = ("phone", "job", "allow")
kinds = st.sampled_from(KINDS)
untimed = settings(deadline=None)
sizes = st.integers(1, 200)
TABLE_NOISE = (
    '"',
    '""',
    "\n",
    "\r\n",
    "\r",
    ",",
    "79123456789",
    "12015550123",
    "a",
    "ж",
    " ",
    ",a\n",
)


@untimed
@given(batches(max_rows=25), kinds, sizes, sizes)
def test_any_batch_comes_out_the_same(
    batch: Batch, duplicates: Duplicates, block: int, trickle: int
) -> None:
    report, _, _ = agree(batch.source, duplicates, block, trickle, batch.format)
    assert isinstance(report, dict)
    assert report["total"] == len(batch.rows)


@untimed
@given(batches(max_rows=12), kinds, sizes, sizes, st.integers(0, 3000), st.binary(max_size=3))
def test_any_harm_is_found_at_the_same_place(
    batch: Batch, duplicates: Duplicates, block: int, trickle: int, at: int, harm: bytes
) -> None:
    at = min(at, len(batch.source))
    agree(batch.source[:at] + harm + batch.source[at + 1 :], duplicates, block, trickle)
    agree(batch.source[:at], duplicates, block, trickle)


@untimed
@given(tables(max_rows=25), kinds, sizes, sizes)
def test_any_table_comes_out_the_same(
    table: Table, duplicates: Duplicates, block: int, trickle: int
) -> None:
    agree(table.source, duplicates, block, trickle, "csv", table.delimiter)


@untimed
@given(
    tables(max_rows=9, ends=("\n", "\r\n", "\r")),
    sizes,
    sizes,
    st.integers(0, 500),
    st.sampled_from([b'"', b'""', b'"\n', b'","', b"\xff", b"\n", b"\r", b"", b",", b'a"']),
)
def test_a_table_that_was_harmed_comes_out_the_same(
    table: Table, block: int, trickle: int, at: int, harm: bytes
) -> None:
    at = min(at, len(table.source))
    agree(
        table.source[:at] + harm + table.source[at + 1 :],
        "phone",
        block,
        trickle,
        "csv",
        table.delimiter,
    )


@untimed
@given(st.lists(st.sampled_from(TABLE_NOISE), max_size=30).map("".join), sizes, sizes)
def test_what_looks_like_a_table_comes_out_the_same(text: str, block: int, trickle: int) -> None:
    agree(f"phone,b\n{text}".encode(), "phone", block, trickle, "csv", ",")


#: Elements of an array; some look like the beginning of another.
ELEMENTS = [
    b'{"phone": "79123456789"}',
    b'{"phone": "+7912 3456780", "payload": {"a": "}, {\\"phone\\": "}}',
    b'{"phone": 1, "a": {"phone": 2}}',
    b"[1, 2]",
    b"3",
    b'"x"',
    b"null",
]
HARMS = [b"\xff", b"\xd0", b"\x01", b"x", b'"', b"}", b"]", b",", b"{", b"["]


@untimed
@given(
    elements=st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=9),
    places=st.lists(st.tuples(st.floats(0, 1), st.sampled_from(HARMS)), max_size=2),
    keeps=st.floats(0, 1),
    block=st.integers(1, 80),
    trickle=st.integers(1, 30),
)
def test_what_a_broken_array_is_reported_for(
    elements: list[bytes],
    places: list[tuple[float, bytes]],
    keeps: float,
    block: int,
    trickle: int,
) -> None:
    source = b"[" + b", ".join(elements) + b"]"
    for place, harm in places:
        at = int(place * len(source))
        source = source[:at] + harm + source[at:]
    source = source[: max(1, int(keeps * 2 * len(source)))]
    agree(source, "allow", block, trickle, input_format="json")


def test_an_array_that_breaks_right_after_a_job() -> None:
    job = b'{"phone": 79123456789}'
    for harm in (b"\xd0", b"\xff", b"\x00", b"x", b"{"):
        for count in (1, 2, 3):
            source = b"[" + b",".join([job] * count) + harm + job + b"]"
            for block in (1, 25, 30, 1000):
                report, failure, _ = agree(source, "allow", block, 7, input_format="json")
                assert isinstance(report, dict)
                assert report["total"] == count
                assert failure is not None


@untimed
@given(
    st.lists(
        st.text('a\n"', max_size=9).map(lambda text: '"' + text.replace('"', '""') + '"'),
        min_size=1,
        max_size=40,
    ),
    sizes,
)
def test_line_breaks_in_quotes_right_where_blocks_are_cut(cells: list[str], block: int) -> None:
    rows = [f"{79123456000 + number},{cell}\n" for number, cell in enumerate(cells)]
    report, failure, _ = agree(f"phone,s\n{''.join(rows)}".encode(), "phone", block, 64, "csv")
    assert failure is None
    assert isinstance(report, dict)
    assert (report["total"], report["clean"]) == (len(rows), len(rows))


def test_a_table_of_many_blocks() -> None:
    """Line breaks in quotes, plain cells with a quote, and a quote that is never closed."""
    cells = ["plain", '"a\nb"', '5" pipe', '"x""\n""y"', ""]
    rows = [f"{79000000000 + i % 7000},{cells[i % 5]},{i}" for i in range(20_000)]
    rows[15_000] += ',"'
    source = "phone,s,n\n" + "\n".join(rows)
    plain = prepared(source.encode(), options(1, None, input_format="csv"), 999)
    for block in (1000, 4096, 100_000):
        assert prepared(source.encode(), options(3, block, input_format="csv"), 999) == plain
        assert (
            prepared(Trickle(source.encode(), 30_000), options(2, block, input_format="csv"), 999)
            == plain
        )
    report, _, _ = plain
    assert isinstance(report, dict)
    assert (report["total"], report["counts"]) == (
        20_000,
        {"phone-duplicate": 12_999, "record-quotes": 1},
    )


@untimed
@given(
    st.lists(jobs(line_breaks=True), min_size=1, max_size=6),
    st.lists(st.sampled_from([",", "},{", '"', "[", "]", '"phone"', "\\", " "]), max_size=9),
    sizes,
)
def test_what_looks_like_a_boundary_is_none(texts: list[str], noise: list[str], block: int) -> None:
    """Jobs inside payloads and inside strings, exactly at the places where blocks would be cut."""
    rows = [
        f'{{"phone":"79{number:09}","payload":{{"s":{json.dumps("".join(noise))},'
        f'"jobs":[{",".join(texts)}]}}}}'
        for number in range(6)
    ]
    report, failure, _ = agree(f"[{','.join(rows)}]".encode(), "phone", block, 64)
    assert failure is None
    assert isinstance(report, dict)
    assert report["total"] == len(rows)


@untimed
@given(st.lists(st.sampled_from(["1", "null", "[]", '"},{"', "[1,[2]]"]), max_size=40), sizes)
def test_an_array_without_jobs(values: list[str], block: int) -> None:
    agree(f"[{' , '.join(values)}]".encode(), "phone", block, 5)


@pytest.mark.parametrize("duplicates", KINDS)
@pytest.mark.parametrize("layout", ["json", "ndjson"])
def test_a_batch_of_many_blocks(layout: str, duplicates: Duplicates) -> None:
    rows = [
        f'{{"phone": {79000000000 + number % 7000}, "payload": {{"n": {number % 11000}}}}}'
        for number in range(20_000)
    ]
    source = "\n".join(rows) if layout == "ndjson" else f"[{', '.join(rows)}]"
    plain = prepared(source.encode(), options(1, None, duplicates), 999)
    assert prepared(source.encode(), options(4, 4096, duplicates), 999) == plain
    report, _, _ = plain
    assert isinstance(report, dict)
    doubled = {"phone": 13_000, "job": 0, "allow": 0}[duplicates]
    assert report["rejected"] == doubled


def test_a_row_longer_than_many_blocks() -> None:
    long = f'{{"phone": 79123456789, "payload": {{"s": "{"},{" * 50_000}"}}}}'
    rows = ['{"phone": 33612345678}', long, '{"phone": 12015550123}']
    for source in ("\n".join(rows), f"[{','.join(rows)}]", f"[{','.join(rows)}"):
        agree(source.encode(), "phone", 1000, 30_000)


@pytest.mark.parametrize("at", [0, 1, 4_999, 9_999])
def test_an_error_in_the_middle_leaves_the_report_before_it(at: int) -> None:
    rows = [f'{{"phone": {79000000000 + number}}}' for number in range(10_000)]
    rows[at] = '{"phone": nope}'
    source = f"[{', '.join(rows)}]".encode()
    opts = options(3, 1000)
    report, failure = _core.check_batch(source, "ndjson", opts, None)
    plain = _core.check_batch(source, "ndjson", options(1, None), None)
    assert (fields_of(report), failure) == (fields_of(plain[0]), plain[1])
    assert report.total == at
    assert failure is not None
    assert failure[3] == source.index(b"nope") + 1


class TestExceptions:
    SOURCE = b"\n".join(b'{"phone": %d}' % (79_000_000_000 + number) for number in range(50_000))

    def test_of_the_source(self) -> None:
        class Failing(Trickle):
            def read(self, size: int = -1, /) -> bytes:
                if self.data.tell() > len(self.data.getvalue()) // 2:
                    raise LookupError("gone")
                return super().read(size)

        with pytest.raises(LookupError, match="gone"):
            _core.check_batch(Failing(self.SOURCE, 5_000), "ndjson", options(3, 1000), None)

    def test_of_the_progress_callback(self, tmp_path: Path) -> None:
        def progress(rows: int, _bytes: int, _rejected: int) -> None:
            raise LookupError(rows)

        output = OUTPUT | {"out": str(tmp_path / "out"), "max_jobs": 3000}
        with pytest.raises(LookupError):
            _core.prepare_batch(Endless(), "ndjson", options(3, 1000), output, None, progress)
        assert not (tmp_path / "out" / "manifest.json").exists()


class Endless:
    """A file that never ends, of faulty rows."""

    def read(self, size: int, /) -> bytes:
        return b'{"phone": 1}\n' * (size // 13)


INTERRUPTED = """
import os, signal, sys, threading
import predial

class Endless:
    def read(self, size):
        return b'{"phone": 1}\\n' * (size // 13)

threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    predial.prepare(Endless(), sys.argv[1], threads=3)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_ends_a_run_on_threads(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path / "out")],
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert run.stdout == b"interrupted\n"
    assert not (tmp_path / "out" / "manifest.json").exists()


LINES = b"".join(b'{"phone":"7912%07d"}\n' % row for row in range(40_000))


@pytest.mark.parametrize("threads", [1, 2])
def test_what_a_slow_source_has_brought_is_judged_before_it_is_asked_for_more(threads: int) -> None:
    part = 1 << 16
    asked = 0
    seen: list[int] = []

    class Drip(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, into: Any, /) -> int:
            nonlocal asked
            given = LINES[asked * part :][:part]
            into[: len(given)] = given
            asked += 1
            # Longer than the time between two calls of `progress`.
            time.sleep(0.06)
            # A read that waits for all bytes would ask for a mebibyte.
            assert seen or asked < 8
            return len(given)

    report = predial.check(
        io.BufferedReader(Drip()), threads=threads, progress=lambda rows, *_: seen.append(rows)
    )
    assert report.clean == 40_000


def test_a_file_of_a_class_of_its_own_gives_what_its_read_does() -> None:
    class Turned(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(size)[::-1]

    assert predial.check(Turned(LINES[:240].strip()[::-1])).clean == 10


def test_a_pipe_that_does_not_wait_is_no_end_of_a_list() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.write(writing, b'{"phone":"79123456789"}\n')
    with open(writing, "wb"), open(reading, "rb") as pipe, pytest.raises(TypeError, match="read"):
        predial.check(pipe)


def test_threads_are_counted_from_one() -> None:
    job = b'{"phone": 79123456789}'
    assert predial.check(job, threads=1).clean == predial.check(job, threads=64).clean == 1
    wrong: Any
    for wrong in (0, -1, "2", 1.5):
        with pytest.raises((ValueError, TypeError), match="threads must be a whole number, 1 or"):
            predial.check(job, threads=wrong)


def test_a_check_within_a_body_finds_the_jobs_that_prepare_finds_too_large() -> None:
    """Payload is part of a job's length, and a check of a table writes it only for that."""
    filler = "x" * 200
    table = f"phone,note\n79123456780,{filler}\n79123456781,short\n".encode()
    opts = options(1, None, input_format="csv")
    checked, failure = _core.check_batch(table, "", opts | {"max_bytes": 120}, None)
    assert failure is None
    with TemporaryDirectory() as out:
        prepared = predial.prepare(table, out, max_bytes=120, input_format="csv")
    assert checked.counts == prepared.counts == {"job-too-large": 1}
