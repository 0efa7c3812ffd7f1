"""The answers that CI systems read: annotations of GitHub, and SARIF."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import predial
from predial.cli import commands
from predial.cli.annotations import annotation

SCHEMA = json.loads(
    (Path(__file__).parent / "data" / "sarif-2.1.0-subset.schema.json").read_text("utf-8")
)
CLEAN = '{"phone": "79110000000"}\n'
REPAIRED = '{"phone": "+7 (911) 000-00-01"}\n'
REJECTED = '{"phone": "7.911E+10"}\n'
PLACEHOLDER = '{"phone": "79999999999"}\n'


def run(*arguments: str | Path, text: str = "") -> Result:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments], input=text)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- annotations -------------------------------------------------------------------------------


def test_each_fault_is_an_annotation_of_its_line(here: Path) -> None:
    (here / "jobs.ndjson").write_text(CLEAN + REJECTED + PLACEHOLDER, "utf-8")
    result = run("check", "jobs.ndjson", "--output-format", "github")
    assert result.exit_code == 1
    error, warning, decision = result.stdout.splitlines()
    place = "file=jobs.ndjson,line=2,title=phone-scientific"
    assert error.startswith(f'::error {place}::phone "7.911E+10": ')
    assert warning.startswith("::warning file=jobs.ndjson,line=3,title=phone-placeholder::phone ")
    assert decision.startswith("::notice file=jobs.ndjson,title=predial::2 of 3 jobs can be sent ")
    assert "%25" in decision


def test_they_are_the_ones_that_text_shows(here: Path) -> None:
    (here / "jobs.ndjson").write_text(REJECTED * 30 + REPAIRED, "utf-8")

    def levels(*options: str) -> list[str]:
        lines = run("check", "jobs.ndjson", "--output-format", "github", *options).stdout
        return re.findall(r"^::(\w+) ", lines, re.MULTILINE)

    assert levels() == ["error"] * 3 + ["notice"]
    assert levels("--max-diagnostics", "5") == ["error"] * 5 + ["notice"]
    assert levels("--all") == ["error"] * 30 + ["notice", "notice"]
    assert levels("--quiet") == []


def test_an_option_that_would_help_is_named(here: Path) -> None:
    (here / "jobs.ndjson").write_text('{"phone": "8 (912) 345-67-89"}\n', "utf-8")
    lines = run("check", "jobs.ndjson", "--output-format", "github").stdout.splitlines()
    helped = [line for line in lines if "::--region RU: 1 more row could be sent: " in line]
    assert len(helped) == 1, lines
    assert helped[0].startswith("::notice file=jobs.ndjson,title=predial::")


def test_standard_input_has_no_file(here: Path) -> None:
    result = run("check", "-", "--output-format", "github", text=REJECTED)
    assert result.stdout.startswith("::error title=phone-scientific::phone ")


def test_a_list_that_cannot_be_read_is_an_annotation(here: Path) -> None:
    (here / "cut.json").write_text("[" + REJECTED.strip(), "utf-8")
    (here / "pages.csv").write_text("a,b\nc,d\n", "utf-8")
    for name, said in [
        ("nothing.csv", "::error file=nothing.csv,title=predial::No such file or directory"),
        ("pages.csv", "::error file=pages.csv,title=predial::"),
        ("cut.json", "::error file=cut.json,line=1,title=predial::"),
    ]:
        result = run("check", name, "--output-format", "github")
        assert result.exit_code == 2
        assert result.stdout.splitlines()[-1].startswith(said), result.stdout


COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^,:]*,?)*)::(.*)")


def read(line: str) -> tuple[str, dict[str, str], str]:
    """What a runner makes of a line: it splits at `,` and `::` before it undoes the escapes."""
    found = COMMAND.fullmatch(line)
    assert found is not None, line
    pairs = (part.split("=", 1) for part in found[2].split(","))
    return found[1], {name: unescaped(value) for name, value in pairs}, unescaped(found[3])


def unescaped(text: str) -> str:
    for code, character in [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]:
        text = text.replace(code, character)
    return text


@given(st.text(), st.text(), st.integers(1))
def test_a_runner_reads_back_any_text(message: str, file: str, line: int) -> None:
    written = annotation("error", message, file, line, "phone-empty")
    assert "\n" not in written
    assert "\r" not in written
    properties = {"file": file, "line": str(line), "title": "phone-empty"}
    assert read(written) == ("error", properties, message)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_no_cell_can_write_a_command_of_its_own(cell: str) -> None:
    jobs = json.dumps([{"phone": f"{cell}\n::error::mine", "gmtZone": cell}])
    result = run("check", "-", "--output-format", "github", "--all", text=jobs)
    for line in result.stdout.splitlines():
        read(line)


# --- SARIF -------------------------------------------------------------------------------------


def log_of(result: Result) -> Any:
    """The log, which the schema accepts."""
    log = json.loads(result.stdout)
    jsonschema.validate(log, SCHEMA, format_checker=jsonschema.FormatChecker())
    for one in log["runs"]:
        rules = one["tool"]["driver"]["rules"]
        for found in one["results"]:
            assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
    return log


def test_a_log_has_a_run_for_each_list(here: Path) -> None:
    (here / "of may.ndjson").write_text(CLEAN + REPAIRED + REJECTED + PLACEHOLDER, "utf-8")
    (here / "clean.ndjson").write_text(CLEAN, "utf-8")
    names = ["of may.ndjson", "clean.ndjson", "nothing.csv"]
    result = run("check", *names, "--output-format", "sarif")
    assert result.exit_code == 2
    first, clean, absent = log_of(result)["runs"]
    driver = first["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("predial", predial.__version__)
    assert [(it["ruleId"], it["level"]) for it in first["results"]] == [
        ("phone-format", "note"),
        ("phone-scientific", "error"),
        ("phone-placeholder", "warning"),
    ]
    location = first["results"][1]["locations"][0]
    place = location["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == "of may.ndjson"
    assert place["region"] == {"startLine": 3}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "row 2 phone"
    assert clean["results"] == []
    assert (clean["properties"]["total"], clean["properties"]["rejected"]) == (1, 0)
    assert [it["invocations"][0]["executionSuccessful"] for it in (first, clean, absent)] == [
        True,
        True,
        False,
    ]
    assert (
        "nothing.csv"
        in absent["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    )


def test_what_ends_a_list_early_is_in_the_log(here: Path) -> None:
    result = run("check", "-", "--output-format", "sarif", text="[" + REJECTED)
    [one] = log_of(result)["runs"]
    assert [it["ruleId"] for it in one["results"]] == ["phone-scientific"]
    assert "physicalLocation" not in one["results"][0]["locations"][0]
    [invocation] = one["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"][0]["level"] == "error"


def test_a_log_says_what_it_leaves_out(here: Path) -> None:
    options = ("--output-format", "sarif", "--max-diagnostics", "2")
    [one] = log_of(run("check", "-", *options, text=REJECTED * 5))["runs"]
    assert len(one["results"]) == 2
    [note] = one["invocations"][0]["toolExecutionNotifications"]
    assert note["level"] == "note"
    assert "3 results" in note["message"]["text"]


def test_a_row_of_a_sheet_is_not_a_line_of_a_text() -> None:
    workbook = Path(__file__).parent.parent / "examples" / "customers.xlsx"
    [one] = log_of(run("check", workbook, "--output-format", "sarif"))["runs"]
    place = one["results"][0]["locations"][0]["physicalLocation"]
    assert "region" not in place
    assert place["artifactLocation"]["uri"] == workbook.as_uri()


def test_prepare_and_clean_write_one_log(here: Path) -> None:
    (here / "jobs.ndjson").write_text(CLEAN + REJECTED, "utf-8")
    for command, out in [("prepare", "out"), ("clean", "cleaned.ndjson")]:
        result = run(command, "jobs.ndjson", out, "--output-format", "sarif")
        assert result.exit_code == 1
        assert len(log_of(result)["runs"]) == 1


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=4))
def test_a_log_of_any_texts_is_one(texts: list[str]) -> None:
    jobs = json.dumps([{"phone": text, "gmtZone": text[::-1], text: text} for text in texts])
    log_of(run("check", "-", "--output-format", "sarif", text=jobs))
