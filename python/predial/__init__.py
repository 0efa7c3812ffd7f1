"""predial: the pre-validator and normaliser for voice-campaign call jobs."""

from predial import _startup  # noqa: F401  # before all that takes time

# isort: split
from predial._batch import check, check_table, clean, forecast, prepare
from predial._core import (
    PLAN_VERSION,
    ArrowArray,
    ArrowChunkedArray,
    Body,
    CheckedTable,
    Column,
    Diagnostic,
    Found,
    Hint,
    Phone,
    Report,
    Row,
    Rule,
    Stream,
    Zone,
    __version__,
    check_phones,
    check_zones,
    find_phones,
    is_phone,
    is_zone,
    normalize_phone,
    normalize_zone,
    parse_phone,
    parse_zone,
    region_of,
    rules,
    same_phone,
)
from predial._errors import (
    ListError,
    PhoneError,
    RequestError,
    RequestWarning,
    SourceError,
    ZoneError,
)
from predial._forecast import Forecast
from predial._in_memory import bodies, check_job, judge
from predial._prepared import Prepared, open_prepared
from predial._request import job_from_form, job_from_url, job_to_form, job_to_url
from predial._ringing import Window, call_windows, next_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from predial._exclude import BuiltExclude, build_exclude
    from predial._table import MappedColumn, PhoneCandidate
    from predial.sending.api import send, send_async
    from predial.sending.errors import SendError
    from predial.sending.pieces import RefusedRow
    from predial.sending.results import CreatedJob, Sent

__all__ = [
    "PLAN_VERSION",
    "ArrowArray",
    "ArrowChunkedArray",
    "Body",
    "BuiltExclude",
    "CheckedTable",
    "Column",
    "CreatedJob",
    "Diagnostic",
    "Forecast",
    "Found",
    "Hint",
    "ListError",
    "MappedColumn",
    "Phone",
    "PhoneCandidate",
    "PhoneError",
    "Prepared",
    "RefusedRow",
    "Report",
    "RequestError",
    "RequestWarning",
    "Row",
    "Rule",
    "SendError",
    "Sent",
    "SourceError",
    "Stream",
    "Window",
    "Zone",
    "ZoneError",
    "__version__",
    "bodies",
    "build_exclude",
    "call_windows",
    "check",
    "check_job",
    "check_phones",
    "check_table",
    "check_zones",
    "clean",
    "find_phones",
    "forecast",
    "is_phone",
    "is_zone",
    "job_from_form",
    "job_from_url",
    "job_to_form",
    "job_to_url",
    "judge",
    "next_call",
    "normalize_phone",
    "normalize_zone",
    "open_prepared",
    "parse_phone",
    "parse_zone",
    "prepare",
    "region_of",
    "rules",
    "same_phone",
    "send",
    "send_async",
]


#: The modules of what sends.
_OF_SENDING = {
    "CreatedJob": "results",
    "RefusedRow": "pieces",
    "SendError": "errors",
    "Sent": "results",
    "send": "api",
    "send_async": "api",
}


def __getattr__(name: str) -> object:
    """What few programs name, and what takes time to import."""
    if name in ("MappedColumn", "PhoneCandidate"):
        from predial import _table

        return getattr(_table, name)
    if name in ("BuiltExclude", "build_exclude"):
        from predial import _exclude

        return getattr(_exclude, name)
    if name in _OF_SENDING:
        from importlib import import_module

        return getattr(import_module(f"predial.sending.{_OF_SENDING[name]}"), name)
    raise AttributeError(f"module 'predial' has no attribute {name!r}")
