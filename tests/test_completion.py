"""What a shell completes, asked through the script that `predial completion` writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import predial

COMMANDS = Path(sys.executable).parent
ENVIRONMENT = os.environ | {"PATH": f"{COMMANDS}{os.pathsep}{os.environ['PATH']}"}


def answers(*words: str) -> list[str]:
    """What bash offers after these words, of which the last is unfinished."""
    line = " ".join(f"'{word}'" for word in words)
    script = f"""
eval "$(predial completion bash)"
COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}
_predial_completion predial
printf "%s\\n" "${{COMPREPLY[@]}}"
"""
    # compopt, which the script uses for names of files, only works while bash completes.
    done = subprocess.run(
        ["bash", "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
class TestBash:
    def test_commands(self) -> None:
        assert answers("predial", "che") == ["check"]
        assert {"check", "prepare", "rule", "completion"} <= set(answers("predial", ""))

    def test_options(self) -> None:
        assert "--region" in answers("predial", "check", "--re")
        assert answers("predial", "check", "--level", "p") == ["possible"]

    def test_rules(self) -> None:
        names = [rule.name for rule in predial.rules() if rule.name.startswith("zone-")]
        assert answers("predial", "rule", "zone-") == names


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_predial(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "predial", "completion", shell],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"_PREDIAL_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr == ""


def test_another_shell_is_an_error_of_use() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "predial", "completion", "tcsh"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "'bash', 'zsh', 'fish'" in done.stderr
