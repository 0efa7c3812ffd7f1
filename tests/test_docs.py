"""The sessions of the README and docs/, run unchanged, with the files of examples/."""

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
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
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


LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")
TEXTS = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "DESIGN.md", ROOT / "CHANGELOG.md"]


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text("utf-8")):
        if "://" in target:
            continue
        found = page.parent / target if target else page
        assert found.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", found.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in headings}
            assert anchor[1:] in slugs, anchor


def test_the_site_has_every_page() -> None:
    nav = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2].partition("\n\n")[0]
    named = re.findall(r"([\w./-]+\.md)", nav)
    there = [page.relative_to(ROOT / "docs").as_posix() for page in PAGES[1:]]
    assert sorted(named) == sorted(there)
