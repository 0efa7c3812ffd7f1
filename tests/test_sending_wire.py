"""Sending over a real connection, to a service whose answers are not what HTTP promises."""

from __future__ import annotations

import gzip
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import predial
from predial.sending.clock import Clock

TOKEN = "8231.7056.1b131df1"
IDS = b'["1","2"]'
ZIPPED = gzip.compress(IDS, mtime=0)


def answer(body: bytes, *headers: str, status: str = "200 OK", version: str = "1.1") -> bytes:
    head = "\r\n".join((f"HTTP/{version} {status}", *headers))
    return head.encode() + b"\r\n\r\n" + body


def whole(body: bytes, status: str = "200 OK") -> bytes:
    return answer(body, f"Content-Length: {len(body)}", status=status)


def chunks(*parts: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return answer(body + end, "Transfer-Encoding: chunked")


class Service(socketserver.ThreadingTCPServer):
    """Creates the jobs of a key once; the first answers to `addPhones` are those of a test."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answers: list[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.answers = answers
        self.keys: list[str] = []


class Connection(socketserver.StreamRequestHandler):
    """One connection. It is closed after an answer of the test, as a broken service does."""

    server: Service

    def handle(self) -> None:
        while line := self.rfile.readline():
            headers = {}
            while (header := self.rfile.readline().strip()) != b"":
                name, _, value = header.partition(b":")
                headers[name.lower()] = value.strip().decode()
            self.rfile.read(int(headers.get(b"content-length", 0)))
            if b"/addPhones" not in line:
                self.wfile.write(whole(b"[]" if b"getReport" in line else b'{"id": 7}'))
                continue
            self.server.keys.append(headers[b"idempotence-key"])
            if self.server.answers:
                self.wfile.write(self.server.answers.pop(0))
                return
            self.wfile.write(whole(IDS))


@contextmanager
def served(*answers: bytes) -> Iterator[tuple[str, Service]]:
    with Service(list(answers)) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{service.server_address[1]}", service
        finally:
            service.shutdown()


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Clock, "jitter", lambda self, tries: 0.01)
    predial.prepare([{"phone": "79110000000"}, {"phone": "79110000001"}], tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "first",
    [
        whole(IDS),
        answer(IDS),
        answer(IDS, version="1.0"),
        answer(IDS, "Content-Type: application/json; charset=iso-8859-1", "Content-Length: 9"),
        whole(b"\xef\xbb\xbf" + IDS),
        whole(b'[\n"1",\t"2"\r\n] '),
        answer(b"", "Link: </x>", status="103 Early Hints") + whole(IDS),
        answer(b"", status="100 Continue") * 3 + whole(IDS),
        chunks(IDS),
        chunks(IDS[:4], IDS[4:]),
        answer(ZIPPED, "Content-Encoding: gzip", f"Content-Length: {len(ZIPPED)}"),
        # What follows a whole answer is no part of it.
        whole(IDS) + whole(b'["8","9"]'),
        whole(IDS) + b"nonsense",
    ],
)
def test_an_answer_that_is_whole_is_taken(first: bytes, out: Path) -> None:
    with served(first) as (host, service):
        sent = predial.send(out, host=host, token=TOKEN)
    assert [job.id for job in sent.ids()] == ["1", "2"]
    assert len(service.keys) == 1


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        answer(IDS, "Content-Length: 100"),
        answer(IDS, "Content-Length: 8"),
        answer(IDS, "Content-Length: 9", "Content-Length: 10"),
        answer(IDS, "Content-Length: -9"),
        answer(IDS, "Content-Length: 0"),
        # Nobody asked for it.
        answer(b"", "Upgrade: h2c", "Connection: Upgrade", status="101 Switching Protocols"),
        answer(b"", status="100 Continue"),
        answer(b"", status="103 Early Hints") + b"HTTP/1.1 200 OK\r\n",
        chunks(IDS, end=b""),
        chunks(IDS, end=b"0\r\n"),
        chunks(IDS[:-1]),
        answer(b"zz\r\n" + IDS, "Transfer-Encoding: chunked"),
        answer(ZIPPED[:-14], "Content-Encoding: gzip", f"Content-Length: {len(ZIPPED) - 14}"),
        answer(IDS, "Content-Encoding: gzip", "Content-Length: 9"),
        answer(ZIPPED, f"Content-Length: {len(ZIPPED)}"),
        whole(b"<html>", status="502 Bad Gateway"),
        whole(IDS, status="503 Service Unavailable"),
    ],
)
def test_an_answer_that_is_not_whole_is_asked_for_again(first: bytes, out: Path) -> None:
    with served(first, first) as (host, service):
        sent = predial.send(out, host=host, token=TOKEN)
    assert [job.id for job in sent.ids()] == ["1", "2"]
    assert len(service.keys) == 3
    assert len(set(service.keys)) == 1


@pytest.mark.parametrize(
    "first",
    [
        answer(b"", status="204 No Content"),
        answer(IDS, "Content-Length: 9", "Content-Range: bytes 0-8/20", status="206 Partial"),
        whole(b"", status="304 Not Modified"),
        answer(b"", "Location: /elsewhere", "Content-Length: 0", status="308 Permanent Redirect"),
        whole(b'["1","2","3"]'),
        whole(b'["1","1"]'),
        whole(b"null"),
        chunks(b'{"type":"phone.bad.format"}'),
    ],
)
def test_any_other_answer_stops(first: bytes, out: Path) -> None:
    with served(first) as (host, service):
        sent = predial.send(out, host=host, token=TOKEN)
        assert (sent.created, sent.unknown) == (0, 2)
        assert sent.stopped
        again = predial.send(out, host=host, token=TOKEN)
    assert "it is not sent again by itself" in str(again.stopped)
    assert len(service.keys) == 1


@pytest.mark.parametrize("cut", range(0, 70, 7))
def test_wherever_an_answer_breaks_off(cut: int, out: Path) -> None:
    """A refusal proves nothing unless it is whole, and nothing after an answer that was lost."""
    refusal = json.dumps({"type": "phone.bad.format", "message": "no such number"}).encode()
    text = whole(refusal, status="400 Bad Request")
    with served(text[: len(text) - 1 - cut]) as (host, service):
        sent = predial.send(out, host=host, token=TOKEN)
    assert (sent.created, sent.refused) == (2, [])
    assert len(service.keys) == 2
