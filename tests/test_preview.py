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
from zoneinfo import available_timezones

import jsonschema
import phonenumbers
import pytest
from axe_playwright_python.sync_playwright import Axe

import browser
import predial
from predial._batch import prepare_and_forecast
from predial.cli.shell_words import in_shell_words
from predial.preview import figures, page
from predial.preview.figures import masked
from predial.preview.page import _template
from predial.preview.words import WORDS

NOW = "2026-03-02T09:00Z"
MESSY: list[dict[str, Any]] = [
    {"phone": "79123456789", "gmtZone": "+03:00"},
    {"phone": "+7 (912) 345-67-80", "gmtZone": "utc +3"},
    {"phone": "7.912E+10", "gmtZone": "MSK"},
    {"phone": "79123456789"},
    {"phone": "Anna <b>+7 912 345-67-81</b>", "payload": {"a": 1}},
]
#: The longest IDs of zones.
LONG_ZONES = sorted(available_timezones(), key=len)[-3:]
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

    VOID = frozenset({"meta", "rect", "line", "wbr"})

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
            self.text += f"{data}\n"


def words_of(html: str) -> str:
    return " ".join(Tags(html).text.split())


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "3 of 5 jobs can be sent (60.0 %). 2 will not be sent."),
        ("ru", "Можно отправить 3 из 5 заданий (60,0 %). Не будет отправлено: 2."),
    ],
)
def test_the_page_begins_with_the_decision(lang: str, sentence: str) -> None:
    jobs = [*MESSY[:3], {"phone": "79123456782"}, {"phone": "7.9E+10"}]
    assert sentence in words_of(page(shown(jobs), lang))


def test_each_rule_has_its_examples_and_its_remedy() -> None:
    text = words_of(page(shown(MESSY)))
    for rule in ("phone-scientific", "zone-abbreviation", "phone-duplicate", "phone-format"):
        assert rule in text
    assert "What to do: export the column as text." in text
    assert "7.912E+10" in text


@pytest.mark.parametrize("lang", WORDS)
def test_what_a_list_holds_is_text_on_the_page(lang: str) -> None:
    jobs = [{"phone": text, "gmtZone": text, text: 1} for text in HOSTILE]
    report = predial.check(jobs)
    html = page(figures(report, name=HOSTILE[0], show_phones=True), lang)
    tags = Tags(html)
    assert not tags.seen & {"script", "img", "b", "link", "iframe"}
    links = [value for name, value in tags.attributes if name == "href"]
    assert links
    assert all(re.fullmatch("#[a-z-]+", link or "") for link in links)
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    assert not re.search(
        r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", html
    )
    assert "<script>alert(1)</script>" in tags.text


def test_the_page_needs_nothing_else() -> None:
    html = page(shown(MESSY))
    assert not re.findall(r"https?:|url\(|@import|src=|<link", html)
    assert "default-src 'none'" in html


def test_the_page_is_small_for_any_list() -> None:
    long = "\N{RIGHT-TO-LEFT OVERRIDE}<&" * 700
    jobs: list[Any] = [job for rule in predial.rules() for job in [_fragment(rule.before)] * 4]
    jobs += [{"phone": long, "gmtZone": long, f"{long}{i}": long} for i in range(2000)]
    found = shown(jobs)
    assert len(found["rules"]) > 60
    for rule in found["rules"]:
        rule["examples"] = [
            {"row": 0, "line": None, "field": None, "message": "", "value": '"' * 120,
             "suggestion": '"' * 120}
        ] * 3  # fmt: skip
    for lang in WORDS:
        assert len(page(found, lang).encode()) <= 300_000


