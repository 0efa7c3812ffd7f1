"""The modules that `import predial` imports: none that takes time."""

from __future__ import annotations

import subprocess
import sys

#: Modules that cost milliseconds, or that only some of predial's callers need.
HEAVY = {
    "asyncio", "click", "dask", "dataclasses", "datetime", "duckdb", "enum", "functools",
    "importlib.resources", "inspect", "json", "numpy", "pandas", "pathlib", "polars",
    "predial.cli", "predial.duckdb", "predial.pandas", "predial.polars", "predial.spark",
    "pyarrow", "pyspark", "re", "tempfile", "typing", "tzdata", "zoneinfo",
}  # fmt: skip


def _imported_by(code: str) -> set[str]:
    """The modules of a process that ran this and nothing else; no site adds its own."""
    paths = "sys.path[:] = " + repr(sys.path)
    command = f"import sys; {paths}; {code}; print(*sys.modules, sep='\\n')"
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", command], capture_output=True, text=True, check=True
    )
    return set(answer.stdout.split())


def test_importing_predial_imports_nothing_heavy() -> None:
    added = _imported_by("import predial") - _imported_by("pass")
    assert "predial._core" in added
    assert not added & HEAVY


def test_a_first_check_imports_neither_the_command_nor_its_like() -> None:
    added = _imported_by("import predial; predial.check(b'[]')") - _imported_by("pass")
    assert not added & {"click", "polars", "pyarrow", "predial.cli", "inspect", "asyncio", "typing"}


def test_the_plugin_of_pytest_imports_no_server_and_no_strategies() -> None:
    added = _imported_by("import pytest, predial.testing.plugin") - _imported_by("import pytest")
    assert "predial.testing.plugin" in added
    heavy = {"starlette", "uvicorn", "hypothesis", "sqlite3", "http.client", "predial.sandbox"}
    assert not added & heavy
