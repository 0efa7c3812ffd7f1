"""Write the page of the rules, docs/rules.md, from the rules that predial has.

python tools/rules_page.py            write it
python tools/rules_page.py --check    end with status 1 if it is another one
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import predial

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules.md"

HEAD = """\
# The rules

Each diagnostic names the rule that a value breaks. Names never change their meaning. `predial rule
NAME` shows a rule in the shell, `predial.rules()` has all of them in Python.

- **error**: the job is rejected.
- **repair**: the value can only mean one thing. The job is sent after the value is rewritten.
- **warning**: the job is sent unchanged, and somebody should look at it.

`make rules` writes this page from `src/rules.rs`.

"""


def page() -> str:
    """The text of the page."""
    rules = predial.rules()
    head = ("rule", "severity", "what is wrong", "what to do")
    rows = [
        (f"[`{rule.name}`](#{rule.name})", rule.severity, rule.message, rule.remedy)
        for rule in rules
    ]
    table = "\n".join(_line(cells) for cells in (head, ("---",) * len(head), *rows))
    return HEAD + table + "\n" + "".join(map(_section, rules))


def _section(rule: predial.Rule) -> str:
    """A rule with its anchor, which is its name."""
    service = ""
    if rule.service_type is not None:
        service = f" The service refuses the whole request with `{rule.service_type}`."
    return f"""
## {rule.name}

*{rule.severity}*: {_sentence(rule.message)} To correct it, {rule.remedy}.{service}

{rule.why}

| before | after |
| --- | --- |
{_line((_code(rule.before), _code(rule.after)))}
"""


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def _code(text: str) -> str:
    return f"`{text}`"


def _line(cells: tuple[str, ...]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Write the page of the rules.")
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page, if it is another")
    arguments = parser.parse_args()
    file: Path = arguments.page
    wanted = page()
    if arguments.check:
        return int(file.read_text(encoding="utf-8") != wanted)
    file.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
