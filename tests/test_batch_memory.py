"""The memory of a batch: little, and a fixed number of bytes for each phone."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: Numbers of rows at which tables have just doubled, and are as empty as they can be.
WORST = 1_850_000

MEASURED = """
import sys
import predial

JOB = b'{"phone":%d,"gmtZone":"+03:00","payload":{"name":"Anna Sample"}}'
AT_ONCE = 500

class Jobs:
    def __init__(self, count, layout):
        self.count, self.given = count, 0
        self.between = b"\\n" if layout == "ndjson" else b","
        self.end = b"" if layout == "ndjson" else b"]"

    def read(self, size):
        if self.given == self.count:
            end, self.end = self.end, b""
            return end
        before = self.between if self.given else b"[" * len(self.end)
        some = range(self.given, self.given + AT_ONCE)
        self.given += AT_ONCE
        return before + self.between.join([JOB % (79_000_000_000 + number) for number in some])

def peak():
    # Not ru_maxrss, which also counts the peak of the parent before the exec.
    status = open("/proc/self/status").read()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024

duplicates, layout, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
predial.check(b'{"phone": 79123456789}')
bare = peak()
report = predial.check(Jobs(count, layout), duplicates=duplicates, threads=3)
assert report.clean == count, report
print(peak() - bare)
"""


def growth(duplicates: str, layout: str, count: int) -> int:
    """How many bytes a process grows while it checks this many jobs from a file."""
    command = [sys.executable, "-c", MEASURED, duplicates, layout, str(count)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has VmHWM"),
    pytest.mark.slow,
]


@pytest.mark.parametrize("layout", ["json", "ndjson"])
def test_memory_does_not_grow_with_the_file(layout: str) -> None:
    assert growth("allow", layout, 500_000) < 32e6


@pytest.mark.parametrize(("duplicates", "each"), [("phone", 32), ("job", 48)])
def test_what_duplicates_take(duplicates: str, each: int) -> None:
    # Besides the tables there are the blocks that are on their way.
    assert growth(duplicates, "ndjson", WORST) < WORST * each + 10e6
