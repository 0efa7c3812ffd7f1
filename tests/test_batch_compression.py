"""Compressed sources: the same rows as of the plain one, and damage is never a silent end."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import resource
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import predial
from batch_strategies import Batch, batches
from test_batch_sources import Trickle, fields_of, files_of

relaxed = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def zstd(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)


def in_parts(content: bytes, pack: Callable[[bytes], bytes]) -> bytes:
    """As `cat a.gz b.gz` joins them; an empty one among them."""
    third = len(content) // 3
    parts = [content[:third], b"", content[third : 2 * third], content[2 * third :]]
    return b"".join(pack(part) for part in parts)


SKIPPED = b"\x5a\x2a\x4d\x18\x05\x00\x00\x00notes"

PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "gzip in parts": lambda content: in_parts(content, gzip.compress),
    "zstd": zstd,
    "zstd in parts": lambda content: SKIPPED + in_parts(content, zstd) + SKIPPED,
}
ROWS = b"".join(b'{"phone": "7912%07d", "payload": {"n": %d}}\n' % (n, n) for n in range(40_000))
ARRAY = b"[" + ROWS.strip().replace(b"\n", b",\n") + b"]"

packed = pytest.mark.parametrize("packing", PACKINGS)


def outcome(source: Any, out: Path, **options: Any) -> tuple[Any, dict[str, bytes]]:
    report = predial.prepare(source, out, run="a run", max_jobs=2000, **options)
    files = files_of(out)
    files["manifest.json"] = files["manifest.json"].replace(b'"gzip"', b"null")
    files["manifest.json"] = files["manifest.json"].replace(b'"zstd"', b"null")
    return fields_of(report), files


@pytest.mark.slow
@settings(relaxed, max_examples=25)
@given(batch=batches(max_rows=8), packing=st.sampled_from(list(PACKINGS)), most=st.integers(1, 40))
def test_any_batch_comes_out_the_same(batch: Batch, packing: str, most: int) -> None:
    source = PACKINGS[packing](batch.source)
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        expected = outcome(batch.source, base / "plain", input_format=batch.format)
        path = base / "jobs"
        path.write_bytes(source)
        for number, each in enumerate([source, path, io.BytesIO(source), Trickle(source, most)]):
            given: Any = each
            assert outcome(given, base / str(number), input_format=batch.format) == expected


@pytest.mark.slow
@packed
@pytest.mark.parametrize("content", [ROWS, ARRAY], ids=["ndjson", "json"])
def test_a_batch_of_many_blocks(packing: str, content: bytes, tmp_path: Path) -> None:
    source = PACKINGS[packing](content)
    assert len(source) * 4 < len(content)
    expected = outcome(content, tmp_path / "plain")
    for threads in (1, 3):
        assert outcome(source, tmp_path / str(threads), threads=threads) == expected


@packed
def test_what_was_found_is_told(packing: str, tmp_path: Path) -> None:
    report = predial.check(PACKINGS[packing](ROWS))
    assert report.input["compression"] == packing.split()[0]
    assert (report.input["format"], report.input["encoding"]) == ("ndjson", "utf-8")
    assert predial.check(ROWS).input["compression"] is None


class TestDamage:
    SMALL = ROWS[:2000].rpartition(b"\n")[0] + b"\n"

    @pytest.mark.slow
    @pytest.mark.parametrize("packing", ["gzip", "zstd"])
    @pytest.mark.parametrize("threads", [1, 3])
    def test_a_source_that_is_cut_short_anywhere(
        self, packing: str, threads: int, tmp_path: Path
    ) -> None:
        source = PACKINGS[packing](self.SMALL)
        for length in range(4, len(source)):
            with pytest.raises(predial.SourceError, match="cut short") as caught:
                predial.prepare(source[:length], tmp_path / "out", threads=threads)
            assert caught.value.offset <= len(self.SMALL)
            assert not (tmp_path / "out").exists()

    @packed
    def test_what_came_before_is_reported_whatever_the_threads(self, packing: str) -> None:
        for content in (ROWS, ARRAY):
            source = PACKINGS[packing](content)
            for length in (len(source) // 2, len(source) - 20, len(source) - 1):
                seen = []
                for threads in (1, 3):
                    with pytest.raises(predial.SourceError) as caught:
                        predial.check(io.BytesIO(source[:length]), threads=threads)
                    error = caught.value
                    place = (error.line, error.column, error.offset, error.message)
                    seen.append((place, fields_of(error.report), error.report.input))
                assert seen[0] == seen[1]
                assert seen[0][1]["total"] > 1000

    @packed
    def test_a_changed_byte_is_never_sent(self, packing: str, tmp_path: Path) -> None:
        """The check sums of both formats find it, or it does not affect the content."""
        source = PACKINGS[packing](self.SMALL)
        expected = fields_of(predial.check(self.SMALL))
        chance = random.Random(packing)
        told_of = 0
        for at in range(len(source)):
            harmed = bytearray(source)
            harmed[at] ^= 1 << chance.randrange(8)
            try:
                report = predial.check(bytes(harmed), input_format="ndjson")
            except predial.SourceError:
                told_of += 1
                continue
            assert fields_of(report) == expected or report.clean == 0
        assert told_of > len(source) * 3 // 4

    @pytest.mark.parametrize("packing", ["gzip", "zstd"])
    @pytest.mark.parametrize("more", [b"more", b"\n", b"\x1f"])
    def test_something_behind_it(self, packing: str, more: bytes) -> None:
        with pytest.raises(predial.SourceError, match=packing):
            predial.check(PACKINGS[packing](self.SMALL) + more)

    @pytest.mark.parametrize("zeros", [1, 511, 100_000])
    def test_zeros_at_the_end_of_gzip_are_padding(self, zeros: int) -> None:
        source = PACKINGS["gzip in parts"](self.SMALL)
        expected = fields_of(predial.check(self.SMALL))
        padded = source + bytes(zeros)
        given: list[Any] = [padded, io.BytesIO(padded), Trickle(padded, 5)]
        assert [fields_of(predial.check(each)) for each in given] == [expected] * 3
        for more in (b"x", b"\x1f\x8b", gzip.compress(self.SMALL)):
            with pytest.raises(predial.SourceError, match="gzip data is damaged"):
                predial.check(padded + more)
        with pytest.raises(predial.SourceError, match="cut short"):
            predial.check(source[:-4])

    @pytest.mark.parametrize(
        ("how", "pack"),
        [
            ("bzip2", bz2.compress),
            ("xz", lzma.compress),
            ("7-Zip", lambda content: b"7z\xbc\xaf\x27\x1c" + content),
            ("RAR", lambda content: b"Rar!\x1a\x07\x01\x00" + content),
        ],
    )
    def test_other_compressions_are_called_by_their_names(
        self, how: str, pack: Callable[[bytes], bytes], tmp_path: Path
    ) -> None:
        with pytest.raises(predial.SourceError, match=f"{how}; unpack it"):
            predial.prepare(pack(self.SMALL), tmp_path / "out")
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("most", [1, 3, 1 << 16])
    @pytest.mark.parametrize("form", ["a Parquet file", "an Arrow file", "an Arrow stream"])
    def test_a_table_in_a_pipe_or_compressed_is_called_by_its_name(
        self, form: str, most: int
    ) -> None:
        table = pa.table({"phone": [f"7912{number:07}" for number in range(1000)]})
        sink = io.BytesIO()
        if form == "a Parquet file":
            pq.write_table(table, sink)
        else:
            new = pa.ipc.new_file if form == "an Arrow file" else pa.ipc.new_stream
            with new(sink, table.schema) as writer:
                writer.write_table(table)
        content = sink.getvalue()
        assert predial.check(content).clean == 1000
        for source in (content, gzip.compress(content), zstd(content)):
            with pytest.raises(predial.SourceError) as caught:
                predial.check(Trickle(source, most))
            assert caught.value.message.startswith(f"the source is {form}, which ")

    def test_a_text_may_begin_with_the_letters_of_a_table(self) -> None:
        for text in (b"PAR1;phone\n1;79123456789\n", b"ARROW1;phone\n1;79123456789\n"):
            assert predial.check(Trickle(text, 3)).clean == 1

    def test_an_error_of_the_file_itself_is_no_damage(self) -> None:
        class Failing(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                some = super().read(20)
                if not some:
                    raise LookupError("gone")
                return some

        for pack in (gzip.compress, zstd):
            with pytest.raises(LookupError, match="gone"):
                predial.check(Failing(pack(self.SMALL)[:-30]))


@pytest.mark.slow
class TestBombs:
    """A few bytes that unpack to very many take the memory of a window."""

    CHECK = """
