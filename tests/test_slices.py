"""Lists that are prepared in slices, as in `predial.spark.prepare`, without Spark."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import predial
import predial.spark
from predial import _core

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def left_in(out: Path) -> dict[str, bytes]:
    files = (file for file in out.rglob("*") if file.is_file())
    return {str(file.relative_to(out)): file.read_bytes() for file in files}


def begun(out: Path, **output: Any) -> _core.Slices:
    """A list of six rows, two in each slice."""
    given = {"max_jobs": 1, "max_bytes": None, "run": None, "resume": False, "overwrite": False}
    columns = pa.table({"phone": pa.array([], pa.string())})
    options = predial.spark._options(None, None, {})
    return _core.Slices(columns, options, {**given, "out": out, **output}, ["id"], 2)


def write(run: _core.Slices, number: int, phones: Sequence[str], first: int | None = None) -> str:
    options = predial.spark._options(None, None, {"now": NOW})
    output = {"out": "", "max_jobs": 1, "max_bytes": None, "run": "r"}
    slices = predial.spark._Slices(
        run.folder, 2, options, output | {"resume": False, "overwrite": False}
    )
    rows = pa.table(
        {
            "__predial_row": pa.array([2 * number, 2 * number + 1], pa.int64()),
            "__predial_first": pa.array([None, first], pa.int64()),
            "__predial_job": [f'{{"phone":"{phone}"}}' for phone in phones],
        }
    )
    return slices.write(number, rows)


def interrupted(out: Path, *slices: Sequence[str], **output: Any) -> tuple[list[str], list[str]]:
    """A run that writes these slices and is interrupted: their names, and its notes."""
    names: list[str] = []

    def work() -> None:
        with begun(out, **output) as run:
            names.extend(write(run, number, phones) for number, phones in enumerate(slices))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as ended:
        work()
    return names, getattr(ended.value, "__notes__", [])


ONE, TWO, THREE = (
    [f"7912345{number:04}" for number in (first, first + 1)] for first in (1000, 2000, 3000)
)


def test_a_slice_that_is_written_twice_stands_once(tmp_path: Path) -> None:
    with begun(tmp_path) as run:
        name = write(run, 1, [ONE[0], ONE[0]], first=1)
        before = left_in(tmp_path)
        assert write(run, 1, [ONE[0], ONE[0]], first=1) == name
        assert left_in(tmp_path) == before
        [line] = (run.folder / name / "rejects.ndjson").read_bytes().splitlines()
        reject = json.loads(line)
        assert reject["row"] == reject["diagnostics"][0]["row"] == 3
        assert "belongs to row 1;" in reject["diagnostics"][0]["message"]


@pytest.mark.parametrize("lost", ["bodies/000002.json", "manifest.json", "rejects.ndjson"])
def test_a_slice_that_is_not_whole_is_written_again(tmp_path: Path, lost: str) -> None:
    with begun(tmp_path) as run:
        name = write(run, 0, ONE)
        before = left_in(run.folder)
        (run.folder / name / lost).unlink()
        assert write(run, 0, ONE) == name
        assert left_in(run.folder) == before
        (run.folder / name / "bodies" / "000001.json").write_bytes(b"[]")
        assert write(run, 0, ONE) == name
        assert left_in(run.folder) == before


def test_a_run_that_fails_leaves_its_slices_to_the_next(tmp_path: Path) -> None:
    kept, notes = interrupted(tmp_path, ONE, TWO, run="r")
    assert notes == ["the run is unfinished: 2 slices were whole, and resume=True keeps them"]
    written = {file.stat().st_ino for file in tmp_path.rglob("0*.json")}
    with begun(tmp_path, resume=True) as run:
        # The second slice has other rows now: the old slice is neither touched nor used.
        names = [write(run, 0, ONE), write(run, 1, THREE)]
        assert names[0] == kept[0]
        assert names[1] != kept[1]
        report = run.join(names, 4)
    assert report.notes == ["an unfinished run was resumed: 2 slices were whole"]
    assert [os.stat(body).st_ino in written for body in report.bodies] == [True, True, False, False]
    sent = [json.loads(Path(body).read_bytes())[0]["phone"] for body in report.bodies]
    assert sent == [*ONE, *THREE]
    bodies = {f"bodies/00000{number}.json" for number in (1, 2, 3, 4)}
    assert left_in(tmp_path).keys() == bodies | {"manifest.json", "rejects.ndjson"}
    assert json.loads((tmp_path / "manifest.json").read_bytes())["options"]["run"] == "r"


def test_a_run_that_resumes_and_fails_is_resumed_again(tmp_path: Path) -> None:
    [kept], _ = interrupted(tmp_path, ONE, run="r", resume=True)
    journal = (tmp_path / "journal.ndjson").read_bytes()
    names, _ = interrupted(tmp_path, ONE, TWO, resume=True)
    assert names[0] == kept
    assert (tmp_path / "journal.ndjson").read_bytes() == journal
    with begun(tmp_path, resume=True) as run:
        report = run.join(names, 4)
    assert report.notes == ["an unfinished run was resumed: 2 slices were whole"]
    assert not (tmp_path / "journal.ndjson").exists()


def test_a_driver_that_is_lost_while_it_joins(tmp_path: Path) -> None:
    with begun(tmp_path, run="r") as run:
        names = [write(run, 0, ONE), write(run, 1, TWO)]
        with pytest.raises(FileNotFoundError):
            run.join([*names, "no-such-slice"], 6)
    assert len(list((tmp_path / "bodies").iterdir())) == 4
    with begun(tmp_path, resume=True) as run:
        report = run.join([write(run, 0, ONE), write(run, 1, TWO)], 4)
    sent = [json.loads(Path(body).read_bytes())[0]["phone"] for body in report.bodies]
    assert sent == ONE + TWO


def test_rows_that_are_missing_end_the_run(tmp_path: Path) -> None:
    with (
        pytest.raises(OSError, match="the slices have 2 rows, and the list 3"),
        begun(tmp_path) as run,
    ):
        run.join([write(run, 0, ONE)], 3)
    assert not (tmp_path / "manifest.json").exists()


def test_a_run_that_fails_with_nothing_whole_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "made" / "for it"
    assert interrupted(out) == ([], [])
    assert list(tmp_path.iterdir()) == []


def test_the_next_run_starts_over_and_says_so(tmp_path: Path) -> None:
    removed = "files of an unfinished run were removed; resume=True would have continued"
    interrupted(tmp_path, ONE)
    with begun(tmp_path) as run:
        assert list(run.folder.iterdir()) == []
        assert removed in run.join([write(run, 0, TWO)], 2).notes[0]
    interrupted(tmp_path, ONE, overwrite=True)
    with pytest.raises(ValueError, match=r"slice_rows \(2 then, null now\)"):
        predial.prepare([{"phone": ONE[0]}], tmp_path, resume=True)
    report = predial.prepare([{"phone": ONE[0]}], tmp_path)
    assert removed in report.notes[0]
    assert len(left_in(tmp_path)) == 3


def test_a_task_of_a_run_that_has_ended_writes_nothing(tmp_path: Path) -> None:
    ended = begun(tmp_path)
    with ended:
        pass
    with begun(tmp_path) as run:
        with pytest.raises(FileNotFoundError):
            write(ended, 0, ONE)
        run.join([write(run, 0, TWO)], 2)
    with pytest.raises(ValueError, match="ended"):
        ended.join([], 0)


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with begun(tmp_path):
        with pytest.raises(BlockingIOError, match="another run"):
            begun(tmp_path)
        with pytest.raises(BlockingIOError, match="another run"):
            predial.prepare([{"phone": ONE[0]}], tmp_path)
