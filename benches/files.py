"""Ten million jobs in a file of each format: predial's check and prepare, and other readers.

Each contender is a process of its own, with its own memory. A contender that does not stream
holds the whole list, and its peak shows this.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Final

from processes import Process, Processes

JOBS: Final = 10_000_000
#: A round takes more than a minute.
ROUNDS: Final = 3

PREDIAL: Final = (
    Process("predial.check, 1 thread", "import predial", "predial.check(file, threads=1)"),
    Process("predial.check, all cores", "import predial", "predial.check(file)"),
    Process("predial.prepare, all cores", "import predial", "predial.prepare(file, out)"),
    Process(
        "the same, duplicates allowed",
        "import predial",
        'predial.prepare(file, out, duplicates="allow")',
    ),
)
PEERS: Final = {
    "json": (
        Process("pysimdjson load alone", "import simdjson", "simdjson.Parser().load(file)"),
        Process(
            "orjson.loads alone",
            "import gc, orjson; gc.disable()",
            'orjson.loads(open(file, "rb").read())',
        ),
    ),
    "ndjson": (
        Process(
            "orjson.loads a line, none kept",
            "import collections, orjson",
            'collections.deque(map(orjson.loads, open(file, "rb")), 0)',
        ),
        Process("polars.read_ndjson, 1 thread", "import polars", "polars.read_ndjson(file)"),
    ),
    "csv": (
        Process(
            "polars.read_csv, 1 thread",
            "import polars",
            "polars.read_csv(file, infer_schema=False)",
        ),
        Process(
            "csv.reader, no row kept",
            "import collections, csv",
            'collections.deque(csv.reader(open(file, encoding="utf-8", newline="")), 0)',
        ),
    ),
}


def sections() -> Iterator[Processes]:
    """The contenders over the list in each form, which is made in a process of its own."""
    maker = Path(__file__).with_name("make_list.py")
    with TemporaryDirectory() as directory:
        subprocess.run([sys.executable, str(maker), directory, str(JOBS)], check=True)
        out = Path(directory, "out")
        for form, peers in PEERS.items():
            file = Path(directory, f"jobs.{form}")
            size = file.stat().st_size
            yield Processes(
                f"A file of {JOBS} jobs as {form.upper()}, {size / 1e6:.0f} MB, 5 % faulty",
                "job",
                JOBS,
                str(file),
                str(out),
                (*PREDIAL, *peers),
                partial(rmtree, out, ignore_errors=True),
                ROUNDS,
            )
            file.unlink()
