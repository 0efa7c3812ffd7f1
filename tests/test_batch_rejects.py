"""The reject file: its content, and that it can be corrected and read again."""

from __future__ import annotations

import base64
import csv
import json
from pathlib import Path
from typing import Any

import pytest

import predial


def rejects_of(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "rejects.ndjson").read_bytes().splitlines()]


def test_a_line_holds_row_offset_job_and_diagnostics(tmp_path: Path) -> None:
    job = b'{"phone": "7.911E+10", "payload": {"n": 1.50, "s": "\\u0041"}}'
    source = b'[{"phone": 79123456789},\n' + job + b"]"
    predial.prepare(source, tmp_path, run="r")
    line = (tmp_path / "rejects.ndjson").read_bytes()
    offset = source.index(job)
    assert line.startswith(
        b'{"row":1,"line":2,"offset":%d,"job":%s,"diagnostics":[' % (offset, job)
    )
    assert line.endswith(b'],"predial_row":1,"predial_line":2,"predial_run":"r"}\n')
    (reject,) = rejects_of(tmp_path)
    (diagnostic,) = predial.check(source).diagnostics
    assert reject["diagnostics"] == [
        {
            "row": 1,
            "line": 2,
            "part": None,
            "field": "phone",
            "rule": "phone-scientific",
            "severity": "error",
            "message": diagnostic.message,
            "value": "7.911E+10",
            "suggestion": diagnostic.suggestion,
            "offset": offset,
        }
    ]


def test_a_job_over_many_lines_is_one_line_of_the_same_json(tmp_path: Path) -> None:
    job = '{\n  "phone": "",\r\n  "payload": {"text": "a\\nb"}\n}'
    predial.prepare(f"[{job}]".encode(), tmp_path)
    (reject,) = rejects_of(tmp_path)
    assert reject["job"] == json.loads(job)


@pytest.mark.parametrize(
    "line",
    [
        b"nope",
        b'{"phone": 1',
        b'{"phone": "\xff"}',
        b"\x00\x01",
        b'{"phone": NaN}',
        b'{"a\tb": 1}',
        b"\x0c",
    ],
)
def test_a_row_that_is_no_json_is_kept_as_its_bytes(tmp_path: Path, line: bytes) -> None:
    predial.prepare(b'{"phone": "79123456789"}\n' + line + b"\n", tmp_path, input_format="ndjson")
    (reject,) = rejects_of(tmp_path)
    assert "job" not in reject
    assert base64.b64decode(reject["raw_base64"]) == line
    assert (reject["row"], reject["offset"]) == (1, 25)
    assert reject["diagnostics"][0]["rule"] == "job-syntax"


def test_the_file_is_there_and_empty_where_nothing_was_rejected(tmp_path: Path) -> None:
    predial.prepare(b'[{"phone": 79123456789}]', tmp_path)
    assert (tmp_path / "rejects.ndjson").read_bytes() == b""


def test_rejects_of_dicts_have_no_offset(tmp_path: Path) -> None:
    predial.prepare([{"phone": ""}, {"phone": {1, 2}}], tmp_path)
    by_row = rejects_of(tmp_path)
    assert [(line["row"], line["offset"]) for line in by_row] == [(0, None), (1, None)]
    assert by_row[0]["job"] == {"phone": ""}
    assert "raw_base64" in by_row[1]


def test_mended_jobs_are_fed_again(tmp_path: Path) -> None:
    first = tmp_path / "first"
    source = b'{"phone": "8 (912) 345-67-89"}\n{"phone": ""}\nnope\n{"phone": "12015550123"}\n'
    predial.prepare(source, first)
    lines = rejects_of(first)
    lines[0]["job"]["phone"] = "79123456789"
    mended = tmp_path / "mended.ndjson"
    mended.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for read in (str(mended), mended.read_bytes()):
        report = predial.check(read)
        assert (report.total, report.clean, report.rejected) == (3, 1, 2)
        assert [(d.row, d.rule) for d in report.diagnostics] == [
            (1, "phone-empty"),
            (2, "job-syntax"),
        ]
    report = predial.prepare(mended, tmp_path / "second")
    assert json.loads(Path(report.bodies[0]).read_bytes()) == [{"phone": "79123456789"}]
    again = rejects_of(tmp_path / "second")
    assert [line.get("job") for line in again] == [{"phone": ""}, None]
    assert base64.b64decode(again[1]["raw_base64"]) == b"nope"


