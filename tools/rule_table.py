"""Write the table of rules into a Markdown file, between its two markers.

python tools/rule_table.py README.md            write it
python tools/rule_table.py --check README.md    end with status 1 if it is another one
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import predial

BEGIN = "<!-- rules:begin -->"
END = "<!-- rules:end -->"


def table() -> str:
    """The rules that predial knows, as a Markdown table."""
    head = ("rule", "severity", "what is wrong", "what to do", "the service's type")
    rows = [
        (f"`{rule.name}`", rule.severity, rule.message, rule.remedy, _code(rule.service_type))
        for rule in predial.rules()
    ]
    return "\n".join(_line(cells) for cells in (head, ("---",) * len(head), *rows))


def with_table(text: str) -> str:
    """The Markdown text with the table between its markers."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the text has no markers {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _line(cells: tuple[str, ...]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _code(text: str | None) -> str:
    return "" if text is None else f"`{text}`"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Write the table of rules into a Markdown file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true", help="only compare")
    arguments = parser.parse_args()
    file: Path = arguments.file
    text = file.read_text(encoding="utf-8")
    wanted = with_table(text)
    if arguments.check:
        return int(text != wanted)
    file.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
