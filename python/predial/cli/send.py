"""`predial send`: send what `predial prepare` left."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import click

import predial
from predial.cli.options import declare
from predial.cli.outcome import INTERRUPTED, Outcome
from predial.cli.printing import counted, is_terminal, room_of, say
from predial.cli.progress import CLEAR, EVERY, SPARE, fitted, write

if TYPE_CHECKING:
    from predial.sending.results import Sent
    from predial.sending.run import Plan

VARIABLE: Final = "PREDIAL_TOKEN"
_SPAN: Final = re.compile(r"(\d+)\s*(s|min|h)")
_SECONDS: Final = {"s": 1, "min": 60, "h": 3600}


class Span(click.ParamType[float]):
    """A length of time."""

    name = "time"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        found = _SPAN.fullmatch(value)
        if found is None:
            self.fail("not a time such as 90s, 10min or 1h", param, ctx)
        return float(int(found[1]) * _SECONDS[found[2]])


@click.command("send")
@click.argument("out", metavar="OUT", type=click.Path(exists=True, file_okay=False))
@declare(
    click.option("--host", metavar="URL", help="The service, such as https://app.jaicp.com."),
    click.option(
        "--token-file",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, allow_dash=True),
        help=f"A file that holds the token of the campaign. Default: ${VARIABLE}, or a prompt.",
    ),
    click.option(
        "--max-rate", metavar="RATE", help="How often bodies are sent, such as 2/s or 30/min."
    ),
    click.option(
        "--parallel",
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        help="How many bodies are under way at once.",
    ),
    click.option(
        "--give-up-after",
        metavar="TIME",
        type=Span(),
        default="1h",
        show_default=True,
        help="How long a body is tried that gets no clear answer.",
    ),
    click.option(
        "--baseline/--no-baseline",
        default=True,
        show_default=True,
        help="Whether to ask before each body which jobs three of its phones have, so that "
        "--reconcile can compare.",
    ),
    click.option(
        "--reconcile",
        is_flag=True,
        help="Ask the service about bodies that are unknown, and decide by its answer.",
    ),
    click.option(
        "--take-over", is_flag=True, help="Go on after another machine, which sends no more."
    ),
    click.option(
        "--proxy", metavar="URL", help="The proxy to use. Those of the environment are not."
    ),
    click.option("--dry-run", is_flag=True, help="Check the bodies and say what would be sent."),
    click.option("--status", is_flag=True, help="Say what became of the jobs. Needs no network."),
)
@click.pass_obj
def command(
    outcome: Outcome,
    /,
    out: str,
    host: str | None,
    token_file: str | None,
    dry_run: bool,
    status: bool,
    **options: Any,
) -> None:
    """Send the bodies in OUT, the directory of predial prepare, each exactly once.

    Run it again after any failure, and it goes on: sending.ndjson in OUT has every request before
    it begins, and its answer. At the end ids.csv and refused.csv are there. Ctrl-C ends it after
    the request under way.

    Exit status: 0 if all jobs were created, 1 if the service refused some, 2 if it stopped early;
    130 after Ctrl-C.
    """
    if dry_run and status:
        raise click.UsageError("Either --dry-run or --status.")
    try:
        from predial.sending.clock import Clock
        from predial.sending.errors import SendError
        from predial.sending.run import derive, plan
        from predial.sending.run import status as what_became

        try:
            service = _checked(host, options)
            if dry_run:
                chosen = {name: options[name] for name in ("take_over", "reconcile")}
                _show_plan(outcome, out, plan(Path(out), service, Clock(), **chosen))
                return
            sent = what_became(Path(out))
            if status or sent.is_done:
                # Also if a run was killed before it could write them.
                try:
                    derive(Path(out))
                except BlockingIOError:
                    outcome.say("it is being sent, so ids.csv is not written yet", about=out)
            else:
                token = _token(token_file)
                if host is None:
                    raise click.UsageError("Say where to send: --host URL.")
                bar = _Progress()
                try:
                    sent = predial.send(out, host=host, token=token, on_progress=bar, **options)
                finally:
                    bar.clear()
        except SendError as error:
            outcome.fail(str(error))
            return
    except FileNotFoundError as error:
        if (Path(out) / "manifest.json").exists():
            outcome.fail("a file of it is missing", about=error.filename or out)
        else:
            outcome.fail("it has no manifest, so predial prepare did not finish there", about=out)
        return
    except OSError as error:
        outcome.fail(error.strerror or type(error).__name__, about=error.filename or out)
        return
    except ValueError as error:
        outcome.fail(str(error))
        return
    _show(out, sent)
    _note(outcome, sent, is_only_a_look=status)
    if sent.stopped is not None and "reconcile=True" in sent.stopped:
        again = _command(out, host, token_file, options)
        outcome.say(f"the command for that: {again}", about=out)


def _checked(host: str | None, options: dict[str, Any]) -> str | None:
    """The host. Raises ValueError if an option is wrong, also where nothing is to be sent."""
    from predial.sending.settings import Settings, host_of, rate_of

    pause = rate_of(options["max_rate"])
    others = {name: value for name, value in options.items() if name != "max_rate"}
    service = None if host is None else host_of(host)
    Settings(service or "", "", pause=pause, **others)
    return service


def _command(out: str, host: str | None, token_file: str | None, options: dict[str, Any]) -> str:
    """The command that reconciles."""
    words = ["predial", "send", out]
    # The URL of a proxy may hold a password.
    proxy = None if options["proxy"] is None else "URL"
    given = {"host": host, "token-file": token_file, "proxy": proxy}
    for name, value in given.items():
        if value is not None:
            words += [f"--{name}", value]
    return shlex.join([*words, "--reconcile"])


def _token(file: str | None) -> str:
    if file is not None:
        with click.open_file(file, encoding="utf-8-sig") as opened:
            content: str = opened.read()
        return content
    token = os.environ.get(VARIABLE)
    if token:
        return token
    if sys.stdin is not None and sys.stdin.isatty():
        prompted: str = click.prompt("Token of the campaign", hide_input=True, err=True)
        return prompted
    raise click.UsageError(f"The token is missing: --token-file FILE, or the variable {VARIABLE}.")


def _show_plan(outcome: Outcome, out: str, plan: Plan) -> None:
    sent = plan.sent
    parts = [f"{counted(plan.new, 'job')} would be sent"]
    held = sent.unknown - plan.again
    for count, what in (
        (plan.again, "unknown and sent again with the same key"),
        (held, "unknown"),
        (sent.left - plan.new, "not sent"),
        (len(sent.refused), "refused before"),
    ):
        if count:
            parts.append(f"{counted(count, 'job')} {what}")
    parts.append(f"{counted(sent.created, 'job')} created before")
    say(", ".join(parts))
    if plan.expired:
        jobs = counted(plan.expired, "job")
        outcome.say(
            f"expired since the list was prepared: {jobs}, for which the service may refuse whole "
            "bodies" + ("" if sent.created or sent.unknown else "; prepare it anew"),
            about=out,
        )
    if plan.stop is not None:
        outcome.fail(plan.stop)


def _show(out: str, sent: Sent) -> None:
    refused = len(sent.refused)
    parts = [f"{counted(sent.created, 'job')} created"]
    for count, what in ((refused, "refused"), (sent.unknown, "unknown"), (sent.left, "not sent")):
        if count:
            parts.append(f"{counted(count, 'job')} {what}")
    say(", ".join(parts))
    if sent.is_done and (Path(out) / "ids.csv").exists():
        say(f"  {out}/ids.csv       the row, the phone and the ID of each job")
        if refused:
            say(f"  {out}/refused.csv   the rows that the service refused, with its words")


def _note(outcome: Outcome, sent: Sent, *, is_only_a_look: bool) -> None:
    from predial.sending.run import INTERRUPTED as INTERRUPTION

    if sent.refused:
        outcome.reject()
    if sent.stopped is not None:
        outcome.fail(sent.stopped)
        if sent.stopped == INTERRUPTION:
            outcome.status = INTERRUPTED
    elif not sent.is_done and not is_only_a_look:
        outcome.fail("not all jobs were sent")


class _Progress:
    """How many jobs are done, on stderr: a bar on a terminal, or a line every ten seconds."""

    def __init__(self) -> None:
        self._is_bar = is_terminal(sys.stderr)
        self._last = monotonic()
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        if sys.stderr is None:
            return
        share = done / total if total else 1.0
        figures = [f"{counted(done, 'job')} of {total}"]
        if self._is_bar:
            write(CLEAR + fitted(share, figures, room_of(sys.stderr) - SPARE))
            self._shown = True
        elif monotonic() - self._last >= EVERY:
            self._last = monotonic()
            write(f"predial: {share:.0%}  {figures[0]}\n")

    def clear(self) -> None:
        """Remove the bar."""
        if self._shown:
            write(CLEAR)
