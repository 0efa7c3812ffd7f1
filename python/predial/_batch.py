"""Batches: which sources there are, and how they are opened. The core does all checks."""

from __future__ import annotations

import os
from contextvars import ContextVar

from predial import _core
from predial._arguments import aware, wrong_type
from predial._errors import SourceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from os import PathLike
    from typing import Any, Literal, TypeAlias, TypeVar

    from predial._core import CheckedTable, Report
    from predial._forecast import Forecast
    from predial._ringing import Campaign
    from predial.types import Progress, Source, Table

    Bytes: TypeAlias = bytes | bytearray | memoryview
    Answer = TypeVar("Answer")


__all__ = ["check", "check_table", "clean", "forecast", "prepare"]

#: The bytes with which Parquet files, Arrow files and Arrow streams begin.
_COLUMNAR = (b"PAR1", b"ARROW1\0\0", b"\xff\xff\xff\xff")
_BEGINNING = 8

#: Sources that the core reads itself: objects with Arrow's interface, tables and files that
#: `_columnar` has opened, and binary files.
_READABLE = (
    "__arrow_c_stream__",
    "__arrow_c_array__",
    "predial_batch_schema",
    "predial_damage",
    "read",
)


def check(
    source: Source,
    *,
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
    statistics: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Check every job of a list, and write no files.

    ``source`` is a path, bytes, a binary file, a data frame or an iterable of dicts. It holds a
    JSON array of call jobs, newline-delimited JSON, a table (CSV or TSV with any delimiter, a sheet
    of an XLSX, XLS, XLSB or ODS workbook, a table of an HTML page, Parquet or Arrow IPC, which need
    pyarrow), or the reject file of an
    earlier run. See ``check_table`` for how the rows of a data frame are read. Text may be
    compressed with gzip or zstd, and in another encoding than UTF-8.

    The format is detected by the content. ``input_format``, ``encoding`` (a label such as
    ``"windows-1251"``), ``sheet`` (default: the first with a column of phones) and ``delimiter``
    set what was detected wrongly. ``report.input`` shows what was found.

    The columns of a table are found by their headers and by what their cells are. ``map`` says
    otherwise: a column is named by its header or its place (``{"phone": "Mobile"}``, ``"#3"``), and
    of several the first with a value is taken (``{"phone": ["Mobile", "Phone"]}``). ``map`` also
    has ``region`` and ``callingCode``, for columns that say where the phone of a row is dialled.
    ``header=False``: the list has no header; ``header_row``: the line of the header. ``payload``
    has the columns that go into payload (default: all that are not a field), and ``drop_empty``
    leaves empty cells out of it. ``report.mapping`` shows what each column became. For any list,
    ``set`` has fields for the jobs that do not have them (``{"maxAttempts": 3}``).

    ``region`` (ISO 3166-1 alpha-2) also reads phones as they are dialled in that country,
    ``prefer`` chooses if a phone has two readings, and ``level`` says what a phone must be; see
    ``normalize_phone``. ``repair`` rewrites values that can only mean one thing, else their jobs
    are rejected; ``"suggested"`` also sends a job with what is suggested for its phone, zone and
    policy, as a repair of the severity ``suggested``. ``severity`` makes warnings errors or
    ignores them (``{"phone-costly": "error"}``); other rules cannot be changed. ``canonical``
    rewrites every phone and zone in its normal form.

    ``campaign`` is the call policy for jobs without their own: a dict, JSON text or the path of a
    JSON file. ``night`` has the hours of local time in which calls are warned about. ``zones``
    says what texts of the list mean as zones (``{"МСК": "Europe/Moscow"}``). ``multiple="first"``
    sends a job whose phone field has several numbers with the first that is valid, and ``"each"``
    makes a job of each number: ``part`` says which one of its row a job is. ``duplicates``
    says what counts as a duplicate: the same phone, the same job, or nothing. ``now`` is the
    instant at which zones are compared and jobs have ended (default: the present).

    ``exclude`` is a list of phones that are not to be called, or a list or tuple of them: any
    source, the directory of an earlier ``prepare``, whose jobs may have been sent, or a journal of
    ``send`` (``sending.ndjson``), whose created jobs are meant. Only their phones are used, and
    ``region`` and ``prefer`` say how they are read. Their jobs are rejected (``phone-excluded``).
    A list that can't be read is a ``ValueError`` before the first row.

    ``threads`` is the number of threads that check jobs (default: one for each core); the answer
    does not depend on it. ``max_row_bytes`` is the longest row that is read, as a number of bytes
    or a size such as ``"64 MiB"``: a longer line or record is rejected (``job-too-large``), and a
    JSON array ends at a longer job. ``max_diagnostics`` limits the diagnostics that the report
    keeps: errors go before suggested fixes, warnings and repairs. ``statistics`` counts the jobs
    that can be sent by country, type of number, zone and local hour: ``report.statistics``.
    ``progress`` is called about every 50 ms with the rows read, the byte that they reach to, and
    the rows rejected so far; duplicates are looked for, and counted, from time to time.

    Jobs with faults are in the report and raise nothing. Raises ``SourceError`` if the source can't
    be read to its end: broken JSON (RFC 8259) around the jobs of an array, damaged compression, a
    damaged workbook, a cut file, or a row that takes more memory than there is; its ``report`` has
    what was read before. Raises ``ListError`` (a ``ValueError``) if no column of a table is surely
    the phone, ``ValueError`` if the options don't fit the source, such as two columns for one
    field, and ``OSError`` for a file that can't be opened.

    >>> import predial
    >>> report = predial.check(b'[{"phone": 79110000000}, {"phone": "7.911E+10"}]')
    >>> report.clean, report.rejected, report.counts
    (1, 1, {'phone-scientific': 1})
    >>> predial.check([{"phone": "+7 (911) 000-00-00"}]).repaired
    1
    """
    options = _options(locals())

    def work(opened: object, named: str) -> tuple[Report, _core.Failure | None]:
        return _core.check_batch(opened, named, options, progress)

    return _with_source(source, work, input_format is None)


def check_table(
    table: Table,
    phone: str | None = None,
    gmt_zone: str | None = None,
    *,
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
    map: Mapping[str, str | Sequence[str]] | None = None,
    payload: Sequence[str] | None = None,
    set: Mapping[str, Any] | None = None,
    max_row_bytes: int | str = "64 MiB",
    max_diagnostics: int = 10_000,
    statistics: bool = False,
    progress: Progress | None = None,
) -> CheckedTable:
    """Check every job of a data frame, and return the frame with the verdicts.

    ``table`` is an object that exports Arrow's PyCapsule interface: a frame of Polars or pandas, a
    table of pyarrow, a relation of DuckDB. ``phone`` and ``gmt_zone`` are the names of its columns,
    if they are not such as ``phone``, ``gmtZone`` or ``телефон``; ``map`` names those of other
    fields. A row is the job ``{"phone": ..., "gmtZone": ...}`` with the values of its columns; null
    means that the field is absent. Columns that are not a field are payload. A text in a column
    ``payload``, ``allowedDays``, ``allowedTime`` or ``externalCheck`` may be JSON. See ``check``
    for the other options.

    The answer exports the same interface: ``polars.DataFrame(answer)``. It has the columns of the
    table, and ``predial``: a struct of ``rule`` (the rule for which the row is rejected, or null),
    ``message`` and ``repaired``. In rows that are not rejected, phones are digits and zones are
    normalized. Its ``report`` is what ``check`` returns.

    Raises ``TypeError`` for an object that is not a table, and ``ValueError`` if the options don't
    fit the columns.

    >>> import polars as pl, predial
    >>> jobs = pl.DataFrame({"tel": ["+7 911 000-00-00", "7.911E+10"], "gmtZone": ["+3", None]})
    >>> checked = pl.DataFrame(predial.check_table(jobs, phone="tel"))
    >>> checked.select("tel", "gmtZone", pl.col("predial").struct.field("rule")).rows()
    [('79110000000', '+03:00', None), ('7.911E+10', None, 'phone-scientific')]
    """
    options = _options(locals())
    checked, failure = _core.check_table(table, options, progress)
    if failure is not None:
        raise SourceError(*failure, checked.report)
    return checked


def forecast(
    source: Source,
    *,
    days: int = 7,
    lines: int | None = None,
    seconds_per_call: float | None = None,
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
    statistics: bool = False,
    progress: Progress | None = None,
) -> Forecast:
    """Check a list as ``check`` does, and count how many of its jobs may ring in each hour.

    The answer covers the next ``days`` from ``now``, by the hours of UTC. A job that can be sent
    counts in each hour in which it may ring for a moment: by its policy (or its ``campaign``'s), in
    its ``gmtZone``, or without one in any zone of its phone. A job without a policy may ring in
    every hour as far as the list says: the hours of the campaign's settings in the service are not
    known here, unless they are given as ``campaign``.

    With ``lines`` and ``seconds_per_call`` the answer says when the list would be through
    (``done``) and how many jobs would not be called before their last time is over (``missed``). A
    line that is free calls the first job that may ring: jobs with a policy of their own before the
    others, each in the order of the list. Every job is called once, and nothing else is called.

    See ``check`` for the other options and for errors. ``lines`` and ``seconds_per_call`` go
    together.

    >>> import predial
    >>> from datetime import datetime, UTC
    >>> day = {"default": [{"localTimeFrom": "10:00", "localTimeTo": "12:00"}]}
    >>> job = {"phone": 79110000000, "gmtZone": "+03:00", "allowedTime": day}
    >>> found = predial.forecast([job], now=datetime(2026, 3, 2, tzinfo=UTC), days=1, lines=1,
    ...                          seconds_per_call=30)
    >>> [(str(hour), jobs) for hour, jobs in found.hours if jobs]
    [('2026-03-02 07:00:00+00:00', 1), ('2026-03-02 08:00:00+00:00', 1)]
    >>> found.jobs, str(found.done), found.missed
    (1, '2026-03-02 07:00:30+00:00', 0)
    """
    from predial._forecast import Forecast, wanted

    options = _options(locals())
    asked = wanted(days, lines, seconds_per_call)
    fields: list[_core.ForecastFields] = []

    def work(opened: object, named: str) -> tuple[Report, _core.Failure | None]:
        report, failure, found = _core.forecast_batch(opened, named, options, asked, progress)
        fields.append(found)
        return report, failure

    report = _with_source(source, work, input_format is None)
    return Forecast.of(report, night, fields[0])


def prepare(
    source: Source,
    out: str | PathLike[str],
    *,
    max_jobs: int = 10_000,
    max_bytes: int | str | None = None,
    run: str | None = None,
    resume: bool = False,
    overwrite: bool = False,
    forget_sent: bool = False,
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
    statistics: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Check a list as ``check`` does, and write what can be sent to the directory ``out``.

    Writes ``bodies/000001.json`` and so on, each a whole ``addPhones`` request of at most
    ``max_jobs`` jobs and ``max_bytes`` bytes (``"5MB"`` is 5 000 000; default: no limit),
    ``rejects.ndjson``, for a table also ``rejects.csv`` in its own format or for a workbook
    ``rejects.xlsx``, and at the end ``manifest.json``. ``run`` names this loading of the list: the
    idempotence key of each body is made from it. The default is a new random name, which the
    manifest keeps.

    A run that is killed, interrupted or out of space leaves the bodies that are whole and no
    manifest. The next run into ``out`` starts over; with ``resume`` it continues after these
    bodies, and the files are the same as if nothing had happened. It needs the same source and
    options; ``run`` and ``now`` are those of the unfinished run by default. If there is no
    unfinished run, ``resume`` starts a new one. ``overwrite`` first removes the files of a finished
    run. A directory that ``send`` has sent from is refused in any case, unless ``forget_sent``:
    preparing it anew could call people twice.

    Raises ``FileExistsError`` if ``out`` has a manifest, unless ``overwrite``, or a journal of
    ``send``, unless ``forget_sent``; ``BlockingIOError`` if another run works in ``out``;
    ``ValueError`` if the source is a file of ``out`` that the run would remove, or if ``resume``
    gets another source or other options; and ``SourceError`` as ``check`` does, and then ``out``
    has neither bodies nor a manifest.

    >>> import predial, tempfile
    >>> with tempfile.TemporaryDirectory() as out:
    ...     report = predial.prepare([{"phone": "+79110000000"}, {"phone": None}], out)
    ...     open(report.bodies[0]).read()
    '[{"phone":"79110000000"}]'
    """
    report, _ = _prepared(locals(), None)
    return report


def prepare_and_forecast(
    source: Source, out: str | PathLike[str], days: int = 7, **options: Any
) -> tuple[Report, Forecast]:
    """Prepare a list as `prepare` does, and forecast its jobs on the way: a second reading of the
    bodies would take as long as the first one of the list.
    """
    from predial._forecast import Forecast

    defaults = {**(prepare.__kwdefaults__ or {}), **options}
    report, fields = _prepared({"source": source, "out": out, **defaults}, days)
    assert fields is not None
    return report, Forecast.of(report, defaults["night"], fields)


#: The arguments of `prepare` that say where and how it writes.
_OUTPUT = ("out", "max_jobs", "max_bytes", "run", "resume", "overwrite", "forget_sent")


def _prepared(
    given: Mapping[str, Any], days: int | None
) -> tuple[Report, _core.ForecastFields | None]:
    source = given["source"]
    if given["exclude"] is not None:
        from predial._exclude import lists_of, refuse_excluded_directory

        refuse_excluded_directory(given["out"], lists_of(given["exclude"]))
    options = _options(given)
    output = {
        **{name: given[name] for name in _OUTPUT},
        "source": source if _is_path(source) else _name_of(source),
        "source_id": _id_of(source),
    }
    forecasts: list[_core.ForecastFields | None] = []

    def work(opened: object, named: str) -> tuple[Report, _core.Failure | None]:
        progress = given["progress"]
        report, failure, found = _core.prepare_batch(opened, named, options, output, days, progress)
        forecasts.append(found)
        return report, failure

    report = _with_source(source, work, given["input_format"] is None)
    return report, forecasts[0]


def clean(
    source: Source,
    out: str | PathLike[str],
    *,
    keep: bool = False,
    overwrite: bool = False,
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
    statistics: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Check a list as ``check`` does, and write the list itself, cleaned, to the file ``out``.

    The file has the form of the source: CSV and TSV in their dialect and encoding, a workbook as
    XLSX (all cells as text), JSON as one job in each line, Parquet, Arrow and data frames as
    Parquet. Phones and zones are what ``prepare`` would send, and rejected rows are left out. The
    rest stays as it is, byte for byte in a text, except that blank lines and repeats of the header
    are left out.

    With ``keep`` the file has the rejected rows too. In a table three columns come first:
    ``predial_rule``, ``predial_message`` and ``predial_suggestion``; they are empty for rows that
    are not rejected. Of JSON a rejected job is a line as in ``rejects.ndjson``. A columnar source
    can't be written with ``keep``.

    The file gets its name when it is whole. Raises ``FileExistsError`` if ``out`` exists, unless
    ``overwrite``, and ``ValueError`` if it is the source or an excluded list, which ``overwrite``
    never replaces; other errors are those of ``check``. Then no file is written.

    >>> import predial, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     out = f"{folder}/clean.csv"
    ...     report = predial.clean(b"name;phone\\nAnna;8 911 000-00-00\\nX;1\\n", out, region="RU")
    ...     report.rejected, open(out).read()
    (1, 'name;phone\\nAnna;79110000000\\n')
    """
    from predial._clean import clean_table

    if not isinstance(out, (str, bytes)) and not hasattr(out, "__fspath__"):
        raise wrong_type("out", "a path", out)
    path = os.fsdecode(out)
    options = _options(locals())
    for name, flag in (("keep", keep), ("overwrite", overwrite)):
        if not isinstance(flag, bool):
            raise wrong_type(name, "True or False", flag)
    if overwrite:
        _refuse_to_replace(path, "the source", [source])
        from predial._exclude import lists_of

        _refuse_to_replace(path, "an excluded list", lists_of(exclude))
    if input_format is None and (table := _columnar_source(source)) is not None:
        return clean_table(table, path, (keep, overwrite), (options, progress))

    def work(opened: object, named: str) -> tuple[Report, _core.Failure | None]:
        return _core.clean_batch(opened, named, options, (path, keep, overwrite), progress)

    return _with_source(source, work, input_format is None)


def _refuse_to_replace(out: str, what: str, sources: Iterable[Any]) -> None:
    """Raise if a file that is read would be replaced: the rows that are left out of the cleaned
    list would be lost.
    """
    try:
        there = os.stat(out)
    except (OSError, ValueError):  # nothing that could be replaced
        return
    for source in sources:
        try:
            read = os.stat(source) if _is_path(source) else os.fstat(source.fileno())
        except (AttributeError, OSError, TypeError, ValueError):  # not a file of the system's
            continue
        if os.path.samestat(read, there):
            raise ValueError(f"{out} is {what}, which clean never replaces; choose another file")


def _columnar_source(source: Source) -> Any | None:
    """The table of a Parquet file, an Arrow file or a data frame; None for any other source."""
    table = _table_of(source)
    is_table = any(hasattr(table, name) for name in _READABLE[:-1]) or _is_lazy_frame(table)
    return table if is_table else None


def _with_source(
    source: Source,
    work: Callable[[object, str], tuple[Answer, _core.Failure | None]],
    is_detected: bool,
) -> Answer:
    """Open the source as the core takes it, and raise the error that ended it early."""
    if is_detected:
        source = _table_of(source)
    if isinstance(source, bytes):
        report, failure = work(source, "")
    elif isinstance(source, (bytearray, memoryview)):
        report, failure = work(bytes(source), "")
    elif _is_path(source):
        path: Any = source
        name = os.fsdecode(path)
        report, failure = work(name, _format_of_name(name))
    elif any(hasattr(source, name) for name in _READABLE) or _is_lazy_frame(source):
        report, failure = work(source, "")
    elif hasattr(source, "keys"):
        raise TypeError("source must be a list of jobs: put the one job into a list")
    elif not (hasattr(source, "__iter__") or hasattr(source, "__getitem__")):
        takes = "a path, bytes, a binary file, a data frame or an iterable of dicts"
        raise wrong_type("source", takes, source)
    else:
        from predial._records import chunks

        jobs: Any = source
        report, failure = work(chunks(jobs), "")
    if failure is not None:
        of_batch: Any = report
        raise SourceError(*failure, of_batch)
    return report


def _table_of(source: Source) -> Source:
    """The table in a Parquet or Arrow file; any other source unchanged."""
    beginning = _beginning(source)
    if not beginning.startswith(_COLUMNAR):
        return source
    from predial import _columnar

    path: Any = source
    table: Source = _columnar.table(os.fspath(path) if _is_path(source) else path, beginning)
    return table


def _beginning(source: Source) -> bytes:
    """The first bytes of a source that can be read again; nothing for any other source."""
    file: Any = source
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source[:_BEGINNING])
    if _is_path(source):
        if not os.path.isfile(file):
            return b""
        with open(file, "rb", buffering=0) as opened:
            return opened.read(_BEGINNING)
    seekable = getattr(source, "seekable", None)
    if seekable is None or not seekable():
        return b""
    place = file.tell()
    beginning = file.read(_BEGINNING)
    file.seek(place)
    return beginning if isinstance(beginning, bytes) else b""


def _is_lazy_frame(source: object) -> bool:
    """Whether the source is a lazy frame of Polars, which the core collects."""
    if type(source).__module__.partition(".")[0] != "polars":
        return False
    from predial import _columnar

    return _columnar.is_lazy_frame(source)


def _is_path(source: Source) -> bool:
    return isinstance(source, str) or hasattr(source, "__fspath__")


def _name_of(file: object) -> str | None:
    """The path by which a file was opened, if it says so."""
    name = getattr(file, "name", None)
    return name if isinstance(name, str) else None


def _id_of(file: object) -> tuple[int, int] | None:
    """The device and the number there of an opened file; they do not depend on its names."""
    try:
        status = os.fstat(file.fileno())  # type: ignore[attr-defined]
    except (AttributeError, OSError, TypeError, ValueError):  # no file of the system's
        return None
    return status.st_dev, status.st_ino


def _campaign(campaign: Campaign | None) -> str | None:
    if campaign is None:
        return None
    from predial._ringing import campaign_text

    return campaign_text(campaign)


def _unix_seconds(now: datetime | None) -> int | None:
    """The instant in seconds since 1970; None stays None, which means the present."""
    if now is None:
        return None
    return int(aware(now).timestamp() // 1)


def _format_of_name(name: str) -> str:
    """The format of a file by its name, for when its content does not show it; empty if unknown."""
    ending = name.lower().rpartition(".")[2]
    return {"jsonl": "ndjson", "tab": "tsv"}.get(ending, ending)


#: Whether messages name another row by the line that an editor shows, and not by its number. The
#: command line shows lines.
NAMES_LINES: ContextVar[bool] = ContextVar("NAMES_LINES", default=False)

#: Options that the core takes as they are.
_AS_GIVEN = (
    "region",
    "prefer",
    "level",
    "repair",
    "canonical",
    "night",
    "multiple",
    "duplicates",
    "threads",
    "input_format",
    "encoding",
    "sheet",
    "delimiter",
    "header",
    "header_row",
    "drop_empty",
    "max_row_bytes",
    "max_diagnostics",
    "statistics",
)


def _options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options among the arguments of a function, in the types of the core. Options that the
    function does not have are left out.
    """
    options = {name: given[name] for name in _AS_GIVEN if name in given}
    progress = given.get("progress")
    if progress is not None and not callable(progress):
        raise wrong_type("progress", "a function of three numbers, or None", progress)
    columns: dict[str, list[str]] = {}
    for argument, field in (("phone", "phone"), ("gmt_zone", "gmtZone")):
        column = given.get(argument)
        if column is not None:
            columns[field] = [_as_header(_text(argument, "the name of a column, or None", column))]
    return {
        **options,
        "now": _unix_seconds(given["now"]),
        "campaign": _campaign(given["campaign"]),
        "map": list({**_columns_by_field(given["map"]), **columns}.items()),
        "payload": _headers(given["payload"]),
        "set": _values_by_field(given["set"]),
        "severity": _severities(given.get("severity")),
        "zones": _zones(given.get("zones")),
        "exclude": _exclusions(given),
        "names_lines": NAMES_LINES.get(),
    }


def _exclusions(given: Mapping[str, Any]) -> _core.Exclusions | None:
    """The phones of the lists that the argument `exclude` names, in the core's table."""
    if given.get("exclude") is None:
        return None
    from predial._exclude import exclusions

    return exclusions(given)


def _severities(severity: Any) -> list[tuple[str, str]]:
    takes = "a dict from rule names to 'error', 'warning' or 'ignore', or None"
    return [
        (
            _text("each key of severity", "the name of a rule", rule),
            _text("severity", takes, wanted),
        )
        for rule, wanted in _items("severity", takes, severity)
    ]


def _zones(zones: Any) -> list[tuple[str, str]]:
    takes = "a dict from texts of the list to gmtZones, or None"
    return [
        (_text("each key of zones", "a text of the list", text), _text("zones", takes, zone))
        for text, zone in _items("zones", takes, zones)
    ]


def _as_header(name: str) -> str:
    """The name of a column of a data frame, which is not a place, as `map` has it."""
    return f"#{name}" if name.startswith("#") else name


def _columns_by_field(map: Any) -> dict[str, list[str]]:
    columns = {}
    for field, given in _items("map", "a dict from field names to columns, or None", map):
        _text("each key of map", "the name of a field", field)
        one = (
            [given] if isinstance(given, (str, bytes)) or not hasattr(given, "__iter__") else given
        )
        takes = "a column, or a list of columns"
        columns[field] = [_text(f"map[{field!r}]", takes, column) for column in one]
    return columns


def _headers(payload: Any) -> list[str] | None:
    takes = "a list of column headers, or None"
    if payload is None:
        return None
    if isinstance(payload, (str, bytes)) or not hasattr(payload, "__iter__"):
        raise wrong_type("payload", takes, payload)
    return [_text("each value of payload", "a column header", header) for header in payload]


def _values_by_field(values: Any) -> list[tuple[str, str]]:
    items = _items("set", "a dict from field names to values, or None", values)
    if not items:
        return []
    import json

    fields = []
    for field, value in items:
        _text("each key of set", "the name of a field", field)
        try:
            fields.append((field, json.dumps(value)))
        except (TypeError, ValueError, RecursionError) as error:
            what = f"set[{field!r}] must be a value that JSON can hold: {error}"
            raise type(error)(what) from None
    return fields


def _items(name: str, takes: str, given: Any) -> list[tuple[Any, Any]]:
    """The items of an option that is a dict; none for None."""
    if given is None:
        return []
    if not hasattr(given, "keys"):
        raise wrong_type(name, takes, given)
    return [(key, given[key]) for key in given.keys()]  # noqa: SIM118 - any mapping


def _text(name: str, takes: str, given: Any) -> str:
    if not isinstance(given, str):
        raise wrong_type(name, f"{takes}, which is a str", given)
    return given
