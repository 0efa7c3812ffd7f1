"""The sandbox against a model of it in plain Python: a dict of keys and a list of jobs.

Requests, faults, the clock and restarts come in any order; after each step both must agree.
"""

from __future__ import annotations

import http.client
import json
import shutil
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from predial.testing import Sandbox, sandbox
from sandbox_client import FORM, JSON, Answer, add_many, ask, path_of

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
TOKENS = ("one", "two")

tokens = st.sampled_from(TOKENS)
keys = st.none() | st.sampled_from(["a", "b"])
phones = st.sampled_from([f"7911000000{n}" for n in range(5)])
bad_phones = st.sampled_from(["+79110000000", "911", "7.9E10", ""])
names = st.sampled_from([None, "Alex", "Анна"])

#: Faults of the requests that add, and whether the jobs are stored and the answer comes whole.
FAULTS = {
    "429": (False, False),
    "500": (False, False),
    "503": (False, False),
    "drop_before_read": (False, False),
    "reset_upload": (False, False),
    "drop_after_store": (True, False),
    "half_answer": (True, False),
    "invalid_json": (True, False),
    "slow_store": (True, False),
    "delay": (True, True),
}


@dataclass
class Model:
    """What the sandbox is to hold."""

    now: datetime = START
    jobs: list[dict[str, str]] = field(default_factory=list)
    status: dict[str, str] = field(default_factory=lambda: dict.fromkeys(TOKENS, "inProcess"))
    answers: dict[tuple[str, str], tuple[object, datetime, bytes]] = field(default_factory=dict)
    crm: dict[tuple[str, str, str | None], datetime] = field(default_factory=dict)

    def add(
        self, token: str, key: str | None, request: object, phones: list[str]
    ) -> tuple[int, list[str], bytes | None]:
        """The status, the IDs, and the answer that a key holds."""
        kept = self.answers.get((token, key)) if key else None
        if kept and self.now - kept[1] < DAY:
            return (200, [], kept[2]) if kept[0] == request else (409, [], None)
        is_right = all(phone.isdigit() and len(phone) == 11 for phone in phones)
        if not is_right or len(set(phones)) < len(phones) or self.status[token] == "finished":
            return 400, [], None
        ids = [str(len(self.jobs) + 1 + n) for n in range(len(phones))]
        for phone in phones:
            self.jobs.append({"campaign": token, "phone": phone, "status": "planned"})
        return 200, ids, None

    def keep(self, token: str, key: str | None, request: object, body: bytes) -> None:
        if key and (token, key) not in self.live():
            self.answers[token, key] = request, self.now, body

    def live(self) -> set[tuple[str, str]]:
        return {name for name, (_, at, _) in self.answers.items() if self.now - at < DAY}


