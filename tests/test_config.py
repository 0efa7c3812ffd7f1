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


def test_lists_of_the_file_and_of_the_command_line_add_up(here: Path, tmp_path: Path) -> None:
    """Else a team's list of phones that must not be called would be dropped without a word."""
    Path("list.csv").write_text("phone;Alt;n\n+79110000001;;a\n+79110000002;;b\n;+79110000003;c\n")
    (tmp_path / "stop.csv").write_text("phone\n+79110000001\n")
    Path("own.csv").write_text("phone\n+79110000002\n")
    (tmp_path / "predial.toml").write_text(
        'exclude = ["stop.csv"]\nregion = "RU"\n[set]\nmaxAttempts = 3\n[map]\nphone = "phone"\n'
    )
    words = ["--exclude", "own.csv", "--set", "retryIntervalInMinutes=5"]
    shown = run("prepare", "list.csv", "out", *words, "--map", "phone=phone,Alt", "--region", "US")
    assert shown.stderr.startswith(f"predial: {tmp_path}/predial.toml sets --exclude ")
    assert "--region" not in shown.stderr
    manifest = json.loads(Path("out/manifest.json").read_bytes())
    assert [it["name"] for it in manifest["options"]["exclude"]["lists"]] == ["stop.csv", "own.csv"]
    assert manifest["options"]["map"] == {"phone": ["phone", "Alt"]}
    [job] = json.loads(Path("out/bodies/000001.json").read_bytes())
    assert job["phone"] == "79110000003"
    assert (job["maxAttempts"], job["retryIntervalInMinutes"]) == (3, 5)


@pytest.mark.parametrize(
    ("file", "words", "status"),
    [
        ("no-repair = true", ["--repair", "sure"], 0),
        ("no-repair = true", [], 1),
        ('error = ["phone-placeholder"]', ["--ignore", "phone-placeholder"], 0),
        ('ignore = ["phone-placeholder"]', ["--error", "phone-placeholder"], 1),
        ('error = ["phone-placeholder"]', ["--error", "phone-abroad"], 1),
    ],
)
def test_the_command_line_goes_first(
    here: Path, tmp_path: Path, file: str, words: list[str], status: int
) -> None:
    Path("list.csv").write_text("phone\n+7 (999) 999-99-99\n")
    (tmp_path / "predial.toml").write_text(f"{file}\n")
    shown = run("check", "list.csv", *words)
    assert shown.exit_code == status, shown.output


def test_options_that_contradict_each_other(here: Path) -> None:
    for words in (
        ["--no-repair", "--repair", "suggested"],
        ["--error", "phone-costly", "--ignore", "phone-costly"],
    ):
        shown = run("check", "list.csv", *words)
        assert shown.exit_code == 2
        assert all(word in shown.stderr for word in words if word.startswith("--"))
