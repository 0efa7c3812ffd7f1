"""Ctrl-C ends a batch wherever it is, and says nothing while the command only begins.

A process that does not hear the signal works on for hours, and is ended by a limit on its processor
time: then the test fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

INTERRUPTED = """
import os, resource, signal, sys, tempfile, threading
import predial

resource.setrlimit(resource.RLIMIT_CPU, (60, 60))

class Repeated:
    \"\"\"A binary file of the same bytes again and again.\"\"\"

    def __init__(self, head, piece):
        self.left, self.piece = head, piece

    def read(self, size):
        some, self.left = self.left[:size], self.left[size:] or self.piece
        return some

def zstd(head, times):
    import zstandard

    def frame(content, times):
        packer = zstandard.ZstdCompressor(level=1).compressobj()
        return b"".join([packer.compress(content) for _ in range(times)]) + packer.flush()

    return frame(head, 1) + frame(b"x" * (1 << 20), 1 << 10) * times

JOB = b'{"phone": "79123456789", "payload": {"a": "x"}}'
LONG = JOB.replace(b"x", b"x" * 30_000_000)

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

def until_interrupted(work):
    threading.Timer(0.3, interrupt).start()
    try:
        work()
    except KeyboardInterrupt:
        print("interrupted")
"""

CASES = {
    "a row that is decompressed": """
packed = zstd(b"phone,a\\n79123456789,", 10_000)
until_interrupted(lambda: predial.check(packed))
""",
    "an array that is decompressed": """
packed = zstd(b'[{"a": "', 10_000)
until_interrupted(lambda: predial.check(packed, max_row_bytes=1 << 50))
""",
    "a file that is decompressed": """
with tempfile.NamedTemporaryFile() as file:
    file.write(zstd(b"phone,a\\n79123456789,", 10_000))
    file.flush()
    until_interrupted(lambda: predial.check(file.name))
""",
    "a row that never ends": """
source = Repeated(b"phone,a\\n79123456789,", b"x" * (1 << 20))
until_interrupted(lambda: predial.check(source))
""",
    "blank lines": """
until_interrupted(lambda: predial.check(Repeated(b"", b"\\n" * (1 << 20))))
""",
    "white space at hand": """
source = b" " * (1 << 30)
def work():
    while True:
        try:
            predial.check(source)
        except predial.SourceError:
            pass
until_interrupted(work)
""",
    "letters of an open encoding": """
source = Repeated(b"phone\\n79123456789\\n", b"+7 912 345-67-89\\n" * 1000)
until_interrupted(lambda: predial.check(source, duplicates="allow", max_diagnostics=0))
""",
    "long rows at hand": """
source = (LONG + b"\\n") * 10
def work():
    while True:
        predial.check(source, threads=1)
until_interrupted(work)
""",
    "duplicates that are compared": """
other = b'{"payload": {"a": "%s"}, "phone": "79123456789"}' % (b"x" * 3_000_000)
this = b'{"phone": "79123456789", "payload": {"a": "%s"}}' % (b"x" * 3_000_000)
source = Repeated(b"", this + b"\\n" + other + b"\\n")
until_interrupted(lambda: predial.check(source, duplicates="job"))
""",
    "standard input": """
until_interrupted(lambda: predial.check(sys.stdin.buffer))
""",
    "bodies": """
rows = Repeated(b"", LONG + b"\\n")
with tempfile.TemporaryDirectory() as out:
    until_interrupted(lambda: predial.prepare(rows, out + "/out", max_jobs=1))
""",
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_signal_ends_it(case: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED + CASES[case]]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    # Standard input stays open, and nothing comes.
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    printed, errors = child.stdout.read(), child.stderr.read()
    child.stdin.close()
    assert (child.wait(), printed, errors) == (0, b"interrupted\n", b"")


BEGUN = """
import sys

class Interrupting:
    \"\"\"Interrupts the import of a module.\"\"\"

    def find_spec(self, name, path=None, target=None):
        if name == MODULE:
            raise KeyboardInterrupt

import predial.__main__
sys.meta_path.insert(0, Interrupting())
MODULE, sys.argv = sys.argv[1], ["predial", "rule"]
predial.__main__.main()
"""


@pytest.mark.parametrize("module", ["click", "predial.cli", "predial.cli.outcome"])
def test_an_interrupted_import_is_quiet(module: str) -> None:
    command = [sys.executable, "-c", BEGUN, module]
    child = subprocess.run(command, capture_output=True)
    assert (child.returncode, child.stdout, child.stderr) == (130, b"", b"")


def test_the_command_begins_where_an_interrupt_is_heard() -> None:
    project = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert 'predial = "predial.__main__:main"' in project


#: Sends Ctrl-C to the process that comes to the import of a module.
SITE = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["INTERRUPTED_AT"]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
"""

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "predial")


def interrupted_at(
    module: str, command: list[str], home: Path
) -> subprocess.CompletedProcess[bytes]:
    (home / "sitecustomize.py").write_text(SITE)
    environment = os.environ | {"PYTHONPATH": str(home), "INTERRUPTED_AT": module}
    return subprocess.run(command, capture_output=True, env=environment)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("command", [[SCRIPT], [sys.executable, "-m", "predial"]])
@pytest.mark.parametrize(
    "module", ["predial._batch", "predial._core", "predial._ringing", "predial.cli", "click"]
)
def test_ctrl_c_while_the_command_is_imported_is_quiet(
    command: list[str], module: str, tmp_path: Path
) -> None:
    done = interrupted_at(module, [*command, "rule"], tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_while_a_program_imports_predial_is_the_program_s(tmp_path: Path) -> None:
    code = "try:\n    import predial\nexcept KeyboardInterrupt:\n    print('caught')"
    done = interrupted_at("predial._core", [sys.executable, "-c", code], tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"caught\n", b"")


def test_a_command_that_has_begun_hears_an_interrupt_as_ever() -> None:
    code = """
import signal, sys
sys.argv = ["predial"]
import predial._startup
before = signal.getsignal(signal.SIGINT)
predial._startup.begin()
after = signal.getsignal(signal.SIGINT)
print(before is signal.default_int_handler, after is signal.default_int_handler)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"False True\n"
