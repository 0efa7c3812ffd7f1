"""The batch and its simple reference agree, row by row and byte by byte."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import predial
from batch_reference import PHONES, ZONES, Known, Options, Reference
from batch_strategies import Batch, batches
from test_batch_conservation import read_bodies, read_rejects

relaxed = settings(
    deadline=None,
    max_examples=400,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
options = st.builds(
    Options,
    repair=st.booleans(),
    canonical=st.booleans(),
    duplicates=st.sampled_from(["phone", "job", "allow"]),
)


@pytest.mark.slow
@relaxed
@given(batch=batches(), options=options)
def test_check_agrees_with_the_reference(batch: Batch, options: Options) -> None:
    reference = Reference(options)
    decided = [reference.row(row) for row in batch.rows]
    report = predial.check(
        batch.source,
        repair=options.repair,
        canonical=options.canonical,
        duplicates=options.duplicates,
        now=options.now,
        night="00:00-00:00",
        input_format=batch.format,
    )
    rules: list[Counter[str]] = [Counter() for _ in batch.rows]
    worst = ["clean"] * len(batch.rows)
    for diagnostic in report.diagnostics:
        rules[diagnostic.row][diagnostic.rule] += 1
        if diagnostic.severity == "error":
            worst[diagnostic.row] = "rejected"
        elif diagnostic.severity == "repair" and worst[diagnostic.row] == "clean":
            worst[diagnostic.row] = "repaired"
    assert rules == [d.rules for d in decided]
    assert worst == [d.standing for d in decided]
    assert report.counts == sum(rules, Counter())
    assert (report.total, report.clean, report.repaired, report.rejected, report.warned) == (
        len(decided),
        sum(d.standing == "clean" for d in decided),
        sum(d.standing == "repaired" for d in decided),
        sum(d.standing == "rejected" for d in decided),
        sum(d.warned for d in decided),
    )


@pytest.mark.slow
@settings(relaxed, max_examples=150)
@given(batch=batches(), options=options, max_bytes=st.none() | st.integers(20, 300))
def test_prepare_agrees_with_the_reference(
    batch: Batch, options: Options, max_bytes: int | None
) -> None:
    options.max_bytes = max_bytes
    reference = Reference(options)
    decided = [reference.row(row) for row in batch.rows]
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory)
        predial.prepare(
            batch.source,
            out,
            repair=options.repair,
            canonical=options.canonical,
            duplicates=options.duplicates,
            now=options.now,
            night="00:00-00:00",
            max_bytes=max_bytes,
            input_format=batch.format,
        )
        sent, _ = read_bodies(out)
        rejects = read_rejects(out)
    texts = {row: d.text for row, d in enumerate(decided) if d.text is not None}
    assert {job.row: job.text for job in sent} == texts
    rules = {line["row"]: Counter(d["rule"] for d in line["diagnostics"]) for line in rejects}
    assert rules == {row: d.rules for row, d in enumerate(decided) if d.text is None}


def known_values() -> list[tuple[Literal["phone", "gmtZone"], str, Known]]:
    return [
        *(("phone", value, known) for value, known in PHONES.items() if value != "null"),
        *(("gmtZone", value, known) for value, known in ZONES.items()),
    ]


@pytest.mark.parametrize(("field", "value", "known"), known_values())
def test_every_known_value_has_its_answer(field: str, value: str, known: Known) -> None:
    job = (
        f'{{"{field}": {value}}}'
        if field == "phone"
        else f'{{"phone": 12015550123, "gmtZone": {value}}}'
    )
    report = predial.check(f"[{job}]".encode())
    found = [(d.rule, d.severity) for d in report.diagnostics if d.rule != "zone-far-from-phone"]
    if known.rule is None:
        assert (report.clean, found) == (1, [(known.warning, "warning")] if known.warning else [])
    elif known.mended is None:
        assert (report.rejected, found) == (1, [(known.rule, "error")])
    else:
        assert (report.repaired, found) == (1, [(known.rule, "repair")])
        assert report.diagnostics[0].suggestion == known.mended
