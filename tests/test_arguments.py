"""A wrong argument: the error names it and what it takes, in Python's words."""

from __future__ import annotations

import atexit
import inspect
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

import predial
from predial.cli import commands

PHONE = "79110000000"
URL = "https://app.jaicp.com/api/calls/campaign/1.2.3/addPhone?phone=79110000000"
REQUEST: dict[str, Any] = {"host": "https://app.jaicp.com", "token": "8231.7056.1b131df1"}

#: A directory that `prepare` has left.
PREPARED = tempfile.mkdtemp()
atexit.register(shutil.rmtree, PREPARED)
predial.prepare(b"[]", PREPARED)

#: A call of each public function that succeeds.
CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "parse_zone": (("+3",), {}),
    "is_zone": (("+3",), {}),
    "normalize_zone": (("+3",), {}),
    "check_zones": ((["+3"],), {}),
    "parse_phone": ((PHONE,), {}),
    "is_phone": ((PHONE,), {}),
    "normalize_phone": ((PHONE,), {}),
    "check_phones": (([PHONE],), {}),
    "find_phones": ((PHONE,), {}),
    "same_phone": ((PHONE, PHONE), {}),
    "region_of": (([PHONE],), {}),
    "build_exclude": ((b"[]", "built"), {"overwrite": True}),
    "check": ((b"[]",), {}),
    "check_table": ((pl.DataFrame({"phone": [PHONE]}),), {}),
    "clean": ((b"[]", "cleaned"), {"overwrite": True}),
    "forecast": ((b"[]",), {"lines": 1, "seconds_per_call": 1}),
    "prepare": ((b"[]", "out"), {"overwrite": True}),
    "bodies": ((b"[]",), {}),
    "judge": ((b"[]",), {}),
    "check_job": (({"phone": PHONE},), {}),
    "open_prepared": ((PREPARED,), {}),
    "send": ((PREPARED,), REQUEST),
    "send_async": ((PREPARED,), REQUEST),
    "job_from_url": ((URL,), {}),
    "job_from_form": (("phone=79110000000",), {}),
    "job_to_url": (({"phone": PHONE},), REQUEST),
    "job_to_form": (({"phone": PHONE},), {}),
    "next_call": (({},), {}),
    "call_windows": (({},), {}),
}

#: Values of many types. An argument takes few of them.
VALUES = (3, 3.5, b"x", [1], {1: 2}, {"phone": 1}, object(), None, "\ud800", "2026-01-01")

#: Words of PyO3, of Rust, and of Python for a value whose type was not checked.
INNER = re.compile(
    r"failed to extract|instance of|has no attribute|is not iterable|is not a mapping"
    r"|cannot be interpreted|can't convert|too big to convert|must be real|argument of type"
    r"|surrogates not allowed|codec can't"
)


def _arguments() -> list[Any]:
    functions = [
        (name, function)
        for name in predial.__all__
        if inspect.isroutine(function := getattr(predial, name)) and name != "rules"
    ]
    assert {name for name, _ in functions} == CALLS.keys()
    return [
        pytest.param(function, argument, id=f"{name}-{argument}")
        for name, function in functions
        for argument in inspect.signature(function).parameters
    ]


def _error_of(call: Callable[[], object]) -> Exception | None:
    try:
        answer = call()
    except Exception as error:
        return error
    if inspect.iscoroutine(answer):
        answer.close()
    return None


@pytest.mark.parametrize(("function", "argument"), _arguments())
def test_an_argument_of_another_type_is_named(
    function: Callable[..., Any],
    argument: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    given, options = CALLS[function.__name__]
    call = inspect.signature(function).bind(*given, **options)
    types = 0
    for value in VALUES:
        call.arguments[argument] = value
        error = _error_of(lambda: function(*call.args, **call.kwargs))
        if isinstance(error, (OSError, UnicodeEncodeError)):  # Python's own, about a path
            assert argument in ("source", "campaign", "out", "exclude", "lists")
            continue
        assert not isinstance(error, OverflowError)
        assert not INNER.search(str(error)), error
        if isinstance(error, TypeError):
            types += 1
            assert re.search(rf"\b{argument}\b", str(error)), error
    # The short form reports any wrong value as a fault of the job.
    assert types or (argument, function.__name__[:7]) == ("job", "job_to_")


def test_what_an_argument_takes_is_said(tmp_path: Path) -> None:
    def message(call: Callable[[], object]) -> str:
        with pytest.raises((TypeError, ValueError)) as caught:
            call()
        return str(caught.value)

    table = b"phone\n1\n"
    assert message(lambda: predial.check(table, map={"phone": 1})) == (  # type: ignore[dict-item]
        "map['phone'] must be a column, or a list of columns, which is a str, not int"
    )
    assert message(lambda: predial.prepare(b"[]", 5)) == (  # type: ignore[arg-type]
        "out must be a path, which is a str or an os.PathLike, not int"
    )
    now: Any = "2026-01-01"
    for call in (lambda: predial.check(b"[]", now=now), lambda: predial.next_call({}, now=now)):
        assert message(call) == (
            "now must be an aware datetime, such as datetime.now(UTC), or None, not str"
        )
    assert message(lambda: predial.parse_zone(3)) == "text must be a str, not int"  # type: ignore[arg-type]
    assert message(lambda: predial.parse_phone(3.5)) == (  # type: ignore[arg-type]
        "text must be a str or an int, not float"
    )
    assert message(lambda: predial.check(b"[]", threads=0)) == (
        "threads must be a whole number, 1 or more, or None"
    )
    assert message(lambda: predial.check_phones([], threads=-1)) == (
        "threads must be a whole number, 1 or more, or None"
    )
    assert message(lambda: predial.check(b"[]", region="xx")) == (
        "region must be an ISO 3166-1 alpha-2 code such as 'RU', or None"
    )
    assert message(lambda: predial.check(b"[]", set={"maxAttempts": object()})).startswith(
        "set['maxAttempts'] must be a value that JSON can hold"
    )


def test_signatures_are_those_of_python() -> None:
    signature = inspect.signature(predial.normalize_phone)
    assert str(signature) == (
        "(text, region=None, level='possible', format='digits', *, prefer=None)"
    )
    assert signature.parameters["level"].default == "possible"


def test_the_code_of_a_region_may_have_small_letters(tmp_path: Path) -> None:
    text, jobs = "8 911 000-00-00", [{"phone": "8 911 000-00-00"}]
    built, runs = [], []
    for region in ("RU", "ru", "Ru"):
        assert predial.normalize_phone(text, region) == "79110000000"
        assert predial.check_phones([text], region).normalized == ["79110000000"]
        assert predial.check(jobs, region=region).rejected == 0
        predial.build_exclude([jobs], tmp_path / region, region=region)
        built.append((tmp_path / region).read_bytes())
        predial.prepare(jobs, tmp_path / f"out {region}", region=region, run="a")
        manifest = json.loads((tmp_path / f"out {region}" / "manifest.json").read_bytes())
        runs.append(manifest["options"]["region"])
        shown = CliRunner().invoke(commands, ["phone", text, "--region", region])
        assert (shown.exit_code, "79110000000" in shown.stdout) == (0, True)
    assert (len(set(built)), set(runs)) == (1, {"RU"})
    for region in ("xx", "", "r", "ру", "ſu"):
        with pytest.raises(ValueError, match="region must be an ISO 3166-1 alpha-2 code"):
            predial.normalize_phone(text, region)
