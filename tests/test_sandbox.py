"""The sandbox: what it answers to each request of the Calls API."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

import predial
from predial.testing import Sandbox, sandbox
from sandbox_client import FORM, JSON, Answer, add_many, ask, path_of

DATA = Path(__file__).parent / "data"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """A sandbox for tests that do not depend on what is in it."""
    with sandbox() as box:
        yield box


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A sandbox for one test, whose clock is stopped."""
    with sandbox(clock=START) as box:
        yield box


def _phones(count: int, first: int = 0) -> list[str]:
    return [f"7911{number:07}" for number in range(first, first + count)]


def _jobs(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [{"phone": phone} for phone in _phones(count, first)]


def _added(box: Sandbox) -> list[str]:
    return [job["phone"] for job in box.jobs()]


def test_the_two_requests_of_the_documents(box: Sandbox) -> None:
    """The vendor's page has them as curl commands: only the host is another one here."""
    commands = (DATA / "seed_requests.sh").read_text("utf-8").split("\n\n")
    answers = []
    for command in commands:
        words = shlex.split(command.replace("\\\n", " ").replace("https://app.jaicp.com", box.host))
        done = subprocess.run([*words, "--silent"], capture_output=True, check=True)
        answers.append(json.loads(done.stdout))
    assert answers == ["1", ["2"]]
    one, many = (job["job"] for job in box.jobs())
    assert one == {"phone": "79110000000", "gmtZone": "+03:00", "payload": {"name": "Alex"}}
    assert many == {**one, "phone": 79110000000}


def test_ids_are_decimal_strings_in_the_order_of_the_jobs(box: Sandbox) -> None:
    assert add_many(box, _jobs(3)).json == ["1", "2", "3"]
    assert add_many(box, []).body == b"[]"
    assert ask(box, "GET", path_of(box, "addPhone?phone=79110000009")).body == b'"4"'
    assert [job["id"] for job in box.jobs()] == ["1", "2", "3", "4"]
    assert _added(box) == [*_phones(3), "79110000009"]


@pytest.mark.parametrize(
    ("job", "type"),
    [
        ({"phone": "7.911E+10"}, "phone.bad.format"),
        ({"phone": "+79110000000"}, "phone.bad.format"),
        ({"phone": "8 (911) 000-00-00"}, "phone.bad.format"),
        ({"phone": 7.5}, "phone.bad.format"),
        ({}, "phone.bad.format"),
        ({"phone": "79110000000", "gmtZone": "MSK"}, "phone.gmtZone.bad.format"),
        ({"phone": "79110000000", "gmtZone": "UTC3"}, "phone.gmtZone.bad.format"),
        ({"phone": "79110000000", "gmtZone": 3}, "phone.gmtZone.bad.format"),
        ({"phone": "79110000000", "gmtZone": "EST"}, "phone.gmtZone.bad.format"),
        ({"phone": "79110000000", "dialerPriority": 6}, "invalid.dialer_priority"),
        ({"phone": "79110000000", "allowedTime": {"mon": []}}, "invalid.call.allowed.time"),
        ({"phone": "79110000000", "maxAttempts": 51}, "invalid.request"),
        ({"phone": "79110000000", "payload": "x"}, "invalid.request"),
        (3, "invalid.request"),
    ],
)
def test_a_fault_refuses_the_whole_request(box: Sandbox, job: Any, type: str) -> None:
    answer = add_many(box, [*_jobs(2), job])
    assert answer.status == 400
    assert answer.json.keys() == {"type", "message", "args"}
    assert answer.json["type"] == type
    assert answer.json["message"].startswith("job 3: ")
    assert box.jobs() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"phone": "79110000000"}', b"[", b'[{"phone": "79110000000"},]', b"null",
     b'{"phone": "79110000000"}\n{"phone": "79110000001"}', b"phone\n79110000000\n",
     "[]".encode("utf-16"), b"\xef\xbb\xbf[]", b"[\0]\0"],
)  # fmt: skip
def test_a_body_that_is_not_an_array_is_refused(shared: Sandbox, body: bytes) -> None:
    answer = add_many(shared, body)
    assert (answer.status, answer.json["type"]) == (400, "invalid.request")


def test_phones_that_come_twice_are_named(box: Sandbox) -> None:
    jobs = [*_jobs(3), {"phone": 79110000001}, {"phone": "79110000000"}, {"phone": "79110000001"}]
    answer = add_many(box, jobs)
    assert answer.status == 400
    assert answer.json["type"] == "phone.duplicated"
    assert answer.json["args"] == {"phonesDuplicates": ["79110000001", "79110000000"]}
    assert box.jobs() == []


