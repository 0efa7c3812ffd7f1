"""Workbooks are read in a process of their own: the effects of hostile ones, and how it ends."""

from __future__ import annotations

import ast
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import hostile_workbooks
import predial
from hostile_workbooks import BEGIN, END, repeated
from test_batch_sources import fields_of

ALL = {
    **{f"xlsx: {name}": make for name, make in hostile_workbooks.XLSX.items()},
    **{f"xls: {name}": make for name, make in hostile_workbooks.XLS.items()},
    **{f"ods: {name}": make for name, make in hostile_workbooks.ODS.items()},
    **{f"text: {name}": make for name, make in hostile_workbooks.TEXTS.items()},
    **{f"zip: {name}": make for name, make in hostile_workbooks.ZIP.items()},
}

posix = pytest.mark.skipif(sys.platform == "win32", reason="processes and limits of POSIX")
linux = pytest.mark.skipif(sys.platform != "linux", reason="the limit and /proc are Linux's")

#: Checks each file, in a process that may only grow by the bound.
BOUNDED = """
import json, re, resource, sys
import predial

predial.check(sys.argv[1])
size = re.search(r"VmSize:\\s*(\\d+)", open("/proc/self/status").read())
limit = int(size[1]) * 1024 + ((256 + 64) << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
ends = {}
for path in sys.argv[2:]:
    try:
        ends[path] = f"no error: {predial.check(path)}"
    except BaseException as error:
        ends[path] = f"{type(error).__name__}: {error}"
# The peak of the process itself: ru_maxrss also counts that of its parent, before the exec.
own = re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())
peaks = [int(own[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]
print(json.dumps([ends, peaks]))
"""


