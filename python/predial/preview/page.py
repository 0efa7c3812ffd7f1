"""Writes the page of a preview: one file that needs no network, no script and no other file."""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from predial.preview.figures import DAYS
from predial.preview.words import WORDS, Words

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["page", "rules_address"]

#: How many rows of a table are shown; the last one of more is the sum of the others.
MOST_ROWS = 12
#: How many request bodies are shown.
MOST_BODIES = 50
#: A day with fewer hours in the chart has no room for its date.
LEAST_LABELLED = 12
#: How many bytes a page has at most.
MOST_BYTES = 300_000


def page(figures: dict[str, Any], lang: str = "en", docs: str | None = None) -> str:
    """The page for these figures, in English (`en`) or Russian (`ru`).

    `docs` is the address of predial's documentation; without it the page names the commands that
    show what it would link to. Every text from the list is escaped, and the page has at most
    300 000 bytes: of very many long texts fewer examples are shown. Raises ValueError for another
    language or address, and ImportError with the command to type where jinja2 is missing.
    """
    if lang not in WORDS:
        raise ValueError(f"lang must be one of {', '.join(map(repr, WORDS))}, not {lang!r}")
    words = WORDS[lang]
    rules = rules_address(docs)
    for examples in (3, 1, 0):
        text = _template().render(
            figures=figures,
            words=words,
            lang=lang,
            charts=_charts(figures, words),
            examples=examples,
            most_bodies=MOST_BODIES,
            least_labelled=LEAST_LABELLED,
            docs=rules,
        )
        if len(text.encode()) <= MOST_BYTES:
            break
    return text


def rules_address(address: str | None) -> str | None:
    """The address of the page about rules. Nothing but a page may be linked to."""
    if address is None:
        return None
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https", "file") or not (parts.netloc or parts.path):
        raise ValueError(f"docs must be an address such as https://example.com/, not {address!r}")
    return f"{address.rstrip('/')}/rules.html"


@cache
def _template() -> Template:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        message = "the preview needs jinja2: pip install 'predial[report]'"
        raise ImportError(message) from error
    # A process writes one page: to optimize the template takes longer than that saves.
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,
    )
    source = resources.files("predial.preview").joinpath("page.html.jinja")
    return environment.from_string(source.read_text(encoding="utf-8"))


def _charts(figures: dict[str, Any], words: Words) -> dict[str, Any]:
    """The bars of the page, with their sizes as shares of the largest."""
    hours = figures["hours"]
    rules = figures["rules"]
    all_are_free = hours is not None and hours["free"] == figures["jobs"]["sendable"]
    most = max((max(rule["times"], rule["alone"]) for rule in rules), default=0) or 1
    return {
        "jobs": _shares(figures["jobs"]),
        "rules": [
            (rule, 100 * rule["alone"] / most, 100 * (rule["times"] - rule["alone"]) / most)
            for rule in rules
        ],
        "places": [
            (words[place["of"]], _place(place, words))
            for place in figures["places"]
            if place["of"] != "local_hours"
        ],
        "place_of_example": _place_of_example(rules),
        "hours": None if hours is None else _columns(hours["utc"]),
        # If no job has hours of its own, all hours of all days are alike.
        "week": None if hours is None or all_are_free else _week(hours["local"]),
    }


def _place_of_example(rules: list[dict[str, Any]]) -> str:
    """What tells where an example is: `line`, unless several examples are in one line.

    A JSON array is often a single line, and lists in memory have none.
    """
    for rule in rules:
        lines, rows = ({example[of] for example in rule["examples"]} for of in ("line", "row"))
        if None in lines or len(lines) < len(rows):
            return "row"
    return "line"


def _shares(jobs: dict[str, int]) -> list[tuple[str, float, int]]:
    """The parts of the one bar of all jobs: name, share in per cent, number."""
    total = jobs["total"] or 1
    parts = ("clean", "repaired", "rejected")
    return [(part, 100 * jobs[part] / total, jobs[part]) for part in parts if jobs[part]]


def _place(place: dict[str, Any], words: Words) -> list[tuple[str, int, float]]:
    """The rows of a table with a bar each: name, number, length in per cent of the longest."""
    named = [(words.named(place["of"], row["name"]), row["jobs"]) for row in place["rows"]]
    shown = sorted(named, key=lambda row: -row[1])[:MOST_ROWS]
    rest = sum(number for _, number in named) - sum(number for _, number in shown)
    if rest:
        shown.append((words["others"], rest))
    longest = max((number for _, number in shown), default=1)
    return [(name, number, 100 * number / longest) for name, number in shown]


def _columns(hours: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The hours of UTC as columns, the stretches of night behind them, and the days below.

    None if no job may ring.
    """
    highest = max((hour["jobs"] for hour in hours), default=0)
    if highest == 0:
        return None
    columns = [hour | {"height": 100 * hour["jobs"] / highest} for hour in hours]
    days = [
        (day, len(list(same))) for day, same in groupby(hours, lambda hour: hour["begin"][5:10])
    ]
    nights = []
    at = 0
    for dark, same in groupby(hours, lambda hour: (hour["night"] or 0) >= 0.5):
        length = len(list(same))
        if dark:
            nights.append((at, length))
        at += length
    return {"columns": columns, "highest": highest, "days": days, "nights": nights}


def _week(hours: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The hours of the week as rows of cells, each with its share of the fullest hour.

    None if no job may ring.
    """
    highest = max((hour["jobs"] for hour in hours), default=0)
    if highest == 0:
        return None
    rows = [[hour["jobs"] for hour in hours if hour["day"] == day] for day in DAYS]
    night = [hour["hour"] for hour in hours if hour["night"] and hour["day"] == DAYS[0]]
    return {
        "rows": list(zip(DAYS, rows, strict=True)),
        "highest": highest,
        "night": night,
    }
