"""Sending to the sandbox: a real server, faults of every kind, processes that are killed."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import predial
from predial.cli import commands
from predial.sending import client as clients
from predial.sending import journal as journals
from predial.sending.clock import Clock
from predial.sending.run import send_all, status
from predial.sending.settings import Settings
from predial.testing import Sandbox, sandbox

TOKEN = "8231.7056.1b131df1"
#: How many bodies, faults and kills. The figures of a release are ten times as many.
SCALE = int(os.environ.get("PREDIAL_SENDING_SCALE", "1"))
EVERY_FAULT = (
    "429", "500", "503", "delay", "drop_before_read", "drop_after_store", "half_answer",
    "invalid_json", "reset_upload",
)  # fmt: skip


def prepared(out: Path, jobs: int, max_jobs: int = 10, **options: Any) -> list[str]:
    phones = [str(79110000000 + number) for number in range(jobs)]
    predial.prepare(({"phone": phone} for phone in phones), out, max_jobs=max_jobs, **options)
    return phones


class Hasty(Clock):
    """Waits a fraction of what it is asked for."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 200)


def run(out: Path, box: Sandbox, **options: Any) -> predial.Sent:
    chosen = Settings(box.host, box.token, **{"give_up_after": 30, **options})
    return asyncio.run(send_all(out, chosen, Hasty(), asyncio.Event()))


def is_exactly_once(out: Path, jobs: list[dict[str, Any]], phones: list[str]) -> None:
    """Each phone has one job at the sandbox, and its ID in `ids.csv`."""
    with open(out / "ids.csv", newline="") as file:
        ids = {row["phone"]: row["id"] for row in csv.DictReader(file)}
    assert Counter(job["phone"] for job in jobs) == Counter(phones)
    assert ids == {job["phone"]: str(job["id"]) for job in jobs}


@pytest.mark.parametrize("parallel", [1, 3])
def test_through_faults_of_every_kind(parallel: int, tmp_path: Path) -> None:
    phones = prepared(tmp_path, 40 * SCALE * 5, max_jobs=5)
    faults = dict.fromkeys(EVERY_FAULT, 0.09) | {"delay": {"rate": 0.05, "seconds": 0.01}}
    with sandbox(faults=faults, seed=parallel) as box:
        for _ in range(50):
            sent = run(tmp_path, box, parallel=parallel)
            if sent.is_done:
                break
        assert (sent.created, sent.unknown, sent.refused) == (len(phones), 0, [])
        is_exactly_once(tmp_path, box.jobs(), phones)
        fired = box.fired()
    assert sum(fired.values()) > 50 * SCALE
    assert all(fired[name] for name in EVERY_FAULT), fired


def test_jobs_that_are_stored_after_the_client_has_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "_READ", 0.2)
    phones = prepared(tmp_path, 30)
    slow = {"seconds": 0.6, "requests": [1, 3]}
    with sandbox(faults={"slow_store": slow}) as box:
        sent = run(tmp_path, box)
        assert sent.created == 30
        is_exactly_once(tmp_path, box.jobs(), phones)
        assert box.fired() == {"slow_store": 2}


def test_after_a_day_jobs_are_reconciled(tmp_path: Path) -> None:
    phones = prepared(tmp_path, 30)
    faults = {"drop_after_store": {"requests": [2]}, "drop_before_read": {"requests": [3]}}
    day = 24 * 3600 + 60

    class NextDay(Hasty):
        def wall(self) -> float:
            return super().wall() + day

        def since_boot(self) -> float:
            return super().since_boot() + day

    with sandbox(faults=faults) as box:
        assert run(tmp_path, box, give_up_after=0).unknown == 10
        box.advance("25h")
        chosen = Settings(box.host, box.token)
        sent = asyncio.run(send_all(tmp_path, chosen, NextDay(), asyncio.Event()))
        assert (sent.created, sent.unknown) == (10, 10)
        assert "its key is too old" in str(sent.stopped)
        chosen = Settings(box.host, box.token, reconcile=True)
        sent = asyncio.run(send_all(tmp_path, chosen, NextDay(), asyncio.Event()))
        assert sent.created == 30
        is_exactly_once(tmp_path, box.jobs(), phones)


