"""The reference of the command line and the manual page."""

from __future__ import annotations

import shutil
import subprocess

import click
import pytest

import cli_pages
from predial.cli import commands


def test_both_pages_are_current() -> None:
    assert cli_pages.PAGE.read_text("utf-8") == cli_pages.page(), "make rules writes it"
    assert cli_pages.MANUAL.read_text("utf-8") == cli_pages.manual(), "make rules writes it"


def test_they_have_each_option_of_each_command() -> None:
    page, manual = cli_pages.page(), cli_pages.manual().replace("\\-", "-")
    context = click.Context(commands)
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        assert command is not None
        section = page.split(f"\n## predial {name}\n")[1].split("\n## ")[0]
        for title in ("Options of lists", "Options of reports", "Options of the launch preview"):
            if f"(#{title.lower().replace(' ', '-')})" in section:
                section += page.split(f"\n## {title}\n")[1].split("\n## ")[0]
        for option in command.params:
            if isinstance(option, click.Option):
                for flag in option.opts:
                    assert flag in section, (name, flag)
                    assert flag in manual, (name, flag)


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_the_manual_page_is_roff_without_a_warning() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", cli_pages.MANUAL],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""
    assert "\u041c\u0421\u041a=" in done.stdout
