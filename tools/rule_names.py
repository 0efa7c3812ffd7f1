"""Write the names of all rules as a type, python/predial/_rule_names.py.

python tools/rule_names.py
"""

from __future__ import annotations

from pathlib import Path

import predial

FILE = Path(__file__).resolve().parent.parent / "python" / "predial" / "_rule_names.py"

HEAD = '''\
"""The names of all rules, for annotations. `make rules` writes this file from `src/rules.rs`."""

from __future__ import annotations

from typing import Literal, TypeAlias

RuleName: TypeAlias = Literal[
'''


def main() -> None:
    """The command."""
    names = "".join(f'    "{rule.name}",\n' for rule in predial.rules())
    FILE.write_text(f"{HEAD}{names}]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
