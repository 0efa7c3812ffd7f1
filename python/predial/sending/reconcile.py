"""Whether the jobs of a body exist, as the reports of the service say.

Before the first try of a body the service is asked which jobs it has for three of its phones: the
baseline. If the body ends unknown, it is asked again. A new job for each of them means that the
body was created; none for any means that it was not. Everything else decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from math import ceil
from typing import Final

import predial
from predial.sending.client import Client
from predial.sending.clock import Instant
from predial.sending.errors import SendError
from predial.sending.pieces import Piece

__all__ = ["Samples", "created_ids", "minute_of", "settled_at"]

#: How long after its last try a body may still be stored, in seconds. Before that the absence of
#: its jobs proves nothing.
SETTLED: Final = 3600.0


class Samples:
    """Chooses the phones by which a body is recognised: each is in one body of the directory."""

    def __init__(self, bodies: Iterable[predial.Body], duplicates: object) -> None:
        self._counts: Counter[str] | None = None
        if duplicates != "phone":
            self._counts = Counter(phone for body in bodies for phone in body.phones)

    def of(self, body: predial.Body) -> list[str]:
        """The first, the middle and the last of its phones that no other job has."""
        counts = self._counts
        phones = [it for it in body.phones if it and (counts is None or counts[it] == 1)]
        if not phones:
            return []
        places = sorted({0, len(phones) // 2, len(phones) - 1})
        return [phones[place] for place in places]


async def created_ids(
    client: Client, piece: Piece, owned: Collection[str], now: Instant
) -> tuple[str | None, ...] | None:
    """The IDs of the jobs of a piece; None if they were not created. An ID that can't be told from
    older ones of the same phone is None. Raises SendError if nothing is decided.
    """
    before = piece.baseline
    name = f"body {piece.body.mark}"
    if not before:
        raise SendError(
            f"{name} is unknown and has no baseline, so nothing can be compared: look in the "
            "campaign whether its jobs are there"
        )
    found = await client.ids_of(before)
    if any(not set(ids) <= set(found[phone]) for phone, ids in before.items()):
        raise SendError(
            f"{name} is unknown, and the service reports fewer jobs of its phones than before, so "
            "nothing can be compared: look in the campaign whether its jobs are there"
        )
    new = {phone: [it for it in found[phone] if it not in ids] for phone, ids in before.items()}
    if any(it in owned for ids in new.values() for it in ids):
        raise SendError(
            f"{name} is unknown, and the service reports IDs of another body as its own"
        )
    counts = {len(ids) for ids in new.values()}
    if counts == {0}:
        since = settled_at(piece, now)
        if since > now.wall:
            raise SendError(
                f"{name} has no jobs yet, and its last try is less than an hour old: it may still "
                f"be stored; from {minute_of(since)} on reconcile=True sends it with a new key"
            )
        return None
    if counts != {1}:
        raise SendError(
            f"{name} is unknown: some of its phones have new jobs and others do not; look in the "
            "campaign which of its jobs are there"
        )
    phones = piece.body.phones
    of_all = await client.ids_of(phones)
    times = Counter(phones)
    return tuple(
        _the_one(new.get(it) or of_all[it], owned) if times[it] == 1 else None for it in phones
    )


def settled_at(piece: Piece, now: Instant) -> float:
    """From when on the absence of the jobs of a piece proves something, by the wall clock."""
    age = 0.0 if piece.last is None else piece.last.least_age(now)
    return now.wall + SETTLED - age if age < SETTLED else now.wall


def minute_of(wall: float) -> str:
    """The first whole minute that is not before an instant."""
    return f"{datetime.fromtimestamp(ceil(wall / 60) * 60, UTC):%Y-%m-%dT%H:%MZ}"


def _the_one(ids: Iterable[str], owned: Collection[str]) -> str | None:
    free = [it for it in ids if it not in owned]
    return free[0] if len(free) == 1 else None
