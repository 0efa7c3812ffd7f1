"""Sending: each job is created exactly once, or it is known which may not be."""

from __future__ import annotations

import asyncio
import csv
import json
import logging
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from math import ceil, log2
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import predial
from predial.sending import client as clients
from predial.sending import journal as journals
from predial.sending.clock import LIMIT, Clock
from predial.sending.outcomes import REFUSING, Answer, of_answer
from predial.sending.run import send_all, status
from predial.sending.settings import Settings

TOKEN = "8231.7056.1b131df1"
HOST = "https://calls.example"
#: Answers in place of those of the service, by the number of the request that adds jobs, from 1.
Faults = dict[int, Callable[["Service", httpx2.Request], httpx2.Response]]


@dataclass
class Machine:
    """The clocks of a machine that a test moves. Nothing waits."""

    wall_time: float = 1_800_000_000.0
    uptime: float = 1_000.0
    boot_id: str = "boot 1"
    machine_id: str = "machine 1"
    slept: list[float] = field(default_factory=list)

    def pass_time(self, seconds: float) -> None:
        self.wall_time += seconds
        self.uptime += seconds

    def clock(self) -> Clock:
        machine = self

        class Moved(Clock):
            def wall(self) -> float:
                return machine.wall_time

            def since_boot(self) -> float:
                return machine.uptime

            def boot(self) -> str:
                return machine.boot_id

            def machine(self) -> str:
                return machine.machine_id

            async def sleep(self, seconds: float) -> None:
                machine.slept.append(seconds)
                machine.pass_time(seconds)
                await asyncio.sleep(0)

        return Moved()


@dataclass
class Service:
    """The other side: `addPhones` as a plain model, with a fault for some requests."""

    bad: frozenset[str] = frozenset()
    names_phones: bool = False
    faults: Faults = field(default_factory=dict)
    jobs: list[tuple[str, str]] = field(default_factory=list)
    keys: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    adds: int = 0
    requests: list[httpx2.Request] = field(default_factory=list)
    reports: bool = True
    on_request: Callable[[], None] | None = None

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self.answer)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        path = request.url.path.removeprefix(f"/api/calls/campaign/{TOKEN}")
        if path == request.url.path:
            return httpx2.Response(404, json={"type": "invalid.token"})
        if path == "":
            return httpx2.Response(200, json={"id": 7})
        if path == "/callJob/getReport":
            return self.report(json.loads(request.content))
        assert path == "/addPhones"
        self.adds += 1
        if self.on_request is not None:
            self.on_request()
        fault = self.faults.get(self.adds)
        return self.add(request) if fault is None else fault(self, request)

    def report(self, wanted: dict[str, list[int]]) -> httpx2.Response:
        if not self.reports:
            return httpx2.Response(200, json=[{"jobStatus": "planned"}])
        phones = {str(phone) for phone in wanted["phones"]}
        found = [{"id": job, "phone": phone} for phone, job in self.jobs if phone in phones]
        return httpx2.Response(200, json=found)

    def add(self, request: httpx2.Request) -> httpx2.Response:
        key, content = request.headers["Idempotence-Key"], request.content
        if key in self.keys:
            known, answer = self.keys[key]
            return httpx2.Response(200 if known == content else 409, content=answer)
        phones = [str(job["phone"]) for job in json.loads(content)]
        if doubled := [phone for phone in phones if phones.count(phone) > 1]:
            error = {"type": "phone.duplicated", "args": {"phonesDuplicates": doubled}}
            return httpx2.Response(400, json=error)
        if refused := [phone for phone in phones if phone in self.bad]:
            args = {"phone": f'"{refused[0]}"'.strip('"')} if self.names_phones else {}
            error = {"type": "phone.bad.format", "message": "no such number", "args": args}
            return httpx2.Response(400, json=error)
        ids = []
        for phone in phones:
            ids.append(str(len(self.jobs) + 1))
            self.jobs.append((phone, ids[-1]))
        answer = json.dumps(ids).encode()
        self.keys[key] = content, answer
        return httpx2.Response(200, content=answer)

    def keys_end(self) -> None:
        self.keys.clear()


def prepared(out: Path, jobs: int, max_jobs: int = 10, **options: Any) -> list[str]:
    phones = [str(79110000000 + number) for number in range(jobs)]
    predial.prepare(({"phone": phone} for phone in phones), out, max_jobs=max_jobs, **options)
    return phones


def run(
    out: Path, service: Service, machine: Machine | None = None, **options: Any
) -> predial.Sent:
    chosen = Settings(HOST, TOKEN, transport=service.transport(), **options)
    clock = (machine or Machine()).clock()

    async def within_a_minute() -> predial.Sent:
        async with asyncio.timeout(60):
            return await send_all(out, chosen, clock, asyncio.Event())

    return asyncio.run(within_a_minute())


def lines_of(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "sending.ndjson").read_bytes().splitlines()]


