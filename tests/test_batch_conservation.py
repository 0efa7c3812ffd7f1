"""No row is lost or doubled in the files of a prepared batch."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import predial
from batch_reference import Member, elements, members
from batch_strategies import Batch, batches

Duplicates = Literal["phone", "job", "allow"]
relaxed = settings(
    deadline=None,
    max_examples=250,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Sent(NamedTuple):
    """One job as it is in its body."""

    body: int
    row: int
    text: str


def read_bodies(out: Path) -> tuple[list[Sent], dict[str, Any]]:
    """Every job of every body with the row that the manifest gives it."""
    manifest = json.loads((out / "manifest.json").read_bytes())
    sent = []
    for number, body in enumerate(manifest["bodies"]):
        content = (out / body["file"]).read_bytes()
        assert len(content) == body["bytes"]
        assert hashlib.sha256(content).hexdigest() == body["sha256"]
        rows = [row for first, last in body["rows"] for row in range(first, last + 1)]
        jobs = elements(content.decode())
        assert len(jobs) == len(rows) == body["jobs"] == len(json.loads(content))
        sent += [Sent(number, row, job) for row, job in zip(rows, jobs, strict=True)]
    listed = {Path(body["file"]).name for body in manifest["bodies"]}
    assert {path.name for path in (out / "bodies").iterdir()} == listed
    return sent, manifest


def read_rejects(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "rejects.ndjson").read_bytes().splitlines()]


def phone_of(job: str) -> str:
    """The E.164 digits of a job that is sent: its phone is plain digits."""
    phone = json.loads(job)["phone"]
    assert isinstance(phone, str | int)
    assert str(phone).isdecimal()
    assert str(phone).isascii()
    return str(phone)


def untouched(fields: list[Member]) -> list[tuple[str, str]]:
    return [(f.name, "" if f.name in ("phone", "gmtZone") else f.value) for f in fields]


@pytest.mark.slow
@relaxed
@given(
    batch=batches(),
    duplicates=st.sampled_from(["phone", "job", "allow"]),
    max_jobs=st.integers(1, 4),
    max_bytes=st.none() | st.integers(20, 300),
    repair=st.booleans(),
    canonical=st.booleans(),
)
def test_every_row_is_in_exactly_one_place(
    batch: Batch,
    duplicates: Duplicates,
    max_jobs: int,
    max_bytes: int | None,
    repair: bool,
    canonical: bool,
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory)
        report = predial.prepare(
            batch.source,
            out,
            duplicates=duplicates,
            max_jobs=max_jobs,
            max_bytes=max_bytes,
            repair=repair,
            canonical=canonical,
            input_format=batch.format,
        )
        sent, manifest = read_bodies(out)
        rejects = read_rejects(out)

    assert report.total == len(batch.rows)
    assert report.total == report.clean + report.repaired + report.rejected
    assert [body.rows for body in report.bodies] == [
        tuple(row for first, last in body["rows"] for row in range(first, last + 1))
        for body in manifest["bodies"]
    ]
    rejected = [line["row"] for line in rejects]
    assert rejected == sorted(rejected)
    assert sorted(rejected + [job.row for job in sent]) == list(range(report.total))
    assert len(rejected) == report.rejected
    check_rejects(batch, rejects)
    check_sent(batch, sent, report, canonical)
    check_limits(manifest, max_jobs, max_bytes)
    check_order(sent, manifest, duplicates, max_jobs, max_bytes)


def check_rejects(batch: Batch, rejects: list[dict[str, Any]]) -> None:
    """Each reject has the number of its row, and the original row."""
    for line in rejects:
        row = batch.rows[line["row"]]
        assert line["offset"] == batch.offsets[line["row"]]
        assert any(diagnostic["severity"] == "error" for diagnostic in line["diagnostics"])
        assert {
            (diagnostic["row"], diagnostic["offset"]) for diagnostic in line["diagnostics"]
        } == {(line["row"], line["offset"])}
        if "raw_base64" in line:
            assert "job" not in line
            assert base64.b64decode(line["raw_base64"]) == row
        else:
            assert line["job"] == json.loads(row)


def check_sent(batch: Batch, sent: list[Sent], report: predial.Report, canonical: bool) -> None:
    """Each job that is sent is its row, byte for byte except the fields that were repaired."""
    mended = {(d.row, d.field) for d in report.diagnostics if d.severity == "repair"}
    assert report.repaired == len({row for row, _ in mended} & {job.row for job in sent})
    for job in sent:
        row = batch.rows[job.row].decode()
        before, after = members(row), members(job.text)
        assert untouched(before) == untouched(after)
        for was, now in zip(before, after, strict=True):
            if (job.row, was.name) not in mended:
                assert now.value == was.value
            else:
                assert now.value == json.dumps(json.loads(now.value))
                assert now.value != was.value
        # Outside of the values at fault, not even white space changes.
        for was, now in reversed(list(zip(before, after, strict=True))):
            row = row[: was.start] + now.value + row[was.end :]
        assert row == job.text
        if canonical:
            assert isinstance(json.loads(job.text)["phone"], str)
        phone_of(job.text)


def check_limits(manifest: dict[str, Any], max_jobs: int, max_bytes: int | None) -> None:
    for body in manifest["bodies"]:
        assert 1 <= body["jobs"] <= max_jobs
        assert max_bytes is None or body["bytes"] <= max_bytes


def check_order(
    sent: list[Sent],
    manifest: dict[str, Any],
    duplicates: Duplicates,
    max_jobs: int,
    max_bytes: int | None,
) -> None:
    held = [(job.body, phone_of(job.text)) for job in sent]
    if duplicates == "phone":
        assert len({phone for _, phone in held}) == len(held)
    if duplicates == "job":
        assert len(set(held)) == len(held), "a request has a phone only once"
        rows: dict[str, list[int]] = {}
        for job in sent:
            rows.setdefault(phone_of(job.text), []).append(job.row)
        assert all(of_one == sorted(of_one) for of_one in rows.values())
        return
    # Rows go out in their order, and no body ends before it is full.
    assert [job.row for job in sent] == sorted(job.row for job in sent)
    for job, after in pairwise(sent):
        if job.body != after.body:
            body = manifest["bodies"][job.body]
            with_next = body["bytes"] + len(",\n") + len(after.text.encode())
            full = body["jobs"] == max_jobs or (max_bytes is not None and with_next > max_bytes)
            assert full
