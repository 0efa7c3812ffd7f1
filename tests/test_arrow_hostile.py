"""Arrow from strangers: arrays that refer to what they don't have, and files that are damaged."""

from __future__ import annotations

import io
import random
import resource
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import predial
from arrow_strategies import arrays
from predial.cli import commands

HOSTILE = Path(__file__).parent / "data" / "hostile"
PARQUET = "pqexc_parquet_13945"

#: The bytes around those of an array, in memory that is not the array's.
SECRET = b"-SECRET-" * 8


def within_secrets(content: bytes) -> pa.Buffer:
    """A buffer of these bytes, with others before and after it."""
    return pa.py_buffer(SECRET + content + SECRET).slice(len(SECRET), len(content))


def packed(numbers: list[int], form: str = "i") -> pa.Buffer:
    return within_secrets(struct.pack(f"<{len(numbers)}{form}", *numbers))


def strings(offsets: list[int], data: bytes, of: pa.DataType | None = None) -> pa.Array:
    form = "q" if of is not None and pa.types.is_large_string(of) else "i"
    buffers = [None, packed(offsets, form), within_secrets(data)]
    return pa.Array.from_buffers(of or pa.string(), len(offsets) - 1, buffers)


def arrow_stream(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=20)
    return sink.getvalue()


def smuggled(array: pa.Array, good: bytes, bad: bytes) -> pa.RecordBatch:
    """A batch of this column, `note`, with other bytes in a buffer, as it comes out of a stream.
    Whatever else makes arrays refuses some, such as a last offset beyond the bytes.
    """
    content = arrow_stream(pa.table({"phone": [1, 2], "note": array}))
    assert content.count(good) == 1
    with pa.ipc.open_stream(content.replace(good, bad)) as reader:
        return reader.read_next_batch()


def ending(offsets: list[int], form: str = "i") -> pa.RecordBatch:
    """Two texts with these offsets, of which the first is 0, and 22 bytes."""
    of = pa.string() if form == "i" else pa.large_string()
    array = pa.array(["79123456789", "79123456780"], of)
    good, bad = (struct.pack(f"<3{form}", *each) for each in ([0, 11, 22], offsets))
    return smuggled(array, good, bad)


def views(*parts: tuple[int, bytes, int, int]) -> pa.Array:
    """Texts of these lengths that begin so and are at this place of this buffer, out of one."""
    held = b"".join(struct.pack("<i4sii", *part) for part in parts)
    data = within_secrets(b"79123456789 and more bytes than a view holds")
    return pa.Array.from_buffers(pa.string_view(), len(parts), [None, within_secrets(held), data])


def keys(numbers: list[int], values: pa.Array, form: str = "i") -> pa.Array:
    of = {"i": pa.int32(), "b": pa.int8(), "q": pa.int64(), "B": pa.uint8()}[form]
    buffers = [None, packed(numbers, form)]
    return pa.DictionaryArray.from_buffers(
        pa.dictionary(of, values.type), len(numbers), buffers, values
    )


def lists(offsets: list[int], items: pa.Array) -> pa.Array:
    return pa.Array.from_buffers(
        pa.list_(items.type), len(offsets) - 1, [None, packed(offsets)], children=[items]
    )


def list_views(offsets: list[int], sizes: list[int], items: pa.Array) -> pa.Array:
    buffers = [None, packed(offsets), packed(sizes)]
    return pa.Array.from_buffers(pa.list_view(items.type), len(offsets), buffers, children=[items])


def runs(ends: list[int]) -> pa.RecordBatch:
    """Two runs of a text each that end there, and have two rows."""
    good = pa.RunEndEncodedArray.from_arrays(pa.array([1, 2], pa.int32()), PHONES)
    return smuggled(good, struct.pack("<2i", 1, 2), struct.pack("<2i", *ends))


PHONES = pa.array(["79123456789", "79123456780"])
INNER = strings([0, 1 << 30, 22], b"7912345678979123456780")
LONG = (44, b"7912", 0, 0)

