"""Check the workflows of GitHub, ours and those that the docs show, with actionlint and zizmor.

python tools/check_workflows.py

Both tools look at files alone here, without a network. Ends with status 1 if one finds a fault.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
DEPENDABOT = ROOT / ".github" / "dependabot.yml"
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
#: What every workflow has, and no other YAML of the docs.
JOBS = re.compile(r"^jobs:", re.MULTILINE)


def shown(page: str) -> Iterator[str]:
    """The workflows that a page shows.

    >>> list(shown("```yaml\\nrepos: []\\n```\\n\\n```yaml\\non: push\\njobs: {}\\n```\\n"))
    ['on: push\\njobs: {}\\n']
    """
    for block in BLOCK.findall(page):
        if JOBS.search(block):
            yield block


def main() -> int:
    """The command."""
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    with tempfile.TemporaryDirectory() as temporary:
        # The tools take a file for a workflow by the directory that it is in.
        folder = Path(temporary, ".github", "workflows")
        folder.mkdir(parents=True)
        for page in sorted((ROOT / "docs").rglob("*.md")):
            for number, workflow in enumerate(shown(page.read_text("utf-8")), 1):
                file = folder / f"{page.stem}-{number}.yml"
                file.write_text(workflow, "utf-8")
                files.append(file)
        commands: tuple[list[str | Path], ...] = (
            [TOOLS / "actionlint", "-shellcheck=", "-pyflakes=", *files],
            [TOOLS / "zizmor", "--offline", "--persona=pedantic", "--quiet", *files, DEPENDABOT],
        )
        failed = [subprocess.run(command).returncode for command in commands]
    print(f"{len(files)} workflows")
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main())
