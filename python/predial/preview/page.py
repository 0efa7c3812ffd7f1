"""Writes the page of a preview: one file that needs no network, no script and no other file."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from predial.preview.words import WORDS, Words

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["page"]

#: How many rows of a table are shown; the last one of more is the sum of the others.
MOST_ROWS = 12


def page(figures: dict[str, Any], lang: str = "en") -> str:
    """The page for these figures, in English (`en`) or Russian (`ru`).

    Every text from the list is escaped. Raises ValueError for another language, and ImportError
    with the command to type where jinja2 is missing.
    """
    if lang not in WORDS:
        raise ValueError(f"lang must be one of {', '.join(map(repr, WORDS))}, not {lang!r}")
    words = WORDS[lang]
    return _template().render(
        figures=figures, words=words, lang=lang, charts=_charts(figures, words), number=words.number
    )


@cache
def _template() -> Template:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        message = "the preview needs jinja2: pip install 'predial[report]'"
        raise ImportError(message) from error
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    source = resources.files("predial.preview").joinpath("page.html.jinja")
    return environment.from_string(source.read_text(encoding="utf-8"))


def _charts(figures: dict[str, Any], words: Words) -> dict[str, Any]:
    """The bars of the page, with their sizes as shares of the largest."""
    hours = figures["hours"]
    return {
        "jobs": _shares(figures["jobs"]),
        "rules": _bars([(rule["rule"], rule["times"]) for rule in figures["rules"]], words),
        "places": [(words[place["of"]], _place(place, words)) for place in figures["places"]],
        "hours": None if hours is None else _columns(hours["utc"]),
    }


def _shares(jobs: dict[str, int]) -> list[tuple[str, float, int]]:
    """The parts of the one bar of all jobs: name, share in per cent, number."""
    total = jobs["total"] or 1
    parts = ("clean", "repaired", "rejected")
    return [(part, 100 * jobs[part] / total, jobs[part]) for part in parts if jobs[part]]


def _bars(counted: list[tuple[str, int]], words: Words) -> list[tuple[str, int, float]]:
    """The rows of a table with a bar each: name, number, length in per cent of the longest."""
    shown = sorted(counted, key=lambda row: -row[1])[:MOST_ROWS]
    rest = sum(number for _, number in counted) - sum(number for _, number in shown)
    if rest:
        shown.append((words["others"], rest))
    longest = max((number for _, number in shown), default=1)
    return [(name, number, 100 * number / longest) for name, number in shown]


def _place(place: dict[str, Any], words: Words) -> list[tuple[str, int, float]]:
    counted = [(row["name"], row["jobs"]) for row in place["rows"]]
    if place["of"] != "local_hours":
        return _bars(counted, words)
    # In the order of the day, and all of them.
    longest = max(jobs for _, jobs in counted)
    return [(name, jobs, 100 * jobs / longest) for name, jobs in counted]


def _columns(hours: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The hours with the height of each column in per cent of the highest."""
    highest = max((hour["jobs"] for hour in hours), default=0) or 1
    return [hour | {"height": 100 * hour["jobs"] / highest} for hour in hours]
