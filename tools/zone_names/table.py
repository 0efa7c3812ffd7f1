"""The table of names: what predial suggests for each, in the form that `src/zone/names.rs` reads.

The first line has the IDs of zones. Each other line has a folded name, a tab, and for each zone
that the name may mean two letters: the number of the ID in base 26. A star after the tab marks the
name of a city that an ID names: a misspelling of it is recognised. A name without zones is that of
a place which is nothing to suggest, and no misspelling of another one. The lines are sorted by
their bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from zone_names import source
from zone_names.fold import fold

#: A city that an ID names is meant, and not another one of its name, if it is so many times
#: larger. The same for a city and another one with a name that is one letter away: `Odessa`.
FAR_LARGER = 10
#: Any other city is meant if it is so many times larger than a small place of its name.
MUCH_LARGER = 20
#: A shorter name has too many others one letter away.
LONG_ENOUGH = 6


def names() -> tuple[dict[str, list[str]], set[str]]:
    """The zones that each folded name means, the likeliest first, and the names of IDs' cities."""
    fixed = _gathered(((name, [zone]) for name, zone in source.windows()), {})
    fixed = _gathered(((name, [zone]) for name, zone in source.rails()), fixed)
    fixed = _gathered(_together(source.metazones()), fixed)
    of_ids = _together(source.places_of_ids())
    places: dict[str, list[str]] = {}
    for name, zones in of_ids:
        own = max(_people(name, zone) for zone in zones)
        rivals = [zone for zone in _rivals(name, own) if zone not in zones]
        places[name] = zones + rivals
    for name, zones in _cities().items():
        if name not in places:
            places[name] = zones
    of_countries: dict[str, list[str]] = {}
    for name, zones in source.countries():
        of_countries.setdefault(fold(name), zones)
    for name, zones in of_countries.items():
        known = places.setdefault(name, [])
        # The first zone of a small country is its city: `Singapore`, `Luxembourg`.
        known.extend(zone for zone in zones if zone not in known)
    for name, zones in _together(source.zone_words()):
        # `Moskova Saati` is found by the name of its place.
        if name not in fixed and name.removesuffix(" time") not in places:
            places[name] = zones
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


@cache
def _bearers() -> dict[str, list[tuple[source.City, bool]]]:
    """The places of each name, the largest first, and whether each is called so today."""
    found: dict[str, list[tuple[source.City, bool]]] = {}
    for city in source.places():
        for name in city.names:
            found.setdefault(name, []).append((city, True))
        for name in city.others:
            found.setdefault(name, []).append((city, False))
    return found


def _rivals(name: str, own: int) -> list[str]:
    """The zones of the cities that may be meant instead of a city of an ID with so many people."""
    found = []
    for city, is_called in _bearers().get(name, ()):
        is_like = is_called and city.people > source.MIDDLE and city.people * FAR_LARGER > own
        if city.people > own or is_like:
            found.append(city.zone)
    return list(dict.fromkeys(found))


def _cities() -> dict[str, list[str]]:
    """The zones of each name that a large city has, with those of other places that may be it."""
    large: dict[str, int] = {}
    for city in source.cities():
        for name in city.names:
            if city.people > source.LARGE:
                large.setdefault(name, city.people)
    found: dict[str, list[str]] = {}
    for name, people in large.items():
        zones = [
            city.zone
            for city, is_called in _bearers()[name]
            if (is_called and (city.people > source.MIDDLE or city.people * MUCH_LARGER > people))
            or city.people > people
        ]
        zones += source.states().get(name, [])
        zones += (city.zone for city in _one_letter_away(name) if city.people > people * FAR_LARGER)
        found[name] = list(dict.fromkeys(zones))
    return found


def _shorter(name: str) -> Iterable[str]:
    """A name, and the same without one of its letters."""
    yield name
    for place in range(len(name)):
        yield name[:place] + name[place + 1 :]


@cache
def _large_by_shorter() -> dict[str, list[tuple[str, source.City]]]:
    found: dict[str, list[tuple[str, source.City]]] = {}
    for city in source.cities():
        if city.people > source.LARGE * FAR_LARGER:
            for name in city.names:
                for shorter in _shorter(name):
                    found.setdefault(shorter, []).append((name, city))
    return found


def _one_letter_away(name: str) -> list[source.City]:
    """The large cities whose names are one edit away."""
    if len(name) < LONG_ENOUGH:
        return []
    near = [pair for shorter in _shorter(name) for pair in _large_by_shorter().get(shorter, ())]
    return [city for other, city in near if other != name and _is_one_edit(name, other)]


def _is_one_edit(a: str, b: str) -> bool:
    """Whether one insertion, deletion, replacement or exchange of neighbours is between them."""
    start = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    start = min(len(a), len(b)) if start is None else start
    a, b = a[start:], b[start:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return (len(a) <= 1 and len(b) <= 1) or (len(a) == len(b) == 2 and a == b[::-1])


def not_misspelt(known: dict[str, list[str]], of_ids: set[str]) -> set[str]:
    """The names of places that look like a misspelt name of another one: `Skokie`, not Skopje."""
    by_shorter: dict[str, set[str]] = {}
    for name in of_ids:
        for shorter in _shorter(name):
            by_shorter.setdefault(shorter, set()).add(name)
    found = set()
    for name, bearers in _bearers().items():
        if len(name) < LONG_ENOUGH or name in known:
            continue
        near = {other for shorter in _shorter(name) for other in by_shorter.get(shorter, ())}
        near = {other for other in near if _is_one_edit(name, other)}
        zones = {zone for other in near for zone in known[other]}
        if any(zones - {city.zone} for city, _ in bearers):
            found.add(name)
    return found


@cache
def _people_of() -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for name, bearers in _bearers().items():
        for city, _ in bearers:
            found.setdefault((name, city.zone), city.people)
    return found


def _people(name: str, zone: str) -> int:
    """How many people the largest city of a name in a zone has."""
    return _people_of().get((name, zone), 0)


def build() -> str:
    """The table."""
    known, of_ids = names()
    zones = sorted({zone for some in known.values() for zone in some})
    code = {zone: chr(97 + place // 26) + chr(97 + place % 26) for place, zone in enumerate(zones)}
    lines = [f"{name}\t\n" for name in not_misspelt(known, of_ids)]
    for name, some in known.items():
        star = "*" if name in of_ids else ""
        lines.append(f"{name}\t{star}{''.join(code[zone] for zone in some)}\n")
    lines.sort(key=lambda line: line.partition("\t")[0].encode())
    return " ".join(zones) + "\n" + "".join(lines)
