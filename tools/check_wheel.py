"""Check the files that are shipped: their size, and the licence in them.

python tools/check_wheel.py dist
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

#: The most bytes that a wheel may have.
LIMIT = 4_500_000


def main() -> None:
    """The command; a fault is an AssertionError."""
    folder = Path(sys.argv[1])
    [wheel] = folder.glob("*.whl")
    [sdist] = folder.glob("*.tar.gz")
    size = wheel.stat().st_size
    assert size <= LIMIT, f"{wheel.name} has {size} bytes, more than {LIMIT}"
    with zipfile.ZipFile(wheel) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    _has_licence(wheel.name, files)
    assert any(name.endswith("/data/share/man/man1/predial.1") for name in files), "no manual page"
    assert any(name.endswith("/sboms/predial.cyclonedx.json") for name in files), "no SBOM"
    [metadata] = [text for name, text in files.items() if name.endswith(".dist-info/METADATA")]
    for line in (
        b"License-Expression: Apache-2.0",
        b"License-File: LICENSE",
        b"License-File: NOTICE",
    ):
        assert line in metadata.splitlines(), f"the metadata has no {line.decode()!r}"
    [extension] = [name for name in files if "_core" in name and not name.endswith(".pyi")]
    assert b"\0.symtab\0" not in files[extension], f"{extension} has its symbols"
    with tarfile.open(sdist) as packed_source:
        members = [member for member in packed_source if member.isfile()]
        sources = {
            member.name: packed_source.extractfile(member).read()  # type: ignore[union-attr]
            for member in members
            if member.name.endswith(("LICENSE", "NOTICE"))
        }
    _has_licence(sdist.name, sources)
    print(f"{wheel.name}: {size / 1e6:.2f} MB with its licence")


def _has_licence(where: str, files: dict[str, bytes]) -> None:
    texts = {name.rpartition("/")[2]: text for name, text in files.items()}
    assert b"Apache License" in texts.get("LICENSE", b""), f"{where} has no text of the licence"
    assert b"libphonenumber" in texts.get("NOTICE", b""), f"{where} has no NOTICE"


if __name__ == "__main__":
    main()
