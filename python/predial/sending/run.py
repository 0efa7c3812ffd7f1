"""The run: which piece is sent when, and what is done after each answer.

Nothing is sent before its line in the journal is on the disk, and nothing of a piece is sent again
before the answer's line is. A piece whose answer is unknown is sent again with the same key, while
the key lives; a refused one is cut, and its parts are sent; anything else stops the run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import predial
from predial.sending import journal as journals
from predial.sending.client import Client, silent
from predial.sending.clock import Clock, Instant
from predial.sending.errors import NoAnswer, SendError
from predial.sending.expiry import count, expired
from predial.sending.journal import Journal, Line
from predial.sending.outcomes import Answer, Outcome, of_answer, retry_after
from predial.sending.pieces import CREATED, NEW, REFUSED, UNKNOWN, Piece, Pieces, cut_of
from predial.sending.reconcile import Samples, created_ids
from predial.sending.results import Sent, write
from predial.sending.settings import Settings
from predial.sending.unknown import advice, lives, may_be_sent_again, way_out

__all__ = ["Plan", "Run", "derive", "plan", "send_all", "status"]

Answered = TypeVar("Answered")

INTERRUPTED: Final = "interrupted: the rest was not sent"
#: How far the wall clock may be behind the journal: times in it are rounded.
_ROUNDED: Final = 0.01


def status(out: Path) -> Sent:
    """What the journal of a directory says. Needs no network."""
    prepared = predial.open_prepared(out)
    lines = journals.read(out)
    _check_manifest(prepared, lines)
    return Sent(_pieces_of(prepared, lines))


def _pieces_of(prepared: predial.Prepared, lines: list[Line]) -> Pieces:
    """The pieces after these lines. Raises SendError if the file of one can't be read."""
    try:
        return Pieces.of(prepared.bodies, lines)
    except OSError:  # of a body that was cut
        for body in prepared.bodies:
            _read(body)
        raise


def _check_bodies(prepared: predial.Prepared, pieces: Pieces) -> None:
    """Whether each body that is not done can be read and is what was prepared. Raises SendError."""
    open_ones = {piece.body.index for piece in pieces.open()}
    for body in prepared.bodies:
        if body.index in open_ones:
            _read(body)


def _read(body: predial.Body) -> None:
    try:
        _ = body.content
    except FileNotFoundError:
        raise SendError(f"the file of body {body.mark} is missing: {body.path}") from None
    except OSError:
        raise SendError(f"the file of body {body.mark} can't be read: {body.path}") from None
    except ValueError as error:
        raise SendError(str(error)) from None


def derive(out: Path) -> Sent:
    """Writes the files of IDs and of refused rows as far as the journal goes.

    Raises BlockingIOError if another run is at work, which writes them at its end.
    """
    with journals.claimed(out):
        sent = status(out)
        write(out, sent)
        return sent


@dataclass(frozen=True)
class Plan:
    """What a run would do."""

    sent: Sent
    #: How many jobs it would send for the first time, how many again, and how many of both have
    #: expired.
    new: int
    again: int
    expired: int
    #: Why it would stop then; None if it would not.
    stop: str | None


def plan(out: Path, host: str | None, clock: Clock, *, take_over: bool, reconcile: bool) -> Plan:
    """What a run would do, as far as that is known without the network. Raises SendError if it
    could not begin.
    """
    prepared = predial.open_prepared(out)
    lines = journals.read(out)
    _check_manifest(prepared, lines)
    pieces = _pieces_of(prepared, lines)
    sent = Sent(pieces)
    if not sent.is_done:
        _check_place(lines, host, take_over, clock)
    _check_bodies(prepared, pieces)
    new = again = gone = 0
    now = clock.now()
    for piece in pieces.open():
        if piece.state == UNKNOWN and not may_be_sent_again(piece, now):
            if not reconcile:
                return Plan(sent, new, again, gone, advice(piece, now))
            continue
        if piece.state == UNKNOWN:
            again += piece.body.jobs
        else:
            new += piece.body.jobs
        gone += count(piece.body, now.wall)
    return Plan(sent, new, again, gone, None)


