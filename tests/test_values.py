"""The answers and errors of predial are values: pickled, compared by content, hashed."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import predial

LIST = (
    b'[{"phone": "+7 911 000-00-00", "gmtZone": "Etc/GMT+3"}, {"phone": "7.911E+10"},'
    b' {"phone": 79110000001, "localTimeFrom": "9:00", "localTimeTo": "10:00"}]'
)


NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _report() -> predial.Report:
    return predial.check(LIST)


def _prepared(folder: Path) -> predial.Report:
    return predial.prepare(b"phone;tag\n79110000000;a\n?;b\n", folder, run="r", overwrite=True)


def _raised(call: Any, *args: Any, **options: Any) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the callers name it
        call(*args, **options)
    return caught.value


def _errors() -> list[Exception]:
    url = "https://a.example/api/calls/campaign/1.2.3/addPhone"
    with pytest.warns(predial.RequestWarning) as warned:
        predial.job_from_url(f"{url}?phone=79110000000&maxAttempts=3")
    [warning] = [warning.message for warning in warned]
    assert isinstance(warning, predial.RequestWarning)
    return [
        _raised(predial.parse_zone, "MSK"),
        _raised(predial.parse_phone, "7.911E+10"),
        _raised(predial.check, b'[{"phone": 79110000000}, {"phone" 1}]'),
        _raised(predial.job_from_url, f"{url}?phone=1&phone=2"),
        warning,
    ]


def _values(folder: Path) -> list[Any]:
    report, prepared = _report(), _prepared(folder)
    return [
        report,
        prepared,
        *report.diagnostics,
        *prepared.bodies,
        *predial.bodies(LIST, run="r", now=NOW),
        *predial.judge(LIST, now=NOW),
        predial.check_job('{"phone": 79110000003}'),
        predial.open_prepared(folder),
        predial.parse_zone("Europe/Moscow"),
        predial.parse_zone("UTC+3"),
        predial.parse_phone("+7 911 000-00-00"),
        predial.next_call({"gmtZone": "+3"}, now=datetime(2026, 3, 1, tzinfo=UTC)),
        *predial.rules(),
        *_errors(),
    ]


def test_values_are_pickled_copied_compared_and_hashed(tmp_path: Path) -> None:
    values, same = _values(tmp_path), _values(tmp_path)
    for value, equal in zip(values, same, strict=True):
        assert value == equal
        assert hash(value) == hash(equal)
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(value, protocol))
            assert type(again) is type(value)
            assert again == value
            assert hash(again) == hash(value)
            assert (str(again), repr(again)) == (str(value), repr(value))
        assert copy.copy(value) == copy.deepcopy(value) == value
        assert value != object()
    for place, value in enumerate(values):
        assert all(value != other for other in values[place + 1 :])


def test_a_pickled_report_holds_all_that_it_held(tmp_path: Path) -> None:
    for report in (_report(), _prepared(tmp_path)):
        again = pickle.loads(pickle.dumps(report))
        names = [name for name in dir(report) if not name.startswith("_")]
        names = [name for name in names if not callable(getattr(report, name))]
        assert len(names) > 10
        for name in names:
            assert getattr(again, name) == getattr(report, name), name
    assert [Path(body).read_text() for body in again.bodies] == [
        '[{"phone":"79110000000","payload":{"tag":"a"}}]'
    ]


def test_reports_that_differ_in_anything_are_unequal(tmp_path: Path) -> None:
    report = _report()
    for other in (LIST.replace(b"911E", b"912E"), LIST.replace(b"Etc/GMT+3", b"Etc/GMT+4")):
        assert predial.check(other) != report
    assert predial.check(LIST, duplicates="job") != report
    assert predial.check(LIST, max_diagnostics=1) != report


def test_an_error_keeps_its_notes_and_its_attributes() -> None:
    for error in _errors():
        error.add_note("a note")
        again = pickle.loads(pickle.dumps(error))
        assert again.__notes__ == ["a note"]
        assert vars(again) == vars(error)


def _fails(source: bytes) -> predial.Report:
    return predial.check(source)


def test_an_error_comes_out_of_a_pool_of_processes() -> None:
    source = b'[{"phone": 79110000000}, {"phone": "79110000001"'
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        error = pool.submit(_fails, source).exception()
    assert isinstance(error, predial.SourceError)
    assert error.report == predial.check(source[:23] + b"]")
    assert (error.line, error.column, error.offset) == (1, len(source) + 1, len(source))


def test_what_is_pickled_by_another_version_is_refused_by_name() -> None:
    reduced: Any = _report().diagnostics[0].__reduce__()
    restore, (fields,) = reduced
    place = fields.index(_report().diagnostics[0].rule)
    with pytest.raises(ValueError, match=r'no "phone-of-tomorrow"'):
        restore((*fields[:place], "phone-of-tomorrow", *fields[place + 1 :]))


def test_a_repr_shows_what_is_held(tmp_path: Path) -> None:
    [first, *_] = predial.check([{"phone": "7.911E+10"}]).diagnostics
    assert repr(first) == (
        "Diagnostic(row=0, line=None, part=None, field='phone', rule='phone-scientific', "
        f"severity='error', message={first.message!r}, value='7.911E+10', suggestion=None, "
        "offset=None)"
    )
    prepared = _prepared(tmp_path)
    [body] = prepared.bodies
    assert repr(body) == (
        f"Body(path={body.path!r}, mark='1', run='r', jobs=1, bytes={body.bytes}, rows=[0], "
        f"sha256={body.sha256!r}, idempotence_key={body.idempotence_key!r})"
    )
    assert repr(prepared) == (
        "Report(total=2, clean=1, repaired=0, rejected=1, warned=0, counts={'phone-empty': 1})"
    )
    names = [name for name in dir(first) if not name.startswith("_")]
    assert all(f"{name}=" in repr(first) for name in names)
