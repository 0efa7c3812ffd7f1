"""What the sandbox keeps, in SQLite: campaigns, jobs, attempts, answers by idempotence key.

One connection, used by one thread: each method is called by `Store.run`, so a request's reads and
writes are one after the other, and what it writes is one transaction. A file is in WAL mode. What
was committed outlives a process that is killed; the file system decides about a machine that is.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

__all__ = ["Attempt", "Job", "NewJob", "Store", "StoredAnswer"]

Answer = TypeVar("Answer")

#: Raised when a table changes: a file of another version is refused.
VERSION: Final = 2

SCHEMA: Final = """
CREATE TABLE campaign (
    id INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
    status TEXT NOT NULL, settings TEXT NOT NULL
);
CREATE TABLE job (
    id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, phone INTEGER NOT NULL, job TEXT NOT NULL,
    has_policy INTEGER NOT NULL, added INTEGER NOT NULL, status TEXT NOT NULL DEFAULT 'planned',
    ready INTEGER, attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX job_by_phone ON job (phone);
CREATE INDEX job_with_policy ON job (campaign, id) WHERE has_policy;
CREATE TABLE crm_job (fingerprint BLOB NOT NULL, token TEXT NOT NULL, added INTEGER NOT NULL);
CREATE INDEX crm_job_by_fingerprint ON crm_job (token, fingerprint);
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY, job INTEGER NOT NULL, status TEXT NOT NULL, result TEXT NOT NULL,
    started INTEGER NOT NULL, finished INTEGER NOT NULL, report TEXT NOT NULL
);
CREATE INDEX attempt_by_job ON attempt (job);
CREATE TABLE answer (
    token TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, body BLOB NOT NULL,
    added INTEGER NOT NULL, PRIMARY KEY (token, key)
) WITHOUT ROWID;
CREATE INDEX answer_by_age ON answer (added);
CREATE TABLE clock (instant INTEGER NOT NULL, lead INTEGER NOT NULL);
"""

#: The digits of a phone, as E.164 has them.
_PHONE: Final = re.compile(r"[1-9][0-9]{0,14}")
#: Python reads no integers with more digits than 4300.
MOST_DIGITS: Final = 4_000

#: The fields of `Job`, in their order.
_JOB: Final = (
    "SELECT job.id, token, CAST(phone AS TEXT), job, has_policy, added, job.status, ready, attempts"
    " FROM job JOIN campaign ON campaign.id = campaign"
)

#: A job to add: the digits of its phone as a number, its JSON, and 1 if it has a call policy of its
#: own or 0. Of many jobs, a class would take as long as to store them, and so would the index of
#: phones as texts.
NewJob: TypeAlias = tuple[int, str, int]


@dataclass(frozen=True)
class Job:
    """A job that was added. Instants are milliseconds since 1970."""

    id: int
    token: str
    phone: str
    text: str
    has_policy: bool
    added: int
    status: str
    ready: int | None
    """When it may be tried again; None if it was not tried."""
    attempts: int

    @property
    def fields(self) -> dict[str, Any]:
        """What its JSON says. Numbers that Python can't hold are texts."""
        found: dict[str, Any] = json.loads(self.text, parse_int=_integer, parse_float=_decimal)
        return found

    def as_json(self) -> dict[str, Any]:
        """As `GET /sandbox/jobs` answers it."""
        return {
            "id": str(self.id),
            "campaign": self.token,
            "phone": self.phone,
            "job": self.fields,
            "status": self.status,
            "addedAt": self.added,
            "attempts": self.attempts,
        }


@dataclass(frozen=True)
class Attempt:
    """One call. Instants are milliseconds since 1970."""

    job: int
    status: str
    result: str
    started: int
    finished: int
    report: str
    """JSON, what the script would have reported."""


@dataclass(frozen=True)
class StoredAnswer:
    """What was answered to the request of a key."""

    fingerprint: bytes
    """The SHA-256 of the request."""
    body: bytes
    added: int