def _check_manifest(prepared: predial.Prepared, lines: list[Line]) -> str:
    digest = sha256(prepared.manifest_bytes).hexdigest()
    if lines and lines[0].get("manifest_sha256") != digest:
        raise SendError(
            "the directory was prepared anew after it was sent from: its journal is that of other "
            "bodies, and nothing is sent"
        )
    return digest


async def send_all(out: Path, settings: Settings, clock: Clock, stop: asyncio.Event) -> Sent:
    """Sends the bodies of a directory until all are done, or something stops it. `stop` ends it
    after the requests under way.
    """
    with journals.claimed(out) as journal, silent():
        prepared = predial.open_prepared(out)
        lines = journal.lines
        digest = _check_manifest(prepared, lines)
        pieces = _pieces_of(prepared, lines)
        sent = Sent(pieces)
        if not sent.is_done:
            _check_place(lines, settings.host, settings.take_over, clock)
            _check_bodies(prepared, pieces)
            async with Client(settings, clock) as client:
                campaign = await client.campaign()
                line = _first_line(lines, settings, campaign, digest)
                at = clock.now().line()
                journal.write({**line, "machine": clock.machine(), "at": at})
                samples = Samples(prepared.bodies, prepared.report.duplicates)
                run = Run(settings, clock, client, journal, pieces, samples, stop)
                run.last_wall = max(run.last_wall, _last_wall(lines))
                stopped = await run.all()
            sent = Sent(pieces, stopped)
        if sent.is_done:
            write(out, sent)
        return sent


def _last_wall(lines: list[Line]) -> float:
    return max((line["at"]["wall"] for line in lines if "at" in line), default=0.0)


def _check_place(lines: list[Line], host: str | None, take_over: bool, clock: Clock) -> None:
    """Whether the journal may be continued here and now."""
    if not lines:
        return
    if host is not None and lines[0].get("host") != host:
        raise SendError(f"the rest must go where the beginning went, to {lines[0].get('host')}")
    machines = [line["machine"] for line in lines if "machine" in line]
    if machines and machines[-1] != clock.machine() and not take_over:
        raise SendError(
            "the journal was last written on another machine, which may still be sending; if it is "
            "not, take_over=True goes on here"
        )
    if clock.wall() < _last_wall(lines) - _ROUNDED:
        raise SendError(
            "the clock of this machine is before the last line of the journal, so the age of keys "
            "is not known: set the clock"
        )


def _first_line(lines: list[Line], settings: Settings, campaign: str, digest: str) -> Line:
    """The line with which a run begins; the first run names what all later ones must agree with."""
    if lines:
        if lines[0].get("campaign") != campaign:
            raise SendError(
                f"the rest must go to the campaign that the beginning went to, "
                f"{lines[0].get('campaign')}; the token is that of {campaign}"
            )
        return {"type": "run"}
    return {
        "type": "head",
        "format": journals.FORMAT,
        "manifest_sha256": digest,
        "host": settings.host,
        "campaign": campaign,
    }


