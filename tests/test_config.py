"""Options from predial.toml or pyproject.toml."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from predial.cli import commands

LIST = "Моб;phone2;Zone\n8 912 345-67-89;79110000000;+03:00\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, list(arguments))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a list, two levels below `tmp_path`."""
    directory = tmp_path / "a" / "b"
    directory.mkdir(parents=True)
    (directory / "list.csv").write_text(LIST)
    monkeypatch.chdir(directory)
    return directory


def test_the_nearest_file_sets_options(here: Path, tmp_path: Path) -> None:
    assert run("check", "list.csv", "--map", "phone=Моб").exit_code == 1
    (tmp_path / "predial.toml").write_text('region = "RU"\n')
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    shown = run("check", "list.csv", "--map", "phone=Моб")
    assert shown.exit_code == 0
    assert shown.stderr == f"predial: {tmp_path}/predial.toml sets --region RU\n"
    # Every file sets its own options alone; the nearest is read.
    (tmp_path / "a" / "pyproject.toml").write_text('[tool.predial]\nregion = "US"\n')
    assert run("check", "list.csv", "--map", "phone=Моб").exit_code == 1
    (tmp_path / "a" / "predial.toml").write_text('region = "RU"\n')
    assert run("check", "list.csv", "--map", "phone=Моб").exit_code == 0
    # What is on the command line goes first.
    assert run("check", "list.csv", "--map", "phone=Моб", "--region", "US").exit_code == 1
    without = run("check", "list.csv", "--map", "phone=Моб", "--no-config")
    assert (without.exit_code, without.stderr) == (1, "")
    (here / "other.toml").write_text('region = "RU"\n[map]\nphone = "Моб"\n')
    assert run("check", "list.csv", "--config", "other.toml").exit_code == 0


def test_values_of_every_kind(here: Path, tmp_path: Path) -> None:
    (tmp_path / "stop.csv").write_text("phone\n79110000009\n")
    (tmp_path / "predial.toml").write_text(
        """
region = "RU"
max-jobs = 7
max_bytes = "5MB"
strict = false
drop-empty = true
repair = "suggested"
exclude = ["stop.csv"]
error = ["phone-abroad"]
ignore = ["job-unknown-field"]
payload = ["phone2", "Zone"]

[map]
phone = ["Моб", "phone2"]

[set]
maxAttempts = 3
allowedDays = ["mon", "tue"]
startDateTime = 2026-03-01T12:00:00Z
"""
    )
    shown = run("prepare", "list.csv", "out", "--now", "2026-03-01T12:00Z")
    assert shown.exit_code == 0, shown.output
    manifest = json.loads(Path("out/manifest.json").read_bytes())
    options = manifest["options"]
    assert options["map"] == {"phone": ["Моб", "phone2"]}
    assert (options["region"], options["max_jobs"], options["max_bytes"]) == ("RU", 7, 5_000_000)
    assert (options["drop_empty"], options["repair"]) == (True, "suggested")
    assert options["severity"] == {"phone-abroad": "error", "job-unknown-field": "ignore"}
    assert options["payload"] == ["phone2", "Zone"]
    assert options["exclude"]["lists"] == [{"name": "stop.csv", "phones": 1}]
    assert options["set"]["maxAttempts"] == 3
    assert options["set"]["allowedDays"] == ["mon", "tue"]
    said = shown.stderr
    assert "--max-jobs 7 --max-bytes 5MB" in said
    assert f"--exclude {tmp_path}/stop.csv" in said
    assert "--map 'phone=Моб,phone2'" in said
    assert "no --strict" in said
    # What another command has is not for this one.
    assert run("phone", "8 912 345-67-89").exit_code == 0


def test_flags_with_an_opposite(here: Path) -> None:
    for text, option in (("header = false", "--no-header"), ("no-header = true", "--no-header")):
        Path("predial.toml").write_text(f'{text}\nmap = {{phone = "#2"}}\n')
        shown = run("check", "list.csv", "--output-format", "json")
        assert json.loads(shown.stdout)["input"]["header_line"] is None
        assert f"sets {option} " in shown.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("regoin = 'RU'", "sets regoin, and no command has the option --regoin"),
        ("region = true", "sets region to True"),
        ("strict = 'yes'", "sets strict to 'yes'"),
        ("level = 'high'", "'high' is not one of"),
        ("max-jobs = 0", "0 is not in the range"),
        ("config = 'x'", "no command has the option --config"),
        ("[", "can't be read"),
        ("region = 'XX'", "--region must be an ISO 3166-1"),
    ],
)
def test_what_is_wrong_in_a_file_is_bad_usage(here: Path, text: str, said: str) -> None:
    Path("predial.toml").write_text(text)
    refused = run("prepare", "list.csv", "out", "--map", "phone=Моб")
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.split())
    assert not Path("out").exists()


def test_quiet_is_quiet(here: Path) -> None:
    Path("predial.toml").write_text('region = "RU"\n')
    shown = run("check", "list.csv", "--map", "phone=Моб", "--quiet")
    assert (shown.exit_code, shown.stdout, shown.stderr) == (0, "", "")
    Path("predial.toml").write_text("quiet = true\n")
    assert run("check", "list.csv", "--map", "phone=phone2").output == ""