@pytest.mark.parametrize("of", ["phones", "zones", "countries", "keys", "columns"])
def test_the_page_is_small_for_many_different_values(of: str, tmp_path: Path) -> None:
    many = 100_000
    names = sorted(available_timezones())
    codes = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    if of == "columns":
        head = "phone," + ",".join(f"column {i}" for i in range(many))
        source: Any = f"{head}\n79123456789{',x' * many}\n".encode()
    elif of == "keys":
        source = [{"phone": f"79{i:09}", f"key {i}": i} for i in range(many)]
    else:
        rows = []
        for i in range(many):
            phone = f"79{i:09}" if of != "countries" else f"{codes[i % len(codes)]}{i:09}"
            zone = names[i % len(names)] if of == "zones" else f"zone {i}"
            rows.append(f'{{"phone": "{phone}", "gmtZone": "{zone}"}}\n')
        source = "".join(rows).encode()
    forecast = predial.forecast(source, now=_now(), statistics=True)
    found = figures(forecast.report, name=of, forecast=forecast)
    bodies = [{"name": f"{i:06}.json", "jobs": 1, "bytes": 1, "idempotence_key": "0" * 36}
              for i in range(many)]  # fmt: skip
    for lang in WORDS:
        assert len(page(found | {"bodies": bodies}, lang).encode()) <= 300_000


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

    @pytest.mark.parametrize(
        "text",
        ["flat 12", "18:00-19:00", "7.9E+10", "a 123456 b", "2026-01-31T00:00:00Z", "31.01.2026"],
    )
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


DAYTIME = {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}


def page_with_hours(source: Any, lang: str = "en") -> str:
    forecast = predial.forecast(source, now=_now(), statistics=True)
    return page(figures(forecast.report, name="x", forecast=forecast), lang)


def test_hours_are_a_chart_with_a_table_behind_it() -> None:
    jobs = [*MESSY, {"phone": "79123456784", "gmtZone": "+03:00", "allowedTime": DAYTIME}]
    forecast = predial.forecast(jobs, now=_now(), days=2, statistics=True)
    html = page(figures(forecast.report, name="x", forecast=forecast))
    assert html.count("<tr><td>2026-03-0") == len(forecast.hours)
    # One row for each day of the week.
    assert all(f'<tr><th scope="row">{day}</th>' in html for day in ("Mon", "Sun"))


@pytest.mark.parametrize("lang", WORDS)
def test_a_chart_that_would_say_nothing_is_left_out(lang: str) -> None:
    local, utc, when = (WORDS[lang][name] for name in ("local", "utc", "when"))
    # No job may ring: no charts, and no section about hours.
    for source in (b"phone\n", [{"phone": "7.9E+10"}]):
        html = page_with_hours(source, lang)
        assert local not in html
        assert utc not in html
        assert f"{when}</h2>" not in html
    # Every job may ring at any hour of its clock: only the nights in UTC say something.
    html = page_with_hours([{"phone": "79123456789"}], lang)
    assert local not in html
    assert utc in html
    # The numbers of jobs that never ring are there without charts.
    gone = {"phone": "79123456784", "finishDateTime": "2020-01-01T00:00Z"}
    html = page_with_hours([gone], lang)
    assert f"{when}</h2>" in html
    assert f'<tr><th scope="row">{WORDS[lang]["expired"]}</th><td class="n">1</td>' in html
    assert utc not in html
    assert WORDS[lang]["none_this_week"] not in html
    # Nor is a chart there if no job may ring in the next days, but the page says so.
    later = {"phone": "79123456784", "gmtZone": "+03:00", "startDateTime": "2999-01-01T00:00Z"}
    for hours, night_only in (({}, 0), ({"localTimeFrom": "23:00", "localTimeTo": "23:30"}, 1)):
        html = page_with_hours([later | hours], lang)
        assert local not in html
        assert utc not in html
        assert WORDS[lang]["none_this_week"] in html
        assert html.count(WORDS[lang]["night_only"]) == night_only


