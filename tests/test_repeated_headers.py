"""Lists that were joined: the header of each is passed over, counted, and named."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import predial
from predial import _core
from test_batch_threads import options

HEADER = "phone;Имя"
NAMES = ("Анна", "phone", "a\nb", HEADER, "")


@st.composite
def joined(draw: st.DrawFn) -> tuple[str, list[int], list[int]]:
    """A list with its header again here and there; the lines of these, and those of faulty rows."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = HEADER + end
    again, faulty = [], []
    kinds = draw(st.lists(st.sampled_from(["clean", "faulty", "header", "blank"]), max_size=25))
    for kind in ["clean", *kinds]:
        line = text.count("\n") + 1
        if kind == "header":
            again.append(line)
            text += HEADER + end
        elif kind == "blank":
            text += end
        else:
            if kind == "faulty":
                faulty.append(line)
            record = io.StringIO()
            phone = "79123456789" if kind == "clean" else "7.9E+10"
            writer = csv.writer(record, delimiter=";", lineterminator=end)
            writer.writerow([phone, draw(st.sampled_from(NAMES))])
            text += record.getvalue()
    if draw(st.booleans()):
        text = text.removesuffix(end)
    return text, again, faulty


def repeated(report: predial.Report) -> list[int]:
    return [it["line"] for it in report.input["skipped"] if it["why"] == "repeated-header"]


@given(joined(), st.sampled_from([1, 3]), st.sampled_from([None, 30, 90]), st.booleans())
def test_every_record_is_a_row_or_named(
    made: tuple[str, list[int], list[int]], threads: int, block: int | None, is_stream: bool
) -> None:
    text, again, faulty = made
    source: Any = io.BytesIO(text.encode()) if is_stream else text.encode()
    asked = options(threads, block, "allow", "csv", ";") | {"max_diagnostics": 100}
    report, failure = _core.check_batch(source, "", asked, None)
    assert failure is None
    assert repeated(report) == again
    assert report.input["repeated_headers"] == len(again)
    assert [found.line for found in report.diagnostics if found.severity == "error"] == faulty
    # Python's own reader counts the records; blank lines are none.
    records = [
        record for record in csv.reader(io.StringIO(text, newline=""), delimiter=";") if record
    ]
    assert len(records) == 1 + report.total + report.input["repeated_headers"]


def test_the_first_hundred_are_named(tmp_path: Path) -> None:
    data = b"phone,name\n79123456789,a\n" + b"phone,name\n" * 250 + b"79123456780,b\n"
    report = predial.prepare(data, tmp_path)
    assert (report.total, report.clean) == (2, 2)
    assert repeated(report) == list(range(3, 103))
    assert report.input["repeated_headers"] == 250
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    assert manifest["input"]["repeated_headers"] == 250
    assert report.bodies[0].rows == (0, 1)


def test_a_sheet_with_its_header_twice() -> None:
    book = openpyxl.Workbook()
    for row in (["phone", "name"], ["79123456789", "a"], ["phone", "name"], ["7.9E+10", "b"]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    report = predial.check(file.getvalue())
    assert (report.total, repeated(report)) == (2, [3])
    assert [found.line for found in report.diagnostics] == [4]


@pytest.mark.parametrize("last", ["Phone,name", "phone", "phone,name,", '"phone",name'])
def test_what_only_resembles_the_header_is_a_row(last: str) -> None:
    report = predial.check(f"phone,name\n79123456789,a\n{last}\n".encode())
    assert (report.total, report.input["repeated_headers"]) == (2, 0)


def test_a_list_without_a_header_repeats_none() -> None:
    report = predial.check(b"79123456789,a\n79123456780,b\n79123456789,a\n", duplicates="allow")
    assert (report.total, report.input["repeated_headers"]) == (3, 0)
