"""Other encodings than UTF-8: the same rows, and bytes that are not text are never sent."""

from __future__ import annotations

import codecs
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import predial
from batch_strategies import Batch, batches
from test_batch_sources import Trickle, fields_of, files_of

relaxed = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
MARKS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


def prepared(source: Any, out: Path, **options: Any) -> tuple[Any, dict[str, bytes]]:
    """The files without the parts of the manifest about the encoding."""
    report = predial.prepare(source, out, run="a run", max_jobs=2, **options)
    files = files_of(out)
    manifest = json.loads(files.pop("manifest.json"))
    del manifest["input"], manifest["options"]["encoding"]
    files["manifest.json"] = json.dumps(manifest).encode()
    return fields_of(report), files


@pytest.mark.slow
@settings(relaxed, max_examples=40)
@given(
    batch=batches(max_rows=8),
    encoding=st.sampled_from(["utf-16-le", "utf-16-be"]),
    marked=st.booleans(),
    most=st.integers(1, 40),
)
def test_any_batch_in_utf16_comes_out_the_same(
    batch: Batch, encoding: str, marked: bool, most: int
) -> None:
    try:
        text = batch.source.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        assume(False)
    mark = MARKS[encoding] if marked else b""
    source = mark + text.encode(encoding)
    named = {} if marked else {"encoding": encoding}
    with tempfile.TemporaryDirectory() as directory:
        base = Path(directory)
        expected = prepared(text.encode(), base / "utf-8", input_format=batch.format)
        path = base / "jobs"
        path.write_bytes(source)
        for number, each in enumerate([source, path, io.BytesIO(source), Trickle(source, most)]):
            given: Any = each
            out = base / str(number)
            assert prepared(given, out, input_format=batch.format, **named) == expected


JOBS = [
    {"phone": "79123456789", "payload": {"имя": "Пётр", "город": "Нижний Новгород"}},
    {"phone": "+7 912 345-67-80", "payload": {"имя": "Анна"}},
]
LINES = "".join(json.dumps(job, ensure_ascii=False) + "\n" for job in JOBS)
ARRAY = json.dumps(JOBS, ensure_ascii=False)


@pytest.mark.parametrize("text", [LINES, ARRAY])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1251", "windows-1251"),
        ("windows-1251", "windows-1251"),
        ("koi8-r", "koi8-r"),
        ("KOI8_R", "koi8-r"),
        ("ibm866", "ibm866"),
        ("iso8859_5", "iso-8859-5"),
        ("mac-cyrillic", "x-mac-cyrillic"),
        ("utf-16", "utf-16le"),
        ("utf-16-be", "utf-16be"),
        ("gb18030", "gb18030"),
        ("utf-8", "utf-8"),
    ],
)
def test_an_encoding_is_asked_for_by_its_name(
    text: str, encoding: str, name: str, tmp_path: Path
) -> None:
    source = text.encode(encoding)
    expected = prepared(text.encode(), tmp_path / "utf-8")
    assert prepared(source, tmp_path / "other", encoding=encoding) == expected
    assert predial.check(source, encoding=encoding).input["encoding"] == name


@pytest.mark.parametrize("label", ["", "klingon", "utf-32", "utf-7", "x-user-defined"])
def test_an_unknown_encoding_is_refused(label: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"encoding must be a label such as .*: there is no"):
        predial.prepare(b"", tmp_path / "out", encoding=label)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [LINES, ARRAY])
def test_utf16_is_told_by_its_zeros(encoding: str, text: str) -> None:
    report = predial.check(text.encode(encoding))
    assert (report.clean, report.repaired) == (1, 1)
    assert report.input["encoding"] == encoding.replace("-le", "le").replace("-be", "be")
    assert not report.input["byte_order_mark"]


def test_a_byte_order_mark_is_told() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        assert predial.check(ARRAY.encode(encoding)).input["byte_order_mark"]
    assert not predial.check(ARRAY.encode()).input["byte_order_mark"]


