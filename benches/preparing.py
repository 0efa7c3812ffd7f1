"""prepare against its parts: check, then SHA-256, write and fsync of the very same bytes.

Files go into the system's directory for temporary files; TMPDIR sets another one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import predial
from make_batch import make_batch
from timing import Contender, Section

JOBS: Final = 1_000_000


def sections() -> Iterator[Section]:
    """prepare, the least work that it has to do, and each part of that."""
    data = make_batch(JOBS)
    with TemporaryDirectory() as directory:
        out, copy = Path(directory, "out"), Path(directory, "copy")
        predial.prepare(data, out)
        copy.mkdir()
        # In the order in which prepare writes them; the manifest is a few lines.
        left = [file.read_bytes() for file in sorted(out.glob("bodies/*.json"))]
        left.append((out / "rejects.ndjson").read_bytes())
        written = sum(map(len, left))
        yield Section(
            f"A list of {JOBS} jobs, {len(data) / 1e6:.1f} MB, 5 % faulty, prepared into "
            f"{len(left)} files of {written / 1e6:.1f} MB, jobs judged on one thread",
            "job",
            JOBS,
            (
                Contender("predial.prepare", lambda: prepare(data, out)),
                Contender("check + SHA-256 + write + fsync", lambda: do_all(data, left, copy)),
                Contender("check alone", lambda: check(data)),
                Contender("SHA-256 alone", lambda: digests(left)),
                Contender("write + fsync alone", lambda: write(left, copy)),
            ),
            verdict=lambda medians: (
                f"prepare takes {medians[0] / medians[1]:.2f} times as long as its parts"
            ),
        )


def prepare(data: bytes, out: Path) -> predial.Report:
    """The whole: judged on one thread; bodies are hashed and written on a thread of their own."""
    return predial.prepare(data, out, threads=1, overwrite=True)


def do_all(data: bytes, left: list[bytes], directory: Path) -> None:
    """The least work of prepare, one step after another."""
    check(data)
    digests(left)
    write(left, directory)


def check(data: bytes) -> predial.Report:
    """Only the checks."""
    return predial.check(data, threads=1)


def digests(left: list[bytes]) -> list[bytes]:
    """The SHA-256 of each file."""
    return [sha256(content).digest() for content in left]


def write(left: list[bytes], directory: Path) -> None:
    """Write each file again, and sync it to the disk."""
    for i, content in enumerate(left):
        path = directory / f"{i}"
        path.unlink(missing_ok=True)
        with open(path, "wb", buffering=0) as file:
            file.write(content)
            os.fsync(file.fileno())
