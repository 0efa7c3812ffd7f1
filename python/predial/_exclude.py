"""Lists of phones that are not to be called: how they are read, and kept as a file."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from predial import _core
from predial._arguments import wrong_type
from predial._batch import _beginning, _is_path, _name_of, _options, _with_source, check
from predial._errors import ListError, SourceError
from predial._printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike
    from typing import Any, Literal, TypeAlias

    from predial._core import Report
    from predial.types import Progress, Source

    Tick: TypeAlias = Callable[[int, int, int], object]

__all__ = ["BuiltExclude", "build_exclude", "exclusions", "lists_of"]

#: The bytes with which a file of `build_exclude` begins.
_BUILT = b"\x89predial"

#: The options by which lists of excluded phones are read. For all others the defaults hold.
_OF_EXCLUDED = ("region", "prefer", "max_row_bytes", "threads")

#: What a list is called that has no name.
_NUMBERED = re.compile(r"number [0-9]+")

_TAKES = "a source of check, the directory of an earlier run, or several of them"


@dataclass(frozen=True)
class BuiltExclude:
    """What ``build_exclude`` has written."""

    #: How many different phones the file has.
    phones: int
    #: How many entries of the lists are phones, repeated ones too.
    entries: int
    #: What else there is to know, such as how many entries are not phones.
    notes: tuple[str, ...]


def build_exclude(
    lists: Source | Sequence[Source],
    out: str | PathLike[str],
    *,
    region: str | None = None,
    prefer: Literal["national", "international"] | None = None,
    overwrite: bool = False,
    threads: int | None = None,
    max_row_bytes: int | str = "64 MiB",
    progress: Progress | None = None,
) -> BuiltExclude:
    """Write lists of excluded phones as one file, which ``exclude`` takes and opens at once.

    ``lists`` is what ``exclude`` takes: a source, the directory of an earlier ``prepare``, a
    journal of ``send``, a file of this function, or several of them. ``region`` and ``prefer`` say
    how their phones are read, ``max_row_bytes`` is the longest row, and ``threads`` says how many
    threads work (default: one for each core). The file has the numbers as E.164, at most 4 bytes
    for each if they are ten million or more, and a checksum. It does not depend on later options:
    ``exclude`` does not read it by its own ``region`` and ``prefer``.

    ``out`` gets its name when it is whole. ``overwrite`` replaces a file that exists.
    ``progress`` is what it is for ``check``.

    Raises ``FileExistsError`` if ``out`` exists, ``ValueError`` for a list that can't be read, and
    ``OSError`` for a file that can't be opened or written.

    >>> import predial
    >>> out = getfixture("tmp_path") / "dnc.predial"
    >>> predial.build_exclude(b"phone\\n8 911 000-00-00\\n+79110000000\\n", out, region="RU").phones
    1
    >>> predial.check([{"phone": 79110000000}], exclude=out).counts
    {'phone-excluded': 1}
    """
    if not _is_path(out):
        raise wrong_type("out", "a path", out)
    if not isinstance(overwrite, bool):
        raise wrong_type("overwrite", "True or False", overwrite)
    path = os.fsdecode(out)
    if not overwrite and os.path.lexists(path):
        raise FileExistsError(17, "the file exists; overwrite=True replaces it", path)
    if lists is None:
        raise wrong_type("lists", _TAKES, lists)
    given = {
        "region": region,
        "prefer": prefer,
        "threads": threads,
        "max_row_bytes": max_row_bytes,
        "progress": progress,
    }
    options = _reading(given)
    found = _core.Exclusions()
    _read(found, ("lists", lists), options, progress)
    phones, entries, notes = _core.write_excluded(found, path, overwrite, options)
    return BuiltExclude(phones, entries, tuple(notes))


def exclusions(given: Mapping[str, Any]) -> _core.Exclusions:
    """The phones of the lists that the argument `exclude` names, in the core's table."""
    options = _reading(given)
    found = _core.Exclusions()
    _read(found, ("exclude", given["exclude"]), options, given.get("progress"))
    _core.finish_excluded(found, options)
    return found


def lists_of(exclude: Any) -> Sequence[Any]:
    """The lists that the argument `exclude` names: one, several or none."""
    if exclude is None:
        return ()
    is_several = isinstance(exclude, (list, tuple)) and not any(
        isinstance(item, dict) for item in exclude
    )
    return exclude if is_several else [exclude]


