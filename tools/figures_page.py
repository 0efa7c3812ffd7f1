"""Write the page of figures, docs/figures.md, from the last run of `make bench`, docs/figures.json.

python tools/figures_page.py
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
FIGURES = DOCS / "figures.json"
PAGE = DOCS / "figures.md"

HEAD = """\
# Figures

predial and its peers on the same data, in the same run. Compare the ratios: they say how many times
predial's time a peer takes for the same work. Absolute times belong to the machine. Some peers do
less: one that only decodes JSON judges nothing.

`make bench` writes this page. [Measure it yourself](measure.md) says how to read and repeat it, and
[Measurements](design/measurements.md) what the figures come from.
"""


def page(found: dict[str, Any]) -> str:
    """The text of the page."""
    return "\n".join([HEAD, _circumstances(found), *map(_section, found["sections"])])


def _circumstances(found: dict[str, Any]) -> str:
    machine = found["machine"]
    load, cores = machine["load"], machine["cores"]
    busy = "" if load is None else f", load average {load} at the end"
    if load is not None and load > cores:
        busy += ": it was busy with other work, so repeat the run before you quote a figure"
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    rows = {
        "date": found["date"],
        "machine": f"{machine['processor']}, {cores} cores, {machine['system']}{busy}",
        "build": "release"
        if machine["build"] == "release"
        else "with checks, slower than a release",
        "versions": f"Python {machine['python']}, {versions}",
        "rounds": f"medians of at least {found['rounds']}, interleaved, without garbage collection",
    }
    return _table(("this run", ""), rows.items())


def _section(section: dict[str, Any]) -> str:
    unit = section["unit"]
    title = grouped(section["title"][:1].upper() + section["title"][1:])
    if "counts" in section:
        return f"## {title}\n\n" + _table(("", f"a {unit}", "ratio"), _counts(section["counts"]))
    rows = [
        (one["name"], shown(one["seconds"]), shown(one["seconds"] / one["count"]), ratio)
        for one, ratio in zip(section["contenders"], _ratios(section), strict=True)
    ]
    return f"## {title}\n\n" + _table(("", "median", f"a {unit}", "ratio"), rows)


def _counts(counts: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    first, *_ = counts
    for one in counts:
        yield one["name"], grouped(str(one["count"])), f"{one['count'] / first['count']:.2f}"


def _ratios(section: dict[str, Any]) -> Iterator[str]:
    first, *_ = section["contenders"]
    for one in section["contenders"]:
        ratio = (one["seconds"] / one["count"]) / (first["seconds"] / first["count"])
        yield f"{ratio:.2f}"


def grouped(text: str) -> str:
    """The text with the digits of its large numbers grouped by three.

    >>> grouped("200000 jobs of 2026, 33.8 MB")
    '200 000 jobs of 2026, 33.8 MB'
    """
    return re.sub(r"\d{5,}", lambda number: f"{int(number[0]):,}".replace(",", " "), text)


def shown(seconds: float) -> str:
    """A duration with three digits.

    >>> shown(1.5), shown(0.0496), shown(2.6e-8)
    ('1.50 s', '49.6 ms', '26.0 ns')
    """
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{_digits(seconds * factor)} {unit}"
    return f"{_digits(seconds * 1e9)} ns"


def _digits(number: float) -> str:
    return f"{number:.{2 if number < 10 else 1 if number < 100 else 0}f}"


def _table(head: tuple[str, ...], rows: Any) -> str:
    cells = [head, ("---",) * len(head), *rows]
    return (
        "\n".join(
            f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells
        )
        + "\n"
    )


def main() -> None:
    """The command."""
    PAGE.write_text(page(json.loads(FIGURES.read_text("utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
