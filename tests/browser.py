"""A headless Chromium, driven by Playwright.

It is the Chromium of the system: Playwright's own browsers are a download that no package registry
has. Without a Chromium the tests are skipped by name.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright import sync_api
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find() -> str | None:
    """The path of a Chromium."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One tab."""

    def __init__(self, page: sync_api.Page) -> None:
        self.page = page
        self.requests: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, url: str, width: int, height: int = 800, dark: bool = False) -> None:
        """Show a page in a window of this size."""
        self.page.set_viewport_size({"width": width, "height": height})
        scheme: Any = "dark" if dark else "light"
        self.page.emulate_media(media="screen", color_scheme=scheme)
        self.page.goto(url)

    def print(self) -> None:
        """Show the page as it is on paper."""
        self.page.emulate_media(media="print", color_scheme="light")

    def value(self, script: str) -> Any:
        """What an expression of JavaScript evaluates to."""
        return self.page.evaluate(script)

    def screenshot(self, file: Path, top: float = 0, height: float | None = None) -> None:
        """Write the page as a picture: the whole one, or a part of this height."""
        size = self.page.viewport_size
        assert size is not None
        whole = self.value("document.documentElement.scrollHeight")
        least = whole - top if height is None else min(height, whole - top)
        clip = sync_api.FloatRect(x=0, y=top, width=size["width"], height=least)
        self.page.screenshot(path=file, full_page=True, clip=clip)


@contextmanager
def page(program: str) -> Iterator[Page]:
    """A tab of a new browser."""
    options = ["--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=options, chromium_sandbox=False
        )
        # A page with a Content-Security-Policy takes no script, and axe-core is one.
        context = browser.new_context(bypass_csp=True)
        yield Page(context.new_page())
        browser.close()