def test_json_in_another_encoding_is_a_fault_unless_it_is_asked_for() -> None:
    """RFC 8259, 8.1: JSON is UTF-8; a guess could change the jobs that are sent."""
    report = predial.check(LINES.encode("cp1251"))
    assert (report.counts, report.clean) == ({"job-syntax": 2}, 0)
    with pytest.raises(predial.SourceError, match="UTF-8"):
        predial.check(ARRAY.encode("cp1251"))


class TestNoText:
    """Bytes that are invalid in their encoding reject their row, and are never replaced."""

    LONE = "\ud83d".encode("utf-16-le", "surrogatepass")

    def source(self, text: str) -> bytes:
        before, after = text.split("~")
        return (
            codecs.BOM_UTF16_LE + before.encode("utf-16-le") + self.LONE + after.encode("utf-16-le")
        )

    def test_in_a_line(self, tmp_path: Path) -> None:
        lines = '{"phone": "79123456789", "payload": "~"}\n{"phone": "79123456780"}\n'
        report = predial.prepare(self.source(lines), tmp_path)
        assert (report.clean, report.counts) == (1, {"job-syntax": 1})
        assert Path(report.bodies[0]).read_bytes() == b'[{"phone": "79123456780"}]'

    def test_in_an_array(self, tmp_path: Path) -> None:
        array = '[{"phone": "79123456780"}, {"phone": "79123456789", "payload": "~"}]'
        with pytest.raises(predial.SourceError, match="UTF-8") as caught:
            predial.prepare(self.source(array), tmp_path / "out")
        assert caught.value.offset == array.index("~")
        assert caught.value.report.clean == 1
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("text", [LINES, ARRAY])
    def test_half_of_the_last_character(self, text: str) -> None:
        source = (text.strip() + " \n").encode("utf-16")[:-1]
        if text == ARRAY:
            with pytest.raises(predial.SourceError):
                predial.check(source)
        else:
            assert predial.check(source).rejected == 1

    def test_u_fffd_itself_is_a_character(self, tmp_path: Path) -> None:
        job = '{"phone": "79123456789", "payload": {"s": "\ufffd"}}'
        report = predial.prepare(job.encode("utf-16"), tmp_path)
        assert Path(report.bodies[0]).read_text(encoding="utf-8") == f"[{job}]"


def test_offsets_are_those_of_the_text_in_utf8() -> None:
    bad = '{"phone": "нет"}\n'
    source = LINES + bad + LINES + bad
    report = predial.check(source.encode("utf-16"), duplicates="allow")
    offsets = [found.offset for found in report.diagnostics if found.severity == "error"]
    first, second = source.index(bad), source.rindex(bad)
    assert offsets == [len(source[:first].encode()), len(source[:second].encode())]


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "jobs"
    file.write_bytes((LINES * 500_000).encode("utf-16"))
    calls: list[tuple[int, int, int]] = []
    predial.check(file, duplicates="allow", progress=lambda *progress: calls.append(progress))
    assert calls
    assert [bytes_ for _, bytes_, _ in calls] == sorted(bytes_ for _, bytes_, _ in calls)
    assert 0 < calls[-1][1] <= file.stat().st_size