class Run:
    """One run over the pieces of a directory."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        client: Client,
        journal: Journal,
        pieces: Pieces,
        samples: Samples,
        stop: asyncio.Event,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._client = client
        self._journal = journal
        self._pieces = pieces
        self._samples = samples
        self._stop = stop
        self._stopped: str | None = None
        self._error: Exception | None = None
        self._created = pieces.jobs(CREATED)
        self._total = self._created + len(pieces.refused) + pieces.jobs(NEW, UNKNOWN, REFUSED)
        #: The pieces under way, and the phones in them.
        self._under_way: dict[str, frozenset[str]] = {}
        self._changed = asyncio.Event()
        self._next_request = 0.0
        self.last_wall = clock.wall()

    async def all(self) -> str | None:
        """Sends all pieces. Returns why it ended early."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._settings.parallel):
                group.create_task(self._work())
        if self._error is not None:
            raise self._error
        if self._stopped is None and self._stop.is_set():
            return INTERRUPTED
        return self._stopped

    async def _work(self) -> None:
        while not self._stop.is_set():
            piece = self._free_piece()
            if piece is None:
                if not self._under_way:
                    return
                self._changed.clear()
                await self._changed.wait()
                continue
            self._under_way[piece.key] = self._phones_of(piece)
            try:
                await self._one(piece)
            except (SendError, ValueError) as error:
                self._stop_for(str(error))
            except FileNotFoundError:
                self._stop_for(f"the file of body {piece.body.mark} is missing")
            except OSError as error:
                self._stop_for(error.strerror or type(error).__name__)
            except Exception as error:  # of the caller's function
                self._error = self._error or error
                self._stop.set()
            finally:
                del self._under_way[piece.key]
                self._changed.set()
        self._changed.set()

    def _stop_for(self, why: str) -> None:
        self._stopped = self._stopped or why
        self._stop.set()

    def _free_piece(self) -> Piece | None:
        """The next piece that shares no phone with those under way."""
        for piece in self._pieces.open():
            if piece.key in self._under_way:
                continue
            if not self._under_way:
                return piece
            phones = self._phones_of(piece)
            if all(phones.isdisjoint(other) for other in self._under_way.values()):
                return piece
        return None

    def _phones_of(self, piece: Piece) -> frozenset[str]:
        if self._settings.parallel == 1:
            return frozenset()
        return frozenset(piece.body.phones)

    async def _one(self, piece: Piece) -> None:
        """Sends a piece, or cuts it."""
        if piece.state == REFUSED:
            self._cut(piece, is_anew=True)
        elif piece.state == NEW and piece.is_renewed and self._leaves_expired(piece):
            return
        elif piece.state == UNKNOWN and not may_be_sent_again(piece, self._clock.now()):
            if not self._settings.reconcile:
                raise SendError(advice(piece, self._clock.now()))
            await self._reconcile(piece)
        else:
            # That of an earlier run is too old: others may have added jobs of the phones meanwhile.
            if piece.state == NEW and self._settings.baseline:
                await self._ask_baseline(piece)
            await self._send(piece)

    def _leaves_expired(self, piece: Piece) -> bool:
        """Cuts a piece that holds expired jobs: the service would refuse it whole.

        Only a renewed one. The key of a body that was never tried here may have been sent from
        another directory, and with other bytes the service would add its jobs again.
        """
        words, is_mixed = expired(piece.body, self._clock.now().of_service())
        if words:
            why, *_ = words.values()
            line = {"type": "cut", "key": piece.key, "how": "expired", "phones": list(words)}
            self._write(piece, {**line, "why": why})
        elif is_mixed:
            self._write(piece, {"type": "cut", "key": piece.key, "how": "halves"})
        if words or is_mixed:
            self._report()
        return bool(words) or is_mixed

    async def _ask_baseline(self, piece: Piece) -> None:
        phones = self._samples.of(piece.body)
        ids = await self._patiently(lambda: self._client.ids_of(phones)) if phones else {}
        self._write(piece, {"type": "baseline", "key": piece.key, "ids": ids})

    async def _send(self, piece: Piece) -> None:
        content = piece.body.content  # raises ValueError if it is not what was prepared
        began = self._clock.since_boot()
        tries = 0
        while not self._stop.is_set():
            await self._pace()
            if self._stop.is_set():
                return
            if not lives(piece, self._clock.now()):
                raise SendError(advice(piece, self._clock.now()))
            had_unknown = piece.state == UNKNOWN
            self._write(piece, self._try_line(piece))
            answer = await self._client.add(content, piece.key)
            outcome = self._proved(piece, of_answer(answer, piece.body.jobs), had_unknown)
            self._write(piece, self._result_line(piece, outcome, answer))
            if outcome.stop:
                way = "" if outcome.may_repeat else f"; {way_out(piece, self._clock.now())}"
                raise SendError(f"body {piece.body.mark}: {outcome.stop}{way}")
            if outcome.kind == "created":
                self._is_created(piece)
                return
            if outcome.kind == "refused":
                self._cut(piece, is_anew=False)
                return
            tries += 1
            wait = retry_after(answer, self._clock.wall())
            wait = self._clock.jitter(tries) if wait is None else wait
            if not lives(piece, self._clock.now(), wait):
                raise SendError(
                    f"body {piece.body.mark} is unknown ({outcome.why}), and the service wants to "
                    "be asked again only after its key has ended"
                )
            if self._clock.since_boot() - began + wait > self._settings.give_up_after:
                raise SendError(
                    f"gave up on body {piece.body.mark} after {tries} tries ({outcome.why}); send "
                    "again within 23 hours of its first try"
                )
            await self._sleep(wait)

    def _proved(self, piece: Piece, outcome: Outcome, had_unknown: bool) -> Outcome:
        """What an answer proves, given what came before it."""
        if outcome.kind == "refused" and had_unknown:
            stop = (
                f"the service refuses it ({outcome.why}), but an earlier try may have created its "
                "jobs"
            )
            return Outcome("unknown", outcome.why, stop=stop, may_repeat=False)
        owners = self._pieces.owners
        doubled = [it for it in outcome.ids if owners.get(it, piece.key) != piece.key]
        if doubled:
            stop = f"the service answered with the ID of a job of another body ({doubled[0]})"
            return Outcome("unknown", "an ID of another body", stop=stop, may_repeat=False)
        return outcome

    async def _reconcile(self, piece: Piece) -> None:
        owners = self._pieces.owners
        ids = await self._patiently(
            lambda: created_ids(self._client, piece, owners, self._clock.now())
        )
        if ids is None:
            self._write(piece, {"type": "cut", "key": piece.key, "how": "renewed"})
            return
        line = self._result_line(piece, Outcome("created"), None)
        self._write(piece, {**line, "ids": ids, "reconciled": True})
        self._is_created(piece)

    async def _patiently(self, ask: Callable[[], Awaitable[Answered]]) -> Answered:
        """Asks until there is an answer, as long as a body is tried."""
        began = self._clock.since_boot()
        tries = 0
        while True:
            try:
                return await ask()
            except NoAnswer:
                tries += 1
                wait = self._clock.jitter(tries)
                if self._clock.since_boot() - began + wait > self._settings.give_up_after:
                    raise
            await self._sleep(wait)
            if self._stop.is_set():
                raise SendError(INTERRUPTED)

    def _cut(self, piece: Piece, *, is_anew: bool) -> None:
        self._write(piece, cut_of(piece, is_anew=is_anew))
        self._report()

    def _try_line(self, piece: Piece) -> Line:
        return {
            "type": "try",
            "key": piece.key,
            "body": piece.body.mark,
            "sha256": piece.body.sha256,
            "at": self._now().line(),
        }

    def _result_line(self, piece: Piece, outcome: Outcome, answer: Answer | None) -> Line:
        line: Line = {"type": "result", "key": piece.key, "outcome": outcome.kind}
        if outcome.kind == "created":
            line["ids"] = list(outcome.ids)
        else:
            line["why"] = outcome.why
            line["status"] = None if answer is None else answer.status
        if outcome.kind == "refused":
            line["refusal"] = outcome.type
            line["phones"] = list(outcome.phones)
            line["is_duplicate"] = outcome.is_duplicate
        if outcome.stop:
            line["stop"] = outcome.stop
            line["final"] = not outcome.may_repeat
        # Whatever the clock shows: what was answered must be kept.
        return {**line, "at": self._clock.now().line()}

    def _now(self) -> Instant:
        now = self._clock.now()
        if now.wall < self.last_wall - _ROUNDED:
            raise SendError("the clock of this machine was set back: set it right, and send again")
        self.last_wall = now.wall
        return now

    def _write(self, piece: Piece, line: Line) -> None:
        self._journal.write(line)
        self._pieces.take(piece, line)

    def _is_created(self, piece: Piece) -> None:
        self._created += piece.body.jobs
        self._report()

    def _report(self) -> None:
        if self._settings.on_progress is not None:
            self._settings.on_progress(self._created + len(self._pieces.refused), self._total)

    async def _pace(self) -> None:
        now = self._clock.since_boot()
        wait = self._next_request - now
        self._next_request = max(now, self._next_request) + self._settings.pause
        if wait > 0:
            await self._sleep(wait)

    async def _sleep(self, seconds: float) -> None:
        """Waits, but not after the run has ended."""
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((sleeping, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()
