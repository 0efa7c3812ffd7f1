"""The launch preview of the command line: `--report FILE`, and `predial report OUT`."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import predial
from predial.cli.shell_words import in_shell_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from predial.preview.figures import Hours

#: How many diagnostics are kept for the examples of rules.
EXAMPLES: Final = 2_000


def _address(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    from predial.preview.page import rules_address

    try:
        rules_address(given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return given


LANG: Final = click.option(
    "--lang",
    type=click.Choice(["en", "ru"]),
    default="en",
    show_default=True,
    help="The language of the launch preview.",
)
SHOW_PHONES: Final = click.option(
    "--show-phones",
    is_flag=True,
    help="Show whole phones in the launch preview. Default: their last four digits.",
)
DOCS: Final = click.option(
    "--docs",
    metavar="URL",
    callback=_address,
    help="Where predial's documentation is: rules in the launch preview link to it.",
)
#: The options of a command that may write a preview; `Preview` takes them.
PREVIEW: Final = (
    click.option(
        "--report",
        "report_file",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="Write the launch preview to FILE: a page for people, or its figures if FILE ends in "
        ".json.",
    ),
    LANG,
    SHOW_PHONES,
    DOCS,
)


@dataclass(frozen=True)
class Preview:
    """Where a preview is written, and how."""

    file: str
    lang: str
    show_phones: bool
    docs: str | None

    def write(
        self,
        name: str,
        report: predial.Report,
        hours: predial.Forecast | Hours | None,
        statistics: dict[str, Any] | None = None,
    ) -> None:
        """Write the preview of a list of that name. The file appears whole or not at all."""
        from predial.preview import figures, page

        found = figures(
            report, name=name, forecast=hours, statistics=statistics, show_phones=self.show_phones
        )
        for hint in found["hints"]:
            hint |= {of: in_shell_words(hint[of]) for of in ("text", "option")}
        if self.file.endswith(".json"):
            text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        else:
            text = page(found, self.lang, self.docs)
        _write_whole(Path(self.file), text)


def wanted(
    report_file: str | None, lang: str, show_phones: bool, docs: str | None
) -> Preview | None:
    """The preview that the options ask for. Raises UsageError if what it needs is not installed."""
    if report_file is None:
        return None
    if not report_file.endswith(".json"):
        try:
            import jinja2  # noqa: F401
        except ImportError as error:
            message = "--report needs jinja2: pip install 'predial[report]'"
            raise click.UsageError(message) from error
    return Preview(report_file, lang, show_phones, docs)


def of_bodies(bodies: Iterable[Any], **options: Any) -> tuple[Hours, dict[str, Any]]:
    """When the jobs of request bodies may ring, and where they are."""
    from predial.preview.figures import Hours

    found = [
        predial.forecast(
            body.content, input_format="json", duplicates="allow", statistics=True, **options
        )
        for body in bodies
    ]
    tables = [forecast.report.statistics for forecast in found]
    return Hours.of(found), _sum([table for table in tables if table is not None])


def _sum(tables: list[Any]) -> dict[str, Any]:
    """The sums of the statistics of parts of a list."""
    sums: dict[str, Any] = {}
    for name in ("countries", "types", "zones"):
        counted: Counter[str] = Counter()
        for table in tables:
            counted.update(table[name])
        sums[name] = dict(sorted(counted.items(), key=lambda row: (-row[1], row[0])))
    hours = [table["local_hours"] for table in tables]
    sums["local_hours"] = [sum(column) for column in zip(*hours, strict=True)] or [0] * 24
    return sums


def _write_whole(file: Path, text: str) -> None:
    # It may hold phones: only its owner may read it.
    try:
        part = tempfile.NamedTemporaryFile(  # noqa: SIM115
            "w", encoding="utf-8", dir=file.parent, prefix=f".{file.name}.", delete=False
        )
    except OSError as error:
        # The name of the part means nothing to anybody.
        raise OSError(error.errno, error.strerror, str(file)) from error
    with part:
        try:
            part.write(text)
            part.close()
            os.replace(part.name, file)
        except BaseException:
            os.unlink(part.name)
            raise
