"""Commands on single TEXTs: what they declare, and how the verdicts are shown."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from itertools import takewhile
from typing import Any, Final

import click

import predial
from predial.cli.options import OUTPUT_FORMAT, declare
from predial.cli.outcome import Outcome
from predial.cli.printing import (
    columns,
    of_severity,
    paragraph,
    printable,
    room_now,
    say,
    say_json,
)
from predial.cli.shell_words import in_shell_words
from predial.cli.sources import texts_of

#: A verdict as JSON: the value of the text, or the rule that it breaks.
Verdict = dict[str, Any]


class TextsCommand(click.Command):
    """A command whose TEXTs may begin with a minus: `-03:00` is not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = [
            name
            for parameter in self.get_params(ctx)
            for name in (*parameter.opts, *parameter.secondary_opts)
        ]
        for arg in takewhile(lambda arg: arg != "--", args):
            name = arg.partition("=")[0]
            if name.startswith("--") and name not in known:
                near = get_close_matches(name, known)
                raise click.NoSuchOption(name, possibilities=near, ctx=ctx)
        ctx.ignore_unknown_options = True
        return super().parse_args(ctx, args)


#: What every command on TEXTs takes.
TEXTS: Final = declare(
    click.argument("texts", metavar="TEXT...", nargs=-1, required=True, type=click.UNPROCESSED),
    OUTPUT_FORMAT,
)


def judge(
    texts: tuple[str, ...],
    read: Callable[[str], Verdict],
    show: Callable[[list[Verdict]], None],
    output_format: str,
    outcome: Outcome,
) -> None:
    """Show for each TEXT the result of `read`, or the rule that it breaks.

    `show` writes the text format.
    """
    verdicts = (_verdict(text, read, outcome) for text in texts_of(texts))
    if output_format == "ndjson":
        for verdict in verdicts:
            say_json(verdict)
    elif output_format == "json":
        say_json(list(verdicts), indent=2)
    else:
        show(list(verdicts))


def _verdict(text: str, read: Callable[[str], Verdict], outcome: Outcome) -> Verdict:
    try:
        return {"text": text, "rule": None, **read(text)}
    except (predial.ZoneError, predial.PhoneError) as error:
        outcome.reject()
        rule = next(rule for rule in predial.rules() if rule.name == error.rule)
        return {
            "text": text,
            "rule": rule.name,
            "message": str(error),
            "remedy": rule.remedy,
            "suggestion": error.suggestion,
            "position": error.position,
        }
    except ValueError as error:  # an option that the core refuses, and names
        raise click.UsageError(in_shell_words(str(error))) from error


def show_columns(verdicts: list[Verdict], names: tuple[str, ...]) -> None:
    """Write one line for each verdict: a value in columns, a broken rule as a sentence, which is
    below its text if the line would be too long.

    `names` are the parts of a verdict that are columns.
    """
    read = [
        [cell(verdict[name]) for name in names] for verdict in verdicts if verdict["rule"] is None
    ]
    lines = iter(columns([names, *read]) if read else [""])
    width = max((len(printable(verdict["text"])) for verdict in verdicts), default=0)
    head = next(lines)
    if head:
        say(f"{'text':<{width}}  {head}")
    for verdict in verdicts:
        text = printable(verdict["text"])
        rest = next(lines) if verdict["rule"] is None else refusal(verdict)
        if verdict["rule"] is None:
            say(f"{text:<{width}}  {rest}")
        elif width + 2 + len(rest) <= room_now():
            say(f"{text:<{width}}  {rest.replace('error', of_severity('error'), 1)}")
        else:
            say(text)
            say_within("error", rest)


def cell(value: object) -> str:
    """A part of a verdict; of a long list only the first two.

    >>> cell(None), cell(True), cell(["a", "b", "c", "d"])
    ('-', 'yes', 'a, b and 2 more')
    """
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        more = f" and {len(value) - 2} more" if len(value) > 3 else ""
        return ", ".join(value[:2] if more else value) + more
    return str(value)


def refusal(verdict: Verdict) -> str:
    """What is wrong with a text, in one line without colours."""
    message, remedy = printable(verdict["message"]), verdict["remedy"]
    besides = "" if remedy in message else f" ({remedy})"
    return f"error {verdict['rule']}: {message}{besides}"


def say_within(severity: str, text: str) -> None:
    """Write a text that begins with a severity, in a block about a TEXT."""
    first, *rest = paragraph(f"  {text}", rest="    ")
    say(first.replace(severity, of_severity(severity), 1))
    for line in rest:
        say(line)
