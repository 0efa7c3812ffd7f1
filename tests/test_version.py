"""`predial --version`, short and with `--verbose`."""

from __future__ import annotations

from importlib import metadata

import pytest
import tzdata
from click.testing import CliRunner

import predial
from predial.cli import commands


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(commands, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_version_is_one_line() -> None:
    assert shown("--version") == f"predial, version {predial.__version__}\n"


@pytest.mark.parametrize(
    "arguments", [("--version", "--verbose"), ("--verbose", "--version")], ids=" ".join
)
def test_verbose_names_what_answers_depend_on(arguments: tuple[str, str]) -> None:
    first, *lines = shown(*arguments).splitlines()
    assert first == shown("--version").strip()
    facts = dict(line.split("  ", 1) for line in lines)
    facts = {name: text.strip() for name, text in facts.items()}
    assert facts["numbering plan"] == f"phonenumbers {predial.PLAN_VERSION}"
    assert facts["time zones"] == f"tzdata {tzdata.IANA_VERSION}"
    assert facts["names of zones"].startswith("CLDR ")
    assert "_core" in facts["extension"]
    assert "features python" in facts["extension"]
    assert f"click {metadata.version('click')}" in facts["packages"]


@pytest.mark.parametrize("arguments", [("--verbose",), ("--verbose", "rule")], ids=" ".join)
def test_verbose_alone_is_an_error_of_use(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(commands, arguments)
    assert result.exit_code == 2
    assert "--verbose is for --version" in result.stderr
