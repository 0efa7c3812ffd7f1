"""`predial --version`, and with `--verbose` what this predial was built from and runs with."""

from __future__ import annotations

from typing import Final

import click

import predial
from predial.cli.printing import say, say_table

__all__ = ["VERBOSE", "VERSION"]

#: The packages whose versions may explain an answer: those that predial needs, and its extras.
PACKAGES: Final = (
    *("click", "tzdata", "pyarrow", "polars", "pandas", "duckdb", "pyspark"),
    *("httpx2", "starlette", "uvicorn", "jinja2", "hypothesis"),
)
_VERBOSE: Final = f"{__name__}.verbose"


def facts() -> list[tuple[str, str]]:
    """What this predial was built from and runs with, each with its name."""
    import platform
    import sysconfig
    from pathlib import Path

    import tzdata

    from predial import _core

    file = Path(_core.__file__ or "").name
    lock = "without a GIL" if sysconfig.get_config_var("Py_GIL_DISABLED") else "with a GIL"
    built = dict(_core.BUILD)
    return [
        ("numbering plan", f"phonenumbers {predial.PLAN_VERSION}"),
        ("time zones", f"tzdata {tzdata.IANA_VERSION}"),
        ("names of zones", built["names of zones"]),
        ("extension", f"{file}, {built['target']}, {built['profile']}, {built['features']}"),
        ("Python", f"{platform.python_version()} ({platform.python_implementation()}), {lock}"),
        ("packages", ", ".join(_installed())),
    ]


def _installed() -> list[str]:
    from importlib import metadata

    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return found


def _remember(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    ctx.meta[_VERBOSE] = given


def _show(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    if ctx.resilient_parsing:
        return
    if not given:
        if ctx.meta.get(_VERBOSE):
            raise click.UsageError("--verbose is for --version")
        return
    say(f"predial, version {predial.__version__}")
    if ctx.meta.get(_VERBOSE):
        say_table(facts())
    ctx.exit()


#: Evaluated before `--version`, which asks for it.
VERBOSE: Final = click.option(
    "--verbose",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_remember,
    help="With --version: also show the tables, the build and the packages.",
)
VERSION: Final = click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    callback=_show,
    help="Show the version and exit.",
)
