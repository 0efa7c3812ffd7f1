"""The launch preview of the command line: `--report`, `--docs`, and `predial report OUT`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from predial.cli import commands

LIST = "name;phone;gmtZone\nA;8 (912) 345-67-89;Europe/Moscow\nB;79123456780;+05:00\n"
LIST += "".join(f"C{i};7912345678{i};Europe/Moscow\n" for i in range(1, 10)) + "D;79123456780;\n"


def run(*arguments: object) -> tuple[int, str]:
    answer = CliRunner().invoke(commands, [str(argument) for argument in arguments])
    return answer.exit_code, answer.stdout + answer.stderr


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "list.csv"
    file.write_text(LIST, "utf-8")
    return file


def figures_of(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def test_check_and_prepare_show_the_same(source: Path, tmp_path: Path) -> None:
    options = ["--report", tmp_path / "a.json", "-q", "--now", "2026-03-02T09:00:00Z"]
    assert run("check", source, *options)[0] == 1
    checked = figures_of(tmp_path / "a.json")
    assert run("prepare", source, tmp_path / "out", *options)[0] == 1
    prepared = figures_of(tmp_path / "a.json")
    assert checked["bodies"] == []
    assert [body["jobs"] for body in prepared["bodies"]] == [10]
    assert prepared | {"bodies": []} == checked


def test_a_preview_afterwards_has_the_same_jobs(source: Path, tmp_path: Path) -> None:
    out, later = tmp_path / "out", tmp_path / "later.json"
    assert run("prepare", source, out, "--max-jobs", 3, "-q")[0] == 1
    assert run("report", out, "-o", later) == (0, "")
    found = figures_of(later)
    assert len(found["bodies"]) == 4
    zones = next(place["rows"] for place in found["places"] if place["of"] == "zones")
    assert zones == [{"name": "Europe/Moscow", "jobs": 9}, {"name": "+05:00", "jobs": 1}]
    assert found["hours"]["free"] == found["jobs"]["sendable"] == 10
    assert {hour["jobs"] for hour in found["hours"]["local"]} == {10}
    assert run("report", out) == (0, "")
    assert "10 of 12 jobs can be sent" in (out / "preview.html").read_text("utf-8").replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_a_preview_names_options_as_the_shell_does(source: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    assert run("check", source, "--report", file, "-q", "--lang", "ru")[0] == 1
    html = file.read_text("utf-8")
    assert "<code>--region RU</code>" in html
    assert "номера записаны так, как их набирают внутри этой страны" in html
    assert file.stat().st_mode & 0o077 == 0


def test_rules_link_to_the_documentation(source: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    options = ["--report", file, "-q", "--docs", "https://docs.example.com/"]
    assert run("check", source, *options)[0] == 1
    address = "https://docs.example.com/rules.html#phone-national"
    assert f'href="{address}"' in file.read_text("utf-8")
    code, said = run("check", source, "--report", file, "--docs", "javascript:alert(1)")
    assert code == 2
    assert "docs must be an address such as https://example.com/" in said


def test_a_directory_that_was_not_prepared_is_named(source: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, said = run("report", tmp_path / "empty")
    assert code == 2
    assert "there is no manifest.json: predial prepare has not finished" in said
    assert os.listdir(tmp_path / "empty") == []
    for wrong in (tmp_path / "nothing", source):
        code, said = run("report", wrong)
        assert code == 2
        assert str(wrong) in said.replace("\n", "")
    (tmp_path / "empty" / "manifest.json").write_text("{}")
    code, said = run("report", tmp_path / "empty")
    assert code == 2
    assert "manifest" in said


def test_a_file_that_can_not_be_written_is_named(source: Path, tmp_path: Path) -> None:
    assert run("prepare", source, tmp_path / "out", "-q")[0] == 1
    file = tmp_path / "no" / "a.html"
    for command in (["report", tmp_path / "out", "-o"], ["check", source, "-q", "--report"]):
        code, said = run(*command, file)
        assert code == 2
        assert f"{file}: No such file or directory" in said
