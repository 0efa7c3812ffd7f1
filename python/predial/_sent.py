"""Phones of the jobs that the journal of `predial.send` says were created."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["created_phones", "is_journal"]


def is_journal(path: str) -> bool:
    """Whether the file is the journal of a directory that was sent."""
    from predial.sending.journal import NAME

    return Path(path).name == NAME


def created_phones(path: str) -> list[str]:
    """The phones of the jobs that were created.

    Raises ValueError if the journal is damaged, or is not that of the directory in which it is.
    """
    import predial
    from predial.sending.errors import SendError
    from predial.sending.journal import read
    from predial.sending.pieces import CREATED, Pieces

    out = Path(path).parent
    prepared = predial.open_prepared(out)
    try:
        lines = read(out)
        digest = hashlib.sha256(prepared.manifest_bytes).hexdigest()
        if lines and lines[0].get("manifest_sha256") != digest:
            raise SendError("it is not the journal of the bodies beside it")
        pieces = Pieces.of(prepared.bodies, lines)
    except (SendError, KeyError) as error:
        raise ValueError(f"exclude: {path} can't be read: {error}") from error
    return [phone for piece in pieces.in_state(CREATED) for phone in piece.body.phones]