import sys
import predial

def peak():
    # Not ru_maxrss, which also counts the peak of the parent before the exec.
    status = open("/proc/self/status").read()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024

predial.check(b'{"phone": 79123456789}')
bare = peak()
report = predial.check(sys.argv[1])
print(report.total, peak() - bare)
"""

    @classmethod
    def growth(cls, file: Path) -> int:
        run = subprocess.run(
            [sys.executable, "-c", cls.CHECK, str(file)], capture_output=True, check=True
        )
        total, growth = run.stdout.split()
        assert total == b"0"
        return int(growth)

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux has VmHWM")
    @pytest.mark.parametrize("how", ["gzip", "zstd"])
    def test_half_a_gigabyte_of_blank_lines(self, how: str, tmp_path: Path) -> None:
        file = tmp_path / "bomb"
        lines = b"\n" * (1 << 20)
        with file.open("wb") as out:
            if how == "gzip":
                packer: Any = zlib.compressobj(6, zlib.DEFLATED, 31)
            else:
                packer = zstandard.ZstdCompressor().compressobj()
            for _ in range(512):
                out.write(packer.compress(lines))
            out.write(packer.flush())
        assert file.stat().st_size < 1 << 20
        assert self.growth(file) < 40e6

    def test_a_window_beyond_128_mebibytes_is_refused(self) -> None:
        def frame(window_log: int) -> bytes:
            """A frame with one raw block that is its last (RFC 8878, 3.1.1)."""
            job = b'{"phone": 79123456789}'
            header = (len(job) << 3 | 1).to_bytes(3, "little")
            return b"\x28\xb5\x2f\xfd\x00" + bytes([(window_log - 10) << 3]) + header + job

        assert predial.check(frame(27)).clean == 1
        for window_log in (28, 31, 41):
            with pytest.raises(predial.SourceError, match="zstd data is damaged"):
                predial.check(frame(window_log))
        limit = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert limit < 2 << 20, "kilobytes: no window of two gibibytes was made"