class Store:
    """The database. Raises ValueError for a file that is not one of this version."""

    def __init__(self, path: str | None = None) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="predial-store")
        try:
            self._connection = self._thread.submit(_connect, path).result()
        except BaseException:
            self._thread.shutdown()
            raise

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Call a function, which may use the store, in the store's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def run_now(self, work: Callable[[], Answer]) -> Answer:
        """The same outside of an event loop."""
        return self._thread.submit(work).result()

    def close(self) -> None:
        """Wait for what was begun, and close the database."""
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it is kept, or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    # Campaigns

    def campaign(self, token: str) -> sqlite3.Row | None:
        """The row of the campaign of this token."""
        found: sqlite3.Row | None = self._one("SELECT * FROM campaign WHERE token = ?", token)
        return found

    def campaigns(self) -> list[sqlite3.Row]:
        """All campaigns, the oldest first."""
        return self._all("SELECT * FROM campaign ORDER BY id")

    def put_campaign(self, token: str, status: str, settings: str, now: int) -> None:
        """Add a campaign, or change one."""
        self._connection.execute(
            "INSERT INTO campaign (token, created, status, settings) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (token) DO UPDATE SET status = excluded.status,"
            " settings = excluded.settings",
            (token, now, status, settings),
        )

    def set_status(self, token: str, status: str) -> None:
        """Change the status of a campaign."""
        self._connection.execute("UPDATE campaign SET status = ? WHERE token = ?", (status, token))

    # Jobs

    def add_jobs(self, token: str, jobs: Sequence[NewJob], now: int) -> range:
        """Add jobs, and return their IDs, which follow one another."""
        campaign = int(self._number("SELECT id FROM campaign WHERE token = ?", token))
        first: int = self._number("SELECT 1 + coalesce(max(id), 0) FROM job")
        # SQLite numbers rows from the largest ID on. Numbers that are the same for all jobs are in
        # the statement: to bind them for each would take as long as the jobs themselves.
        self._connection.executemany(
            "INSERT INTO job (campaign, added, phone, job, has_policy)"
            f" VALUES ({campaign:d}, {now:d}, ?, ?, ?)",
            jobs,
        )
        return range(first, first + len(jobs))

    def jobs(self, token: str, ids: Iterable[int], phones: Iterable[str]) -> list[Job]:
        """The jobs of a campaign with one of these IDs or phones, in the order of their IDs."""
        found = {}
        numbers = (int(it) for it in phones if _PHONE.fullmatch(it))
        for column, values in (("id", ids), ("phone", numbers)):
            for some in _batches(values):
                marks = ", ".join("?" * len(some))
                for row in self._all(
                    f"{_JOB} WHERE token = ? AND job.{column} IN ({marks})",
                    token,
                    *some,
                ):
                    found[row["id"]] = _job(row)
        return [found[number] for number in sorted(found)]

    def jobs_after(self, tokens: Sequence[str], number: int, limit: int) -> list[Job]:
        """The jobs of some campaigns with larger IDs than this, in their order."""
        marks = ", ".join("?" * len(tokens))
        rows = self._all(
            f"{_JOB} WHERE token IN ({marks}) AND job.id > ? ORDER BY job.id LIMIT ?",
            *tokens,
            number,
            limit,
        )
        return [_job(row) for row in rows]

    def waiting(self, token: str, has_policy: bool, after: int, limit: int) -> list[Job]:
        """Jobs that wait to be dialled, with a call policy of their own or without, and with larger
        IDs than this, in their order.
        """
        rows = self._all(
            f"{_JOB} WHERE campaign = (SELECT id FROM campaign WHERE token = ?)"
            f" AND {'has_policy' if has_policy else 'NOT has_policy'}"
            " AND job.status IN ('planned', 'onRetry') AND job.id > ? ORDER BY job.id LIMIT ?",
            token,
            after,
            limit,
        )
        return [_job(row) for row in rows]

    def counts(self, token: str) -> dict[str, int]:
        """How many jobs of a campaign have each status."""
        rows = self._all(
            "SELECT status, count(*) AS jobs FROM job"
            " WHERE campaign = (SELECT id FROM campaign WHERE token = ?) GROUP BY status",
            token,
        )
        return {row["status"]: row["jobs"] for row in rows}

    def set_job(self, number: int, status: str) -> None:
        """Change the status of a job."""
        self._connection.execute("UPDATE job SET status = ? WHERE id = ?", (status, number))

    # The rule of the CRM form about duplicates

    def crm_job_since(self, token: str, fingerprint: bytes, since: int) -> bool:
        """Whether the CRM form added such a job later than this instant."""
        return bool(
            self._number(
                "SELECT count(*) FROM crm_job WHERE token = ? AND fingerprint = ? AND added > ?",
                token,
                fingerprint,
                since,
            )
        )

    def add_crm_job(self, token: str, fingerprint: bytes, now: int) -> None:
        """Remember what the CRM form has added."""
        self._connection.execute("INSERT INTO crm_job VALUES (?, ?, ?)", (fingerprint, token, now))

    # Attempts

    def add_attempt(self, attempt: Attempt, job_status: str, ready: int | None) -> None:
        """Keep a call, and what became of its job, unless the job waits no more."""
        changed = self._connection.execute(
            "UPDATE job SET status = ?, ready = ?, attempts = attempts + 1"
            " WHERE id = ? AND status IN ('planned', 'onRetry')",
            (job_status, ready, attempt.job),
        )
        if not changed.rowcount:
            return
        self._connection.execute(
            "INSERT INTO attempt (job, status, result, started, finished, report)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                attempt.job,
                attempt.status,
                attempt.result,
                attempt.started,
                attempt.finished,
                attempt.report,
            ),
        )

    def attempts(self, jobs: Iterable[int]) -> dict[int, list[Attempt]]:
        """The calls of these jobs, each job's in their order."""
        found: dict[int, list[Attempt]] = {}
        for some in _batches(jobs):
            marks = ", ".join("?" * len(some))
            for row in self._all(
                "SELECT job, status, result, started, finished, report FROM attempt"
                f" WHERE job IN ({marks}) ORDER BY id",
                *some,
            ):
                found.setdefault(row["job"], []).append(Attempt(*row))
        return found

    def talking_time(self, token: str) -> int:
        """How long all calls of a campaign took, in milliseconds."""
        found: int = self._number(
            "SELECT coalesce(sum(finished - started), 0)"
            " FROM attempt JOIN job ON job.id = attempt.job"
            " WHERE campaign = (SELECT id FROM campaign WHERE token = ?)",
            token,
        )
        return found

    # Idempotence keys

    def answer(self, token: str, key: str) -> StoredAnswer | None:
        """What was answered to the request with this key."""
        row = self._one(
            "SELECT fingerprint, body, added FROM answer WHERE token = ? AND key = ?", token, key
        )
        return None if row is None else StoredAnswer(*row)

    def keep_answer(self, token: str, key: str, answer: StoredAnswer) -> None:
        """Keep the answer to the request with this key, in place of an older one."""
        self._connection.execute(
            "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)",
            (token, key, answer.fingerprint, answer.body, answer.added),
        )

    def forget_answers(self, before: int) -> None:
        """Forget the keys that are as old as this instant, or older."""
        self._connection.execute("DELETE FROM answer WHERE added <= ?", (before,))

    # The clock

    def last_instant(self) -> int | None:
        """The latest instant that the database knows of."""
        found: int | None = self._number(
            "SELECT max(instant) FROM (SELECT instant FROM clock UNION ALL"
            " SELECT max(added) FROM job UNION ALL SELECT max(created) FROM campaign UNION ALL"
            " SELECT max(added) FROM answer)"
        )
        return found

    def lead(self) -> int:
        """By how much the clock was before real time when it was last moved."""
        found: int = self._number("SELECT coalesce(max(lead), 0) FROM clock")
        return found

    def keep_clock(self, instant: int, lead: int) -> None:
        """Keep the instant to which the clock was moved, and by how much it is before real time."""
        with self.transaction():
            self._connection.execute("DELETE FROM clock")
            self._connection.execute("INSERT INTO clock VALUES (?, ?)", (instant, lead))

    def _all(self, query: str, *values: object) -> list[sqlite3.Row]:
        return self._connection.execute(query, values).fetchall()

    def _one(self, query: str, *values: object) -> Any:
        return self._connection.execute(query, values).fetchone()

    def _number(self, query: str, *values: object) -> Any:
        return self._connection.execute(query, values).fetchone()[0]


