"""predial: the pre-validator and normaliser for voice-campaign call jobs."""

from predial._batch import check, prepare
from predial._core import (
    PLAN_VERSION,
    Body,
    Column,
    Diagnostic,
    Phone,
    Report,
    Rule,
    Zone,
    __version__,
    check_phones,
    check_zones,
    is_phone,
    is_zone,
    normalize_phone,
    normalize_zone,
    parse_phone,
    parse_zone,
    rules,
)
from predial._errors import PhoneError, SourceError, ZoneError
from predial._ringing import Window, call_windows, next_call

__all__ = [
    "PLAN_VERSION",
    "Body",
    "Column",
    "Diagnostic",
    "Phone",
    "PhoneError",
    "Report",
    "Rule",
    "SourceError",
    "Window",
    "Zone",
    "ZoneError",
    "__version__",
    "call_windows",
    "check",
    "check_phones",
    "check_zones",
    "is_phone",
    "is_zone",
    "next_call",
    "normalize_phone",
    "normalize_zone",
    "parse_phone",
    "parse_zone",
    "prepare",
    "rules",
]
