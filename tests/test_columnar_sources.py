"""Data frames, Parquet and Arrow files as sources: the jobs of their rows."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import predial
from predial.cli import commands
from test_adapters import COUNT, JOBS, NOW, arrow_table

ROWS = [
    {"phone": "79123456789", "gmtZone": "UTC+3", "name": "Anna", "debt": 1.5},
    {"phone": "+7 912 345-67-80", "gmtZone": None, "name": None, "debt": None},
    {"phone": "7.911E+10", "gmtZone": "MSK", "name": "", "debt": 2.0},
]
TABLE = pa.Table.from_pylist(ROWS)


def ipc_file(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


def ipc_stream(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def parquet_file(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, row_group_size=2)
    return sink.getvalue()


FILES = {"parquet": parquet_file, "arrow": ipc_file, "arrows": ipc_stream}


def fields_of(report: predial.Report) -> Any:
    return report.counts, report.total, report.clean, report.mapping, report.diagnostics


@pytest.mark.parametrize("form", FILES)
def test_files_are_told_by_their_content(form: str, tmp_path: Path) -> None:
    content = FILES[form](TABLE)
    path = tmp_path / "jobs"
    path.write_bytes(content)
    known = fields_of(predial.check(TABLE))
    with path.open("rb") as file:
        sources: list[Any] = [path, str(path), content, io.BytesIO(content), file]
        for source in sources:
            assert fields_of(predial.check(source)) == known


@pytest.mark.parametrize(
    "frame", [pl.DataFrame(ROWS), pd.DataFrame(ROWS), TABLE, TABLE.to_batches()[0]]
)
def test_a_frame_is_a_source(frame: Any) -> None:
    report = predial.check(frame)
    assert report.counts == {"phone-format": 1, "phone-scientific": 1, "zone-abbreviation": 1}
    assert [each.offset for each in report.diagnostics] == [None] * 3
    assert [(column.header, column.field, column.key) for column in report.mapping or []] == [
        ("phone", "phone", None),
        ("gmtZone", "gmtZone", None),
        ("name", None, "name"),
        ("debt", None, "debt"),
    ]


def test_columns_are_mapped_as_those_of_a_list_are() -> None:
    frame = pl.DataFrame({"Часовой пояс": ["+3"], "Телефон": [79123456789], "город": ["Пермь"]})
    assert predial.check(frame).clean == 1
    with pytest.raises(ValueError, match="several columns are equally likely the phone"):
        predial.check(pl.DataFrame({"phone": ["1"], "телефон": ["2"]}))
    with pytest.raises(ValueError, match="has no column"):
        predial.check_table(frame, phone="tel")


def prepared(source: Any, out: Path, **options: Any) -> tuple[list[Any], list[Any], Any]:
    report = predial.prepare(source, out, run="r", **options)
    bodies = [job for body in report.bodies for job in json.loads(Path(body).read_bytes())]
    rejects = (out / "rejects.ndjson").read_text("utf-8").splitlines()
    manifest = json.loads((out / "manifest.json").read_bytes())
    return bodies, [json.loads(line)["job"] for line in rejects], manifest


def test_bodies_and_rejects_hold_what_is_there(tmp_path: Path) -> None:
    bodies, rejects, manifest = prepared(TABLE, tmp_path)
    assert bodies == [
        {"phone": "79123456789", "gmtZone": "UTC+3", "payload": {"name": "Anna", "debt": 1.5}},
        {"phone": "79123456780", "payload": {}},
    ]
    assert rejects == [
        {"phone": "7.911E+10", "gmtZone": "MSK", "payload": {"name": "", "debt": 2.0}}
    ]
    assert manifest["rejects"] == {"file": "rejects.ndjson", "table": None, "rows": 1}
    assert manifest["input"]["format"] == "arrow"
    assert not (tmp_path / "rejects.csv").exists()


def test_every_type_has_its_json(tmp_path: Path) -> None:
    window = {"localTimeFrom": "10:00", "localTimeTo": "12:00"}
    moscow = pa.timestamp("ms", "Europe/Moscow")
    table = pa.table(
        {
            "phone": pa.array([79123456789]),
            "startDateTime": pa.array([datetime(2030, 1, 1, tzinfo=UTC)]),
            "finishDateTime": pa.array([datetime(2030, 1, 9, tzinfo=UTC)], moscow),
            "allowedDays": pa.array([["mon"]]),
            "allowedTime": pa.array([f' {{"mon":\n [{json.dumps(window)}]}}']),
            "maxAttempts": pa.array([3], pa.uint8()),
            "flag": pa.array([True]),
            "tags": pa.array([["a", None]]),
            "kind": pa.array(["x"]).dictionary_encode(),
            "map": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int8())),
        }
    )  # fmt: skip
    [job], [], _ = prepared(table, tmp_path)
    assert job == {
        "phone": 79123456789,
        "startDateTime": "2030-01-01T00:00:00Z",
        "finishDateTime": "2030-01-09T00:00:00Z",
        "allowedDays": ["mon"],
        "allowedTime": {"mon": [window]},
        "maxAttempts": 3,
        "payload": {"flag": True, "tags": ["a", None], "kind": "x", "map": {"k": 1}},
    }


def test_payload_may_be_a_column_and_others_beside_it(tmp_path: Path) -> None:
    struct = pl.DataFrame({"phone": ["79123456789"], "payload": [{"a": 1}], "b": [2]})
    assert prepared(struct, tmp_path / "1")[0] == [
        {"phone": "79123456789", "payload": {"a": 1, "b": 2}}
    ]
    text = pl.DataFrame({"phone": ["79123456789"], "payload": ['{"a":1}']})
    assert prepared(text, tmp_path / "2")[0] == [{"phone": "79123456789", "payload": {"a": 1}}]
    with pytest.raises(ValueError, match="no struct"):
        predial.check(text.with_columns(b=2))
    assert predial.check(text.with_columns(b=2), payload=[]).clean == 1
    with pytest.raises(ValueError, match='"a" is in the column payload'):
        predial.check(struct.with_columns(a=2))


def test_a_column_is_no_table() -> None:
    column: Any = pl.Series(["79123456789"])
    with pytest.raises(TypeError, match="one column"):
        predial.check(column)
    for none in (None, [{"phone": "79123456789"}], "jobs.json"):
        with pytest.raises(TypeError, match="PyCapsule"):
            predial.check_table(none)  # type: ignore[arg-type]


@pytest.mark.parametrize("beginning", [b"PAR1", b"ARROW1\0\0"])
def test_a_broken_file_is_an_error(beginning: bytes, tmp_path: Path) -> None:
    path = tmp_path / "jobs.parquet"
    path.write_bytes(beginning + b"x" * 100)
    with pytest.raises(ValueError, match=r"Parquet|Arrow|file"):
        predial.check(path)
    assert CliRunner().invoke(commands, ["check", str(path)]).exit_code == 2


@pytest.mark.slow
def test_a_file_that_breaks_off_leaves_no_manifest(tmp_path: Path) -> None:
    content = bytearray(parquet_file(arrow_table(JOBS)))
    content[len(content) // 4 : len(content) // 2] = bytes(len(content) // 4)
    with pytest.raises((OSError, ValueError)):
        predial.prepare(bytes(content), tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_the_command_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "jobs.parquet"
    path.write_bytes(parquet_file(TABLE))
    done = CliRunner().invoke(commands, ["prepare", str(path), str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "rejects.ndjson" in done.output
    assert "rejects.csv" not in done.output


@pytest.mark.slow
@pytest.mark.parametrize("form", FILES)
def test_many_jobs_come_to_the_same(form: str) -> None:
    known = predial.check(arrow_table(JOBS), now=NOW, threads=1)
    assert known.total == COUNT
    found = predial.check(FILES[form](arrow_table(JOBS)), now=NOW, threads=2)
    assert fields_of(found) == fields_of(known)


def test_a_table_is_given_back_with_the_verdicts() -> None:
    table = pa.Table.from_pylist(ROWS).replace_schema_metadata({"a": "b"})
    checked = predial.check_table(table)
    answer = pa.table(checked)
    assert answer.schema.names == ["phone", "gmtZone", "name", "debt", "predial"]
    assert answer.schema.metadata == {b"a": b"b"}
    assert answer.column("phone").to_pylist() == ["79123456789", "79123456780", "7.911E+10"]
    assert answer.column("gmtZone").to_pylist() == ["+03:00", None, "MSK"]
    rest = answer.select(["name", "debt"])
    assert rest.to_pylist() == table.select(["name", "debt"]).to_pylist()
    assert [row["rule"] for row in answer.column("predial").to_pylist()] == [
        None,
        None,
        "phone-scientific",
    ]
    assert (len(checked), checked.report.rejected) == (3, 1)
    again = pa.table(predial.check_table(checked))
    assert again.schema == answer.schema
    assert again.column("phone") == answer.column("phone")


@pytest.mark.parametrize(
    "phones", [[79123456789, 5], pd.Categorical(["+79123456789", "5"]), [79123456789.0, 5.0]]
)
def test_phones_are_given_back_as_text(phones: Any) -> None:
    answer = pa.table(predial.check_table(pd.DataFrame({"phone": phones})))
    given = answer.column("phone").to_pylist()
    assert given[0] == "79123456789"
    assert given[1] in ("5", "5.0")


@pytest.mark.parametrize("rows", [0, 1])
def test_small_tables(rows: int) -> None:
    table = TABLE.slice(0, rows)
    assert pa.table(predial.check_table(table)).num_rows == rows
    assert predial.check(table).total == rows
    empty = pa.table({"name": pa.array([], pa.string())}).select([])
    assert predial.check(empty).total == 0
