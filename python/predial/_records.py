"""Jobs that are dicts, written as the JSON texts that the core reads."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from predial._core import Record

CHUNK = 1024

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def chunks(jobs: Iterable[object]) -> Iterator[list[Record]]:
    """The jobs as records, some at a time. Errors of the iterable pass through."""
    iterator = iter(jobs)
    while chunk := [_record(job) for job in islice(iterator, CHUNK)]:
        yield chunk


def _record(job: object) -> Record:
    """A job's JSON; or what to show of the job, why it has none, and whether it is too deep."""
    try:
        text = _dumps(job)
    except RecursionError:
        return b"", "", True
    except (TypeError, ValueError) as error:
        return _shown(job), f"the job cannot be written as JSON: {error}", False
    except Exception as error:
        return _shown(job), f"the job cannot be written as JSON: {type(error).__name__}", False
    try:
        return text.encode()
    except UnicodeEncodeError:
        shown = text.encode("utf-8", "surrogatepass")
        return shown, "the job holds half of a surrogate pair, which UTF-8 can't write", False


def _shown(job: object) -> bytes:
    try:
        return repr(job).encode("utf-8", "surrogatepass")
    except Exception:
        return b""