def test_a_phone_may_come_again_in_another_request(box: Sandbox) -> None:
    for _ in range(2):
        assert add_many(box, _jobs(1)).status == 200
        assert ask(box, "GET", path_of(box, "addPhone?phone=79110000000")).status == 200
    assert len(box.jobs()) == 4


def test_a_plus_is_as_the_option_says(box: Sandbox) -> None:
    assert add_many(box, [{"phone": "+79110000000"}]).status == 400
    with sandbox(plus="accept") as other:
        assert add_many(other, [{"phone": "+79110000000"}, {"phone": "79110000001"}]).json == [
            "1",
            "2",
        ]
        assert _added(other) == ["79110000000", "79110000001"]
        assert add_many(other, [{"phone": "+7 911 000-00-00"}]).status == 400
        twice = add_many(other, [{"phone": "79110000000"}, {"phone": "+79110000000"}])
        assert twice.json["args"] == {"phonesDuplicates": ["79110000000"]}
        answer = ask(other, "GET", path_of(other, "addPhone?phone=+79110000000"))
        assert answer.status == 200


def test_a_zone_is_one_of_the_runtime(box: Sandbox) -> None:
    with sandbox(jvm="none") as other:
        assert add_many(other, [{"phone": "79110000000", "gmtZone": "EST"}]).status == 200
        assert add_many(other, [{"phone": "79110000000", "gmtZone": "MSK"}]).status == 400


def test_a_job_that_has_ended_by_the_clock_of_the_sandbox(box: Sandbox) -> None:
    job = {"phone": "79110000000", "finishDateTime": "2026-03-02T00:00:00Z"}
    assert add_many(box, [job]).status == 200
    box.advance("1d")
    assert add_many(box, [job]).status == 400


@pytest.mark.parametrize(
    ("query", "type"),
    [("", "phone.bad.format"), ("name=Alex", "phone.bad.format"), ("phone=", "phone.bad.format"),
     ("phone=1&phone=2", "invalid.request"), ("phone=79110000000&%ff=1", "invalid.request"),
     ("phone=79110000000&gmtZone=MSK", "phone.gmtZone.bad.format")],
)  # fmt: skip
@pytest.mark.parametrize("form", ["calls", "crmCalls"])
def test_a_fault_of_the_short_form(shared: Sandbox, form: str, query: str, type: str) -> None:
    answer = ask(shared, "GET", path_of(shared, f"addPhone?{query}", form))
    assert (answer.status, answer.json["type"]) == (400, type)
    if form == "crmCalls":
        body = query.encode()
        answer = ask(shared, "POST", path_of(shared, "addPhone", form), body, FORM)
        assert (answer.status, answer.json["type"]) == (400, type)


def test_a_job_of_the_short_form_is_the_core_s(box: Sandbox) -> None:
    query = "phone=79110000000&gmtZone=UTC+3&name=%D0%90&maxAttempts=3&Idempotence-Key=k"
    assert ask(box, "GET", path_of(box, f"addPhone?{query.replace('UTC+3', '%2B3')}")).status == 200
    [job] = box.jobs()
    assert job["job"] == {
        "phone": "79110000000",
        "gmtZone": "+3",
        "payload": {"name": "А", "maxAttempts": "3"},
    }


def test_head_adds_nothing(box: Sandbox) -> None:
    answer = ask(box, "HEAD", path_of(box, "addPhone?phone=79110000000"))
    assert (answer.status, answer.headers["allow"]) == (405, "GET")
    answer = ask(box, "DELETE", path_of(box, "addPhone", "crmCalls"))
    assert sorted(answer.headers["allow"].split(", ")) == ["GET", "POST"]
    assert box.jobs() == []


def test_another_media_type_is_refused(box: Sandbox) -> None:
    body = b'[{"phone": "79110000000"}]'
    assert ask(box, "POST", path_of(box, "addPhones"), body, FORM).status == 415
    assert ask(box, "POST", path_of(box, "addPhones"), body).status == 415
    charset = {"Content-Type": "application/JSON; charset=utf-8"}
    assert ask(box, "POST", path_of(box, "addPhones"), body, charset).status == 200


