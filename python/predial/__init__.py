"""predial: the pre-validator and normaliser for voice-campaign call jobs."""

from predial._core import (
    PLAN_VERSION,
    Column,
    Phone,
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
)
from predial._errors import PhoneError, ZoneError

__all__ = [
    "PLAN_VERSION",
    "Column",
    "Phone",
    "PhoneError",
    "Zone",
    "ZoneError",
    "__version__",
    "check_phones",
    "check_zones",
    "is_phone",
    "is_zone",
    "normalize_phone",
    "normalize_zone",
    "parse_phone",
    "parse_zone",
]
