"""A report as workflow commands of GitHub Actions, which show it beside the lines of the list.

The form and its escapes are those of GitHub's page "Workflow commands for GitHub Actions". GitHub
shows ten errors, ten warnings and ten notices of a step, so the ones that people see first as text
are written, in the same order.
"""

from __future__ import annotations

from typing import Final

import predial
from predial.cli.printing import counted, printable, printable_lines, say
from predial.cli.shell_words import in_shell_words
from predial.cli.text_report import chosen, is_unread, subject

#: The command for each severity.
LEVELS: Final = {
    "error": "error",
    "suggested": "warning",
    "warning": "warning",
    "repair": "notice",
}
#: How many characters of a value are shown.
ROOM: Final = 120


def show_annotations(
    file: str | None,
    report: predial.Report,
    error: predial.SourceError | None,
    most: int | None,
    show_all: bool,
) -> None:
    """Write an annotation for each diagnostic that is shown, one for the decision, and one for each
    option that would help.

    `file` is the path of the list; None means standard input.
    """
    for found in chosen(report, most, show_all):
        about = subject(found, ROOM)
        text = printable(in_shell_words(found.message))
        say(annotation(LEVELS[found.severity], f"{about}: {text}", file, found.line, found.rule))
    if not is_unread(report, error):
        say(annotation("notice", f"{report.verdict}.", file))
    for hint in report.hints:
        if hint.rows:
            option, text = (printable(in_shell_words(it)) for it in (hint.option, hint.text))
            rows = counted(hint.rows, "more row")
            say(annotation("notice", f"{option}: {rows} could be sent: {text}", file))
    if error is not None:
        show_failure(file, str(error), error.line)


def show_failure(file: str | None, message: str, line: int | None = None) -> None:
    """Write an annotation about a list that could not be read, or not to its end."""
    say(annotation("error", printable_lines(in_shell_words(message)), file, line))


def annotation(
    level: str, message: str, file: str | None, line: int | None = None, rule: str | None = None
) -> str:
    r"""One workflow command.

    >>> annotation("error", 'phone "1": 50% of it\nis missing', "a,b:c.csv", 7, "phone-short")
    '::error file=a%2Cb%3Ac.csv,line=7,title=phone-short::phone "1": 50%25 of it%0Ais missing'
    >>> annotation("notice", "All 2 jobs can be sent.", None)
    '::notice title=predial::All 2 jobs can be sent.'
    """
    properties = {
        "file": file,
        "line": None if file is None or line is None else str(line),
        "title": rule or "predial",
    }
    given = ",".join(f"{name}={_property(it)}" for name, it in properties.items() if it is not None)
    return f"::{level} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