def test_rejects_fed_again_unmended_are_rejected_for_the_same_rules(tmp_path: Path) -> None:
    source = (
        b'{"phone": "", "gmtZone": "MSK"}\n[]\n{"phone": 79123456789, "phone": 1}\n"x"\n'
        b'\xff\n{"row": 1, "job": 2, "diagnostics": 3}\n'
    )
    first = predial.prepare(source, tmp_path / "1", input_format="ndjson")
    second = predial.prepare(tmp_path / "1" / "rejects.ndjson", tmp_path / "2")
    assert first.counts == second.counts
    one, two = rejects_of(tmp_path / "1"), rejects_of(tmp_path / "2")
    assert [line.get("job") for line in one] == [line.get("job") for line in two]
    assert [line.get("raw_base64") for line in one] == [line.get("raw_base64") for line in two]


def test_a_raw_row_may_be_mended_in_its_base64() -> None:
    raw = base64.b64encode(b'{"phone": "79123456789"}').decode()
    line = {"row": 0, "offset": 0, "raw_base64": raw, "diagnostics": []}
    assert predial.check(json.dumps(line).encode()).clean == 1
    assert predial.check([line]).clean == 1


def test_a_job_with_a_phone_is_a_job_whatever_its_other_fields(tmp_path: Path) -> None:
    job = {"phone": "79123456789", "row": 1, "job": {"phone": "1"}, "diagnostics": []}
    report = predial.prepare([job], tmp_path)
    assert json.loads(Path(report.bodies[0]).read_bytes()) == [job]


@pytest.mark.parametrize(
    "line",
    [
        {"row": 1, "diagnostics": []},
        {"row": 1, "diagnostics": [], "raw_base64": "!"},
        {"row": 1, "diagnostics": [], "raw_base64": 1},
        {"job": {"phone": "79123456789"}},
    ],
)
def test_other_objects_are_taken_for_jobs(line: dict[str, Any]) -> None:
    assert "phone-missing" in predial.check([line]).counts


def test_a_line_that_holds_two_jobs_holds_none() -> None:
    jobs = b'"job": {"phone": "79123456789"}, "job": {"phone": "12015550123"}'
    report = predial.check(b'{"row": 1, ' + jobs + b', "diagnostics": []}')
    assert report.rejected == 1
    assert report.counts["job-duplicate-key"] == 1


#: Begins a formula in a cell of a CSV, wherever it is opened.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def test_what_predial_says_is_never_a_formula(tmp_path: Path) -> None:
    """A suggestion may begin with a plus. The cells of the list are unchanged."""
    rows = [
        "phone,gmtZone,payload,=A1,@x",
        '79123456780,UTC3,"{""n"": 1}",=B2,+x',
        '79123456781,,"{""=A1"": 1}",x,x',
        '79123456782,,"{""@x"": 1}",x,x',
        "+7 912 345-67-83 or +7 912 345-67-83,,,x,x",
        "=SUM(A1),,,x,x",
    ]
    predial.prepare("\n".join(rows).encode(), tmp_path)
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as table:
        head, *rejects = csv.reader(table)
    assert len(rejects) == len(rows) - 1
    own = [cell for reject in rejects for cell in reject[: head.index("phone")]]
    assert [cell for cell in own if cell.startswith(FORMULA)] == []
    assert rejects[0][2] == "'+03:00"
    assert rejects[0][-2:] == ["=B2", "+x"]
