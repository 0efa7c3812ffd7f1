"""Write what the command line says about itself: a page of the site, and the manual page.

python tools/cli_pages.py

The page is docs/reference/cli.md, the manual page predial.data/data/share/man/man1/predial.1, which
wheels install. `make rules` runs it, and tests/test_cli_pages.py compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from inspect import cleandoc
from pathlib import Path

import click

import predial
from predial.cli import commands
from predial.cli.options import BATCH, SHOWN, declare
from predial.cli.previews import PREVIEW

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "cli.md"
MANUAL = ROOT / "predial.data" / "data" / "share" / "man" / "man1" / "predial.1"

STATUSES = (
    (
        "0",
        "Everything can be sent. Some jobs perhaps only after a repair: `--strict` makes that 1.",
    ),
    ("1", "Something is rejected. `--max-rejects 1%` allows some."),
    ("2", "The command could not do its work: wrong use, an unreadable file, a broken list."),
    ("130", "The command was interrupted by Ctrl-C."),
    ("141", "Nobody reads the output any more, as after `| head`."),
)
ENVIRONMENT = (
    ("PREDIAL_TOKEN", "The token of the campaign, for `predial send` and `predial url`."),
    ("NO_COLOR, FORCE_COLOR", "Turn colour off, or on where the output is not a terminal."),
)
FILES = (
    (
        "predial.toml, pyproject.toml",
        'Options by their names, such as `region = "RU"`: the nearest file in this directory or '
        "above, and of `pyproject.toml` its table `[tool.predial]`.",
    ),
)


@dataclass(frozen=True)
class Group:
    """Options that several commands have, described once."""

    title: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Paragraph:
    """A part of a description; lines that are kept as they are, or one text."""

    text: str
    is_kept: bool


@dataclass(frozen=True)
class Command:
    """One command with what is particular to it, and the groups that it has besides."""

    name: str
    usage: str
    description: tuple[Paragraph, ...]
    options: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]


def _records(command: click.Command) -> tuple[tuple[str, str], ...]:
    """The options of a command with their descriptions."""
    context = click.Context(command)
    options = [it for it in command.params if isinstance(it, click.Option)]
    found = [it.get_help_record(context) for it in options if not it.hidden]
    return tuple((names, _sentence(text)) for names, text in filter(None, found))


def _sentence(text: str) -> str:
    """Click's notes about an option, which follow two blanks, as sentences."""
    said, _, notes = text.partition("  [")
    for note in filter(None, notes.removesuffix("]").split("; ")):
        what, colon, value = note.partition(": ")
        said += f" {what.capitalize()}: {value}." if colon else f" Range: {note}."
    return said


def _group(title: str, *options: object) -> Group:
    @click.command("group")
    @declare(*options)  # type: ignore[arg-type]
    def command() -> None:
        """Nothing runs it."""

    return Group(title, _records(command))


GROUPS = (
    _group("Options of lists", *BATCH),
    _group("Options of reports", *SHOWN),
    _group("Options of the launch preview", *PREVIEW),
)


def all_commands() -> Iterator[Command]:
    """The commands by name."""
    context = click.Context(commands)
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        assert command is not None
        yield _described(name, command)
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                yield _described(f"{name} {below}", command.commands[below])


def _described(name: str, command: click.Command) -> Command:
    options = _records(command)
    groups = tuple(it for it in GROUPS if set(it.options) <= set(options))
    shared = {option for group in groups for option in group.options}
    own = tuple(it for it in options if it not in shared)
    usage = " ".join(command.collect_usage_pieces(click.Context(command)))
    return Command(name, usage, tuple(_paragraphs(command.help or "")), own, groups)


def _paragraphs(text: str) -> Iterator[Paragraph]:
    for block in re.split(r"\n\s*\n", cleandoc(text)):
        if block.startswith("\b\n"):
            yield Paragraph(block.removeprefix("\b\n"), True)
        else:
            yield Paragraph(" ".join(block.split()), False)


# --- the page of the site ----------------------------------------------------------------------


