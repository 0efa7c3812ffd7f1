"""Hostile and damaged input: each ends in a report or in a clear error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import predial

pytestmark = pytest.mark.slow

JOB = b'{"phone": "79123456789", "gmtZone": "+03:00", "payload": {"n": 1.5, "s": "\\u00e9"}}'
SMALL = b"[" + JOB + ',\n {"phone": 12015550123, "имя": "Анна"}]'.encode()


def job_of(phone: str) -> bytes:
    return f'[{{"phone": {phone}}}]'.encode()


def test_an_array_cut_at_any_byte_is_a_source_error(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for length in range(len(SMALL)):
        with pytest.raises(predial.SourceError) as caught:
            predial.prepare(SMALL[:length], out, input_format="json")
        # Before the end only if a character or a number is cut.
        in_a_token = SMALL[length] & 0xC0 == 0x80 or SMALL[length - 1 : length] == b"."
        assert caught.value.offset == length - in_a_token
        whole = (length > len(JOB)) + (length == len(SMALL) - 1)
        assert caught.value.report.total == caught.value.report.clean == whole
        assert not out.exists()


@pytest.mark.parametrize("harm", [b"\xff", b" \xff", b"\xcb\xefv", b"\xd0"])
def test_a_job_with_bytes_behind_it_that_are_no_text_is_no_job(harm: bytes) -> None:
    # At the cut a job is complete, and looks like the one before it.
    lines = [b'{"phone": "7912345678%d"}' % row for row in range(3)]
    report = predial.check(lines[0] + b"\n" + lines[1] + harm + b"\n" + lines[2] + b"\n")
    assert (report.total, report.clean, report.rejected) == (3, 2, 1)
    assert [(d.row, d.rule) for d in report.diagnostics] == [(1, "job-syntax")]


def test_a_line_cut_at_any_byte_costs_itself_alone() -> None:
    for length in range(1, len(JOB)):
        source = JOB[:length] + b"\n" + b'{"phone": 12015550123}\n'
        report = predial.check(source)
        assert (report.total, report.clean) == (2, 1)
        assert report.counts == {"job-syntax": 1}


def test_invalid_utf8_at_any_byte_is_found_where_it_is() -> None:
    for at in range(1, len(SMALL)):
        source = SMALL[:at] + b"\xff" + SMALL[at:]
        with pytest.raises(predial.SourceError) as caught:
            predial.check(source)
        assert caught.value.offset in range(at - 1, at + 1)


def test_invalid_utf8_in_a_line_costs_the_line_alone() -> None:
    for at in range(len(JOB) + 1):
        for bad in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"):
            source = JOB[:at] + bad + JOB[at:] + b'\n{"phone": 12015550123}'
            report = predial.check(source)
            assert (report.clean, report.counts) == (1, {"job-syntax": 1})


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
@pytest.mark.parametrize("closed", [True, False])
def test_a_hundred_thousand_levels(opening: bytes, closed: bool, tmp_path: Path) -> None:
    closing = opening[::-1].translate(bytes.maketrans(b"[{", b"]}"), b'":a')
    deep = opening * 100_000 + b"1" + (closing * 100_000 if closed else b"")
    if not closed:
        with pytest.raises(predial.SourceError):
            predial.check(b"[" + deep)
        assert predial.check(deep, input_format="ndjson").counts == {"job-syntax": 1}
        return
    job = b'{"phone": "79123456789", "payload": {"a": ' + deep + b"}}"
    for source in (job, b"[" + job + b"]"):
        assert predial.check(source).counts == {"job-too-deep": 1}
    counts = predial.check(b"[" + deep + b"]").counts
    assert "job-too-deep" in counts
    again = predial.prepare(job, tmp_path / "1")
    assert predial.check(tmp_path / "1" / "rejects.ndjson").counts == again.counts


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
    def test_utf32_is_called_by_its_name(self, encoding: str, tmp_path: Path) -> None:
        source = SMALL.decode().encode(encoding)
        with pytest.raises(predial.SourceError, match="UTF-32"):
            predial.prepare(source, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_a_byte_order_mark_is_no_part_of_the_first_row(self, tmp_path: Path) -> None:
        for number, source in enumerate((SMALL, JOB)):
            out = tmp_path / str(number)
            report = predial.prepare(b"\xef\xbb\xbf" + source, out)
            assert report.rejected == 0
            assert Path(report.bodies[0]).read_bytes().startswith(b"[" + JOB)

    def test_a_byte_order_mark_elsewhere_is_no_white_space(self) -> None:
        mark = b"\xef\xbb\xbf"
        assert predial.check(mark + mark + JOB).counts == {"job-syntax": 1}
        assert predial.check(JOB + b"\n" + mark + JOB).counts == {"job-syntax": 1}
        with pytest.raises(predial.SourceError):
            predial.check(b"[" + mark + JOB + b"]")

    def test_nul_is_no_white_space(self) -> None:
        with pytest.raises(predial.SourceError):
            predial.check(b"[\x00" + JOB + b"]")
        assert predial.check(b"\x00\n" + JOB).counts == {"job-syntax": 1}
        assert predial.check(b'[{"phone": "7912345\\u00006789"}]').counts == {"phone-syntax": 1}


@pytest.mark.parametrize("name", ["x.json", "x.JSON", "x.ndjson", "bytes"])
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n \r\n"])
def test_a_source_without_content(name: str, content: bytes, tmp_path: Path) -> None:
    source: bytes | Path = content
    if name != "bytes":
        source = tmp_path / name
        source.write_bytes(content)
    out = tmp_path / "out"
    if name.lower() == "x.json":
        with pytest.raises(predial.SourceError, match="empty"):
            predial.prepare(source, out)
        assert not out.exists()
    else:
        assert predial.prepare(source, out).total == 0
        assert (out / "manifest.json").exists()


class TestLines:
    def test_line_ends_and_blank_lines(self) -> None:
        for end in (b"\n", b"\r\n", b"\n\n", b"\r\n \t \r\n"):
            source = end + end.join([JOB] * 3) + end
            report = predial.check(source, duplicates="allow")
            assert (report.total, report.clean) == (3, 3)

    def test_a_line_of_five_megabytes(self) -> None:
        long = b'{"phone": "12015550123", "payload": {"s": "%s"}}' % (b"x" * 5_000_000)
        report = predial.check(b"\n".join([JOB, long, b'{"phone": "33612345678"}']))
        assert (report.total, report.clean) == (3, 3)
        broken = predial.check(b"\n".join([JOB, long[:-1], b'{"phone": "33612345678"}']))
        assert (broken.total, broken.clean, broken.counts) == (3, 2, {"job-syntax": 1})


class TestSizes:
    def test_a_string_of_ten_megabytes_comes_out_whole(self, tmp_path: Path) -> None:
        job = b'{"phone":"+79123456789","payload":{"s":"%s"}}' % (b"\\u00e9[{" * 1_250_000)
        report = predial.prepare(b"[" + job + b"]", tmp_path)
        assert report.repaired == 1
        assert Path(report.bodies[0]).read_bytes() == b"[" + job.replace(b"+", b"") + b"]"

    def test_a_phone_and_a_zone_of_a_megabyte(self) -> None:
        for text in ("7" * 1_000_000, "+" * 1_000_000, "x" * 1_000_000, "é" * 500_000):
            job = {"phone": text, "gmtZone": text}
            report = predial.check([job])
            assert report.rejected == 1
            assert all(len(d.value or "") < 200 for d in report.diagnostics)
            assert all(len(d.message) < 1000 for d in report.diagnostics)

    def test_a_job_of_fifty_thousand_unknown_fields(self) -> None:
        fields = {f"field {number}": number for number in range(50_000)}
        report = predial.check([{"phone": "79123456789", **fields}])
        assert (report.clean, report.warned) == (1, 1)
        assert report.counts == {"job-unknown-field": 50_000}
        assert len(list(report.diagnostics)) == 10_000
        assert "phone-missing" in predial.check([fields]).counts

    def test_a_field_that_stands_fifty_thousand_times(self) -> None:
        job = b'{"phone": "79123456789"' + b',"a":1' * 50_000 + b"}"
        assert predial.check(job).counts["job-duplicate-key"] == 49_999

    def test_a_key_of_a_megabyte(self, tmp_path: Path) -> None:
        job = {"phone": "79123456789", "k" * 1_000_000: 1}
        report = predial.prepare([job], tmp_path)
        assert report.counts == {"job-unknown-field": 1}
        assert json.loads(Path(report.bodies[0]).read_bytes()) == [job]
        assert all(len(d.field or "") < 200 for d in report.diagnostics)

    def test_numbers_beyond_any_type_come_out_as_they_are(self, tmp_path: Path) -> None:
        numbers = b"[18446744073709551616, -1e400, 1e-400, 0.10000000000000000000001, -0]"
        job = b'{"phone": 79123456789, "payload": {"n": ' + numbers + b"}}"
        report = predial.prepare(job, tmp_path)
        assert Path(report.bodies[0]).read_bytes() == b"[" + job + b"]"


class TestPhones:
    @pytest.mark.parametrize(
        ("phone", "rule"),
        [
            ("null", "phone-missing"),
            ("true", "phone-type"),
            ("[]", "phone-type"),
            ("{}", "phone-type"),
            ('[{"phone": 79123456789}]', "phone-type"),
            ('""', "phone-empty"),
            ("18446744073709551616", "phone-too-long"),
            ("7" * 16, "phone-too-long"),
            *(("7" * digits, "phone-too-long") for digits in (30, 40, 41, 42, 249, 250, 251)),
            *((f'"{"7" * digits}"', "phone-too-long") for digits in (40, 41, 250, 251)),
            ("79123456789.5", "phone-type"),
            ("-79123456789", "phone-syntax"),
            ("7" * 5000, "phone-too-long"),
            ('"' + "7" * 300 + '"', "phone-too-long"),
            ("1e400", "phone-scientific"),
            ("7.9e-10", "phone-scientific"),
            ('"\\ud83d"', "phone-syntax"),
        ],
    )
    def test_values_of_every_kind(self, phone: str, rule: str) -> None:
        report = predial.check(job_of(phone))
        assert report.counts == {rule: 1}
        assert report.rejected == 1

    @pytest.mark.parametrize("value", ["true", "false", "1e400", "99999999999999999999", "[]"])
    def test_zones_of_every_kind(self, value: str) -> None:
        job = f'{{"phone": 79123456789, "gmtZone": {value}}}'.encode()
        assert predial.check(job).counts == {"zone-type": 1}


STREAM = """
import json, predial, resource, sys
report = predial.check(sys.stdin.buffer, duplicates="allow")
try:
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([report.total, report.clean, report.rejected, peak]))
"""


def test_a_gigabyte_through_a_pipe_takes_little_memory() -> None:
    """The peak is that of the process itself: ru_maxrss counts its parent's before the exec."""
    rows = 6_000
    line = JOB + b" " * (165 - len(JOB) - 1) + b"\n"
    block = line * (rows - 1) + b'{"phone": ""}'.ljust(164) + b"\n"
    blocks = 1_000_000_000 // len(block) + 1
    child = subprocess.Popen(
        [sys.executable, "-c", STREAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    for _ in range(blocks):
        child.stdin.write(block)
    output, _ = child.communicate()
    total, clean, rejected, peak = json.loads(output)
    assert (total, rejected) == (rows * blocks, blocks)
    assert clean == total - rejected
    assert peak < 300_000, "kilobytes"
