"""Whether a body that is unknown is sent again by itself, and what to do about it if not."""

from __future__ import annotations

from predial.sending.client import LONGEST
from predial.sending.clock import LIMIT, Instant
from predial.sending.expiry import count
from predial.sending.pieces import Piece
from predial.sending.reconcile import minute_of, settled_at

__all__ = ["advice", "lives", "may_be_sent_again", "way_out"]


def may_be_sent_again(piece: Piece, now: Instant) -> bool:
    """Whether it is sent again by itself, with the same key."""
    return not piece.is_stopped and lives(piece, now)


def lives(piece: Piece, now: Instant, wait: float = 0.0) -> bool:
    """Whether a request that begins after so many seconds ends while its key lives."""
    age = 0.0 if piece.first is None else piece.first.age(now)
    return age + wait + LONGEST <= LIMIT


def advice(piece: Piece, now: Instant) -> str:
    """Why it is not sent again by itself, and what to do."""
    body = f"body {piece.body.mark} ({piece.body.jobs} jobs)"
    why = "an answer proved nothing" if piece.is_stopped else "its key is too old"
    return (
        f"it is unknown whether the jobs of {body} were created, and {why}, so it is not sent "
        f"again by itself; {way_out(piece, now)}"
    )


def way_out(piece: Piece, now: Instant) -> str:
    """What to do about a piece that is not sent again by itself."""
    if not piece.baseline:
        return "it has no baseline: look in the campaign which of its jobs are there"
    way = "reconcile=True asks the service which of its jobs are there"
    since = settled_at(piece, now)
    if since > now.wall:
        way += f", and from {minute_of(since)} on also whether none are"
    gone = count(piece.body, now.of_service())
    if gone:
        way += (
            f"; expired since it was prepared, and left out if it is sent anew: {gone} of its jobs"
        )
    return way
