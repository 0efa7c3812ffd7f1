"""`predial sandbox` as a process: its options, what it prints, and what outlives it."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import inspect
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from predial.cli import commands
from predial.sandbox.settings import Settings
from predial.testing import Sandbox, sandbox
from sandbox_client import add_many, ask

ROOT = Path(__file__).parent.parent
TOKEN = "8231.7056.1b131df1"


@contextlib.contextmanager
def _process(
    *options: str, token: str = TOKEN
) -> Iterator[tuple[Sandbox, str, subprocess.Popen[str]]]:
    """A sandbox in a process of its own, what it printed, and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "predial", "sandbox", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield Sandbox(line.partition(",")[0], token), line, process
    finally:
        process.kill()
        process.communicate()


def test_the_options_of_the_command(tmp_path: Path) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text("[500]\nrequests = [1]\n")
    db = tmp_path / "calls.sqlite"
    options = ["--db", str(db), "--campaign", "one", "--campaign", "two", "--faults", str(faults),
               "--seed", "7", "--clock", "2026-03-01T12:00Z", "--plus", "accept",
               "--jvm", "none"]  # fmt: skip
    with _process(*options, token="two") as (box, line, process):
        assert line == f"{box.host}, token one, two, SQLite in {db}\n"
        assert add_many(box, [{"phone": "+79110000000", "gmtZone": "EST"}]).status == 500
        assert add_many(box, [{"phone": "+79110000000", "gmtZone": "EST"}]).status == 200
        assert str(box.now()) == "2026-03-01 12:00:00+00:00"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert [path.name for path in tmp_path.glob("*sqlite*")] == ["calls.sqlite"]


def test_the_command_the_context_and_the_settings_have_the_same_options() -> None:
    command = commands.get_command(click.Context(commands), "sandbox")
    assert command is not None
    declared = {option.name: option.default for option in command.params}
    context = inspect.signature(sandbox).parameters
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    assert declared.keys() == context.keys() == fields.keys()
    for name in ("host", "seed", "plus", "jvm"):
        assert declared[name] == context[name].default == fields[name].default
    assert (declared["port"], context["port"].default, fields["port"].default) == (8080, 0, 8080)


def test_what_the_readme_types(tmp_path: Path) -> None:
    """Both blocks of the README, in one shell, with a free port in place of 8080."""
    text = (ROOT / "README.md").read_text("utf-8").partition("## Try it without a campaign")[2]
    first, second = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[:2]
    assert first.startswith("predial sandbox &\n")
    script = first.partition("\n")[2].replace("curl ", "curl --silent ") + second
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    with _process() as (box, _, _):
        done = subprocess.run(
            ["bash", "-c", script.replace("http://127.0.0.1:8080", box.host)],
            cwd=tmp_path,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
            check=True,
        )
        phones = [job["phone"] for job in box.jobs()]
    assert done.stdout.startswith('"1"["2"]')
    table = (tmp_path / "out" / "ids.csv").read_text("utf-8")
    assert done.stdout.endswith(table)
    assert len(table.splitlines()) == len(phones) - 1
    assert all(f"{phone},{n}" in table for n, phone in enumerate(phones[2:], 3))


def test_what_can_not_be_started(tmp_path: Path) -> None:
    def run(*options: str) -> tuple[int, str]:
        done = CliRunner().invoke(commands, ["sandbox", "--port", "0", *options])
        return done.exit_code, done.stderr

    other = tmp_path / "other"
    other.write_text("not a database, and longer than the header that one has " * 9)
    assert run("--db", str(other))[0] == 2
    assert "can't be used as a database" in run("--db", str(other))[1]
    with sqlite3.connect(tmp_path / "app.sqlite") as database:
        database.execute("CREATE TABLE mine (x)")
    database.close()
    assert "not a database of this version" in run("--db", str(tmp_path / "app.sqlite"))[1]
    assert "can't be used as a database" in run("--db", str(tmp_path / "no" / "db"))[1]
    other.write_text("500 = 2")
    assert "rate of 500" in run("--faults", str(other))[1]
    other.write_text("500 =")
    assert "is not TOML" in run("--faults", str(other))[1]
    assert run("--faults", str(tmp_path / "none"))[0] == 2
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, error = run("--port", port)
        assert (status, error) == (2, f"predial: 127.0.0.1:{port}: Address already in use\n")


def test_it_listens_on_loopback_alone() -> None:
    with sandbox() as box:
        assert box.host.startswith("http://127.0.0.1:")


def test_nothing_is_printed_or_logged(capfd: pytest.CaptureFixture[str]) -> None:
    with sandbox() as box:
        ask(box, "GET", f"/api/calls/campaign/{box.token}/addPhone?phone=79110000000")
        ask(box, "GET", "/nothing")
        box.set_faults({"drop_after_store": 1})
        with contextlib.suppress(http.client.HTTPException):
            add_many(box, [{"phone": "79110000001"}])
    assert capfd.readouterr() == ("", "")


def test_the_database_is_its_owner_s_alone(tmp_path: Path) -> None:
    db = tmp_path / "calls.sqlite"
    with sandbox(db=db) as box:
        add_many(box, [{"phone": "79110000000"}])
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes.pop("calls.sqlite") == 0o600
    assert set(modes.values()) == {0o600}


def test_what_is_kept_outlives_the_sandbox(tmp_path: Path) -> None:
    db = tmp_path / "calls.sqlite"
    with sandbox(db=db) as box:
        first = add_many(box, [{"phone": "79110000000"}], key="k")
        box.advance("20h")
        box.add_campaign("other", name="Other")
        before = box.now()
    with sandbox(db=db) as box:
        assert box.now() >= before
        assert add_many(box, [{"phone": "79110000000"}], key="k").body == first.body
        assert add_many(box, [{"phone": "79110000000"}]).json == ["2"]
        assert ask(box, "GET", "/sandbox/campaigns/other").json["name"] == "Other"
        box.advance("4h")
        assert add_many(box, [{"phone": "79110000000"}], key="k").json == ["3"]


@pytest.mark.parametrize("attempt", range(3))
def test_what_was_answered_is_there_after_a_kill(tmp_path: Path, attempt: int) -> None:
    """Eight clients add jobs while the process is killed; then each sends again what it does not
    know to be stored, with the same key.
    """
    db = tmp_path / "calls.sqlite"
    answered: dict[str, bytes] = {}
    unknown: dict[str, bytes] = {}
    enough = threading.Event()

    def client(box: Sandbox, number: int) -> None:
        for request in range(1_000):
            key = f"{number}/{request}"
            first = 79110000000 + number * 100_000 + request * 50
            body = ("[" + ",".join(f'{{"phone":{first + n}}}' for n in range(50)) + "]").encode()
            try:
                answer = add_many(box, body, key=key)
            except (OSError, http.client.HTTPException):
                unknown[key] = body
                return
            assert answer.status == 200
            answered[key] = answer.body
            if len(answered) > 20 + 10 * attempt:
                enough.set()

    with _process("--db", str(db)) as (box, _, process):
        threads = [threading.Thread(target=client, args=(box, number)) for number in range(8)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        os.kill(process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join()
    assert len(unknown) == 8
    with sandbox(db=db) as box:
        for key, body in unknown.items():
            answered[key] = add_many(box, body, key=key).body
        phones = [job["phone"] for job in box.jobs()]
        ids = [job["id"] for job in box.jobs()]
    assert len(phones) == len(set(phones)) == 50 * len(answered)
    said = sorted(int(it) for body in answered.values() for it in body.decode()[2:-2].split('","'))
    assert said == list(map(int, ids))
