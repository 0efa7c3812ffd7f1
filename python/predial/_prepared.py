"""What an earlier run of `prepare` left in its directory."""

from __future__ import annotations

import os

from predial import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any

__all__ = ["Prepared", "open_prepared"]


class Prepared:
    """A list that was prepared, as `open_prepared` returns it."""

    __slots__ = ("_manifest", "bodies", "out", "report", "run")

    out: str
    """The path of the directory."""
    bodies: list[_core.Body]
    """The bodies, in order. Their `content` is read when it is asked for."""
    report: _core.Report
    """The counts and the bodies of the run. The manifest has no diagnostics: those of rejected rows
    are in `rejects.ndjson`."""
    run: str
    """The name of the loading, from which the idempotence keys are made."""

    def __init__(self, out: str, manifest: bytes, run: str, report: _core.Report) -> None:
        self.out = out
        self._manifest = manifest
        self.run = run
        self.report = report
        self.bodies = report.bodies

    @property
    def manifest(self) -> dict[str, Any]:
        """What `manifest.json` says."""
        import json

        manifest: dict[str, Any] = json.loads(self._manifest)
        return manifest

    @property
    def manifest_bytes(self) -> bytes:
        """The same as its bytes."""
        return self._manifest

    def verify(self) -> None:
        """Compare the SHA-256 of every body with the manifest.

        Raises ``ValueError`` for a body that is not the one that was prepared, and ``OSError`` for
        one that can't be read.
        """
        for body in self.bodies:
            _ = body.content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Prepared) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash((self.out, self._manifest))

    def __reduce__(self) -> tuple[type[Prepared], tuple[object, ...]]:
        return type(self), self._parts()

    def __repr__(self) -> str:
        return f"predial.Prepared({self.out!r}, run={self.run!r}, bodies={len(self.bodies)})"

    def _parts(self) -> tuple[object, ...]:
        return self.out, self._manifest, self.run, self.report


Prepared.__module__ = "predial"


def open_prepared(out: str | PathLike[str]) -> Prepared:
    """Open the directory that an earlier run of ``prepare`` left.

    Only the manifest is read; ``verify()`` reads the bodies. Raises ``OSError`` if there is no
    manifest, and ``ValueError`` if it is not one of predial's.

    >>> import predial, tempfile
    >>> with tempfile.TemporaryDirectory() as out:
    ...     report = predial.prepare([{"phone": "79110000000"}], out)
    ...     prepared = predial.open_prepared(out)
    ...     prepared.verify()
    ...     prepared.bodies == report.bodies, prepared.bodies[0].phones
    (True, ('79110000000',))
    """
    manifest, run, report = _core.read_prepared(out)
    return Prepared(os.fsdecode(out), manifest, run, report)