#: Arrays of two rows that refer to what they don't have.
BROKEN = {
    "an offset beyond the bytes": strings([0, 1 << 30, 22], b"7912345678979123456780"),
    "a negative offset": strings([0, -400, 22], b"7912345678979123456780"),
    "offsets that go back": strings([0, 20, 11], b"7912345678979123456780"),
    "a last offset beyond the bytes": ending([0, 11, 2_000_000_000]),
    "a last offset a little beyond": ending([0, 11, 23]),
    "a negative last offset": ending([0, 11, -1]),
    "a first and last offset beyond the bytes": ending([1 << 30, 1 << 30, 1 << 30]),
    "large offsets": strings([0, 1 << 60, 22], b"7912345678979123456780", pa.large_string()),
    "a large last offset": ending([0, 11, 1 << 60], "q"),
    "a view of too much": views(LONG, (1 << 30, b"7912", 0, 0)),
    "a view of bytes after the end": views(LONG, (20, b"7912", 0, 40)),
    "a view before the start": views(LONG, (20, b"7912", 0, -30)),
    "a view of another buffer": views(LONG, (20, b"7912", 7, 0)),
    "a view of a negative length": views(LONG, (-5, b"7912", 0, 0)),
    "a key beyond the dictionary": keys([0, 5], PHONES),
    "a negative key": keys([0, -1], PHONES),
    "a negative key of a byte": keys([0, -128], PHONES, "b"),
    "a huge key": keys([0, 1 << 60], PHONES, "q"),
    "a key into an empty dictionary": keys([0, 0], PHONES.slice(0, 0), "B"),
    "a dictionary of broken texts": keys([0, 1], INNER),
}

#: The same of types that only a table has.
BROKEN_NESTED = {
    "a list beyond its items": lists([0, 1 << 20, 2], PHONES),
    "a last list beyond its items": smuggled(
        pa.array([["79123456789"], ["79123456780"]]),
        struct.pack("<3i", 0, 1, 2),
        struct.pack("<3i", 0, 1, 1 << 20),
    ),
    "a list that goes back": lists([0, 2, 1], PHONES),
    "a negative list": lists([0, -3, 1], PHONES),
    "a list of broken texts": lists([0, 1, 2], INNER),
    "a list view beyond its items": list_views([0, 1], [1, 1 << 20], PHONES),
    "a negative list view": list_views([0, -1], [1, 1], PHONES),
    "runs that end early": runs([1, 1]),
    "runs that go back": runs([2, 1]),
    "runs that end before they begin": runs([-1, 2]),
    "a struct of broken texts": pa.StructArray.from_arrays(
        [INNER], ["a"]
    ),
}  # fmt: skip