def _reading(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options by which lists are read."""
    asked = {name: given[name] for name in (*_OF_EXCLUDED, "progress") if name in given}
    # Each number of a field with several is not to be called.
    of_all = {"duplicates": "allow", "multiple": "each"}
    options = _options({**(check.__kwdefaults__ or {}), **of_all, **asked})
    # The core refuses wrong options, before a list is blamed for them.
    _core.finish_excluded(_core.Exclusions(), options)
    return options


def _read(
    found: _core.Exclusions,
    argument: tuple[str, Any],
    options: dict[str, Any],
    progress: Progress | None,
) -> None:
    """Read the lists of excluded phones of an argument, which has a name and a value. Those of
    `lists` become one table, with the files of `build_exclude` among them; of `exclude` these are
    tables of their own.
    """
    asked, lists = argument
    # The argument of `build_exclude` has another name on the command line.
    names = "the list" if asked == "lists" else f"{asked} names"
    given = lists_of(lists)
    for number, source in enumerate([*given, *lists_of_earlier_runs(given)], 1):
        name = _name_of_list(source) or f"number {number}"
        parts = _parts_of_list(source)
        run = _run_in(source)
        phones, others = found.entries()
        steps = _Steps(progress, name, [part for part, _ in parts])
        for part, entries in parts:
            tick = steps.begin(part)

            def work(
                opened: object,
                named: str,
                name: str = name,
                entries: str = entries,
                run: _Run | None = run,
                tick: Tick | None = tick,
                sheet: str | None = None,
            ) -> tuple[Report, _core.Failure | None]:
                of_sheet = {**options, "sheet": sheet}
                listed = (name, entries, None if run is None else (run.name, run.sha256))
                return _core.read_excluded(found, opened, named, listed, of_sheet, tick)

            try:
                if entries == "file":
                    _open_built(found, part, name, asked == "lists", tick)
                else:
                    report = _with_source(part, work, True)
                    for other in _other_sheets(part, report):
                        _read_if_phones(part, partial(work, sheet=other))
            except SourceError as error:
                raise ValueError(f"{asked}: the list {name} can't be read: {error}") from error
            except ListError as error:
                # Its own message would name options, which are about the columns of the main list.
                raise ValueError(f"{names} {name}: {_no_phones(error)}") from error
            except TypeError as error:
                raise wrong_type(asked, _TAKES, source) from error
        phones_now, others_now = found.entries()
        if run is None and phones_now == phones and others_now > others:
            why = _none_is_a_phone(others_now - others, options.get("region"))
            raise ValueError(f"{names} {name}: {why}")


@dataclass(frozen=True)
class _Listed:
    """A list that a run has excluded, as its manifest names it."""

    #: The name of its file or directory, without the place.
    name: str
    #: If it is the directory of a run, the name of the run and the SHA-256 of its manifest.
    run: str | None
    sha256: str | None

    @property
    def file_name(self) -> str:
        """The name of its file; empty for a list that was not a file, which has only a number."""
        return "" if _NUMBERED.fullmatch(self.name) else self.name


@dataclass(frozen=True)
class _Run:
    """The directory of an earlier run."""

    path: str
    name: str
    #: That of its manifest: only this says that a directory is the one of a run.
    sha256: str
    #: What the run has excluded.
    lists: tuple[_Listed, ...]

    @property
    def earlier(self) -> Iterator[_Listed]:
        """The runs that it was prepared after."""
        return (one for one in self.lists if one.run is not None)

    def beside(self, listed: _Listed) -> _Run:
        """The directory of a run that this one was prepared after, if it is still beside it."""
        places = self._places(listed.name)
        found = [run for run in map(_run_in, places) if run is not None]
        for run in found:
            if run.sha256 == listed.sha256:
                return run
        here = _name_of_list(self.path)
        why = "now that of another run" if found else "no longer beside it"
        raise ValueError(
            f'exclude: the run in {here} was prepared after the run "{printable(listed.run or "")}"'
            f" in {listed.name}, and that directory is {why}{_searched(places)}; give the "
            f"directory of that run, too. {self._if_gone()}"
        )

    def file_beside(self, name: str) -> str:
        """A file of phones that the run has excluded, if it is still beside it. As a stop list
        grows from day to day, it is not compared with what it was.
        """
        places = self._places(name)
        for path in places:
            if os.path.isfile(path):
                return path
        raise ValueError(
            f"exclude: the run in {_name_of_list(self.path)} also excluded the list "
            f"{name or 'that was not a file'}, which is not beside it"
            f"{_searched(places) if name else ''}; give {'a list of that name' if name else 'it'} "
            f"with the option exclude. {self._if_gone()}"
        )

    def _places(self, name: str) -> list[str]:
        """Where something is that was beside this directory: a link to the directory may be
        elsewhere.
        """
        if not name:
            return []
        paths = (os.path.abspath(self.path), os.path.realpath(self.path))
        beside = (os.path.join(os.path.dirname(path), name) for path in paths)
        return list(dict.fromkeys(beside))

    def _if_gone(self) -> str:
        here = _name_of_list(self.path)
        return (
            f"If it is gone, give the files in {here}/bodies in place of {here}; its phones are "
            "not known then"
        )


def _run_in(source: Any) -> _Run | None:
    """The run in a directory, if it is the directory of one."""
    from predial._prepared import open_prepared

    if not (_is_path(source) and os.path.isdir(source)):
        return None
    try:
        prepared = open_prepared(source)
    except (OSError, ValueError):
        return None
    excluded = prepared.manifest["options"].get("exclude") or {"lists": []}
    lists = (
        _Listed(one["name"], one.get("run"), one.get("manifest_sha256"))
        for one in excluded["lists"]
    )
    sha256 = hashlib.sha256(prepared.manifest_bytes).hexdigest()
    return _Run(os.fsdecode(source), prepared.run, sha256, tuple(lists))


def _searched(places: Sequence[str]) -> str:
    return f" (searched: {', '.join(map(printable, places))})"


def refuse_excluded_directory(out: Any, lists: Sequence[Any]) -> None:
    """Raise if the directory `out` is that of a run whose phones are excluded: its manifest and
    bodies are all that says who was sent.
    """
    if not (_is_path(out) and os.path.isdir(out)):
        return
    for run in runs_of(lists):
        if os.path.samefile(run.path, out):
            raise ValueError(
                f"{printable(os.fsdecode(out))} is the directory of a run whose phones are "
                "excluded; its bodies and manifest alone say who they are: choose another directory"
            )


def runs_of(lists: Sequence[Any]) -> list[_Run]:
    """The runs whose directories are among the lists, and after them the runs that those were
    prepared after: a row that they rejected may get a phone that an earlier one has sent.
    """
    runs = [run for run in map(_run_in, lists) if run is not None]
    known = {run.sha256 for run in runs}
    # The list grows while it is walked.
    for run in runs:
        for listed in run.earlier:
            if listed.sha256 not in known:
                runs.append(run.beside(listed))
                known.add(runs[-1].sha256)
    return runs


def lists_of_earlier_runs(lists: Sequence[Any]) -> list[str]:
    """What the runs among the lists have excluded themselves and is not among the lists: the
    directories of earlier runs, and files. A row that was rejected may get a phone of any of them.
    """
    runs = runs_of(lists)
    given = sum(_run_in(source) is not None for source in lists)
    return [*(run.path for run in runs[given:]), *_files_of(runs, lists)]


def files_of_earlier_runs(lists: Sequence[Any]) -> list[str]:
    """The files that the runs among the lists have excluded and that are not among the lists."""
    return _files_of(runs_of(lists), lists)


def _files_of(runs: list[_Run], lists: Sequence[Any]) -> list[str]:
    known = [_name_of_list(source) or "" for source in lists if _run_in(source) is None]
    files: list[str] = []
    for run in runs:
        missing = Counter(one.file_name for one in run.lists if one.run is None) - Counter(known)
        for name in missing:
            files.append(run.file_beside(name))
            known.append(name)
    return files


def _other_sheets(part: Any, report: Report) -> list[str]:
    """The other sheets of a workbook: nobody says which of them are lists of phones, too."""
    book = report.input["workbook"]
    if book is None or not (_is_path(part) or isinstance(part, (bytes, bytearray, memoryview))):
        return []
    return [sheet["name"] for sheet in book["other_sheets"]]


def _read_if_phones(part: Any, work: Any) -> None:
    # A sheet without phones excludes nobody.
    with suppress(ListError):
        _with_source(part, work, True)


def _open_built(
    found: _core.Exclusions, source: Any, name: str, is_merged: bool, tick: Tick | None
) -> None:
    opened: Any = os.fsdecode(source) if _is_path(source) else source
    if isinstance(opened, (bytearray, memoryview)):
        opened = bytes(opened)
    try:
        _core.open_excluded(found, opened, name, is_merged, tick)
    except ValueError as error:
        raise ValueError(f"exclude: the list {name} can't be read: {error}") from error


class _Steps:
    """The progress of one list, which may have several parts."""

    def __init__(self, progress: Any, name: str, parts: list[Any]) -> None:
        begin = getattr(progress, "excluded", None)
        sizes = [_size_of(part) for part in parts]
        total = None if None in sizes else sum(size or 0 for size in sizes)
        self._tick: Tick | None = begin(name, total) if begin else None
        self._rows = self._bytes = self._last_rows = self._last_bytes = 0

    def begin(self, part: Any) -> Tick | None:
        """What is called while the next part is read."""
        self._rows += self._last_rows
        self._bytes += self._last_bytes
        self._last_rows, self._last_bytes = 0, _size_of(part) or 0
        return None if self._tick is None else self._of_part

    def _of_part(self, rows: int, offset: int, rejected: int) -> None:
        self._last_rows = rows
        if self._tick is not None:
            self._tick(self._rows + rows, self._bytes + offset, rejected)


def _size_of(part: Any) -> int | None:
    """How many bytes a part has of which the core says how far it is."""
    try:
        if not _is_path(part) or not os.path.isfile(part):
            return None
        return os.path.getsize(part)
    except (OSError, ValueError):
        return None


def _no_phones(error: ListError) -> str:
    """Why no column of an excluded list is surely its phones, and what to do."""
    headers = [f'"{printable(column.header)}"' for column in error.candidates[:3]]
    if not headers:
        return "no column of that list holds phones, so it excludes nobody; give a list of phones"
    more = len(error.candidates) - len(headers)
    likely = ", ".join(headers) + (f" and {more} more" if more else "")
    may = "may be" if len(error.candidates) == 1 else "may each be"
    return (
        f"no column of that list is surely the phone ({likely} {may}), so it is not known whom to "
        'exclude; give a file with the phones alone, or name their column "phone"'
    )


def _none_is_a_phone(entries: int, region: str | None) -> str:
    """Why a list with so many entries excludes nobody, and what to do."""
    is_one = entries == 1
    what = "its entry is not a phone" if is_one else f"none of its {entries} entries is a phone"
    remedy = f"{what}, so it excludes nobody; give a list of phones"
    if region is not None:
        return remedy
    return (
        f"{remedy}. If they are written as they are dialled in one country, name it with the "
        "option region"
    )


def _phones_as_jobs(source: Any) -> Any:
    """A collection or an iterator of jobs, with a job for each phone that is a text or a number."""
    is_other = hasattr(source, "read") or hasattr(source, "__arrow_c_stream__")
    if is_other or not isinstance(source, (Set, list, tuple, Iterator)):
        return source
    return ({"phone": it} if isinstance(it, (str, int)) else it for it in source)


def _name_of_list(source: Any) -> str | None:
    """What messages call a list: the name of its file or directory, without the place."""
    path = source if _is_path(source) else _name_of(source)
    return None if path is None else os.path.basename(os.path.normpath(os.fsdecode(path)))


def _parts_of_list(source: Any) -> list[tuple[Source, str]]:
    """What is read of a list of excluded phones, each with what it is: of the directory of an
    earlier run its bodies, and its rejects, which say whom its own excluded lists had; of a sending
    journal the jobs that were created; a file of `build_exclude`; any other source as it is.
    """
    if not (_is_path(source) and os.path.isdir(source)) and _beginning(source).startswith(_BUILT):
        return [(source, "file")]
    if not _is_path(source):
        return [(_phones_as_jobs(source), "phones")]
    if not os.path.isdir(source):
        from predial._sent import created_phones, is_journal

        path = os.fsdecode(source)
        jobs = created_phones(path) if is_journal(path) and os.path.exists(path) else None
        if jobs is None:
            return [(source, "phones")]
        return [([{"phone": phone} for phone in jobs], "bodies")]
    from predial._prepared import open_prepared

    name = _name_of_list(source)
    try:
        prepared = open_prepared(source)
    except FileNotFoundError as error:
        raise ValueError(
            f"exclude: {name} is not the directory of a finished run of prepare: it has no manifest"
        ) from error
    try:
        # Bodies that were replaced would say of people that they were not called.
        prepared.verify()
    except (OSError, ValueError) as error:
        raise ValueError(f"exclude: the list {name} can't be read: {error}") from error
    paths = (body.path for body in prepared.bodies)
    parts: list[tuple[Source, str]] = [(path, "bodies") for path in paths if path is not None]
    rejects = os.path.join(source, "rejects.ndjson")
    if os.path.exists(rejects):
        parts.append((rejects, "rejects"))
    return parts