class Machine(RuleBasedStateMachine):
    """Does the same to the sandbox and to the model."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.model = Model()
        self.fault: str | None = None
        self._start()

    def _start(self) -> None:
        self.stack = ExitStack()
        options: dict[str, Any] = {"db": self.folder / "db", "campaigns": TOKENS, "clock": START}
        self.box: Sandbox = self.stack.enter_context(sandbox(**options))

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()
            shutil.rmtree(self.folder)

    @rule(token=tokens, key=keys, phones=st.lists(phones | bad_phones, max_size=4))
    def add_phones(self, token: str, key: str | None, phones: list[str]) -> None:
        body = json.dumps([{"phone": phone} for phone in phones]).encode()
        expected = self.model.add(token, key, ("addPhones", body), phones)
        self._compare(
            lambda: add_many(self.box, body, key, token=token),
            (token, key, ("addPhones", body)),
            expected,
            lambda ids: json.dumps(ids, separators=(",", ":")).encode(),
        )

    @rule(token=tokens, key=keys, phone=phones | bad_phones, name=names)
    def add_phone(self, token: str, key: str | None, phone: str, name: str | None) -> None:
        self._add_one("calls", "GET", token, key, phone, name)

    @rule(
        token=tokens,
        key=keys,
        phone=phones,
        name=names,
        method=st.sampled_from(["GET", "POST"]),
    )
    def add_phone_of_the_crm(
        self, token: str, key: str | None, phone: str, name: str | None, method: str
    ) -> None:
        self._add_one("crmCalls", method, token, key, phone, name)

    def _add_one(
        self, form: str, method: str, token: str, key: str | None, phone: str, name: str | None
    ) -> None:
        fields = {"phone": phone} | ({"name": name} if name else {})
        is_form = method == "POST"
        query = urlencode(fields | ({"Idempotence-Key": key} if key and not is_form else {}))
        headers = FORM | ({"Idempotence-Key": key} if key else {}) if is_form else {}
        path = path_of(self.box, "addPhone", form, token)
        request = (form, tuple(fields.items()))
        seen = self.model.crm.get((token, phone, name))
        repeated = form == "crmCalls" and key is None and seen and self.model.now - seen < DAY
        if repeated:
            expected: tuple[int, list[str], bytes | None] = 400, [], None
        else:
            expected = self.model.add(token, key, request, [phone])
        is_stored, _ = FAULTS[self.fault] if self.fault else (True, True)
        if form == "crmCalls" and expected[1] and is_stored:
            self.model.crm[token, phone, name] = self.model.now
        self._compare(
            lambda: (
                ask(self.box, "POST", path, query.encode(), headers)
                if is_form
                else ask(self.box, "GET", f"{path}?{query}")
            ),
            (token, key, request),
            expected,
            lambda ids: json.dumps(ids[0]).encode(),
        )

    def _compare(
        self,
        send: Any,
        named: tuple[str, str | None, object],
        expected: tuple[int, list[str], bytes | None],
        written: Any,
    ) -> None:
        status, ids, kept = expected
        is_stored, is_whole = FAULTS[self.fault] if self.fault else (True, True)
        name, self.fault = self.fault, None
        if not is_stored:
            del self.model.jobs[len(self.model.jobs) - len(ids) :]
        elif ids or (status == 200 and kept is None):
            kept = written(ids)
            self.model.keep(*named, kept)
        try:
            answer: Answer | None = send()
        except (OSError, http.client.HTTPException):
            answer = None
        if name == "slow_store" and not ids:
            time.sleep(0.05)  # it is refused after its connection has ended
        if is_whole:
            assert answer is not None
            assert answer.status == status, answer
            assert status != 200 or answer.body == kept
        elif answer is not None:
            assert name in ("429", "500", "503", "invalid_json")
            assert name == "invalid_json" or answer.status == int(name)
            assert answer.body != kept

    @rule(name=st.sampled_from(sorted(FAULTS)))
    def set_a_fault(self, name: str) -> None:
        """The next request that adds is hit."""
        self.box.set_faults({name: {"requests": [1], "seconds": 0.01}})
        self.fault = name

    @rule(hours=st.sampled_from([1, 11, 23, 24, 25]), seconds=st.sampled_from([0, 1, 3599]))
    def move_the_clock(self, hours: int, seconds: int) -> None:
        self.model.now += timedelta(hours=hours, seconds=seconds)
        assert self.box.advance(f"{hours}h{seconds}s") == self.model.now

    @rule(
        token=tokens,
        ids=st.lists(st.integers(1, 12) | st.integers(1, 12).map(str), max_size=3),
        phones=st.lists(phones | phones.map(int), max_size=2),
    )
    def cancel(self, token: str, ids: list[Any], phones: list[Any]) -> None:
        body = json.dumps({"ids": ids, "phones": phones}).encode()
        answer = ask(self.box, "POST", path_of(self.box, "callJob/cancel", token=token), body, JSON)
        wanted = []
        for number, job in enumerate(self.model.jobs, 1):
            is_named = str(number) in map(str, ids) or job["phone"] in map(str, phones)
            if job["campaign"] == token and is_named and job["status"] == "planned":
                job["status"] = "canceled"
                wanted.append(number)
        assert answer.json == wanted

    @rule(token=tokens, name=st.sampled_from(["pause", "resume", "stop"]))
    def control(self, token: str, name: str) -> None:
        answer = ask(self.box, "POST", path_of(self.box, f"control/{name}", token=token))
        before = self.model.status[token]
        after = {
            ("inProcess", "pause"): "paused",
            ("paused", "resume"): "inProcess",
            ("inProcess", "stop"): "finished",
            ("paused", "stop"): "finished",
        }.get((before, name))
        assert answer.status == (200 if after else 400)
        self.model.status[token] = after or before

    @rule(token=tokens)
    def begin_a_campaign_again(self, token: str) -> None:
        self.box.add_campaign(token)
        self.model.status[token] = "inProcess"

    @rule()
    def restart(self) -> None:
        self.stack.close()
        self.fault = None
        self._start()

    @invariant()
    def they_hold_the_same(self) -> None:
        if not hasattr(self, "box"):
            return
        if self.model.jobs or self.box.jobs():
            self._until_stored()
        found = [
            {name: job[name] for name in ("campaign", "phone", "status")} for job in self.box.jobs()
        ]
        assert found == self.model.jobs
        assert self.box.now() == self.model.now
        for token, status in self.model.status.items():
            assert ask(self.box, "GET", path_of(self.box, "status", token=token)).json == status

    def _until_stored(self) -> None:
        """A slow store may come after its connection has ended."""
        end = time.monotonic() + 5
        while len(self.box.jobs()) < len(self.model.jobs) and time.monotonic() < end:
            time.sleep(0.01)


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestMachine = pytest.mark.slow(TestMachine)
