"""The launch preview: its page and its figures."""

from __future__ import annotations

import json
import os
import re
import sys
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import browser
import predial
from predial.preview import figures, page
from predial.preview.figures import masked
from predial.preview.page import _template
from predial.preview.words import WORDS

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "contacts.csv"
NOW = "2026-03-02T09:00Z"
MESSY: list[dict[str, Any]] = [
    {"phone": "79123456789", "gmtZone": "+03:00"},
    {"phone": "+7 (912) 345-67-80", "gmtZone": "utc +3"},
    {"phone": "7.912E+10", "gmtZone": "MSK"},
    {"phone": "79123456789"},
    {"phone": "Anna <b>+7 912 345-67-81</b>", "payload": {"a": 1}},
]
#: Texts that would do harm in a page or on a terminal.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ figures }}{% raw %}",
    "\x1b[2J\x00\x07",
    "\N{RIGHT-TO-LEFT OVERRIDE}987654321978+\N{POP DIRECTIONAL FORMATTING}",
    "</svg></table></body>",
]


def shown(jobs: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    return figures(predial.check(jobs), name="contacts.csv", **options)


class Tags(HTMLParser):
    """Checks that every tag is closed, and keeps the text and the attributes."""

    VOID = frozenset({"meta", "rect", "line"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def words_of(html: str) -> str:
    return " ".join(Tags(html).text.split())


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "3 of 5 jobs can be sent (60.0 %). 2 will not be sent."),
        ("ru", "Будет отправлено 3 из 5 заданий (60,0 %). Не будет отправлено: 2."),
    ],
)
def test_the_page_begins_with_the_decision(lang: str, sentence: str) -> None:
    jobs = [*MESSY[:3], {"phone": "79123456782"}, {"phone": "7.9E+10"}]
    assert sentence in words_of(page(shown(jobs), lang))


def test_each_rule_has_its_examples_and_its_remedy() -> None:
    text = words_of(page(shown(MESSY)))
    for rule in ("phone-scientific", "zone-abbreviation", "phone-duplicate", "phone-format"):
        assert rule in text
    assert "Export the column as text." in text
    assert "7.912E+10" in text


@pytest.mark.parametrize("lang", WORDS)
def test_what_a_list_holds_is_text_on_the_page(lang: str) -> None:
    jobs = [{"phone": text, "gmtZone": text, text: 1} for text in HOSTILE]
    report = predial.check(jobs)
    html = page(figures(report, name=HOSTILE[0], show_phones=True), lang)
    tags = Tags(html)
    assert not tags.seen & {"script", "img", "b", "a", "link", "iframe"}
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name == "href"]
    assert not re.search(
        r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", html
    )
    assert "<script>alert(1)</script>" in tags.text


def test_the_page_needs_nothing_else() -> None:
    html = page(shown(MESSY))
    assert not re.findall(r"https?:|url\(|@import|src=|<link", html)
    assert "default-src 'none'" in html


def test_the_page_is_small_for_any_list() -> None:
    long = "x" * 2000
    jobs = [rule_jobs for rule in predial.rules() for rule_jobs in [_fragment(rule.before)] * 4]
    jobs += [{"phone": long, f"{long}{i}": long} for i in range(2000)]
    assert len(page(shown(jobs)).encode()) <= 300_000


def _fragment(text: str) -> dict[str, Any]:
    try:
        job = json.loads(text)
    except ValueError:
        return {"phone": text}
    return job if isinstance(job, dict) else {"phone": text}


class TestMask:
    def test_phones_show_their_last_four_digits(self) -> None:
        assert masked("+7 912 345-67-89") == "+• ••• •••-67-89"
        assert masked("call 79123456789 or 79123456780") == "call •••••••6789 or •••••••6780"

    @pytest.mark.parametrize("text", ["flat 12", "18:00-19:00", "7.9E+10", "a 123456 b"])
    def test_other_numbers_stay(self, text: str) -> None:
        assert masked(text) == text

    def test_a_page_has_no_whole_phone(self) -> None:
        html = page(shown(MESSY))
        assert not re.search(r"\d(?:[ ().-]{0,3}\d){6,}", Tags(html).text.replace("\n", "|"))

    def test_unless_they_are_asked_for(self) -> None:
        html = page(shown(MESSY, show_phones=True))
        assert "+7 (912) 345-67-80" in Tags(html).text


