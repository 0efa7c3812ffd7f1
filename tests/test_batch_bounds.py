"""A bound on memory for any file of text: 256 MiB, and the longest row that is read.

A process also needs the table of distinct phones. Each case runs under a limit on the address space
of its process (`RLIMIT_AS`), which ends the process if it needs more.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the limit is that of Linux"),
]

BOUNDED = """
import io, resource, sys, tempfile, zlib
import predial, zstandard

MIB = 1 << 20
X = b"x" * MIB

class Made:
    \"\"\"A binary file of the pieces of an iterator.\"\"\"

    def __init__(self, pieces):
        self.pieces, self.left = iter(pieces), b""

    def read(self, size):
        self.left = self.left or next(self.pieces, b"")
        some, self.left = self.left[:size], self.left[size:]
        return some

def chain(*parts):
    for part in parts:
        yield from [part] if isinstance(part, bytes) else part

def times(piece, size):
    return (piece for _ in range(size // len(piece)))

def plain(pieces):
    return Made(pieces)

def packed(packer, pieces):
    return io.BytesIO(b"".join([packer.compress(piece) for piece in pieces] + [packer.flush()]))

def gzip(pieces):
    return packed(zlib.compressobj(1, zlib.DEFLATED, 31), pieces)

def zstd(pieces, window_log=27):
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=window_log)
    return packed(zstandard.ZstdCompressor(compression_params=parameters).compressobj(), pieces)

def utf16(pieces):
    return Made(chain(b"\\xff\\xfe", (piece.decode().encode("utf-16-le") for piece in pieces)))

def size_of_process():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()

def bounded(limit=256 * MIB + 64 * MIB):
    \"\"\"From here on the process may grow by this much.\"\"\"
    predial.check(b'{"phone": 79123456789}')
    resource.setrlimit(resource.RLIMIT_AS, (size_of_process() + limit,) * 2)

def result_of(source, prepare=True, **options):
    try:
        if prepare:
            with tempfile.TemporaryDirectory() as out:
                report = predial.prepare(source, out + "/out", max_diagnostics=9, **options)
        else:
            report = predial.check(source, **options)
    except predial.SourceError as error:
        return "error:", error.message
    return report.total, report.clean, report.repaired, dict(report.counts)

def show(*values, **options):
    print(*result_of(*values, **options), flush=True)

JOB, END = b'{"phone": "79123456789", "payload": {"a": "', b'"}}'
NEXT = b'{"phone": "+7 912 345-67-80", "payload": {"a": "'
"""


def run(script: str) -> list[str]:
    # Each thread of glibc reserves 64 MiB of addresses for what it may allocate, and uses few.
    environment = {"MALLOC_ARENA_MAX": "1", "RUST_BACKTRACE": "0"}
    child = subprocess.run(
        [sys.executable, "-c", BOUNDED + script], capture_output=True, text=True, env=environment
    )
    assert (child.returncode, child.stderr) == (0, "")
    return child.stdout.splitlines()


#: A gibibyte in one row or before one, and the result.
TOO_LONG = {
    "a line": (
        "JOB, times(X, SIZE), END, b'\\n', NEXT, END",
        "2 0 1 {'phone-format': 1, 'job-too-large': 1}",
    ),
    "a record": (
        "b'phone,a\\n79123456789,', times(X, SIZE), b'\\n+7 912 345-67-80,b'",
        "2 0 1 {'phone-format': 1, 'job-too-large': 1}",
    ),
    "an array": (
        "b'[', JOB, END, b',', NEXT, times(X, SIZE), END, b']'",
        "error: a job of the array is longer",
    ),
    "a header": ("b'phone,a', times(X, SIZE)", "error: the first record is longer"),
    "zeros": ("times(bytes(MIB), SIZE)", "error: the source is a binary file"),
    "zeros after a line": (
        "JOB, END, b'\\n', times(bytes(MIB), SIZE)",
        "2 1 0 {'job-too-large': 1}",
    ),
    "white space": ("times(b' ' * MIB, SIZE), JOB, END", "error: the white space"),
    "brackets": ("times(b'[' * MIB, SIZE)", "error: nested deeper"),
    "quotes": ("b'phone,a\\n', times(b'\"' * MIB, SIZE)", "1 0 0 {'job-too-large': 1}"),
    "an open quote": ("b'phone,a\\n1,\"', times(X, SIZE)", "1 0 0 {'job-too-large': 1}"),
    "many cells": ("b'phone,a\\n1', times(b',' * MIB, SIZE)", "1 0 0 {'job-too-large': 1}"),
    "blank lines": ("b'phone,a\\n', times(b'\\n' * MIB, SIZE >> 2)", "0 0 0 {}"),
}


@pytest.mark.parametrize("case", TOO_LONG)
def test_a_row_without_an_end(case: str) -> None:
    pieces, expected = TOO_LONG[case]
    script = f"""
SIZE = 400 * MIB
def pieces():
    return chain({pieces})
bounded()
show(plain(pieces()))
"""
    (shown,) = run(script)
    assert shown.startswith(expected)


@pytest.mark.parametrize("packing", ["gzip", "zstd", "utf16"])
def test_a_gigabyte_of_a_few_bytes(packing: str) -> None:
    size = "300 * MIB" if packing == "utf16" else "1 << 30"
    script = f"""
source = {packing}(chain(b"phone,a\\n79123456789,", times(X, {size}), b"\\n79123456780,b\\n"))
bounded()
show(source)
"""
    assert run(script) == ["2 1 0 {'job-too-large': 1}"]


#: Rows of 60 MiB: one that is sent, one that is repaired, one that is rejected.
LONG_ROWS = {
    "lines": (
        "JOB, times(X, SIZE), END, b'\\n', NEXT, times(X, SIZE), END, b'\\n', "
        "JOB, times(X, SIZE), END, b'x\\n'",
        "3 1 1 {'phone-format': 1, 'job-syntax': 1}",
    ),
    "an array": (
        "b'[', JOB, times(X, SIZE), END, b',\\n', NEXT, times(X, SIZE), END, b',\\n', "
        "JOB, times(X, SIZE), b'\"\\n}\\n}]'",
        "3 1 1 {'phone-format': 1, 'phone-duplicate': 1}",
    ),
    "records": (
        "b'phone,a\\n79123456789,', times(X, SIZE), b'\\n+7 912 345-67-80,', times(X, SIZE), "
        "b'\\n79123456789,', times(X, SIZE)",
        "3 1 1 {'phone-format': 1, 'phone-duplicate': 1}",
    ),
}


@pytest.mark.parametrize("case", LONG_ROWS)
@pytest.mark.parametrize("packing", ["plain", "zstd"])
def test_rows_as_long_as_they_may_be(case: str, packing: str) -> None:
    """The window of the zstd data has the largest size that is accepted: 128 MiB."""
    pieces, expected = LONG_ROWS[case]
    script = f"""
SIZE = 60 * MIB
source = {packing}(chain({pieces}))
bounded()
show(source, set={{"maxAttempts": 3}})
"""
    assert run(script) == [expected]


SMALL_ROWS = {
    "lines that are not JSON": ("times(b'x\\n' * MIB, 2 * MIB)", "'job-syntax'", "ndjson"),
    "elements that are not jobs": (
        "b'[1', times(b',1' * MIB, 4 * MIB), b']'",
        "'job-not-object'",
        "json",
    ),
    "quotes that do not match": (
        "b'phone,a\\n', times(b'\"a\\n' * MIB, 3 * MIB)",
        "'record-quotes'",
        "csv",
    ),
}


@pytest.mark.parametrize("case", SMALL_ROWS)
def test_rows_of_a_few_bytes_of_which_much_is_said(case: str) -> None:
    pieces, rule, form = SMALL_ROWS[case]
    script = f"""
source = plain(chain({pieces}))
bounded()
show(source, threads=3, input_format={form!r})
"""
    (shown,) = run(script)
    assert rule in shown


HOSTILE_JOBS = {
    "fields": ("JOB, END[:-1], times(b',\"a\":1' * MIB, SIZE), b'}'", "job-too-large"),
    "an external check": (
        "JOB, END[:-1], b',\"externalCheck\":{\"a\":1', times(b',\"a\":1' * MIB, SIZE), b'}}'",
        "job-too-large",
    ),
    "days": (
        "JOB, END[:-1], b',\"allowedDays\":[\"a\"', times(b',\"a\"' * MIB, SIZE), b']}'",
        "job-too-large",
    ),
    "a phone of digits": ("b'{\"phone\": \"', times(b'7' * MIB, SIZE), b'\"}'", "phone-too-long"),
    "a phone of numbers": (
        "b'{\"phone\": \"', times(b'+7 912 345-67-89, ' * 60_000, SIZE), b'\"}'",
        "phone-too-long",
    ),
    "a phone of escapes": (
        "b'{\"phone\": \"', times(b'\\\\u0000' * 100_000, SIZE), b'\"}'",
        "phone-too-long",
    ),
    "a zone": ("b'{\"gmtZone\": \"', times(b'+' * MIB, SIZE), b'\"}'", "zone-syntax"),
    "a name": ("JOB, END[:-1], b',\"', times(X, SIZE), b'\":1}'", "job-unknown-field"),
    "a name of escapes": (
        "JOB, END[:-1], b',\"', times(b'\\\\u0041' * 100_000, SIZE), b'\":1}'",
        "job-unknown-field",
    ),
    "levels": ("b'{\"phone\": ', times(b'[' * MIB, SIZE), b'}'", "job-syntax"),
    "escapes in a record": ("b'phone,a\\n1,', times(bytes(MIB), SIZE)", "job-too-large"),
}


def test_jobs_that_mean_harm() -> None:
    for case, (pieces, rule) in HOSTILE_JOBS.items():
        script = f"""
SIZE = 40 * MIB
source = plain(chain({pieces}))
bounded()
show(source, input_format=None if b"phone,a" in next(chain({pieces})) else "ndjson")
"""
        (shown,) = run(script)
        assert rule in shown, case


def test_policies_that_are_all_different() -> None:
    script = """
def policies():
    more = b"".join(b',"a%d":1' % place for place in range(800))
    for number in range(2_000):
        yield b'{"phone":"7912%07d","externalCheck":{"k%d":1%s}}\\n' % (number, number, more)
source = plain(policies())
bounded(100 * MIB)
show(source, max_row_bytes="1 MiB")
"""
    (shown,) = run(script)
    assert shown.startswith("2000 0 0")


def test_jobs_that_wait_for_another_body() -> None:
    """With `duplicates="job"` a phone that comes again waits for the next body."""
    script = """
def jobs():
    for number in range(300):
        yield b'{"phone":"79123456789","payload":{"n":%d,"a":"%s"}}\\n' % (number, X)
source = plain(jobs())
bounded(100 * MIB)
show(source, duplicates="job")
"""
    assert run(script) == ["300 300 0 {}"]


@pytest.mark.parametrize("layout", ["lines", "an array", "records"])
@pytest.mark.parametrize("packing", ["plain", "gzip", "zstd"])
def test_where_memory_is_short_the_source_is_said_to_be_at_fault(layout: str, packing: str) -> None:
    pieces, _ = LONG_ROWS[layout]
    script = f"""
SIZE = 60 * MIB
source = {packing}(chain({pieces}))
bounded(40 * MIB)
show(source)
"""
    (shown,) = run(script)
    assert shown.startswith("error: there is not enough memory")
