"""Which bodies there are, and what became of each: the journal, read.

A piece is a body of the directory, or what is left of one after a cut. Every piece has its own key,
and lines of the journal name pieces by their keys. A cut is in the journal too, so the same pieces
come out whenever it is read; the core makes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import Final, Literal

import predial
from predial.sending.clock import Instant
from predial.sending.errors import SendError
from predial.sending.expiry import RULE
from predial.sending.journal import Line
from predial.sending.outcomes import OF_CAMPAIGN, Outcome

__all__ = [
    "CREATED", "NEW", "REFUSED", "UNKNOWN", "Piece", "Pieces", "RefusedRow", "cut_of", "places",
]  # fmt: skip

State = Literal["new", "unknown", "created", "refused", "cut"]

NEW: Final = "new"
UNKNOWN: Final = "unknown"
CREATED: Final = "created"
REFUSED: Final = "refused"


@dataclass(frozen=True)
class RefusedRow:
    """A job that the service refuses."""

    row: int
    line: int | None
    phone: str
    type: str
    message: str


RefusedRow.__module__ = "predial"


@dataclass(eq=False)
class Piece:
    """One body to send, and what is known of it."""

    body: predial.Body
    state: State = NEW
    #: When it was first tried with its key, and when the journal last heard of it.
    first: Instant | None = None
    last: Instant | None = None
    ids: tuple[str | None, ...] = ()
    outcome: Outcome | None = None
    #: The IDs that the service had for some of its phones before it was first tried.
    baseline: dict[str, list[str]] | None = None
    #: Whether an answer was such that it is not sent again by itself.
    is_stopped: bool = False
    #: Whether its jobs were tried with another key and are known not to have been created, so that
    #: its bytes may change: no request with its key could answer for them.
    is_renewed: bool = False

    @property
    def key(self) -> str:
        """Its idempotence key, by which the journal names it."""
        return self.body.idempotence_key


@dataclass
class Pieces:
    """All pieces of a directory, in order, with what the journal says of them."""

    pieces: list[Piece] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    #: Which piece each ID belongs to.
    owners: dict[str, str] = field(default_factory=dict)
    #: How many pieces at the beginning are done for good.
    _done: int = 0

    @classmethod
    def of(cls, bodies: Iterable[predial.Body], lines: Iterable[Line]) -> Pieces:
        """The pieces of these bodies after these lines."""
        found = cls([Piece(body) for body in bodies])
        by_key = {piece.key: piece for piece in found.pieces}
        for number, line in enumerate(lines, 1):
            key = line.get("key")
            if key is None:
                continue
            piece = by_key.get(key)
            if piece is None:
                raise SendError(f"the journal names a body that is not in the directory: {key}")
            if not _follows(piece, line):
                raise SendError(
                    f"line {number} of the journal does not follow from those before, "
                    "so it can't be used"
                )
            owners = found.owners
            ids = line["ids"] if line.get("outcome") == CREATED else ()
            if any(owners.get(it, key) != key for it in ids):
                raise SendError(
                    f"line {number} of the journal has the ID of a job of another body, "
                    "so it can't be used"
                )
            for part in found.take(piece, line):
                by_key[part.key] = part
        return found

    def take(self, piece: Piece, line: Line) -> list[Piece]:
        """Takes a line about a piece. Returns the pieces that it adds."""
        kind = line["type"]
        if kind == "baseline":
            piece.baseline = line["ids"]
        elif kind == "try":
            piece.last = Instant.of(line["at"])
            piece.first = piece.first or piece.last
            piece.state = UNKNOWN
        elif kind == "result":
            self._result(piece, line)
        elif kind == "cut":
            return self._cut(piece, line)
        return []

    def _result(self, piece: Piece, line: Line) -> None:
        piece.last = Instant.of(line["at"])
        piece.state = line["outcome"]
        piece.is_stopped = bool(line.get("final"))
        if piece.state == CREATED:
            piece.ids = tuple(line["ids"])
            self.owners.update({it: piece.key for it in piece.ids if it is not None})
        elif piece.state == REFUSED:
            phones = tuple(line["phones"])
            piece.outcome = Outcome(
                "refused",
                line["why"],
                type=line["refusal"],
                phones=phones,
                is_duplicate=line["is_duplicate"],
            )

    def _cut(self, piece: Piece, line: Line) -> list[Piece]:
        how = line["how"]
        is_renewed = how == "renewed" or piece.state == NEW
        piece.state = "cut"
        parts = [Piece(body, is_renewed=is_renewed) for body in _parts(piece.body, line)]
        refusal = piece.outcome
        if how == "expired":
            refusal = Outcome("refused", line["why"], type=RULE)
        if how != "renewed" and refusal is not None:
            # A row may be several jobs, of which some stay.
            gone = Counter(places(piece.body))
            gone.subtract(Counter(place for part in parts for place in places(part.body)))
            self.refused += [
                RefusedRow(*place, refusal.type, refusal.why) for place in gone.elements()
            ]
        place = self.pieces.index(piece) + 1
        self.pieces[place:place] = parts
        return parts

    def in_state(self, *states: State) -> Iterator[Piece]:
        """The pieces in one of these states, in order."""
        return (piece for piece in self.pieces if piece.state in states)

    def open(self) -> Iterator[Piece]:
        """The pieces that are not done, in order."""
        pieces = self.pieces
        while self._done < len(pieces) and pieces[self._done].state in (CREATED, "cut"):
            self._done += 1
        later = islice(pieces, self._done, None)
        return (piece for piece in later if piece.state not in (CREATED, "cut"))

    def jobs(self, *states: State) -> int:
        """How many jobs the pieces in these states have."""
        return sum(piece.body.jobs for piece in self.in_state(*states))


def places(body: predial.Body) -> Iterator[tuple[int, int | None, str]]:
    """The row, the line and the phone of each job of a body."""
    lines = repeat(None) if body.lines is None else body.lines
    return zip(body.rows, lines, body.phones, strict=False)


def _follows(piece: Piece, line: Line) -> bool:
    """Whether the sender writes such a line about a piece in this state."""
    kind, state, jobs = line["type"], piece.state, piece.body.jobs
    if kind == "baseline":
        return state == NEW
    if kind == "try":
        return state in (NEW, UNKNOWN) and line["sha256"] == piece.body.sha256
    if kind == "result":
        return state == UNKNOWN and (line["outcome"] != CREATED or len(line["ids"]) == jobs)
    how = line["how"]
    if how == "renewed":
        return state in (UNKNOWN, REFUSED)
    if how == "expired":
        return state == NEW and piece.is_renewed
    if how == "halves" and state == NEW:
        return piece.is_renewed and jobs > 1
    return state == REFUSED and (jobs > 1 if how == "halves" else jobs == 1 or how != "row")


def _parts(body: predial.Body, line: Line) -> list[predial.Body]:
    how = line["how"]
    if how == "renewed":
        return [body.renewed()]
    if how == "halves":
        return list(body.halves() or ())
    if how in ("without", "expired"):
        left = body.without(line["phones"], line.get("keep_first", False))
        return [left] if left.jobs else []
    return []  # its one row is refused


def cut_of(piece: Piece, *, is_anew: bool) -> Line:
    """How a refused piece is cut, as a line of the journal: without the rows that the service
    names, or else in halves. A refusal that is about no row raises SendError; in a later run
    (`is_anew`) the piece is sent again, with a new key, because nothing of it was added.
    """
    body, refusal = piece.body, piece.outcome
    line: Line = {"type": "cut", "key": piece.key}
    if refusal is None or refusal.type == OF_CAMPAIGN:
        if is_anew:
            return {**line, "how": "renewed"}
        why = "" if refusal is None else f": {refusal.why}"
        raise SendError(f"the campaign takes no jobs now, and none of this body was added{why}")
    held = set(body.phones)
    named = [phone for phone in refusal.phones if phone in held]
    if named:
        # A phone that the body has once repeats something else: no job of it is in order.
        doubled = body.without(named, keep_first=True).jobs < body.jobs
        keep_first = refusal.is_duplicate and doubled
        return {**line, "how": "without", "phones": named, "keep_first": keep_first}
    return {**line, "how": "halves" if body.jobs > 1 else "row"}
