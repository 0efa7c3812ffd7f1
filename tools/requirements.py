"""Print the requirements of dependency groups and of predial itself, for a pip without --group.

python tools/requirements.py build
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path


def main() -> None:
    """The command."""
    project = tomllib.loads(
        Path(__file__).resolve().parent.parent.joinpath("pyproject.toml").read_text()
    )
    groups = (project["dependency-groups"][name] for name in sys.argv[1:])
    print(*project["project"]["dependencies"], *(line for group in groups for line in group))


if __name__ == "__main__":
    main()
