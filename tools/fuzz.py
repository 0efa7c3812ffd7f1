"""Build the fuzz targets and run them one after another.

python tools/fuzz.py --seconds 60              run all
python tools/fuzz.py --seconds 600 csv json    run these
python tools/fuzz.py csv --input FILE          run one input, to see a crash again

Ends with status 1 if a target crashes, runs too long on an input or takes too much memory, and
names the file of that input. Inputs that libFuzzer finds are kept in fuzz/corpus; the seeds in the
repository are never changed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

FUZZ = Path(__file__).resolve().parent.parent / "fuzz"
TRIPLE = "x86_64-unknown-linux-gnu"

#: The flags of cargo-fuzz 0.13: coverage for libFuzzer, and AddressSanitizer. The toolchain is
#: the stable one, and RUSTC_BOOTSTRAP lets it take `-Z`.
FLAGS = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg fuzzing",
    "-Zsanitizer=address",
]

#: In MiB. AddressSanitizer needs a part of it, because it keeps freed memory for a while.
MEMORY = 512
#: In seconds, for one input.
TIMEOUT = 20


class Figures(NamedTuple):
    """The figures that libFuzzer prints at the end of a run."""

    executions: int
    edges: int
    features: int
    corpus: int


def build() -> Path:
    """Build the program with all targets; returns its path."""
    environment = os.environ | {"RUSTC_BOOTSTRAP": "1", "RUSTFLAGS": " ".join(FLAGS)}
    command = ["cargo", "build", "--quiet", "--locked", "--target", TRIPLE]
    subprocess.run(command, cwd=FUZZ, env=environment, check=True)
    return FUZZ / "target" / TRIPLE / "debug" / "predial-fuzz"


def targets() -> list[str]:
    """The names of the targets: each has a folder of seeds."""
    return sorted(path.name for path in (FUZZ / "seeds").iterdir())


def environment(target: str) -> dict[str, str]:
    """The environment of a run of the target."""
    sanitizer = "allocator_may_return_null=1:quarantine_size_mb=16:detect_odr_violation=0"
    return os.environ | {"PREDIAL_FUZZ_TARGET": target, "ASAN_OPTIONS": sanitizer}


def run(program: Path, target: str, seconds: int) -> Figures | None:
    """Fuzz one target; None if it failed, which was shown."""
    corpus, artifacts = FUZZ / "corpus" / target, FUZZ / "artifacts" / target
    for folder in (corpus, artifacts):
        folder.mkdir(parents=True, exist_ok=True)
    command = [
        str(program),
        f"-max_total_time={seconds}",
        f"-rss_limit_mb={MEMORY}",
        f"-timeout={TIMEOUT}",
        f"-artifact_prefix={artifacts}/",
        f"-dict={FUZZ / 'dictionary'}",
        "-max_len=8192",
        # libFuzzer looks for leaks after an input, when a thread that has ended may not have given
        # back its own variables.
        "-detect_leaks=0",
        "-print_final_stats=1",
        str(corpus),
        str(FUZZ / "seeds" / target),
    ]
    done = subprocess.run(
        command, env=environment(target), stderr=subprocess.PIPE, errors="replace", check=False
    )
    if done.returncode != 0:
        sys.stderr.write(done.stderr[-20_000:])
        return None
    return figures(done.stderr)


def figures(said: str) -> Figures:
    """Read the figures from the output of libFuzzer."""
    executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    last = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", said)[-1]
    return Figures(int(executions[1]) if executions else 0, *map(int, last))


def again(program: Path, target: str, input_file: Path) -> int:
    """Run one input, and show the output."""
    command = [str(program), f"-timeout={TIMEOUT}", str(input_file)]
    return subprocess.run(command, env=environment(target), check=False).returncode


def outcome(program: Path, target: str, seconds: int) -> tuple[bool, str]:
    """Fuzz one target; returns whether it ran without a fault, and a line about it."""
    seen = run(program, target, seconds)
    if seen is not None:
        return True, (
            f"{target:<10} {seen.executions:>10} inputs  {seen.edges:>6} edges  "
            f"{seen.features:>6} features  {seen.corpus:>5} in the corpus"
        )
    kept = sorted((FUZZ / "artifacts" / target).iterdir(), key=os.path.getmtime)
    shown = kept[-1].relative_to(FUZZ.parent) if kept else "no input was kept"
    return False, f"{target}: failed; see it again by: tools/fuzz.py {target} --input {shown}"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--jobs", type=int, default=1, help="targets that run at a time")
    parser.add_argument("--input", type=Path, help="run only this input")
    arguments = parser.parse_args()
    names = arguments.targets or targets()
    program = build()
    if arguments.input:
        return max(again(program, name, arguments.input) for name in names)
    clean = True
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for is_clean, line in pool.map(
            lambda name: outcome(program, name, arguments.seconds), names
        ):
            print(line, flush=True)
            clean = clean and is_clean
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
