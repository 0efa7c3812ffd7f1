"""The page of figures is made from the last run of the bench, and leads back to no machine."""

from __future__ import annotations

import json
import re

import figures_page


def test_the_page_is_made_from_the_figures() -> None:
    found = json.loads(figures_page.FIGURES.read_text("utf-8"))
    assert figures_page.PAGE.read_text("utf-8") == figures_page.page(found)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", found["date"])
    assert found["machine"].keys() == {"processor", "cores", "system", "python", "build", "load"}


def test_ratios_are_of_the_same_work() -> None:
    times = [
        {"name": "predial", "seconds": 2.0, "count": 1000},
        {"name": "a|peer", "seconds": 0.5, "count": 10},
    ]
    counts = [{"name": "clean", "count": 2000}, {"name": "letters", "count": 12_345}]
    machine = {"processor": "P", "cores": 2, "system": "S", "python": "3.11", "build": "checked"}
    found = {
        "date": "2026-01-31",
        "machine": machine | {"load": 3.5},
        "versions": {"predial": "0.1.0"},
        "rounds": 5,
        "sections": [
            {"title": "phones", "unit": "phone", "contenders": times},
            {"title": "instructions", "unit": "row", "counts": counts},
        ],
    }
    page = figures_page.page(found)
    assert "| predial | 2.00 s | 2.00 ms | 1.00 |" in page
    assert "| a\\|peer | 500 ms | 50.0 ms | 25.00 |" in page
    assert "| letters | 12 345 | 6.17 |" in page
    assert "busy with other work" in page
    assert "with checks, slower than a release" in page
