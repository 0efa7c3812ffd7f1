"""The programs of examples/: each runs, and comes to what it says."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import nbclient
import nbformat
import pyarrow as pa
import pyarrow.parquet
import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from predial.testing import Sandbox

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def run(*arguments: str | Path, **environment: str) -> str:
    """What an example prints, as a program of its own."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_loader_creates_each_job_once(predial_sandbox: Sandbox, tmp_path: Path) -> None:
    box = predial_sandbox
    command = [EXAMPLES / "loader.py", EXAMPLES / "contacts.csv", tmp_path / "out"]
    options = ["--host", box.host, "--region", "RU"]
    first = run(*command, *options, PREDIAL_TOKEN=box.token)
    assert first.splitlines() == [
        "6 of 10 jobs can be sent (60.0 %); 4 are rejected",
        "6 jobs were created, 0 refused",
    ]
    again = run(*command, *options, PREDIAL_TOKEN=box.token)
    assert again == "6 jobs were created, 0 refused\n"
    assert len(box.jobs()) == 6


def test_the_query_counts_rules_by_city() -> None:
    shown = run(EXAMPLES / "query.py", EXAMPLES / "contacts.csv", "RU")
    assert [line.split("\t") for line in shown.splitlines()] == [
        ["Lyon", "zone-region", "1"],
        ["Пермь", "phone-missing", "1"],
        ["Тула", "phone-scientific", "1"],
    ]


@pytest.mark.slow
def test_the_spark_job_leaves_bodies(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phones = ["8 (912) 345-67-89", "+79123456780", "7.91E+10"]
    customers = pa.table({"id": [1, 2, 3], "phone": phones})
    pyarrow.parquet.write_table(customers, tmp_path / "customers.parquet")
    out = tmp_path / "out"
    program("spark_job").main(str(tmp_path / "customers.parquet"), str(out), "RU")
    assert capsys.readouterr().out.startswith("2 of 3 jobs can be sent")
    bodies = [json.loads(body.read_bytes()) for body in sorted((out / "bodies").iterdir())]
    assert [job["phone"] for body in bodies for job in body] == ["79123456789", "79123456780"]


def program(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_notebook_comes_to_the_answers_in_it(tmp_path: Path) -> None:
    kept = nbformat.read(EXAMPLES / "notebook.ipynb", 4)  # type: ignore[no-untyped-call]
    shutil.copy(EXAMPLES / "contacts.csv", tmp_path)
    executed = nbformat.from_dict(kept)  # type: ignore[no-untyped-call]
    client = nbclient.NotebookClient(
        executed,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    assert answers(executed) == answers(kept)
    assert answers(kept)


def answers(notebook: nbformat.NotebookNode) -> list[str]:
    """The texts below its cells."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [output.get("text") or output["data"]["text/plain"] for output in outputs]
