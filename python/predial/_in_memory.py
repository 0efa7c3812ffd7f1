"""Lists without a directory: bodies and rows one after the other, and single jobs."""

from __future__ import annotations

from predial import _core
from predial._arguments import wrong_type
from predial._batch import _options, _with_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any, Literal

    from predial._core import Body, Row, Stream
    from predial._ringing import Campaign, Job
    from predial.types import Progress, Source

__all__ = ["bodies", "check_job", "judge"]


def bodies(
    source: Source,
    *,
    max_jobs: int = 10_000,
    max_bytes: int | str | None = None,
    run: str | None = None,
    region: str | None = None,
    prefer: Literal["national", "international"] | None = None,
    level: Literal["e164", "possible", "valid"] = "possible",
    repair: bool | Literal["sure", "suggested"] = True,
    severity: Mapping[str, Literal["error", "warning", "ignore"]] | None = None,
    canonical: bool = False,
    campaign: Campaign | None = None,
    night: str = "22:00-08:00",
    zones: Mapping[str, str] | None = None,
    multiple: Literal["first", "each"] | None = None,
    duplicates: Literal["phone", "job", "allow"] = "phone",
    exclude: Source | Sequence[Source] | None = None,
    now: datetime | None = None,
    threads: int | None = None,
    input_format: Literal[
        "json", "ndjson", "csv", "tsv", "xlsx", "xls", "xlsb", "ods", "html", "spreadsheetml"
    ]
    | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    header_row: int | None = None,
    map: Mapping[str, str | Sequence[str]] | None = None,
    payload: Sequence[str] | None = None,
    drop_empty: bool = False,
    set: Mapping[str, Any] | None = None,
    max_row_bytes: int | str = "64 MiB",
    max_diagnostics: int = 10_000,
    progress: Progress | None = None,
) -> Stream[Body]:
    """Make the request bodies of a list one after the other, and write no files.

    They are those that ``prepare`` writes with the same options: the same bytes, SHA-256 and keys.
    The list is read as the bodies are asked for, and memory holds about two of them. See ``check``
    for the source and the options, and ``prepare`` for ``max_jobs``, ``max_bytes`` and ``run``.

    The iterator's ``report`` is that of ``check`` once the last body was taken. Leave it half-way
    at will: nothing is left of it, no thread and no file. A file or an iterable is read by the
    thread that asks for the next body.

    Raises errors as ``check`` does: about the options at once, about the source with the body that
    can't be made. Bodies that were taken before a ``SourceError`` are part of a list that could not
    be read to its end.

    >>> import predial
    >>> bodies = predial.bodies([{"phone": "+79110000000"}, {"phone": None}])
    >>> [(body.content, body.rows) for body in bodies]
    [(b'[{"phone":"79110000000"}]', (0,))]
    >>> bodies.report.rejected
    1
    """
    options = _options(locals())
    output = {"max_jobs": max_jobs, "max_bytes": max_bytes, "run": run}

    def work(opened: object, named: str) -> tuple[Stream[Body], None]:
        return _core.make_bodies(opened, named, options, output, progress), None

    return _with_source(source, work, input_format is None)


