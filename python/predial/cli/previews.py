"""The launch preview of the command line: `--report FILE`, and `predial report OUT`."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import predial

if TYPE_CHECKING:
    from collections.abc import Iterable

    from predial.preview.figures import Hours

#: How many diagnostics are kept for the examples of rules.
EXAMPLES: Final = 10_000
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
)


@dataclass(frozen=True)
class Preview:
    """Where a preview is written, and how."""

    file: str
    lang: str
    show_phones: bool

    def write(
        self, name: str, report: predial.Report, hours: predial.Forecast | Hours | None
    ) -> None:
        """Write the preview of a list of that name. The file appears whole or not at all."""
        from predial.preview import figures, page

        found = figures(report, name=name, forecast=hours, show_phones=self.show_phones)
        if self.file.endswith(".json"):
            text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        else:
            text = page(found, self.lang)
        _write_whole(Path(self.file), text)


def wanted(report_file: str | None, lang: str, show_phones: bool) -> Preview | None:
    """The preview that the options ask for. Raises UsageError if what it needs is not installed."""
    if report_file is None:
        return None
    if not report_file.endswith(".json"):
        try:
            import jinja2  # noqa: F401
        except ImportError as error:
            message = "--report needs jinja2: pip install 'predial[report]'"
            raise click.UsageError(message) from error
    return Preview(report_file, lang, show_phones)


def hours_of_bodies(bodies: Iterable[Any], **options: Any) -> Hours | None:
    """When the jobs of request bodies may ring, by the hour."""
    from predial.preview.figures import Hours

    forecasts = [
        predial.forecast(body.content, input_format="json", duplicates="allow", **options)
        for body in bodies
    ]
    return Hours.of(forecasts) if forecasts else None


def _write_whole(file: Path, text: str) -> None:
    # It may hold phones: only its owner may read it.
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=file.parent, prefix=f".{file.name}.", delete=False
    ) as part:
        try:
            part.write(text)
            part.close()
            os.replace(part.name, file)
        except BaseException:
            os.unlink(part.name)
            raise
