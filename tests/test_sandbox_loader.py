"""The loader of docs/write-a-loader.md, as it is written there, against the sandbox with faults."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import predial
from predial.sandbox.faults import NAMES
from predial.testing import Sandbox, sandbox

PAGE = (Path(__file__).parent.parent / "docs" / "write-a-loader.md").read_text("utf-8")
LOADER, TEST = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def _code(text: str, **names: Any) -> Any:
    exec(compile(text, "write-a-loader.md", "exec"), names)
    return SimpleNamespace(**names)


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The loader, which does not really wait."""
    found = _code(LOADER)
    monkeypatch.setattr(found.time, "sleep", lambda seconds: None)
    return found


def _rows(count: int) -> list[dict[str, str]]:
    return [{"phone": f"7911{n:07}"} for n in range(count)]


def test_the_page_says_how_long_it_is() -> None:
    lines = [line for line in LOADER.splitlines() if line.strip()]
    assert len(lines) <= 28


def test_the_test_of_the_page(loader: Any, predial_sandbox: Sandbox, tmp_path: Path) -> None:
    test = _code(TEST, predial=predial, load=loader.load).test_no_answer_calls_nobody_twice
    assert list(inspect.signature(test).parameters) == ["predial_sandbox", "tmp_path"]
    test(predial_sandbox, tmp_path)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("slow_store", "delay")])
def test_each_row_is_one_job_whatever_the_fault(loader: Any, tmp_path: Path, name: str) -> None:
    predial.prepare(_rows(60), tmp_path, max_jobs=5)
    with sandbox(faults={name: 0.5}, seed=3) as box:
        ids = loader.load(tmp_path, box.host, box.token)
        assert [job["id"] for job in box.jobs()] == ids
        assert [job["phone"] for job in box.jobs()] == [row["phone"] for row in _rows(60)]
        assert box.fired()[name] > 2
        assert loader.load(tmp_path, box.host, box.token) == ids


def test_each_row_is_one_job_with_all_faults_at_once(loader: Any, tmp_path: Path) -> None:
    predial.prepare(_rows(200), tmp_path, max_jobs=5)
    faults: dict[str, Any] = dict.fromkeys(NAMES, 0.08)
    for name in ("slow_store", "delay"):
        faults[name] = {"rate": 0.08, "seconds": 0.01}
    with sandbox(faults=faults, seed=5) as box:
        assert len(set(loader.load(tmp_path, box.host, box.token))) == 200
        assert len(box.jobs()) == 200


def test_a_refusal_ends_it(loader: Any, tmp_path: Path) -> None:
    predial.prepare(_rows(10), tmp_path)
    with sandbox() as box:
        box.add_campaign(box.token, status="finished")
        with pytest.raises(RuntimeError, match=r"invalid\.call\.task\.state"):
            loader.load(tmp_path, box.host, box.token)