def page() -> str:
    """The text of docs/reference/cli.md."""
    lines = [
        "# The command line",
        "",
        "`pip install predial` brings the command. Options mean the same, and have the same names, "
        "as in [Python](python.md). `make rules` writes this page from the commands.",
        "",
        *_table(("exit status", "what it means"), ((f"`{it}`", text) for it, text in STATUSES)),
        "",
        *_table(("command", "what it does"), _overview()),
    ]
    for command in all_commands():
        lines += ["", f"## predial {command.name}", "", "```text"]
        lines += [f"predial {command.name} {command.usage}", "```"]
        for paragraph in command.description:
            text = paragraph.text
            lines += ["", "```text", text, "```"] if paragraph.is_kept else ["", _code(text)]
        if command.options:
            lines += ["", *_table(("option", "what it does"), map(_cells, command.options))]
        if command.groups:
            links = [f"[{it.title.lower()}](#{_anchor(it.title)})" for it in command.groups]
            lines += ["", f"And the {_listed(links)}."]
    for group in GROUPS:
        lines += ["", f"## {group.title}", ""]
        lines += _table(("option", "what it does"), map(_cells, group.options))
    lines += ["", "## Environment and files", ""]
    lines += _table(
        ("name", "what it does"), ((f"`{it}`", text) for it, text in ENVIRONMENT + FILES)
    )
    return "\n".join(lines) + "\n"


def _overview() -> Iterator[tuple[str, str]]:
    for name, what in sorted(commands.short_helps.items()):
        yield f"[`predial {name}`](#predial-{name})", what


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> list[str]:
    cells = [head, ("---", "---"), *rows]
    return [f"| {left} | {right} |" for left, right in cells]


def _cells(option: tuple[str, str]) -> tuple[str, str]:
    names, text = (it.replace("|", "\\|") for it in option)
    return f"`{names}`", _code(text)


def _code(text: str) -> str:
    """The text with its options as code.

    >>> _code("Use --region RU; predial send needs --host.")
    'Use `--region RU`; `predial send` needs `--host`.'
    """
    text = text.replace("<", "&lt;").replace("*", "\\*")
    return re.sub(
        r"(?<![\w`-])(--[a-z][a-z-]*( ([A-Z]{2}|json|ndjson)\b)?|predial [a-z]+)", r"`\1`", text
    )


def _listed(texts: list[str]) -> str:
    """
    >>> _listed(["a", "b", "c"]), _listed(["a"])
    ('a, b and c', 'a')
    """
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


# --- the manual page ---------------------------------------------------------------------------


def manual() -> str:
    """The text of predial.1."""
    lines = [
        f'.TH PREDIAL 1 "" "predial {predial.__version__}" "User Commands"',
        ".SH NAME",
        r"predial \- check lists of call jobs before they are sent to a voice campaign",
        ".SH SYNOPSIS",
    ]
    for command in all_commands():
        lines += [f".B predial {_roff(command.name)}", _roff(command.usage), ".br"]
    summary = next(_paragraphs(commands.help or ""))
    lines += [".SH DESCRIPTION", *_lines(summary), ".SH EXIT STATUS"]
    lines += _entries(STATUSES)
    lines += [".SH COMMANDS"]
    for command in all_commands():
        lines += [f".SS predial {_roff(command.name)} {_roff(command.usage)}"]
        for paragraph in command.description:
            lines += [".PP", *_lines(paragraph)]
        lines += _entries(command.options)
        if command.groups:
            titles = _listed([it.title.lower() for it in command.groups])
            lines += [".PP", f"And the {titles}, below."]
    for group in GROUPS:
        lines += [f".SH {group.title.upper()}", *_entries(group.options)]
    lines += [".SH ENVIRONMENT", *_entries(ENVIRONMENT), ".SH FILES", *_entries(FILES)]
    return "\n".join(lines) + "\n"


def _entries(entries: Iterable[tuple[str, str]]) -> list[str]:
    lines = []
    for name, text in entries:
        lines += [".TP", f".B {_roff(name)}", *_lines(Paragraph(text.replace("`", ""), False))]
    return lines


def _lines(paragraph: Paragraph) -> list[str]:
    """A paragraph as lines of roff: those that are kept are set as they are."""
    lines = [_roff(line) for line in paragraph.text.split("\n")]
    return [".nf", *lines, ".fi"] if paragraph.is_kept else lines


def _roff(text: str) -> str:
    r"""The text without characters that roff would act on.

    >>> print(_roff(r".predial --all C:\jobs"), _roff("it's here"))
    \&.predial \-\-all C:\ejobs it's here
    """
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = "".join(c if c.isascii() else f"\\[u{ord(c):04X}]" for c in text)
    return f"\\&{text}" if text[:1] in (".", "'") else text


def main() -> None:
    """The command."""
    MANUAL.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    MANUAL.write_text(manual(), encoding="utf-8")


if __name__ == "__main__":
    main()