@pytest.mark.parametrize(
    ("method", "tail", "form"),
    [("GET", "addPhone?phone=79110000000", "calls"), ("POST", "addPhones", "calls"),
     ("GET", "addPhone?phone=79110000000", "crmCalls"), ("POST", "addPhone", "crmCalls"),
     ("GET", "test/addPhone?phone=79110000000", "crmCalls"), ("POST", "callJob/cancel", "calls"),
     ("POST", "callJob/getReport", "calls"), ("POST", "callAttempt/getReport", "calls"),
     ("GET", "", "calls"), ("GET", "status", "calls"), ("POST", "control/pause", "calls"),
     ("POST", "control/resume", "calls"), ("POST", "control/stop", "calls")],
)  # fmt: skip
def test_an_unknown_token(shared: Sandbox, method: str, tail: str, form: str) -> None:
    answer = ask(shared, method, path_of(shared, tail, form, token="1.2.3"), b"[]", JSON)
    assert (answer.status, answer.json["type"]) == (404, "invalid.token")
    assert b"1.2.3" not in answer.body


def test_a_server_says_what_it_is_and_its_own_time(box: Sandbox) -> None:
    for path in ("/", "/sandbox/clock", "/nothing", path_of(box, "status")):
        answer = ask(box, "GET", path)
        assert answer.headers["server"] == f"predial-sandbox/{predial.__version__}"
        assert parsedate_to_datetime(answer.headers["date"]) == START


HOSTILE = (
    b'[{"phone": 79110000000, "payload": {"n": ' + b"9" * 5_000 + b', "f": 1e999, "s": "\\ud800",'
    b' "z": "\\u0000", "n": 1, "deep": ' + b"[" * 500 + b"]" * 500 + b'}, "gmtZone": ""}]'
)


def test_a_payload_is_kept_as_it_came(box: Sandbox) -> None:
    assert add_many(box, HOSTILE, key="k").body == b'["1"]'
    [job] = box.jobs()
    assert job["job"]["payload"]["s"] == "\ud800"
    assert job["job"]["payload"]["f"] == "1e999"
    assert [it["id"] for it in box.queue()] == ["1"]
    assert ask(box, "GET", "/").status == 200
    assert box.dial(START + timedelta(days=3)) >= 1


