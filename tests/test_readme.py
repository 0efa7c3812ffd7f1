"""The sessions of the README and of pages like it, run as they stand there."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"
DOCS = README.parent / "docs"
PAGES = [README, DOCS / "short-form.md", DOCS / "policy.md"]
COMMANDS = Path(sys.executable).parent


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_session_in_python(page: Path) -> None:
    assert doctest.testfile(str(page), module_relative=False).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_session_in_the_shell(tmp_path: Path, page: Path) -> None:
    [session] = re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    steps = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE)
    assert len(steps) > 3
    path = f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"
    for command, shown in steps:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=os.environ | {"PATH": path, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout + done.stderr == shown, command


@pytest.mark.parametrize("target", ["demo", "test", "lint", "bench", "wheel"])
def test_the_makefile_has_the_target(target: str) -> None:
    makefile = (README.parent / "Makefile").read_text("utf-8")
    assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)