class TestFigures:
    SCHEMA = json.loads(
        resources.files("predial").joinpath("schemas/preview.schema.json").read_text("utf-8")
    )

    @pytest.mark.parametrize("jobs", [[], MESSY[:1], MESSY])
    def test_they_are_as_their_schema_says(self, jobs: list[dict[str, Any]]) -> None:
        forecast = predial.forecast(jobs, now=_now())
        found = figures(forecast.report, name="x", forecast=forecast)
        jsonschema.validate(json.loads(json.dumps(found)), self.SCHEMA)

    def test_they_are_those_of_the_report(self) -> None:
        report = predial.check(MESSY)
        found = figures(report, name="x")
        assert found["jobs"]["total"] == report.total == 5
        assert {rule["rule"]: rule["times"] for rule in found["rules"]} == report.counts
        assert {rule["rule"]: rule["alone"] for rule in found["rules"] if rule["alone"]} == dict(
            report.alone
        )

    def test_the_schema_is_strict(self) -> None:
        found = shown(MESSY) | {"more": 1}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(found, self.SCHEMA)


def _now() -> Any:
    from datetime import datetime

    return datetime.fromisoformat(NOW)


def test_hours_are_a_chart_with_a_table_behind_it() -> None:
    forecast = predial.forecast(MESSY, now=_now(), days=2)
    html = page(figures(forecast.report, name="x", forecast=forecast))
    assert html.count("<tr><td>2026-03-0") == len(forecast.hours)


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="lang must be one of 'en', 'ru'"):
        page(shown(MESSY), "de")


def test_a_report_writes_its_page() -> None:
    report = predial.check(MESSY)
    assert report.to_html(name="x", lang="ru") == page(figures(report, name="x"), "ru")
    with pytest.raises(ValueError, match="lang must be one of"):
        report.to_html(lang="de")


def test_without_jinja2_the_command_to_type_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _template.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match=re.escape("pip install 'predial[report]'")):
        predial.check(MESSY).to_html()


def test_a_notebook_shows_a_table() -> None:
    html = predial.check(MESSY)._repr_html_()
    assert "<td>phone-scientific</td><td>1</td>" in html
    assert Tags(html).seen == {"p", "table", "tr", "th", "td"}


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1 задание"), (3, "3 задания"), (11, "11 заданий"), (121, "121 задание")],
)
def test_russian_counts(number: int, text: str) -> None:
    assert WORDS["ru"].count(number, "job").replace("\N{NO-BREAK SPACE}", " ") == text


def test_both_languages_have_the_same_texts() -> None:
    english, russian = WORDS["en"].texts, WORDS["ru"].texts
    assert english.keys() == russian.keys()
    for name, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", russian[name])), name


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("preview") / "preview.html"
    jobs = [*MESSY, *({"phone": text} for text in HOSTILE)]
    forecast = predial.forecast(jobs, now=_now())
    html = forecast.report.to_html(name="x" * 200, forecast=forecast, show_phones=True)
    file.write_text(html, "utf-8")
    return file.as_uri()


class TestInABrowser:
    """Skipped by name without a Chromium."""

    @pytest.mark.parametrize("dark", [False, True])
    @pytest.mark.parametrize("width", [360, 800, 1280])
    def test_it_fits_the_screen(
        self, address: str, tab: browser.Page, width: int, dark: bool
    ) -> None:
        tab.open(address, width, dark=dark)
        tab.value("document.querySelectorAll('details').forEach(it => it.open = true)")
        assert tab.value("document.documentElement.scrollWidth") <= width
        assert tab.value(CONTRAST) >= 4.5

    def test_it_asks_for_nothing(self, address: str, tab: browser.Page) -> None:
        tab.requests.clear()
        tab.open(address, 800)
        assert tab.requests == [address]

    def test_a_picture_of_it(self, tab: browser.Page, tmp_path: Path) -> None:
        """The pictures in docs/ are made by this test, into the directory `PREDIAL_PICTURES`."""
        folder = Path(os.environ.get("PREDIAL_PICTURES", tmp_path))
        forecast = predial.forecast(EXAMPLE, region="RU", now=_now())
        page = tmp_path / "preview.html"
        html = forecast.report.to_html(name=EXAMPLE.name, forecast=forecast)
        page.write_text(html, "utf-8")
        for name, width, dark in [("preview.png", 800, False), ("preview-phone.png", 360, True)]:
            tab.open(page.as_uri(), width, 700, dark=dark)
            tab.screenshot(folder / name)
            assert (folder / name).stat().st_size > 10_000


#: The least contrast (WCAG 2) of a text with the background of the page, with an opaque one of its
#: own where it has it.
CONTRAST = """(() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = node => {
    for (; node; node = node.parentElement) {
      const found = channels(getComputedStyle(node).backgroundColor);
      if (found.length < 4 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  return Math.min(...[...document.querySelectorAll('h1, h2, h3, p, td, th, code, span, summary')]
    .filter(node => node.innerText.trim())
    .map(node => [light(channels(getComputedStyle(node).color)), light(behind(node))])
    .map(([text, back]) => (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05)));
})()"""
