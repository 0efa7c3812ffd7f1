"""The test of an installed predial in an environment without other packages.

    python tools/smoke_test.py

`make wheel` runs it in a fresh environment without a compiler and without the sources.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import predial
from predial import _core

SEED = b'[{"phone": 79110000000, "gmtZone": "+03:00", "payload": {"name": "Alex"}}]'
LIST = b'{"phone": "+7 (911) 000-00-00"}\n{"phone": "7.911E+10"}\n'


def main() -> None:
    """Try the library, its data and its command; a fault is an AssertionError."""
    here = Path(__file__).resolve().parent.parent
    assert here / "python" not in Path(predial.__file__).parents, "these are the sources"
    assert predial.__version__ == metadata.version("predial")
    assert Path(predial.__file__).with_name("py.typed").exists()
    assert Path(predial.__file__).with_name("_core.pyi").exists()
    doors = [name for name in dir(_core) if name.startswith("plan_")]
    assert not doors, f"the wheel has functions that are only for tests: {doors}"
    _library()
    with tempfile.TemporaryDirectory() as folder:
        _command(Path(folder))
    print(f"predial {predial.__version__} works on Python {sys.version.split()[0]}")


def _library() -> None:
    report = predial.check(SEED)
    assert (report.total, report.clean, report.rejected) == (1, 1, 0)
    assert predial.parse_zone("Europe/Moscow").id == "Europe/Moscow"
    assert predial.normalize_zone("utc +3", repair=True) == "+03:00"
    assert predial.normalize_phone("+7 (911) 000-00-00") == "79110000000"
    assert predial.rules()


def _command(folder: Path) -> None:
    file, out = folder / "jobs.ndjson", folder / "out"
    file.write_bytes(LIST)
    # The script next to this interpreter, which `pip install predial` puts on the path.
    script = Path(sys.executable).with_name("predial")
    done = subprocess.run([script, "prepare", file, out], capture_output=True, text=True)
    assert done.returncode == 1, done
    assert "1 of 2 jobs can be sent" in done.stdout, done.stdout
    assert len((out / "rejects.ndjson").read_bytes().splitlines()) == 1
    assert json.loads((out / "bodies" / "000001.json").read_bytes()) == [{"phone": "79110000000"}]
    assert (out / "manifest.json").exists()
    version = subprocess.run([sys.executable, "-m", "predial", "--version"], capture_output=True)
    assert predial.__version__.encode() in version.stdout


if __name__ == "__main__":
    main()
