"""`predial sandbox`: the Calls API on this machine."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from predial.cli.options import Instant, declare
from predial.cli.outcome import Outcome
from predial.cli.printing import say

if TYPE_CHECKING:
    from predial.sandbox.settings import Settings


@click.command("sandbox")
@declare(
    click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=8080,
        show_default=True,
        help="The port to listen on; 0 takes a free one.",
    ),
    click.option(
        "--host",
        metavar="ADDRESS",
        default="127.0.0.1",
        show_default=True,
        help="The address to listen on. Everybody who reaches it can add and read jobs.",
    ),
    click.option(
        "--db",
        metavar="FILE",
        help="The SQLite file that keeps jobs and keys. Default: they are kept in memory.",
    ),
    click.option(
        "--campaign",
        "campaigns",
        metavar="TOKEN",
        multiple=True,
        help="The token of a campaign. May be given several times. "
        "Default: 8231.7056.1b131df1, the token of the service's examples.",
    ),
    click.option(
        "--faults",
        metavar="FILE",
        help="A TOML file of faults and how often each happens, such as 500 = 0.1.",
    ),
    click.option(
        "--seed",
        type=int,
        default=0,
        show_default=True,
        help="The number on which faults and the outcomes of calls depend.",
    ),
    click.option(
        "--clock",
        type=Instant(),
        help="Stop the clock at this instant, such as 2026-03-01T12:00Z. Default: real time.",
    ),
    click.option(
        "--plus",
        type=click.Choice(["accept", "refuse"]),
        default="refuse",
        show_default=True,
        help="Whether a phone may begin with a plus: the service's documents do not say.",
    ),
    click.option(
        "--jvm",
        type=click.Choice(["17", "none"]),
        default="17",
        show_default=True,
        help="The Java runtime whose time zones are accepted; none accepts those of the installed "
        "tzdata.",
    ),
)
@click.pass_obj
def command(
    outcome: Outcome,
    port: int,
    host: str,
    db: str | None,
    campaigns: tuple[str, ...],
    faults: str | None,
    seed: int,
    clock: datetime | None,
    plus: Any,
    jvm: Any,
) -> None:
    """Answer the requests of the Calls API on this machine, until Ctrl-C.

    Add jobs with the URL that is printed in place of the service's host. The page at this URL shows
    what was added; /docs describes the requests. Nothing is called and nothing leaves this machine.
    """
    try:
        from predial.sandbox.server import serve
        from predial.sandbox.settings import EXAMPLE_TOKEN, Settings
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        raise click.UsageError(
            "predial sandbox needs more packages: pip install 'predial[sandbox]'"
        ) from None
    settings = Settings(
        host=host,
        port=port,
        db=db,
        campaigns=campaigns or (EXAMPLE_TOKEN,),
        faults=_faults(faults),
        seed=seed,
        clock=clock,
        plus=plus,
        jvm=jvm,
    )
    try:
        serve(settings, lambda url: _greet(url, settings))
    except OSError as error:
        # Without the address, which asyncio adds to the words.
        why = (error.strerror or type(error).__name__).partition(" (while ")[0]
        outcome.fail(why, about=f"{host}:{port}")
    except ValueError as error:
        outcome.fail(str(error))


def _greet(url: str, settings: Settings) -> None:
    tokens = ", ".join(settings.campaigns)
    where = f"SQLite in {settings.db}" if settings.db else "SQLite in memory"
    say(f"{url}, token {tokens}, {where}")


def _faults(file: str | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        return tomllib.loads(Path(file).read_text("utf-8"))
    except OSError as error:
        raise click.UsageError(f"--faults {file}: {error.strerror}") from None
    except ValueError as error:
        raise click.UsageError(f"--faults {file} is not TOML: {error}") from None