def test_requests_that_are_not_http_end_their_connection(shared: Sandbox) -> None:
    address = urlsplit(shared.host)
    for sent in (b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
        with socket.create_connection((address.hostname, address.port), timeout=10) as client:
            client.sendall(sent)
            assert client.recv(1_000).startswith(b"HTTP/1.1 400")
    assert ask(shared, "GET", "/").status == 200


# Idempotence keys


def test_the_same_request_is_answered_with_the_same_bytes(box: Sandbox) -> None:
    body = b'[{"phone": "79110000000"},\n {"phone": "79110000001"}]'
    first = add_many(box, body, key="a")
    add_many(box, _jobs(1, 5))
    assert add_many(box, body, key="a") == first
    assert len(box.jobs()) == 3
    other = add_many(box, body.replace(b"\n", b""), key="a")
    assert (other.status, other.json["type"]) == (409, "idempotence.key.conflict")
    assert add_many(box, body, key="b").json == ["4", "5"]


@pytest.mark.parametrize("form", ["calls", "crmCalls"])
def test_the_key_of_a_url_is_a_parameter(box: Sandbox, form: str) -> None:
    path = path_of(box, "addPhone?phone=79110000000&name=Alex&Idempotence-Key=k%201", form)
    first = ask(box, "GET", path)
    assert first.status == 200
    assert ask(box, "GET", path) == first
    turned = path_of(box, "addPhone?Idempotence-Key=k+1&name=Alex&phone=79110000000", form)
    assert ask(box, "GET", turned) == first
    other = path_of(box, "addPhone?Idempotence-Key=k+1&name=Anna&phone=79110000000", form)
    assert ask(box, "GET", other).status == 409
    assert len(box.jobs()) == 1


def test_the_key_of_a_form_is_a_header(box: Sandbox) -> None:
    key = {**FORM, "Idempotence-Key": "k"}
    path = path_of(box, "addPhone", "crmCalls")
    first = ask(box, "POST", path, b"phone=79110000000", key)
    assert ask(box, "POST", path, b"phone=79110000000", key) == first
    assert ask(box, "POST", path, b"phone=79110000001", key).status == 409
    # A parameter of the same name belongs to the request, too, but is not its key.
    assert ask(box, "POST", path, b"phone=79110000002&Idempotence-Key=k", FORM).status == 200


def test_a_key_lives_24_hours(box: Sandbox) -> None:
    assert add_many(box, _jobs(1), key="a").json == ["1"]
    box.advance("23h59m59s")
    assert add_many(box, _jobs(1), key="a").json == ["1"]
    box.advance("1s")
    assert add_many(box, _jobs(1), key="a").json == ["2"]
    assert add_many(box, _jobs(2), key="a").status == 409


def test_a_key_holds_no_refusal(box: Sandbox) -> None:
    assert add_many(box, [{"phone": "1"}], key="a").status == 400
    assert add_many(box, _jobs(1), key="a").status == 200


def test_a_key_belongs_to_its_campaign(box: Sandbox) -> None:
    box.add_campaign("other")
    assert add_many(box, _jobs(1), key="a").json == ["1"]
    assert add_many(box, _jobs(1), key="a", token="other").json == ["2"]


def test_an_empty_key_is_refused(box: Sandbox) -> None:
    assert add_many(box, _jobs(1), key="").status == 400
    path = path_of(box, "addPhone?phone=79110000000&Idempotence-Key=")
    assert ask(box, "GET", path).status == 400
    assert box.jobs() == []


def test_requests_with_one_key_at_the_same_time(box: Sandbox) -> None:
    answers: list[Answer] = []
    body = json.dumps(_jobs(2_000)).encode()
    threads = [
        threading.Thread(target=lambda: answers.append(add_many(box, body, key="a")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.body for answer in answers}) == 1
    assert [answer.status for answer in answers] == [200] * 8
    assert len(box.jobs()) == 2_000


def test_eight_clients_at_once(box: Sandbox) -> None:
    answers: list[Answer] = []

    def client(number: int) -> None:
        for request in range(20):
            phone = 79110000000 + number * 1000 + request
            answers.append(add_many(box, [{"phone": phone}], key=f"{number}/{request}"))
            answers.append(ask(box, "GET", path_of(box, f"addPhone?phone={phone}")))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status for answer in answers} == {200}
    ids = [answer.json if isinstance(answer.json, str) else answer.json[0] for answer in answers]
    assert sorted(map(int, ids)) == list(range(1, 321))
    assert len(box.jobs()) == 320


# The CRM form's rule about duplicates


def test_the_crm_form_takes_a_phone_with_its_payload_once_a_day(box: Sandbox) -> None:
    path = path_of(box, "addPhone", "crmCalls")

    def add(query: str) -> Answer:
        return ask(box, "GET", f"{path}?{query}")

    assert add("phone=79110000000&name=Alex").status == 200
    again = add("phone=79110000000&name=Alex&gmtZone=Z")
    assert (again.status, again.json["type"]) == (400, "phone.duplicated")
    assert again.json["args"] == {"phonesDuplicates": ["79110000000"]}
    posted = ask(box, "POST", path, b"name=Alex&phone=79110000000", FORM)
    assert posted.json["type"] == "phone.duplicated"
    assert add("phone=79110000000&name=Anna").status == 200
    assert add("phone=79110000000").status == 200
    assert add("phone=79110000000").status == 400
    assert add("phone=79110000000&name=Alex&Idempotence-Key=k").status == 200
    test = path_of(box, "test/addPhone?phone=79110000000", "crmCalls")
    assert [ask(box, "GET", test).status for _ in range(2)] == [200, 200]
    box.advance("24h")
    assert add("phone=79110000000&name=Alex").status == 200


# Jobs that were added


def _post(box: Sandbox, tail: str, value: object) -> Answer:
    return ask(box, "POST", path_of(box, tail), json.dumps(value).encode(), JSON)


def test_cancelled_jobs_are_named_once(box: Sandbox) -> None:
    add_many(box, _jobs(4))
    add_many(box, _jobs(1))
    answer = _post(box, "callJob/cancel", {"phones": [79110000000, "79110000001"], "ids": ["2", 3]})
    assert answer.json == [1, 2, 3, 5]
    assert _post(box, "callJob/cancel", {"ids": [1, 4, 99, 10**30]}).json == [4]
    assert {job["status"] for job in box.jobs()} == {"canceled"}
    assert box.queue() == []


def test_jobs_of_another_campaign_are_not_there(box: Sandbox) -> None:
    box.add_campaign("other")
    add_many(box, _jobs(1), token="other")
    assert _post(box, "callJob/cancel", {"ids": [1]}).json == []
    assert _post(box, "callJob/getReport", {"phones": _phones(1)}).json == []


@pytest.mark.parametrize("tail", ["callJob/cancel", "callJob/getReport", "callAttempt/getReport"])
@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'{"ids": 1}', b'{"ids": [1.5]}', b'{"ids": [true]}', b'{"phones": "7"}',
     b'{"ids": [null]}', b'{"ids": [NaN]}', b"[" * 100_000, b"\xff"],
)  # fmt: skip
def test_a_selection_that_can_not_be_read(shared: Sandbox, tail: str, body: bytes) -> None:
    answer = ask(shared, "POST", path_of(shared, tail), body, JSON)
    assert (answer.status, answer.json["type"]) == (400, "invalid.request")


