"""predial: the pre-validator and normaliser for voice-campaign call jobs."""

from predial._core import (
    Column,
    Zone,
    __version__,
    check_zones,
    is_zone,
    normalize_zone,
    parse_zone,
)
from predial._errors import PhoneError, ZoneError

__all__ = [
    "Column",
    "PhoneError",
    "Zone",
    "ZoneError",
    "__version__",
    "check_zones",
    "is_zone",
    "normalize_zone",
    "parse_zone",
]
