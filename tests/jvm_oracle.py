"""Oracles on a JVM: the answers of the programs in tests/jvm."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "jvm"


def answers(program: str, texts: list[str], folder: Path) -> list[list[str]]:
    """The answers of a program to texts; it is compiled into the folder. Without a compiler the
    test is skipped, and fails in CI.
    """
    if shutil.which("javac") is None:
        reason = f"no javac: {program} was not asked"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    source = PROGRAMS / f"{program}.java"
    subprocess.run(["javac", "-d", folder, "-sourcepath", PROGRAMS, source], check=True)
    questions = "".join(text.encode("utf-16-be", "surrogatepass").hex() + "\n" for text in texts)
    run = subprocess.run(
        ["java", "-cp", folder, program],
        input=questions,
        capture_output=True,
        check=True,
        encoding="ascii",
    )
    return [line.split("\t") for line in run.stdout.splitlines()]
