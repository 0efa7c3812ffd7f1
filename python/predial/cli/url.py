"""`predial url`: from the URL that adds one job to the job, and back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

import predial
from predial._core import read_url
from predial.cli.options import OUTPUT_FORMAT
from predial.cli.outcome import Outcome
from predial.cli.printing import of_severity, printable, say, say_json
from predial.cli.shell_words import in_shell_words
from predial.cli.sources import shown_name, stdin

#: The environment variable that holds the campaign's token. There is no option for the token:
#: everybody on the machine can see the arguments of a process.
TOKEN: Final = "PREDIAL_TOKEN"

#: A verdict as JSON: the job or the URL, or the rule that was broken.
Verdict = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """A URL, or a job's JSON."""

    text: str
    #: Its name in an answer. It is never the text itself, because a URL contains the token.
    source: str

    @property
    def is_job(self) -> bool:
        """Whether it is JSON."""
        return self.text.lstrip().startswith(("{", "["))


@click.command("url")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--host", metavar="URL", help="The service to add a job to, such as https://app.jaicp.com."
)
@click.option(
    "--token-file",
    metavar="FILE",
    help=f"A file that holds the campaign's token and nothing else. Default: the environment "
    f"variable {TOKEN}, else a question on the terminal.",
)
@click.option(
    "--idempotence-key",
    metavar="KEY",
    help="The key by which the service recognises a request that is sent twice. For one job only.",
)
@click.option(
    "--form",
    type=click.Choice(["calls", "crmCalls"]),
    default="calls",
    show_default=True,
    help="Which of the two addresses to write.",
)
@OUTPUT_FORMAT
@click.pass_obj
def command(
    outcome: Outcome,
    /,
    sources: tuple[str, ...],
    output_format: str,
    host: str | None,
    token_file: str | None,
    idempotence_key: str | None,
    **options: Any,
) -> None:
    """Turn each SOURCE that is a GET addPhone URL into the addPhones job, and a job into a URL.

    A SOURCE is a URL, the JSON of one job, or a FILE that holds one job, or URLs, one in each line;
    - is standard input. A URL holds the campaign's token, and everybody on the machine can see the
    arguments of a process: read secrets from a FILE.

    A job is written as one line of JSON, a URL as it is. Refused SOURCEs are listed on stderr. With
    --output-format json or ndjson everything is on stdout, one object for each SOURCE. The exit
    status is 1 if any SOURCE is refused.
    """
    texts = list(_texts(sources, outcome))
    jobs = sum(text.is_job for text in texts)
    if idempotence_key is not None and jobs > 1:
        raise click.UsageError("One --idempotence-key is for one job: the others would be ignored.")
    if jobs:
        if host is None:
            raise click.UsageError(
                "A job becomes a URL with --host, such as https://app.jaicp.com."
            )
        options |= {"host": host, "idempotence_key": idempotence_key}
        options["token"] = _token(token_file, "-" in sources)
    verdicts = (
        _verdict(text, lambda job: {"url": predial.job_to_url(job, **options)}, outcome)
        for text in texts
    )
    if output_format == "json":
        say_json(list(verdicts), indent=2)
        return
    for verdict in verdicts:
        say_json(verdict) if output_format == "ndjson" else _show(verdict)


def _texts(sources: tuple[str, ...], outcome: Outcome) -> Iterator[Text]:
    for number, source in enumerate(sources, start=1):
        argument = Text(source, f"argument {number}")
        if argument.is_job or "://" in source:
            yield argument
            continue
        try:
            content = stdin().read() if source == "-" else Path(source).read_bytes()
        except (OSError, ValueError) as error:
            # Without the name: it may be a URL that lacks its scheme, and hold the token.
            why = f"not a URL, a job or a FILE: {_reason(error)}"
            outcome.fail(why, about=argument.source)
            continue
        yield from _in_file(content.decode("utf-8", "surrogateescape"), shown_name(source))


def _reason(error: OSError | ValueError) -> str:
    """Why a file can't be opened, without its name."""
    return (error.strerror if isinstance(error, OSError) else None) or "not the name of a file"


def _in_file(content: str, name: str) -> Iterator[Text]:
    whole = Text(content, name)
    if whole.is_job:
        yield whole
        return
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            yield Text(line.strip(), f"{name}:{number}")


def _token(file: str | None, stdin_is_taken: bool) -> str:
    if file is not None:
        try:
            return Path(file).read_text("utf-8", "surrogateescape").strip()
        except (OSError, ValueError) as error:
            # Without the name: somebody may have given the token itself in its place.
            raise click.UsageError(f"--token-file is not a file: {_reason(error)}.") from None
    if token := os.environ.get(TOKEN):
        return token
    if not stdin_is_taken and sys.stdin is not None and sys.stdin.isatty():
        answer: str = click.prompt("The campaign's token", hide_input=True, err=True)
        return answer
    raise click.UsageError(f"The campaign's token is missing: use --token-file or set {TOKEN}.")


def _verdict(text: Text, write: Callable[[str], Verdict], outcome: Outcome) -> Verdict:
    try:
        answer = write(text.text) if text.is_job else _read(text.text)
        return {"source": text.source, "rule": None, **answer}
    except predial.RequestError as error:
        if error.field in ("host", "token"):
            raise click.UsageError(in_shell_words(str(error))) from None
        outcome.reject()
        rule = next(rule for rule in predial.rules() if rule.name == error.rule)
        return {
            "source": text.source,
            "rule": rule.name,
            "field": error.field,
            "message": str(error),
            "remedy": rule.remedy,
            "suggestion": error.suggestion,
        }


def _read(url: str) -> Verdict:
    job, warned = read_url(url)
    warnings = [
        {"rule": rule, "field": field, "message": message} for message, rule, field in warned
    ]
    return {"job": job, "warnings": warnings}


def _show(verdict: Verdict) -> None:
    """Write only the answer to stdout, so that it can be piped, and everything else to stderr."""
    if verdict["rule"] is not None:
        _say(verdict["source"], "error", verdict)
    for warning in verdict.get("warnings", ()):
        _say(verdict["source"], "warning", warning)
    if "job" in verdict:
        say_json(verdict["job"])
    elif "url" in verdict:
        say(verdict["url"])


def _say(source: str, severity: str, found: Verdict) -> None:
    what = f"{of_severity(severity)} {found['rule']}  {printable(found['message'])}"
    say(f"{printable(source)}: {what}", err=True)
