"""Every call on the files of the output fails once, and the run can be resumed after that.

`faults/shim.c` is loaded before the C library and makes a call fail; `faults/runs.py` prepares a
list as often as there are calls to fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).parent / "faults"

pytestmark = [
    pytest.mark.skipif(
        sys.platform != "linux", reason="the layer that makes calls fail is Linux's"
    ),
    pytest.mark.slow,
]


class Disturbed(NamedTuple):
    """A run in which a call failed."""

    scenario: str
    way: str
    at: int
    call: str
    status: int
    wrong: list[str]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Disturbed]:
    compiler = shutil.which("cc")
    if compiler is None:
        reason = "no C compiler: no call was made to fail"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    home = tmp_path_factory.mktemp("faults")
    shim = home / "shim.so"
    options = ["-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", str(shim)]
    subprocess.run([compiler, *options, HERE / "shim.c", "-ldl", "-lpthread"], check=True)
    # A thousand runs wait long for a disk.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else home
    with tempfile.TemporaryDirectory(dir=memory) as directory:
        done = subprocess.run(
            [sys.executable, HERE / "runs.py", directory],
            env=os.environ | {"LD_PRELOAD": str(shim)},
            stdout=subprocess.PIPE,
            check=True,
        )
    return [Disturbed(*json.loads(line)) for line in done.stdout.splitlines()]


def test_whatever_call_fails_resume_leaves_what_an_undisturbed_run_leaves(
    runs: list[Disturbed],
) -> None:
    assert [run for run in runs if run.wrong] == []


def test_every_kind_of_call_failed_in_every_way(runs: list[Disturbed]) -> None:
    """Otherwise the layer no longer sees how the core works on files."""
    failed = Counter((run.call, run.way) for run in runs)
    calls = {"open", "read", "write", "fsync", "rename", "unlink", "mkdir", "opendir", "readdir"}
    ways = {run.way for run in runs} - {"short"}
    assert len(ways) == 5
    assert {(call, way) for call in calls for way in ways} <= failed.keys()
    assert failed["write", "short"] > 20
    assert failed["read", "short"] > 0
    for scenario in ("new", "jobs", "resumed", "overwritten"):
        assert len({run.at for run in runs if run.scenario == scenario}) > 40


def test_a_call_that_came_short_or_was_interrupted_is_made_again(runs: list[Disturbed]) -> None:
    again = [run for run in runs if run.way == "short" or (run.way, run.call) == ("EINTR", "write")]
    assert {run.status for run in again} == {1}


def test_a_write_that_failed_ends_the_run(runs: list[Disturbed]) -> None:
    lost = [run for run in runs if run.call in {"write", "fsync", "rename"}]
    lost = [run for run in lost if run.way in {"ENOSPC", "EIO", "EACCES"}]
    assert len(lost) > 100
    assert {run.status for run in lost} == {2}
