"""The sessions of the README and docs/, run as they stand there, beside the files of examples/."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = Path(sys.executable).parent
SESSION = re.compile(r"```console\n(.*?)```", re.DOTALL)
STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory to work in, with a copy of each example in it."""
    for file in (ROOT / "examples").iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    # As in an environment that is activated, whose commands other processes find.
    monkeypatch.setenv("PATH", f"{COMMANDS}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


#: The page about Spark is tested in test_spark.py, which has a session.
OF_PYTHON = [page for page in PAGES if page.stem != "spark"]


@pytest.mark.parametrize("page", OF_PYTHON, ids=lambda page: page.stem)
def test_the_sessions_in_python(page: Path, examples: Path) -> None:
    assert doctest.testfile(str(page), module_relative=False).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_sessions_in_the_shell(page: Path, examples: Path) -> None:
    path = f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"
    for session in SESSION.findall(page.read_text("utf-8")):
        for command, shown in STEP.findall(session):
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=examples,
                env=os.environ | {"PATH": path, "LC_ALL": "C.UTF-8"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.stdout + done.stderr == shown, command


def test_the_readme_has_sessions() -> None:
    [session] = SESSION.findall((ROOT / "README.md").read_text("utf-8"))
    assert len(STEP.findall(session)) > 3