def test_a_report_before_any_call(box: Sandbox) -> None:
    add_many(box, _jobs(2))
    others = ["x", "", "079110000001", "9" * 300, 10**18, 0]
    [report] = _post(box, "callJob/getReport", {"phones": ["79110000001", *others]}).json
    assert report == {
        "id": "2",
        "phone": "79110000001",
        "jobStatus": "planned",
        "callResult": None,
        "startedAt": None,
        "finishedAt": None,
        "callDuration": None,
        "reportData": {},
    }
    assert _post(box, "callAttempt/getReport", {"ids": [1, 2]}).json == []


# Campaigns


def test_a_campaign_is_described(box: Sandbox) -> None:
    add_many(box, _jobs(2))
    found = ask(box, "GET", path_of(box, "")).json
    assert found == {
        "id": 1,
        "name": "Campaign 1",
        "projectName": "sandbox",
        "creationDate": START.timestamp() * 1000,
        "botId": "sandbox-1",
        "status": "inProcess",
        "shortReport": {
            "totalNumbers": 2,
            "processedNumbers": 0,
            "usedTalkingTime": 0,
            "usedAsrSeconds": 0,
            "inProcessCalls": 0,
            "retryCalls": 0,
        },
        "startTime": None,
        "endTime": None,
        "maxSimultaneousCalls": 10,
    }


def test_a_campaign_is_controlled(box: Sandbox) -> None:
    def control(name: str) -> Answer:
        return ask(box, "POST", path_of(box, f"control/{name}"))

    assert control("resume").json["type"] == "invalid.call.task.state"
    assert (control("pause").json, ask(box, "GET", path_of(box, "status")).json) == ("paused",) * 2
    assert add_many(box, _jobs(1), key="a").status == 200
    assert control("resume").json == "inProcess"
    assert control("stop").json == "finished"
    for name in ("pause", "resume", "stop"):
        assert (control(name).status, control(name).json["type"]) == (
            400,
            "invalid.call.task.state",
        )
    refused = add_many(box, _jobs(1))
    assert (refused.status, refused.json["type"]) == (400, "invalid.call.task.state")
    assert add_many(box, _jobs(1), key="a").json == ["1"]


def test_campaigns_are_put(box: Sandbox) -> None:
    token = "a~b.c-d_e"
    found = box.add_campaign(token, name="Мой", maxSimultaneousCalls=2, status="planned")
    assert (found["id"], found["name"], found["status"]) == (2, "Мой", "planned")
    assert add_many(box, _jobs(1), token=token).status == 200
    assert box.jobs(token)[0]["campaign"] == token
    assert box.add_campaign(token)["shortReport"]["totalNumbers"] == 1
    assert box.jobs(box.token) == []
    wrong: dict[str, Any]
    for wrong in ({"status": "x"}, {"name": 1}, {"maxSimultaneousCalls": 0}, {"policy": []},
                  {"policy": {"allowedDays": ["x"]}}, {"color": "red"}):  # fmt: skip
        with pytest.raises(ValueError, match=next(iter(wrong))):
            box.add_campaign("other", **wrong)
    assert ask(box, "PUT", f"/sandbox/campaigns/{quote('a b')}", b"{}").status == 400


# The clock


def test_the_clock_moves_only_forward(box: Sandbox) -> None:
    assert box.now() == START
    assert box.advance("1d2h3m4s") == START + timedelta(days=1, hours=2, minutes=3, seconds=4)
    for wrong in ("", "-1h", "1", "1h1h", "1.5h", "99999d99999d"):
        with pytest.raises(ValueError, match="duration"):
            box.advance(wrong)
    for _ in range(29):
        box.advance("99999d")
    with pytest.raises(ValueError, match="date"):
        box.advance("99999d")
    now = box.now()
    for body in (b"{}", b'{"advance": 1}', b'{"to": "2026-03-01"}', b'{"advance": "1h", "to": ""}',
                 b'{"back": "1h"}', b""):  # fmt: skip
        assert ask(box, "POST", "/sandbox/clock", body).status == 400
    earlier = b'{"to": "2026-03-01T12:00Z"}'
    assert ask(box, "POST", "/sandbox/clock", earlier).status == 200
    assert box.now() == now


def test_real_time_passes(shared: Sandbox) -> None:
    before = datetime.now(UTC)
    assert before <= shared.now() <= datetime.now(UTC)
    assert shared.advance("25h") >= before + timedelta(hours=25)
