"""Files that are opened by their paths: errors are those of Python's `open`."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import predial
from test_batch_prepare import without_root

LINE = b'{"phone": 79123456789, "payload": {"filler": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}}\n'


def error_of(path: Any, work: Any) -> tuple[Any, ...]:
    with pytest.raises((OSError, ValueError)) as caught:
        work(path)
    error = caught.value
    facts: tuple[Any, ...] = (type(error), str(error))
    if isinstance(error, OSError):
        facts += (error.errno, error.filename)
    return facts


def opened(path: Any) -> None:
    with open(path, "rb", buffering=0):
        pass


def as_open_says(path: Any) -> None:
    assert error_of(path, predial.check) == error_of(path, opened)


@pytest.mark.parametrize("kind", [str, Path])
def test_what_is_wrong_with_a_path(kind: Any, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(LINE)
    wrong = [tmp_path / "none", tmp_path, file / "below", tmp_path / ("x" * 300)]
    for path in wrong:
        as_open_says(kind(path))
    as_open_says(f"{file}\0")
    (tmp_path / "loop").symlink_to("loop")
    as_open_says(kind(tmp_path / "loop"))


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX's")
def test_a_file_that_may_not_be_read() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        file = Path(home) / "jobs.ndjson"
        file.write_bytes(LINE)
        file.chmod(0)
        with without_root():
            as_open_says(file)
            with pytest.raises(PermissionError) as caught:
                predial.check(file)
            assert caught.value.filename == str(file)


@pytest.mark.skipif(sys.platform == "win32", reason="names are bytes on POSIX systems")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(bytes(tmp_path) + b"/\xff\xfe.ndjson")
    Path(name).write_bytes(LINE)
    assert predial.check(name).clean == predial.check(Path(name)).clean == 1


class TestChange:
    """A file that changes under the reader; a progress callback is called in between."""

    ROWS = 2_000_000

    def changed(self, path: Path, change: Any) -> predial.Report:
        path.write_bytes(LINE * self.ROWS)
        changed = False

        def progress(rows: int, _bytes: int, _rejected: int) -> None:
            nonlocal changed
            if not changed:
                change()
            changed = True

        report = predial.check(path, duplicates="allow", threads=1, progress=progress)
        assert changed
        return report

    @pytest.mark.slow
    def test_a_file_that_is_cut_short_is_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "jobs.ndjson"
        with pytest.raises(predial.SourceError, match="cut short while it was read") as caught:
            self.changed(path, lambda: os.truncate(path, len(LINE) * (self.ROWS - 5)))
        assert caught.value.report.clean == self.ROWS - 5
        assert caught.value.line == self.ROWS - 4

    @pytest.mark.slow
    def test_a_file_that_is_emptied_is_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "jobs.ndjson"
        with pytest.raises(predial.SourceError, match="cut short while it was read"):
            self.changed(path, lambda: os.truncate(path, 0))

    @pytest.mark.slow
    def test_a_file_that_grows_is_read_to_its_end(self, tmp_path: Path) -> None:
        path = tmp_path / "jobs.ndjson"

        def grow() -> None:
            with path.open("ab") as file:
                file.write(LINE * 7)

        assert self.changed(path, grow).clean == self.ROWS + 7

    @pytest.mark.slow
    def test_a_file_that_is_removed_is_read_to_its_end(self, tmp_path: Path) -> None:
        path = tmp_path / "jobs.ndjson"
        assert self.changed(path, path.unlink).clean == self.ROWS


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_named_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(LINE * 5000,))
    writer.start()
    assert predial.check(pipe, duplicates="allow").clean == 5000
    writer.join()


WAITING = """
import sys
import predial
print("ready", flush=True)
try:
    predial.check(sys.argv[1])
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_ctrl_c_ends_the_wait_for_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = subprocess.Popen([sys.executable, "-c", WAITING, str(pipe)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    with pipe.open("wb") as writer:  # once it is opened, nothing comes
        writer.write(LINE)
        writer.flush()
        child.send_signal(signal.SIGINT)
        assert child.communicate(timeout=60)[0] == b"interrupted\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_device(tmp_path: Path) -> None:
    assert predial.check("/dev/null").total == 0
    directory = error_of("/proc/self/mem", predial.check)
    assert directory[2] == errno.EIO
