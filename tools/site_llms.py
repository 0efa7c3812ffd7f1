"""Write `llms.txt` beside the built site: every page with its title and what it is about.

python tools/site_llms.py mkdocs.yml

The form is that of https://llmstxt.org: a title, a summary, and a list of links for each section.
`llms-full.txt` has the pages themselves.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def main(config_file: Path) -> None:
    """Write both files into the site that the configuration names."""
    config = yaml.safe_load(config_file.read_text(encoding="utf-8"))
    docs, site = config_file.parent / config["docs_dir"], config_file.parent / config["site_dir"]
    lines = [f"# {config['site_name']}", "", f"> {config['site_description']}"]
    whole = []
    for title, below in sections(config["nav"]):
        lines += ["", f"## {title}", ""]
        for page in pages(below):
            text = (docs / page).read_text(encoding="utf-8")
            address = page.removesuffix(".md") + ".html"
            lines.append(f"- [{title_of(text)}]({address}): {summary_of(text)}")
            whole.append(text.strip())
    (site / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (site / "llms-full.txt").write_text("\n\n".join(whole) + "\n", encoding="utf-8")


def sections(nav: list[Any]) -> Iterator[tuple[str, Any]]:
    """The entries of the navigation that have a title."""
    for entry in nav:
        if isinstance(entry, dict):
            yield from entry.items()


def pages(below: Any) -> Iterator[str]:
    """The pages below an entry, in their order."""
    if isinstance(below, str):
        yield below
    elif isinstance(below, dict):
        for value in below.values():
            yield from pages(value)
    else:
        for entry in below:
            yield from pages(entry)


def title_of(text: str) -> str:
    """The first heading."""
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    assert heading is not None, "a page has a title"
    return heading[1]


def summary_of(text: str) -> str:
    """The first sentence that is prose.

    >>> page = "# A page\\n\\n```sh\\nls\\n\\nout\\n```\\n\\n- a list\\n\\n"
    >>> summary_of(page + "`x.csv` is [a](b.md) list. It is short.")
    '`x.csv` is a list.'
    """
    without_code = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    for paragraph in re.split(r"\n\s*\n", without_code):
        line = " ".join(paragraph.split())
        if line and not re.match(r"[#:|<!]|[-*] |\d+\. ", line):
            plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", line)
            return re.split(r"(?<=[.:])\s", plain)[0]
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
