"""One table: predial and its peers on the same data, in the same run (`make bench`).

Each section is a module's: another is one more line here.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version

import batches
import columns
import imports
import phones
import policies
import single_values
from timing import ROUNDS, Section, table, timed

PACKAGES = ("predial", "orjson", "msgspec", "pysimdjson", "phonenumbers", "rphonenumbers")


def sections(rounds: int) -> Iterator[tuple[Section, int]]:
    """Every section, made when its turn comes, and its rounds."""
    yield batches.section(), rounds
    yield policies.section(), rounds
    yield single_values.zones(), rounds
    yield phones.section(), rounds
    for section in columns.sections():
        yield section, rounds
    yield imports.section(), max(rounds, imports.ROUNDS)


def main() -> None:
    """Time every section and print the table."""
    parser = argparse.ArgumentParser(description="Time predial and its peers.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="at least 5")
    rounds: int = max(parser.parse_args().rounds, 5)
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    print(f"Python {platform.python_version()}, {versions}")
    print(f"Medians of {rounds} interleaved rounds; ratio: how many times predial's time")
    for section, of in sections(rounds):
        medians = timed(section, of)
        print(f"\n{table(section, medians)}")
        if section.unit == "process":
            print(f"  import predial adds {(medians[0] - medians[1]) * 1e3:.1f} ms")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
