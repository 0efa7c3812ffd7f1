"""The installed tzdata package: region IDs, their TZif data, the zones of each country.

The time zone files of the system are never read, so that an answer does not depend on the machine.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def read_regions() -> list[tuple[str, bytes]]:
    """Every region ID of the installed tzdata with its TZif data."""
    import os

    import tzdata

    folder = tzdata.__path__[0]
    if not os.path.isdir(folder):
        return _read_regions_from_archive()
    with open(os.path.join(folder, "zones"), encoding="ascii") as file:
        ids = file.read().split()
    regions = []
    for zone_id in ids:
        with open(os.path.join(folder, "zoneinfo", *zone_id.split("/")), "rb") as file:
            regions.append((zone_id, file.read()))
    return regions


def _read_regions_from_archive() -> list[tuple[str, bytes]]:
    from importlib import resources

    root = resources.files("tzdata")
    ids = root.joinpath("zones").read_text(encoding="ascii").split()
    return [(zone_id, root.joinpath("zoneinfo", zone_id).read_bytes()) for zone_id in ids]


def read_zone_tab() -> str:
    """The text of the installed zone.tab: which zones each country has."""
    import os

    import tzdata

    path = os.path.join(tzdata.__path__[0], "zoneinfo", "zone.tab")
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except NotADirectoryError:
        return _read_zone_tab_from_archive()


def _read_zone_tab_from_archive() -> str:
    from importlib import resources

    return resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")


def zone_info(zone_id: str, tzif: bytes) -> ZoneInfo:
    """The ZoneInfo of a region's TZif data."""
    from io import BytesIO
    from zoneinfo import ZoneInfo

    return ZoneInfo.from_file(BytesIO(tzif), key=zone_id)