def is_exactly_once(out: Path, service: Service, phones: list[str]) -> None:
    """Each phone has one job, and its ID is in `ids.csv`; or it is in `refused.csv`."""
    with open(out / "ids.csv", newline="") as file:
        ids = {row["phone"]: row["id"] for row in csv.DictReader(file)}
    with open(out / "refused.csv", newline="") as file:
        refused = {row["phone"] for row in csv.DictReader(file)}
    assert ids == dict(service.jobs)
    assert len(service.jobs) == len(ids)
    assert refused == service.bad & set(phones)
    assert sorted([*ids, *refused]) == phones
    for name in ("ids", "refused"):
        with open(out / f"{name}.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        in_json = [json.loads(line) for line in (out / f"{name}.ndjson").open()]
        in_text = [{key: "" if value is None else str(value) for key, value in row.items()}
                   for row in in_json]  # fmt: skip
        assert in_text == rows


def stores_and(answer: httpx2.Response | Exception) -> Any:
    """The jobs are stored, and the client gets this instead of the answer."""

    def fault(service: Service, request: httpx2.Request) -> httpx2.Response:
        service.add(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return fault


def says(answer: httpx2.Response | Exception) -> Any:
    """Nothing is stored."""

    def fault(service: Service, request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return fault


LOST: list[Exception] = [
    httpx2.ReadTimeout(""),
    httpx2.ConnectError(""),
    httpx2.RemoteProtocolError(""),
    httpx2.ReadError(""),
]


class TestOutcomes:
    @pytest.mark.parametrize(
        ("status", "body", "kind", "stops", "repeats"),
        [
            (200, b'["1","2"]', "created", False, True),
            (200, b'["1","2"', "unknown", False, True),
            (200, b"<html>", "unknown", False, True),
            (200, b"", "unknown", False, True),
            (200, b'["1"]', "unknown", True, False),
            (200, b'["1","1"]', "unknown", True, False),
            (200, b"[1,2]", "unknown", True, False),
            (200, b'{"a":1}', "unknown", True, False),
            (200, b'["1","\\ud800"]', "unknown", True, False),
            (200, b'\xef\xbb\xbf ["1","2"]\n', "created", False, True),
            (200, '["1","2"]'.encode("utf-16"), "created", False, True),
            (200, b'["1","2"] x', "unknown", False, True),
            (200, b'["1","2"]["1","2"]', "unknown", False, True),
            (200, b'["1",null]', "unknown", True, False),
            (200, b"[" * 100_000, "unknown", False, True),
            (200, b"9" * 5000, "unknown", False, True),
            (101, b"", "unknown", True, False),
            (202, b'["1","2"]', "unknown", True, False),
            (206, b'["1","2"]', "unknown", True, False),
            (201, b'["1","2"]', "unknown", True, False),
            (301, b"", "unknown", True, False),
            (401, b"", "unknown", True, True),
            (403, b"", "unknown", True, True),
            (404, b"", "unknown", True, True),
            (409, b"", "unknown", True, False),
            (418, b"", "unknown", True, False),
            (429, b"", "unknown", False, True),
            (500, b"", "unknown", False, True),
            (502, b"", "unknown", False, True),
            (503, b"", "unknown", False, True),
            (504, b"", "unknown", False, True),
            (413, b"", "refused", False, True),
            (400, b'{"type":"phone.bad.format"}', "refused", False, True),
            (400, b'{"type":"who.knows"}', "unknown", True, False),
            (400, b'{"type":["phone.bad.format"]}', "unknown", True, False),
            (400, b"[]", "unknown", True, False),
            (400, b'{"type":"phone.bad.format"', "unknown", True, False),
            (400, b'{"error":{"type":"phone.bad.format"}}', "unknown", True, False),
            (400, b"Bad Request", "unknown", True, False),
        ],
    )
    def test_of_each_answer(
        self, status: int, body: bytes, kind: str, stops: bool, repeats: bool
    ) -> None:
        outcome = of_answer(Answer(status, body), 2)
        assert (outcome.kind, bool(outcome.stop), outcome.may_repeat) == (kind, stops, repeats)

    @given(st.integers(100, 599) | st.none(), st.binary(max_size=40), st.integers(1, 3))
    def test_any_answer_has_one(self, status: int | None, body: bytes, jobs: int) -> None:
        outcome = of_answer(Answer(status, body), jobs)
        assert (outcome.kind == "created") <= (status == 200 and len(outcome.ids) == jobs)
        assert (outcome.kind == "refused") <= (status in (400, 413))

    def test_the_types_that_refuse_are_those_of_the_core(self) -> None:
        in_rules = {rule.service_type for rule in predial.rules() if rule.service_type}
        assert in_rules <= REFUSING | {"invalid.token"}


class TestSending:
    def test_all_is_sent_and_listed(self, tmp_path: Path) -> None:
        phones, service = prepared(tmp_path, 25), Service()
        progress: list[tuple[int, int]] = []
        sent = run(tmp_path, service, on_progress=lambda *done: progress.append(done))
        assert (sent.created, sent.refused, sent.unknown, sent.stopped) == (25, [], 0, None)
        assert [job.phone for job in sent.ids()] == phones
        assert progress == [(10, 25), (20, 25), (25, 25)]
        is_exactly_once(tmp_path, service, phones)
        for name in ("sending.ndjson", "ids.csv", "ids.ndjson", "refused.csv", "refused.ndjson"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600

    def test_what_is_done_is_not_sent_again(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        run(tmp_path, Service())
        again = Service()
        assert run(tmp_path, again).created == 5
        assert again.requests == []
        assert status(tmp_path).created == 5

    def test_the_line_before_a_request_is_there_when_it_begins(self, tmp_path: Path) -> None:
        prepared(tmp_path, 25)
        service = Service()
        seen = []

        def look() -> None:
            seen.append(lines_of(tmp_path)[-1])

        service.on_request = look
        run(tmp_path, service)
        keys = [
            request.headers["Idempotence-Key"]
            for request in service.requests
            if request.url.path.endswith("addPhones")
        ]
        assert [line["type"] for line in seen] == ["try"] * 3
        assert [line["key"] for line in seen] == keys

    @pytest.mark.parametrize("lost", LOST, ids=lambda error: type(error).__name__)
    @pytest.mark.parametrize("is_stored", [True, False])
    def test_a_lost_answer_is_asked_for_with_the_same_key(
        self, lost: Exception, is_stored: bool, tmp_path: Path
    ) -> None:
        phones = prepared(tmp_path, 25)
        service = Service(faults={2: (stores_and if is_stored else says)(lost)})
        machine = Machine()
        assert run(tmp_path, service, machine).created == 25
        is_exactly_once(tmp_path, service, phones)
        assert service.adds == 4
        assert len(machine.slept) == 1
        assert 0.2 <= machine.slept[0] <= 1

    @pytest.mark.parametrize(
        ("headers", "wait"),
        [
            ({"Retry-After": "7"}, 7.0),
            ({"Retry-After": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30.0),
            # The clock of the service is an hour ahead.
            ({"Retry-After": "Fri, 15 Jan 2027 09:00:30 GMT",
              "Date": "Fri, 15 Jan 2027 09:00:00 GMT"}, 30.0),
        ],
    )  # fmt: skip
    def test_retry_after_is_kept(
        self, headers: dict[str, str], wait: float, tmp_path: Path
    ) -> None:
        prepared(tmp_path, 5)
        answer = httpx2.Response(429, headers=headers)
        machine = Machine()
        run(tmp_path, Service(faults={1: says(answer)}), machine)
        assert machine.slept == [wait]

    @pytest.mark.parametrize(
        "value",
        ["0", "-5", "soon", "1.5", "Fri, 15 Jan 2027 07:00:00 GMT", "\u0661",
         "Mon, 01 Jan 2001 01:00:00 -99999999999999", "Mon, 01 Jan 10000 00:00:00 GMT"],
    )  # fmt: skip
    def test_a_wait_that_is_none_has_jitter(self, value: str, tmp_path: Path) -> None:
        """A service that answers at once is not asked again at once."""
        prepared(tmp_path, 5)
        answer = httpx2.Response(
            503, headers=[(b"Retry-After", value.encode()), (b"Date", value.encode())]
        )
        machine = Machine()
        service = Service(faults={1: says(answer), 2: says(answer)})
        assert run(tmp_path, service, machine).created == 5
        assert 0.2 <= machine.slept[0] <= 1
        assert 0.4 <= machine.slept[1] <= 2

    def test_the_end_of_the_tries(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        busy = says(httpx2.Response(503))
        machine = Machine()
        sent = run(tmp_path, Service(faults=dict.fromkeys(range(1, 500), busy)), machine)
        assert (sent.created, sent.unknown) == (0, 5)
        assert "gave up on body 1" in str(sent.stopped)
        assert 3500 < sum(machine.slept) <= 3600
        assert not (tmp_path / "ids.csv").exists()
        service = Service()
        assert run(tmp_path, service, machine).created == 5

    def test_an_id_of_another_body_stops(self, tmp_path: Path) -> None:
        prepared(tmp_path, 4, max_jobs=2)
        service = Service(faults={2: says(httpx2.Response(200, json=["9", "1"]))})
        sent = run(tmp_path, service)
        assert (sent.created, sent.unknown) == (2, 2)
        assert "ID of a job of another body (1)" in str(sent.stopped)

    def test_a_stopped_body_is_not_sent_again_by_itself(self, tmp_path: Path) -> None:
        prepared(tmp_path, 4, max_jobs=2)
        machine = Machine()
        run(tmp_path, Service(faults={1: says(httpx2.Response(409))}), machine)
        again = Service()
        sent = run(tmp_path, again, machine)
        assert "an answer proved nothing" in str(sent.stopped)
        assert again.adds == 0


def test_a_row_of_which_one_phone_is_refused_is_in_both_files(tmp_path: Path) -> None:
    """A row with several phones is a job for each."""
    jobs = b"phone\n79110000000; 79110000001\n79110000002\n"
    predial.prepare(jobs, tmp_path, multiple="each")
    service = Service(bad=frozenset({"79110000001"}), names_phones=True)
    sent = run(tmp_path, service)
    assert [(it.row, it.phone) for it in sent.ids()] == [(0, "79110000000"), (1, "79110000002")]
    assert [(it.row, it.phone) for it in sent.refused] == [(0, "79110000001")]


class TestJobsThatExpire:
    """Between `prepare` and `send` a job may expire: the service then refuses its whole body."""

    def prepared(self, out: Path) -> list[str]:
        ends = datetime.fromtimestamp(Machine().wall_time, UTC).isoformat()
        phones = [str(79110000000 + number) for number in range(6)]
        jobs: list[dict[str, Any]] = [{"phone": phone} for phone in phones]
        jobs[2]["finishDateTime"] = jobs[5]["finishDateTime"] = ends
        predial.prepare(jobs, out, now=datetime.fromtimestamp(1_799_990_000.0, UTC))
        return phones

    def test_they_hold_their_neighbours_back_only_until_that_is_known(self, tmp_path: Path) -> None:
        phones = self.prepared(tmp_path)
        machine = Machine(wall_time=1_800_000_030.0)
        unlisted = httpx2.Response(400, json={"type": "invalid.request", "message": "too late"})
        service = Service(bad=frozenset({phones[2], phones[5]}), faults={1: says(unlisted)})
        sent = run(tmp_path, service, machine)
        assert (sent.created, sent.unknown, len(service.jobs)) == (0, 6, 0)
        for words in ("from 2027-01-15T09:01Z on", "reconcile=True", "sent anew: 2 of its jobs"):
            assert words in str(sent.stopped)
        machine.pass_time(3600)
        sent = run(tmp_path, service, machine, reconcile=True)
        assert (sent.created, sent.unknown, sent.stopped) == (4, 0, None)
        is_exactly_once(tmp_path, service, phones)
        assert service.adds == 2
        assert [(it.row, it.type) for it in sent.refused] == [
            (2, "policy-expired"), (5, "policy-expired"),
        ]  # fmt: skip
        assert "finishDateTime has passed" in sent.refused[0].message
        assert repr(status(tmp_path)) == repr(sent)

    def test_a_body_that_was_never_tried_keeps_its_bytes(self, tmp_path: Path) -> None:
        """It may have been sent from a copy of the directory: with other bytes it has another key,
        and would be added again.
        """
        phones = self.prepared(tmp_path)
        content = predial.open_prepared(tmp_path).bodies[0].content
        service = Service()
        sent = run(tmp_path, service, Machine(wall_time=1_800_100_000.0))
        assert (sent.created, sent.refused) == (6, [])
        [added] = [it for it in service.requests if it.url.path.endswith("addPhones")]
        assert added.content == content
        assert [phone for phone, _ in service.jobs] == phones

    def test_a_phone_that_also_has_a_job_that_is_left_keeps_that(self, tmp_path: Path) -> None:
        phone, other = "79110000000", "79110000001"
        gone = {"phone": phone, "finishDateTime": "2027-01-15T08:00:00Z"}
        jobs = [{"phone": other}, gone, {"phone": phone}]
        before = datetime.fromtimestamp(1_799_990_000.0, UTC)
        predial.prepare(jobs, tmp_path, duplicates="job", now=before)
        machine = Machine(wall_time=1_800_000_030.0)
        service = Service(faults={1: says(httpx2.Response(400, json={"type": "invalid.request"}))})
        run(tmp_path, service, machine)
        machine.pass_time(3600)
        sent = run(tmp_path, service, machine, reconcile=True)
        assert (sent.stopped, sent.unknown, [it.row for it in sent.refused]) == (None, 0, [1])
        assert [phone for phone, _ in service.jobs] == [other, phone]

    def test_a_cut_of_a_body_that_may_have_been_sent_is_damage(self, tmp_path: Path) -> None:
        self.prepared(tmp_path)
        run(tmp_path, Service(faults={1: says(httpx2.Response(409))}))
        key = lines_of(tmp_path)[-1]["key"]
        cut = {"type": "cut", "key": key, "how": "expired", "phones": ["79110000002"], "why": "x"}
        with open(tmp_path / "sending.ndjson", "a") as file:
            file.write(json.dumps(cut) + "\n")
        with pytest.raises(predial.SendError, match="does not follow"):
            status(tmp_path)


class TestTwoHoursBeforeMidnight:
    """Keys live 24 hours."""

    def test_an_old_unknown_body_is_never_sent_again(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        machine, service = Machine(), Service(faults={1: stores_and(httpx2.ReadTimeout(""))})
        run(tmp_path, service, machine, give_up_after=0)
        machine.pass_time(LIMIT)
        service.keys_end()
        sent = run(tmp_path, service, machine)
        assert (sent.unknown, len(service.jobs)) == (5, 5)
        assert "its key is too old" in str(sent.stopped)

    def test_its_age_is_that_of_its_first_try(self, tmp_path: Path) -> None:
        """However often it was tried since, the service may forget its key."""
        prepared(tmp_path, 5)
        machine, busy = Machine(), says(httpx2.ReadTimeout(""))
        service = Service(faults=dict.fromkeys(range(1, 9), busy))
        for hours in (10, 10, 4):
            run(tmp_path, service, machine, give_up_after=0)
            machine.pass_time(hours * 3600)
        sent = run(tmp_path, service, machine)
        assert "its key is too old" in str(sent.stopped)
        assert service.adds == 3

    def test_no_request_begins_that_could_end_after_that(self, tmp_path: Path) -> None:
        for before, adds in ((clients.LONGEST - 1, 1), (clients.LONGEST + 60, 2)):
            out = tmp_path / str(before)
            prepared(out, 5)
            machine, service = Machine(), Service(faults={1: says(httpx2.ReadTimeout(""))})
            run(out, service, machine, give_up_after=0)
            machine.pass_time(LIMIT - before)
            run(out, service, machine)
            assert service.adds == adds

    def test_a_machine_that_sleeps_before_the_next_try(self, tmp_path: Path) -> None:
        """The wait is a second, and the key has ended when it is over."""
        prepared(tmp_path, 5)
        machine, service = Machine(), Service(faults={1: stores_and(httpx2.ReadTimeout(""))})

        class Suspended(list[float]):
            def append(self, seconds: float) -> None:
                super().append(seconds)
                machine.pass_time(LIMIT)
                service.keys_end()

        machine.slept = Suspended()
        sent = run(tmp_path, service, machine)
        assert "its key is too old" in str(sent.stopped)
        assert (sent.unknown, service.adds, len(service.jobs)) == (5, 1, 5)

    @pytest.mark.parametrize("clock", ["wall", "boot", "service"])
    def test_any_clock_can_say_that_it_is_old(self, clock: str, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        machine, service = Machine(), Service(faults={1: says(httpx2.ReadTimeout(""))})
        dates = iter(["Fri, 15 Jan 2027 08:00:00 GMT"] * 3 + ["Sat, 16 Jan 2027 08:00:00 GMT"] * 9)

        def dated(request: httpx2.Request) -> httpx2.Response:
            answer = service.answer(request)
            answer.headers["Date"] = next(dates)
            return answer

        def go(**options: Any) -> predial.Sent:
            chosen = Settings(
                HOST, TOKEN, transport=httpx2.MockTransport(dated), baseline=False, **options
            )
            return asyncio.run(send_all(tmp_path, chosen, machine.clock(), asyncio.Event()))

        if clock != "service":
            dates = iter(["Fri, 15 Jan 2027 08:00:00 GMT"] * 99)
        else:
            dates = iter(["Fri, 15 Jan 2027 08:00:00 GMT"] + ["Sat, 16 Jan 2027 08:00:00 GMT"] * 9)
        go(give_up_after=0)
        if clock == "wall":
            machine.wall_time += LIMIT
            machine.boot_id = "boot 2"
        elif clock == "boot":
            machine.uptime += LIMIT
        sent = go()
        assert "its key is too old" in str(sent.stopped)
        assert service.adds == 1

    def test_another_boot_counts_from_another_beginning(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        machine, service = Machine(), Service(faults={1: says(httpx2.ReadTimeout(""))})
        run(tmp_path, service, machine, give_up_after=0)
        machine.boot_id, machine.uptime = "boot 2", 10.0**6
        assert run(tmp_path, service, machine).created == 5

    def test_a_clock_that_was_set_back_stops(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        machine, service = Machine(), Service(faults={1: says(httpx2.ReadTimeout(""))})
        run(tmp_path, service, machine, give_up_after=0)
        machine.wall_time -= 60
        with pytest.raises(predial.SendError, match="before the last line of the journal"):
            run(tmp_path, service, machine)

    def test_a_clock_that_is_set_back_meanwhile_stops(self, tmp_path: Path) -> None:
        prepared(tmp_path, 30)
        machine, service = Machine(), Service()

        def set_back() -> None:
            if service.adds == 2:
                machine.wall_time -= 3600

        service.on_request = set_back
        sent = run(tmp_path, service, machine)
        assert (sent.created, sent.unknown) == (20, 0)
        assert "was set back" in str(sent.stopped)

    def test_a_wait_beyond_the_limit_stops(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        answer = httpx2.Response(503, headers={"Retry-After": str(LIMIT)})
        machine = Machine()
        sent = run(tmp_path, Service(faults={1: says(answer)}), machine, give_up_after=10**9)
        assert "only after its key has ended" in str(sent.stopped)
        assert machine.slept == []


class TestReconcile:
    def unknown(
        self, out: Path, fault: Any, machine: Machine, **options: Any
    ) -> tuple[Service, list[str]]:
        phones = prepared(out, 12, max_jobs=6)
        service = Service(faults={2: fault})
        run(out, service, machine, give_up_after=0, **options)
        machine.pass_time(LIMIT)
        service.keys_end()
        return service, phones

    def test_jobs_that_are_there_are_not_created_again(self, tmp_path: Path) -> None:
        machine = Machine()
        service, phones = self.unknown(tmp_path, stores_and(httpx2.ReadTimeout("")), machine)
        assert run(tmp_path, service, machine).unknown == 6
        sent = run(tmp_path, service, machine, reconcile=True)
        assert (sent.created, sent.unknown, sent.stopped) == (12, 0, None)
        is_exactly_once(tmp_path, service, phones)

    def test_jobs_that_are_not_there_are_sent_with_a_new_key(self, tmp_path: Path) -> None:
        machine = Machine()
        service, phones = self.unknown(tmp_path, says(httpx2.ReadTimeout("")), machine)
        sent = run(tmp_path, service, machine, reconcile=True)
        assert sent.created == 12
        is_exactly_once(tmp_path, service, phones)
        tries = [line["key"] for line in lines_of(tmp_path) if line["type"] == "try"]
        assert len(set(tries)) == 3
        assert status(tmp_path).created == 12

    @pytest.mark.parametrize("is_stored", [True, False])
    def test_a_new_key_may_end_as_well(self, is_stored: bool, tmp_path: Path) -> None:
        """Each key has its own baseline and its own 23 hours."""
        machine = Machine()
        service, phones = self.unknown(tmp_path, says(httpx2.ReadTimeout("")), machine)
        service.faults[3] = (stores_and if is_stored else says)(httpx2.ReadTimeout(""))
        sent = run(tmp_path, service, machine, reconcile=True, give_up_after=0)
        assert (sent.created, sent.unknown) == (6, 6)
        machine.pass_time(LIMIT)
        service.keys_end()
        assert "its key is too old" in str(run(tmp_path, service, machine).stopped)
        assert run(tmp_path, service, machine, reconcile=True).created == 12
        is_exactly_once(tmp_path, service, phones)
        tries = [line["key"] for line in lines_of(tmp_path) if line["type"] == "try"]
        assert len(set(tries)) == len(tries) == (3 if is_stored else 4)

    def test_part_of_the_jobs_decides_nothing(self, tmp_path: Path) -> None:
        machine = Machine()
        service, phones = self.unknown(tmp_path, says(httpx2.ReadTimeout("")), machine)
        service.jobs.append((phones[6], "900"))
        sent = run(tmp_path, service, machine, reconcile=True)
        assert "some of its phones have new jobs" in str(sent.stopped)
        assert sent.unknown == 6

    def test_older_jobs_of_the_same_phones_are_not_taken_for_new(self, tmp_path: Path) -> None:
        machine = Machine()
        phones = prepared(tmp_path, 6)
        service = Service(faults={1: says(httpx2.ReadTimeout(""))})
        service.jobs = [(phone, f"5{phone}") for phone in phones]
        run(tmp_path, service, machine, give_up_after=0)
        machine.pass_time(LIMIT)
        assert run(tmp_path, service, machine, reconcile=True).created == 6
        assert len(service.jobs) == 12

    def test_a_body_may_still_be_stored_after_its_last_try(self, tmp_path: Path) -> None:
        prepared(tmp_path, 6)
        machine = Machine()
        service = Service(faults={1: says(httpx2.Response(409))})
        run(tmp_path, service, machine)
        machine.pass_time(600)
        sent = run(tmp_path, service, machine, reconcile=True)
        assert "it may still be stored" in str(sent.stopped)
        machine.pass_time(3600)
        assert run(tmp_path, service, machine, reconcile=True).created == 6

    @pytest.mark.parametrize("clock", ["wall", "boot"])
    def test_each_clock_must_say_that_its_last_try_is_old(self, clock: str, tmp_path: Path) -> None:
        """One clock jumped: the body may still be stored."""
        prepared(tmp_path, 6)
        machine = Machine()
        service = Service(faults={1: says(httpx2.Response(409))})
        run(tmp_path, service, machine)
        if clock == "wall":
            machine.wall_time += 7200
        else:
            machine.uptime += 7200
        sent = run(tmp_path, service, machine, reconcile=True)
        assert "it may still be stored" in str(sent.stopped)
        machine.pass_time(3700)
        assert run(tmp_path, service, machine, reconcile=True).created == 6

    def test_a_baseline_is_asked_right_before_the_first_try(self, tmp_path: Path) -> None:
        """Somebody else adds jobs of the same phones between two runs."""
        phones = prepared(tmp_path, 12, max_jobs=6)
        machine, stop = Machine(), asyncio.Event()
        service = Service(faults={2: says(httpx2.ReadTimeout(""))})

        def answer(request: httpx2.Request) -> httpx2.Response:
            if service.adds and request.url.path.endswith("getReport"):
                stop.set()
            return service.answer(request)

        chosen = Settings(HOST, TOKEN, transport=httpx2.MockTransport(answer))
        asyncio.run(send_all(tmp_path, chosen, machine.clock(), stop))
        assert lines_of(tmp_path)[-1]["type"] == "baseline"
        service.jobs += [(phone, f"9{phone}") for phone in phones[6:]]
        run(tmp_path, service, machine, give_up_after=0)
        machine.pass_time(LIMIT)
        sent = run(tmp_path, service, machine, reconcile=True)
        assert (sent.created, len(service.jobs)) == (12, 18)

    def test_reports_that_lost_jobs_decide_nothing(self, tmp_path: Path) -> None:
        """They may be a page of many: the new jobs may be on another one."""
        machine = Machine()
        phones = prepared(tmp_path, 6)
        service = Service(faults={1: stores_and(httpx2.ReadTimeout(""))})
        service.jobs = [(phone, f"5{phone}") for phone in phones]
        run(tmp_path, service, machine, give_up_after=0)
        machine.pass_time(LIMIT)
        service.jobs = [job for job in service.jobs if job[0] != phones[0]]
        sent = run(tmp_path, service, machine, reconcile=True)
        assert "reports fewer jobs of its phones than before" in str(sent.stopped)
        assert (sent.unknown, service.adds) == (6, 1)

    def test_ids_of_another_body_decide_nothing(self, tmp_path: Path) -> None:
        machine = Machine()
        service, phones = self.unknown(tmp_path, says(httpx2.ReadTimeout("")), machine)
        service.jobs += [(phone, str(n)) for n, phone in enumerate(phones[6:], 1)]
        sent = run(tmp_path, service, machine, reconcile=True)
        assert "IDs of another body" in str(sent.stopped)
        assert sent.unknown == 6

    def test_a_job_that_is_reported_twice_is_one(self, tmp_path: Path) -> None:
        machine = Machine()
        service, phones = self.unknown(tmp_path, stores_and(httpx2.ReadTimeout("")), machine)
        service.jobs += service.jobs[6:]
        sent = run(tmp_path, service, machine, reconcile=True)
        assert (sent.created, sent.stopped) == (12, None)
        assert [job.phone for job in sent.ids()] == phones

    def test_the_ids_of_a_doubled_phone_are_left_empty(self, tmp_path: Path) -> None:
        machine = Machine()
        jobs = [{"phone": f"7911000000{n % 5}", "payload": {"n": n}} for n in range(6)]
        predial.prepare(jobs, tmp_path, duplicates="allow")
        ids = [str(n) for n in range(2, 6)]
        reported = [(str(job["phone"]), it) for job, it in zip(jobs[1:5], ids, strict=True)]
        service = Service(faults={1: says(httpx2.ReadTimeout(""))})
        run(tmp_path, service, machine, give_up_after=0)
        machine.pass_time(LIMIT)
        service.jobs = [*reported, ("79110000000", "1")]  # a service that shows only one of them
        sent = run(tmp_path, service, machine, reconcile=True)
        assert [job.id for job in sent.ids()] == [None, *ids, None]

    def test_without_a_baseline_nothing_can_be_compared(self, tmp_path: Path) -> None:
        machine = Machine()
        service, _ = self.unknown(tmp_path, says(httpx2.ReadTimeout("")), machine, baseline=False)
        sent = run(tmp_path, service, machine, reconcile=True)
        assert "has no baseline" in str(sent.stopped)

    def test_a_service_without_ids_in_its_reports(self, tmp_path: Path) -> None:
        prepared(tmp_path, 6)
        sent = run(tmp_path, Service(jobs=[("79110000000", "1")], reports=False))
        assert "baseline=False does without" in str(sent.stopped)
        assert run(tmp_path, Service(reports=False), baseline=False).created == 6

    def test_questions_are_asked_again(self, tmp_path: Path) -> None:
        phones = prepared(tmp_path, 12, max_jobs=6)
        service, machine = Service(), Machine()
        lost: list[httpx2.Response | Exception | None] = [
            httpx2.Response(503),
            httpx2.ReadTimeout(""),
            None,
            None,
        ]

        def answer(request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("getReport"):
                what = lost.pop(0)
                if isinstance(what, Exception):
                    raise what
                if what is not None:
                    return what
            return service.answer(request)

        chosen = Settings(HOST, TOKEN, transport=httpx2.MockTransport(answer))
        sent = asyncio.run(send_all(tmp_path, chosen, machine.clock(), asyncio.Event()))
        assert (sent.created, len(machine.slept)) == (12, 2)
        is_exactly_once(tmp_path, service, phones)

    def test_samples_are_in_no_other_body(self, tmp_path: Path) -> None:
        jobs = [{"phone": f"7911000000{n % 3}", "payload": {"n": n}} for n in range(6)]
        predial.prepare([*jobs, {"phone": "79110000009"}], tmp_path, duplicates="job")
        run(tmp_path, Service())
        asked = [set(line["ids"]) for line in lines_of(tmp_path) if line["type"] == "baseline"]
        assert set().union(*asked) == {"79110000009"}


class TestRefusals:
    @pytest.mark.parametrize("count", [1, 2, 3, 7, 64, 100, 1000])
    def test_one_bad_row_costs_few_requests(self, count: int, tmp_path: Path) -> None:
        phones = prepared(tmp_path, count, max_jobs=count)
        for bad in {0, count // 3, count - 1}:
            out = tmp_path / str(bad)
            prepared(out, count, max_jobs=count)
            service = Service(bad=frozenset({phones[bad]}))
            sent = run(out, service)
            assert sent.created == count - 1
            assert [(it.row, it.phone, it.type, it.message) for it in sent.refused] == [
                (bad, phones[bad], "phone.bad.format", "no such number")
            ]
            assert service.adds <= 2 * ceil(log2(count)) + 1
            is_exactly_once(out, service, phones)
            assert repr(status(out)) == repr(sent)

    def test_rows_that_the_service_names_are_left_out_at_once(self, tmp_path: Path) -> None:
        phones = prepared(tmp_path, 100, max_jobs=100)
        service = Service(bad=frozenset(phones[40:43]), names_phones=True)
        assert run(tmp_path, service).created == 97
        assert service.adds == 4
        is_exactly_once(tmp_path, service, phones)

    def test_of_doubled_phones_the_first_stays(self, tmp_path: Path) -> None:
        jobs = [{"phone": f"7911000000{n % 4}", "payload": {"n": n}} for n in range(6)]
        predial.prepare(jobs, tmp_path, duplicates="allow")
        service = Service()
        sent = run(tmp_path, service)
        assert [job.row for job in sent.ids()] == [0, 1, 2, 3]
        assert [it.row for it in sent.refused] == [4, 5]
        assert service.adds == 2

    def test_a_phone_that_is_there_once_and_called_doubled_is_left_out(
        self, tmp_path: Path
    ) -> None:
        prepared(tmp_path, 3)
        error = {"type": "phone.duplicated", "phonesDuplicates": ["79110000001"]}
        service = Service(faults={1: says(httpx2.Response(400, json=error))})
        sent = run(tmp_path, service)
        assert [it.row for it in sent.refused] == [1]
        assert service.adds == 2

    def test_a_request_that_is_too_large_is_halved(self, tmp_path: Path) -> None:
        phones = prepared(tmp_path, 8)
        service = Service(faults={1: says(httpx2.Response(413)), 2: says(httpx2.Response(413))})
        assert run(tmp_path, service).created == 8
        assert service.adds == 5
        is_exactly_once(tmp_path, service, phones)

    def test_a_campaign_that_takes_no_jobs_stops(self, tmp_path: Path) -> None:
        prepared(tmp_path, 64)
        error = {"type": "invalid.call.task.state", "message": "the campaign has ended"}
        service = Service(faults=dict.fromkeys(range(99), says(httpx2.Response(400, json=error))))
        sent = run(tmp_path, service)
        assert service.adds == 1
        assert "the campaign has ended" in str(sent.stopped)
        assert (sent.created, sent.unknown, sent.refused) == (0, 0, [])

    def test_after_that_the_campaign_may_take_jobs_again(self, tmp_path: Path) -> None:
        phones = prepared(tmp_path, 30)
        error = {"type": "invalid.call.task.state"}
        ended = says(httpx2.Response(400, json=error))
        service, machine = Service(faults={2: ended, 3: ended}), Machine()
        assert run(tmp_path, service, machine).left == 20
        machine.pass_time(LIMIT + 3600)
        assert run(tmp_path, service, machine).left == 20
        sent = run(tmp_path, service, machine)
        assert (sent.created, sent.stopped) == (30, None)
        is_exactly_once(tmp_path, service, phones)
        assert status(tmp_path).created == 30

    def test_a_400_after_an_unknown_try_proves_nothing(self, tmp_path: Path) -> None:
        error = httpx2.Response(400, json={"type": "phone.bad.format"})
        phones = prepared(tmp_path, 4)
        faults = {1: stores_and(httpx2.ReadTimeout("")), 2: says(error)}
        machine, service = Machine(), Service(faults=faults)
        sent = run(tmp_path, service, machine)
        assert (sent.created, sent.unknown, len(service.jobs)) == (0, 4, 4)
        assert "an earlier try may have created its jobs" in str(sent.stopped)
        machine.pass_time(7200)
        assert run(tmp_path, service, machine, reconcile=True).created == 4
        is_exactly_once(tmp_path, service, phones)

    def test_bad_rows_and_lost_answers_together(self, tmp_path: Path) -> None:
        phones = prepared(tmp_path, 60, max_jobs=20)
        faults = {n: stores_and(httpx2.ReadError("")) for n in (4, 9)}
        service = Service(bad=frozenset({phones[5]}), faults=faults)
        machine = Machine()
        while not run(tmp_path, service, machine, reconcile=True).is_done:
            machine.pass_time(7200)
        is_exactly_once(tmp_path, service, phones)


class TestJournal:
    def test_a_torn_line_is_cut_off(self, tmp_path: Path) -> None:
        for cut in (1, 5, 40):
            out = tmp_path / str(cut)
            phones = prepared(out, 25)
            machine, service = Machine(), Service()
            run(out, service, machine)
            journal = out / "sending.ndjson"
            os.truncate(journal, journal.stat().st_size - cut)
            (out / "ids.csv").unlink()
            assert run(out, service, machine).created == 25
            is_exactly_once(out, service, phones)
            assert len(lines_of(out)) > 5

    def test_at_every_byte_the_end_is_the_same(self, tmp_path: Path) -> None:
        """As a crash at any moment leaves it: what is not in the journal was done or was not."""
        phones = prepared(tmp_path, 3, max_jobs=1)
        machine, service = Machine(), Service(bad=frozenset({"79110000001"}))
        run(tmp_path, service, machine)
        journal = tmp_path / "sending.ndjson"
        whole = journal.read_bytes()
        for length in range(0, len(whole), 7):
            journal.write_bytes(whole[:length])
            if not run(tmp_path, service, machine).is_done:  # a 400 may have been lost
                machine.pass_time(7200)
                assert run(tmp_path, service, machine, reconcile=True).is_done
            is_exactly_once(tmp_path, service, phones)

    def test_zeros_that_a_power_cut_leaves_are_cut_off(self, tmp_path: Path) -> None:
        phones = prepared(tmp_path, 25)
        machine, service = Machine(), Service()
        run(tmp_path, service, machine)
        journal = tmp_path / "sending.ndjson"
        whole = journal.read_bytes()
        *rest, last = whole.splitlines(keepends=True)
        journal.write_bytes(b"".join(rest) + last[:20] + b"\0" * 50 + last[70:])
        (tmp_path / "ids.csv").unlink()
        assert run(tmp_path, service, machine).created == 25
        is_exactly_once(tmp_path, service, phones)

    @pytest.mark.parametrize(
        ("number", "change"),
        [
            (1, {"format": 2}),
            (1, {"type": "run"}),
            (1, {"at": None}),
            (1, {"at": {"wall": 1}}),
            (1, {"manifest_sha256": "0" * 64}),
            (2, {"ids": {"79110000000": [1]}}),
            (2, {"type": "who knows"}),
            (2, {"key": "of no body"}),
            (3, {"type": "head"}),
            (3, {"sha256": "0" * 64}),
            (3, {"at": {"wall": float("nan"), "boot": None, "since_boot": 0, "service": None}}),
            (4, {"ids": ["1"]}),
            (4, {"ids": "1"}),
            (4, {"outcome": "likely"}),
            (4, {"outcome": "refused"}),
            (4, {"type": "cut", "how": "halves"}),
            (4, {"type": "cut", "how": "renewed?"}),
            (4, {"type": "baseline", "ids": {}}),
        ],
    )
    def test_an_edited_line_stops(
        self, number: int, change: dict[str, Any], tmp_path: Path
    ) -> None:
        """The jobs of a line that is read as something else could be created again."""
        prepared(tmp_path, 5)
        run(tmp_path, Service())
        lines = lines_of(tmp_path)
        lines[number - 1] |= change
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / "sending.ndjson").write_text(text)
        again = Service()
        with pytest.raises(
            predial.SendError, match=r"can't be used|not in the directory|prepared anew"
        ):
            run(tmp_path, again)
        with pytest.raises(predial.SendError):
            status(tmp_path)
        assert again.requests == []

    @pytest.mark.parametrize(
        ("order", "is_read"),
        [
            ("1234", True),
            ("134", True),  # a run without a baseline
            ("12234", True),
            ("12334", True),
            ("123", True),
            ("234", False),
            ("11234", False),
            ("124", False),
            ("12344", False),
            ("12343", False),
            ("12342", False),
            ("12324", False),
        ],
    )
    def test_lines_follow_from_those_before(
        self, order: str, is_read: bool, tmp_path: Path
    ) -> None:
        prepared(tmp_path, 5)
        run(tmp_path, Service())
        lines = (tmp_path / "sending.ndjson").read_bytes().splitlines(keepends=True)
        assert [json.loads(line)["type"] for line in lines] == ["head", "baseline", "try", "result"]
        chosen = b"".join(lines[int(number) - 1] for number in order)
        (tmp_path / "sending.ndjson").write_bytes(chosen)
        if is_read:
            assert status(tmp_path).left == 0
            return
        with pytest.raises(predial.SendError, match="can't be used"):
            status(tmp_path)

    def test_after_a_line_that_cannot_be_written_there_is_no_other(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It would be joined to the torn one, and with it nothing could be read."""
        phones = prepared(tmp_path, 20, max_jobs=5)
        write, written = journals.Journal.write, []

        def fail(self: journals.Journal, line: journals.Line) -> None:
            written.append(line["type"])
            if len(written) == 6:
                raise OSError(28, "No space left on device")
            write(self, line)

        monkeypatch.setattr(journals.Journal, "write", fail)
        service, machine = Service(), Machine()
        sent = run(tmp_path, service, machine, parallel=3)
        assert "No space left" in str(sent.stopped)
        monkeypatch.undo()
        assert run(tmp_path, service, machine).created == 20
        is_exactly_once(tmp_path, service, phones)

    def test_an_id_under_two_bodies_stops(self, tmp_path: Path) -> None:
        prepared(tmp_path, 4, max_jobs=2)
        run(tmp_path, Service())
        journal = tmp_path / "sending.ndjson"
        journal.write_bytes(journal.read_bytes().replace(b'["3","4"]', b'["3","2"]'))
        with pytest.raises(predial.SendError, match="the ID of a job of another body"):
            status(tmp_path)
        with pytest.raises(predial.SendError, match="the ID of a job of another body"):
            run(tmp_path, Service())

    def test_a_damaged_line_stops(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        run(tmp_path, Service())
        journal = tmp_path / "sending.ndjson"
        journal.write_bytes(journal.read_bytes().replace(b'"try"', b'"try', 1))
        with pytest.raises(predial.SendError, match=r"sending.ndjson: line 3 is damaged"):
            run(tmp_path, Service())

    def test_a_machine_without_an_id_is_known_by_its_name(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("predial.sending.clock._first_line", lambda path: None)
        monkeypatch.setattr("socket.gethostname", lambda: "one")
        one = Clock().machine()
        monkeypatch.setattr("socket.gethostname", lambda: "other")
        assert one != Clock().machine()

    def test_it_goes_on_elsewhere_only_if_asked(self, tmp_path: Path) -> None:
        prepared(tmp_path, 25)
        machine, service = Machine(), Service(faults={2: says(httpx2.Response(409))})
        run(tmp_path, service, machine)
        machine.machine_id = "machine 2"
        with pytest.raises(predial.SendError, match="take_over=True"):
            run(tmp_path, service, machine)
        run(tmp_path, service, machine, take_over=True)
        run(tmp_path, service, machine)  # it is its own now

    def test_the_rest_goes_where_the_beginning_went(self, tmp_path: Path) -> None:
        prepared(tmp_path, 25)
        machine, service = Machine(), Service(faults={2: says(httpx2.Response(404))})
        run(tmp_path, service, machine)
        elsewhere = Settings("https://other.example", TOKEN, transport=service.transport())
        with pytest.raises(predial.SendError, match=r"to https://calls\.example"):
            asyncio.run(send_all(tmp_path, elsewhere, machine.clock(), asyncio.Event()))

        def other(request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(200, json={"id": 8})

        chosen = Settings(HOST, TOKEN, transport=httpx2.MockTransport(other))
        with pytest.raises(predial.SendError, match="went to, 7; the token is that of 8"):
            asyncio.run(send_all(tmp_path, chosen, machine.clock(), asyncio.Event()))

    def test_a_directory_that_was_prepared_anew(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        run(tmp_path, Service())
        for options in ({}, {"overwrite": True}, {"resume": True, "overwrite": True}):
            with pytest.raises(FileExistsError, match="forget_sent=True"):
                predial.prepare([], tmp_path, **options)  # type: ignore[arg-type]
        with pytest.raises(FileExistsError, match="overwrite=True"):
            predial.prepare([], tmp_path, forget_sent=True)
        assert (tmp_path / "sending.ndjson").exists()
        manifest = (tmp_path / "manifest.json").read_text()
        (tmp_path / "manifest.json").write_text(manifest + "\n")
        with pytest.raises(predial.SendError, match="prepared anew"):
            run(tmp_path, Service())
        predial.prepare([], tmp_path, overwrite=True, forget_sent=True)
        left = {path.name for path in tmp_path.iterdir()}
        assert left == {"bodies", "manifest.json", "rejects.ndjson"}

    def test_a_changed_body_is_never_sent(self, tmp_path: Path) -> None:
        prepared(tmp_path, 25)
        body = tmp_path / "bodies" / "000002.json"
        content = body.read_bytes()

        def change() -> None:
            body.write_bytes(content.replace(b"79110000010", b"79110000099"))

        change()
        service = Service()
        with pytest.raises(predial.SendError, match=r"000002\.json is not the body"):
            run(tmp_path, service)
        assert service.requests == []
        body.write_bytes(content)
        service.on_request = change
        sent = run(tmp_path, service)
        assert "000002.json is not the body" in str(sent.stopped)
        assert len(service.jobs) == 10

    def test_all_bodies_are_there_before_the_first_is_sent(self, tmp_path: Path) -> None:
        prepared(tmp_path, 25)
        body = tmp_path / "bodies" / "000003.json"
        content = body.read_bytes()
        body.unlink()
        service = Service()
        with pytest.raises(predial.SendError, match=r"^the file of body 3 is missing: .*03\.json$"):
            run(tmp_path, service)
        assert (service.requests, status(tmp_path).left) == ([], 25)
        body.write_bytes(content)
        service.on_request = lambda: body.unlink(missing_ok=True)
        assert run(tmp_path, service).stopped == "the file of body 3 is missing"
        assert len(service.jobs) == 20

    def test_a_file_of_a_body_that_was_cut_is_missing(self, tmp_path: Path) -> None:
        prepared(tmp_path, 10)
        service = Service(bad=frozenset({"79110000004"}), faults={3: says(httpx2.Response(404))})
        run(tmp_path, service)
        (tmp_path / "bodies" / "000001.json").unlink()
        with pytest.raises(predial.SendError, match="the file of body 1 is missing"):
            status(tmp_path)
        with pytest.raises(predial.SendError, match="the file of body 1 is missing"):
            run(tmp_path, Service())

    def test_one_run_at_a_time(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        service = Service()
        errors = []

        def second() -> None:
            with pytest.raises(BlockingIOError) as caught, journals.claimed(tmp_path):
                pass
            errors.append(caught.value)
            with pytest.raises(BlockingIOError):
                predial.prepare([], tmp_path, overwrite=True)

        service.on_request = second
        run(tmp_path, service)
        assert errors


class TestParallel:
    def test_several_are_under_way(self, tmp_path: Path) -> None:
        phones = prepared(tmp_path, 40, max_jobs=5)
        service = Service()
        under_way, most = 0, 0

        async def answer(request: httpx2.Request) -> httpx2.Response:
            nonlocal under_way, most
            if request.url.path.endswith("addPhones"):
                under_way += 1
                most = max(most, under_way)
                await asyncio.sleep(0.01)
                under_way -= 1
            return service.answer(request)

        chosen = Settings(HOST, TOKEN, parallel=3, transport=httpx2.MockTransport(answer))
        asyncio.run(send_all(tmp_path, chosen, Machine().clock(), asyncio.Event()))
        assert most == 3
        is_exactly_once(tmp_path, service, phones)

    def test_bodies_that_share_a_phone_are_not(self, tmp_path: Path) -> None:
        jobs = [{"phone": "79110000000", "payload": {"n": n}} for n in range(4)]
        predial.prepare(jobs, tmp_path, duplicates="job")
        under_way = 0

        async def answer(request: httpx2.Request) -> httpx2.Response:
            nonlocal under_way
            if request.url.path.endswith("addPhones"):
                under_way += 1
                assert under_way == 1
                await asyncio.sleep(0.01)
                under_way -= 1
            return service.answer(request)

        service = Service()
        chosen = Settings(HOST, TOKEN, parallel=4, transport=httpx2.MockTransport(answer))
        sent = asyncio.run(send_all(tmp_path, chosen, Machine().clock(), asyncio.Event()))
        assert sent.created == 4

    def test_the_rate_holds_for_all(self, tmp_path: Path) -> None:
        prepared(tmp_path, 30)
        machine, times = Machine(), []
        service = Service()
        service.on_request = lambda: times.append(machine.uptime)
        run(tmp_path, service, machine, pause=0.5)
        assert [round(b - a, 6) for a, b in pairwise(times)] == [0.5, 0.5]


@settings(max_examples=25, deadline=None)
@given(st.data(), st.integers(1, 40), st.integers(1, 8), st.integers(1, 3))
def test_whatever_the_network_does_each_job_is_created_once(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    count: int,
    max_jobs: int,
    parallel: int,
) -> None:
    out = tmp_path_factory.mktemp("sent")
    phones = prepared(out, count, max_jobs=max_jobs)
    bad = data.draw(st.frozensets(st.sampled_from(phones), max_size=3))
    kinds = [
        *map(stores_and, LOST),
        *map(says, LOST),
        *(says(httpx2.Response(status)) for status in (429, 500, 502, 503, 504)),
        stores_and(httpx2.Response(200, content=b'["1')),
        stores_and(httpx2.Response(502)),
        stores_and(httpx2.Response(409)),
        stores_and(httpx2.Response(200, json=["x"] * (max_jobs + 1))),
        says(httpx2.Response(400)),
    ]
    faults = st.dictionaries(st.integers(1, 30), st.sampled_from(kinds), max_size=12)
    service, machine = Service(bad=bad, faults=data.draw(faults)), Machine()
    for _ in range(40):
        sent = run(out, service, machine, parallel=parallel, reconcile=True)
        assert len({phone for phone, _ in service.jobs}) == len(service.jobs)
        if sent.is_done:
            break
        if data.draw(st.booleans()):
            machine.pass_time(7200)
        if data.draw(st.integers(0, 3)) == 0:
            machine.pass_time(LIMIT + 3600)
            service.keys_end()
    else:
        machine.pass_time(LIMIT + 3600)
        sent = run(out, service, machine, reconcile=True)
    assert sent.is_done
    is_exactly_once(out, service, phones)


class TestToken:
    def test_it_is_in_no_log_no_error_and_no_journal(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        caplog.set_level(logging.DEBUG)

        def echo(service: Service, request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(418, json={"type": "x", "message": str(request.url)})

        prepared(tmp_path, 25)
        sent = run(tmp_path, Service(faults={2: echo}))
        said = [str(sent), sent.stopped, caplog.text, *capfd.readouterr()]
        wrong = Settings(HOST, "1.2.3", transport=Service().transport())
        with pytest.raises(predial.SendError) as caught:
            asyncio.run(send_all(tmp_path, wrong, Machine().clock(), asyncio.Event()))
        said.append(str(caught.value))
        settings_of = [repr(Settings(HOST, TOKEN))]
        said += [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
        assert not [text for text in [*said, *settings_of] if text and TOKEN in text]
        assert "TOKEN" in str(sent.stopped)

    def test_what_hides_it_is_seen_through(self, tmp_path: Path) -> None:
        """A message may write it with escapes, or be cut in the middle of it."""
        hidden = TOKEN.replace(".", "\\u002e")
        for n, message in enumerate([f"at {hidden}", "x" * 490 + TOKEN]):
            out = tmp_path / str(n)
            prepared(out, 5)
            body = f'{{"type": "{hidden}", "message": "{message}"}}'.encode()
            for status_code in (400, 418, 500):
                run(
                    out, Service(faults={1: says(httpx2.Response(status_code, content=body))}),
                    give_up_after=0,
                )  # fmt: skip
                text = (out / "sending.ndjson").read_text()
                assert TOKEN[:8] not in text
                (out / "sending.ndjson").unlink()

    def test_ids_are_as_the_service_gives_them(self, tmp_path: Path) -> None:
        """Also where a short token is a part of one by chance."""
        prepared(tmp_path, 2)
        service = Service()
        short = httpx2.MockTransport(
            lambda request: service.answer(
                httpx2.Request(
                    request.method, str(request.url).replace("/campaign/1", f"/campaign/{TOKEN}"),
                    headers=request.headers, content=request.content,
                )
            )
        )  # fmt: skip
        sent = asyncio.run(
            send_all(
                tmp_path, Settings(HOST, "1", transport=short), Machine().clock(), asyncio.Event()
            )
        )
        assert [job.id for job in sent.ids()] == ["1", "2"]

    def test_an_id_that_holds_it_is_not_kept(self, tmp_path: Path) -> None:
        prepared(tmp_path, 1)
        sent = run(tmp_path, Service(faults={1: says(httpx2.Response(200, json=[f"{TOKEN}.1"]))}))
        assert (sent.created, sent.unknown) == (0, 1)
        assert TOKEN not in (tmp_path / "sending.ndjson").read_text()

    def test_runs_that_overlap_stay_silent(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Also if a logger below has a level of its own; and the levels come back."""
        caplog.set_level(logging.DEBUG)
        logging.getLogger("httpx2").setLevel(logging.DEBUG)
        logging.getLogger("httpx2.below").setLevel(logging.DEBUG)
        with clients.silent():
            with clients.silent():
                pass
            logging.getLogger("httpx2").critical("https://host/%s", TOKEN)
            logging.getLogger("httpx2.below").critical("https://host/%s", TOKEN)
        assert TOKEN not in caplog.text
        assert logging.getLogger("httpx2").level == logging.DEBUG
        logging.getLogger("httpx2.below").info("back")
        assert "back" in caplog.text

    @pytest.mark.parametrize(
        "host",
        ["http://calls.example", "calls.example", "ftp://a.example", "https://u:p@a.example",
         "https://a.example/api", "https://", "https://a.example?x=1", "http://localhost.example"],
    )  # fmt: skip
    def test_it_is_sent_by_https_alone(self, host: str, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="host must"):
            predial.send(tmp_path, host=host, token=TOKEN)

    @pytest.mark.parametrize("host", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])
    def test_this_machine_needs_none(self, host: str, tmp_path: Path) -> None:
        prepared(tmp_path, 1)
        with pytest.raises(predial.SendError, match="can't be reached"):
            predial.send(tmp_path, host=host, token=TOKEN)

    @pytest.mark.parametrize("token", ["", "a/b", "a b", "a?b", "../x", "..", "\ud800"])
    def test_what_is_no_token_is_refused(self, token: str, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="token must be"):
            predial.send(tmp_path, host=HOST, token=token)

    def test_redirects_are_not_followed(self, tmp_path: Path) -> None:
        prepared(tmp_path, 5)
        moved = httpx2.Response(307, headers={"Location": "https://evil.example/"})
        service = Service(faults={1: says(moved)})
        sent = run(tmp_path, service)
        assert "status 307" in str(sent.stopped)
        assert {request.url.host for request in service.requests} == {"calls.example"}

    def test_the_environment_is_not_used(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        prepared(tmp_path, 1)
        with pytest.raises(predial.SendError, match="can't be made"):
            predial.send(tmp_path, host="http://127.0.0.1:1", token=TOKEN)


def test_in_an_event_loop_there_is_a_function_of_its_own(tmp_path: Path) -> None:
    prepared(tmp_path, 5)
    options: dict[str, Any] = {"host": HOST, "token": TOKEN}

    async def both() -> predial.Sent:
        with pytest.raises(RuntimeError, match="send_async"):
            predial.send(tmp_path, **options)
        return await predial.send_async(tmp_path, **options, transport=Service().transport())

    assert asyncio.run(both()).created == 5


def test_it_stops_after_the_request_under_way(tmp_path: Path) -> None:
    prepared(tmp_path, 30)
    service, stop = Service(), asyncio.Event()
    service.on_request = lambda: stop.set() if service.adds == 2 else None
    chosen = Settings(HOST, TOKEN, transport=service.transport())
    sent = asyncio.run(send_all(tmp_path, chosen, Machine().clock(), stop))
    assert (sent.created, sent.unknown, sent.left) == (20, 0, 10)
    assert "interrupted" in str(sent.stopped)


def test_an_error_of_the_callers_function_comes_out(tmp_path: Path) -> None:
    prepared(tmp_path, 30)

    def fail(done: int, total: int) -> None:
        raise LookupError("no bar")

    service, machine = Service(), Machine()
    with pytest.raises(LookupError, match="no bar"):
        run(tmp_path, service, machine, on_progress=fail)
    assert run(tmp_path, service, machine).created == 30
