"""No line of a report is wider than 80 columns: wide characters take two."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from predial.cli import commands


def columns_of(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def shown(folder: Path, name: str, content: str) -> list[str]:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(commands, ["check", name, "--all"]).stdout.splitlines()


def test_wide_characters_take_two_columns(tmp_path: Path) -> None:
    words = " ".join(["山田太郎"] * 12)
    good = "".join(f"+7911000001{i},x,y\n" for i in range(9))
    content = f"電話番号,氏名,{words}\n+79110000001{'山' * 40},x,y\n{good}"
    lines = shown(tmp_path, "名簿.csv", content)
    assert any("電話番号" in line for line in lines)
    assert any('phone "+79110000001山' in line for line in lines)
    assert [line for line in lines if columns_of(line) > 80] == []


def test_a_value_goes_below_the_long_name_of_its_file(tmp_path: Path) -> None:
    name = f"{'long_name_' * 7}.csv"
    lines = shown(tmp_path, name, "name,phone\na,8 (916) 123-45-60\n")
    head = f"{name}:2: error phone-national"
    assert lines[lines.index(head) + 1] == '        phone "8 (916) 123-45-60"'
    assert [line for line in lines if columns_of(line) > 80 and line != head] == []