@pytest.mark.slow
@linux
def test_hostile_workbooks_end_in_their_errors_within_the_bound(tmp_path: Path) -> None:
    fine = tmp_path / "fine.xlsx"
    fine.write_bytes(hostile_workbooks.xlsx())
    paths = {}
    for number, (name, make) in enumerate(ALL.items()):
        path = tmp_path / str(number)
        path.write_bytes(make())
        paths[str(path)] = name
    assert max(path.stat().st_size for path in map(Path, paths)) < 4_000_000
    run = subprocess.run(
        [sys.executable, "-c", BOUNDED, str(fine), *paths],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    ends, (own, readers) = json.loads(run.stdout)
    wrong = {
        name: ends[path]
        for path, name in paths.items()
        if not ends[path].startswith("SourceError:") or "panic" in ends[path]
    }
    assert not wrong
    assert own < (512 << 10), "kilobytes"
    assert readers < (512 << 10)
    assert own + readers < (512 << 10)


@pytest.mark.slow
@linux
def test_a_large_workbook_is_read_within_the_bound(tmp_path: Path) -> None:
    rows = 150_000
    path = tmp_path / "large.xlsx"
    sheet = (
        f'<row r="{row}"><c r="A{row}" t="s"><v>{row - 2}</v></c>'
        f'<c r="B{row}" t="s"><v>{row - 2 + rows}</v></c></row>'
        for row in range(2, rows + 2)
    )
    texts = "".join(f"<si><t>7912{row:07}</t></si>" for row in range(rows))
    texts += "".join(f"<si><t>имя {row}</t></si>" for row in range(rows))
    path.write_bytes(
        hostile_workbooks.xlsx(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c>'
            f'<c r="B1" t="inlineStr"><is><t>name</t></is></c></row>{"".join(sheet)}',
            parts=hostile_workbooks.shared(f'uniqueCount="{2 * rows}"', texts),
        )
    )
    fine = tmp_path / "fine.xlsx"
    fine.write_bytes(hostile_workbooks.xlsx())
    command = [sys.executable, "-c", BOUNDED, str(fine), str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    (end,) = json.loads(run.stdout)[0].values()
    assert end.startswith(f"no error: Report(total={rows}, clean={rows},")


def test_the_last_cell_of_a_sheet_is_read() -> None:
    people = hostile_workbooks.PEOPLE
    row = people.replace("</row>", '<c r="XFD2" t="inlineStr"><is><t>far</t></is></c></row>')
    report = predial.check(hostile_workbooks.xlsx(row.replace("XFD2", "XFD1", 1)))
    assert (report.total, report.clean) == (1, 1)
    last = people + '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>1</t></is></c></row>'
    assert predial.check(hostile_workbooks.xlsx(last)).total == 2


def test_a_wrong_but_modest_number_of_texts_does_not_matter() -> None:
    claimed = hostile_workbooks.shared('count="5" uniqueCount="100000"')
    assert predial.check(hostile_workbooks.xlsx(parts=claimed)).clean == 1


# --- the life of the process ----------------------------------------------------------------------


def script(folder: Path, text: str) -> str:
    """A program that is started instead of Python, with its arguments."""
    path = folder / "reader"
    path.write_text(f"#!/bin/sh\n{textwrap.dedent(text)}\n")
    path.chmod(0o700)
    return str(path)


def reply(kind: bytes, content: bytes = b"") -> str:
    """A shell command that writes a reply."""
    written = kind + len(content).to_bytes(4, "little") + content
    octal = "".join(f"\\{byte:03o}" for byte in written)
    return f"printf '{octal}'"


READY = reply(b"r", predial.__version__.encode())
FORM = reply(b"k", b"xlsx")
TEXT = reply(b"t", b"phone\n79123456789\n")
MORE = reply(b"t", b"79123456789\n" * 100)
REACHED = reply(b"n", bytes(8))


@posix
@pytest.mark.parametrize(
    ("program", "error", "message"),
    [
        ("exit 3", OSError, "did not start: exit status: 3"),
        ("echo why not >&2; exit 1", OSError, "did not start: why not"),
        ("echo Python 3.13", OSError, "did not start: exit status: 0"),
        (reply(b"r", b"0.0.0"), OSError, "another version"),
        (TEXT, OSError, "out of order"),
        (f"{READY}; {TEXT}", OSError, "out of order"),
        (f"{READY}; {reply(b'k', b'doc')}", OSError, "out of order"),
        (f"{READY}; {FORM}; {FORM}", OSError, "out of order"),
        (READY, predial.SourceError, "ended in a crash"),
        (f"{READY}; {FORM}", predial.SourceError, "ended in a crash"),
        (
            f"{READY}; {FORM}; {TEXT}; kill -SEGV $$",
            predial.SourceError,
            "ended in a crash .*signal: 11",
        ),
        (f"{READY}; {FORM}; {TEXT}; kill -XCPU $$", predial.SourceError, "takes longer"),
        (
            f"{READY}; echo memory allocation of 9 bytes failed >&2; kill -ABRT $$",
            predial.SourceError,
            "more than the 256 MiB",
        ),
        (f"{READY}; {reply(b'x', b'it is broken')}", predial.SourceError, "it is broken"),
        (f"{READY}; {FORM}; {TEXT}; {reply(b'q')}", predial.SourceError, "ended in a crash"),
    ],
)
def test_however_the_process_ends_it_is_an_error(
    program: str,
    error: type[Exception],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREDIAL_PYTHON", script(tmp_path, program))
    with pytest.raises(error, match=message):
        predial.prepare(hostile_workbooks.xlsx(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@posix
def test_text_of_the_process_is_text_of_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = reply(b"s", "Лист".encode())
    program = f"{READY}; {FORM}; {TEXT}; {sheet}; {reply(b'f')}"
    monkeypatch.setenv("PREDIAL_PYTHON", script(tmp_path, program))
    report = predial.check(b"PK\3\4")
    assert (report.clean, report.input["sheet"]) == (1, "Лист")


class TestWhichPython:
    """The process is started with `sys.executable`, if that is a Python."""

    @pytest.mark.parametrize("executable", ["", None, "/no/such/python", "/bin/sh"])
    def test_there_is_none(self, executable: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
        python = sys.executable
        monkeypatch.setattr(sys, "executable", executable)
        with pytest.raises(ChildProcessError, match="PREDIAL_PYTHON") as caught:
            predial.check(hostile_workbooks.xlsx())
        assert "SourceError" not in repr(caught.value)
        monkeypatch.setenv("PREDIAL_PYTHON", python)
        assert predial.check(hostile_workbooks.xlsx()).clean == 1

    @pytest.mark.parametrize(
        "name", ["python", "python3.13", "python3.14t", "pythonw.exe", "Python"]
    )
    def test_a_python_is_started(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\nexec '{sys.executable}' \"$@\"\n")
        (tmp_path / name).chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(tmp_path / name))
        assert predial.check(hostile_workbooks.xlsx()).clean == 1

    @pytest.mark.parametrize("name", ["uwsgi", "myapp", "ipython-app"])
    def test_another_program_is_not_started(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch '{tmp_path}/started'\n")
        (tmp_path / name).chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(tmp_path / name))
        with pytest.raises(ChildProcessError, match="PREDIAL_PYTHON"):
            predial.check(hostile_workbooks.xlsx())
        assert not (tmp_path / "started").exists()

    def test_a_frozen_program_is_not_started_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        with pytest.raises(ChildProcessError, match="PREDIAL_PYTHON"):
            predial.check(hostile_workbooks.xlsx())

    def test_it_is_not_there(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PREDIAL_PYTHON", str(tmp_path / "python"))
        with pytest.raises(ChildProcessError, match="did not start: No such file"):
            predial.check(hostile_workbooks.xlsx())

    def test_the_command_line_says_it(self, tmp_path: Path) -> None:
        path = tmp_path / "book.xlsx"
        path.write_bytes(hostile_workbooks.xlsx())
        run = subprocess.run(
            [sys.executable, "-m", "predial", "check", str(path)],
            env={**os.environ, "PREDIAL_PYTHON": str(tmp_path / "python")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 2
        assert "which did not start" in run.stderr


@posix
def test_neither_the_environment_nor_the_folder_says_what_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("posix.py", "importlib.py", "sitecustomize.py", "_core.py"):
        (tmp_path / name).write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "posix.py"))
    assert predial.check(hostile_workbooks.xlsx()).clean == 1


@linux
def test_it_has_no_other_files_and_no_other_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that forgets to close its files on exec does not hand them to the reader."""
    seen = tmp_path / "seen"
    look = f"""
modules = [name for name in sys.modules if name.startswith("predial") or name == "site"]
files = posix.listdir("/proc/self/fd")  # and that of this list
open({str(seen)!r}, "w").write(repr((modules, files)))
core.serve_workbook()
"""
    code = f"import sys; exec(sys.argv[2].replace('core.serve_workbook()', {look!r}))"
    # The arguments are -I -S -c, the code and the extension.
    program = f'exec \'{sys.executable}\' -I -S -c "$LOOK" "$5" "$4"'
    monkeypatch.setenv("LOOK", code)
    monkeypatch.setenv("PREDIAL_PYTHON", script(tmp_path, program))
    secret = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(secret, True)
    try:
        assert predial.check(hostile_workbooks.xlsx()).clean == 1
    finally:
        os.close(secret)
    modules, files = ast.literal_eval(seen.read_text())
    assert modules == []
    assert sorted(files) == ["0", "1", "2", "3"]


def test_many_at_once() -> None:
    source = hostile_workbooks.xlsx(
        "".join(
            f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>7912{row:07}</t></is></c></row>'
            for row in range(1, 3000)
        )
    )
    expected = fields_of(predial.check(source))
    seen: list[object] = []

    def work() -> None:
        seen.append(fields_of(predial.check(io.BytesIO(source))))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [expected] * 8


INTERRUPTED = """
import sys
import predial

print("begun", flush=True)
try:
    predial.check(sys.argv[1])
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def children_of(process: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        children += map(int, (task / "children").read_text().split())
    return children


@pytest.mark.slow
@linux
@pytest.mark.parametrize(
    "reader",
    [
        "exec sleep 60",
        f"{READY}; exec sleep 60",
        f"{READY}; {FORM}; {TEXT}; exec sleep 60",
        f"{READY}; {FORM}; while true; do {REACHED}; done",
        f"{READY}; {FORM}; {TEXT}; while true; do {MORE}; done",
        None,
    ],
    ids=["starting", "reading", "between rows", "an empty sheet", "an endless sheet", "itself"],
)
def test_ctrl_c_ends_it_at_once(reader: str | None, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    row = "<row/>" + "<!---->" * 20
    path.write_bytes(hostile_workbooks.xlsx(sheet=repeated(BEGIN, row, 350_000, END)))
    environment = {**os.environ}
    if reader is not None:
        environment["PREDIAL_PYTHON"] = script(tmp_path, reader)
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    readers: list[int] = []
    while not readers and child.poll() is None:
        readers = children_of(child.pid)
    time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    answer, _ = child.communicate(timeout=30)
    if reader is not None:
        assert answer == "interrupted\n"
    assert child.returncode == 0
    for process in readers:
        assert not Path(f"/proc/{process}").exists(), "ended, and waited for"


@posix
def test_a_process_that_nobody_reads_from_ends(tmp_path: Path) -> None:
    """An error of the caller's ends the reading in the middle."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>7912{row:07}</t></is></c></row>'
        for row in range(1, 100_000)
    )

    class Stop(Exception):
        pass

    def stop(*_: int) -> None:
        raise Stop

    before = time.process_time()
    with pytest.raises(Stop):
        predial.check(hostile_workbooks.xlsx(rows), progress=stop)
    assert time.process_time() >= before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


Make = Callable[[], bytes]


@pytest.mark.parametrize("make", [hostile_workbooks.xlsx, hostile_workbooks.xls])
def test_temporary_files_are_gone(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert predial.check(make()).rejected == 0
    assert list(tmp_path.iterdir()) == []