def test_an_example_is_found_by_its_line_or_by_its_row() -> None:
    jobs = [{"phone": "7.9E+10", "x": 1, "y": 1}, {"phone": "7.8E+10"}, {"phone": "7.7E+10"}]
    line, row = WORDS["en"]["line"], WORDS["en"]["row"]
    # Several unknown fields of one row are in one line.
    lines = "\n".join(map(json.dumps, jobs)).encode()
    cases: list[tuple[Any, str, int]] = [
        (lines, line, 1),
        (json.dumps(jobs, indent=1).encode(), line, 2),
        (json.dumps(jobs).encode(), row, 0),
        (jobs, row, 0),
    ]
    for source, head, first in cases:
        html = page(figures(predial.check(source), name="x"))
        assert f'<tr><th scope="col">{head}</th>' in html
        assert f"<tr><td>{first}</td>" in html


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 5, "0.0 %"), (1, 1_000_000, "< 0.1 %"), (1, 1000, "0.1 %"),
     (999_999, 1_000_000, "99.9 %"), (5, 5, "100.0 %"), (0, 0, "0.0 %")],
)  # fmt: skip
def test_a_small_share_is_not_said_to_be_larger(part: int, whole: int, text: str) -> None:
    assert WORDS["en"].percent(part, whole).replace("\N{NO-BREAK SPACE}", " ") == text
    russian = WORDS["ru"].percent(part, whole).replace("\N{NO-BREAK SPACE}", " ")
    assert russian == text.replace(".", ",")


@pytest.mark.parametrize(("jobs", "text"), [(1, "1 задания"), (2, "2 заданий"), (5, "5 заданий")])
def test_the_most_jobs_of_an_hour_are_counted_in_russian(jobs: int, text: str) -> None:
    list_of_jobs = [{"phone": f"7912345670{i}", "allowedTime": DAYTIME} for i in range(jobs)]
    said = words_of(page_with_hours(list_of_jobs, "ru"))
    assert said.count(f"Не больше {text} за час.") == 2


def test_a_name_of_a_zone_breaks_at_its_slash() -> None:
    assert "<code>Europe/<wbr>Moskow</code>" in page(
        shown([{"phone": 1, "gmtZone": "Europe/Moskow"}])
    )


def test_night_is_where_the_jobs_are() -> None:
    jobs = [
        {"phone": "79123456789", "gmtZone": "+03:00"},
        {"phone": "79123456780", "gmtZone": "+03:00"},
        {"phone": "12015550123", "gmtZone": "-05:00"},
    ]
    forecast = predial.forecast(jobs, now=_now(), statistics=True, night="21:00-07:00")
    found = figures(forecast.report, name="x", forecast=forecast)
    by_hour = {hour["begin"]: hour["night"] for hour in found["hours"]["utc"]}
    for hour in range(9, 24):
        moscow, new_york = (hour + 3) % 24, (hour - 5) % 24
        dark = [clock >= 21 or clock < 7 for clock in (moscow, moscow, new_york)]
        assert by_hour[f"2026-03-02T{hour:02}:00Z"] == round(sum(dark) / 3, 3), hour
    nights = {hour["hour"] for hour in found["hours"]["local"] if hour["night"]}
    assert nights == {21, 22, 23, 0, 1, 2, 3, 4, 5, 6}


def test_rules_are_in_the_order_of_what_they_alone_keep_back() -> None:
    found = shown(MESSY)
    alone = [rule["alone"] for rule in found["rules"] if rule["severity"] == "error"]
    assert alone == sorted(alone, reverse=True)
    assert alone[0] > 0
    text = words_of(page(found))
    first, last = found["rules"][0], found["rules"][-1]
    titles = [f"{rule['message'][0].upper()}{rule['message'][1:]}" for rule in (first, last)]
    assert text.index(titles[0]) < text.index(titles[1])
    assert "20.0 %" in text


def test_a_page_in_russian_has_no_english_clause() -> None:
    jobs: list[Any] = [_fragment(rule.before) for rule in predial.rules()]
    found = shown(jobs)
    text = words_of(page(found, "ru"))
    for rule in found["rules"]:
        assert rule["message"] not in text
        assert rule["remedy"] not in text


def test_rules_link_to_the_documentation() -> None:
    found = shown(MESSY)
    html = page(found, docs="https://docs.example.com/predial/")
    assert 'href="https://docs.example.com/predial/rules.html#phone-scientific"' in html
    assert "predial rule phone-scientific" in page(found)
    assert page(found, docs='https://x.example/"onload=1').count('"onload') == 0


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "docs", "", "//x"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="docs must be an address"):
        page(shown(MESSY), docs=address)