class TestTables:
    """Lists from spreadsheets: the encoding is detected by their letters."""

    ROWS = (
        "Телефон;Имя;Город\r\n"
        "79123456789;Пётр Образцов;Нижний Новгород\r\n"
        "нет;Фёдор Примеров;Санкт-Петербург\r\n"
        "+7 (912) 345-67-80;Анна;Москва\r\n"
    )

    @pytest.mark.parametrize(
        ("encoding", "name"),
        [
            ("cp1251", "windows-1251"),
            ("koi8-r", "koi8-u"),  # the same letters, and the Ukrainian ones
            ("cp866", "ibm866"),
            ("iso8859-5", "iso-8859-5"),
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8"),
            ("utf-16", "utf-16le"),
            ("utf-16-le", "utf-16le"),
            ("utf-16-be", "utf-16be"),
        ],
    )
    def test_jobs_and_rejects(self, encoding: str, name: str, tmp_path: Path) -> None:
        plain = predial.prepare(self.ROWS.encode(), tmp_path / "plain")
        report = predial.prepare(self.ROWS.encode(encoding), tmp_path / "out")
        assert report.input["encoding"] == name
        assert (report.input["format"], report.input["delimiter"]) == ("csv", ";")
        assert (
            fields_of(report)["counts"]
            == fields_of(plain)["counts"]
            == {"phone-format": 1, "phone-empty": 1}
        )
        body, expected = Path(report.bodies[0]).read_bytes(), Path(plain.bodies[0]).read_bytes()
        assert body == expected
        rejects = (tmp_path / "out" / "rejects.csv").read_bytes()
        text = rejects.decode(encoding)
        assert "нет;Фёдор Примеров;Санкт-Петербург\r\n" in text
        assert (rejects[:2] in MARKS.values()) == (encoding == "utf-16")
        mended = text.replace(";нет;", ";79123456700;").encode(encoding)
        again = predial.prepare(mended, tmp_path / "again")
        (job,) = json.loads(Path(again.bodies[0]).read_bytes())
        assert job["payload"] == {"Имя": "Фёдор Примеров", "Город": "Санкт-Петербург"}

    def test_the_first_letter_may_come_after_gigabytes(self, tmp_path: Path) -> None:
        digits = "".join(f"{79120000000 + n},{n}\n" for n in range(100_000))
        text = f"phone,name\n{digits}no,a\n79123456789,Анна Иванова\nno,Пётр\n"
        source = text.encode("cp1251")
        for threads in (1, 3):
            out = tmp_path / str(threads)
            report = predial.prepare(source, out, threads=threads)
            assert report.input["encoding"] == "windows-1251"
            assert "Анна Иванова" in Path(report.bodies[-1]).read_text(encoding="utf-8")
            assert (out / "rejects.csv").read_bytes().endswith(",Пётр\n".encode("cp1251"))

    @pytest.mark.parametrize("name", ["cp1251", "koi8-r", "utf-8"])
    @pytest.mark.parametrize("late", [0, 5_000, 200_000])
    def test_the_rejects_are_in_one_encoding_however_they_arrive(
        self, name: str, late: int, tmp_path: Path
    ) -> None:
        # The record is ASCII, and the message about it is not.
        rejected = '79123456789;{"\\u044f\\u0440": []};x\n'
        letters = "MSK;;Пётр Иванов и Анна Иванова из Нижнего Новгорода\n"
        table = "phone;allowedTime;a\n" + rejected + "\n" * late + letters + rejected
        source = table.encode(name)
        given: list[Any] = [source, io.BytesIO(source), Trickle(source, 100), Trickle(source, 9999)]
        seen = []
        for number, each in enumerate(given):
            out = tmp_path / str(number)
            predial.prepare(each, out, run="a run", threads=1 + number % 3)
            seen.append(files_of(out))
        assert all(files == seen[0] for files in seen)
        text = seen[0]["rejects.csv"].decode(name)
        assert text.count("allowedTime.яр") == 2
        assert text.endswith(rejected)
        assert letters in text

    def test_one_byte_that_is_no_text_costs_its_record(self) -> None:
        source = self.ROWS.encode().replace("Анна".encode(), b"caf\xe9")
        report = predial.check(source)
        assert report.input["encoding"] == "utf-8"
        assert report.counts == {"phone-empty": 1, "record-encoding": 1}

    def test_several_bytes_to_a_character_are_read_if_nothing_else_fits(self) -> None:
        source = "phone,city\n79123456789,北京市朝阳区建国门外大街\n".encode("gbk")
        assert predial.check(source, encoding="gbk").clean == 1
        report = predial.check(source)
        assert (report.clean, report.input["encoding"]) == (1, "gbk")
        # Three letters are too few, and the first record is not text without them.
        few = "phone,王小明\n79123456789,x\n".encode("gbk")
        with pytest.raises(predial.SourceError, match=r"not UTF-8; its encoding may be gbk: enc"):
            predial.check(few)
