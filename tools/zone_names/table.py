"""The table of names: what predial suggests for each, in the form that `src/zone/names.rs` reads.

The first line has the IDs of zones. Each other line has a folded name, a tab, and for each zone
that the name may mean two letters: the number of the ID in base 26. A star after the tab marks the
name of a city that an ID names: a misspelling of it is recognised. The lines are sorted by their
bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from zone_names import source
from zone_names.fold import fold

#: A city that an ID names is meant, and not another large one of its name, if it is so many times
#: larger.
FAR_LARGER = 5


def names() -> tuple[dict[str, list[str]], set[str]]:
    """The zones that each folded name means, the likeliest first, and the names of IDs' cities."""
    fixed = _gathered(((name, [zone]) for name, zone in source.windows()), {})
    fixed = _gathered(((name, [zone]) for name, zone in source.rails()), fixed)
    fixed = _gathered(_together(source.metazones()), fixed)
    of_ids = _together(source.places_of_ids())
    of_cities = _cities()
    places: dict[str, list[str]] = {}
    for name, zones in of_ids:
        others = [zone for zone in of_cities.get(name, []) if zone not in zones]
        own = max(_people(name, zone) for zone in zones)
        rivals = [zone for zone in others if _people(name, zone) > source.LARGE]
        rivals = [zone for zone in rivals if _people(name, zone) * FAR_LARGER > own]
        places[name] = zones + rivals
    for name, zones in of_cities.items():
        if name not in places:
            places[name] = zones
    of_countries: dict[str, list[str]] = {}
    for name, zones in source.countries():
        of_countries.setdefault(fold(name), zones)
    for name, zones in of_countries.items():
        known = places.setdefault(name, [])
        # The first zone of a small country is its city: `Singapore`, `Luxembourg`.
        known.extend(zone for zone in zones if zone not in known)
    return {**places, **fixed}, {name for name, _ in of_ids}


def _gathered(
    rows: Iterable[tuple[str, list[str]]], known: dict[str, list[str]]
) -> dict[str, list[str]]:
    """What is known, and after it what the rows say of other names."""
    found = dict(known)
    for name, zones in rows:
        if fold(name) not in known:
            found.setdefault(fold(name), zones)
    return found


def _together(rows: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """The zones of each folded name, in order."""
    found: dict[str, list[str]] = {}
    for name, zone in rows:
        zones = found.setdefault(fold(name), [])
        if zone not in zones:
            zones.append(zone)
    return list(found.items())


def _cities() -> dict[str, list[str]]:
    """The zones of each name that a large city has, with those of smaller cities of that name."""
    large = {name for city in source.cities() if city.people > source.LARGE for name in city.names}
    found: dict[str, list[str]] = {}
    for city in source.cities():
        for name in city.names & large:
            zones = found.setdefault(name, [])
            if city.zone not in zones:
                zones.append(city.zone)
    return found


_PEOPLE: dict[tuple[str, str], int] = {}


def _people(name: str, zone: str) -> int:
    """How many people the largest city of a name in a zone has."""
    if not _PEOPLE:
        for city in source.cities():
            for other in city.names:
                key = (other, city.zone)
                _PEOPLE[key] = max(_PEOPLE.get(key, 0), city.people)
    return _PEOPLE.get((name, zone), 0)


def build() -> str:
    """The table."""
    known, of_ids = names()
    zones = sorted({zone for some in known.values() for zone in some})
    code = {zone: chr(97 + place // 26) + chr(97 + place % 26) for place, zone in enumerate(zones)}
    lines = []
    for name, some in known.items():
        star = "*" if name in of_ids else ""
        lines.append(f"{name}\t{star}{''.join(code[zone] for zone in some)}\n")
    lines.sort(key=lambda line: line.partition("\t")[0].encode())
    return " ".join(zones) + "\n" + "".join(lines)