def _connect(path: str | None) -> sqlite3.Connection:
    try:
        # Transactions are begun here and not by the driver, which begins them before some
        # statements.
        connection = sqlite3.connect(_private(path) if path else ":memory:", isolation_level=None)
    except (sqlite3.Error, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"the file can't be used as a database: {why}") from None
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        [version] = connection.execute("PRAGMA user_version").fetchone()
        if version == 0 and not connection.execute("SELECT * FROM sqlite_schema").fetchone():
            connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        elif version != VERSION:
            raise ValueError("the file is not a database of this version of predial sandbox")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise ValueError(f"the file can't be used as a database: {error}") from None
    except BaseException:
        connection.close()
        raise
    return connection


def _private(path: str) -> str:
    """The path of the file, which is made for its owner alone if it is not there: it holds phones.
    SQLite gives the files beside it the same mode.
    """
    path = os.path.abspath(path)  # no name has a meaning of its own, as `:memory:` has
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    return path


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= MOST_DIGITS else digits


def _decimal(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _job(row: Mapping[str, Any] | sqlite3.Row) -> Job:
    return Job(*row)


def _batches(values: Iterable[Any], size: int = 500) -> Iterator[list[Any]]:
    """The values without repetition, so many at a time as a statement takes."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), size):
        yield distinct[start : start + size]
