"""The page of the sandbox: what it shows, what it hides, and how it looks in a browser."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import browser
from predial.testing import Sandbox, sandbox
from sandbox_client import add_many, ask, path_of

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "8231.7056.1b131df1"
#: Where the pictures of docs/ are written, if this is set.
PICTURES = os.environ.get("PREDIAL_PICTURES")


def _day(start: str, end: str) -> dict[str, object]:
    return {"default": [{"localTimeFrom": start, "localTimeTo": end}]}


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with sandbox(clock=START) as box:
        jobs = [
            {"phone": f"7911{n:07}", "gmtZone": f"{n % 9:+03}:00", "payload": {"name": "Алиса"},
             "allowedTime": _day(f"{9 + n % 7:02}:00", "21:00")}
            for n in range(400)
        ]  # fmt: skip
        assert add_many(box, jobs).status == 200
        add_many(box, [{"phone": "+7"}])
        ask(box, "GET", path_of(box, "addPhone?phone=79119999999&note=<script>alert(1)</script>"))
        ask(box, "GET", path_of(box, "addPhone?phone=79119999999&note=%3Cscript%3Ealert(1)"))
        box.set_faults({"drop_after_store": {"requests": [1]}})
        with pytest.raises(Exception, match="closed"):
            add_many(box, [{"phone": "79119999998"}])
        yield box


class _Shown(HTMLParser):
    """The text that is seen before anything is opened, and all names of elements."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.elements: set[str] = set()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag not in ("meta", "link", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        is_hidden = "details" in self._open and "summary" not in self._open
        if not is_hidden and not {"style", "title"} & set(self._open):
            self.text += data


def _page(box: Sandbox) -> tuple[str, _Shown]:
    answer = ask(box, "GET", "/")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    shown = _Shown()
    shown.feed(answer.body.decode())
    return answer.body.decode(), shown


def test_personal_data_is_masked_until_it_is_opened(box: Sandbox) -> None:
    source, shown = _page(box)
    for personal in (SECRET, "79119999999", "7911", "Алиса"):
        assert personal not in shown.text
    assert "8231.7056.••••" in shown.text
    assert SECRET in source
    assert "Алиса" in source or "\\u0410" in source


def test_what_was_sent_is_text_and_no_markup(box: Sandbox) -> None:
    source, shown = _page(box)
    assert "script" not in shown.elements
    assert "<script" not in source
    assert "%3Cscript%3E" in unescape(source)


def test_the_page_loads_nothing(box: Sandbox) -> None:
    for path in ("/", "/docs"):
        source = ask(box, "GET", path).body.decode()
        assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", source)
        assert "default-src 'none'" in source


def test_the_page_counts(box: Sandbox) -> None:
    _, shown = _page(box)
    assert "jobs402" in shown.text
    assert "planned402" in shown.text
    assert "402 jobs wait" in shown.text
    assert "POST addPhones: no answer, fault drop_after_store" in shown.text
    assert "It is 2026-03-01T12:00:00Z here, and the clock is stopped" in shown.text


def test_the_chart_counts_by_local_hour(box: Sandbox) -> None:
    source, _ = _page(box)
    [chart] = re.findall(r"<svg.*?</svg>", source, re.DOTALL)
    bars = [it.text or "" for it in ElementTree.fromstring(chart).iter("title")]
    counts = dict(re.findall(r"(\d\d):00, ([\d ]+)", "\n".join(bars)))
    assert len(counts) == 24
    due = box.queue(limit=10_000)
    hours = [datetime.fromisoformat(job["localTime"]).hour for job in due]
    assert {int(hour): int(count) for hour, count in counts.items()} == {
        hour: hours.count(hour) for hour in range(24)
    }


def test_an_empty_sandbox_has_a_page() -> None:
    with sandbox(campaigns=[]) as box:
        assert "No request has come yet." in _page(box)[1].text
    with sandbox() as box:
        assert "No job waits to be called." in _page(box)[1].text


@pytest.mark.parametrize("path", ["/", "/docs"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_a_screen(box: Sandbox, tab: browser.Page, path: str, width: int) -> None:
    tab.open(box.host + path, width)
    assert tab.value("document.documentElement.scrollWidth") <= width
    tab.value("document.querySelectorAll('details').forEach(it => it.open = true)")
    assert tab.value("document.documentElement.scrollWidth") <= width
    smallest = "Math.min(...[...document.querySelectorAll('p, li, summary, code, dd, dt')]"
    assert tab.value(f"{smallest}.map(it => parseFloat(getComputedStyle(it).fontSize)))") >= 12


def test_a_click_shows_what_is_masked(box: Sandbox, tab: browser.Page) -> None:
    tab.open(f"{box.host}/", 360)
    assert SECRET not in tab.value("document.body.innerText")
    tab.value("document.querySelector('summary').click()")
    assert SECRET in tab.value("document.body.innerText")


def test_the_browser_asks_this_machine_alone(box: Sandbox, tab: browser.Page) -> None:
    tab.requests.clear()
    for path in ("/", "/docs"):
        tab.open(box.host + path, 1280)
    assert {url for url in tab.requests if not url.startswith("data:")} == {
        f"{box.host}/",
        f"{box.host}/docs",
    }


def test_a_picture_of_the_page(box: Sandbox, tab: browser.Page, tmp_path: Path) -> None:
    """The pictures in docs/ are made by this test, into the directory `PREDIAL_PICTURES`."""
    folder = Path(PICTURES).resolve() if PICTURES else tmp_path
    for name, width, height, dark in [
        ("sandbox.png", 800, 760, False),
        ("sandbox-phone.png", 360, 760, True),
    ]:
        tab.open(f"{box.host}/", width, height, dark)
        tab.screenshot(folder / name)
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    assert json.loads(json.dumps(tab.value("document.title"))) == "predial sandbox"