def judge(
    source: Source,
    *,
    plus: Literal["refuse", "accept"] = "refuse",
    region: str | None = None,
    prefer: Literal["national", "international"] | None = None,
    level: Literal["e164", "possible", "valid"] = "possible",
    repair: bool | Literal["sure", "suggested"] = True,
    severity: Mapping[str, Literal["error", "warning", "ignore"]] | None = None,
    canonical: bool = False,
    campaign: Campaign | None = None,
    night: str = "22:00-08:00",
    zones: Mapping[str, str] | None = None,
    multiple: Literal["first", "each"] | None = None,
    duplicates: Literal["phone", "job", "allow"] = "phone",
    exclude: Source | Sequence[Source] | None = None,
    now: datetime | None = None,
    threads: int | None = None,
    input_format: Literal[
        "json", "ndjson", "csv", "tsv", "xlsx", "xls", "xlsb", "ods", "html", "spreadsheetml"
    ]
    | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    header_row: int | None = None,
    map: Mapping[str, str | Sequence[str]] | None = None,
    payload: Sequence[str] | None = None,
    drop_empty: bool = False,
    set: Mapping[str, Any] | None = None,
    max_row_bytes: int | str = "64 MiB",
    progress: Progress | None = None,
) -> Stream[Row]:
    """Check every job of a list, and return the rows one after the other, in their order.

    Each ``Row`` has its ``number``, ``standing``, ``phone``, ``zone``, ``diagnostics``, and the
    ``job`` as it would be sent. The list is read as the rows are asked for, and memory does not
    grow with it. See ``check`` for the source, the options and errors, and ``bodies`` for the
    iterator.

    ``plus="accept"`` takes a phone such as ``"+79110000000"`` as it is, with its plus, which
    otherwise is a fault that ``repair`` mends.

    >>> import predial
    >>> for row in predial.judge([{"phone": "+79110000000"}, {"phone": "79110000000"}]):
    ...     print(row.standing, row.job, [found.rule for found in row.diagnostics])
    repaired b'{"phone":"79110000000"}' ['phone-format']
    rejected None ['phone-duplicate']
    """
    options = {**_options(locals()), "plus": plus, "max_diagnostics": 0}

    def work(opened: object, named: str) -> tuple[Stream[Row], None]:
        return _core.judge_rows(opened, named, options, progress), None

    return _with_source(source, work, input_format is None)


def check_job(
    job: Job,
    *,
    plus: Literal["refuse", "accept"] = "refuse",
    region: str | None = None,
    prefer: Literal["national", "international"] | None = None,
    level: Literal["e164", "possible", "valid"] = "possible",
    repair: bool | Literal["sure", "suggested"] = True,
    severity: Mapping[str, Literal["error", "warning", "ignore"]] | None = None,
    canonical: bool = False,
    campaign: Campaign | None = None,
    night: str = "22:00-08:00",
    zones: Mapping[str, str] | None = None,
    multiple: Literal["first", "each"] | None = None,
    now: datetime | None = None,
) -> Row:
    """Check one job: a dict, or JSON text. See ``judge`` for the answer, ``check`` for the options.

    A text that is not JSON is a rejected row, as in a list.

    What the service refuses, without what predial mends or advises, is what ``repair=False`` and
    ``severity={"zone-unknown-to-jvm": "error"}`` reject.

    >>> import predial
    >>> row = predial.check_job({"phone": "+7 911 000-00-00", "gmtZone": "UTC+3"})
    >>> row.standing, row.phone, row.zone
    ('repaired', '79110000000', '+03:00')
    >>> predial.check_job('{"phone": "7.911E+10"}').diagnostics[0].rule
    'phone-scientific'
    """
    given = dict(locals())
    options = {**_defaults(), **_options({**_of_lists(), **given}), "plus": plus}
    return _core.check_one_job(_record(job), isinstance(job, str), options)


def _of_lists() -> dict[str, Any]:
    """The options that only lists have, for one job."""
    return {"map": None, "payload": None, "set": None}


def _defaults() -> dict[str, Any]:
    """The options that only lists have and the core wants."""
    return {"duplicates": "allow", "threads": 1, "max_diagnostics": 0}


def _record(job: object) -> _core.Record:
    """The job as a record of the core: JSON text, or why it has none."""
    from predial import _records

    if isinstance(job, str):
        try:
            return job.encode()
        except UnicodeEncodeError:
            shown = job.encode("utf-8", "surrogatepass")
            return shown, "the job holds half of a surrogate pair, which UTF-8 can't write", False
    if hasattr(job, "keys"):
        return _records._record(job)
    raise wrong_type("job", "a dict or JSON text", job)
