"""predial: the pre-validator and normaliser for voice-campaign call jobs."""

from predial._core import (
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
