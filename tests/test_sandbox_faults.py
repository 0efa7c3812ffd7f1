"""Faults on demand: what a client sees of each, and what the sandbox has stored."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from predial.sandbox.faults import ENDPOINTS, NAMES, Faults
from predial.testing import Sandbox, sandbox
from sandbox_client import JSON, Answer, add_many, ask, path_of

JOBS = [{"phone": f"7911000000{n}"} for n in range(3)]
BODY = json.dumps(JOBS).encode()
STORED = b'["1","2","3"]'


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with sandbox() as box:
        yield box


def _certain(box: Sandbox, name: str, **more: Any) -> None:
    """The first request from now on is hit, and no other."""
    box.set_faults({name: {"requests": [1], **more}})


@pytest.mark.parametrize("name", ["429", "500", "503"])
def test_a_status_stores_nothing(box: Sandbox, name: str) -> None:
    _certain(box, name)
    answer = add_many(box, BODY, key="k")
    assert answer.status == int(name)
    assert box.jobs() == []
    assert add_many(box, BODY, key="k").body == STORED
    assert box.fired() == {name: 1}


@pytest.mark.parametrize(
    ("given", "headers"),
    [({}, {None, "1"}), ({"retry_after": 7}, {"7"}), ({"retry_after": None}, {None}),
     ({"retry_after": 0}, {"0"})],
)  # fmt: skip
def test_how_long_to_wait(box: Sandbox, given: dict[str, Any], headers: set[str | None]) -> None:
    box.set_faults({"429": {"rate": 1, **given}})
    answers = [add_many(box, BODY) for _ in range(40)]
    assert {answer.headers.get("retry-after") for answer in answers} == headers
    if not given:
        said = sum("retry-after" in answer.headers for answer in answers)
        assert 10 <= said <= 30
    box.set_faults({"503": 1})
    assert "retry-after" not in add_many(box, BODY).headers


@pytest.mark.parametrize("name", ["drop_before_read", "reset_upload"])
def test_a_connection_that_ends_before_anything_is_stored(box: Sandbox, name: str) -> None:
    _certain(box, name)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)) as caught:
        add_many(box, BODY, key="k")
    if name == "reset_upload":
        assert not isinstance(caught.value, http.client.RemoteDisconnected)
    assert box.jobs() == []
    assert add_many(box, BODY, key="k").body == STORED


def test_an_upload_is_reset_in_its_middle(box: Sandbox) -> None:
    _certain(box, "reset_upload")
    address = urlsplit(box.host)
    length = 50_000_000
    head = (
        f"POST {path_of(box, 'addPhones')} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=10) as client:
        client.sendall(head.encode())
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            client.sendall(b" " * length)
    assert box.jobs() == []


def test_a_connection_that_ends_after_the_store(box: Sandbox) -> None:
    _certain(box, "drop_after_store")
    with pytest.raises(http.client.RemoteDisconnected):
        add_many(box, BODY, key="k")
    assert len(box.jobs()) == 3
    assert add_many(box, BODY, key="k").body == STORED
    assert len(box.jobs()) == 3


def test_half_an_answer(box: Sandbox) -> None:
    _certain(box, "half_answer")
    with pytest.raises(http.client.IncompleteRead) as caught:
        add_many(box, BODY, key="k")
    half = len(STORED) // 2
    assert (caught.value.partial, caught.value.expected) == (STORED[:half], len(STORED) - half)
    assert len(box.jobs()) == 3
    assert add_many(box, BODY, key="k").body == STORED


def test_an_answer_that_is_not_json(box: Sandbox) -> None:
    _certain(box, "invalid_json")
    answer = add_many(box, BODY, key="k")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match="value"):
        _ = answer.json
    assert add_many(box, BODY, key="k").body == STORED
    assert len(box.jobs()) == 3


def test_a_delay(box: Sandbox) -> None:
    _certain(box, "delay", seconds=0.3)
    start = time.monotonic()
    assert add_many(box, BODY).body == STORED
    assert time.monotonic() - start >= 0.3


def test_a_store_after_the_client_has_given_up(box: Sandbox) -> None:
    _certain(box, "slow_store")
    with pytest.raises(TimeoutError):
        add_many(box, BODY, timeout=0.3)
    _until(lambda: len(box.jobs()) == 3)


def test_a_slow_store_ends_the_patience_of_a_client_that_has_more(box: Sandbox) -> None:
    _certain(box, "slow_store", seconds=0.2)
    with pytest.raises(http.client.RemoteDisconnected):
        add_many(box, BODY)
    _until(lambda: len(box.jobs()) == 3)


def test_a_retry_of_a_slow_store_waits_for_it(box: Sandbox) -> None:
    _certain(box, "slow_store", seconds=0.5)
    first = threading.Thread(target=_ignoring_errors, args=(box, "k"))
    start = time.monotonic()
    first.start()
    _until(lambda: box.fired().get("slow_store") == 1)
    assert add_many(box, BODY, key="k").body == STORED
    assert time.monotonic() - start >= 0.5
    first.join()
    assert len(box.jobs()) == 3


def _ignoring_errors(box: Sandbox, key: str) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):
        add_many(box, BODY, key=key)


def _until(holds: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["half_answer", "drop_after_store", "invalid_json"])
def test_a_refusal_that_is_spoilt_stores_nothing(box: Sandbox, name: str) -> None:
    _certain(box, name)
    try:
        answer: Answer | None = add_many(box, [*JOBS, {"phone": "1"}], key="k")
    except http.client.HTTPException:
        answer = None
    assert box.jobs() == []
    assert answer is None or answer.status == 400


def test_a_connection_is_good_for_the_next_request(box: Sandbox) -> None:
    box.set_faults({"500": {"requests": [1]}, "invalid_json": {"requests": [2]}})
    address = urlsplit(box.host)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    bodies = []
    for _ in range(3):
        connection.request("POST", path_of(box, "addPhones"), BODY, JSON)
        bodies.append(connection.getresponse().read())
    connection.close()
    assert bodies[2] == b'["4","5","6"]'


# Which request is hit


def test_by_default_only_requests_that_add_are_hit(box: Sandbox) -> None:
    box.set_faults({"500": 1})
    adding = {"addPhones", "addPhone", "test/addPhone"}
    for method, tail, form in [
        ("POST", "addPhones", "calls"),
        ("GET", "addPhone?phone=79110000000", "calls"),
        ("GET", "addPhone?phone=79110000000", "crmCalls"),
        ("POST", "addPhone", "crmCalls"),
        ("GET", "test/addPhone?phone=79110000000", "crmCalls"),
        ("POST", "callJob/cancel", "calls"),
        ("GET", "status", "calls"),
        ("GET", "", "calls"),
    ]:
        answer = ask(box, method, path_of(box, tail, form), b'{"ids": []}', JSON)
        assert (answer.status == 500) is (tail.partition("?")[0] in adding), tail
    for path in ("/", "/sandbox/clock", "/sandbox/queue", "/docs"):
        assert ask(box, "GET", path).status == 200


def test_other_endpoints_are_hit_if_they_are_named(box: Sandbox) -> None:
    box.set_faults({"503": {"rate": 1, "on": ["campaign", "callJob/getReport"]}})
    assert ask(box, "GET", path_of(box, "")).status == 503
    assert ask(box, "POST", path_of(box, "callJob/getReport"), b"{}", JSON).status == 503
    assert add_many(box, BODY).status == 200
    box.set_faults({})
    assert ask(box, "GET", path_of(box, "")).status == 200
    assert box.fired() == {}


def test_the_requests_that_are_named_are_hit(box: Sandbox) -> None:
    box.set_faults({"500": {"requests": [2, 4]}, "503": {"requests": [3, 4]}})
    assert [add_many(box, BODY).status for _ in range(5)] == [200, 500, 503, 500, 200]
    assert box.fired() == {"500": 2, "503": 1}


def _drawn(seed: int, wanted: dict[str, Any], count: int) -> list[str | None]:
    faults = Faults(wanted, seed)
    hits = [faults.draw("addPhones") for _ in range(count)]
    return [None if hit is None else hit.fault.name for hit in hits]


def test_chance_is_the_seed_s() -> None:
    wanted = {"500": 0.2, "429": 0.3, "half_answer": {"rate": 0.1}}
    drawn = _drawn(7, wanted, 2_000)
    assert drawn == _drawn(7, wanted, 2_000)
    assert drawn != _drawn(8, wanted, 2_000)
    for name, rate in {"500": 0.2, "429": 0.3, "half_answer": 0.1, None: 0.4}.items():
        assert abs(drawn.count(name) / 2_000 - rate) < 0.05


def test_rates_that_sum_to_one_hit_every_request() -> None:
    wanted = dict.fromkeys(NAMES, 1 / len(NAMES))
    assert None not in _drawn(1, wanted, 1_000)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"429": 0.6, "500": 0.5}, "sum to over 1"),
        ({"429": {"rate": 0.6}, "500": {"rate": 0.5, "on": ["addPhones"]}}, "sum to over 1"),
        ({"404": 0.5}, "no fault '404'"),
        ({"500": 2}, "rate of 500"),
        ({"500": -0.1}, "rate of 500"),
        ({"500": True}, "rate of 500"),
        ({"500": "all"}, "rate of 500"),
        ({"500": None}, "rate of 500"),
        ({"500": {}}, "needs a rate"),
        ({"500": {"rates": 1}}, "has no 'rates'"),
        ({"500": {"requests": [0]}}, "requests of 500"),
        ({"500": {"requests": 1}}, "requests of 500"),
        ({"500": {"rate": 1, "on": ["addphones"]}}, "on of 500"),
        ({"500": {"rate": 1, "on": "addPhones"}}, "on of 500"),
        ({"delay": {"rate": 1, "seconds": -1}}, "seconds of delay"),
        ({"429": {"rate": 1, "retry_after": "1"}}, "retry_after of 429"),
        ({"429": {"rate": 1, "retry_after": 1.5}}, "retry_after of 429"),
    ],
)
def test_faults_that_can_not_be_set(box: Sandbox, wanted: dict[str, Any], why: str) -> None:
    before = {"500": {"requests": [5]}}
    box.set_faults(before)
    with pytest.raises(ValueError, match=why):
        box.set_faults(wanted)
    assert ask(box, "GET", "/sandbox/faults").json == {"faults": before, "fired": {"500": 0}}


def test_faults_on_different_endpoints_may_each_be_certain(box: Sandbox) -> None:
    box.set_faults({"500": {"rate": 1, "on": ["status"]}, "503": {"rate": 1, "on": ["campaign"]}})
    assert ask(box, "GET", path_of(box, "status")).status == 500
    assert ask(box, "GET", path_of(box, "")).status == 503


def test_each_endpoint_can_be_named(box: Sandbox) -> None:
    box.set_faults({"500": {"rate": 1, "on": list(ENDPOINTS)}})
    for method, tail in [("GET", "status"), ("POST", "control/pause"), ("POST", "callJob/cancel")]:
        assert ask(box, method, path_of(box, tail)).status == 500