class Foreign:
    """An array as exported by a library that is not pyarrow."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def __arrow_c_array__(self, requested_schema: object = None) -> Any:
        return self._array.__arrow_c_array__(requested_schema)


def refused(check: Any, source: Any, match: str = "broken") -> None:
    with pytest.raises(ValueError, match=match) as caught:
        check(source)
    assert "SECRET" not in str(caught.value)


ALL_BROKEN = BROKEN | BROKEN_NESTED


def batch_of(case: str) -> pa.RecordBatch:
    """The batch of a case."""
    note = ALL_BROKEN[case]
    if isinstance(note, pa.RecordBatch):
        return note
    return pa.record_batch({"phone": [1, 2], "note": note})


@pytest.mark.parametrize("case", BROKEN)
def test_a_column_that_is_broken_is_refused(case: str) -> None:
    array = batch_of(case).column("note")
    with pytest.raises(pa.ArrowException):
        array.validate(full=True)
    for column in (array, pa.chunked_array([array])):
        for check in (predial.check_phones, predial.check_zones):
            refused(check, column, "broken|offset|Offset")


@pytest.mark.parametrize("case", ALL_BROKEN)
def test_a_table_that_is_broken_is_refused(case: str, tmp_path: Path) -> None:
    batch = batch_of(case)
    reader = pa.RecordBatchReader.from_batches(batch.schema, [batch])
    for check in (predial.check, predial.check_table):
        refused(check, batch, "note.* is broken")
    refused(predial.check, reader, "note.* is broken")
    refused(lambda source: predial.prepare(source, tmp_path / "out"), batch, "note.* is broken")
    assert not (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.parametrize("case", ALL_BROKEN)
def test_pandas_is_no_way_around(case: str) -> None:
    array = pa.chunked_array([batch_of(case).column("note")])
    series = pd.Series(pd.arrays.ArrowExtensionArray(array))
    frame = pd.DataFrame({"phone": ["79123456789", "79123456780"], "note": series})
    refused(predial.check, frame, "note.* is broken|offset")
    if case in BROKEN:
        refused(predial.check_phones, series, "broken|offset|Offset")


#: All but those whose last offset is wrong: of other libraries' arrays nothing else says how large
#: they are.
FOREIGN = [case for case in ALL_BROKEN if " last " not in case]


@pytest.mark.parametrize("case", FOREIGN)
def test_other_libraries_are_no_way_around(case: str) -> None:
    batch = batch_of(case)
    for check in (predial.check, predial.check_table):
        refused(check, Foreign(batch), '"note" is broken')
    if case in BROKEN:
        refused(predial.check_phones, Foreign(batch.column("note")))
        refused(predial.check_zones, Foreign(batch.column("note")))


#: More rows than any memory has room to answer, in nearly no bytes.
ENDLESS = {
    "nulls": pa.Array.from_buffers(pa.null(), 1 << 46, [None]),
    "structs of nothing": pa.Array.from_buffers(pa.struct([]), 1 << 46, [None], children=[]),
    "bytes of no length": pa.Array.from_buffers(
        pa.binary(0), 1 << 46, [None, pa.py_buffer(b"")]
    ),
    "one run": pa.RunEndEncodedArray.from_arrays(pa.array([1 << 46]), PHONES[:1]),
}  # fmt: skip


@pytest.mark.parametrize("case", ENDLESS)
def test_a_column_without_end_is_an_error_of_memory(case: str) -> None:
    for column in (ENDLESS[case], Foreign(ENDLESS[case])):
        for check in (predial.check_phones, predial.check_zones):
            with pytest.raises(MemoryError, match="not enough memory for the answer"):
                check(column)


def test_what_is_written_out_for_each_item_has_a_bound() -> None:
    nothing = pa.struct([])
    items = pa.Array.from_buffers(nothing, 1 << 44, [None], children=[])
    of = pa.list_(pa.field("item", nothing, nullable=False), 1 << 28)
    lists = pa.Array.from_buffers(of, 1 << 16, [pa.py_buffer(b"\1" * (1 << 13))], children=[items])
    values = pa.Array.from_buffers(pa.null(), 1 << 40, [None])
    for array in (lists, keys([0, 1], values, "b")):
        phones = pa.array(["79123456789"] * len(array))
        cases: list[tuple[Any, Any]] = [
            (predial.check_phones, array),
            (predial.check_zones, Foreign(array)),
            (predial.check, pa.record_batch({"phone": phones, "note": array})),
        ]
        for check, source in cases:
            with pytest.raises(ValueError, match=r"is broken: its? (dictionary )?has"):
                check(source)


def test_a_null_row_may_refer_to_anything() -> None:
    numbers = packed([0, 99])
    array = pa.DictionaryArray.from_buffers(
        pa.dictionary(pa.int32(), pa.string()), 2, [pa.py_buffer(b"\1"), numbers], PHONES
    )
    assert pa.array(predial.check_phones(array).normalized).to_pylist() == ["79123456789", None]
    assert predial.check(pa.table({"phone": array})).counts == {"phone-missing": 1}


def test_texts_of_a_table_are_utf_8() -> None:
    broken = strings([0, 2, 4], b"ab\xff\xfe")
    table = pa.table({"phone": PHONES, "note": broken})
    for check in (predial.check, predial.check_table):
        refused(check, table, '"note" is broken')


@pytest.mark.parametrize(
    "values", [pa.nulls(2), pa.array([None, None], pa.string()), pa.array(["79123456789", None])]
)
def test_values_of_a_dictionary_may_be_null(values: pa.Array) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([1, 1, None]), values)
    answer = predial.check_phones(column, details=True)
    assert pa.array(answer.normalized).to_pylist() == [None] * 3
    assert pa.array(answer.rules).to_pylist() == [None] * 3
    assert pa.array(answer.time_zones).to_pylist() == [None] * 3
    table = pa.table({"phone": column, "gmtZone": column, "a": column})
    assert predial.check(table).counts == {"phone-missing": 3}
    checked = pa.table(predial.check_table(table))
    assert checked.column("phone").to_pylist() == [None] * 3


def chopped(array: pa.Array, draw: Any) -> pa.Array:
    """The array with some bytes of one of its buffers changed, or one of its children chopped."""
    of = array.type
    buffers = array.buffers()
    place = draw(st.integers(0, len(buffers) - 1))
    if buffers[place] is None or buffers[place].size == 0 or pa.types.is_nested(of):
        return array
    if pa.types.is_dictionary(of) or pa.types.is_run_end_encoded(of):
        return array
    content = bytearray(buffers[place].to_pybytes())
    at = draw(st.integers(0, len(content) - 1))
    change = draw(st.sampled_from([b"\xff", b"\0", b"\x7f", b"\xff\xff\xff\x7f", b"\0\0\0\x80"]))
    content[at : at + len(change)] = change[: len(content) - at]
    buffers[place] = within_secrets(bytes(content))
    try:
        return pa.Array.from_buffers(of, len(array), buffers, offset=array.offset)
    except pa.ArrowInvalid:
        reject()


@st.composite
def chopped_tables(draw: st.DrawFn) -> pa.RecordBatch:
    count = draw(st.integers(1, 4))
    column = chopped(draw(arrays(count, depth=0)), draw)
    kind = draw(st.sampled_from(["plain", "list", "dictionary", "struct"]))
    if kind == "list":
        column = pa.ListArray.from_arrays(pa.array([0, count]), column)
    elif kind == "dictionary" and not pa.types.is_null(column.type):
        column = pa.DictionaryArray.from_arrays(pa.array([0] * count), column)
    elif kind == "struct":
        column = pa.StructArray.from_arrays([column], ["a"])
    phones = pa.array(["79123456789"] * len(column))
    return pa.record_batch({"phone": phones, "a": column, "payload.b": column})


@pytest.mark.slow
@settings(max_examples=400)
@given(chopped_tables())
def test_nothing_is_shown_that_is_not_the_array_s(batch: pa.RecordBatch) -> None:
    for check in (predial.check_table, lambda jobs: predial.check_phones(jobs.column(1))):
        try:
            answer = check(batch)
        except ValueError as error:
            shown = str(error)
        else:
            column = answer.normalized if isinstance(answer, predial.Column) else answer
            shown = str(pa.chunked_array(column))
        assert "SECRET" not in shown


TABLE = pa.table(
    {
        "phone": [f"7912{number:07}" for number in range(60)],
        "gmtZone": pa.array(["+3", "MSK", None] * 20).dictionary_encode(),
        "name": pa.array([f"name {number}" for number in range(60)], pa.string_view()),
        "tags": [["a"] * (number % 3) for number in range(60)],
        "debt": [{"sum": number / 4} for number in range(60)],
    }
)


def arrow_file(table: pa.Table, compression: str | None = None, rows: int = 20) -> bytes:
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def parquet_file(table: pa.Table, compression: str | None = "snappy", rows: int = 20) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression=compression or "none", row_group_size=rows)
    return sink.getvalue()


FILES = {
    "arrow": arrow_file(TABLE),
    "arrow.zst": arrow_file(TABLE, "zstd"),
    "arrows": arrow_stream(TABLE),
    "parquet": parquet_file(TABLE),
    "parquet.gz": parquet_file(TABLE, "gzip"),
}


@pytest.mark.parametrize("name", ["i_huge.arrow", "i_leak.arrow", "i_neg.arrow", PARQUET])
def test_files_of_strangers_are_damaged_sources(name: str, tmp_path: Path) -> None:
    path = HOSTILE / name
    for source in (path, path.read_bytes(), io.BytesIO(path.read_bytes())):
        with pytest.raises(predial.SourceError, match=r"the (Arrow|Parquet) file is damaged: "):
            predial.check(source)
    out = tmp_path / "out"
    with pytest.raises(predial.SourceError) as caught:
        predial.prepare(path, out)
    assert caught.value.report.total == 0
    assert list(out.rglob("*.json")) == []
    done = CliRunner().invoke(commands, ["check", str(path)])
    assert done.exit_code == 2
    assert "file is damaged: " in " ".join(done.output.split())


@pytest.mark.parametrize("form", FILES)
def test_a_file_that_is_cut_is_damaged(form: str, tmp_path: Path) -> None:
    content = FILES[form]
    for length in {8, 9, 12, 100, len(content) // 2, len(content) - 9}:
        with pytest.raises(predial.SourceError, match="is damaged"):
            predial.check(content[:length])
        out = tmp_path / str(length)
        with pytest.raises(predial.SourceError, match="is damaged"):
            predial.prepare(content[:length], out)
        assert list(out.rglob("*.json")) == []


def mutants(content: bytes, count: int, seed: str) -> Any:
    source = random.Random(seed)
    for _ in range(count):
        mutant = bytearray(content)
        for _ in range(source.choice([1, 1, 2, 8])):
            place = source.randrange(8, len(mutant) - 8)
            number = source.choice([0, 1, -1, 255, -400, 1 << 20, (1 << 31) - 1, -(1 << 31)])
            mutant[place : place + 4] = struct.pack("<i", number)
        yield bytes(mutant)


@pytest.mark.slow
@pytest.mark.parametrize("form", FILES)
def test_files_that_were_changed_are_read_or_damaged(form: str) -> None:
    for mutant in mutants(FILES[form], 150, form):
        # The name of the column may be what was changed.
        with suppress(predial.SourceError, predial.ListError):
            predial.check(mutant)


def test_texts_of_windows_1251_are_no_arrow() -> None:
    assert predial.check("яяяяятелефон\n79123456789\n".encode("cp1251"), encoding="cp1251",
                         map={"phone": "яяяяятелефон"}).clean == 1  # fmt: skip
    with pytest.raises(predial.SourceError, match="the Arrow file is damaged"):
        predial.check(b"\xff\xff\xff\xff\x00\x00\x00\x00")


def run(code: str, *arguments: str, cap: int | None = None) -> subprocess.CompletedProcess[str]:
    """A Python of its own, whose memory may be capped."""
    limit = None if cap is None else lambda: resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code, *arguments],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


TRUNCATES = """
import os, sys, predial
path = sys.argv[1]
def cut(rows, offset, rejected):
    os.truncate(path, os.path.getsize(path) // 3)
try:
    predial.check(path, progress=cut)
except predial.SourceError as error:
    print(error.message)
"""


@pytest.mark.slow
@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_a_file_may_be_cut_short_while_it_is_read(form: str, tmp_path: Path) -> None:
    names = pa.array([f"{number:0200}" for number in range(200_000)])
    table = pa.table({"phone": pa.array(["79123456789"] * 200_000), "name": names})
    path = tmp_path / "jobs"
    write = arrow_file if form == "arrow" else parquet_file
    path.write_bytes(write(table, None, rows=5000))
    done = run(TRUNCATES, str(path))
    assert done.returncode == 0, done.stderr
    assert "file is damaged: " in done.stdout


READS = """
import sys, predial
try:
    report = predial.check(sys.argv[1], max_diagnostics=0, duplicates="allow", threads=1)
    print(report.total)
except predial.SourceError as error:
    print(error.message)
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""


@pytest.mark.slow
def test_what_a_file_claims_takes_no_memory(tmp_path: Path) -> None:
    content = bytearray(arrow_file(TABLE, "zstd"))
    # The length that the first compressed buffer would have.
    at = content.index(struct.pack("<q", 0xFD2FB528)[:4]) - 8
    content[at : at + 8] = struct.pack("<q", 1 << 40)
    path = tmp_path / "jobs.arrow"
    path.write_bytes(content)
    done = run(READS, str(path), cap=4 << 30)
    assert done.returncode == 0, done.stderr
    assert "the Arrow file is damaged" in done.stdout


@pytest.mark.slow
def test_a_parquet_file_is_read_piece_by_piece(tmp_path: Path) -> None:
    peaks = []
    for rows in (80_000, 1_000_000):
        names = pa.array([f"{number:0200}" for number in range(rows)])
        table = pa.table({"phone": pa.array(["79123456789"] * rows), "name": names})
        path = tmp_path / f"{rows}.parquet"
        pq.write_table(table, path, compression="none", row_group_size=rows, use_dictionary=False)
        done = run(READS, str(path))
        total, peak = done.stdout.split()
        assert int(total) == rows
        peaks.append(int(peak) << 10)
    # A row group of 200 MB takes hardly more than one of 16 MB; how far pyarrow reads
    # ahead varies with the load of the machine.
    assert peaks[1] - peaks[0] < 100 << 20


INTERRUPTED = """
import sys, threading, _thread, time, predial, pyarrow as pa
kind = sys.argv[1]
if kind == "column":
    texts = pa.array(["7912345678%d x" % (number % 10) for number in range(100_000)])
    column = pa.chunked_array([texts] * 500)
    work = lambda: predial.check_phones(column, threads=int(sys.argv[2]))
elif kind == "list":
    values = ["79123456789 x"] * 10_000_000
    work = lambda: predial.check_phones(values)
else:
    batch = pa.record_batch({"phone": ["79123456789"] * 1000, "name": ["x"] * 1000})
    def batches():
        while True:
            yield batch
    reader = pa.RecordBatchReader.from_batches(batch.schema, batches())
    checks = {"reader": predial.check, "collected": predial.check_table}
    work = lambda: checks[kind](reader)
print("ready", flush=True)
try:
    work()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "threads"),
    [("column", "1"), ("column", "2"), ("list", "1"), ("reader", "1"), ("collected", "1")],
)
def test_ctrl_c_ends_it(kind: str, threads: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, kind, threads],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (out, process.returncode) == ("interrupted\n", 0), err


def test_a_reader_s_own_exception_comes_out() -> None:
    batch = pa.record_batch({"phone": ["79123456789"]})

    def batches() -> Any:
        yield batch
        raise LookupError("mine")

    reader = pa.RecordBatchReader.from_batches(batch.schema, batches())
    with pytest.raises(LookupError, match="mine"):
        predial.check(reader)
