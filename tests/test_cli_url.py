"""`predial url`: both directions, every kind of source, and places that must not show the token."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import predial
from predial.cli import commands
from predial.cli import url as url_command

HOST = "https://app.jaicp.com"
TOKEN = "8231.7056.1b131df1"
ADDRESS = f"{HOST}/api/calls/campaign/{TOKEN}/addPhone"
URL = f"{ADDRESS}?phone=79110000000&gmtZone=+03:00&name=Alex"
JOB = '{"phone": "79110000000", "gmtZone": "+03:00", "payload": {"name": "Alex"}}'
WRITTEN = f"{ADDRESS}?phone=79110000000&gmtZone=%2B03%3A00&name=Alex"
FAULTY = f"{ADDRESS}?phone=79110000000&name=%FF"


def run(*arguments: str | Path, text: str | bytes = b"", token: str | None = TOKEN) -> Result:
    runner = CliRunner(env={"PREDIAL_TOKEN": token})
    return runner.invoke(commands, ["url", *map(str, arguments)], input=text)


def test_a_url_becomes_the_job() -> None:
    result = run(URL)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{JOB}\n", "")


def test_a_job_becomes_the_url() -> None:
    result = run(JOB, "--host", HOST)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{WRITTEN}\n", "")
    key = run(JOB, "--host", HOST, "--idempotence-key", "k/1", "--form", "crmCalls").stdout
    assert key == f"{WRITTEN}&Idempotence-Key=k%2F1\n".replace("/calls/", "/crmCalls/")


def test_the_jobs_can_be_piped_to_check() -> None:
    jobs = run("-", text=f"{URL}\n\n  {URL.replace('000&', '001&')}  \r\n").stdout
    first, second = map(json.loads, jobs.splitlines())
    assert (first, second) == (json.loads(JOB), json.loads(JOB) | {"phone": "79110000001"})
    result = CliRunner().invoke(commands, ["check", "-"], input=jobs)
    assert result.exit_code == 0


@pytest.mark.parametrize("content", [JOB, json.dumps(json.loads(JOB), indent=2), f"\n {JOB}\n"])
def test_a_job_is_read_from_a_file_and_from_standard_input(tmp_path: Path, content: str) -> None:
    file = tmp_path / "job.json"
    file.write_text(content, "utf-8")
    assert run(file, "--host", HOST).stdout == f"{WRITTEN}\n"
    assert run("-", "--host", HOST, text=content).stdout == f"{WRITTEN}\n"


def test_what_is_refused_is_told_beside_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "urls"
    file.write_text(f"{URL}\n{FAULTY}\n{URL}\n", "utf-8")
    result = run(file, FAULTY)
    assert result.exit_code == 1
    assert result.stdout == f"{JOB}\n{JOB}\n"
    said = "error url-encoding  name: the percent-encoded bytes are not UTF-8; "
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{file}:2: {said}")
    assert second.startswith(f"argument 2: {said}")


def test_a_warning_is_told_and_refuses_nothing() -> None:
    result = run(f"{ADDRESS}?phone=79110000000&gmtzone=Z")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["payload"] == {"gmtzone": "Z"}
    assert result.stderr.startswith("argument 1: warning url-parameter-misplaced  gmtzone: ")


def test_as_json_all_stands_on_stdout() -> None:
    sources = [f"{ADDRESS}?phone=79110000000&payload=x", FAULTY, JOB]
    result = run(*sources, "--host", HOST, "--output-format", "json")
    assert (result.exit_code, result.stderr) == (1, "")
    read, refused, written = json.loads(result.stdout)
    assert (read["source"], read["rule"]) == ("argument 1", None)
    assert read["job"] == {"phone": "79110000000", "payload": {"payload": "x"}}
    assert [warning["rule"] for warning in read["warnings"]] == ["url-parameter-misplaced"]
    assert set(refused) == {"source", "rule", "field", "message", "remedy", "suggestion"}
    assert (refused["rule"], refused["field"]) == ("url-encoding", "name")
    assert written == {"source": "argument 3", "rule": None, "url": WRITTEN}
    lines = run(*sources, "--host", HOST, "--output-format", "ndjson").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [read, refused, written]


def test_a_job_that_the_short_form_can_not_carry_is_refused() -> None:
    result = run('{"phone": 79110000000, "maxAttempts": 3}', "--host", HOST)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("argument 1: error short-form-field  maxAttempts: ")
    assert run("-", "--host", HOST, text=f"[{JOB}]").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [JOB],
        [JOB, "--host", "app.jaicp.com"],
        [JOB, "--host", "http://app.jaicp.com"],
        [JOB, "--host", HOST, "--form", "crmcalls"],
        [JOB, JOB, "--host", HOST, "--idempotence-key", "k"],
        ["no-such-file"],
        [""],
        ["."],
    ],
)
def test_bad_usage_is_status_2_and_writes_nothing(arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


# --- the token ---------------------------------------------------------------------------------


def test_the_token_comes_from_a_file_before_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("a.b.c\n", "utf-8")
    result = run(JOB, "--host", HOST, "--token-file", file)
    assert result.stdout == WRITTEN.replace(TOKEN, "a.b.c") + "\n"


def test_the_token_is_asked_for_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    def prompt(text: str, **options: object) -> str:
        assert options == {"hide_input": True, "err": True}
        return TOKEN

    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr(url_command.sys, "stdin", Terminal())  # type: ignore[attr-defined]
    monkeypatch.delenv("PREDIAL_TOKEN", raising=False)
    assert url_command._token(None, stdin_is_taken=False) == TOKEN
    with pytest.raises(click.UsageError, match="token is missing"):
        url_command._token(None, stdin_is_taken=True)


@pytest.mark.parametrize("token", [None, ""])
def test_a_missing_token_is_bad_usage(token: str | None) -> None:
    result = run(JOB, "--host", HOST, token=token)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "PREDIAL_TOKEN" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [FAULTY],
        [FAULTY, "--output-format", "json"],
        [f"{ADDRESS}s?phone=1"],
        [URL.removeprefix("https://")],
        [URL.replace("//", "/")],
        [f"http://{TOKEN}"],
        [JOB, "--host", TOKEN],
        [JOB, "--host", ADDRESS],
        [JOB, "--host", HOST, "--token-file", TOKEN],
        [JOB, "--host", HOST, f"--token={TOKEN}"],
        [JOB.replace("+03:00", TOKEN), "--host", HOST],
    ],
)
def test_the_token_shows_in_no_complaint(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code in (1, 2)
    assert TOKEN not in result.output


@pytest.mark.parametrize("token", [f'"{TOKEN}"', f"{TOKEN} {TOKEN}", ADDRESS])
def test_a_wrong_token_shows_in_no_complaint(tmp_path: Path, token: str) -> None:
    file = tmp_path / "token"
    file.write_text(token, "utf-8")
    result = run(JOB, "--host", HOST, "--token-file", file)
    assert result.exit_code == 2
    assert "token: the token contains characters" in result.stderr
    assert TOKEN not in result.output


def test_an_error_of_its_own_shows_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> str:
        raise RuntimeError(f"at {URL}")

    monkeypatch.setattr(predial, "job_to_url", fail)
    result = run(JOB, "--host", HOST)
    assert result.exit_code == 2
    assert "RuntimeError" in result.stderr
    assert TOKEN not in result.output