def test_duplicates_and_exclusions_are_counted() -> None:
    report = predial.check(MESSY, exclude=[{"phone": "79123456780"}])
    found = figures(report, name="x")
    assert found["duplicates"] == {"by": "phone", "rows": 1}
    assert found["excluded"] == 1
    text = words_of(page(found))
    assert "Rows with a phone that an earlier row has 1 20.0 %" in text
    assert "Rows with a phone of an excluded list 1 20.0 %" in text
    assert "Duplicates were not looked for" in page(shown([]) | {
        "duplicates": {"by": "allow", "rows": 0}})  # fmt: skip


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
    assert '<th scope="row">phone-scientific</th>' in html
    assert Tags(html).seen == {"div", "style", "p", "table", "thead", "tbody", "tr", "th", "td"}


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
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A page with all there can be, in each language, and one of ten million jobs."""
    folder = tmp_path_factory.mktemp("preview")
    jobs: list[Any] = [*MESSY, *({"phone": text} for text in HOSTILE)]
    jobs += [{"phone": "79123456784", "finishDateTime": "2020-01-01T00:00Z"}]
    jobs += [{"phone": f"7912345600{i}", "gmtZone": zone} for i, zone in enumerate(LONG_ZONES)]
    jobs += [{"phone": "79123456785", "gmtZone": "+03:00", "allowedTime": DAYTIME}]
    jobs += [{"phone": "79123456786", "gmtZone": "+03:00", "localTimeFrom": "23:00",
              "localTimeTo": "23:30"}]  # fmt: skip
    report, forecast = prepare_and_forecast(
        jobs, folder / "out", now=_now(), statistics=True, exclude=[{"phone": "79123456780"}]
    )
    found = figures(report, name="x" * 200, forecast=forecast, show_phones=True)
    jobs_of_a_long_list = dict.fromkeys(found["jobs"], 10_000_000)
    files = {}
    for lang in WORDS:
        for name, of in ((lang, found), (f"{lang} long", found | {"jobs": jobs_of_a_long_list})):
            file = folder / f"{name}.html"
            file.write_text(page(of, lang), "utf-8")
            files[name] = file.as_uri()
    return files


class TestInABrowser:
    """Skipped by name without a Chromium."""

    @pytest.mark.parametrize("dark", [False, True])
    @pytest.mark.parametrize("width", [360, 800, 1280])
    @pytest.mark.parametrize("lang", WORDS)
    def test_it_fits_the_screen(
        self, addresses: dict[str, str], tab: browser.Page, width: int, dark: bool, lang: str
    ) -> None:
        tab.open(addresses[lang], width, dark=dark)
        assert tab.value(BROKEN_WORDS) == []
        assert tab.value(CUT_DATES) == []
        for _ in range(2):
            assert tab.value("document.documentElement.scrollWidth") <= width
            assert tab.value(CONTRAST) >= 4.5
            found = Axe().run(tab.page)
            assert found.violations_count == 0, found.generate_report()
            tab.value("document.querySelectorAll('details').forEach(it => it.open = true)")

    @pytest.mark.parametrize("lang", WORDS)
    def test_large_numbers_fit_a_small_screen(
        self, addresses: dict[str, str], tab: browser.Page, lang: str
    ) -> None:
        tab.open(addresses[f"{lang} long"], 360)
        assert tab.value("document.documentElement.scrollWidth") <= 360
        assert tab.value(BROKEN_WORDS) == []

    def test_axe_finds_what_is_wrong(self, tab: browser.Page, tmp_path: Path) -> None:
        file = tmp_path / "bad.html"
        file.write_text("<html><img src=x><p style=color:#ccc>pale</p></html>", "utf-8")
        tab.open(file.as_uri(), 360)
        assert Axe().run(tab.page).violations_count >= 3

    def test_it_fits_on_paper(self, addresses: dict[str, str], tab: browser.Page) -> None:
        tab.open(addresses["en"], 794)  # A4 at 96 dots to the inch
        tab.print()
        assert tab.value("document.documentElement.scrollWidth") <= 794
        assert tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert tab.value(CONTRAST) >= 4.5
        assert tab.page.pdf(format="A4").startswith(b"%PDF")

    def test_it_asks_for_nothing(self, addresses: dict[str, str], tab: browser.Page) -> None:
        tab.requests.clear()
        tab.open(addresses["ru"], 800)
        assert tab.requests == [addresses["ru"]]

    def test_a_picture_of_it(self, tab: browser.Page, tmp_path: Path) -> None:
        """The pictures in docs/ are made by this test, into the directory `PREDIAL_PICTURES`."""
        folder = Path(os.environ.get("PREDIAL_PICTURES", tmp_path))
        found = picture_of_a_list(tmp_path)
        for name, lang, width, dark in PICTURES:
            file = tmp_path / f"{name}.html"
            file.write_text(page(found, lang), "utf-8")
            tab.open(file.as_uri(), width, 700, dark=dark)
            for part, selector in (("", "main"), ("-hours", "#when")):
                top = tab.value(f"document.querySelector('{selector}').getBoundingClientRect().top")
                picture = folder / f"{name}{part}.png"
                tab.screenshot(picture, top, HEIGHT)
                assert 10_000 < picture.stat().st_size < 200_000


#: How many pixels of a page are in a picture.
HEIGHT = 1100
#: The pictures in docs/: name, language, width, and whether the reader prefers dark pages.
PICTURES = [
    ("preview", "en", 1000, False),
    ("preview-tablet", "ru", 800, False),
    ("preview-phone", "ru", 360, True),
]


def picture_of_a_list(folder: Path) -> dict[str, Any]:
    """The figures of a list with some of all that a preview shows. Nobody has these phones."""
    day = {"default": [{"localTimeFrom": "10:00", "localTimeTo": "20:00"}]}
    weekdays = ["mon", "tue", "wed", "thu", "fri"]
    zones = ["Europe/Moscow"] * 5 + ["Asia/Yekaterinburg"] * 3 + ["Asia/Novosibirsk", "MSK"]
    jobs: list[dict[str, Any]] = []
    for i in range(1000):
        job = {"phone": f"7912345{i:04}", "gmtZone": zones[i % 10], "allowedTime": day}
        if i % 3:
            job["allowedDays"] = weekdays
        if i % 9 == 0:
            job["phone"] = f"8 (912) 345-{i // 100:02}-{i % 100:02}"
        if i % 25 == 1:
            job["phone"] = "7.912E+10"
        if i % 40 == 2:
            job["finishDateTime"] = "2025-12-31T21:00:00Z"
        jobs.append(job)
    jobs += jobs[5:12]
    lines = "\n".join(map(json.dumps, jobs)).encode()
    report, forecast = prepare_and_forecast(
        lines, folder / "out", now=_now(), statistics=True, run="march", max_jobs=250
    )
    found = figures(report, name="contacts.ndjson", forecast=forecast)
    for hint in found["hints"]:
        hint["option"] = in_shell_words(hint["option"])
    return found


#: The words of the page itself that are on two lines: those in heads and captions of tables.
BROKEN_WORDS = r"""(() => {
  const broken = [];
  const cells = 'thead th, caption, .parts th, .parts td, summary';
  for (const cell of document.querySelectorAll(cells)) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      for (const word of node.data.matchAll(/[^\s\/\-\u2011]+/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(it => Math.round(it.top))).size > 1)
          broken.push(word[0]);
      }
    }
  }
  return broken;
})()"""
#: The dates below the chart that have no room.
CUT_DATES = """[...document.querySelectorAll('.days > span')]
  .filter(it => it.scrollWidth > it.clientWidth).map(it => it.innerText)"""

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
  const texts = 'h1, h2, h3, p, td, th, code, span, summary, a, caption';
  return Math.min(...[...document.querySelectorAll(texts)]
    .filter(node => node.innerText.trim())
    .map(node => [light(channels(getComputedStyle(node).color)), light(behind(node))])
    .map(([text, back]) => (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05)));
})()"""
