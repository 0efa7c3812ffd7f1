"""The options of a command line, written again for the next one."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any, Final

import click

#: Where a `RepeatableCommand` keeps its options in `Context.meta`.
_GIVEN: Final = f"{__name__}.given"


class RepeatableCommand(click.Command):
    """A command whose options can be written again as they were given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[_GIVEN] = given
        return super().parse_args(ctx, args)


def repeated(ctx: click.Context, names: Iterable[str]) -> str:
    """The options of these names that were given, for a shell."""
    given: dict[str, Any] = ctx.meta.get(_GIVEN, {})
    words: list[str] = []
    for option in ctx.command.params:
        if isinstance(option, click.Option) and option.name in names and option.name in given:
            value = given[option.name]
            long = next(name for name in option.opts if name.startswith("--"))
            if option.is_flag:
                words.append(long if value else (*option.secondary_opts, long)[0])
            else:
                for one in value if option.multiple else [value]:
                    words += [long, str(one)]
    return shlex.join(words)
