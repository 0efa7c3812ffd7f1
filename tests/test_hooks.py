"""The hook of pre-commit: what it runs exists, and which files it takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import yaml
from click.testing import CliRunner

from predial.cli import commands

ROOT = Path(__file__).resolve().parent.parent


def test_the_hook_refuses_a_list_with_rejects() -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["id"] == "predial-check"
    program, *words = shlex.split(hook["entry"])
    assert program == "predial"
    lists = [ROOT / "examples" / name for name in ("contacts.csv", "german.csv")]
    assert all(re.search(hook["files"], str(name)) for name in lists)
    assert not re.search(hook["files"], "README.md")
    rejected = CliRunner().invoke(commands, [*words, *map(str, lists)])
    assert rejected.exit_code == 1
    assert "contacts.csv:3: error" in rejected.stdout
    sendable = CliRunner().invoke(commands, [*words, "--region", "DE", str(lists[1])])
    assert sendable.exit_code == 0
