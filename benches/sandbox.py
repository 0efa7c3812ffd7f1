"""A request of 10 000 jobs to the sandbox, against its parts: the check and SQLite's insert.

The rounds are timed with a client in the same process, which sends the request and reads the IDs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlsplit

import predial
from predial.testing import Sandbox, sandbox
from timing import Contender, Section

JOBS: Final = 10_000


def sections() -> Iterator[Section]:
    """`addPhones`, the check of its body without repair, and the insert of its jobs."""
    jobs = [
        {"phone": 79110000000 + n, "gmtZone": "+03:00", "payload": {"name": "Alex", "order": n}}
        for n in range(JOBS)
    ]
    body = json.dumps(jobs).encode()
    rows = [(n, str(job["phone"]), json.dumps(job)) for n, job in enumerate(jobs)]
    with sandbox() as box:
        yield Section(
            f"A request of {JOBS} jobs, {len(body) / 1e6:.1f} MB, to the sandbox",
            "job",
            JOBS,
            (
                Contender("addPhones", lambda: add(box, body)),
                Contender("check + insert", lambda: [check(body), insert(rows)]),
                Contender("check", lambda: check(body)),
                Contender("SQLite's insert, in memory", lambda: insert(rows)),
            ),
        )


def add(box: Sandbox, body: bytes) -> bytes:
    """Send the request, and read its answer."""
    address = urlsplit(box.host)
    connection = HTTPConnection(address.hostname or "", address.port)
    path = f"/api/calls/campaign/{box.token}/addPhones"
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert answer.status == 200
    ids = answer.read()
    connection.close()
    return ids


def check(body: bytes) -> predial.Report:
    """What the service would say."""
    return predial.check(body, repair=False)


def insert(rows: list[tuple[int, str, str]]) -> int:
    """The same jobs in a table without an index; returns how many."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE job (id INTEGER PRIMARY KEY, phone TEXT, job TEXT)")
    database.executemany("INSERT INTO job VALUES (?, ?, ?)", rows)
    database.commit()
    database.close()
    return len(rows)
