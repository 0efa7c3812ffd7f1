"""Options from a file: `predial.toml`, or the table `[tool.predial]` of `pyproject.toml`.

The file is looked for in the working directory and in those above it; the nearest is read, and no
other. Its keys are the names of options, with hyphens or underscores. What it sets is a default: an
option on the command line goes before it, and an option that may be given several times (a list of
phones to exclude, a column, a rule) is added to those of the file. What was set is printed to
stderr, since the file may be far above.
"""

from __future__ import annotations

import csv
import io
import json
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from predial.cli.printing import complain, printable

FILE: Final = "predial.toml"
PROJECT: Final = "pyproject.toml"
#: The key in `Context.meta` for `--no-config`: no file of options is read.
_NO_FILE: Final = f"{__name__}.no_file"
#: What it sets, in words, in `Context.meta`.
_SET: Final = f"{__name__}.set"
#: The options whose values are files, which are named from the directory of the file.
_FILES: Final = ("exclude", "after", "campaign", "zones")
#: The options that a file cannot set.
_ARE_NOT_SET: Final = ("help", "config", "no_config")


def _without(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    ctx.meta[_NO_FILE] = given


def _read(ctx: click.Context, param: click.Parameter, given: str | None) -> None:
    """Make what the file says the defaults of the command."""
    found = None if ctx.meta.get(_NO_FILE) else _find(given)
    if found is None or ctx.resilient_parsing:
        return
    path, table = found
    defaults = dict(_defaults(ctx, path, table))
    ctx.default_map = {name: value for name, (value, _) in defaults.items()}
    if defaults:
        ctx.meta[_SET] = path, {name: text for name, (_, text) in defaults.items()}
        if all(option.name != "quiet" for option in ctx.command.params):
            say_what_is_set(ctx)


def say_what_is_set(ctx: click.Context) -> None:
    """Say on stderr which options the file has set."""
    path, texts = ctx.meta.get(_SET, (None, {}))
    several = {option.name for option in ctx.command.params if getattr(option, "multiple", False)}
    shown = [text for name, text in texts.items() if name in several or not is_given(ctx, name)]
    if shown:
        complain(f"predial: {printable(str(path))} sets {printable(' '.join(shown))}")


def is_given(ctx: click.Context, name: str) -> bool:
    """Whether the option is on the command line."""
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def of_file(ctx: click.Context, name: str) -> tuple[Any, ...]:
    """What the file says of an option that is also on the command line and may be given several
    times; nothing if only one of them has it.
    """
    if not is_given(ctx, name):
        return ()
    options = (option for option in ctx.command.params if option.name == name)
    value = (ctx.default_map or {}).get(name)
    return () if value is None else tuple(next(options).type_cast_value(ctx, value))


#: `--config` and `--no-config`.
CONFIG: Final = (
    click.option(
        "--no-config",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_without,
        help="Read no file of options.",
    ),
    click.option(
        "--config",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        is_eager=True,
        expose_value=False,
        callback=_read,
        help="The file of options. Default: the nearest predial.toml, or pyproject.toml with "
        "[tool.predial], in this directory or above.",
    ),
)


def _find(given: str | None) -> tuple[Path, dict[str, Any]] | None:
    """The file of options and its table; None if there is none."""
    if given is not None:
        path = Path(given)
        table = _table(path)
        if table is None:
            raise click.UsageError(f"{given} has no table [tool.predial]")
        return path, table
    here = Path.cwd()
    for directory in (here, *here.parents):
        for name in (FILE, PROJECT):
            path = directory / name
            if path.is_file() and (table := _table(path)) is not None:
                return path, table
    return None


def _table(path: Path) -> dict[str, Any] | None:
    """The options in a file; None for a project that has none."""
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path} can't be read: {error}") from error
    if path.name != PROJECT:
        return whole
    table = whole.get("tool", {}).get("predial")
    return table if isinstance(table, dict) else None


def _defaults(
    ctx: click.Context, path: Path, table: dict[str, Any]
) -> Iterator[tuple[str, tuple[Any, str]]]:
    """The value of each option of the command, and how it is written on the command line."""
    options = {
        name: it for it in ctx.command.params if isinstance(it, click.Option) for name in _names(it)
    }
    for key, value in table.items():
        name = key.replace("_", "-")
        option = options.get(name)
        if option is None:
            if not _is_known(ctx, name):
                raise click.UsageError(f"{path} sets {key}, and no command has the option --{name}")
            continue
        yield str(option.name), _default(option, name, value, path)


def _names(option: click.Parameter) -> list[str]:
    """The names of an option without hyphens; none for an option that a file cannot set."""
    if not isinstance(option, click.Option) or option.name in _ARE_NOT_SET:
        return []
    return [name[2:] for name in (*option.opts, *option.secondary_opts) if name.startswith("--")]


def _is_known(ctx: click.Context, name: str) -> bool:
    """Whether another command has the option."""
    group = ctx.find_root().command
    if not isinstance(group, click.Group):
        return False
    commands = (group.get_command(ctx, command) for command in group.list_commands(ctx))
    return any(name in _names(it) for command in commands if command for it in command.params)


def _default(option: click.Option, name: str, value: Any, path: Path) -> tuple[Any, str]:
    """A value of the file as click takes it, and the words of a shell for it."""
    wrong = click.UsageError(f"{path} sets {name} to {value!r}, which is not a value of --{name}")
    if isinstance(value, dict):
        part = _as_json if name == "set" else _as_columns
        value = [f"{key}={part(of_key)}" for key, of_key in value.items()]
    if option.is_flag:
        if not isinstance(value, bool):
            raise wrong
        is_other = f"--{name}" in option.secondary_opts
        others = option.opts if is_other else option.secondary_opts
        return value != is_other, f"--{name}" if value else next(iter(others), f"no --{name}")
    if isinstance(value, list) and not option.multiple:
        value = _as_columns(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float, list)):
        raise wrong
    values = [str(it) for it in (value if isinstance(value, list) else [value])]
    if option.name in _FILES:
        values = [str(path.parent / it) for it in values]
    text = " ".join(f"--{name} {shlex.quote(it)}" for it in values)
    return (values if option.multiple else values[0]), text


def _as_columns(value: Any) -> str:
    """A text, or several as the cells of a record of a CSV."""
    cells = value if isinstance(value, list) else [value]
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return str(value) if isinstance(value, str) and "," not in value else out.getvalue()


def _as_json(value: Any) -> str:
    """A value as JSON; a date as RFC 3339 has it."""
    return json.dumps(value, ensure_ascii=False, default=lambda it: it.isoformat())
