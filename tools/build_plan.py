"""Builds the numbering plan's table from the pinned ``phonenumbers`` package.

    python tools/build_plan.py [--output PATH]

The same package gives the same bytes. ``make plan`` runs it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from numbering import source, table

TABLE = Path(__file__).resolve().parent.parent / "src" / "phone" / "plan" / "plan.bin"


def main() -> None:
    """Writes the table and prints its size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=TABLE)
    output: Path = parser.parse_args().output
    built = table.build()
    output.write_bytes(built)
    print(f"phonenumbers {source.VERSION}: {len(built):,} bytes")


if __name__ == "__main__":
    main()