def test_rows_that_the_service_refuses(tmp_path: Path) -> None:
    """A list that was checked with another level than the service's."""
    jobs = [{"phone": str(79110000000 + n)} for n in range(40)]
    jobs[17] = {"phone": "791"}
    predial.prepare(jobs, tmp_path, level="e164")
    with sandbox() as box:
        sent = run(tmp_path, box)
        assert sent.created == 39
        assert [(it.row, it.type) for it in sent.refused] == [(17, "phone.bad.format")]
        assert len(box.jobs()) == 39


@contextmanager
def served(port: int, db: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "predial", "sandbox", "--port", str(port), "--db", str(db)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _answers(host: str) -> bool:
    try:
        urllib.request.urlopen(f"{host}/api/calls/campaign/{TOKEN}", timeout=5).read()
    except (OSError, urllib.error.URLError):
        return False
    return True


def _free_port() -> int:
    """A port that the system gives to nobody else while the sandbox is down."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as sock, contextlib.suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@pytest.mark.slow
def test_whoever_is_killed_and_whenever(tmp_path: Path) -> None:
    """`predial send` at random moments, and each third time the sandbox, too."""
    kills, chance = 10 * SCALE, random.Random(7)
    out, port = tmp_path / "out", _free_port()
    host = f"http://127.0.0.1:{port}"
    phones = prepared(out, 600 * SCALE, max_jobs=4)
    command = [sys.executable, "-m", "predial", "send", str(out), "--host", host]
    environment = {**os.environ, "PREDIAL_TOKEN": TOKEN}
    killed = 0
    while True:
        with served(port, tmp_path / "calls.sqlite") as box:
            until = time.monotonic() + 120
            while not _answers(host):
                assert box.poll() is None, "the sandbox has ended"
                assert time.monotonic() < until, "the sandbox does not start"
                time.sleep(0.05)
            while True:
                process = subprocess.Popen(
                    command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
                )
                ends = None if killed >= kills else 0.4 + chance.random() * 1.2
                try:
                    said, _ = process.communicate(timeout=ends or 300)
                except subprocess.TimeoutExpired:
                    killed += 1
                    if killed % 3 == 0:
                        box.send_signal(signal.SIGKILL)
                    process.kill()
                    process.communicate()
                    if killed % 3 == 0:
                        break
                    continue
                assert TOKEN.encode() not in said
                if process.returncode == 0:
                    jobs = _jobs(host)
                    is_exactly_once(out, jobs, phones)
                    assert killed
                    return
                assert process.returncode == 2, said


@pytest.mark.parametrize("is_urgent", [False, True])
def test_ctrl_c_ends_it_after_the_request_under_way(is_urgent: bool, tmp_path: Path) -> None:
    """A second one ends it at once."""
    phones = prepared(tmp_path, 20, max_jobs=5)
    slow = {"requests": [2], "seconds": 600 if is_urgent else 1}
    with sandbox(faults={"delay": slow}) as box:
        process = subprocess.Popen(
            [sys.executable, "-m", "predial", "send", str(tmp_path), "--host", box.host],
            env={**os.environ, "PREDIAL_TOKEN": box.token},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 300
        while not box.fired()["delay"]:
            assert time.monotonic() < until, "no request comes"
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        while is_urgent and process.poll() is None:
            assert time.monotonic() < until, "it does not end"
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
        if is_urgent:
            sent = status(tmp_path)
            # The last signal may come while Python ends.
            assert process.returncode in (130, -signal.SIGINT)
            assert (sent.created, sent.unknown) == (5, 5)
            return
        assert (process.returncode, out) == (130, "10 jobs created, 10 jobs not sent\n")
        assert "interrupted: the rest was not sent" in err
        assert len(box.jobs()) == 10
        assert run(tmp_path, box).created == 20
        is_exactly_once(tmp_path, box.jobs(), phones)


def _jobs(host: str) -> list[dict[str, Any]]:
    return Sandbox(host, TOKEN).jobs()


class TestCommand:
    def run(self, *args: object, token: str | None = TOKEN) -> Result:
        environment = {"PREDIAL_TOKEN": token}
        return CliRunner(env=environment).invoke(commands, ["send", *map(str, args)])

    def test_a_list_is_sent_and_looked_at(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        phones = prepared(out, 25)
        with sandbox() as box:
            result = self.run(out, "--dry-run")
            assert (result.exit_code, result.output) == (
                0, "25 jobs would be sent, 0 jobs created before\n",
            )  # fmt: skip
            assert box.jobs() == []
            result = self.run(out, "--host", box.host)
            assert result.exit_code == 0, result.output
            assert result.output.splitlines()[0] == "25 jobs created"
            is_exactly_once(out, box.jobs(), phones)
        (out / "ids.csv").unlink()
        result = self.run(out, "--status")
        assert (result.exit_code, result.output.splitlines()[0]) == (0, "25 jobs created")
        assert (out / "ids.csv").exists()

    def test_what_a_killed_run_did_not_write_the_next_one_writes(self, tmp_path: Path) -> None:
        """Also if all jobs were created by then, and without the network."""
        prepared(tmp_path, 5)
        with sandbox() as box:
            self.run(tmp_path, "--host", box.host)
        for name in ("ids.csv", "ids.ndjson", "refused.csv", "refused.ndjson"):
            (tmp_path / name).unlink()
        result = self.run(tmp_path, "--host", "http://127.0.0.1:1")
        assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "5 jobs created")
        for name in ("ids.csv", "ids.ndjson", "refused.csv", "refused.ndjson"):
            assert (tmp_path / name).exists()

    def test_a_second_run_says_that_one_is_at_work(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        prepared(out, 5)
        with journals.claimed(out):
            result = self.run(out, "--host", "http://127.0.0.1:1")
            assert (result.exit_code, result.stdout) == (2, "")
            assert f"{out}: another run is at work in the directory" in result.stderr
            result = self.run(out, "--status")
            assert (result.exit_code, result.stdout) == (0, "0 jobs created, 5 jobs not sent\n")
            assert "it is being sent, so ids.csv is not written yet" in result.stderr
        assert not (out / "ids.csv").exists()
        assert not (out / "sending.ndjson").exists()

    def test_refused_rows_are_status_1(self, tmp_path: Path) -> None:
        jobs = [{"phone": "79110000000"}, {"phone": "791"}]
        predial.prepare(jobs, tmp_path, level="e164")
        with sandbox() as box:
            result = self.run(tmp_path, "--host", box.host)
        assert result.exit_code == 1
        assert result.output.splitlines()[0] == "1 job created, 1 job refused"

    def test_what_stops_is_status_2(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        prepared(out, 5)
        result = self.run(out, "--host", "http://127.0.0.1:1")
        assert (result.exit_code, "can't be reached" in result.output) == (2, True)
        with sandbox() as box:
            result = self.run(out, "--host", box.host, token="8.8.8")
            assert result.exit_code == 2
            assert "does not know the token" in result.output
            assert "8.8.8" not in result.output
            result = self.run(out, "--host", box.host, token=None)
            assert "The token is missing" in result.output
            result = self.run(out)
            assert "Say where to send" in result.output
            token = tmp_path / "token"
            token.write_text(f"{TOKEN}\n")
            result = self.run(out, "--host", box.host, "--token-file", token, token=None)
            assert result.exit_code == 0
        result = self.run(tmp_path)
        assert (result.exit_code, "it has no manifest" in result.output) == (2, True)

    def test_a_dry_run_says_what_a_run_would_do(self, tmp_path: Path) -> None:
        prepared(tmp_path, 30)
        with sandbox(faults={"503": {"requests": [2]}}) as box:
            host = ("--host", box.host)
            assert self.run(tmp_path, *host, "--give-up-after", "0s").exit_code == 2
            result = self.run(tmp_path, "--dry-run", *host)
            assert (result.exit_code, result.output) == (
                0,
                "10 jobs would be sent, 10 jobs unknown and sent again with the same key, "
                "10 jobs created before\n",
            )
            result = self.run(tmp_path, "--dry-run", "--host", "https://other.example")
            assert result.exit_code == 2
            assert "the rest must go where the beginning went" in result.output
        journal = tmp_path / "sending.ndjson"
        *_, last = journal.read_text().splitlines(keepends=True)
        journal.write_text(
            journal.read_text().replace(last, last.replace("}\n", ',"final":true}\n'))
        )
        result = self.run(tmp_path, "--dry-run")
        assert result.exit_code == 2
        assert result.stdout == (
            "0 jobs would be sent, 10 jobs unknown, 10 jobs not sent, 10 jobs created before\n"
        )
        assert "body 2 (10 jobs) were created, and an answer proved nothing" in result.stderr
        assert self.run(tmp_path, "--dry-run", "--reconcile").exit_code == 0

    def test_a_dry_run_names_what_is_missing_or_has_expired(self, tmp_path: Path) -> None:
        jobs = [{"phone": "79110000000", "finishDateTime": "2026-02-01T00:00:00Z"}]
        predial.prepare(jobs, tmp_path, now=datetime(2026, 1, 1, tzinfo=UTC))
        result = self.run(tmp_path, "--dry-run")
        assert (result.exit_code, result.stdout) == (
            0, "1 job would be sent, 0 jobs created before\n",
        )  # fmt: skip
        assert "expired since the list was prepared: 1 job" in result.stderr
        (tmp_path / "bodies" / "000001.json").unlink()
        result = self.run(tmp_path, "--dry-run")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "the file of body 1 is missing" in result.stderr

    def test_it_names_the_command_that_reconciles(self, tmp_path: Path) -> None:
        jobs = [{"phone": "79110000000", "finishDateTime": "2026-02-01T00:00:00Z"}]
        predial.prepare(jobs, tmp_path, now=datetime(2026, 1, 1, tzinfo=UTC))
        with sandbox() as box:
            result = self.run(tmp_path, "--host", box.host)
            assert result.exit_code == 2
            assert f"predial send {tmp_path} --host {box.host} --reconcile\n" in result.stderr
            assert re.search(r"from 20\S+Z on also whether none are", result.stderr)

    def test_options_are_checked_also_where_nothing_is_sent(self, tmp_path: Path) -> None:
        prepared(tmp_path, 1)
        with sandbox() as box:
            self.run(tmp_path, "--host", box.host)
        for options in (("--max-rate", "0/s"), ("--host", "http://a.example"), ("--host", "x")):
            for more in ((), ("--status",), ("--dry-run",)):
                assert self.run(tmp_path, *options, *more).exit_code == 2
        assert self.run(tmp_path, "--status", "--dry-run").exit_code == 2
        assert self.run(tmp_path).exit_code == 0

    @pytest.mark.parametrize(
        "options",
        [("--max-rate", "fast"), ("--give-up-after", "soon"), ("--host", "http://a.example")],
    )
    def test_wrong_options_are_named(self, options: tuple[str, str], tmp_path: Path) -> None:
        prepared(tmp_path, 1)
        result = self.run(tmp_path, "--host", "http://127.0.0.1:1", *options)
        assert result.exit_code == 2
        assert options[0] in result.output
        assert "--host" in result.output or options[0] != "--host"
