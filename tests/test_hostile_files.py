"""Small files that once ended the process, hung it, or took gigabytes: each ends in its error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import hostile_workbooks

HOSTILE = Path(__file__).parent / "data" / "hostile"

#: The result for each file: the exit status of `predial prepare`, and a part of its message.
ENDS = {
    "b_zstd.zst": (1, "job-too-large"),
    "c1_unique12.xlsx": (2, "claims 1000000000000 texts"),
    "c3_col.xlsx": (2, "a cell in row 1 and column 321272406"),
    "c3b_col.xlsx": (2, "a cell in row 1 and column 475254"),
    "c4_col.xlsx": (2, "a cell in row 1 and column 2147483647"),
    "c5_2000.xlsx": (2, "unpacks to more than is read: xl/styles.xml"),
    "c5_numfmt.xlsx": (2, "unpacks to more than is read: xl/styles.xml"),
    "eq4000.csv": (0, "The job can be sent."),
    "i_huge.arrow": (2, "the Arrow file is damaged"),
    "i_leak.arrow": (2, "the Arrow file is damaged"),
    "i_neg.arrow": (2, "the Arrow file is damaged"),
    "pqexc_parquet_13945": (2, "the Parquet file is damaged"),
    "x2_20.xls": (2, "a sheet of the XLS workbook spans 65535 rows"),
    "x2_200.xls": (2, "a sheet of the XLS workbook spans 65535 rows"),
    "x3.xls": (2, "the XLS workbook takes more than the 256 MiB"),
    "overlapping.xlsx": (2, "its parts overlap"),
}

#: Runs `predial prepare` with 4 GiB of addresses and four seconds of a processor: each file takes a
#: second at the most, and the build for tests is slower than a wheel. It prints the exit status and
#: the peak of memory, of the command or of the process that reads workbooks for it. The peak of a
#: process counts that of the one it was forked from, so this process is small.
PREPARES = """
import resource, subprocess, sys

def limited():
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (4, 4))

command = [sys.executable, "-c", "from predial.__main__ import main; main()", "prepare"]
done = subprocess.run([*command, *sys.argv[1:]], preexec_fn=limited, stdout=sys.stderr)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_every_file_is_here() -> None:
    names = {path.name for path in HOSTILE.iterdir()}
    assert names | {"overlapping.xlsx"} == set(ENDS)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux")
@pytest.mark.parametrize("name", ENDS)
def test_a_hostile_file_ends_in_its_error_soon_and_in_little_memory(
    name: str, tmp_path: Path
) -> None:
    path = HOSTILE / name
    if name == "overlapping.xlsx":
        path = tmp_path / name
        path.write_bytes(hostile_workbooks.overlapping(5000))
    command = [sys.executable, "-c", PREPARES, str(path), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    status, peak = map(int, done.stdout.split())
    message = " ".join(done.stderr.split())
    expected, part = ENDS[name]
    assert (status, part in message) == (expected, True), message
    assert "Traceback" not in message
    assert peak < (512 << 10)
    if expected == 2:
        assert not (tmp_path / "out").exists()
